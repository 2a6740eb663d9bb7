#define _POSIX_C_SOURCE 200809L /* signals of threads */

#include <libib/tasks.h>

#include "base/context.h"
#include "base/cores.h"
#include "base/memory.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef struct worker {
    struct pool *pool;
    ib_context *context;
    pthread_t thread;
} worker;

/* All tasks of a call. Those below `handed` were handed over, those below `taken` were begun, and those from `end` on
 * are not wanted. */
typedef struct pool {
    ib_context *context;
    ib_tasks_options options; /* without unset members */
    worker *workers;          /* [options.threads] */
    uint8_t *finished;        /* [options.ahead] whether task t is done, at t % ahead, until it is handed over */
    int alone;                /* the caller is the only worker */
    pthread_mutex_t lock;     /* guards what follows */
    pthread_cond_t room;      /* `handed` or `end` has moved; workers wait for it */
    pthread_cond_t news;      /* something else has happened; the caller waits for it */
    uint32_t working;         /* threads that are not through */
    uint64_t taken, handed, end;
    int64_t steps, told;            /* reported by tasks; passed on to progress */
    int32_t answer;                 /* what run or done answered, so that `end` is where it is; 0: neither did */
    char reason[IB_I_MESSAGE_SIZE]; /* what there is to say of that, if it is negative */
    int32_t progress_answer;        /* what progress answered when it ended the work; 0: it did not */
} pool;

void ib_tasks_options_init(ib_tasks_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

uint32_t ib_tasks_threads(uint32_t threads, uint64_t count)
{
    uint32_t n = threads ? threads : ib_i_cores();
    if (n > count)
        n = (uint32_t)count;
    if (n > IB_TASKS_MOST_THREADS)
        n = IB_TASKS_MOST_THREADS;
    return n > 1 ? n : 1;
}

/* Lets nothing from a task on be wanted. Those before it are, and go on, so that what is handed over does not depend on
 * which thread was faster. */
static void end_before(pool *p, uint64_t number, int32_t answer)
{
    p->end = number;
    p->answer = answer;
    pthread_cond_broadcast(&p->room);
}

static void tell_progress(pool *p)
{
    const int64_t steps = p->told = p->steps;
    pthread_mutex_unlock(&p->lock);
    const int32_t answer = p->options.progress(steps, p->options.user_data);
    pthread_mutex_lock(&p->lock);
    if (answer == 0)
        return;
    p->progress_answer = answer;
    if (p->taken < p->end)
        p->end = p->taken;
    pthread_cond_broadcast(&p->room);
}

static void hand_over(pool *p)
{
    int32_t answer = 0;
    p->finished[p->handed % p->options.ahead] = 0;
    if (p->options.done) {
        pthread_mutex_unlock(&p->lock);
        answer = p->options.done(p->handed, p->options.user_data); /* nobody else moves `handed` */
        pthread_mutex_lock(&p->lock);
    }
    p->handed++;
    if (answer != 0) {
        snprintf(p->reason, sizeof p->reason, "done callback failed with %d", (int)answer);
        end_before(p, p->handed, answer);
    }
    pthread_cond_broadcast(&p->room);
}

/* Calls what is to be called on the thread of the caller, until there is nothing more to say. */
static void serve(pool *p)
{
    for (;;)
        if (p->handed < p->end && p->finished[p->handed % p->options.ahead])
            hand_over(p);
        else if (p->options.progress && !p->progress_answer && p->told != p->steps)
            tell_progress(p);
        else
            return;
}

/* Lets the caller know. */
static void announce(pool *p)
{
    if (p->alone)
        serve(p);
    else
        pthread_cond_signal(&p->news);
}

int32_t ib_tasks_step(const ib_task *task, int64_t steps)
{
    if (!task || !task->tasks)
        return 0;
    pool *p = task->tasks;
    pthread_mutex_lock(&p->lock);
    p->steps += steps;
    if (steps != 0 && p->options.progress)
        announce(p);
    const int32_t unwanted = p->progress_answer || task->number >= p->end;
    pthread_mutex_unlock(&p->lock);
    return unwanted;
}

/* Waits until a task may be begun. 0 if there is none left. */
static int take(pool *p, uint64_t *number)
{
    pthread_mutex_lock(&p->lock);
    while (p->taken < p->end && p->taken - p->handed >= p->options.ahead)
        pthread_cond_wait(&p->room, &p->lock);
    const int found = p->taken < p->end;
    if (found)
        *number = p->taken++;
    pthread_mutex_unlock(&p->lock);
    return found;
}

static void describe_failure(const ib_task *task, int32_t answer, char *reason, size_t size)
{
    const unsigned long long number = task->number;
    const char *message = ib_context_message(task->context);
    if (*message)
        snprintf(reason, size, "task %llu: %s", number, message);
    else
        snprintf(reason, size, "task %llu failed with %d", number, (int)answer);
}

static void finish(pool *p, const ib_task *task, int32_t answer)
{
    pthread_mutex_lock(&p->lock);
    if (answer == 0) {
        p->finished[task->number % p->options.ahead] = 1;
        announce(p);
    } else if (task->number < p->end) {
        describe_failure(task, answer, p->reason, sizeof p->reason);
        end_before(p, task->number, answer);
    }
    pthread_mutex_unlock(&p->lock);
}

static void *work(void *argument)
{
    const worker *own = argument;
    pool *p = own->pool;
    ib_task task = {
        .struct_size = sizeof task, .worker = (uint32_t)(own - p->workers), .context = own->context, .tasks = p};
    while (take(p, &task.number)) {
        ib_i_ok(task.context); /* a message is of this task, not of one before */
        finish(p, &task, p->options.run(&task, p->options.user_data));
    }
    pthread_mutex_lock(&p->lock);
    p->working--;
    pthread_cond_signal(&p->news);
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* Signals are for the threads of the caller, but for those that a thread gives itself by a mistake. */
static void block_signals(sigset_t *before)
{
    static const int own[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP};
    sigset_t others;
    sigfillset(&others);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sigdelset(&others, own[i]);
    pthread_sigmask(SIG_BLOCK, &others, before);
}

/* How many threads could be started. */
static uint32_t start_threads(pool *p)
{
    const uint32_t n = p->options.threads;
    uint32_t started = 0;
    sigset_t before;
    p->working = n;
    block_signals(&before); /* new threads begin with what is blocked here */
    while (started < n && !pthread_create(&p->workers[started].thread, NULL, work, &p->workers[started]))
        started++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started < n)
        ib_i_log(p->context, IB_LOG_WARNING, "only %u of %u threads could be started", started ? started : 1, n);
    pthread_mutex_lock(&p->lock);
    p->working -= n - started;
    pthread_mutex_unlock(&p->lock);
    return started;
}

static void do_tasks(pool *p)
{
    const uint32_t started = p->options.threads > 1 ? start_threads(p) : 0;
    if (started == 0) {
        p->alone = 1;
        work(&p->workers[0]);
        return;
    }
    pthread_mutex_lock(&p->lock);
    for (serve(p); p->working > 0; serve(p))
        pthread_cond_wait(&p->news, &p->lock);
    pthread_mutex_unlock(&p->lock);
    for (uint32_t i = 0; i < started; i++)
        pthread_join(p->workers[i].thread, NULL);
}

static ib_status resolve(ib_context *context, const ib_tasks_options *options, ib_tasks_options *full)
{
    if (!options)
        return ib_i_fail_null(context, "options");
    IB_TRY(ib_i_options_read(context, options, sizeof *full, full, sizeof *full));
    if (!full->run)
        return ib_i_fail_null(context, "run");
    full->threads = ib_tasks_threads(full->threads, full->count);
    if (full->ahead == 0)
        full->ahead = 2 * (uint64_t)full->threads;
    if (full->ahead > full->count)
        full->ahead = full->count;
    return IB_OK;
}

static ib_status create_workers(pool *p)
{
    const ib_tasks_options *o = &p->options;
    p->workers = ib_i_alloc(p->context, o->threads, sizeof *p->workers);
    if (o->ahead <= SIZE_MAX)
        p->finished = ib_i_alloc(p->context, (size_t)o->ahead, sizeof *p->finished);
    if (!p->workers || !p->finished)
        return ib_i_fail_memory(p->context);
    for (uint32_t i = 0; i < o->threads; i++) {
        p->workers[i].pool = p;
        IB_TRY(ib_context_create_child(p->context, &p->workers[i].context));
    }
    return IB_OK;
}

static void destroy_workers(pool *p)
{
    for (uint32_t i = 0; p->workers && i < p->options.threads; i++)
        ib_context_destroy(p->workers[i].context);
    ib_i_free(p->context, p->workers);
    ib_i_free(p->context, p->finished);
    pthread_cond_destroy(&p->news);
    pthread_cond_destroy(&p->room);
    pthread_mutex_destroy(&p->lock);
}

/* A task that failed has the word, then progress, then whoever wanted to stop. */
static ib_status conclude(pool *p)
{
    if (p->answer < 0) {
        p->context->callback_value = p->answer;
        return ib_i_fail(p->context, IB_ERR_CALLBACK, "%s", p->reason);
    }
    IB_TRY(ib_i_callback(p->context, "progress", p->progress_answer));
    IB_TRY(ib_i_callback(p->context, "done", p->answer));
    return ib_i_ok(p->context);
}

ib_status ib_tasks_run(ib_context *context, const ib_tasks_options *options)
{
    if (!context)
        return IB_ERR_ARG;
    pool p = {
        .context = context,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .room = PTHREAD_COND_INITIALIZER,
        .news = PTHREAD_COND_INITIALIZER,
    };
    IB_TRY(resolve(context, options, &p.options));
    p.end = p.options.count;
    ib_i_hold(context); /* the caller may destroy it in a callback */
    ib_status status = create_workers(&p);
    if (status == IB_OK) {
        do_tasks(&p);
        status = conclude(&p);
    }
    destroy_workers(&p);
    ib_context_destroy(context);
    return status;
}
