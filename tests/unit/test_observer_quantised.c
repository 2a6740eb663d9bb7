/* Networks that are quantised after their training: the same as built by hand, for every kind of layer. */
#define _POSIX_C_SOURCE 200809L
#include "information.h"

#include <stdlib.h>
#include <string.h>

enum { BITS = 7, ROWS = 128, LAYERS = 3 };

/* Labels by the number of ones; with more than 16 classes layers are counted one by one. */
static int32_t by_ones(uint32_t pattern, uint32_t bits, uint32_t *label, void *user_data)
{
    const uint32_t *classes = user_data;
    *label = 0;
    for (uint32_t i = 0; i < bits; i++)
        *label += pattern >> i & 1;
    *label = (*label + pattern) % *classes;
    return 0;
}

typedef struct fixture {
    test_memory memory;
    ib_context *context;
    ib_dataset *dataset;
    ib_observer *observer;
    ib_plane *plane;
    uint32_t classes;
} fixture;

static void begin(fixture *f, uint32_t classes)
{
    *f = (fixture){.classes = classes};
    f->context = test_context(&f->memory);
    assert_ok(f->context, ib_dataset_create_patterns(f->context, BITS, classes, by_ones, &f->classes, &f->dataset));
    assert_ok(f->context, ib_observer_create(f->dataset, &f->observer));
    assert_ok(f->context, ib_plane_create(f->context, &f->plane));
}

static void end(fixture *f)
{
    ib_dataset_destroy(f->dataset);
    ib_observer_destroy(f->observer);
    ib_plane_destroy(f->plane);
    ib_context_destroy(f->context);
    assert_int_equal(f->memory.live, 0);
}

/* Layers of 6, 2 and 3, the last one softmax; `bits` 0: not quantised. */
static ib_status create(ib_context *context, uint32_t activation, uint32_t bits, uint32_t weight_bits,
                        ib_network **network)
{
    static const uint32_t widths[LAYERS] = {6, 2, 3};
    const ib_quant_options activations = test_quant_options(bits, IB_GRID_UNIFORM, IB_RANGE_TENSOR);
    const ib_quant_options weights = test_quant_options(weight_bits, IB_GRID_UNIFORM, IB_RANGE_TENSOR);
    ib_status status = ib_network_create(context, BITS, network);
    for (size_t l = 0; l < LAYERS && status == IB_OK; l++) {
        ib_layer_options options = test_layer_options(widths[l], l == 2 ? IB_ACTIVATION_SOFTMAX : activation);
        options.activations = bits ? &activations : NULL;
        options.weights = weight_bits ? &weights : NULL;
        options.quantise_at = bits ? IB_QUANTISE_OUTPUT : IB_QUANTISE_LOGITS; /* which is nothing without a quantiser */
        status = ib_network_add_layer(*network, &options);
    }
    return status;
}

static ib_network *network_of(fixture *f, uint32_t activation, uint32_t bits, uint32_t weight_bits)
{
    ib_network *network = NULL;
    assert_ok(f->context, create(f->context, activation, bits, weight_bits, &network));
    return network;
}

static void pass(fixture *f, ib_network *network)
{
    assert_ok(f->context, ib_network_forward(network, IB_PASS_INFERENCE, ib_dataset_inputs(f->dataset)));
}

/* The source's weights, handed over layer by layer as a caller would. */
static void take_weights(fixture *f, const ib_network *source, ib_network *network)
{
    for (size_t l = 1; l <= LAYERS; l++) {
        const size_t inputs = ib_network_width(source, l - 1), width = ib_network_width(source, l);
        ib_tensor *kernel = test_tensor(f->context, inputs, width), *bias = NULL;
        assert_ok(f->context, ib_tensor_create(f->context, 1, &width, &bias));
        assert_ok(f->context, ib_network_get_weights(source, l, kernel, bias));
        assert_ok(f->context, ib_network_set_weights(network, l, kernel, bias));
        ib_tensor_destroy(kernel);
        ib_tensor_destroy(bias);
    }
}

/* The next point of the plane by a quantised network, from `*at` on. */
static const ib_point *next_quantised(const ib_plane *plane, size_t *at, uint32_t number)
{
    const ib_point *points = ib_plane_points(plane);
    while (*at < ib_plane_count(plane) &&
           (points[*at].measure != IB_MEASURE_QUANTISED || points[*at].estimator != number))
        ++*at;
    assert_true(*at < ib_plane_count(plane));
    return &points[(*at)++];
}

/* Points of quantised network `number` are those of the layers built by hand: found by another observer, and by
 * sorting. */
static void assert_as_by_hand(fixture *f, const ib_network *source, uint32_t activation, uint32_t bits,
                              uint32_t weight_bits, uint32_t number)
{
    ib_network *hand = network_of(f, activation, bits, weight_bits);
    ib_observer *plain = NULL;
    size_t at = 0;
    assert_ok(f->context, ib_observer_create(f->dataset, &plain));
    take_weights(f, source, hand);
    pass(f, hand);
    for (uint32_t layer = 1; layer <= LAYERS; layer++) {
        ib_point expected;
        const ib_point *actual = next_quantised(f->plane, &at, number);
        assert_ok(f->context, ib_observer_measure_layer(plain, hand, layer, IB_MEASURE_STATE, 17, &expected));
        expected.measure = IB_MEASURE_QUANTISED;
        expected.estimator = number;
        assert_memory_equal(actual, &expected, sizeof expected);
        information_assert_point(actual, information_of_layer(hand, layer, IB_MEASURE_STATE, ROWS,
                                                              ib_dataset_labels(f->dataset), f->classes));
    }
    ib_observer_destroy(plain);
    ib_network_destroy(hand);
}

static const uint32_t ways[][2] = {{1, 0}, {2, 0}, {4, 4}, {8, 0}, {8, 1}, {9, 16}, {16, 3}, {16, 0}};
enum { WAYS = sizeof ways / sizeof ways[0] };

static void add_all(fixture *f)
{
    for (uint32_t i = 0; i < WAYS; i++) {
        uint32_t number = 99;
        assert_ok(f->context, ib_observer_add_quantised(f->observer, ways[i][0], ways[i][1], &number));
        assert_int_equal(number, i + 1);
    }
}

static void as_by_hand(uint32_t classes)
{
    fixture f;
    begin(&f, classes);
    add_all(&f);
    for (uint32_t activation = IB_ACTIVATION_LINEAR; activation < IB_ACTIVATION_SOFTMAX; activation++) {
        ib_network *network = network_of(&f, activation, 0, 0);
        for (int epoch = 0; epoch < 3; epoch++) { /* the weights move, the observer is the same */
            test_fill(ib_network_parameters(network), ib_network_parameter_count(network), -1 - epoch, 1);
            pass(&f, network);
            ib_plane_reset(f.plane);
            assert_ok(f.context, ib_observer_measure(f.observer, network, 17, f.plane));
            assert_int_equal(ib_plane_count(f.plane), LAYERS * (2 + WAYS) + 1);
            for (uint32_t i = 0; i < WAYS; i++)
                assert_as_by_hand(&f, network, activation, ways[i][0], ways[i][1], i + 1);
        }
        ib_network_destroy(network);
    }
    end(&f);
}

static void layers_together(void **state)
{
    (void)state;
    as_by_hand(3);
}

static void layers_one_by_one(void **state)
{
    (void)state;
    as_by_hand(20);
}

/* The observer compares both itself. */
static void with_check(void **state)
{
    (void)state;
    assert_int_equal(setenv("LIBIB_CHECK", "1", 1), 0);
    as_by_hand(2);
    assert_int_equal(unsetenv("LIBIB_CHECK"), 0);
}

/* The network that is measured, its pass and its own points are as if nobody had quantised it. */
static void source_is_not_disturbed(void **state)
{
    fixture f;
    ib_plane *plain_plane = NULL;
    ib_observer *plain = NULL;
    (void)state;
    begin(&f, 3);
    add_all(&f);
    ib_network *network = network_of(&f, IB_ACTIVATION_RELU, 0, 0);
    const size_t count = ib_network_parameter_count(network);
    float *weights = test_zeros(count, sizeof *weights);
    ib_tensor *before = test_tensor(f.context, ROWS, 6), *after = test_tensor(f.context, ROWS, 6);
    test_fill(ib_network_parameters(network), count, -1, 1);
    memcpy(weights, ib_network_parameters(network), count * sizeof *weights);
    pass(&f, network);
    assert_ok(f.context, ib_network_read_values(network, 1, NULL, ROWS, before));
    assert_ok(f.context, ib_observer_measure(f.observer, network, 17, f.plane));
    assert_ok(f.context, ib_network_read_values(network, 1, NULL, ROWS, after));
    assert_memory_equal(ib_tensor_read(before), ib_tensor_read(after), ROWS * 6 * sizeof(float));
    assert_ok(f.context, ib_observer_create(f.dataset, &plain));
    assert_ok(f.context, ib_plane_create(f.context, &plain_plane));
    assert_ok(f.context, ib_observer_measure(plain, network, 17, plain_plane));
    size_t at = 0;
    for (size_t i = 0; i < ib_plane_count(f.plane); i++)
        if (ib_plane_points(f.plane)[i].measure != IB_MEASURE_QUANTISED)
            assert_memory_equal(&ib_plane_points(f.plane)[i], &ib_plane_points(plain_plane)[at++], sizeof(ib_point));
    assert_int_equal(at, ib_plane_count(plain_plane));
    assert_memory_equal(ib_network_parameters(network), weights, count * sizeof *weights);
    free(weights);
    ib_tensor_destroy(before);
    ib_tensor_destroy(after);
    ib_plane_destroy(plain_plane);
    ib_observer_destroy(plain);
    ib_network_destroy(network);
    end(&f);
}

/* They are layers of a network: none knows more than the one before. */
static void no_layer_knows_more(void **state)
{
    fixture f;
    (void)state;
    begin(&f, 3);
    add_all(&f);
    for (int round = 0; round < 20; round++) {
        ib_network *network = network_of(&f, round % 2 ? IB_ACTIVATION_RELU : IB_ACTIVATION_TANH, 0, 0);
        test_fill(ib_network_parameters(network), ib_network_parameter_count(network), -2, 2);
        pass(&f, network);
        ib_plane_reset(f.plane);
        assert_ok(f.context, ib_observer_measure(f.observer, network, 0, f.plane));
        for (uint32_t i = 1; i <= WAYS; i++) {
            size_t at = 0;
            const ib_point *before = next_quantised(f.plane, &at, i);
            for (uint32_t layer = 2; layer <= LAYERS; layer++) {
                const ib_point *point = next_quantised(f.plane, &at, i);
                assert_true(point->states <= before->states && point->i_xt <= before->i_xt + 1e-12 &&
                            point->i_ty <= before->i_ty + 1e-12 && point->i_ty <= point->i_xt + 1e-12);
                before = point;
            }
        }
        ib_network_destroy(network);
    }
    end(&f);
}

/* One observer, networks of different layers one after the other. */
static void other_layers(void **state)
{
    fixture f;
    (void)state;
    begin(&f, 3);
    assert_ok(f.context, ib_observer_add_quantised(f.observer, 2, 2, NULL));
    for (int round = 0; round < 4; round++) {
        const uint32_t activation = round < 2 ? IB_ACTIVATION_SIGMOID : IB_ACTIVATION_RELU;
        ib_network *network = network_of(&f, activation, 0, 0), *single = NULL;
        ib_layer_options options = test_layer_options(9, IB_ACTIVATION_TANH);
        assert_ok(f.context, ib_network_create(f.context, BITS, &single));
        assert_ok(f.context, ib_network_add_layer(single, &options));
        test_fill(ib_network_parameters(network), ib_network_parameter_count(network), -1, 1);
        test_fill(ib_network_parameters(single), ib_network_parameter_count(single), -1, 1);
        pass(&f, network);
        pass(&f, single);
        ib_plane_reset(f.plane);
        assert_ok(f.context, ib_observer_measure(f.observer, single, 17, f.plane));
        assert_int_equal(ib_plane_count(f.plane), 3);
        assert_int_equal(ib_plane_points(f.plane)[2].measure, IB_MEASURE_QUANTISED);
        ib_plane_reset(f.plane);
        assert_ok(f.context, ib_observer_measure(f.observer, network, 17, f.plane));
        assert_as_by_hand(&f, network, activation, 2, 2, 1);
        ib_network_destroy(network);
        ib_network_destroy(single);
    }
    end(&f);
}

static void refusals(void **state)
{
    static const uint32_t wrong[][2] = {{0, 0}, {17, 0}, {32, 0}, {8, 17}, {8, 32}, {UINT32_MAX, UINT32_MAX}};
    fixture f;
    uint32_t number = 42;
    (void)state;
    begin(&f, 3);
    assert_int_equal(ib_observer_add_quantised(NULL, 8, 0, &number), IB_ERR_ARG);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_fails(f.context, IB_ERR_RANGE, "bits",
                     ib_observer_add_quantised(f.observer, wrong[i][0], wrong[i][1], &number));
    assert_int_equal(number, 42);
    assert_ok(f.context, ib_observer_add_quantised(f.observer, 8, 0, NULL));
    ib_network *activations = network_of(&f, IB_ACTIVATION_TANH, 8, 0);
    ib_network *weights = network_of(&f, IB_ACTIVATION_TANH, 0, 8);
    ib_network *networks[] = {activations, weights};
    for (size_t i = 0; i < 2; i++) {
        test_fill(ib_network_parameters(networks[i]), ib_network_parameter_count(networks[i]), -1, 1);
        pass(&f, networks[i]);
        assert_fails(f.context, IB_ERR_STATE, "layer 1", ib_observer_measure(f.observer, networks[i], 0, f.plane));
    }
    ib_network *wide = NULL;
    ib_layer_options options = test_layer_options(2, IB_ACTIVATION_LINEAR);
    ib_tensor *x = test_tensor_random(f.context, ROWS, BITS + 1, 0, 1);
    assert_ok(f.context, ib_network_create(f.context, BITS + 1, &wide));
    assert_ok(f.context, ib_network_add_layer(wide, &options));
    assert_ok(f.context, ib_network_forward(wide, IB_PASS_INFERENCE, x));
    assert_fails(f.context, IB_ERR_SHAPE, "inputs", ib_observer_measure(f.observer, wide, 0, f.plane));
    assert_int_equal(ib_plane_count(f.plane), 0);
    ib_network_destroy(activations);
    ib_network_destroy(weights);
    ib_network_destroy(wide);
    ib_tensor_destroy(x);
    end(&f);
}

/* Outputs beyond all numbers have no range. */
static void outputs_that_are_not_finite(void **state)
{
    fixture f;
    (void)state;
    begin(&f, 3);
    assert_ok(f.context, ib_observer_add_quantised(f.observer, 8, 0, NULL));
    ib_network *network = network_of(&f, IB_ACTIVATION_LINEAR, 0, 0);
    for (size_t i = 0; i < ib_network_parameter_count(network); i++)
        ib_network_parameters(network)[i] = 3e38f;
    pass(&f, network);
    assert_fails(f.context, IB_ERR_NONFINITE, "", ib_observer_measure(f.observer, network, 0, f.plane));
    assert_int_equal(ib_plane_count(f.plane), 0);
    ib_network_destroy(network);
    end(&f);
}

static void allocates_once(void **state)
{
    fixture f;
    (void)state;
    begin(&f, 3);
    add_all(&f);
    ib_network *network = network_of(&f, IB_ACTIVATION_TANH, 0, 0);
    test_fill(ib_network_parameters(network), ib_network_parameter_count(network), -1, 1);
    pass(&f, network);
    assert_ok(f.context, ib_observer_measure(f.observer, network, 0, f.plane));
    ib_plane_reset(f.plane);
    f.memory.refuse_after = 0;
    assert_ok(f.context, ib_observer_measure(f.observer, network, 1, f.plane));
    f.memory.refuse_after = SIZE_MAX;
    ib_network_destroy(network);
    end(&f);
}

static ib_status add_and_measure(ib_context *context, void *user_data)
{
    uint32_t classes = 3;
    ib_dataset *dataset = NULL;
    ib_observer *observer = NULL;
    ib_plane *plane = NULL;
    ib_network *network = NULL;
    (void)user_data;
    ib_status status = ib_dataset_create_patterns(context, BITS, classes, by_ones, &classes, &dataset);
    if (status == IB_OK)
        status = ib_observer_create(dataset, &observer);
    if (status == IB_OK)
        status = ib_plane_create(context, &plane);
    if (status == IB_OK)
        status = create(context, IB_ACTIVATION_TANH, 0, 0, &network);
    if (status == IB_OK)
        status = ib_network_forward(network, IB_PASS_INFERENCE, ib_dataset_inputs(dataset));
    for (uint32_t bits = 4; bits < 6 && status == IB_OK; bits++)
        status = ib_observer_add_quantised(observer, bits, bits, NULL);
    if (status == IB_OK)
        status = ib_observer_measure(observer, network, 0, plane);
    ib_network_destroy(network);
    ib_plane_destroy(plane);
    ib_observer_destroy(observer);
    ib_dataset_destroy(dataset);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(add_and_measure, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_together),
        cmocka_unit_test(layers_one_by_one),
        cmocka_unit_test(with_check),
        cmocka_unit_test(source_is_not_disturbed),
        cmocka_unit_test(no_layer_knows_more),
        cmocka_unit_test(other_layers),
        cmocka_unit_test(refusals),
        cmocka_unit_test(outputs_that_are_not_finite),
        cmocka_unit_test(allocates_once),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
