#include "info/bins.h"

#include "base/memory.h"
#include "info/binning.h"

#include <math.h>

/* A layer in the course of being binned. */
typedef struct binned {
    ib_context *context;
    const ib_i_layer_bins *bins;
    const ib_binning_options *options;
    const ib_network *network;
    const ib_i_layer *layer;
    size_t number, rows, panels;
    size_t size; /* bytes of a code */
    void *codes; /* [panels][width][64] */
} binned;

void ib_i_layer_bins_free(ib_context *context, ib_i_layer_bins *bins)
{
    ib_i_free(context, bins->options);
    ib_i_free(context, bins->spans);
    ib_i_scratch_free(context, &bins->codes);
    ib_i_scratch_free(context, &bins->ranked);
}

ib_status ib_i_layer_bins_add(ib_context *context, ib_i_layer_bins *bins, const ib_binning_options *options)
{
    ib_binning_options full;
    IB_TRY(ib_i_binning_options_resolve(context, options, &full));
    if (bins->count == UINT32_MAX)
        return ib_i_fail(context, IB_ERR_OVERFLOW, "too many estimators");
    ib_binning_options *grown = ib_i_grow(context, bins->options, bins->count, bins->count + 1, sizeof *grown);
    if (!grown)
        return ib_i_fail_memory(context);
    grown[bins->count++] = full;
    bins->options = grown;
    return IB_OK;
}

ib_status ib_i_layer_bins_set_ranges(ib_context *context, ib_i_layer_bins *bins, const ib_ranges *ranges)
{
    const size_t layers = ranges ? ranges->layers : 0;
    if (layers != bins->layers) {
        ib_i_span *spans = ib_i_alloc(context, layers, sizeof *spans);
        if (!spans && layers)
            return ib_i_fail_memory(context);
        ib_i_free(context, bins->spans);
        bins->spans = spans;
        bins->layers = layers;
    }
    if (layers)
        memcpy(bins->spans, ranges->spans, layers * sizeof *ranges->spans);
    return IB_OK;
}

/* The bounds of an activation function, infinite where it has none. None is bounded above only. */
static void image_of(uint32_t activation, ib_i_bins *bins)
{
    switch (activation) {
    case IB_ACTIVATION_TANH:
        bins->low = -1.0;
        bins->high = 1.0;
        return;
    case IB_ACTIVATION_SIGMOID:
    case IB_ACTIVATION_SOFTMAX:
        bins->low = 0.0;
        bins->high = 1.0;
        return;
    default:
        bins->low = activation == IB_ACTIVATION_RELU ? 0.0 : -INFINITY;
        bins->high = INFINITY;
    }
}

/* What a layer's outputs were in the run, or those of all layers. */
static ib_status find_run(const binned *of, int all, ib_i_span *span)
{
    const ib_i_layer_bins *bins = of->bins;
    if (bins->layers == 0)
        return ib_i_fail(of->context, IB_ERR_STATE, "bounds over a run: ib_observer_set_ranges() has not set any");
    if (bins->layers != of->network->layers)
        return ib_i_fail(of->context, IB_ERR_SHAPE, "bounds over a run: expected ranges of %zu layers, got %zu",
                         of->network->layers, bins->layers);
    *span = all ? ib_i_spans_join(bins->spans, bins->layers) : bins->spans[of->number - 1];
    if (!ib_i_span_seen(*span))
        return ib_i_fail(of->context, IB_ERR_STATE, "bounds over a run: the ranges set have seen nothing of layer %zu",
                         of->number);
    return IB_OK;
}

static ib_status fixed_bounds(const binned *of, ib_i_bins *bins)
{
    bins->low = of->options->low;
    bins->high = of->options->high;
    if (bins->low == 0.0 && bins->high == 0.0)
        image_of(of->layer->activation, bins);
    if (!isfinite(bins->low) || !isfinite(bins->high))
        return ib_i_fail(of->context, IB_ERR_ARG, "layer %zu: %s has no fixed bounds of its own; low and high say them",
                         of->number, ib_activation_name(of->layer->activation));
    return IB_OK;
}

static ib_status largest_bounds(const binned *of, ib_i_bins *bins)
{
    ib_i_span run;
    image_of(of->layer->activation, bins);
    if (isfinite(bins->high)) /* then both are */
        return IB_OK;
    IB_TRY(find_run(of, 0, &run));
    bins->low = isfinite(bins->low) ? bins->low : (double)run.min;
    bins->high = run.max;
    return IB_OK;
}

/* The bounds of a whole layer whose outputs go from pass.min to pass.max. */
static ib_status find_bounds(const binned *of, ib_i_span pass, ib_i_bins *bins)
{
    ib_i_span span = pass;
    switch (of->options->bounds) {
    case IB_BOUNDS_FIXED:
        return fixed_bounds(of, bins);
    case IB_BOUNDS_LARGEST:
        return largest_bounds(of, bins);
    case IB_BOUNDS_GLOBAL:
        IB_TRY(find_run(of, 1, &span));
        break;
    default:
        break;
    }
    bins->low = span.min;
    bins->high = span.max;
    return IB_OK;
}

static ib_status bin_layer(const binned *of, ib_i_span pass)
{
    ib_i_bins bins = {.count = of->options->bins};
    IB_TRY(find_bounds(of, pass, &bins));
    if (!of->options->clamp && ((double)pass.min < bins.low || (double)pass.max > bins.high))
        return ib_i_fail(of->context, IB_ERR_RANGE, "layer %zu: expected outputs from %g to %g, got some from %g to %g",
                         of->number, bins.low, bins.high, (double)pass.min, (double)pass.max);
    ib_i_bin_uniform(&bins, of->panels * of->layer->width * IB_I_PANEL, of->layer->out, of->codes, of->size);
    return IB_OK;
}

/* Each neuron between its own smallest and largest output. */
static void bin_neurons(const binned *of)
{
    const size_t width = of->layer->width;
    for (size_t u = 0; u < width; u++) {
        ib_i_bins bins = {.low = INFINITY, .high = -INFINITY, .count = of->options->bins};
        for (size_t p = 0; p < of->panels; p++) {
            float min, max;
            (void)of->context->kernels->range(IB_I_PANEL, of->layer->out + (p * width + u) * IB_I_PANEL, &min, &max);
            bins.low = (double)min < bins.low ? (double)min : bins.low;
            bins.high = (double)max > bins.high ? (double)max : bins.high;
        }
        for (size_t p = 0; p < of->panels; p++) {
            const size_t at = (p * width + u) * IB_I_PANEL;
            ib_i_bin_uniform(&bins, IB_I_PANEL, of->layer->out + at, (char *)of->codes + at * of->size, of->size);
        }
    }
}

/* Units first, ..., first + units - 1 as one set of values; ranked has room for twice as many. */
static void bin_masses(const binned *of, size_t first, size_t units, uint64_t *ranked)
{
    const size_t width = of->layer->width;
    size_t n = 0;
    for (size_t row = 0; row < of->rows; row++) {
        for (size_t u = first; u < first + units; u++) {
            const size_t at = ib_i_panel_at(row, width, u);
            ranked[n++] = ib_i_ranked(of->layer->out[at], (uint32_t)at);
        }
    }
    ib_i_bin_equal_mass(of->options->bins, n, ranked, ranked + n, of->codes, of->size);
}

static ib_status bin_by_mass(ib_i_layer_bins *bins, const binned *of)
{
    const size_t width = of->layer->width, units = of->options->bounds == IB_BOUNDS_NEURON ? 1 : width;
    const size_t floats_per_value = 2 * sizeof(uint64_t) / sizeof(float);
    if (of->panels * width * IB_I_PANEL > UINT32_MAX)
        return ib_i_fail(of->context, IB_ERR_OVERFLOW, "bins of equal mass: expected fewer than 2^32 outputs");
    IB_TRY(ib_i_scratch_reserve(of->context, &bins->ranked, of->rows * units * floats_per_value));
    for (size_t u = 0; u < width; u += units)
        bin_masses(of, u, units, (uint64_t *)(void *)bins->ranked.values);
    return IB_OK;
}

static ib_status bin(ib_i_layer_bins *bins, const binned *of)
{
    const size_t n = of->panels * of->layer->width * IB_I_PANEL;
    ib_i_span pass;
    if (!of->context->kernels->range(n, of->layer->out, &pass.min, &pass.max))
        return ib_i_fail(of->context, IB_ERR_NONFINITE, "layer %zu: expected finite outputs to bin", of->number);
    if (of->options->kind == IB_BINS_EQUAL_MASS)
        return bin_by_mass(bins, of);
    if (of->options->bounds != IB_BOUNDS_NEURON)
        return bin_layer(of, pass);
    bin_neurons(of);
    return IB_OK;
}

ib_status ib_i_layer_bins_find(ib_context *context, ib_i_layer_bins *bins, size_t which, size_t rows,
                               const ib_network *network, size_t number, ib_i_states *found)
{
    const ib_i_layer *layer = ib_i_network_layer(network, number);
    const size_t panels = ib_i_panels(rows);
    IB_TRY(ib_i_scratch_reserve(context, &bins->codes, panels * layer->width * IB_I_PANEL));
    const binned of = {.context = context,
                       .bins = bins,
                       .options = &bins->options[which],
                       .network = network,
                       .layer = layer,
                       .number = number,
                       .rows = rows,
                       .panels = panels,
                       .size = ib_i_bin_size(bins->options[which].bins),
                       .codes = bins->codes.values};
    IB_TRY(bin(bins, &of));
    *found = (ib_i_states){of.size == 1 ? IB_CODE_UINT8 : IB_CODE_UINT16, layer->width, of.size, of.codes};
    return IB_OK;
}
