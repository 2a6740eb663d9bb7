/* Tasks side by side are handed over as if they came one after the other, however they overtake each other, stop or
 * fail. Tasks wait for each other by what has happened, not for a time. Asserts may not jump out of a thread, so
 * workers only note what they see. */
#define _POSIX_C_SOURCE 200809L /* nanosleep() */

#include "support.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MOST_TASKS = 64, MOST_WORKERS = 8, NOBODY = MOST_TASKS, ALL_THREADS = 4 };

static const uint32_t thread_numbers[ALL_THREADS] = {1, 2, 3, 7};

typedef enum action { FINISH, FINISH_ANYWAY, FAIL, FAIL_SILENTLY, STOP, NEVER_END } action;

/* What the tasks do, and what became of them. */
static struct {
    action actions[MOST_TASKS];
    uint64_t waits_for[MOST_TASKS]; /* the task does this after that one is over */
    atomic_int over[MOST_TASKS];
    atomic_int times[MOST_TASKS];
    atomic_int at_work[MOST_WORKERS]; /* 1 while the worker is at a task */
    _Atomic(ib_context *) contexts[MOST_WORKERS];
    atomic_int wrong;     /* something that workers saw */
    atomic_uint kept;     /* handed over */
    atomic_uint farthest; /* a task was begun so many after the first that was not handed over */
    uint64_t numbers[MOST_TASKS];
    pthread_t caller;
    int called_wrongly;
    int64_t steps;   /* heard by progress the last time */
    int64_t stop_at; /* progress answers this ... */
    int32_t answer;  /* ... from so many steps on */
    int answered;
    uint64_t done_answers_at;
    int32_t done_answer;
} play;

static struct {
    int armed;
    size_t left; /* so many threads can be started */
} threads;

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument)
{
    return threads.armed && threads.left-- == 0 ? EAGAIN : __real_pthread_create(thread, attributes, body, argument);
}

static void note_distance(uint64_t number)
{
    unsigned distance = (unsigned)number - atomic_load(&play.kept), before = atomic_load(&play.farthest);
    while (distance > before && !atomic_compare_exchange_weak(&play.farthest, &before, distance))
        ;
}

/* Until that task is over; of NOBODY, until this one is not wanted any more. */
static int32_t wait_for(uint64_t other, const ib_task *task)
{
    static const struct timespec moment = {.tv_nsec = 100000};
    int32_t unwanted = 0;
    while (!unwanted && (other == NOBODY || !atomic_load(&play.over[other]))) {
        nanosleep(&moment, NULL);
        unwanted = other == NOBODY ? ib_tasks_step(task, 0) : 0;
    }
    return unwanted;
}

static int32_t act(const ib_task *task)
{
    if (play.waits_for[task->number] != NOBODY)
        wait_for(play.waits_for[task->number], task);
    switch (play.actions[task->number]) {
    case FAIL:
        return ib_rng_create(task->context, 1, 0, NULL);
    case FAIL_SILENTLY:
        return -99;
    case STOP:
        return 44;
    case NEVER_END:
        atomic_store(&play.over[task->number], 1); /* as far as others care */
        return wait_for(NOBODY, task) ? 45 : -98;
    case FINISH_ANYWAY:
        ib_tasks_step(task, 2);
        return 0;
    case FINISH:
        break;
    }
    ib_rng_create(task->context, 1, 0, NULL); /* a failure that the task gets over */
    return ib_tasks_step(task, 5) | ib_tasks_step(task, -3);
}

static int32_t run(const ib_task *task, void *user_data)
{
    ib_context *none = NULL;
    if (user_data != &play || task->worker >= MOST_WORKERS || task->struct_size != sizeof *task ||
        atomic_exchange(&play.at_work[task->worker], 1) || *ib_context_message(task->context))
        atomic_store(&play.wrong, 1);
    if (!atomic_compare_exchange_strong(&play.contexts[task->worker], &none, task->context) && none != task->context)
        atomic_store(&play.wrong, 2);
    atomic_fetch_add(&play.times[task->number], 1);
    note_distance(task->number);
    int32_t answer = act(task);
    atomic_store(&play.at_work[task->worker], 0);
    atomic_store(&play.over[task->number], 1);
    return answer;
}

static int32_t done(uint64_t number, void *user_data)
{
    unsigned n = atomic_load(&play.kept);
    play.called_wrongly |= user_data != &play || !pthread_equal(pthread_self(), play.caller);
    if (number == play.done_answers_at && play.done_answer < 0)
        return play.done_answer;
    play.numbers[n] = number;
    atomic_store(&play.kept, n + 1);
    return number == play.done_answers_at ? play.done_answer : 0;
}

static int32_t progress(int64_t steps, void *user_data)
{
    play.called_wrongly |= user_data != &play || !pthread_equal(pthread_self(), play.caller);
    play.called_wrongly |= play.answered; /* it is not asked again */
    play.answered = steps >= play.stop_at;
    play.steps = steps;
    return steps >= play.stop_at ? play.answer : 0;
}

static void begin(void)
{
    memset(&play, 0, sizeof play);
    for (size_t i = 0; i < MOST_TASKS; i++)
        play.waits_for[i] = NOBODY;
    play.done_answers_at = NOBODY;
    play.stop_at = INT64_MAX;
    play.caller = pthread_self();
}

static ib_tasks_options played(uint32_t n_threads, uint64_t count)
{
    ib_tasks_options options;
    ib_tasks_options_init(&options);
    options.threads = n_threads;
    options.count = count;
    options.run = run;
    options.done = done;
    options.progress = progress;
    options.user_data = &play;
    return options;
}

static void assert_kept(unsigned kept)
{
    assert_int_equal(play.wrong, 0);
    assert_false(play.called_wrongly);
    assert_int_equal(play.kept, kept);
    for (unsigned i = 0; i < kept; i++)
        assert_int_equal(play.numbers[i], i);
    for (size_t i = 0; i < MOST_TASKS; i++)
        assert_in_range(play.times[i], 0, 1);
}

/* Plays what was set since begin(); NULL: no failure. */
static void assert_played(uint32_t n_threads, uint64_t count, ib_status status, unsigned kept, const char *message)
{
    ib_context *context = test_context(NULL);
    const ib_tasks_options options = played(n_threads, count);
    assert_int_equal(ib_tasks_run(context, &options), status);
    assert_string_equal(ib_context_message(context), message);
    assert_kept(kept);
    ib_context_destroy(context);
}

static void in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALL_THREADS; i++)
        for (uint64_t count = 0; count <= MOST_TASKS; count = 3 * count + 1) {
            begin();
            assert_played(thread_numbers[i], count, IB_OK, (unsigned)count, "");
            assert_int_equal(play.steps, 2 * (int64_t)count);
            assert_true(play.farthest < 2 * thread_numbers[i]);
        }
}

/* A slow task is overtaken by as many as there is room for, and by no more. */
static void slow_task(void **state)
{
    (void)state;
    static const struct {
        uint32_t threads;
        uint64_t ahead, last;
    } cases[] = {{2, 0, 3}, {3, 0, 5}, {2, 3, 2}, {3, 20, 19}, {2, 1000, 29}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin();
        play.waits_for[0] = cases[i].last;
        ib_context *context = test_context(NULL);
        ib_tasks_options options = played(cases[i].threads, 30);
        options.ahead = cases[i].ahead;
        assert_ok(context, ib_tasks_run(context, &options));
        assert_kept(30);
        assert_int_equal(play.farthest, cases[i].last);
        ib_context_destroy(context);
    }
    begin(); /* one at a time, on whichever thread */
    ib_context *context = test_context(NULL);
    ib_tasks_options options = played(3, 30);
    options.ahead = 1;
    assert_ok(context, ib_tasks_run(context, &options));
    assert_kept(30);
    assert_int_equal(play.farthest, 0);
    ib_context_destroy(context);
}

static void without_callbacks(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALL_THREADS; i++) {
        begin();
        ib_context *context = test_context(NULL);
        ib_tasks_options options = played(thread_numbers[i], 20);
        options.done = NULL;
        options.progress = NULL;
        assert_ok(context, ib_tasks_run(context, &options));
        for (size_t t = 0; t < MOST_TASKS; t++)
            assert_int_equal(play.times[t], t < 20);
        ib_context_destroy(context);
    }
}

/* A task that fails ends those after it. Those before it are finished, and of several the first is told. */
static void failing_tasks(void **state)
{
    (void)state;
    static const char three[] = "task 3: out is NULL", five[] = "task 5: out is NULL";
    for (size_t i = 0; i < ALL_THREADS; i++) {
        const uint32_t n = thread_numbers[i];
        begin();
        play.actions[5] = FAIL;
        assert_played(n, 20, IB_ERR_CALLBACK, 5, five);
        begin();
        play.actions[5] = play.actions[3] = FAIL;
        play.waits_for[3] = n > 1 ? 5 : NOBODY;
        assert_played(n, 20, IB_ERR_CALLBACK, 3, three);
        begin();
        play.actions[5] = play.actions[3] = FAIL;
        play.waits_for[5] = 3;
        assert_played(n, 20, IB_ERR_CALLBACK, 3, three);
        begin();
        play.actions[4] = FAIL_SILENTLY;
        play.actions[5] = STOP;
        assert_played(n, 20, IB_ERR_CALLBACK, 4, "task 4 failed with -99");
    }
    begin(); /* a task that is not wanted any more learns it */
    play.actions[4] = NEVER_END;
    play.actions[3] = FAIL;
    play.waits_for[3] = 4;
    assert_played(2, 20, IB_ERR_CALLBACK, 3, three);
    begin(); /* tasks before it are finished, and can fail themselves */
    play.actions[5] = FAIL_SILENTLY;
    play.actions[2] = FAIL;
    play.waits_for[2] = 5;
    assert_played(2, 20, IB_ERR_CALLBACK, 2, "task 2: out is NULL");
}

static void values_of_callbacks(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALL_THREADS; i++) {
        ib_context *context = test_context(NULL);
        ib_tasks_options options = played(thread_numbers[i], 20);
        begin();
        play.actions[7] = FAIL;
        assert_fails(context, IB_ERR_CALLBACK, "task 7: out is NULL", ib_tasks_run(context, &options));
        assert_int_equal(ib_context_callback_value(context), IB_ERR_ARG);
        begin();
        play.actions[6] = STOP;
        play.actions[7] = FAIL;
        assert_int_equal(ib_tasks_run(context, &options), IB_STOPPED);
        assert_int_equal(ib_context_callback_value(context), 44);
        assert_string_equal(ib_context_message(context), "");
        assert_kept(6);
        begin();
        assert_ok(context, ib_tasks_run(context, &options));
        assert_kept(20);
        ib_context_destroy(context);
    }
}

/* What done answers comes before what later tasks have answered already. */
static void done_that_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALL_THREADS; i++)
        for (int fails = 0; fails < 2; fails++) {
            const uint32_t n = thread_numbers[i];
            begin();
            play.done_answers_at = 2;
            play.done_answer = fails ? -6 : 6;
            play.actions[3] = FAIL;
            play.waits_for[2] = n > 1 ? 3 : NOBODY;
            play.actions[4] = NEVER_END;
            if (fails)
                assert_played(n, 20, IB_ERR_CALLBACK, 2, "done callback failed with -6");
            else
                assert_played(n, 20, IB_STOPPED, 3, "");
        }
    begin();
    play.done_answers_at = 19;
    play.done_answer = 1;
    assert_played(3, 20, IB_STOPPED, 20, "");
}

static void progress_that_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALL_THREADS; i++)
        for (int32_t answer = -3; answer <= 3; answer += 6) {
            const ib_status expected = answer < 0 ? IB_ERR_CALLBACK : IB_STOPPED;
            const char *message = answer < 0 ? "progress callback failed with -3" : "";
            begin();
            play.stop_at = 20;
            play.answer = answer;
            ib_context *context = test_context(NULL);
            const ib_tasks_options options = played(thread_numbers[i], MOST_TASKS);
            assert_int_equal(ib_tasks_run(context, &options), expected);
            assert_string_equal(ib_context_message(context), message);
            assert_int_equal(ib_context_callback_value(context), answer);
            if (thread_numbers[i] == 1)
                assert_int_equal(play.kept, 8); /* task 8 raises the sum from 16 to 21 before it is done */
            assert_kept(play.kept);
            ib_context_destroy(context);
        }
    /* Tasks at work learn it, however far they are. */
    begin();
    play.stop_at = 5;
    play.answer = 1;
    play.actions[0] = NEVER_END;
    play.waits_for[1] = 0;
    assert_played(2, 20, IB_STOPPED, 0, "");
    /* Tasks at work that finish all the same are kept, and none is begun after them. */
    begin();
    play.stop_at = 4;
    play.answer = 1;
    for (size_t i = 0; i < MOST_TASKS; i++)
        play.actions[i] = FINISH_ANYWAY;
    assert_played(1, 20, IB_STOPPED, 2, "");
    assert_int_equal(play.times[2], 0);
    /* A task that fails says more. */
    begin();
    play.stop_at = 1;
    play.answer = 1;
    play.actions[0] = FAIL;
    play.waits_for[0] = 1;
    assert_played(2, 20, IB_ERR_CALLBACK, 0, "task 0: out is NULL");
}

static char warning[64];

static void keep_warning(int32_t level, const char *message, void *user_data)
{
    (void)user_data;
    if (level == IB_LOG_WARNING)
        snprintf(warning, sizeof warning, "%s", message);
}

static void threads_that_cannot_be_started(void **state)
{
    (void)state;
    static const char *const said[] = {"only 1 of 3 threads could be started", "only 1 of 3 threads could be started",
                                       "only 2 of 3 threads could be started", ""};
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        ib_context *context;
        ib_context_options how;
        ib_context_options_init(&how);
        how.log = keep_warning;
        assert_int_equal(ib_context_create(&how, &context), IB_OK);
        const ib_tasks_options options = played(3, 20);
        begin();
        warning[0] = '\0';
        threads.armed = 1;
        threads.left = i;
        ib_status status = ib_tasks_run(context, &options);
        threads.armed = 0;
        assert_int_equal(status, IB_OK);
        assert_kept(20);
        assert_int_equal(play.steps, 40);
        assert_string_equal(warning, said[i]);
        ib_context_destroy(context);
    }
}

static ib_status few_tasks(ib_context *context, void *user_data)
{
    (void)user_data;
    begin();
    const ib_tasks_options options = played(3, 5);
    ib_status status = ib_tasks_run(context, &options);
    assert_int_equal(play.kept, status == IB_OK ? 5 : 0);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(few_tasks, NULL);
    begin();
    ib_context *context = test_context(NULL);
    ib_tasks_options options = played(2, UINT64_MAX);
    options.ahead = UINT64_MAX;
    assert_fails(context, IB_ERR_NOMEM, "out of memory", ib_tasks_run(context, &options));
    assert_kept(0);
    ib_context_destroy(context);
}

static void arguments(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_tasks_options options;
    memset(&options, 0xff, sizeof options);
    ib_tasks_options_init(&options);
    ib_tasks_options_init(NULL);
    assert_int_equal(options.struct_size, sizeof options);
    assert_true(!options.threads && !options.count && !options.ahead && !options.run && !options.done);
    assert_int_equal(ib_tasks_run(NULL, &options), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "options is NULL", ib_tasks_run(context, NULL));
    assert_fails(context, IB_ERR_ARG, "run is NULL", ib_tasks_run(context, &options));
    options.struct_size--;
    assert_fails(context, IB_ERR_ARG, "struct_size", ib_tasks_run(context, &options));
    assert_int_equal(ib_tasks_step(NULL, 1), 0);
    assert_int_equal(ib_tasks_step(&(ib_task){.struct_size = sizeof(ib_task)}, 1), 0);
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order),
        cmocka_unit_test(slow_task),
        cmocka_unit_test(without_callbacks),
        cmocka_unit_test(failing_tasks),
        cmocka_unit_test(values_of_callbacks),
        cmocka_unit_test(done_that_answers),
        cmocka_unit_test(progress_that_answers),
        cmocka_unit_test(threads_that_cannot_be_started),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
