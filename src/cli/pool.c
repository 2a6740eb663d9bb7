#include "pool.h"

#include "say.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How many runs may be begun ahead of the oldest unfinished one, for each thread: a run that takes twice as long as the
 * others, because it was begun again, then keeps no thread waiting. */
#define AHEAD_EACH 2

struct pool {
    worker **workers;
    size_t n_workers;
    pool_keep keep;
    void *user_data;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t moved; /* `kept` or `wanted` has changed */
    run_limit wanted;     /* runs from here on are not wanted; workers look at it without the lock */
    uint64_t taken;       /* runs that were begun */
    uint64_t kept;        /* runs that were handed over */
    int keeping;          /* a thread is handing over */
    run_result *finished; /* run r is in r % n_finished until it is handed over; no curve: not there */
    size_t n_finished;
    run_outcome outcome; /* why `wanted` is no longer all runs */
    const char *reason;  /* what there is to say about that, or NULL */
};

/* One thread's share of a pool. */
typedef struct share {
    pool *p;
    worker *one;
    pthread_t thread;
} share;

static size_t count_threads(const settings *asked)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t n = asked->own_threads ? asked->threads : cores > 1 ? (uint64_t)cores : 1;
    if (n > asked->runs)
        n = asked->runs;
    if (n > POOL_MOST_THREADS)
        n = POOL_MOST_THREADS;
    return n > 1 ? (size_t)n : 1;
}

static int create_workers(pool *p, const settings *asked, progress *told)
{
    size_t n = count_threads(asked);
    p->workers = calloc(n, sizeof(worker *));
    p->finished = calloc(AHEAD_EACH * n, sizeof *p->finished);
    if (!p->workers || !p->finished) {
        say("out of memory");
        return -1;
    }
    p->n_finished = AHEAD_EACH * n;
    for (; p->n_workers < n; p->n_workers++) {
        p->workers[p->n_workers] = worker_create(asked, told, &p->wanted);
        if (!p->workers[p->n_workers])
            return -1;
    }
    return 0;
}

pool *pool_create(const settings *asked, progress *told)
{
    pool *p = calloc(1, sizeof *p);
    if (!p || pthread_mutex_init(&p->lock, NULL) || pthread_cond_init(&p->moved, NULL)) {
        say("out of memory");
        free(p);
        return NULL;
    }
    atomic_init(&p->wanted, asked->runs);
    if (create_workers(p, asked, told)) {
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
    for (size_t i = 0; i < p->n_finished; i++)
        result_clear(&p->finished[i]);
    for (size_t i = 0; i < p->n_workers; i++)
        worker_destroy(p->workers[i]);
    free(p->finished);
    free(p->workers);
    pthread_cond_destroy(&p->moved);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

size_t pool_size(const pool *p)
{
    return p->n_workers;
}

const char *pool_kernels(const pool *p)
{
    return worker_kernels(p->workers[0]);
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

/* A run was not finished: it and those after it are no longer wanted. Those before it are, and go on, so that what is
 * kept does not depend on which thread was faster. */
static void give_up(pool *p, uint64_t run, run_outcome outcome, const char *reason)
{
    if (run >= p->wanted)
        return;
    p->wanted = run;
    p->outcome = outcome;
    p->reason = reason;
    pthread_cond_broadcast(&p->moved);
}

/* Hands over what is finished and has its turn, without the lock while it does. A thread that finds another at it
 * leaves its result to that one. */
static void keep_what_is_next(pool *p)
{
    if (p->keeping)
        return;
    p->keeping = 1;
    while (p->kept < p->wanted && p->finished[p->kept % p->n_finished].curve) {
        run_result *next = &p->finished[p->kept % p->n_finished];
        pthread_mutex_unlock(&p->lock);
        int failed = p->keep(next, p->user_data);
        result_clear(next);
        pthread_mutex_lock(&p->lock);
        if (failed)
            give_up(p, p->kept, RUN_FAILED, NULL);
        else
            p->kept++;
        pthread_cond_broadcast(&p->moved);
    }
    p->keeping = 0;
}

/* Waits until a run may be begun. 0 if there is none left. */
static int take(pool *p, uint64_t *run)
{
    pthread_mutex_lock(&p->lock);
    while (p->taken < p->wanted && p->taken - p->kept >= p->n_finished)
        pthread_cond_wait(&p->moved, &p->lock);
    int found = p->taken < p->wanted;
    if (found)
        *run = p->taken++;
    pthread_mutex_unlock(&p->lock);
    return found;
}

static void put(pool *p, uint64_t run, run_outcome outcome, const run_result *finished, const char *reason)
{
    pthread_mutex_lock(&p->lock);
    if (outcome == RUN_FINISHED) {
        p->finished[run % p->n_finished] = *finished;
        keep_what_is_next(p);
    } else
        give_up(p, run, outcome, reason);
    pthread_mutex_unlock(&p->lock);
}

static void *work(void *argument)
{
    share *own = argument;
    uint64_t run;
    while (take(own->p, &run)) {
        run_result result, copy;
        const char *reason = NULL;
        run_outcome outcome = worker_run(own->one, run, &result);
        if (outcome == RUN_FAILED)
            reason = worker_reason(own->one); /* stays, since a worker that failed finds no further run */
        else if (outcome == RUN_FINISHED && result_copy(&result, &copy)) {
            outcome = RUN_FAILED;
            reason = "out of memory";
        }
        put(own->p, run, outcome, &copy, reason);
    }
    return NULL;
}

/* The calling thread is one of them. Those that cannot be started are not needed for the result. */
static void work_together(pool *p, share *shares)
{
    size_t started = 1;
    for (size_t i = 0; i < p->n_workers; i++)
        shares[i] = (share){.p = p, .one = p->workers[i]};
    while (started < p->n_workers && !pthread_create(&shares[started].thread, NULL, work, &shares[started]))
        started++;
    if (started < p->n_workers)
        say("only %zu of %zu threads could be started", started, p->n_workers);
    work(&shares[0]);
    while (--started > 0)
        pthread_join(shares[started].thread, NULL);
}

run_outcome pool_run(pool *p, pool_keep keep, void *user_data)
{
    share *shares = calloc(p->n_workers, sizeof *shares);
    if (!shares) {
        say("out of memory");
        return RUN_FAILED;
    }
    p->keep = keep;
    p->user_data = user_data;
    work_together(p, shares);
    free(shares);
    if (p->reason)
        say("%s", p->reason);
    return p->outcome;
}
