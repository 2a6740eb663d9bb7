/** @file knn.h
 *  @brief Information from the distances to nearest neighbours.
 */
#ifndef LIBIB_KNN_H
#define LIBIB_KNN_H

#include <libib/estimator.h>

/** @defgroup knn Nearest neighbours
 *  @brief Estimators of Kraskov, Stoegbauer and Grassberger (2004, algorithms 1 and 2) for two real-valued variables,
 *  and of Ross (2014) for a real-valued and a discrete one.
 *
 *  Distances are the largest difference of any component (Chebyshev); psi is the digamma function, < > the mean over
 *  all N rows i, and values in nats are divided by ln 2.
 *
 *      KSG 1:  I = psi(k) - <psi(n_x + 1) + psi(n_y + 1)> + psi(N)             equation 8
 *
 *  where e is the distance of the k-th neighbour in (X, Y), the larger of its distances in X and in Y, and n_x is the
 *  number of other rows that are **nearer** than e in X, n_y in Y.
 *
 *      KSG 2:  I = psi(k) - 1/k - <psi(n_x) + psi(n_y)> + psi(N)               equation 9
 *
 *  where e_x is the largest distance in X of any of the k neighbours, e_y in Y, and n_x is the number of other rows
 *  that are **as near** as e_x in X or nearer, n_y likewise.
 *
 *      Ross:   I = psi(N) - <psi(N_y)> + <psi(k)> - <psi(m)>
 *
 *  where N_y is the number of rows of the label of row i, e the distance of its k-th neighbour among those, and m the
 *  number of other rows of any label that are **as near** as e or nearer. A label of N_y <= k rows takes k = N_y - 1. A
 *  row whose label is no other's has no such neighbour: it is left out of everything, N included.
 *
 *  **Ties.** The formulas are derived for variables with a density, where no two distances are equal. Where some are,
 *  all rows that are as near as the k-th neighbour count as neighbours in algorithm 2, so that the order of rows
 *  decides nothing; k stays what it is. Many equal rows or distances, as quantised or saturated layers and binary
 *  inputs have them, make the estimates meaningless: algorithm 1 then goes towards log2 N, algorithm 2 towards -log2 N,
 *  whatever X and Y are. Count such rows (@ref counter), or add noise, which then decides the value.
 *
 *  It means something if X and Y have a joint density, and N is large beside 2^I: a deterministic T = f(X) without
 *  noise has I = infinity, and the estimate grows with N. The standard error is of the order of 1/sqrt(N) nats.
 *  Multiplying X and Y by the same power of two changes no bit. The scale of X relative to Y decides which of the two
 *  distances is the larger, and moves the value: give both the same spread.
 *
 *  Sources: A. Kraskov, H. Stoegbauer, P. Grassberger: Estimating mutual information (Physical Review E 69, 2004);
 *  B. C. Ross: Mutual information between discrete and continuous data sets (PLoS ONE 9, 2014).
 *
 *  Cost: exact search by comparing all pairs, N^2 (D + U) subtractions, and at most N^2 k comparisons. Memory:
 *  8 N (D + U + 3) bytes.
 *  @{
 */

/** Which algorithm for two real-valued variables. */
enum {
    IB_KNN_KSG1 = 0, /**< equation 8: less variance */
    IB_KNN_KSG2 = 1  /**< equation 9: less bias for dependent variables of many dimensions */
};

/** How to estimate. */
typedef struct ib_knn_options {
    uint32_t struct_size; /**< bytes of this struct as the caller knows it */
    uint32_t neighbours;  /**< k, below N; 0: 3. Larger k has less variance and more bias */
    uint32_t algorithm;   /**< one of the `IB_KNN_*` values; not used with labels */
    uint32_t reserved;    /**< 0 */
    double noise;  /**< c >= 0; 0: none; else uniform noise of width c times the standard deviation of each component,
                       around 0, breaks ties. A constant component stays constant */
    uint64_t seed; /**< of the noise, which is drawn row by row from a stream of its own for each variable: with noise,
                        the order of rows matters */
} ib_knn_options;

IB_BEGIN_DECLS

/** Fills options with the defaults: all zero, which is algorithm 1 with 3 neighbours and no noise.
 *
 *  @param[out] options  written; NULL has no effect
 *  @since 0.1
 */
IB_API void ib_knn_options_init(ib_knn_options *options);

/** I(X;Y) of two real-valued variables.
 *
 *  @param context    the context
 *  @param x          `[N][D]`
 *  @param y          `[N][U]`
 *  @param options    how, or NULL for the defaults
 *  @param[out] bits  receives the estimate, which can be negative; 0 for N = 0. The same bits for (y, x), if there is
 *                    no noise
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NONFINITE, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_SHAPE not of rank 2, without columns, or not of as many rows
 *  @retval IB_ERR_RANGE 0 < N <= k, or noise is not allowed
 *  @since 0.1
 */
IB_API ib_status ib_knn_mutual(ib_context *context, const ib_tensor *x, const ib_tensor *y,
                               const ib_knn_options *options, double *bits);

/** I(X;Y) of a real-valued variable and labels (Ross).
 *
 *  @param context    the context
 *  @param x          `[N][D]`
 *  @param labels     `[N]`, each below classes; may be NULL if N = 0
 *  @param classes    K
 *  @param options    how, or NULL for the defaults
 *  @param[out] bits  receives the estimate, which can be negative; 0 for N = 0
 *                    and, but for rounding, for a single label
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NONFINITE, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_RANGE a label is not below classes, none occurs twice, or noise is not allowed
 *  @since 0.1
 */
IB_API ib_status ib_knn_mutual_labels(ib_context *context, const ib_tensor *x, const uint32_t *labels, uint32_t classes,
                                      const ib_knn_options *options, double *bits);

/** An estimator for an @ref observer or a @ref study, "ksg1" or "ksg2": i_xt is ib_knn_mutual() of inputs and values,
 *  i_ty is ib_knn_mutual_labels() of values and labels.
 *
 *  @param context         the context
 *  @param options         how, or NULL for the defaults; borrowed as its user_data, so they must outlast it, unchanged
 *  @param[out] estimator  filled; its setting is a hash of the options
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_RANGE, #IB_ERR_UNSUPPORTED
 *  @since 0.1
 */
IB_API ib_status ib_knn_estimator(ib_context *context, const ib_knn_options *options, ib_estimator *estimator);

/** @} */

IB_END_DECLS

#endif
