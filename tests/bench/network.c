/* The network of the study: a training epoch, the pass over all rows, and a whole run, all layers counted after every
 * epoch.
 *
 * epoch: "train", "evaluate", and "pass", which is what training takes longer when all rows are looked at after each
 *        epoch, losses included
 * whole: "whole", and "measure", the part of it that is counting
 * about: version, kernels and compiler */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

typedef struct bench {
    ib_context *context;
    ib_dataset *dataset;
    ib_split *split;
    ib_observer *observer;
    ib_plane *plane;
    ib_network *network;
    ib_train_options options;
    double measure; /* seconds so far */
} bench;

static void create(bench *b, uint32_t preset, uint32_t activation, uint32_t bits)
{
    bench_require(ib_context_create(NULL, &b->context), NULL);
    bench_require(ib_dataset_create_icosahedron(b->context, &b->dataset), b->context);
    bench_require(ib_split_create_study(b->context, &b->split), b->context);
    bench_require(ib_observer_create(b->dataset, &b->observer), b->context);
    bench_require(ib_plane_create(b->context, &b->plane), b->context);
    bench_require(ib_preset_create(b->context, preset, activation, bits, &b->network), b->context);
    ib_train_options_init(&b->options);
    b->options.seed = 1;
    b->options.user_data = b;
}

static void destroy(bench *b)
{
    ib_network_destroy(b->network);
    ib_plane_destroy(b->plane);
    ib_observer_destroy(b->observer);
    ib_split_destroy(b->split);
    ib_dataset_destroy(b->dataset);
    ib_context_destroy(b->context);
}

static void train(void *data)
{
    bench *b = data;
    bench_require(ib_train_run(b->network, b->dataset, b->split, &b->options), b->context);
}

static void evaluate(void *data)
{
    bench *b = data;
    bench_require(ib_network_forward(b->network, IB_PASS_INFERENCE, ib_dataset_inputs(b->dataset)), b->context);
}

static int32_t measure(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    bench *b = user_data;
    const double start = bench_seconds();
    ib_plane_reset(b->plane);
    bench_require(ib_observer_measure(b->observer, network, epoch->epoch, b->plane), b->context);
    b->measure += bench_seconds() - start;
    return 0;
}

static int32_t look(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    (void)epoch, (void)network, (void)user_data; /* the pass was made for this call */
    return 0;
}

static void time_epoch(bench *b)
{
    const double epochs = (double)b->options.epochs, unseen = bench_time(train, b) / epochs;
    bench_print("train", unseen);
    bench_print("evaluate", bench_time(evaluate, b));
    b->options.callback = look;
    bench_print("pass", bench_time(train, b) / epochs - unseen);
}

static void time_whole(bench *b)
{
    b->options.callback = measure;
    const double start = bench_seconds();
    train(b);
    bench_print("whole", bench_seconds() - start);
    bench_print("measure", b->measure);
}

static int print_about(void)
{
#ifdef __clang__
    const char *family = "";
#else
    const char *family = "gcc ";
#endif
    ib_context *context;
    bench_require(ib_context_create(NULL, &context), NULL);
    printf("version %s\nkernels %s\ncompiler %s%s\n", ib_version_get(), ib_context_kernels(context), family,
           __VERSION__);
    ib_context_destroy(context);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "about") == 0)
        return print_about();
    if (argc != 5 || (strcmp(argv[1], "epoch") != 0 && strcmp(argv[1], "whole") != 0))
        bench_usage("bench_network epoch|whole tanh|relu BITS EPOCHS, or bench_network about");
    bench b = {0};
    create(&b, IB_PRESET_PAPER, bench_activation(argv[2]), (uint32_t)bench_number(argv[3]));
    b.options.epochs = (uint32_t)bench_number(argv[4]);
    if (strcmp(argv[1], "whole") == 0)
        time_whole(&b);
    else
        time_epoch(&b);
    destroy(&b);
    return EXIT_SUCCESS;
}
