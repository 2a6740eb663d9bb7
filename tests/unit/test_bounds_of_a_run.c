/* Bounds over a whole run, found by making the run twice: the same as if all outputs had been kept. */
#include "information.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EPOCHS = 6, LAYERS = 6, ROWS = 4096, ESTIMATORS = 3 };

static const size_t widths[LAYERS] = {10, 7, 5, 4, 3, 2};

typedef struct study {
    ib_context *context;
    ib_dataset *dataset;
    ib_split *split;
    ib_network *network;
    ib_observer *observer;
    ib_ranges *ranges;
    ib_plane *plane;
    uint64_t seed;
    int second;                         /* which time it is */
    float *outputs[EPOCHS + 1][LAYERS]; /* [ROWS][width]: everything, of the first time */
    ib_binning_options options[ESTIMATORS];
} study;

/* Keeps all outputs, which nobody else needs to. */
static void keep(study *s, const ib_network *network, uint32_t epoch)
{
    for (size_t l = 0; l < LAYERS; l++) {
        ib_tensor *values = test_tensor(s->context, ROWS, widths[l]);
        s->outputs[epoch][l] = test_zeros(ROWS * widths[l], sizeof(float));
        assert_ok(s->context, ib_network_read_values(network, l + 1, NULL, ROWS, values));
        memcpy(s->outputs[epoch][l], ib_tensor_read(values), ROWS * widths[l] * sizeof(float));
        ib_tensor_destroy(values);
    }
}

static int32_t watch(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    study *s = user_data;
    if (s->second) {
        assert_ok(s->context, ib_observer_measure(s->observer, network, epoch->epoch, s->plane));
        return 0;
    }
    assert_ok(s->context, ib_ranges_add(s->ranges, network));
    keep(s, network, epoch->epoch);
    return 0;
}

static void train(study *s)
{
    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = EPOCHS;
    options.seed = s->seed;
    options.callback = watch;
    options.user_data = s;
    assert_ok(s->context, ib_train_run(s->network, s->dataset, s->split, &options));
}

static study *run_twice(uint32_t bits, uint64_t seed)
{
    static const uint32_t bounds[ESTIMATORS] = {IB_BOUNDS_LARGEST, IB_BOUNDS_GLOBAL, IB_BOUNDS_LAYER};
    study *s = test_zeros(1, sizeof *s);
    s->context = test_context(NULL);
    s->seed = seed;
    assert_ok(s->context, ib_dataset_create_icosahedron(s->context, &s->dataset));
    assert_ok(s->context, ib_split_create_study(s->context, &s->split));
    assert_ok(s->context, ib_preset_create(s->context, IB_PRESET_PAPER, IB_ACTIVATION_RELU, bits, &s->network));
    assert_ok(s->context, ib_observer_create(s->dataset, &s->observer));
    assert_ok(s->context, ib_ranges_create(s->context, LAYERS, &s->ranges));
    assert_ok(s->context, ib_plane_create(s->context, &s->plane));
    for (size_t e = 0; e < ESTIMATORS; e++) {
        ib_binning_options_init(&s->options[e]);
        s->options[e].bins = 30;
        s->options[e].bounds = bounds[e];
        assert_ok(s->context, ib_observer_add_binning(s->observer, &s->options[e], NULL));
    }
    train(s);
    assert_ok(s->context, ib_observer_set_ranges(s->observer, s->ranges));
    s->second = 1;
    train(s);
    return s;
}

static void destroy(study *s)
{
    for (size_t i = 0; i < (EPOCHS + 1) * LAYERS; i++)
        free(s->outputs[i / LAYERS][i % LAYERS]);
    ib_plane_destroy(s->plane);
    ib_ranges_destroy(s->ranges);
    ib_observer_destroy(s->observer);
    ib_network_destroy(s->network);
    ib_split_destroy(s->split);
    ib_dataset_destroy(s->dataset);
    ib_context_destroy(s->context);
    free(s);
}

/* Over the epochs and layers first to last. */
static void range_of(const study *s, size_t first_epoch, size_t last_epoch, size_t first, size_t last, double *min,
                     double *max)
{
    *min = (double)INFINITY;
    *max = -(double)INFINITY;
    for (size_t epoch = first_epoch; epoch <= last_epoch; epoch++) {
        for (size_t l = first; l <= last; l++) {
            for (size_t i = 0; i < ROWS * widths[l]; i++) {
                *min = fmin(*min, (double)s->outputs[epoch][l][i]);
                *max = fmax(*max, (double)s->outputs[epoch][l][i]);
            }
        }
    }
}

static void bounds_of(const study *s, uint32_t bounds, size_t epoch, size_t layer, double *min, double *max)
{
    if (bounds == IB_BOUNDS_GLOBAL)
        range_of(s, 0, EPOCHS, 0, LAYERS - 1, min, max);
    else if (bounds == IB_BOUNDS_LAYER)
        range_of(s, epoch, epoch, layer, layer, min, max);
    else
        range_of(s, 0, EPOCHS, layer, layer, min, max);
    if (bounds == IB_BOUNDS_LARGEST) { /* of ReLU the top, of softmax nothing is taken from the run */
        *min = 0;
        *max = layer == LAYERS - 1 ? 1 : *max;
    }
}

static information expected_of(const study *s, const ib_point *point)
{
    const size_t l = point->layer - 1, n = ROWS * widths[l];
    const float *x = s->outputs[point->epoch][l];
    uint32_t *states = test_zeros(n, sizeof *states);
    double low, high;
    bounds_of(s, s->options[point->estimator - 1].bounds, point->epoch, l, &low, &high);
    for (size_t i = 0; i < n; i++)
        states[i] = (uint32_t)fmin(floor(((double)x[i] - low) * 30 / (high - low)), 29);
    information result = information_of(states, ROWS, widths[l], ib_dataset_labels(s->dataset), 2);
    free(states);
    return result;
}

static void check_points(const study *s)
{
    size_t binned = 0;
    for (size_t i = 0; i < ib_plane_count(s->plane); i++) {
        const ib_point *point = &ib_plane_points(s->plane)[i];
        if (point->measure != IB_MEASURE_BINNED)
            continue;
        binned++;
        information_assert_point(point, expected_of(s, point));
    }
    assert_int_equal(binned, (EPOCHS + 1) * LAYERS * ESTIMATORS);
}

static void as_if_all_were_kept(void **state)
{
    (void)state;
    static const uint32_t bits[] = {32, 8};
    for (size_t b = 0; b < 2; b++) {
        study *s = run_twice(bits[b], 1);
        check_points(s);
        destroy(s);
    }
}

/* Pairs of neighbouring layers of which the later one tells more about the label: the data processing inequality,
 * I(T_l;Y) >= I(T_l+1;Y), broken. */
static size_t violations(const study *s, uint32_t measure, uint32_t estimator)
{
    double before[LAYERS + 1] = {0};
    size_t broken = 0;
    for (size_t i = 0; i < ib_plane_count(s->plane); i++) {
        const ib_point *point = &ib_plane_points(s->plane)[i];
        if (point->measure != measure || point->estimator != estimator)
            continue;
        before[point->layer] = point->i_ty;
        broken += point->layer > 1 && point->i_ty > before[point->layer - 1] + 1e-9;
    }
    return broken;
}

/* 30 bins between global bounds break the inequality for ReLU in some runs, as the study found. No network does. */
static void data_processing_inequality(void **state)
{
    (void)state;
    size_t broken = 0;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        study *s = run_twice(32, seed);
        assert_int_equal(violations(s, IB_MEASURE_STATE, 0), 0);
        broken += violations(s, IB_MEASURE_BINNED, 2);
        destroy(s);
    }
    assert_true(broken > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_if_all_were_kept),
        cmocka_unit_test(data_processing_inequality),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
