/* Numbers with 52 bits behind the point. Their sums are exact, and so depend on no order. */
#ifndef LIBIB_ESTIMATE_FIXED_H
#define LIBIB_ESTIMATE_FIXED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define IB_I_FIXED_ONE ((uint64_t)1 << 52)

__extension__ typedef __int128 ib_i_fixed; /* sums of 2^64 numbers below 2^10, and their differences */

/* 0 <= x <= 1, rounded to the nearest: the doubles from 1 to 2 are 2^-52 apart, and 2 is the next number after them. */
static inline uint64_t ib_i_fixed_share(double x)
{
    const double one = 1, above = 1 + x;
    uint64_t from, to;
    memcpy(&from, &one, sizeof from);
    memcpy(&to, &above, sizeof to);
    return to - from;
}

/* |x| < 2^11, towards 0. */
static inline int64_t ib_i_fixed_of(double x)
{
    return (int64_t)(x * 0x1p52);
}

static inline double ib_i_fixed_real(ib_i_fixed x)
{
    return (double)x * 0x1p-52;
}

/* sum / n, n > 0; exact if all are the same number. */
static inline double ib_i_fixed_mean(ib_i_fixed sum, size_t n)
{
    const ib_i_fixed count = (ib_i_fixed)n;
    const ib_i_fixed whole = sum / count, rest = sum % count; /* NOLINT(clang-analyzer-core.DivideZero): n > 0 */
    return ((double)whole + (double)rest / (double)n) * 0x1p-52;
}

#endif
