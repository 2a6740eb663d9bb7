/* A study that is interrupted, at any moment and however often, comes to the same bytes; what is saved is believed
 * only if it is whole and of this study. */
#include "small_study.h"

#include <string.h>

enum { PLANS = 8 };

static test_plan plan_of(int i)
{
    test_plan plan = test_standard_plan();
    plan.runs = 4;
    plan.train.prefit_epochs = i % 2 ? 2 : 0;
    plan.train.prefit_reset = (uint32_t)i % 4;
    plan.sgd.rate = i == 2 ? 0.1 : 0;
    plan.schedule.kind = i == 3 ? IB_SCHEDULE_ADAPTIVE : IB_SCHEDULE_EVERY;
    plan.binnings[0].bounds = IB_BOUNDS_GLOBAL;
    plan.restart_from = i == 5 ? 4 : 0;
    plan.bad_accuracy = i == 5 ? 0.8 : 0;
    if (i > 5)
        test_plan_plug_ins(&plan); /* the last of them with bins of the whole run, and so made twice */
    plan.n_binnings = i > 3 && i != 6;
    return plan;
}

/* Until the study is finished: a new one that is given what there is, and stopped after `steps` calls for progress. */
static uint32_t make_in_pieces(const test_plan *plan, test_shelf *shelf, uint64_t steps)
{
    ib_status status = IB_STOPPED;
    uint32_t times = 0;
    while (status == IB_STOPPED && times++ < 10000) {
        test_room room = test_enter(plan, shelf);
        assert_ok(room.context, test_give_back(room.study, shelf));
        shelf->told = 0;
        shelf->stop_at = steps;
        status = ib_study_run(room.study);
        assert_true(status == IB_OK || status == IB_STOPPED);
        test_exit_all(&room);
    }
    assert_int_equal(status, IB_OK);
    return times;
}

static void polite_stops(void **state)
{
    (void)state;
    for (int i = 0; i < PLANS; i++) {
        test_plan plan = plan_of(i);
        test_shelf whole = test_whole(&plan);
        for (plan.threads = 1; plan.threads < 4; plan.threads++) {
            test_shelf pieces = {.told = 0};
            const uint32_t times = make_in_pieces(&plan, &pieces, 2 + test_random_below(7));
            assert_true(times > 3 || plan.threads > 1); /* several epochs may be told as one */
            test_same_shelf(&pieces, &whole, plan.runs);
            test_shelf_free(&pieces);
        }
        test_shelf_free(&whole);
    }
}

/* What is there at a moment when the program ends without a word: what was saved until then. */
static void sudden_ends(void **state)
{
    (void)state;
    for (int i = 0; i < PLANS; i++) {
        test_plan plan = plan_of(i);
        test_shelf whole = test_whole(&plan);
        for (plan.threads = 1; plan.threads < 3; plan.threads++) {
            test_shelf disk = {.every = 2};
            for (uint32_t saves = 1; disk.finished < plan.runs; saves = 1 + (uint32_t)test_random_below(9)) {
                /* A failure to save is such an end: nothing is saved after it. */
                test_room room = test_enter(&plan, &disk);
                assert_ok(room.context, test_give_back(room.study, &disk));
                disk.told = disk.stop_at = 0;
                disk.progress_answer = 0;
                while (saves-- > 0 && disk.finished < plan.runs) {
                    disk.told = 0;
                    disk.stop_at = 3 + test_random_below(20);
                    ib_study_run(room.study);
                }
                test_exit_all(&room);
            }
            test_same_shelf(&disk, &whole, plan.runs);
            test_shelf_free(&disk);
        }
        test_shelf_free(&whole);
    }
}

/* Checkpoints while the study goes on: each of them, by itself, is enough to come to the same end. */
typedef struct album {
    test_stream pages[64];
    size_t count;
} album;

static int32_t keep_all(uint64_t run, uint32_t outcome, const void *bytes, size_t size, void *user_data)
{
    album *a = user_data;
    assert_true(a->count < 64 && run == 0);
    (void)outcome;
    return test_stream_write(bytes, size, &a->pages[a->count++]);
}

static ib_study *study_of(const test_room *room, const test_plan *plan, ib_study_save_fn save,
                          ib_study_progress_fn progress, void *user_data)
{
    ib_study *study = NULL;
    ib_study_options options;
    ib_train_options train = plan->train;
    train.adam = &plan->adam;
    ib_study_options_init(&options);
    options.threads = 1;
    options.runs = 1;
    options.train = &train;
    options.schedule = &plan->schedule;
    options.bad_accuracy = plan->bad_accuracy;
    options.restart_from = plan->restart_from;
    options.save = save;
    options.progress = progress;
    options.user_data = user_data;
    assert_ok(room->context, ib_study_create(room->network, room->dataset, room->split, &options, &study));
    assert_ok(room->context, test_add_measures(study, plan));
    return study;
}

static ib_study *asked;
static int32_t ask(const ib_study_progress *progress, void *user_data)
{
    (void)progress, (void)user_data;
    ib_study_checkpoint(asked);
    return 0;
}

static void every_checkpoint_is_enough(void **state)
{
    (void)state;
    for (int i = 0; i < PLANS; i += 1 + (i == 1)) {
        const test_plan plan = plan_of(i);
        test_room room = test_enter(&plan, NULL);
        album pages = {.count = 0};
        asked = study_of(&room, &plan, keep_all, ask, &pages);
        assert_ok(room.context, ib_study_run(asked));
        ib_study_destroy(asked);
        assert_true(pages.count > 8);
        const test_stream *last = &pages.pages[pages.count - 1];
        for (size_t p = 0; p < pages.count; p++) {
            album end = {.count = 0};
            uint32_t outcome;
            ib_study *study = study_of(&room, &plan, keep_all, NULL, &end);
            pages.pages[p].at = 0;
            assert_ok(room.context, ib_study_read(study, test_stream_read, &pages.pages[p], NULL, &outcome));
            assert_ok(room.context, ib_study_run(study));
            const test_stream *came = outcome == IB_OUTCOME_OPEN ? &end.pages[0] : last;
            assert_int_equal(end.count, outcome == IB_OUTCOME_OPEN);
            assert_int_equal(came->size, last->size);
            assert_memory_equal(came->data, last->data, last->size);
            test_stream_free(&end.pages[0]);
            ib_study_destroy(study);
        }
        for (size_t p = 0; p < pages.count; p++)
            test_stream_free(&pages.pages[p]);
        test_exit_all(&room);
    }
}

/* Without a callback that saves, the study itself keeps what the runs have come to. */
static void goes_on_by_itself(void **state)
{
    (void)state;
    test_plan plan = test_standard_plan();
    test_shelf whole = test_whole(&plan);
    plan.without_save = 1;
    for (plan.threads = 1; plan.threads < 4; plan.threads++) {
        test_shelf shelf = {.stop_at = 7};
        test_room room = test_enter(&plan, &shelf);
        ib_status status;
        for (int times = 0; (status = ib_study_run(room.study)) == IB_STOPPED; times++) {
            assert_true(times < 1000);
            shelf.told = 0;
        }
        assert_int_equal(status, IB_OK);
        assert_int_equal(shelf.done_count, plan.runs);
        assert_int_equal(shelf.points, whole.points);
        assert_ok(room.context, ib_study_run(room.study)); /* nothing is left to be made */
        assert_int_equal(shelf.done_count, plan.runs);
        test_exit_all(&room);
    }
    test_shelf_free(&whole);
}

/* A callback that keeps a run and then asks to stop has kept it: it is not made again (the shelf would refuse it). */
static void stops_that_saving_asks_for(void **state)
{
    (void)state;
    test_plan plan = test_standard_plan();
    test_shelf whole = test_whole(&plan);
    for (plan.threads = 1; plan.threads < 4; plan.threads++) {
        test_shelf shelf = {.kept_answer = 1};
        test_room room = test_enter(&plan, &shelf);
        uint32_t times = 0;
        while (ib_study_run(room.study) == IB_STOPPED)
            assert_true(times++ < plan.runs);
        assert_int_equal(shelf.finished, plan.runs);
        test_same_shelf(&shelf, &whole, plan.runs);
        test_exit_all(&room);
        test_shelf_free(&shelf);
    }
    test_shelf_free(&whole);
}

/* A shelf with a finished run and one in progress. */
static test_shelf half_way(const test_plan *plan)
{
    test_shelf shelf = {.stop_at = plan->train.epochs + 2};
    test_room room = test_enter(plan, &shelf);
    assert_int_equal(ib_study_run(room.study), IB_STOPPED);
    assert_int_equal(shelf.outcomes[0], IB_OUTCOME_GOOD);
    assert_int_equal(shelf.outcomes[1], IB_OUTCOME_OPEN);
    assert_true(shelf.runs[1].size > 0);
    test_exit_all(&room);
    shelf.stop_at = 0;
    return shelf;
}

static ib_status read_one(ib_study *study, test_stream *stream)
{
    stream->at = 0;
    return ib_study_read(study, test_stream_read, stream, NULL, NULL);
}

static void refuses_damage(void **state)
{
    (void)state;
    test_plan plan = test_standard_plan();
    plan.bad_accuracy = 1e-9;
    plan.train.epochs = 2;
    test_shelf shelf = half_way(&plan);
    test_room room = test_enter(&plan, NULL);
    for (uint32_t r = 0; r < 2; r++) {
        test_stream *stream = &shelf.runs[r];
        const size_t size = stream->size;
        for (size_t i = 0; i < size; i += test_quick() ? 8 : 1) {
            stream->data[i] ^= (unsigned char)(1 + i % 255);
            assert_true(read_one(room.study, stream) < 0);
            stream->data[i] ^= (unsigned char)(1 + i % 255);
        }
        for (stream->size = 0; stream->size < size; stream->size += test_quick() ? 8 : 1)
            assert_fails(room.context, IB_ERR_IO, "end early", read_one(room.study, stream));
        stream->size = size;
        test_stream_write("x", 1, stream);
        assert_fails(room.context, IB_ERR_IO, "more", read_one(room.study, stream));
        stream->size = size;
        assert_ok(room.context, read_one(room.study, stream));
    }
    test_exit_all(&room);
    test_shelf_free(&shelf);
}

static void refuses_runs_of_others(void **state)
{
    (void)state;
    const test_plan plan = test_standard_plan();
    test_plan plain = plan;
    plain.bad_accuracy = 1e-9;
    test_shelf shelf = half_way(&plain);
    for (uint32_t r = 0; r < 2; r++)
        for (int i = 0; i < 3; i++) {
            test_plan other = plain;
            other.train.seed += i == 0;
            other.train.epochs += i == 1;
            other.runs = i == 2 ? r : plain.runs;
            if (other.runs == 0)
                continue;
            test_room room = test_enter(&other, NULL);
            assert_fails(room.context, i == 2 ? IB_ERR_RANGE : IB_ERR_STATE,
                         i == 0   ? "seed"
                         : i == 1 ? "setting"
                                  : "run",
                         read_one(room.study, &shelf.runs[r]));
            test_exit_all(&room);
        }
    test_shelf_free(&shelf);
}

/* Estimators come before runs; what is finished is not replaced by an older state of the same run. */
static void order_of_calls(void **state)
{
    (void)state;
    test_plan plan = test_standard_plan();
    plan.bad_accuracy = 1e-9;
    plan.runs = 2;
    test_shelf open = half_way(&plan), whole = test_whole(&plan), end = {.told = 0};
    test_room room = test_enter(&plan, &end);
    assert_ok(room.context, read_one(room.study, &whole.runs[1]));
    assert_ok(room.context, read_one(room.study, &open.runs[1]));
    assert_ok(room.context, read_one(room.study, &whole.runs[1]));
    assert_fails(room.context, IB_ERR_STATE, "before runs", ib_study_add_binning(room.study, NULL, NULL));
    assert_ok(room.context, ib_study_run(room.study));
    assert_int_equal(end.done_count, 1);
    assert_int_equal(end.done[0], 0);
    assert_int_equal(end.last.runs_done, 2);
    assert_int_equal(end.last.epochs_done, 2 * plan.train.epochs);
    test_exit_all(&room);
    test_shelf_free(&open);
    test_shelf_free(&whole);
    test_shelf_free(&end);
}

static ib_status read_and_go_on(ib_context *context, void *user_data)
{
    test_shelf *given = user_data, shelf = {.told = 0};
    test_plan plan = test_standard_plan();
    plan.runs = 2;
    plan.bad_accuracy = 1e-9;
    test_room room;
    ib_status status = test_enter_in(context, &plan, &shelf, &room);
    if (status == IB_OK)
        status = test_give_back(room.study, given);
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
    plan.bad_accuracy = 1e-9;
    test_shelf shelf = half_way(&plan);
    test_every_failed_allocation(read_and_go_on, &shelf);
    test_shelf_free(&shelf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(polite_stops),
        cmocka_unit_test(sudden_ends),
        cmocka_unit_test(every_checkpoint_is_enough),
        cmocka_unit_test(goes_on_by_itself),
        cmocka_unit_test(stops_that_saving_asks_for),
        cmocka_unit_test(refuses_damage),
        cmocka_unit_test(refuses_runs_of_others),
        cmocka_unit_test(order_of_calls),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
