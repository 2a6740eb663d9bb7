/* Means over runs against values computed by hand. */
#include "summary.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

#define POINTS 6

/* A run of two epochs with two layers at epochs 0 and 2; layer 2 is also measured by its bins. */
typedef struct fake_run {
    ib_point points[POINTS];
    curve_row curve[3];
    run_result result;
} fake_run;

static void make_run(fake_run *fake, uint64_t run, double first, double last)
{
    static const struct {
        uint32_t epoch, layer, measure;
    } keys[POINTS] = {{0, 1, 0}, {0, 2, 0}, {0, 2, 2}, {2, 1, 0}, {2, 2, 0}, {2, 2, 2}};
    memset(fake, 0, sizeof *fake);
    for (size_t i = 0; i < POINTS; i++) {
        double i_xt = keys[i].epoch == 0 ? first : last;
        fake->points[i] = (ib_point){.epoch = keys[i].epoch,
                                     .layer = keys[i].layer,
                                     .measure = keys[i].measure,
                                     .i_xt = i_xt + (double)keys[i].measure,
                                     .i_ty = i_xt / 16};
    }
    fake->curve[2].train_accuracy = 0.9;
    fake->result = (run_result){.run = run,
                                .points = fake->points,
                                .n_points = POINTS,
                                .curve = fake->curve,
                                .epochs = 2,
                                .train_accuracy = last / 10,
                                .test_accuracy = last / 20,
                                .bad_accuracy = 0.55};
}

static void add(summary *mean, uint64_t run, double first, double last)
{
    fake_run fake;
    make_run(&fake, run, first, last);
    assert_int_equal(summary_add(mean, &fake.result), 0);
}

static void means_of_runs(void **state)
{
    (void)state;
    summary mean = {0};
    add(&mean, 0, 1, 8);
    add(&mean, 1, 2, 9);
    add(&mean, 2, 4, 10);
    assert_int_equal(mean.runs, 3);
    assert_int_equal(mean.n_points, POINTS);
    assert_close(mean.points[0].i_xt.mean, 7.0 / 3, 0, 1e-15);
    assert_close(mean.points[2].i_xt.mean, 7.0 / 3 + 2, 0, 1e-15);
    assert_close(mean.points[5].i_xt.mean, 11, 0, 1e-15);
    assert_close(mean.points[5].i_ty.mean, 9.0 / 16, 0, 1e-15);
    assert_close(ib_moments_deviation(&mean.points[3].i_xt), 1, 0, 1e-15);
    assert_close(mean.train_accuracy.mean, 0.9, 0, 1e-15);
    summary_clear(&mean);
    assert_null(mean.points);
}

static void points_are_found(void **state)
{
    (void)state;
    summary mean = {0};
    assert_int_equal(summary_layers(&mean), 0);
    add(&mean, 0, 1, 8);
    assert_int_equal(summary_layers(&mean), 2);
    assert_int_equal(summary_epoch_points(&mean, 0), 3);
    assert_int_equal(summary_epoch_points(&mean, 3), 3);
    assert_true(summary_has(&mean, IB_MEASURE_REBINNED, 0));
    assert_false(summary_has(&mean, IB_MEASURE_OUTPUT, 0));
    assert_false(summary_has(&mean, IB_MEASURE_REBINNED, 1));
    assert_ptr_equal(summary_find(&mean, 3, 2, IB_MEASURE_STATE, 0), &mean.points[4]);
    assert_ptr_equal(summary_find(&mean, 3, 2, IB_MEASURE_REBINNED, 0), &mean.points[5]);
    assert_ptr_equal(summary_find(&mean, 3, 1, IB_MEASURE_REBINNED, 0), &mean.points[3]); /* the same as its state */
    assert_null(summary_find(&mean, 3, 3, IB_MEASURE_STATE, 0));
    summary_clear(&mean);
}

static void bad_fits_and_restarts(void **state)
{
    (void)state;
    summary mean = {0};
    fake_run fake;
    static const double accuracies[] = {0.55, 0.5499, 0.5, 0.9};
    for (uint64_t run = 0; run < 4; run++) {
        make_run(&fake, run, 1, 8);
        fake.curve[2].train_accuracy = accuracies[run];
        fake.result.restarts = (uint32_t)run;
        assert_int_equal(summary_add(&mean, &fake.result), 0);
    }
    assert_int_equal(mean.bad_fits, 2); /* 0.55 itself is not below 0.55 */
    assert_int_equal(mean.restarts, 6);
    summary_clear(&mean);
}

static void other_points_are_refused(void **state)
{
    (void)state;
    summary mean = {0};
    fake_run fake;
    add(&mean, 0, 1, 8);
    make_run(&fake, 1, 1, 8);
    fake.result.n_points = POINTS - 1;
    assert_int_equal(summary_add(&mean, &fake.result), -1);
    make_run(&fake, 1, 1, 8);
    fake.points[4].epoch = 3;
    assert_int_equal(summary_add(&mean, &fake.result), -1);
    assert_int_equal(mean.runs, 1);
    summary_clear(&mean);
}

static void table(void **state)
{
    (void)state;
    summary mean = {0};
    settings asked = {.activation = IB_ACTIVATION_TANH, .bits = 8, .epochs = 2, .runs = 3};
    char *text = NULL;
    size_t size = 0;
    add(&mean, 0, 11, 8);
    add(&mean, 1, 10, 9);
    add(&mean, 2, 9, 10);
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    summary_print(&mean, &asked, stream);
    fclose(stream);
    assert_string_equal(text, "preset paper, tanh, 8 bits: mean of 3 runs of 2 epochs, in bits\n\n"
                              "                  H first  H largest at epoch     H last  I(T;Y) last\n"
                              "T1     state       10.000     10.000        0      9.000       0.5625\n"
                              "T2     state       10.000     10.000        0      9.000       0.5625\n"
                              "T2     rebinned    12.000     12.000        0     11.000       0.5625\n\n"
                              "training accuracy  0.9000 +- 0.2484\n"
                              "test accuracy      0.4500 +- 0.1242\n"
                              "bad fits           0 of 3\n");
    free(text);
    summary_clear(&mean);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_of_runs),
        cmocka_unit_test(points_are_found),
        cmocka_unit_test(bad_fits_and_restarts),
        cmocka_unit_test(other_points_are_refused),
        cmocka_unit_test(table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
