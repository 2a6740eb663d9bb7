/* 07: what bins do. A float network is trained twice from one seed: the first time finds the largest outputs of the
 * run, the second one counts, exactly and with 30 bins. No layer can know more about the label than the layer before,
 * from which it has all that it knows. Bins say that some do.
 *
 * New: binning estimators; a run made twice. Usage: 07_bins [epochs] */
#include <libib/libib.h>

#include <stdio.h>
#include <stdlib.h>

/* Bounds whose bins are compared; estimator 1 is the first of them. */
static const uint32_t bounds[] = {IB_BOUNDS_NEURON, IB_BOUNDS_LAYER, IB_BOUNDS_LARGEST, IB_BOUNDS_GLOBAL};
enum { ESTIMATORS = sizeof bounds / sizeof bounds[0] };

typedef struct study {
    ib_ranges *ranges; /* of the first time */
    ib_observer *observer;
    ib_plane *plane; /* of the second time; NULL: it is the first */
} study;

static int32_t watch(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    study *s = user_data;
    return s->plane ? ib_observer_measure(s->observer, network, epoch->epoch, s->plane)
                    : ib_ranges_add(s->ranges, network);
}

static ib_status add_estimators(ib_observer *observer)
{
    for (size_t e = 0; e < ESTIMATORS; e++) {
        ib_binning_options options;
        ib_binning_options_init(&options);
        options.bins = 30;
        options.bounds = bounds[e];
        if (ib_observer_add_binning(observer, &options, NULL))
            return IB_ERR_ARG;
    }
    return IB_OK;
}

/* Of all pairs of neighbouring layers, in how many the later one tells more about the label; 0: exact counts. */
static size_t print_violations(const ib_plane *plane, uint32_t estimator, const char *name)
{
    double before = 0, worst = 0;
    size_t broken = 0, pairs = 0;
    for (size_t i = 0; i < ib_plane_count(plane); i++) {
        const ib_point *point = &ib_plane_points(plane)[i];
        if (point->estimator != estimator || (estimator == 0 && point->measure != IB_MEASURE_STATE))
            continue;
        const double gain = point->layer > 1 ? point->i_ty - before : 0;
        pairs += point->layer > 1;
        broken += gain > 1e-9;
        worst = gain > worst ? gain : worst;
        before = point->i_ty;
    }
    printf("%-16s %4zu of %4zu pairs, by at most %.3f bits\n", name, broken, pairs, worst);
    return broken;
}

int main(int argc, char **argv)
{
    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000;
    options.seed = 1;
    options.callback = watch;

    ib_context *context = NULL;
    ib_dataset *dataset = NULL;
    ib_split *split = NULL;
    ib_network *network = NULL;
    ib_plane *plane = NULL;
    study s = {NULL, NULL, NULL};
    options.user_data = &s;
    int failed = ib_context_create(NULL, &context) || ib_dataset_create_icosahedron(context, &dataset) ||
                 ib_split_create_study(context, &split) ||
                 ib_preset_create(context, IB_PRESET_PAPER, IB_ACTIVATION_RELU, 32, &network) ||
                 ib_ranges_create(context, ib_network_layers(network), &s.ranges) ||
                 ib_observer_create(dataset, &s.observer) || add_estimators(s.observer) ||
                 ib_plane_create(context, &plane);

    failed = failed || ib_train_run(network, dataset, split, &options);
    s.plane = plane;
    failed = failed || ib_observer_set_ranges(s.observer, s.ranges) || ib_train_run(network, dataset, split, &options);
    if (failed) {
        fprintf(stderr, "%s\n", ib_context_message(context));
    } else {
        printf("A layer tells more about the label than the one before it:\n");
        failed = print_violations(plane, 0, "exact counts") > 0;
        for (uint32_t e = 0; e < ESTIMATORS; e++) {
            char name[32];
            snprintf(name, sizeof name, "30 bins, %s", ib_binning_bounds_name(bounds[e]));
            print_violations(plane, e + 1, name);
        }
    }

    ib_plane_destroy(plane);
    ib_observer_destroy(s.observer);
    ib_ranges_destroy(s.ranges);
    ib_network_destroy(network);
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
    ib_context_destroy(context);
    return failed;
}
