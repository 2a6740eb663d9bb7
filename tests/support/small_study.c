#include "small_study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BITS = 4 };

test_plan test_standard_plan(void)
{
    test_plan plan = {.threads = 1, .runs = 5, .activation = IB_ACTIVATION_TANH};
    ib_train_options_init(&plan.train);
    plan.train.epochs = 9;
    plan.train.batch = 4;
    plan.train.seed = 0xfedcba9876543210;
    ib_adam_options_init(&plan.adam);
    plan.adam.rate = 0.02;
    ib_sgd_options_init(&plan.sgd);
    ib_schedule_options_init(&plan.schedule);
    for (size_t i = 0; i < 3; i++)
        ib_binning_options_init(&plan.binnings[i]);
    return plan;
}

static int32_t save(uint64_t run, uint32_t outcome, const void *bytes, size_t size, void *user_data)
{
    test_shelf *shelf = user_data;
    assert_true(run < TEST_SHELF);
    assert_int_equal(shelf->outcomes[run], IB_OUTCOME_OPEN); /* what is finished is saved once */
    shelf->saves++;
    if (shelf->save_answer)
        return shelf->save_answer;
    shelf->runs[run].size = 0;
    test_stream_write(bytes, size, &shelf->runs[run]);
    shelf->outcomes[run] = outcome;
    shelf->finished += outcome != IB_OUTCOME_OPEN;
    return outcome != IB_OUTCOME_OPEN ? shelf->kept_answer : 0;
}

static int32_t done(uint64_t run, ib_record *record, void *user_data)
{
    test_shelf *shelf = user_data;
    shelf->done[shelf->done_count++] = (uint32_t)run;
    shelf->points += ib_plane_count(ib_record_plane(record));
    return shelf->done_answer;
}

static int32_t progress(const ib_study_progress *at, void *user_data)
{
    test_shelf *shelf = user_data;
    shelf->last = *at;
    shelf->told++;
    if (shelf->every && shelf->told % shelf->every == 0)
        ib_study_checkpoint(shelf->study);
    return shelf->told == shelf->stop_at ? 1 : shelf->progress_answer;
}

static ib_status enter_network(test_room *room, const test_plan *plan)
{
    const ib_quant_options hidden = test_quant_options(6, IB_GRID_UNIFORM, IB_RANGE_EPOCH);
    const ib_quant_options weights = test_quant_options(7, IB_GRID_NUDGED, IB_RANGE_LAST);
    ib_layer_options layers[2] = {test_layer_options(3, plan->activation),
                                  test_layer_options(2, IB_ACTIVATION_SOFTMAX)};
    layers[0].activations = plan->is_float ? NULL : &hidden;
    layers[1].weights = plan->is_float ? NULL : &weights;
    ib_status status = ib_network_create(room->context, BITS, &room->network);
    for (size_t l = 0; l < 2 && status == IB_OK; l++)
        status = ib_network_add_layer(room->network, &layers[l]);
    return status;
}

static int32_t majority(uint32_t pattern, uint32_t bits, uint32_t *label, void *user_data)
{
    uint32_t count = 0;
    (void)user_data;
    for (uint32_t b = 0; b < bits; b++)
        count += pattern >> b & 1;
    *label = 2 * count >= bits;
    return 0;
}

static ib_study_options options_of(const test_plan *plan, test_shelf *shelf, ib_train_options *train)
{
    ib_study_options options;
    ib_study_options_init(&options);
    *train = plan->train;
    train->adam = plan->sgd.rate > 0 ? NULL : &plan->adam;
    train->sgd = plan->sgd.rate > 0 ? &plan->sgd : NULL;
    options.threads = plan->threads;
    options.runs = plan->runs;
    options.train = train;
    options.schedule = &plan->schedule;
    options.bad_accuracy = plan->bad_accuracy;
    options.restart_from = plan->restart_from;
    options.user_data = shelf;
    if (shelf) {
        options.save = plan->without_save ? NULL : save;
        options.done = done;
        options.progress = progress;
    }
    return options;
}

int32_t test_mean_size(const ib_estimator_input *input, ib_estimate *estimate, void *user_data)
{
    const size_t rows = ib_tensor_shape(input->values, 0), width = ib_tensor_shape(input->values, 1);
    const float *values = ib_tensor_read(input->values);
    double all = 0, ones = 0;
    (void)user_data;
    for (size_t i = 0; i < rows * width; i++) {
        all += fabs((double)values[i]);
        ones += input->labels[i / width] == 1 ? fabs((double)values[i]) : 0;
    }
    estimate->i_xt = all / (double)(rows * width) + input->epoch / 1000.0;
    if (input->layer % 2 == 0)
        estimate->i_ty = ones / (double)(rows * width);
    return 0;
}

void test_plan_plug_ins(test_plan *plan)
{
    plan->is_float = 1;
    plan->n_estimators = 2;
    for (size_t i = 0; i < 2; i++) {
        ib_estimator_init(&plan->estimators[i]);
        plan->estimators[i].name = i ? "mean-size-2" : "mean-size-1";
        plan->estimators[i].measure = test_mean_size;
    }
    plan->n_quantised = 2;
    plan->quantised[0][0] = 5;
    plan->quantised[1][0] = 3;
    plan->quantised[1][1] = 4;
}

ib_status test_add_measures(ib_study *study, const test_plan *plan)
{
    ib_status status = IB_OK;
    for (size_t i = 0; i < plan->n_binnings && status == IB_OK; i++)
        status = ib_study_add_binning(study, &plan->binnings[i], NULL);
    for (size_t i = 0; i < plan->n_estimators && status == IB_OK; i++)
        status = ib_study_add_estimator(study, &plan->estimators[i], NULL);
    for (size_t i = 0; i < plan->n_quantised && status == IB_OK; i++)
        status = ib_study_add_quantised(study, plan->quantised[i][0], plan->quantised[i][1], NULL);
    return status;
}

ib_status test_enter_in(ib_context *context, const test_plan *plan, test_shelf *shelf, test_room *room)
{
    static const uint32_t test_rows[] = {1, 4, 7};
    ib_train_options train;
    const ib_study_options options = options_of(plan, shelf, &train);
    *room = (test_room){.context = context};
    ib_status status = enter_network(room, plan);
    if (status == IB_OK)
        status = ib_dataset_create_patterns(context, BITS, 2, majority, NULL, &room->dataset);
    if (status == IB_OK)
        status = ib_split_create(context, (size_t)1 << BITS, test_rows, 3, &room->split);
    if (status == IB_OK)
        status = ib_study_create(room->network, room->dataset, room->split, &options, &room->study);
    if (status == IB_OK)
        status = test_add_measures(room->study, plan);
    if (shelf)
        shelf->study = room->study;
    return status;
}

test_room test_enter(const test_plan *plan, test_shelf *shelf)
{
    test_room room;
    ib_context *context = test_context(NULL);
    assert_ok(context, test_enter_in(context, plan, shelf, &room));
    return room;
}

void test_exit(test_room *room)
{
    ib_study_destroy(room->study);
    ib_network_destroy(room->network);
    ib_split_destroy(room->split);
    ib_dataset_destroy(room->dataset);
}

void test_exit_all(test_room *room)
{
    test_exit(room);
    ib_context_destroy(room->context);
}

test_shelf test_whole(const test_plan *plan)
{
    test_shelf shelf = {.told = 0};
    test_room room = test_enter(plan, &shelf);
    assert_ok(room.context, ib_study_run(room.study));
    test_exit_all(&room);
    return shelf;
}

ib_status test_give_back(ib_study *study, test_shelf *shelf)
{
    ib_status status = IB_OK;
    for (uint32_t r = 0; r < TEST_SHELF && status == IB_OK; r++) {
        uint64_t run = TEST_SHELF;
        uint32_t outcome = 99;
        if (shelf->runs[r].size == 0)
            continue;
        shelf->runs[r].at = 0;
        status = ib_study_read(study, test_stream_read, &shelf->runs[r], &run, &outcome);
        if (status == IB_OK) {
            assert_int_equal(run, r);
            assert_int_equal(outcome, shelf->outcomes[r]);
        }
    }
    return status;
}

void test_shelf_free(test_shelf *shelf)
{
    for (size_t r = 0; r < TEST_SHELF; r++)
        test_stream_free(&shelf->runs[r]);
}

void test_same_shelf(const test_shelf *actual, const test_shelf *expected, uint32_t runs)
{
    for (uint32_t r = 0; r < runs; r++) {
        assert_int_equal(actual->outcomes[r], expected->outcomes[r]);
        assert_int_equal(actual->runs[r].size, expected->runs[r].size);
        assert_memory_equal(actual->runs[r].data, expected->runs[r].data, expected->runs[r].size);
    }
}
