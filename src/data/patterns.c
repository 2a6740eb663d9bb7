#include "base/tensor.h"
#include "data/dataset.h"

#define MAX_BITS 24

static ib_status label_patterns(ib_dataset *dataset, uint32_t bits, ib_label_fn label, void *user_data)
{
    for (uint32_t pattern = 0; pattern < UINT32_C(1) << bits; pattern++) {
        uint32_t value = 0;
        IB_TRY(ib_i_callback(dataset->context, "label", label(pattern, bits, &value, user_data)));
        if (value >= dataset->classes)
            return ib_i_fail(dataset->context, IB_ERR_RANGE, "label of pattern %u: expected below %u, got %u",
                             (unsigned)pattern, (unsigned)dataset->classes, (unsigned)value);
        dataset->labels[pattern] = value;
    }
    return IB_OK;
}

static void write_patterns(float *inputs, uint32_t bits)
{
    for (uint32_t pattern = 0; pattern < UINT32_C(1) << bits; pattern++)
        for (uint32_t place = bits; place-- > 0;)
            *inputs++ = (float)(pattern >> place & 1);
}

ib_status ib_dataset_create_patterns(ib_context *context, uint32_t bits, uint32_t classes, ib_label_fn label,
                                     void *user_data, ib_dataset **out)
{
    if (out)
        *out = NULL;
    if (!context)
        return IB_ERR_ARG;
    if (!label || !out)
        return ib_i_fail_null(context, !label ? "label" : "out");
    if (bits < 1 || bits > MAX_BITS)
        return ib_i_fail(context, IB_ERR_ARG, "bits: expected 1 to %d, got %u", MAX_BITS, (unsigned)bits);
    if (classes == 0)
        return ib_i_fail(context, IB_ERR_ARG, "classes: expected at least 1, got 0");
    ib_dataset *made;
    IB_TRY(ib_i_dataset_create(context, (size_t)1 << bits, bits, classes, &made));
    ib_status status = label_patterns(made, bits, label, user_data);
    if (status != IB_OK) {
        ib_dataset_destroy(made);
        return status;
    }
    write_patterns(made->inputs->data, bits);
    *out = made;
    return ib_i_ok(context);
}
