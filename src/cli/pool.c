#include "pool.h"

#include "interrupt.h"
#include "say.h"

#include <stdlib.h>
#include <string.h>

/* How many runs may be begun ahead of the oldest unfinished one, for each thread: a run that takes twice as long as the
 * others, because it was begun again, then keeps no thread waiting. */
#define AHEAD_EACH 2

/* Where a run leaves what it has come to, until it is handed over. */
typedef struct place {
    run_result result;
    const char *reason; /* why it failed, or NULL */
} place;

struct pool {
    const settings *asked;
    progress *told;
    pool_keep keep;
    void *user_data;
    ib_context *context;
    worker **workers; /* [n_workers] */
    uint32_t n_workers;
    place *places; /* run r is in r % n_places */
    size_t n_places;
    uint64_t kept; /* runs that were handed over */
};

/* What failed is said once, when it is known which run is the first that did. */
static void tell_warning(int32_t level, const char *message, void *user_data)
{
    (void)user_data;
    if (level == IB_LOG_WARNING)
        say("%s", message);
}

static int create_context(pool *p)
{
    ib_context_options options;
    ib_context_options_init(&options);
    options.log = tell_warning;
    ib_status status = ib_context_create(&options, &p->context);
    if (status)
        say("no context: %s", ib_status_name(status));
    return status ? -1 : 0;
}

static int create_workers(pool *p)
{
    const settings *asked = p->asked;
    p->n_workers = ib_tasks_threads(asked->own_threads ? (uint32_t)asked->threads : 0, asked->runs);
    p->n_places = AHEAD_EACH * (size_t)p->n_workers;
    p->workers = calloc(p->n_workers, sizeof(worker *));
    p->places = calloc(p->n_places, sizeof *p->places);
    int failed = !p->workers || !p->places;
    for (uint32_t i = 0; i < p->n_workers && !failed; i++) {
        p->workers[i] = worker_create(asked);
        failed = !p->workers[i];
    }
    if (failed)
        say("out of memory");
    return failed ? -1 : 0;
}

pool *pool_create(const settings *asked, progress *told)
{
    pool *p = calloc(1, sizeof *p);
    if (!p) {
        say("out of memory");
        return NULL;
    }
    p->asked = asked;
    p->told = told;
    if (create_context(p) || create_workers(p)) {
        pool_destroy(p);
        return NULL;
    }
    return p;
}

static void result_clear(run_result *result)
{
    free((void *)result->points);
    free((void *)result->curve);
    *result = (run_result){0};
}

void pool_destroy(pool *p)
{
    if (!p)
        return;
    for (size_t i = 0; p->places && i < p->n_places; i++)
        result_clear(&p->places[i].result);
    for (uint32_t i = 0; p->workers && i < p->n_workers; i++)
        worker_destroy(p->workers[i]);
    free(p->places);
    free(p->workers);
    ib_context_destroy(p->context);
    free(p);
}

uint32_t pool_size(const pool *p)
{
    return p->n_workers;
}

const char *pool_kernels(const pool *p)
{
    return ib_context_kernels(p->context);
}

/* A copy that outlives the worker's next run. */
static int result_copy(const run_result *from, run_result *to)
{
    ib_point *points = malloc(from->n_points * sizeof *points);
    curve_row *curve = malloc((from->epochs + 1) * sizeof *curve);
    if (!points || !curve) {
        free(points);
        free(curve);
        return -1;
    }
    *to = *from;
    to->points = memcpy(points, from->points, from->n_points * sizeof *points);
    to->curve = memcpy(curve, from->curve, (from->epochs + 1) * sizeof *curve);
    return 0;
}

/* One run, on the thread of a worker. */
static int32_t do_run(const ib_task *task, void *user_data)
{
    pool *p = user_data;
    place *own = &p->places[task->number % p->n_places];
    run_result result;
    switch (worker_run(p->workers[task->worker], task, &result)) {
    case RUN_FINISHED:
        if (result_copy(&result, &own->result) == 0)
            return 0;
        own->reason = "out of memory";
        return -1;
    case RUN_UNWANTED:
        return 1;
    case RUN_FAILED:
        break;
    }
    own->reason = worker_reason(p->workers[task->worker]); /* stays: a worker that failed finds no further run */
    return -1;
}

static int32_t keep_run(uint64_t run, void *user_data)
{
    pool *p = user_data;
    run_result *result = &p->places[run % p->n_places].result;
    int failed = p->keep(result, p->user_data);
    result_clear(result);
    p->kept += !failed;
    return failed ? -1 : 0;
}

static int32_t follow(int64_t epochs, void *user_data)
{
    pool *p = user_data;
    progress_epochs(p->told, (uint64_t)epochs);
    return interrupt_came();
}

/* Says why the runs failed, unless it was in being kept: then that has been said. */
static void tell_failure(const pool *p, ib_status status)
{
    const char *reason = p->places[p->kept % p->n_places].reason;
    if (status != IB_ERR_CALLBACK)
        say("%s", ib_context_message(p->context));
    else if (reason)
        say("%s", reason);
}

pool_outcome pool_run(pool *p, pool_keep keep, void *user_data)
{
    ib_tasks_options options;
    ib_tasks_options_init(&options);
    options.threads = p->n_workers;
    options.count = p->asked->runs;
    options.ahead = p->n_places;
    options.run = do_run;
    options.done = keep_run;
    options.progress = follow;
    options.user_data = p;
    p->keep = keep;
    p->user_data = user_data;
    ib_status status = ib_tasks_run(p->context, &options);
    if (status >= 0)
        return p->kept == p->asked->runs ? POOL_FINISHED : POOL_INTERRUPTED;
    tell_failure(p, status);
    return POOL_FAILED;
}
