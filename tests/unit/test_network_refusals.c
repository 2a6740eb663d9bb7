/* What a network refuses, and when. */
#include "nn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct fixture {
    ib_context *context;
    ib_network *network; /* 3-4-2: tanh with 4-bit codes, plain softmax */
    ib_tensor *x;        /* 5 rows */
} fixture;

static int set_up(void **state)
{
    fixture *made = test_zeros(1, sizeof *made);
    made->context = test_context(NULL);
    ib_quant_options quant = test_quant_options(4, IB_GRID_UNIFORM, IB_RANGE_EPOCH);
    ib_layer_options hidden = test_layer_options(4, IB_ACTIVATION_TANH);
    ib_layer_options last = test_layer_options(2, IB_ACTIVATION_SOFTMAX);
    hidden.activations = &quant;
    assert_ok(made->context, ib_network_create(made->context, 3, &made->network));
    assert_ok(made->context, ib_network_add_layer(made->network, &hidden));
    assert_ok(made->context, ib_network_add_layer(made->network, &last));
    made->x = test_tensor_random(made->context, 5, 3, -1, 1);
    test_fill(ib_network_parameters(made->network), ib_network_parameter_count(made->network), -1, 1);
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    fixture *made = *state;
    ib_tensor_destroy(made->x);
    ib_network_destroy(made->network);
    ib_context_destroy(made->context);
    free(made);
    return 0;
}

static void creating(void **state)
{
    fixture *f = *state;
    ib_network *network = f->network;
    assert_int_equal(ib_network_create(NULL, 3, &network), IB_ERR_ARG);
    assert_int_equal(ib_network_create(f->context, 3, NULL), IB_ERR_ARG);
    network = f->network;
    assert_fails(f->context, IB_ERR_ARG, "", ib_network_create(f->context, 0, &network));
    assert_null(network);
    ib_network_destroy(NULL);
}

static void assert_layer_refused(ib_context *context, const ib_layer_options *options, ib_status status)
{
    ib_network *network = NULL;
    assert_ok(context, ib_network_create(context, 3, &network));
    assert_fails(context, status, "", ib_network_add_layer(network, options));
    assert_int_equal(ib_network_layers(network), 0);
    ib_network_destroy(network);
}

static void layers(void **state)
{
    fixture *f = *state;
    ib_layer_options good = test_layer_options(2, IB_ACTIVATION_RELU), bad = good;
    assert_fails(f->context, IB_ERR_STATE, "softmax", ib_network_add_layer(f->network, &good));
    assert_int_equal(ib_network_add_layer(NULL, &good), IB_ERR_ARG);
    assert_layer_refused(f->context, NULL, IB_ERR_ARG);
    bad.width = 0;
    assert_layer_refused(f->context, &bad, IB_ERR_RANGE);
    bad = good;
    bad.activation = 5;
    assert_layer_refused(f->context, &bad, IB_ERR_ARG);
    bad = good;
    bad.init = 4;
    assert_layer_refused(f->context, &bad, IB_ERR_ARG);
    bad = good;
    bad.quantise_at = 2;
    assert_layer_refused(f->context, &bad, IB_ERR_ARG);
    bad = good;
    bad.struct_size = 4;
    assert_layer_refused(f->context, &bad, IB_ERR_ARG);
    ib_quant_options quant = test_quant_options(17, IB_GRID_UNIFORM, IB_RANGE_EPOCH);
    bad = good;
    bad.activations = &quant;
    assert_layer_refused(f->context, &bad, IB_ERR_RANGE);
    bad = good;
    bad.weights = &quant;
    assert_layer_refused(f->context, &bad, IB_ERR_RANGE);
    quant = test_quant_options(8, IB_GRID_UNIFORM, IB_RANGE_EPOCH);
    quant.per_channel = 1;
    bad = good;
    bad.activations = &quant;
    assert_layer_refused(f->context, &bad, IB_ERR_UNSUPPORTED);
    quant = test_quant_options(8, IB_GRID_UNIFORM, IB_RANGE_TENSOR);
    quant.range_gradient = 1;
    bad = good;
    bad.weights = &quant;
    assert_layer_refused(f->context, &bad, IB_ERR_UNSUPPORTED);
    struct {
        ib_layer_options known;
        uint64_t later;
    } longer = {good, 1};
    longer.known.struct_size = sizeof longer;
    assert_layer_refused(f->context, &longer.known, IB_ERR_UNSUPPORTED);
}

static void weights(void **state)
{
    fixture *f = *state;
    ib_context *context = f->context;
    ib_tensor *kernel = test_tensor(context, 3, 4), *bias = test_vector_of(context, 4, NULL);
    ib_tensor *wrong = test_tensor(context, 4, 3), *short_bias = test_vector_of(context, 3, NULL);
    uint64_t before = test_hash_weights(TEST_HASH_START, f->network);
    assert_fails(context, IB_ERR_SHAPE, "expected 3x4, got 4x3", ib_network_set_weights(f->network, 1, wrong, bias));
    assert_fails(context, IB_ERR_SHAPE, "expected 4, got 3", ib_network_set_weights(f->network, 1, kernel, short_bias));
    assert_fails(context, IB_ERR_SHAPE, "expected 3x4, got 4x3", ib_network_get_weights(f->network, 1, wrong, bias));
    assert_fails(context, IB_ERR_SHAPE, "expected 4, got 3", ib_network_get_weights(f->network, 1, kernel, short_bias));
    ib_tensor_data(kernel)[7] = NAN;
    assert_fails(context, IB_ERR_NONFINITE, "", ib_network_set_weights(f->network, 1, kernel, bias));
    ib_tensor_data(kernel)[7] = 0;
    ib_tensor_data(bias)[3] = INFINITY;
    assert_fails(context, IB_ERR_NONFINITE, "", ib_network_set_weights(f->network, 1, kernel, bias));
    assert_fails(context, IB_ERR_ARG, "", ib_network_set_weights(f->network, 0, kernel, NULL));
    assert_fails(context, IB_ERR_ARG, "", ib_network_set_weights(f->network, 3, kernel, NULL));
    assert_fails(context, IB_ERR_ARG, "", ib_network_get_weights(f->network, 3, kernel, NULL));
    assert_int_equal(ib_network_set_weights(NULL, 1, kernel, NULL), IB_ERR_ARG);
    assert_int_equal(ib_network_get_weights(NULL, 1, kernel, NULL), IB_ERR_ARG);
    assert_true(test_hash_weights(TEST_HASH_START, f->network) == before);
    ib_tensor *all[] = {kernel, bias, wrong, short_bias};
    for (size_t i = 0; i < 4; i++)
        ib_tensor_destroy(all[i]);
}

static void forward(void **state)
{
    fixture *f = *state;
    ib_context *context = f->context;
    ib_network *empty = NULL;
    ib_tensor *wide = test_tensor(context, 5, 4), *none = test_tensor(context, 0, 3);
    ib_tensor *vector = test_vector_of(context, 3, NULL);
    assert_ok(context, ib_network_create(context, 3, &empty));
    assert_fails(context, IB_ERR_STATE, "layer", ib_network_forward(empty, IB_PASS_INFERENCE, f->x));
    for (uint32_t pass = IB_PASS_INFERENCE; pass <= IB_PASS_TRAINING; pass++) {
        assert_fails(context, IB_ERR_SHAPE, "got 5x4", ib_network_forward(f->network, pass, wide));
        assert_fails(context, IB_ERR_SHAPE, "", ib_network_forward(f->network, pass, vector));
        assert_true(ib_network_forward(f->network, pass, none) < 0);
        ib_tensor_data(f->x)[7] = NAN;
        assert_fails(context, IB_ERR_NONFINITE, "", ib_network_forward(f->network, pass, f->x));
        ib_tensor_data(f->x)[7] = INFINITY;
        assert_fails(context, IB_ERR_NONFINITE, "", ib_network_forward(f->network, pass, f->x));
        ib_tensor_data(f->x)[7] = 0.5f;
        assert_int_equal(ib_network_forward(f->network, pass, NULL), IB_ERR_ARG);
        assert_int_equal(ib_network_forward(NULL, pass, f->x), IB_ERR_ARG);
    }
    assert_fails(context, IB_ERR_ARG, "", ib_network_forward(f->network, 2, f->x));
    ib_network_parameters(f->network)[0] = NAN; /* what an optimiser that has diverged leaves */
    assert_fails(context, IB_ERR_NONFINITE, "", ib_network_forward(f->network, IB_PASS_TRAINING, f->x));
    ib_tensor_destroy(wide);
    ib_tensor_destroy(none);
    ib_tensor_destroy(vector);
    ib_network_destroy(empty);
}

/* Everything that refers to a pass, when there is none. */
static void assert_no_pass(fixture *f)
{
    static const uint32_t labels[5] = {0, 1, 0, 1, 0};
    ib_tensor *values = test_tensor(f->context, 5, 4), *logits = test_tensor(f->context, 5, 2);
    double loss;
    uint16_t codes[20];
    assert_int_equal(ib_network_rows(f->network), 0);
    assert_fails(f->context, IB_ERR_STATE, "pass", ib_network_loss(f->network, labels, &loss, NULL));
    assert_fails(f->context, IB_ERR_STATE, "pass", ib_network_backward(f->network, labels, &loss, NULL));
    assert_fails(f->context, IB_ERR_STATE, "pass", ib_network_read_values(f->network, 1, NULL, 5, values));
    assert_fails(f->context, IB_ERR_STATE, "pass", ib_network_read_logits(f->network, NULL, 5, logits));
    assert_fails(f->context, IB_ERR_STATE, "pass", ib_network_read_codes(f->network, 1, NULL, 5, codes));
    ib_tensor_destroy(values);
    ib_tensor_destroy(logits);
}

static void when_a_pass_is_over(void **state)
{
    fixture *f = *state;
    ib_tensor *bias = test_vector_of(f->context, 4, NULL);
    ib_rng *rng = NULL;
    assert_no_pass(f);
    assert_ok(f->context, ib_network_forward(f->network, IB_PASS_TRAINING, f->x));
    assert_int_equal(ib_network_rows(f->network), 5);
    assert_ok(f->context, ib_network_set_weights(f->network, 1, NULL, bias));
    assert_no_pass(f);
    assert_ok(f->context, ib_network_forward(f->network, IB_PASS_TRAINING, f->x));
    assert_non_null(ib_network_parameters(f->network));
    assert_no_pass(f);
    assert_ok(f->context, ib_network_forward(f->network, IB_PASS_TRAINING, f->x));
    assert_ok(f->context, ib_rng_create(f->context, 1, 1, &rng));
    assert_ok(f->context, ib_network_initialise(f->network, rng));
    assert_no_pass(f);
    ib_rng_destroy(rng);
    ib_tensor_destroy(bias);
}

static void reading(void **state)
{
    fixture *f = *state;
    ib_context *context = f->context;
    ib_tensor *values = test_tensor_random(context, 2, 4, 1, 2), *logits = test_tensor_random(context, 2, 2, 1, 2);
    uint32_t rows[2] = {4, 5};
    uint16_t codes[8] = {7, 7, 7, 7, 7, 7, 7, 7};
    assert_ok(context, ib_network_forward(f->network, IB_PASS_TRAINING, f->x));
    assert_fails(context, IB_ERR_STATE, "inference", ib_network_read_codes(f->network, 1, NULL, 2, codes));
    assert_ok(context, ib_network_forward(f->network, IB_PASS_INFERENCE, f->x));
    assert_fails(context, IB_ERR_STATE, "quantised", ib_network_read_codes(f->network, 2, NULL, 2, codes));
    assert_fails(context, IB_ERR_RANGE, "5", ib_network_read_values(f->network, 1, rows, 2, values));
    assert_fails(context, IB_ERR_RANGE, "5", ib_network_read_logits(f->network, rows, 2, logits));
    assert_fails(context, IB_ERR_RANGE, "5", ib_network_read_codes(f->network, 1, rows, 2, codes));
    assert_true(ib_tensor_read(values)[0] >= 1 && ib_tensor_read(logits)[0] >= 1 && codes[0] == 7);
    assert_fails(context, IB_ERR_RANGE, "", ib_network_read_codes(f->network, 1, NULL, 6, codes));
    rows[1] = 0;
    assert_fails(context, IB_ERR_SHAPE, "expected 2x2, got 2x4",
                 ib_network_read_values(f->network, 2, rows, 2, values));
    assert_fails(context, IB_ERR_SHAPE, "expected 2x2, got 2x4", ib_network_read_logits(f->network, rows, 2, values));
    assert_fails(context, IB_ERR_SHAPE, "expected 1x4, got 2x4",
                 ib_network_read_values(f->network, 1, rows, 1, values));
    assert_fails(context, IB_ERR_ARG, "", ib_network_read_values(f->network, 0, rows, 2, values));
    assert_fails(context, IB_ERR_ARG, "", ib_network_read_values(f->network, 3, rows, 2, values));
    assert_fails(context, IB_ERR_ARG, "", ib_network_read_codes(f->network, 3, rows, 2, codes));
    assert_int_equal(ib_network_read_values(NULL, 1, rows, 2, values), IB_ERR_ARG);
    assert_int_equal(ib_network_read_values(f->network, 1, rows, 2, NULL), IB_ERR_ARG);
    assert_int_equal(ib_network_read_logits(f->network, rows, 2, NULL), IB_ERR_ARG);
    assert_int_equal(ib_network_read_codes(f->network, 1, rows, 2, NULL), IB_ERR_ARG);
    assert_ok(context, ib_network_read_codes(f->network, 1, rows, 2, codes));
    ib_tensor_destroy(values);
    ib_tensor_destroy(logits);
}

static void losses(void **state)
{
    fixture *f = *state;
    static const uint32_t labels[5] = {0, 1, 0, 1, 0}, beyond[5] = {0, 1, 0, 2, 0};
    double loss = 42;
    size_t correct = 43;
    assert_ok(f->context, ib_network_forward(f->network, IB_PASS_INFERENCE, f->x));
    assert_fails(f->context, IB_ERR_STATE, "training", ib_network_backward(f->network, labels, &loss, &correct));
    assert_fails(f->context, IB_ERR_RANGE, "2", ib_network_loss(f->network, beyond, &loss, &correct));
    assert_ok(f->context, ib_network_forward(f->network, IB_PASS_TRAINING, f->x));
    assert_fails(f->context, IB_ERR_RANGE, "2", ib_network_backward(f->network, beyond, &loss, &correct));
    assert_int_equal(ib_network_loss(f->network, NULL, &loss, &correct), IB_ERR_ARG);
    assert_int_equal(ib_network_backward(f->network, NULL, &loss, &correct), IB_ERR_ARG);
    assert_int_equal(ib_network_loss(NULL, labels, &loss, &correct), IB_ERR_ARG);
    assert_int_equal(ib_network_backward(NULL, labels, &loss, &correct), IB_ERR_ARG);
    assert_true(loss == 42 && correct == 43);
    double backward = -1;
    size_t backward_correct = 9;
    assert_ok(f->context, ib_network_loss(f->network, labels, &loss, &correct));
    assert_ok(f->context, ib_network_backward(f->network, labels, &backward, &backward_correct));
    assert_true(loss == backward && correct == backward_correct && correct <= 5);
    assert_ok(f->context, ib_network_loss(f->network, labels, NULL, NULL));
}

/* Weights that an optimiser has ruined show at the latest in the loss, in networks of floats too. */
static void diverged(void **state)
{
    fixture *f = *state;
    static const uint32_t labels[5] = {0, 1, 0, 1, 0}, activations[] = {IB_ACTIVATION_TANH, IB_ACTIVATION_RELU,
                                                                        IB_ACTIVATION_SIGMOID, IB_ACTIVATION_LINEAR};
    for (size_t a = 0; a < 4; a++) {
        ib_network *network = NULL;
        ib_layer_options hidden = test_layer_options(3, activations[a]);
        ib_layer_options last = test_layer_options(2, IB_ACTIVATION_SOFTMAX);
        double loss = 42;
        assert_ok(f->context, ib_network_create(f->context, 3, &network));
        assert_ok(f->context, ib_network_add_layer(network, &hidden));
        assert_ok(f->context, ib_network_add_layer(network, &last));
        size_t n = ib_network_parameter_count(network);
        for (size_t i = 0; i < n; i++) {
            test_fill(ib_network_parameters(network), n, -1, 1);
            ib_network_parameters(network)[i] = NAN;
            ib_status status = ib_network_forward(network, IB_PASS_TRAINING, f->x);
            if (status == IB_OK)
                status = ib_network_backward(network, labels, &loss, NULL);
            assert_int_equal(status, IB_ERR_NONFINITE);
            assert_true(loss == 42);
        }
        ib_network_destroy(network);
    }
}

/* A pass that fails on its way leaves none: neither its own nor the one before. */
static void failed_half_way(void **state)
{
    fixture *f = *state;
    ib_quant_options quant = test_quant_options(4, IB_GRID_UNIFORM, IB_RANGE_EPOCH);
    ib_layer_options hidden = test_layer_options(4, IB_ACTIVATION_LINEAR), second = hidden;
    ib_network *network = NULL;
    second.activations = &quant;
    assert_ok(f->context, ib_network_create(f->context, 3, &network));
    assert_ok(f->context, ib_network_add_layer(network, &hidden));
    assert_ok(f->context, ib_network_add_layer(network, &second));
    test_fill(ib_network_parameters(network), ib_network_parameter_count(network), 2, 3);
    assert_ok(f->context, ib_network_forward(network, IB_PASS_INFERENCE, f->x));
    assert_int_equal(ib_network_rows(network), 5);
    ib_tensor_data(f->x)[4] = 3e38f; /* finite, but not when doubled */
    assert_fails(f->context, IB_ERR_NONFINITE, "", ib_network_forward(network, IB_PASS_INFERENCE, f->x));
    assert_int_equal(ib_network_rows(network), 0);
    ib_tensor *values = test_tensor(f->context, 5, 4);
    assert_fails(f->context, IB_ERR_STATE, "pass", ib_network_read_values(network, 1, NULL, 5, values));
    ib_tensor_destroy(values);
    ib_network_destroy(network);
}

static void too_large(void **state)
{
    fixture *f = *state;
    ib_network *network = NULL;
    ib_layer_options options = test_layer_options(UINT32_MAX, IB_ACTIVATION_LINEAR);
    assert_ok(f->context, ib_network_create(f->context, SIZE_MAX / 64, &network));
    assert_fails(f->context, IB_ERR_OVERFLOW, "", ib_network_add_layer(network, &options));
    assert_int_equal(ib_network_layers(network), 0);
    ib_network_destroy(network);
}

static void without_softmax(void **state)
{
    fixture *f = *state;
    static const uint32_t labels[5] = {0};
    ib_network *network = NULL;
    ib_layer_options options = test_layer_options(2, IB_ACTIVATION_LINEAR);
    ib_tensor *values = test_tensor(f->context, 5, 2);
    double loss;
    assert_ok(f->context, ib_network_create(f->context, 3, &network));
    assert_ok(f->context, ib_network_add_layer(network, &options));
    assert_ok(f->context, ib_network_forward(network, IB_PASS_TRAINING, f->x));
    assert_ok(f->context, ib_network_read_values(network, 1, NULL, 5, values));
    assert_fails(f->context, IB_ERR_STATE, "softmax", ib_network_loss(network, labels, &loss, NULL));
    assert_fails(f->context, IB_ERR_STATE, "softmax", ib_network_backward(network, labels, &loss, NULL));
    assert_fails(f->context, IB_ERR_STATE, "softmax", ib_network_read_logits(network, NULL, 5, values));
    ib_tensor_destroy(values);
    ib_network_destroy(network);
}

static void nothing(void **state)
{
    (void)state;
    assert_int_equal(ib_network_layers(NULL), 0);
    assert_int_equal(ib_network_width(NULL, 0), 0);
    assert_int_equal(ib_network_bits(NULL, 1), 0);
    assert_int_equal(ib_network_activation(NULL, 1), IB_ACTIVATION_LINEAR);
    assert_null(ib_network_activation_quant(NULL, 1));
    assert_null(ib_network_weight_quant(NULL, 1));
    assert_int_equal(ib_network_parameter_count(NULL), 0);
    assert_null(ib_network_parameters(NULL));
    assert_null(ib_network_gradient(NULL));
    assert_int_equal(ib_network_rows(NULL), 0);
    ib_network_begin_epoch(NULL);
    ib_layer_options_init(NULL);
    fixture *f = *state;
    assert_int_equal(ib_network_initialise(f->network, NULL), IB_ERR_ARG);
    assert_int_equal(ib_network_initialise(NULL, NULL), IB_ERR_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(creating, set_up, tear_down),
        cmocka_unit_test_setup_teardown(layers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(weights, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forward, set_up, tear_down),
        cmocka_unit_test_setup_teardown(when_a_pass_is_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reading, set_up, tear_down),
        cmocka_unit_test_setup_teardown(losses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(diverged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failed_half_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_large, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_softmax, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
