#include "runs.h"

typedef struct watcher {
    ib_context *context;
    ib_observer *observer;
    ib_plane *plane;
    test_run_watch watch;
    void *user_data;
} watcher;

static int32_t observe(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    watcher *own = user_data;
    test_require(own->context, ib_observer_measure(own->observer, network, epoch->epoch, own->plane));
    if (own->watch)
        own->watch(epoch, network, own->plane, own->user_data);
    return 0;
}

test_run_hashes test_run_train(ib_context *context, const test_run *what, test_run_watch watch, void *user_data)
{
    watcher own = {.context = context, .watch = watch, .user_data = user_data};
    ib_dataset *dataset = NULL;
    ib_split *split = NULL;
    ib_network *network = NULL;
    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = what->epochs;
    options.seed = what->seed;
    options.run = what->run;
    options.callback = observe;
    options.user_data = &own;
    test_require(context, ib_dataset_create_icosahedron(context, &dataset));
    test_require(context, ib_split_create_study(context, &split));
    test_require(context, ib_observer_create(dataset, &own.observer));
    test_require(context, ib_plane_create(context, &own.plane));
    test_require(context, ib_preset_create(context, what->preset, what->activation, what->bits, &network));
    test_require(context, ib_train_run(network, dataset, split, &options));
    test_run_hashes hashes = {test_hash_weights(TEST_HASH_START, network),
                              test_hash_points(TEST_HASH_START, own.plane)};
    ib_network_destroy(network);
    ib_plane_destroy(own.plane);
    ib_observer_destroy(own.observer);
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
    return hashes;
}
