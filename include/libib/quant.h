/** @file quant.h
 *  @brief Fake quantisation: grids, ranges, straight-through gradients.
 */
#ifndef LIBIB_QUANT_H
#define LIBIB_QUANT_H

#include <libib/context.h>
#include <libib/tensor.h>

/** @defgroup quant Quantiser
 *  @brief Maps values to 2^k levels of a tracked range, and says the integer code of each.
 *
 *  Arithmetic is float32 with every operation rounded by itself. n = 2^k - 1; the range is [m, M].
 *
 *  **Uniform grid** (1 to 16 bits): s = (M - m) / n; x is clipped to [m, M]; code = floor((x - m) / s + 0.5);
 *  value = code s + m. If m = M: code 0, value m.
 *
 *  **Nudged grid** (2 to 16 bits): s = (M - m) / n; z = clamp(floor(-m / s + 0.5), 0, n); lo = -z s;
 *  hi = (n - z) s; x is clipped to [lo, hi]; t = floor((x - lo) / s - z + 0.5); value = t s; code = t + z. Zero
 *  has code z and its value is exactly 0. If m = M: code 0, value m.
 *
 *  **Gradient**: passes where lo <= x <= hi, is zero outside (m = lo and M = hi on the uniform grid); passes
 *  everywhere if m = M. With `range_gradient` (mode #IB_RANGE_TENSOR only) what is clipped below (above) is summed and
 *  shared equally by the elements that attain the minimum (maximum).
 *
 *  Values that are not numbers: in tracking a range NaN is an error (#IB_ERR_NONFINITE) and so is infinity, in training
 *  as in inference from the tensor at hand. With a range that is already known, -infinity takes the lowest level,
 *  +infinity the highest; NaN is an error. -0 counts as 0.
 *
 *  Source: B. Jacob et al.: Quantization and training of neural networks for efficient integer-arithmetic-only
 *  inference (CVPR 2018), for the nudged grid; section 3.2 of S. S. Lorenzen, C. Igel, M. Nielsen (2022) for the
 *  uniform grid.
 *  @{
 */

/** A quantiser with its tracked range; opaque. */
typedef struct ib_quant ib_quant;

/** Grids. */
enum {
    IB_GRID_UNIFORM = 0, /**< 2^k values from minimum to maximum */
    IB_GRID_NUDGED = 1   /**< the range is shifted a little so that zero is exact */
};

/** How the range [m, M] is found. Moving averages are not debiased. */
enum {
    /** Training: smallest and largest value since ib_quant_begin_epoch(), this tensor included. */
    IB_RANGE_EPOCH = 0,
    /** Training: m += (v - m) (1 - decay), v the minimum of this tensor widened to include 0; M likewise. */
    IB_RANGE_MOVING = 1,
    /** Training: of this tensor, widened to include 0. Inference: as training left it. */
    IB_RANGE_LAST = 2,
    /** Of the tensor at hand, in training and in inference; nothing is tracked. */
    IB_RANGE_TENSOR = 3,
    /** Training: of all values ever seen, widened to include 0. */
    IB_RANGE_ALL = 4,
    /** [initial_min, initial_max], for good. */
    IB_RANGE_FIXED = 5
};

/** How to quantise. */
typedef struct ib_quant_options {
    uint32_t struct_size;    /**< bytes of this struct as the caller knows it */
    uint32_t bits;           /**< k: 1 to 16, on the nudged grid 2 to 16 */
    uint32_t grid;           /**< one of the `IB_GRID_*` values */
    uint32_t range;          /**< one of the `IB_RANGE_*` values */
    uint32_t per_channel;    /**< 1: one range for each index of the last axis (weights `[D][U]`); 0: one range */
    uint32_t range_gradient; /**< 1: minimum and maximum take part in the gradient; only with #IB_RANGE_TENSOR */
    double decay;            /**< of #IB_RANGE_MOVING, 0 < decay < 1; 0: 0.999 */
    float initial_min;       /**< of #IB_RANGE_MOVING and #IB_RANGE_FIXED; both 0 with #IB_RANGE_MOVING: -6 and 6 */
    float initial_max;       /**< >= initial_min */
} ib_quant_options;

IB_BEGIN_DECLS

/** Fills options with the defaults: all zero. `bits` has no default and must be set.
 *
 *  @param[out] options  written
 *  @since 0.1
 */
IB_API void ib_quant_options_init(ib_quant_options *options);

/** Creates a quantiser.
 *
 *  @param context   the context
 *  @param options   how
 *  @param channels  number of ranges with per_channel, the size of the last axis; else 1
 *  @param[out] out  receives the quantiser, to be freed with ib_quant_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_RANGE bits, decay or initial range out of bounds
 *  @since 0.1
 */
IB_API ib_status ib_quant_create(ib_context *context, const ib_quant_options *options, size_t channels, ib_quant **out);

/** Frees a quantiser.
 *
 *  @param quant  may be NULL
 *  @since 0.1
 */
IB_API void ib_quant_destroy(ib_quant *quant);

/** Forgets the range of the epoch that ended (#IB_RANGE_EPOCH); no effect on other modes.
 *
 *  @param quant  the quantiser; NULL has no effect, nor has one of a network in use by a trainer
 *  @since 0.1
 */
IB_API void ib_quant_begin_epoch(ib_quant *quant);

/** Quantises in training: moves the range by x first, then uses the range so moved.
 *
 *  @param quant            the quantiser
 *  @param x                any shape; with per_channel the last axis has `channels`
 *  @param[in,out] values   the same shape; receives the quantised values; may be x
 *  @param[out] codes       receives as many codes; may be NULL
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NONFINITE
 *  @retval IB_ERR_STATE it is part of a network in use by a trainer
 *  @since 0.1
 */
IB_API ib_status ib_quant_train(ib_quant *quant, const ib_tensor *x, ib_tensor *values, uint16_t *codes);

/** Quantises in inference: nothing moves. A range that has seen nothing yet is taken from x, and forgotten.
 *
 *  @param quant            the quantiser
 *  @param x                any shape; with per_channel the last axis has `channels`
 *  @param[in,out] values   the same shape; receives the quantised values; may be x
 *  @param[out] codes       receives as many codes; may be NULL
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NONFINITE
 *  @since 0.1
 */
IB_API ib_status ib_quant_infer(const ib_quant *quant, const ib_tensor *x, ib_tensor *values, uint16_t *codes);

/** Straight-through gradient, for the range that the last ib_quant_train() used.
 *
 *  @param quant       the quantiser
 *  @param x           as given to ib_quant_train(), not its output
 *  @param dy          gradient with respect to the quantised values, the same shape
 *  @param[in,out] dx  receives the gradient with respect to x, the same shape; may be dy
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE
 *  @retval IB_ERR_STATE nothing was quantised in training yet
 *  @since 0.1
 */
IB_API ib_status ib_quant_backward(const ib_quant *quant, const ib_tensor *x, const ib_tensor *dy, ib_tensor *dx);

/** Reads a tracked range.
 *
 *  @param quant     the quantiser
 *  @param channel   below `channels`; 0 without per_channel
 *  @param[out] min  receives m
 *  @param[out] max  receives M
 *  @return #IB_OK, #IB_ERR_ARG
 *  @retval IB_ERR_STATE nothing was seen yet
 *  @since 0.1
 */
IB_API ib_status ib_quant_get_range(const ib_quant *quant, size_t channel, float *min, float *max);

/** Sets a tracked range, as when a trained network is loaded.
 *
 *  @param quant    the quantiser
 *  @param channel  below `channels`; 0 without per_channel
 *  @param min      m, finite
 *  @param max      M, finite, >= m
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_RANGE
 *  @retval IB_ERR_STATE it is part of a network in use by a trainer
 *  @since 0.1
 */
IB_API ib_status ib_quant_set_range(ib_quant *quant, size_t channel, float min, float max);

/** @} */

IB_END_DECLS

#endif
