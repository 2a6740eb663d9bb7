/* Limits of data sets by hand; violations of them by hand, by a second way of counting, and in real runs. */
#include "nn.h"
#include "runs.h"

#include <math.h>
#include <string.h>

static const ib_limits twelve = {.log2_rows = 12, .h_x = 11, .h_y = 1, .i_xy = 0.75};

typedef struct bench {
    ib_context *context;
    ib_plane *plane;
    ib_curve *curve;
} bench;

static void begin(bench *b)
{
    b->context = test_context(NULL);
    assert_ok(b->context, ib_plane_create(b->context, &b->plane));
    assert_ok(b->context, ib_curve_create(b->context, &b->curve));
}

static void end(bench *b)
{
    ib_curve_destroy(b->curve);
    ib_plane_destroy(b->plane);
    ib_context_destroy(b->context);
}

static void add_point(bench *b, uint32_t layer, uint32_t measure, uint32_t epoch, double i_xt, double i_ty)
{
    const ib_point point = {.epoch = epoch, .layer = layer, .measure = measure, .i_xt = i_xt, .i_ty = i_ty};
    assert_ok(b->context, ib_plane_add(b->plane, &point));
}

static void add_run(bench *b)
{
    assert_ok(b->context, ib_curve_add(b->curve, b->plane));
    ib_plane_reset(b->plane);
}

static void count(bench *b, uint32_t measure, double tolerance, ib_violations *v)
{
    memset(v, 0x55, IB_LIMIT_COUNT * sizeof *v);
    assert_ok(b->context, ib_curve_count_violations(b->curve, measure, 0, &twelve, tolerance, v));
}

static void assert_violations(const ib_violations *v, uint64_t checked, uint64_t violated, double largest)
{
    assert_int_equal(v->checked, checked);
    assert_int_equal(v->violated, violated);
    assert_close(v->largest, largest, 1e-15, 0);
    assert_int_equal(v->estimator, 0);
    if (violated == 0)
        assert_true(v->run == 0 && v->epoch == 0 && v->layer == 0 && v->measure == 0);
}

static void assert_place(const ib_violations *v, uint64_t run, uint32_t epoch, uint32_t layer, uint32_t measure)
{
    assert_int_equal(v->run, run);
    assert_int_equal(v->epoch, epoch);
    assert_int_equal(v->layer, layer);
    assert_int_equal(v->measure, measure);
}

/* Four rows of two inputs, of which two are equal up to the sign of a zero, but not in their labels: H(X) = 3/2,
 * H(Y) = 1, I(X;Y) = 1/2. */
static void of_four_rows(void **state)
{
    (void)state;
    static const float rows[] = {0, 1, -0.0f, 1, 1, 0, 2, 0};
    static const uint32_t labels[] = {0, 1, 0, 1}, one_label[] = {0, 0, 0, 0};
    ib_context *context = test_context(NULL);
    ib_tensor *inputs = test_tensor_of(context, 4, 2, rows);
    ib_dataset *dataset = NULL;
    ib_limits limits;
    assert_ok(context, ib_dataset_create(context, inputs, labels, 2, &dataset));
    assert_ok(context, ib_limits_measure(dataset, &limits));
    assert_close(limits.log2_rows, 2, 0, 0);
    assert_close(limits.h_x, 1.5, 0, 0);
    assert_close(limits.h_y, 1, 0, 0);
    assert_close(limits.i_xy, 0.5, 0, 0);
    ib_dataset_destroy(dataset);
    assert_ok(context, ib_dataset_create(context, inputs, one_label, 1, &dataset));
    assert_ok(context, ib_limits_measure(dataset, &limits));
    assert_close(limits.h_x, 1.5, 0, 0);
    assert_true(limits.h_y == 0 && limits.i_xy == 0);
    ib_dataset_destroy(dataset);
    ib_tensor_destroy(inputs);
    ib_context_destroy(context);
}

static void of_the_study(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_dataset *dataset = NULL;
    ib_limits limits;
    assert_ok(context, ib_dataset_create_icosahedron(context, &dataset));
    assert_ok(context, ib_limits_measure(dataset, &limits));
    assert_true(limits.log2_rows == 12 && limits.h_x == 12);
    assert_close(limits.h_y, 0.9991571208502711, 1e-15, 0);
    assert_true(limits.i_xy == limits.h_y);
    ib_dataset_destroy(dataset);
    ib_context_destroy(context);
}

/* Layer 1 exceeds X by 0.5 bit of each, layer 2 is as good as layer 1, layer 3 exceeds that by 0.25 and 0.125. */
static void chains_by_hand(void **state)
{
    (void)state;
    bench b;
    ib_violations v[IB_LIMIT_COUNT];
    begin(&b);
    add_point(&b, 1, 0, 4, 5, 0.5), add_point(&b, 2, 0, 4, 5, 0.5), add_point(&b, 3, 0, 4, 1, 0.25);
    add_run(&b);
    count(&b, 0, 0, v);
    for (size_t i = 0; i < IB_LIMIT_COUNT; i++)
        assert_violations(&v[i], 3, 0, 0);
    add_point(&b, 1, 0, 4, 11.5, 1.25), add_point(&b, 2, 0, 4, 11.5, 1.25), add_point(&b, 3, 0, 4, 11.75, 1.375);
    add_run(&b);
    count(&b, 0, 0, v);
    assert_violations(&v[IB_LIMIT_CHAIN_X], 6, 2, 0.5);
    assert_place(&v[IB_LIMIT_CHAIN_X], 1, 4, 1, 0);
    assert_violations(&v[IB_LIMIT_CHAIN_Y], 6, 2, 0.5);
    assert_violations(&v[IB_LIMIT_BOUND_X], 6, 0, 0);
    assert_violations(&v[IB_LIMIT_BOUND_Y], 6, 3, 0.375);
    assert_place(&v[IB_LIMIT_BOUND_Y], 1, 4, 3, 0);
    count(&b, 0, 0.125, v);
    assert_violations(&v[IB_LIMIT_CHAIN_X], 6, 2, 0.5);
    assert_violations(&v[IB_LIMIT_CHAIN_Y], 6, 1, 0.5);
    count(&b, 0, 0.5, v); /* not larger than the tolerance: none */
    assert_violations(&v[IB_LIMIT_CHAIN_X], 6, 0, 0);
    assert_violations(&v[IB_LIMIT_CHAIN_Y], 6, 0, 0);
    end(&b);
}

static void bounds_by_hand(void **state)
{
    (void)state;
    static const struct {
        double i_xt, i_ty, beyond_x, beyond_y;
    } cases[] = {{0, 0, 0, 0},         {12, 1, 0, 0},        {12.5, 1, 0.5, 0},     {-0.25, -0.5, 0.25, 0.5},
                 {3, 1.125, 0, 0.125}, {0.25, 0.75, 0, 0.5}, {-0.25, 0, 0.25, 0.25}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench b;
        ib_violations v[IB_LIMIT_COUNT];
        begin(&b);
        add_point(&b, 7, 9, 4, cases[i].i_xt, cases[i].i_ty);
        add_point(&b, 7, 9, 3, cases[i].i_xt, cases[i].i_ty); /* the first of equal ones is told */
        add_run(&b);
        count(&b, 9, 0, v);
        assert_violations(&v[IB_LIMIT_BOUND_X], 2, cases[i].beyond_x > 0 ? 2 : 0, cases[i].beyond_x);
        assert_violations(&v[IB_LIMIT_BOUND_Y], 2, cases[i].beyond_y > 0 ? 2 : 0, cases[i].beyond_y);
        if (cases[i].beyond_y > 0)
            assert_place(&v[IB_LIMIT_BOUND_Y], 0, 3, 7, 9);
        end(&b);
    }
}

/* Layer 2 is binned; its state is not in the plane of bins, nor are its bins in that of states. Layer 3 has no point at
 * epoch 8 of run 1, layer 1 of run 0 none but at epoch 8. */
static void planes_and_gaps(void **state)
{
    (void)state;
    bench b;
    ib_violations v[IB_LIMIT_COUNT];
    begin(&b);
    add_point(&b, 1, 0, 8, 9, 0.5), add_point(&b, 2, 0, 8, 8, 0.5), add_point(&b, 2, 2, 8, 4, 0.5);
    add_point(&b, 3, 0, 8, 7, 0.5), add_point(&b, 4, 0, 8, 7, 0.5), add_point(&b, 3, 0, 0, 3, 0.5);
    add_run(&b);
    add_point(&b, 1, 0, 8, 9, 0.5), add_point(&b, 2, 0, 8, 8, 0.5), add_point(&b, 2, 2, 8, 6, 0.5);
    add_point(&b, 4, 0, 8, 8, 0.5);
    add_run(&b);
    count(&b, IB_MEASURE_STATE, 0, v);
    assert_violations(&v[IB_LIMIT_CHAIN_X], 8, 0, 0);
    count(&b, IB_MEASURE_REBINNED, 0, v);
    assert_violations(&v[IB_LIMIT_CHAIN_X], 8, 2, 3);
    assert_place(&v[IB_LIMIT_CHAIN_X], 0, 8, 3, 0);
    count(&b, IB_MEASURE_REBINNED, 2.5, v);
    assert_violations(&v[IB_LIMIT_CHAIN_X], 8, 1, 3);
    count(&b, IB_MEASURE_OUTPUT, 0, v); /* no layer has it: the plane of states */
    assert_violations(&v[IB_LIMIT_CHAIN_X], 8, 0, 0);
    end(&b);
}

enum { RUNS = 5, LAYERS = 4, EPOCHS = 12 };

/* The chain of I(X;T), counted from an array: values below 0 are gaps. */
static void count_chain(double xt[RUNS][EPOCHS][LAYERS], ib_violations *v)
{
    for (uint32_t run = 0; run < RUNS; run++)
        for (uint32_t epoch = 0; epoch < EPOCHS; epoch++) {
            double before = twelve.h_x;
            for (uint32_t layer = 0; layer < LAYERS; layer++) {
                const double value = xt[run][epoch][layer];
                if (value < 0)
                    continue;
                v->checked++;
                v->violated += value > before;
                v->largest = fmax(v->largest, value - before);
                before = value;
            }
        }
}

static void as_counted_from_an_array(void **state)
{
    (void)state;
    for (int trial = 0; trial < 30; trial++) {
        static double xt[RUNS][EPOCHS][LAYERS];
        bench b;
        ib_violations v[IB_LIMIT_COUNT], expected = {0};
        begin(&b);
        for (uint32_t run = 0; run < RUNS; run++) {
            for (uint32_t i = 0; i < EPOCHS * LAYERS; i++) {
                const uint32_t epoch = i / LAYERS, layer = i % LAYERS;
                const int gap = i > 0 && test_random_below(4) == 0;
                xt[run][epoch][layer] = gap ? -1 : 12 * test_random_uniform();
                if (!gap)
                    add_point(&b, layer + 1, 0, epoch, xt[run][epoch][layer], 0);
            }
            add_run(&b);
        }
        count_chain(xt, &expected);
        count(&b, 0, 0, v);
        assert_violations(&v[IB_LIMIT_CHAIN_X], expected.checked, expected.violated, expected.largest);
        const ib_violations *at = &v[IB_LIMIT_CHAIN_X];
        assert_true(at->largest > 0 && at->layer >= 1 && xt[at->run][at->epoch][at->layer - 1] >= at->largest);
        end(&b);
    }
}

typedef struct watched {
    ib_curve *curve;
    uint32_t last;
} watched;

static void keep_last(const ib_epoch *epoch, ib_network *network, const ib_plane *plane, void *user_data)
{
    (void)network;
    const watched *w = user_data;
    if (epoch->epoch == w->last)
        assert_int_equal(ib_curve_add(w->curve, plane), IB_OK);
}

/* Exact states and outputs obey all limits in every preset, at every epoch, with nothing but rounding to spare. */
static void real_runs_obey(void **state)
{
    (void)state;
    static const uint32_t bits[] = {4, 8, 32};
    const uint32_t last = test_quick() ? 3 : 25;
    ib_context *context = test_context(NULL);
    ib_dataset *dataset = NULL;
    ib_limits limits;
    assert_ok(context, ib_dataset_create_icosahedron(context, &dataset));
    assert_ok(context, ib_limits_measure(dataset, &limits));
    for (uint32_t i = 0; i < 3 * 2 * IB_PRESET_COUNT; i++) {
        const test_run what = {.preset = i % IB_PRESET_COUNT,
                               .activation = i / IB_PRESET_COUNT % 2 ? IB_ACTIVATION_TANH : IB_ACTIVATION_RELU,
                               .bits = bits[i / IB_PRESET_COUNT / 2],
                               .epochs = last,
                               .seed = 3};
        watched w = {.last = last};
        assert_ok(context, ib_curve_create(context, &w.curve));
        test_run_train(context, &what, keep_last, &w);
        for (uint32_t measure = IB_MEASURE_STATE; measure <= IB_MEASURE_OUTPUT; measure++) {
            ib_violations v[IB_LIMIT_COUNT];
            assert_ok(context, ib_curve_count_violations(w.curve, measure, 0, &limits, 1e-12, v));
            for (size_t limit = 0; limit < IB_LIMIT_COUNT; limit++)
                assert_violations(&v[limit], 6 * (last + 1), 0, 0);
        }
        ib_curve_destroy(w.curve);
    }
    ib_dataset_destroy(dataset);
    ib_context_destroy(context);
}

static void refusals(void **state)
{
    (void)state;
    bench b;
    ib_violations v[IB_LIMIT_COUNT];
    ib_limits limits;
    ib_dataset *dataset = NULL;
    begin(&b);
    assert_int_equal(ib_limits_measure(NULL, &limits), IB_ERR_ARG);
    assert_ok(b.context, ib_dataset_create_icosahedron(b.context, &dataset));
    assert_fails(b.context, IB_ERR_ARG, "limits", ib_limits_measure(dataset, NULL));
    assert_int_equal(ib_curve_count_violations(NULL, 0, 0, &twelve, 0, v), IB_ERR_ARG);
    assert_fails(b.context, IB_ERR_ARG, "limits", ib_curve_count_violations(b.curve, 0, 0, NULL, 0, v));
    assert_fails(b.context, IB_ERR_ARG, "violations", ib_curve_count_violations(b.curve, 0, 0, &twelve, 0, NULL));
    static const double strange[] = {NAN, INFINITY, -1};
    for (size_t i = 0; i < 3; i++) {
        assert_fails(b.context, IB_ERR_ARG, "tolerance",
                     ib_curve_count_violations(b.curve, 0, 0, &twelve, strange[i], v));
        for (size_t member = 0; member < 4; member++) {
            limits = twelve;
            memcpy((char *)&limits + member * sizeof(double), &strange[i], sizeof(double));
            assert_fails(b.context, IB_ERR_ARG, "limits", ib_curve_count_violations(b.curve, 0, 0, &limits, 0, v));
        }
    }
    count(&b, 0, 0, v); /* no runs */
    assert_violations(&v[0], 0, 0, 0);
    ib_dataset_destroy(dataset);
    end(&b);
}

static ib_status measure(ib_context *context, void *user_data)
{
    (void)user_data;
    ib_dataset *dataset = NULL;
    ib_limits limits;
    ib_status status = ib_dataset_create_icosahedron(context, &dataset);
    if (status == IB_OK) {
        memset(&limits, 0x55, sizeof limits);
        const ib_limits before = limits;
        status = ib_limits_measure(dataset, &limits);
        if (status != IB_OK)
            assert_memory_equal(&limits, &before, sizeof before);
    }
    ib_dataset_destroy(dataset);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(measure, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_four_rows),   cmocka_unit_test(of_the_study),    cmocka_unit_test(chains_by_hand),
        cmocka_unit_test(bounds_by_hand), cmocka_unit_test(planes_and_gaps), cmocka_unit_test(as_counted_from_an_array),
        cmocka_unit_test(real_runs_obey), cmocka_unit_test(refusals),        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
