/** @file kde.h
 *  @brief Bounds on information from pairwise distances of activations with Gaussian noise.
 */
#ifndef LIBIB_KDE_H
#define LIBIB_KDE_H

#include <libib/estimator.h>

/** @defgroup kde Kernel density bounds
 *  @brief Upper and lower bound of Kolchinsky and Tracey (2017) on I(X; T + noise) and I(T + noise; Y).
 *
 *  T is a function of X and noise is Gaussian of variance s^2 in each dimension, so that T + noise is a mixture of N
 *  Gaussians, whose entropy has bounds in closed form. Less the entropy of the noise itself,
 *
 *      I_D = - (1/N) sum over i of log2 (1/N) sum over j of exp(-D_ij)
 *      D_ij = |t_i - t_j|^2 / (2 s^2)   upper bound (Kullback-Leibler)
 *      D_ij = |t_i - t_j|^2 / (8 s^2)   lower bound (Bhattacharyya)
 *
 *  bounds I(X; T + noise). It is 0 exactly if all rows are equal, log2 N exactly if they are far from each other, and
 *  between them always. From it, as Saxe et al. (2018) do,
 *
 *      I(T;Y) = I_D - sum over y of (N_y / N) I_D of the rows of label y
 *
 *  which is a difference of bounds of the same kind, and so an estimate, **not a bound**.
 *
 *  It means something as far as the noise does. The network computes without any: for a deterministic T the
 *  information is H(T), or infinite, and what is found here is how many rows are further apart than s. The unit of s is
 *  that of the activations: values for a tanh and for a ReLU layer that has grown do not compare. With s small beside
 *  all distances, I_D is H(T) of the rows as they are, and a @ref counter says that exactly.
 *
 *  Sources: A. Kolchinsky, B. D. Tracey: Estimating mixture entropy with pairwise distances (Entropy 19, 2017), bounds
 *  for Gaussian mixtures of one covariance; A. M. Saxe, Y. Bansal, J. Dapello, M. Advani, A. Kolchinsky, B. D. Tracey,
 *  D. D. Cox: On the information bottleneck theory of deep learning (ICLR 2018), the use for layers.
 *
 *  Cost: N^2 U / 2 multiplications and at most N^2 / 2 exponentials, none for pairs that are equal or far apart.
 *  Memory: N (8 U + 32) bytes.
 *  @{
 */

/** Which bound. */
enum {
    IB_KDE_UPPER = 0, /**< from the Kullback-Leibler divergence of the components */
    IB_KDE_LOWER = 1  /**< from their Bhattacharyya distance */
};

/** How to estimate. */
typedef struct ib_kde_options {
    uint32_t struct_size; /**< bytes of this struct as the caller knows it */
    uint32_t bound;       /**< one of the `IB_KDE_*` values */
    double variance;      /**< s^2 > 0, a normal number; 0: 0.1, as Saxe et al. (2018) */
} ib_kde_options;

IB_BEGIN_DECLS

/** Fills options with the defaults: all zero, which is the upper bound with variance 0.1.
 *
 *  @param[out] options  written; NULL has no effect
 *  @since 0.1
 */
IB_API void ib_kde_options_init(ib_kde_options *options);

/** Both informations of one layer, from one pass over all pairs of rows.
 *
 *  @param context        the context
 *  @param values         T: `[N][U]`
 *  @param labels         Y: `[N]`; NULL if classes = 0
 *  @param classes        K, labels are below; 0: there are none, and i_ty is NaN
 *  @param options        how, or NULL for the defaults
 *  @param[out] estimate  receives I_D as i_xt, 0 to log2 N, and i_ty; 0 for N = 0
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NONFINITE, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_RANGE a label is not below classes, or variance is not allowed
 *  @since 0.1
 */
IB_API ib_status ib_kde_measure(ib_context *context, const ib_tensor *values, const uint32_t *labels, uint32_t classes,
                                const ib_kde_options *options, ib_estimate *estimate);

/** An estimator for an @ref observer or a @ref study, "kde-upper" or "kde-lower".
 *
 *  @param context         the context
 *  @param options         how, or NULL for the defaults; borrowed as its user_data, so they must outlast it, unchanged
 *  @param[out] estimator  filled; its setting is a hash of the options
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_RANGE, #IB_ERR_UNSUPPORTED
 *  @since 0.1
 */
IB_API ib_status ib_kde_estimator(ib_context *context, const ib_kde_options *options, ib_estimator *estimator);

/** @} */

IB_END_DECLS

#endif
