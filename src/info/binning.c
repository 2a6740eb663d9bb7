#include "info/binning.h"

#include "base/memory.h"
#include "kernels/kernels.h"

#include <float.h>
#include <math.h>

#define DEFAULT_BINS 30

void ib_binning_options_init(ib_binning_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

const char *ib_binning_bounds_name(uint32_t bounds)
{
    static const char *const names[IB_BOUNDS_COUNT] = {"layer", "neuron", "fixed", "largest", "global"};
    return bounds < IB_BOUNDS_COUNT ? names[bounds] : "unknown";
}

static ib_status check_bins(ib_context *context, uint32_t bins)
{
    if (bins < 1 || bins > IB_BINS_MOST)
        return ib_i_fail(context, IB_ERR_RANGE, "bins: expected 1 to %d, got %u", IB_BINS_MOST, bins);
    return IB_OK;
}

/* Within the floats, so that no step of the formula overflows. */
static ib_status check_bounds(ib_context *context, double low, double high)
{
    if (!(low >= -(double)FLT_MAX && low <= high && high <= (double)FLT_MAX))
        return ib_i_fail(context, IB_ERR_RANGE, "bounds: expected finite floats low <= high, got %g and %g", low, high);
    return IB_OK;
}

ib_status ib_i_binning_options_resolve(ib_context *context, const ib_binning_options *options, ib_binning_options *full)
{
    IB_TRY(ib_i_options_read(context, options, sizeof *full, full, sizeof *full));
    if (full->bins == 0)
        full->bins = DEFAULT_BINS;
    IB_TRY(check_bins(context, full->bins));
    if (full->kind > IB_BINS_EQUAL_MASS || full->bounds >= IB_BOUNDS_COUNT || full->clamp > 1 || full->reserved)
        return ib_i_fail(context, IB_ERR_ARG,
                         "expected kind 0 or 1, bounds 0 to %d, clamp 0 or 1, reserved 0, got %u, %u, %u, %u",
                         IB_BOUNDS_COUNT - 1, full->kind, full->bounds, full->clamp, full->reserved);
    if (full->kind == IB_BINS_EQUAL_MASS && full->bounds > IB_BOUNDS_NEURON)
        return ib_i_fail(context, IB_ERR_ARG, "bounds: expected layer or neuron with bins of equal mass, got %s",
                         ib_binning_bounds_name(full->bounds));
    return full->bounds == IB_BOUNDS_FIXED ? check_bounds(context, full->low, full->high) : IB_OK;
}

/* Called with constant sizes. */
static inline void store(void *codes, size_t place, uint32_t code, size_t size)
{
    if (size == 1)
        ((uint8_t *)codes)[place] = (uint8_t)code;
    else
        ((uint16_t *)codes)[place] = (uint16_t)code;
}

static inline void bin_uniform(const ib_i_bins *bins, size_t n, const float *x, void *codes, size_t size)
{
    const double low = bins->low, width = bins->high - bins->low, count = bins->count, last = count - 1;
    for (size_t i = 0; i < n; i++) {
        const double scaled = ((double)x[i] - low) * count / width;
        const double above = scaled > 0.0 ? scaled : 0.0;
        store(codes, i, (uint32_t)(int32_t)(above < last ? above : last), size);
    }
}

void ib_i_bin_uniform(const ib_i_bins *bins, size_t n, const float *x, void *codes, size_t size)
{
    if (!(bins->low < bins->high))
        memset(codes, 0, n * size);
    else if (size == 1)
        bin_uniform(bins, n, x, codes, 1);
    else
        bin_uniform(bins, n, x, codes, 2);
}

/* By one byte of the key; equal ones stay in their order. */
static void sort_by(uint32_t shift, size_t n, const uint64_t *from, uint64_t *to)
{
    size_t next[256] = {0}, sum = 0;
    for (size_t i = 0; i < n; i++)
        next[from[i] >> shift & 255]++;
    for (size_t b = 0; b < 256; b++) {
        const size_t here = next[b];
        next[b] = sum;
        sum += here;
    }
    for (size_t i = 0; i < n; i++)
        to[next[from[i] >> shift & 255]++] = from[i];
}

/* From the lowest byte of the key to the highest: four times there and back, so the result is where it began. */
static void sort(size_t n, uint64_t *ranked, uint64_t *spare)
{
    for (uint32_t shift = 32; shift < 64; shift += 16) {
        sort_by(shift, n, ranked, spare);
        sort_by(shift + 8, n, spare, ranked);
    }
}

void ib_i_bin_equal_mass(uint32_t bins, size_t n, uint64_t *ranked, uint64_t *spare, void *codes, size_t size)
{
    uint32_t code = 0;
    sort(n, ranked, spare);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && ranked[i] >> 32 != ranked[i - 1] >> 32)
            code = (uint32_t)((uint64_t)i * bins / n); /* i values are smaller */
        store(codes, (uint32_t)ranked[i], code, size);
    }
}

static ib_status check_values(ib_context *context, const float *x, size_t n, uint32_t bins, const uint16_t *codes,
                              float *min, float *max)
{
    IB_TRY(check_bins(context, bins));
    if (n > 0 && (!x || !codes))
        return ib_i_fail_null(context, x ? "codes" : "x");
    *min = *max = 0.0f;
    if (n > 0 && !context->kernels->range(n, x, min, max))
        return ib_i_fail(context, IB_ERR_NONFINITE, "x: expected finite values to bin");
    return IB_OK;
}

ib_status ib_binning_uniform(ib_context *context, const float *x, size_t n, double low, double high, uint32_t bins,
                             uint32_t clamp, uint16_t *codes)
{
    float min, max;
    if (!context)
        return IB_ERR_ARG;
    if (clamp > 1)
        return ib_i_fail(context, IB_ERR_ARG, "clamp: expected 0 or 1, got %u", clamp);
    IB_TRY(check_bounds(context, low, high));
    IB_TRY(check_values(context, x, n, bins, codes, &min, &max));
    if (n > 0 && !clamp && ((double)min < low || (double)max > high))
        return ib_i_fail(context, IB_ERR_RANGE, "x: expected values from %g to %g, got some from %g to %g", low, high,
                         (double)min, (double)max);
    if (n > 0)
        ib_i_bin_uniform(&(ib_i_bins){low, high, bins}, n, x, codes, sizeof *codes);
    return ib_i_ok(context);
}

ib_status ib_binning_equal_mass(ib_context *context, const float *x, size_t n, uint32_t bins, uint16_t *codes)
{
    float min, max;
    if (!context)
        return IB_ERR_ARG;
    if (n > UINT32_MAX)
        return ib_i_fail(context, IB_ERR_OVERFLOW, "n: expected fewer than 2^32 values, got %zu", n);
    IB_TRY(check_values(context, x, n, bins, codes, &min, &max));
    if (n == 0)
        return ib_i_ok(context);
    uint64_t *ranked = ib_i_alloc(context, n, 2 * sizeof *ranked);
    if (!ranked)
        return ib_i_fail_memory(context);
    for (size_t i = 0; i < n; i++)
        ranked[i] = ib_i_ranked(x[i], (uint32_t)i);
    ib_i_bin_equal_mass(bins, n, ranked, ranked + n, codes, sizeof *codes);
    ib_i_free(context, ranked);
    return ib_i_ok(context);
}

/* Values that share their bins, and where they are. */
typedef struct group {
    const float *values;
    size_t n, stride;
    uint16_t *codes;
} group;

/* Memory for one group; each may be NULL where it is not needed. */
typedef struct scratch {
    float *values;
    uint16_t *codes;
    uint64_t *ranked; /* twice as many */
} scratch;

static void bin_uniform_group(ib_context *context, const ib_binning_options *o, const group *g, const scratch *s)
{
    float min, max;
    for (size_t i = 0; i < g->n; i++)
        s->values[i] = g->values[i * g->stride];
    context->kernels->range(g->n, s->values, &min, &max);
    const int is_fixed = o->bounds == IB_BOUNDS_FIXED;
    const ib_i_bins bins = {is_fixed ? o->low : (double)min, is_fixed ? o->high : (double)max, o->bins};
    ib_i_bin_uniform(&bins, g->n, s->values, s->codes, sizeof *s->codes);
}

static void bin_mass_group(const ib_binning_options *o, const group *g, const scratch *s)
{
    for (size_t i = 0; i < g->n; i++)
        s->ranked[i] = ib_i_ranked(g->values[i * g->stride], (uint32_t)i);
    ib_i_bin_equal_mass(o->bins, g->n, s->ranked, s->ranked + g->n, s->codes, sizeof *s->codes);
}

static void bin_group(ib_context *context, const ib_binning_options *o, const group *g, const scratch *s)
{
    if (o->kind == IB_BINS_EQUAL_MASS)
        bin_mass_group(o, g, s);
    else
        bin_uniform_group(context, o, g, s);
    for (size_t i = 0; i < g->n; i++)
        g->codes[i * g->stride] = s->codes[i];
}

static ib_status check_layer(ib_context *context, const ib_binning_options *o, const float *x, size_t n, size_t each,
                             const uint16_t *codes)
{
    float min, max;
    if (o->bounds > IB_BOUNDS_FIXED)
        return ib_i_fail(context, IB_ERR_STATE, "bounds: expected layer, neuron or fixed where there is no run, got %s",
                         ib_binning_bounds_name(o->bounds));
    if (o->bounds == IB_BOUNDS_FIXED && o->low == 0.0 && o->high == 0.0)
        return ib_i_fail(context, IB_ERR_RANGE, "bounds: expected low and high where there is no activation function");
    if (o->kind == IB_BINS_EQUAL_MASS && each > UINT32_MAX)
        return ib_i_fail(context, IB_ERR_OVERFLOW, "values: expected fewer than 2^32 in bins of equal mass, got %zu",
                         each);
    IB_TRY(check_values(context, x, n, o->bins, codes, &min, &max));
    if (n > 0 && o->bounds == IB_BOUNDS_FIXED && !o->clamp && ((double)min < o->low || (double)max > o->high))
        return ib_i_fail(context, IB_ERR_RANGE, "values: expected from %g to %g, got some from %g to %g", o->low,
                         o->high, (double)min, (double)max);
    return IB_OK;
}

ib_status ib_binning_apply(ib_context *context, const ib_binning_options *options, const ib_tensor *values,
                           uint16_t *codes)
{
    ib_binning_options o;
    if (!context)
        return IB_ERR_ARG;
    IB_TRY(ib_i_binning_options_resolve(context, options, &o));
    if (!values)
        return ib_i_fail_null(context, "values");
    if (ib_tensor_rank(values) != 2)
        return ib_i_fail(context, IB_ERR_SHAPE, "values: expected rank 2, got %u", ib_tensor_rank(values));
    const size_t n = ib_tensor_size(values), units = ib_tensor_shape(values, 1);
    const size_t groups = o.bounds == IB_BOUNDS_NEURON && n > 0 ? units : 1, each = n / groups;
    const float *x = ib_tensor_read(values);
    IB_TRY(check_layer(context, &o, x, n, each, codes));
    const int by_mass = o.kind == IB_BINS_EQUAL_MASS;
    scratch s = {ib_i_alloc(context, by_mass ? 1 : each + 1, sizeof *s.values),
                 ib_i_alloc(context, each + 1, sizeof *s.codes),
                 ib_i_alloc(context, by_mass ? each + 1 : 1, 2 * sizeof *s.ranked)};
    const int is_ready = s.values && s.codes && s.ranked;
    for (size_t i = 0; is_ready && n > 0 && i < groups; i++)
        bin_group(context, &o, &(group){x + i, each, groups, codes + i}, &s);
    ib_i_free(context, s.values);
    ib_i_free(context, s.codes);
    ib_i_free(context, s.ranked);
    return is_ready ? ib_i_ok(context) : ib_i_fail_memory(context);
}
