/** @file kde.h
 *  @brief Bounds on information from pairwise distances of activations with Gaussian noise.
 */
#ifndef LIBIB_KDE_H
#define LIBIB_KDE_H

#include <libib/estimator.h>

/** @defgroup kde Kernel density bounds
 *  @brief Upper and lower bound of Kolchinsky and Tracey (2017) on I(X; T + noise) and I(T + noise; Y).
 *
 *  T is a function of X and noise is Gaussian of variance s^2 in each dimension, so that the entropy of T + noise is that
 *  of a mixture of N Gaussians:
 *
 *      I_D = - (1/N) sum over i of log2 (1/N) sum over j of exp(-D_ij)
 *      D_ij = |t_i - t_j|^2 / (2 s^2)   upper bound (Kullback-Leibler)
 *      D_ij = |t_i - t_j|^2 / (8 s^2)   lower bound (Bhattacharyya)
 *
 *  and I(T;Y) <- I_D - sum over y of p(y) I_D of the rows of label y.
 *  Cost: N^2 U / 2 operations and N^2 / 2 exponentials.
 *  @{
 */

enum { IB_KDE_UPPER = 0, IB_KDE_LOWER = 1 };

typedef struct ib_kde_options {
    uint32_t struct_size;
    uint32_t bound;  /**< one of the `IB_KDE_*` values */
    double variance; /**< s^2; 0: 0.1, as Saxe et al. (2018) */
} ib_kde_options;

IB_BEGIN_DECLS

IB_API void ib_kde_options_init(ib_kde_options *options);
IB_API ib_status ib_kde_measure(ib_context *context, const ib_tensor *values, const uint32_t *labels, uint32_t classes,
                                const ib_kde_options *options, ib_estimate *estimate);
/** Fills an estimator; options are borrowed as its user_data, NULL for the defaults. */
IB_API ib_status ib_kde_estimator(ib_context *context, const ib_kde_options *options, ib_estimator *estimator);

/** @} */

IB_END_DECLS

#endif
