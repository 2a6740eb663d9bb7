/* Fitting and compression: by hand, where runs have ended early, and where there is nothing to be seen. */
#include "support.h"

#include <math.h>
#include <string.h>

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

/* A run of one layer at some epochs; points with NaN are left out. */
static void add_run(bench *b, const uint32_t *epochs, const double *i_xt, const double *i_ty, size_t n)
{
    ib_plane_reset(b->plane);
    for (size_t i = 0; i < n; i++) {
        const ib_point point = {.epoch = epochs[i], .layer = 6, .i_xt = i_xt[i], .i_ty = i_ty[i]};
        if (!isnan(i_xt[i]))
            assert_ok(b->context, ib_plane_add(b->plane, &point));
    }
    assert_ok(b->context, ib_curve_add(b->curve, b->plane));
}

static ib_phases measure(bench *b, uint32_t settled)
{
    ib_phases phases = {.struct_size = sizeof phases};
    assert_ok(b->context, ib_curve_measure_phases(b->curve, 6, IB_MEASURE_STATE, 0, settled, &phases));
    assert_int_equal(phases.layer, 6);
    assert_int_equal(phases.measure, IB_MEASURE_STATE);
    return phases;
}

static void assert_epochs(const ib_phases *p, uint32_t fitting_last, uint32_t compression_first, uint32_t last)
{
    assert_int_equal(p->fitting_first, 0);
    assert_int_equal(p->fitting_last, fitting_last);
    assert_int_equal(p->compression_first, compression_first);
    assert_int_equal(p->compression_last, last);
}

static void assert_size(const ib_statistics *size, uint64_t count, double mean, double deviation)
{
    assert_int_equal(size->count, count);
    assert_close(size->mean, mean, 1e-15, 1e-15);
    if (count > 1)
        assert_close(size->deviation, deviation, 1e-15, 1e-14);
    else
        assert_true(isnan(size->deviation));
}

#define NONE NAN

static const uint32_t epochs[] = {0, 1, 100, 800, 801, 900, 1000};
enum { N = sizeof epochs / sizeof epochs[0] };

/* The mean of I(X;T) is 6, 7, 8, 5, 4, 3, 2: largest at epoch 100, though run 0 is at its largest at epoch 1. Of the
 * last 200 epochs, 801 to 1000, both have the mean 3, so they lose 5 - 3 and 11 - 3. */
static void by_hand(void **state)
{
    (void)state;
    static const double xt[][N] = {{6, 7, 5, 5, 4, 3, 2}, {6, 7, 11, 5, 4, 3, 2}};
    static const double ty[][N] = {{0, 0.25, 0.5, 0.5, 0.75, 1, 0.5}, {0.25, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5}};
    bench b;
    begin(&b);
    for (size_t run = 0; run < 2; run++)
        add_run(&b, epochs, xt[run], ty[run], N);
    ib_phases p = measure(&b, 0);
    assert_epochs(&p, 900, 100, 1000);
    assert_size(&p.fitting, 2, (1 + 0.25) / 2, 0.75 / sqrt(2));
    assert_size(&p.rise, 2, (-1 + 5) / 2.0, 6 / sqrt(2));
    assert_size(&p.compression, 2, (2 + 8) / 2.0, 6 / sqrt(2));
    assert_close(p.compression.half_interval, 12.706204736174705 * 3, 0, 1e-14);
    p = measure(&b, 200);
    assert_size(&p.compression, 2, 5, 6 / sqrt(2));
    p = measure(&b, 201); /* from epoch 800 on */
    assert_size(&p.compression, 2, 8 - 3.5, 6 / sqrt(2));
    p = measure(&b, 1);
    assert_size(&p.compression, 2, 8 - 2, 6 / sqrt(2));
    p = measure(&b, UINT32_MAX); /* from epoch 100 on, where compression begins */
    assert_size(&p.compression, 2, (5 - 19 / 5.0 + 11 - 25 / 5.0) / 2, (11 - 5 - (5 - 3.8)) / sqrt(2));
    end(&b);
}

/* What rises to the end has lost nothing, what only falls has gained nothing. */
static void one_way_only(void **state)
{
    (void)state;
    static const double up[] = {1, 2, 3, 4, 5, 6, 7}, down[] = {7, 6, 5, 4, 3, 2, 1}, still[] = {3, 3, 3, 3, 3, 3, 3};
    bench b;
    begin(&b);
    add_run(&b, epochs, up, down, N);
    ib_phases p = measure(&b, 0);
    assert_epochs(&p, 0, 1000, 1000);
    assert_size(&p.fitting, 1, 0, NAN);
    assert_size(&p.rise, 1, 6, NAN);
    assert_size(&p.compression, 1, 0, NAN);
    end(&b);
    begin(&b);
    add_run(&b, epochs, down, up, N);
    p = measure(&b, 0);
    assert_epochs(&p, 1000, 0, 1000);
    assert_size(&p.fitting, 1, 6, NAN);
    assert_size(&p.rise, 1, 0, NAN);
    assert_size(&p.compression, 1, 5, NAN);
    end(&b);
    begin(&b);
    add_run(&b, epochs, still, still, N);
    add_run(&b, epochs, still, still, N);
    p = measure(&b, 0);
    assert_epochs(&p, 0, 0, 1000); /* the first of equal means */
    assert_size(&p.fitting, 2, 0, 0);
    assert_size(&p.rise, 2, 0, 0);
    assert_size(&p.compression, 2, 0, 0);
    end(&b);
}

/* Of five runs one has ended after epoch 100 and one begins there; the last epoch is only of two. */
static void runs_differ(void **state)
{
    (void)state;
    static const double xt[][N] = {{6, 7, 8, 5, 4, 3, 99},
                                   {6, 7, 8, 5, 4, 3, 99},
                                   {6, 7, 8, 5, 4, NONE, NONE},
                                   {6, 7, 8, NONE, NONE, NONE, NONE},
                                   {NONE, NONE, 18, 5, 4, 6, NONE}};
    static const double ty[N] = {0, 0.25, 0.5, 0.5, 0.75, 0.875, 1};
    bench b;
    begin(&b);
    for (size_t run = 0; run < 5; run++)
        add_run(&b, epochs, xt[run], ty, N);
    ib_phases p = measure(&b, 100); /* 801 to 900 */
    assert_epochs(&p, 900, 100, 900);
    assert_size(&p.fitting, 2, 0.875, 0);
    assert_size(&p.rise, 4, 2, 0);
    assert_size(&p.compression, 4, (8 - 3.5 + 8 - 3.5 + 8 - 4 + 18 - 5) / 4, sqrt((4 + 4 + 6.25 + 42.25) / 3));
    end(&b);
}

/* If each run has epochs of its own there is no mean curve to speak of. */
static void nothing_in_common(void **state)
{
    (void)state;
    static const double one = 1;
    bench b;
    ib_phases phases = {.struct_size = sizeof phases};
    const ib_phases before = phases;
    begin(&b);
    for (uint32_t run = 0; run < 2; run++)
        add_run(&b, &run, &one, &one, 1);
    assert_fails(b.context, IB_ERR_STATE, "layer 6, state",
                 ib_curve_measure_phases(b.curve, 6, IB_MEASURE_STATE, 0, 0, &phases));
    assert_memory_equal(&phases, &before, sizeof phases);
    end(&b);
}

/* The mean of a size is never below 0, and phases do not know of any order or offset. */
static void properties(void **state)
{
    (void)state;
    enum { RUNS = 9, MOST = 60 };
    static uint32_t when[MOST];
    static double xt[RUNS][MOST], ty[RUNS][MOST], moved[MOST];
    for (int trial = 0; trial < 50; trial++) {
        bench b, c;
        begin(&b);
        begin(&c);
        const size_t n = 1 + test_random_below(MOST);
        for (size_t i = 0; i < n; i++)
            when[i] = (uint32_t)i * 20;
        for (size_t run = 0; run < RUNS; run++) {
            for (size_t i = 0; i < n; i++) {
                xt[run][i] = (double)test_random_below(1000);
                ty[run][i] = (double)test_random_below(1000);
            }
            add_run(&b, when, xt[run], ty[run], n);
        }
        for (size_t run = RUNS; run-- > 0;) {
            for (size_t i = 0; i < n; i++)
                moved[i] = xt[run][i] + 4096;
            add_run(&c, when, moved, ty[run], n);
        }
        const ib_phases p = measure(&b, 0), q = measure(&c, 0);
        assert_int_equal(p.compression_first, q.compression_first);
        assert_int_equal(p.fitting_last, q.fitting_last);
        assert_close(q.compression.mean, p.compression.mean, 1e-9, 0);
        assert_close(q.fitting.mean, p.fitting.mean, 0, 0);
        assert_true(p.fitting.mean >= -1e-12 && p.rise.mean >= -1e-12 && p.compression.mean >= -1e-9);
        end(&b);
        end(&c);
    }
}

static void refusals(void **state)
{
    (void)state;
    static const uint32_t zero;
    static const double one = 1;
    bench b;
    ib_phases phases = {.struct_size = 3};
    begin(&b);
    assert_int_equal(ib_curve_measure_phases(NULL, 6, 0, 0, 0, &phases), IB_ERR_ARG);
    assert_fails(b.context, IB_ERR_ARG, "phases", ib_curve_measure_phases(b.curve, 6, 0, 0, 0, NULL));
    assert_fails(b.context, IB_ERR_ARG, "struct_size", ib_curve_measure_phases(b.curve, 6, 0, 0, 0, &phases));
    phases.struct_size = sizeof phases;
    assert_fails(b.context, IB_ERR_ARG, "layer 6", ib_curve_measure_phases(b.curve, 6, 0, 0, 0, &phases));
    add_run(&b, &zero, &one, &one, 1);
    assert_fails(b.context, IB_ERR_ARG, "layer 5", ib_curve_measure_phases(b.curve, 5, 0, 0, 0, &phases));
    assert_fails(b.context, IB_ERR_ARG, "output", ib_curve_measure_phases(b.curve, 6, 1, 0, 0, &phases));
    measure(&b, 0);
    end(&b);
}

/* A caller of an older version gets what it knows, and no byte more. */
static void as_far_as_the_size_reaches(void **state)
{
    (void)state;
    static const uint32_t zero;
    static const double one = 1;
    bench b;
    ib_phases phases;
    begin(&b);
    add_run(&b, &zero, &one, &one, 1);
    memset(&phases, 0x55, sizeof phases);
    phases.struct_size = offsetof(ib_phases, fitting_last);
    const ib_phases before = phases;
    assert_ok(b.context, ib_curve_measure_phases(b.curve, 6, 0, 0, 0, &phases));
    assert_int_equal(phases.struct_size, offsetof(ib_phases, fitting_last));
    assert_int_equal(phases.layer, 6);
    assert_int_equal(phases.fitting_first, 0);
    assert_memory_equal(&phases.fitting_last, &before.fitting_last, sizeof phases - phases.struct_size);
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(one_way_only),
        cmocka_unit_test(runs_differ),
        cmocka_unit_test(nothing_in_common),
        cmocka_unit_test(properties),
        cmocka_unit_test(refusals),
        cmocka_unit_test(as_far_as_the_size_reaches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
