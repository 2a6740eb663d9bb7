/** @file adam.h
 *  @brief The Adam optimiser.
 */
#ifndef LIBIB_ADAM_H
#define LIBIB_ADAM_H

#include <libib/context.h>

/** @defgroup adam Adam
 *  @brief Adaptive moment estimation over one flat vector of parameters.
 *
 *  With gradient g at step t = 1, 2, ...: m += (g - m) (1 - b1), v += (g^2 - v) (1 - b2), and
 *
 *  - #IB_EPSILON_RAW (the form of TensorFlow): w -= rate sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon)
 *  - #IB_EPSILON_CORRECTED (algorithm 1 of the paper): w -= rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
 *
 *  Moments and weights are float32; the powers of b1 and b2 are float64 products.
 *
 *  Source: D. P. Kingma, J. Ba: Adam: a method for stochastic optimization (ICLR 2015), section 2.
 *  @{
 */

/** Moments of the gradient of a vector of parameters; opaque. */
typedef struct ib_adam ib_adam;

/** Where epsilon stands. */
enum {
    IB_EPSILON_RAW = 0,      /**< beside the root of the raw second moment */
    IB_EPSILON_CORRECTED = 1 /**< beside the root of the bias-corrected second moment */
};

/** How to step. */
typedef struct ib_adam_options {
    uint32_t struct_size;   /**< bytes of this struct as the caller knows it */
    uint32_t epsilon_place; /**< one of the `IB_EPSILON_*` values */
    double rate;            /**< learning rate > 0; 0: 1e-4, that of the study */
    double beta1;           /**< decay of m, 0 < beta1 < 1; 0: 0.9 */
    double beta2;           /**< decay of v, 0 < beta2 < 1; 0: 0.999 */
    double epsilon;         /**< > 0; 0: 1e-7 */
} ib_adam_options;

IB_BEGIN_DECLS

/** Fills options with the defaults: all zero.
 *
 *  @param[out] options  written
 *  @since 0.1
 */
IB_API void ib_adam_options_init(ib_adam_options *options);

/** Creates an optimiser with zero moments.
 *
 *  @param context   the context
 *  @param n         number of parameters; >= 1
 *  @param options   how, or NULL for the defaults
 *  @param[out] out  receives the optimiser, to be freed with ib_adam_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_RANGE, #IB_ERR_UNSUPPORTED
 *  @since 0.1
 */
IB_API ib_status ib_adam_create(ib_context *context, size_t n, const ib_adam_options *options, ib_adam **out);

/** Frees an optimiser.
 *
 *  @param adam  may be NULL
 *  @since 0.1
 */
IB_API void ib_adam_destroy(ib_adam *adam);

/** One step.
 *
 *  @param adam               the optimiser
 *  @param gradient           `gradient[n]`
 *  @param[in,out] parameters `parameters[n]`, moved
 *  @return #IB_OK, #IB_ERR_ARG
 *  @since 0.1
 */
IB_API ib_status ib_adam_step(ib_adam *adam, const float *gradient, float *parameters);

/** Number of parameters.
 *
 *  @param adam  the optimiser
 *  @return n; 0 if adam is NULL
 *  @since 0.1
 */
IB_API size_t ib_adam_size(const ib_adam *adam);

/** Number of steps done.
 *
 *  @param adam  the optimiser
 *  @return t; 0 if adam is NULL
 *  @since 0.1
 */
IB_API uint64_t ib_adam_steps(const ib_adam *adam);

/** First moments.
 *
 *  @param adam  the optimiser
 *  @return `m[n]`; borrowed; NULL if adam is NULL
 *  @since 0.1
 */
IB_API const float *ib_adam_first_moments(const ib_adam *adam);

/** Second moments.
 *
 *  @param adam  the optimiser
 *  @return `v[n]`; borrowed; NULL if adam is NULL
 *  @since 0.1
 */
IB_API const float *ib_adam_second_moments(const ib_adam *adam);

/** @} */

IB_END_DECLS

#endif
