#include "worker.h"

#include "interrupt.h"
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
    progress *told;
    const run_limit *wanted;
    ib_preset_info preset;
    ib_context *context;
    ib_dataset *dataset;
    ib_split *split;
    ib_network *network;
    ib_observer *observer;
    ib_plane *plane;
    curve_row *curve;
    uint64_t run;
    ib_epoch last; /* what was known after the last epoch */
    int bad;       /* the attempt was stopped because it is a bad fit */
    char reason[REASON_LENGTH];
};

static ib_status create_split(worker *one)
{
    if (one->asked->own_split)
        return ib_split_create_random(one->dataset, TEST_SHARE, 1, one->asked->split_seed, &one->split);
    return ib_split_create_study(one->context, &one->split);
}

static ib_status create_parts(worker *one)
{
    const settings *asked = one->asked;
    ib_status status = ib_dataset_create_icosahedron(one->context, &one->dataset);
    if (!status)
        status = create_split(one);
    if (!status)
        status = ib_preset_create(one->context, asked->preset, asked->activation, (uint32_t)asked->bits, &one->network);
    if (!status)
        status = ib_observer_create(one->dataset, &one->observer);
    if (!status)
        status = ib_plane_create(one->context, &one->plane);
    return status;
}

static ib_status create(worker *one)
{
    one->preset.struct_size = sizeof one->preset;
    ib_status status = ib_preset_get_info(one->asked->preset, &one->preset);
    if (!status)
        status = ib_context_create(NULL, &one->context);
    if (status) {
        say("no context: %s", ib_status_name(status));
        return status;
    }
    one->curve = calloc((size_t)one->asked->epochs + 1, sizeof *one->curve);
    if (!one->curve) {
        say("out of memory");
        return IB_ERR_NOMEM;
    }
    status = create_parts(one);
    if (status)
        say("%s", ib_context_message(one->context));
    return status;
}

worker *worker_create(const settings *asked, progress *told, const run_limit *wanted)
{
    worker *one = calloc(1, sizeof *one);
    if (!one) {
        say("out of memory");
        return NULL;
    }
    one->asked = asked;
    one->told = told;
    one->wanted = wanted;
    if (create(one)) {
        worker_destroy(one);
        return NULL;
    }
    return one;
}

void worker_destroy(worker *one)
{
    if (!one)
        return;
    ib_plane_destroy(one->plane);
    ib_observer_destroy(one->observer);
    ib_network_destroy(one->network);
    ib_split_destroy(one->split);
    ib_dataset_destroy(one->dataset);
    ib_context_destroy(one->context);
    free(one->curve);
    free(one);
}

const char *worker_kernels(const worker *one)
{
    return ib_context_kernels(one->context);
}

const char *worker_reason(const worker *one)
{
    return one->reason;
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

static void note_reason(worker *one, const char *message)
{
    snprintf(one->reason, sizeof one->reason, "run %" PRIu64 ": %s", one->run, message);
}

/* Follows the training: keeps the curve, measures, and says when to stop. */
static int32_t watch(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    worker *one = user_data;
    if (interrupt_came() || one->run >= atomic_load(one->wanted))
        return 1;
    one->last = *epoch;
    one->curve[epoch->epoch] = (curve_row){epoch->running_loss, epoch->running_accuracy, epoch->test_accuracy};
    if (epoch->epoch > 0)
        progress_epoch(one->told);
    one->bad = is_refused(one, epoch);
    if (one->bad)
        return 1;
    if (!is_measured(one, epoch->epoch))
        return 0;
    if (ib_observer_measure(one->observer, network, epoch->epoch, one->plane) == IB_OK)
        return 0;
    /* Now, since the end of the call that this is inside of leaves a message of its own. */
    note_reason(one, ib_context_message(one->context));
    return -1;
}

static ib_status attempt(worker *one, uint32_t number)
{
    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = (uint32_t)one->asked->epochs;
    options.seed = one->asked->seed;
    options.run = one->run;
    options.attempt = number;
    options.callback = watch;
    options.user_data = one;
    ib_plane_reset(one->plane);
    one->bad = 0;
    return ib_train_run(one->network, one->dataset, one->split, &options);
}

static void tell_restart(const worker *one)
{
    progress_discard(one->told, one->last.epoch);
    if (!one->asked->quiet)
        say("run %" PRIu64 ": bad fit after epoch %u (training accuracy %.3f), begun again", one->run,
            (unsigned)one->last.epoch, one->last.running_accuracy);
}

static void fill_result(const worker *one, uint32_t restarts, run_result *result)
{
    *result = (run_result){
        .run = one->run,
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

run_outcome worker_run(worker *one, uint64_t run, run_result *result)
{
    one->run = run;
    one->reason[0] = '\0';
    for (uint32_t number = 0; number < MOST_ATTEMPTS; number++) {
        ib_status status = attempt(one, number);
        if (status == IB_OK) {
            fill_result(one, number, result);
            return RUN_FINISHED;
        }
        if (status == IB_STOPPED && !one->bad)
            return RUN_INTERRUPTED;
        if (status != IB_STOPPED) {
            if (!one->reason[0])
                note_reason(one, ib_context_message(one->context));
            return RUN_FAILED;
        }
        tell_restart(one);
    }
    note_reason(one, "still a bad fit after the last of all attempts");
    return RUN_FAILED;
}
