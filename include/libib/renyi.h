/** @file renyi.h
 *  @brief Matrix-based Renyi information of kernel matrices.
 */
#ifndef LIBIB_RENYI_H
#define LIBIB_RENYI_H

#include <libib/estimator.h>

/** @defgroup renyi Matrix-based Renyi information
 *  @brief Entropy of order alpha of the eigenvalues of a kernel matrix (Sanchez Giraldo, Rao and Principe 2015), and
 *  its mutual information as Wickstroem et al. (2019) use it for layers.
 *
 *  A is the N x N kernel matrix divided by its trace, which is N, and lambda are its eigenvalues:
 *
 *      A_ij = exp(-|x_i - x_j|^2 / (2 w^2)) / N
 *      S_alpha(A) = log2(sum of lambda^alpha) / (1 - alpha)
 *      S_alpha(A, B) = S_alpha of the Hadamard product of A and B, divided by its trace
 *      I_alpha = S_alpha(A) + S_alpha(B) - S_alpha(A, B)
 *
 *  Labels have the kernel that is 1 for equal and 0 for different ones. If all rows are equal, S = 0; if they are far
 *  apart, S = log2 N.
 *
 *  **Order 2** needs no eigenvalues, as the sum is that of the squares of all elements. Both values are exact then, no
 *  matrix is kept, and the order of rows changes no bit. For other orders the caller gives a function that finds
 *  eigenvalues, such as LAPACK's dsyevd; the library depends on none. What that function does in the last bits is in
 *  the result, divided by 1 - alpha.
 *
 *  **Width.** By default w of a variable of d columns is Silverman's,
 *
 *      w = s (4 / (d + 2))^(1 / (d + 4)) N^(-1 / (d + 4))
 *
 *  with s^2 the mean variance of the columns; 1 if all rows are equal.
 *
 *  It means something in comparison: between layers and epochs with the same N, order and width. It is no estimate of
 *  Shannon's information: it converges to a property of the kernel, and with it to another value for each width. With
 *  Silverman's width and more than a few dimensions almost all pairs of rows are far apart, S is near log2 N for all
 *  layers, and a width must be chosen; Wickstroem et al. choose that which makes the kernel most like that of the
 *  labels.
 *
 *  Sources: L. G. Sanchez Giraldo, M. Rao, J. C. Principe: Measures of entropy from data using infinitely divisible
 *  kernels (IEEE Transactions on Information Theory 61, 2015); K. Wickstroem, S. Loekse, M. Kampffmeyer, S. Yu,
 *  J. C. Principe, R. Jenssen: Information plane analysis of deep neural networks via matrix-based Renyi's entropy and
 *  tensor kernels (2019), alpha = 1.01; B. W. Silverman: Density estimation for statistics and data analysis (1986),
 *  section 4.3, the width.
 *
 *  Cost, order 2: N^2 (D + U) / 2 multiplications and at most N^2 exponentials; 8 N (D + U) bytes. Other orders: twice
 *  that, and three times the eigenvalues of a matrix of order N; 8 N^2 bytes besides, and what the function takes.
 *  @{
 */

/** Finds the eigenvalues of a symmetric matrix.
 *
 *  The library checks that they are finite, none is below -10^-6, and their sum is 1 within 10^-6.
 *
 *  @param n            its order
 *  @param matrix       `[n][n]`, both halves; may be destroyed
 *  @param[out] values  `[n]`, in any order
 *  @param user_data    as given
 *  @return 0 when done, positive to stop, negative to fail
 */
typedef int32_t (*ib_eigenvalues_fn)(size_t n, double *matrix, double *values, void *user_data);

/** How to estimate. */
typedef struct ib_renyi_options {
    uint32_t struct_size;          /**< bytes of this struct as the caller knows it */
    uint32_t reserved;             /**< 0 */
    double alpha;                  /**< order, > 0, not 1; 0: 2; the literature has 1.01 */
    double input_width;            /**< w of the inputs, a normal positive float; 0: Silverman's */
    double width;                  /**< w of the values of a layer, a normal positive float; 0: Silverman's */
    ib_eigenvalues_fn eigenvalues; /**< needed unless alpha is 2; a study calls it on the threads of its workers */
    void *user_data;               /**< passed to it */
} ib_renyi_options;

IB_BEGIN_DECLS

/** Fills options with the defaults: all zero, which is order 2 with Silverman's widths.
 *
 *  @param[out] options  written; NULL has no effect
 *  @since 0.1
 */
IB_API void ib_renyi_options_init(ib_renyi_options *options);

/** I_alpha(X;T) of two real-valued variables.
 *
 *  @param context    the context
 *  @param inputs     X: `[N][D]`; its kernel has input_width
 *  @param values     T: `[N][U]`; its kernel has width
 *  @param options    how, or NULL for the defaults
 *  @param[out] bits  receives the information; 0 for N = 0
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_SHAPE not of rank 2, without columns, or not of as many rows
 *  @retval IB_ERR_RANGE options are not allowed, or eigenvalues cannot be those of the matrix
 *  @retval IB_ERR_NONFINITE values or eigenvalues are NaN or infinite
 *  @retval IB_ERR_OVERFLOW N^2 does not fit
 *  @retval IB_STOPPED the function of the caller asked to stop
 *  @retval IB_ERR_CALLBACK it failed; its value is ib_context_callback_value()
 *  @since 0.1
 */
IB_API ib_status ib_renyi_mutual(ib_context *context, const ib_tensor *inputs, const ib_tensor *values,
                                 const ib_renyi_options *options, double *bits);

/** I_alpha(T;Y) of a real-valued variable and labels.
 *
 *  @param context    the context
 *  @param values     T: `[N][U]`; its kernel has width
 *  @param labels     Y: `[N]`, each below classes; may be NULL if N = 0
 *  @param classes    K
 *  @param options    how, or NULL for the defaults
 *  @param[out] bits  receives the information; 0 for N = 0
 *  @return as ib_renyi_mutual()
 *  @retval IB_ERR_RANGE a label is not below classes, too
 *  @since 0.1
 */
IB_API ib_status ib_renyi_mutual_labels(ib_context *context, const ib_tensor *values, const uint32_t *labels,
                                        uint32_t classes, const ib_renyi_options *options, double *bits);

/** An estimator for an @ref observer or a @ref study, "renyi": i_xt is ib_renyi_mutual() of inputs and values, i_ty is
 *  ib_renyi_mutual_labels() of values and labels.
 *
 *  @param context         the context
 *  @param options         how, or NULL for the defaults; borrowed as its user_data, so they must outlast it, unchanged
 *  @param[out] estimator  filled; its setting is a hash of alpha and the widths, not of the function for eigenvalues
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_RANGE, #IB_ERR_UNSUPPORTED
 *  @since 0.1
 */
IB_API ib_status ib_renyi_estimator(ib_context *context, const ib_renyi_options *options, ib_estimator *estimator);

/** @} */

IB_END_DECLS

#endif
