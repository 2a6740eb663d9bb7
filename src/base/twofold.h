/* Numbers as sums of two doubles, for what one would not hold. Only + - * are used, each rounded by itself. */
#ifndef LIBIB_BASE_TWOFOLD_H
#define LIBIB_BASE_TWOFOLD_H

#include <float.h>
#include <stdint.h>
#include <string.h>

#if FLT_EVAL_METHOD != 0
#error "libib needs doubles without excess precision (on 32-bit x86: -msse2 -mfpmath=sse)"
#endif

/* high + low, where low is below half a unit in the last place of high. */
typedef struct ib_i_two {
    double high, low;
} ib_i_two;

/* a + b without error (Knuth). */
static inline ib_i_two ib_i_two_sum(double a, double b)
{
    double high = a + b;
    double of_b = high - a;
    double of_a = high - of_b;
    return (ib_i_two){high, (a - of_a) + (b - of_b)};
}

/* x without the lower 27 bits of its significand: the product of two such halves is exact. */
static inline double ib_i_upper_half(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits &= ~UINT64_C(0x7ffffff);
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* a b without error (Dekker). */
static inline ib_i_two ib_i_two_product(double a, double b)
{
    double a1 = ib_i_upper_half(a), a2 = a - a1;
    double b1 = ib_i_upper_half(b), b2 = b - b1;
    double high = a * b;
    return (ib_i_two){high, ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2};
}

#endif
