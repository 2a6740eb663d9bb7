/** @file binning.h
 *  @brief Values put into bins: what studies count where there are no codes.
 */
#ifndef LIBIB_BINNING_H
#define LIBIB_BINNING_H

#include <libib/context.h>
#include <libib/tensor.h>

/** @defgroup binning Binning
 *  @brief Numbers of bins, 0 to m - 1, for values of a layer: an estimator of information that depends on the bins.
 *
 *  The network computes with its values, not with the bins, so what is counted this way is not what the layer holds.
 *  docs/measures.md says what that does to the plane. A bin is a function of the value: H(bins) <= H(T), always.
 *
 *  **Equal width** (#IB_BINS_UNIFORM), between bounds b_l <= b_u:
 *
 *      bin = floor((x - b_l) m / (b_u - b_l))        in float64, from left to right; m - 1 where that is more
 *
 *  so a value on an edge belongs to the bin above, but the largest value to the last one: there are m bins and never
 *  m + 1. If b_l = b_u, every value is in bin 0. m bins split into 2m of half the width, exactly.
 *
 *  **Equal mass** (#IB_BINS_EQUAL_MASS), among n values, of which c(x) are smaller than x:
 *
 *      bin = floor(c(x) m / n)                       in integers
 *
 *  so the lower edges are quantiles of the values, equal values share a bin, and n different values fill each bin with
 *  n/m of them, rounded up or down. A value that occurs often may leave the bins above it empty. Only the order of the
 *  values matters. m bins split into every multiple of m, exactly.
 *
 *  In both -0 is 0, subnormal numbers are numbers like others, and values must be finite (#IB_ERR_NONFINITE).
 *
 *  Source: section 2 of S. S. Lorenzen, C. Igel, M. Nielsen: Information bottleneck: exact analysis of (quantized)
 *  neural networks (2022), for equal width.
 *  @{
 */

/** How bins are laid out. */
enum {
    IB_BINS_UNIFORM = 0,   /**< of equal width */
    IB_BINS_EQUAL_MASS = 1 /**< of equally many values, as far as equal values allow */
};

/** Where the bins of a layer begin and end. Outputs of the activation function are binned. */
enum {
    /** Smallest and largest output of the layer, in this pass. */
    IB_BOUNDS_LAYER = 0,
    /** Smallest and largest output of each unit, in this pass: units have bins of their own. */
    IB_BOUNDS_NEURON = 1,
    /** `low` and `high`; both 0: those of the activation function, which are -1 and 1 for tanh, 0 and 1 for sigmoid and
     *  softmax. ReLU and linear have none. */
    IB_BOUNDS_FIXED = 2,
    /** Those of the activation function; where it has none (ReLU above, linear on both sides), the smallest or largest
     *  output of the layer in all passes of a run, from ib_observer_set_ranges(). */
    IB_BOUNDS_LARGEST = 3,
    /** Smallest and largest output of all layers in all passes of a run, one pair, from ib_observer_set_ranges(). */
    IB_BOUNDS_GLOBAL = 4
};

/** Number of kinds of bounds. */
#define IB_BOUNDS_COUNT 5

/** The most bins. */
#define IB_BINS_MOST 65536

/** How to bin the layers of a network. */
typedef struct ib_binning_options {
    uint32_t struct_size; /**< bytes of this struct as the caller knows it */
    uint32_t bins;        /**< m: 1 to #IB_BINS_MOST; 0: 30, as the earliest studies had it */
    uint32_t kind;        /**< one of the `IB_BINS_*` values; equal mass is of a layer or of a neuron */
    uint32_t bounds;      /**< one of the `IB_BOUNDS_*` values */
    uint32_t clamp;    /**< values outside the bounds are: 0: an error (#IB_ERR_RANGE); 1: in the first or last bin */
    uint32_t reserved; /**< 0 */
    double low;        /**< of #IB_BOUNDS_FIXED: b_l, within the bounds of a float */
    double high;       /**< of #IB_BOUNDS_FIXED: b_u >= b_l, likewise */
} ib_binning_options;

IB_BEGIN_DECLS

/** Fills options with the defaults: all zero, which is 30 bins of equal width between the bounds of each layer.
 *
 *  @param[out] options  written
 *  @since 0.1
 */
IB_API void ib_binning_options_init(ib_binning_options *options);

/** Name of a kind of bounds.
 *
 *  @param bounds  one of the `IB_BOUNDS_*` values
 *  @return "layer", "neuron", "fixed", "largest" or "global"; "unknown" for other values; static
 *  @since 0.1
 */
IB_API const char *ib_binning_bounds_name(uint32_t bounds);

/** Puts values into bins of equal width.
 *
 *  @param context     the context
 *  @param x           `x[n]`; may be NULL if n = 0
 *  @param n           number of values
 *  @param low         b_l, within the bounds of a float
 *  @param high        b_u >= b_l, within the bounds of a float
 *  @param bins        m: 1 to #IB_BINS_MOST
 *  @param clamp       what lies outside is: 0: an error; 1: in the first or last bin
 *  @param[out] codes  `codes[n]` receives the bins, 0 to m - 1
 *  @return #IB_OK, #IB_ERR_ARG
 *  @retval IB_ERR_RANGE bins or bounds are not allowed, or a value lies outside the bounds and clamp is 0
 *  @retval IB_ERR_NONFINITE a value is NaN or infinite
 *  @since 0.1
 */
IB_API ib_status ib_binning_uniform(ib_context *context, const float *x, size_t n, double low, double high,
                                    uint32_t bins, uint32_t clamp, uint16_t *codes);

/** Puts values into bins of equal mass.
 *
 *  Cost: one sort.
 *
 *  @param context     the context
 *  @param x           `x[n]`; may be NULL if n = 0
 *  @param n           number of values, below 2^32
 *  @param bins        m: 1 to #IB_BINS_MOST
 *  @param[out] codes  `codes[n]` receives the bins, 0 to m - 1
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_RANGE bins is not allowed
 *  @retval IB_ERR_NONFINITE a value is NaN or infinite
 *  @retval IB_ERR_OVERFLOW 2^32 values or more
 *  @since 0.1
 */
IB_API ib_status ib_binning_equal_mass(ib_context *context, const float *x, size_t n, uint32_t bins, uint16_t *codes);

/** Puts the values of a layer, wherever they come from, into bins: as an @ref observer does with outputs of a network.
 *
 *  With #IB_BOUNDS_LAYER all values share their bins, with #IB_BOUNDS_NEURON each column has bins of its own, of equal
 *  width or mass; #IB_BOUNDS_FIXED has `low` and `high` for all. #IB_BOUNDS_LARGEST and #IB_BOUNDS_GLOBAL are of a run.
 *
 *  @param context     the context
 *  @param options     how, or NULL for the defaults
 *  @param values      `[N][U]`; N may be 0
 *  @param[out] codes  `codes[N][U]` receives the bins, 0 to m - 1; may be NULL if N = 0 or U = 0
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_SHAPE values have another rank than 2
 *  @retval IB_ERR_STATE the bounds are those of a run
 *  @retval IB_ERR_RANGE bins or bounds are not allowed, fixed bounds are both 0, or a value lies outside them and clamp
 *          is 0
 *  @retval IB_ERR_NONFINITE a value is NaN or infinite
 *  @retval IB_ERR_OVERFLOW 2^32 values or more are to be in bins of equal mass
 *  @since 0.1
 */
IB_API ib_status ib_binning_apply(ib_context *context, const ib_binning_options *options, const ib_tensor *values,
                                  uint16_t *codes);

/** @} */

IB_END_DECLS

#endif
