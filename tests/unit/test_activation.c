/* Activation functions: against libm in float64, against central differences, and at the edges. */
#include "nn.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ELEMENTWISE_COUNT 4

static const uint32_t elementwise[ELEMENTWISE_COUNT] = {IB_ACTIVATION_LINEAR, IB_ACTIVATION_TANH, IB_ACTIVATION_RELU,
                                                        IB_ACTIVATION_SIGMOID};

static double exact(uint32_t activation, double z)
{
    switch (activation) {
    case IB_ACTIVATION_TANH:
        return tanh(z);
    case IB_ACTIVATION_RELU:
        return z > 0 ? z : 0;
    case IB_ACTIVATION_SIGMOID:
        return 1 / (1 + exp(-z));
    default:
        return z;
    }
}

static float apply(ib_context *context, uint32_t activation, float z)
{
    ib_tensor *tensor = test_tensor_of(context, 1, 1, &z);
    assert_ok(context, ib_activation_forward(activation, tensor, tensor));
    float y = ib_tensor_read(tensor)[0];
    ib_tensor_destroy(tensor);
    return y;
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(ib_activation_name(IB_ACTIVATION_LINEAR), "linear");
    assert_string_equal(ib_activation_name(IB_ACTIVATION_TANH), "tanh");
    assert_string_equal(ib_activation_name(IB_ACTIVATION_RELU), "relu");
    assert_string_equal(ib_activation_name(IB_ACTIVATION_SIGMOID), "sigmoid");
    assert_string_equal(ib_activation_name(IB_ACTIVATION_SOFTMAX), "softmax");
    assert_string_equal(ib_activation_name(5), "unknown");
    assert_string_equal(ib_activation_name(UINT32_MAX), "unknown");
}

/* Distance in units of the last place of the float nearest to the exact value. */
static double ulps(float y, double expected)
{
    float nearest = (float)expected;
    float next = nextafterf(fabsf(nearest), INFINITY);
    return fabs((double)y - expected) / ((double)next - (double)fabsf(nearest));
}

/* Values of every magnitude: a sweep over the bit patterns of normal floats, both signs. */
static void close_to_libm_of(ib_context *context)
{
    enum { N = 60000 };
    ib_tensor *z = test_tensor(context, 1, N), *y = test_tensor(context, 1, N);
    float *values = ib_tensor_data(z);
    for (uint32_t i = 0; i < N; i++) {
        uint32_t bits = 0x00800000u + (uint32_t)((0x42c80000u - 0x00800000u) / (N / 2)) * (i / 2); /* up to 100 */
        memcpy(&values[i], &bits, sizeof bits);
        values[i] = i % 2 ? -values[i] : values[i];
    }
    for (size_t a = 0; a < ELEMENTWISE_COUNT; a++) {
        assert_ok(context, ib_activation_forward(elementwise[a], z, y));
        double worst = 0;
        for (size_t i = 0; i < N; i++) {
            double expected = exact(elementwise[a], (double)values[i]);
            if (fabs(expected) > 2e-38) /* below, subnormal numbers are near, and count as 0 */
                worst = fmax(worst, ulps(ib_tensor_read(y)[i], expected));
        }
        int rounded = elementwise[a] == IB_ACTIVATION_TANH || elementwise[a] == IB_ACTIVATION_SIGMOID;
        if (worst > (rounded ? 2.5 : 0))
            fail_msg("%s with %s kernels: off by %g units in the last place", ib_activation_name(elementwise[a]),
                     ib_context_kernels(context), worst);
    }
    ib_tensor_destroy(z);
    ib_tensor_destroy(y);
}

static void close_to_libm(void **state)
{
    (void)state;
    test_every_kernels(close_to_libm_of);
}

static void edges_of(ib_context *context)
{
    assert_true(apply(context, IB_ACTIVATION_TANH, 0.0f) == 0.0f);
    assert_true(apply(context, IB_ACTIVATION_TANH, -0.0f) == 0.0f);
    assert_true(apply(context, IB_ACTIVATION_TANH, INFINITY) == 1.0f);
    assert_true(apply(context, IB_ACTIVATION_TANH, -INFINITY) == -1.0f);
    assert_true(apply(context, IB_ACTIVATION_TANH, 100.0f) == 1.0f);
    assert_true(apply(context, IB_ACTIVATION_TANH, -FLT_MAX) == -1.0f);
    assert_true(isnan(apply(context, IB_ACTIVATION_TANH, NAN)));
    assert_true(apply(context, IB_ACTIVATION_RELU, -1.0f) == 0.0f);
    assert_true(apply(context, IB_ACTIVATION_RELU, -INFINITY) == 0.0f);
    assert_true(apply(context, IB_ACTIVATION_RELU, INFINITY) == INFINITY);
    assert_true(apply(context, IB_ACTIVATION_SIGMOID, 0.0f) == 0.5f);
    assert_true(apply(context, IB_ACTIVATION_SIGMOID, INFINITY) == 1.0f);
    assert_true(apply(context, IB_ACTIVATION_SIGMOID, -INFINITY) <= 2e-38f);
    assert_true(isnan(apply(context, IB_ACTIVATION_SIGMOID, NAN)));
    assert_true(apply(context, IB_ACTIVATION_LINEAR, -3.5f) == -3.5f);
}

static void edges(void **state)
{
    (void)state;
    test_every_kernels(edges_of);
}

/* tanh is odd and never leaves [-1, 1]; neither it nor the sigmoid falls by more than rounding while z rises. */
static void shapes_of_curves_of(ib_context *context)
{
    float last_tanh = -1, last_sigmoid = 0;
    for (int i = -4000; i <= 4000; i += test_quick() ? 25 : 1) {
        float z = (float)i / 400;
        float t = apply(context, IB_ACTIVATION_TANH, z), s = apply(context, IB_ACTIVATION_SIGMOID, z);
        assert_true(t == -apply(context, IB_ACTIVATION_TANH, -z));
        assert_true(fabsf(t) <= 1 && s >= 0 && s <= 1);
        assert_true(t >= last_tanh - 2 * FLT_EPSILON && s >= last_sigmoid - 2 * FLT_EPSILON);
        last_tanh = t;
        last_sigmoid = s;
    }
}

static void shapes_of_curves(void **state)
{
    (void)state;
    test_every_kernels(shapes_of_curves_of);
}

static void softmax_of(ib_context *context)
{
    static const size_t widths[] = {1, 2, 3, 15, 16, 17, 65};
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        size_t n = widths[w], rows = 19;
        ib_tensor *z = test_tensor_random(context, rows, n, -20, 20), *y = test_tensor(context, rows, n);
        double *expected = test_zeros(rows * n, sizeof *expected);
        assert_ok(context, ib_activation_forward(IB_ACTIVATION_SOFTMAX, z, y));
        for (size_t b = 0; b < rows; b++) {
            double sum = 0;
            for (size_t i = 0; i < n; i++)
                sum += expected[b * n + i] = exp((double)ib_tensor_read(z)[b * n + i]);
            for (size_t i = 0; i < n; i++)
                expected[b * n + i] /= sum;
        }
        assert_near(ib_tensor_read(y), expected, rows * n, 0, 1e-6);
        free(expected);
        ib_tensor_destroy(z);
        ib_tensor_destroy(y);
    }
}

static void softmax(void **state)
{
    (void)state;
    test_every_kernels(softmax_of);
}

static void softmax_edges(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_tensor *y = test_tensor_of(context, 5, 2, (float[]){1e4f, -1e4f, 3e38f, 3e38f, 0, 0, -3e38f, 3e38f, -90, -90});
    assert_ok(context, ib_activation_forward(IB_ACTIVATION_SOFTMAX, y, y));
    assert_near(ib_tensor_read(y), ((double[]){1, 0, 0.5, 0.5, 0.5, 0.5, 0, 1, 0.5, 0.5}), 10, 2e-38, 0);
    ib_tensor_destroy(y);
    ib_context_destroy(context);
}

/* A value does not depend on its place, its neighbours or the size of the tensor. */
static void position_of(ib_context *context)
{
    for (uint32_t a = IB_ACTIVATION_LINEAR; a <= IB_ACTIVATION_SOFTMAX; a++) {
        float row[3] = {0.37f, -1.1f, 0.052f}, alone[3];
        ib_tensor *one = test_tensor_of(context, 1, 3, row);
        assert_ok(context, ib_activation_forward(a, one, one));
        memcpy(alone, ib_tensor_read(one), sizeof alone);
        for (size_t rows = 1; rows <= 67; rows++) {
            ib_tensor *many = test_tensor_random(context, rows, 3, -2, 2);
            size_t place = rows * 5 / 7;
            memcpy(ib_tensor_data(many) + place * 3, row, sizeof row);
            assert_ok(context, ib_activation_forward(a, many, many));
            assert_memory_equal(ib_tensor_read(many) + place * 3, alone, sizeof alone);
            ib_tensor_destroy(many);
        }
        ib_tensor_destroy(one);
    }
}

static void position(void **state)
{
    (void)state;
    test_every_kernels(position_of);
}

static void soft(size_t n, const double *z, double *y)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += exp(z[i]);
    for (size_t i = 0; i < n; i++)
        y[i] = exp(z[i]) / sum;
}

/* sum over j of weight_j f(z)_j in float64, whose derivative by z_i is the backward of `weight`. */
static double weighed(uint32_t activation, size_t n, const double *z, const float *weight)
{
    double y[8], sum = 0;
    if (activation == IB_ACTIVATION_SOFTMAX)
        soft(n, z, y);
    for (size_t i = 0; i < n; i++)
        sum += (double)weight[i] * (activation == IB_ACTIVATION_SOFTMAX ? y[i] : exact(activation, z[i]));
    return sum;
}

static void central_differences_of(ib_context *context)
{
    enum { ROWS = 37, N = 5 };
    for (uint32_t a = IB_ACTIVATION_LINEAR; a <= IB_ACTIVATION_SOFTMAX; a++) {
        ib_tensor *z = test_tensor_random(context, ROWS, N, -3, 3), *y = test_tensor(context, ROWS, N);
        ib_tensor *dy = test_tensor_random(context, ROWS, N, -1, 1), *dz = test_tensor(context, ROWS, N);
        double expected[ROWS * N];
        for (size_t i = 0; i < (size_t)ROWS * N; i++) {
            double row[N], h = 1e-5;
            size_t first = i / N * N;
            for (size_t j = 0; j < N; j++)
                row[j] = (double)ib_tensor_read(z)[first + j];
            if (fabs(row[i - first]) < 1e-4) /* a ReLU has a kink at 0 */
                ib_tensor_data(z)[i] = (float)(row[i - first] = 0.5);
            row[i - first] += h;
            double above = weighed(a, N, row, ib_tensor_read(dy) + first);
            row[i - first] -= 2 * h;
            expected[i] = (above - weighed(a, N, row, ib_tensor_read(dy) + first)) / (2 * h);
        }
        assert_ok(context, ib_activation_forward(a, z, y));
        assert_ok(context, ib_activation_backward(a, y, dy, dz));
        assert_near(ib_tensor_read(dz), expected, (size_t)ROWS * N, 4e-7, 0);
        assert_ok(context, ib_activation_backward(a, y, dy, dy)); /* in place */
        assert_same_values(ib_tensor_read(dy), ib_tensor_read(dz), (size_t)ROWS * N);
        ib_tensor_destroy(z);
        ib_tensor_destroy(y);
        ib_tensor_destroy(dy);
        ib_tensor_destroy(dz);
    }
}

static void central_differences(void **state)
{
    (void)state;
    test_every_kernels(central_differences_of);
}

static void relu_has_no_slope_at_zero(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_tensor *z = test_tensor_of(context, 1, 4, (float[]){0.0f, -0.0f, 1e-30f, -1e-30f});
    ib_tensor *dy = test_tensor_of(context, 1, 4, (float[]){1, 1, 1, 1});
    assert_ok(context, ib_activation_forward(IB_ACTIVATION_RELU, z, z));
    assert_same_values(ib_tensor_read(z), ((float[]){0, 0, 1e-30f, 0}), 4);
    assert_ok(context, ib_activation_backward(IB_ACTIVATION_RELU, z, dy, dy));
    assert_same_values(ib_tensor_read(dy), ((float[]){0, 0, 1, 0}), 4);
    ib_tensor_destroy(z);
    ib_tensor_destroy(dy);
    ib_context_destroy(context);
}

static void any_rank(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const size_t shape[4] = {2, 3, 0, 5};
    for (uint32_t rank = 1; rank <= 4; rank++) {
        ib_tensor *z = NULL;
        assert_ok(context, ib_tensor_create(context, rank, shape, &z));
        for (size_t i = 0; i < ib_tensor_size(z); i++)
            ib_tensor_data(z)[i] = -1;
        assert_ok(context, ib_activation_forward(IB_ACTIVATION_RELU, z, z));
        for (size_t i = 0; i < ib_tensor_size(z); i++)
            assert_true(ib_tensor_read(z)[i] == 0);
        assert_ok(context, ib_activation_backward(IB_ACTIVATION_RELU, z, z, z));
        ib_tensor_destroy(z);
    }
    ib_context_destroy(context);
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_tensor *wide = test_tensor(context, 2, 3), *tall = test_tensor(context, 3, 2);
    ib_tensor *vector = test_vector_of(context, 3, NULL);
    for (uint32_t a = IB_ACTIVATION_LINEAR; a <= IB_ACTIVATION_SOFTMAX; a++) {
        assert_fails(context, IB_ERR_SHAPE, "expected 2x3, got 3x2", ib_activation_forward(a, wide, tall));
        assert_fails(context, IB_ERR_SHAPE, "expected 2x3, got 3x2", ib_activation_backward(a, wide, tall, wide));
        assert_fails(context, IB_ERR_SHAPE, "expected 2x3, got 3x2", ib_activation_backward(a, wide, wide, tall));
        assert_int_equal(ib_activation_forward(a, NULL, wide), IB_ERR_ARG);
        assert_int_equal(ib_activation_forward(a, wide, NULL), IB_ERR_ARG);
        assert_int_equal(ib_activation_backward(a, NULL, wide, wide), IB_ERR_ARG);
        assert_int_equal(ib_activation_backward(a, wide, NULL, wide), IB_ERR_ARG);
        assert_int_equal(ib_activation_backward(a, wide, wide, NULL), IB_ERR_ARG);
    }
    assert_fails(context, IB_ERR_SHAPE, "", ib_activation_forward(IB_ACTIVATION_SOFTMAX, vector, vector));
    assert_fails(context, IB_ERR_SHAPE, "", ib_activation_backward(IB_ACTIVATION_SOFTMAX, vector, vector, vector));
    assert_fails(context, IB_ERR_ARG, "5", ib_activation_forward(5, wide, wide));
    assert_fails(context, IB_ERR_ARG, "5", ib_activation_backward(5, wide, wide, wide));
    assert_ok(context, ib_activation_forward(IB_ACTIVATION_TANH, wide, wide));
    assert_string_equal(ib_context_message(context), "");
    ib_tensor_destroy(wide);
    ib_tensor_destroy(tall);
    ib_tensor_destroy(vector);
    ib_context_destroy(context);
}

static ib_status forward_and_back(ib_context *context, void *user_data)
{
    uint32_t activation = *(uint32_t *)user_data;
    float values[6] = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f};
    ib_tensor *tensor = NULL;
    ib_status status = ib_tensor_create_borrowed(context, values, 2, (size_t[]){3, 2}, &tensor);
    if (status == IB_OK)
        status = ib_activation_forward(activation, tensor, tensor);
    if (status == IB_OK)
        status = ib_activation_backward(activation, tensor, tensor, tensor);
    ib_tensor_destroy(tensor);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    for (uint32_t a = IB_ACTIVATION_LINEAR; a <= IB_ACTIVATION_SOFTMAX; a++)
        test_every_failed_allocation(forward_and_back, &a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(close_to_libm),
        cmocka_unit_test(edges),
        cmocka_unit_test(shapes_of_curves),
        cmocka_unit_test(softmax),
        cmocka_unit_test(softmax_edges),
        cmocka_unit_test(position),
        cmocka_unit_test(central_differences),
        cmocka_unit_test(relu_has_no_slope_at_zero),
        cmocka_unit_test(any_rank),
        cmocka_unit_test(refusals),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
