/** @file dense.h
 *  @brief The dense layer, forward and backward.
 */
#ifndef LIBIB_DENSE_H
#define LIBIB_DENSE_H

#include <libib/context.h>
#include <libib/tensor.h>

/** @defgroup dense Dense layer
 *  @brief z = x W + b.
 *
 *  Every output is summed in one order, whatever its place in the batch: the bias, then the inputs in ascending
 *  order, each by one fused multiply-add. Equal rows therefore give equal bits, which a BLAS does not
 *  promise. Sums over a batch run over 16 lanes (row b belongs to lane b mod 16), which are added as a tree.
 *  @{
 */

IB_BEGIN_DECLS

/** z = x W + b.
 *
 *  @param x          `[B][D]`
 *  @param kernel     W `[D][U]`
 *  @param bias       b `[U]`
 *  @param[in,out] z  `[B][U]`; not x
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_dense_forward(const ib_tensor *x, const ib_tensor *kernel, const ib_tensor *bias, ib_tensor *z);

/** Gradients of a dense layer: dx = dz W^T, dW = x^T dz, db = sum of dz over the batch.
 *
 *  @param x                `[B][D]` as given to ib_dense_forward()
 *  @param kernel           W `[D][U]`
 *  @param dz               `[B][U]` gradient with respect to z
 *  @param[in,out] dx       `[B][D]`; may be NULL if not wanted
 *  @param[in,out] dkernel  `[D][U]`
 *  @param[in,out] dbias    `[U]`
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_dense_backward(const ib_tensor *x, const ib_tensor *kernel, const ib_tensor *dz, ib_tensor *dx,
                                   ib_tensor *dkernel, ib_tensor *dbias);

/** @} */

IB_END_DECLS

#endif
