/* Matrices from files: NPY by its type, CSV as numbers; "-" is the standard input, and either of them. */
#ifndef IB_CLI_MATRIX_H
#define IB_CLI_MATRIX_H

#include "words.h"

#include <libib/libib.h>

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Labels below this stay as they are. */
#define MATRIX_LABELS_KEPT ((uint32_t)1 << 16)

/* Rows of one type, row-major without gaps. A vector is a matrix of one column. */
typedef struct matrix {
    uint32_t type; /* one of the IB_CODE_* values */
    size_t rows;
    size_t columns; /* >= 1 */
    void *data;     /* [rows][columns] */
} matrix;

/* How to open: */
enum {
    MATRIX_GAPS = 1,    /* values may be missing: they are NaN, and CSV that has any is float64 */
    MATRIX_TWICE = 2,   /* for matrix_rewind(), also of a pipe */
    MATRIX_NO_HINT = 4, /* for a command without --missing, which messages then do not name */
    MATRIX_CHOSEN = 8   /* for matrix_use(); until then, of text, only the number of columns is known */
};

/* What a column is used for. */
enum { MATRIX_UNUSED, MATRIX_VALUES, MATRIX_LABELS };

/* What a message about a value that is not there ends in. */
const char *matrix_hint(int how);

/* A file that is read a piece at a time. */
typedef struct matrix_reader matrix_reader;

/* Opens a file and reads what it says of itself. 0, or -1 after saying why. `rows` is 0 where they are not known before
 * the end (CSV of real numbers).
 *
 * Of NPY bool is uint8, int8 and int16 are int32, and uint64 is int64, all with the same values. CSV is int64 if all
 * values are integers, else float64. NaN and empty values are errors. This is for commands without --missing. */
int matrix_open(matrix_reader **reader, const char *path);
/* The same, otherwise: some of MATRIX_*. */
int matrix_open_as(matrix_reader **reader, const char *path, int how);
/* The same of a stream that is named so, which matrix_close() closes, and so does failure. */
int matrix_open_stream(matrix_reader **reader, FILE *stream, const char *name, int how);
uint32_t matrix_type(const matrix_reader *reader);
size_t matrix_columns(const matrix_reader *reader);
size_t matrix_rows(const matrix_reader *reader);
/* "standard input" in place of "-". */
const char *matrix_name(const matrix_reader *reader);
/* Says what columns are for, [columns] of MATRIX_*, of what was opened with MATRIX_CHOSEN: at most one has labels.
 * From then on those with values are all that there are, whatever is in others. The type of CSV is that of these, and
 * its first line is a header if none of them has a number there, but one a word. 0, or -1 after saying why. */
int matrix_use(matrix_reader *reader, const unsigned char *uses);
/* Reads all of the column of labels, and goes back to the first row; if there are columns of values, the file was
 * opened with MATRIX_TWICE. CSV may have text there: `column` then has the numbers of `texts` as float64, 0 to K - 1 in
 * ascending order of their bytes; else `texts` are none. Empty values and nan are NaN. Without columns of values, a
 * first line with a word is a header, unless it occurs again. 0, or -1 after saying why. Both to be freed. */
int matrix_read_labels(matrix_reader *reader, matrix *column, words *texts);
/* The same of a file of one column; `how` are some of MATRIX_*. */
int matrix_read_label_file(const char *path, int how, matrix *column, words *texts);
/* What part of the file has been read, 0 to 1; below 0 where that is not known. */
double matrix_part(const matrix_reader *reader);

/* The next rows, at most so many, in memory that lasts until the next call. *n is 0 at the end. 0, or -1 after saying
 * why, with the line (CSV) or row (NPY), from 1. */
int matrix_next(matrix_reader *reader, size_t most, const void **data, size_t *n);
/* Back to the first row, of what was opened with MATRIX_TWICE. 0, or -1 after saying why. */
int matrix_rewind(matrix_reader *reader);
/* Takes NULL. */
void matrix_close(matrix_reader *reader);

/* A whole file. 0, or -1 after saying why. */
int matrix_read(matrix *all, const char *path);
/* What is left of one that is open; it stays open. */
int matrix_read_rest(matrix *all, matrix_reader *reader);
void matrix_free(matrix *all);

/* Bytes of a value of a type. */
size_t matrix_value_size(uint32_t type);

/* One column as labels 0 ... K - 1. They are the values if all are integers from 0 to below MATRIX_LABELS_KEPT, and K
 * is then the largest plus 1; if not, the different values in ascending order have the numbers 0, 1, ... and K is how
 * many there are. NaN has no label: IB_NO_LABEL. 0, or -1 after saying why, as of the file `path`. To be freed. */
int matrix_labels(const matrix *of, const char *path, uint32_t **labels, uint32_t *classes);

/* Value i of those of a type as a double: rounded if it is an integer beyond 2^53. */
double matrix_real(uint32_t type, const void *values, size_t i);

/* All values as float32, [rows][columns]: real numbers are rounded. 0, or -1 after saying why: not finite, beyond the
 * floats, or an integer that a float does not hold. To be freed. */
int matrix_floats(const matrix *of, const char *path, float **values);

#endif
