/* What the initial range [-6, 6] of the moving-average quantiser does to the fitting phase: the ReLU network of
 * official-v1 with 8 bits, as it is, and with activations quantised between the smallest and largest of the epoch
 * instead, calibrated before training. Everything else is the same: seeds, weights, their quantisers, grid, loss.
 *
 * usage: initial_range [RUNS [EPOCHS [SEED]]] */
#include <libib/libib.h>

#include <stdio.h>
#include <stdlib.h>

enum { LAYERS = 6, BITS = 8 };

static const uint32_t shown[] = {0, 1, 20, 60, 100, 200, 500, 1000, 2000, 8000};

/* Ends the program: nothing can be compared without the runs. */
static void require(ib_status status, const ib_context *context)
{
    if (status == IB_OK)
        return;
    fprintf(stderr, "initial_range: %s: %s\n", ib_status_name(status), ib_context_message(context));
    exit(EXIT_FAILURE);
}

/* As preset.c has it, but for the range of activations. */
static ib_network *create_network(ib_context *context, uint32_t range)
{
    static const uint32_t widths[LAYERS] = {10, 7, 5, 4, 3, 2};
    ib_network *network = NULL;
    require(ib_network_create(context, 12, &network), context);
    for (size_t l = 0; l < LAYERS; l++) {
        const int is_output = l + 1 == LAYERS;
        ib_layer_options layer;
        ib_quant_options activations, weights;
        ib_layer_options_init(&layer);
        ib_quant_options_init(&activations);
        ib_quant_options_init(&weights);
        activations.bits = weights.bits = BITS;
        activations.grid = weights.grid = IB_GRID_NUDGED;
        activations.range = range;
        weights.range = IB_RANGE_LAST;
        layer.width = widths[l];
        layer.activation = is_output ? IB_ACTIVATION_SOFTMAX : IB_ACTIVATION_RELU;
        layer.init = is_output ? IB_INIT_GLOROT_UNIFORM : IB_INIT_TRUNCATED_NORMAL_FAN_OUT;
        layer.quantise_at = is_output ? IB_QUANTISE_LOGITS : IB_QUANTISE_OUTPUT;
        layer.activations = &activations;
        layer.weights = &weights;
        require(ib_network_add_layer(network, &layer), context);
    }
    return network;
}

static int32_t add(uint64_t run, ib_record *record, void *curve)
{
    (void)run;
    return ib_curve_add(curve, ib_record_plane(record)) == IB_OK ? 0 : -1;
}

typedef struct plan {
    uint64_t runs, seed;
    uint32_t epochs;
} plan;

static ib_curve *train(ib_context *context, const plan *p, uint32_t range)
{
    ib_dataset *dataset = NULL;
    ib_split *split = NULL;
    ib_study *study = NULL;
    ib_curve *curve = NULL;
    ib_network *network = create_network(context, range);
    const ib_schedule_options schedule = {.struct_size = sizeof schedule, .every = 1};
    ib_train_options how;
    ib_study_options options;
    ib_train_options_init(&how);
    ib_study_options_init(&options);
    how.seed = p->seed;
    how.epochs = p->epochs;
    options.runs = p->runs;
    options.train = &how;
    options.schedule = &schedule;
    options.done = add;
    require(ib_dataset_create_icosahedron(context, &dataset), context);
    require(ib_split_create_study(context, &split), context);
    require(ib_curve_create(context, &curve), context);
    options.user_data = curve;
    require(ib_study_create(network, dataset, split, &options, &study), context);
    require(ib_study_run(study), context);
    ib_study_destroy(study);
    ib_network_destroy(network);
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
    return curve;
}

static void print_cell(ib_curve *curve, uint32_t layer, uint32_t epoch)
{
    size_t first = 0;
    const size_t count = ib_curve_line(curve, layer, IB_MEASURE_STATE, 0, &first);
    ib_curve_point point;
    if (epoch >= count || ib_curve_get(curve, first + epoch, &point))
        printf(" - | - |");
    else
        printf(" %.2f ± %.2f | %.3f ± %.3f |", point.i_xt.mean, point.i_xt.half_interval, point.i_ty.mean,
               point.i_ty.half_interval);
}

static void print_layer(ib_curve *const curves[2], uint32_t layer)
{
    printf("\n| T%u, epoch | H(T), begins at [-6, 6] | I(T;Y) | H(T), range of the epoch | I(T;Y) |\n", layer);
    printf("|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        printf("| %u |", shown[i]);
        print_cell(curves[0], layer, shown[i]);
        print_cell(curves[1], layer, shown[i]);
        putchar('\n');
    }
}

static void print_rise(ib_curve *curve, const char *name, uint32_t layer)
{
    ib_phases phases = {.struct_size = sizeof phases};
    if (ib_curve_measure_phases(curve, layer, IB_MEASURE_STATE, 0, 0, &phases))
        return;
    printf("| T%u | %s | %.2f ± %.2f | %u | %.3f ± %.3f | %.2f ± %.2f |\n", layer, name, phases.rise.mean,
           phases.rise.half_interval, phases.compression_first, phases.fitting.mean, phases.fitting.half_interval,
           phases.compression.mean, phases.compression.half_interval);
}

int main(int argc, char **argv)
{
    const plan p = {
        .runs = argc > 1 ? strtoull(argv[1], NULL, 10) : 20,
        .epochs = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 8000,
        .seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1,
    };
    ib_context *context = NULL;
    require(ib_context_create(NULL, &context), NULL);
    ib_curve *const curves[2] = {train(context, &p, IB_RANGE_MOVING), train(context, &p, IB_RANGE_EPOCH)};
    printf("Mean ± half of the 95%% interval of the mean, %zu runs, official-v1, ReLU, 8 bits, in bits.\n",
           ib_curve_runs(curves[0]));
    for (uint32_t layer = 1; layer <= LAYERS; layer++)
        print_layer(curves, layer);
    printf("\n| layer | ranges | rise of I(X;T) | to epoch | fitting | compression |\n|---|---|---|---|---|---|\n");
    for (uint32_t layer = 1; layer <= LAYERS; layer++) {
        print_rise(curves[0], "begin at [-6, 6]", layer);
        print_rise(curves[1], "of the epoch", layer);
    }
    ib_curve_destroy(curves[0]);
    ib_curve_destroy(curves[1]);
    ib_context_destroy(context);
    return 0;
}
