/** @file tasks.h
 *  @brief Repeats side by side: independent tasks on several threads.
 */
#ifndef LIBIB_TASKS_H
#define LIBIB_TASKS_H

#include <libib/context.h>

/** @defgroup tasks Tasks
 *  @brief Tasks that have nothing to do with each other, such as the repeats of a study, done on several threads.
 *
 *  A **worker** is a thread with a context of its own, a child of the caller's. It does one task after the other; what
 *  it needs for them (a network, an observer) is made from its context, once, and kept by ib_task::worker.
 *
 *  Workers call nothing but ib_tasks_options::run, and the log of the context. All other callbacks are called on the
 *  **thread that called ib_tasks_run()**, one at a time, so they may use what is the caller's, its context too, and
 *  need no lock. With one worker that thread does the tasks as well.
 *
 *  **What does not depend on the number of threads**
 *
 *  - Tasks are begun in ascending order, and handed over to ib_tasks_options::done in ascending order.
 *  - What is handed over is always tasks 0 to n - 1 for some n. Where a task stops or fails, n is the number of the
 *    lowest one that does: those before it are finished first, those after it are dropped, and those of them that are
 *    at work learn it from ib_tasks_step().
 *  - It is that task that the result of ib_tasks_run() and the message speak of.
 *
 *  So whoever writes and sums in ib_tasks_options::done gets the same bytes for any number of threads. Where it is the
 *  callback for progress that ends the work, n depends on the moment.
 *  @{
 */

/** Limits. */
enum {
    IB_TASKS_MOST_THREADS = 1024 /**< most threads that ib_tasks_run() uses */
};

/** One task, as the worker sees it. */
typedef struct ib_task {
    uint32_t struct_size; /**< bytes of this struct as the library knows it */
    uint32_t worker;      /**< who does it: below ib_tasks_threads(); is at no other task meanwhile */
    uint64_t number;      /**< which: 0 to count - 1 */
    ib_context *context;  /**< the worker's; what is made from it may outlive ib_tasks_run() */
    void *tasks;          /**< the library's own */
} ib_task;

/** Does a task, on the thread of a worker.
 *
 *  @param task       the task; valid during the call
 *  @param user_data  as given in ib_tasks_options
 *  @return 0 when it is done, positive to stop, negative to fail; a status of the library will do
 */
typedef int32_t (*ib_task_run_fn)(const ib_task *task, void *user_data);

/** Takes a finished task, on the thread of the caller.
 *
 *  @param number     its number: 0, 1, 2, ... in this order
 *  @param user_data  as given in ib_tasks_options
 *  @return 0 to go on, positive to stop, negative to fail
 */
typedef int32_t (*ib_task_done_fn)(uint64_t number, void *user_data);

/** Hears how far the work is, on the thread of the caller.
 *
 *  @param steps      sum of what tasks have reported with ib_tasks_step(); several reports may come as one
 *  @param user_data  as given in ib_tasks_options
 *  @return 0 to go on, positive to stop, negative to fail: then no further task is begun
 */
typedef int32_t (*ib_task_progress_fn)(int64_t steps, void *user_data);

/** What to do. */
typedef struct ib_tasks_options {
    uint32_t struct_size;         /**< bytes of this struct as the caller knows it */
    uint32_t threads;             /**< how many; 0: one for each core that this process may use */
    uint64_t count;               /**< number of tasks; 0: nothing is done */
    uint64_t ahead;               /**< most tasks begun and not yet handed over: results fit in a ring of so many, that
                                       of task t at t % ahead; 0: twice ib_tasks_threads() */
    ib_task_run_fn run;           /**< does a task; not NULL */
    ib_task_done_fn done;         /**< takes a finished task, or NULL */
    ib_task_progress_fn progress; /**< hears of steps, or NULL */
    void *user_data;              /**< passed to all of them */
} ib_tasks_options;

IB_BEGIN_DECLS

/** Fills options with the defaults: all zero.
 *
 *  @param[out] options  written
 *  @since 0.1
 */
IB_API void ib_tasks_options_init(ib_tasks_options *options);

/** How many workers ib_tasks_run() has: no more than tasks, and no more than #IB_TASKS_MOST_THREADS.
 *
 *  The cores are those that the process may run on; on Linux its affinity counts, and the quota of a container (control
 *  groups, version 2).
 *
 *  @param threads  as in ib_tasks_options; 0: one for each core
 *  @param count    number of tasks
 *  @return the number; at least 1
 *  @since 0.1
 */
IB_API uint32_t ib_tasks_threads(uint32_t threads, uint64_t count);

/** Does tasks, and returns when no worker is at any.
 *
 *  Threads that cannot be started are done without: fewer workers do the same, and the log gets a line as
 *  #IB_LOG_WARNING. Threads of workers receive no signals, these are left to the threads of the caller; their stack has
 *  the size that the system gives by default.
 *
 *  A task that fails gives #IB_ERR_CALLBACK; what it returned is ib_context_callback_value(), and the message names
 *  the task and says what the message of its context was.
 *
 *  @param context  the parent of the workers' contexts; its allocator must be thread-safe
 *  @param options  what to do; not NULL
 *  @retval IB_OK all tasks are done
 *  @retval IB_STOPPED a callback asked to stop; its value is ib_context_callback_value()
 *  @return #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_CALLBACK a callback failed; its value is ib_context_callback_value()
 *  @since 0.1
 */
IB_API ib_status ib_tasks_run(ib_context *context, const ib_tasks_options *options);

/** Reports steps of a task, and asks whether it is still wanted. What a step is, and how many a task has, is up to the
 *  caller; the answer is one that a callback such as #ib_epoch_fn can give at once.
 *
 *  Called on the thread of the task's worker.
 *
 *  @param task   the task that run was called with
 *  @param steps  steps done; negative takes back, 0 only asks
 *  @return 0 to go on; 1 if the task is not wanted any more, since an earlier one has stopped or failed or progress has
 *          ended the work: then run should return a positive number soon. 0 if task is NULL
 *  @since 0.1
 */
IB_API int32_t ib_tasks_step(const ib_task *task, int64_t steps);

/** @} */

IB_END_DECLS

#endif
