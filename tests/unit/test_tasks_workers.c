/* What workers are: threads of their own, without signals, that take turns at the log and train networks to the bit. */
#define _GNU_SOURCE /* sched_setaffinity() */

#include "nn.h"
#include "runs.h"
#include "support.h"

#include "base/cores.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

static void numbers_of_threads(void **state)
{
    (void)state;
    assert_int_equal(ib_tasks_threads(3, 9), 3);
    assert_int_equal(ib_tasks_threads(9, 3), 3);
    assert_int_equal(ib_tasks_threads(9, 0), 1);
    assert_int_equal(ib_tasks_threads(UINT32_MAX, UINT64_MAX), IB_TASKS_MOST_THREADS);
    assert_int_equal(ib_tasks_threads(0, 1), 1);
    assert_in_range(ib_tasks_threads(0, UINT64_MAX), 1, IB_TASKS_MOST_THREADS);
#ifdef __linux__
    cpu_set_t before, one;
    size_t core = 0;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    assert_in_range(ib_tasks_threads(0, UINT64_MAX), 1, CPU_COUNT(&before)); /* fewer where there is a quota */
    CPU_ZERO(&one);
    while (!CPU_ISSET(core, &before))
        core++;
    CPU_SET(core, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    uint32_t n = ib_tasks_threads(0, UINT64_MAX);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
    assert_int_equal(n, 1);
#endif
}

/* As Linux shows it, and as it never should. */
static void quotas(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned cores;
    } cases[] = {
        {"200000 100000\n", 2},
        {"200001 100000\n", 3},
        {"50000 100000\n", 1},
        {"0 100000\n", 1},
        {"max 100000\n", UINT_MAX},
        {"200000 0\n", UINT_MAX},
        {"200000", UINT_MAX},
        {"", UINT_MAX},
        {"9999999999999999999 1\n", UINT_MAX},
        {"99999999999999999999999999 1\n", UINT_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(ib_i_cores_of_quota(cases[i].text), cases[i].cores);
}

/* A log without a lock of its own, which ThreadSanitizer looks at, too. */
static struct {
    atomic_int inside;
    int lines, wrong;
} told;

static void tell(int32_t level, const char *message, void *user_data)
{
    (void)level, (void)user_data;
    told.wrong |= atomic_exchange(&told.inside, 1) || !strstr(message, "is NULL");
    told.lines++;
    sched_yield(); /* whoever does not wait for its turn comes now */
    atomic_store(&told.inside, 0);
}

enum { LINES = 100 };

static int32_t chatter(const ib_task *task, void *user_data)
{
    (void)user_data;
    for (int i = 0; i < LINES; i++) {
        ib_context *child;
        if (ib_context_create_child(task->context, &child) != IB_OK)
            return -1;
        ib_rng_create(i % 2 ? child : task->context, 1, 0, NULL);
        ib_context_destroy(child);
    }
    return 0;
}

static int32_t chatter_too(uint64_t number, void *user_data)
{
    (void)number;
    ib_rng_create(user_data, 1, 0, NULL);
    return 0;
}

static void log_lines(void **state)
{
    (void)state;
    ib_context *context;
    ib_context_options how;
    ib_context_options_init(&how);
    how.log = tell;
    assert_int_equal(ib_context_create(&how, &context), IB_OK);
    ib_tasks_options options;
    ib_tasks_options_init(&options);
    options.threads = 3;
    options.count = 20;
    options.run = chatter;
    options.done = chatter_too;
    options.user_data = context;
    assert_ok(context, ib_tasks_run(context, &options));
    assert_int_equal(told.lines, 20 * LINES + 20);
    assert_int_equal(told.wrong, 0);
    ib_context_destroy(context);
}

enum { WORKERS = 8 };

/* Objects that workers have made, and contexts, may go on a thread of their own after the work. */
typedef struct leftovers {
    ib_rng *rngs[WORKERS];
    ib_context *context;
} leftovers;

static int32_t leave_something(const ib_task *task, void *user_data)
{
    static const struct timespec moment = {.tv_nsec = 1000000};
    leftovers *left = user_data;
    ib_rng **rng = &left->rngs[task->worker];
    nanosleep(&moment, NULL); /* so that every worker gets a task */
    return *rng ? IB_OK : ib_rng_create(task->context, 1, 0, rng);
}

static int32_t let_go(uint64_t number, void *user_data)
{
    leftovers *left = user_data;
    if (number == 1)
        ib_context_destroy(left->context);
    return 0;
}

static void *destroy_rng(void *rng)
{
    ib_rng_shuffle(rng, NULL, 1); /* writes the message of its context, and logs it */
    ib_rng_destroy(rng);
    return NULL;
}

static void what_is_left(void **state)
{
    (void)state;
    leftovers left = {.context = NULL};
    pthread_t destroyers[WORKERS];
    ib_context_options how;
    ib_context_options_init(&how);
    how.log = tell;
    assert_int_equal(ib_context_create(&how, &left.context), IB_OK);
    ib_tasks_options options;
    ib_tasks_options_init(&options);
    options.threads = WORKERS;
    options.count = 64;
    options.run = leave_something;
    options.done = let_go;
    options.user_data = &left;
    assert_int_equal(ib_tasks_run(left.context, &options), IB_OK);
    for (size_t i = 0; i < WORKERS; i++)
        assert_int_equal(pthread_create(&destroyers[i], NULL, destroy_rng, left.rngs[i]), 0);
    for (size_t i = 0; i < WORKERS; i++)
        pthread_join(destroyers[i], NULL);
    assert_int_equal(told.wrong, 0);
}

/* Workers receive no signals but those of their own mistakes; the caller as before. */
static int32_t look_at_signals(const ib_task *task, void *user_data)
{
    static const int blocked[] = {SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGUSR1}, open[] = {SIGSEGV, SIGFPE, SIGABRT};
    sigset_t mask;
    (void)task;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    for (size_t i = 0; i < sizeof blocked / sizeof blocked[0]; i++)
        if (!sigismember(&mask, blocked[i]))
            atomic_store((atomic_int *)user_data, 1);
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        if (sigismember(&mask, open[i]))
            atomic_store((atomic_int *)user_data, 1);
    return 0;
}

static void signals(void **state)
{
    (void)state;
    atomic_int wrong = 0;
    sigset_t before, after;
    ib_context *context = test_context(NULL);
    ib_tasks_options options;
    ib_tasks_options_init(&options);
    options.threads = 2;
    options.count = 8;
    options.run = look_at_signals;
    options.user_data = &wrong;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    assert_ok(context, ib_tasks_run(context, &options));
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    assert_int_equal(wrong, 0);
    for (int i = 1; i < NSIG; i++)
        assert_int_equal(sigismember(&before, i), sigismember(&after, i));
    ib_context_destroy(context);
}

/* Networks, each trained and measured: the bits that one thread gives. */
enum { NETWORKS = 5, NUMBERS = 4 };

static const uint32_t thread_numbers[NUMBERS] = {1, 2, 3, 7};

static test_run what_to_train(uint64_t number)
{
    return (test_run){.preset = number % 2 ? IB_PRESET_OFFICIAL_V1 : IB_PRESET_PAPER,
                      .activation = number % 3 ? IB_ACTIVATION_RELU : IB_ACTIVATION_TANH,
                      .bits = 8,
                      .epochs = test_quick() ? 2 : 5,
                      .seed = 1,
                      .run = number};
}

static int32_t train(const ib_task *task, void *user_data)
{
    const test_run what = what_to_train(task->number);
    test_run_hashes *hashes = user_data;
    hashes[task->number] = test_run_train(task->context, &what, NULL, NULL);
    return 0;
}

static void networks(void **state)
{
    (void)state;
    test_run_hashes hashes[NUMBERS][NETWORKS];
    ib_context *context = test_context(NULL);
    for (size_t i = 0; i < NUMBERS; i++) {
        ib_tasks_options options;
        ib_tasks_options_init(&options);
        options.threads = thread_numbers[i];
        options.count = NETWORKS;
        options.run = train;
        options.user_data = hashes[i];
        assert_ok(context, ib_tasks_run(context, &options));
        for (size_t n = 0; n < NETWORKS; n++) {
            assert_true(hashes[i][n].weights == hashes[0][n].weights);
            assert_true(hashes[i][n].points == hashes[0][n].points);
            assert_true(n == 0 || hashes[i][n].weights != hashes[i][n - 1].weights);
        }
    }
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals), /* before others could spoil the mask */
        cmocka_unit_test(numbers_of_threads),
        cmocka_unit_test(quotas),
        cmocka_unit_test(log_lines),
        cmocka_unit_test(what_is_left),
        cmocka_unit_test(networks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
