/* The dense layer on tensors. The sums themselves are in kernels/dense.h. */
#include "base/flush.h"
#include "base/memory.h"
#include "base/tensor.h"
#include "nn/panels.h"

#include <libib/activation.h>
#include <libib/dense.h>

/* A batch in panels, and the kernel transposed, as the kernels want them. */
typedef struct workspace {
    float *x, *dx; /* [P][D][64] */
    float *z;      /* [P][U][64]; gradients in backward */
    float *w, *dw; /* [U][D] */
    size_t rows, inputs, outputs, panels;
} workspace;

static void workspace_free(ib_context *context, workspace *work)
{
    ib_i_free(context, work->x);
    ib_i_free(context, work->dx);
    ib_i_free(context, work->z);
    ib_i_free(context, work->w);
    ib_i_free(context, work->dw);
}

static ib_status workspace_make(ib_context *context, const ib_tensor *x, const ib_tensor *kernel, workspace *work)
{
    *work = (workspace){.rows = x->shape[0], .inputs = x->shape[1], .outputs = kernel->shape[1]};
    work->panels = ib_i_panels(work->rows);
    const size_t lanes = work->panels * IB_I_PANEL, weights = work->inputs * work->outputs;
    work->x = ib_i_alloc(context, lanes * work->inputs, sizeof *work->x);
    work->dx = ib_i_alloc(context, lanes * work->inputs, sizeof *work->dx);
    work->z = ib_i_alloc(context, lanes * work->outputs, sizeof *work->z);
    work->w = ib_i_alloc(context, weights, sizeof *work->w);
    work->dw = ib_i_alloc(context, weights, sizeof *work->dw);
    if (!work->x || !work->dx || !work->z || !work->w || !work->dw) {
        workspace_free(context, work);
        return ib_i_fail_memory(context);
    }
    ib_i_transpose(kernel->data, work->inputs, work->outputs, work->w);
    if (work->rows)
        ib_i_panels_load(x->data, work->inputs, NULL, work->rows, work->x);
    return IB_OK;
}

static ib_status check_operands(const ib_tensor *x, const ib_tensor *kernel)
{
    if (x->rank != 2)
        return ib_i_fail(x->context, IB_ERR_SHAPE, "x: expected rank 2, got rank %u", x->rank);
    if (!kernel)
        return ib_i_fail_null(x->context, "kernel");
    return ib_i_tensor_check(x->context, "kernel", kernel, x->shape[1], kernel->shape[1]);
}

ib_status ib_dense_forward(const ib_tensor *x, const ib_tensor *kernel, const ib_tensor *bias, ib_tensor *z)
{
    if (!x)
        return IB_ERR_ARG;
    ib_context *context = x->context;
    IB_TRY(check_operands(x, kernel));
    IB_TRY(ib_i_tensor_check_vector(context, "bias", bias, kernel->shape[1]));
    IB_TRY(ib_i_tensor_check(context, "z", z, x->shape[0], kernel->shape[1]));
    workspace work;
    IB_TRY(workspace_make(context, x, kernel, &work));
    const ib_i_flush mode = ib_i_flush_begin();
    context->kernels->dense_forward(work.panels, work.inputs, work.outputs, work.w, bias->data, work.x, work.z);
    ib_i_flush_end(mode);
    ib_i_panels_store(work.z, work.outputs, NULL, work.rows, z->data);
    workspace_free(context, &work);
    return ib_i_ok(context);
}

/* Lanes without a row have gradient 0. */
static void load_gradient(const ib_tensor *dz, const workspace *work)
{
    for (size_t i = 0; i < work->rows; i++)
        for (size_t u = 0; u < work->outputs; u++)
            work->z[ib_i_panel_at(i, work->outputs, u)] = dz->data[i * work->outputs + u];
}

ib_status ib_dense_backward(const ib_tensor *x, const ib_tensor *kernel, const ib_tensor *dz, ib_tensor *dx,
                            ib_tensor *dkernel, ib_tensor *dbias)
{
    if (!x)
        return IB_ERR_ARG;
    ib_context *context = x->context;
    IB_TRY(check_operands(x, kernel));
    const size_t outputs = kernel->shape[1];
    IB_TRY(ib_i_tensor_check(context, "dz", dz, x->shape[0], outputs));
    if (dx)
        IB_TRY(ib_i_tensor_check_same(context, "dx", x, dx));
    IB_TRY(ib_i_tensor_check_same(context, "dkernel", kernel, dkernel));
    IB_TRY(ib_i_tensor_check_vector(context, "dbias", dbias, outputs));
    workspace work;
    IB_TRY(workspace_make(context, x, kernel, &work));
    load_gradient(dz, &work);
    const ib_kernels *kernels = context->kernels;
    const ib_i_flush mode = ib_i_flush_begin();
    kernels->dense_backward_weights(work.panels, work.inputs, outputs, work.x, work.z, work.dw, dbias->data);
    if (dx)
        kernels->dense_backward_inputs(work.panels, work.inputs, outputs, work.w, work.z, IB_ACTIVATION_LINEAR, NULL,
                                       work.dx);
    ib_i_flush_end(mode);
    ib_i_transpose(work.dw, outputs, work.inputs, dkernel->data);
    if (dx)
        ib_i_panels_store(work.dx, work.inputs, NULL, work.rows, dx->data);
    workspace_free(context, &work);
    return ib_i_ok(context);
}
