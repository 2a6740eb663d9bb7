#include "data/dataset.h"

#include "base/memory.h"
#include "base/tensor.h"

#include <string.h>

ib_status ib_i_dataset_create(ib_context *context, size_t rows, size_t features, uint32_t classes, ib_dataset **out)
{
    ib_dataset *made = ib_i_object_create(context, sizeof *made);
    if (!made)
        return IB_ERR_NOMEM;
    made->context = context;
    made->classes = classes;
    ib_status status = ib_tensor_create(context, 2, (const size_t[]){rows, features}, &made->inputs);
    if (status == IB_OK) {
        made->labels = ib_i_alloc(context, rows, sizeof *made->labels);
        if (!made->labels)
            status = ib_i_fail_memory(context);
    }
    if (status != IB_OK) {
        ib_dataset_destroy(made);
        return status;
    }
    *out = made;
    return IB_OK;
}

ib_status ib_i_dataset_share(const ib_dataset *dataset, ib_context *context, ib_dataset **out)
{
    ib_dataset *made = ib_i_object_create(context, sizeof *made);
    if (!made)
        return IB_ERR_NOMEM;
    *made = (ib_dataset){.context = context, .labels = dataset->labels, .classes = dataset->classes, .shared = 1};
    const ib_tensor *inputs = dataset->inputs;
    const ib_status status =
        ib_tensor_create_borrowed(context, inputs->data, inputs->rank, inputs->shape, &made->inputs);
    if (status != IB_OK) {
        ib_dataset_destroy(made);
        return status;
    }
    *out = made;
    return IB_OK;
}

static ib_status check_inputs(ib_context *context, const ib_tensor *inputs)
{
    if (inputs->rank != 2 || inputs->size == 0)
        return ib_i_fail(context, IB_ERR_SHAPE, "inputs: expected rows and columns, got rank %u with %zu values",
                         (unsigned)inputs->rank, inputs->size);
    if (inputs->shape[0] > UINT32_MAX)
        return ib_i_fail(context, IB_ERR_OVERFLOW, "inputs: expected fewer than 2^32 rows, got %zu", inputs->shape[0]);
    return ib_i_tensor_check_finite(context, "inputs", inputs);
}

static ib_status check_labels(ib_context *context, const uint32_t *labels, size_t rows, uint32_t classes)
{
    for (size_t row = 0; row < rows; row++)
        if (labels[row] >= classes)
            return ib_i_fail(context, IB_ERR_RANGE, "labels: expected below %u, got %u in row %zu", (unsigned)classes,
                             (unsigned)labels[row], row);
    return IB_OK;
}

ib_status ib_dataset_create(ib_context *context, const ib_tensor *inputs, const uint32_t *labels, uint32_t classes,
                            ib_dataset **out)
{
    if (out)
        *out = NULL;
    if (!context)
        return IB_ERR_ARG;
    if (!inputs || !labels || !out)
        return ib_i_fail_null(context, !inputs ? "inputs" : !labels ? "labels" : "out");
    if (classes == 0)
        return ib_i_fail(context, IB_ERR_ARG, "classes: expected at least 1, got 0");
    IB_TRY(check_inputs(context, inputs));
    size_t rows = inputs->shape[0];
    IB_TRY(check_labels(context, labels, rows, classes));
    IB_TRY(ib_i_dataset_create(context, rows, inputs->shape[1], classes, out));
    memcpy((*out)->inputs->data, inputs->data, inputs->size * sizeof *inputs->data);
    memcpy((*out)->labels, labels, rows * sizeof *labels);
    return ib_i_ok(context);
}

void ib_dataset_destroy(ib_dataset *dataset)
{
    if (!dataset)
        return;
    ib_tensor_destroy(dataset->inputs);
    if (!dataset->shared)
        ib_i_free(dataset->context, dataset->labels);
    ib_i_object_destroy(dataset->context, dataset);
}

size_t ib_dataset_rows(const ib_dataset *dataset)
{
    return dataset ? dataset->inputs->shape[0] : 0;
}

size_t ib_dataset_features(const ib_dataset *dataset)
{
    return dataset ? dataset->inputs->shape[1] : 0;
}

uint32_t ib_dataset_classes(const ib_dataset *dataset)
{
    return dataset ? dataset->classes : 0;
}

const ib_tensor *ib_dataset_inputs(const ib_dataset *dataset)
{
    return dataset ? dataset->inputs : NULL;
}

const uint32_t *ib_dataset_labels(const ib_dataset *dataset)
{
    return dataset ? dataset->labels : NULL;
}
