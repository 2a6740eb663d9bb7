#include "info/quantised.h"

#include "base/flush.h"
#include "base/tensor.h"

#include <string.h>

#define MOST_BITS 16

ib_status ib_i_quantised_check(ib_context *context, uint32_t bits, uint32_t weight_bits)
{
    if (bits < 1 || bits > MOST_BITS)
        return ib_i_fail(context, IB_ERR_RANGE, "bits: expected 1 to %d, got %u", MOST_BITS, bits);
    if (weight_bits > MOST_BITS)
        return ib_i_fail(context, IB_ERR_RANGE, "weight_bits: expected 0 to %d, got %u", MOST_BITS, weight_bits);
    return IB_OK;
}

ib_status ib_i_quantised_check_source(ib_context *context, const ib_network *source)
{
    for (size_t l = 0; l < source->layers; l++)
        if (source->layer[l].activations || source->layer[l].weights)
            return ib_i_fail(context, IB_ERR_STATE,
                             "network: expected one without quantisers to quantise, got one in layer %zu", l + 1);
    return IB_OK;
}

/* Ranges are those of the values at hand: nothing is tracked, so a pass depends on the weights alone. */
static ib_quant_options options_of(uint32_t bits)
{
    ib_quant_options options;
    ib_quant_options_init(&options);
    options.bits = bits;
    options.grid = IB_GRID_UNIFORM;
    options.range = IB_RANGE_TENSOR;
    return options;
}

/* The layers, with the inputs in them. */
static ib_status create(ib_context *context, const ib_i_quantised *quantised, const ib_network *source,
                        const ib_tensor *inputs, ib_network **out)
{
    const ib_quant_options activations = options_of(quantised->bits), weights = options_of(quantised->weight_bits);
    const size_t rows = inputs->shape[0];
    ib_network *made = NULL;
    IB_TRY(ib_i_tensor_check(context, "inputs of the data set", inputs, rows, source->inputs));
    IB_TRY(
        ib_i_network_create_quantised(source, context, &activations, quantised->weight_bits ? &weights : NULL, &made));
    const ib_status status = ib_i_network_reserve(made, ib_i_panels(rows));
    if (status != IB_OK) {
        ib_network_destroy(made);
        return status;
    }
    ib_i_panels_load(inputs->data, made->inputs, NULL, rows, made->x);
    *out = made;
    return IB_OK;
}

ib_status ib_i_quantised_pass(ib_context *context, ib_i_quantised *quantised, const ib_network *source,
                              const ib_tensor *inputs)
{
    if (quantised->network && !ib_i_network_is_like(quantised->network, source)) {
        ib_network_destroy(quantised->network);
        quantised->network = NULL;
    }
    if (!quantised->network)
        IB_TRY(create(context, quantised, source, inputs, &quantised->network));
    ib_network *network = quantised->network;
    memcpy(network->parameters, source->parameters, source->parameter_count * sizeof *source->parameters);
    const ib_i_flush mode = ib_i_flush_begin();
    const ib_status status = ib_i_network_forward(network, IB_PASS_INFERENCE, network->x, inputs->shape[0]);
    ib_i_flush_end(mode);
    return status;
}
