/** @file activation.h
 *  @brief Activation functions, forward and backward.
 */
#ifndef LIBIB_ACTIVATION_H
#define LIBIB_ACTIVATION_H

#include <libib/context.h>
#include <libib/tensor.h>

/** @defgroup activation Activation
 *  @brief tanh, ReLU, sigmoid, linear and softmax.
 *
 *  tanh, exp and log are the library's own, with the error bounds stated in docs/determinism.md; the
 *  mathematics library of the system is never asked.
 *  @{
 */

/** Activation functions. */
enum {
    IB_ACTIVATION_LINEAR = 0,  /**< y = z */
    IB_ACTIVATION_TANH = 1,    /**< y = tanh z */
    IB_ACTIVATION_RELU = 2,    /**< y = max(z, 0); its derivative at 0 is 0 */
    IB_ACTIVATION_SIGMOID = 3, /**< y = 1 / (1 + exp(-z)) */
    IB_ACTIVATION_SOFTMAX = 4  /**< y_j = exp(z_j) / sum of exp(z_i) over a row; only at the output of a network */
};

IB_BEGIN_DECLS

/** Name of an activation function.
 *
 *  @param activation  one of the `IB_ACTIVATION_*` values
 *  @return such as "tanh"; "unknown" for other values; static
 *  @since 0.1
 */
IB_API const char *ib_activation_name(uint32_t activation);

/** Applies an activation function: y = f(z).
 *
 *  @param activation  one of the `IB_ACTIVATION_*` values; softmax works along the last axis of a rank-2 tensor
 *  @param z           any shape
 *  @param[in,out] y   the same shape; may be z itself
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_activation_forward(uint32_t activation, const ib_tensor *z, ib_tensor *y);

/** Gradient through an activation function: dz from dy, with the derivative written in terms of y.
 *
 *  tanh: dy (1 - y^2); ReLU: dy where y > 0; sigmoid: dy y (1 - y); softmax: y_j (dy_j - sum of y_i dy_i over the row).
 *
 *  @param activation  one of the `IB_ACTIVATION_*` values
 *  @param y           output of ib_activation_forward()
 *  @param dy          gradient with respect to y, the same shape
 *  @param[in,out] dz  receives the gradient with respect to z, the same shape; may be dy itself
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_activation_backward(uint32_t activation, const ib_tensor *y, const ib_tensor *dy, ib_tensor *dz);

/** @} */

IB_END_DECLS

#endif
