/* What is asked of a study, and which of its runs are made already. */
#include "study/study.h"

#include "base/memory.h"
#include "nn/network.h"
#include "study/record.h"
#include "study/schedule.h"

#include <string.h>

/* As many as the study has; below it a run of the study is a bad fit. */
#define DEFAULT_RUNS 50
#define DEFAULT_BAD_ACCURACY 0.55
/* Streams of random numbers know this many runs (ib_rng_stream()). */
#define MOST_RUNS ((uint64_t)1 << 40)

void ib_study_options_init(ib_study_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

/* --- options ------------------------------------------------------------------------------------------------------*/

static ib_status take_optimiser(ib_study *study)
{
    ib_context *context = study->context;
    ib_train_options *train = &study->train;
    if (train->adam) {
        IB_TRY(ib_i_options_read(context, train->adam, sizeof study->adam, &study->adam, sizeof study->adam));
        study->adam.struct_size = sizeof study->adam;
        train->adam = &study->adam;
    }
    if (train->sgd) {
        IB_TRY(ib_i_options_read(context, train->sgd, sizeof study->sgd, &study->sgd, sizeof study->sgd));
        study->sgd.struct_size = sizeof study->sgd;
        train->sgd = &study->sgd;
    }
    return IB_OK;
}

static ib_status take_train(ib_study *study)
{
    ib_context *context = study->context;
    ib_train_options *train = &study->train;
    IB_TRY(ib_i_options_read(context, study->options.train, sizeof *train, train, sizeof *train));
    train->struct_size = sizeof *train;
    if (train->run || train->attempt || train->callback || train->user_data)
        return ib_i_fail(context, IB_ERR_ARG, "train: expected run, attempt and callback 0, they are the study's own");
    if (train->epochs == 0)
        train->epochs = 8000;
    return take_optimiser(study);
}

static ib_status take_options(ib_study *study, const ib_study_options *options)
{
    ib_context *context = study->context;
    ib_study_options *full = &study->options;
    IB_TRY(ib_i_options_read(context, options, sizeof *full, full, sizeof *full));
    if (full->reserved)
        return ib_i_fail(context, IB_ERR_UNSUPPORTED, "reserved: expected 0, got %u", full->reserved);
    if (full->runs > MOST_RUNS)
        return ib_i_fail(context, IB_ERR_RANGE, "runs: expected at most 2^40, got %llu",
                         (unsigned long long)full->runs);
    if (!(full->bad_accuracy >= 0.0 && full->bad_accuracy <= 1.0))
        return ib_i_fail(context, IB_ERR_RANGE, "bad_accuracy: expected 0 to 1, got %g", full->bad_accuracy);
    if (full->runs == 0)
        full->runs = DEFAULT_RUNS;
    if (full->bad_accuracy == 0.0)
        full->bad_accuracy = DEFAULT_BAD_ACCURACY;
    IB_TRY(take_train(study));
    IB_TRY(ib_i_schedule_resolve(context, full->schedule, &study->schedule));
    study->schedule.struct_size = sizeof study->schedule;
    full->train = NULL; /* the caller's, who need not keep them */
    full->schedule = NULL;
    return IB_OK;
}

/* --- life ---------------------------------------------------------------------------------------------------------*/

static ib_status fill(ib_study *study, const ib_network *network, const ib_study_options *options)
{
    IB_TRY(take_options(study, options));
    IB_TRY(ib_i_network_create_like(network, study->context, &study->pattern));
    return ib_i_study_find_setting(study);
}

ib_status ib_study_create(const ib_network *network, const ib_dataset *dataset, const ib_split *split,
                          const ib_study_options *options, ib_study **out)
{
    if (out)
        *out = NULL;
    if (!network)
        return IB_ERR_ARG;
    ib_context *context = network->context;
    if (!dataset || !split || !out)
        return ib_i_fail_null(context, !dataset ? "dataset" : !split ? "split" : "out");
    ib_study *study = ib_i_object_create(context, sizeof *study);
    if (!study)
        return IB_ERR_NOMEM;
    study->context = study->bytes.context = context;
    study->dataset = dataset;
    study->split = split;
    atomic_init(&study->calls, 0);
    atomic_init(&study->halted, 0);
    pthread_mutex_init(&study->lock, NULL);
    pthread_cond_init(&study->saved, NULL);
    const ib_status status = fill(study, network, options);
    if (status != IB_OK) {
        ib_study_destroy(study);
        return status;
    }
    *out = study;
    return ib_i_ok(context);
}

void ib_study_destroy(ib_study *study)
{
    if (!study)
        return;
    if (study->running) {
        study->doomed = 1;
        return;
    }
    ib_network_destroy(study->pattern);
    for (size_t i = 0; i < study->open_count; i++)
        ib_i_blob_clear(&study->open[i].bytes);
    ib_i_free(study->context, study->open);
    ib_i_free(study->context, study->finished);
    ib_i_free(study->context, study->binnings);
    ib_i_free(study->context, study->estimators);
    ib_i_free(study->context, study->quantisations);
    ib_i_blob_clear(&study->bytes);
    pthread_cond_destroy(&study->saved);
    pthread_mutex_destroy(&study->lock);
    ib_i_object_destroy(study->context, study);
}

/* --- runs that were given back ------------------------------------------------------------------------------------*/

ib_status ib_i_study_create_record(const ib_study *study, ib_context *context, uint64_t run, ib_record **out)
{
    ib_record_options options;
    ib_record_options_init(&options);
    options.seed = study->train.seed;
    options.run = run;
    options.setting = study->setting;
    return ib_record_create(context, &options, out);
}

ib_i_open_run *ib_i_study_find_open(const ib_study *study, uint64_t run)
{
    for (size_t i = 0; i < study->open_count; i++)
        if (study->open[i].run == run)
            return &study->open[i];
    return NULL;
}

ib_status ib_i_study_keep_open(ib_study *study, uint64_t run, ib_i_blob *bytes)
{
    ib_i_open_run *open = ib_i_study_find_open(study, run);
    if (!open) {
        ib_i_open_run *grown =
            ib_i_grow(study->context, study->open, study->open_count, study->open_count + 1, sizeof *grown);
        if (!grown)
            return ib_i_fail_memory(study->context);
        study->open = grown;
        open = &grown[study->open_count++];
        *open = (ib_i_open_run){.run = run, .bytes.context = study->context};
    }
    ib_i_blob_swap(&open->bytes, bytes);
    return IB_OK;
}

static void forget_open(ib_study *study, uint64_t run)
{
    ib_i_open_run *open = ib_i_study_find_open(study, run);
    if (!open)
        return;
    ib_i_blob_clear(&open->bytes);
    *open = study->open[--study->open_count];
}

static size_t place_of(const ib_study *study, uint64_t run)
{
    size_t i = study->finished_count;
    while (i > 0 && study->finished[i - 1] >= run)
        i--;
    return i;
}

static int is_finished(const ib_study *study, uint64_t run)
{
    const size_t i = place_of(study, run);
    return i < study->finished_count && study->finished[i] == run;
}

ib_status ib_i_study_add_finished(ib_study *study, const uint64_t *runs, size_t count)
{
    if (count == 0)
        return IB_OK;
    uint64_t *grown =
        ib_i_grow(study->context, study->finished, study->finished_count, study->finished_count + count, sizeof *grown);
    if (!grown)
        return ib_i_fail_memory(study->context);
    study->finished = grown;
    for (size_t k = 0; k < count; k++) {
        forget_open(study, runs[k]);
        if (is_finished(study, runs[k]))
            continue;
        const size_t i = place_of(study, runs[k]);
        memmove(grown + i + 1, grown + i, (study->finished_count - i) * sizeof *grown);
        grown[i] = runs[k];
        study->finished_count++;
    }
    return IB_OK;
}

/* All that there is to read. */
static ib_status fetch(ib_study *study, ib_read_fn read, void *user_data, ib_i_blob *bytes)
{
    unsigned char piece[4096];
    for (size_t got = 1; got > 0;) {
        got = 0;
        IB_TRY(ib_i_callback(study->context, "read", read(piece, sizeof piece, &got, user_data)));
        if (got > sizeof piece)
            return ib_i_fail(study->context, IB_ERR_RANGE, "read callback: expected at most %zu bytes, got %zu",
                             sizeof piece, got);
        if (got && ib_i_blob_write(piece, got, bytes))
            return ib_i_fail_memory(study->context);
    }
    return IB_OK;
}

/* Reads the bytes as a worker would. */
static ib_status examine(ib_study *study, const ib_i_blob *bytes, uint64_t *run, uint32_t *outcome)
{
    ib_i_maker maker = {.context = NULL};
    ib_i_place place = {.context = study->context};
    ib_status status = ib_i_maker_create(&maker, study);
    maker.place = &place;
    if (status == IB_OK)
        status = ib_i_study_create_record(study, study->context, 0, &place.record);
    if (status == IB_OK) {
        status = ib_i_maker_load(&maker, bytes);
        const char *message = ib_context_message(maker.context);
        if (status != IB_OK && *message)
            ib_i_report(study->context, "%s", message);
    }
    *run = place.run;
    *outcome = ib_record_outcome(place.record);
    ib_i_maker_destroy(&maker);
    if (status == IB_OK && *run >= study->options.runs)
        status = ib_i_fail(study->context, IB_ERR_RANGE, "run: expected below %llu, got %llu",
                           (unsigned long long)study->options.runs, (unsigned long long)*run);
    ib_record_destroy(place.record);
    return status;
}

static ib_status take_back(ib_study *study, ib_i_blob *bytes, uint64_t *run, uint32_t *outcome)
{
    IB_TRY(examine(study, bytes, run, outcome));
    if (*outcome != IB_OUTCOME_OPEN)
        return ib_i_study_add_finished(study, run, 1);
    return is_finished(study, *run) ? IB_OK : ib_i_study_keep_open(study, *run, bytes);
}

ib_status ib_i_study_check_before_runs(const ib_study *study)
{
    if (study->running)
        return ib_i_fail(study->context, IB_ERR_STATE, "study: expected a call from outside its callbacks");
    return IB_OK;
}

ib_status ib_study_read(ib_study *study, ib_read_fn read, void *user_data, uint64_t *run, uint32_t *outcome)
{
    if (!study)
        return IB_ERR_ARG;
    if (!read)
        return ib_i_fail_null(study->context, "read");
    IB_TRY(ib_i_study_check_before_runs(study));
    ib_i_blob bytes = {.context = study->context};
    uint64_t found_run = 0;
    uint32_t found_outcome = IB_OUTCOME_OPEN;
    ib_status status = fetch(study, read, user_data, &bytes);
    if (status == IB_OK)
        status = take_back(study, &bytes, &found_run, &found_outcome);
    ib_i_blob_clear(&bytes);
    if (status != IB_OK)
        return status;
    if (run)
        *run = found_run;
    if (outcome)
        *outcome = found_outcome;
    return ib_i_ok(study->context);
}

void ib_study_checkpoint(ib_study *study)
{
    if (study)
        atomic_fetch_add(&study->calls, 1);
}
