/* Runs side by side are handed over as if they came one after the other. Training and measuring are played here, so
 * that runs overtake each other, fail and are interrupted when that is wanted; and so are memory and threads, which can
 * be refused. Runs wait for each other by what has happened, not for a time. */
#define _GNU_SOURCE /* the stack that threads get if nothing is said */

#include "interrupt.h"
#include "pool.h"
#include "support.h"

#include "scratch.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { MOST_RUNS = 64, EPOCHS = 3, NOBODY = MOST_RUNS };

typedef enum action { FINISH, FAIL, NEVER_END, RAISE } action;

/* What the played runs do, and what became of them. */
static struct {
    action actions[MOST_RUNS];
    uint32_t waits_for[MOST_RUNS]; /* the run does this after that one is over */
    atomic_int over[MOST_RUNS];
    atomic_uint kept;
    atomic_uint farthest; /* a run was begun so many runs after the first that was not kept */
    uint64_t keep_fails;  /* at this run */
    uint64_t numbers[MOST_RUNS];
} play;

static _Thread_local uint64_t playing;

static struct {
    int armed;
    size_t left; /* so many calls succeed */
} memory;

ib_status __wrap_ib_train_run(ib_network *network, const ib_dataset *dataset, const ib_split *split,
                              const ib_train_options *options);
ib_status __real_ib_train_run(ib_network *network, const ib_dataset *dataset, const ib_split *split,
                              const ib_train_options *options);
ib_status __wrap_ib_observer_measure(ib_observer *observer, const ib_network *network, uint32_t epoch, ib_plane *plane);
void *__wrap_malloc(size_t size);
void *__real_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_calloc(size_t n, size_t size);

void *__wrap_malloc(size_t size)
{
    return memory.armed && memory.left-- == 0 ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return memory.armed && memory.left-- == 0 ? NULL : __real_calloc(n, size);
}

ib_status __wrap_ib_observer_measure(ib_observer *observer, const ib_network *network, uint32_t epoch, ib_plane *plane)
{
    (void)observer;
    (void)network;
    ib_point point = {.epoch = epoch, .layer = 1, .i_xt = (double)playing};
    return ib_plane_add(plane, &point);
}

static int32_t tell(const ib_train_options *options, ib_network *network, uint32_t epoch)
{
    ib_epoch said = {.struct_size = sizeof said,
                     .epoch = epoch,
                     .running_loss = (double)playing + epoch,
                     .test_accuracy = (double)playing / MOST_RUNS};
    return options->callback(&said, network, options->user_data);
}

/* Does the first epoch again and again until a run is over. 0, or what the callback answers. */
static int32_t wait_for(uint32_t run, const ib_train_options *options, ib_network *network)
{
    static const struct timespec moment = {.tv_nsec = 100000};
    int32_t answer = 0;
    while (!answer && (run == NOBODY || !atomic_load(&play.over[run]))) {
        nanosleep(&moment, NULL);
        ib_epoch same = {.struct_size = sizeof same, .epoch = 1};
        answer = run == NOBODY || interrupt_came() ? options->callback(&same, network, options->user_data) : 0;
    }
    return answer;
}

static void note_distance(void)
{
    unsigned distance = (unsigned)playing - atomic_load(&play.kept), before = atomic_load(&play.farthest);
    while (distance > before && !atomic_compare_exchange_weak(&play.farthest, &before, distance))
        ;
}

static ib_status play_run(ib_network *network, const ib_dataset *dataset, const ib_train_options *options)
{
    action act = play.actions[playing];
    note_distance();
    int32_t answer = tell(options, network, 0);
    if (!answer && play.waits_for[playing] != NOBODY)
        answer = wait_for(play.waits_for[playing], options, network);
    if (!answer && act == RAISE)
        kill(getpid(), SIGTERM); /* not raise(): workers receive no signals */
    if (!answer && act == NEVER_END) {
        atomic_store(&play.over[playing], 1); /* as far as others care */
        answer = wait_for(NOBODY, options, network);
    }
    if (!answer && act == FAIL)
        return __real_ib_train_run(network, dataset, NULL, options);
    for (uint32_t epoch = 1; epoch <= options->epochs && !answer; epoch++)
        answer = tell(options, network, epoch);
    return answer ? IB_STOPPED : IB_OK;
}

ib_status __wrap_ib_train_run(ib_network *network, const ib_dataset *dataset, const ib_split *split,
                              const ib_train_options *options)
{
    (void)split;
    playing = options->run;
    ib_status status = play_run(network, dataset, options);
    atomic_store(&play.over[playing], 1);
    return status;
}

/* Looks at a result as a user of the pool sees it; asserts may not jump out of a thread. */
static int keep(const run_result *result, void *user_data)
{
    (void)user_data;
    unsigned n = atomic_load(&play.kept);
    if (result->run == play.keep_fails)
        return -1;
    int whole = result->n_points == EPOCHS + 1 && result->epochs == EPOCHS;
    for (uint32_t epoch = 0; whole && epoch <= EPOCHS; epoch++)
        whole = result->points[epoch].epoch == epoch && result->points[epoch].i_xt == (double)result->run &&
                result->curve[epoch].train_loss == (double)(result->run + epoch);
    whole = whole && result->test_accuracy == (double)result->run / MOST_RUNS;
    play.numbers[n] = whole ? result->run : UINT64_MAX;
    atomic_store(&play.kept, n + 1);
    return 0;
}

static void begin(void)
{
    memset(&play, 0, sizeof play);
    for (size_t i = 0; i < MOST_RUNS; i++)
        play.waits_for[i] = NOBODY;
    play.keep_fails = NOBODY;
}

/* Does a study of played runs; what is said goes to `said`. */
static pool_outcome study(uint64_t n_threads, uint64_t runs, FILE *said)
{
    settings asked = {.preset = IB_PRESET_PAPER,
                      .activation = IB_ACTIVATION_TANH,
                      .bits = 8,
                      .runs = runs,
                      .epochs = EPOCHS,
                      .threads = n_threads,
                      .own_threads = 1,
                      .quiet = 1};
    progress told;
    pool_outcome outcome = POOL_FAILED;
    int terminal = dup(STDERR_FILENO);
    dup2(fileno(said), STDERR_FILENO);
    progress_begin(&told, runs, EPOCHS, 1);
    pool *p = pool_create(&asked, &told);
    if (p)
        outcome = pool_run(p, keep, NULL);
    pool_destroy(p);
    dup2(terminal, STDERR_FILENO);
    close(terminal);
    return outcome;
}

static void assert_study(uint64_t n_threads, uint64_t runs, pool_outcome outcome, unsigned kept, const char *said)
{
    char text[256] = "";
    FILE *stream = tmpfile();
    assert_non_null(stream);
    assert_int_equal(study(n_threads, runs, stream), outcome);
    rewind(stream);
    size_t length = fread(text, 1, sizeof text - 1, stream);
    fclose(stream);
    assert_true(length < sizeof text);
    assert_string_equal(text, said);
    assert_int_equal(play.kept, kept);
    for (unsigned i = 0; i < kept; i++)
        assert_int_equal(play.numbers[i], i);
}

static void in_order(void **state)
{
    (void)state;
    for (uint64_t n = 1; n <= 5; n++)
        for (uint64_t runs = 1; runs <= MOST_RUNS; runs = 3 * runs + 1) {
            begin();
            assert_study(n, runs, POOL_FINISHED, (unsigned)runs, "");
            assert_true(play.farthest < 2 * n);
        }
}

/* A slow run is overtaken by as many as there is room for, and by no more. */
static void slow_run(void **state)
{
    (void)state;
    begin();
    play.waits_for[0] = 3;
    play.waits_for[7] = 10;
    assert_study(2, 20, POOL_FINISHED, 20, "");
    assert_int_equal(play.farthest, 3);
    begin();
    play.waits_for[0] = 5;
    play.waits_for[5] = 1;
    assert_study(3, 20, POOL_FINISHED, 20, "");
    assert_int_equal(play.farthest, 5);
}

static void threads_that_are_asked_for(void **state)
{
    (void)state;
    static const struct {
        int own;
        uint64_t threads, runs;
        size_t least, most;
    } cases[] = {{1, 3, 9, 3, 3}, {1, 9, 3, 3, 3}, {1, 1, 9, 1, 1}, {0, 0, 1, 1, 1}, {0, 0, 4, 1, 4}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        progress told = {0};
        settings asked = {.activation = IB_ACTIVATION_TANH, .bits = 8, .epochs = 1};
        asked.own_threads = cases[i].own;
        asked.threads = cases[i].threads;
        asked.runs = cases[i].runs;
        pool *p = pool_create(&asked, &told);
        assert_non_null(p);
        assert_in_range(pool_size(p), cases[i].least, cases[i].most);
        pool_destroy(p);
    }
}

/* A run that fails stops those after it. Those before it are finished, and of several the first is told. */
static void failing_runs(void **state)
{
    (void)state;
    static const char five[] = "ib: run 5: split is NULL\n";
    static const char three[] = "ib: run 3: split is NULL\n";
    for (uint64_t n = 1; n <= 3; n++) {
        begin();
        play.actions[5] = FAIL;
        assert_study(n, 20, POOL_FAILED, 5, five);
    }
    begin();
    play.actions[4] = NEVER_END;
    play.actions[3] = FAIL;
    play.waits_for[3] = 4;
    assert_study(2, 20, POOL_FAILED, 3, three);
    begin();
    play.actions[5] = play.actions[3] = FAIL;
    play.waits_for[3] = 5;
    assert_study(2, 20, POOL_FAILED, 3, three);
    begin();
    play.actions[5] = play.actions[3] = FAIL;
    play.waits_for[5] = 3;
    assert_study(3, 20, POOL_FAILED, 3, three);
    begin();
    play.actions[5] = FAIL;
    play.waits_for[2] = 5;
    assert_study(2, 20, POOL_FAILED, 5, five);
}

static void failing_to_keep(void **state)
{
    (void)state;
    for (uint64_t n = 1; n <= 3; n++) {
        begin();
        play.keep_fails = 2;
        play.actions[4] = NEVER_END;
        play.waits_for[2] = n > 1 ? 4 : NOBODY;
        assert_study(n, 20, POOL_FAILED, 2, "");
    }
    begin();
    play.keep_fails = 2; /* what was said of that is not followed by a later run that failed before */
    play.actions[3] = FAIL;
    play.waits_for[2] = 3;
    assert_study(2, 20, POOL_FAILED, 2, "");
}

static void threads_that_cannot_be_started(void **state)
{
    (void)state;
    pthread_attr_t usual, huge;
    assert_int_equal(pthread_getattr_default_np(&usual), 0);
    assert_int_equal(pthread_attr_init(&huge), 0);
    assert_int_equal(pthread_attr_setstacksize(&huge, (size_t)1 << 48), 0); /* more than can be addressed */
    begin();
    assert_int_equal(pthread_setattr_default_np(&huge), 0);
    assert_study(3, 10, POOL_FINISHED, 10, "ib: only 1 of 3 threads could be started\n");
    assert_int_equal(pthread_setattr_default_np(&usual), 0);
    pthread_attr_destroy(&huge);
    pthread_attr_destroy(&usual);
}

static void out_of_memory(void **state)
{
    (void)state;
    FILE *nowhere = tmpfile();
    assert_non_null(nowhere);
    pool_outcome outcome = POOL_FAILED;
    size_t n = 0;
    for (; outcome == POOL_FAILED && n < 100; n++) {
        begin();
        memory.left = n;
        memory.armed = 1;
        outcome = study(1, 2, nowhere);
        memory.armed = 0;
        assert_int_equal(play.kept, outcome == POOL_FINISHED ? 2 : play.kept);
    }
    assert_int_equal(outcome, POOL_FINISHED);
    assert_true(n > 8);
    fclose(nowhere);
}

/* Last, since a signal that has come is not forgotten. Runs 2 and 3 are finished, but 1 is not. */
static void interrupted(void **state)
{
    (void)state;
    begin();
    interrupt_listen();
    play.actions[1] = NEVER_END;
    play.waits_for[2] = 0;
    play.actions[4] = RAISE;
    play.waits_for[4] = 3;
    assert_study(2, 20, POOL_INTERRUPTED, 1, "");
    assert_true(play.over[3]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order),
        cmocka_unit_test(slow_run),
        cmocka_unit_test(threads_that_are_asked_for),
        cmocka_unit_test(failing_runs),
        cmocka_unit_test(failing_to_keep),
        cmocka_unit_test(threads_that_cannot_be_started),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
