/* Forward and backward through the layers: which kernel sees which array, and nothing numeric. */
#include "base/flush.h"
#include "base/tensor.h"
#include "nn/network.h"

#include <math.h>

/* The kernel as the layer's quantiser of weights makes it. */
static ib_status quantise_kernel(ib_network *network, ib_i_layer *layer, int training)
{
    const float *kernel = network->parameters + layer->kernel_at;
    const size_t channels = layer->weights->channels, n = layer->width * layer->inputs / channels;
    for (size_t c = 0; c < channels; c++) {
        float *to = layer->quantised_kernel + c * n;
        if (training)
            IB_TRY(ib_i_quant_train(layer->weights, c, n, kernel + c * n, to, NULL, 0));
        else
            IB_TRY(ib_i_quant_infer(layer->weights, c, n, kernel + c * n, to, NULL, 0));
    }
    return IB_OK;
}

/* Some panels of a pass, from `first` on. */
typedef struct span {
    size_t first, panels;
} span;

/* Values of a span of panels of a width. */
static float *in_span(float *values, size_t width, span s)
{
    return values + s.first * width * IB_I_PANEL;
}

/* From x to values, both buffers of the layer. */
static ib_status quantise(ib_i_layer *layer, int training, span s, float *x, float *values)
{
    const size_t n = s.panels * IB_I_PANEL * layer->width;
    const float *from = in_span(x, layer->width, s);
    float *to = in_span(values, layer->width, s);
    if (training) /* codes are for those who watch, and they watch inference */
        return ib_i_quant_train(layer->activations, 0, n, from, to, NULL, 0);
    const size_t size = ib_i_quant_code_size(layer->activations);
    char *codes = (char *)layer->codes + s.first * layer->width * IB_I_PANEL * size;
    return ib_i_quant_infer(layer->activations, 0, n, from, to, codes, size);
}

static void activate(const ib_kernels *kernels, const ib_i_layer *layer, span s, float *z, float *y)
{
    const float *from = in_span(z, layer->width, s);
    float *to = in_span(y, layer->width, s);
    if (layer->activation == IB_ACTIVATION_SOFTMAX)
        kernels->softmax_forward(s.panels, layer->width, from, to);
    else
        kernels->activation_forward(layer->activation, s.panels * IB_I_PANEL * layer->width, from, to);
}

/* x: the inputs of the span. */
static ib_status layer_forward(ib_network *network, ib_i_layer *layer, int training, span s, const float *x)
{
    const ib_kernels *kernels = network->context->kernels;
    kernels->dense_forward(s.panels, layer->inputs, layer->width, ib_i_layer_kernel(network, layer),
                           network->parameters + layer->bias_at, x, in_span(layer->z, layer->width, s));
    if (!layer->activations) {
        activate(kernels, layer, s, layer->z, layer->out);
        return IB_OK;
    }
    if (layer->quantise_at == IB_QUANTISE_LOGITS) {
        IB_TRY(quantise(layer, training, s, layer->z, layer->mid));
        activate(kernels, layer, s, layer->mid, layer->out);
        return IB_OK;
    }
    activate(kernels, layer, s, layer->z, layer->mid);
    return quantise(layer, training, s, layer->mid, layer->out);
}

/* Panels that go through all layers together, so that their values are still in the first cache in the next layer. */
#define BLOCK ((size_t)4)

/* How many panels a pass takes through the layers at once: all, if some range is that of the whole pass. */
static size_t panels_at_once(const ib_network *network, int training, size_t panels)
{
    for (size_t l = 0; l < network->layers; l++) {
        const ib_quant *quant = network->layer[l].activations;
        if (training || (quant && (quant->options.range == IB_RANGE_TENSOR || !quant->ranges[0].seen)))
            return panels;
    }
    return BLOCK;
}

ib_status ib_i_network_forward(ib_network *network, uint32_t pass, const float *panels, size_t rows)
{
    const int training = pass == IB_PASS_TRAINING;
    const size_t all = ib_i_panels(rows), step = panels_at_once(network, training, all);
    network->pass = IB_I_NO_PASS; /* until all layers are through */
    network->rows = rows;
    network->input = panels;
    for (size_t l = 0; l < network->layers; l++)
        if (network->layer[l].weights)
            IB_TRY(quantise_kernel(network, &network->layer[l], training));
    for (size_t first = 0; first < all; first += step) {
        const span s = {first, all - first < step ? all - first : step};
        const float *x = panels + first * network->inputs * IB_I_PANEL;
        for (size_t l = 0; l < network->layers; l++) {
            ib_i_layer *layer = &network->layer[l];
            IB_TRY(layer_forward(network, layer, training, s, x));
            x = in_span(layer->out, layer->width, s);
        }
    }
    network->pass = (int)pass;
    return IB_OK;
}

/* The loss passes straight through the quantiser of the output; here the grid has its say: no gradient where it has
 * clipped the probability of the label. */
static void mask_output(const ib_network *network, const ib_i_layer *last, const uint32_t *labels, float *delta)
{
    const ib_i_range *range = &last->activations->ranges[0];
    for (size_t b = 0; !range->constant && b < network->rows; b++) {
        const float p = last->mid[ib_i_panel_at(b, last->width, labels[b])];
        if (p >= range->grid.low && p <= range->grid.high)
            continue;
        for (size_t u = 0; u < last->width; u++)
            delta[ib_i_panel_at(b, last->width, u)] = 0.0f;
    }
}

/* Losses of the pass, and with `delta` the gradient of their mean with respect to the logits. */
static ib_status loss_forward(ib_network *network, const uint32_t *labels, float *delta, double *loss, size_t *correct)
{
    const ib_kernels *kernels = network->context->kernels;
    const ib_i_layer *last = &network->layer[network->layers - 1];
    const size_t panels = ib_i_panels(network->rows);
    const float scale = 1.0f / (float)network->rows;
    const int quantised = last->activations && last->quantise_at == IB_QUANTISE_OUTPUT;
    if (quantised)
        kernels->loss_quantised(panels, last->width, last->mid, last->out, labels, scale, network->losses, delta);
    else
        kernels->loss_logits(panels, last->width, ib_i_layer_logits(last), labels, scale, network->losses, delta);
    if (quantised && delta && ib_i_quant_may_clip(last->activations))
        mask_output(network, last, labels, delta);
    *loss = kernels->sum(panels * IB_I_PANEL, network->losses);
    *correct = kernels->correct(panels, last->width, last->out, labels);
    if (!isfinite(*loss))
        return ib_i_fail(network->context, IB_ERR_NONFINITE,
                         "loss: expected a finite value, the training has diverged");
    return IB_OK;
}

ib_status ib_i_network_loss(ib_network *network, const uint32_t *labels, double *loss, size_t *correct)
{
    return loss_forward(network, labels, NULL, loss, correct);
}

/* The values of a layer's activation function, if that is what its gradient meets first on the way down; NULL if a
 * quantiser that clips comes before. */
static const float *values_met_first(const ib_i_layer *layer)
{
    if (layer->activations && layer->quantise_at == IB_QUANTISE_LOGITS)
        return layer->out;
    return layer->activations && ib_i_quant_may_clip(layer->activations) ? NULL : layer->mid;
}

/* From the gradient of the output to that of z, in place; if `activated`, the activation function has been seen to: in
 * the last layer by the loss, in others by the product that made delta. */
static void output_backward(ib_network *network, const ib_i_layer *layer, int activated, float *delta)
{
    const ib_kernels *kernels = network->context->kernels;
    const ib_i_extent extent = {ib_i_panels(network->rows) * IB_I_PANEL * layer->width, layer->width, network->rows};
    const int logits = layer->activations && layer->quantise_at == IB_QUANTISE_LOGITS;
    if (layer->activations && !logits && !activated)
        ib_i_quant_backward(layer->activations, 0, &extent, layer->mid, delta, delta);
    if (!activated)
        kernels->activation_backward(layer->activation, extent.n, logits ? layer->out : layer->mid, delta, delta);
    if (logits)
        ib_i_quant_backward(layer->activations, 0, &extent, layer->z, delta, delta);
}

/* The gradient of a quantised kernel passes straight through to the kernel, masked by its grid. */
static void kernel_backward(ib_network *network, const ib_i_layer *layer)
{
    const float *kernel = network->parameters + layer->kernel_at;
    float *gradient = network->gradient + layer->kernel_at;
    const size_t channels = layer->weights->channels, n = layer->width * layer->inputs / channels;
    for (size_t c = 0; c < channels; c++)
        ib_i_quant_backward(layer->weights, c, &(ib_i_extent){.n = n}, kernel + c * n, gradient + c * n,
                            gradient + c * n);
}

static void layer_backward(ib_network *network, size_t l, float *delta, float *delta_below)
{
    const ib_kernels *kernels = network->context->kernels;
    const ib_i_layer *layer = &network->layer[l], *below = l ? layer - 1 : NULL;
    const size_t panels = ib_i_panels(network->rows);
    output_backward(network, layer, l + 1 == network->layers || values_met_first(layer), delta);
    kernels->dense_backward_weights(panels, layer->inputs, layer->width, below ? below->out : network->input, delta,
                                    network->gradient + layer->kernel_at, network->gradient + layer->bias_at);
    if (layer->weights)
        kernel_backward(network, layer);
    if (below)
        kernels->dense_backward_inputs(panels, layer->inputs, layer->width, ib_i_layer_kernel(network, layer), delta,
                                       below->activation, values_met_first(below), delta_below);
}

ib_status ib_i_network_backward(ib_network *network, const uint32_t *labels, double *loss, size_t *correct)
{
    IB_TRY(loss_forward(network, labels, network->delta[0], loss, correct));
    int side = 0;
    for (size_t l = network->layers; l-- > 0; side = !side)
        layer_backward(network, l, network->delta[side], network->delta[!side]);
    return IB_OK;
}

ib_status ib_network_forward(ib_network *network, uint32_t pass, const ib_tensor *x)
{
    if (!network)
        return IB_ERR_ARG;
    ib_context *context = network->context;
    if (pass > IB_PASS_TRAINING)
        return ib_i_fail(context, IB_ERR_ARG, "pass: expected 0 or 1, got %u", pass);
    if (!x)
        return ib_i_fail_null(context, "x");
    if (network->layers == 0 || (network->busy && pass == IB_PASS_TRAINING))
        return ib_i_fail(context, IB_ERR_STATE, "network: %s",
                         network->layers ? "in use by a trainer, it can only be read" : "it has no layer");
    const size_t rows = ib_tensor_shape(x, 0);
    IB_TRY(ib_i_tensor_check(context, "x", x, rows ? rows : 1, network->inputs));
    IB_TRY(ib_i_tensor_check_finite(context, "x", x));
    IB_TRY(ib_i_network_reserve(network, ib_i_panels(rows)));
    ib_i_panels_load(x->data, network->inputs, NULL, rows, network->x);
    const ib_i_flush mode = ib_i_flush_begin();
    const ib_status status = ib_i_network_forward(network, pass, network->x, rows);
    ib_i_flush_end(mode);
    return status == IB_OK ? ib_i_ok(context) : status;
}

/* Loads the labels of a pass into panels. */
static ib_status take_labels(ib_network *network, const uint32_t *labels)
{
    IB_TRY(ib_i_network_check_softmax(network));
    if (network->pass == IB_I_NO_PASS)
        return ib_i_fail(network->context, IB_ERR_STATE, "network: expected a pass, there is none");
    if (!labels)
        return ib_i_fail_null(network->context, "labels");
    const size_t classes = network->layer[network->layers - 1].width;
    for (size_t i = 0; i < network->rows; i++)
        if (labels[i] >= classes)
            return ib_i_fail(network->context, IB_ERR_RANGE, "label of row %zu: expected below %zu, got %u", i, classes,
                             labels[i]);
    ib_i_panels_labels(labels, NULL, network->rows, network->labels);
    return IB_OK;
}

typedef ib_status (*loss_fn)(ib_network *network, const uint32_t *labels, double *loss, size_t *correct);

/* The public form of a loss: mean over rows, outputs that may be NULL. */
static ib_status mean_loss(ib_network *network, loss_fn of_pass, const uint32_t *labels, double *loss, size_t *correct)
{
    IB_TRY(take_labels(network, labels));
    double total;
    size_t hits;
    const ib_i_flush mode = ib_i_flush_begin();
    const ib_status status = of_pass(network, network->labels, &total, &hits);
    ib_i_flush_end(mode);
    if (status != IB_OK)
        return status;
    if (loss)
        *loss = total / (double)network->rows;
    if (correct)
        *correct = hits;
    return ib_i_ok(network->context);
}

ib_status ib_network_loss(ib_network *network, const uint32_t *labels, double *loss, size_t *correct)
{
    return network ? mean_loss(network, ib_i_network_loss, labels, loss, correct) : IB_ERR_ARG;
}

ib_status ib_network_backward(ib_network *network, const uint32_t *labels, double *loss, size_t *correct)
{
    if (!network)
        return IB_ERR_ARG;
    if (network->pass != IB_PASS_TRAINING)
        return ib_i_fail(network->context, IB_ERR_STATE, "backward: expected after a training pass");
    return mean_loss(network, ib_i_network_backward, labels, loss, correct);
}
