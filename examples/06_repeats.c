/* 06: repeats, side by side. The study's network with eight seeds, and how much its layers keep on average.
 *
 * New: tasks on as many threads as there are cores, each with a context of its own; a sum that does not depend on how
 * many there are, because results are taken in the order of the tasks.
 *
 * 06_repeats [EPOCHS [THREADS]] */
#include <libib/libib.h>

#include <stdio.h>
#include <stdlib.h>

#define REPEATS 8
#define LAYERS 6

typedef struct study {
    uint32_t epochs;
    double i_xt[REPEATS][LAYERS]; /* each task writes its own row */
    double sum[LAYERS];
} study;

/* One task, on the thread of a worker: everything is made from its context. */
static int32_t repeat(const ib_task *task, void *user_data)
{
    study *s = user_data;
    ib_dataset *dataset = NULL;
    ib_split *split = NULL;
    ib_network *network = NULL;
    ib_observer *observer = NULL;
    ib_plane *plane = NULL;

    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = s->epochs;
    options.seed = task->number + 1;

    ib_status status = ib_dataset_create_icosahedron(task->context, &dataset);
    if (status == IB_OK)
        status = ib_split_create_study(task->context, &split);
    if (status == IB_OK)
        status = ib_preset_create(task->context, IB_PRESET_PAPER, IB_ACTIVATION_TANH, 4, &network);
    if (status == IB_OK)
        status = ib_observer_create(dataset, &observer);
    if (status == IB_OK)
        status = ib_plane_create(task->context, &plane);
    if (status == IB_OK)
        status = ib_train_run(network, dataset, split, &options);
    if (status == IB_OK)
        status = ib_network_forward(network, IB_PASS_INFERENCE, ib_dataset_inputs(dataset));
    if (status == IB_OK)
        status = ib_observer_measure(observer, network, options.epochs, plane);
    for (size_t i = 0; status == IB_OK && i < LAYERS; i++)
        s->i_xt[task->number][i] = ib_plane_points(plane)[i].i_xt;

    ib_plane_destroy(plane);
    ib_observer_destroy(observer);
    ib_network_destroy(network);
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
    return status; /* 0: done; the message of a failure stays in the context */
}

/* Called in main's thread, for task 0, 1, 2, ... in this order. */
static int32_t add(uint64_t number, void *user_data)
{
    study *s = user_data;
    printf("seed %u:", (unsigned)number + 1);
    for (size_t i = 0; i < LAYERS; i++) {
        printf(" %7.4f", s->i_xt[number][i]);
        s->sum[i] += s->i_xt[number][i];
    }
    printf("\n");
    return 0;
}

int main(int argc, char **argv)
{
    study s = {.epochs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000};

    ib_tasks_options options;
    ib_tasks_options_init(&options);
    options.threads = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0; /* 0: one for each core */
    options.count = REPEATS;
    options.run = repeat;
    options.done = add;
    options.user_data = &s;

    ib_context *context = NULL;
    int failed = ib_context_create(NULL, &context) || ib_tasks_run(context, &options);
    if (failed)
        fprintf(stderr, "%s\n", ib_context_message(context));
    else
        for (size_t i = 0; i < LAYERS; i++)
            printf("layer %zu: mean I(X;T) = %.4f bits\n", i + 1, s.sum[i] / REPEATS);
    ib_context_destroy(context);
    return failed;
}
