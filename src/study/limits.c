#include "data/dataset.h"

#include <libib/counter.h>
#include <libib/entropy.h>
#include <libib/limits.h>

static ib_status count_rows(const ib_dataset *dataset, ib_counter *counter)
{
    ib_codes codes;
    ib_codes_init(&codes, IB_CODE_FLOAT32, ib_tensor_read(dataset->inputs), ib_dataset_rows(dataset),
                  ib_dataset_features(dataset));
    return ib_counter_add(counter, &codes, dataset->classes > 1 ? dataset->labels : NULL, NULL);
}

ib_status ib_limits_measure(const ib_dataset *dataset, ib_limits *limits)
{
    if (!dataset)
        return IB_ERR_ARG;
    ib_context *context = dataset->context;
    if (!limits)
        return ib_i_fail_null(context, "limits");
    ib_counter *counter;
    IB_TRY(ib_counter_create(context, IB_CODE_FLOAT32, ib_dataset_features(dataset), dataset->classes, &counter));
    const ib_status status = count_rows(dataset, counter);
    if (status == IB_OK) {
        ib_entropies h;
        ib_entropy_measure(counter, &h);
        *limits = (ib_limits){.log2_rows = ib_entropy_log2((double)ib_dataset_rows(dataset)),
                              .h_x = h.rows,
                              .h_y = h.labels,
                              .i_xy = h.mutual};
    }
    ib_counter_destroy(counter);
    return status;
}
