#include "info/entropy_estimates.h"

#include "base/digamma.h"
#include "base/exponential.h"
#include "base/logarithm.h"
#include "info/terms.h"

typedef ib_i_multiplicity multiplicity;
typedef ib_i_multiplicities sample;
typedef ib_i_wide wide;

double ib_i_entropy_plug_in(const sample *s)
{
    const wide all = ib_i_term(s->n);
    wide sum = 0;
    for (size_t i = 0; i < s->count; i++)
        sum += s->pairs[i].m * ib_i_term(s->pairs[i].k);
    return sum < all ? ib_i_term_bits(all - sum, s->n) : 0;
}

double ib_i_entropy_miller_madow(const sample *s)
{
    return ib_i_entropy_plug_in(s) + (double)(s->distinct - 1) / (2 * (double)s->n * IB_I_LN_2);
}

/* The formula of psi(2j), psi(2j) = psi(j)/2 + psi(j + 1/2)/2 + ln 2, leaves this of the definition, for even and for
 * odd k. */
double ib_i_grassberger(uint64_t k)
{
    const uint64_t half = k / 2;
    return IB_I_LN_2 + ib_i_digamma((double)half + 0.5);
}

/* Each thing has the share k / n of the sum, so that a sum of shares is taken of log2 n - G(k). */
double ib_i_entropy_grassberger(const sample *s)
{
    const double n = (double)s->n, most = ib_i_log2(n);
    double sum = 0;
    for (size_t i = 0; i < s->count; i++) {
        const multiplicity *pair = &s->pairs[i];
        sum += (double)(pair->m * pair->k) / n * (most - ib_i_grassberger(pair->k) / IB_I_LN_2);
    }
    return sum;
}

/* log2(1 + x) of a small x: what rounding does to 1 + x is the same in numerator and denominator (W. Kahan). */
static double log2_of_1_plus(double x)
{
    const double u = 1 + x;
    return u == 1 ? x / IB_I_LN_2 : ib_i_log2(u) * x / (u - 1);
}

/* 1 - 2^t for t <= 0, as exact where t is small. */
static double one_minus_exp2(double t)
{
    const double u = ib_i_exp2(t);
    if (u == 1)
        return -t * IB_I_LN_2;
    return u > 0.5 ? (1 - u) * t / ib_i_log2(u) : 1 - u;
}

/* - a log2 a / (1 - (1 - a)^n) */
static double seen_term(double a, double n)
{
    return a < 1 ? -a * ib_i_log2(a) / one_minus_exp2(n * log2_of_1_plus(-a)) : 0;
}

double ib_i_entropy_chao_shen(const sample *s)
{
    const double n = (double)s->n;
    const uint64_t singletons = s->pairs[0].k == 1 ? s->pairs[0].m : 0;
    const uint64_t unseen = singletons < s->n ? singletons : s->n - 1;
    const double coverage = (double)(s->n - unseen) / n;
    double sum = 0;
    for (size_t i = 0; i < s->count; i++)
        sum += (double)s->pairs[i].m * seen_term(coverage * ((double)s->pairs[i].k / n), n);
    return sum;
}

/* k log2 k - (k - 1) log2 (k - 1) with 52 bits behind the point. The difference of two terms would keep no more than
 * what their rounding leaves, which is little for a large k. */
static uint64_t step_of_term(uint64_t k)
{
    if (k == 1)
        return 0;
    const double before = (double)(k - 1);
    return (uint64_t)((ib_i_log2((double)k) + before * log2_of_1_plus(1 / before)) * IB_I_POINT);
}

double ib_i_entropy_jackknife(const sample *s)
{
    const wide all = (wide)s->n * step_of_term(s->n);
    wide sum = 0;
    for (size_t i = 0; i < s->count; i++)
        sum += (wide)(s->pairs[i].m * s->pairs[i].k) * step_of_term(s->pairs[i].k);
    return sum < all ? ib_i_term_bits(all - sum, s->n) : 0;
}

static double square(double x)
{
    return x * x;
}

/* |k K - n|, which is n K times how far the share of a thing is from that of all. */
static double distance(uint64_t k, uint64_t alphabet, uint64_t n)
{
    const wide product = (wide)k * alphabet;
    return (double)(product > n ? product - n : n - product);
}

/* How much of the uniform shares there is in those that are estimated. */
static double weight_of_uniform(const sample *s, uint64_t alphabet)
{
    const double n = (double)s->n, all = (double)alphabet;
    wide squares = 0; /* at most the square of n */
    double apart = (double)(alphabet - s->distinct) * square(1 / all);
    for (size_t i = 0; i < s->count; i++) {
        const multiplicity *pair = &s->pairs[i];
        squares += (wide)(pair->m * pair->k) * pair->k;
        apart += (double)pair->m * square(distance(pair->k, alphabet, s->n) / n / all);
    }
    const double varies = (double)((wide)s->n * s->n - squares) / n / n, bound = (n - 1) * apart;
    return varies < bound ? varies / bound : 1;
}

/* - m p log2 p */
static double plug_in_term(uint64_t m, double p)
{
    return m > 0 && p > 0 && p < 1 ? (double)m * (-p * ib_i_log2(p)) : 0;
}

double ib_i_entropy_shrinkage(const sample *s, uint64_t alphabet)
{
    const double n = (double)s->n, w = s->n > 1 ? weight_of_uniform(s, alphabet) : 1, least = w / (double)alphabet;
    if (w == 1)
        return ib_i_log2((double)alphabet);
    double sum = plug_in_term(alphabet - s->distinct, least);
    for (size_t i = 0; i < s->count; i++)
        sum += plug_in_term(s->pairs[i].m, least + (1 - w) * ((double)s->pairs[i].k / n));
    return sum;
}
