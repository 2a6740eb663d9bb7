/* Layers counted together against each layer counted by itself: the same points, bit for bit. */
#define _POSIX_C_SOURCE 200809L
#include "nn.h"
#include "runs.h"

#include "nn/network.h"

#include <stdlib.h>
#include <string.h>

/* The newest points of a plane are those of a pass, and each is what it is by its definition. */
static void assert_as_alone(ib_context *context, ib_observer *observer, const ib_network *network, uint32_t epoch,
                            const ib_plane *plane)
{
    size_t i = ib_plane_count(plane);
    for (size_t layer = ib_network_layers(network); layer >= 1; layer--) {
        for (uint32_t m = IB_MEASURE_COUNT; m-- > 0;) {
            ib_point alone;
            if (m != IB_MEASURE_STATE && !ib_observer_differs(network, layer, m))
                continue;
            assert_ok(context, ib_observer_measure_layer(observer, network, layer, m, epoch, &alone));
            assert_true(i > 0);
            assert_memory_equal(&ib_plane_points(plane)[--i], &alone, sizeof alone);
        }
    }
}

typedef struct watch {
    ib_context *context;
    ib_observer *observer;
} watch;

static void compare(const ib_epoch *epoch, ib_network *network, const ib_plane *plane, void *user_data)
{
    const watch *own = user_data;
    assert_as_alone(own->context, own->observer, network, epoch->epoch, plane);
}

/* Every setting, as it is trained: the best layer to start from moves with the epochs. */
static void settings(ib_context *context)
{
    static const uint32_t bits[] = {1, 2, 4, 8, 32};
    ib_dataset *dataset = NULL;
    watch own = {.context = context};
    assert_ok(context, ib_dataset_create_icosahedron(context, &dataset));
    assert_ok(context, ib_observer_create(dataset, &own.observer));
    for (uint32_t preset = 0; preset < IB_PRESET_COUNT; preset++) {
        for (uint32_t activation = IB_ACTIVATION_TANH; activation <= IB_ACTIVATION_RELU; activation++) {
            for (size_t b = preset == IB_PRESET_PAPER ? 0 : 1; b < 5; b++) {
                const test_run what = {preset, activation, bits[b], test_quick() ? 1 : 12, 1, b};
                (void)test_run_train(context, &what, compare, &own);
            }
        }
    }
    ib_observer_destroy(own.observer);
    ib_dataset_destroy(dataset);
}

static void every_setting(void **state)
{
    (void)state;
    test_every_kernels(settings);
}

/* Inputs out of a few values, both zeros among them, so that rows repeat. */
static ib_tensor *few_values(ib_context *context, size_t rows, size_t columns)
{
    static const float values[] = {0.0f, -0.0f, 1.0f, -1.0f, 0.5f};
    ib_tensor *x = test_tensor(context, rows, columns);
    const size_t n = 2 + test_random_below(4);
    for (size_t i = 0; i < rows * columns; i++)
        ib_tensor_data(x)[i] = values[test_random_below(n)];
    return x;
}

static ib_dataset *random_dataset(ib_context *context, size_t columns)
{
    const size_t rows = 1 + test_random_below(400);
    const uint32_t classes = 1 + (uint32_t)test_random_below(20);
    ib_tensor *x = few_values(context, rows, columns);
    uint32_t *labels = test_zeros(rows, sizeof *labels);
    for (size_t i = 0; i < rows; i++)
        labels[i] = (uint32_t)test_random_below(classes);
    ib_dataset *dataset = NULL;
    assert_ok(context, ib_dataset_create(context, x, labels, classes, &dataset));
    free(labels);
    ib_tensor_destroy(x);
    return dataset;
}

static void add_random_layer(ib_context *context, ib_network *network, int is_last)
{
    static const uint32_t activations[] = {IB_ACTIVATION_LINEAR, IB_ACTIVATION_TANH, IB_ACTIVATION_RELU,
                                           IB_ACTIVATION_SIGMOID};
    ib_quant_options quant = test_quant_options(1 + (uint32_t)test_random_below(16), (uint32_t)test_random_below(2),
                                                (uint32_t)test_random_below(6));
    quant.bits += quant.grid == IB_GRID_NUDGED && quant.bits == 1; /* which has 2 bits at least */
    if (quant.range == IB_RANGE_FIXED) {
        quant.initial_min = -0.5f;
        quant.initial_max = 0.5f;
    }
    const uint32_t activation = is_last ? IB_ACTIVATION_SOFTMAX : activations[test_random_below(4)];
    ib_layer_options options = test_layer_options(1 + (uint32_t)test_random_below(6), activation);
    options.quantise_at = (uint32_t)test_random_below(2);
    options.activations = test_random_below(3) ? &quant : NULL;
    assert_ok(context, ib_network_add_layer(network, &options));
}

/* Weights of which some are 0 or -0, so that sums can be. */
static void fill_weights(ib_network *network)
{
    float *weights = ib_network_parameters(network);
    const size_t n = ib_network_parameter_count(network);
    test_fill(weights, n, -1, 1);
    for (size_t i = 0; i < n; i++)
        weights[i] = test_random_below(3) ? weights[i] : test_random_below(2) ? 0.0f : -0.0f;
}

static void random_networks(ib_context *context)
{
    for (int trial = 0; trial < (test_quick() ? 10 : 150); trial++) {
        const size_t columns = 1 + test_random_below(8);
        ib_dataset *dataset = random_dataset(context, columns);
        ib_observer *observer = NULL;
        ib_plane *plane = NULL;
        assert_ok(context, ib_observer_create(dataset, &observer));
        assert_ok(context, ib_plane_create(context, &plane));
        for (uint32_t pass = 0; pass < 4; pass++) { /* starts from where the last network had its states */
            ib_network *network = NULL;
            assert_ok(context, ib_network_create(context, columns, &network));
            for (size_t layers = 1 + test_random_below(6); layers > 0; layers--)
                add_random_layer(context, network, layers == 1 && test_random_below(2));
            for (int again = 0; again < 2; again++) {
                fill_weights(network);
                assert_ok(context, ib_network_forward(network, IB_PASS_INFERENCE, ib_dataset_inputs(dataset)));
                assert_ok(context, ib_observer_measure(observer, network, pass, plane));
                assert_as_alone(context, observer, network, pass, plane);
            }
            ib_network_destroy(network);
        }
        ib_plane_destroy(plane);
        ib_observer_destroy(observer);
        ib_dataset_destroy(dataset);
    }
}

static void any_network(void **state)
{
    (void)state;
    test_every_kernels(random_networks);
}

/* What the way forwards stands on: no activation tells the zeros apart in a way that counting would. */
static void zeros_stay_equal(ib_context *context)
{
    for (uint32_t activation = 0; activation <= IB_ACTIVATION_SOFTMAX; activation++) {
        _Alignas(64) float in[2 * IB_I_PANEL] = {0}, out[2 * IB_I_PANEL];
        for (size_t i = 0; i < 2 * IB_I_PANEL; i += 2)
            in[i] = -0.0f;
        if (activation == IB_ACTIVATION_SOFTMAX)
            context->kernels->softmax_forward(1, 2, in, out);
        else
            context->kernels->activation_forward(activation, 2 * IB_I_PANEL, in, out);
        for (size_t i = 1; i < 2 * IB_I_PANEL; i++)
            assert_true(out[i] == out[0]);
    }
}

static void both_zeros(void **state)
{
    (void)state;
    test_every_kernels(zeros_stay_equal);
}

/* LIBIB_CHECK=1 finds what no pass can leave: a layer that tells rows apart which are equal in the layer before. */
static void check_finds_a_difference(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_dataset *dataset = test_majority(context, 7);
    const ib_quant_options quant = test_quant_options(8, IB_GRID_UNIFORM, IB_RANGE_EPOCH);
    ib_observer *checking = NULL;
    ib_network *network = NULL;
    ib_plane *plane = NULL;
    assert_int_equal(setenv("LIBIB_CHECK", "1", 1), 0);
    assert_ok(context, ib_observer_create(dataset, &checking));
    assert_int_equal(unsetenv("LIBIB_CHECK"), 0);
    assert_ok(context, ib_plane_create(context, &plane));
    assert_ok(context, ib_network_create(context, 7, &network));
    for (size_t l = 0; l < 2; l++) {
        ib_layer_options options = test_layer_options(2, IB_ACTIVATION_TANH);
        options.activations = &quant;
        assert_ok(context, ib_network_add_layer(network, &options));
    }
    test_fill(ib_network_parameters(network), ib_network_parameter_count(network), -1, 1);
    assert_ok(context, ib_network_forward(network, IB_PASS_INFERENCE, ib_dataset_inputs(dataset)));
    assert_ok(context, ib_observer_measure(checking, network, 0, plane));
    const size_t points = ib_plane_count(plane);
    memset(network->layer[0].codes, 0, 2 * 2 * IB_I_PANEL);
    assert_fails(context, IB_ERR_INTERNAL, "alone", ib_observer_measure(checking, network, 1, plane));
    assert_int_equal(ib_plane_count(plane), points);
    ib_plane_destroy(plane);
    ib_network_destroy(network);
    ib_observer_destroy(checking);
    ib_dataset_destroy(dataset);
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_setting),
        cmocka_unit_test(any_network),
        cmocka_unit_test(both_zeros),
        cmocka_unit_test(check_finds_a_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
