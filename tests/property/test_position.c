/* What a network makes of a row in inference is a function of that row: not of its place in the batch, not of the size
 * of the batch, not of the other rows. Exact counting rests on it. Random networks, every set of kernels. */
#include "nn.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 300, MOST_LAYERS = 4, MOST_WIDTH = 40 };

/* A quantiser whose range is that of training, or fixed: one of the tensor at hand would depend on the batch. */
static ib_quant_options random_quantiser(void)
{
    static const uint32_t ranges[] = {IB_RANGE_MOVING, IB_RANGE_EPOCH, IB_RANGE_LAST, IB_RANGE_ALL, IB_RANGE_FIXED};
    ib_quant_options options = test_quant_options(2 + (uint32_t)test_random_below(9), (uint32_t)test_random_below(2),
                                                  ranges[test_random_below(sizeof ranges / sizeof *ranges)]);
    if (options.range == IB_RANGE_FIXED) {
        options.initial_min = -1.0f;
        options.initial_max = 1.0f;
    }
    return options;
}

static void add_random_layer(ib_context *context, ib_network *network, int last)
{
    const uint32_t activation = last ? IB_ACTIVATION_SOFTMAX : (uint32_t)test_random_below(IB_ACTIVATION_SOFTMAX);
    ib_layer_options options = test_layer_options(1 + (uint32_t)test_random_below(MOST_WIDTH), activation);
    const ib_quant_options activations = random_quantiser(), weights = random_quantiser();
    options.activations = test_random_below(2) ? &activations : NULL;
    options.weights = test_random_below(4) == 0 ? &weights : NULL;
    options.quantise_at = test_random_below(4) == 0 ? IB_QUANTISE_LOGITS : IB_QUANTISE_OUTPUT;
    assert_ok(context, ib_network_add_layer(network, &options));
}

/* A network that has seen `x` in training, which sets its ranges. */
static ib_network *random_network(ib_context *context, const ib_tensor *x)
{
    ib_network *network = NULL;
    ib_rng *rng = NULL;
    assert_ok(context, ib_network_create(context, ib_tensor_shape(x, 1), &network));
    const size_t layers = 1 + test_random_below(MOST_LAYERS);
    for (size_t l = 1; l <= layers; l++)
        add_random_layer(context, network, l == layers);
    assert_ok(context, ib_rng_create(context, test_random(), 0, &rng));
    assert_ok(context, ib_network_initialise(network, rng));
    assert_ok(context, ib_network_forward(network, IB_PASS_TRAINING, x));
    ib_rng_destroy(rng);
    return network;
}

/* What all layers made of the rows of the last pass. */
typedef struct outputs {
    size_t layers;
    ib_tensor *values[MOST_LAYERS];
    uint16_t *codes[MOST_LAYERS]; /* NULL without a quantiser */
} outputs;

static outputs read_outputs(ib_context *context, const ib_network *network)
{
    const size_t rows = ib_network_rows(network);
    outputs all = {.layers = ib_network_layers(network)};
    for (size_t l = 0; l < all.layers; l++) {
        const size_t width = ib_network_width(network, l + 1);
        all.values[l] = test_tensor(context, rows, width);
        assert_ok(context, ib_network_read_values(network, l + 1, NULL, rows, all.values[l]));
        all.codes[l] = test_zeros(rows * width, sizeof *all.codes[l]);
        if (ib_network_read_codes(network, l + 1, NULL, rows, all.codes[l]) != IB_OK) {
            free(all.codes[l]);
            all.codes[l] = NULL;
        }
    }
    return all;
}

static void free_outputs(outputs *all)
{
    for (size_t l = 0; l < all->layers; l++) {
        ib_tensor_destroy(all->values[l]);
        free(all->codes[l]);
    }
}

static void assert_same_row(const outputs *a, size_t row_a, const outputs *b, size_t row_b)
{
    for (size_t l = 0; l < a->layers; l++) {
        const size_t width = ib_tensor_shape(a->values[l], 1);
        assert_memory_equal(ib_tensor_read(a->values[l]) + row_a * width, ib_tensor_read(b->values[l]) + row_b * width,
                            width * sizeof(float));
        if (a->codes[l])
            assert_memory_equal(a->codes[l] + row_a * width, b->codes[l] + row_b * width, width * sizeof(uint16_t));
    }
}

/* A batch of n rows of x, any or all the same, against what the whole of x gave. */
static void compare_batch(ib_context *context, ib_network *network, const ib_tensor *x, const outputs *whole, size_t n,
                          int equal)
{
    const size_t inputs = ib_tensor_shape(x, 1), one = test_random_below(ib_tensor_shape(x, 0));
    size_t row[MOST_ROWS];
    ib_tensor *batch = test_tensor(context, n, inputs);
    for (size_t i = 0; i < n; i++) {
        row[i] = equal ? one : test_random_below(ib_tensor_shape(x, 0));
        memcpy(ib_tensor_data(batch) + i * inputs, ib_tensor_read(x) + row[i] * inputs, inputs * sizeof(float));
    }
    assert_ok(context, ib_network_forward(network, IB_PASS_INFERENCE, batch));
    outputs part = read_outputs(context, network);
    for (size_t i = 0; i < n; i++)
        assert_same_row(&part, i, whole, row[i]);
    free_outputs(&part);
    ib_tensor_destroy(batch);
}

static void position_of(ib_context *context)
{
    const int networks = test_quick() ? 5 : 200;
    for (int i = 0; i < networks; i++) {
        const size_t rows = 1 + test_random_below(MOST_ROWS), inputs = 1 + test_random_below(MOST_WIDTH);
        ib_tensor *x = test_tensor_random(context, rows, inputs, -2.0, 2.0);
        ib_network *network = random_network(context, x);
        assert_ok(context, ib_network_forward(network, IB_PASS_INFERENCE, x));
        outputs whole = read_outputs(context, network);
        compare_batch(context, network, x, &whole, 1, 1);
        for (int equal = 0; equal < 2; equal++)
            compare_batch(context, network, x, &whole, 1 + test_random_below(MOST_ROWS), equal);
        free_outputs(&whole);
        ib_network_destroy(network);
        ib_tensor_destroy(x);
    }
}

static void position(void **state)
{
    (void)state;
    test_every_kernels(position_of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(position)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
