/* Weights as whole numbers, so that sums of them are exact. */
#ifndef LIBIB_INFO_WEIGHTS_H
#define LIBIB_INFO_WEIGHTS_H

#include "base/context.h"

/* Whether all weights are finite and none is negative. */
ib_status ib_i_weights_check(ib_context *context, const double *weights, size_t n);

/* masses[n], whose ratios are those of the weights; returns their sum, which is below 2^63.
 *
 * Integers whose sum is below 2^63 are their own masses. Others are counted in units of a power of two: the largest of
 * which all are multiples, if their sum is below 2^63 of these, else one so large that it is, by rounding each to the
 * nearest. This changes none by more than 2^-62 of the sum. What divides all masses is taken out, so that equal weights
 * are masses of 1. The order of weights does not matter. */
uint64_t ib_i_weights_masses(const double *weights, size_t n, uint64_t *masses);

#endif
