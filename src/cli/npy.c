#include "npy.h"

#include "say.h"
#include "temporary.h"

#include <libib/libib.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How an element is given: as it is, or in the smallest type of codes that holds all of its type. */
static uint32_t type_of(const npy_header *h)
{
    if (h->kind == 'f')
        return h->size == 4 ? IB_CODE_FLOAT32 : IB_CODE_FLOAT64;
    if (h->size == 8)
        return IB_CODE_INT64;
    if (h->kind == 'i')
        return IB_CODE_INT32;
    return h->size == 4 ? IB_CODE_UINT32 : h->size == 2 ? IB_CODE_UINT16 : IB_CODE_UINT8;
}

/* Signed integers of one and two bytes become int32, the only ones that grow. */
static int grows(const npy *n)
{
    return n->header.kind == 'i' && n->header.size < 4;
}

static size_t given_size(const npy *n)
{
    return grows(n) ? sizeof(int32_t) : n->header.size;
}

static int fail_early(const npy *n, size_t row)
{
    say("%s: row %zu: the file ends early: expected %zu rows", n->name, row + 1, n->header.rows);
    return -1;
}

/* Of a file that is no pipe it is known at once whether it is as long as it says. */
static int check_length(const npy *n)
{
    const off_t at = ftello(n->stream);
    if (at < 0 || fseeko(n->stream, 0, SEEK_END))
        return 0;
    const off_t end = ftello(n->stream);
    if (fseeko(n->stream, at, SEEK_SET)) {
        say("%s: %s", n->name, strerror(errno));
        return -1;
    }
    const size_t row = n->header.columns * n->header.size, there = end > at ? (size_t)(end - at) / row : 0;
    return there < n->header.rows ? fail_early(n, there) : 0;
}

int npy_open(npy *n, FILE *stream, const char *name)
{
    *n = (npy){.stream = stream, .name = name};
    if (npy_header_read(&n->header, stream, name))
        return -1;
    n->type = type_of(&n->header);
    if (n->header.by_columns && !temporary_is_needless(stream)) {
        n->copy = n->stream = temporary_copy(stream, name);
        if (!n->stream)
            return -1;
    }
    n->begin = ftello(n->stream);
    return check_length(n);
}

static int prepare_raw(npy *n, size_t size)
{
    if (size <= n->raw_size)
        return 0;
    unsigned char *raw = realloc(n->raw, size);
    if (!raw) {
        say("out of memory");
        return -1;
    }
    n->raw = raw;
    n->raw_size = size;
    return 0;
}

static int read_elements(npy *n, void *to, size_t count)
{
    errno = 0;
    const size_t got = fread(to, n->header.size, count, n->stream);
    if (got == count)
        return 0;
    if (!ferror(n->stream))
        return fail_early(n, n->at + (n->header.by_columns ? got : got / n->header.columns));
    say("%s: %s", n->name, strerror(errno ? errno : EIO));
    return -1;
}

static void swap(unsigned char *elements, size_t count, size_t size)
{
    for (unsigned char *e = elements; e < elements + count * size; e += size)
        for (size_t i = 0; i < size / 2; i++) {
            const unsigned char kept = e[i];
            e[i] = e[size - 1 - i];
            e[size - 1 - i] = kept;
        }
}

/* Elements of the file in the order of bytes of this machine, as they are given: to[i * stride]. */
static void give(const npy *n, const unsigned char *from, size_t count, unsigned char *to, size_t stride)
{
    const size_t size = n->header.size, given = given_size(n);
    for (size_t i = 0; i < count; i++) {
        int16_t narrow = 0;
        if (!grows(n))
            memcpy(to + i * stride * given, from + i * size, size);
        else {
            if (size == 1)
                narrow = (signed char)from[i];
            else
                memcpy(&narrow, from + 2 * i, sizeof narrow);
            const int32_t wide = narrow;
            memcpy(to + i * stride * given, &wide, sizeof wide);
        }
    }
}

/* Rows lie one after the other: read in place where elements are given as they are. */
static int read_rows(npy *n, size_t count, unsigned char *rows)
{
    const size_t elements = count * n->header.columns;
    unsigned char *to = rows;
    if (grows(n)) {
        if (prepare_raw(n, elements * n->header.size))
            return -1;
        to = n->raw;
    }
    if (read_elements(n, to, elements))
        return -1;
    if (n->header.swapped)
        swap(to, elements, n->header.size);
    if (grows(n))
        give(n, to, elements, rows, 1);
    return 0;
}

/* Columns lie one after the other, and a piece is a part of each. */
static int read_columns(npy *n, size_t count, unsigned char *rows)
{
    const size_t columns = n->header.columns;
    if (prepare_raw(n, count * n->header.size))
        return -1;
    for (size_t c = 0; c < columns; c++) {
        const off_t place = n->begin + (off_t)((c * n->header.rows + n->at) * n->header.size);
        if (fseeko(n->stream, place, SEEK_SET)) {
            say("%s: %s", n->name, strerror(errno));
            return -1;
        }
        if (read_elements(n, n->raw, count))
            return -1;
        if (n->header.swapped)
            swap(n->raw, count, n->header.size);
        give(n, n->raw, count, rows + c * given_size(n), columns);
    }
    return 0;
}

/* uint64 is given as int64, which holds what numbers there are in practice. */
static int check_unsigned(const npy *n, size_t count, const unsigned char *rows)
{
    for (size_t i = 0; i < count * n->header.columns; i++) {
        uint64_t value;
        memcpy(&value, rows + i * sizeof value, sizeof value);
        if (value > INT64_MAX) {
            say("%s: row %zu: expected integers below 2^63, got %llu", n->name, n->at + i / n->header.columns + 1,
                (unsigned long long)value);
            return -1;
        }
    }
    return 0;
}

/* A second array behind the first would go unnoticed. */
static int check_end(const npy *n)
{
    if (n->header.by_columns || getc(n->stream) == EOF)
        return 0;
    say("%s: expected the end after %zu rows, but there is more", n->name, n->header.rows);
    return -1;
}

int npy_next(npy *n, size_t most, void *rows, size_t *count)
{
    const size_t left = n->header.rows - n->at, wanted = left < most ? left : most;
    *count = 0;
    if (wanted == 0)
        return left == 0 ? check_end(n) : 0;
    if (n->header.by_columns ? read_columns(n, wanted, rows) : read_rows(n, wanted, rows))
        return -1;
    if (n->header.kind == 'u' && n->header.size == 8 && check_unsigned(n, wanted, rows))
        return -1;
    n->at += wanted;
    *count = wanted;
    return 0;
}

int npy_rewind(npy *n)
{
    n->at = 0;
    if (n->begin >= 0 && fseeko(n->stream, n->begin, SEEK_SET) == 0)
        return 0;
    say("%s: %s", n->name, strerror(errno));
    return -1;
}

void npy_close(npy *n)
{
    free(n->raw);
    if (n->copy)
        fclose(n->copy);
    *n = (npy){0};
}
