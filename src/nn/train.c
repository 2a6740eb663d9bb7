/* A run in one go. */
#include "nn/trainer.h"

#include <string.h>

void ib_train_options_init(ib_train_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

ib_status ib_train_run(ib_network *network, const ib_dataset *dataset, const ib_split *split,
                       const ib_train_options *options)
{
    ib_trainer *trainer = NULL;
    IB_TRY(ib_trainer_create(network, dataset, split, options, &trainer));
    const ib_status status = ib_trainer_run(trainer, trainer->options.epochs);
    ib_trainer_destroy(trainer);
    return status;
}
