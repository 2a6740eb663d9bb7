/* Resamples on several threads: each draws from a stream of its own, and they are taken in order, so that neither their
 * values nor what is made of them depends on the threads. */
#ifndef LIBIB_INFO_RESAMPLE_H
#define LIBIB_INFO_RESAMPLE_H

#include "base/rng.h"
#include "info/contingency.h"

#include <libib/significance.h>

typedef struct ib_i_resampling {
    uint32_t rows;    /* of a resample: what one costs, about */
    uint32_t purpose; /* of the streams that resamples draw from */
    size_t scratch;   /* bytes of memory for each thread, zeroed before its first resample */
    /* n I(X;Y) of a resample, on any thread */
    ib_i_wide (*measure)(const void *plan, void *scratch, ib_rng *rng);
    const void *plan;
    /* Takes the value, on the thread of the caller: in the order of the resamples */
    void (*take)(void *taker, uint64_t number, ib_i_wide value);
    void *taker;
} ib_i_resampling;

/* The options of a caller, or the defaults, without unset members but for threads. */
ib_status ib_i_significance_options_read(ib_context *context, const ib_significance_options *options,
                                         ib_significance_options *full);

ib_status ib_i_resample(ib_context *context, const ib_significance_options *options, const ib_i_resampling *resampling);

/* Mean and deviation of values that come in order, after B. P. Welford (1962), whose values that are all equal have the
 * deviation 0. */
typedef struct ib_i_spread {
    ib_i_wide sum;
    double count, mean, squares;
} ib_i_spread;

void ib_i_spread_add(ib_i_spread *spread, ib_i_wide sum, double value);
/* NaN for one value. */
double ib_i_spread_deviation(const ib_i_spread *spread);

/* n I(X;Y) in bits; 0 for n = 0. */
static inline double ib_i_mutual_bits(ib_i_wide mutual, uint64_t n)
{
    return n > 0 ? ib_i_term_bits(mutual, n) : 0;
}

/* The tests of variables, which are these of their numbers. `options` is as given by the caller. */
ib_status ib_i_permute(ib_context *context, const ib_i_ids *x, const ib_i_ids *y, size_t rows,
                       const ib_significance_options *options, ib_permutation_result *result);
ib_status ib_i_bootstrap(ib_context *context, const ib_i_ids *x, const ib_i_ids *y, size_t rows,
                         const ib_significance_options *options, ib_bootstrap_result *result);

#endif
