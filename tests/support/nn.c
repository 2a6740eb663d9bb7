#include "nn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

ib_tensor *test_tensor(ib_context *context, size_t rows, size_t columns)
{
    ib_tensor *tensor = NULL;
    assert_ok(context, ib_tensor_create(context, 2, (size_t[]){rows, columns}, &tensor));
    return tensor;
}

ib_tensor *test_tensor_of(ib_context *context, size_t rows, size_t columns, const float *values)
{
    ib_tensor *tensor = test_tensor(context, rows, columns);
    memcpy(ib_tensor_data(tensor), values, rows * columns * sizeof *values);
    return tensor;
}

ib_tensor *test_tensor_random(ib_context *context, size_t rows, size_t columns, double low, double high)
{
    ib_tensor *tensor = test_tensor(context, rows, columns);
    test_fill(ib_tensor_data(tensor), rows * columns, low, high);
    return tensor;
}

ib_tensor *test_vector_of(ib_context *context, size_t size, const float *values)
{
    ib_tensor *tensor = NULL;
    assert_ok(context, ib_tensor_create(context, 1, &size, &tensor));
    if (values)
        memcpy(ib_tensor_data(tensor), values, size * sizeof *values);
    return tensor;
}

void test_fill(float *values, size_t n, double low, double high)
{
    for (size_t i = 0; i < n; i++)
        values[i] = (float)(low + (high - low) * test_random_uniform());
}

void *test_zeros(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    assert_non_null(memory);
    return memory;
}

static uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

void test_assert_same_values(const float *actual, const float *expected, size_t n, const char *what, const char *file,
                             int line)
{
    for (size_t i = 0; i < n; i++) {
        if (bits_of(actual[i]) == bits_of(expected[i]) || (actual[i] == 0 && expected[i] == 0))
            continue;
        print_error("%s[%zu] of %zu: expected %.9g (%a), got %.9g (%a)\n", what, i, n, (double)expected[i],
                    (double)expected[i], (double)actual[i], (double)actual[i]);
        _fail(file, line);
    }
}

void test_assert_near(const float *actual, const double *expected, size_t n, double absolute, double relative,
                      const char *what, const char *file, int line)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(expected[i]));
    double allowed = absolute + relative * largest;
    for (size_t i = 0; i < n; i++) {
        double off = fabs((double)actual[i] - expected[i]);
        if (off <= allowed)
            continue;
        print_error("%s[%zu] of %zu: expected %.9g, got %.9g: off by %.3g, allowed %.3g\n", what, i, n, expected[i],
                    (double)actual[i], off, allowed);
        _fail(file, line);
    }
}

static int is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && strcmp(value, "1") == 0;
}

int test_quick(void)
{
    return is_set("LIBIB_TEST_QUICK");
}

void test_every_kernels(void (*body)(ib_context *context))
{
    static const uint32_t sets[] = {IB_KERNELS_PORTABLE, IB_KERNELS_AVX2, IB_KERNELS_AVX512};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        if (sets[i] == IB_KERNELS_AVX512 && is_set("LIBIB_TEST_VALGRIND"))
            continue;
        ib_context_options options;
        ib_context_options_init(&options);
        options.kernels = sets[i];
        ib_context *context = NULL;
        ib_status status = ib_context_create(&options, &context);
        if (status == IB_ERR_UNSUPPORTED && sets[i] != IB_KERNELS_PORTABLE)
            continue;
        assert_int_equal(status, IB_OK);
        body(context);
        ib_context_destroy(context);
    }
}

static int32_t majority(uint32_t pattern, uint32_t bits, uint32_t *label, void *user_data)
{
    (void)user_data;
    uint32_t set = 0;
    for (uint32_t i = 0; i < bits; i++)
        set += pattern >> i & 1;
    *label = 2 * set >= bits;
    return 0;
}

ib_dataset *test_majority(ib_context *context, uint32_t bits)
{
    ib_dataset *dataset = NULL;
    assert_ok(context, ib_dataset_create_patterns(context, bits, 2, majority, NULL, &dataset));
    return dataset;
}

ib_split *test_split(ib_context *context, size_t rows, size_t n_test)
{
    assert_true(3 * n_test <= rows);
    uint32_t *test_rows = test_zeros(n_test, sizeof *test_rows);
    for (size_t i = 0; i < n_test; i++)
        test_rows[i] = (uint32_t)(3 * i);
    ib_split *split = NULL;
    assert_ok(context, ib_split_create(context, rows, test_rows, n_test, &split));
    free(test_rows);
    return split;
}

ib_quant_options test_quant_options(uint32_t bits, uint32_t grid, uint32_t range)
{
    ib_quant_options options;
    ib_quant_options_init(&options);
    options.bits = bits;
    options.grid = grid;
    options.range = range;
    return options;
}

ib_layer_options test_layer_options(uint32_t width, uint32_t activation)
{
    ib_layer_options options;
    ib_layer_options_init(&options);
    options.width = width;
    options.activation = activation;
    return options;
}
