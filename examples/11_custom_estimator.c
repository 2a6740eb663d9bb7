/* 11: an estimator of your own. A probe looks for the one unit of a layer that says most about the label when its
 * output is cut at the mean: a function of the layer, so what it finds is never more than the layer holds. Beside it
 * stand the exact values of the network as it is, and those of the same weights quantised to 4 bits after training.
 *
 * New: plugging a function into an observer; calls of the library within it; post-training quantisation.
 * Usage: 11_custom_estimator [epochs] */
#include <libib/libib.h>

#include <stdio.h>
#include <stdlib.h>

/* Each unit, cut at its mean, becomes one bit, whose information about the label is counted. */
static ib_status probe_unit(const ib_estimator_input *input, size_t unit, uint8_t *bits, ib_entropies *found)
{
    const size_t rows = ib_tensor_shape(input->values, 0), width = ib_tensor_shape(input->values, 1);
    const float *values = ib_tensor_read(input->values);
    double mean = 0;
    ib_counter *counter;
    ib_codes codes;
    for (size_t i = 0; i < rows; i++)
        mean += (double)values[i * width + unit] / (double)rows;
    for (size_t i = 0; i < rows; i++)
        bits[i] = (double)values[i * width + unit] > mean;
    ib_codes_init(&codes, IB_CODE_UINT8, bits, rows, 1);
    ib_status status = ib_counter_create(input->context, IB_CODE_UINT8, 1, input->classes, &counter);
    if (status == IB_OK)
        status = ib_counter_add(counter, &codes, input->labels, NULL);
    if (status == IB_OK)
        ib_entropy_measure(counter, found);
    ib_counter_destroy(counter);
    return status;
}

/* The estimator: what the observer calls for each layer. A failure of the library is handed on, with its message. */
static int32_t probe(const ib_estimator_input *input, ib_estimate *estimate, void *user_data)
{
    uint8_t *bits = malloc(ib_tensor_shape(input->values, 0));
    ib_status status = bits ? IB_OK : IB_ERR_NOMEM;
    (void)user_data;
    estimate->i_xt = estimate->i_ty = 0;
    for (size_t unit = 0; status == IB_OK && unit < ib_tensor_shape(input->values, 1); unit++) {
        ib_entropies found = {0};
        status = probe_unit(input, unit, bits, &found);
        if (found.mutual > estimate->i_ty) {
            estimate->i_xt = found.rows; /* a bit is a function of X, too */
            estimate->i_ty = found.mutual;
        }
    }
    free(bits);
    return status;
}

typedef struct gauge {
    ib_observer *observer;
    ib_plane *plane;
    uint32_t last;
} gauge;

static int32_t watch(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    const gauge *g = user_data;
    return epoch->epoch == g->last ? ib_observer_measure(g->observer, network, epoch->epoch, g->plane) : 0;
}

static double value_of(const ib_plane *plane, uint32_t layer, uint32_t measure)
{
    for (size_t i = 0; i < ib_plane_count(plane); i++) {
        const ib_point *point = &ib_plane_points(plane)[i];
        if (point->layer == layer && point->measure == measure)
            return point->i_ty;
    }
    return 0;
}

/* 0 if the probe is never above what the layer holds. */
static int print_layers(const ib_plane *plane, size_t layers)
{
    int failed = 0;
    printf("I(T;Y) in bits  exact  after quantising to 4 bits  probe of one unit\n");
    for (uint32_t layer = 1; layer <= layers; layer++) {
        const double exact = value_of(plane, layer, IB_MEASURE_STATE);
        const double probed = value_of(plane, layer, IB_MEASURE_ESTIMATED);
        printf("T%u            %7.4f  %26.4f  %17.4f\n", (unsigned)layer, exact,
               value_of(plane, layer, IB_MEASURE_QUANTISED), probed);
        failed |= probed > exact + 1e-12;
    }
    return failed;
}

int main(int argc, char **argv)
{
    ib_context *context = NULL;
    ib_dataset *dataset = NULL;
    ib_split *split = NULL;
    ib_network *network = NULL;
    gauge g = {NULL, NULL, argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000};

    ib_estimator estimator;
    ib_estimator_init(&estimator);
    estimator.name = "probe";
    estimator.measure = probe;

    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = g.last;
    options.seed = 1;
    options.callback = watch;
    options.user_data = &g;

    int failed = ib_context_create(NULL, &context) || ib_dataset_create_icosahedron(context, &dataset) ||
                 ib_split_create_study(context, &split) ||
                 ib_preset_create(context, IB_PRESET_PAPER, IB_ACTIVATION_TANH, 32, &network) ||
                 ib_observer_create(dataset, &g.observer) || ib_plane_create(context, &g.plane) ||
                 ib_observer_add_estimator(g.observer, &estimator, NULL) ||
                 ib_observer_add_quantised(g.observer, 4, 0, NULL) || ib_train_run(network, dataset, split, &options);
    if (failed)
        fprintf(stderr, "%s\n", ib_context_message(context));
    else
        failed = print_layers(g.plane, ib_network_layers(network));

    ib_plane_destroy(g.plane);
    ib_observer_destroy(g.observer);
    ib_network_destroy(network);
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
    ib_context_destroy(context);
    return failed;
}
