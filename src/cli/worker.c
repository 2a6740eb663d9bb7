#include "worker.h"

#include "say.h"

#include <inttypes.h>
#include <stdlib.h>

/* Streams of random numbers know this many attempts (ib_rng_stream()). */
#define MOST_ATTEMPTS 65536
/* Share of the rows that a split of the user's own keeps for the test, as the study's split does. */
#define TEST_SHARE 0.2
/* Room for a message of the library, and the run. */
#define REASON_LENGTH 320

struct worker {
    const settings *asked;
    ib_preset_info preset;
    const ib_task *task; /* the run it is at */
    ib_dataset *dataset; /* this and what follows is made with the first run, from the context of the task */
    ib_split *split;
    ib_network *network;
    ib_observer *observer;
    ib_ranges *ranges; /* of the first time, if runs are made twice */
    ib_plane *plane;
    curve_row *curve;
    ib_epoch last; /* what was known after the last epoch */
    int seeks;     /* whether it is the first time of two */
    int bad;       /* the attempt was stopped because it is a bad fit */
    char reason[REASON_LENGTH];
};

worker *worker_create(const settings *asked)
{
    worker *one = calloc(1, sizeof *one);
    if (one)
        one->asked = asked;
    return one;
}

void worker_destroy(worker *one)
{
    if (!one)
        return;
    ib_plane_destroy(one->plane);
    ib_observer_destroy(one->observer);
    ib_ranges_destroy(one->ranges);
    ib_network_destroy(one->network);
    ib_split_destroy(one->split);
    ib_dataset_destroy(one->dataset);
    free(one->curve);
    free(one);
}

const char *worker_reason(const worker *one)
{
    return one->reason;
}

static void note_reason(worker *one, const char *message)
{
    snprintf(one->reason, sizeof one->reason, "run %" PRIu64 ": %s", one->task->number, message);
}

static ib_status create_split(worker *one)
{
    if (one->asked->own_split)
        return ib_split_create_random(one->dataset, TEST_SHARE, 1, one->asked->split_seed, &one->split);
    return ib_split_create_study(one->task->context, &one->split);
}

static int settings_twice(const settings *asked)
{
    for (uint32_t i = 0; asked->n_bins && i < asked->n_bounds; i++)
        if (asked->bounds[i] == IB_BOUNDS_LARGEST || asked->bounds[i] == IB_BOUNDS_GLOBAL)
            return 1;
    return 0;
}

static ib_status add_bins(worker *one)
{
    const settings *asked = one->asked;
    ib_binning_options options;
    ib_status status = IB_OK;
    for (uint32_t i = 1; i <= settings_estimators(asked) && !status; i++) {
        settings_binning(asked, i, &options);
        status = ib_observer_add_binning(one->observer, &options, NULL);
    }
    if (!status && settings_twice(asked))
        status = ib_ranges_create(one->task->context, ib_network_layers(one->network), &one->ranges);
    return status;
}

static ib_status create_parts(worker *one)
{
    const settings *asked = one->asked;
    ib_context *context = one->task->context;
    one->preset.struct_size = sizeof one->preset;
    ib_status status = ib_preset_get_info(asked->preset, &one->preset);
    if (!status)
        status = ib_dataset_create_icosahedron(context, &one->dataset);
    if (!status)
        status = create_split(one);
    if (!status)
        status = ib_preset_create(context, asked->preset, asked->activation, (uint32_t)asked->bits, &one->network);
    if (!status)
        status = ib_observer_create(one->dataset, &one->observer);
    if (!status)
        status = add_bins(one);
    if (!status)
        status = ib_plane_create(context, &one->plane);
    return status;
}

/* What all runs of the worker need. 0, or -1 after noting the reason. */
static int prepare(worker *one)
{
    if (one->curve)
        return 0;
    if (create_parts(one)) {
        note_reason(one, ib_context_message(one->task->context));
        return -1;
    }
    one->curve = calloc((size_t)one->asked->epochs + 1, sizeof *one->curve);
    if (!one->curve)
        note_reason(one, "out of memory");
    return one->curve ? 0 : -1;
}

/* Points are measured at epochs 0, 1, 1 + k, 1 + 2k, ... and the last. */
static int is_measured(const worker *one, uint32_t epoch)
{
    return epoch == 0 || epoch == one->asked->epochs || (epoch - 1) % one->preset.points_every == 0;
}

/* Whether the preset begins a run again that is as bad as this after this epoch. */
static int is_refused(const worker *one, const ib_epoch *epoch)
{
    return one->preset.restart_from != 0 && epoch->epoch >= one->preset.restart_from &&
           epoch->running_accuracy < one->preset.bad_accuracy;
}

/* Follows the training: keeps the curve, measures, and says when to stop. */
static int32_t watch(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    worker *one = user_data;
    if (ib_tasks_step(one->task, epoch->epoch > 0))
        return 1;
    one->last = *epoch;
    one->curve[epoch->epoch] = (curve_row){
        .train_loss = epoch->running_loss,
        .train_accuracy = epoch->running_accuracy,
        .test_accuracy = epoch->test_accuracy,
        .test_loss = epoch->test_loss,
        .after_loss = epoch->train_loss,
        .after_accuracy = epoch->train_accuracy,
    };
    one->bad = is_refused(one, epoch);
    if (one->bad)
        return 1;
    ib_status status = IB_OK;
    if (one->seeks)
        status = ib_ranges_add(one->ranges, network);
    else if (is_measured(one, epoch->epoch))
        status = ib_observer_measure(one->observer, network, epoch->epoch, one->plane);
    if (!status)
        return 0;
    /* Now, since the end of the call that this is inside of leaves a message of its own. */
    note_reason(one, ib_context_message(one->task->context));
    return -1;
}

/* Trains; twice, if bounds of the whole run are to be known while it is measured. */
static ib_status attempt(worker *one, uint32_t number)
{
    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = (uint32_t)one->asked->epochs;
    options.seed = one->asked->seed;
    options.run = one->task->number;
    options.attempt = number;
    options.callback = watch;
    options.user_data = one;
    ib_plane_reset(one->plane);
    ib_ranges_reset(one->ranges);
    one->bad = 0;
    one->seeks = settings_twice(one->asked);
    if (one->seeks) {
        ib_status status = ib_train_run(one->network, one->dataset, one->split, &options);
        if (!status)
            status = ib_observer_set_ranges(one->observer, one->ranges);
        if (status)
            return status;
        one->seeks = 0;
    }
    return ib_train_run(one->network, one->dataset, one->split, &options);
}

static void tell_restart(const worker *one)
{
    ib_tasks_step(one->task, -(int64_t)one->last.epoch);
    if (!one->asked->quiet)
        say("run %" PRIu64 ": bad fit after epoch %u (training accuracy %.3f), begun again", one->task->number,
            (unsigned)one->last.epoch, one->last.running_accuracy);
}

static void fill_result(const worker *one, uint32_t restarts, run_result *result)
{
    *result = (run_result){
        .run = one->task->number,
        .points = ib_plane_points(one->plane),
        .n_points = ib_plane_count(one->plane),
        .curve = one->curve,
        .epochs = (size_t)one->asked->epochs,
        .train_accuracy = one->last.train_accuracy,
        .test_accuracy = one->last.test_accuracy,
        .bad_accuracy = one->preset.bad_accuracy,
        .restarts = restarts,
    };
}

run_outcome worker_run(worker *one, const ib_task *task, run_result *result)
{
    one->task = task;
    one->reason[0] = '\0';
    if (prepare(one))
        return RUN_FAILED;
    for (uint32_t number = 0; number < MOST_ATTEMPTS; number++) {
        ib_status status = attempt(one, number);
        if (status == IB_OK) {
            fill_result(one, number, result);
            return RUN_FINISHED;
        }
        if (status == IB_STOPPED && !one->bad)
            return RUN_UNWANTED;
        if (status != IB_STOPPED) {
            if (!one->reason[0])
                note_reason(one, ib_context_message(one->task->context));
            return RUN_FAILED;
        }
        tell_restart(one);
    }
    note_reason(one, "still a bad fit after the last of all attempts");
    return RUN_FAILED;
}
