/* Points against states read back and sorted, for every kind of layer and measure. */
#include "information.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BITS = 7, ROWS = 128, CLASSES = 3 };

static int32_t by_ones(uint32_t pattern, uint32_t bits, uint32_t *label, void *user_data)
{
    (void)user_data;
    *label = 0;
    for (uint32_t i = 0; i < bits; i++)
        *label += pattern >> i & 1;
    *label %= CLASSES;
    return 0;
}

typedef struct fixture {
    test_memory memory;
    ib_context *context;
    ib_dataset *dataset;
    ib_observer *observer;
} fixture;

static int set_up(void **state)
{
    fixture *made = test_zeros(1, sizeof *made);
    made->context = test_context(&made->memory);
    assert_ok(made->context, ib_dataset_create_patterns(made->context, BITS, CLASSES, by_ones, NULL, &made->dataset));
    assert_ok(made->context, ib_observer_create(made->dataset, &made->observer));
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    fixture *made = *state;
    ib_dataset_destroy(made->dataset);
    ib_context_destroy(made->context);
    ib_observer_destroy(made->observer);
    assert_int_equal(made->memory.live, 0);
    free(made);
    return 0;
}

/* 7 inputs, hidden layers of 6 and 2, and a softmax of 3; bits 32: without quantisers. */
static ib_network *network_of(fixture *f, uint32_t activation, uint32_t bits, uint32_t grid, uint32_t quantise_at)
{
    static const uint32_t widths[3] = {6, 2, CLASSES};
    ib_quant_options quant = test_quant_options(bits, grid, IB_RANGE_EPOCH);
    ib_network *network = NULL;
    assert_ok(f->context, ib_network_create(f->context, BITS, &network));
    for (size_t l = 0; l < 3; l++) {
        ib_layer_options options = test_layer_options(widths[l], l == 2 ? IB_ACTIVATION_SOFTMAX : activation);
        options.activations = bits == 32 ? NULL : &quant;
        options.quantise_at = l == 2 ? quantise_at : IB_QUANTISE_OUTPUT;
        assert_ok(f->context, ib_network_add_layer(network, &options));
    }
    test_fill(ib_network_parameters(network), ib_network_parameter_count(network), -1, 1);
    assert_ok(f->context, ib_network_forward(network, IB_PASS_INFERENCE, ib_dataset_inputs(f->dataset)));
    return network;
}

static ib_point measure(fixture *f, const ib_network *network, size_t layer, uint32_t measure_of)
{
    ib_point point = {0};
    assert_ok(f->context, ib_observer_measure_layer(f->observer, network, layer, measure_of, 17, &point));
    assert_int_equal(point.epoch, 17);
    assert_int_equal(point.layer, layer);
    assert_int_equal(point.measure, measure_of);
    assert_int_equal(point.estimator, 0);
    return point;
}

static void check_network(fixture *f, const ib_network *network)
{
    const uint32_t *labels = ib_dataset_labels(f->dataset);
    for (size_t layer = 1; layer <= 3; layer++) {
        for (uint32_t m = IB_MEASURE_STATE; m < IB_MEASURE_BINNED; m++) {
            ib_point point = measure(f, network, layer, m);
            information_assert_point(&point, information_of_layer(network, layer, m, ROWS, labels, CLASSES));
        }
    }
}

static void every_kind_of_layer(void **state)
{
    fixture *f = *state;
    static const uint32_t activations[] = {IB_ACTIVATION_TANH, IB_ACTIVATION_RELU, IB_ACTIVATION_SIGMOID,
                                           IB_ACTIVATION_LINEAR};
    static const uint32_t bits[] = {2, 3, 4, 8, 9, 12, 16, 32};
    for (size_t a = 0; a < 4; a++) {
        for (size_t b = 0; b < 8; b++) {
            for (uint32_t kind = 0; kind < 4; kind++) {
                ib_network *network = network_of(f, activations[a], bits[b], kind & 1, kind >> 1);
                check_network(f, network);
                ib_network_destroy(network);
            }
        }
    }
}

static void what_differs(void **state)
{
    fixture *f = *state;
    static const uint32_t expected[4][3] = {
        /* state, output, rebinned: of the softmax and, in the last row, of a float layer */
        {0, 0, 0},
        {0, 1, 1},
        {0, 1, 1},
        {0, 0, 1}};
    ib_network *at_output = network_of(f, IB_ACTIVATION_TANH, 4, IB_GRID_UNIFORM, IB_QUANTISE_OUTPUT);
    ib_network *at_logits = network_of(f, IB_ACTIVATION_TANH, 4, IB_GRID_UNIFORM, IB_QUANTISE_LOGITS);
    ib_network *floats = network_of(f, IB_ACTIVATION_TANH, 32, IB_GRID_UNIFORM, IB_QUANTISE_OUTPUT);
    for (uint32_t m = 0; m < IB_MEASURE_BINNED; m++) {
        assert_int_equal(ib_observer_differs(at_output, 3, m), expected[0][m]);
        assert_int_equal(ib_observer_differs(at_logits, 3, m), expected[1][m]);
        assert_int_equal(ib_observer_differs(floats, 3, m), expected[2][m]);
        assert_int_equal(ib_observer_differs(floats, 1, m), expected[3][m]);
        assert_int_equal(ib_observer_differs(at_logits, 2, m), 0);
    }
    assert_int_equal(ib_observer_differs(floats, 0, IB_MEASURE_REBINNED), 0);
    assert_int_equal(ib_observer_differs(floats, 4, IB_MEASURE_REBINNED), 0);
    assert_int_equal(ib_observer_differs(floats, 1, IB_MEASURE_COUNT), 0);
    assert_int_equal(ib_observer_differs(NULL, 1, IB_MEASURE_REBINNED), 0);
    ib_network_destroy(at_output);
    ib_network_destroy(at_logits);
    ib_network_destroy(floats);
}

/* All points at once: layer by layer, the state, then what differs; the same values as one by one. */
static void whole_plane(void **state)
{
    fixture *f = *state;
    ib_plane *plane = NULL;
    assert_ok(f->context, ib_plane_create(f->context, &plane));
    ib_network *quantised = network_of(f, IB_ACTIVATION_RELU, 4, IB_GRID_NUDGED, IB_QUANTISE_LOGITS);
    ib_network *floats = network_of(f, IB_ACTIVATION_RELU, 32, IB_GRID_UNIFORM, IB_QUANTISE_OUTPUT);
    const ib_network *networks[2] = {quantised, floats};
    for (size_t n = 0; n < 2; n++) {
        size_t i = 0;
        ib_plane_reset(plane);
        assert_ok(f->context, ib_observer_measure(f->observer, networks[n], 17, plane));
        for (size_t layer = 1; layer <= 3; layer++) {
            for (uint32_t m = 0; m < IB_MEASURE_BINNED; m++) {
                if (m != IB_MEASURE_STATE && !ib_observer_differs(networks[n], layer, m))
                    continue;
                ib_point expected = measure(f, networks[n], layer, m);
                assert_true(i < ib_plane_count(plane));
                assert_memory_equal(&ib_plane_points(plane)[i++], &expected, sizeof expected);
            }
        }
        assert_int_equal(ib_plane_count(plane), i);
    }
    ib_network_destroy(quantised);
    ib_network_destroy(floats);
    ib_plane_destroy(plane);
}

/* After the first time, measuring allocates nothing. */
static void allocates_once(void **state)
{
    fixture *f = *state;
    ib_network *network = network_of(f, IB_ACTIVATION_TANH, 8, IB_GRID_NUDGED, IB_QUANTISE_LOGITS);
    ib_plane *plane = NULL;
    assert_ok(f->context, ib_plane_create(f->context, &plane));
    assert_ok(f->context, ib_observer_measure(f->observer, network, 0, plane));
    ib_plane_reset(plane);
    f->memory.refuse_after = 0;
    assert_ok(f->context, ib_observer_measure(f->observer, network, 1, plane));
    f->memory.refuse_after = SIZE_MAX;
    ib_network_destroy(network);
    ib_plane_destroy(plane);
}

/* A constant layer has one state and no bits. */
static void constant_layers(void **state)
{
    fixture *f = *state;
    static const uint32_t bits[] = {4, 32};
    for (size_t b = 0; b < 2; b++) {
        ib_network *network = network_of(f, IB_ACTIVATION_RELU, bits[b], IB_GRID_UNIFORM, IB_QUANTISE_LOGITS);
        memset(ib_network_parameters(network), 0, ib_network_parameter_count(network) * sizeof(float));
        assert_ok(f->context, ib_network_forward(network, IB_PASS_INFERENCE, ib_dataset_inputs(f->dataset)));
        for (size_t layer = 1; layer <= 3; layer++) {
            for (uint32_t m = 0; m < IB_MEASURE_BINNED; m++) {
                ib_point point = measure(f, network, layer, m);
                assert_true(point.states == 1 && point.i_xt == 0 && point.i_ty == 0);
            }
        }
        ib_network_destroy(network);
    }
}

/* Float outputs from 0 to 1 in bins of 2^-32. Half-way values go to the even bin: 0.5 to 0, 1.5 and 2.5 to 2. */
static void ties_to_even(void **state)
{
    fixture *f = *state;
    static const float bins[8] = {0, 0x1p32f, 0.5f, 1.5f, 2.5f, 2, 3.5f, 4};
    static const uint32_t labels[8] = {0, 1, 0, 1, 0, 1, 0, 1};
    float inputs[8], one = 1;
    for (size_t i = 0; i < 8; i++)
        inputs[i] = bins[i] * 0x1p-32f;
    ib_layer_options options = test_layer_options(1, IB_ACTIVATION_LINEAR);
    ib_tensor *x = test_tensor_of(f->context, 8, 1, inputs), *kernel = test_tensor_of(f->context, 1, 1, &one);
    ib_dataset *dataset = NULL;
    ib_observer *observer = NULL;
    ib_network *network = NULL;
    ib_point point;
    assert_ok(f->context, ib_dataset_create(f->context, x, labels, 2, &dataset));
    assert_ok(f->context, ib_observer_create(dataset, &observer));
    assert_ok(f->context, ib_network_create(f->context, 1, &network));
    assert_ok(f->context, ib_network_add_layer(network, &options));
    assert_ok(f->context, ib_network_set_weights(network, 1, kernel, NULL));
    assert_ok(f->context, ib_network_forward(network, IB_PASS_INFERENCE, x));
    assert_ok(f->context, ib_observer_measure_layer(observer, network, 1, IB_MEASURE_STATE, 0, &point));
    assert_int_equal(point.states, 8);
    assert_ok(f->context, ib_observer_measure_layer(observer, network, 1, IB_MEASURE_REBINNED, 0, &point));
    assert_int_equal(point.states, 4); /* 2, 1, 3 and 2 rows */
    assert_close(point.i_xt, 2 * 0.25 * 2 + 0.125 * 3 + 0.375 * log2(8.0 / 3), 1e-12, 0);
    ib_network_destroy(network);
    ib_observer_destroy(observer);
    ib_dataset_destroy(dataset);
    ib_tensor_destroy(x);
    ib_tensor_destroy(kernel);
}

static void refusals(void **state)
{
    fixture *f = *state;
    ib_network *network = network_of(f, IB_ACTIVATION_TANH, 4, IB_GRID_UNIFORM, IB_QUANTISE_OUTPUT);
    ib_plane *plane = NULL;
    ib_point point = {.states = 42};
    ib_tensor *few = test_tensor(f->context, 5, BITS);
    ib_observer *observer = f->observer;
    assert_ok(f->context, ib_plane_create(f->context, &plane));
    assert_int_equal(ib_observer_create(NULL, &observer), IB_ERR_ARG);
    assert_int_equal(ib_observer_create(f->dataset, NULL), IB_ERR_ARG);
    observer = f->observer;
    assert_fails(f->context, IB_ERR_ARG, "", ib_observer_measure_layer(observer, network, 0, 0, 0, &point));
    assert_fails(f->context, IB_ERR_ARG, "", ib_observer_measure_layer(observer, network, 4, 0, 0, &point));
    assert_fails(f->context, IB_ERR_ARG, "", ib_observer_measure_layer(observer, network, 1, 3, 0, &point));
    assert_fails(f->context, IB_ERR_ARG, "", ib_observer_measure_layer(observer, network, 1, 0, 0, NULL));
    assert_fails(f->context, IB_ERR_ARG, "", ib_observer_measure_layer(observer, NULL, 1, 0, 0, &point));
    assert_int_equal(ib_observer_measure_layer(NULL, network, 1, 0, 0, &point), IB_ERR_ARG);
    assert_int_equal(ib_observer_measure(NULL, network, 0, plane), IB_ERR_ARG);
    assert_fails(f->context, IB_ERR_ARG, "", ib_observer_measure(observer, NULL, 0, plane));
    assert_fails(f->context, IB_ERR_ARG, "", ib_observer_measure(observer, network, 0, NULL));
    assert_ok(f->context, ib_network_forward(network, IB_PASS_INFERENCE, few));
    assert_fails(f->context, IB_ERR_STATE, "128", ib_observer_measure_layer(observer, network, 1, 0, 0, &point));
    assert_fails(f->context, IB_ERR_STATE, "128", ib_observer_measure(observer, network, 0, plane));
    assert_ok(f->context, ib_network_forward(network, IB_PASS_TRAINING, ib_dataset_inputs(f->dataset)));
    assert_fails(f->context, IB_ERR_STATE, "inference", ib_observer_measure_layer(observer, network, 1, 0, 0, &point));
    assert_ok(f->context, ib_network_forward(network, IB_PASS_INFERENCE, ib_dataset_inputs(f->dataset)));
    assert_non_null(ib_network_parameters(network)); /* the pass is over */
    assert_fails(f->context, IB_ERR_STATE, "", ib_observer_measure(observer, network, 0, plane));
    assert_int_equal(ib_plane_count(plane), 0);
    assert_int_equal(point.states, 42);
    ib_observer_destroy(NULL);
    ib_tensor_destroy(few);
    ib_plane_destroy(plane);
    ib_network_destroy(network);
}

static ib_status life(ib_context *context, void *user_data)
{
    ib_dataset *dataset = NULL;
    ib_observer *observer = NULL;
    ib_network *network = NULL;
    ib_plane *plane = NULL;
    ib_layer_options options = test_layer_options(CLASSES, IB_ACTIVATION_SOFTMAX);
    options.activations = user_data;
    options.quantise_at = IB_QUANTISE_LOGITS;
    ib_status status = ib_dataset_create_patterns(context, BITS, CLASSES, by_ones, NULL, &dataset);
    if (status == IB_OK)
        status = ib_observer_create(dataset, &observer);
    if (status == IB_OK)
        status = ib_plane_create(context, &plane);
    if (status == IB_OK)
        status = ib_network_create(context, BITS, &network);
    if (status == IB_OK)
        status = ib_network_add_layer(network, &options);
    if (status == IB_OK)
        status = ib_network_forward(network, IB_PASS_INFERENCE, ib_dataset_inputs(dataset));
    if (status == IB_OK)
        status = ib_observer_measure(observer, network, 0, plane);
    ib_plane_destroy(plane);
    ib_network_destroy(network);
    ib_observer_destroy(observer);
    ib_dataset_destroy(dataset);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    ib_quant_options quant = test_quant_options(4, IB_GRID_NUDGED, IB_RANGE_MOVING);
    test_every_failed_allocation(life, &quant);
    test_every_failed_allocation(life, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_kind_of_layer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_differs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whole_plane, set_up, tear_down),
        cmocka_unit_test_setup_teardown(allocates_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(constant_layers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ties_to_even, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals, set_up, tear_down),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
