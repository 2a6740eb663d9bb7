#include "info/rows.h"

#include "info/missing.h"

#include <string.h>

/* Words of a block of keys; wide rows come in blocks of fewer rows. */
#define BLOCK_WORDS ((size_t)65536)

size_t ib_i_rows_block(size_t words)
{
    const size_t fit = BLOCK_WORDS / words;
    return fit == 0 ? 1 : fit < IB_I_BLOCK ? fit : IB_I_BLOCK;
}

size_t ib_i_code_size(uint32_t type)
{
    switch (type) {
    case IB_CODE_UINT8:
        return 1;
    case IB_CODE_UINT16:
        return 2;
    case IB_CODE_INT32:
    case IB_CODE_UINT32:
    case IB_CODE_FLOAT32:
        return 4;
    case IB_CODE_INT64:
    case IB_CODE_FLOAT64:
        return 8;
    default:
        return 0;
    }
}

void ib_codes_init(ib_codes *codes, uint32_t type, const void *data, size_t rows, size_t columns)
{
    if (codes)
        *codes = (ib_codes){.struct_size = sizeof *codes, .type = type, .data = data, .rows = rows, .columns = columns};
}

/* Whether the last element lies within PTRDIFF_MAX bytes of the first; rows and columns are > 0. */
static int addressable(const ib_codes *codes)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): there is such a type */
    const size_t limit = (size_t)PTRDIFF_MAX / ib_i_code_size(codes->type) - 1;
    const size_t down = codes->rows - 1, across = codes->columns - 1;
    if (down > limit / codes->row_stride || across > limit / codes->column_stride)
        return 0;
    return down * codes->row_stride <= limit - across * codes->column_stride;
}

ib_status ib_i_codes_read(ib_context *context, const ib_codes *given, ib_codes *codes)
{
    if (!given)
        return ib_i_fail_null(context, "codes");
    IB_TRY(ib_i_options_read(context, given, sizeof *codes, codes, sizeof *codes));
    if (ib_i_code_size(codes->type) == 0)
        return ib_i_fail(context, IB_ERR_ARG, "codes: expected a type from 1 to 7, got %u", (unsigned)codes->type);
    if (codes->columns == 0)
        return ib_i_fail(context, IB_ERR_ARG, "codes: expected at least one column, got 0");
    if (codes->reserved)
        return ib_i_fail(context, IB_ERR_ARG, "codes: expected reserved 0, got %u", (unsigned)codes->reserved);
    IB_TRY(ib_i_missing_policy(context, codes));
    if (!codes->row_stride)
        codes->row_stride = codes->columns;
    if (!codes->column_stride)
        codes->column_stride = 1;
    if (codes->rows == 0)
        return IB_OK;
    if (!codes->data)
        return ib_i_fail_null(context, "codes: data");
    if (!addressable(codes))
        return ib_i_fail(context, IB_ERR_OVERFLOW,
                         "codes: %zu rows at stride %zu and %zu columns at stride %zu are "
                         "more than memory can hold",
                         codes->rows, codes->row_stride, codes->columns, codes->column_stride);
    return IB_OK;
}

/* A copy of constant size is one move, whatever the alignment: what follows is called with constants only. */
static inline void gather(const unsigned char *restrict in, size_t stride, unsigned char *restrict lane, size_t n,
                          size_t size)
{
    for (size_t i = 0; i < n; i++)
        memcpy(lane + i * size, in + i * stride * size, size);
}

static int is_float(uint32_t type)
{
    return type == IB_CODE_FLOAT32 || type == IB_CODE_FLOAT64;
}

/* Both zeros are one value. */
static inline void gather_float32(const unsigned char *restrict in, size_t stride, unsigned char *restrict lane,
                                  size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, in + i * stride * sizeof bits, sizeof bits);
        bits = bits == 0x80000000u ? 0 : bits;
        memcpy(lane + i * sizeof bits, &bits, sizeof bits);
    }
}

static inline void gather_float64(const unsigned char *restrict in, size_t stride, unsigned char *restrict lane,
                                  size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, in + i * stride * sizeof bits, sizeof bits);
        bits = bits == 0x8000000000000000u ? 0 : bits;
        memcpy(lane + i * sizeof bits, &bits, sizeof bits);
    }
}

/* n codes of one column, from a row on, side by side. */
static void gather_column(const ib_codes *codes, size_t first, size_t column, size_t n, unsigned char *lane)
{
    const size_t size = ib_i_code_size(codes->type), stride = codes->row_stride;
    const unsigned char *in =
        (const unsigned char *)codes->data + (first * stride + column * codes->column_stride) * size;
    if (codes->type == IB_CODE_FLOAT32 && stride == 1)
        gather_float32(in, 1, lane, n);
    else if (codes->type == IB_CODE_FLOAT32)
        gather_float32(in, stride, lane, n);
    else if (codes->type == IB_CODE_FLOAT64)
        gather_float64(in, stride, lane, n);
    else if (stride == 1)
        memcpy(lane, in, n * size);
    else if (size == 1)
        gather(in, stride, lane, n, 1);
    else if (size == 2)
        gather(in, stride, lane, n, 2);
    else if (size == 4)
        gather(in, stride, lane, n, 4);
    else
        gather(in, stride, lane, n, 8);
}

/* Two lanes of n elements become one lane of n pairs. */
static inline void zip(const unsigned char *restrict a, const unsigned char *restrict b, unsigned char *restrict pairs,
                       size_t n, size_t size)
{
    for (size_t i = 0; i < n; i++) {
        memcpy(pairs + 2 * i * size, a + i * size, size);
        memcpy(pairs + (2 * i + 1) * size, b + i * size, size);
    }
}

#define LANES_SIZE (IB_I_BLOCK * sizeof(uint64_t))
#define LANE(lanes, index, size) ((lanes) + (index)*IB_I_BLOCK * (size))

/* Zips neighbours until one lane of words is left. `lanes` and `spare` take turns; the result is the pointer returned.
 */
static const unsigned char *zip_all(unsigned char *lanes, unsigned char *spare, size_t n, size_t size)
{
    for (size_t s = size; s < sizeof(uint64_t); s *= 2) {
        for (size_t pair = 0; pair < sizeof(uint64_t) / s / 2; pair++) {
            const unsigned char *a = LANE(lanes, 2 * pair, s), *b = LANE(lanes, 2 * pair + 1, s);
            unsigned char *pairs = LANE(spare, pair, 2 * s);
            if (s == 1)
                zip(a, b, pairs, n, 1);
            else if (s == 2)
                zip(a, b, pairs, n, 2);
            else
                zip(a, b, pairs, n, 4);
        }
        unsigned char *zipped = spare;
        spare = lanes;
        lanes = zipped;
    }
    return lanes;
}

/* Of rows that lie in one piece, how many of n can be read by whole words without leaving the matrix. */
static size_t readable(const ib_codes *codes, size_t first, size_t n, size_t size, size_t words)
{
    const size_t length = ((codes->rows - 1) * codes->row_stride + codes->columns) * size;
    size_t last = first + n;
    while (last > first && (last - 1) * codes->row_stride * size + words * sizeof(uint64_t) > length)
        last--;
    return last - first;
}

/* The same for rows in one piece: words are read from there, and what is beyond the row removed from the last. */
static inline __attribute__((always_inline)) void copy_rows(const unsigned char *from, size_t stride, size_t n,
                                                            uint64_t mask, size_t words, uint64_t *keys)
{
    for (size_t i = 0; i < n; i++) {
        memcpy(keys + i * words, from + i * stride, words * sizeof *keys);
        keys[i * words + words - 1] &= mask;
    }
}

static void pack_pieces(const ib_codes *codes, size_t first, size_t n, size_t size, size_t words, uint64_t *keys)
{
    const size_t stride = codes->row_stride * size;
    const unsigned char *from = (const unsigned char *)codes->data + first * stride;
    uint64_t mask = 0;
    memset(&mask, 0xff, codes->columns * size - (words - 1) * sizeof mask);
    switch (words) { /* constants, so that copies are moves */
    case 1:
        copy_rows(from, stride, n, mask, 1, keys);
        break;
    case 2:
        copy_rows(from, stride, n, mask, 2, keys);
        break;
    default:
        copy_rows(from, stride, n, mask, words, keys);
    }
}

static void pack_columns(const ib_codes *codes, size_t first, size_t n, size_t size, size_t words, uint64_t *keys)
{
    _Alignas(64) unsigned char lanes[LANES_SIZE], spare[LANES_SIZE];
    /* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): the type was checked when the counter was made */
    const size_t per_word = sizeof(uint64_t) / size;
    for (size_t word = 0; word < words; word++) {
        for (size_t lane = 0; lane < per_word; lane++) {
            const size_t column = word * per_word + lane;
            if (column < codes->columns)
                gather_column(codes, first, column, n, LANE(lanes, lane, size));
            else
                memset(LANE(lanes, lane, size), 0, n * size);
        }
        const unsigned char *packed = zip_all(lanes, spare, n, size);
        for (size_t i = 0; i < n; i++)
            memcpy(keys + i * words + word, packed + i * sizeof *keys, sizeof *keys);
    }
}

void ib_i_rows_pack(const ib_codes *codes, size_t first, size_t n, size_t words, uint64_t *keys)
{
    const size_t size = ib_i_code_size(codes->type);
    const int in_pieces = codes->column_stride == 1 && !is_float(codes->type); /* floats have two zeros */
    const size_t whole = in_pieces ? readable(codes, first, n, size, words) : 0;
    if (whole > 0)
        pack_pieces(codes, first, whole, size, words, keys);
    if (whole < n)
        pack_columns(codes, first + whole, n - whole, size, words, keys + whole * words);
}
