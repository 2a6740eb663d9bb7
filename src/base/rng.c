#include "base/rng.h"

#include "base/context.h"
#include "base/logarithm.h"

#include <math.h>

uint64_t ib_rng_stream(uint64_t run, uint32_t attempt, uint32_t purpose)
{
    return run << 24 | (uint64_t)(attempt & 0xffff) << 8 | (purpose & 0xff);
}

ib_status ib_rng_create(ib_context *context, uint64_t seed, uint64_t stream, ib_rng **out)
{
    if (out)
        *out = NULL;
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    ib_rng *rng = ib_i_object_create(context, sizeof *rng);
    if (!rng)
        return IB_ERR_NOMEM;
    *rng = ib_i_rng_begin(context, seed, stream);
    *out = rng;
    return ib_i_ok(context);
}

void ib_rng_destroy(ib_rng *rng)
{
    if (rng)
        ib_i_object_destroy(rng->context, rng);
}

uint64_t ib_i_rng_drawn(const ib_rng *rng)
{
    return rng->position * (IB_I_PHILOX_WORDS / IB_I_PHILOX_BLOCKS) - (IB_I_PHILOX_WORDS - rng->used);
}

void ib_i_rng_seek(ib_rng *rng, uint64_t drawn)
{
    const uint32_t used = (uint32_t)(drawn % IB_I_PHILOX_WORDS);
    rng->position = drawn / IB_I_PHILOX_WORDS * IB_I_PHILOX_BLOCKS;
    rng->used = IB_I_PHILOX_WORDS;
    if (used == 0)
        return;
    ib_i_rng_next(rng);
    rng->used = used;
}

static double uniform(ib_rng *rng)
{
    uint64_t upper = ib_i_rng_next(rng);
    uint64_t lower = ib_i_rng_next(rng);
    return (double)((upper << 32 | lower) >> 11) * 0x1p-53;
}

static double normal(ib_rng *rng)
{
    double u, v, square;
    do {
        u = 2 * uniform(rng) - 1;
        v = 2 * uniform(rng) - 1;
        square = u * u + v * v;
    } while (square >= 1 || square == 0);
    return u * sqrt(-2 * (ib_i_log2(square) * IB_I_LN_2) / square);
}

uint32_t ib_rng_get_bits(ib_rng *rng)
{
    return rng ? ib_i_rng_next(rng) : 0;
}

uint32_t ib_rng_get_below(ib_rng *rng, uint32_t bound)
{
    return rng && bound ? ib_i_rng_below(rng, bound) : 0;
}

double ib_rng_get_uniform(ib_rng *rng)
{
    return rng ? uniform(rng) : 0;
}

double ib_rng_get_normal(ib_rng *rng)
{
    return rng ? normal(rng) : 0;
}

double ib_rng_get_truncated_normal(ib_rng *rng)
{
    if (!rng)
        return 0;
    double value;
    do
        value = normal(rng);
    while (fabs(value) > 2);
    return value;
}

ib_status ib_rng_shuffle(ib_rng *rng, uint32_t *values, size_t n)
{
    if (!rng)
        return IB_ERR_ARG;
    if (!values && n > 0)
        return ib_i_fail_null(rng->context, "values");
    if (n > UINT32_MAX)
        return ib_i_fail(rng->context, IB_ERR_OVERFLOW, "shuffle: expected fewer than 2^32 values, got %zu", n);
    for (size_t last = n; last > 1; last--) {
        size_t other = ib_i_rng_below(rng, (uint32_t)last);
        uint32_t value = values[last - 1];
        values[last - 1] = values[other];
        values[other] = value;
    }
    return ib_i_ok(rng->context);
}
