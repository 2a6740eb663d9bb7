#include "info/missing.h"

#include "info/rows.h"

#include <float.h>
#include <string.h>

/* What a code is compared with: some of its bits are those of the pattern, or more than those. Bits, not values, so
 * that no mode of the processor has a say. */
typedef struct marker {
    uint64_t mask, pattern;
    int above; /* any NaN: exponent and fraction are more than those of infinity */
} marker;

/* The value is one that a float can be, or close to one. */
static uint32_t bits_of_float32(double value)
{
    const float rounded = (float)value;
    uint32_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    return bits;
}

static uint64_t bits_of_float64(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static marker marker_of_float(uint64_t bits, uint64_t sign, uint64_t infinity)
{
    const uint64_t size = bits & ~sign, all = sign | (sign - 1);
    if (size > infinity)
        return (marker){sign - 1, infinity, 1};
    return size ? (marker){all, bits, 0} : (marker){sign - 1, 0, 0};
}

static marker marker_of(const ib_codes *codes)
{
    if (codes->type == IB_CODE_FLOAT32)
        return marker_of_float(bits_of_float32(codes->missing_value), (uint64_t)1 << 31, 0x7f800000u);
    if (codes->type == IB_CODE_FLOAT64)
        return marker_of_float(bits_of_float64(codes->missing_value), (uint64_t)1 << 63, 0x7ff0000000000000u);
    const uint64_t mask = UINT64_MAX >> (64 - 8 * ib_i_code_size(codes->type));
    return (marker){mask, (uint64_t)codes->missing_code & mask, 0};
}

/* Called with constant sizes; codes need not be aligned. */
static inline uint64_t load(const unsigned char *at, size_t size)
{
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (size) {
    case 1:
        return *at;
    case 2:
        memcpy(&two, at, sizeof two);
        return two;
    case 4:
        memcpy(&four, at, sizeof four);
        return four;
    default:
        memcpy(&eight, at, sizeof eight);
        return eight;
    }
}

static inline void mark(const unsigned char *in, size_t stride, size_t n, size_t size, marker m, uint8_t *missing)
{
    for (size_t i = 0; i < n; i++) {
        const uint64_t bits = load(in + i * stride * size, size) & m.mask;
        missing[i] |= m.above ? bits > m.pattern : bits == m.pattern;
    }
}

static void mark_column(const ib_codes *codes, size_t first, size_t column, size_t n, marker m, uint8_t *missing)
{
    const size_t size = ib_i_code_size(codes->type), stride = codes->row_stride;
    const unsigned char *in =
        (const unsigned char *)codes->data + (first * stride + column * codes->column_stride) * size;
    if (size == 1)
        mark(in, stride, n, 1, m, missing);
    else if (size == 2)
        mark(in, stride, n, 2, m, missing);
    else if (size == 4)
        mark(in, stride, n, 4, m, missing);
    else
        mark(in, stride, n, 8, m, missing);
}

void ib_i_missing_rows(const ib_codes *codes, size_t first, size_t n, uint8_t *missing)
{
    memset(missing, 0, n);
    if (codes->missing == IB_MISSING_NONE)
        return;
    const marker m = marker_of(codes);
    for (size_t column = 0; column < codes->columns; column++)
        mark_column(codes, first, column, n, m, missing);
}

static ib_status fail_at(ib_context *context, const ib_codes *codes, size_t row)
{
    const marker m = marker_of(codes);
    uint8_t found = 0;
    size_t column = 0;
    for (; !found && column < codes->columns; column++)
        mark_column(codes, row, column, 1, m, &found);
    return ib_i_fail(context, IB_ERR_RANGE, "codes: expected none missing, row %zu has a missing one in column %zu",
                     row, column - 1);
}

ib_status ib_i_missing_check(ib_context *context, const ib_codes *codes)
{
    uint8_t missing[IB_I_BLOCK];
    if (codes->missing != IB_MISSING_REFUSE)
        return IB_OK;
    for (size_t first = 0; first < codes->rows; first += IB_I_BLOCK) {
        const size_t left = codes->rows - first, n = left < IB_I_BLOCK ? left : IB_I_BLOCK;
        ib_i_missing_rows(codes, first, n, missing);
        const uint8_t *found = memchr(missing, 1, n);
        if (found)
            return fail_at(context, codes, first + (size_t)(found - missing));
    }
    return IB_OK;
}

/* Of integers, whether the type has the missing code; of floats, whether the value has not become infinite in it. */
static int can_have(const ib_codes *codes)
{
    const int64_t code = codes->missing_code;
    const double value = codes->missing_value;
    switch (codes->type) {
    case IB_CODE_UINT8:
        return code >= 0 && code <= UINT8_MAX;
    case IB_CODE_UINT16:
        return code >= 0 && code <= UINT16_MAX;
    case IB_CODE_UINT32:
        return code >= 0 && code <= UINT32_MAX;
    case IB_CODE_INT32:
        return code >= INT32_MIN && code <= INT32_MAX;
    case IB_CODE_FLOAT32:
        return !(value > FLT_MAX || value < -FLT_MAX) || value > DBL_MAX || value < -DBL_MAX;
    default:
        return 1;
    }
}

ib_status ib_i_missing_policy(ib_context *context, const ib_codes *codes)
{
    if (codes->missing > IB_MISSING_REFUSE)
        return ib_i_fail(context, IB_ERR_ARG, "codes: expected missing from 0 to 2, got %u", (unsigned)codes->missing);
    if (codes->missing == IB_MISSING_NONE || can_have(codes))
        return IB_OK;
    if (codes->type == IB_CODE_FLOAT32)
        return ib_i_fail(context, IB_ERR_RANGE, "codes: expected a missing_value that a float can be, got %g",
                         codes->missing_value);
    return ib_i_fail(context, IB_ERR_RANGE, "codes: expected a missing_code of type %u, got %lld",
                     (unsigned)codes->type, (long long)codes->missing_code);
}
