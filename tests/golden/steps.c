#include "steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t widths[STEPS_LAYERS + 1] = {12, 10, 7, 5, 4, 3, 2};

static void set_initial_weights(steps *run)
{
    const json_t *kernels = golden_get(run->root, "initial_kernels");
    for (size_t l = 1; l <= STEPS_LAYERS; l++) {
        float *values = golden_floats(golden_at(kernels, l - 1), widths[l - 1] * widths[l]);
        ib_tensor *kernel = test_tensor_of(run->context, widths[l - 1], widths[l], values);
        assert_ok(run->context, ib_network_set_weights(run->network, l, kernel, NULL));
        ib_tensor_destroy(kernel);
        free(values);
    }
}

void steps_open(steps *run, ib_context *context, const char *file, uint32_t preset, const agreement *within)
{
    *run = (steps){.context = context, .root = golden_read(file), .within = within, .paper = preset == IB_PRESET_PAPER};
    const char *name = json_string_value(golden_get(run->root, "activation"));
    uint32_t activation = strcmp(name, "tanh") == 0 ? IB_ACTIVATION_TANH : IB_ACTIVATION_RELU;
    ib_adam_options options;
    ib_adam_options_init(&options);
    options.rate = golden_number(run->root, "learning_rate");
    run->bits = (uint32_t)golden_number(run->root, "bits");
    assert_ok(context, ib_dataset_create_icosahedron(context, &run->dataset));
    assert_ok(context, ib_observer_create(run->dataset, &run->observer));
    assert_ok(context, ib_preset_create(context, preset, activation, run->bits, &run->network));
    assert_ok(context, ib_adam_create(context, ib_network_parameter_count(run->network), &options, &run->adam));
    set_initial_weights(run);
    ib_network_begin_epoch(run->network);
}

void steps_close(steps *run)
{
    ib_adam_destroy(run->adam);
    ib_network_destroy(run->network);
    ib_observer_destroy(run->observer);
    ib_dataset_destroy(run->dataset);
    json_decref(run->root);
}

void steps_advance(steps *run, size_t i)
{
    const json_t *step = golden_at(golden_get(run->root, "steps"), i);
    uint32_t *rows = golden_integers(golden_at(golden_get(run->root, "batches"), i), STEPS_BATCH), labels[STEPS_BATCH];
    ib_tensor *x = test_tensor(run->context, STEPS_BATCH, 12);
    double loss = -1;
    size_t correct = 0;
    for (size_t b = 0; b < STEPS_BATCH; b++) {
        memcpy(ib_tensor_data(x) + 12 * b, ib_tensor_read(ib_dataset_inputs(run->dataset)) + 12 * rows[b],
               12 * sizeof(float));
        labels[b] = ib_dataset_labels(run->dataset)[rows[b]];
    }
    assert_ok(run->context, ib_network_forward(run->network, IB_PASS_TRAINING, x));
    assert_ok(run->context, ib_network_backward(run->network, labels, &loss, &correct));
    assert_close(loss, golden_number(step, "loss"), run->within->losses, 0);
    assert_close((double)correct / STEPS_BATCH, golden_number(step, "accuracy"), 1e-12, 0);
    assert_ok(run->context,
              ib_adam_step(run->adam, ib_network_gradient(run->network), ib_network_parameters(run->network)));
    ib_tensor_destroy(x);
    free(rows);
}

/* Counts what is off by more than the agreement; the rest is off by little. */
static size_t count_off(const float *actual, const float *expected, size_t n, double allowed, double limit)
{
    size_t off = 0;
    for (size_t i = 0; i < n; i++) {
        double distance = fabs((double)actual[i] - (double)expected[i]);
        off += !(distance <= allowed);
        assert_close(actual[i], expected[i], off ? limit : allowed, 0);
    }
    return off;
}

void steps_compare_weights(steps *run, const json_t *step)
{
    int last = golden_number(step, "step") == STEPS_COUNT;
    size_t off = 0, loose = last ? run->within->loose_parameters : 0;
    double limit = loose ? 2.5 * golden_number(run->root, "learning_rate") : run->within->weights;
    for (size_t l = 1; l <= STEPS_LAYERS; l++) {
        size_t inputs = widths[l - 1], width = widths[l];
        float *kernel = golden_floats(golden_at(golden_get(step, "kernels"), l - 1), inputs * width);
        float *bias = golden_floats(golden_at(golden_get(step, "biases"), l - 1), width);
        ib_tensor *own_kernel = test_tensor(run->context, inputs, width);
        ib_tensor *own_bias = test_vector_of(run->context, width, NULL);
        assert_ok(run->context, ib_network_get_weights(run->network, l, own_kernel, own_bias));
        off += count_off(ib_tensor_read(own_kernel), kernel, inputs * width, run->within->weights, limit);
        off += count_off(ib_tensor_read(own_bias), bias, width, run->within->weights, limit);
        ib_tensor_destroy(own_kernel);
        ib_tensor_destroy(own_bias);
        free(kernel);
        free(bias);
    }
    assert_true(off <= loose);
}

static void compare_range(steps *run, const ib_quant *quant, const json_t *ranges, const char *low, const char *high)
{
    if (!json_object_get(ranges, low))
        return;
    float min, max;
    assert_ok(run->context, ib_quant_get_range(quant, 0, &min, &max));
    assert_close(min, golden_number(ranges, low), run->within->ranges, 0);
    assert_close(max, golden_number(ranges, high), run->within->ranges, 0);
}

void steps_compare_ranges(steps *run, const json_t *step)
{
    for (size_t l = 1; l <= STEPS_LAYERS && run->bits != 32; l++) {
        const json_t *ranges = golden_at(golden_get(step, "ranges"), l - 1);
        const ib_quant *activations = ib_network_activation_quant(run->network, l);
        compare_range(run, activations, ranges, "min", "max");
        compare_range(run, activations, ranges, "post_activation_min", "post_activation_max");
        compare_range(run, activations, ranges, "pre_activation_min", "pre_activation_max");
        compare_range(run, ib_network_weight_quant(run->network, l), ranges, "kernel_min", "kernel_max");
    }
}

void steps_pass(steps *run)
{
    assert_ok(run->context, ib_network_forward(run->network, IB_PASS_INFERENCE, ib_dataset_inputs(run->dataset)));
}

/* The distance of two levels of a layer: the smallest between different values. */
static double level_of(const float *values, size_t n)
{
    double least = INFINITY;
    for (size_t i = 0; i < n; i++) {
        double distance = fabs((double)values[i] - (double)values[0]);
        least = distance > 1e-5 && distance < least ? distance : least;
    }
    return least;
}

static void compare_outputs(steps *run, size_t layer, const float *expected, const float *actual, size_t n)
{
    int hidden = layer < STEPS_LAYERS, exact = run->within->exact_relu && hidden;
    double level = run->bits == 32 || !hidden ? 0 : level_of(expected, n) * 1.001;
    if (exact)
        assert_same_values(actual, expected, n);
    for (size_t i = 0; i < n && !exact; i++) {
        if (fabs((double)actual[i] - (double)expected[i]) <= run->within->outputs)
            continue;
        assert_close(actual[i], expected[i], level, 0);
        run->levels_apart++;
    }
}

void steps_compare_outputs(steps *run, const json_t *step)
{
    uint32_t *rows = golden_integers(golden_get(run->root, "inference_rows"), STEPS_ROWS);
    for (size_t l = 1; l <= STEPS_LAYERS; l++) {
        size_t n = STEPS_ROWS * widths[l];
        float *expected = golden_floats(golden_at(golden_get(step, "inference"), l - 1), n);
        ib_tensor *values = test_tensor(run->context, STEPS_ROWS, widths[l]);
        assert_ok(run->context, ib_network_read_values(run->network, l, rows, STEPS_ROWS, values));
        compare_outputs(run, l, expected, ib_tensor_read(values), n);
        ib_tensor_destroy(values);
        free(expected);
    }
    assert_true(run->levels_apart <= run->within->level_entries);
    free(rows);
}

void steps_compare_codes(steps *run, const json_t *step)
{
    uint32_t *rows = golden_integers(golden_get(run->root, "inference_rows"), STEPS_ROWS);
    for (size_t l = 1; l <= STEPS_LAYERS; l++) {
        size_t n = STEPS_ROWS * widths[l];
        uint32_t *expected = golden_integers(golden_at(golden_get(step, "codes"), l - 1), n);
        float *expected_values = golden_floats(golden_at(golden_get(step, "inference"), l - 1), n);
        uint16_t codes[STEPS_ROWS * 10];
        ib_tensor *values = test_tensor(run->context, STEPS_ROWS, widths[l]);
        assert_ok(run->context, ib_network_read_codes(run->network, l, rows, STEPS_ROWS, codes));
        assert_ok(run->context, ib_network_read_values(run->network, l, rows, STEPS_ROWS, values));
        for (size_t i = 0; i < n; i++) {
            int apart = abs((int)codes[i] - (int)expected[i]);
            assert_true(apart <= 1);
            run->levels_apart += (size_t)apart;
            if (!apart)
                assert_close(ib_tensor_read(values)[i], expected_values[i], run->within->outputs, 0);
        }
        ib_tensor_destroy(values);
        free(expected);
        free(expected_values);
    }
    assert_true(run->levels_apart <= run->within->level_entries);
    free(rows);
}

void steps_compare_point(steps *run, size_t layer, uint32_t measure, uint64_t distinct, const json_t *pair)
{
    ib_point point;
    assert_ok(run->context, ib_observer_measure_layer(run->observer, run->network, layer, measure, 0, &point));
    uint64_t apart = point.states > distinct ? point.states - distinct : distinct - point.states;
    assert_true(distinct == 0 || apart <= run->within->distinct);
    assert_close(point.i_xt, json_number_value(golden_at(pair, 0)), run->within->information, 0);
    assert_close(point.i_ty, json_number_value(golden_at(pair, 1)), run->within->information, 0);
}
