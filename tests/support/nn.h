/* What the tests of layers, networks and training share. */
#ifndef LIBIB_TESTS_NN_H
#define LIBIB_TESTS_NN_H

#include "hash.h"
#include "support.h"

/* Matrices of their own memory: of zeros, of given values, of uniform values. */
ib_tensor *test_tensor(ib_context *context, size_t rows, size_t columns);
ib_tensor *test_tensor_of(ib_context *context, size_t rows, size_t columns, const float *values);
ib_tensor *test_tensor_random(ib_context *context, size_t rows, size_t columns, double low, double high);
ib_tensor *test_vector_of(ib_context *context, size_t size, const float *values);
void test_fill(float *values, size_t n, double low, double high);

/* Zeroed memory; fails the test if there is none. */
void *test_zeros(size_t count, size_t size);

/* Asserts that two arrays have the same bits, where -0 and +0 are the same. */
#define assert_same_values(actual, expected, n)                                                                        \
    test_assert_same_values((actual), (expected), (n), #actual, __FILE__, __LINE__)
void test_assert_same_values(const float *actual, const float *expected, size_t n, const char *what, const char *file,
                             int line);
/* Asserts max |actual - expected| <= absolute + relative * max |expected|; NaN fails. */
#define assert_near(actual, expected, n, absolute, relative)                                                           \
    test_assert_near((actual), (expected), (n), (absolute), (relative), #actual, __FILE__, __LINE__)
void test_assert_near(const float *actual, const double *expected, size_t n, double absolute, double relative,
                      const char *what, const char *file, int line);

/* Whether to test less, as LIBIB_TEST_QUICK=1 asks. */
int test_quick(void);
/* Calls `body` with a context for each set of kernels that this machine has. */
void test_every_kernels(void (*body)(ib_context *context));

/* All patterns of some bits, labelled 1 where at least half of the bits are set. */
ib_dataset *test_majority(ib_context *context, uint32_t bits);
/* The first `n_test` of every 3rd row are for testing. */
ib_split *test_split(ib_context *context, size_t rows, size_t n_test);

/* Options with their struct_size. */
ib_quant_options test_quant_options(uint32_t bits, uint32_t grid, uint32_t range);
ib_layer_options test_layer_options(uint32_t width, uint32_t activation);

#endif
