/* What a run costs, in CPU time of one thread: training, the pass over all rows, and counting, for each setting; or
 * with "whole" one run of 8000 epochs, all layers counted after every epoch, as one number of seconds.
 *
 * usage: bench_run [whole [tanh|relu]] */
#define _POSIX_C_SOURCE 200809L
#include <libib/libib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REPEATS = 5, EPOCHS = 200, WHOLE = 8000 };

/* How much of the work is done after each epoch. */
typedef enum depth { TRAIN, EVALUATE, COUNT, DEPTHS } depth;

typedef struct bench {
    ib_context *context;
    ib_dataset *dataset;
    ib_split *split;
    ib_observer *observer;
    ib_plane *plane;
} bench;

static void require(ib_status status, const bench *b)
{
    if (status == IB_OK)
        return;
    fprintf(stderr, "bench_run: %s: %s\n", ib_status_name(status), ib_context_message(b->context));
    exit(EXIT_FAILURE);
}

static double thread_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int32_t evaluate(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    (void)epoch, (void)network, (void)user_data; /* the pass was made for this call */
    return 0;
}

static int32_t count(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    const bench *b = user_data;
    ib_plane_reset(b->plane);
    return ib_observer_measure(b->observer, network, epoch->epoch, b->plane) == IB_OK ? 0 : -1;
}

/* Seconds of one run. */
static double time_run(bench *b, ib_network *network, uint32_t epochs, depth how)
{
    static const ib_epoch_fn callbacks[DEPTHS] = {NULL, evaluate, count};
    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = epochs;
    options.seed = 1;
    options.callback = callbacks[how];
    options.user_data = b;
    const double start = thread_seconds();
    require(ib_train_run(network, b->dataset, b->split, &options), b);
    return thread_seconds() - start;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median milliseconds of an epoch. */
static double epoch_milliseconds(bench *b, ib_network *network, depth how)
{
    double seconds[REPEATS];
    for (int r = 0; r < REPEATS; r++)
        seconds[r] = time_run(b, network, EPOCHS, how);
    qsort(seconds, REPEATS, sizeof seconds[0], ascending);
    return 1e3 * seconds[REPEATS / 2] / EPOCHS;
}

static void print_setting(bench *b, uint32_t preset, uint32_t activation, uint32_t bits)
{
    ib_network *network = NULL;
    double ms[DEPTHS];
    require(ib_preset_create(b->context, preset, activation, bits, &network), b);
    for (int how = TRAIN; how < DEPTHS; how++)
        ms[how] = epoch_milliseconds(b, network, (depth)how);
    printf("%-12s %-5s %4u %9.3f %9.3f %9.3f %9.3f\n", ib_preset_name(preset), ib_activation_name(activation), bits,
           ms[TRAIN], ms[EVALUATE] - ms[TRAIN], ms[COUNT] - ms[EVALUATE], ms[COUNT]);
    fflush(stdout);
    ib_network_destroy(network);
}

static void print_settings(bench *b)
{
    printf("libib %s, kernels %s: milliseconds of an epoch, median of %d times %d epochs\n\n%-12s %-5s %4s %9s %9s %9s "
           "%9s\n",
           ib_version_get(), ib_context_kernels(b->context), REPEATS, EPOCHS, "preset", "", "bits", "train", "evaluate",
           "count", "all");
    for (uint32_t preset = IB_PRESET_PAPER; preset <= IB_PRESET_OFFICIAL_V1; preset++) {
        for (uint32_t activation = IB_ACTIVATION_TANH; activation <= IB_ACTIVATION_RELU; activation++) {
            print_setting(b, preset, activation, 8);
            if (preset == IB_PRESET_PAPER)
                print_setting(b, preset, activation, 32);
        }
    }
}

static void print_whole(bench *b, uint32_t activation)
{
    ib_network *network = NULL;
    require(ib_preset_create(b->context, IB_PRESET_PAPER, activation, 8, &network), b);
    printf("%.3f\n", time_run(b, network, WHOLE, COUNT));
    ib_network_destroy(network);
}

int main(int argc, char **argv)
{
    bench b = {0};
    require(ib_context_create(NULL, &b.context), &b);
    require(ib_dataset_create_icosahedron(b.context, &b.dataset), &b);
    require(ib_split_create_study(b.context, &b.split), &b);
    require(ib_observer_create(b.dataset, &b.observer), &b);
    require(ib_plane_create(b.context, &b.plane), &b);
    if (argc > 1 && strcmp(argv[1], "whole") == 0)
        print_whole(&b, argc > 2 && strcmp(argv[2], "relu") == 0 ? IB_ACTIVATION_RELU : IB_ACTIVATION_TANH);
    else
        print_settings(&b);
    ib_plane_destroy(b.plane);
    ib_observer_destroy(b.observer);
    ib_split_destroy(b.split);
    ib_dataset_destroy(b.dataset);
    ib_context_destroy(b.context);
    return EXIT_SUCCESS;
}
