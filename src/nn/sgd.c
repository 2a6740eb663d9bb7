/* Gradient descent with momentum. Too short a loop for a kernel of each set: compiled once, it gives one result. */
#include "nn/sgd.h"

#include "base/context.h"
#include "base/flush.h"
#include "base/memory.h"

#include <math.h>
#include <string.h>

void ib_sgd_options_init(ib_sgd_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

static ib_status resolve(ib_context *context, const ib_sgd_options *options, ib_sgd_options *full)
{
    IB_TRY(ib_i_options_read(context, options, sizeof *full, full, sizeof *full));
    if (full->reserved)
        return ib_i_fail(context, IB_ERR_UNSUPPORTED, "reserved: expected 0, got %u", full->reserved);
    if (full->rate == 0.0)
        full->rate = 0.01;
    if (!(full->rate > 0.0 && isfinite(full->rate)))
        return ib_i_fail(context, IB_ERR_RANGE, "rate: expected above 0 and finite, got %g", full->rate);
    if (!(full->momentum >= 0.0 && full->momentum < 1.0))
        return ib_i_fail(context, IB_ERR_RANGE, "momentum: expected from 0 to below 1, got %g", full->momentum);
    return IB_OK;
}

ib_status ib_sgd_create(ib_context *context, size_t n, const ib_sgd_options *options, ib_sgd **out)
{
    if (out)
        *out = NULL;
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    if (n == 0)
        return ib_i_fail(context, IB_ERR_ARG, "n: expected 1 or more parameters, got 0");
    ib_sgd_options full;
    IB_TRY(resolve(context, options, &full));
    ib_sgd *sgd = ib_i_object_create(context, sizeof *sgd);
    if (!sgd)
        return IB_ERR_NOMEM;
    *sgd = (ib_sgd){.context = context, .options = full, .n = n};
    sgd->v = ib_i_alloc(context, n, sizeof *sgd->v);
    if (!sgd->v) {
        ib_sgd_destroy(sgd);
        return ib_i_fail_memory(context);
    }
    *out = sgd;
    return ib_i_ok(context);
}

void ib_sgd_destroy(ib_sgd *sgd)
{
    if (!sgd)
        return;
    ib_i_free(sgd->context, sgd->v);
    ib_i_object_destroy(sgd->context, sgd);
}

void ib_i_sgd_reset(ib_sgd *sgd)
{
    memset(sgd->v, 0, sgd->n * sizeof *sgd->v);
    sgd->steps = 0;
}

ib_status ib_sgd_step(ib_sgd *sgd, const float *gradient, float *parameters)
{
    if (!sgd)
        return IB_ERR_ARG;
    if (!gradient || !parameters)
        return ib_i_fail_null(sgd->context, gradient ? "parameters" : "gradient");
    const float rate = (float)sgd->options.rate, momentum = (float)sgd->options.momentum;
    float *v = sgd->v;
    const ib_i_flush mode = ib_i_flush_begin();
    for (size_t i = 0; i < sgd->n; i++) {
        v[i] = momentum * v[i] - rate * gradient[i];
        parameters[i] += v[i];
    }
    ib_i_flush_end(mode);
    sgd->steps++;
    return ib_i_ok(sgd->context);
}

size_t ib_sgd_size(const ib_sgd *sgd)
{
    return sgd ? sgd->n : 0;
}

uint64_t ib_sgd_steps(const ib_sgd *sgd)
{
    return sgd ? sgd->steps : 0;
}

const float *ib_sgd_velocity(const ib_sgd *sgd)
{
    return sgd ? sgd->v : NULL;
}
