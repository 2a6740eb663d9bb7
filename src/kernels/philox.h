/* Philox4x32-10, the function behind all random numbers. Part of kernels.c: blocks do not depend on each other, so that
 * a vector can work on many at a time. Integers only: every set gives the same, with or without fused operations. */
#include "kernels/vec.h"

/* Multipliers, steps of the key and number of rounds are those of the paper that rng.h names. */
#define ROUNDS 10
#define MULTIPLIER_0 UINT64_C(0xd2511f53)
#define MULTIPLIER_2 UINT64_C(0xcd9e8d57)
#define STEP_0 0x9e3779b9u
#define STEP_1 0xbb67ae85u

INLINE uint32_t low_half(uint64_t x)
{
    return (uint32_t)x;
}

INLINE uint32_t high_half(uint64_t x)
{
    return (uint32_t)(x >> 32);
}

INLINE void make_block(uint64_t seed, uint64_t stream, uint64_t position, uint32_t words[4])
{
    uint32_t w0 = low_half(position), w1 = high_half(position), w2 = low_half(stream), w3 = high_half(stream);
    uint32_t key_0 = low_half(seed), key_1 = high_half(seed);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t product_0 = MULTIPLIER_0 * w0;
        uint64_t product_2 = MULTIPLIER_2 * w2;
        w0 = high_half(product_2) ^ w1 ^ key_0;
        w1 = low_half(product_2);
        w2 = high_half(product_0) ^ w3 ^ key_1;
        w3 = low_half(product_0);
        key_0 += STEP_0;
        key_1 += STEP_1;
    }
    words[0] = w0;
    words[1] = w1;
    words[2] = w2;
    words[3] = w3;
}

static void philox(uint64_t seed, uint64_t stream, uint64_t position, uint32_t words[IB_I_PHILOX_WORDS])
{
    for (uint64_t block = 0; block < IB_I_PHILOX_BLOCKS; block++)
        make_block(seed, stream, position + block, words + 4 * block);
}
