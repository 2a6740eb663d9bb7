/* Losses on tensors. The formulas themselves are in kernels/loss.h. */
#include "base/flush.h"
#include "base/memory.h"
#include "base/tensor.h"
#include "nn/panels.h"

#include <libib/loss.h>

/* A batch in panels. */
typedef struct workspace {
    size_t rows, classes, panels;
    float *p, *q;     /* [P][K][64]: logits, or probabilities before and after quantisation */
    float *losses;    /* [P][64] */
    uint32_t *labels; /* [P][64] */
} workspace;

static void workspace_free(ib_context *context, workspace *work)
{
    ib_i_free(context, work->p);
    ib_i_free(context, work->q);
    ib_i_free(context, work->losses);
    ib_i_free(context, work->labels);
}

static ib_status check(const ib_tensor *p, const uint32_t *labels)
{
    if (p->rank != 2 || p->size == 0)
        return ib_i_fail(p->context, IB_ERR_SHAPE,
                         "outputs: expected rank 2 and one row or more, got rank %u, %zu values", p->rank, p->size);
    if (!labels)
        return ib_i_fail_null(p->context, "labels");
    for (size_t i = 0; i < p->shape[0]; i++)
        if (labels[i] >= p->shape[1])
            return ib_i_fail(p->context, IB_ERR_RANGE, "label of row %zu: expected below %zu, got %u", i, p->shape[1],
                             labels[i]);
    return IB_OK;
}

static ib_status workspace_make(const ib_tensor *p, const ib_tensor *q, const uint32_t *labels, workspace *work)
{
    ib_context *context = p->context;
    *work = (workspace){.rows = p->shape[0], .classes = p->shape[1], .panels = ib_i_panels(p->shape[0])};
    const size_t lanes = work->panels * IB_I_PANEL;
    work->p = ib_i_alloc(context, lanes * work->classes, sizeof *work->p);
    work->q = ib_i_alloc(context, lanes * work->classes, sizeof *work->q);
    work->losses = ib_i_alloc(context, lanes, sizeof *work->losses);
    work->labels = ib_i_alloc(context, lanes, sizeof *work->labels);
    if (!work->p || !work->q || !work->losses || !work->labels) {
        workspace_free(context, work);
        return ib_i_fail_memory(context);
    }
    ib_i_panels_load(p->data, work->classes, NULL, work->rows, work->p);
    if (q)
        ib_i_panels_load(q->data, work->classes, NULL, work->rows, work->q);
    ib_i_panels_labels(labels, NULL, work->rows, work->labels);
    return IB_OK;
}

/* q is NULL for the loss of logits. */
static ib_status loss(const ib_tensor *p, const ib_tensor *q, const uint32_t *labels, ib_tensor *dlogits, double *out)
{
    ib_context *context = p->context;
    const ib_kernels *kernels = context->kernels;
    IB_TRY(check(p, labels));
    if (dlogits)
        IB_TRY(ib_i_tensor_check_same(context, "dlogits", p, dlogits));
    if (!out)
        return ib_i_fail_null(context, "loss");
    workspace work;
    IB_TRY(workspace_make(p, q, labels, &work));
    const float scale = 1.0f / (float)work.rows;
    const ib_i_flush mode = ib_i_flush_begin();
    if (q)
        kernels->loss_quantised(work.panels, work.classes, work.p, work.q, work.labels, scale, work.losses,
                                dlogits ? work.p : NULL);
    else
        kernels->loss_logits(work.panels, work.classes, work.p, work.labels, scale, work.losses,
                             dlogits ? work.q : NULL);
    *out = kernels->sum(work.panels * IB_I_PANEL, work.losses) / (double)work.rows;
    ib_i_flush_end(mode);
    if (dlogits)
        ib_i_panels_store(q ? work.p : work.q, work.classes, NULL, work.rows, dlogits->data);
    workspace_free(context, &work);
    return ib_i_ok(context);
}

ib_status ib_loss_logits(const ib_tensor *logits, const uint32_t *labels, ib_tensor *dlogits, double *out)
{
    return logits ? loss(logits, NULL, labels, dlogits, out) : IB_ERR_ARG;
}

ib_status ib_loss_quantised(const ib_tensor *p, const ib_tensor *q, const uint32_t *labels, ib_tensor *dlogits,
                            double *out)
{
    if (!p)
        return IB_ERR_ARG;
    IB_TRY(ib_i_tensor_check_same(p->context, "q", p, q));
    return loss(p, q, labels, dlogits, out);
}

ib_status ib_loss_accuracy(const ib_tensor *outputs, const uint32_t *labels, double *accuracy)
{
    if (!outputs)
        return IB_ERR_ARG;
    ib_context *context = outputs->context;
    IB_TRY(check(outputs, labels));
    if (!accuracy)
        return ib_i_fail_null(context, "accuracy");
    const size_t rows = outputs->shape[0], classes = outputs->shape[1];
    size_t correct = 0;
    for (size_t i = 0; i < rows; i++) {
        const float *y = outputs->data + i * classes;
        size_t best = 0;
        for (size_t k = 1; k < classes; k++)
            best = y[k] > y[best] ? k : best;
        correct += best == labels[i];
    }
    *accuracy = (double)correct / (double)rows;
    return ib_i_ok(context);
}
