#include "info/weights.h"

#include "info/terms.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Masses and their sum have so many bits. */
#define MASS_BITS 63

/* m 2^e, where m is odd, or 0. */
typedef struct scaled {
    uint64_t m;
    int e;
} scaled;

static scaled split(double weight)
{
    uint64_t bits;
    memcpy(&bits, &weight, sizeof bits);
    const int exponent = (int)(bits >> 52 & 0x7ff);
    const uint64_t fraction = bits & UINT64_C(0xfffffffffffff);
    scaled s = exponent ? (scaled){fraction | UINT64_C(1) << 52, exponent - 1075} : (scaled){fraction, -1074};
    if (s.m == 0)
        return (scaled){0, 0};
    const int zeros = __builtin_ctzll(s.m);
    return (scaled){s.m >> zeros, s.e + zeros};
}

static int bits_of(uint64_t m)
{
    return m ? 64 - __builtin_clzll(m) : 0;
}

/* In units of 2^unit, to the nearest; a half goes up. The result has no more than 64 bits. */
static uint64_t in_units(scaled s, int unit)
{
    const int down = unit - s.e;
    if (down <= 0)
        return s.m ? s.m << -down : 0;
    return down < 64 ? (s.m + (UINT64_C(1) << (down - 1))) >> down : 0;
}

static ib_i_wide sum_in_units(const double *weights, size_t n, int unit)
{
    ib_i_wide sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += in_units(split(weights[i]), unit);
    return sum;
}

ib_status ib_i_weights_check(ib_context *context, const double *weights, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!(weights[i] >= -DBL_MAX && weights[i] <= DBL_MAX))
            return ib_i_fail(context, IB_ERR_NONFINITE, "weights[%zu]: expected a finite number, got %g", i,
                             weights[i]);
        if (weights[i] < 0)
            return ib_i_fail(context, IB_ERR_RANGE, "weights[%zu]: expected at least 0, got %g", i, weights[i]);
    }
    return IB_OK;
}

/* What the weights have in common. */
typedef struct extent {
    int lowest; /* all are multiples of 2^lowest; 0 if they are integers */
    int top;    /* all are below 2^top */
} extent;

static extent extent_of(const double *weights, size_t n)
{
    extent all = {0, INT32_MIN};
    for (size_t i = 0; i < n; i++) {
        const scaled s = split(weights[i]);
        if (s.m == 0)
            continue;
        all.lowest = s.e < all.lowest ? s.e : all.lowest;
        all.top = s.e + bits_of(s.m) > all.top ? s.e + bits_of(s.m) : all.top;
    }
    return all;
}

/* Some weight is not 0. */
static int unit_of(const double *weights, size_t n, extent all)
{
    int unit = all.top - all.lowest <= MASS_BITS ? all.lowest : all.top - MASS_BITS;
    for (;;) {
        const ib_i_wide over = sum_in_units(weights, n, unit) >> MASS_BITS;
        if (over == 0)
            return unit;
        unit += bits_of((uint64_t)over); /* n of 2^63 at most: `over` has 64 bits */
    }
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
    while (b) {
        const uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

uint64_t ib_i_weights_masses(const double *weights, size_t n, uint64_t *masses)
{
    const extent all = extent_of(weights, n);
    const int unit = all.top == INT32_MIN ? 0 : unit_of(weights, n, all);
    uint64_t sum = 0, divisor = 0;
    for (size_t i = 0; i < n; i++) {
        masses[i] = in_units(split(weights[i]), unit);
        sum += masses[i];
        if (divisor != 1)
            divisor = common_divisor(masses[i], divisor);
    }
    const int counts = all.lowest == 0 && unit == 0; /* integers: rows that occur so often */
    if (counts || divisor <= 1)
        return sum;
    for (size_t i = 0; i < n; i++)
        masses[i] /= divisor;
    return sum / divisor;
}
