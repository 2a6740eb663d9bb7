/* Activation functions on tensors. The functions themselves are in kernels/vmath.h and kernels/elementwise.h. */
#include "base/flush.h"
#include "base/memory.h"
#include "base/tensor.h"
#include "nn/panels.h"

#include <libib/activation.h>

const char *ib_activation_name(uint32_t activation)
{
    static const char *const names[] = {"linear", "tanh", "relu", "sigmoid", "softmax"};
    return activation <= IB_ACTIVATION_SOFTMAX ? names[activation] : "unknown";
}

static ib_status check(uint32_t activation, const ib_tensor *tensor)
{
    if (activation > IB_ACTIVATION_SOFTMAX)
        return ib_i_fail(tensor->context, IB_ERR_ARG, "activation: expected 0 to 4, got %u", activation);
    if (activation == IB_ACTIVATION_SOFTMAX && (tensor->rank != 2 || tensor->shape[1] == 0))
        return ib_i_fail(tensor->context, IB_ERR_SHAPE, "softmax: expected rank 2 with one class or more, got rank %u",
                         tensor->rank);
    return IB_OK;
}

/* Softmax works on panels: to[B][K] from one or two tensors of that shape. */
static ib_status softmax(const ib_tensor *a, const ib_tensor *b, ib_tensor *to)
{
    ib_context *context = a->context;
    const size_t rows = a->shape[0], classes = a->shape[1], panels = ib_i_panels(rows);
    if (rows == 0)
        return IB_OK;
    float *first = ib_i_alloc(context, panels * IB_I_PANEL * classes, sizeof *first);
    float *second = ib_i_alloc(context, panels * IB_I_PANEL * classes, sizeof *second);
    ib_status status = first && second ? IB_OK : ib_i_fail_memory(context);
    if (status == IB_OK) {
        ib_i_panels_load(a->data, classes, NULL, rows, first);
        if (b) {
            ib_i_panels_load(b->data, classes, NULL, rows, second);
            context->kernels->softmax_backward(panels, classes, first, second, first);
        } else {
            context->kernels->softmax_forward(panels, classes, first, first);
        }
        ib_i_panels_store(first, classes, NULL, rows, to->data);
    }
    ib_i_free(context, first);
    ib_i_free(context, second);
    return status;
}

ib_status ib_activation_forward(uint32_t activation, const ib_tensor *z, ib_tensor *y)
{
    if (!z)
        return IB_ERR_ARG;
    IB_TRY(check(activation, z));
    IB_TRY(ib_i_tensor_check_same(z->context, "y", z, y));
    const ib_i_flush mode = ib_i_flush_begin();
    ib_status status = IB_OK;
    if (activation == IB_ACTIVATION_SOFTMAX)
        status = softmax(z, NULL, y);
    else
        z->context->kernels->activation_forward(activation, z->size, z->data, y->data);
    ib_i_flush_end(mode);
    return status == IB_OK ? ib_i_ok(z->context) : status;
}

ib_status ib_activation_backward(uint32_t activation, const ib_tensor *y, const ib_tensor *dy, ib_tensor *dz)
{
    if (!y)
        return IB_ERR_ARG;
    IB_TRY(check(activation, y));
    IB_TRY(ib_i_tensor_check_same(y->context, "dy", y, dy));
    IB_TRY(ib_i_tensor_check_same(y->context, "dz", y, dz));
    const ib_i_flush mode = ib_i_flush_begin();
    ib_status status = IB_OK;
    if (activation == IB_ACTIVATION_SOFTMAX)
        status = softmax(y, dy, dz);
    else
        y->context->kernels->activation_backward(activation, y->size, y->data, dy->data, dz->data);
    ib_i_flush_end(mode);
    return status == IB_OK ? ib_i_ok(y->context) : status;
}
