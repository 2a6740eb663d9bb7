/* Does the runs of a study as tasks of the library, and hands them over in order. */
#ifndef IB_CLI_POOL_H
#define IB_CLI_POOL_H

#include "progress.h"
#include "settings.h"
#include "worker.h"

/* Takes a finished run; what it points to is gone after the call. Called for run 0, 1, 2, ... in this order, on the
 * thread of pool_run(). 0, or -1 after saying why. */
typedef int (*pool_keep)(const run_result *result, void *user_data);

typedef enum pool_outcome {
    POOL_FINISHED,
    POOL_INTERRUPTED, /* by a signal */
    POOL_FAILED
} pool_outcome;

typedef struct pool pool;

/* Creates the workers: as many as threads are asked for, but no more than runs. NULL after saying why. `asked` and
 * `told` outlive the pool. */
pool *pool_create(const settings *asked, progress *told);

/* Frees a pool; may be NULL. */
void pool_destroy(pool *p);

/* Does all runs, once. What is kept is always runs 0 to r - 1 for some r, whatever the number of threads: all runs; or
 * those before the first one that failed, in itself or in being kept (one line has been said); or those before the
 * first one that an interrupt left unfinished. */
pool_outcome pool_run(pool *p, pool_keep keep, void *user_data);

/* Number of workers. */
uint32_t pool_size(const pool *p);

/* Name of the kernels in use. */
const char *pool_kernels(const pool *p);

#endif
