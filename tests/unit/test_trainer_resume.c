/* A run that is saved after any epoch and continued elsewhere is the uninterrupted run: weights, codes and points, bit
 * for bit. "Elsewhere" is another context, network, data set and observer; only the saved bytes are shared. */
#include "nn.h"
#include "stream.h"

#include <stdlib.h>
#include <string.h>

/* What a run is made of. */
typedef struct setting {
    int small; /* few rows and the network of `small_network`, else the study's */
    uint32_t preset, activation, bits;
    uint32_t range, grid; /* of the small network */
    uint32_t prefit, reset;
    int sgd;
    uint32_t epochs, kernels;
} setting;

enum { MOST_EPOCHS = 8, SMALL_BITS = 6, SMALL_ROWS = 64, SMALL_TEST_ROWS = 14 };

typedef struct place {
    ib_context *context;
    ib_dataset *dataset;
    ib_split *split;
    ib_network *network;
    ib_observer *observer;
    ib_plane *plane;
    ib_trainer *trainer;
    const setting *what;
    uint64_t seen[MOST_EPOCHS + 1];     /* hashes of all that there is to see after an epoch; 0: not reported */
    test_stream saved[MOST_EPOCHS + 1]; /* from within the callback */
    int save;
} place;

/* Quantised weights with a range for each unit, and a layer without quantisers. */
static ib_network *small_network(ib_context *context, const setting *what)
{
    ib_quant_options activations = test_quant_options(what->bits, what->grid, what->range);
    ib_quant_options weights = test_quant_options(7, IB_GRID_NUDGED, what->range);
    activations.initial_min = weights.initial_min = -2;
    activations.initial_max = weights.initial_max = 3;
    weights.per_channel = 1;
    ib_layer_options layers[3] = {test_layer_options(5, what->activation), test_layer_options(4, IB_ACTIVATION_SIGMOID),
                                  test_layer_options(2, IB_ACTIVATION_SOFTMAX)};
    layers[0].activations = layers[2].activations = &activations;
    layers[0].weights = layers[2].weights = &weights;
    layers[2].quantise_at = what->grid == IB_GRID_NUDGED ? IB_QUANTISE_LOGITS : IB_QUANTISE_OUTPUT;
    ib_network *network = NULL;
    assert_ok(context, ib_network_create(context, SMALL_BITS, &network));
    for (size_t l = 0; l < 3; l++)
        assert_ok(context, ib_network_add_layer(network, &layers[l]));
    return network;
}

/* Values and codes of all layers. */
static uint64_t hash_pass(const place *p, uint64_t hash)
{
    const size_t rows = ib_network_rows(p->network);
    for (size_t l = 1; l <= ib_network_layers(p->network); l++) {
        const size_t n = rows * ib_network_width(p->network, l);
        ib_tensor *values = test_tensor(p->context, rows, ib_network_width(p->network, l));
        assert_ok(p->context, ib_network_read_values(p->network, l, NULL, rows, values));
        hash = test_hash(hash, ib_tensor_read(values), n * sizeof(float));
        ib_tensor_destroy(values);
        if (ib_network_bits(p->network, l) == 32)
            continue;
        uint16_t *codes = test_zeros(n, sizeof *codes);
        assert_ok(p->context, ib_network_read_codes(p->network, l, NULL, rows, codes));
        hash = test_hash(hash, codes, n * sizeof *codes);
        free(codes);
    }
    return hash;
}

static uint64_t hash_ranges(const place *p, uint64_t hash)
{
    for (size_t l = 1; l <= ib_network_layers(p->network); l++) {
        float ends[2] = {0, 0};
        const ib_quant *quant = ib_network_activation_quant(p->network, l);
        if (quant && ib_quant_get_range(quant, 0, &ends[0], &ends[1]) == IB_OK)
            hash = test_hash(hash, ends, sizeof ends);
    }
    return hash;
}

static int32_t watch(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    place *p = user_data;
    const uint32_t e = epoch->epoch;
    assert_true(e <= MOST_EPOCHS && p->seen[e] == 0);
    ib_plane_reset(p->plane);
    assert_ok(p->context, ib_observer_measure(p->observer, network, e, p->plane));
    uint64_t hash = test_hash_weights(TEST_HASH_START, network);
    hash = test_hash(hash, epoch, sizeof *epoch);
    hash = hash_ranges(p, hash_pass(p, hash));
    p->seen[e] = test_hash_points(hash, p->plane);
    if (p->save)
        p->saved[e] = test_saved(p->context, p->trainer);
    return 0;
}

static ib_context *context_of(uint32_t kernels)
{
    ib_context_options options;
    ib_context *context = NULL;
    ib_context_options_init(&options);
    options.kernels = kernels;
    if (ib_context_create(&options, &context) == IB_ERR_UNSUPPORTED)
        return NULL;
    assert_non_null(context);
    return context;
}

static void create_trainer(place *p)
{
    ib_train_options options;
    ib_sgd_options sgd;
    ib_sgd_options_init(&sgd);
    sgd.rate = 0.125;
    sgd.momentum = 0.75;
    ib_train_options_init(&options);
    options.batch = p->what->small ? 16 : 0;
    options.seed = 0x123456789abcdef0;
    options.run = 77;
    options.attempt = 3;
    options.sgd = p->what->sgd ? &sgd : NULL;
    options.prefit_epochs = p->what->prefit;
    options.prefit_reset = p->what->reset;
    options.callback = watch;
    options.user_data = p;
    assert_ok(p->context, ib_trainer_create(p->network, p->dataset, p->split, &options, &p->trainer));
}

static place *arrive(const setting *what)
{
    place *p = test_zeros(1, sizeof *p);
    ib_context *context = context_of(what->kernels);
    assert_non_null(context);
    p->context = context;
    p->what = what;
    if (what->small) {
        p->dataset = test_majority(context, SMALL_BITS);
        p->split = test_split(context, SMALL_ROWS, SMALL_TEST_ROWS);
        p->network = small_network(context, what);
    } else {
        assert_ok(context, ib_dataset_create_icosahedron(context, &p->dataset));
        assert_ok(context, ib_split_create_study(context, &p->split));
        assert_ok(context, ib_preset_create(context, what->preset, what->activation, what->bits, &p->network));
    }
    assert_ok(context, ib_observer_create(p->dataset, &p->observer));
    assert_ok(context, ib_plane_create(context, &p->plane));
    create_trainer(p);
    return p;
}

static void leave(place *p)
{
    for (size_t e = 0; e <= MOST_EPOCHS; e++)
        test_stream_free(&p->saved[e]);
    ib_trainer_destroy(p->trainer);
    ib_plane_destroy(p->plane);
    ib_observer_destroy(p->observer);
    ib_network_destroy(p->network);
    ib_split_destroy(p->split);
    ib_dataset_destroy(p->dataset);
    ib_context_destroy(p->context);
    free(p);
}

/* Continues from some bytes to the end; after an epoch that was reported when they were saved, none is told again. */
static void continues(const place *whole, test_stream *saved, uint32_t first_told)
{
    place *p = arrive(whole->what);
    const uint32_t epochs = whole->what->epochs;
    assert_ok(p->context, test_read(p->trainer, saved));
    test_assert_saves(p->context, p->trainer, saved);
    assert_ok(p->context, ib_trainer_run(p->trainer, epochs));
    assert_int_equal(ib_trainer_epoch(p->trainer), epochs);
    for (uint32_t e = 0; e <= epochs; e++)
        assert_true(p->seen[e] == (e < first_told ? 0 : whole->seen[e]));
    test_stream last = test_saved(whole->context, whole->trainer);
    test_assert_saves(p->context, p->trainer, &last);
    test_stream_free(&last);
    leave(p);
}

static place *whole_run(const setting *what)
{
    place *whole = arrive(what);
    whole->save = 1;
    assert_ok(whole->context, ib_trainer_run(whole->trainer, whole->what->epochs));
    for (uint32_t e = 0; e <= what->epochs; e++)
        assert_true(whole->seen[e] != 0);
    return whole;
}

/* Saved in the callback of each epoch, and between steps. */
static void check(const setting *what)
{
    place *whole = whole_run(what);
    for (uint32_t e = 0; e <= what->epochs; e++)
        continues(whole, &whole->saved[e], e + 1);
    if (what->small) {
        place *p = arrive(what);
        for (uint32_t i = 0; i < what->prefit + what->epochs; i++) {
            test_stream saved = test_saved(p->context, p->trainer);
            continues(whole, &saved, i <= what->prefit ? 0 : i - what->prefit + 1);
            test_stream_free(&saved);
            assert_ok(p->context, ib_trainer_step(p->trainer));
        }
        leave(p);
    }
    leave(whole);
}

static void every_preset(void **state)
{
    (void)state;
    for (uint32_t preset = 0; preset < IB_PRESET_COUNT; preset++)
        for (uint32_t bits = 8; bits <= 32; bits += 24)
            for (uint32_t activation = IB_ACTIVATION_TANH; activation <= IB_ACTIVATION_RELU; activation++)
                if (!test_quick() || (preset + activation) % 3 == 0)
                    check(&(setting){.preset = preset, .activation = activation, .bits = bits, .epochs = 3});
}

static void every_range(void **state)
{
    (void)state;
    for (uint32_t range = IB_RANGE_EPOCH; range <= IB_RANGE_FIXED; range++)
        for (uint32_t i = 0; i < 4; i++)
            check(&(setting){.small = 1,
                             .activation = i & 1 ? IB_ACTIVATION_RELU : IB_ACTIVATION_TANH,
                             .bits = i & 1 ? 12 : 5,
                             .range = range,
                             .grid = i & 2 ? IB_GRID_NUDGED : IB_GRID_UNIFORM,
                             .sgd = i == 1 || i == 2,
                             .epochs = 4});
}

/* Within a prefit, and after one, whatever begins anew. */
static void prefit(void **state)
{
    (void)state;
    for (uint32_t reset = 0; reset < 4; reset++)
        for (int sgd = 0; sgd < 2; sgd++)
            check(&(setting){.small = 1,
                             .activation = IB_ACTIVATION_TANH,
                             .bits = 6,
                             .range = IB_RANGE_ALL,
                             .prefit = 3,
                             .reset = reset,
                             .sgd = sgd,
                             .epochs = 3});
}

/* Saved under one set of kernels, continued under another: the same bits, if both fuse or both do not; else refused. */
static void other_kernels(void **state)
{
    (void)state;
    setting what = {.preset = IB_PRESET_PAPER, .activation = IB_ACTIVATION_TANH, .bits = 8, .epochs = 4};
    for (uint32_t from = IB_KERNELS_PORTABLE; from <= IB_KERNELS_AVX512; from++) {
        ib_context *here = context_of(from);
        if (!here)
            continue;
        what.kernels = from;
        place *whole = whole_run(&what);
        for (uint32_t to = IB_KERNELS_PORTABLE; to <= IB_KERNELS_AVX512; to++) {
            ib_context *there = context_of(to);
            if (!there)
                continue;
            what.kernels = to;
            place *p = arrive(&what);
            if (test_fused(here) == test_fused(there)) {
                continues(whole, &whole->saved[2], 3);
            } else {
                test_stream before = test_saved(p->context, p->trainer);
                assert_fails(p->context, IB_ERR_STATE, "fused multiply-add: expected",
                             test_read(p->trainer, &whole->saved[2]));
                test_assert_saves(p->context, p->trainer, &before);
                test_stream_free(&before);
            }
            leave(p);
            ib_context_destroy(there);
        }
        leave(whole);
        ib_context_destroy(here);
    }
}

/* Back and forth in one trainer, and on beyond where it ended. */
static void back_and_forth(void **state)
{
    (void)state;
    const setting what = {
        .small = 1, .activation = IB_ACTIVATION_TANH, .bits = 6, .range = IB_RANGE_MOVING, .epochs = 4};
    place *whole = whole_run(&what);
    for (uint32_t i = 0; i < 20; i++) {
        const uint32_t e = (uint32_t)test_random_below(what.epochs + 1);
        const uint64_t seen = whole->seen[what.epochs];
        memset(whole->seen, 0, sizeof whole->seen);
        whole->save = 0;
        assert_ok(whole->context, test_read(whole->trainer, &whole->saved[e]));
        assert_int_equal(ib_trainer_epoch(whole->trainer), e);
        assert_int_equal(ib_network_rows(whole->network), 0);
        assert_ok(whole->context, ib_trainer_run(whole->trainer, whole->what->epochs));
        if (e == what.epochs) /* was told already */
            whole->seen[e] = seen;
        assert_true(whole->seen[what.epochs] == seen);
    }
    assert_ok(whole->context, ib_trainer_run(whole->trainer, what.epochs + 2));
    assert_true(whole->seen[what.epochs + 2] != 0);
    leave(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_preset),  cmocka_unit_test(every_range),    cmocka_unit_test(prefit),
        cmocka_unit_test(other_kernels), cmocka_unit_test(back_and_forth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
