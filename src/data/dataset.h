/* The inside of a data set. */
#ifndef LIBIB_DATA_DATASET_H
#define LIBIB_DATA_DATASET_H

#include "base/context.h"

#include <libib/dataset.h>

struct ib_dataset {
    ib_context *context;
    ib_tensor *inputs;
    uint32_t *labels;
    uint32_t classes;
    int shared; /* inputs and labels are another's */
};

/* A data set with room for its rows, all of it 0. */
ib_status ib_i_dataset_create(ib_context *context, size_t rows, size_t features, uint32_t classes, ib_dataset **out);

/* The same data in another context, for another thread: borrowed from `dataset`, which must last longer. */
ib_status ib_i_dataset_share(const ib_dataset *dataset, ib_context *context, ib_dataset **out);

#endif
