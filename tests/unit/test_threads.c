/* Contexts are independent: threads with one each get the bits that they would get one after the other. */
#include "nn.h"
#include "runs.h"

#include <pthread.h>
#include <string.h>

enum { THREADS = 4 };

typedef struct task {
    test_run what;
    test_run_hashes hashes;
} task;

/* CMocka's asserts jump, which a thread cannot; a failure inside ends the program instead, as
 * CMOCKA_TEST_ABORT asks. */
static void *run_task(void *argument)
{
    task *own = argument;
    ib_context *context = NULL;
    if (ib_context_create(NULL, &context) != IB_OK)
        return NULL;
    own->hashes = test_run_train(context, &own->what, NULL, NULL);
    ib_context_destroy(context);
    return own;
}

static void make_tasks(task *tasks)
{
    for (uint32_t i = 0; i < THREADS; i++)
        tasks[i] = (task){.what = {.preset = i % 2 ? IB_PRESET_OFFICIAL_V1 : IB_PRESET_PAPER,
                                   .activation = i / 2 ? IB_ACTIVATION_RELU : IB_ACTIVATION_TANH,
                                   .bits = 8,
                                   .epochs = test_quick() ? 2 : 12,
                                   .seed = 1,
                                   .run = i}};
}

static void side_by_side(void **state)
{
    (void)state;
    task alone[THREADS], together[THREADS];
    pthread_t threads[THREADS];
    make_tasks(alone);
    make_tasks(together);
    for (size_t i = 0; i < THREADS; i++)
        assert_non_null(run_task(&alone[i]));
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_task, &together[i]), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *done = NULL;
        assert_int_equal(pthread_join(threads[i], &done), 0);
        assert_non_null(done);
        assert_true(alone[i].hashes.weights == together[i].hashes.weights);
        assert_true(alone[i].hashes.points == together[i].hashes.points);
        for (size_t j = 0; j < i; j++)
            assert_true(alone[i].hashes.weights != alone[j].hashes.weights);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(side_by_side)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
