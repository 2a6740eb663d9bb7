/* Sets of kernels and operands for them, for the tests of kernels. */
#ifndef LIBIB_TESTS_KERNEL_SETS_H
#define LIBIB_TESTS_KERNEL_SETS_H

#include "support.h"

#include "kernels/kernels.h"

#include <stdlib.h>
#include <string.h>

/* The sets that have fused multiply-add, here. */
typedef struct sets {
    const ib_kernels *set[3]; /* with room for the portable one */
    size_t count;
} sets;

static inline sets fused_sets(void)
{
    const uint32_t which[] = {IB_KERNELS_AVX2, IB_KERNELS_AVX512};
    ib_context *context = test_context(NULL);
    sets found = {.count = 0};
    for (size_t i = 0; i < 2; i++)
        if (ib_i_kernels_choose(context, which[i], &found.set[found.count]) == IB_OK)
            found.count++;
    ib_context_destroy(context);
    return found;
}

/* Panels are aligned, as the library's allocator has it. */
static inline float *aligned(size_t n)
{
    void *memory = aligned_alloc(64, (n * sizeof(float) + 63) / 64 * 64);
    assert_non_null(memory);
    return memory;
}

static inline float *random_values(size_t n, float scale)
{
    float *x = aligned(n);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(2.0 * test_random_uniform() - 1.0) * scale;
    return x;
}

static inline void every_set(void (*body)(const ib_kernels *kernels))
{
    const uint32_t which[] = {IB_KERNELS_PORTABLE, IB_KERNELS_AVX2, IB_KERNELS_AVX512};
    ib_context *context = test_context(NULL);
    for (size_t w = 0; w < 3; w++) {
        const ib_kernels *kernels;
        if (ib_i_kernels_choose(context, which[w], &kernels) == IB_OK)
            body(kernels);
    }
    ib_context_destroy(context);
}

static inline void assert_same(const float *a, const float *b, size_t n)
{
    assert_memory_equal(a, b, n * sizeof *a);
}

#endif
