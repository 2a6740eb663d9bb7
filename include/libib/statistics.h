/** @file statistics.h
 *  @brief Mean, spread and 95% interval of numbers.
 */
#ifndef LIBIB_STATISTICS_H
#define LIBIB_STATISTICS_H

#include <libib/export.h>
#include <stddef.h>
#include <stdint.h>

/** @defgroup statistics Statistics
 *  @brief What is said of one quantity over many runs.
 *
 *  Of n values x with mean m,
 *
 *      sd = sqrt(sum of (x - m)^2 / (n - 1))        half interval = t(n - 1) sd / sqrt(n)
 *
 *  where t(d) is the quantile 0.975 of Student's distribution with d degrees of freedom: if the x are independent and
 *  normal, m +- half interval holds their expectation in 95 of 100 cases. Nothing is said that is not known: what takes
 *  more values than there are is NaN, that is all but the count for n = 0, sd and interval for n = 1.
 *
 *  Values so large that their squares are no doubles give infinity or NaN.
 *
 *  Nothing but + - * / and the square root is used, so the same values give the same bits on every machine.
 *
 *  Source: Student: The probable error of a mean (1908); B. P. Welford: Note on a method for calculating corrected sums
 *  of squares and products (1962).
 *  @{
 */

/** Count, mean and squares of the values so far; all zero: none. Never grows. */
typedef struct ib_moments {
    uint64_t count; /**< n */
    double mean;    /**< of the values; 0 if there are none */
    double squares; /**< sum of (x - mean)^2 */
} ib_moments;

/** What is said of n values. Never grows. */
typedef struct ib_statistics {
    uint64_t count;       /**< n */
    double mean;          /**< mean; NaN for n = 0 */
    double deviation;     /**< standard deviation, of n - 1 degrees of freedom; NaN for n < 2 */
    double half_interval; /**< half width of the 95% interval of the mean; NaN for n < 2 */
    double min;           /**< smallest value; NaN for n = 0 */
    double median;        /**< value in the middle, or mean of the two there; NaN for n = 0 */
    double max;           /**< largest value; NaN for n = 0 */
} ib_statistics;

IB_BEGIN_DECLS

/** Quantile 0.975 of Student's t distribution: the factor of a two-sided 95% interval.
 *
 *  @param degrees  degrees of freedom
 *  @return the quantile, with a relative error below 1e-13: 12.7062 for 1 to 1.95996 for many; NaN for 0
 *  @since 0.1
 */
IB_API double ib_statistics_student(uint64_t degrees);

/** Takes in one more value. The last bits depend on the order of the values.
 *
 *  For values that need not be kept; ib_statistics_measure() says more of those that are.
 *
 *  @param moments  of the values so far; NULL has no effect
 *  @param value    the value; once NaN or an infinity is taken in, what is said is NaN
 *  @since 0.1
 */
IB_API void ib_moments_add(ib_moments *moments, double value);

/** Standard deviation of the values taken in.
 *
 *  @param moments  of the values
 *  @return the deviation; NaN for fewer than 2 values and for NULL
 *  @since 0.1
 */
IB_API double ib_moments_deviation(const ib_moments *moments);

/** Half width of the 95% interval of the mean of the values taken in.
 *
 *  @param moments  of the values
 *  @return the half width; NaN for fewer than 2 values and for NULL
 *  @since 0.1
 */
IB_API double ib_moments_half_interval(const ib_moments *moments);

/** Says everything about some values. Sorts them first: no bit of the answer depends on their order.
 *
 *  @param[in,out] values   `values[n]`, put in ascending order; NULL: none. If one is NaN or an infinity, they stay as
 *                          they are, and all but the count is NaN
 *  @param n                how many
 *  @param[out] statistics  receives the answer; NULL has no effect on it
 *  @since 0.1
 */
IB_API void ib_statistics_measure(double *values, size_t n, ib_statistics *statistics);

/** @} */

IB_END_DECLS

#endif
