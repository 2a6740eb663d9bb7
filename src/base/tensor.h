/* The inside of a tensor, and checks of shapes. */
#ifndef LIBIB_BASE_TENSOR_H
#define LIBIB_BASE_TENSOR_H

#include "base/context.h"

#include <libib/tensor.h>

struct ib_tensor {
    ib_context *context;
    float *data;
    int owned;
    uint32_t holders; /* besides the one who made it */
    uint32_t rank;
    size_t shape[IB_TENSOR_MAX_RANK]; /* 1 above the rank */
    size_t size;
};

/* One holder more, who calls ib_tensor_destroy() when through with it. */
ib_tensor *ib_i_tensor_hold(ib_tensor *tensor);

/* "kernel: expected 12x10, got 10x12" unless tensor is a matrix of these sizes. NULL fails too. */
ib_status ib_i_tensor_check(ib_context *context, const char *what, const ib_tensor *tensor, size_t rows,
                            size_t columns);
/* The same for a vector. */
ib_status ib_i_tensor_check_vector(ib_context *context, const char *what, const ib_tensor *tensor, size_t size);
/* Fails unless both have the same shape. */
ib_status ib_i_tensor_check_same(ib_context *context, const char *what, const ib_tensor *expected,
                                 const ib_tensor *tensor);
/* Fails with the first value that is NaN or infinite. */
ib_status ib_i_tensor_check_finite(ib_context *context, const char *what, const ib_tensor *tensor);

#endif
