/** @file renyi.h
 *  @brief Matrix-based Renyi information of kernel matrices.
 */
#ifndef LIBIB_RENYI_H
#define LIBIB_RENYI_H

#include <libib/estimator.h>

/** @defgroup renyi Matrix-based Renyi information
 *  @brief Entropy of order alpha of the eigenvalues of a kernel matrix (Sanchez Giraldo, Rao and Principe 2015), and its
 *  mutual information as Wickstroem et al. (2019) use it for layers.
 *
 *  A is the N x N Gaussian kernel matrix divided by its trace; S_alpha(A) = log2(sum of lambda_i^alpha) / (1 - alpha);
 *  S(A,B) is S of the Hadamard product divided by its trace; I = S(A) + S(B) - S(A,B).
 *
 *  Order 2 needs no eigenvalues: the sum is that of the squares of all elements. For other orders the caller gives a
 *  function that finds eigenvalues, such as LAPACK's dsyevd; the library depends on none. Memory: 3 N^2 doubles.
 *  @{
 */

/** Finds the eigenvalues of a symmetric matrix.
 *
 *  @param n            its order
 *  @param matrix       `[n][n]`; may be destroyed
 *  @param[out] values  `[n]`, in any order
 *  @param user_data    as given
 *  @return 0 when done, negative to fail
 */
typedef int32_t (*ib_eigenvalues_fn)(size_t n, double *matrix, double *values, void *user_data);

typedef struct ib_renyi_options {
    uint32_t struct_size;
    uint32_t reserved;
    double alpha;                  /**< > 0, not 1; 0: 2; the literature has 1.01 */
    double width;                  /**< of the kernel of values, > 0; 0: Silverman's rule, gamma N^(-1/(4+d)) sigma */
    ib_eigenvalues_fn eigenvalues; /**< needed unless alpha is 2 */
    void *user_data;
} ib_renyi_options;

IB_BEGIN_DECLS

IB_API void ib_renyi_options_init(ib_renyi_options *options);
IB_API ib_status ib_renyi_mutual(ib_context *context, const ib_tensor *x, const ib_tensor *y,
                                 const ib_renyi_options *options, double *bits);
IB_API ib_status ib_renyi_mutual_labels(ib_context *context, const ib_tensor *x, const uint32_t *labels,
                                        uint32_t classes, const ib_renyi_options *options, double *bits);
IB_API ib_status ib_renyi_estimator(ib_context *context, const ib_renyi_options *options, ib_estimator *estimator);

/** @} */

IB_END_DECLS

#endif
