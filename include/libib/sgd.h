/** @file sgd.h
 *  @brief Gradient descent with momentum.
 */
#ifndef LIBIB_SGD_H
#define LIBIB_SGD_H

#include <libib/context.h>

/** @defgroup sgd SGD
 *  @brief Stochastic gradient descent, with momentum if asked, over one flat vector of parameters.
 *
 *  With gradient g, velocity v and parameters w, at every step
 *
 *      v = momentum v - rate g,   w += v
 *
 *  in float32, momentum and rate too, every operation rounded by itself: the same bits with all kernels. v begins at 0.
 *
 *  Source: I. Sutskever, J. Martens, G. Dahl, G. Hinton: On the importance of initialization and momentum in deep
 *  learning (ICML 2013), equations 1 and 2; the method is that of B. T. Polyak: Some methods of speeding up the
 *  convergence of iteration methods (1964).
 *  @{
 */

/** Velocity of a vector of parameters; opaque. */
typedef struct ib_sgd ib_sgd;

/** How to step. */
typedef struct ib_sgd_options {
    uint32_t struct_size; /**< bytes of this struct as the caller knows it */
    uint32_t reserved;    /**< 0 */
    double rate;          /**< learning rate > 0; 0: 0.01, as is customary */
    double momentum;      /**< share of the velocity that is kept, 0 <= momentum < 1; 0: plain gradient descent */
} ib_sgd_options;

IB_BEGIN_DECLS

/** Fills options with the defaults: all zero.
 *
 *  @param[out] options  written
 *  @since 0.1
 */
IB_API void ib_sgd_options_init(ib_sgd_options *options);

/** Creates an optimiser with zero velocity.
 *
 *  @param context   the context
 *  @param n         number of parameters; >= 1
 *  @param options   how, or NULL for the defaults
 *  @param[out] out  receives the optimiser, to be freed with ib_sgd_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_RANGE, #IB_ERR_UNSUPPORTED
 *  @since 0.1
 */
IB_API ib_status ib_sgd_create(ib_context *context, size_t n, const ib_sgd_options *options, ib_sgd **out);

/** Frees an optimiser.
 *
 *  @param sgd  may be NULL
 *  @since 0.1
 */
IB_API void ib_sgd_destroy(ib_sgd *sgd);

/** One step.
 *
 *  @param sgd                the optimiser
 *  @param gradient           `gradient[n]`
 *  @param[in,out] parameters `parameters[n]`, moved
 *  @return #IB_OK, #IB_ERR_ARG
 *  @since 0.1
 */
IB_API ib_status ib_sgd_step(ib_sgd *sgd, const float *gradient, float *parameters);

/** Number of parameters.
 *
 *  @param sgd  the optimiser
 *  @return n; 0 if sgd is NULL
 *  @since 0.1
 */
IB_API size_t ib_sgd_size(const ib_sgd *sgd);

/** Number of steps done.
 *
 *  @param sgd  the optimiser
 *  @return steps; 0 if sgd is NULL
 *  @since 0.1
 */
IB_API uint64_t ib_sgd_steps(const ib_sgd *sgd);

/** The velocity.
 *
 *  @param sgd  the optimiser
 *  @return `v[n]`; borrowed; NULL if sgd is NULL
 *  @since 0.1
 */
IB_API const float *ib_sgd_velocity(const ib_sgd *sgd);

/** @} */

IB_END_DECLS

#endif
