/* Trains one run after the other and measures it: a context, a network, an observer and a plane of its own. Workers of
 * different threads have nothing in common but `asked`, which is read, `told`, and the limit. */
#ifndef IB_CLI_WORKER_H
#define IB_CLI_WORKER_H

#include "progress.h"
#include "settings.h"

#include <libib/libib.h>

#include <stdatomic.h>

/* One row of the training curve. */
typedef struct curve_row {
    double train_loss; /* running values: training mode, while the epoch went on */
    double train_accuracy;
    double test_accuracy;
} curve_row;

/* What a finished run leaves; borrowed from the worker until its next run. */
typedef struct run_result {
    uint64_t run; /* from 0, as in ib_train_options */
    const ib_point *points;
    size_t n_points;
    const curve_row *curve; /* curve[epochs + 1] */
    size_t epochs;
    double train_accuracy; /* last epoch, inference mode */
    double test_accuracy;
    double bad_accuracy; /* a last running accuracy below this is a bad fit */
    uint32_t restarts;
} run_result;

typedef enum run_outcome {
    RUN_FINISHED,
    RUN_INTERRUPTED, /* by a signal, or because it is not wanted any more */
    RUN_FAILED
} run_outcome;

/* Runs from this one on are not wanted; may fall while a worker is at one of them. */
typedef _Atomic uint64_t run_limit;

typedef struct worker worker;

/* Creates a worker. NULL after saying why. `asked`, `told` and `wanted` outlive it. */
worker *worker_create(const settings *asked, progress *told, const run_limit *wanted);

/* Frees a worker; may be NULL. */
void worker_destroy(worker *one);

/* Trains and measures one run. A run that its preset does not accept is begun again with the next attempt. */
run_outcome worker_run(worker *one, uint64_t run, run_result *result);

/* Why the last run failed, in one line; borrowed until the next run. */
const char *worker_reason(const worker *one);

/* Name of the kernels in use. */
const char *worker_kernels(const worker *one);

#endif
