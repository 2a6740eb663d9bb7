/* What tests of readers share: files from bytes, and what is said of them. */
#ifndef READING_H
#define READING_H

#include "matrix.h"
#include "say.h"
#include "support.h"
#include "temporary.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Standard error, and what listens to it in its place. */
static int loud;
static FILE *ears;
static char heard[512];

static inline int prepare(void **state)
{
    (void)state;
    loud = dup(STDERR_FILENO);
    ears = temporary_create();
    return loud >= 0 && ears ? 0 : -1;
}

/* Hears what the next call says. */
static inline void listen(void)
{
    assert_int_equal(ftruncate(fileno(ears), 0), 0);
    dup2(fileno(ears), STDERR_FILENO);
    lseek(STDERR_FILENO, 0, SEEK_SET);
}

/* What it was. */
static inline const char *said(void)
{
    const ssize_t size = pread(fileno(ears), heard, sizeof heard - 1, 0);
    dup2(loud, STDERR_FILENO);
    assert_true(size >= 0);
    heard[size] = '\0';
    return heard;
}

/* A file of these bytes, which goes to its reader. */
static inline FILE *file_of(const void *bytes, size_t size)
{
    FILE *stream = temporary_create();
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    rewind(stream);
    return stream;
}

/* The same as a pipe that cannot be read twice. */
static inline FILE *pipe_of(const void *bytes, size_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_true(size < 60000);
    assert_int_equal(write(ends[1], bytes, size), size);
    close(ends[1]);
    return fdopen(ends[0], "rb");
}

typedef FILE *(*make_stream)(const void *bytes, size_t size);
static const make_stream makers[] = {file_of, pipe_of};

/* Reads all, in pieces of at most so many rows. */
static inline int read_stream(FILE *stream, const char *name, int gaps, size_t most, matrix *all)
{
    matrix_reader *reader;
    const void *piece;
    size_t n;
    *all = (matrix){0};
    listen();
    if (matrix_open_stream(&reader, stream, name, gaps))
        return -1;
    *all = (matrix){.type = matrix_type(reader), .columns = matrix_columns(reader)};
    const size_t row = all->columns * matrix_value_size(all->type);
    int failed;
    while ((failed = matrix_next(reader, most, &piece, &n)) == 0 && n > 0) {
        assert_true(n <= most);
        all->data = realloc(all->data, (all->rows + n) * row);
        memcpy((char *)all->data + all->rows * row, piece, n * row);
        all->rows += n;
    }
    matrix_close(reader);
    if (failed)
        matrix_free(all);
    else
        said();
    return failed;
}

/* Asserts what bytes hold, as a file and as a pipe, in pieces of 1, 2 and all rows. */
static inline void assert_holds(const void *bytes, size_t size, const char *name, uint32_t type, size_t rows,
                                size_t columns, const void *values)
{
    static const size_t pieces[] = {1, 2, SIZE_MAX};
    for (size_t m = 0; m < 2; m++)
        for (size_t p = 0; p < 3; p++) {
            matrix all;
            if (read_stream(makers[m](bytes, size), name, 0, pieces[p], &all))
                fail_msg("%s", said());
            assert_int_equal(all.type, type);
            assert_int_equal(all.rows, rows);
            assert_int_equal(all.columns, columns);
            if (rows > 0)
                assert_memory_equal(all.data, values, rows * columns * matrix_value_size(type));
            matrix_free(&all);
        }
}

/* Asserts that bytes are refused with a line that is just so. */
static inline void assert_refused(const void *bytes, size_t size, const char *name, const char *line)
{
    char expected[512];
    matrix all;
    assert_int_equal(read_stream(file_of(bytes, size), name, 0, 3, &all), -1);
    snprintf(expected, sizeof expected, "ib: %s\n", line);
    assert_string_equal(said(), expected);
    assert_null(all.data);
}

/* An NPY file of version 1 in `bytes`: a header that is written so, and data. */
static inline size_t npy(char *bytes, const char *header, const void *data, size_t size)
{
    const size_t length = strlen(header);
    const char start[10] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, (char)(length & 255), (char)(length >> 8)};
    memcpy(bytes, start, sizeof start);
    for (size_t i = 0; i < length; i++)
        bytes[10 + i] = header[i];
    if (size > 0)
        memcpy(bytes + 10 + length, data, size);
    return 10 + length + size;
}

#endif
