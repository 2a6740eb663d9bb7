/* The inside of binning: where bins are written and how values are sorted. */
#ifndef LIBIB_INFO_BINNING_H
#define LIBIB_INFO_BINNING_H

#include "base/context.h"

#include <libib/binning.h>

#include <string.h>

/* Bins of equal width; low <= high. */
typedef struct ib_i_bins {
    double low, high;
    uint32_t count;
} ib_i_bins;

/* Options with the defaults filled in; fails where they make no sense. */
ib_status ib_i_binning_options_resolve(ib_context *context, const ib_binning_options *options,
                                       ib_binning_options *full);

/* Bytes of a bin's number. */
static inline size_t ib_i_bin_size(uint32_t bins)
{
    return bins <= UINT8_MAX + 1u ? 1 : 2;
}

/* codes[n], each of `size` bytes, of finite values; those outside go to the first or last bin. */
void ib_i_bin_uniform(const ib_i_bins *bins, size_t n, const float *x, void *codes, size_t size);

/* A value and its place: the lower half is the place, the upper half orders values as numbers, both zeros equal. */
static inline uint64_t ib_i_ranked(float value, uint32_t place)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (bits == 0x80000000u)
        bits = 0;
    const uint32_t key = bits & 0x80000000u ? ~bits : bits | 0x80000000u; /* negative numbers ascend downwards */
    return (uint64_t)key << 32 | place;
}

/* codes[place], each of `size` bytes, of n < 2^32 values at their places; sorts them, with spare[n]. */
void ib_i_bin_equal_mass(uint32_t bins, size_t n, uint64_t *ranked, uint64_t *spare, void *codes, size_t size);

#endif
