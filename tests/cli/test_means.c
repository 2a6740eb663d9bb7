/* Means over runs against values computed by hand. */
#include "means.h"
#include "records.h"
#include "support.h"
#include "ways.h"

#include <math.h>

static void epochs_and_outputs(void **state)
{
    ib_context *context = test_context(NULL);
    means m;
    (void)state;
    record_means(context, &m);
    assert_int_equal(m.n_runs, 3);
    assert_int_equal(m.runs[2], 6);
    assert_int_equal(m.n_epochs, RECORD_EPOCHS + 1);
    assert_int_equal(m.epochs[4].train_accuracy.count, 3);
    assert_close(m.epochs[4].train_accuracy.mean, 0.75 + 1.0 / 64, 0, 1e-15);
    assert_close(ib_moments_deviation(&m.epochs[4].train_accuracy), 1.0 / 64, 0, 1e-15);
    assert_close(m.epochs[2].test_accuracy.mean, 0.5625, 0, 1e-15);
    assert_close(m.epochs[0].train_loss.mean, 2, 0, 1e-15);
    assert_close(m.epochs[0].test_loss.mean, 3, 0, 1e-15);
    assert_int_equal(m.n_extents, 6);
    assert_int_equal(m.extents[4].epoch, 4);
    assert_int_equal(m.extents[4].layer, 1);
    assert_close(m.extents[4].min.mean, -1, 0, 0);
    assert_close(m.extents[4].max.mean, 6, 0, 1e-15);
    assert_close(m.extents[5].max.mean, 5, 0, 1e-15);
    assert_close(ib_moments_deviation(&m.extents[5].max), 1, 0, 1e-15);
    means_clear(&m);
    assert_null(m.curve);
    ib_context_destroy(context);
}

static void planes_and_lines(void **state)
{
    ib_context *context = test_context(NULL);
    means m;
    ib_curve_point point;
    size_t first;
    (void)state;
    record_means(context, &m);
    assert_int_equal(m.n_planes, 2);
    assert_int_equal(m.planes[0].measure, IB_MEASURE_STATE);
    assert_int_equal(m.planes[1].measure, IB_MEASURE_REBINNED);
    assert_int_equal(means_line(&m, m.planes[1], 2, &first), 3);
    assert_int_equal(means_point(&m, first + 1, &point), 1);
    assert_close(point.i_xt.mean, 9, 0, 1e-15);
    assert_int_equal(means_line(&m, m.planes[1], 1, &first), 3); /* the same as its states */
    assert_int_equal(means_point(&m, first, &point), 1);
    assert_int_equal(point.measure, IB_MEASURE_STATE);
    assert_close(point.i_xt.mean, 12, 0, 0);
    assert_int_equal(means_line(&m, m.planes[1], 3, &first), 0);
    means_clear(&m);
    ib_context_destroy(context);
}

/* A run that was measured elsewhere, and for longer. */
static ib_record *make_other(ib_context *context, uint64_t run)
{
    ib_record *r = record_make(context, run, 0);
    const ib_epoch epoch = {.struct_size = sizeof epoch, .epoch = RECORD_EPOCHS + 1, .train_accuracy = 1};
    assert_ok(context, ib_record_add(r, &epoch));
    record_add_point(context, r, (ib_point){2, 1, IB_MEASURE_STATE, 0, 4096, 11, 1});
    record_add_point(context, r, (ib_point){2, 1, IB_MEASURE_BINNED, 2, 30, 3, 1});
    record_add_point(context, r, (ib_point){2, 1, IB_MEASURE_BINNED, 1, 30, 3, 1});
    record_add_outputs(context, r, 5, 7);
    return r;
}

static void runs_may_differ(void **state)
{
    ib_context *context = test_context(NULL);
    means m;
    ib_curve_point point;
    size_t first;
    (void)state;
    record_means(context, &m);
    record_take(&m, 9, make_other(context, 9));
    assert_int_equal(m.n_epochs, RECORD_EPOCHS + 2);
    assert_int_equal(m.epochs[5].train_accuracy.count, 1);
    assert_close(m.epochs[5].train_accuracy.mean, 1, 0, 0);
    assert_int_equal(m.n_extents, 8);
    assert_int_equal(m.extents[6].epoch, 5);
    assert_int_equal(m.extents[6].max.count, 1);
    assert_int_equal(m.extents[0].max.count, 4);
    assert_int_equal(m.n_planes, 4);
    assert_int_equal(m.planes[2].estimator, 1);
    assert_int_equal(m.planes[3].estimator, 2);
    assert_int_equal(means_line(&m, m.planes[0], 1, &first), 4);
    assert_int_equal(means_point(&m, first + 1, &point), 1); /* epoch 1: all */
    assert_int_equal(means_point(&m, first + 2, &point), 0); /* epoch 2: one of four */
    assert_int_equal(point.epoch, 2);
    means_clear(&m);
    ib_context_destroy(context);
}

static void points_that_a_run_lacks(void **state)
{
    ib_context *context = test_context(NULL);
    means m;
    ib_curve_point point;
    size_t first;
    (void)state;
    assert_int_equal(means_create(&m, context), 0);
    record_take(&m, 0, make_other(context, 0));
    record_take(&m, 1, make_other(context, 1));
    assert_int_equal(means_line(&m, m.planes[0], 1, &first), 4);
    assert_int_equal(means_point(&m, first + 2, &point), 1);
    record_take(&m, 2, record_make(context, 2, 0));
    assert_int_equal(means_point(&m, first + 2, &point), 0);
    assert_int_equal(means_point(&m, first + 3, &point), 1);
    means_clear(&m);
    ib_context_destroy(context);
}

static void bad_fits_and_restarts(void **state)
{
    ib_context *context = test_context(NULL);
    const ib_epoch epoch = {.struct_size = sizeof epoch};
    ib_record *r;
    means m;
    (void)state;
    record_means(context, &m);
    r = record_make(context, 7, 0);
    assert_ok(context, ib_record_restart(r));
    assert_ok(context, ib_record_add(r, &epoch));
    assert_ok(context, ib_record_restart(r));
    record_add_point(context, r, (ib_point){0, 1, IB_MEASURE_STATE, 0, 4096, 12, 1});
    assert_ok(context, ib_record_set_outcome(r, IB_OUTCOME_BAD));
    record_take(&m, 7, r);
    assert_int_equal(m.bad_fits, 1);
    assert_int_equal(m.restarts, 2);
    means_clear(&m);
    ib_context_destroy(context);
}

static void a_run_without_points_is_refused(void **state)
{
    ib_context *context = test_context(NULL);
    ib_record *r;
    means m;
    (void)state;
    record_means(context, &m);
    assert_ok(context, ib_record_create(context, NULL, &r));
    assert_int_equal(means_add(&m, 8, r), -1);
    assert_int_equal(m.n_runs, 3);
    assert_int_equal(ib_curve_runs(m.curve), 3);
    assert_int_equal(m.epochs[0].train_accuracy.count, 3);
    ib_record_destroy(r);
    means_clear(&m);
    ib_context_destroy(context);
}

static void names(void **state)
{
    char text[32];
    settings asked = {.bins = {30, 100}, .n_bins = 2, .bounds = {IB_BOUNDS_LAYER}, .n_bounds = 1};
    (void)state;
    ways_name(&asked, IB_MEASURE_REBINNED, 0, text, sizeof text);
    assert_string_equal(text, "rebinned");
    ways_name(&asked, IB_MEASURE_BINNED, 2, text, sizeof text);
    assert_string_equal(text, "100-layer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(epochs_and_outputs),
        cmocka_unit_test(planes_and_lines),
        cmocka_unit_test(runs_may_differ),
        cmocka_unit_test(points_that_a_run_lacks),
        cmocka_unit_test(bad_fits_and_restarts),
        cmocka_unit_test(a_run_without_points_is_refused),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
