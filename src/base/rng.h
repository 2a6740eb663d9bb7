/* The inside of a generator: to draw in loops, and to save where in its stream it stands. */
#ifndef LIBIB_BASE_RNG_H
#define LIBIB_BASE_RNG_H

#include "base/context.h"
#include "kernels/kernels.h"

#include <libib/rng.h>

struct ib_rng {
    ib_context *context;
    uint64_t seed;
    uint64_t stream;
    uint64_t position; /* first block that has not been made yet */
    uint32_t used;     /* how many of the words have been given out */
    uint32_t words[IB_I_PHILOX_WORDS];
};

/* A generator at the start of a stream, which owns nothing. */
static inline ib_rng ib_i_rng_begin(ib_context *context, uint64_t seed, uint64_t stream)
{
    return (ib_rng){.context = context, .seed = seed, .stream = stream, .used = IB_I_PHILOX_WORDS};
}

/* The next 32 random bits. */
static inline uint32_t ib_i_rng_next(ib_rng *rng)
{
    if (rng->used == IB_I_PHILOX_WORDS) {
        rng->context->kernels->philox(rng->seed, rng->stream, rng->position, rng->words);
        rng->position += IB_I_PHILOX_BLOCKS;
        rng->used = 0;
    }
    return rng->words[rng->used++];
}

/* An integer below bound > 0. Of the 2^32 values that the next word has, 2^32 mod bound are refused: those whose
 * product with the bound has a small lower half. The upper half of the others takes each value below the bound equally
 * often. */
static inline uint32_t ib_i_rng_below(ib_rng *rng, uint32_t bound)
{
    uint64_t product = (uint64_t)ib_i_rng_next(rng) * bound;
    if ((uint32_t)product < bound) { /* seldom true, and spares the division */
        const uint32_t refused = (0 - bound) % bound;
        while ((uint32_t)product < refused)
            product = (uint64_t)ib_i_rng_next(rng) * bound;
    }
    return (uint32_t)(product >> 32);
}

/* Two integers at once, the first below bound and the second below bound - 1: quotient and rest, by bound - 1, of one
 * below the product of these bounds, which must be below 2^32. They are found without dividing (N. Brackett-Rozinsky,
 * D. Lemire: Batched ranged random integer generation, 2024). bound > 1. */
static inline void ib_i_rng_two_below(ib_rng *rng, uint32_t bound, uint32_t *first, uint32_t *second)
{
    const uint32_t all = bound * (bound - 1);
    uint64_t upper = (uint64_t)ib_i_rng_next(rng) * bound, lower = (upper & UINT32_MAX) * (bound - 1);
    if ((uint32_t)lower < all) {
        const uint32_t refused = (0 - all) % all;
        while ((uint32_t)lower < refused) {
            upper = (uint64_t)ib_i_rng_next(rng) * bound;
            lower = (upper & UINT32_MAX) * (bound - 1);
        }
    }
    *first = (uint32_t)(upper >> 32);
    *second = (uint32_t)(lower >> 32);
}

/* How many words of 32 bits have been drawn. */
uint64_t ib_i_rng_drawn(const ib_rng *rng);

/* As if so many words had been drawn since the beginning of the stream. */
void ib_i_rng_seek(ib_rng *rng, uint64_t drawn);

#endif
