/* The network as an object: its layers, weights, passes, what can be read when, and what is refused. */
#include "nn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 3 inputs, a tanh layer of 4 with codes, a softmax layer of 2 with quantised logits and weights. */
static ib_status add_layers(ib_network *network)
{
    ib_quant_options activations = test_quant_options(4, IB_GRID_UNIFORM, IB_RANGE_EPOCH);
    ib_quant_options logits = test_quant_options(8, IB_GRID_NUDGED, IB_RANGE_MOVING);
    ib_quant_options weights = test_quant_options(6, IB_GRID_NUDGED, IB_RANGE_LAST);
    ib_layer_options hidden = test_layer_options(4, IB_ACTIVATION_TANH);
    hidden.activations = &activations;
    ib_status status = ib_network_add_layer(network, &hidden);
    ib_layer_options last = test_layer_options(2, IB_ACTIVATION_SOFTMAX);
    last.quantise_at = IB_QUANTISE_LOGITS;
    last.activations = &logits;
    last.weights = &weights;
    last.init = IB_INIT_GLOROT_UNIFORM;
    return status == IB_OK ? ib_network_add_layer(network, &last) : status;
}

static ib_network *create(ib_context *context)
{
    ib_network *network = NULL;
    assert_ok(context, ib_network_create(context, 3, &network));
    assert_ok(context, add_layers(network));
    return network;
}

static void initialise(ib_context *context, ib_network *network, uint64_t seed)
{
    ib_rng *rng = NULL;
    assert_ok(context, ib_rng_create(context, seed, 0, &rng));
    assert_ok(context, ib_network_initialise(network, rng));
    ib_rng_destroy(rng);
}

static void description(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_network *network = create(context);
    assert_int_equal(ib_network_layers(network), 2);
    assert_int_equal(ib_network_width(network, 0), 3);
    assert_int_equal(ib_network_width(network, 1), 4);
    assert_int_equal(ib_network_width(network, 2), 2);
    assert_int_equal(ib_network_width(network, 3), 0);
    assert_int_equal(ib_network_bits(network, 1), 4);
    assert_int_equal(ib_network_bits(network, 2), 8);
    assert_int_equal(ib_network_bits(network, 0), 0);
    assert_int_equal(ib_network_bits(network, 3), 0);
    assert_int_equal(ib_network_activation(network, 1), IB_ACTIVATION_TANH);
    assert_int_equal(ib_network_activation(network, 2), IB_ACTIVATION_SOFTMAX);
    assert_int_equal(ib_network_activation(network, 3), IB_ACTIVATION_LINEAR);
    assert_int_equal(ib_network_quantise_at(network, 1), IB_QUANTISE_OUTPUT);
    assert_int_equal(ib_network_quantise_at(network, 2), IB_QUANTISE_LOGITS);
    assert_int_equal(ib_network_parameter_count(network), 3 * 4 + 4 + 4 * 2 + 2);
    assert_non_null(ib_network_activation_quant(network, 1));
    assert_null(ib_network_weight_quant(network, 1));
    assert_non_null(ib_network_weight_quant(network, 2));
    assert_null(ib_network_activation_quant(network, 0));
    assert_null(ib_network_activation_quant(network, 3));
    assert_null(ib_network_weight_quant(network, 3));
    assert_int_equal(ib_network_rows(network), 0);
    ib_network_destroy(network);
    network = NULL;
    assert_ok(context, ib_network_create(context, 3, &network));
    ib_layer_options plain = test_layer_options(5, IB_ACTIVATION_RELU);
    assert_null(ib_network_parameters(network));
    assert_null(ib_network_gradient(network));
    assert_int_equal(ib_network_parameter_count(network), 0);
    assert_ok(context, ib_network_add_layer(network, &plain));
    assert_int_equal(ib_network_bits(network, 1), 32);
    ib_network_destroy(network);
    ib_context_destroy(context);
}

/* The vector of parameters holds each kernel transposed, then its bias; both ways of writing are seen by both of
 * reading. */
static void weights_and_parameters(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_network *network = create(context);
    ib_tensor *kernel = test_tensor_random(context, 3, 4, -1, 1), *bias = test_vector_of(context, 4, NULL);
    ib_tensor *read = test_tensor(context, 3, 4), *read_bias = test_vector_of(context, 4, NULL);
    float *parameters = ib_network_parameters(network);
    for (size_t i = 0; i < 26; i++)
        assert_true(parameters[i] == 0);
    test_fill(ib_tensor_data(bias), 4, -1, 1);
    assert_ok(context, ib_network_set_weights(network, 1, kernel, bias));
    parameters = ib_network_parameters(network);
    for (size_t u = 0; u < 4; u++) {
        for (size_t d = 0; d < 3; d++)
            assert_true(parameters[u * 3 + d] == ib_tensor_read(kernel)[d * 4 + u]);
        assert_true(parameters[12 + u] == ib_tensor_read(bias)[u]);
    }
    for (size_t i = 16; i < 26; i++)
        assert_true(parameters[i] == 0);
    parameters[0 * 3 + 2] = 42; /* u = 0, d = 2 */
    parameters[12 + 3] = 43;
    ib_tensor_data(kernel)[2 * 4 + 0] = 42;
    ib_tensor_data(bias)[3] = 43;
    assert_ok(context, ib_network_get_weights(network, 1, read, read_bias));
    assert_same_values(ib_tensor_read(read), ib_tensor_read(kernel), 12);
    assert_same_values(ib_tensor_read(read_bias), ib_tensor_read(bias), 4);
    ib_tensor_data(bias)[0] = 44;
    assert_ok(context, ib_network_set_weights(network, 1, NULL, bias)); /* the kernel stays */
    assert_ok(context, ib_network_get_weights(network, 1, read, NULL));
    assert_same_values(ib_tensor_read(read), ib_tensor_read(kernel), 12);
    assert_ok(context, ib_network_get_weights(network, 1, NULL, read_bias));
    assert_same_values(ib_tensor_read(read_bias), ib_tensor_read(bias), 4);
    ib_tensor *all[] = {kernel, bias, read, read_bias};
    for (size_t i = 0; i < 4; i++)
        ib_tensor_destroy(all[i]);
    ib_network_destroy(network);
    ib_context_destroy(context);
}

static void assert_drawn(ib_context *context, uint32_t init, double bound, double deviation)
{
    enum { D = 150, U = 60 };
    ib_network *network = NULL;
    assert_ok(context, ib_network_create(context, D, &network));
    ib_layer_options options = test_layer_options(U, IB_ACTIVATION_LINEAR);
    options.init = init;
    options.constant = 0.625f;
    assert_ok(context, ib_network_add_layer(network, &options));
    memset(ib_network_parameters(network), 1, (D * U + U) * sizeof(float));
    initialise(context, network, 5);
    ib_tensor *kernel = test_tensor(context, D, U), *bias = test_vector_of(context, U, NULL);
    assert_ok(context, ib_network_get_weights(network, 1, kernel, bias));
    assert_same_values(ib_tensor_read(bias), ((float[U]){0}), U);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < (size_t)D * U; i++) {
        double w = (double)ib_tensor_read(kernel)[i];
        assert_true(fabs(w) <= bound * (1 + 1e-6));
        sum += w;
        squares += w * w;
    }
    double n = D * U, mean = init == IB_INIT_CONSTANT ? 0.625 : 0;
    assert_close(sum / n, mean, 4 * deviation / sqrt(n), 0);
    assert_close(sqrt(squares / n - mean * mean), deviation, 1e-9, 0.03);
    ib_tensor_destroy(kernel);
    ib_tensor_destroy(bias);
    ib_network_destroy(network);
}

static void initialisers(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const double truncated = 0.8796256610342398; /* sd of a standard normal deviate kept within 2 */
    double out = 1 / sqrt(60), in = 1 / sqrt(150), glorot = sqrt(6.0 / 210);
    assert_drawn(context, IB_INIT_TRUNCATED_NORMAL_FAN_OUT, 2 * out, truncated * out);
    assert_drawn(context, IB_INIT_TRUNCATED_NORMAL_FAN_IN, 2 * in, truncated * in);
    assert_drawn(context, IB_INIT_GLOROT_UNIFORM, glorot, glorot / sqrt(3));
    assert_drawn(context, IB_INIT_CONSTANT, 0.625, 0);
    ib_context_destroy(context);
}

/* Layers are drawn in order and row by row, from the generator that is given; the same seed gives the same weights. */
static void drawn_in_order(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_network *network = create(context), *again = create(context);
    ib_tensor *first = test_tensor(context, 3, 4), *second = test_tensor(context, 4, 2);
    ib_rng *rng = NULL;
    initialise(context, network, 11);
    initialise(context, again, 12);
    assert_true(test_hash_weights(TEST_HASH_START, network) != test_hash_weights(TEST_HASH_START, again));
    initialise(context, again, 11);
    assert_true(test_hash_weights(TEST_HASH_START, network) == test_hash_weights(TEST_HASH_START, again));
    assert_ok(context, ib_network_get_weights(network, 1, first, NULL));
    assert_ok(context, ib_network_get_weights(network, 2, second, NULL));
    assert_ok(context, ib_rng_create(context, 11, 0, &rng));
    for (size_t i = 0; i < 12; i++) /* sd 1/sqrt(4) */
        assert_close(ib_tensor_read(first)[i], ib_rng_get_truncated_normal(rng) * 0.5, 0, 2e-7);
    for (size_t i = 0; i < 8; i++) /* r = sqrt(6 / (4 + 2)) = 1 */
        assert_close(ib_tensor_read(second)[i], 2 * ib_rng_get_uniform(rng) - 1, 1e-7, 2e-7);
    ib_rng_destroy(rng);
    ib_tensor_destroy(first);
    ib_tensor_destroy(second);
    ib_network_destroy(network);
    ib_network_destroy(again);
    ib_context_destroy(context);
}

static void initialise_forgets(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_network *network = create(context);
    initialise(context, network, 1);
    ib_tensor *x = test_tensor_random(context, 9, 3, 0, 1);
    float min, max;
    assert_ok(context, ib_network_forward(network, IB_PASS_TRAINING, x));
    assert_ok(context, ib_quant_get_range(ib_network_activation_quant(network, 1), 0, &min, &max));
    assert_ok(context, ib_quant_get_range(ib_network_weight_quant(network, 2), 0, &min, &max));
    assert_ok(context, ib_quant_get_range(ib_network_activation_quant(network, 2), 0, &min, &max));
    assert_true(min != -6 && max != 6);
    initialise(context, network, 1);
    assert_int_equal(ib_quant_get_range(ib_network_activation_quant(network, 1), 0, &min, &max), IB_ERR_STATE);
    assert_int_equal(ib_quant_get_range(ib_network_weight_quant(network, 2), 0, &min, &max), IB_ERR_STATE);
    assert_ok(context, ib_quant_get_range(ib_network_activation_quant(network, 2), 0, &min, &max));
    assert_true(min == -6 && max == 6);
    assert_int_equal(ib_network_rows(network), 0);
    ib_tensor_destroy(x);
    ib_network_destroy(network);
    ib_context_destroy(context);
}

/* Any rows, in any order, repeated: the same values, logits and codes as in the whole pass. */
static void reading_rows(void **state)
{
    (void)state;
    enum { B = 70, N = 90 };
    ib_context *context = test_context(NULL);
    ib_network *network = create(context);
    initialise(context, network, 1);
    ib_tensor *x = test_tensor_random(context, B, 3, 0, 1);
    assert_ok(context, ib_network_forward(network, IB_PASS_TRAINING, x));
    assert_ok(context, ib_network_forward(network, IB_PASS_INFERENCE, x));
    assert_int_equal(ib_network_rows(network), B);
    uint32_t rows[N];
    for (size_t i = 0; i < N; i++)
        rows[i] = (uint32_t)test_random_below(B);
    for (size_t layer = 1; layer <= 2; layer++) {
        size_t width = ib_network_width(network, layer);
        ib_tensor *all = test_tensor(context, B, width), *some = test_tensor(context, N, width);
        uint16_t codes[B * 4], some_codes[N * 4];
        assert_ok(context, ib_network_read_values(network, layer, NULL, B, all));
        assert_ok(context, ib_network_read_values(network, layer, rows, N, some));
        assert_ok(context, ib_network_read_codes(network, layer, NULL, B, codes));
        assert_ok(context, ib_network_read_codes(network, layer, rows, N, some_codes));
        for (size_t i = 0; i < N; i++) {
            assert_memory_equal(ib_tensor_read(some) + i * width, ib_tensor_read(all) + rows[i] * width,
                                width * sizeof(float));
            assert_memory_equal(&some_codes[i * width], &codes[rows[i] * width], width * sizeof *codes);
        }
        if (layer == 2) {
            assert_ok(context, ib_network_read_logits(network, NULL, B, all));
            assert_ok(context, ib_network_read_logits(network, rows, N, some));
            for (size_t i = 0; i < N; i++)
                assert_memory_equal(ib_tensor_read(some) + i * 2, ib_tensor_read(all) + rows[i] * 2, 8);
        }
        ib_tensor_destroy(all);
        ib_tensor_destroy(some);
    }
    ib_tensor_destroy(x);
    ib_network_destroy(network);
    ib_context_destroy(context);
}

/* The codes are those of ib_quant_infer() on what was quantised, and the values and logits follow from them. */
static void codes_and_values(void **state)
{
    (void)state;
    enum { B = 33 };
    ib_context *context = test_context(NULL);
    ib_network *network = create(context);
    initialise(context, network, 3);
    ib_tensor *x = test_tensor_random(context, B, 3, 0, 1), *z = test_tensor(context, B, 4);
    ib_tensor *kernel = test_tensor(context, 3, 4), *bias = test_vector_of(context, 4, NULL);
    ib_tensor *values = test_tensor(context, B, 4), *logits = test_tensor(context, B, 2);
    ib_tensor *outputs = test_tensor(context, B, 2);
    uint16_t codes[B * 4], expected[B * 4];
    assert_ok(context, ib_network_forward(network, IB_PASS_TRAINING, x));
    ib_tensor_destroy(x);
    x = test_tensor_random(context, B, 3, -1, 2);
    assert_ok(context, ib_network_forward(network, IB_PASS_INFERENCE, x));
    assert_ok(context, ib_network_get_weights(network, 1, kernel, bias));
    assert_ok(context, ib_dense_forward(x, kernel, bias, z));
    assert_ok(context, ib_activation_forward(IB_ACTIVATION_TANH, z, z));
    assert_ok(context, ib_quant_infer(ib_network_activation_quant(network, 1), z, z, expected));
    assert_ok(context, ib_network_read_values(network, 1, NULL, B, values));
    assert_ok(context, ib_network_read_codes(network, 1, NULL, B, codes));
    assert_same_values(ib_tensor_read(values), ib_tensor_read(z), (size_t)B * 4);
    assert_memory_equal(codes, expected, sizeof codes);
    assert_ok(context, ib_network_read_logits(network, NULL, B, logits));
    assert_ok(context, ib_network_read_codes(network, 2, NULL, B, codes));
    assert_ok(context, ib_quant_infer(ib_network_activation_quant(network, 2), logits, logits, expected));
    assert_memory_equal(codes, expected, B * 2 * sizeof *codes);
    assert_ok(context, ib_activation_forward(IB_ACTIVATION_SOFTMAX, logits, logits));
    assert_ok(context, ib_network_read_values(network, 2, NULL, B, outputs));
    assert_same_values(ib_tensor_read(outputs), ib_tensor_read(logits), (size_t)B * 2);
    ib_tensor *all[] = {x, z, kernel, bias, values, logits, outputs};
    for (size_t i = 0; i < 7; i++)
        ib_tensor_destroy(all[i]);
    ib_network_destroy(network);
    ib_context_destroy(context);
}

static void inference_moves_nothing(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_network *network = create(context);
    initialise(context, network, 3);
    ib_tensor *x = test_tensor_random(context, 20, 3, 0, 1), *far = test_tensor_random(context, 20, 3, -9, 9);
    ib_quant *quants[3] = {ib_network_activation_quant(network, 1), ib_network_activation_quant(network, 2),
                           ib_network_weight_quant(network, 2)};
    float before[3][2], after[3][2];
    assert_ok(context, ib_network_forward(network, IB_PASS_TRAINING, x));
    for (size_t i = 0; i < 3; i++)
        assert_ok(context, ib_quant_get_range(quants[i], 0, &before[i][0], &before[i][1]));
    ib_network_parameters(network)[0] = 5;
    assert_ok(context, ib_network_forward(network, IB_PASS_INFERENCE, far));
    for (size_t i = 0; i < 3; i++)
        assert_ok(context, ib_quant_get_range(quants[i], 0, &after[i][0], &after[i][1]));
    assert_memory_equal(before, after, sizeof before);
    ib_tensor_destroy(x);
    ib_tensor_destroy(far);
    ib_network_destroy(network);
    ib_context_destroy(context);
}

static void copied_options(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_network *network = NULL;
    assert_ok(context, ib_network_create(context, 2, &network));
    ib_quant_options *quant = test_zeros(1, sizeof *quant);
    ib_layer_options *layer = test_zeros(1, sizeof *layer);
    *quant = test_quant_options(5, IB_GRID_UNIFORM, IB_RANGE_EPOCH);
    *layer = test_layer_options(3, IB_ACTIVATION_RELU);
    layer->activations = quant;
    assert_ok(context, ib_network_add_layer(network, layer));
    memset(quant, 0xff, sizeof *quant);
    memset(layer, 0xff, sizeof *layer);
    free(quant);
    free(layer);
    assert_int_equal(ib_network_bits(network, 1), 5);
    initialise(context, network, 1);
    ib_context_destroy(context); /* the network keeps it alive */
    ib_network_destroy(network);
}

static ib_status life(ib_context *context, void *user_data)
{
    static const uint32_t labels[5] = {0, 1, 1, 0, 1};
    (void)user_data;
    uint16_t codes[20];
    ib_network *network = NULL;
    ib_tensor *x = NULL, *values = NULL;
    ib_rng *rng = NULL;
    ib_status status = ib_network_create(context, 3, &network);
    if (status == IB_OK)
        status = add_layers(network);
    if (status == IB_OK)
        status = ib_tensor_create(context, 2, (size_t[]){5, 3}, &x);
    if (status == IB_OK)
        status = ib_tensor_create(context, 2, (size_t[]){5, 4}, &values);
    if (status == IB_OK)
        status = ib_rng_create(context, 1, 1, &rng);
    if (status == IB_OK)
        status = ib_network_initialise(network, rng);
    if (status == IB_OK)
        status = ib_network_forward(network, IB_PASS_TRAINING, x);
    if (status == IB_OK)
        status = ib_network_backward(network, labels, NULL, NULL);
    if (status == IB_OK)
        status = ib_network_forward(network, IB_PASS_INFERENCE, x);
    if (status == IB_OK)
        status = ib_network_read_codes(network, 1, NULL, 5, codes);
    if (status == IB_OK)
        status = ib_network_read_values(network, 1, NULL, 5, values);
    ib_rng_destroy(rng);
    ib_tensor_destroy(x);
    ib_tensor_destroy(values);
    ib_network_destroy(network);
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
        cmocka_unit_test(description),      cmocka_unit_test(weights_and_parameters),  cmocka_unit_test(initialisers),
        cmocka_unit_test(drawn_in_order),   cmocka_unit_test(initialise_forgets),      cmocka_unit_test(reading_rows),
        cmocka_unit_test(codes_and_values), cmocka_unit_test(inference_moves_nothing), cmocka_unit_test(copied_options),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
