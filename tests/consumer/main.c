/* A program of somebody else: knows libib only by its installed headers. */
#include <libib/libib.h>

#include <stdio.h>
#include <string.h>

typedef struct study {
    ib_observer *observer;
    ib_plane *plane;
} study;

static int32_t measure(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    study *s = user_data;
    return ib_observer_measure(s->observer, network, epoch->epoch, s->plane) == IB_OK ? 0 : -1;
}

/* Trains the standard setting for two epochs; the number of points, or -1 if anything fails. */
static int points_of_two_epochs(ib_context *context)
{
    ib_dataset *dataset = NULL;
    ib_split *split = NULL;
    ib_network *network = NULL;
    study s = {NULL, NULL};
    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = 2;
    options.callback = measure;
    options.user_data = &s;

    int points = -1;
    if (ib_dataset_create_icosahedron(context, &dataset) == IB_OK && ib_split_create_study(context, &split) == IB_OK &&
        ib_preset_create(context, IB_PRESET_PAPER, IB_ACTIVATION_RELU, 4, &network) == IB_OK &&
        ib_observer_create(dataset, &s.observer) == IB_OK && ib_plane_create(context, &s.plane) == IB_OK &&
        ib_train_run(network, dataset, split, &options) == IB_OK)
        points = (int)ib_plane_count(s.plane);

    ib_plane_destroy(s.plane);
    ib_observer_destroy(s.observer);
    ib_network_destroy(network);
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
    return points;
}

int main(void)
{
    ib_context *context;
    if (strcmp(ib_version_get(), IB_VERSION) != 0 || ib_context_create(NULL, &context) != IB_OK)
        return 1;
    int points = points_of_two_epochs(context);
    if (points < 0)
        fprintf(stderr, "%s\n", ib_context_message(context));
    else
        printf("libib %s, kernels %s, %d points\n", ib_version_get(), ib_context_kernels(context), points);
    ib_context_destroy(context);
    return points != 3 * 6; /* six layers at epochs 0, 1 and 2 */
}
