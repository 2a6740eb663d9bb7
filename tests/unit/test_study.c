/* What a study makes is what its parts make, on any number of threads; who hears what, and when; what is refused. */
#include "small_study.h"

#include <string.h>

/* One run by hand, from the same seed: ib_train_run(), ib_observer_measure(), and a record. */
typedef struct by_hand {
    const test_plan *plan;
    ib_record *record;
    ib_observer *observer;
    ib_ranges *bounds, *pass;
    int seeks;
    uint32_t next;
} by_hand;

static int32_t follow(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    by_hand *b = user_data;
    ib_plane *plane = ib_record_plane(b->record);
    if (b->seeks)
        return ib_ranges_add(b->bounds, network);
    assert_int_equal(ib_record_add(b->record, epoch), IB_OK);
    if (epoch->epoch != b->next)
        return 0;
    assert_int_equal(ib_observer_measure(b->observer, network, epoch->epoch, plane), IB_OK);
    ib_ranges_reset(b->pass);
    assert_int_equal(ib_ranges_add(b->pass, network), IB_OK);
    assert_int_equal(ib_record_add_extents(b->record, epoch->epoch, b->pass), IB_OK);
    return ib_schedule_next(&b->plan->schedule, plane, epoch->epoch, b->plan->train.epochs, &b->next);
}

static void train_by_hand(const test_room *room, by_hand *b, uint32_t run, int twice)
{
    ib_train_options options = b->plan->train;
    options.adam = b->plan->sgd.rate > 0 ? NULL : &b->plan->adam;
    options.sgd = b->plan->sgd.rate > 0 ? &b->plan->sgd : NULL;
    options.run = run;
    options.callback = follow;
    options.user_data = b;
    for (b->seeks = twice; b->seeks >= 0; b->seeks--) {
        b->next = 0;
        assert_ok(room->context, ib_observer_set_ranges(b->observer, b->seeks ? NULL : b->bounds));
        assert_ok(room->context, ib_train_run(room->network, room->dataset, room->split, &options));
    }
}

/* Asserts that run `run` of the study was saved as what its parts make. */
static void assert_as_by_hand(const test_plan *plan, const test_shelf *shelf, uint32_t run, int twice)
{
    test_room room = test_enter(plan, NULL);
    ib_context *context = room.context;
    by_hand b = {.plan = plan};
    const ib_record_options of = {sizeof of, 0, plan->train.seed, run, ib_study_setting(room.study)};
    assert_ok(context, ib_record_create(context, &of, &b.record));
    assert_ok(context, ib_observer_create(room.dataset, &b.observer));
    for (size_t i = 0; i < plan->n_binnings; i++)
        assert_ok(context, ib_observer_add_binning(b.observer, &plan->binnings[i], NULL));
    assert_ok(context, ib_ranges_create(context, 2, &b.bounds));
    assert_ok(context, ib_ranges_create(context, 2, &b.pass));
    train_by_hand(&room, &b, run, twice);
    assert_ok(context, ib_record_set_outcome(b.record, shelf->outcomes[run]));
    test_stream expected = {.size = 0};
    assert_ok(context, ib_record_write(b.record, test_stream_write, &expected));
    assert_int_equal(shelf->runs[run].size, expected.size);
    assert_memory_equal(shelf->runs[run].data, expected.data, expected.size);
    test_stream_free(&expected);
    ib_record_destroy(b.record);
    ib_observer_destroy(b.observer);
    ib_ranges_destroy(b.bounds);
    ib_ranges_destroy(b.pass);
    test_exit_all(&room);
}

static void is_the_sum_of_its_parts(void **state)
{
    (void)state;
    for (int i = 0; i < 7; i++) {
        test_plan plan = test_standard_plan();
        plan.bad_accuracy = 1e-9;
        plan.is_float = i == 1;
        plan.activation = i == 2 ? IB_ACTIVATION_RELU : IB_ACTIVATION_TANH;
        plan.n_binnings = i == 2 || i == 3 ? 3 : i == 4;
        plan.binnings[0].bounds = i == 2 ? IB_BOUNDS_LARGEST : IB_BOUNDS_GLOBAL;
        plan.binnings[1].kind = IB_BINS_EQUAL_MASS;
        plan.binnings[2].bounds = IB_BOUNDS_NEURON;
        plan.schedule.kind = i == 4 ? IB_SCHEDULE_ADAPTIVE : i == 5 ? IB_SCHEDULE_LOGARITHMIC : IB_SCHEDULE_EVERY;
        plan.schedule.every = i == 6 ? 3 : 0;
        plan.schedule.per_octave = 2;
        plan.train.prefit_epochs = i == 5 ? 2 : 0;
        plan.sgd.rate = i == 6 ? 0.1 : 0;
        test_shelf shelf = test_whole(&plan);
        for (uint32_t run = 0; run < plan.runs; run++) {
            assert_int_equal(shelf.outcomes[run], IB_OUTCOME_GOOD);
            assert_as_by_hand(&plan, &shelf, run, plan.n_binnings > 0);
        }
        test_shelf_free(&shelf);
    }
}

/* tanh has bounds of its own, so that one time is enough; the points say that they are the same. */
static void makes_no_run_twice_in_vain(void **state)
{
    (void)state;
    test_plan plan = test_standard_plan();
    plan.bad_accuracy = 1e-9;
    plan.n_binnings = 1;
    plan.binnings[0].bounds = IB_BOUNDS_LARGEST;
    plan.binnings[0].clamp = 1;
    test_shelf shelf = test_whole(&plan);
    assert_int_equal(shelf.last.epochs, plan.runs * plan.train.epochs);
    assert_as_by_hand(&plan, &shelf, 2, 1);
    test_shelf_free(&shelf);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    test_plan plan = test_standard_plan();
    plan.runs = 11;
    test_shelf alone = test_whole(&plan);
    for (plan.threads = 2; plan.threads < 6; plan.threads++) {
        test_shelf shelf = test_whole(&plan);
        test_same_shelf(&shelf, &alone, plan.runs);
        assert_int_equal(shelf.done_count, plan.runs);
        for (uint32_t r = 0; r < plan.runs; r++)
            assert_int_equal(shelf.done[r], r);
        test_shelf_free(&shelf);
    }
    plan.runs = 4; /* a run does not depend on how many there are */
    test_shelf fewer = test_whole(&plan);
    test_same_shelf(&fewer, &alone, 4);
    test_shelf_free(&fewer);
    test_shelf_free(&alone);
}

static void tells_how_far_it_is(void **state)
{
    (void)state;
    test_plan plan = test_standard_plan();
    plan.binnings[0].bounds = IB_BOUNDS_GLOBAL;
    for (plan.n_binnings = 0; plan.n_binnings < 2; plan.n_binnings++) {
        test_shelf shelf = test_whole(&plan);
        const uint64_t epochs = (1 + plan.n_binnings) * plan.runs * plan.train.epochs;
        assert_int_equal(shelf.last.struct_size, sizeof shelf.last);
        assert_int_equal(shelf.last.threads, 1);
        assert_int_equal(shelf.last.runs, plan.runs);
        assert_int_equal(shelf.last.runs_done, plan.runs);
        assert_int_equal(shelf.last.epochs, epochs);
        assert_int_equal(shelf.last.epochs_done, epochs);
        assert_true(shelf.told >= epochs);
        assert_int_equal(shelf.points, plan.runs * (plan.train.epochs + 1) * (2 * (1 + plan.n_binnings) + 2));
        test_shelf_free(&shelf);
    }
}

/* The accuracy of this network after an epoch is never 1, so all runs are as bad as that. */
static void bad_fits_are_marked(void **state)
{
    (void)state;
    test_plan plan = test_standard_plan();
    plan.train.epochs = 1;
    plan.bad_accuracy = 1.0;
    test_shelf shelf = test_whole(&plan);
    for (uint32_t r = 0; r < plan.runs; r++)
        assert_int_equal(shelf.outcomes[r], IB_OUTCOME_BAD);
    test_shelf_free(&shelf);
}

static ib_record *record_of(const test_room *room, const test_plan *plan, test_shelf *shelf, uint32_t run)
{
    ib_record *record = NULL;
    const ib_record_options of = {sizeof of, 0, plan->train.seed, run, ib_study_setting(room->study)};
    assert_ok(room->context, ib_record_create(room->context, &of, &record));
    shelf->runs[run].at = 0;
    assert_ok(room->context, ib_record_read(record, test_stream_read, &shelf->runs[run]));
    return record;
}

/* Each restart is what ib_train_run() of that attempt says; the last attempt is good enough at all epochs. */
static void bad_fits_begin_again(void **state)
{
    (void)state;
    test_plan plan = test_standard_plan();
    plan.restart_from = 4;
    plan.bad_accuracy = 0.8;
    size_t restarts = 0;
    for (plan.n_binnings = 0; plan.n_binnings < 2; plan.n_binnings++) {
        plan.binnings[0].bounds = IB_BOUNDS_GLOBAL;
        test_shelf shelf = test_whole(&plan);
        test_room room = test_enter(&plan, NULL);
        for (uint32_t r = 0; r < plan.runs; r++) {
            size_t count, epochs;
            ib_record *record = record_of(&room, &plan, &shelf, r);
            const ib_restart *given_up = ib_record_restarts(record, &count);
            const ib_epoch *curve = ib_record_epochs(record, &epochs);
            assert_int_equal(epochs, plan.train.epochs + 1);
            for (size_t i = 0; i < count; i++)
                assert_true(given_up[i].epoch >= 4 && given_up[i].accuracy < 0.8);
            for (size_t e = 4; e < epochs; e++)
                assert_true(curve[e].running_accuracy >= 0.8);
            restarts += count;
            ib_record_destroy(record);
        }
        assert_int_equal(shelf.last.epochs_done, shelf.last.epochs);
        test_exit_all(&room);
        test_shelf_free(&shelf);
    }
    assert_true(restarts > 2);
}

static void gives_up_after_all_attempts(void **state)
{
    (void)state;
    if (test_quick())
        skip();
    test_plan plan = test_standard_plan();
    plan.runs = 1;
    plan.restart_from = 1;
    plan.bad_accuracy = 1.0;
    plan.train.epochs = 2;
    test_shelf shelf = {.told = 0};
    test_room room = test_enter(&plan, &shelf);
    assert_fails(room.context, IB_ERR_RANGE, "run 0: a bad fit in all of its 65536 attempts", ib_study_run(room.study));
    test_exit_all(&room);
    test_shelf_free(&shelf);
}

/* A run that cannot be measured ends the study; those before it are finished first. */
static void a_run_that_fails_is_named(void **state)
{
    (void)state;
    test_plan plan = test_standard_plan();
    plan.activation = IB_ACTIVATION_RELU;
    plan.n_binnings = 1;
    plan.binnings[0].bounds = IB_BOUNDS_FIXED;
    plan.binnings[0].high = 1e-30;
    for (plan.threads = 1; plan.threads < 4; plan.threads += 2) {
        test_shelf shelf = {.told = 0};
        test_room room = test_enter(&plan, &shelf);
        assert_fails(room.context, IB_ERR_RANGE, "run 0: ", ib_study_run(room.study));
        assert_int_equal(shelf.finished, 0);
        test_exit_all(&room);
        test_shelf_free(&shelf);
    }
}

static void callbacks_that_fail(void **state)
{
    (void)state;
    test_plan plan = test_standard_plan();
    for (plan.threads = 1; plan.threads < 4; plan.threads += 2)
        for (int which = 0; which < 3; which++)
            for (int32_t answer = -7; answer < 8; answer += 14) {
                test_shelf shelf = {.told = 0};
                *(which == 0 ? &shelf.save_answer : which == 1 ? &shelf.done_answer : &shelf.progress_answer) = answer;
                test_room room = test_enter(&plan, &shelf);
                assert_int_equal(ib_study_run(room.study), answer < 0 ? IB_ERR_CALLBACK : IB_STOPPED);
                assert_int_equal(ib_context_callback_value(room.context), answer);
                if (answer < 0)
                    assert_non_null(strstr(ib_context_message(room.context), which == 0   ? "save"
                                                                             : which == 1 ? "done"
                                                                                          : "progress"));
                assert_true(answer < 0 && which == 0 ? shelf.saves == 1
                                                     : 1); /* a disk that is full is not tried again */
                test_exit_all(&room);
                test_shelf_free(&shelf);
            }
}

static ib_status create_with(const test_room *room, const ib_study_options *options, ib_study **out)
{
    return ib_study_create(room->network, room->dataset, room->split, options, out);
}

static void refuses_options(void **state)
{
    (void)state;
    const test_plan plan = test_standard_plan();
    test_room room = test_enter(&plan, NULL);
    ib_context *context = room.context;
    ib_study *study = room.study;
    ib_train_options train;
    ib_study_options options;
    ib_train_options_init(&train);
    ib_study_options_init(&options);
    options.train = &train;
    train.run = 1;
    assert_fails(context, IB_ERR_ARG, "run, attempt and callback", create_with(&room, &options, &study));
    assert_null(study);
    train.run = 0;
    train.prefit_reset = 4;
    assert_fails(context, IB_ERR_ARG, "prefit_reset", create_with(&room, &options, &study));
    train.prefit_reset = 0;
    options.runs = ((uint64_t)1 << 40) + 1;
    assert_fails(context, IB_ERR_RANGE, "2^40", create_with(&room, &options, &study));
    options.runs = 0;
    options.bad_accuracy = 1.5;
    assert_fails(context, IB_ERR_RANGE, "bad_accuracy", create_with(&room, &options, &study));
    options.bad_accuracy = 0;
    options.reserved = 1;
    assert_fails(context, IB_ERR_UNSUPPORTED, "reserved", create_with(&room, &options, &study));
    assert_fails(context, IB_ERR_ARG, "dataset", ib_study_create(room.network, NULL, room.split, NULL, &study));
    assert_fails(context, IB_ERR_ARG, "split", ib_study_create(room.network, room.dataset, NULL, NULL, &study));
    assert_fails(context, IB_ERR_ARG, "out", create_with(&room, NULL, NULL));
    assert_int_equal(ib_study_create(NULL, room.dataset, room.split, NULL, &study), IB_ERR_ARG);
    assert_int_equal(ib_study_run(NULL), IB_ERR_ARG);
    assert_int_equal(ib_study_read(NULL, test_stream_read, NULL, NULL, NULL), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "read", ib_study_read(room.study, NULL, NULL, NULL, NULL));
    assert_int_equal(ib_study_add_binning(NULL, NULL, NULL), IB_ERR_ARG);
    assert_int_equal(ib_study_setting(NULL), 0);
    ib_study_checkpoint(NULL);
    ib_study_options_init(NULL);
    ib_study_destroy(NULL);
    test_exit_all(&room);
}

/* Whatever changes a record changes the setting; what does not, does not. */
static void setting_is_what_decides(void **state)
{
    (void)state;
    uint64_t settings[12];
    for (int i = 0; i < 12; i++) {
        test_plan plan = test_standard_plan();
        plan.train.epochs += i == 1;
        plan.train.batch += i == 2;
        plan.adam.rate += i == 3;
        plan.sgd.rate = i == 4;
        plan.train.prefit_epochs = i == 5;
        plan.schedule.every = i == 6 ? 2 : 0;
        plan.n_binnings = i == 7 || i == 8;
        plan.binnings[0].bins = i == 8 ? 31 : 0;
        plan.bad_accuracy = i == 9 ? 0.6 : 0;
        plan.restart_from = i == 10;
        plan.activation = i == 11 ? IB_ACTIVATION_RELU : IB_ACTIVATION_TANH;
        test_room room = test_enter(&plan, NULL);
        settings[i] = ib_study_setting(room.study);
        for (int k = 0; k < i; k++)
            assert_true(settings[k] != settings[i]);
        test_exit_all(&room);
    }
    test_plan plan = test_standard_plan();
    plan.threads = 7;
    plan.runs = 3;
    plan.train.seed++;
    plan.schedule.every = 1; /* the default, said */
    plan.bad_accuracy = 0.55;
    test_room room = test_enter(&plan, NULL);
    assert_true(ib_study_setting(room.study) == settings[0]);
    test_exit_all(&room);
}

/* From within callbacks, where the study is at work. */
static int32_t meddle(const ib_study_progress *progress, void *user_data)
{
    test_room *room = user_data;
    (void)progress;
    assert_int_equal(ib_study_run(room->study), IB_ERR_STATE);
    assert_int_equal(ib_study_add_binning(room->study, NULL, NULL), IB_ERR_STATE);
    assert_int_equal(ib_study_read(room->study, test_stream_read, room, NULL, NULL), IB_ERR_STATE);
    ib_study_destroy(room->study);
    ib_context_destroy(room->context);
    return 1;
}

static void may_be_destroyed_by_a_callback(void **state)
{
    (void)state;
    const test_plan plan = test_standard_plan();
    test_room room = test_enter(&plan, NULL);
    ib_study_destroy(room.study);
    ib_study_options options;
    ib_study_options_init(&options);
    options.threads = 2;
    options.progress = meddle;
    options.user_data = &room;
    assert_ok(room.context, create_with(&room, &options, &room.study));
    assert_int_equal(ib_study_run(room.study), IB_STOPPED);
    room.study = NULL;
    test_exit(&room); /* the context was destroyed by the callback, and goes with the last of these */
}

static ib_status make_all(ib_context *context, void *user_data)
{
    test_shelf shelf = {.every = 3};
    test_room room;
    ib_status status = test_enter_in(context, user_data, &shelf, &room);
    if (status == IB_OK)
        status = ib_study_run(room.study);
    test_exit(&room);
    test_shelf_free(&shelf);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_plan plan = test_standard_plan();
    plan.runs = 2;
    plan.train.epochs = 2;
    plan.n_binnings = 1;
    plan.binnings[0].bounds = IB_BOUNDS_GLOBAL;
    test_every_failed_allocation(make_all, &plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_sum_of_its_parts),
        cmocka_unit_test(makes_no_run_twice_in_vain),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(tells_how_far_it_is),
        cmocka_unit_test(bad_fits_are_marked),
        cmocka_unit_test(bad_fits_begin_again),
        cmocka_unit_test(gives_up_after_all_attempts),
        cmocka_unit_test(a_run_that_fails_is_named),
        cmocka_unit_test(callbacks_that_fail),
        cmocka_unit_test(refuses_options),
        cmocka_unit_test(setting_is_what_decides),
        cmocka_unit_test(may_be_destroyed_by_a_callback),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
