/* Layers, weights and buffers; passes are in pass.c, reading in network_read.c. */
#include "nn/network.h"

#include "base/memory.h"
#include "base/tensor.h"

#include <math.h>
#include <string.h>

void ib_layer_options_init(ib_layer_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

ib_status ib_network_create(ib_context *context, size_t inputs, ib_network **out)
{
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    *out = NULL;
    if (inputs == 0)
        return ib_i_fail(context, IB_ERR_ARG, "inputs: expected 1 or more, got 0");
    ib_network *network = ib_i_object_create(context, sizeof *network);
    if (!network)
        return IB_ERR_NOMEM;
    *network = (ib_network){.context = context, .inputs = inputs, .pass = IB_I_NO_PASS};
    *out = network;
    return ib_i_ok(context);
}

static void free_buffers(ib_network *network)
{
    ib_context *context = network->context;
    for (size_t l = 0; l < network->layers; l++) {
        ib_i_layer *layer = &network->layer[l];
        for (int b = 0; b < 3; b++) {
            ib_i_free(context, layer->buffers[b]);
            layer->buffers[b] = NULL;
        }
        ib_i_free(context, layer->codes);
        layer->codes = NULL;
    }
    ib_i_free(context, network->x);
    ib_i_free(context, network->delta[0]);
    ib_i_free(context, network->delta[1]);
    ib_i_free(context, network->losses);
    ib_i_free(context, network->labels);
    network->x = network->delta[0] = network->delta[1] = network->losses = NULL;
    network->labels = NULL;
    network->capacity = 0;
    network->pass = IB_I_NO_PASS;
}

static void free_layer(ib_context *context, ib_i_layer *layer)
{
    ib_quant_destroy(layer->activations);
    ib_quant_destroy(layer->weights);
    ib_i_free(context, layer->quantised_kernel);
}

void ib_network_destroy(ib_network *network)
{
    if (!network)
        return;
    if (network->busy) {
        network->doomed = 1;
        return;
    }
    free_buffers(network);
    for (size_t l = 0; l < network->layers; l++)
        free_layer(network->context, &network->layer[l]);
    ib_i_free(network->context, network->layer);
    ib_i_free(network->context, network->parameters);
    ib_i_free(network->context, network->gradient);
    ib_i_object_destroy(network->context, network);
}

ib_i_layer *ib_i_network_layer(const ib_network *network, size_t layer)
{
    return network && layer >= 1 && layer <= network->layers ? &network->layer[layer - 1] : NULL;
}

ib_status ib_i_network_check_softmax(const ib_network *network)
{
    const ib_i_layer *last = ib_i_network_layer(network, network->layers);
    if (!last || last->activation != IB_ACTIVATION_SOFTMAX)
        return ib_i_fail(network->context, IB_ERR_STATE, "last layer: expected softmax, got %s",
                         last ? ib_activation_name(last->activation) : "no layer");
    return IB_OK;
}

static ib_status check_idle(const ib_network *network)
{
    if (network->busy)
        return ib_i_fail(network->context, IB_ERR_STATE, "network: in use by a trainer, it can only be read");
    return IB_OK;
}

static ib_status check_layer_options(const ib_network *network, const ib_layer_options *options)
{
    ib_context *context = network->context;
    if (options->width == 0)
        return ib_i_fail(context, IB_ERR_RANGE, "width: expected 1 or more, got 0");
    if (options->activation > IB_ACTIVATION_SOFTMAX)
        return ib_i_fail(context, IB_ERR_ARG, "activation: expected 0 to 4, got %u", options->activation);
    if (options->init > IB_INIT_CONSTANT)
        return ib_i_fail(context, IB_ERR_ARG, "init: expected 0 to 3, got %u", options->init);
    if (options->quantise_at > IB_QUANTISE_LOGITS)
        return ib_i_fail(context, IB_ERR_ARG, "quantise_at: expected 0 or 1, got %u", options->quantise_at);
    if (!isfinite(options->constant))
        return ib_i_fail(context, IB_ERR_NONFINITE, "constant: expected a finite weight");
    const ib_i_layer *last = ib_i_network_layer(network, network->layers);
    if (last && last->activation == IB_ACTIVATION_SOFTMAX)
        return ib_i_fail(context, IB_ERR_STATE, "softmax layer: expected to be the last, got another after it");
    return IB_OK;
}

/* The quantisers of a layer, with their options checked. */
static ib_status create_quantisers(ib_context *context, const ib_layer_options *options, ib_i_layer *layer)
{
    if (options->activations) {
        IB_TRY(ib_quant_create(context, options->activations, 1, &layer->activations));
        if (layer->activations->options.per_channel)
            return ib_i_fail(context, IB_ERR_UNSUPPORTED, "quantiser of activations: expected one range for the layer");
    }
    if (!options->weights)
        return IB_OK;
    ib_quant_options full;
    IB_TRY(ib_i_quant_options_resolve(context, options->weights, &full));
    if (full.range_gradient)
        return ib_i_fail(context, IB_ERR_UNSUPPORTED, "quantiser of weights: expected no range_gradient");
    IB_TRY(ib_quant_create(context, &full, full.per_channel ? layer->width : 1, &layer->weights));
    layer->quantised_kernel = ib_i_alloc(context, layer->width * layer->inputs, sizeof(float));
    return layer->quantised_kernel ? IB_OK : ib_i_fail_memory(context);
}

/* Room for one layer more and its parameters; the network is untouched on failure. */
static ib_status append(ib_network *network, const ib_i_layer *layer)
{
    ib_context *context = network->context;
    const size_t old = network->parameter_count, count = layer->bias_at + layer->width;
    ib_i_layer *layers = ib_i_alloc(context, network->layers + 1, sizeof *layers);
    float *parameters = ib_i_alloc(context, count, sizeof *parameters);
    float *gradient = ib_i_alloc(context, count, sizeof *gradient);
    if (!layers || !parameters || !gradient) {
        ib_i_free(context, layers);
        ib_i_free(context, parameters);
        ib_i_free(context, gradient);
        return ib_i_fail_memory(context);
    }
    free_buffers(network);
    if (network->layers) {
        memcpy(layers, network->layer, network->layers * sizeof *layers);
        memcpy(parameters, network->parameters, old * sizeof *parameters);
    }
    layers[network->layers++] = *layer;
    ib_i_free(context, network->layer);
    ib_i_free(context, network->parameters);
    ib_i_free(context, network->gradient);
    network->layer = layers;
    network->parameters = parameters;
    network->gradient = gradient;
    network->parameter_count = count;
    return IB_OK;
}

ib_status ib_network_add_layer(ib_network *network, const ib_layer_options *options)
{
    if (!network)
        return IB_ERR_ARG;
    ib_context *context = network->context;
    if (!options)
        return ib_i_fail_null(context, "options");
    IB_TRY(check_idle(network));
    ib_layer_options full;
    IB_TRY(ib_i_options_read(context, options, sizeof full, &full, sizeof full));
    IB_TRY(check_layer_options(network, &full));
    ib_i_layer layer = {.inputs = ib_network_width(network, network->layers),
                        .width = full.width,
                        .activation = full.activation,
                        .init = full.init,
                        .quantise_at = full.quantise_at,
                        .constant = full.constant,
                        .kernel_at = network->parameter_count};
    if (layer.inputs > (SIZE_MAX / sizeof(float) - layer.kernel_at) / layer.width - 1)
        return ib_i_fail(context, IB_ERR_OVERFLOW, "layer of %zux%zu weights: too large", layer.inputs, layer.width);
    layer.bias_at = layer.kernel_at + layer.inputs * layer.width;
    ib_status status = create_quantisers(context, &full, &layer);
    if (status == IB_OK)
        status = append(network, &layer);
    if (status != IB_OK) {
        free_layer(context, &layer);
        return status;
    }
    return ib_i_ok(context);
}

/* What a layer was added with. */
static ib_layer_options options_of(const ib_i_layer *layer)
{
    ib_layer_options options;
    ib_layer_options_init(&options);
    options.width = (uint32_t)layer->width;
    options.activation = layer->activation;
    options.init = layer->init;
    options.constant = layer->constant;
    options.quantise_at = layer->quantise_at;
    options.activations = layer->activations ? &layer->activations->options : NULL;
    options.weights = layer->weights ? &layer->weights->options : NULL;
    return options;
}

/* The layers of a network; with `instead`, its quantisers in place of theirs. */
static ib_status create_from(const ib_network *pattern, ib_context *context, const ib_layer_options *instead,
                             ib_network **out)
{
    ib_network *network = NULL;
    IB_TRY(ib_network_create(context, pattern->inputs, &network));
    for (size_t l = 0; l < pattern->layers; l++) {
        ib_layer_options options = options_of(&pattern->layer[l]);
        if (instead) {
            options.quantise_at = instead->quantise_at;
            options.activations = instead->activations;
            options.weights = instead->weights;
        }
        const ib_status status = ib_network_add_layer(network, &options);
        if (status != IB_OK) {
            ib_network_destroy(network);
            return status;
        }
    }
    *out = network;
    return IB_OK;
}

ib_status ib_i_network_create_like(const ib_network *pattern, ib_context *context, ib_network **out)
{
    return create_from(pattern, context, NULL, out);
}

ib_status ib_i_network_create_quantised(const ib_network *pattern, ib_context *context,
                                        const ib_quant_options *activations, const ib_quant_options *weights,
                                        ib_network **out)
{
    const ib_layer_options instead = {
        .quantise_at = IB_QUANTISE_OUTPUT, .activations = activations, .weights = weights};
    return create_from(pattern, context, &instead, out);
}

int ib_i_network_is_like(const ib_network *a, const ib_network *b)
{
    int is_like = a->inputs == b->inputs && a->layers == b->layers;
    for (size_t l = 0; is_like && l < a->layers; l++)
        is_like = a->layer[l].width == b->layer[l].width && a->layer[l].activation == b->layer[l].activation;
    return is_like;
}

/* Allocates the buffers of a layer; which steps share one is said at ib_i_layer. */
static int reserve_layer(ib_context *context, ib_i_layer *layer, size_t panels)
{
    const size_t values = panels * IB_I_PANEL * layer->width;
    const int quantised = layer->activations != NULL, softmax = layer->activation == IB_ACTIVATION_SOFTMAX;
    const int logits = quantised && layer->quantise_at == IB_QUANTISE_LOGITS;
    const int apart[3] = {1, logits || softmax, quantised};
    for (int b = 0; b < 3; b++) {
        if (apart[b] && !(layer->buffers[b] = ib_i_alloc(context, values, sizeof(float))))
            return 0;
    }
    if (quantised && !(layer->codes = ib_i_alloc(context, values, ib_i_quant_code_size(layer->activations))))
        return 0;
    layer->z = layer->buffers[0];
    layer->mid = apart[1] ? layer->buffers[1] : layer->z;
    layer->out = apart[2] ? layer->buffers[2] : layer->mid;
    return 1;
}

ib_status ib_i_network_reserve(ib_network *network, size_t panels)
{
    ib_context *context = network->context;
    if (panels <= network->capacity)
        return IB_OK;
    free_buffers(network);
    size_t widest = 0;
    int enough = 1;
    for (size_t l = 0; enough && l < network->layers; l++) {
        widest = network->layer[l].width > widest ? network->layer[l].width : widest;
        enough = reserve_layer(context, &network->layer[l], panels);
    }
    const size_t lanes = panels * IB_I_PANEL;
    network->x = ib_i_alloc(context, lanes * network->inputs, sizeof *network->x);
    network->delta[0] = ib_i_alloc(context, lanes * widest, sizeof *network->delta[0]);
    network->delta[1] = ib_i_alloc(context, lanes * widest, sizeof *network->delta[1]);
    network->losses = ib_i_alloc(context, lanes, sizeof *network->losses);
    network->labels = ib_i_alloc(context, lanes, sizeof *network->labels);
    if (!enough || !network->x || !network->delta[0] || !network->delta[1] || !network->losses || !network->labels) {
        free_buffers(network);
        return ib_i_fail_memory(context);
    }
    network->capacity = panels;
    return IB_OK;
}

/* One weight of a layer, drawn. */
static float draw(const ib_i_layer *layer, ib_rng *rng)
{
    const double inputs = (double)layer->inputs, width = (double)layer->width;
    switch (layer->init) {
    case IB_INIT_TRUNCATED_NORMAL_FAN_OUT:
        return (float)(ib_rng_get_truncated_normal(rng) / sqrt(width));
    case IB_INIT_TRUNCATED_NORMAL_FAN_IN:
        return (float)(ib_rng_get_truncated_normal(rng) / sqrt(inputs));
    case IB_INIT_GLOROT_UNIFORM:
        return (float)((2.0 * ib_rng_get_uniform(rng) - 1.0) * sqrt(6.0 / (inputs + width)));
    default:
        return layer->constant;
    }
}

ib_status ib_network_initialise(ib_network *network, ib_rng *rng)
{
    if (!network)
        return IB_ERR_ARG;
    if (!rng)
        return ib_i_fail_null(network->context, "rng");
    IB_TRY(check_idle(network));
    if (network->layers == 0)
        return ib_i_fail(network->context, IB_ERR_STATE, "network: expected one layer or more, got none");
    memset(network->parameters, 0, network->parameter_count * sizeof *network->parameters);
    for (size_t l = 0; l < network->layers; l++) {
        ib_i_layer *layer = &network->layer[l];
        float *kernel = network->parameters + layer->kernel_at;
        for (size_t d = 0; d < layer->inputs; d++)
            for (size_t u = 0; u < layer->width; u++)
                kernel[u * layer->inputs + d] = draw(layer, rng);
    }
    ib_i_network_reset_ranges(network);
    network->pass = IB_I_NO_PASS;
    return ib_i_ok(network->context);
}

ib_status ib_network_set_weights(ib_network *network, size_t layer_number, const ib_tensor *kernel,
                                 const ib_tensor *bias)
{
    if (!network)
        return IB_ERR_ARG;
    IB_TRY(check_idle(network));
    const ib_i_layer *layer = ib_i_network_layer(network, layer_number);
    ib_context *context = network->context;
    if (!layer)
        return ib_i_fail(context, IB_ERR_ARG, "layer: expected 1 to %zu, got %zu", network->layers, layer_number);
    if (kernel) {
        IB_TRY(ib_i_tensor_check(context, "kernel", kernel, layer->inputs, layer->width));
        IB_TRY(ib_i_tensor_check_finite(context, "kernel", kernel));
    }
    if (bias) {
        IB_TRY(ib_i_tensor_check_vector(context, "bias", bias, layer->width));
        IB_TRY(ib_i_tensor_check_finite(context, "bias", bias));
        memcpy(network->parameters + layer->bias_at, bias->data, layer->width * sizeof(float));
    }
    if (kernel)
        ib_i_transpose(kernel->data, layer->inputs, layer->width, network->parameters + layer->kernel_at);
    network->pass = IB_I_NO_PASS;
    return ib_i_ok(context);
}

float *ib_network_parameters(ib_network *network)
{
    if (!network || network->busy)
        return NULL;
    network->pass = IB_I_NO_PASS;
    return network->parameters;
}

void ib_network_begin_epoch(ib_network *network)
{
    if (network && !network->busy)
        ib_i_network_begin_epoch(network);
}

void ib_i_network_begin_epoch(ib_network *network)
{
    for (size_t l = 0; l < network->layers; l++) {
        if (network->layer[l].activations)
            ib_i_quant_begin_epoch(network->layer[l].activations);
        if (network->layer[l].weights)
            ib_i_quant_begin_epoch(network->layer[l].weights);
    }
}

void ib_i_network_reset_ranges(ib_network *network)
{
    for (size_t l = 0; l < network->layers; l++) {
        if (network->layer[l].activations)
            ib_i_quant_reset(network->layer[l].activations);
        if (network->layer[l].weights)
            ib_i_quant_reset(network->layer[l].weights);
    }
}

void ib_i_network_set_busy(ib_network *network, int busy)
{
    network->busy = busy;
    for (size_t l = 0; l < network->layers; l++) {
        if (network->layer[l].activations)
            network->layer[l].activations->frozen = busy;
        if (network->layer[l].weights)
            network->layer[l].weights->frozen = busy;
    }
}
