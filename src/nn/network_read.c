/* Getters of a network, and reading of its last pass. */
#include "base/tensor.h"
#include "nn/network.h"

#include <string.h>

size_t ib_network_layers(const ib_network *network)
{
    return network ? network->layers : 0;
}

size_t ib_network_width(const ib_network *network, size_t layer)
{
    if (network && layer == 0)
        return network->inputs;
    const ib_i_layer *found = ib_i_network_layer(network, layer);
    return found ? found->width : 0;
}

uint32_t ib_network_bits(const ib_network *network, size_t layer)
{
    const ib_i_layer *found = ib_i_network_layer(network, layer);
    if (!found)
        return 0;
    return found->activations ? found->activations->options.bits : 32;
}

uint32_t ib_network_activation(const ib_network *network, size_t layer)
{
    const ib_i_layer *found = ib_i_network_layer(network, layer);
    return found ? found->activation : IB_ACTIVATION_LINEAR;
}

uint32_t ib_network_quantise_at(const ib_network *network, size_t layer)
{
    const ib_i_layer *found = ib_i_network_layer(network, layer);
    return found ? found->quantise_at : IB_QUANTISE_OUTPUT;
}

ib_quant *ib_network_activation_quant(ib_network *network, size_t layer)
{
    const ib_i_layer *found = ib_i_network_layer(network, layer);
    return found ? found->activations : NULL;
}

ib_quant *ib_network_weight_quant(ib_network *network, size_t layer)
{
    const ib_i_layer *found = ib_i_network_layer(network, layer);
    return found ? found->weights : NULL;
}

size_t ib_network_parameter_count(const ib_network *network)
{
    return network ? network->parameter_count : 0;
}

const float *ib_network_gradient(const ib_network *network)
{
    return network ? network->gradient : NULL;
}

size_t ib_network_rows(const ib_network *network)
{
    return network && network->pass != IB_I_NO_PASS ? network->rows : 0;
}

static ib_status find_layer(const ib_network *network, size_t number, const ib_i_layer **layer)
{
    *layer = ib_i_network_layer(network, number);
    if (!*layer)
        return ib_i_fail(network->context, IB_ERR_ARG, "layer: expected 1 to %zu, got %zu", network->layers, number);
    return IB_OK;
}

ib_status ib_network_get_weights(const ib_network *network, size_t layer_number, ib_tensor *kernel, ib_tensor *bias)
{
    if (!network)
        return IB_ERR_ARG;
    const ib_i_layer *layer;
    IB_TRY(find_layer(network, layer_number, &layer));
    if (kernel)
        IB_TRY(ib_i_tensor_check(network->context, "kernel", kernel, layer->inputs, layer->width));
    if (bias)
        IB_TRY(ib_i_tensor_check_vector(network->context, "bias", bias, layer->width));
    if (kernel)
        ib_i_transpose(network->parameters + layer->kernel_at, layer->width, layer->inputs, kernel->data);
    if (bias)
        memcpy(bias->data, network->parameters + layer->bias_at, layer->width * sizeof(float));
    return ib_i_ok(network->context);
}

/* There is a pass, and it has the rows. */
static ib_status check_rows(const ib_network *network, const uint32_t *rows, size_t n)
{
    if (network->pass == IB_I_NO_PASS)
        return ib_i_fail(network->context, IB_ERR_STATE, "network: expected a pass, there is none");
    if (!rows && n > network->rows)
        return ib_i_fail(network->context, IB_ERR_RANGE, "n: expected at most %zu rows, got %zu", network->rows, n);
    for (size_t i = 0; rows && i < n; i++)
        if (rows[i] >= network->rows)
            return ib_i_fail(network->context, IB_ERR_RANGE, "rows[%zu]: expected below %zu, got %u", i, network->rows,
                             rows[i]);
    return IB_OK;
}

ib_status ib_network_read_values(const ib_network *network, size_t layer_number, const uint32_t *rows, size_t n,
                                 ib_tensor *values)
{
    if (!network)
        return IB_ERR_ARG;
    const ib_i_layer *layer;
    IB_TRY(find_layer(network, layer_number, &layer));
    IB_TRY(check_rows(network, rows, n));
    IB_TRY(ib_i_tensor_check(network->context, "values", values, n, layer->width));
    ib_i_panels_store(layer->out, layer->width, rows, n, values->data);
    return ib_i_ok(network->context);
}

ib_status ib_network_read_logits(const ib_network *network, const uint32_t *rows, size_t n, ib_tensor *logits)
{
    if (!network)
        return IB_ERR_ARG;
    IB_TRY(ib_i_network_check_softmax(network));
    const ib_i_layer *layer = ib_i_network_layer(network, network->layers);
    IB_TRY(check_rows(network, rows, n));
    IB_TRY(ib_i_tensor_check(network->context, "logits", logits, n, layer->width));
    ib_i_panels_store(ib_i_layer_logits(layer), layer->width, rows, n, logits->data);
    return ib_i_ok(network->context);
}

ib_status ib_network_read_codes(const ib_network *network, size_t layer_number, const uint32_t *rows, size_t n,
                                uint16_t *codes)
{
    if (!network)
        return IB_ERR_ARG;
    const ib_i_layer *layer;
    IB_TRY(find_layer(network, layer_number, &layer));
    IB_TRY(check_rows(network, rows, n));
    if (!codes && n)
        return ib_i_fail_null(network->context, "codes");
    if (network->pass != IB_PASS_INFERENCE || !layer->activations)
        return ib_i_fail(network->context, IB_ERR_STATE, "codes: expected an inference pass and a quantised layer");
    const int bytes = ib_i_quant_code_size(layer->activations) == 1;
    for (size_t i = 0; i < n; i++) {
        for (size_t u = 0; u < layer->width; u++) {
            const size_t at = ib_i_panel_at(rows ? rows[i] : i, layer->width, u);
            codes[i * layer->width + u] =
                bytes ? ((const uint8_t *)layer->codes)[at] : ((const uint16_t *)layer->codes)[at];
        }
    }
    return ib_i_ok(network->context);
}
