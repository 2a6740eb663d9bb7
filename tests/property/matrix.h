/* Random matrices of codes, and what sorting their rows tells about them: a reference for counters. */
#ifndef LIBIB_TESTS_MATRIX_H
#define LIBIB_TESTS_MATRIX_H

#include "support.h"

/* A random matrix: its codes as numbers, and the same in memory as a caller could have it. */
typedef struct matrix {
    uint32_t type;
    uint32_t classes; /* 1: no labels */
    size_t rows, columns;
    int64_t *values; /* [rows][columns] */
    uint32_t *labels;
    void *memory;
    ib_codes codes;
} matrix;

/* Bytes of a code. */
size_t matrix_code_size(uint32_t type);
/* Writes a value as a code; where the type is float and the value 0, either zero. */
void matrix_store(uint32_t type, void *to, int64_t value);

/* Room for values and labels, which are still to be written. */
matrix matrix_empty(uint32_t type, size_t rows, size_t columns, uint32_t classes);
/* Rows are drawn from a pool, so that some occur often; labels depend on the row in part. */
matrix matrix_random(uint32_t type, size_t rows, size_t columns, uint32_t classes, size_t pool, uint64_t levels);
/* Any type, size, number of classes and layout. */
matrix matrix_any(void);
void matrix_free(matrix *m);

/* Puts the values into memory anew, row by row or column by column, with gaps full of noise. */
void matrix_lay_out(matrix *m);
/* Labels as ib_counter_add() wants them. */
const uint32_t *matrix_labels(const matrix *m);

/* What must come out, from sorting. */
double matrix_entropy_rows(const matrix *m);
double matrix_entropy_labels(const matrix *m);
double matrix_entropy_joint(const matrix *m);
/* Identifiers in the order of first occurrence; to be freed. */
uint64_t *matrix_ids(const matrix *m, size_t *distinct);

#endif
