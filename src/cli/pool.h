/* Shares the runs of a study among threads, each with a worker of its own, and hands them over in order. */
#ifndef IB_CLI_POOL_H
#define IB_CLI_POOL_H

#include "progress.h"
#include "settings.h"
#include "worker.h"

/* Most threads that can be asked for. */
#define POOL_MOST_THREADS 1024

/* Takes a finished run; what it points to is gone after the call. Called for run 0, 1, 2, ... in this order, never by
 * two threads at once. 0, or -1 after saying why. */
typedef int (*pool_keep)(const run_result *result, void *user_data);

typedef struct pool pool;

/* Creates the workers: as many as threads are asked for, but no more than runs. NULL after saying why. `asked` and
 * `told` outlive the pool. */
pool *pool_create(const settings *asked, progress *told);

/* Frees a pool; may be NULL. */
void pool_destroy(pool *p);

/* Does all runs, once. What is kept is always runs 0 to r - 1 for some r, whatever the number of threads: all runs; or
 * those before the first one that failed, in itself or in being kept (RUN_FAILED, one line has been said); or those
 * before the first one that an interrupt left unfinished (RUN_INTERRUPTED). */
run_outcome pool_run(pool *p, pool_keep keep, void *user_data);

/* Number of workers. */
size_t pool_size(const pool *p);

/* Name of the kernels in use. */
const char *pool_kernels(const pool *p);

#endif
