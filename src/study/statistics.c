#include "study/statistics.h"

#include "base/sort.h"

#include <math.h>

/* The quantile 0.975 of the normal distribution, and 2 / pi. */
#define NORMAL 1.959963984540054
#define TWO_OVER_PI 0.6366197723675814

/* From here on the expansion below is as good as the series, whose length grows with the degrees. */
#define MANY_DEGREES 1000

/* P(|T| > t) for d degrees of freedom, and minus its derivative. With x = d / (d + t^2) it is the incomplete beta
 * function I_x(d / 2, 1 / 2), as a series without a cancellation (NIST handbook of mathematical functions, 8.17.8):
 *
 *     w(d) x^(d/2) sqrt(1 - x) (1 + x (d + 1) / (d + 2) + x^2 (d + 1) (d + 3) / ((d + 2) (d + 4)) + ...)
 *
 * where w(0) = 1, w(1) = 2 / pi and w(d) = w(d - 2) (d - 1) / d. */
static double tail(double t, uint32_t degrees, double *slope)
{
    const uint32_t odd = degrees % 2;
    const double d = degrees, x = d / (d + t * t);
    double first = odd ? TWO_OVER_PI * sqrt(x) : 1.0; /* w x^(d/2) */
    for (uint32_t k = 2 + odd; k <= degrees; k += 2)
        first *= x * (k - 1) / k;
    double term = first * t / sqrt(d + t * t), sum = 0.0, before = -1.0;
    for (uint32_t k = degrees; sum != before; k += 2) {
        before = sum;
        sum += term;
        term *= x * (k + 1) / (k + 2);
    }
    *slope = first * sqrt(d * x);
    return sum;
}

/* Solves tail = 0.05 by Newton's method. The tail is convex in t and the quantile is above that of the normal
 * distribution: steps lead up to it and never past it, until rounding has the last word. */
static double student_few(uint32_t degrees)
{
    for (double t = NORMAL;;) {
        double slope;
        const double above = tail(t, degrees, &slope) - 0.05, next = t + above / slope;
        if (!(next > t))
            return t;
        t = next;
    }
}

/* The expansion about the quantile z of the normal distribution in powers of 1 / d (M. Abramowitz, I. A. Stegun:
 * Handbook of mathematical functions, 26.7.5). The first term left out is below 1e-15 from 1000 degrees on. */
static double student_many(double d)
{
    const double z = NORMAL, s = z * z;
    const double g1 = z * (s + 1.0) / 4.0;
    const double g2 = z * ((5.0 * s + 16.0) * s + 3.0) / 96.0;
    const double g3 = z * (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0;
    const double g4 = z * ((((79.0 * s + 776.0) * s + 1482.0) * s - 1920.0) * s - 945.0) / 92160.0;
    return z + (g1 + (g2 + (g3 + g4 / d) / d) / d) / d;
}

double ib_statistics_student(uint64_t degrees)
{
    if (degrees == 0)
        return NAN;
    return degrees < MANY_DEGREES ? student_few((uint32_t)degrees) : student_many((double)degrees);
}

void ib_moments_add(ib_moments *moments, double value)
{
    if (!moments)
        return;
    const double before = value - moments->mean;
    moments->count++;
    moments->mean += before / (double)moments->count;
    moments->squares += before * (value - moments->mean);
}

double ib_moments_deviation(const ib_moments *moments)
{
    return moments && moments->count > 1 ? sqrt(moments->squares / (double)(moments->count - 1)) : NAN;
}

static double half_interval(const ib_moments *moments, double student)
{
    return student * ib_moments_deviation(moments) / sqrt((double)moments->count);
}

double ib_moments_half_interval(const ib_moments *moments)
{
    return moments && moments->count > 1 ? half_interval(moments, ib_statistics_student(moments->count - 1)) : NAN;
}

/* Adding 0 makes +0 of -0, which sorting does not tell apart. */
static double median_of(const double *values, size_t n)
{
    const double low = values[(n - 1) / 2], high = values[n / 2];
    return low + (high - low) / 2.0 + 0.0;
}

static ib_statistics unknown(size_t n)
{
    return (ib_statistics){
        .count = n, .mean = NAN, .deviation = NAN, .half_interval = NAN, .min = NAN, .median = NAN, .max = NAN};
}

static int are_finite(const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return 0;
    return 1;
}

ib_statistics ib_i_statistics(double *values, size_t n, double student)
{
    if (n == 0 || !are_finite(values, n))
        return unknown(n);
    ib_moments moments = {0};
    ib_i_sort_doubles(values, n);
    for (size_t i = 0; i < n; i++)
        ib_moments_add(&moments, values[i]);
    return (ib_statistics){
        .count = n,
        .mean = moments.mean,
        .deviation = ib_moments_deviation(&moments),
        .half_interval = half_interval(&moments, student),
        .min = values[0] + 0.0,
        .median = median_of(values, n),
        .max = values[n - 1] + 0.0,
    };
}

void ib_statistics_measure(double *values, size_t n, ib_statistics *statistics)
{
    if (statistics)
        *statistics = ib_i_statistics(values, values ? n : 0, n > 1 ? ib_statistics_student(n - 1) : NAN);
}
