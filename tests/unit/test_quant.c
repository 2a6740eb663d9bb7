/* Grids: cases computed by hand, properties on random input, values that are not numbers, gradients. */
#include "reference.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static ib_quant *fixed(ib_context *context, uint32_t grid, uint32_t bits, float min, float max)
{
    ib_quant_options options = test_quant_options(bits, grid, IB_RANGE_FIXED);
    options.initial_min = min;
    options.initial_max = max;
    ib_quant *quant = NULL;
    assert_ok(context, ib_quant_create(context, &options, 1, &quant));
    return quant;
}

typedef struct hand_case {
    uint32_t grid, bits;
    float min, max, x, value;
    uint16_t code;
    int passes;
} hand_case;

static const hand_case by_hand[] = {
    /* uniform, 2 bits, [0, 3]: levels 0 1 2 3; half-way values go up */
    {IB_GRID_UNIFORM, 2, 0, 3, 0, 0, 0, 1},
    {IB_GRID_UNIFORM, 2, 0, 3, 0.5f, 1, 1, 1},
    {IB_GRID_UNIFORM, 2, 0, 3, 1.4375f, 1, 1, 1},
    {IB_GRID_UNIFORM, 2, 0, 3, 1.5f, 2, 2, 1},
    {IB_GRID_UNIFORM, 2, 0, 3, 2.5f, 3, 3, 1},
    {IB_GRID_UNIFORM, 2, 0, 3, 3, 3, 3, 1},
    {IB_GRID_UNIFORM, 2, 0, 3, 3.5f, 3, 3, 0},
    {IB_GRID_UNIFORM, 2, 0, 3, -0.0f, 0, 0, 1},
    {IB_GRID_UNIFORM, 2, 0, 3, -0.5f, 0, 0, 0},
    {IB_GRID_UNIFORM, 2, 0, 3, -INFINITY, 0, 0, 0},
    {IB_GRID_UNIFORM, 2, 0, 3, INFINITY, 3, 3, 0},
    /* uniform, 1 bit, [-1, 1]: the half-way value 0 goes up */
    {IB_GRID_UNIFORM, 1, -1, 1, 0, 1, 1, 1},
    {IB_GRID_UNIFORM, 1, -1, 1, -0.0078125f, -1, 0, 1},
    /* uniform, ranges without 0 stay as they are: [2, 5] and [-8, -5] */
    {IB_GRID_UNIFORM, 2, 2, 5, 3.25f, 3, 1, 1},
    {IB_GRID_UNIFORM, 2, 2, 5, 0, 2, 0, 0},
    {IB_GRID_UNIFORM, 2, -8, -5, -5.5f, -5, 3, 1},
    {IB_GRID_UNIFORM, 2, -8, -5, -9, -8, 0, 0},
    /* uniform, 16 bits, [0, 65535]: codes fill the type */
    {IB_GRID_UNIFORM, 16, 0, 65535, 65535, 65535, 65535, 1},
    {IB_GRID_UNIFORM, 16, 0, 65535, 32767.5f, 32768, 32768, 1},
    /* constant: m = M */
    {IB_GRID_UNIFORM, 8, 0.75f, 0.75f, 9, 0.75f, 0, 1},
    {IB_GRID_NUDGED, 8, 0.75f, 0.75f, -9, 0.75f, 0, 1},
    {IB_GRID_NUDGED, 8, 0, 0, 5, 0, 0, 1},
    {IB_GRID_NUDGED, 8, 0, 0, INFINITY, 0, 0, 1},
    /* nudged, 2 bits, [-1, 2]: s = 1, z = 1 */
    {IB_GRID_NUDGED, 2, -1, 2, -1, -1, 0, 1},
    {IB_GRID_NUDGED, 2, -1, 2, 0, 0, 1, 1},
    {IB_GRID_NUDGED, 2, -1, 2, 0.5f, 1, 2, 1},
    {IB_GRID_NUDGED, 2, -1, 2, -0.5f, 0, 1, 1},
    {IB_GRID_NUDGED, 2, -1, 2, 2.25f, 2, 3, 0},
    /* nudged, 2 bits, [-1.5, 4.5]: s = 2, -m/s = 0.75, z = 1, so lo = -2, hi = 4: the range moves down */
    {IB_GRID_NUDGED, 2, -1.5f, 4.5f, -2, -2, 0, 1},
    {IB_GRID_NUDGED, 2, -1.5f, 4.5f, -2.25f, -2, 0, 0},
    {IB_GRID_NUDGED, 2, -1.5f, 4.5f, 4.25f, 4, 3, 0},
    {IB_GRID_NUDGED, 2, -1.5f, 4.5f, 1, 2, 2, 1},
    {IB_GRID_NUDGED, 2, -1.5f, 4.5f, 0.9375f, 0, 1, 1},
    /* nudged, 2 bits, [-1.5, 1.5]: s = 1, -m/s = 1.5 is half-way and goes up: z = 2 */
    {IB_GRID_NUDGED, 2, -1.5f, 1.5f, -2, -2, 0, 1},
    {IB_GRID_NUDGED, 2, -1.5f, 1.5f, 1.25f, 1, 3, 0},
    /* nudged, ranges without 0: [1, 4] becomes [0, 3] and [-4, -1] becomes [-3, 0] */
    {IB_GRID_NUDGED, 2, 1, 4, 1, 1, 1, 1},
    {IB_GRID_NUDGED, 2, 1, 4, 3.5f, 3, 3, 0},
    {IB_GRID_NUDGED, 2, -4, -1, -4, -3, 0, 0},
    {IB_GRID_NUDGED, 2, -4, -1, -1, -1, 2, 1},
    {IB_GRID_NUDGED, 2, -4, -1, 1, 0, 3, 0},
    /* nudged, one-sided: [0, 3] and [-3, 0] */
    {IB_GRID_NUDGED, 2, 0, 3, 2.5f, 3, 3, 1},
    {IB_GRID_NUDGED, 2, 0, 3, -INFINITY, 0, 0, 0},
    {IB_GRID_NUDGED, 2, -3, 0, -2.5f, -2, 1, 1},
    {IB_GRID_NUDGED, 2, -3, 0, INFINITY, 0, 3, 0},
    {IB_GRID_NUDGED, 16, 0, 65535, 65535, 65535, 65535, 1},
};

static void check_by_hand(ib_context *context, const hand_case *c)
{
    ib_quant *quant = fixed(context, c->grid, c->bits, c->min, c->max);
    ib_tensor *x = test_tensor_of(context, 1, 1, &c->x), *y = test_tensor(context, 1, 1);
    ib_tensor *dy = test_tensor_of(context, 1, 1, (float[]){2.5f}), *dx = test_tensor(context, 1, 1);
    uint16_t code = 999;
    assert_ok(context, ib_quant_infer(quant, x, y, &code));
    assert_same_values(ib_tensor_read(y), &c->value, 1);
    assert_int_equal(code, c->code);
    ib_tensor_data(y)[0] = 99;
    code = 999;
    assert_ok(context, ib_quant_train(quant, x, y, &code));
    assert_same_values(ib_tensor_read(y), &c->value, 1);
    assert_int_equal(code, c->code);
    assert_ok(context, ib_quant_backward(quant, x, dy, dx));
    assert_true(ib_tensor_read(dx)[0] == (c->passes ? 2.5f : 0.0f));
    ib_tensor *all[] = {x, y, dy, dx};
    for (size_t i = 0; i < 4; i++)
        ib_tensor_destroy(all[i]);
    ib_quant_destroy(quant);
}

static void cases_by_hand_of(ib_context *context)
{
    for (size_t i = 0; i < sizeof by_hand / sizeof *by_hand; i++)
        check_by_hand(context, &by_hand[i]);
}

static void cases_by_hand(void **state)
{
    (void)state;
    test_every_kernels(cases_by_hand_of);
}

static int compare_floats(const void *a, const void *b)
{
    float left = *(const float *)a, right = *(const float *)b;
    return (left > right) - (left < right);
}

static void random_range(float *min, float *max)
{
    double scale = pow(10, 8 * test_random_uniform() - 4);
    double a = scale * (2 * test_random_uniform() - 1), b = scale * (2 * test_random_uniform() - 1);
    *min = (float)fmin(a, b);
    *max = (float)fmax(a, b);
}

/* Sorted values within and around the range: as the formulas say, order kept, codes in range, error at most half a
 * step, quantised twice the same as once. */
static void check_properties(ib_context *context, uint32_t grid, uint32_t bits, float min, float max)
{
    enum { N = 203 };
    ib_quant *quant = fixed(context, grid, bits, min, max);
    ib_tensor *x = test_tensor(context, 7, 29), *y = test_tensor(context, 7, 29);
    double width = (double)max - (double)min;
    test_fill(ib_tensor_data(x), N, (double)min - width / 4, (double)max + width / 4);
    ib_tensor_data(x)[0] = 0;
    ib_tensor_data(x)[1] = min;
    ib_tensor_data(x)[2] = max;
    qsort(ib_tensor_data(x), N, sizeof(float), compare_floats);
    const float *before = ib_tensor_read(x), *after = ib_tensor_read(y);
    uint16_t codes[N], again[N];
    assert_ok(context, ib_quant_infer(quant, x, y, codes));
    reference_grid expected = reference_grid_of(grid, bits, min, max);
    double half = (double)expected.step * 0.5 + 2 * (double)FLT_EPSILON * fmax(fabs((double)min), fabs((double)max));
    for (size_t i = 0; i < N; i++) {
        uint16_t code;
        float value = reference_quantise(&expected, before[i], &code);
        assert_same_values(&after[i], &value, 1);
        assert_int_equal(codes[i], code);
        assert_true(codes[i] < 1u << bits);
        assert_true(i == 0 || (after[i] >= after[i - 1] && codes[i] >= codes[i - 1]));
        if (before[i] >= expected.low && before[i] <= expected.high)
            assert_true(fabs((double)after[i] - (double)before[i]) <= half);
        if (grid == IB_GRID_NUDGED && before[i] == 0)
            assert_true(after[i] == 0);
    }
    float once[N];
    memcpy(once, after, sizeof once);
    assert_ok(context, ib_quant_infer(quant, y, y, again)); /* in place */
    assert_same_values(after, once, N);
    assert_memory_equal(codes, again, sizeof codes);
    ib_tensor_destroy(x);
    ib_tensor_destroy(y);
    ib_quant_destroy(quant);
}

static void properties_of(ib_context *context)
{
    for (int i = 0, n = test_quick() ? 20 : 200; i < n; i++) {
        float min, max;
        random_range(&min, &max);
        check_properties(context, IB_GRID_UNIFORM, 1 + (uint32_t)test_random_below(12), min, max);
        check_properties(context, IB_GRID_NUDGED, 2 + (uint32_t)test_random_below(11), min, max);
    }
}

static void properties(void **state)
{
    (void)state;
    test_every_kernels(properties_of);
}

/* Grids so fine or so wide that a step underflows or overflows may be refused, but not be read out of bounds. */
static void extreme_ranges(void **state)
{
    (void)state;
    static const float ranges[][2] = {{-FLT_MAX, FLT_MAX},  {0, 1e-45f},      {-1e-45f, 1e-45f},
                                      {1, 1 + FLT_EPSILON}, {0, FLT_MAX},     {-FLT_MIN, FLT_MIN},
                                      {-FLT_MAX, -1e38f},   {-1e-40f, 1e-39f}};
    ib_context *context = test_context(NULL);
    ib_tensor *x = test_tensor_of(context, 1, 8, (float[]){-FLT_MAX, -1, -1e-45f, 0, 1e-45f, 1, FLT_MAX, INFINITY});
    ib_tensor *y = test_tensor(context, 1, 8);
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        for (uint32_t bits = 2; bits <= 16; bits += 7) {
            for (uint32_t grid = IB_GRID_UNIFORM; grid <= IB_GRID_NUDGED; grid++) {
                ib_quant_options options = test_quant_options(bits, grid, IB_RANGE_FIXED);
                options.initial_min = ranges[i][0];
                options.initial_max = ranges[i][1];
                ib_quant *quant = NULL;
                ib_status status = ib_quant_create(context, &options, 1, &quant);
                uint16_t codes[8];
                if (status == IB_OK)
                    status = ib_quant_infer(quant, x, y, codes);
                assert_true(status == IB_OK || status == IB_ERR_RANGE || status == IB_ERR_NONFINITE);
                for (size_t j = 0; j < 8 && status == IB_OK; j++) {
                    assert_true(codes[j] < 1u << bits);
                    assert_true(!isnan(ib_tensor_read(y)[j]));
                    assert_true(j == 0 || codes[j] >= codes[j - 1]);
                }
                ib_quant_destroy(quant);
            }
        }
    }
    ib_tensor_destroy(x);
    ib_tensor_destroy(y);
    ib_context_destroy(context);
}

static void not_numbers(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    for (uint32_t range = IB_RANGE_EPOCH; range <= IB_RANGE_FIXED; range++) {
        for (uint32_t grid = IB_GRID_UNIFORM; grid <= IB_GRID_NUDGED; grid++) {
            ib_quant_options options = test_quant_options(4, grid, range);
            options.initial_min = -1;
            options.initial_max = 2;
            ib_quant *quant = NULL;
            assert_ok(context, ib_quant_create(context, &options, 1, &quant));
            ib_tensor *good = test_tensor_of(context, 1, 3, (float[]){-0.5f, 0.25f, 1});
            ib_tensor *nan = test_tensor_of(context, 1, 3, (float[]){-0.5f, NAN, 1});
            ib_tensor *infinite = test_tensor_of(context, 1, 3, (float[]){-0.5f, INFINITY, 1});
            ib_tensor *y = test_tensor_of(context, 1, 3, (float[]){7, 8, 9});
            uint16_t codes[3] = {5, 6, 7};
            int own = range == IB_RANGE_TENSOR, tracks = range != IB_RANGE_FIXED;
            assert_ok(context, ib_quant_train(quant, good, good, NULL));
            assert_fails(context, IB_ERR_NONFINITE, "", ib_quant_train(quant, nan, y, codes));
            assert_fails(context, IB_ERR_NONFINITE, "", ib_quant_infer(quant, nan, y, codes));
            if (tracks)
                assert_fails(context, IB_ERR_NONFINITE, "", ib_quant_train(quant, infinite, y, codes));
            if (own)
                assert_fails(context, IB_ERR_NONFINITE, "", ib_quant_infer(quant, infinite, y, codes));
            assert_same_values(ib_tensor_read(y), ((float[]){7, 8, 9}), 3);
            assert_true(codes[0] == 5 && codes[1] == 6 && codes[2] == 7);
            if (!own) {
                assert_ok(context, ib_quant_infer(quant, infinite, y, codes));
                float min = 0, max = 0;
                assert_ok(context, ib_quant_get_range(quant, 0, &min, &max));
                reference_grid grid_now = reference_grid_of(grid, 4, min, max);
                uint16_t top;
                float value = reference_quantise(&grid_now, INFINITY, &top);
                assert_same_values(&ib_tensor_read(y)[1], &value, 1);
                assert_int_equal(codes[1], 15);
            }
            ib_tensor *all[] = {good, nan, infinite, y};
            for (size_t i = 0; i < 4; i++)
                ib_tensor_destroy(all[i]);
            ib_quant_destroy(quant);
        }
    }
    ib_context_destroy(context);
}

/* [-1.5, 1.25], 2 bits, nudged: s = 2.75/3, -m/s = 1.636, z = 2, lo = -1.8333, hi = 0.9167. What is clipped above, 1.25
 * twice (which attain the maximum) and 1, sums to 3 + 5 + 11 = 19 and is shared by the two; nothing lies below lo. */
static void range_gradient_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_quant_options options = test_quant_options(2, IB_GRID_NUDGED, IB_RANGE_TENSOR);
    options.range_gradient = 1;
    ib_quant *quant = NULL;
    assert_ok(context, ib_quant_create(context, &options, 1, &quant));
    ib_tensor *x = test_tensor_of(context, 2, 3, (float[]){-1.5f, 1.25f, 0.5f, 1.25f, 1, -0.25f});
    ib_tensor *y = test_tensor(context, 2, 3), *dy = test_tensor_of(context, 2, 3, (float[]){2, 3, 7, 5, 11, 13});
    assert_ok(context, ib_quant_train(quant, x, y, NULL));
    assert_ok(context, ib_quant_backward(quant, x, dy, dy)); /* in place */
    assert_same_values(ib_tensor_read(dy), ((float[]){2, 9.5f, 7, 9.5f, 0, 13}), 6);
    ib_tensor_destroy(x);
    ib_tensor_destroy(y);
    ib_tensor_destroy(dy);
    ib_quant_destroy(quant);
    ib_context_destroy(context);
}

static void check_gradient(ib_context *context, const ib_quant_options *options, size_t rows, size_t columns)
{
    size_t n = rows * columns;
    ib_quant *quant = NULL;
    assert_ok(context, ib_quant_create(context, options, options->per_channel ? columns : 1, &quant));
    reference_quant reference;
    reference_quant_init(&reference, options, columns);
    ib_tensor *x = test_tensor_random(context, rows, columns, -1, 1), *y = test_tensor(context, rows, columns);
    ib_tensor *dy = test_tensor_random(context, rows, columns, -1, 1), *dx = test_tensor(context, rows, columns);
    for (size_t i = 0; i < n; i++) /* many equal values, so that several attain an end */
        ib_tensor_data(x)[i] = roundf(ib_tensor_data(x)[i] * 8) / 8;
    float *values = test_zeros(n, sizeof *values);
    double *wide = test_zeros(n, sizeof *wide), *slope = test_zeros(n, sizeof *slope);
    for (size_t i = 0; i < n; i++) {
        wide[i] = (double)ib_tensor_read(x)[i];
        slope[i] = (double)ib_tensor_read(dy)[i];
    }
    assert_ok(context, ib_quant_train(quant, x, y, NULL));
    reference_quant_run(&reference, 1, n, ib_tensor_read(x), values, NULL);
    assert_same_values(ib_tensor_read(y), values, n);
    assert_ok(context, ib_quant_backward(quant, x, dy, dx));
    reference_quant_backward(&reference, n, wide, slope, slope);
    assert_near(ib_tensor_read(dx), slope, n, options->range_gradient ? 1e-6 : 0, options->range_gradient ? 1e-6 : 0);
    free(values);
    free(wide);
    free(slope);
    ib_tensor *all[] = {x, y, dy, dx};
    for (size_t i = 0; i < 4; i++)
        ib_tensor_destroy(all[i]);
    reference_quant_free(&reference);
    ib_quant_destroy(quant);
}

static void gradients_of(ib_context *context)
{
    for (int i = 0; i < (test_quick() ? 10 : 60); i++) {
        for (uint32_t grid = IB_GRID_UNIFORM; grid <= IB_GRID_NUDGED; grid++) {
            for (uint32_t range = IB_RANGE_EPOCH; range <= IB_RANGE_FIXED; range++) {
                ib_quant_options options = test_quant_options(2 + (uint32_t)test_random_below(8), grid, range);
                options.initial_min = (float)-test_random_uniform();
                options.initial_max = (float)test_random_uniform();
                options.range_gradient = range == IB_RANGE_TENSOR && test_random_below(2);
                options.per_channel = (uint32_t)test_random_below(2);
                check_gradient(context, &options, 1 + test_random_below(40), 1 + test_random_below(20));
            }
        }
    }
}

static void gradients(void **state)
{
    (void)state;
    test_every_kernels(gradients_of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_by_hand),          cmocka_unit_test(properties),
        cmocka_unit_test(extreme_ranges),         cmocka_unit_test(not_numbers),
        cmocka_unit_test(range_gradient_by_hand), cmocka_unit_test(gradients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
