#include "info/ranges.h"

#include "base/memory.h"
#include "nn/network.h"

#include <math.h>

static const ib_i_span nothing = {INFINITY, -INFINITY};

ib_status ib_ranges_create(ib_context *context, size_t layers, ib_ranges **out)
{
    if (out)
        *out = NULL;
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    if (layers == 0)
        return ib_i_fail(context, IB_ERR_ARG, "layers: expected at least 1, got 0");
    ib_ranges *ranges = ib_i_object_create(context, sizeof *ranges);
    if (!ranges)
        return IB_ERR_NOMEM;
    ranges->context = context;
    ranges->layers = layers;
    ranges->spans = ib_i_alloc(context, layers, sizeof *ranges->spans);
    ranges->fresh = ib_i_alloc(context, layers, sizeof *ranges->fresh);
    if (!ranges->spans || !ranges->fresh) {
        ib_ranges_destroy(ranges);
        return ib_i_fail_memory(context);
    }
    ib_ranges_reset(ranges);
    *out = ranges;
    return ib_i_ok(context);
}

void ib_ranges_destroy(ib_ranges *ranges)
{
    if (!ranges)
        return;
    ib_i_free(ranges->context, ranges->spans);
    ib_i_free(ranges->context, ranges->fresh);
    ib_i_object_destroy(ranges->context, ranges);
}

void ib_ranges_reset(ib_ranges *ranges)
{
    for (size_t l = 0; ranges && l < ranges->layers; l++)
        ranges->spans[l] = nothing;
}

static ib_i_span join(ib_i_span a, ib_i_span b)
{
    return (ib_i_span){b.min < a.min ? b.min : a.min, b.max > a.max ? b.max : a.max};
}

ib_i_span ib_i_spans_join(const ib_i_span *spans, size_t layers)
{
    ib_i_span all = nothing;
    for (size_t l = 0; l < layers; l++) {
        if (!ib_i_span_seen(spans[l]))
            return nothing;
        all = join(all, spans[l]);
    }
    return all;
}

ib_status ib_ranges_add(ib_ranges *ranges, const ib_network *network)
{
    if (!ranges)
        return IB_ERR_ARG;
    ib_context *context = ranges->context;
    if (!network)
        return ib_i_fail_null(context, "network");
    if (network->layers != ranges->layers)
        return ib_i_fail(context, IB_ERR_SHAPE, "network: expected %zu layers, got %zu", ranges->layers,
                         network->layers);
    if (network->pass != IB_PASS_INFERENCE)
        return ib_i_fail(context, IB_ERR_STATE, "network: expected an inference pass");
    const size_t lanes = ib_i_panels(network->rows) * IB_I_PANEL; /* those above the rows repeat the first row */
    for (size_t l = 0; l < ranges->layers; l++) {
        const ib_i_layer *layer = &network->layer[l];
        ib_i_span *span = &ranges->fresh[l];
        if (!context->kernels->range(lanes * layer->width, layer->out, &span->min, &span->max))
            return ib_i_fail(context, IB_ERR_NONFINITE, "layer %zu: expected finite outputs", l + 1);
        span->min += 0.0f; /* -0 becomes 0 */
        span->max += 0.0f;
    }
    for (size_t l = 0; l < ranges->layers; l++)
        ranges->spans[l] = join(ranges->spans[l], ranges->fresh[l]);
    return ib_i_ok(context);
}

ib_status ib_ranges_get(const ib_ranges *ranges, size_t layer, float *min, float *max)
{
    if (!ranges)
        return IB_ERR_ARG;
    ib_context *context = ranges->context;
    if (!min || !max)
        return ib_i_fail_null(context, min ? "max" : "min");
    if (layer > ranges->layers)
        return ib_i_fail(context, IB_ERR_ARG, "layer: expected 0 to %zu, got %zu", ranges->layers, layer);
    const ib_i_span span = layer == 0 ? ib_i_spans_join(ranges->spans, ranges->layers) : ranges->spans[layer - 1];
    if (!ib_i_span_seen(span))
        return ib_i_fail(context, IB_ERR_STATE, "layer %zu: no output was seen yet", layer);
    *min = span.min;
    *max = span.max;
    return ib_i_ok(context);
}

ib_status ib_ranges_set(ib_ranges *ranges, size_t layer, float min, float max)
{
    if (!ranges)
        return IB_ERR_ARG;
    ib_context *context = ranges->context;
    if (layer < 1 || layer > ranges->layers)
        return ib_i_fail(context, IB_ERR_ARG, "layer: expected 1 to %zu, got %zu", ranges->layers, layer);
    if (!isfinite(min) || !isfinite(max) || min > max)
        return ib_i_fail(context, IB_ERR_RANGE, "expected finite minimum <= maximum, got %g and %g", (double)min,
                         (double)max);
    ranges->spans[layer - 1] = (ib_i_span){min + 0.0f, max + 0.0f};
    return ib_i_ok(context);
}

size_t ib_ranges_layers(const ib_ranges *ranges)
{
    return ranges ? ranges->layers : 0;
}
