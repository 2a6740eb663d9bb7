/* The presets: what each network is made of, how its weights begin, and what they say beyond it. */
#include "nn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t widths[7] = {12, 10, 7, 5, 4, 3, 2};

static ib_network *create(ib_context *context, uint32_t preset, uint32_t activation, uint32_t bits)
{
    ib_network *network = NULL;
    assert_ok(context, ib_preset_create(context, preset, activation, bits, &network));
    return network;
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(ib_preset_name(IB_PRESET_PAPER), "paper");
    assert_string_equal(ib_preset_name(IB_PRESET_OFFICIAL_V1), "official-v1");
    assert_string_equal(ib_preset_name(IB_PRESET_OFFICIAL_ICLR), "official-iclr");
    assert_string_equal(ib_preset_name(IB_PRESET_COUNT), "unknown");
}

/* Before training: ranges that nothing has moved yet, or none. */
static void check_ranges(ib_context *context, ib_network *network, size_t layer, int moving)
{
    float min = 0, max = 0;
    ib_quant *quant = ib_network_activation_quant(network, layer);
    assert_non_null(quant);
    if (moving) {
        assert_ok(context, ib_quant_get_range(quant, 0, &min, &max));
        assert_true(min == -6 && max == 6);
    } else {
        assert_fails(context, IB_ERR_STATE, "", ib_quant_get_range(quant, 0, &min, &max));
    }
}

static void check_structure(ib_context *context, uint32_t preset, uint32_t activation, uint32_t bits)
{
    ib_network *network = create(context, preset, activation, bits);
    int official = preset != IB_PRESET_PAPER, quantised = bits != 32;
    assert_int_equal(ib_network_layers(network), 6);
    assert_int_equal(ib_network_width(network, 0), 12);
    for (size_t layer = 1; layer <= 6; layer++) {
        int last = layer == 6, is_tanh = !last && activation == IB_ACTIVATION_TANH;
        assert_int_equal(ib_network_width(network, layer), widths[layer]);
        assert_int_equal(ib_network_bits(network, layer), bits);
        assert_int_equal(ib_network_activation(network, layer), last ? IB_ACTIVATION_SOFTMAX : activation);
        assert_int_equal(ib_network_weight_quant(network, layer) != NULL, quantised && official && !is_tanh);
        if (!quantised) {
            assert_null(ib_network_activation_quant(network, layer));
            continue;
        }
        assert_int_equal(ib_network_quantise_at(network, layer),
                         official && last ? IB_QUANTISE_LOGITS : IB_QUANTISE_OUTPUT);
        check_ranges(context, network, layer, official && !is_tanh);
    }
    ib_network_destroy(network);
}

static void structure(void **state)
{
    (void)state;
    static const uint32_t bits[] = {2, 4, 8, 16, 32};
    ib_context *context = test_context(NULL);
    for (uint32_t preset = 0; preset < IB_PRESET_COUNT; preset++) {
        for (size_t b = 0; b < 5; b++) {
            check_structure(context, preset, IB_ACTIVATION_TANH, bits[b]);
            check_structure(context, preset, IB_ACTIVATION_RELU, bits[b]);
        }
    }
    ib_network_destroy(create(context, IB_PRESET_PAPER, IB_ACTIVATION_TANH, 1));
    ib_context_destroy(context);
}

/* Codes and values of a pass have the form of the preset's grid: nudged has an exact 0, uniform its minimum. */
static void grids(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_dataset *dataset = NULL;
    assert_ok(context, ib_dataset_create_icosahedron(context, &dataset));
    for (uint32_t preset = IB_PRESET_PAPER; preset <= IB_PRESET_OFFICIAL_V1; preset++) {
        ib_network *network = create(context, preset, IB_ACTIVATION_RELU, 4);
        ib_rng *rng = NULL;
        uint16_t *codes = test_zeros(4096 * 10, sizeof *codes);
        ib_tensor *values = test_tensor(context, 4096, 10);
        assert_ok(context, ib_rng_create(context, 1, 1, &rng));
        assert_ok(context, ib_network_initialise(network, rng));
        assert_ok(context, ib_network_forward(network, IB_PASS_INFERENCE, ib_dataset_inputs(dataset)));
        assert_ok(context, ib_network_read_codes(network, 1, NULL, 4096, codes));
        assert_ok(context, ib_network_read_values(network, 1, NULL, 4096, values));
        uint16_t zero = preset == IB_PRESET_PAPER ? 0 : 8; /* of [-6, 6]: floor(6 / 0.8 + 0.5) */
        for (size_t i = 0; i < 40960; i++) {
            assert_true(codes[i] >= zero && codes[i] < 16);
            assert_true((codes[i] == zero) == (ib_tensor_read(values)[i] == 0));
        }
        free(codes);
        ib_tensor_destroy(values);
        ib_rng_destroy(rng);
        ib_network_destroy(network);
    }
    ib_dataset_destroy(dataset);
    ib_context_destroy(context);
}

static double draw(ib_rng *rng, int glorot, size_t inputs, size_t width)
{
    if (glorot)
        return sqrt(6.0 / (double)(inputs + width)) * (2 * ib_rng_get_uniform(rng) - 1);
    return ib_rng_get_truncated_normal(rng) / sqrt((double)width);
}

static void initial_weights(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    for (uint32_t preset = 0; preset < IB_PRESET_COUNT; preset++) {
        ib_network *network = create(context, preset, IB_ACTIVATION_TANH, 8);
        ib_rng *used = NULL, *again = NULL;
        assert_ok(context, ib_rng_create(context, 4, 2, &used));
        assert_ok(context, ib_rng_create(context, 4, 2, &again));
        assert_ok(context, ib_network_initialise(network, used));
        for (size_t layer = 1; layer <= 6; layer++) {
            size_t inputs = widths[layer - 1], width = widths[layer];
            int glorot = preset == IB_PRESET_OFFICIAL_ICLR || (preset == IB_PRESET_OFFICIAL_V1 && layer == 6);
            ib_tensor *kernel = test_tensor(context, inputs, width), *bias = test_vector_of(context, width, NULL);
            assert_ok(context, ib_network_get_weights(network, layer, kernel, bias));
            for (size_t i = 0; i < inputs * width; i++)
                assert_close(ib_tensor_read(kernel)[i], draw(again, glorot, inputs, width), 1e-7, 2e-7);
            for (size_t i = 0; i < width; i++)
                assert_true(ib_tensor_read(bias)[i] == 0);
            ib_tensor_destroy(kernel);
            ib_tensor_destroy(bias);
        }
        ib_rng_destroy(used);
        ib_rng_destroy(again);
        ib_network_destroy(network);
    }
    ib_context_destroy(context);
}

static void beyond_the_network(void **state)
{
    (void)state;
    static const uint32_t every[] = {1, 1, 5}, restart[] = {0, 0, 1001};
    for (uint32_t preset = 0; preset < IB_PRESET_COUNT; preset++) {
        ib_preset_info info;
        memset(&info, 0xff, sizeof info);
        info.struct_size = sizeof info;
        assert_int_equal(ib_preset_get_info(preset, &info), IB_OK);
        assert_int_equal(info.struct_size, sizeof info);
        assert_int_equal(info.points_every, every[preset]);
        assert_int_equal(info.restart_from, restart[preset]);
        assert_int_equal(info.reserved, 0);
        assert_true(info.bad_accuracy == 0.55);
    }
    ib_preset_info part;
    memset(&part, 0x55, sizeof part);
    part.struct_size = offsetof(ib_preset_info, restart_from);
    assert_int_equal(ib_preset_get_info(IB_PRESET_OFFICIAL_ICLR, &part), IB_OK);
    assert_int_equal(part.points_every, 5);
    assert_int_equal(part.restart_from, 0x55555555);
    struct {
        ib_preset_info known;
        uint64_t later;
    } longer = {.later = 42};
    longer.known.struct_size = sizeof longer;
    assert_int_equal(ib_preset_get_info(IB_PRESET_OFFICIAL_ICLR, &longer.known), IB_OK);
    assert_true(longer.known.bad_accuracy == 0.55 && longer.later == 42);
    assert_int_equal(ib_preset_get_info(IB_PRESET_COUNT, &part), IB_ERR_ARG);
    assert_int_equal(ib_preset_get_info(0, NULL), IB_ERR_ARG);
    part.struct_size = 0;
    assert_int_equal(ib_preset_get_info(0, &part), IB_ERR_ARG);
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_network *network = (ib_network *)&context;
    static const uint32_t bits[] = {0, 17, 31, 33, UINT32_MAX};
    for (size_t i = 0; i < 5; i++) {
        network = (ib_network *)&context;
        assert_fails(context, IB_ERR_RANGE, "bits",
                     ib_preset_create(context, IB_PRESET_PAPER, IB_ACTIVATION_TANH, bits[i], &network));
        assert_null(network);
    }
    assert_fails(context, IB_ERR_RANGE, "bits",
                 ib_preset_create(context, IB_PRESET_OFFICIAL_V1, IB_ACTIVATION_TANH, 1, &network));
    assert_fails(context, IB_ERR_ARG, "", ib_preset_create(context, IB_PRESET_COUNT, 1, 8, &network));
    assert_fails(context, IB_ERR_ARG, "softmax", ib_preset_create(context, 0, IB_ACTIVATION_SOFTMAX, 8, &network));
    assert_fails(context, IB_ERR_ARG, "unknown", ib_preset_create(context, 0, 5, 8, &network));
    assert_fails(context, IB_ERR_ARG, "", ib_preset_create(context, 0, IB_ACTIVATION_TANH, 8, NULL));
    assert_int_equal(ib_preset_create(NULL, 0, IB_ACTIVATION_TANH, 8, &network), IB_ERR_ARG);
    assert_null(network);
    ib_context_destroy(context);
}

/* All that a layer is made of, compared between two networks; and their weights from the same random numbers. */
static void assert_same_layer(ib_context *context, ib_network *a, ib_network *b, size_t layer)
{
    const size_t inputs = ib_network_width(a, layer - 1), width = ib_network_width(a, layer);
    ib_tensor *of_a = test_tensor(context, inputs, width), *of_b = test_tensor(context, inputs, width);
    assert_int_equal(ib_network_width(b, layer), width);
    assert_int_equal(ib_network_activation(a, layer), ib_network_activation(b, layer));
    assert_int_equal(ib_network_bits(a, layer), ib_network_bits(b, layer));
    assert_int_equal(ib_network_quantise_at(a, layer), ib_network_quantise_at(b, layer));
    assert_int_equal(ib_network_weight_quant(a, layer) != NULL, ib_network_weight_quant(b, layer) != NULL);
    assert_ok(context, ib_network_get_weights(a, layer, of_a, NULL));
    assert_ok(context, ib_network_get_weights(b, layer, of_b, NULL));
    assert_memory_equal(ib_tensor_read(of_a), ib_tensor_read(of_b), inputs * width * sizeof(float));
    ib_tensor_destroy(of_a);
    ib_tensor_destroy(of_b);
}

static void initialise(ib_context *context, ib_network *network)
{
    ib_rng *rng = NULL;
    assert_ok(context, ib_rng_create(context, 3, 1, &rng));
    assert_ok(context, ib_network_initialise(network, rng));
    ib_rng_destroy(rng);
}

static void standard_widths(void **state)
{
    (void)state;
    size_t layers = 0;
    const uint32_t *standard = ib_preset_widths(&layers);
    ib_context *context = test_context(NULL);
    assert_int_equal(layers, 6);
    for (size_t l = 0; l <= 6; l++)
        assert_int_equal(standard[l], widths[l]);
    assert_ptr_equal(ib_preset_widths(NULL), standard);
    for (uint32_t preset = 0; preset < IB_PRESET_COUNT; preset++) {
        ib_network *usual = create(context, preset, IB_ACTIVATION_RELU, 8), *same = NULL;
        assert_ok(context, ib_preset_create_with(context, preset, IB_ACTIVATION_RELU, 8, standard, layers, &same));
        initialise(context, usual);
        initialise(context, same);
        assert_int_equal(ib_network_layers(same), 6);
        assert_int_equal(ib_network_width(same, 0), 12);
        for (size_t layer = 1; layer <= 6; layer++)
            assert_same_layer(context, usual, same, layer);
        ib_network_destroy(usual);
        ib_network_destroy(same);
    }
    ib_context_destroy(context);
}

/* Trains a little on two bits, which says that the network is one that can be trained, and its outputs are finite. */
static void train(ib_context *context, ib_network *network, size_t inputs, uint32_t classes)
{
    ib_tensor *rows = test_tensor(context, 4, inputs);
    const uint32_t labels[4] = {0, 1, 1, 0};
    ib_dataset *dataset = NULL;
    ib_split *split = NULL;
    ib_train_options options;
    for (size_t i = 0; i < 4 * inputs; i++)
        ib_tensor_data(rows)[i] = (float)(i % inputs == 0 ? i / inputs & 1 : i / inputs >> 1);
    assert_ok(context, ib_dataset_create(context, rows, labels, classes, &dataset));
    assert_ok(context, ib_split_create(context, 4, NULL, 0, &split));
    ib_train_options_init(&options);
    options.epochs = 2;
    assert_ok(context, ib_train_run(network, dataset, split, &options));
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
    ib_tensor_destroy(rows);
}

static void check_other(ib_context *context, uint32_t preset, uint32_t activation, uint32_t bits, const uint32_t *other,
                        size_t layers)
{
    const int is_program = preset != IB_PRESET_PAPER && bits != 32;
    ib_network *network = NULL;
    assert_ok(context, ib_preset_create_with(context, preset, activation, bits, other, layers, &network));
    assert_int_equal(ib_network_layers(network), layers);
    assert_int_equal(ib_network_width(network, 0), other[0]);
    for (size_t layer = 1; layer <= layers; layer++) {
        const int last = layer == layers, is_tanh = !last && activation == IB_ACTIVATION_TANH;
        assert_int_equal(ib_network_width(network, layer), other[layer]);
        assert_int_equal(ib_network_activation(network, layer), last ? IB_ACTIVATION_SOFTMAX : activation);
        assert_int_equal(ib_network_bits(network, layer), bits);
        assert_int_equal(ib_network_weight_quant(network, layer) != NULL, is_program && !is_tanh);
        if (bits != 32)
            check_ranges(context, network, layer, is_program && !is_tanh);
    }
    train(context, network, other[0], other[layers]);
    ib_network_destroy(network);
}

static void other_widths(void **state)
{
    (void)state;
    static const uint32_t small[] = {3, 4, 2}, single[] = {2, 2}, wide[] = {2, 70, 1, 33, 5};
    ib_context *context = test_context(NULL);
    for (uint32_t preset = 0; preset < IB_PRESET_COUNT; preset++)
        for (uint32_t activation = IB_ACTIVATION_LINEAR; activation <= IB_ACTIVATION_SIGMOID; activation++)
            for (uint32_t bits = preset ? 2 : 1; bits <= 32; bits += bits == 16 ? 16 : 1) {
                check_other(context, preset, activation, bits, small, 2);
                check_other(context, preset, activation, bits, single, 1);
                check_other(context, preset, activation, bits, wide, 4);
            }
    ib_context_destroy(context);
}

static void refused_widths(void **state)
{
    (void)state;
    static const uint32_t zero[] = {3, 0, 2}, none[] = {0, 2}, fine[] = {3, 2};
    uint32_t many[IB_PRESET_MOST_LAYERS + 2];
    ib_context *context = test_context(NULL);
    ib_network *network = (ib_network *)&context;
    for (size_t l = 0; l < IB_PRESET_MOST_LAYERS + 2; l++)
        many[l] = 1;
    assert_fails(context, IB_ERR_RANGE, "width 1: expected at least 1, got 0",
                 ib_preset_create_with(context, 0, IB_ACTIVATION_TANH, 8, zero, 2, &network));
    assert_null(network);
    assert_fails(context, IB_ERR_RANGE, "width 0", ib_preset_create_with(context, 0, 1, 8, none, 1, &network));
    assert_fails(context, IB_ERR_RANGE, "layers", ib_preset_create_with(context, 0, 1, 8, fine, 0, &network));
    assert_fails(context, IB_ERR_RANGE, "layers: expected 1 to 1024, got 1025",
                 ib_preset_create_with(context, 0, 1, 8, many, IB_PRESET_MOST_LAYERS + 1, &network));
    assert_ok(context, ib_preset_create_with(context, 0, 1, 8, many, IB_PRESET_MOST_LAYERS, &network));
    ib_network_destroy(network);
    assert_fails(context, IB_ERR_ARG, "widths", ib_preset_create_with(context, 0, 1, 8, NULL, 1, &network));
    assert_fails(context, IB_ERR_ARG, "out", ib_preset_create_with(context, 0, 1, 8, fine, 1, NULL));
    assert_fails(context, IB_ERR_ARG, "preset", ib_preset_create_with(context, 3, 1, 8, fine, 1, &network));
    assert_fails(context, IB_ERR_RANGE, "bits", ib_preset_create_with(context, 1, 1, 1, fine, 1, &network));
    assert_int_equal(ib_preset_create_with(NULL, 0, 1, 8, fine, 1, &network), IB_ERR_ARG);
    assert_null(network);
    ib_context_destroy(context);
}

static ib_status life(ib_context *context, void *user_data)
{
    uint32_t preset = *(uint32_t *)user_data;
    ib_network *network = NULL;
    ib_status status = ib_preset_create(context, preset, IB_ACTIVATION_RELU, 8, &network);
    ib_network_destroy(network);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    for (uint32_t preset = 0; preset < IB_PRESET_COUNT; preset++)
        test_every_failed_allocation(life, &preset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),           cmocka_unit_test(structure),          cmocka_unit_test(grids),
        cmocka_unit_test(initial_weights), cmocka_unit_test(beyond_the_network), cmocka_unit_test(refusals),
        cmocka_unit_test(standard_widths), cmocka_unit_test(other_widths),       cmocka_unit_test(refused_widths),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
