/* Trains one run after the other and measures it: a network, an observer and a plane of its own, all made from the
 * context that its tasks come with. Workers have nothing in common but `asked`, which is read. */
#ifndef IB_CLI_WORKER_H
#define IB_CLI_WORKER_H

#include "settings.h"

#include <libib/libib.h>

/* One row of the training curve. */
typedef struct curve_row {
    double train_loss; /* running values: training mode, while the epoch went on */
    double train_accuracy;
    double test_accuracy; /* this and what follows: after the epoch, in inference mode */
    double test_loss;
    double after_loss; /* of the training rows */
    double after_accuracy;
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
    RUN_UNWANTED, /* ib_tasks_step() said so */
    RUN_FAILED
} run_outcome;

typedef struct worker worker;

/* Creates a worker. NULL if there is no memory. `asked` outlives it. */
worker *worker_create(const settings *asked);

/* Frees a worker; may be NULL. */
void worker_destroy(worker *one);

/* Trains and measures the run that is a task; each epoch is a step of it. A run that its preset does not accept is
 * begun again with the next attempt. All tasks of a worker have the same context. */
run_outcome worker_run(worker *one, const ib_task *task, run_result *result);

/* Why the last run failed, in one line; borrowed until the next run. */
const char *worker_reason(const worker *one);

#endif
