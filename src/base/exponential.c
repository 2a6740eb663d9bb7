#include "base/exponential.h"

#include "base/logarithm.h"
#include "base/twofold.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static const ib_i_two ln2 = {IB_I_LN_2, 0x1.abc9e3b39803fp-56};

/* The nearest integer; |x| < 2^51. */
static double nearest(double x)
{
    return (x + 0x1.8p52) - 0x1.8p52;
}

/* (e^t - 1 - t) / t^2 = 1/2! + t/3! + ... + t^12/14!, in pairs, which need not wait for each other. As |t| < 0.347, the
 * first term left out is below 2^-57 of e^t. */
static double tail(double t)
{
    const double t2 = t * t, t4 = t2 * t2;
    const double from2 = 0x1p-1 + t * 0x1.5555555555555p-3, from4 = 0x1.5555555555555p-5 + t * 0x1.1111111111111p-7;
    const double from6 = 0x1.6c16c16c16c17p-10 + t * 0x1.a01a01a01a01ap-13;
    const double from8 = 0x1.a01a01a01a01ap-16 + t * 0x1.71de3a556c734p-19;
    const double from10 = 0x1.27e4fb7789f5cp-22 + t * 0x1.ae64567f544e4p-26;
    const double from12 = 0x1.1eed8eff8d898p-29 + t * 0x1.6124613a86d09p-33;
    const double last = t2 * 0x1.93974a8c07c9dp-37; /* 1/14! */
    return (from2 + t2 * from4) + t4 * ((from6 + t2 * from8) + t4 * (from10 + t2 * (from12 + last)));
}

/* 2^n e^(high + low), -1022 <= n <= 1024; |high + low| <= ln 2 / 2. */
static double scaled(double n, ib_i_two t)
{
    const ib_i_two sum = ib_i_two_sum(1, t.high);
    const double rest = sum.low + (t.low + t.low * t.high + t.high * t.high * tail(t.high));
    const int is_last = n > 1023; /* which no double is by itself */
    const uint64_t bits = (uint64_t)((int64_t)n + 1023 - is_last) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return power * ((sum.high + rest) * (1 + is_last));
}

double ib_i_exp2(double x)
{
    if (!(x >= -1022 && x < 1024))
        return isnan(x) ? x : x < 0 ? 0 : INFINITY;
    const double n = nearest(x);
    ib_i_two t = ib_i_two_product(x - n, ln2.high);
    t.low += (x - n) * ln2.low;
    return scaled(n, t);
}

double ib_i_exp(double x)
{
    if (!(x >= -0x1.6232bdd7abcd2p+9 && x <= 0x1.62e42fefa39efp+9)) /* ln 2^-1022, ln of the largest double */
        return isnan(x) ? x : x < 0 ? 0 : INFINITY;
    const double n = nearest(x * IB_I_LOG2_E);
    const ib_i_two whole = ib_i_two_product(n, ln2.high);
    ib_i_two t = ib_i_two_sum(x, -whole.high);
    t = ib_i_two_sum(t.high, t.low - whole.low - n * ln2.low);
    return scaled(n, t);
}
