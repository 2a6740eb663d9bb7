/* The dense layer: bit for bit in its documented order, gradients in float64, and the same bits everywhere in a batch.
 */
#include "reference.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct layer {
    size_t rows, inputs, width;
    ib_tensor *x, *kernel, *bias, *z, *dz, *dx, *dkernel, *dbias;
} layer;

static layer layer_create(ib_context *context, size_t rows, size_t inputs, size_t width)
{
    layer made = {.rows = rows, .inputs = inputs, .width = width};
    made.x = test_tensor_random(context, rows, inputs, -1, 1);
    made.kernel = test_tensor_random(context, inputs, width, -1, 1);
    made.bias = test_vector_of(context, width, NULL);
    test_fill(ib_tensor_data(made.bias), width, -1, 1);
    made.z = test_tensor(context, rows, width);
    made.dz = test_tensor_random(context, rows, width, -1, 1);
    made.dx = test_tensor(context, rows, inputs);
    made.dkernel = test_tensor(context, inputs, width);
    made.dbias = test_vector_of(context, width, NULL);
    return made;
}

static void layer_destroy(layer *made)
{
    enum { TENSORS = 8 };
    ib_tensor *all[TENSORS] = {made->x,  made->kernel, made->bias,    made->z,
                               made->dz, made->dx,     made->dkernel, made->dbias};
    for (size_t i = 0; i < TENSORS; i++)
        ib_tensor_destroy(all[i]);
}

static const size_t sizes[][3] = {
    {1, 1, 1},   {2, 3, 2},   {15, 17, 3},  {16, 12, 10}, {17, 10, 7},   {63, 7, 5},   {64, 5, 4},   {65, 4, 3},
    {204, 3, 2}, {256, 1, 9}, {256, 65, 1}, {33, 65, 65}, {129, 31, 33}, {5, 16, 128}, {48, 127, 8},
};

#define SIZES (sizeof sizes / sizeof *sizes)

static void forward_bits_of(ib_context *context)
{
    for (size_t i = 0; i < SIZES; i++) {
        layer made = layer_create(context, sizes[i][0], sizes[i][1], sizes[i][2]);
        float *expected = test_zeros(made.rows * made.width, sizeof *expected);
        assert_ok(context, ib_dense_forward(made.x, made.kernel, made.bias, made.z));
        reference_dense(test_fused(context), made.rows, made.inputs, made.width, ib_tensor_read(made.x),
                        ib_tensor_read(made.kernel), ib_tensor_read(made.bias), expected);
        assert_same_values(ib_tensor_read(made.z), expected, made.rows * made.width);
        free(expected);
        layer_destroy(&made);
    }
}

static void forward_bits(void **state)
{
    (void)state;
    test_every_kernels(forward_bits_of);
}

/* Sums of n products of values up to 1 are off by n half units at most; far less in truth. */
static void check_gradients(ib_context *context, const layer *made)
{
    size_t rows = made->rows, inputs = made->inputs, width = made->width;
    const float *x = ib_tensor_read(made->x), *kernel = ib_tensor_read(made->kernel), *dz = ib_tensor_read(made->dz);
    double *dx = test_zeros(rows * inputs, sizeof *dx), *dkernel = test_zeros(inputs * width, sizeof *dkernel);
    double *dbias = test_zeros(width, sizeof *dbias);
    for (size_t b = 0; b < rows; b++) {
        for (size_t u = 0; u < width; u++) {
            double slope = (double)dz[b * width + u];
            dbias[u] += slope;
            for (size_t d = 0; d < inputs; d++) {
                dx[b * inputs + d] += slope * (double)kernel[d * width + u];
                dkernel[d * width + u] += slope * (double)x[b * inputs + d];
            }
        }
    }
    assert_ok(context, ib_dense_backward(made->x, made->kernel, made->dz, made->dx, made->dkernel, made->dbias));
    double unit = (double)FLT_EPSILON / 2, batch = unit * ((double)rows / 16 + 5);
    assert_near(ib_tensor_read(made->dx), dx, rows * inputs, unit * (double)(width + 4), 0);
    assert_near(ib_tensor_read(made->dkernel), dkernel, inputs * width, batch * 4, 0);
    assert_near(ib_tensor_read(made->dbias), dbias, width, batch * 4, 0);
    free(dx);
    free(dkernel);
    free(dbias);
}

static void gradients_of(ib_context *context)
{
    for (size_t i = 0; i < SIZES; i++) {
        layer made = layer_create(context, sizes[i][0], sizes[i][1], sizes[i][2]);
        check_gradients(context, &made);
        layer_destroy(&made);
    }
}

static void gradients(void **state)
{
    (void)state;
    test_every_kernels(gradients_of);
}

/* Loss = sum of z * dz, linear in each argument: central differences in float64 are exact up to rounding. */
static double loss_at(const layer *made, const double *kernel)
{
    double sum = 0;
    for (size_t b = 0; b < made->rows; b++) {
        for (size_t u = 0; u < made->width; u++) {
            double z = (double)ib_tensor_read(made->bias)[u];
            for (size_t d = 0; d < made->inputs; d++)
                z += (double)ib_tensor_read(made->x)[b * made->inputs + d] * kernel[d * made->width + u];
            sum += z * (double)ib_tensor_read(made->dz)[b * made->width + u];
        }
    }
    return sum;
}

static void central_differences(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    layer made = layer_create(context, 21, 5, 3);
    double kernel[15], expected[15];
    for (size_t i = 0; i < 15; i++)
        kernel[i] = (double)ib_tensor_read(made.kernel)[i];
    for (size_t i = 0; i < 15; i++) {
        double here = kernel[i];
        kernel[i] = here + 0.5;
        expected[i] = loss_at(&made, kernel);
        kernel[i] = here - 0.5;
        expected[i] -= loss_at(&made, kernel);
        kernel[i] = here;
    }
    assert_ok(context, ib_dense_backward(made.x, made.kernel, made.dz, NULL, made.dkernel, made.dbias));
    assert_near(ib_tensor_read(made.dkernel), expected, 15, 2e-6, 0);
    layer_destroy(&made);
    ib_context_destroy(context);
}

/* A batch of equal rows gives equal bits in every place, and the same as one row alone. */
static void position_of(ib_context *context)
{
    static const size_t batches[] = {1, 2, 15, 16, 17, 31, 64, 65, 204, 256};
    layer one = layer_create(context, 1, 12, 10);
    assert_ok(context, ib_dense_forward(one.x, one.kernel, one.bias, one.z));
    assert_ok(context, ib_dense_backward(one.x, one.kernel, one.dz, one.dx, one.dkernel, one.dbias));
    for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
        size_t rows = batches[i];
        layer many = layer_create(context, rows, 12, 10);
        for (size_t b = 0; b < rows; b++) {
            memcpy(ib_tensor_data(many.x) + b * 12, ib_tensor_read(one.x), 12 * sizeof(float));
            memcpy(ib_tensor_data(many.dz) + b * 10, ib_tensor_read(one.dz), 10 * sizeof(float));
        }
        assert_ok(context, ib_dense_forward(many.x, one.kernel, one.bias, many.z));
        assert_ok(context, ib_dense_backward(many.x, one.kernel, many.dz, many.dx, many.dkernel, many.dbias));
        for (size_t b = 0; b < rows; b++) {
            assert_memory_equal(ib_tensor_read(many.z) + b * 10, ib_tensor_read(one.z), 10 * sizeof(float));
            assert_memory_equal(ib_tensor_read(many.dx) + b * 12, ib_tensor_read(one.dx), 12 * sizeof(float));
        }
        layer_destroy(&many);
    }
    layer_destroy(&one);
}

static void position(void **state)
{
    (void)state;
    test_every_kernels(position_of);
}

/* Rows of zeros at the end of a batch change no sum over it. */
static void batch_sums_ignore_zero_rows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    layer few = layer_create(context, 21, 4, 3), more = layer_create(context, 37, 4, 3);
    memset(ib_tensor_data(more.dz), 0, 37 * 3 * sizeof(float));
    memcpy(ib_tensor_data(more.x), ib_tensor_read(few.x), 21 * 4 * sizeof(float));
    memcpy(ib_tensor_data(more.dz), ib_tensor_read(few.dz), 21 * 3 * sizeof(float));
    assert_ok(context, ib_dense_backward(few.x, few.kernel, few.dz, NULL, few.dkernel, few.dbias));
    assert_ok(context, ib_dense_backward(more.x, few.kernel, more.dz, NULL, more.dkernel, more.dbias));
    assert_same_values(ib_tensor_read(more.dkernel), ib_tensor_read(few.dkernel), 12);
    assert_same_values(ib_tensor_read(more.dbias), ib_tensor_read(few.dbias), 3);
    layer_destroy(&few);
    layer_destroy(&more);
    ib_context_destroy(context);
}

static void no_rows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    layer made = layer_create(context, 0, 3, 2);
    test_fill(ib_tensor_data(made.dkernel), 6, 1, 2);
    test_fill(ib_tensor_data(made.dbias), 2, 1, 2);
    assert_ok(context, ib_dense_forward(made.x, made.kernel, made.bias, made.z));
    assert_ok(context, ib_dense_backward(made.x, made.kernel, made.dz, made.dx, made.dkernel, made.dbias));
    assert_same_values(ib_tensor_read(made.dkernel), ((float[6]){0}), 6);
    assert_same_values(ib_tensor_read(made.dbias), ((float[2]){0}), 2);
    layer_destroy(&made);
    ib_context_destroy(context);
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    layer a = layer_create(context, 4, 3, 2), b = layer_create(context, 5, 7, 6);
    const char *words = "expected 3x2, got 7x6";
    test_fill(ib_tensor_data(a.z), 8, 1, 2);
    float before[8];
    memcpy(before, ib_tensor_read(a.z), sizeof before);
    assert_fails(context, IB_ERR_SHAPE, "got 7x6", ib_dense_forward(a.x, b.kernel, a.bias, a.z));
    assert_fails(context, IB_ERR_SHAPE, "expected 2, got 6", ib_dense_forward(a.x, a.kernel, b.bias, a.z));
    assert_fails(context, IB_ERR_SHAPE, "expected 4x2, got 5x6", ib_dense_forward(a.x, a.kernel, a.bias, b.z));
    assert_memory_equal(ib_tensor_read(a.z), before, sizeof before);
    assert_fails(context, IB_ERR_SHAPE, "got", ib_dense_forward(a.bias, a.kernel, a.bias, a.z));
    assert_fails(context, IB_ERR_SHAPE, "got 7x6", ib_dense_backward(a.x, b.kernel, a.dz, a.dx, a.dkernel, a.dbias));
    assert_fails(context, IB_ERR_SHAPE, "expected 4x2, got 5x6",
                 ib_dense_backward(a.x, a.kernel, b.dz, a.dx, a.dkernel, a.dbias));
    assert_fails(context, IB_ERR_SHAPE, "expected 4x3, got 5x7",
                 ib_dense_backward(a.x, a.kernel, a.dz, b.dx, a.dkernel, a.dbias));
    assert_fails(context, IB_ERR_SHAPE, words, ib_dense_backward(a.x, a.kernel, a.dz, a.dx, b.dkernel, a.dbias));
    assert_fails(context, IB_ERR_SHAPE, "expected 2, got 6",
                 ib_dense_backward(a.x, a.kernel, a.dz, a.dx, a.dkernel, b.dbias));
    assert_int_equal(ib_dense_forward(NULL, a.kernel, a.bias, a.z), IB_ERR_ARG);
    assert_int_equal(ib_dense_forward(a.x, NULL, a.bias, a.z), IB_ERR_ARG);
    assert_int_equal(ib_dense_forward(a.x, a.kernel, NULL, a.z), IB_ERR_ARG);
    assert_int_equal(ib_dense_forward(a.x, a.kernel, a.bias, NULL), IB_ERR_ARG);
    assert_int_equal(ib_dense_backward(NULL, a.kernel, a.dz, a.dx, a.dkernel, a.dbias), IB_ERR_ARG);
    assert_int_equal(ib_dense_backward(a.x, NULL, a.dz, a.dx, a.dkernel, a.dbias), IB_ERR_ARG);
    assert_int_equal(ib_dense_backward(a.x, a.kernel, NULL, a.dx, a.dkernel, a.dbias), IB_ERR_ARG);
    assert_int_equal(ib_dense_backward(a.x, a.kernel, a.dz, a.dx, NULL, a.dbias), IB_ERR_ARG);
    assert_int_equal(ib_dense_backward(a.x, a.kernel, a.dz, a.dx, a.dkernel, NULL), IB_ERR_ARG);
    layer_destroy(&a);
    layer_destroy(&b);
    ib_context_destroy(context);
}

static ib_status both_ways(ib_context *context, void *user_data)
{
    static const size_t shapes[6][2] = {{3, 2}, {2, 2}, {3, 2}, {3, 2}, {3, 2}, {2, 2}};
    (void)user_data;
    ib_tensor *t[8] = {0};
    ib_status status = IB_OK;
    size_t two = 2;
    for (size_t i = 0; i < 6 && status == IB_OK; i++)
        status = ib_tensor_create(context, 2, shapes[i], &t[i]);
    for (size_t i = 6; i < 8 && status == IB_OK; i++)
        status = ib_tensor_create(context, 1, &two, &t[i]);
    if (status == IB_OK)
        status = ib_dense_forward(t[0], t[1], t[6], t[2]);
    if (status == IB_OK)
        status = ib_dense_backward(t[0], t[1], t[3], t[4], t[5], t[7]);
    for (size_t i = 0; i < 8; i++)
        ib_tensor_destroy(t[i]);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(both_ways, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_bits),
        cmocka_unit_test(gradients),
        cmocka_unit_test(central_differences),
        cmocka_unit_test(position),
        cmocka_unit_test(batch_sums_ignore_zero_rows),
        cmocka_unit_test(no_rows),
        cmocka_unit_test(refusals),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
