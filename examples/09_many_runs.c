/* 09: many runs. The study's network with a few seeds: what is common to all, and which of them is most like the rest.
 *
 * New: a curve takes the plane of each run. It says means with their 95% intervals, ranks the runs, measures fitting
 * and compression, and looks for points that cannot be.
 *
 * 09_many_runs [EPOCHS [RUNS]] */
#include <libib/libib.h>

#include <stdio.h>
#include <stdlib.h>

#define MOST_RUNS 1000

typedef struct run {
    ib_observer *observer;
    ib_plane *plane;
} run;

static int32_t measure(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    run *r = user_data;
    return ib_observer_measure(r->observer, network, epoch->epoch, r->plane) == IB_OK ? 0 : -1;
}

/* Trains a network with each seed and adds its points to the curve. */
static ib_status train(const ib_dataset *dataset, ib_split *split, ib_network *network, uint32_t epochs, uint64_t runs,
                       run *r, ib_curve *curve)
{
    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = epochs;
    options.callback = measure;
    options.user_data = r;
    for (uint64_t seed = 1; seed <= runs; seed++) {
        options.seed = seed;
        ib_plane_reset(r->plane);
        ib_status status = ib_train_run(network, dataset, split, &options);
        if (status == IB_OK)
            status = ib_curve_add(curve, r->plane);
        if (status != IB_OK)
            return status;
    }
    return IB_OK;
}

/* One layer: where it is at the end, and how it got there. */
static void print_layer(ib_curve *curve, uint32_t layer)
{
    size_t first = 0, count = ib_curve_line(curve, layer, IB_MEASURE_STATE, 0, &first);
    ib_curve_point last;
    ib_phases phases = {.struct_size = sizeof phases};
    if (count == 0 || ib_curve_get(curve, first + count - 1, &last) ||
        ib_curve_measure_phases(curve, layer, IB_MEASURE_STATE, 0, 0, &phases))
        return;
    printf("T%u: I(X;T) = %.2f +- %.2f, I(T;Y) = %.3f +- %.3f; fitting %.3f +- %.3f (to epoch %u), "
           "compression %.2f +- %.2f (from epoch %u)\n",
           layer, last.i_xt.mean, last.i_xt.half_interval, last.i_ty.mean, last.i_ty.half_interval, phases.fitting.mean,
           phases.fitting.half_interval, phases.fitting_last, phases.compression.mean, phases.compression.half_interval,
           phases.compression_first);
}

static ib_status print_curve(const ib_dataset *dataset, ib_curve *curve)
{
    static ib_rank ranks[MOST_RUNS];
    const size_t runs = ib_curve_runs(curve);
    ib_limits limits;
    ib_violations violations[IB_LIMIT_COUNT];
    ib_status status = ib_curve_rank(curve, IB_MEASURE_STATE, 0, ranks);
    if (status == IB_OK)
        status = ib_limits_measure(dataset, &limits);
    if (status == IB_OK)
        status = ib_curve_count_violations(curve, IB_MEASURE_STATE, 0, &limits, 1e-12, violations);
    if (status != IB_OK)
        return status;
    for (uint32_t layer = 1; layer <= ib_curve_layers(curve); layer++)
        print_layer(curve, layer);
    printf("nearest to the mean: seed %u, at %.3f bits; in the middle: seed %u; oddest: seed %u, at %.3f bits\n",
           (unsigned)ranks[0].run + 1, ranks[0].distance, (unsigned)ranks[(runs - 1) / 2].run + 1,
           (unsigned)ranks[runs - 1].run + 1, ranks[runs - 1].distance);
    printf("violations of the data-processing inequality: %u of %u\n",
           (unsigned)(violations[IB_LIMIT_CHAIN_X].violated + violations[IB_LIMIT_CHAIN_Y].violated),
           (unsigned)(violations[IB_LIMIT_CHAIN_X].checked + violations[IB_LIMIT_CHAIN_Y].checked));
    return IB_OK;
}

int main(int argc, char **argv)
{
    const uint32_t epochs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000;
    const uint64_t runs = argc > 2 ? strtoull(argv[2], NULL, 10) : 5;
    if (runs < 1 || runs > MOST_RUNS) {
        fprintf(stderr, "usage: 09_many_runs [EPOCHS [RUNS]], RUNS from 1 to %d\n", MOST_RUNS);
        return 2;
    }
    ib_context *context = NULL;
    ib_dataset *dataset = NULL;
    ib_split *split = NULL;
    ib_network *network = NULL;
    ib_curve *curve = NULL;
    run r = {NULL, NULL};
    int failed = ib_context_create(NULL, &context) || ib_dataset_create_icosahedron(context, &dataset) ||
                 ib_split_create_study(context, &split) ||
                 ib_preset_create(context, IB_PRESET_PAPER, IB_ACTIVATION_TANH, 8, &network) ||
                 ib_observer_create(dataset, &r.observer) || ib_plane_create(context, &r.plane) ||
                 ib_curve_create(context, &curve) || train(dataset, split, network, epochs, runs, &r, curve) ||
                 print_curve(dataset, curve);
    if (failed)
        fprintf(stderr, "%s\n", ib_context_message(context));
    ib_curve_destroy(curve);
    ib_plane_destroy(r.plane);
    ib_observer_destroy(r.observer);
    ib_network_destroy(network);
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
    ib_context_destroy(context);
    return failed;
}
