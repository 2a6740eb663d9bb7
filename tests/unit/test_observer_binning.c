/* Binning estimators of an observer, against outputs that are read back, binned value by value, and sorted. */
#include "information.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BITS = 7, ROWS = 100 /* the last panel is not full */, LAYERS = 3, MOST_WIDTH = 6 };

static const uint32_t widths[LAYERS] = {MOST_WIDTH, 2, 3};

/* One of each kind; with bins for one byte and for two. */
static const ib_binning_options every_kind[] = {
    {.struct_size = sizeof(ib_binning_options)},
    {.struct_size = sizeof(ib_binning_options), .bins = 300},
    {.struct_size = sizeof(ib_binning_options), .bins = 1},
    {.struct_size = sizeof(ib_binning_options), .bins = 7, .bounds = IB_BOUNDS_NEURON},
    {.struct_size = sizeof(ib_binning_options), .bins = 257, .bounds = IB_BOUNDS_NEURON},
    {.struct_size = sizeof(ib_binning_options),
     .bins = 5,
     .bounds = IB_BOUNDS_FIXED,
     .clamp = 1,
     .low = -0.5,
     .high = 0.3},
    {.struct_size = sizeof(ib_binning_options), .bins = 10, .bounds = IB_BOUNDS_LARGEST, .clamp = 1},
    {.struct_size = sizeof(ib_binning_options), .bins = 30, .bounds = IB_BOUNDS_GLOBAL, .clamp = 1},
    {.struct_size = sizeof(ib_binning_options), .bins = 8, .kind = IB_BINS_EQUAL_MASS},
    {.struct_size = sizeof(ib_binning_options), .bins = 300, .kind = IB_BINS_EQUAL_MASS, .bounds = IB_BOUNDS_NEURON},
    {.struct_size = sizeof(ib_binning_options), .bins = 2, .kind = IB_BINS_EQUAL_MASS, .bounds = IB_BOUNDS_NEURON},
};
enum { KINDS = sizeof every_kind / sizeof every_kind[0] };

/* The ranges that the tests claim for a run. */
static const float run_min[LAYERS] = {-0.75f, -1.5f, 0.125f}, run_max[LAYERS] = {0.75f, 2, 0.875f};

typedef struct fixture {
    test_memory memory;
    ib_context *context;
    uint32_t classes;
    ib_dataset *dataset;
    ib_observer *observer;
    ib_ranges *ranges;
    ib_plane *plane;
} fixture;

static ib_dataset *dataset_of(ib_context *context, uint32_t classes)
{
    float x[ROWS * BITS];
    uint32_t labels[ROWS];
    ib_dataset *dataset = NULL;
    for (uint32_t i = 0; i < ROWS; i++) {
        labels[i] = (i & 7) * (i >> 3) % classes;
        for (uint32_t b = 0; b < BITS; b++)
            x[i * BITS + b] = (float)(i >> b & 1);
    }
    ib_tensor *inputs = test_tensor_of(context, ROWS, BITS, x);
    assert_ok(context, ib_dataset_create(context, inputs, labels, classes, &dataset));
    ib_tensor_destroy(inputs);
    return dataset;
}

static fixture *make(uint32_t classes)
{
    fixture *f = test_zeros(1, sizeof *f);
    f->context = test_context(&f->memory);
    f->classes = classes;
    f->dataset = dataset_of(f->context, classes);
    assert_ok(f->context, ib_observer_create(f->dataset, &f->observer));
    assert_ok(f->context, ib_plane_create(f->context, &f->plane));
    assert_ok(f->context, ib_ranges_create(f->context, LAYERS, &f->ranges));
    for (size_t l = 0; l < LAYERS; l++)
        assert_ok(f->context, ib_ranges_set(f->ranges, l + 1, run_min[l], run_max[l]));
    return f;
}

static int set_up(void **state)
{
    *state = make(3);
    return 0;
}

/* So many labels that layers are counted each by itself. */
static int set_up_many_labels(void **state)
{
    *state = make(20);
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    ib_dataset_destroy(f->dataset);
    ib_observer_destroy(f->observer);
    ib_plane_destroy(f->plane);
    ib_ranges_destroy(f->ranges);
    ib_context_destroy(f->context);
    assert_int_equal(f->memory.live, 0);
    free(f);
    return 0;
}

/* 7 inputs, hidden layers of 6 and 2, a softmax of 3; bits 32: without quantisers. Ready to be measured. */
static ib_network *network_of(fixture *f, uint32_t activation, uint32_t bits, uint32_t grid)
{
    ib_quant_options quant = test_quant_options(bits, grid, IB_RANGE_TENSOR);
    ib_network *network = NULL;
    assert_ok(f->context, ib_network_create(f->context, BITS, &network));
    for (size_t l = 0; l < LAYERS; l++) {
        ib_layer_options options = test_layer_options(widths[l], l == 2 ? IB_ACTIVATION_SOFTMAX : activation);
        options.activations = bits == 32 ? NULL : &quant;
        options.quantise_at = l == 2 && grid == IB_GRID_NUDGED ? IB_QUANTISE_LOGITS : IB_QUANTISE_OUTPUT;
        assert_ok(f->context, ib_network_add_layer(network, &options));
    }
    test_fill(ib_network_parameters(network), ib_network_parameter_count(network), -1, 1);
    assert_ok(f->context, ib_network_forward(network, IB_PASS_INFERENCE, ib_dataset_inputs(f->dataset)));
    return network;
}

/* Values of one unit, or of all if unit is `width`. */
static int belongs(size_t i, size_t width, size_t unit)
{
    return unit == width || i % width == unit;
}

static double smallest(const float *x, size_t n, size_t width, size_t unit)
{
    double least = (double)INFINITY;
    for (size_t i = 0; i < n; i++)
        least = belongs(i, width, unit) ? fmin(least, (double)x[i]) : least;
    return least;
}

static double largest(const float *x, size_t n, size_t width, size_t unit)
{
    double most = -(double)INFINITY;
    for (size_t i = 0; i < n; i++)
        most = belongs(i, width, unit) ? fmax(most, (double)x[i]) : most;
    return most;
}

/* The bounds of a run by kind, of the network of the tests. */
static void bounds_of(const ib_network *network, size_t layer, const ib_binning_options *options, double *low,
                      double *high)
{
    const uint32_t activation = ib_network_activation(network, layer);
    if (options->bounds == IB_BOUNDS_GLOBAL) {
        *low = -1.5;
        *high = 2;
    } else if (options->bounds == IB_BOUNDS_FIXED && (options->low != 0 || options->high != 0)) {
        *low = options->low;
        *high = options->high;
    } else if (activation == IB_ACTIVATION_TANH) {
        *low = -1;
        *high = 1;
    } else if (activation == IB_ACTIVATION_SOFTMAX || activation == IB_ACTIVATION_SIGMOID) {
        *low = 0;
        *high = 1;
    } else {
        *low = activation == IB_ACTIVATION_RELU ? 0 : (double)run_min[layer - 1];
        *high = (double)run_max[layer - 1];
    }
}

static uint32_t uniform_bin(double x, double low, double high, double bins)
{
    if (low == high)
        return 0;
    return (uint32_t)fmin(fmax(floor((x - low) * bins / (high - low)), 0), bins - 1);
}

static uint32_t mass_bin(const float *x, size_t n, size_t width, size_t unit, float of, uint32_t bins)
{
    uint64_t smaller = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        smaller += belongs(i, width, unit) && x[i] < of;
        all += (uint64_t)belongs(i, width, unit);
    }
    return (uint32_t)(smaller * bins / all);
}

/* states[ROWS][width]: what an estimator makes of the outputs of a layer. */
static void bin(const ib_network *network, size_t layer, const ib_binning_options *options, const float *x,
                uint32_t *states)
{
    const size_t width = ib_network_width(network, layer), n = ROWS * width;
    const uint32_t bins = options->bins ? options->bins : 30;
    for (size_t i = 0; i < n; i++) {
        const size_t unit = options->bounds == IB_BOUNDS_NEURON ? i % width : width;
        double low = smallest(x, n, width, unit), high = largest(x, n, width, unit);
        if (options->bounds > IB_BOUNDS_NEURON)
            bounds_of(network, layer, options, &low, &high);
        states[i] = options->kind == IB_BINS_EQUAL_MASS ? mass_bin(x, n, width, unit, x[i], bins)
                                                        : uniform_bin((double)x[i], low, high, bins);
    }
}

static information expected_of(fixture *f, const ib_network *network, size_t layer, const ib_binning_options *options)
{
    const size_t width = ib_network_width(network, layer);
    uint32_t states[ROWS * MOST_WIDTH];
    ib_tensor *values = test_tensor(f->context, ROWS, width);
    assert_ok(f->context, ib_network_read_values(network, layer, NULL, ROWS, values));
    bin(network, layer, options, ib_tensor_read(values), states);
    ib_tensor_destroy(values);
    return information_of(states, ROWS, width, ib_dataset_labels(f->dataset), f->classes);
}

/* The newest points of a layer: first the state, then maybe other measures, then the estimators. */
static const ib_point *check_layer(fixture *f, const ib_network *network, size_t layer, const ib_point *points)
{
    const double own = points->i_xt;
    assert_true(points->layer == layer && points->measure == IB_MEASURE_STATE);
    do
        assert_int_equal(points++->estimator, 0);
    while (points->measure != IB_MEASURE_BINNED);
    for (uint32_t e = 1; e <= KINDS; e++, points++) {
        ib_point alone;
        assert_ok(f->context, ib_observer_measure_binning(f->observer, network, layer, e, 17, &alone));
        assert_memory_equal(points, &alone, sizeof alone);
        assert_true(points->epoch == 17 && points->layer == layer);
        assert_true(points->measure == IB_MEASURE_BINNED && points->estimator == e);
        assert_true(points->i_xt <= own); /* bins are a function of the state */
        information_assert_point(points, expected_of(f, network, layer, &every_kind[e - 1]));
    }
    return points;
}

static void check_network(fixture *f, const ib_network *network)
{
    ib_plane_reset(f->plane);
    assert_ok(f->context, ib_observer_measure(f->observer, network, 17, f->plane));
    const ib_point *points = ib_plane_points(f->plane);
    for (size_t layer = 1; layer <= LAYERS; layer++)
        points = check_layer(f, network, layer, points);
    assert_ptr_equal(points, ib_plane_points(f->plane) + ib_plane_count(f->plane));
}

static void add_every_kind(fixture *f)
{
    for (uint32_t e = 0; e < KINDS; e++) {
        uint32_t number = 0;
        assert_ok(f->context, ib_observer_add_binning(f->observer, &every_kind[e], &number));
        assert_int_equal(number, e + 1);
    }
    assert_ok(f->context, ib_observer_set_ranges(f->observer, f->ranges));
}

static void every_estimator(void **state)
{
    fixture *f = *state;
    static const uint32_t activations[] = {IB_ACTIVATION_TANH, IB_ACTIVATION_RELU, IB_ACTIVATION_SIGMOID,
                                           IB_ACTIVATION_LINEAR};
    static const uint32_t bits[] = {2, 8, 32};
    add_every_kind(f);
    for (size_t a = 0; a < 4; a++) {
        for (size_t b = 0; b < 3; b++) {
            for (uint32_t grid = IB_GRID_UNIFORM; grid <= IB_GRID_NUDGED; grid++) {
                ib_network *network = network_of(f, activations[a], bits[b], grid);
                check_network(f, network);
                ib_network_destroy(network);
            }
        }
    }
}

/* Estimators may come late. The defaults are 30 bins between the bounds of the layer. */
static void added_later(void **state)
{
    fixture *f = *state;
    ib_network *network = network_of(f, IB_ACTIVATION_TANH, 32, IB_GRID_UNIFORM);
    ib_binning_options options;
    ib_point point;
    ib_binning_options_init(&options);
    options.bins = 30;
    assert_ok(f->context, ib_observer_measure(f->observer, network, 0, f->plane));
    const size_t before = ib_plane_count(f->plane);
    assert_ok(f->context, ib_observer_add_binning(f->observer, NULL, NULL));
    assert_ok(f->context, ib_observer_measure(f->observer, network, 1, f->plane));
    assert_int_equal(ib_plane_count(f->plane), 2 * before + LAYERS);
    assert_ok(f->context, ib_observer_measure_binning(f->observer, network, 2, 1, 1, &point));
    information_assert_point(&point, expected_of(f, network, 2, &options));
    ib_network_destroy(network);
}

/* m bins split into 2m, and those of equal mass into any multiple: nothing is lost. */
static void finer_bins(void **state)
{
    fixture *f = *state;
    static const uint32_t factors[2] = {2, 3};
    ib_network *network = network_of(f, IB_ACTIVATION_RELU, 32, IB_GRID_UNIFORM);
    ib_binning_options options;
    ib_binning_options_init(&options);
    for (options.kind = IB_BINS_UNIFORM; options.kind <= IB_BINS_EQUAL_MASS; options.kind++) {
        for (options.bounds = IB_BOUNDS_LAYER; options.bounds <= IB_BOUNDS_NEURON; options.bounds++) {
            ib_point last[LAYERS] = {{0}}, point;
            for (options.bins = 1; options.bins <= 300; options.bins *= factors[options.kind]) {
                uint32_t number;
                assert_ok(f->context, ib_observer_add_binning(f->observer, &options, &number));
                for (size_t l = 0; l < LAYERS; l++) {
                    assert_ok(f->context, ib_observer_measure_binning(f->observer, network, l + 1, number, 0, &point));
                    assert_true(point.i_xt >= last[l].i_xt && point.states >= last[l].states);
                    assert_true(point.i_ty >= last[l].i_ty - 1e-12);
                    last[l] = point;
                }
            }
            assert_true(last[0].states > 1);
        }
    }
    ib_network_destroy(network);
}

/* Where each neuron has bins of its own, its scale does not matter; powers of two make no rounding. */
static void scale_of_a_neuron(void **state)
{
    fixture *f = *state;
    ib_network *network = network_of(f, IB_ACTIVATION_RELU, 32, IB_GRID_UNIFORM);
    ib_binning_options options;
    ib_point before, after;
    ib_binning_options_init(&options);
    options.bins = 3;
    options.bounds = IB_BOUNDS_NEURON;
    assert_ok(f->context, ib_observer_add_binning(f->observer, &options, NULL));
    assert_ok(f->context, ib_observer_measure_binning(f->observer, network, 1, 1, 0, &before));
    float *weights = ib_network_parameters(network), *biases = weights + BITS * MOST_WIDTH;
    for (size_t u = 0; u < MOST_WIDTH; u++) {
        for (size_t d = 0; d < BITS; d++)
            weights[u * BITS + d] = ldexpf(weights[u * BITS + d], (int)(5 * u) - 10);
        biases[u] = ldexpf(biases[u], (int)(5 * u) - 10);
    }
    assert_ok(f->context, ib_network_forward(network, IB_PASS_INFERENCE, ib_dataset_inputs(f->dataset)));
    assert_ok(f->context, ib_observer_measure_binning(f->observer, network, 1, 1, 0, &after));
    assert_memory_equal(&after, &before, sizeof after);
    assert_true(before.states > 1 && before.states < ROWS);
    ib_network_destroy(network);
}

/* Bounds that the network or the run must give, and does not. Nothing comes into the plane then. */
static void missing_bounds(void **state)
{
    fixture *f = *state;
    ib_network *network = network_of(f, IB_ACTIVATION_RELU, 32, IB_GRID_UNIFORM);
    ib_ranges *two = NULL, *unseen = NULL;
    ib_binning_options options;
    ib_point point = {.states = 42};
    assert_ok(f->context, ib_ranges_create(f->context, 2, &two));
    assert_ok(f->context, ib_ranges_create(f->context, LAYERS, &unseen));
    assert_ok(f->context, ib_ranges_set(unseen, 1, 0, FLT_MAX));
    ib_binning_options_init(&options);
    for (options.bounds = IB_BOUNDS_FIXED; options.bounds <= IB_BOUNDS_GLOBAL; options.bounds++)
        assert_ok(f->context, ib_observer_add_binning(f->observer, &options, NULL));
    ib_observer *o = f->observer;
    assert_fails(f->context, IB_ERR_ARG, "relu", ib_observer_measure_binning(o, network, 1, 1, 0, &point));
    for (uint32_t e = 2; e <= 3; e++) {
        assert_ok(f->context, ib_observer_set_ranges(o, NULL));
        assert_fails(f->context, IB_ERR_STATE, "set", ib_observer_measure_binning(o, network, 2, e, 0, &point));
        assert_ok(f->context, ib_observer_set_ranges(o, two));
        assert_fails(f->context, IB_ERR_SHAPE, "3 layers, got 2",
                     ib_observer_measure_binning(o, network, 2, e, 0, &point));
        assert_ok(f->context, ib_observer_set_ranges(o, unseen));
        assert_fails(f->context, IB_ERR_STATE, "seen", ib_observer_measure_binning(o, network, 2, e, 0, &point));
    }
    assert_true(point.states == 42);
    assert_ok(f->context, ib_observer_measure_binning(o, network, 1, 2, 0, &point)); /* its range is known */
    assert_ok(f->context, ib_observer_measure_binning(o, network, 3, 1, 0, &point)); /* softmax has bounds of its own */
    assert_fails(f->context, IB_ERR_ARG, "", ib_observer_measure(o, network, 0, f->plane));
    assert_int_equal(ib_plane_count(f->plane), 0);
    ib_ranges_destroy(two);
    ib_ranges_destroy(unseen);
    ib_network_destroy(network);
}

/* Outputs outside the bounds are an error unless they are to be clamped; NaN always is. */
static void bad_outputs(void **state)
{
    fixture *f = *state;
    ib_network *network = network_of(f, IB_ACTIVATION_LINEAR, 32, IB_GRID_UNIFORM);
    ib_binning_options options;
    ib_point point;
    ib_binning_options_init(&options);
    options.bounds = IB_BOUNDS_FIXED;
    options.low = -0x1p-20;
    options.high = 0x1p-20;
    for (options.clamp = 0; options.clamp <= 1; options.clamp++)
        assert_ok(f->context, ib_observer_add_binning(f->observer, &options, NULL));
    assert_fails(f->context, IB_ERR_RANGE, "layer 1", ib_observer_measure(f->observer, network, 0, f->plane));
    assert_int_equal(ib_plane_count(f->plane), 0);
    assert_ok(f->context, ib_observer_measure_binning(f->observer, network, 1, 2, 0, &point));
    ib_tensor *kernel = test_tensor(f->context, MOST_WIDTH, 2);
    for (size_t i = 0; i < 2 * MOST_WIDTH; i++)
        ib_tensor_data(kernel)[i] = FLT_MAX;
    assert_ok(f->context, ib_network_set_weights(network, 2, kernel, NULL));
    assert_ok(f->context, ib_network_forward(network, IB_PASS_INFERENCE, ib_dataset_inputs(f->dataset)));
    assert_fails(f->context, IB_ERR_NONFINITE, "layer 2",
                 ib_observer_measure_binning(f->observer, network, 2, 2, 0, &point));
    ib_tensor_destroy(kernel);
    ib_network_destroy(network);
}

static void refusals(void **state)
{
    fixture *f = *state;
    ib_network *network = network_of(f, IB_ACTIVATION_TANH, 4, IB_GRID_UNIFORM);
    ib_observer *o = f->observer;
    ib_binning_options options;
    ib_point point = {.states = 42};
    uint32_t number = 42;
    assert_int_equal(ib_observer_add_binning(NULL, NULL, &number), IB_ERR_ARG);
    assert_int_equal(ib_observer_set_ranges(NULL, f->ranges), IB_ERR_ARG);
    static const ib_binning_options wrong[] = {
        {.struct_size = 8},
        {.struct_size = sizeof wrong[0], .kind = 2},
        {.struct_size = sizeof wrong[0], .bounds = IB_BOUNDS_COUNT},
        {.struct_size = sizeof wrong[0], .clamp = 2},
        {.struct_size = sizeof wrong[0], .reserved = 1},
        {.struct_size = sizeof wrong[0], .kind = IB_BINS_EQUAL_MASS, .bounds = IB_BOUNDS_FIXED},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_fails(f->context, IB_ERR_ARG, "expected", ib_observer_add_binning(o, &wrong[i], &number));
    ib_binning_options_init(&options);
    options.bins = IB_BINS_MOST + 1;
    assert_fails(f->context, IB_ERR_RANGE, "65537", ib_observer_add_binning(o, &options, &number));
    options = (ib_binning_options){.struct_size = sizeof options, .bounds = IB_BOUNDS_FIXED, .low = 1, .high = -1};
    assert_fails(f->context, IB_ERR_RANGE, "bounds", ib_observer_add_binning(o, &options, &number));
    assert_int_equal(number, 42);
    assert_fails(f->context, IB_ERR_ARG, "estimator", ib_observer_measure_binning(o, network, 1, 1, 0, &point));
    assert_ok(f->context, ib_observer_add_binning(o, NULL, &number));
    assert_int_equal(number, 1);
    assert_int_equal(ib_observer_measure_binning(NULL, network, 1, 1, 0, &point), IB_ERR_ARG);
    assert_fails(f->context, IB_ERR_ARG, "estimator", ib_observer_measure_binning(o, network, 1, 0, 0, &point));
    assert_fails(f->context, IB_ERR_ARG, "estimator", ib_observer_measure_binning(o, network, 1, 2, 0, &point));
    assert_fails(f->context, IB_ERR_ARG, "layer", ib_observer_measure_binning(o, network, 0, 1, 0, &point));
    assert_fails(f->context, IB_ERR_ARG, "layer", ib_observer_measure_binning(o, network, 4, 1, 0, &point));
    assert_fails(f->context, IB_ERR_ARG, "network", ib_observer_measure_binning(o, NULL, 1, 1, 0, &point));
    assert_fails(f->context, IB_ERR_ARG, "point", ib_observer_measure_binning(o, network, 1, 1, 0, NULL));
    assert_fails(f->context, IB_ERR_ARG, "measure",
                 ib_observer_measure_layer(o, network, 1, IB_MEASURE_BINNED, 0, &point));
    assert_int_equal(ib_observer_differs(network, 1, IB_MEASURE_BINNED), 0);
    assert_non_null(ib_network_parameters(network)); /* the pass is over */
    assert_fails(f->context, IB_ERR_STATE, "", ib_observer_measure_binning(o, network, 1, 1, 0, &point));
    assert_int_equal(point.states, 42);
    ib_network_destroy(network);
}

/* After the first time, measuring allocates nothing. */
static void allocates_once(void **state)
{
    fixture *f = *state;
    ib_network *network = network_of(f, IB_ACTIVATION_TANH, 32, IB_GRID_UNIFORM);
    add_every_kind(f);
    assert_ok(f->context, ib_observer_measure(f->observer, network, 0, f->plane));
    ib_plane_reset(f->plane);
    f->memory.refuse_after = 0;
    assert_ok(f->context, ib_observer_set_ranges(f->observer, f->ranges));
    assert_ok(f->context, ib_observer_measure(f->observer, network, 1, f->plane));
    f->memory.refuse_after = SIZE_MAX;
    ib_network_destroy(network);
}

static ib_status add_kinds(ib_observer *observer, const ib_ranges *ranges)
{
    ib_status status = IB_OK;
    for (size_t e = 0; e < KINDS && status == IB_OK; e++)
        status = ib_observer_add_binning(observer, &every_kind[e], NULL);
    return status == IB_OK ? ib_observer_set_ranges(observer, ranges) : status;
}

static int32_t by_remainder(uint32_t pattern, uint32_t bits, uint32_t *label, void *user_data)
{
    (void)bits;
    (void)user_data;
    *label = pattern % 3;
    return 0;
}

static ib_status life(ib_context *context, void *user_data)
{
    (void)user_data;
    ib_dataset *dataset = NULL;
    ib_observer *observer = NULL;
    ib_network *network = NULL;
    ib_ranges *ranges = NULL;
    ib_plane *plane = NULL;
    const ib_layer_options options = test_layer_options(3, IB_ACTIVATION_RELU);
    ib_status status = ib_dataset_create_patterns(context, BITS, 3, by_remainder, NULL, &dataset);
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
        status = ib_ranges_create(context, 1, &ranges);
    if (status == IB_OK)
        status = ib_ranges_add(ranges, network);
    if (status == IB_OK)
        status = add_kinds(observer, ranges);
    if (status == IB_OK)
        status = ib_observer_measure(observer, network, 0, plane);
    ib_plane_destroy(plane);
    ib_ranges_destroy(ranges);
    ib_network_destroy(network);
    ib_observer_destroy(observer);
    ib_dataset_destroy(dataset);
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
        cmocka_unit_test_setup_teardown(every_estimator, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_estimator, set_up_many_labels, tear_down),
        cmocka_unit_test_setup_teardown(added_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finer_bins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(scale_of_a_neuron, set_up, tear_down),
        cmocka_unit_test_setup_teardown(missing_bounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_outputs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(allocates_once, set_up, tear_down),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
