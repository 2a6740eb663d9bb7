/* Estimators and post-training quantisation in a study: the same bytes on any number of threads and however it was
 * stopped, by an estimator too; what an estimator that fails leaves; points that are no numbers. */
#include "small_study.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

static test_plan plug_ins(void)
{
    test_plan plan = test_standard_plan();
    test_plan_plug_ins(&plan);
    return plan;
}

/* --- what is made -------------------------------------------------------------------------------------------------*/

/* One run by hand: the trained network of each epoch, measured by an observer of the same kind. */
typedef struct by_hand {
    ib_observer *observer;
    ib_plane *plane;
} by_hand;

static int32_t follow(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    const by_hand *b = user_data;
    return ib_observer_measure(b->observer, network, epoch->epoch, b->plane);
}

static void train_by_hand(const test_room *room, const test_plan *plan, uint32_t run, by_hand *b)
{
    ib_train_options options = plan->train;
    options.adam = &plan->adam;
    options.run = run;
    options.callback = follow;
    options.user_data = b;
    assert_ok(room->context, ib_observer_create(room->dataset, &b->observer));
    assert_ok(room->context, ib_plane_create(room->context, &b->plane));
    for (size_t i = 0; i < plan->n_quantised; i++)
        assert_ok(room->context,
                  ib_observer_add_quantised(b->observer, plan->quantised[i][0], plan->quantised[i][1], NULL));
    for (size_t i = 0; i < plan->n_estimators; i++)
        assert_ok(room->context, ib_observer_add_estimator(b->observer, &plan->estimators[i], NULL));
    assert_ok(room->context, ib_train_run(room->network, room->dataset, room->split, &options));
}

/* The record of a run, read from what was saved of it. */
static ib_record *read_back(const test_room *room, const test_plan *plan, test_shelf *shelf, uint32_t run)
{
    const ib_record_options of = {sizeof of, 0, plan->train.seed, run, ib_study_setting(room->study)};
    ib_record *record = NULL;
    assert_ok(room->context, ib_record_create(room->context, &of, &record));
    shelf->runs[run].at = 0;
    assert_ok(room->context, ib_record_read(record, test_stream_read, &shelf->runs[run]));
    return record;
}

static void is_what_an_observer_measures(void **state)
{
    (void)state;
    const test_plan plan = plug_ins();
    test_shelf shelf = test_whole(&plan);
    test_room room = test_enter(&plan, NULL);
    for (uint32_t run = 0; run < plan.runs; run++) {
        by_hand b;
        size_t unknown = 0, quantised = 0;
        ib_record *record = read_back(&room, &plan, &shelf, run);
        const ib_plane *plane = ib_record_plane(record);
        train_by_hand(&room, &plan, run, &b);
        const size_t count = ib_plane_count(b.plane);
        /* of 2 layers: 2 states, 2 rebinned, 1 output; 2 estimators and 2 networks for each */
        assert_int_equal(count, (plan.train.epochs + 1) * (5 + 2 * 4));
        assert_int_equal(ib_plane_count(plane), count);
        assert_memory_equal(ib_plane_points(plane), ib_plane_points(b.plane), count * sizeof(ib_point));
        for (size_t i = 0; i < count; i++) {
            unknown += isnan(ib_plane_points(plane)[i].i_ty) ? 1 : 0;
            quantised += ib_plane_points(plane)[i].measure == IB_MEASURE_QUANTISED;
        }
        assert_int_equal(unknown, (plan.train.epochs + 1) * 2);
        assert_int_equal(quantised, (plan.train.epochs + 1) * 4);
        ib_record_destroy(record);
        ib_observer_destroy(b.observer);
        ib_plane_destroy(b.plane);
    }
    test_exit_all(&room);
    test_shelf_free(&shelf);
}

static void any_number_of_threads(void **state)
{
    (void)state;
    test_plan plan = plug_ins();
    test_shelf one = test_whole(&plan);
    for (plan.threads = 2; plan.threads < 5; plan.threads++) {
        test_shelf many = test_whole(&plan);
        test_same_shelf(&many, &one, plan.runs);
        test_shelf_free(&many);
    }
    test_shelf_free(&one);
}

/* Means of what is not known in a run are not known; all else of the curve is. */
static void curves_of_such_runs(void **state)
{
    (void)state;
    const test_plan plan = plug_ins();
    test_shelf shelf = test_whole(&plan);
    test_room room = test_enter(&plan, NULL);
    ib_curve *curve = NULL;
    ib_limits limits;
    ib_violations violations[IB_LIMIT_COUNT];
    assert_ok(room.context, ib_curve_create(room.context, &curve));
    assert_ok(room.context, ib_limits_measure(room.dataset, &limits));
    for (uint32_t run = 0; run < plan.runs; run++) {
        ib_record *record = read_back(&room, &plan, &shelf, run);
        assert_ok(room.context, ib_curve_add(curve, ib_record_plane(record)));
        ib_record_destroy(record);
    }
    for (size_t i = 0; i < ib_curve_count(curve); i++) {
        ib_curve_point point;
        assert_ok(room.context, ib_curve_get(curve, i, &point));
        assert_true(isfinite(point.i_xt.mean));
        assert_true(isnan(point.i_ty.mean) == (point.measure == IB_MEASURE_ESTIMATED && point.layer % 2 == 1));
    }
    for (uint32_t number = 1; number <= 2; number++) {
        assert_ok(room.context,
                  ib_curve_count_violations(curve, IB_MEASURE_QUANTISED, number, &limits, 1e-12, violations));
        for (size_t limit = 0; limit < IB_LIMIT_COUNT; limit++)
            assert_true(violations[limit].checked == plan.runs * (plan.train.epochs + 1) * 2 &&
                        violations[limit].violated == 0);
    }
    ib_curve_destroy(curve);
    test_exit_all(&room);
    test_shelf_free(&shelf);
}

/* --- the setting --------------------------------------------------------------------------------------------------*/

static uint64_t setting_of(const test_plan *plan)
{
    test_room room = test_enter(plan, NULL);
    const uint64_t setting = ib_study_setting(room.study);
    test_exit_all(&room);
    return setting;
}

static void setting_is_what_decides(void **state)
{
    (void)state;
    uint64_t settings[12];
    for (int i = 0; i < 12; i++) {
        test_plan plan = plug_ins();
        plan.n_estimators = i == 1 ? 0 : i == 2 ? 1 : 2;
        plan.n_quantised = i == 3 ? 0 : i == 4 ? 1 : 2;
        plan.estimators[0].setting = i == 5 ? 1 : 0;
        plan.estimators[1].setting = i == 6 ? 1 : 0;
        plan.estimators[1].name = i == 7 ? "mean-size-3" : plan.estimators[1].name;
        plan.quantised[0][0] += i == 8;
        plan.quantised[0][1] += i == 9;
        plan.quantised[1][1] += i == 10;
        if (i == 11) {
            plan.estimators[0].name = "mean-size-2";
            plan.estimators[1].name = "mean-size-1";
        }
        settings[i] = setting_of(&plan);
        for (int k = 0; k < i; k++)
            assert_true(settings[k] != settings[i]);
    }
    test_plan plan = plug_ins();
    int anything;
    plan.estimators[0].user_data = &anything; /* what it points to is the caller's affair */
    assert_true(setting_of(&plan) == settings[0]);
}

/* --- estimators that stop and fail --------------------------------------------------------------------------------*/

/* Answers at the `at`-th call, of all threads together. */
typedef struct trap {
    atomic_int calls;
    int at;
    int32_t answer;
    int fails_within;
} trap;

static int32_t spring(const ib_estimator_input *input, ib_estimate *estimate, void *user_data)
{
    trap *t = user_data;
    ib_tensor *none;
    if (atomic_fetch_add(&t->calls, 1) + 1 != t->at)
        return test_mean_size(input, estimate, NULL);
    if (t->fails_within)
        assert_true(ib_tensor_create(input->context, 99, (const size_t[]){1}, &none) < 0);
    return t->answer;
}

static void set_trap(test_plan *plan, trap *t)
{
    for (size_t i = 0; i < 2; i++) {
        plan->estimators[i].measure = spring;
        plan->estimators[i].user_data = t;
    }
}

/* Stopped by an estimator again and again, at every call of it sooner or later; each time a new study goes on. */
static void stop_and_go_on(test_plan plan, int first, int by)
{
    test_shelf whole = test_whole(&plan), pieces = {.told = 0};
    trap t = {.at = first, .answer = 7};
    int stops = 0;
    ib_status status = IB_STOPPED;
    set_trap(&plan, &t);
    for (int times = 0; status == IB_STOPPED && times < 10000; times++) {
        test_room room = test_enter(&plan, &pieces);
        assert_ok(room.context, test_give_back(room.study, &pieces));
        atomic_store(&t.calls, 0);
        status = ib_study_run(room.study);
        if (status == IB_STOPPED) {
            assert_int_equal(ib_context_callback_value(room.context), 7);
            assert_string_equal(ib_context_message(room.context), "");
            stops++;
        } else {
            assert_ok(room.context, status);
        }
        t.at += by;
        test_exit_all(&room);
    }
    assert_int_equal(status, IB_OK);
    assert_true(stops > 1);
    test_same_shelf(&pieces, &whole, plan.runs);
    test_shelf_free(&pieces);
    test_shelf_free(&whole);
}

static void stops_lose_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        test_plan plan = plug_ins();
        plan.runs = 3;
        plan.n_binnings = i == 1;
        plan.binnings[0].bounds = IB_BOUNDS_GLOBAL; /* runs are made twice */
        plan.schedule.every = i == 2 ? 4 : 0;
        plan.restart_from = i == 3 ? 4 : 0;
        plan.bad_accuracy = i == 3 ? 0.8 : 0;
        plan.train.prefit_epochs = i == 4 ? 2 : 0;
        for (plan.threads = 1; plan.threads < 4; plan.threads++)
            for (int first = 1; first < 9; first += 1 + (int)plan.threads)
                stop_and_go_on(plan, first, 1);
    }
}

/* The last epoch of a run has been trained when it is asked about: there is nothing left but to measure it. */
static void stops_at_the_end(void **state)
{
    (void)state;
    for (int first = 37; first <= 40; first++) {
        test_plan plan = plug_ins();
        plan.runs = 2;
        stop_and_go_on(plan, first, 0);
    }
}

/* A study that is stopped like that goes on by itself, too. */
static void goes_on_by_itself(void **state)
{
    (void)state;
    test_plan plan = plug_ins();
    plan.runs = 3;
    test_shelf whole = test_whole(&plan);
    for (plan.threads = 1; plan.threads < 4; plan.threads++) {
        trap t = {.at = 2, .answer = 1};
        test_shelf shelf = {.told = 0};
        set_trap(&plan, &t);
        test_room room = test_enter(&plan, &shelf);
        ib_status status;
        while ((status = ib_study_run(room.study)) == IB_STOPPED) {
            atomic_store(&t.calls, 0);
            t.at++;
        }
        assert_ok(room.context, status);
        assert_true(t.at > 3);
        test_same_shelf(&shelf, &whole, plan.runs);
        test_exit_all(&room);
        test_shelf_free(&shelf);
    }
    test_shelf_free(&whole);
}

/* Each run asks 2 estimators of 2 layers at 10 epochs. With one thread, call 40 k + 1 is the first of run k. */
static void failures(void **state)
{
    (void)state;
    test_plan plan = plug_ins();
    trap t = {.at = 81, .answer = -77};
    set_trap(&plan, &t);
    test_shelf shelf = {.told = 0};
    test_room room = test_enter(&plan, &shelf);
    assert_fails(room.context, IB_ERR_CALLBACK, "run 2: estimator mean-size-1", ib_study_run(room.study));
    assert_int_equal(ib_context_callback_value(room.context), -77);
    assert_int_equal(shelf.finished, 2);
    atomic_store(&t.calls, 80); /* again at once, now within the library */
    t.fails_within = 1;
    t.answer = IB_ERR_ARG;
    assert_fails(room.context, IB_ERR_ARG, "run 2: rank", ib_study_run(room.study));
    assert_int_equal(shelf.finished, 2);
    assert_ok(room.context, ib_study_run(room.study)); /* which has been mended */
    assert_int_equal(shelf.finished, plan.runs);
    test_exit_all(&room);
    plan = plug_ins();
    test_shelf whole = test_whole(&plan);
    test_same_shelf(&shelf, &whole, plan.runs);
    test_shelf_free(&shelf);
    test_shelf_free(&whole);
}

/* --- what is refused ----------------------------------------------------------------------------------------------*/

static void refusals(void **state)
{
    (void)state;
    test_plan plan = test_standard_plan(), floats = plug_ins();
    uint32_t number = 42;
    test_room quantised = test_enter(&plan, NULL);
    plan.is_float = 1;
    test_room room = test_enter(&plan, NULL);
    ib_estimator estimator = floats.estimators[0];
    assert_int_equal(ib_study_add_estimator(NULL, &estimator, &number), IB_ERR_ARG);
    assert_int_equal(ib_study_add_quantised(NULL, 8, 0, &number), IB_ERR_ARG);
    assert_fails(room.context, IB_ERR_ARG, "estimator", ib_study_add_estimator(room.study, NULL, &number));
    assert_fails(room.context, IB_ERR_RANGE, "bits", ib_study_add_quantised(room.study, 0, 0, &number));
    assert_fails(room.context, IB_ERR_RANGE, "bits", ib_study_add_quantised(room.study, 8, 17, &number));
    assert_fails(quantised.context, IB_ERR_STATE, "without quantisers",
                 ib_study_add_quantised(quantised.study, 8, 0, &number));
    assert_int_equal(number, 42);
    assert_ok(quantised.context, ib_study_add_estimator(quantised.study, &estimator, &number));
    assert_int_equal(number, 1);
    estimator.name = "A";
    assert_fails(room.context, IB_ERR_ARG, "name", ib_study_add_estimator(room.study, &estimator, &number));
    for (uint32_t i = 1; i < 4; i++) {
        assert_ok(room.context, ib_study_add_quantised(room.study, i, i, &number));
        assert_int_equal(number, i);
        assert_ok(room.context, ib_study_add_estimator(room.study, &floats.estimators[i % 2], &number));
        assert_int_equal(number, i);
    }
    test_exit_all(&quantised);
    test_exit_all(&room);
}

static ib_study *asked;
static int32_t add_within(uint64_t run, ib_record *record, void *user_data)
{
    const test_plan *plan = user_data;
    (void)run, (void)record;
    assert_int_equal(ib_study_add_estimator(asked, &plan->estimators[0], NULL), IB_ERR_STATE);
    assert_int_equal(ib_study_add_quantised(asked, 8, 0, NULL), IB_ERR_STATE);
    return 0;
}

/* They come before runs, and not from callbacks. */
static void order_of_calls(void **state)
{
    (void)state;
    test_plan plan = plug_ins();
    plan.runs = 1;
    test_shelf whole = test_whole(&plan);
    test_room room = test_enter(&plan, NULL);
    whole.runs[0].at = 0;
    assert_ok(room.context, ib_study_read(room.study, test_stream_read, &whole.runs[0], NULL, NULL));
    assert_fails(room.context, IB_ERR_STATE, "before runs",
                 ib_study_add_estimator(room.study, &plan.estimators[0], NULL));
    assert_fails(room.context, IB_ERR_STATE, "before runs", ib_study_add_quantised(room.study, 8, 0, NULL));
    ib_study_options options;
    ib_train_options train = plan.train;
    ib_study_options_init(&options);
    options.runs = 1;
    options.train = &train;
    options.done = add_within;
    options.user_data = &plan;
    assert_ok(room.context, ib_study_create(room.network, room.dataset, room.split, &options, &asked));
    assert_ok(room.context, ib_study_run(asked));
    ib_study_destroy(asked);
    test_exit_all(&room);
    test_shelf_free(&whole);
}

static ib_status make_all(ib_context *context, void *user_data)
{
    test_plan plan = plug_ins();
    test_shelf shelf = {.told = 0};
    test_room room;
    (void)user_data;
    plan.runs = 2;
    plan.train.epochs = 2;
    ib_status status = test_enter_in(context, &plan, &shelf, &room);
    if (status == IB_OK)
        status = ib_study_run(room.study);
    test_exit(&room);
    test_shelf_free(&shelf);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(make_all, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_what_an_observer_measures),
        cmocka_unit_test(any_number_of_threads),
        cmocka_unit_test(curves_of_such_runs),
        cmocka_unit_test(setting_is_what_decides),
        cmocka_unit_test(stops_lose_nothing),
        cmocka_unit_test(stops_at_the_end),
        cmocka_unit_test(goes_on_by_itself),
        cmocka_unit_test(failures),
        cmocka_unit_test(refusals),
        cmocka_unit_test(order_of_calls),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
