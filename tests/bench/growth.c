/* How cost grows: one point of a curve.
 *
 * rows N:    the network of the study, 8 bits, N random inputs: "evaluate" and "measure"
 * width W:   a step of a network W-W-W-2 on 256 rows: "step", and "flops" that it does in a second
 * layers L:  "train" of an epoch of a network with L layers on the data of the study
 * bits K:    "train" of an epoch of the network of the study, and "evaluate" and "measure" after it */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 256, INPUTS = 12 };

typedef struct bench {
    ib_context *context;
    ib_dataset *dataset;
    ib_split *split;
    ib_observer *observer;
    ib_plane *plane;
    ib_network *network;
    ib_adam *adam;
    ib_train_options options;
} bench;

static void require(const bench *b, ib_status status)
{
    bench_require(status, b->context);
}

/* --- what is timed ----------------------------------------------------------------------------------------------- */

static void train(void *data)
{
    bench *b = data;
    require(b, ib_train_run(b->network, b->dataset, b->split, &b->options));
}

static void evaluate(void *data)
{
    bench *b = data;
    require(b, ib_network_forward(b->network, IB_PASS_INFERENCE, ib_dataset_inputs(b->dataset)));
}

static void measure(void *data)
{
    bench *b = data;
    ib_plane_reset(b->plane);
    require(b, ib_observer_measure(b->observer, b->network, 0, b->plane));
}

static void step(void *data)
{
    bench *b = data;
    require(b, ib_network_forward(b->network, IB_PASS_TRAINING, ib_dataset_inputs(b->dataset)));
    require(b, ib_network_backward(b->network, ib_dataset_labels(b->dataset), NULL, NULL));
    require(b, ib_adam_step(b->adam, ib_network_gradient(b->network), ib_network_parameters(b->network)));
}

/* --- what it is done with ---------------------------------------------------------------------------------------- */

/* Rows of uniform inputs, with random labels. */
static void create_random(bench *b, size_t rows, size_t inputs)
{
    ib_rng *rng;
    ib_tensor *x;
    uint32_t *labels = bench_allocate(rows, sizeof labels[0]);
    require(b, ib_rng_create(b->context, 1, 0, &rng));
    require(b, ib_tensor_create(b->context, 2, (size_t[]){rows, inputs}, &x));
    float *values = ib_tensor_data(x);
    for (size_t i = 0; i < rows * inputs; i++)
        values[i] = (float)ib_rng_get_uniform(rng);
    for (size_t i = 0; i < rows; i++)
        labels[i] = ib_rng_get_below(rng, 2);
    require(b, ib_dataset_create(b->context, x, labels, 2, &b->dataset));
    ib_tensor_destroy(x);
    ib_rng_destroy(rng);
    free(labels);
}

static void create_study(bench *b)
{
    require(b, ib_dataset_create_icosahedron(b->context, &b->dataset));
    require(b, ib_split_create_study(b->context, &b->split));
    ib_train_options_init(&b->options);
    b->options.epochs = getenv("BENCH_QUICK") ? 1 : 50;
}

static void add_layer(const bench *b, uint32_t width, uint32_t activation)
{
    ib_layer_options options;
    ib_layer_options_init(&options);
    options.width = width;
    options.activation = activation;
    require(b, ib_network_add_layer(b->network, &options));
}

static void create_layers(bench *b, size_t inputs, size_t hidden, uint32_t width)
{
    require(b, ib_network_create(b->context, inputs, &b->network));
    for (size_t l = 0; l < hidden; l++)
        add_layer(b, width, IB_ACTIVATION_TANH);
    add_layer(b, 2, IB_ACTIVATION_SOFTMAX);
}

static void draw_weights(const bench *b)
{
    ib_rng *rng;
    require(b, ib_rng_create(b->context, 2, 0, &rng));
    require(b, ib_network_initialise(b->network, rng));
    ib_rng_destroy(rng);
}

static void watch(bench *b)
{
    require(b, ib_observer_create(b->dataset, &b->observer));
    require(b, ib_plane_create(b->context, &b->plane));
}

/* A training pass over a few rows gives the quantisers their ranges, as training would have. */
static void find_ranges(bench *b)
{
    ib_tensor *some;
    float *inputs = (float *)ib_tensor_read(ib_dataset_inputs(b->dataset)); /* only read */
    require(b, ib_tensor_create_borrowed(b->context, inputs, 2, (size_t[]){BATCH, INPUTS}, &some));
    require(b, ib_network_forward(b->network, IB_PASS_TRAINING, some));
    ib_tensor_destroy(some);
}

static void destroy(bench *b)
{
    ib_adam_destroy(b->adam);
    ib_network_destroy(b->network);
    ib_plane_destroy(b->plane);
    ib_observer_destroy(b->observer);
    ib_split_destroy(b->split);
    ib_dataset_destroy(b->dataset);
    ib_context_destroy(b->context);
}

/* --- the curves -------------------------------------------------------------------------------------------------- */

static void over_rows(bench *b, size_t rows)
{
    create_random(b, rows < BATCH ? BATCH : rows, INPUTS);
    require(b, ib_preset_create(b->context, IB_PRESET_PAPER, IB_ACTIVATION_TANH, 8, &b->network));
    draw_weights(b);
    find_ranges(b);
    watch(b);
    bench_print("evaluate", bench_time(evaluate, b));
    bench_print("measure", bench_time(measure, b));
}

static void over_width(bench *b, size_t width)
{
    create_random(b, BATCH, width);
    create_layers(b, width, 2, (uint32_t)width);
    draw_weights(b);
    require(b, ib_adam_create(b->context, ib_network_parameter_count(b->network), NULL, &b->adam));
    const double seconds = bench_time(step, b), w = (double)width;
    /* forward and gradient of weights in both layers and the output, gradient of inputs in all but the first */
    const double flops = 2.0 * BATCH * (2.0 * (2.0 * w * w + 2.0 * w) + w * w + 2.0 * w);
    bench_print("step", seconds);
    bench_print("flops", flops / seconds);
}

static void over_layers(bench *b, size_t layers)
{
    create_study(b);
    create_layers(b, INPUTS, layers - 1, 10);
    bench_print("train", bench_time(train, b) / (double)b->options.epochs);
}

static void over_bits(bench *b, size_t bits)
{
    create_study(b);
    require(b, ib_preset_create(b->context, IB_PRESET_PAPER, IB_ACTIVATION_TANH, (uint32_t)bits, &b->network));
    watch(b);
    bench_print("train", bench_time(train, b) / (double)b->options.epochs);
    bench_print("evaluate", bench_time(evaluate, b));
    bench_print("measure", bench_time(measure, b));
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*at)(bench *b, size_t size);
    } curves[] = {{"rows", over_rows}, {"width", over_width}, {"layers", over_layers}, {"bits", over_bits}};
    for (size_t i = 0; argc == 3 && i < sizeof curves / sizeof curves[0]; i++) {
        if (strcmp(argv[1], curves[i].name) != 0)
            continue;
        bench b = {0};
        bench_require(ib_context_create(NULL, &b.context), NULL);
        curves[i].at(&b, bench_number(argv[2]));
        destroy(&b);
        return EXIT_SUCCESS;
    }
    bench_usage("bench_growth rows|width|layers|bits SIZE");
}
