/** @file significance.h
 *  @brief Whether information could be chance, and how far it could be off.
 */
#ifndef LIBIB_SIGNIFICANCE_H
#define LIBIB_SIGNIFICANCE_H

#include <libib/variable.h>

/** @defgroup significance Significance
 *  @brief Permutation test and bootstrap of the plug-in I(X;Y) of two variables.
 *
 *  **Permutation test.** If X and Y had nothing to do with each other, any order of the labels Y beside the rows X
 *  would be as probable as the one observed. So the labels are put into random order m times. If b of the values so
 *  found are at least the one observed,
 *
 *      p = (b + 1) / (m + 1)
 *
 *  Under independence p <= a has a probability of at most a, for any n, m and a, and p is never 0. Values are compared
 *  as the integer sums that they are made of; those that differ by no more than the rounding of the logarithms in these
 *  sums are equal, so that ties are ties.
 *
 *  The mean of the permuted values is what the plug-in I(X;Y) of so many rows would be by chance. A value far above 0
 *  means nothing as long as that mean is as far above.
 *
 *  Not even the last bit depends on the order of the rows, on which numbers stand for what, or on which of the two
 *  variables is called x: what can happen follows from how often each number occurs.
 *
 *  Source: M. Dwass: Modified randomization tests for nonparametric hypotheses (1957); B. Phipson, G. K. Smyth:
 *  Permutation p-values should never be zero (2010).
 *
 *  **Bootstrap.** n rows are drawn with replacement from the n rows, m times, and I(X;Y) is computed of each resample.
 *  The interval is that of percentiles: of the values x_0 <= ... <= x_(m-1), the ends are at (1 - level) / 2 and
 *  (1 + level) / 2, where the value at q is
 *
 *      x_i + (h - i) (x_(i+1) - x_i),   h = (m - 1) q,   i = floor(h)
 *
 *  Source: B. Efron: Bootstrap methods: another look at the jackknife (1979).
 *
 *  It is good for telling how much I(X;Y) varies from sample to sample when each thing was seen many times. It is *not*
 *  good for
 *
 *  - a test of independence: no resample is one of independent variables, and the lower end is above 0 almost always;
 *  - rows that mostly occur once or twice: a resample repeats some and lacks about a third of them, so that its value
 *    is biased upwards once more. The interval need not contain the value observed, let alone the true one.
 *    ib_bootstrap_result::bias says by how much resamples are off, and the sample is off by at least about as much;
 *  - values of a layer over all inputs of a finite data set, which are exact.
 *
 *  Resamples depend on the order of the rows: the same rows in another order are other draws.
 *
 *  Both draw resample r from the stream ib_rng_stream(r, 0, #IB_STREAM_PERMUTE or #IB_STREAM_BOOTSTRAP) of the seed,
 *  and take their values in the order of r: same seed, same bits, on any number of threads and any machine.
 *
 *  Rows that are missing in x or in y are left out first. Without rows all informations are 0, and p is 1.
 *  @{
 */

/** Hears how far the work is, on the thread of the caller.
 *
 *  @param done       resamples done; grows from call to call; the last call says `all`
 *  @param all        m
 *  @param user_data  as given in ib_significance_options
 *  @return 0 to go on, positive to stop, negative to fail
 */
typedef int32_t (*ib_significance_progress_fn)(uint64_t done, uint64_t all, void *user_data);

/** How to resample. */
typedef struct ib_significance_options {
    uint32_t struct_size;                 /**< bytes of this struct as the caller knows it */
    uint32_t threads;                     /**< how many; 0: one for each core that this process may use */
    uint64_t resamples;                   /**< m < 2^32; 0: 1000 */
    uint64_t seed;                        /**< any value */
    double level;                         /**< of the bootstrap interval, 0 < level < 1; 0: 0.95 */
    ib_significance_progress_fn progress; /**< hears of resamples, or NULL */
    void *user_data;                      /**< passed to it */
} ib_significance_options;

/** Outcome of a permutation test. */
typedef struct ib_permutation_result {
    uint32_t struct_size;  /**< bytes of this struct as the caller knows it */
    uint32_t reserved;     /**< 0 */
    uint64_t rows;         /**< n: those that were not missing */
    uint64_t permutations; /**< m */
    uint64_t at_least;     /**< b: how many permuted values were at least the one observed */
    double observed;       /**< I(X;Y) of the rows as they are, in bits */
    double p;              /**< (b + 1) / (m + 1) */
    double null_mean;      /**< mean of the permuted values, in bits */
    double null_sd;        /**< their standard deviation, of m - 1 degrees of freedom; NaN for m = 1 */
    double null_max;       /**< the largest of them */
} ib_permutation_result;

/** Outcome of a bootstrap; all informations in bits. */
typedef struct ib_bootstrap_result {
    uint32_t struct_size; /**< bytes of this struct as the caller knows it */
    uint32_t reserved;    /**< 0 */
    uint64_t rows;        /**< n: those that were not missing */
    uint64_t resamples;   /**< m */
    double observed;      /**< I(X;Y) of the rows as they are */
    double low;           /**< lower end of the interval */
    double high;          /**< upper end */
    double mean;          /**< mean of the values of the resamples */
    double bias;          /**< mean - observed */
    double sd;            /**< standard deviation of the values, of m - 1 degrees of freedom; NaN for m = 1 */
} ib_bootstrap_result;

IB_BEGIN_DECLS

/** Fills options with the defaults: all zero.
 *
 *  @param[out] options  written
 *  @since 0.1
 */
IB_API void ib_significance_options_init(ib_significance_options *options);

/** Permutation test of I(X;Y).
 *
 *  Cost: that of counting once, and for each permutation one random number for each row whose number occurs more than
 *  once in the variable that has more of them. Memory: 12 to 28 bytes a row, and for each thread a byte a row (two
 *  with more than 256 labels, four with more than 65536).
 *
 *  @param context         the context; it and the allocator as for ib_tasks_run()
 *  @param x               any variable
 *  @param y               any variable of as many rows
 *  @param options         how, or NULL for the defaults; its level is checked and not used
 *  @param[in,out] result  its struct_size is read, the rest is written as far as that says
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @retval IB_STOPPED progress asked to stop; nothing was written, since a p of fewer permutations would depend on the
 *          moment
 *  @retval IB_ERR_SHAPE x and y have different numbers of rows
 *  @retval IB_ERR_RANGE 2^32 or more resamples, or a level that is not between 0 and 1
 *  @retval IB_ERR_OVERFLOW 2^32 or more rows
 *  @retval IB_ERR_CALLBACK progress failed; its value is ib_context_callback_value()
 *  @since 0.1
 */
IB_API ib_status ib_significance_permute(ib_context *context, const ib_variable *x, const ib_variable *y,
                                         const ib_significance_options *options, ib_permutation_result *result);

/** Bootstrap of I(X;Y).
 *
 *  Cost: that of counting once, and for each resample one random number a row and one look at each pair that occurs.
 *  Memory: as for ib_significance_permute(), four bytes a pair for each thread, and 8 bytes a resample.
 *
 *  @param context         the context; it and the allocator as for ib_tasks_run()
 *  @param x               any variable
 *  @param y               any variable of as many rows
 *  @param options         how, or NULL for the defaults
 *  @param[in,out] result  its struct_size is read, the rest is written as far as that says
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @retval IB_STOPPED progress asked to stop; nothing was written
 *  @retval IB_ERR_SHAPE x and y have different numbers of rows
 *  @retval IB_ERR_RANGE 2^32 or more resamples, or a level that is not between 0 and 1
 *  @retval IB_ERR_OVERFLOW 2^32 or more rows
 *  @retval IB_ERR_CALLBACK progress failed; its value is ib_context_callback_value()
 *  @since 0.1
 */
IB_API ib_status ib_significance_bootstrap(ib_context *context, const ib_variable *x, const ib_variable *y,
                                           const ib_significance_options *options, ib_bootstrap_result *result);

/** @} */

IB_END_DECLS

#endif
