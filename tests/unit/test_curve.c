/* Points of many runs: against numbers by hand, and against the same answers formed point by point. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct key {
    uint32_t layer, measure, epoch;
} key;

static void add_point(ib_plane *plane, uint32_t layer, uint32_t measure, uint32_t epoch, double i_xt, double i_ty)
{
    const ib_point point = {.epoch = epoch,
                            .layer = layer,
                            .measure = measure,
                            .states = (uint64_t)(i_xt * 100),
                            .i_xt = i_xt,
                            .i_ty = i_ty};
    assert_int_equal(ib_plane_add(plane, &point), IB_OK);
}

typedef struct bench {
    test_memory memory;
    ib_context *context;
    ib_plane *plane;
    ib_curve *curve;
} bench;

static void begin(bench *b)
{
    *b = (bench){0};
    b->context = test_context(&b->memory);
    assert_ok(b->context, ib_plane_create(b->context, &b->plane));
    assert_ok(b->context, ib_curve_create(b->context, &b->curve));
}

static void end(bench *b)
{
    ib_context_destroy(b->context);
    ib_plane_destroy(b->plane);
    ib_curve_destroy(b->curve);
    assert_int_equal(b->memory.live, 0);
}

/* The plane becomes a run. */
static void add_run(bench *b)
{
    assert_ok(b->context, ib_curve_add(b->curve, b->plane));
    ib_plane_reset(b->plane);
}

static ib_curve_point get(bench *b, size_t index)
{
    ib_curve_point point;
    assert_ok(b->context, ib_curve_get(b->curve, index, &point));
    return point;
}

/* Three runs of one layer at epochs 0 and 5: (1, 0.125), (2, 0.25), (4, 0.75), then twice as much. */
static void by_hand(void **state)
{
    (void)state;
    static const double xt[] = {1, 2, 4}, ty[] = {0.125, 0.25, 0.75};
    bench b;
    begin(&b);
    assert_int_equal(ib_curve_runs(b.curve), 0);
    assert_int_equal(ib_curve_count(b.curve), 0);
    assert_int_equal(ib_curve_layers(b.curve), 0);
    for (size_t run = 0; run < 3; run++) {
        add_point(b.plane, 3, IB_MEASURE_STATE, 5, 2 * xt[run], 2 * ty[run]);
        add_point(b.plane, 3, IB_MEASURE_STATE, 0, xt[run], ty[run]);
        add_run(&b);
    }
    assert_int_equal(ib_curve_runs(b.curve), 3);
    assert_int_equal(ib_curve_count(b.curve), 2);
    assert_int_equal(ib_curve_layers(b.curve), 3);
    for (size_t i = 0; i < 2; i++) {
        const double times = (double)(i + 1);
        const ib_curve_point p = get(&b, i);
        assert_int_equal(p.epoch, 5 * i);
        assert_int_equal(p.layer, 3);
        assert_int_equal(p.measure, IB_MEASURE_STATE);
        assert_int_equal(p.estimator, 0);
        assert_int_equal(p.i_xt.count, 3);
        assert_close(p.i_xt.mean, times * 7 / 3, 0, 1e-15);
        assert_close(p.i_xt.deviation, times * sqrt(7.0 / 3), 0, 1e-15);
        assert_close(p.i_xt.half_interval, times * 4.302652729749464 * sqrt(7.0) / 3, 0, 1e-15);
        assert_true(p.i_xt.min == times && p.i_xt.median == 2 * times && p.i_xt.max == 4 * times);
        assert_close(p.i_ty.mean, times * 1.125 / 3, 0, 1e-15);
        assert_close(p.states.mean, times * 700 / 3, 0, 1e-15);
        assert_true(p.states.median == 200 * times);
    }
    end(&b);
}

/* Runs with points of their own, or that end early: each point is of those that have it. */
static void runs_differ(void **state)
{
    (void)state;
    static const key expected[] = {{1, 0, 0}, {1, 0, 1}, {1, 0, 2}, {1, 2, 7}, {2, 0, 0}, {2, 0, UINT32_MAX}};
    static const uint64_t counts[] = {3, 1, 2, 1, 2, 1};
    bench b;
    size_t first = 99;
    begin(&b);
    add_point(b.plane, 2, 0, 0, 5, 0.5);
    add_point(b.plane, 1, 0, 2, 2, 0.5);
    add_point(b.plane, 1, 0, 0, 1, 0.5);
    add_run(&b);
    add_point(b.plane, 1, 0, 1, 7, 0.5);
    add_point(b.plane, 1, 0, 0, 2, 0.5);
    add_point(b.plane, 2, 0, UINT32_MAX, 9, 0.5);
    add_run(&b);
    add_point(b.plane, 1, 2, 7, 3, 0.5);
    add_point(b.plane, 1, 0, 2, 6, 0.5);
    add_point(b.plane, 1, 0, 0, 6, 0.5);
    add_point(b.plane, 2, 0, 0, 7, 0.5);
    add_run(&b);
    assert_int_equal(ib_curve_count(b.curve), 6);
    for (size_t i = 0; i < 6; i++) {
        const ib_curve_point p = get(&b, i);
        assert_int_equal(p.layer, expected[i].layer);
        assert_int_equal(p.measure, expected[i].measure);
        assert_int_equal(p.epoch, expected[i].epoch);
        assert_int_equal(p.i_xt.count, counts[i]);
    }
    assert_close(get(&b, 0).i_xt.mean, 3, 0, 1e-15);
    assert_close(get(&b, 1).i_xt.mean, 7, 0, 0);
    assert_true(isnan(get(&b, 1).i_xt.half_interval));
    assert_close(get(&b, 2).i_xt.mean, 4, 0, 0);
    assert_close(get(&b, 4).i_xt.mean, 6, 0, 0);
    assert_close(get(&b, 4).i_xt.half_interval, 12.706204736174705, 0, 1e-15);
    assert_int_equal(ib_curve_line(b.curve, 1, 0, 0, &first), 3);
    assert_int_equal(first, 0);
    assert_int_equal(ib_curve_line(b.curve, 2, 0, 0, &first), 2);
    assert_int_equal(first, 4);
    assert_int_equal(ib_curve_line(b.curve, 1, 2, 0, NULL), 1);
    assert_int_equal(ib_curve_line(b.curve, 1, 1, 0, &first), 0);
    assert_int_equal(ib_curve_line(b.curve, 3, 0, 0, &first), 0);
    assert_int_equal(first, 4);
    end(&b);
}

enum { RUNS = 40, LAYERS = 4, EPOCHS = 30 };

typedef struct cube {
    int has[RUNS][LAYERS][EPOCHS];
    double xt[RUNS][LAYERS][EPOCHS], ty[RUNS][LAYERS][EPOCHS];
} cube;

static void fill(cube *c)
{
    for (size_t r = 0; r < RUNS; r++)
        for (size_t l = 0; l < LAYERS; l++)
            for (size_t e = 0; e < EPOCHS; e++) {
                c->has[r][l][e] = (l == 0 && e == 0) || test_random_below(3) > 0;
                c->xt[r][l][e] = 12 * test_random_uniform();
                c->ty[r][l][e] = test_random_uniform();
            }
}

/* Adds the runs in an order, each with its points from the last to the first. */
static void add_cube(bench *b, const cube *c, const size_t *order)
{
    for (size_t r = 0; r < RUNS; r++) {
        for (size_t at = LAYERS * EPOCHS; at-- > 0;) {
            const size_t l = at % LAYERS, e = at / LAYERS, run = order[r];
            if (c->has[run][l][e])
                add_point(b->plane, (uint32_t)l + 1, 0, (uint32_t)e, c->xt[run][l][e], c->ty[run][l][e]);
        }
        add_run(b);
    }
}

static void assert_same_points(bench *a, bench *b)
{
    assert_int_equal(ib_curve_count(a->curve), ib_curve_count(b->curve));
    for (size_t i = 0; i < ib_curve_count(a->curve); i++) {
        const ib_curve_point p = get(a, i), q = get(b, i);
        assert_int_equal(p.i_xt.count, q.i_xt.count);
        if (p.i_xt.count > 1)
            assert_memory_equal(&p, &q, sizeof p);
    }
}

/* Each point by itself, from the array; and the order of the runs is nothing. */
static void as_point_by_point(void **state)
{
    (void)state;
    cube *c = calloc(1, sizeof *c);
    bench b, reversed;
    size_t order[RUNS], back[RUNS], index = 0;
    assert_non_null(c);
    begin(&b);
    begin(&reversed);
    fill(c);
    for (size_t r = 0; r < RUNS; r++)
        back[RUNS - 1 - r] = order[r] = r;
    add_cube(&b, c, order);
    add_cube(&reversed, c, back);
    for (size_t l = 0; l < LAYERS; l++)
        for (size_t e = 0; e < EPOCHS; e++) {
            double values[RUNS];
            size_t n = 0;
            ib_statistics expected;
            for (size_t r = 0; r < RUNS; r++)
                if (c->has[r][l][e])
                    values[n++] = c->ty[r][l][e];
            ib_statistics_measure(values, n, &expected);
            if (n > 1) {
                const ib_curve_point p = get(&b, index);
                assert_memory_equal(&p.i_ty, &expected, sizeof expected);
            }
            index += n > 0;
        }
    assert_int_equal(index, ib_curve_count(b.curve));
    assert_same_points(&b, &reversed);
    end(&b);
    end(&reversed);
    free(c);
}

/* Two epochs, three runs, means (2, 5) and (6, 5). Run 0 is (1, 0) away from both, run 1 is at the one and (3, 4) away
 * from the other, run 2 is (1, 0) and (4, 4) away. */
static void ranks_by_hand(void **state)
{
    (void)state;
    bench b;
    ib_rank ranks[3];
    begin(&b);
    assert_ok(b.context, ib_curve_rank(b.curve, 0, 0, NULL));
    add_point(b.plane, 1, 0, 0, 3, 5), add_point(b.plane, 1, 0, 1, 7, 5);
    add_run(&b);
    add_point(b.plane, 1, 0, 0, 2, 5), add_point(b.plane, 1, 0, 1, 9, 9);
    add_run(&b);
    add_point(b.plane, 1, 0, 0, 1, 5), add_point(b.plane, 1, 0, 1, 2, 1);
    add_run(&b);
    assert_ok(b.context, ib_curve_rank(b.curve, 0, 0, ranks));
    assert_int_equal(ranks[0].run, 0);
    assert_close(ranks[0].distance, 1, 0, 1e-15);
    assert_int_equal(ranks[1].run, 1);
    assert_close(ranks[1].distance, 2.5, 0, 1e-15);
    assert_int_equal(ranks[2].run, 2);
    assert_close(ranks[2].distance, (1 + sqrt(32)) / 2, 0, 1e-15);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(ranks[i].points, 2);
    end(&b);
}

/* Layer 1 has only its state; layer 2 is binned, too, and there its state does not count. Run 2 has nothing of all. */
static void ranks_of_the_plane_of_a_measure(void **state)
{
    (void)state;
    static const double one[] = {0, 2}, two[] = {0, 200}, binned[] = {0, 20};
    bench b;
    ib_rank ranks[3];
    begin(&b);
    for (size_t run = 0; run < 2; run++) {
        add_point(b.plane, 1, IB_MEASURE_STATE, 0, one[run], 0);
        add_point(b.plane, 2, IB_MEASURE_STATE, 0, two[run], 0);
        add_point(b.plane, 2, IB_MEASURE_REBINNED, 0, binned[run], 0);
        add_run(&b);
    }
    add_point(b.plane, 1, IB_MEASURE_OUTPUT, 4, 1, 0);
    add_run(&b);
    assert_ok(b.context, ib_curve_rank(b.curve, IB_MEASURE_STATE, 0, ranks));
    assert_close(ranks[0].distance, (1 + 100) / 2.0, 0, 1e-15);
    assert_ok(b.context, ib_curve_rank(b.curve, IB_MEASURE_REBINNED, 0, ranks));
    assert_int_equal(ranks[0].run, 0);
    assert_int_equal(ranks[1].run, 1);
    assert_close(ranks[1].distance, (1 + 10) / 2.0, 0, 1e-15);
    assert_int_equal(ranks[2].run, 2);
    assert_int_equal(ranks[2].points, 0);
    assert_true(isnan(ranks[2].distance));
    end(&b);
}

/* The further from the middle a run is drawn, the lower its rank, whatever its number. */
static void ranks_in_order(void **state)
{
    (void)state;
    enum { N = 101 };
    bench b;
    ib_rank ranks[N];
    begin(&b);
    for (uint32_t run = 0; run < N; run++) {
        const double off = (run * 37) % N - (N - 1) / 2.0; /* -50 to 50, each once */
        for (uint32_t epoch = 0; epoch < 3; epoch++)
            add_point(b.plane, 1, 0, epoch, 100 + off, 0.5);
        add_run(&b);
    }
    assert_ok(b.context, ib_curve_rank(b.curve, 0, 0, ranks));
    for (size_t i = 0; i < N; i++) {
        assert_close(ranks[i].distance, floor((double)(i + 1) / 2), 1e-12, 0);
        assert_close(fabs((double)(ranks[i].run * 37 % N) - (N - 1) / 2.0), ranks[i].distance, 1e-12, 0);
    }
    end(&b);
}

/* Two estimators of one measure are as different as two measures. */
static void estimators_apart(void **state)
{
    (void)state;
    bench b;
    ib_rank ranks[2];
    size_t first = 0;
    begin(&b);
    for (uint32_t run = 0; run < 2; run++) {
        for (uint32_t estimator = 1; estimator <= 2; estimator++) {
            const ib_point point = {.layer = 1, .measure = 3, .estimator = estimator, .i_xt = estimator * run};
            assert_ok(b.context, ib_plane_add(b.plane, &point));
        }
        add_point(b.plane, 1, IB_MEASURE_STATE, 0, 10 * run, 0);
        add_run(&b);
    }
    assert_int_equal(ib_curve_count(b.curve), 3);
    for (uint32_t estimator = 1; estimator <= 2; estimator++) {
        ib_phases phases = {.struct_size = sizeof phases};
        assert_int_equal(ib_curve_line(b.curve, 1, 3, estimator, &first), 1);
        assert_int_equal(first, estimator);
        assert_int_equal(get(&b, first).estimator, estimator);
        assert_close(get(&b, first).i_xt.mean, estimator / 2.0, 0, 0);
        assert_ok(b.context, ib_curve_rank(b.curve, 3, estimator, ranks));
        assert_close(ranks[0].distance, estimator / 2.0, 0, 0);
        assert_ok(b.context, ib_curve_measure_phases(b.curve, 1, 3, estimator, 0, &phases));
        assert_int_equal(phases.estimator, estimator);
    }
    assert_int_equal(ib_curve_line(b.curve, 1, 3, 0, NULL), 0);
    assert_ok(b.context, ib_curve_rank(b.curve, 3, 7, ranks)); /* no layer has it: the plane of states */
    assert_close(ranks[0].distance, 5, 0, 0);
    end(&b);
}

static void refusals(void **state)
{
    (void)state;
    bench b;
    ib_curve *curve = (ib_curve *)&b;
    ib_curve_point point;
    begin(&b);
    assert_int_equal(ib_curve_create(NULL, &curve), IB_ERR_ARG);
    assert_fails(b.context, IB_ERR_ARG, "out", ib_curve_create(b.context, NULL));
    assert_int_equal(ib_curve_add(NULL, b.plane), IB_ERR_ARG);
    assert_fails(b.context, IB_ERR_ARG, "plane", ib_curve_add(b.curve, NULL));
    assert_fails(b.context, IB_ERR_ARG, "none", ib_curve_add(b.curve, b.plane));
    add_point(b.plane, 1, 0, 0, 1, 1);
    add_run(&b);
    static const double strange[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 6; i++) {
        const ib_point bad = {
            .epoch = 8, .layer = 5, .i_xt = i % 2 ? 1 : strange[i / 2], .i_ty = i % 2 ? strange[i / 2] : 1};
        add_point(b.plane, 9, 0, 0, 1, 1);
        assert_ok(b.context, ib_plane_add(b.plane, &bad));
        assert_fails(b.context, IB_ERR_NONFINITE, "epoch 8 of layer 5, state", ib_curve_add(b.curve, b.plane));
        ib_plane_reset(b.plane);
    }
    add_point(b.plane, 4, 2, 3, 1, 1), add_point(b.plane, 4, 2, 1, 1, 1), add_point(b.plane, 4, 2, 3, 1, 1);
    assert_fails(b.context, IB_ERR_ARG, "two at epoch 3 of layer 4, rebinned", ib_curve_add(b.curve, b.plane));
    assert_int_equal(ib_curve_runs(b.curve), 1);
    assert_int_equal(ib_curve_count(b.curve), 1);
    assert_int_equal(ib_curve_get(NULL, 0, &point), IB_ERR_ARG);
    assert_fails(b.context, IB_ERR_ARG, "point", ib_curve_get(b.curve, 0, NULL));
    assert_fails(b.context, IB_ERR_RANGE, "less than 1, got 1", ib_curve_get(b.curve, 1, &point));
    assert_int_equal(ib_curve_rank(NULL, 0, 0, NULL), IB_ERR_ARG);
    assert_fails(b.context, IB_ERR_ARG, "ranks", ib_curve_rank(b.curve, 0, 0, NULL));
    assert_int_equal(ib_curve_runs(NULL), 0);
    assert_int_equal(ib_curve_count(NULL), 0);
    assert_int_equal(ib_curve_layers(NULL), 0);
    assert_int_equal(ib_curve_line(NULL, 1, 0, 0, NULL), 0);
    ib_curve_destroy(NULL);
    end(&b);
}

/* Runs that bring points of their own, until all arrays have grown. A run that was refused may be added again. */
static ib_status life(ib_context *context, void *user_data)
{
    (void)user_data;
    ib_curve *curve = NULL;
    ib_plane *plane = NULL;
    ib_status status = ib_plane_create(context, &plane);
    if (status == IB_OK)
        status = ib_curve_create(context, &curve);
    for (uint32_t run = 0; run < 20 && status == IB_OK; run++) {
        const ib_point point = {.epoch = run, .layer = 1, .i_xt = run, .i_ty = 0.5};
        status = ib_plane_add(plane, &point);
        if (status == IB_OK) {
            const size_t points = ib_curve_count(curve);
            status = ib_curve_add(curve, plane);
            assert_int_equal(ib_curve_runs(curve), run + (status == IB_OK));
            assert_int_equal(ib_curve_count(curve), points + (status == IB_OK));
        }
    }
    for (size_t i = 0; curve && i < ib_curve_count(curve); i++) {
        ib_curve_point point;
        assert_int_equal(ib_curve_get(curve, i, &point), IB_OK);
        assert_int_equal(point.i_xt.count, ib_curve_runs(curve) - i);
        assert_true(point.i_xt.mean == (double)i);
    }
    ib_plane_destroy(plane);
    ib_curve_destroy(curve);
    return status;
}

/* Three runs of two layers at epochs 0 to 3, as an estimator says them: I(T;Y) of layer 1 is never known, I(X;T) of
 * layer 2 is not in run 1 at epochs 0 and 2. */
static void add_estimates(bench *b)
{
    for (uint32_t run = 0; run < 3; run++) {
        for (uint32_t epoch = 0; epoch < 4; epoch++) {
            const int known = run != 1 || epoch % 2 == 1;
            const ib_point one = {epoch, 1, IB_MEASURE_ESTIMATED, 1, 0, 1 + run + epoch, NAN};
            const ib_point two = {epoch,      2, IB_MEASURE_ESTIMATED, 1, 0, known ? 4.0 * run + epoch : (double)NAN,
                                  0.5 * epoch};
            assert_ok(b->context, ib_plane_add(b->plane, &one));
            assert_ok(b->context, ib_plane_add(b->plane, &two));
        }
        add_run(b);
    }
}

static void assert_unknown(const ib_statistics *s, uint64_t count)
{
    assert_int_equal(s->count, count);
    assert_true(isnan(s->mean) && isnan(s->deviation) && isnan(s->half_interval) && isnan(s->min) && isnan(s->median) &&
                isnan(s->max));
}

/* What is not known of one run is known of no mean; nothing of it is ranked, checked or the largest of its line. */
static void what_is_not_known(void **state)
{
    (void)state;
    bench b;
    ib_rank ranks[3];
    ib_phases phases = {.struct_size = sizeof phases};
    ib_violations v[IB_LIMIT_COUNT];
    const ib_limits limits = {100, 100, 100, 100};
    begin(&b);
    add_estimates(&b);
    for (size_t i = 0; i < 8; i++) {
        const ib_curve_point p = get(&b, i);
        if (p.layer == 1)
            assert_unknown(&p.i_ty, 3);
        else if (p.epoch % 2 == 0)
            assert_unknown(&p.i_xt, 3);
        else
            assert_close(p.i_xt.mean, 4.0 + p.epoch, 0, 1e-15);
        if (p.layer == 1)
            assert_close(p.i_xt.mean, 2.0 + p.epoch, 0, 1e-15);
        else
            assert_close(p.i_ty.mean, 0.5 * p.epoch, 0, 1e-15);
    }
    assert_ok(b.context, ib_curve_rank(b.curve, IB_MEASURE_ESTIMATED, 1, ranks)); /* by epochs 1 and 3 of layer 2 */
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(ranks[i].points, 2);
    assert_true(ranks[0].run == 1 && ranks[0].distance == 0 && ranks[1].run == 0 && ranks[2].run == 2);
    assert_close(ranks[1].distance, 4, 0, 1e-15);
    assert_ok(b.context, ib_curve_measure_phases(b.curve, 2, IB_MEASURE_ESTIMATED, 1, 1, &phases));
    assert_true(phases.fitting_last == 3 && phases.compression_first == 3 && phases.compression_last == 3);
    assert_close(phases.fitting.mean, 1.5, 0, 1e-15);
    assert_unknown(&phases.rise, 3); /* from an epoch at which one run has nothing */
    assert_close(phases.compression.mean, 0, 1e-15, 0);
    assert_ok(b.context, ib_curve_measure_phases(b.curve, 1, IB_MEASURE_ESTIMATED, 1, 1, &phases));
    assert_true(phases.fitting_last == 0 && phases.compression_first == 3);
    assert_unknown(&phases.fitting, 3);
    assert_close(phases.rise.mean, 3, 0, 1e-15);
    assert_ok(b.context, ib_curve_count_violations(b.curve, IB_MEASURE_ESTIMATED, 1, &limits, 0, v));
    assert_int_equal(v[IB_LIMIT_CHAIN_X].checked, 24 - 2);
    assert_int_equal(v[IB_LIMIT_CHAIN_X].violated, 4 + 2); /* 3 run - 1 bits, in runs 1 and 2 */
    assert_int_equal(v[IB_LIMIT_CHAIN_Y].checked, 0);
    assert_int_equal(v[IB_LIMIT_BOUND_X].checked, 24 - 2);
    assert_int_equal(v[IB_LIMIT_BOUND_Y].checked, 12);
    end(&b);
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(life, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(runs_differ),
        cmocka_unit_test(as_point_by_point),
        cmocka_unit_test(ranks_by_hand),
        cmocka_unit_test(ranks_of_the_plane_of_a_measure),
        cmocka_unit_test(estimators_apart),
        cmocka_unit_test(ranks_in_order),
        cmocka_unit_test(what_is_not_known),
        cmocka_unit_test(refusals),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
