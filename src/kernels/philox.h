/* Philox4x32-10, the function behind all random numbers. Part of kernels.c: blocks do not depend on each other, so that
 * a vector can work on many at a time. Integers only: every set gives the same, with or without fused operations. */
#include "kernels/vec.h"

/* Multipliers, steps of the key and number of rounds are those of the paper that rng.h names. */
#define ROUNDS 10
#define MULTIPLIER_0 UINT64_C(0xd2511f53)
#define MULTIPLIER_2 UINT64_C(0xcd9e8d57)
#define STEP_0 0x9e3779b9u
#define STEP_1 0xbb67ae85u

/* Blocks side by side: a word of each in the lower half of a lane; the upper half may hold anything. */
#define BLOCKS (VW / 2)
typedef uint64_t words_of __attribute__((vector_size(8 * BLOCKS)));

/* Products of lower halves */
INLINE words_of multiply(words_of a, uint64_t b)
{
    const words_of factor = b - (words_of){0};
#if VW == 16
    return (words_of)_mm512_mul_epu32((__m512i)a, (__m512i)factor);
#elif VW == 8
    return (words_of)_mm256_mul_epu32((__m256i)a, (__m256i)factor);
#elif defined(__x86_64__)
    return (words_of)_mm_mul_epu32((__m128i)a, (__m128i)factor);
#else
    return (a & UINT32_MAX) * factor;
#endif
}

/* Two words next to each other in memory */
INLINE words_of pair(words_of a, words_of b)
{
    const uint64_t half = UINT32_MAX;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (a & half) | b << 32;
#else
    return a << 32 | (b & half);
#endif
}

/* Lane i of a shuffle that takes lanes of two vectors in turn, from `start` on */
#define IN_TURN(start, i) ((start) + (i) / 2 + ((i)&1 ? BLOCKS : 0))
#if BLOCKS == 8
#define BLOCKS_OF(of, h) FOUR_OF(of, h, 0), FOUR_OF(of, h, 4)
#elif BLOCKS == 4
#define BLOCKS_OF(of, h) FOUR_OF(of, h, 0)
#else
#define BLOCKS_OF(of, h) of(h, 0), of(h, 1)
#endif

/* BLOCKS blocks, those at the positions */
INLINE void make_blocks(uint64_t seed, uint64_t stream, words_of position, uint32_t *words)
{
    words_of w0 = position, w1 = position >> 32, w2 = stream - (words_of){0}, w3 = w2 >> 32;
    uint32_t key_0 = (uint32_t)seed, key_1 = (uint32_t)(seed >> 32);
    UNROLL for (int round = 0; round < ROUNDS; round++)
    {
        const words_of product_0 = multiply(w0, MULTIPLIER_0), product_2 = multiply(w2, MULTIPLIER_2);
        w0 = (product_2 >> 32) ^ w1 ^ key_0;
        w1 = product_2;
        w2 = (product_0 >> 32) ^ w3 ^ key_1;
        w3 = product_0;
        key_0 += STEP_0;
        key_1 += STEP_1;
    }
    /* the words of a block side by side */
    const words_of first = pair(w0, w1), second = pair(w2, w3);
    const words_of lower = __builtin_shufflevector(first, second, BLOCKS_OF(IN_TURN, 0));
    const words_of upper = __builtin_shufflevector(first, second, BLOCKS_OF(IN_TURN, BLOCKS / 2));
    memcpy(words, &lower, sizeof lower);
    memcpy(words + 2 * BLOCKS, &upper, sizeof upper);
}

static void philox(uint64_t seed, uint64_t stream, uint64_t position, uint32_t words[IB_I_PHILOX_WORDS])
{
    words_of at = position - (words_of){0};
    UNROLL for (int b = 0; b < BLOCKS; b++) at[b] += (uint64_t)b;
    for (size_t block = 0; block < IB_I_PHILOX_BLOCKS; block += BLOCKS, at += BLOCKS)
        make_blocks(seed, stream, at, words + 4 * block);
}
