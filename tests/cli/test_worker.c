/* One run after the other: which epochs are measured, and which runs are begun again. Training and measuring are played
 * here, so that bad fits come when they are wanted; the linker puts these functions in place of the library's. */
#include "support.h"
#include "worker.h"

#include <string.h>

ib_status __wrap_ib_train_run(ib_network *network, const ib_dataset *dataset, const ib_split *split,
                              const ib_train_options *options);
ib_status __wrap_ib_observer_measure(ib_observer *observer, const ib_network *network, uint32_t epoch, ib_plane *plane);
ib_status __wrap_ib_ranges_add(ib_ranges *ranges, const ib_network *network);
int32_t __wrap_ib_tasks_step(const ib_task *task, int64_t steps);

/* What the played training does, and what it saw. */
static struct {
    uint32_t bad_attempts;  /* so many attempts are bad ... */
    uint32_t bad_epoch;     /* ... after this epoch */
    uint32_t measure_fails; /* measuring fails at this epoch; 0: never */
    ib_status train_fails;  /* training ends like this after its last epoch */
    int64_t wanted_steps;   /* after so many steps the run is not wanted any more; 0: always wanted */
    int64_t steps;          /* as told to the library */
    uint32_t ranges_fail;   /* after so many passes ranges cannot be widened; 0: never */
    uint32_t ranges;        /* how often they were */
    uint32_t attempts;
    uint64_t runs[8];
    uint32_t numbers[8]; /* attempts as told to the library */
    uint64_t seed;
    size_t test_rows;
} play;

ib_status __wrap_ib_observer_measure(ib_observer *observer, const ib_network *network, uint32_t epoch, ib_plane *plane)
{
    (void)observer;
    (void)network;
    ib_point point = {.epoch = epoch, .layer = 1, .i_xt = play.attempts};
    if (play.measure_fails && epoch == play.measure_fails)
        return ib_plane_add(plane, NULL);
    return ib_plane_add(plane, &point);
}

ib_status __wrap_ib_ranges_add(ib_ranges *ranges, const ib_network *network)
{
    (void)network;
    if (play.ranges_fail && play.ranges == play.ranges_fail)
        return ib_ranges_set(ranges, 0, 0, 0);
    play.ranges++;
    return ib_ranges_set(ranges, 1, 0, 1);
}

ib_status __wrap_ib_train_run(ib_network *network, const ib_dataset *dataset, const ib_split *split,
                              const ib_train_options *options)
{
    (void)dataset;
    play.test_rows = ib_split_test_count(split);
    play.seed = options->seed;
    play.runs[play.attempts] = options->run;
    play.numbers[play.attempts] = options->attempt;
    play.attempts++;
    for (uint32_t e = 0; e <= options->epochs; e++) {
        int bad = e == play.bad_epoch && play.attempts <= play.bad_attempts;
        ib_epoch epoch = {.struct_size = sizeof epoch,
                          .epoch = e,
                          .running_loss = e,
                          .running_accuracy = bad ? 0.5499 : 0.55,
                          .train_loss = 0.4,
                          .train_accuracy = 0.7,
                          .test_loss = 0.3,
                          .test_accuracy = 0.6};
        int32_t answer = options->callback(&epoch, network, options->user_data);
        if (answer)
            return answer > 0 ? IB_STOPPED : IB_ERR_CALLBACK;
    }
    return play.train_fails;
}

int32_t __wrap_ib_tasks_step(const ib_task *task, int64_t steps)
{
    assert_non_null(task);
    play.steps += steps;
    return play.wanted_steps && play.steps >= play.wanted_steps;
}

/* Makes a worker and lets it do a run. */
static run_outcome do_asked(const settings *asked, uint64_t run, run_result *result, worker **one)
{
    *one = worker_create(asked);
    assert_non_null(*one);
    const ib_task task = {.struct_size = sizeof task, .number = run, .context = test_context(NULL)};
    run_outcome outcome = worker_run(*one, &task, result);
    ib_context_destroy(task.context); /* goes with the worker */
    return outcome;
}

/* The same for a preset. */
static run_outcome do_run(uint32_t preset, uint32_t epochs, uint64_t run, run_result *result, worker **one,
                          settings *asked)
{
    *asked = (settings){.preset = preset,
                        .activation = IB_ACTIVATION_TANH,
                        .bits = 8,
                        .runs = 1,
                        .epochs = epochs,
                        .seed = 77,
                        .quiet = 1};
    return do_asked(asked, run, result, one);
}

static void assert_epochs(const run_result *result, const uint32_t *epochs, size_t n)
{
    assert_int_equal(result->n_points, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(result->points[i].epoch, epochs[i]);
}

static void epochs_that_are_measured(void **state)
{
    (void)state;
    static const uint32_t all[] = {0, 1, 2, 3}, fifth[] = {0, 1, 6, 11, 13}, fits[] = {0, 1, 6}, one_epoch[] = {0, 1};
    static const struct {
        uint32_t preset, epochs;
        const uint32_t *expected;
        size_t n;
    } cases[] = {
        {IB_PRESET_PAPER, 3, all, 4},
        {IB_PRESET_OFFICIAL_V1, 3, all, 4},
        {IB_PRESET_OFFICIAL_ICLR, 13, fifth, 5},
        {IB_PRESET_OFFICIAL_ICLR, 6, fits, 3},
        {IB_PRESET_OFFICIAL_ICLR, 1, one_epoch, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run_result result;
        worker *one;
        settings asked;
        memset(&play, 0, sizeof play);
        assert_int_equal(do_run(cases[i].preset, cases[i].epochs, 5, &result, &one, &asked), RUN_FINISHED);
        assert_epochs(&result, cases[i].expected, cases[i].n);
        assert_int_equal(result.run, 5);
        assert_int_equal(play.runs[0], 5);
        assert_int_equal(play.seed, 77);
        assert_int_equal(play.test_rows, 820);
        assert_close(result.curve[1].train_loss, 1, 0, 0);
        assert_close(result.curve[1].train_accuracy, 0.55, 0, 0);
        assert_close(result.curve[1].test_accuracy, 0.6, 0, 0);
        assert_close(result.curve[1].test_loss, 0.3, 0, 0);
        assert_close(result.curve[1].after_loss, 0.4, 0, 0);
        assert_close(result.curve[1].after_accuracy, 0.7, 0, 0);
        assert_close(result.train_accuracy, 0.7, 0, 0);
        worker_destroy(one);
    }
}

/* The restarted run draws from the next attempt; of the attempts before nothing is left. */
static void bad_fits_are_begun_again(void **state)
{
    (void)state;
    static const uint32_t bad_epochs[] = {1001, 1002, 1003};
    for (size_t i = 0; i < 3; i++) {
        run_result result;
        worker *one;
        settings asked;
        memset(&play, 0, sizeof play);
        play.bad_attempts = 2;
        play.bad_epoch = bad_epochs[i];
        assert_int_equal(do_run(IB_PRESET_OFFICIAL_ICLR, 1003, 9, &result, &one, &asked), RUN_FINISHED);
        assert_int_equal(play.attempts, 3);
        assert_int_equal(result.restarts, 2);
        for (uint32_t k = 0; k < 3; k++) {
            assert_int_equal(play.numbers[k], k);
            assert_int_equal(play.runs[k], 9);
        }
        assert_int_equal(result.n_points, 1 + 201 + 1); /* 0; 1, 6, ..., 1001; 1003 */
        for (size_t p = 0; p < result.n_points; p++)
            assert_close(result.points[p].i_xt, 3, 0, 0);
        assert_int_equal(play.steps, 1003);
        worker_destroy(one);
    }
}

/* Bounds of the run: the first time finds them at every epoch, or finds a bad fit; the second one measures. */
static void runs_made_twice(void **state)
{
    (void)state;
    static const uint32_t numbers[] = {0, 1, 1};
    const settings asked = {.preset = IB_PRESET_OFFICIAL_ICLR,
                            .activation = IB_ACTIVATION_RELU,
                            .bits = 8,
                            .bins = {30},
                            .n_bins = 1,
                            .bounds = IB_BOUNDS_GLOBAL,
                            .epochs = 1003,
                            .quiet = 1};
    run_result result;
    worker *one;
    memset(&play, 0, sizeof play);
    play.bad_attempts = 1;
    play.bad_epoch = 1001;
    assert_int_equal(do_asked(&asked, 9, &result, &one), RUN_FINISHED);
    assert_int_equal(play.attempts, 3);
    assert_memory_equal(play.numbers, numbers, sizeof numbers);
    assert_int_equal(play.ranges, 1001 + 1004);
    assert_int_equal(result.restarts, 1);
    assert_int_equal(result.n_points, 1 + 201 + 1);
    assert_close(result.points[0].i_xt, 3, 0, 0); /* of the third training */
    assert_int_equal(play.steps, 2 * 1003);
    worker_destroy(one);
    memset(&play, 0, sizeof play);
    play.ranges_fail = 2;
    assert_int_equal(do_asked(&asked, 9, &result, &one), RUN_FAILED);
    assert_string_equal(worker_reason(one), "run 9: layer: expected 1 to 6, got 0");
    worker_destroy(one);
}

static void bad_fits_are_kept(void **state)
{
    (void)state;
    static const struct {
        uint32_t preset, bad_epoch;
    } cases[] = {{IB_PRESET_PAPER, 1001}, {IB_PRESET_OFFICIAL_V1, 1003}, {IB_PRESET_OFFICIAL_ICLR, 1000}};
    for (size_t i = 0; i < 3; i++) {
        run_result result;
        worker *one;
        settings asked;
        memset(&play, 0, sizeof play);
        play.bad_attempts = 8;
        play.bad_epoch = cases[i].bad_epoch;
        assert_int_equal(do_run(cases[i].preset, 1003, 0, &result, &one, &asked), RUN_FINISHED);
        assert_int_equal(result.restarts, 0);
        assert_close(result.bad_accuracy, 0.55, 0, 0);
        worker_destroy(one);
    }
}

static void failures_end_a_run(void **state)
{
    (void)state;
    run_result result;
    worker *one;
    settings asked;
    memset(&play, 0, sizeof play);
    play.measure_fails = 2;
    assert_int_equal(do_run(IB_PRESET_PAPER, 3, 4, &result, &one, &asked), RUN_FAILED);
    assert_string_equal(worker_reason(one), "run 4: point is NULL");
    worker_destroy(one);
    memset(&play, 0, sizeof play);
    play.train_fails = IB_ERR_NONFINITE;
    assert_int_equal(do_run(IB_PRESET_PAPER, 3, 0, &result, &one, &asked), RUN_FAILED);
    worker_destroy(one);
}

/* A run ends when it learns that it is not wanted, at whichever epoch. */
static void unwanted_runs(void **state)
{
    (void)state;
    for (int64_t epoch = 1; epoch <= 4; epoch++) {
        run_result result;
        worker *one;
        settings asked;
        memset(&play, 0, sizeof play);
        play.wanted_steps = epoch;
        assert_int_equal(do_run(IB_PRESET_OFFICIAL_ICLR, 3, 0, &result, &one, &asked),
                         epoch <= 3 ? RUN_UNWANTED : RUN_FINISHED);
        assert_int_equal(play.attempts, 1);
        assert_int_equal(play.steps, epoch <= 3 ? epoch : 3);
        worker_destroy(one);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(epochs_that_are_measured), cmocka_unit_test(bad_fits_are_begun_again),
        cmocka_unit_test(runs_made_twice),          cmocka_unit_test(bad_fits_are_kept),
        cmocka_unit_test(failures_end_a_run),       cmocka_unit_test(unwanted_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
