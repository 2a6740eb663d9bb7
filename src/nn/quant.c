/* Ranges and grids of one channel; quant_tensor.c carries them over tensors. */
#include "nn/quant.h"

#include "base/memory.h"

#include <float.h>
#include <math.h>
#include <string.h>

void ib_quant_options_init(ib_quant_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

static ib_status check_enumerators(ib_context *context, const ib_quant_options *options)
{
    if (options->grid > IB_GRID_NUDGED)
        return ib_i_fail(context, IB_ERR_ARG, "grid: expected 0 or 1, got %u", options->grid);
    if (options->range > IB_RANGE_FIXED)
        return ib_i_fail(context, IB_ERR_ARG, "range: expected 0 to 5, got %u", options->range);
    if (options->per_channel > 1 || options->range_gradient > 1)
        return ib_i_fail(context, IB_ERR_ARG, "per_channel and range_gradient: expected 0 or 1, got %u and %u",
                         options->per_channel, options->range_gradient);
    if (options->range_gradient && options->range != IB_RANGE_TENSOR)
        return ib_i_fail(context, IB_ERR_ARG, "range_gradient: expected with IB_RANGE_TENSOR, got range %u",
                         options->range);
    return IB_OK;
}

static ib_status check_bounds(ib_context *context, const ib_quant_options *options)
{
    const uint32_t least = options->grid == IB_GRID_NUDGED ? 2 : 1;
    if (options->bits < least || options->bits > 16)
        return ib_i_fail(context, IB_ERR_RANGE, "bits: expected %u to 16, got %u", least, options->bits);
    if (!(options->decay > 0.0 && options->decay < 1.0))
        return ib_i_fail(context, IB_ERR_RANGE, "decay: expected above 0 and below 1, got %g", options->decay);
    if (!isfinite(options->initial_min) || !isfinite(options->initial_max) ||
        options->initial_min > options->initial_max)
        return ib_i_fail(context, IB_ERR_RANGE, "initial range: expected finite minimum <= maximum, got %g and %g",
                         (double)options->initial_min, (double)options->initial_max);
    return IB_OK;
}

ib_status ib_i_quant_options_resolve(ib_context *context, const ib_quant_options *options, ib_quant_options *full)
{
    IB_TRY(ib_i_options_read(context, options, sizeof *full, full, sizeof *full));
    if (full->decay == 0.0)
        full->decay = 0.999;
    if (full->range == IB_RANGE_MOVING && full->initial_min == 0.0f && full->initial_max == 0.0f) {
        full->initial_min = -6.0f;
        full->initial_max = 6.0f;
    }
    IB_TRY(check_enumerators(context, full));
    return check_bounds(context, full);
}

void ib_i_quant_reset(ib_quant *quant)
{
    const ib_quant_options *options = &quant->options;
    const int starts = options->range == IB_RANGE_MOVING || options->range == IB_RANGE_FIXED;
    for (size_t c = 0; c < quant->channels; c++)
        quant->ranges[c] = (ib_i_range){
            .min = starts ? options->initial_min : 0.0f, .max = starts ? options->initial_max : 0.0f, .seen = starts};
}

ib_status ib_quant_create(ib_context *context, const ib_quant_options *options, size_t channels, ib_quant **out)
{
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    *out = NULL;
    if (!options)
        return ib_i_fail_null(context, "options");
    ib_quant_options full;
    IB_TRY(ib_i_quant_options_resolve(context, options, &full));
    if (channels < 1 || (channels > 1 && !full.per_channel))
        return ib_i_fail(context, IB_ERR_ARG, "channels: expected %s, got %zu",
                         full.per_channel ? "1 or more" : "1 without per_channel", channels);
    ib_quant *quant = ib_i_object_create(context, sizeof *quant);
    if (!quant)
        return IB_ERR_NOMEM;
    *quant = (ib_quant){.context = context, .options = full, .channels = channels};
    quant->ranges = ib_i_alloc(context, channels, sizeof *quant->ranges);
    if (!quant->ranges) {
        ib_quant_destroy(quant);
        return ib_i_fail_memory(context);
    }
    ib_i_quant_reset(quant);
    *out = quant;
    return ib_i_ok(context);
}

void ib_quant_destroy(ib_quant *quant)
{
    if (!quant)
        return;
    ib_i_free(quant->context, quant->ranges);
    ib_i_object_destroy(quant->context, quant);
}

ib_status ib_i_quant_check_free(const ib_quant *quant)
{
    if (quant->frozen)
        return ib_i_fail(quant->context, IB_ERR_STATE, "quantiser: in use by a trainer, it can only be read");
    return IB_OK;
}

void ib_quant_begin_epoch(ib_quant *quant)
{
    if (quant && !quant->frozen)
        ib_i_quant_begin_epoch(quant);
}

void ib_i_quant_begin_epoch(ib_quant *quant)
{
    if (quant->options.range != IB_RANGE_EPOCH)
        return;
    for (size_t c = 0; c < quant->channels; c++)
        quant->ranges[c].seen = 0;
}

/* The smallest and largest value; -0 as +0, so that which zero came first does not show. */
static ib_status measure(ib_context *context, size_t n, const float *x, float *min, float *max)
{
    if (!context->kernels->range(n, x, min, max))
        return ib_i_fail(context, IB_ERR_NONFINITE,
                         "range of a quantiser: expected finite values, got NaN or infinity");
    *min += 0.0f;
    *max += 0.0f;
    return IB_OK;
}

static float lesser(float a, float b)
{
    return a < b ? a : b;
}

static float greater(float a, float b)
{
    return a > b ? a : b;
}

/* The tracked range after a training tensor whose values go from min to max. */
static void track(const ib_quant_options *options, ib_i_range *range, float min, float max)
{
    const int widened =
        options->range == IB_RANGE_MOVING || options->range == IB_RANGE_LAST || options->range == IB_RANGE_ALL;
    if (widened) {
        min = lesser(min, 0.0f);
        max = greater(max, 0.0f);
    }
    const float gain = (float)(1.0 - options->decay);
    switch (options->range) {
    case IB_RANGE_MOVING:
        range->min -= (range->min - min) * gain;
        range->max -= (range->max - max) * gain;
        return;
    case IB_RANGE_EPOCH:
    case IB_RANGE_ALL:
        range->min = range->seen ? lesser(range->min, min) : min;
        range->max = range->seen ? greater(range->max, max) : max;
        break;
    case IB_RANGE_LAST:
    case IB_RANGE_TENSOR:
        range->min = min;
        range->max = max;
        break;
    default:
        break;
    }
    range->seen = 1;
}

static ib_status fail_width(ib_context *context, float min, float max)
{
    return ib_i_fail(context, IB_ERR_NONFINITE, "range of a quantiser: expected a finite width, got %g to %g",
                     (double)min, (double)max);
}

/* The grid of [min, max]; *constant if the range is a point, or too narrow for steps that are normal numbers. */
static ib_status make_grid(ib_context *context, const ib_quant_options *options, float min, float max, ib_i_grid *grid,
                           int *constant)
{
    const float levels = (float)((1u << options->bits) - 1u);
    const float step = (max - min) / levels;
    if (!isfinite(step))
        return fail_width(context, min, max);
    *constant = !(step >= FLT_MIN);
    if (*constant) {
        *grid = (ib_i_grid){.low = min, .high = max, .step = 1.0f, .offset = min};
        return IB_OK;
    }
    if (options->grid == IB_GRID_UNIFORM) {
        *grid = (ib_i_grid){.low = min, .high = max, .step = step, .offset = min};
        return IB_OK;
    }
    const float wanted = -min / step + 0.5f;
    const float zero = wanted <= 0.0f ? 0.0f : wanted >= levels ? levels : (float)(int32_t)wanted;
    *grid = (ib_i_grid){.low = 0.0f - zero * step, .high = (levels - zero) * step, .step = step, .zero = zero};
    if (!isfinite(grid->low) || !isfinite(grid->high))
        return fail_width(context, min, max);
    return IB_OK;
}

ib_status ib_i_quant_restore(const ib_quant *quant, float min, float max, int seen, int quantised, ib_i_range *range)
{
    *range = (ib_i_range){.min = min, .max = max, .seen = seen, .quantised = quantised};
    if (!isfinite(min) || !isfinite(max))
        return fail_width(quant->context, min, max);
    if (!quantised)
        return IB_OK;
    range->used_min = min;
    range->used_max = max;
    return make_grid(quant->context, &quant->options, min, max, &range->grid, &range->constant);
}

static void fill_constant(const ib_i_grid *grid, size_t n, float *values, void *codes, size_t code_size)
{
    for (size_t i = 0; i < n; i++)
        values[i] = grid->offset;
    if (codes)
        memset(codes, 0, n * code_size);
}

static ib_status apply(ib_context *context, const ib_i_grid *grid, int constant, size_t n, const float *x,
                       float *values, void *codes, size_t code_size)
{
    if (constant)
        fill_constant(grid, n, values, codes, code_size);
    else if (!context->kernels->quantise(grid, n, x, values, codes, code_size))
        return ib_i_fail(context, IB_ERR_NONFINITE, "quantiser: expected numbers, got NaN");
    return IB_OK;
}

ib_status ib_i_quant_train(ib_quant *quant, size_t channel, size_t n, const float *x, float *values, void *codes,
                           size_t code_size)
{
    ib_i_range next = quant->ranges[channel];
    if (quant->options.range != IB_RANGE_FIXED) { /* a fixed range takes infinities too */
        float min, max;
        IB_TRY(measure(quant->context, n, x, &min, &max));
        track(&quant->options, &next, min, max);
    }
    IB_TRY(make_grid(quant->context, &quant->options, next.min, next.max, &next.grid, &next.constant));
    next.quantised = 1;
    next.used_min = next.min;
    next.used_max = next.max;
    quant->ranges[channel] = next;
    if (!next.constant && !codes && !ib_i_quant_may_clip(quant)) {
        quant->context->kernels->quantise_inside(&next.grid, n, x, values);
        return IB_OK;
    }
    return apply(quant->context, &next.grid, next.constant, n, x, values, codes, code_size);
}

ib_status ib_i_quant_infer(const ib_quant *quant, size_t channel, size_t n, const float *x, float *values, void *codes,
                           size_t code_size)
{
    const ib_i_range *range = &quant->ranges[channel];
    float min = range->min, max = range->max;
    if (quant->options.range == IB_RANGE_TENSOR || !range->seen) {
        ib_i_range fresh = {.seen = 0};
        IB_TRY(measure(quant->context, n, x, &min, &max));
        if (quant->options.range != IB_RANGE_TENSOR)
            track(&quant->options, &fresh, min, max);
        else
            fresh = (ib_i_range){.min = min, .max = max};
        min = fresh.min;
        max = fresh.max;
    }
    ib_i_grid grid;
    int constant;
    IB_TRY(make_grid(quant->context, &quant->options, min, max, &grid, &constant));
    return apply(quant->context, &grid, constant, n, x, values, codes, code_size);
}

static float add_lanes(const float *lanes)
{
    float total[16];
    memcpy(total, lanes, sizeof total);
    for (size_t half = 8; half; half /= 2)
        for (size_t l = 0; l < half; l++)
            total[l] += total[l + half];
    return total[0];
}

/* What is clipped moves the ends of the range, and these are values too: each end's gradient is shared by those at it.
 */
static void range_backward(const ib_quant *quant, const ib_i_range *range, const ib_i_extent *extent, const float *x,
                           const float *dy, float *dx)
{
    const ib_kernels *kernels = quant->context->kernels;
    const float min = range->used_min, max = range->used_max;
    const size_t whole = extent->width ? extent->rows / IB_I_PANEL * extent->width * IB_I_PANEL : extent->n;
    const size_t rest = extent->width ? extent->rows % IB_I_PANEL : 0;
    ib_i_range_sums sums = {.at_min = 0};
    kernels->range_sums(&range->grid, min, max, whole, x, dy, &sums);
    for (size_t u = 0; rest && u < extent->width; u++)
        kernels->range_sums(&range->grid, min, max, rest, x + whole + u * IB_I_PANEL, dy + whole + u * IB_I_PANEL,
                            &sums);
    kernels->quantise_backward(&range->grid, extent->n, x, dy, dx);
    const float below = add_lanes(sums.below), above = add_lanes(sums.above);
    if (below == 0.0f && above == 0.0f)
        return;
    const float share_min = below / (float)sums.at_min, share_max = above / (float)sums.at_max;
    kernels->range_shares(min, max, share_min, share_max, whole, x, dx);
    for (size_t u = 0; rest && u < extent->width; u++)
        kernels->range_shares(min, max, share_min, share_max, rest, x + whole + u * IB_I_PANEL,
                              dx + whole + u * IB_I_PANEL);
}

void ib_i_quant_backward(const ib_quant *quant, size_t channel, const ib_i_extent *extent, const float *x,
                         const float *dy, float *dx)
{
    const ib_i_range *range = &quant->ranges[channel];
    if (range->constant || !ib_i_quant_may_clip(quant)) { /* everything passes; a gradient of the range would be 0 */
        if (dx != dy)
            memcpy(dx, dy, extent->n * sizeof *dx);
    } else if (quant->options.range_gradient) {
        range_backward(quant, range, extent, x, dy, dx);
    } else {
        quant->context->kernels->quantise_backward(&range->grid, extent->n, x, dy, dx);
    }
}
