/* The tables byte by byte, and on a disk that is full. */
#include "csv.h"
#include "support.h"

#include "scratch.h"

#include <signal.h>
#include <sys/resource.h>

#define POINTS_HEADER "run,epoch,layer,measure,estimator,I_XT,I_TY,states\n"
#define TRAINING_HEADER "run,epoch,train_loss,train_accuracy,test_accuracy\n"
#define MOST_EPOCHS 4000

static const settings asked = {.bins = {30, 65536}, .n_bins = 2, .bounds = IB_BOUNDS_GLOBAL};

static curve_row curve[MOST_EPOCHS + 1];

static run_result small_run(uint64_t run, const ib_point *points, size_t n_points, size_t epochs)
{
    return (run_result){.run = run, .points = points, .n_points = n_points, .curve = curve, .epochs = epochs};
}

static void rows_of_two_runs(void **state)
{
    (void)state;
    scratch s;
    csv tables;
    const ib_point points[] = {
        {.epoch = 0, .layer = 1, .measure = IB_MEASURE_STATE, .states = 4096, .i_xt = 12, .i_ty = 0.1},
        {.epoch = 1, .layer = 6, .measure = IB_MEASURE_REBINNED, .states = UINT64_MAX, .i_xt = 1.0 / 3, .i_ty = 5e-324},
        {.epoch = 1, .layer = 6, .measure = IB_MEASURE_BINNED, .estimator = 2, .states = 3},
    };
    curve[0] = (curve_row){.train_loss = 0.1, .train_accuracy = 0.5, .test_accuracy = 1};
    curve[1] = (curve_row){.train_loss = 1e300, .train_accuracy = 2.0 / 3};
    run_result first = small_run(0, points, 3, 1), second = small_run(UINT64_MAX, points, 1, 0);
    scratch_make(&s);
    assert_int_equal(csv_create(&tables, s.folder), 0);
    assert_int_equal(csv_add(&tables, &first, &asked), 0);
    assert_int_equal(csv_add(&tables, &second, &asked), 0);
    assert_int_equal(csv_close(&tables), 0);
    assert_int_equal(csv_close(&tables), 0);
    scratch_assert(&s, "points.csv",
                   POINTS_HEADER "0,0,1,state,,12,0.10000000000000001,4096\n"
                                 "0,1,6,rebinned,,0.33333333333333331,4.9406564584124654e-324,18446744073709551615\n"
                                 "0,1,6,binned,65536-global,0,0,3\n"
                                 "18446744073709551615,0,1,state,,12,0.10000000000000001,4096\n");
    scratch_assert(&s, "training.csv",
                   TRAINING_HEADER "0,0,0.10000000000000001,0.5,1\n"
                                   "0,1,1.0000000000000001e+300,0.66666666666666663,0\n"
                                   "18446744073709551615,0,0.10000000000000001,0.5,1\n");
    scratch_remove(&s);
}

static struct rlimit set_limit(rlim_t bytes)
{
    struct rlimit before, now;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    now = before;
    now.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
    return before;
}

/* The run whose training curve does not fit is in neither file, though its one point is written. */
static void a_run_is_in_both_files_or_in_none(void **state)
{
    (void)state;
    scratch s;
    csv tables;
    const ib_point point = {.layer = 1, .states = 1};
    run_result small = small_run(0, &point, 1, 0), large = small_run(1, &point, 1, MOST_EPOCHS);
    curve[0] = (curve_row){0};
    scratch_make(&s);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(csv_create(&tables, s.folder), 0);
    assert_int_equal(csv_add(&tables, &small, &asked), 0);
    struct rlimit before = set_limit(20000);
    assert_int_equal(csv_add(&tables, &large, &asked), -1);
    assert_int_equal(csv_close(&tables), 0); /* they are closed already */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    scratch_assert(&s, "points.csv", POINTS_HEADER "0,0,1,state,,0,0,1\n");
    scratch_assert(&s, "training.csv", TRAINING_HEADER "0,0,0,0,0\n");
    scratch_remove(&s);
}

static void no_room_for_headers(void **state)
{
    (void)state;
    scratch s;
    csv tables;
    scratch_make(&s);
    struct rlimit before = set_limit(10);
    assert_int_equal(csv_create(&tables, s.folder), -1);
    assert_int_equal(csv_close(&tables), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    scratch_assert(&s, "points.csv", "");
    scratch_assert(&s, "training.csv", "");
    scratch_remove(&s);
    assert_int_equal(csv_create(&tables, s.folder), -1); /* the folder is gone */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_two_runs),
        cmocka_unit_test(a_run_is_in_both_files_or_in_none),
        cmocka_unit_test(no_room_for_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
