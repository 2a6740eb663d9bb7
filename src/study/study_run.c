/* A study on the thread of its caller: hands out runs, saves what comes back, tells how far it is. */
#include "study/study.h"

#include "base/memory.h"

#include <string.h>

/* How many runs may be begun ahead of the oldest unfinished one, for each thread: a run that takes twice as long as the
 * others, because it was begun again, then keeps no thread waiting. */
#define AHEAD_EACH 2

/* The first callback that ends the study has the word. */
static int32_t ends(ib_study *study, const char *who, int32_t answer)
{
    if (answer && !study->answer) {
        study->answer = answer;
        study->answerer = who;
    }
    return answer;
}

/* --- what workers leave -------------------------------------------------------------------------------------------*/

static ib_status note_finished(ib_study *study, uint64_t run)
{
    uint64_t *grown =
        ib_i_grow(study->context, study->fresh, study->fresh_count, study->fresh_count + 1, sizeof *grown);
    if (!grown)
        return ib_i_fail_memory(study->context);
    study->fresh = grown;
    grown[study->fresh_count++] = run;
    return IB_OK;
}

/* Saves a run, unless saving has failed before. A callback that asks to stop has saved it all the same. */
static int32_t save(ib_study *study, uint64_t run, uint32_t outcome)
{
    const ib_study_options *o = &study->options;
    const ib_i_blob *bytes = &study->bytes;
    if (study->answer < 0 && strcmp(study->answerer, "save") == 0)
        return 0;
    const int32_t answer =
        o->save ? ends(study, "save", o->save(run, outcome, bytes->data, bytes->size, o->user_data)) : 0;
    if (answer < 0)
        return answer;
    if (outcome != IB_OUTCOME_OPEN && note_finished(study, run) != IB_OK)
        study->trouble = IB_ERR_NOMEM;
    return study->trouble ? study->trouble : answer;
}

/* Takes a parcel and saves what is in it: the bytes are ours then, and the worker may post another meanwhile. */
static int32_t collect(ib_study *study, ib_i_parcel *parcel)
{
    pthread_mutex_lock(&study->lock);
    const int posted = parcel->state == IB_I_PARCEL_POSTED;
    const uint64_t run = parcel->run;
    const uint32_t outcome = parcel->outcome;
    if (posted) {
        ib_i_blob_swap(&study->bytes, &parcel->bytes);
        parcel->state = IB_I_PARCEL_TAKEN;
    }
    pthread_mutex_unlock(&study->lock);
    if (!posted)
        return 0;
    const int32_t answer = save(study, run, outcome);
    pthread_mutex_lock(&study->lock);
    if (parcel->state == IB_I_PARCEL_TAKEN)
        parcel->state = IB_I_PARCEL_NONE;
    pthread_cond_broadcast(&study->saved);
    pthread_mutex_unlock(&study->lock);
    return answer;
}

static uint64_t product(uint64_t a, uint64_t b)
{
    return b && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

static int32_t report(ib_study *study)
{
    const ib_study_options *o = &study->options;
    const uint64_t each = (study->twice ? 2 : 1) * (uint64_t)study->train.epochs;
    if (!o->progress)
        return 0;
    pthread_mutex_lock(&study->lock);
    const int64_t done = study->epochs_done;
    pthread_mutex_unlock(&study->lock);
    const ib_study_progress progress = {
        .struct_size = sizeof progress,
        .threads = study->maker_count,
        .runs = o->runs,
        .runs_done = study->finished_count + study->fresh_count,
        .epochs = product(o->runs, each),
        .epochs_done = product(study->finished_count, each) + (uint64_t)(done > 0 ? done : 0),
    };
    return ends(study, "progress", o->progress(&progress, o->user_data));
}

/* Hears of epochs and parcels: an ib_task_progress_fn. */
static int32_t serve(int64_t events, void *user_data)
{
    (void)events;
    ib_study *study = user_data;
    int32_t answer = 0;
    for (uint32_t i = 0; i < study->maker_count && !answer; i++)
        answer = collect(study, &study->makers[i].parcel);
    if (!answer)
        answer = report(study);
    if (answer) { /* nobody listens after that, so nobody waits */
        pthread_mutex_lock(&study->lock);
        study->ending = 1;
        pthread_cond_broadcast(&study->saved);
        pthread_mutex_unlock(&study->lock);
    }
    return answer;
}

/* Hands over a record that is finished, and lets go of it. */
static int32_t hand_over(ib_study *study, ib_i_place *place)
{
    const ib_study_options *o = &study->options;
    const int32_t answer = o->done ? ends(study, "done", o->done(place->run, place->record, o->user_data)) : 0;
    ib_record_destroy(place->record);
    place->record = NULL;
    return answer;
}

/* An ib_task_done_fn. */
static int32_t take(uint64_t number, void *user_data)
{
    ib_study *study = user_data;
    study->handed = number + 1;
    return hand_over(study, &study->places[number % study->place_count]);
}

static int32_t work(const ib_task *task, void *user_data)
{
    const ib_study *study = user_data;
    return ib_i_maker_run(&study->makers[task->worker], task);
}

/* --- begin and end ------------------------------------------------------------------------------------------------*/

static ib_status create_makers(ib_study *study, uint64_t count)
{
    const uint32_t threads = ib_tasks_threads(study->options.threads, count);
    ib_context *context = study->context;
    study->makers = ib_i_alloc(context, threads, sizeof *study->makers);
    study->places = ib_i_alloc(context, AHEAD_EACH * (size_t)threads, sizeof *study->places);
    if (!study->makers || !study->places)
        return ib_i_fail_memory(context);
    for (; study->maker_count < threads; study->maker_count++) {
        const ib_status status = ib_i_maker_create(&study->makers[study->maker_count], study);
        if (status != IB_OK) {
            ib_i_maker_destroy(&study->makers[study->maker_count]);
            return status;
        }
    }
    for (; study->place_count < AHEAD_EACH * (size_t)threads; study->place_count++)
        IB_TRY(ib_context_create_child(context, &study->places[study->place_count].context));
    return IB_OK;
}

static void destroy_makers(ib_study *study)
{
    for (uint32_t i = 0; i < study->maker_count; i++)
        ib_i_maker_destroy(&study->makers[i]);
    for (size_t i = 0; i < study->place_count; i++) {
        ib_record_destroy(study->places[i].record);
        ib_context_destroy(study->places[i].context);
    }
    ib_i_free(study->context, study->makers);
    ib_i_free(study->context, study->places);
    ib_i_free(study->context, study->fresh);
    study->makers = NULL;
    study->places = NULL;
    study->fresh = NULL;
    study->maker_count = 0;
    study->place_count = study->fresh_count = 0;
}

/* What is left when no worker is at work: parcels that nobody has taken, and finished runs after an unfinished one. */
static ib_status clear_up(ib_study *study)
{
    for (uint32_t i = 0; i < study->maker_count; i++) {
        ib_i_parcel *parcel = &study->makers[i].parcel;
        const int open = parcel->state == IB_I_PARCEL_POSTED && parcel->outcome == IB_OUTCOME_OPEN;
        collect(study, parcel);
        if (open)
            IB_TRY(ib_i_study_keep_open(study, parcel->run, &study->bytes));
    }
    for (uint64_t t = study->handed; t < study->handed + study->place_count; t++) {
        ib_i_place *place = &study->places[t % study->place_count];
        if (ib_record_outcome(place->record) != IB_OUTCOME_OPEN && study->answer >= 0)
            hand_over(study, place);
    }
    return ib_i_study_add_finished(study, study->fresh, study->fresh_count);
}

/* A run that failed has the word, then we, then a callback. */
static ib_status conclude(ib_study *study, ib_status status)
{
    ib_context *context = study->context;
    const ib_i_place *failed = &study->places[study->handed % study->place_count];
    if (failed->status == IB_ERR_CALLBACK)
        context->callback_value = failed->callback_value;
    if (failed->status < 0)
        return ib_i_fail(context, failed->status, "run %llu: %s", (unsigned long long)failed->run, failed->message);
    if (study->trouble)
        return ib_i_fail_memory(context);
    if (study->answer)
        return ib_i_callback(context, study->answerer, study->answer);
    IB_TRY(ib_i_callback(context, "estimator", atomic_load(&study->halted)));
    return status;
}

static ib_status run_tasks(ib_study *study, uint64_t count)
{
    IB_TRY(create_makers(study, count));
    ib_tasks_options tasks;
    ib_tasks_options_init(&tasks);
    tasks.threads = study->maker_count;
    tasks.count = count;
    tasks.ahead = study->place_count;
    tasks.run = work;
    tasks.done = take;
    tasks.progress = serve;
    tasks.user_data = study;
    const ib_status status = ib_tasks_run(study->context, &tasks);
    IB_TRY(clear_up(study));
    return conclude(study, status);
}

ib_status ib_study_run(ib_study *study)
{
    if (!study)
        return IB_ERR_ARG;
    ib_context *context = study->context;
    if (study->running)
        return ib_i_fail(context, IB_ERR_STATE, "study: expected a call from outside its callbacks");
    const uint64_t count = study->options.runs - study->finished_count;
    study->running = 1;
    study->answer = 0;
    study->trouble = IB_OK;
    study->ending = 0;
    study->handed = 0;
    study->epochs_done = 0;
    atomic_store(&study->halted, 0);
    ib_i_hold(context); /* the caller may destroy it in a callback */
    ib_status status = count ? run_tasks(study, count) : IB_OK;
    destroy_makers(study);
    study->running = 0;
    if (study->doomed)
        ib_study_destroy(study);
    if (status == IB_OK)
        status = ib_i_ok(context);
    ib_context_destroy(context);
    return status;
}
