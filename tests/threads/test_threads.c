/* Threads that work side by side, each on a context of its own, do not notice each other: the points of four networks
 * are the same whether they are trained one after the other or at once. Under ThreadSanitizer this is also the search
 * for state that contexts share. */
#include "support.h"

#include <pthread.h>
#include <string.h>

#define THREADS 4
#define EPOCHS 3

typedef struct job {
    uint64_t run;
    uint32_t preset;
    uint32_t activation;
    ib_status status;
    size_t count;
    ib_point points[(EPOCHS + 1) * 6 * IB_MEASURE_COUNT];
    float parameters[294];
} job;

typedef struct study {
    ib_observer *observer;
    ib_plane *plane;
} study;

static int32_t measure(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    study *s = user_data;
    return ib_observer_measure(s->observer, network, epoch->epoch, s->plane) == IB_OK ? 0 : -1;
}

static ib_status train(ib_context *context, const job *j, ib_network *network, study *s)
{
    ib_dataset *dataset = NULL;
    ib_split *split = NULL;
    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = EPOCHS;
    options.seed = 1;
    options.run = j->run;
    options.callback = measure;
    options.user_data = s;
    ib_status status = ib_dataset_create_icosahedron(context, &dataset);
    if (status == IB_OK)
        status = ib_split_create_random(dataset, 0.2, 1, j->run, &split);
    if (status == IB_OK)
        status = ib_observer_create(dataset, &s->observer);
    if (status == IB_OK)
        status = ib_train_run(network, dataset, split, &options);
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
    return status;
}

/* No assertions here: CMocka's belong to the thread that runs the test. */
static void *work(void *user_data)
{
    job *j = user_data;
    ib_context *context = NULL;
    ib_network *network = NULL;
    study s = {NULL, NULL};
    j->status = ib_context_create(NULL, &context);
    if (j->status == IB_OK)
        j->status = ib_preset_create(context, j->preset, j->activation, 8, &network);
    if (j->status == IB_OK)
        j->status = ib_plane_create(context, &s.plane);
    if (j->status == IB_OK)
        j->status = train(context, j, network, &s);
    if (j->status == IB_OK) {
        j->count = ib_plane_count(s.plane);
        memcpy(j->points, ib_plane_points(s.plane), j->count * sizeof j->points[0]);
        memcpy(j->parameters, ib_network_parameters(network), sizeof j->parameters);
    }
    ib_plane_destroy(s.plane);
    ib_observer_destroy(s.observer);
    ib_network_destroy(network);
    ib_context_destroy(context);
    return NULL;
}

static void prepare(job jobs[THREADS])
{
    memset(jobs, 0, THREADS * sizeof jobs[0]);
    for (uint32_t i = 0; i < THREADS; i++) {
        jobs[i].run = i;
        jobs[i].preset = i % 2 ? IB_PRESET_PAPER : IB_PRESET_OFFICIAL_V1;
        jobs[i].activation = i / 2 ? IB_ACTIVATION_RELU : IB_ACTIVATION_TANH;
    }
}

static void side_by_side_as_one_by_one(void **state)
{
    (void)state;
    static job alone[THREADS], together[THREADS];
    prepare(alone);
    prepare(together);
    for (size_t i = 0; i < THREADS; i++)
        work(&alone[i]);

    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, &together[i]), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);

    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(alone[i].status, IB_OK);
        assert_true(alone[i].count >= (EPOCHS + 1) * 6);
        assert_memory_equal(&together[i], &alone[i], sizeof alone[i]);
        /* Different runs are different, or the comparison says nothing. */
        assert_memory_not_equal(alone[i].parameters, alone[(i + 1) % THREADS].parameters, sizeof alone[i].parameters);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(side_by_side_as_one_by_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
