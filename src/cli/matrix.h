/* Matrices from files: NPY by its type, CSV as numbers; "-" is the standard input, and either of them. */
#ifndef IB_CLI_MATRIX_H
#define IB_CLI_MATRIX_H

#include <libib/libib.h>

#include <stddef.h>
#include <stdint.h>

/* Rows of one type, row-major without gaps. A vector is a matrix of one column. */
typedef struct matrix {
    uint32_t type; /* one of the IB_CODE_* values */
    size_t rows, columns;
    void *data; /* [rows][columns] */
} matrix;

/* A file that is read a piece at a time. */
typedef struct matrix_reader matrix_reader;

/* Opens a file and reads what it says of itself. 0, or -1 after saying why. `rows` is 0 where they are not known before
 * the end (CSV, pipes). */
int matrix_open(matrix_reader **reader, const char *path);
uint32_t matrix_type(const matrix_reader *reader);
size_t matrix_columns(const matrix_reader *reader);
size_t matrix_rows(const matrix_reader *reader);

/* The next rows, at most so many, in memory that lasts until the next call. *n is 0 at the end. 0, or -1 after saying
 * why, with the line (CSV) or row (NPY). */
int matrix_next(matrix_reader *reader, size_t most, const void **data, size_t *n);
void matrix_close(matrix_reader *reader);

/* A whole file. 0, or -1 after saying why. */
int matrix_read(matrix *all, const char *path);
void matrix_free(matrix *all);

/* One column as labels 0 ... K - 1: integers as they are, if none is negative or above IB_LABELS_MOST; K is the largest
 * plus 1. 0, or -1 after saying why, as of the file `path`. To be freed. */
int matrix_labels(const matrix *of, const char *path, uint32_t **labels, uint32_t *classes);

/* All values as float32; 0, or -1 after saying why: not finite, or an integer that a float does not hold. To be freed. */
int matrix_floats(const matrix *of, const char *path, float **values);

#endif
