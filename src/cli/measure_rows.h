/* The rows that ib measure counts: columns that were asked for, labels beside them, without rows of missing values. */
#ifndef IB_CLI_MEASURE_ROWS_H
#define IB_CLI_MEASURE_ROWS_H

#include "matrix.h"
#include "measure.h"
#include "progress.h"

/* What may lie beside the rows, a row of it for each. */
enum { MEASURE_GIVEN, MEASURE_WEIGHTS, MEASURE_INPUTS, MEASURE_BESIDE };

/* A file whose rows are counted. */
typedef struct measure_rows {
    const measure_asked *asked;
    matrix_reader *reader;
    size_t width;     /* columns that are counted */
    uint32_t *labels; /* [label_rows] of all rows of the file, below classes; NULL: none */
    size_t label_rows;
    uint32_t classes;                     /* as many different labels as there are */
    const matrix *beside[MEASURE_BESIDE]; /* where values may be missing, too; NULL: none */
    size_t at;                            /* rows read so far */
    uint64_t dropped;
    void *kept; /* a piece: rows, their labels, their numbers in the file */
    uint32_t *kept_labels;
    size_t *kept_numbers;
    size_t room;
    progress bar;
} measure_rows;

/* A piece of what is counted. */
typedef struct measure_piece {
    const void *rows;       /* [n][width] */
    const uint32_t *labels; /* [n]; NULL: none */
    const size_t *numbers;  /* [n] */
    size_t n;               /* 0: the end */
} measure_piece;

/* Opens the file, and reads the labels. 0, or -1 after saying why. */
int measure_rows_open(measure_rows *r, const measure_asked *asked);

/* The next piece, which lasts until the next call. 0, or -1 after saying why. */
int measure_rows_next(measure_rows *r, measure_piece *piece);

void measure_rows_close(measure_rows *r);

/* Reads a file that lies beside the rows; nothing if there is none. 0, or -1 after saying why. */
int measure_read_beside(const measure_asked *asked, const char *path, matrix *beside);

/* Counts them piece by piece, with a bound on memory. 0, or -1 after saying why. */
int measure_count(measure_rows *r, ib_context *context, measured *found);

/* Measures them in memory: all that takes more than one look at a row. 0, or -1 after saying why. */
int measure_whole(measure_rows *r, ib_context *context, measured *found);

/* All rows in memory. */
typedef struct measure_all {
    const measure_asked *asked;
    matrix data;
    uint32_t *labels; /* NULL: none */
    uint32_t classes;
    size_t *numbers;
    ib_tensor *values, *inputs; /* of real numbers; NULL unless they are needed */
} measure_all;

/* What estimators of real values say. 0, or -1 after saying why. */
int measure_estimate_all(const measure_all *all, ib_context *context, measured *found);

#endif
