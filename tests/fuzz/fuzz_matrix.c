#include "fuzz_matrix.h"

#include "matrix.h"

#include <stdlib.h>
#include <string.h>

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
}
