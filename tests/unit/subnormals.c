/* Subnormal numbers count as 0 within a call, and are as they were after it. Needs no CMocka, so that it can be run
 * wherever the library can: how a CPU is asked for this, and where it draws the line, is its own. */
#include "hash.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* w x as a dense layer of one unit has it. */
static float product(ib_context *context, float w, float x)
{
    const size_t shape[] = {1, 1};
    ib_tensor *input = NULL, *kernel = NULL, *bias = NULL, *output = NULL;
    test_require(context, ib_tensor_create(context, 2, shape, &input));
    test_require(context, ib_tensor_create(context, 2, shape, &kernel));
    test_require(context, ib_tensor_create(context, 1, shape, &bias));
    test_require(context, ib_tensor_create(context, 2, shape, &output));
    ib_tensor_data(kernel)[0] = w;
    ib_tensor_data(input)[0] = x;
    test_require(context, ib_dense_forward(input, kernel, bias, output));
    const float z = ib_tensor_read(output)[0];
    ib_tensor_destroy(input);
    ib_tensor_destroy(kernel);
    ib_tensor_destroy(bias);
    ib_tensor_destroy(output);
    return z;
}

/* Just below the smallest normal number there is a product that rounds to it: x86 looks after rounding, and keeps it;
 * aarch64 looks before, and flushes it. */
#if defined(__aarch64__)
#define NEAREST 0.0f
#else
#define NEAREST 0x1p-126f
#endif

static const struct {
    float w, x, product;
} cases[] = {
    {0x1p-100f, 0x1p-26f, 0x1p-126f},                                       /* the smallest normal number */
    {-0x1p-100f, 0x1p-26f, -0x1p-126f}, {0x1p-100f, 0x1.fffffep-27f, 0.0f}, /* a little less */
    {0x1p-100f, 0x1p-40f, 0.0f},        {0x1p-127f, 0x1p+10f, 0.0f},        /* an operand that is subnormal */
    {0x1p+10f, -0x1.8p-127f, 0.0f},     {0x1.fffp-64f, 0x1.0008p-63f, NEAREST},
};

static int wrong_products(ib_context *context)
{
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const float z = product(context, cases[i].w, cases[i].x);
        if (z == cases[i].product)
            continue;
        printf("%s kernels: %a times %a: expected %a, got %a\n", ib_context_kernels(context), (double)cases[i].w,
               (double)cases[i].x, (double)cases[i].product, (double)z);
        wrong++;
    }
    volatile float half = 0x1p-126f; /* volatile: at run time, in the mode that the caller is left in */
    half *= 0.5f;
    if (fpclassify(half) != FP_SUBNORMAL) {
        printf("%s kernels: the mode of the caller has changed\n", ib_context_kernels(context));
        wrong++;
    }
    return wrong;
}

int main(void)
{
    if (getenv("LIBIB_TEST_VALGRIND")) /* does not flush */
        return 77;
    int wrong = 0;
    for (uint32_t kernels = IB_KERNELS_PORTABLE; kernels <= IB_KERNELS_AVX512; kernels++) {
        ib_context_options options;
        ib_context_options_init(&options);
        options.kernels = kernels;
        ib_context *context = NULL;
        const ib_status status = ib_context_create(&options, &context);
        if (status == IB_ERR_UNSUPPORTED && kernels != IB_KERNELS_PORTABLE)
            continue;
        test_require(context, status);
        wrong += wrong_products(context);
        ib_context_destroy(context);
    }
    return wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}
