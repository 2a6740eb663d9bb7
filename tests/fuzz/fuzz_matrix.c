#include "fuzz_matrix.h"

#include "matrix.h"

#include <stdlib.h>
#include <string.h>

/* A file without rows may claim any number of columns, and each is said to have a use. */
#define COLUMNS_MOST ((size_t)1 << 16)

/* Bytes in memory, as a stream. */
static FILE *stream_of(const uint8_t *data, size_t size)
{
    static const uint8_t none;
    return fmemopen((void *)(size ? data : &none), size ? size : 1, "rb");
}

/* Reads in pieces of at most so many rows. 0, or -1 if the file is refused. */
static int read_all(const char *name, const uint8_t *data, size_t size, int gaps, size_t most, matrix *all)
{
    matrix_reader *reader;
    const void *piece;
    size_t n = 0;
    FILE *stream = stream_of(data, size);
    *all = (matrix){0};
    if (!stream || matrix_open_stream(&reader, stream, name, gaps))
        return -1;
    *all = (matrix){.type = matrix_type(reader), .columns = matrix_columns(reader)};
    const size_t row = all->columns * matrix_value_size(all->type), known = matrix_rows(reader);
    int failed;
    while ((failed = matrix_next(reader, most, &piece, &n)) == 0 && n > 0) {
        fuzz_expect(n <= most, "no more rows than are wanted");
        void *grown = realloc(all->data, (all->rows + n) * row);
        fuzz_expect(grown != NULL, "memory");
        all->data = grown;
        memcpy((char *)all->data + all->rows * row, piece, n * row);
        all->rows += n;
    }
    fuzz_expect(failed || !known || known == all->rows, "as many rows as are told");
    matrix_close(reader);
    return failed;
}

static void convert(const matrix *m)
{
    uint32_t *labels, classes;
    float *values;
    if (m->columns == 1 && matrix_labels(m, "it", &labels, &classes) == 0) {
        for (size_t i = 0; i < m->rows; i++)
            fuzz_expect(labels[i] < classes || labels[i] == IB_NO_LABEL, "labels below their number");
        free(labels);
    }
    if (matrix_floats(m, "it", &values) == 0)
        free(values);
}

/* The last column as labels, of anything, beside values in the columns before it, or alone. */
static void read_labels(const char *name, const uint8_t *data, size_t size)
{
    matrix_reader *reader;
    matrix column = {0}, values = {0};
    words texts = {0};
    FILE *stream = stream_of(data, size);
    if (!stream || matrix_open_stream(&reader, stream, name, MATRIX_GAPS | MATRIX_TWICE | MATRIX_CHOSEN))
        return;
    const size_t columns = matrix_columns(reader);
    if (columns > COLUMNS_MOST) {
        matrix_close(reader);
        return;
    }
    unsigned char *uses = malloc(columns);
    fuzz_expect(uses != NULL, "memory");
    memset(uses, MATRIX_UNUSED, columns);
    uses[(columns - 1) / 2] = MATRIX_VALUES;
    uses[columns - 1] = MATRIX_LABELS;
    if (matrix_use(reader, uses) == 0 && matrix_read_labels(reader, &column, &texts) == 0) {
        fuzz_expect(column.columns == 1, "one column of labels");
        for (size_t i = 0; texts.count && i < column.rows; i++) {
            const double label = matrix_real(column.type, column.data, i);
            fuzz_expect(label != label || label < (double)texts.count, "numbers of words");
        }
        convert(&column);
        if (columns > 1 && matrix_read_rest(&values, reader) == 0)
            fuzz_expect(values.rows == column.rows && values.columns == 1, "a label for each row");
    }
    words_clear(&texts);
    matrix_free(&column);
    matrix_free(&values);
    free(uses);
    matrix_close(reader);
}

void fuzz_matrix(const char *name, const uint8_t *data, size_t size)
{
    matrix whole, pieces, gaps;
    const int failed = read_all(name, data, size, 0, 1000, &whole);
    fuzz_expect(failed == read_all(name, data, size, 0, 3, &pieces), "the same end in small pieces");
    fuzz_expect(failed || read_all(name, data, size, 1, 1000, &gaps) == 0,
                "what has no gaps is read where they may be");
    if (!failed) {
        const size_t bytes = whole.rows * whole.columns * matrix_value_size(whole.type);
        fuzz_expect(whole.type == pieces.type && whole.rows == pieces.rows && whole.columns == pieces.columns &&
                        (!bytes || memcmp(whole.data, pieces.data, bytes) == 0),
                    "the same values in small pieces");
        fuzz_expect(gaps.type == whole.type && gaps.rows == whole.rows &&
                        (!bytes || memcmp(whole.data, gaps.data, bytes) == 0),
                    "the same values where there may be gaps");
        convert(&whole);
        matrix_free(&gaps);
    }
    matrix_free(&whole);
    matrix_free(&pieces);
    read_labels(name, data, size);
}
