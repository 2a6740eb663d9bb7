/* A run on the thread of a worker: attempts, epochs, measurements, and parcels for the thread of the caller. */
#include "study/study.h"

#include "data/dataset.h"
#include "data/split.h"
#include "nn/network.h"
#include "nn/trainer.h"

#include <stdio.h>
#include <string.h>

/* Streams of random numbers know this many attempts (ib_rng_stream()). */
#define MOST_ATTEMPTS 65536

static ib_status create_observer(ib_i_maker *m)
{
    const ib_study *study = m->study;
    IB_TRY(ib_observer_create(m->dataset, &m->observer));
    for (size_t i = 0; i < study->binning_count; i++)
        IB_TRY(ib_observer_add_binning(m->observer, &study->binnings[i], NULL));
    for (size_t i = 0; i < study->estimator_count; i++) {
        const ib_estimator estimator = ib_i_estimator_of(&study->estimators[i]);
        IB_TRY(ib_observer_add_estimator(m->observer, &estimator, NULL));
    }
    for (size_t i = 0; i < study->quantisation_count; i++) {
        const ib_i_quantisation *q = &study->quantisations[i];
        IB_TRY(ib_observer_add_quantised(m->observer, q->bits, q->weight_bits, NULL));
    }
    IB_TRY(ib_ranges_create(m->context, study->pattern->layers, &m->bounds));
    return ib_ranges_create(m->context, study->pattern->layers, &m->pass);
}

static ib_status create_parts(ib_i_maker *m)
{
    const ib_study *study = m->study;
    IB_TRY(ib_i_dataset_share(study->dataset, m->context, &m->dataset));
    IB_TRY(ib_i_split_share(study->split, m->context, &m->split));
    IB_TRY(ib_i_network_create_like(study->pattern, m->context, &m->network));
    return create_observer(m);
}

ib_status ib_i_maker_create(ib_i_maker *m, ib_study *study)
{
    *m = (ib_i_maker){.study = study};
    IB_TRY(ib_context_create_child(study->context, &m->context));
    m->draft.context = m->parcel.bytes.context = m->context;
    const ib_status status = create_parts(m);
    return status == IB_OK ? IB_OK : ib_i_fail(study->context, status, "%s", ib_context_message(m->context));
}

void ib_i_maker_destroy(ib_i_maker *m)
{
    if (!m->context)
        return;
    ib_trainer_destroy(m->trainer);
    ib_ranges_destroy(m->pass);
    ib_ranges_destroy(m->bounds);
    ib_observer_destroy(m->observer);
    ib_network_destroy(m->network);
    ib_split_destroy(m->split);
    ib_dataset_destroy(m->dataset);
    ib_i_blob_clear(&m->draft);
    ib_i_blob_clear(&m->parcel.bytes);
    ib_context_destroy(m->context);
}

uint64_t ib_i_study_run_of(const ib_study *study, uint64_t number)
{
    for (size_t i = 0; i < study->finished_count && study->finished[i] <= number; i++)
        number++;
    return number;
}

/* --- parcels ------------------------------------------------------------------------------------------------------*/

static void count_epochs(const ib_i_maker *m, int64_t epochs)
{
    ib_study *study = m->study;
    pthread_mutex_lock(&study->lock);
    study->epochs_done += epochs;
    pthread_mutex_unlock(&study->lock);
}

/* Leaves the run at hand for the thread of the caller, in place of what still lies there: that is of the same run. */
static ib_status post(ib_i_maker *m)
{
    ib_study *study = m->study;
    const uint32_t outcome = ib_record_outcome(m->place->record);
    if (study->options.save || outcome == IB_OUTCOME_OPEN)
        IB_TRY(ib_i_maker_save(m));
    pthread_mutex_lock(&study->lock);
    ib_i_blob_swap(&m->parcel.bytes, &m->draft);
    m->parcel.run = m->place->run;
    m->parcel.outcome = outcome;
    m->parcel.state = IB_I_PARCEL_POSTED;
    pthread_mutex_unlock(&study->lock);
    return IB_OK;
}

/* Waits until what was posted is safe, so that this thread begins no other run before. */
static void wait_until_saved(const ib_i_maker *m)
{
    ib_study *study = m->study;
    ib_tasks_step(m->task, 1); /* wakes the thread of the caller, or is it */
    pthread_mutex_lock(&study->lock);
    while (m->parcel.state != IB_I_PARCEL_NONE && !study->ending)
        pthread_cond_wait(&study->saved, &study->lock);
    pthread_mutex_unlock(&study->lock);
}

/* --- one attempt --------------------------------------------------------------------------------------------------*/

static ib_status measure(ib_i_maker *m, const ib_network *network, uint32_t epoch)
{
    ib_record *record = m->place->record;
    ib_plane *plane = ib_record_plane(record);
    IB_TRY(ib_observer_measure(m->observer, network, epoch, plane));
    ib_ranges_reset(m->pass);
    IB_TRY(ib_ranges_add(m->pass, network));
    IB_TRY(ib_record_add_extents(record, epoch, m->pass));
    return ib_schedule_next(&m->study->schedule, plane, epoch, m->study->train.epochs, &m->next);
}

static int is_refused(const ib_study *study, const ib_epoch *epoch)
{
    const uint32_t from = study->options.restart_from;
    return from && epoch->epoch >= from && epoch->running_accuracy < study->options.bad_accuracy;
}

/* The training curve is of the first time that a run is made, the points are of the last. An epoch is in the curve
 * when all that is to be known of it is in the record: what fails or stops before has not heard of the epoch. */
static ib_status follow(ib_i_maker *m, const ib_epoch *epoch, const ib_network *network)
{
    const int is_first = m->seeks || !m->study->twice;
    m->bad = is_first && is_refused(m->study, epoch);
    if (m->seeks && !m->bad)
        IB_TRY(ib_ranges_add(m->bounds, network));
    if (!m->seeks && !m->bad && epoch->epoch == m->next)
        IB_TRY(measure(m, network, epoch->epoch));
    if (is_first)
        IB_TRY(ib_record_add(m->place->record, epoch));
    return m->bad ? IB_STOPPED : IB_OK;
}

/* Keeps why the run has failed: the end of the call that this is within leaves a message of its own. */
static void note_failure(ib_i_maker *m, ib_status status)
{
    const char *message = ib_context_message(m->context);
    if (!*message)
        message = ib_context_message(m->place->context);
    m->status = status;
    m->place->callback_value = ib_context_callback_value(m->context);
    snprintf(m->place->message, sizeof m->place->message, "%s", message);
}

static int32_t watch(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    ib_i_maker *m = user_data;
    const ib_status status = follow(m, epoch, network);
    if (status < 0)
        note_failure(m, status);
    if (status == IB_STOPPED && !m->bad) {
        int none = 0;
        m->status = IB_STOPPED;
        atomic_compare_exchange_strong(&m->study->halted, &none, ib_context_callback_value(m->context));
    }
    return status;
}

ib_status ib_i_maker_begin(ib_i_maker *m)
{
    size_t restarts;
    ib_train_options options = m->study->train;
    ib_record_restarts(m->place->record, &restarts);
    options.run = m->place->run;
    options.attempt = (uint32_t)restarts;
    options.callback = watch;
    options.user_data = m;
    ib_trainer_destroy(m->trainer);
    m->trainer = NULL;
    return ib_trainer_create(m->network, m->dataset, m->split, &options, &m->trainer);
}

/* What was trained of the run, as progress counts it. */
static int64_t epochs_of(const ib_i_maker *m)
{
    const int64_t before = m->study->twice && !m->seeks ? m->study->train.epochs : 0;
    return before + ib_trainer_epoch(m->trainer);
}

/* Whether the last epoch is done, and its callback has heard of it. */
static int is_through(const ib_i_maker *m)
{
    return ib_trainer_epoch(m->trainer) >= m->study->train.epochs && m->trainer->at.reported;
}

/* An epoch more, or what is still to be told of the last one; IB_STOPPED: the run is not wanted any more. */
static ib_status step(ib_i_maker *m)
{
    const uint32_t epochs = m->study->train.epochs;
    const ib_status status =
        ib_trainer_epoch(m->trainer) < epochs ? ib_trainer_step(m->trainer) : ib_trainer_run(m->trainer, epochs);
    if (status == IB_ERR_CALLBACK)
        return m->status;
    if (status < 0)
        return status;
    if (m->status == IB_STOPPED) { /* an estimator asked to: the epoch is to be told again, and measured then */
        ib_i_trainer_take_back(m->trainer);
        IB_TRY(post(m));
        return IB_STOPPED;
    }
    const int unwanted = ib_tasks_step(m->task, 1) != 0 || atomic_load(&m->study->halted) != 0;
    const uint32_t calls = atomic_load(&m->study->calls);
    if (m->bad || (!unwanted && calls == m->answered))
        return IB_OK; /* what is given up is not saved: the next attempt is, after its first epoch */
    m->answered = calls;
    IB_TRY(post(m));
    return unwanted ? IB_STOPPED : IB_OK;
}

static ib_status train(ib_i_maker *m)
{
    while (!is_through(m) && !m->bad) {
        const int64_t before = epochs_of(m);
        const ib_status status = step(m);
        count_epochs(m, epochs_of(m) - before);
        IB_TRY(status);
    }
    return IB_OK;
}

/* From where the trainer is, to the end or until the attempt is given up. */
static ib_status complete(ib_i_maker *m)
{
    if (m->seeks) {
        IB_TRY(train(m));
        if (m->bad)
            return IB_OK;
        m->seeks = 0;
        IB_TRY(ib_i_maker_begin(m));
    }
    if (m->study->twice)
        IB_TRY(ib_observer_set_ranges(m->observer, m->bounds));
    return train(m);
}

/* --- one run ------------------------------------------------------------------------------------------------------*/

static ib_status begin_attempt(ib_i_maker *m)
{
    m->seeks = m->study->twice;
    m->bad = 0;
    m->next = 0;
    ib_ranges_reset(m->bounds);
    return ib_i_maker_begin(m);
}

static ib_status give_up(ib_i_maker *m)
{
    size_t count;
    ib_record *record = m->place->record;
    count_epochs(m, -epochs_of(m));
    IB_TRY(ib_record_restart(record));
    const ib_restart *last = ib_record_restarts(record, &count) + count - 1;
    if (count == MOST_ATTEMPTS)
        return ib_i_fail(m->context, IB_ERR_RANGE, "a bad fit in all of its %d attempts", MOST_ATTEMPTS);
    ib_i_log(m->context, IB_LOG_INFO, "run %llu: bad fit after epoch %u (training accuracy %.3f), begun again",
             (unsigned long long)m->place->run, last->epoch, last->accuracy);
    return begin_attempt(m);
}

static ib_status begin_run(ib_i_maker *m)
{
    const ib_i_open_run *open = ib_i_study_find_open(m->study, m->place->run);
    IB_TRY(ib_i_study_create_record(m->study, m->place->context, m->place->run, &m->place->record));
    if (!open)
        return begin_attempt(m);
    IB_TRY(ib_i_maker_load(m, &open->bytes));
    count_epochs(m, epochs_of(m));
    return IB_OK;
}

static ib_status finish_run(ib_i_maker *m)
{
    size_t count;
    ib_record *record = m->place->record;
    const ib_epoch *epochs = ib_record_epochs(record, &count);
    const int bad = epochs[count - 1].running_accuracy < m->study->options.bad_accuracy;
    IB_TRY(ib_record_set_outcome(record, bad ? IB_OUTCOME_BAD : IB_OUTCOME_GOOD));
    IB_TRY(post(m));
    wait_until_saved(m);
    return IB_OK;
}

static ib_status make(ib_i_maker *m)
{
    IB_TRY(begin_run(m));
    IB_TRY(complete(m));
    while (m->bad) {
        IB_TRY(give_up(m));
        IB_TRY(complete(m));
    }
    return finish_run(m);
}

int32_t ib_i_maker_run(ib_i_maker *m, const ib_task *task)
{
    ib_study *study = m->study;
    m->task = task;
    m->place = &study->places[task->number % study->place_count];
    m->place->run = ib_i_study_run_of(study, task->number);
    m->place->message[0] = '\0';
    m->place->status = IB_OK;
    m->answered = atomic_load(&study->calls);
    m->status = IB_OK;
    ib_i_ok(m->context);
    const ib_status status = make(m);
    ib_trainer_destroy(m->trainer);
    m->trainer = NULL;
    if (status >= 0)
        return status;
    if (!m->place->message[0])
        note_failure(m, status);
    m->place->status = status;
    return status;
}
