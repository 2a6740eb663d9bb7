/* Tensors of real numbers for tests of estimators. */
#ifndef LIBIB_TESTS_REALS_H
#define LIBIB_TESTS_REALS_H

#include "support.h"

/* A tensor of shape [rows][columns] with a copy of the values; NULL: zeros. */
ib_tensor *reals_of(ib_context *context, const float *values, size_t rows, size_t columns);

/* Standard normal values. */
ib_tensor *reals_normal(ib_context *context, size_t rows, size_t columns);

/* Integers from 0 to bound - 1, of which many are equal. */
ib_tensor *reals_discrete(ib_context *context, size_t rows, size_t columns, uint32_t bound);

/* The rows order[0], order[1], ... of a tensor. */
ib_tensor *reals_ordered(ib_context *context, const ib_tensor *tensor, const uint32_t *order);

/* All values times a factor. */
ib_tensor *reals_scaled(ib_context *context, const ib_tensor *tensor, float factor);

/* 0 to n - 1 in random order. */
void random_order(uint32_t *order, size_t n);

/* One standard normal number. */
double random_normal(void);

/* Asserts that two numbers have the same bits. */
#define assert_same_bits(a, b) assert_same_double((a), (b), #a, __FILE__, __LINE__)
void assert_same_double(double a, double b, const char *what, const char *file, int line);

#endif
