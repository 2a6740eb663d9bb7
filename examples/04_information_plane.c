/* 04: the information plane. The whole study in one run: its data, its split, its network, every layer counted exactly.
 *
 * New: presets, the observer, the plane. Prints epoch, layer, I(X;T) and I(T;Y); draw the last two against each other.
 *
 * 04_information_plane [EPOCHS] */
#include <libib/libib.h>

#include <stdio.h>
#include <stdlib.h>

typedef struct study {
    ib_observer *observer;
    ib_plane *plane;
} study;

/* The network has just seen the whole data set: count its codes, add a point for each layer. */
static int32_t measure(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    study *s = user_data;
    return ib_observer_measure(s->observer, network, epoch->epoch, s->plane) == IB_OK ? 0 : -1;
}

int main(int argc, char **argv)
{
    ib_context *context = NULL;
    ib_dataset *dataset = NULL;
    ib_split *split = NULL;
    ib_network *network = NULL;
    study s = {NULL, NULL};

    ib_train_options options;
    ib_train_options_init(&options); /* 8000 epochs, batches of 256, Adam: those of the study */
    options.epochs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 8000;
    options.seed = 1;
    options.callback = measure;
    options.user_data = &s;

    int failed = ib_context_create(NULL, &context) || ib_dataset_create_icosahedron(context, &dataset) ||
                 ib_split_create_study(context, &split) ||
                 ib_preset_create(context, IB_PRESET_PAPER, IB_ACTIVATION_TANH, 8, &network) ||
                 ib_observer_create(dataset, &s.observer) || ib_plane_create(context, &s.plane) ||
                 ib_train_run(network, dataset, split, &options);
    if (failed)
        fprintf(stderr, "%s\n", ib_context_message(context));

    for (size_t i = 0; i < ib_plane_count(s.plane); i++) {
        const ib_point *p = &ib_plane_points(s.plane)[i];
        printf("%u %u %.4f %.4f\n", p->epoch, p->layer, p->i_xt, p->i_ty);
    }
    ib_plane_destroy(s.plane);
    ib_observer_destroy(s.observer);
    ib_network_destroy(network);
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
    ib_context_destroy(context);
    return failed;
}
