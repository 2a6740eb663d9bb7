#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void reference_dense(int fused, size_t rows, size_t inputs, size_t width, const float *x, const float *kernel,
                     const float *bias, float *z)
{
    for (size_t b = 0; b < rows; b++) {
        for (size_t u = 0; u < width; u++) {
            float sum = bias[u];
            for (size_t d = 0; d < inputs; d++) {
                float product = x[b * inputs + d] * kernel[d * width + u];
                sum = fused ? fmaf(x[b * inputs + d], kernel[d * width + u], sum) : sum + product;
            }
            z[b * width + u] = sum;
        }
    }
}

void reference_init(reference_network *reference, const ib_context *context, size_t inputs)
{
    *reference = (reference_network){.fused = test_fused(context), .inputs = inputs};
}

void reference_add_layer(reference_network *reference, ib_network *network, const ib_layer_options *options)
{
    assert_true(reference->layers < REFERENCE_MAX_LAYERS);
    assert_int_equal(ib_network_add_layer(network, options), IB_OK);
    reference_layer *layer = &reference->layer[reference->layers];
    layer->inputs = reference->layers ? layer[-1].width : reference->inputs;
    layer->width = options->width;
    layer->activation = options->activation;
    layer->quantise_at = options->quantise_at;
    static const ib_quant_options none;
    reference_quant_init(&layer->activations, options->activations ? options->activations : &none, 1);
    reference_quant_init(&layer->weights, options->weights ? options->weights : &none, layer->width);
    size_t size = layer->inputs * layer->width;
    layer->kernel = test_zeros(size, sizeof *layer->kernel);
    layer->used = test_zeros(size, sizeof *layer->used);
    layer->dkernel = test_zeros(size, sizeof *layer->dkernel);
    layer->bias = test_zeros(layer->width, sizeof *layer->bias);
    layer->dbias = test_zeros(layer->width, sizeof *layer->dbias);
    reference->layers++;
}

static void free_pass(reference_network *reference)
{
    free(reference->x);
    for (size_t l = 0; l < reference->layers; l++) {
        free(reference->layer[l].z);
        free(reference->layer[l].middle);
        free(reference->layer[l].output);
    }
}

void reference_free(reference_network *reference)
{
    free_pass(reference);
    for (size_t l = 0; l < reference->layers; l++) {
        reference_layer *layer = &reference->layer[l];
        reference_quant_free(&layer->activations);
        reference_quant_free(&layer->weights);
        free(layer->kernel);
        free(layer->used);
        free(layer->dkernel);
        free(layer->bias);
        free(layer->dbias);
    }
    *reference = (reference_network){0};
}

void reference_randomise(reference_network *reference, ib_network *network, ib_context *context, double size)
{
    for (size_t l = 0; l < reference->layers; l++) {
        reference_layer *layer = &reference->layer[l];
        double bound = size / sqrt((double)layer->inputs);
        test_fill(layer->kernel, layer->inputs * layer->width, -bound, bound);
        test_fill(layer->bias, layer->width, -0.5, 0.5);
        ib_tensor *kernel = test_tensor_of(context, layer->inputs, layer->width, layer->kernel);
        ib_tensor *bias = test_vector_of(context, layer->width, layer->bias);
        assert_ok(context, ib_network_set_weights(network, l + 1, kernel, bias));
        ib_tensor_destroy(kernel);
        ib_tensor_destroy(bias);
    }
}

static void begin_pass(reference_network *reference, size_t rows, const float *x)
{
    free_pass(reference);
    reference->rows = rows;
    reference->x = test_zeros(rows * reference->inputs, sizeof *reference->x);
    for (size_t i = 0; i < rows * reference->inputs; i++)
        reference->x[i] = (double)x[i];
    for (size_t l = 0; l < reference->layers; l++) {
        reference_layer *layer = &reference->layer[l];
        layer->z = test_zeros(rows * layer->width, sizeof *layer->z);
        layer->middle = test_zeros(rows * layer->width, sizeof *layer->middle);
        layer->output = test_zeros(rows * layer->width, sizeof *layer->output);
    }
}

static void widen(size_t n, const float *from, double *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (double)from[i];
}

static void quantise(reference_quant *quant, int training, size_t n, float *values)
{
    if (quant->options.bits)
        reference_quant_run(quant, training, n, values, values, NULL);
}

static void activate(ib_context *context, uint32_t activation, size_t rows, size_t width, float *values)
{
    ib_tensor *tensor = NULL;
    assert_ok(context, ib_tensor_create_borrowed(context, values, 2, (size_t[]){rows, width}, &tensor));
    assert_ok(context, ib_activation_forward(activation, tensor, tensor));
    ib_tensor_destroy(tensor);
}

/* `values` is the input of the layer, [B][D], and becomes its output, [B][U]. */
static float *layer_forward(reference_layer *layer, int fused, ib_context *context, int training, size_t rows,
                            float *values)
{
    size_t n = rows * layer->width, size = layer->inputs * layer->width;
    float *used = test_zeros(size, sizeof *used), *z = test_zeros(n, sizeof *z);
    memcpy(used, layer->kernel, size * sizeof *used);
    quantise(&layer->weights, training, size, used);
    widen(size, used, layer->used);
    reference_dense(fused, rows, layer->inputs, layer->width, values, used, layer->bias, z);
    free(used);
    free(values);
    widen(n, z, layer->z);
    int at_logits = layer->quantise_at == IB_QUANTISE_LOGITS;
    if (at_logits)
        quantise(&layer->activations, training, n, z);
    else
        activate(context, layer->activation, rows, layer->width, z);
    widen(n, z, layer->middle);
    if (at_logits)
        activate(context, layer->activation, rows, layer->width, z);
    else
        quantise(&layer->activations, training, n, z);
    widen(n, z, layer->output);
    return z;
}

void reference_forward(reference_network *reference, ib_context *context, int training, size_t rows, const float *x)
{
    begin_pass(reference, rows, x);
    float *values = test_zeros(rows * reference->inputs, sizeof *values);
    memcpy(values, x, rows * reference->inputs * sizeof *values);
    for (size_t l = 0; l < reference->layers; l++)
        values = layer_forward(&reference->layer[l], reference->fused, context, training, rows, values);
    free(values);
}

static double apply(uint32_t activation, double z)
{
    switch (activation) {
    case IB_ACTIVATION_TANH:
        return tanh(z);
    case IB_ACTIVATION_RELU:
        return z > 0 ? z : 0;
    case IB_ACTIVATION_SIGMOID:
        return 1 / (1 + exp(-z));
    default:
        return z;
    }
}

static void softmax(size_t n, const double *z, double *y)
{
    double largest = z[0], sum = 0;
    for (size_t i = 1; i < n; i++)
        largest = fmax(largest, z[i]);
    for (size_t i = 0; i < n; i++)
        sum += y[i] = exp(z[i] - largest);
    for (size_t i = 0; i < n; i++)
        y[i] /= sum;
}

static double layer_forward_exact(reference_layer *layer, size_t rows, const double *x)
{
    double nearest = INFINITY;
    for (size_t b = 0; b < rows; b++) {
        double *z = &layer->z[b * layer->width], *y = &layer->output[b * layer->width];
        for (size_t u = 0; u < layer->width; u++) {
            z[u] = (double)layer->bias[u];
            for (size_t d = 0; d < layer->inputs; d++)
                z[u] += x[b * layer->inputs + d] * layer->used[d * layer->width + u];
            y[u] = apply(layer->activation, z[u]);
            if (layer->activation == IB_ACTIVATION_RELU)
                nearest = fmin(nearest, fabs(z[u]));
        }
        if (layer->activation == IB_ACTIVATION_SOFTMAX)
            softmax(layer->width, z, y);
    }
    const double *middle = layer->quantise_at == IB_QUANTISE_LOGITS ? layer->z : layer->output;
    memcpy(layer->middle, middle, rows * layer->width * sizeof *middle);
    return nearest;
}

double reference_forward_exact(reference_network *reference, size_t rows, const float *x)
{
    begin_pass(reference, rows, x);
    double nearest = INFINITY;
    const double *input = reference->x;
    for (size_t l = 0; l < reference->layers; l++) {
        reference_layer *layer = &reference->layer[l];
        widen(layer->inputs * layer->width, layer->kernel, layer->used);
        nearest = fmin(nearest, layer_forward_exact(layer, rows, input));
        input = layer->output;
    }
    return nearest;
}

static int quantised_output(const reference_layer *last)
{
    return last->quantise_at == IB_QUANTISE_OUTPUT && last->activations.options.bits;
}

double reference_loss(const reference_network *reference, const uint32_t *labels)
{
    const reference_layer *last = &reference->layer[reference->layers - 1];
    const double *logits = last->quantise_at == IB_QUANTISE_LOGITS ? last->middle : last->z;
    double sum = 0;
    for (size_t b = 0; b < reference->rows; b++) {
        const double *z = &logits[b * last->width];
        double largest = z[0], total = 0;
        for (size_t u = 1; u < last->width; u++)
            largest = fmax(largest, z[u]);
        for (size_t u = 0; u < last->width; u++)
            total += exp(z[u] - largest);
        double q = last->output[b * last->width + labels[b]];
        sum += quantised_output(last) ? -log(fmin(fmax(q, 1e-7), 1 - 1e-7)) : log(total) + largest - z[labels[b]];
    }
    return sum / (double)reference->rows;
}

/* dL/dz of the softmax layer, z what softmax was applied to. */
static void loss_backward(const reference_network *reference, const uint32_t *labels, double *dz)
{
    const reference_layer *last = &reference->layer[reference->layers - 1];
    size_t width = last->width;
    const double *logits = last->quantise_at == IB_QUANTISE_LOGITS ? last->middle : last->z;
    double *p = test_zeros(width, sizeof *p);
    const reference_quant *quant = &last->activations;
    reference_grid grid = reference_grid_of(quant->options.grid, quant->options.bits, *quant->min, *quant->max);
    for (size_t b = 0; b < reference->rows; b++) {
        softmax(width, &logits[b * width], p);
        size_t y = b * width + labels[b];
        double q = last->output[y], factor = 1;
        if (quantised_output(last)) /* masked by its own grid, and by the clip of the loss */
            factor = q > (double)1e-7f && reference_passes(&grid, (float)last->middle[y]) ? p[labels[b]] / q : 0;
        for (size_t u = 0; u < width; u++)
            dz[b * width + u] = factor * (p[u] - (u == labels[b])) / (double)reference->rows;
    }
    free(p);
}

/* From dy, the gradient with respect to the layer's output, to that with respect to z. */
static void activation_backward(const reference_layer *layer, size_t n, double *dy)
{
    int quantised = layer->activations.options.bits != 0;
    int at_logits = layer->quantise_at == IB_QUANTISE_LOGITS;
    if (quantised && !at_logits)
        reference_quant_backward(&layer->activations, n, layer->middle, dy, dy);
    const double *y = at_logits ? layer->output : layer->middle;
    for (size_t i = 0; i < n; i++) {
        if (layer->activation == IB_ACTIVATION_TANH)
            dy[i] *= 1 - y[i] * y[i];
        else if (layer->activation == IB_ACTIVATION_SIGMOID)
            dy[i] *= y[i] * (1 - y[i]);
        else if (layer->activation == IB_ACTIVATION_RELU)
            dy[i] *= y[i] > 0;
    }
    if (quantised && at_logits)
        reference_quant_backward(&layer->activations, n, layer->z, dy, dy);
}

static void dense_backward(reference_layer *layer, size_t rows, const double *x, const double *dz, double *dx)
{
    size_t inputs = layer->inputs, width = layer->width;
    memset(layer->dkernel, 0, inputs * width * sizeof *layer->dkernel);
    memset(layer->dbias, 0, width * sizeof *layer->dbias);
    for (size_t b = 0; b < rows; b++) {
        for (size_t u = 0; u < width; u++) {
            double slope = dz[b * width + u];
            layer->dbias[u] += slope;
            for (size_t d = 0; d < inputs; d++) {
                layer->dkernel[d * width + u] += x[b * inputs + d] * slope;
                dx[b * inputs + d] += slope * layer->used[d * width + u];
            }
        }
    }
    if (layer->weights.options.bits) {
        double *kernel = test_zeros(inputs * width, sizeof *kernel);
        widen(inputs * width, layer->kernel, kernel);
        reference_quant_backward(&layer->weights, inputs * width, kernel, layer->dkernel, layer->dkernel);
        free(kernel);
    }
}

double reference_backward(reference_network *reference, const uint32_t *labels)
{
    size_t rows = reference->rows, l = reference->layers - 1;
    reference_layer *last = &reference->layer[l];
    double *slope = test_zeros(rows * last->width, sizeof *slope);
    loss_backward(reference, labels, slope);
    if (last->quantise_at == IB_QUANTISE_LOGITS && last->activations.options.bits)
        reference_quant_backward(&last->activations, rows * last->width, last->z, slope, slope);
    for (;; l--) {
        reference_layer *layer = &reference->layer[l];
        double *down = test_zeros(rows * layer->inputs, sizeof *down);
        dense_backward(layer, rows, l ? layer[-1].output : reference->x, slope, down);
        free(slope);
        slope = down;
        if (l == 0)
            break;
        activation_backward(layer - 1, rows * layer->inputs, slope);
    }
    free(slope);
    return reference_loss(reference, labels);
}

void reference_flatten(const reference_network *reference, double *gradient)
{
    for (size_t l = 0; l < reference->layers; l++) {
        const reference_layer *layer = &reference->layer[l];
        for (size_t u = 0; u < layer->width; u++)
            for (size_t d = 0; d < layer->inputs; d++)
                *gradient++ = layer->dkernel[d * layer->width + u];
        for (size_t u = 0; u < layer->width; u++)
            *gradient++ = layer->dbias[u];
    }
}
