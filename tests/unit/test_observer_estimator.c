/* Estimators that an observer asks: what they are given, what becomes of what they say, and of what they refuse. */
#include "nn.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BITS = 6, ROWS = 64, CLASSES = 3, LAYERS = 3, ALL = LAYERS * 2 };

static const uint32_t widths[LAYERS] = {5, 2, CLASSES};

static int32_t by_ones(uint32_t pattern, uint32_t bits, uint32_t *label, void *user_data)
{
    (void)user_data;
    *label = 0;
    for (uint32_t i = 0; i < bits; i++)
        *label += pattern >> i & 1;
    *label %= CLASSES;
    return 0;
}

typedef struct fixture {
    test_memory memory;
    ib_context *context;
    ib_dataset *dataset;
    ib_network *network;
    ib_observer *observer;
    ib_plane *plane;
} fixture;

/* 6 inputs, hidden layers of 5 and 2, and a softmax of 3. */
static ib_status create(fixture *f)
{
    ib_status status = ib_dataset_create_patterns(f->context, BITS, CLASSES, by_ones, NULL, &f->dataset);
    if (status == IB_OK)
        status = ib_network_create(f->context, BITS, &f->network);
    for (size_t l = 0; l < LAYERS && status == IB_OK; l++) {
        ib_layer_options options = test_layer_options(widths[l], l == 2 ? IB_ACTIVATION_SOFTMAX : IB_ACTIVATION_TANH);
        status = ib_network_add_layer(f->network, &options);
    }
    if (status == IB_OK)
        status = ib_observer_create(f->dataset, &f->observer);
    if (status == IB_OK)
        status = ib_plane_create(f->context, &f->plane);
    if (status != IB_OK)
        return status;
    test_fill(ib_network_parameters(f->network), ib_network_parameter_count(f->network), -1, 1);
    return ib_network_forward(f->network, IB_PASS_INFERENCE, ib_dataset_inputs(f->dataset));
}

static void destroy(fixture *f)
{
    ib_dataset_destroy(f->dataset);
    ib_network_destroy(f->network);
    ib_observer_destroy(f->observer);
    ib_plane_destroy(f->plane);
}

static int set_up(void **state)
{
    fixture *made = test_zeros(1, sizeof *made);
    made->context = test_context(&made->memory);
    assert_ok(made->context, create(made));
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    fixture *made = *state;
    destroy(made);
    ib_context_destroy(made->context);
    assert_int_equal(made->memory.live, 0);
    free(made);
    return 0;
}

/* An estimator that says what it is told to, looks at what it is given, and counts. */
typedef struct script {
    fixture *at;
    double i_xt, i_ty; /* NaN: not set */
    int32_t answer;    /* in layer `when`, else 0 */
    uint32_t when;
    int fails_within; /* there it lets a call of the library fail first */
    int ends;         /* there it destroys the observer */
    size_t calls;
} script;

/* What the network holds of a layer is what the estimator sees, and nothing else. */
static void assert_input(const ib_estimator_input *input, const fixture *f)
{
    const size_t width = widths[input->layer - 1];
    ib_tensor *values = test_tensor(f->context, ROWS, width);
    assert_int_equal(input->struct_size, sizeof *input);
    assert_ptr_equal(input->context, f->context);
    assert_int_equal(input->classes, CLASSES);
    assert_int_equal(input->epoch, 17);
    assert_int_equal(ib_tensor_rank(input->values), 2);
    assert_int_equal(ib_tensor_shape(input->values, 0), ROWS);
    assert_int_equal(ib_tensor_shape(input->values, 1), width);
    assert_int_equal(ib_tensor_size(input->values), ROWS * width);
    assert_ok(f->context, ib_network_read_values(f->network, input->layer, NULL, ROWS, values));
    assert_memory_equal(ib_tensor_read(input->values), ib_tensor_read(values), ROWS * width * sizeof(float));
    assert_int_equal(ib_tensor_shape(input->inputs, 0), ROWS);
    assert_int_equal(ib_tensor_shape(input->inputs, 1), BITS);
    for (uint32_t row = 0; row < ROWS; row++) {
        uint32_t label;
        by_ones(row, BITS, &label, NULL);
        assert_int_equal(input->labels[row], label);
        for (uint32_t bit = 0; bit < BITS; bit++)
            assert_true(ib_tensor_read(input->inputs)[row * BITS + bit] == (float)(row >> (BITS - 1 - bit) & 1));
    }
    ib_tensor_destroy(values);
}

static int32_t play(const ib_estimator_input *input, ib_estimate *estimate, void *user_data)
{
    script *s = user_data;
    ib_tensor *none;
    s->calls++;
    assert_int_equal(estimate->struct_size, sizeof *estimate);
    assert_true(isnan(estimate->i_xt) && isnan(estimate->i_ty));
    if (s->at)
        assert_input(input, s->at);
    if (!isnan(s->i_xt))
        estimate->i_xt = s->i_xt * input->layer;
    if (!isnan(s->i_ty))
        estimate->i_ty = s->i_ty;
    if (input->layer != s->when)
        return 0;
    if (s->fails_within)
        assert_true(ib_tensor_create(input->context, 99, (const size_t[]){1}, &none) < 0);
    if (s->ends)
        ib_observer_destroy(s->at->observer);
    return s->answer;
}

static ib_estimator estimator_of(script *s, const char *name)
{
    ib_estimator estimator;
    ib_estimator_init(&estimator);
    estimator.name = name;
    estimator.measure = play;
    estimator.user_data = s;
    return estimator;
}

static void add(fixture *f, script *s, const char *name, uint32_t expected)
{
    char own[32];
    uint32_t number = 99;
    snprintf(own, sizeof own, "%s", name);
    const ib_estimator estimator = estimator_of(s, own);
    assert_ok(f->context, ib_observer_add_estimator(f->observer, &estimator, &number));
    assert_int_equal(number, expected);
    memset(own, 'X', sizeof own); /* the name was copied */
}

static void assert_estimate(const ib_point *p, uint32_t layer, uint32_t number, double i_xt, double i_ty)
{
    const ib_point expected = {17, layer, IB_MEASURE_ESTIMATED, number, 0, i_xt, i_ty};
    assert_memory_equal(p, &expected, sizeof expected);
}

/* Each layer: its state, rebinned (and output), bins, estimators, quantised networks, as they are numbered. */
static void what_they_say_is_kept_in_order(void **state)
{
    fixture *f = *state;
    script first = {.at = f, .i_xt = 1.5, .i_ty = 0.25}, second = {.at = f, .i_xt = -NAN, .i_ty = 2};
    uint32_t number;
    add(f, &first, "first", 1);
    assert_ok(f->context, ib_observer_add_binning(f->observer, NULL, &number));
    assert_int_equal(number, 1);
    assert_ok(f->context, ib_observer_add_quantised(f->observer, 8, 0, &number));
    assert_int_equal(number, 1);
    add(f, &second, "second", 2);
    assert_ok(f->context, ib_observer_measure(f->observer, f->network, 17, f->plane));
    const ib_point *p = ib_plane_points(f->plane);
    for (uint32_t layer = 1; layer <= LAYERS; layer++) {
        const uint32_t measures[] = {0, 1, 2, 3, 4, 4, 5}, numbers[] = {0, 0, 0, 1, 1, 2, 1};
        for (size_t i = 0; i < 7; i++) {
            if (i == 1 && layer < LAYERS) /* only the softmax has an output that is not its state */
                continue;
            assert_int_equal(p->layer, layer);
            assert_int_equal(p->measure, measures[i]);
            assert_int_equal(p->estimator, numbers[i]);
            if (i == 4)
                assert_estimate(p, layer, 1, 1.5 * layer, 0.25);
            else if (i == 5)
                assert_estimate(p, layer, 2, NAN, 2);
            else
                assert_true(p->states >= 1 && p->states <= ROWS);
            p++;
        }
    }
    assert_int_equal(p - ib_plane_points(f->plane), ib_plane_count(f->plane));
    assert_true(first.calls == LAYERS && second.calls == LAYERS);
}

/* All that is no number is one and the same: points are compared, and saved, as bytes. */
static int32_t say_nan(const ib_estimator_input *input, ib_estimate *estimate, void *user_data)
{
    const uint64_t odd = UINT64_C(0xfff8dead0000beef) + input->layer;
    (void)user_data;
    memcpy(&estimate->i_ty, &odd, sizeof odd);
    return 0;
}

static void one_nan(void **state)
{
    fixture *f = *state;
    ib_estimator estimator = estimator_of(NULL, "0-nan");
    estimator.measure = say_nan;
    assert_ok(f->context, ib_observer_add_estimator(f->observer, &estimator, NULL));
    assert_ok(f->context, ib_observer_measure(f->observer, f->network, 17, f->plane));
    for (size_t i = 0, layer = 1; i < ib_plane_count(f->plane); i++)
        if (ib_plane_points(f->plane)[i].measure == IB_MEASURE_ESTIMATED)
            assert_estimate(&ib_plane_points(f->plane)[i], (uint32_t)layer++, 1, NAN, NAN);
}

/* The data set may be gone: its inputs are still there. */
static void inputs_outlast_the_data_set(void **state)
{
    fixture *f = *state;
    script s = {.at = f, .i_xt = 1, .i_ty = 1};
    add(f, &s, "late", 1);
    assert_ok(f->context, ib_observer_add_quantised(f->observer, 4, 4, NULL));
    ib_dataset_destroy(f->dataset);
    f->dataset = NULL;
    assert_ok(f->context, ib_observer_measure(f->observer, f->network, 17, f->plane));
    assert_int_equal(s.calls, LAYERS);
}

/* Quantised layers have outputs like others. */
static void quantised_layers(void **state)
{
    fixture *f = *state;
    script s = {.at = f, .i_xt = 1, .i_ty = 1};
    ib_quant_options quant = test_quant_options(3, IB_GRID_NUDGED, IB_RANGE_TENSOR);
    ib_network_destroy(f->network);
    assert_ok(f->context, ib_network_create(f->context, BITS, &f->network));
    for (size_t l = 0; l < LAYERS; l++) {
        ib_layer_options options = test_layer_options(widths[l], IB_ACTIVATION_TANH);
        options.activations = &quant;
        assert_ok(f->context, ib_network_add_layer(f->network, &options));
    }
    test_fill(ib_network_parameters(f->network), ib_network_parameter_count(f->network), -1, 1);
    assert_ok(f->context, ib_network_forward(f->network, IB_PASS_INFERENCE, ib_dataset_inputs(f->dataset)));
    add(f, &s, "any", 1);
    assert_ok(f->context, ib_observer_measure(f->observer, f->network, 17, f->plane));
    assert_int_equal(ib_plane_count(f->plane), ALL);
}

/* Its own number is the value of the callback; a status with which the library failed within is kept, with its
 * message; a number that only looks like a status is not taken for one. */
static void failures(void **state)
{
    fixture *f = *state;
    script s = {.i_xt = 1, .i_ty = 1, .when = 2};
    add(f, &s, "my-own", 1);
    s.answer = -77;
    assert_fails(f->context, IB_ERR_CALLBACK, "my-own", ib_observer_measure(f->observer, f->network, 17, f->plane));
    assert_int_equal(ib_context_callback_value(f->context), -77);
    s.answer = IB_ERR_NOMEM;
    assert_fails(f->context, IB_ERR_CALLBACK, "-4", ib_observer_measure(f->observer, f->network, 17, f->plane));
    assert_int_equal(ib_context_callback_value(f->context), IB_ERR_NOMEM);
    s.answer = IB_ERR_ARG;
    s.fails_within = 1;
    assert_fails(f->context, IB_ERR_ARG, "rank", ib_observer_measure(f->observer, f->network, 17, f->plane));
    assert_int_equal(ib_context_callback_value(f->context), IB_ERR_ARG);
    s.answer = 0; /* it has dealt with that itself */
    assert_ok(f->context, ib_observer_measure(f->observer, f->network, 17, f->plane));
    assert_int_equal(ib_plane_count(f->plane), ALL + LAYERS + 1); /* states, rebinned, one output, estimates */
}

static void stops(void **state)
{
    fixture *f = *state;
    script s = {.i_xt = 1, .i_ty = 1, .when = LAYERS, .answer = 5};
    add(f, &s, "enough", 1);
    test_assert_status(f->context, ib_observer_measure(f->observer, f->network, 17, f->plane), IB_STOPPED, "measure",
                       __FILE__, __LINE__);
    assert_int_equal(ib_context_callback_value(f->context), 5);
    assert_string_equal(ib_context_message(f->context), "");
    assert_int_equal(ib_plane_count(f->plane), 0);
    assert_int_equal(s.calls, LAYERS);
}

static void infinite_estimates(void **state)
{
    fixture *f = *state;
    script s = {.i_xt = INFINITY, .i_ty = 0};
    add(f, &s, "infinite", 1);
    assert_fails(f->context, IB_ERR_NONFINITE, "infinite", ib_observer_measure(f->observer, f->network, 17, f->plane));
    s = (script){.i_xt = 0, .i_ty = -INFINITY};
    assert_fails(f->context, IB_ERR_NONFINITE, "infinite", ib_observer_measure(f->observer, f->network, 17, f->plane));
    assert_int_equal(ib_plane_count(f->plane), 0);
}

/* What an estimator may not do with the observer that asks it, and that it may end it. */
static int32_t meddle(const ib_estimator_input *input, ib_estimate *estimate, void *user_data)
{
    fixture *f = user_data;
    ib_point point;
    (void)input, (void)estimate;
    const ib_estimator estimator = estimator_of(NULL, "another");
    assert_fails(f->context, IB_ERR_STATE, "estimators", ib_observer_measure(f->observer, f->network, 1, f->plane));
    assert_fails(f->context, IB_ERR_STATE, "estimators",
                 ib_observer_measure_layer(f->observer, f->network, 1, 0, 1, &point));
    assert_fails(f->context, IB_ERR_STATE, "estimators", ib_observer_add_binning(f->observer, NULL, NULL));
    assert_fails(f->context, IB_ERR_STATE, "estimators", ib_observer_add_estimator(f->observer, &estimator, NULL));
    assert_fails(f->context, IB_ERR_STATE, "estimators", ib_observer_add_quantised(f->observer, 8, 0, NULL));
    assert_fails(f->context, IB_ERR_STATE, "estimators", ib_observer_set_ranges(f->observer, NULL));
    return 0;
}

static void calls_from_within(void **state)
{
    fixture *f = *state;
    ib_estimator estimator = estimator_of(NULL, "meddler");
    estimator.measure = meddle;
    estimator.user_data = f;
    assert_ok(f->context, ib_observer_add_estimator(f->observer, &estimator, NULL));
    assert_ok(f->context, ib_observer_measure(f->observer, f->network, 17, f->plane));
    assert_ok(f->context, ib_observer_add_binning(f->observer, NULL, NULL));
    script s = {.at = f, .i_xt = 1, .i_ty = 1, .when = 1, .ends = 1};
    add(f, &s, "last", 2);
    assert_ok(f->context, ib_observer_measure(f->observer, f->network, 17, f->plane));
    assert_int_equal(s.calls, LAYERS);
    f->observer = NULL; /* it is gone, as tear_down() will count */
}

/* Says the sum of all values; with a fixture it then passes zeros through the network, and in the end destroys it. */
static int32_t spoil(const ib_estimator_input *input, ib_estimate *estimate, void *user_data)
{
    fixture *f = user_data;
    double sum = 0;
    for (size_t i = 0; i < ib_tensor_size(input->values); i++)
        sum += ib_tensor_read(input->values)[i];
    estimate->i_xt = sum;
    if (f && input->layer == 1) {
        ib_tensor *zeros = test_tensor(f->context, ROWS / 2, BITS);
        assert_ok(f->context, ib_network_forward(f->network, IB_PASS_INFERENCE, zeros));
        ib_tensor_destroy(zeros);
    } else if (f && input->layer == 2) {
        ib_network_destroy(f->network);
        f->network = NULL;
    }
    return 0;
}

static void points_are_of_the_pass(void **state)
{
    fixture *f = *state;
    ib_estimator estimator = estimator_of(NULL, "spoiler");
    estimator.measure = spoil;
    assert_ok(f->context, ib_observer_add_estimator(f->observer, &estimator, NULL));
    assert_ok(f->context, ib_observer_measure(f->observer, f->network, 17, f->plane));
    const size_t n = ib_plane_count(f->plane);
    ib_observer_destroy(f->observer);
    assert_ok(f->context, ib_observer_create(f->dataset, &f->observer));
    estimator.user_data = f;
    assert_ok(f->context, ib_observer_add_estimator(f->observer, &estimator, NULL));
    assert_ok(f->context, ib_observer_measure(f->observer, f->network, 17, f->plane));
    assert_null(f->network);
    assert_int_equal(ib_plane_count(f->plane), 2 * n);
    const ib_point *points = ib_plane_points(f->plane);
    assert_memory_equal(points, points + n, n * sizeof *points);
}

static void refusals(void **state)
{
    fixture *f = *state;
    static const char *const names[] = {"", "Upper", "with space", "under_score", "12345678901234567890123456789012"};
    script s = {.i_xt = 1, .i_ty = 1};
    ib_estimator estimator = estimator_of(&s, "good");
    uint32_t number = 42;
    assert_int_equal(ib_observer_add_estimator(NULL, &estimator, &number), IB_ERR_ARG);
    assert_fails(f->context, IB_ERR_ARG, "estimator", ib_observer_add_estimator(f->observer, NULL, &number));
    for (size_t i = 0; i < 5; i++) {
        estimator.name = names[i];
        assert_fails(f->context, IB_ERR_ARG, "name", ib_observer_add_estimator(f->observer, &estimator, &number));
    }
    estimator = estimator_of(&s, NULL);
    assert_fails(f->context, IB_ERR_ARG, "name", ib_observer_add_estimator(f->observer, &estimator, &number));
    estimator = estimator_of(&s, "good");
    estimator.measure = NULL;
    assert_fails(f->context, IB_ERR_ARG, "measure", ib_observer_add_estimator(f->observer, &estimator, &number));
    estimator = estimator_of(&s, "good");
    estimator.struct_size = 8;
    assert_fails(f->context, IB_ERR_ARG, "struct_size", ib_observer_add_estimator(f->observer, &estimator, &number));
    estimator = estimator_of(&s, "good");
    estimator.reserved = 1;
    assert_fails(f->context, IB_ERR_UNSUPPORTED, "reserved",
                 ib_observer_add_estimator(f->observer, &estimator, &number));
    assert_int_equal(number, 42);
    estimator = estimator_of(&s, "1234567890123456789012345678901"); /* as long as can be */
    assert_ok(f->context, ib_observer_add_estimator(f->observer, &estimator, NULL));
    assert_ok(f->context, ib_observer_add_estimator(f->observer, &estimator, &number)); /* the same twice */
    assert_int_equal(number, 2);
    ib_estimator_init(NULL);
}

/* After the first time, measuring allocates nothing. */
static void allocates_once(void **state)
{
    fixture *f = *state;
    script s = {.i_xt = 1, .i_ty = 1};
    add(f, &s, "plain", 1);
    assert_ok(f->context, ib_observer_measure(f->observer, f->network, 0, f->plane));
    ib_plane_reset(f->plane);
    f->memory.refuse_after = 0;
    assert_ok(f->context, ib_observer_measure(f->observer, f->network, 1, f->plane));
    f->memory.refuse_after = SIZE_MAX;
}

static ib_status add_and_measure(ib_context *context, void *user_data)
{
    fixture f = {.context = context};
    const ib_estimator estimator = estimator_of(user_data, "plain");
    ib_status status = create(&f);
    for (int i = 0; i < 3 && status == IB_OK; i++)
        status = ib_observer_add_estimator(f.observer, &estimator, NULL);
    if (status == IB_OK)
        status = ib_observer_measure(f.observer, f.network, 1, f.plane);
    destroy(&f);
    return status;
}

static void out_of_memory(void **state)
{
    script s = {.i_xt = 1, .i_ty = 1};
    (void)state;
    test_every_failed_allocation(add_and_measure, &s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_they_say_is_kept_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_nan, set_up, tear_down),
        cmocka_unit_test_setup_teardown(inputs_outlast_the_data_set, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quantised_layers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failures, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stops, set_up, tear_down),
        cmocka_unit_test_setup_teardown(infinite_estimates, set_up, tear_down),
        cmocka_unit_test_setup_teardown(calls_from_within, set_up, tear_down),
        cmocka_unit_test_setup_teardown(points_are_of_the_pass, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(allocates_once, set_up, tear_down),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
