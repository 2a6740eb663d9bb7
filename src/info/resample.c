#include "info/resample.h"

#include "base/memory.h"

#include <libib/tasks.h>

#include <math.h>

/* Rows of a task, so that it takes some tenths of a millisecond or one resample; and most resamples of one. */
#define TASK_ROWS UINT64_C(262144)
#define TASK_MOST UINT64_C(1024)

/* Blocks of memory of threads do not share a line. */
#define LINE ((size_t)64)

/* What is 0 in the options. */
#define RESAMPLES UINT64_C(1000)
#define LEVEL 0.95

ib_status ib_i_significance_options_read(ib_context *context, const ib_significance_options *options,
                                         ib_significance_options *full)
{
    ib_significance_options o;
    IB_TRY(ib_i_options_read(context, options, sizeof o, &o, sizeof o));
    if (o.resamples == 0)
        o.resamples = RESAMPLES;
    if (o.resamples > UINT32_MAX)
        return ib_i_fail(context, IB_ERR_RANGE, "resamples: expected fewer than 2^32, got %llu",
                         (unsigned long long)o.resamples);
    if (o.level == 0)
        o.level = LEVEL;
    if (!(o.level > 0 && o.level < 1))
        return ib_i_fail(context, IB_ERR_RANGE, "level: expected between 0 and 1, got %g", o.level);
    *full = o;
    return IB_OK;
}

typedef struct work {
    const ib_significance_options *options;
    const ib_i_resampling *resampling;
    uint64_t chunk, tasks; /* resamples of a task, but for the last one */
    uint64_t ahead;        /* tasks whose values there is room for */
    ib_i_wide *values;     /* [ahead][chunk]: of task t at t % ahead */
    unsigned char *scratch;
    size_t stride;  /* of the memory of threads */
    int32_t answer; /* what progress answered when it ended the work */
} work;

static uint64_t first_of(const work *w, uint64_t task)
{
    return task * w->chunk;
}

static uint64_t end_of(const work *w, uint64_t task)
{
    const uint64_t end = first_of(w, task + 1);
    return end < w->options->resamples ? end : w->options->resamples;
}

static int32_t run_task(const ib_task *task, void *user_data)
{
    const work *w = user_data;
    const ib_i_resampling *r = w->resampling;
    ib_i_wide *values = w->values + task->number % w->ahead * w->chunk;
    void *scratch = w->scratch + task->worker * w->stride;
    const uint64_t first = first_of(w, task->number), end = end_of(w, task->number);
    for (uint64_t number = first; number < end; number++) {
        ib_rng rng = ib_i_rng_begin(task->context, w->options->seed, ib_rng_stream(number, 0, r->purpose));
        values[number - first] = r->measure(r->plan, scratch, &rng);
    }
    return 0;
}

/* A positive answer ends the work without a word; ib_i_resample() has the word. */
static int32_t take_task(uint64_t number, void *user_data)
{
    work *w = user_data;
    const ib_i_wide *values = w->values + number % w->ahead * w->chunk;
    const uint64_t first = first_of(w, number), end = end_of(w, number);
    for (uint64_t r = first; r < end; r++)
        w->resampling->take(w->resampling->taker, r, values[r - first]);
    if (w->options->progress)
        w->answer = w->options->progress(end, w->options->resamples, w->options->user_data);
    return w->answer != 0;
}

static ib_status run_tasks(ib_context *context, work *w, uint32_t threads)
{
    ib_tasks_options options;
    ib_tasks_options_init(&options);
    options.threads = threads;
    options.count = w->tasks;
    options.ahead = w->ahead;
    options.run = run_task;
    options.done = take_task;
    options.user_data = w;
    w->stride = (w->resampling->scratch + LINE - 1) / LINE * LINE;
    w->values = ib_i_alloc(context, (size_t)w->ahead, (size_t)w->chunk * sizeof *w->values);
    w->scratch = ib_i_alloc(context, threads, w->stride);
    const ib_status status = w->values && w->scratch ? ib_tasks_run(context, &options) : ib_i_fail_memory(context);
    ib_i_free(context, w->values);
    ib_i_free(context, w->scratch);
    return status;
}

ib_status ib_i_resample(ib_context *context, const ib_significance_options *options, const ib_i_resampling *resampling)
{
    const uint64_t fit = TASK_ROWS / (resampling->rows + UINT64_C(1)), m = options->resamples;
    work w = {.options = options, .resampling = resampling};
    w.chunk = fit == 0 ? 1 : fit < TASK_MOST ? fit : TASK_MOST;
    w.tasks = (m - 1) / w.chunk + 1;
    const uint32_t threads = ib_tasks_threads(options->threads, w.tasks);
    w.ahead = 2 * (uint64_t)threads;
    const ib_status status = run_tasks(context, &w, threads);
    return w.answer != 0 ? ib_i_callback(context, "progress", w.answer) : status;
}

void ib_i_spread_add(ib_i_spread *spread, ib_i_wide sum, double value)
{
    const double before = value - spread->mean;
    spread->sum += sum;
    spread->count += 1;
    spread->mean += before / spread->count;
    spread->squares += before * (value - spread->mean);
}

double ib_i_spread_deviation(const ib_i_spread *spread)
{
    return spread->count > 1 ? sqrt(spread->squares / (spread->count - 1)) : NAN;
}
