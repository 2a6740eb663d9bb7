/* Whole networks: every pass bit for bit against the reference, every gradient in float64. */
#include "reference.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct subject {
    ib_context *context;
    ib_network *network;
    reference_network reference;
    size_t rows;
    ib_tensor *x;
    uint32_t *labels;
} subject;

static subject subject_create(ib_context *context, size_t inputs)
{
    subject made = {.context = context};
    assert_ok(context, ib_network_create(context, inputs, &made.network));
    reference_init(&made.reference, context, inputs);
    return made;
}

static void subject_add(subject *made, const ib_layer_options *options)
{
    reference_add_layer(&made->reference, made->network, options);
}

static void subject_batch(subject *made, size_t rows)
{
    size_t classes = ib_network_width(made->network, ib_network_layers(made->network));
    ib_tensor_destroy(made->x);
    free(made->labels);
    made->rows = rows;
    made->x = test_tensor_random(made->context, rows, made->reference.inputs, -1, 1);
    made->labels = test_zeros(rows, sizeof *made->labels);
    for (size_t b = 0; b < rows; b++)
        made->labels[b] = (uint32_t)test_random_below(classes);
}

static void subject_destroy(subject *made)
{
    ib_tensor_destroy(made->x);
    free(made->labels);
    reference_free(&made->reference);
    ib_network_destroy(made->network);
}

static void plain_layers(subject *made, size_t hidden, const uint32_t *widths, uint32_t activation)
{
    for (size_t l = 0; l < hidden; l++) {
        ib_layer_options options = test_layer_options(widths[l], activation);
        subject_add(made, &options);
    }
    ib_layer_options last = test_layer_options(widths[hidden], IB_ACTIVATION_SOFTMAX);
    subject_add(made, &last);
}

/* Sum of |gradient| is of the order of 1: errors are measured absolutely. */
static void check_gradient(const subject *made, double allowed)
{
    size_t n = ib_network_parameter_count(made->network);
    double *expected = test_zeros(n, sizeof *expected);
    reference_flatten(&made->reference, expected);
    assert_near(ib_network_gradient(made->network), expected, n, allowed, allowed);
    free(expected);
}

static void check_float(ib_context *context, uint32_t activation, size_t hidden, const uint32_t *widths, size_t rows)
{
    subject made = subject_create(context, widths[6]);
    plain_layers(&made, hidden, widths, activation);
    reference_randomise(&made.reference, made.network, context, 1.5);
    double nearest, loss = -1;
    do {
        subject_batch(&made, rows);
        nearest = reference_forward_exact(&made.reference, rows, ib_tensor_read(made.x));
    } while (nearest < 1e-6);
    double expected = reference_backward(&made.reference, made.labels);
    assert_ok(context, ib_network_forward(made.network, IB_PASS_TRAINING, made.x));
    assert_ok(context, ib_network_backward(made.network, made.labels, &loss, NULL));
    assert_close(loss, expected, 1e-6, 1e-6);
    check_gradient(&made, 1e-6);
    subject_destroy(&made);
}

static const uint32_t activations[] = {IB_ACTIVATION_TANH, IB_ACTIVATION_RELU, IB_ACTIVATION_SIGMOID,
                                       IB_ACTIVATION_LINEAR};
static const size_t batches[] = {1, 2, 15, 16, 17, 63, 64, 65, 204, 256};

static void float_networks_of(ib_context *context)
{
    static const uint32_t odd[] = {1, 3, 17, 65, 10, 7, 5, 2, 16, 12};
    for (size_t a = 0; a < 4; a++) {
        for (size_t i = 0; i < sizeof batches / sizeof *batches; i += test_quick() ? 3 : 1) {
            size_t hidden = (i + a) % 6;
            uint32_t widths[7];
            for (size_t l = 0; l < 7; l++)
                widths[l] = odd[test_random_below(10)];
            widths[hidden] = 2 + (uint32_t)test_random_below(4);
            check_float(context, activations[a], hidden, widths, batches[i]);
        }
        check_float(context, activations[a], 5, (uint32_t[]){10, 7, 5, 4, 3, 2, 12}, 256);
        check_float(context, activations[a], 2, (uint32_t[]){65, 17, 3, 0, 0, 0, 65}, 65);
    }
}

static void float_networks(void **state)
{
    (void)state;
    test_every_kernels(float_networks_of);
}

static double loss_at(subject *made, float *parameter, double value)
{
    float before = *parameter;
    *parameter = (float)value;
    reference_forward_exact(&made->reference, made->rows, ib_tensor_read(made->x));
    double loss = reference_loss(&made->reference, made->labels);
    *parameter = before;
    return loss;
}

/* The gradient is the slope of the loss, which needs no formula: central differences over floats that lie h apart. */
static void check_central_differences(ib_context *context, uint32_t activation)
{
    subject made = subject_create(context, 4);
    plain_layers(&made, 2, (uint32_t[]){3, 5, 3}, activation);
    reference_randomise(&made.reference, made.network, context, 1.5);
    do
        subject_batch(&made, 19);
    while (reference_forward_exact(&made.reference, 19, ib_tensor_read(made.x)) < 0.002);
    assert_ok(context, ib_network_forward(made.network, IB_PASS_TRAINING, made.x));
    assert_ok(context, ib_network_backward(made.network, made.labels, NULL, NULL));
    const float *gradient = ib_network_gradient(made.network);
    for (size_t l = 0; l < 3; l++) {
        reference_layer *layer = &made.reference.layer[l];
        for (size_t i = 0; i < layer->width * (layer->inputs + 1); i++) {
            size_t u = i / layer->inputs, d = i % layer->inputs;
            float *here = i < layer->width * layer->inputs ? &layer->kernel[d * layer->width + u]
                                                           : &layer->bias[i - layer->width * layer->inputs];
            double above = (double)(*here + 4e-4f), below = (double)(*here - 4e-4f);
            double slope = (loss_at(&made, here, above) - loss_at(&made, here, below)) / (above - below);
            assert_close(*gradient++, slope, 1e-6, 0);
        }
    }
    subject_destroy(&made);
}

static void central_differences(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    for (size_t a = 0; a < 4; a++)
        check_central_differences(context, activations[a]);
    ib_context_destroy(context);
}

static void check_values(const subject *made)
{
    for (size_t l = 1; l <= ib_network_layers(made->network); l++) {
        const reference_layer *layer = &made->reference.layer[l - 1];
        size_t n = made->rows * layer->width;
        ib_tensor *values = test_tensor(made->context, made->rows, layer->width);
        float *expected = test_zeros(n, sizeof *expected);
        for (size_t i = 0; i < n; i++)
            expected[i] = (float)layer->output[i];
        assert_ok(made->context, ib_network_read_values(made->network, l, NULL, made->rows, values));
        assert_same_values(ib_tensor_read(values), expected, n);
        free(expected);
        ib_tensor_destroy(values);
    }
}

/* Two epochs of training passes and an inference pass after each, weights changed between the steps. */
static void check_passes(subject *made, const size_t *sizes, size_t n)
{
    reference_randomise(&made->reference, made->network, made->context, 1.5);
    subject_batch(made, 50);
    assert_ok(made->context, ib_network_forward(made->network, IB_PASS_INFERENCE, made->x)); /* nothing seen yet */
    reference_forward(&made->reference, made->context, 0, 50, ib_tensor_read(made->x));
    check_values(made);
    for (size_t i = 0; i < n; i++) {
        if (i % 3 == 0) {
            ib_network_begin_epoch(made->network);
            for (size_t l = 0; l < made->reference.layers; l++) {
                reference_quant_begin_epoch(&made->reference.layer[l].activations);
                reference_quant_begin_epoch(&made->reference.layer[l].weights);
            }
        }
        subject_batch(made, sizes[i]);
        int training = i % 3 != 2;
        assert_ok(made->context,
                  ib_network_forward(made->network, training ? IB_PASS_TRAINING : IB_PASS_INFERENCE, made->x));
        reference_forward(&made->reference, made->context, training, sizes[i], ib_tensor_read(made->x));
        check_values(made);
        double loss = -1;
        assert_ok(made->context, ib_network_loss(made->network, made->labels, &loss, NULL));
        assert_close(loss, reference_loss(&made->reference, made->labels), 1e-6, 1e-6);
        if (!training)
            continue;
        assert_ok(made->context, ib_network_backward(made->network, made->labels, &loss, NULL));
        assert_close(loss, reference_backward(&made->reference, made->labels), 1e-6, 1e-6);
        check_gradient(made, 2e-6);
        reference_randomise(&made->reference, made->network, made->context, 1.5);
    }
}

typedef struct recipe {
    uint32_t activation, hidden_at, output_at;
    ib_quant_options hidden, output, weights; /* bits 0: none */
} recipe;

static void add_recipe(subject *made, const recipe *how, const uint32_t *widths, size_t layers)
{
    for (size_t l = 0; l < layers; l++) {
        int last = l + 1 == layers;
        ib_layer_options options = test_layer_options(widths[l], last ? IB_ACTIVATION_SOFTMAX : how->activation);
        const ib_quant_options *quant = last ? &how->output : &how->hidden;
        options.activations = quant->bits ? quant : NULL;
        options.weights = how->weights.bits ? &how->weights : NULL;
        options.quantise_at = last ? how->output_at : how->hidden_at;
        subject_add(made, &options);
    }
}

static void check_recipe(ib_context *context, const recipe *how)
{
    static const size_t sizes[] = {17, 64, 65, 2, 204, 1};
    subject made = subject_create(context, 7);
    add_recipe(&made, how, (uint32_t[]){9, 5, 3}, 3);
    check_passes(&made, sizes, test_quick() ? 3 : 6);
    subject_destroy(&made);
    made = subject_create(context, 12);
    add_recipe(&made, how, (uint32_t[]){17, 1, 33, 2}, 4);
    check_passes(&made, sizes, test_quick() ? 3 : 6);
    subject_destroy(&made);
}

/* Every grid and range, here and there in the network, with weights per tensor and per channel. */
static void quantised_networks_of(ib_context *context)
{
    for (uint32_t i = 0; i < 4 * 6 * 2; i += test_quick() ? 5 : 1) {
        uint32_t range = i / 2 % 6, grid = i % 2, bits = 2 + i % 7;
        recipe how = {.activation = activations[i / 12], .output_at = i % 3 == 0};
        how.hidden_at = i % 5 == 4;
        how.hidden = test_quant_options(bits, grid, range);
        how.hidden.initial_min = -0.75f;
        how.hidden.initial_max = 0.5f;
        how.hidden.range_gradient = range == IB_RANGE_TENSOR && i % 4 < 2;
        if (i % 4 != 3)
            how.output = test_quant_options(bits, grid, how.output_at ? IB_RANGE_MOVING : IB_RANGE_EPOCH);
        if (i % 3 != 1) {
            how.weights = test_quant_options(bits, grid, i % 6 < 3 ? IB_RANGE_LAST : IB_RANGE_TENSOR);
            how.weights.per_channel = i % 4 > 1;
        }
        check_recipe(context, &how);
    }
}

static void quantised_networks(void **state)
{
    (void)state;
    test_every_kernels(quantised_networks_of);
}

/* One input, one hidden ReLU, two classes. x = 2, W = 0.75, b = 0.1: z = 1.6, quantised to 2 bits on [0, 3]: 2. The
 * logits are [2, -2], not quantised; label 1. dL/dlogits = [p, -p] with p = 1/(1 + e^-4); dL/da = 2p straight through;
 * dW = 2 (2p). With a range of [0, 1.5] the value is clipped to 1.5 and no gradient passes. */
static void straight_through_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    for (int clipped = 0; clipped < 2; clipped++) {
        ib_quant_options quant = test_quant_options(2, IB_GRID_UNIFORM, IB_RANGE_FIXED);
        quant.initial_max = clipped ? 1.5f : 3;
        ib_layer_options hidden = test_layer_options(1, IB_ACTIVATION_RELU);
        hidden.activations = &quant;
        subject made = subject_create(context, 1);
        subject_add(&made, &hidden);
        ib_layer_options last = test_layer_options(2, IB_ACTIVATION_SOFTMAX);
        subject_add(&made, &last);
        ib_tensor *w1 = test_tensor_of(context, 1, 1, (float[]){0.75f}),
                  *b1 = test_vector_of(context, 1, (float[]){0.1f});
        ib_tensor *w2 = test_tensor_of(context, 1, 2, (float[]){1, -1}),
                  *x = test_tensor_of(context, 1, 1, (float[]){2});
        assert_ok(context, ib_network_set_weights(made.network, 1, w1, b1));
        assert_ok(context, ib_network_set_weights(made.network, 2, w2, NULL));
        assert_ok(context, ib_network_forward(made.network, IB_PASS_TRAINING, x));
        double loss, a = clipped ? 1.5 : 2, p = 1 / (1 + exp(-2 * a));
        size_t correct = 9;
        assert_ok(context, ib_network_backward(made.network, (uint32_t[]){1}, &loss, &correct));
        assert_int_equal(correct, 0);
        assert_close(loss, log(1 + exp(-2 * a)) + 2 * a, 0, 3e-7);
        const double through = clipped ? 0 : 2 * p;
        const double expected[6] = {2 * through, through, a * p, -a * p, p, -p};
        assert_near(ib_network_gradient(made.network), expected, 6, 3e-7, 0);
        ib_tensor *all[] = {w1, b1, w2, x};
        for (size_t i = 0; i < 4; i++)
            ib_tensor_destroy(all[i]);
        subject_destroy(&made);
    }
    ib_context_destroy(context);
}

/* A row's output does not depend on its place or on its neighbours; equal rows are equal everywhere. */
static void position_of(ib_context *context)
{
    for (size_t a = 0; a < 4; a++) {
        recipe how = {.activation = activations[a]};
        how.hidden = how.output = test_quant_options(8, IB_GRID_UNIFORM, IB_RANGE_FIXED);
        how.hidden.initial_min = -1;
        how.hidden.initial_max = how.output.initial_max = 1;
        if (a % 2)
            how.hidden.bits = how.output.bits = 0;
        subject made = subject_create(context, 12);
        add_recipe(&made, &how, (uint32_t[]){10, 7, 2}, 3);
        reference_randomise(&made.reference, made.network, context, 1.5);
        float row[12], first[10];
        test_fill(row, 12, -1, 1);
        for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
            subject_batch(&made, batches[i]);
            for (size_t b = 0; b < batches[i]; b += 1 + i % 2)
                memcpy(ib_tensor_data(made.x) + 12 * b, row, sizeof row);
            for (size_t l = 1; l <= 3; l += 2) {
                size_t width = ib_network_width(made.network, l);
                ib_tensor *values = test_tensor(context, batches[i], width);
                assert_ok(context, ib_network_forward(made.network, IB_PASS_INFERENCE, made.x));
                assert_ok(context, ib_network_read_values(made.network, l, NULL, batches[i], values));
                for (size_t b = 0; b < batches[i]; b += 1 + i % 2) {
                    if (l == 1 && i == 0)
                        memcpy(first, ib_tensor_read(values), width * sizeof *first);
                    const float *expected = l == 1 ? first : ib_tensor_read(values);
                    assert_memory_equal(ib_tensor_read(values) + b * width, expected, width * sizeof *first);
                }
                ib_tensor_destroy(values);
            }
        }
        subject_destroy(&made);
    }
}

static void position(void **state)
{
    (void)state;
    test_every_kernels(position_of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(float_networks),     cmocka_unit_test(central_differences),
        cmocka_unit_test(quantised_networks), cmocka_unit_test(straight_through_by_hand),
        cmocka_unit_test(position),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
