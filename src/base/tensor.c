#include "base/tensor.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Room for "18446744073709551615x" or "[18446744073709551615]" of every axis. */
#define TEXT_SIZE (IB_TENSOR_MAX_RANK * 22 + 1)

static void append(char text[TEXT_SIZE], const char *format, size_t value)
{
    size_t used = strlen(text);
    snprintf(text + used, TEXT_SIZE - used, format, value);
}

/* "12x10" */
static void write_shape(char text[TEXT_SIZE], uint32_t rank, const size_t *shape)
{
    text[0] = '\0';
    for (uint32_t axis = 0; axis < rank; axis++)
        append(text, axis ? "x%zu" : "%zu", shape[axis]);
}

/* "[3][0]" */
static void write_position(char text[TEXT_SIZE], const ib_tensor *tensor, size_t index)
{
    text[0] = '\0';
    size_t inner = tensor->size;
    for (uint32_t axis = 0; axis < tensor->rank; axis++) {
        inner /= tensor->shape[axis];
        append(text, "[%zu]", index / inner);
        index %= inner;
    }
}

static ib_status count_values(ib_context *context, uint32_t rank, const size_t *shape, size_t *size)
{
    *size = 1;
    for (uint32_t axis = 0; axis < rank; axis++)
        if (shape[axis] == 0)
            *size = 0; /* however large the others are */
    for (uint32_t axis = 0; axis<rank && * size> 0; axis++) {
        if (shape[axis] > SIZE_MAX / sizeof(float) / *size) {
            char text[TEXT_SIZE];
            write_shape(text, rank, shape);
            return ib_i_fail(context, IB_ERR_OVERFLOW, "shape: %s values do not fit in memory", text);
        }
        *size *= shape[axis];
    }
    return IB_OK;
}

/* A tensor without values yet. */
static ib_status create(ib_context *context, uint32_t rank, const size_t *shape, ib_tensor **out)
{
    if (out)
        *out = NULL;
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    if (!shape)
        return ib_i_fail_null(context, "shape");
    if (rank < 1 || rank > IB_TENSOR_MAX_RANK)
        return ib_i_fail(context, IB_ERR_ARG, "rank: expected 1 to %d, got %u", IB_TENSOR_MAX_RANK, (unsigned)rank);
    size_t size;
    IB_TRY(count_values(context, rank, shape, &size));
    ib_tensor *tensor = ib_i_object_create(context, sizeof *tensor);
    if (!tensor)
        return IB_ERR_NOMEM;
    tensor->context = context;
    tensor->rank = rank;
    for (uint32_t axis = 0; axis < IB_TENSOR_MAX_RANK; axis++)
        tensor->shape[axis] = axis < rank ? shape[axis] : 1;
    tensor->size = size;
    *out = tensor;
    return ib_i_ok(context);
}

ib_status ib_tensor_create(ib_context *context, uint32_t rank, const size_t *shape, ib_tensor **out)
{
    IB_TRY(create(context, rank, shape, out));
    ib_tensor *tensor = *out;
    tensor->owned = 1;
    tensor->data = ib_i_alloc(context, tensor->size, sizeof *tensor->data);
    if (tensor->data)
        return IB_OK;
    *out = NULL;
    ib_tensor_destroy(tensor);
    return ib_i_fail_memory(context);
}

ib_status ib_tensor_create_borrowed(ib_context *context, float *data, uint32_t rank, const size_t *shape,
                                    ib_tensor **out)
{
    IB_TRY(create(context, rank, shape, out));
    ib_tensor *tensor = *out;
    tensor->data = data;
    if (data || tensor->size == 0)
        return IB_OK;
    *out = NULL;
    ib_tensor_destroy(tensor);
    return ib_i_fail_null(context, "data");
}

ib_tensor *ib_i_tensor_hold(ib_tensor *tensor)
{
    tensor->holders++;
    return tensor;
}

void ib_tensor_destroy(ib_tensor *tensor)
{
    if (!tensor)
        return;
    if (tensor->holders) {
        tensor->holders--;
        return;
    }
    if (tensor->owned)
        ib_i_free(tensor->context, tensor->data);
    ib_i_object_destroy(tensor->context, tensor);
}

uint32_t ib_tensor_rank(const ib_tensor *tensor)
{
    return tensor ? tensor->rank : 0;
}

size_t ib_tensor_shape(const ib_tensor *tensor, uint32_t axis)
{
    if (!tensor)
        return 0;
    return axis < tensor->rank ? tensor->shape[axis] : 1;
}

size_t ib_tensor_size(const ib_tensor *tensor)
{
    return tensor ? tensor->size : 0;
}

float *ib_tensor_data(ib_tensor *tensor)
{
    return tensor ? tensor->data : NULL;
}

const float *ib_tensor_read(const ib_tensor *tensor)
{
    return tensor ? tensor->data : NULL;
}

ib_status ib_tensor_copy(const ib_tensor *source, ib_tensor *target)
{
    if (!target)
        return source ? ib_i_fail_null(source->context, "target") : IB_ERR_ARG;
    if (!source)
        return ib_i_fail_null(target->context, "source");
    IB_TRY(ib_i_tensor_check_same(target->context, "target", source, target));
    if (target->size > 0)
        memmove(target->data, source->data, target->size * sizeof *target->data);
    return ib_i_ok(target->context);
}

static ib_status check_shape(ib_context *context, const char *what, uint32_t rank, const size_t *shape,
                             const ib_tensor *tensor)
{
    if (!tensor)
        return ib_i_fail_null(context, what);
    if (tensor->rank == rank && memcmp(tensor->shape, shape, rank * sizeof *shape) == 0)
        return IB_OK;
    char expected[TEXT_SIZE], found[TEXT_SIZE];
    write_shape(expected, rank, shape);
    write_shape(found, tensor->rank, tensor->shape);
    return ib_i_fail(context, IB_ERR_SHAPE, "%s: expected %s, got %s", what, expected, found);
}

ib_status ib_i_tensor_check(ib_context *context, const char *what, const ib_tensor *tensor, size_t rows, size_t columns)
{
    return check_shape(context, what, 2, (const size_t[]){rows, columns}, tensor);
}

ib_status ib_i_tensor_check_vector(ib_context *context, const char *what, const ib_tensor *tensor, size_t size)
{
    return check_shape(context, what, 1, &size, tensor);
}

ib_status ib_i_tensor_check_same(ib_context *context, const char *what, const ib_tensor *expected,
                                 const ib_tensor *tensor)
{
    return check_shape(context, what, expected->rank, expected->shape, tensor);
}

/* All exponents are looked at, so that the loop has no way out and is done in vectors. */
static int all_finite(const float *data, size_t n)
{
    const uint32_t exponent = 0x7f800000u;
    uint32_t bits, found = 0;
    for (size_t i = 0; i < n; i++) {
        memcpy(&bits, data + i, sizeof bits);
        found |= (bits & exponent) == exponent;
    }
    return !found;
}

ib_status ib_i_tensor_check_finite(ib_context *context, const char *what, const ib_tensor *tensor)
{
    if (all_finite(tensor->data, tensor->size))
        return IB_OK;
    for (size_t i = 0; i < tensor->size; i++) {
        float value = tensor->data[i];
        if (isfinite(value))
            continue;
        char position[TEXT_SIZE];
        write_position(position, tensor, i);
        return ib_i_fail(context, IB_ERR_NONFINITE, "%s: expected finite values, got %s at %s", what,
                         isnan(value) ? "NaN"
                         : value > 0  ? "infinity"
                                      : "-infinity",
                         position);
    }
    return IB_OK;
}
