/* D. P. Kingma, J. Ba: Adam: a method for stochastic optimization (ICLR 2015). The step of one vector of parameters is
 * in kernels/elementwise.h. */
#include "nn/adam.h"

#include "base/context.h"
#include "base/flush.h"
#include "base/memory.h"
#include "kernels/kernels.h"

#include <math.h>
#include <string.h>

void ib_adam_options_init(ib_adam_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

static double or_default(double value, double standard)
{
    return value == 0.0 ? standard : value;
}

static ib_status resolve(ib_context *context, const ib_adam_options *options, ib_adam_options *full)
{
    IB_TRY(ib_i_options_read(context, options, sizeof *full, full, sizeof *full));
    full->rate = or_default(full->rate, 1e-4);
    full->beta1 = or_default(full->beta1, 0.9);
    full->beta2 = or_default(full->beta2, 0.999);
    full->epsilon = or_default(full->epsilon, 1e-7);
    if (full->epsilon_place > IB_EPSILON_CORRECTED)
        return ib_i_fail(context, IB_ERR_ARG, "epsilon_place: expected 0 or 1, got %u", full->epsilon_place);
    if (!(full->rate > 0.0 && isfinite(full->rate) && full->epsilon > 0.0 && isfinite(full->epsilon)))
        return ib_i_fail(context, IB_ERR_RANGE, "rate and epsilon: expected above 0 and finite, got %g and %g",
                         full->rate, full->epsilon);
    if (!(full->beta1 > 0.0 && full->beta1 < 1.0 && full->beta2 > 0.0 && full->beta2 < 1.0))
        return ib_i_fail(context, IB_ERR_RANGE, "beta1 and beta2: expected above 0 and below 1, got %g and %g",
                         full->beta1, full->beta2);
    return IB_OK;
}

ib_status ib_adam_create(ib_context *context, size_t n, const ib_adam_options *options, ib_adam **out)
{
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    *out = NULL;
    if (n == 0)
        return ib_i_fail(context, IB_ERR_ARG, "n: expected 1 or more parameters, got 0");
    ib_adam_options full;
    IB_TRY(resolve(context, options, &full));
    ib_adam *adam = ib_i_object_create(context, sizeof *adam);
    if (!adam)
        return IB_ERR_NOMEM;
    *adam = (ib_adam){.context = context, .options = full, .n = n, .power1 = 1.0, .power2 = 1.0};
    adam->m = ib_i_alloc(context, n, sizeof *adam->m);
    adam->v = ib_i_alloc(context, n, sizeof *adam->v);
    if (!adam->m || !adam->v) {
        ib_adam_destroy(adam);
        return ib_i_fail_memory(context);
    }
    *out = adam;
    return ib_i_ok(context);
}

void ib_adam_destroy(ib_adam *adam)
{
    if (!adam)
        return;
    ib_i_free(adam->context, adam->m);
    ib_i_free(adam->context, adam->v);
    ib_i_object_destroy(adam->context, adam);
}

void ib_i_adam_reset(ib_adam *adam)
{
    memset(adam->m, 0, adam->n * sizeof *adam->m);
    memset(adam->v, 0, adam->n * sizeof *adam->v);
    adam->steps = 0;
    adam->power1 = adam->power2 = 1.0;
}

ib_status ib_adam_step(ib_adam *adam, const float *gradient, float *parameters)
{
    if (!adam)
        return IB_ERR_ARG;
    if (!gradient || !parameters)
        return ib_i_fail_null(adam->context, gradient ? "parameters" : "gradient");
    const ib_adam_options *options = &adam->options;
    adam->steps++;
    adam->power1 *= options->beta1;
    adam->power2 *= options->beta2;
    const double correction1 = 1.0 - adam->power1, correction2 = 1.0 - adam->power2;
    const int raw = options->epsilon_place == IB_EPSILON_RAW;
    const ib_i_adam_step step = {
        .rate = (float)(options->rate * (raw ? sqrt(correction2) : 1.0) / correction1),
        .gain1 = (float)(1.0 - options->beta1),
        .gain2 = (float)(1.0 - options->beta2),
        .epsilon = (float)options->epsilon,
        .root_scale = raw ? 1.0f : (float)(1.0 / correction2),
    };
    const ib_i_flush mode = ib_i_flush_begin();
    adam->context->kernels->adam(&step, adam->n, gradient, adam->m, adam->v, parameters);
    ib_i_flush_end(mode);
    return ib_i_ok(adam->context);
}

size_t ib_adam_size(const ib_adam *adam)
{
    return adam ? adam->n : 0;
}

uint64_t ib_adam_steps(const ib_adam *adam)
{
    return adam ? adam->steps : 0;
}

const float *ib_adam_first_moments(const ib_adam *adam)
{
    return adam ? adam->m : NULL;
}

const float *ib_adam_second_moments(const ib_adam *adam)
{
    return adam ? adam->v : NULL;
}
