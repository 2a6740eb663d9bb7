/** @file significance.h
 *  @brief Whether information could be chance, and how far it could be off.
 */
#ifndef LIBIB_SIGNIFICANCE_H
#define LIBIB_SIGNIFICANCE_H

#include <libib/variable.h>

/** @defgroup significance Significance
 *  @brief Permutation test and bootstrap of I(X;Y) on rows that are encoded already.
 *
 *  **Permutation test.** The labels Y are put into random order m times; b of the values so found are at least the one
 *  observed (compared as integers, so ties are ties). p = (b + 1) / (m + 1), which is never 0.
 *
 *  **Bootstrap.** N rows are drawn with replacement m times. The interval is that of percentiles; the plug-in value of a
 *  resample is biased upwards once more, so that it need not contain the value of the sample: `bias` says by how much.
 *
 *  Resample r draws from a stream of its own: same seed, same bits, on any number of threads.
 *  @{
 */

/** How to resample. */
typedef struct ib_significance_options {
    uint32_t struct_size; /**< bytes of this struct as the caller knows it */
    uint32_t threads;     /**< 0: one for each core */
    uint64_t resamples;   /**< m; 0: 1000 */
    uint64_t seed;        /**< any value */
    double level;         /**< of the bootstrap interval, 0 < level < 1; 0: 0.95 */
    int32_t (*progress)(uint64_t done, uint64_t all, void *user_data); /**< or NULL; as ib_task_progress_fn */
    void *user_data;                                                   /**< passed to it */
} ib_significance_options;

/** Outcome of a permutation test. */
typedef struct ib_permutation_result {
    uint32_t struct_size;
    uint32_t reserved;
    uint64_t rows;         /**< that were not missing */
    uint64_t permutations; /**< m */
    uint64_t at_least;     /**< b */
    double observed;       /**< I(X;Y), bits */
    double p;              /**< (b + 1) / (m + 1) */
    double null_mean;      /**< mean of the permuted values: what I(X;Y) would be by chance */
    double null_sd;        /**< their standard deviation, n - 1 in the denominator */
    double null_max;       /**< the largest of them */
} ib_permutation_result;

/** Outcome of a bootstrap. */
typedef struct ib_bootstrap_result {
    uint32_t struct_size;
    uint32_t reserved;
    uint64_t rows;
    uint64_t resamples;
    double observed;
    double low, high; /**< percentiles (1 -+ level) / 2 of the resampled values */
    double mean;
    double bias; /**< mean - observed */
    double sd;
} ib_bootstrap_result;

IB_BEGIN_DECLS

IB_API void ib_significance_options_init(ib_significance_options *options);
IB_API ib_status ib_significance_permute(ib_context *context, const ib_variable *x, const ib_variable *y,
                                         const ib_significance_options *options, ib_permutation_result *result);
IB_API ib_status ib_significance_bootstrap(ib_context *context, const ib_variable *x, const ib_variable *y,
                                           const ib_significance_options *options, ib_bootstrap_result *result);

/** @} */

IB_END_DECLS

#endif
