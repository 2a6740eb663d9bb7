/* Ranges of passes, against outputs that are read back. */
#include "nn.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { LAYERS = 3, INPUTS = 5, ROWS = 70 };

typedef struct fixture {
    test_memory memory;
    ib_context *context;
    ib_network *network;
    ib_ranges *ranges;
} fixture;

static ib_network *network_of(ib_context *context, size_t layers)
{
    static const uint32_t widths[LAYERS] = {4, 3, 2};
    static const uint32_t activations[LAYERS] = {IB_ACTIVATION_RELU, IB_ACTIVATION_LINEAR, IB_ACTIVATION_SOFTMAX};
    ib_network *network = NULL;
    assert_ok(context, ib_network_create(context, INPUTS, &network));
    for (size_t l = 0; l < layers; l++) {
        ib_layer_options options = test_layer_options(widths[l], activations[l]);
        assert_ok(context, ib_network_add_layer(network, &options));
    }
    return network;
}

static int set_up(void **state)
{
    fixture *made = test_zeros(1, sizeof *made);
    made->context = test_context(&made->memory);
    made->network = network_of(made->context, LAYERS);
    assert_ok(made->context, ib_ranges_create(made->context, LAYERS, &made->ranges));
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    fixture *made = *state;
    ib_network_destroy(made->network);
    ib_context_destroy(made->context);
    ib_ranges_destroy(made->ranges);
    assert_int_equal(made->memory.live, 0);
    free(made);
    return 0;
}

/* A pass with new weights over new inputs. */
static void make_pass(fixture *f)
{
    ib_tensor *x = test_tensor_random(f->context, ROWS, INPUTS, -1, 1);
    test_fill(ib_network_parameters(f->network), ib_network_parameter_count(f->network), -2, 2);
    assert_ok(f->context, ib_network_forward(f->network, IB_PASS_INFERENCE, x));
    ib_tensor_destroy(x);
}

/* The smallest and largest output of a layer, read back, widen what was there. */
static void widen(fixture *f, size_t layer, float *min, float *max)
{
    const size_t width = ib_network_width(f->network, layer);
    ib_tensor *values = test_tensor(f->context, ROWS, width);
    assert_ok(f->context, ib_network_read_values(f->network, layer, NULL, ROWS, values));
    for (size_t i = 0; i < ROWS * width; i++) {
        *min = fminf(*min, ib_tensor_read(values)[i]);
        *max = fmaxf(*max, ib_tensor_read(values)[i]);
    }
    ib_tensor_destroy(values);
}

static void assert_range(fixture *f, size_t layer, float expected_min, float expected_max)
{
    float min, max;
    assert_ok(f->context, ib_ranges_get(f->ranges, layer, &min, &max));
    assert_true(min == expected_min && max == expected_max);
}

static void passes(void **state)
{
    fixture *f = *state;
    for (int again = 0; again < 2; again++) {
        float min[LAYERS + 1], max[LAYERS + 1];
        for (size_t l = 0; l <= LAYERS; l++) {
            min[l] = INFINITY;
            max[l] = -INFINITY;
        }
        for (int pass = 0; pass < 10; pass++) {
            make_pass(f);
            assert_ok(f->context, ib_ranges_add(f->ranges, f->network));
            for (size_t l = 1; l <= LAYERS; l++) {
                widen(f, l, &min[l], &max[l]);
                widen(f, l, &min[0], &max[0]);
            }
            for (size_t l = 0; l <= LAYERS; l++)
                assert_range(f, l, min[l], max[l]);
        }
        assert_true(min[1] == 0 && max[1] > 0 && min[2] < 0); /* the layers are at work */
        ib_ranges_reset(f->ranges);
    }
}

static void known(void **state)
{
    fixture *f = *state;
    float min = 42, max = 42;
    assert_int_equal(ib_ranges_layers(f->ranges), LAYERS);
    for (size_t l = 0; l <= LAYERS; l++)
        assert_fails(f->context, IB_ERR_STATE, "seen", ib_ranges_get(f->ranges, l, &min, &max));
    assert_ok(f->context, ib_ranges_set(f->ranges, 1, -0.0f, -0.0f));
    assert_ok(f->context, ib_ranges_set(f->ranges, 3, -FLT_MAX, 3));
    assert_fails(f->context, IB_ERR_STATE, "layer 0", ib_ranges_get(f->ranges, 0, &min, &max)); /* 2 is missing */
    assert_true(min == 42 && max == 42);
    assert_ok(f->context, ib_ranges_set(f->ranges, 2, 4, 5));
    assert_range(f, 0, -FLT_MAX, 5);
    assert_range(f, 1, 0, 0);
    assert_ok(f->context, ib_ranges_get(f->ranges, 1, &min, &max));
    assert_true(!signbit(min) && !signbit(max));
    assert_ok(f->context, ib_ranges_set(f->ranges, 2, 1, 2)); /* replaces */
    assert_range(f, 2, 1, 2);
    ib_ranges_reset(f->ranges);
    assert_fails(f->context, IB_ERR_STATE, "", ib_ranges_get(f->ranges, 2, &min, &max));
}

/* What fails widens nothing, even if earlier layers are fine. */
static void not_finite(void **state)
{
    fixture *f = *state;
    make_pass(f);
    static const float bias[3] = {FLT_MAX, FLT_MAX, FLT_MAX};
    ib_tensor *b = test_vector_of(f->context, 3, bias), *kernel = test_tensor(f->context, 4, 3);
    ib_tensor *x = test_tensor_random(f->context, ROWS, INPUTS, -1, 1);
    for (size_t i = 0; i < 12; i++)
        ib_tensor_data(kernel)[i] = FLT_MAX;
    float min, max;
    assert_ok(f->context, ib_network_set_weights(f->network, 2, kernel, b));
    assert_ok(f->context, ib_network_forward(f->network, IB_PASS_INFERENCE, x));
    assert_fails(f->context, IB_ERR_NONFINITE, "layer 2", ib_ranges_add(f->ranges, f->network));
    for (size_t l = 1; l <= LAYERS; l++)
        assert_fails(f->context, IB_ERR_STATE, "", ib_ranges_get(f->ranges, l, &min, &max));
    ib_tensor_destroy(b);
    ib_tensor_destroy(kernel);
    ib_tensor_destroy(x);
}

/* Outputs that are all -0 have a range of 0. */
static void both_zeros(void **state)
{
    fixture *f = *state;
    static const float minus = -0.0f, one = 1;
    ib_layer_options options = test_layer_options(1, IB_ACTIVATION_LINEAR);
    ib_network *network = NULL;
    ib_ranges *ranges = NULL;
    ib_tensor *x = test_tensor_of(f->context, 1, 1, &one), *y = test_tensor(f->context, 1, 1);
    ib_tensor *kernel = test_tensor_of(f->context, 1, 1, &minus), *bias = test_vector_of(f->context, 1, &minus);
    float min, max;
    assert_ok(f->context, ib_network_create(f->context, 1, &network));
    assert_ok(f->context, ib_network_add_layer(network, &options));
    assert_ok(f->context, ib_network_set_weights(network, 1, kernel, bias));
    assert_ok(f->context, ib_network_forward(network, IB_PASS_INFERENCE, x));
    assert_ok(f->context, ib_network_read_values(network, 1, NULL, 1, y));
    assert_true(signbit(ib_tensor_read(y)[0]));
    assert_ok(f->context, ib_ranges_create(f->context, 1, &ranges));
    assert_ok(f->context, ib_ranges_add(ranges, network));
    assert_ok(f->context, ib_ranges_get(ranges, 1, &min, &max));
    assert_true(min == 0 && !signbit(min) && max == 0 && !signbit(max));
    ib_ranges_destroy(ranges);
    ib_network_destroy(network);
    ib_tensor_destroy(x);
    ib_tensor_destroy(y);
    ib_tensor_destroy(kernel);
    ib_tensor_destroy(bias);
}

static void refusals(void **state)
{
    fixture *f = *state;
    ib_context *c = f->context;
    ib_ranges *none = f->ranges;
    ib_network *shallow = network_of(c, 2);
    ib_tensor *x = test_tensor(c, 1, INPUTS);
    float min = 42, max = 42;
    assert_int_equal(ib_ranges_create(NULL, 3, &none), IB_ERR_ARG);
    assert_null(none);
    none = f->ranges;
    assert_fails(c, IB_ERR_ARG, "layers", ib_ranges_create(c, 0, &none));
    assert_null(none);
    assert_fails(c, IB_ERR_NOMEM, "", ib_ranges_create(c, SIZE_MAX, &none));
    assert_fails(c, IB_ERR_ARG, "out", ib_ranges_create(c, 3, NULL));
    assert_int_equal(ib_ranges_add(NULL, f->network), IB_ERR_ARG);
    assert_fails(c, IB_ERR_ARG, "network", ib_ranges_add(f->ranges, NULL));
    assert_fails(c, IB_ERR_STATE, "inference", ib_ranges_add(f->ranges, f->network));
    assert_ok(c, ib_network_forward(f->network, IB_PASS_TRAINING, x));
    assert_fails(c, IB_ERR_STATE, "inference", ib_ranges_add(f->ranges, f->network));
    assert_ok(c, ib_network_forward(shallow, IB_PASS_INFERENCE, x));
    assert_fails(c, IB_ERR_SHAPE, "3 layers, got 2", ib_ranges_add(f->ranges, shallow));
    assert_int_equal(ib_ranges_get(NULL, 1, &min, &max), IB_ERR_ARG);
    assert_fails(c, IB_ERR_ARG, "min", ib_ranges_get(f->ranges, 1, NULL, &max));
    assert_fails(c, IB_ERR_ARG, "max", ib_ranges_get(f->ranges, 1, &min, NULL));
    assert_fails(c, IB_ERR_ARG, "0 to 3, got 4", ib_ranges_get(f->ranges, 4, &min, &max));
    assert_int_equal(ib_ranges_set(NULL, 1, 0, 1), IB_ERR_ARG);
    assert_fails(c, IB_ERR_ARG, "1 to 3, got 0", ib_ranges_set(f->ranges, 0, 0, 1));
    assert_fails(c, IB_ERR_ARG, "1 to 3, got 4", ib_ranges_set(f->ranges, 4, 0, 1));
    assert_fails(c, IB_ERR_RANGE, "", ib_ranges_set(f->ranges, 1, 1, 0));
    assert_fails(c, IB_ERR_RANGE, "", ib_ranges_set(f->ranges, 1, NAN, 0));
    assert_fails(c, IB_ERR_RANGE, "", ib_ranges_set(f->ranges, 1, 0, INFINITY));
    assert_true(min == 42 && max == 42);
    assert_int_equal(ib_ranges_layers(NULL), 0);
    ib_ranges_reset(NULL);
    ib_ranges_destroy(NULL);
    ib_network_destroy(shallow);
    ib_tensor_destroy(x);
}

static ib_status life(ib_context *context, void *user_data)
{
    ib_ranges *ranges = NULL;
    (void)user_data;
    ib_status status = ib_ranges_create(context, 3, &ranges);
    ib_ranges_destroy(ranges);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(life, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(passes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(not_finite, set_up, tear_down),
        cmocka_unit_test_setup_teardown(both_zeros, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals, set_up, tear_down),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
