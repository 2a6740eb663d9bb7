/* Quantisers on tensors: one range for all values, or one for each index of the last axis. */
#include "base/flush.h"
#include "base/memory.h"
#include "base/tensor.h"
#include "nn/quant.h"

#include <math.h>

/* Training moves the quantiser, inference does not: the two share the walk over channels. */
typedef struct pass {
    ib_quant *train; /* NULL in inference */
    const ib_quant *quant;
} pass;

static ib_status quantise_piece(pass p, size_t channel, size_t n, const float *x, float *values, uint16_t *codes)
{
    if (p.train)
        return ib_i_quant_train(p.train, channel, n, x, values, codes, sizeof *codes);
    return ib_i_quant_infer(p.quant, channel, n, x, values, codes, sizeof *codes);
}

/* One channel through a contiguous copy. */
static ib_status quantise_channel(pass p, size_t channel, const ib_tensor *x, float *piece, uint16_t *piece_codes,
                                  ib_tensor *values, uint16_t *codes)
{
    const size_t channels = p.quant->channels, n = x->size / channels;
    for (size_t i = 0; i < n; i++)
        piece[i] = x->data[i * channels + channel];
    IB_TRY(quantise_piece(p, channel, n, piece, piece, piece_codes));
    for (size_t i = 0; i < n; i++) {
        values->data[i * channels + channel] = piece[i];
        if (codes)
            codes[i * channels + channel] = piece_codes[i];
    }
    return IB_OK;
}

static ib_status check_channels(const ib_quant *quant, const ib_tensor *x)
{
    const size_t last = x->shape[x->rank - 1];
    if (quant->options.per_channel && last != quant->channels)
        return ib_i_fail(quant->context, IB_ERR_SHAPE, "last axis of x: expected %zu channels, got %zu",
                         quant->channels, last);
    return IB_OK;
}

/* All values before any is written, so that a failure leaves the outputs, and with them the ranges, as they were. */
static ib_status check_values(pass p, const ib_tensor *x)
{
    const uint32_t range = p.quant->options.range;
    const int known = range == IB_RANGE_FIXED || (!p.train && range != IB_RANGE_TENSOR && p.quant->ranges[0].seen);
    if (!known)
        return ib_i_tensor_check_finite(p.quant->context, "x", x);
    for (size_t i = 0; i < x->size; i++)
        if (isnan(x->data[i]))
            return ib_i_fail(p.quant->context, IB_ERR_NONFINITE, "quantiser: expected numbers, got NaN at %zu", i);
    return IB_OK;
}

static ib_status quantise_tensor(pass p, const ib_tensor *x, ib_tensor *values, uint16_t *codes)
{
    ib_context *context = p.quant->context;
    if (!x)
        return ib_i_fail_null(context, "x");
    IB_TRY(ib_i_tensor_check_same(context, "values", x, values));
    IB_TRY(check_channels(p.quant, x));
    if (x->size == 0)
        return ib_i_ok(context);
    IB_TRY(check_values(p, x));
    const ib_i_flush mode = ib_i_flush_begin();
    ib_status status = IB_OK;
    if (p.quant->channels == 1) {
        status = quantise_piece(p, 0, x->size, x->data, values->data, codes);
    } else {
        const size_t n = x->size / p.quant->channels;
        float *piece = ib_i_alloc(context, n, sizeof *piece);
        uint16_t *piece_codes = ib_i_alloc(context, n, sizeof *piece_codes);
        if (!piece || !piece_codes)
            status = ib_i_fail_memory(context);
        for (size_t c = 0; status == IB_OK && c < p.quant->channels; c++)
            status = quantise_channel(p, c, x, piece, piece_codes, values, codes);
        ib_i_free(context, piece);
        ib_i_free(context, piece_codes);
    }
    ib_i_flush_end(mode);
    return status == IB_OK ? ib_i_ok(context) : status;
}

ib_status ib_quant_train(ib_quant *quant, const ib_tensor *x, ib_tensor *values, uint16_t *codes)
{
    if (!quant)
        return IB_ERR_ARG;
    IB_TRY(ib_i_quant_check_free(quant));
    return quantise_tensor((pass){quant, quant}, x, values, codes);
}

ib_status ib_quant_infer(const ib_quant *quant, const ib_tensor *x, ib_tensor *values, uint16_t *codes)
{
    return quant ? quantise_tensor((pass){NULL, quant}, x, values, codes) : IB_ERR_ARG;
}

/* One channel of the gradient through contiguous copies x, dy -> dy. */
static void channel_backward(const ib_quant *quant, size_t channel, const ib_tensor *x, const ib_tensor *dy,
                             ib_tensor *dx, float *piece_x, float *piece_dy)
{
    const size_t channels = quant->channels, n = x->size / channels;
    for (size_t i = 0; i < n; i++) {
        piece_x[i] = x->data[i * channels + channel];
        piece_dy[i] = dy->data[i * channels + channel];
    }
    ib_i_quant_backward(quant, channel, &(ib_i_extent){.n = n}, piece_x, piece_dy, piece_dy);
    for (size_t i = 0; i < n; i++)
        dx->data[i * channels + channel] = piece_dy[i];
}

ib_status ib_quant_backward(const ib_quant *quant, const ib_tensor *x, const ib_tensor *dy, ib_tensor *dx)
{
    if (!quant)
        return IB_ERR_ARG;
    ib_context *context = quant->context;
    if (!x)
        return ib_i_fail_null(context, "x");
    IB_TRY(ib_i_tensor_check_same(context, "dy", x, dy));
    IB_TRY(ib_i_tensor_check_same(context, "dx", x, dx));
    IB_TRY(check_channels(quant, x));
    if (!quant->ranges[0].quantised)
        return ib_i_fail(context, IB_ERR_STATE, "backward of a quantiser: expected after ib_quant_train()");
    const size_t n = x->size / quant->channels;
    float *piece_x = ib_i_alloc(context, n, sizeof *piece_x), *piece_dy = ib_i_alloc(context, n, sizeof *piece_dy);
    ib_status status = piece_x && piece_dy ? ib_i_ok(context) : ib_i_fail_memory(context);
    const ib_i_flush mode = ib_i_flush_begin();
    for (size_t c = 0; status == IB_OK && x->size && c < quant->channels; c++)
        channel_backward(quant, c, x, dy, dx, piece_x, piece_dy);
    ib_i_flush_end(mode);
    ib_i_free(context, piece_x);
    ib_i_free(context, piece_dy);
    return status;
}

ib_status ib_quant_get_range(const ib_quant *quant, size_t channel, float *min, float *max)
{
    if (!quant)
        return IB_ERR_ARG;
    if (!min || !max)
        return ib_i_fail_null(quant->context, "min or max");
    if (channel >= quant->channels)
        return ib_i_fail(quant->context, IB_ERR_ARG, "channel: expected below %zu, got %zu", quant->channels, channel);
    if (!quant->ranges[channel].seen)
        return ib_i_fail(quant->context, IB_ERR_STATE, "range of a quantiser: nothing was seen yet");
    *min = quant->ranges[channel].min;
    *max = quant->ranges[channel].max;
    return ib_i_ok(quant->context);
}

ib_status ib_quant_set_range(ib_quant *quant, size_t channel, float min, float max)
{
    if (!quant)
        return IB_ERR_ARG;
    IB_TRY(ib_i_quant_check_free(quant));
    if (channel >= quant->channels)
        return ib_i_fail(quant->context, IB_ERR_ARG, "channel: expected below %zu, got %zu", quant->channels, channel);
    if (!isfinite(min) || !isfinite(max) || min > max)
        return ib_i_fail(quant->context, IB_ERR_RANGE, "range: expected finite minimum <= maximum, got %g and %g",
                         (double)min, (double)max);
    ib_i_range *range = &quant->ranges[channel];
    range->min = min;
    range->max = max;
    range->seen = 1;
    return ib_i_ok(quant->context);
}
