#include "info/ask.h"

#include <math.h>
#include <stdio.h>

ib_estimator ib_i_estimator_of(const ib_i_estimator *copy)
{
    return (ib_estimator){.struct_size = sizeof(ib_estimator),
                          .name = copy->name,
                          .setting = copy->setting,
                          .measure = copy->measure,
                          .user_data = copy->user_data};
}

/* Whether a function of the library failed within the call, and it is this that came back. */
static int is_ours(const ib_context *context, int32_t answer)
{
    return answer <= IB_ERR_ARG && answer >= IB_ERR_INTERNAL && *ib_context_message(context);
}

/* What came back, as a status. */
static ib_status conclude(const ib_i_estimator *estimator, ib_context *context, int32_t answer)
{
    char what[IB_I_ESTIMATOR_NAME + 16];
    if (answer < 0 && is_ours(context, answer)) {
        if (answer != IB_ERR_CALLBACK) /* whose value is of the callback that failed within */
            context->callback_value = answer;
        return answer;
    }
    snprintf(what, sizeof what, "estimator %s:", estimator->name);
    return ib_i_callback(context, what, answer);
}

/* One bit pattern for all that is no number: estimates are saved, and compared as bytes. */
static double plain(double bits)
{
    return isnan(bits) ? (double)NAN : bits;
}

ib_status ib_i_estimator_ask(const ib_i_estimator *estimator, const ib_estimator_input *input, double *i_xt,
                             double *i_ty)
{
    ib_context *context = input->context;
    ib_estimate estimate = {.struct_size = sizeof estimate, .i_xt = (double)NAN, .i_ty = (double)NAN};
    ib_i_ok(context); /* a message is of this call, not of one before */
    IB_TRY(conclude(estimator, context, estimator->measure(input, &estimate, estimator->user_data)));
    if (isinf(estimate.i_xt) || isinf(estimate.i_ty))
        return ib_i_fail(context, IB_ERR_NONFINITE, "estimator %s, layer %u: expected bits or NaN, got (%g, %g)",
                         estimator->name, input->layer, estimate.i_xt, estimate.i_ty);
    *i_xt = plain(estimate.i_xt);
    *i_ty = plain(estimate.i_ty);
    return IB_OK;
}
