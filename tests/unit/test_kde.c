#include "reals.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const double ln2 = 0.6931471805599453;

static ib_kde_options options_of(uint32_t bound, double variance)
{
    ib_kde_options options;
    ib_kde_options_init(&options);
    options.bound = bound;
    options.variance = variance;
    return options;
}

static ib_estimate measure(ib_context *context, const ib_tensor *values, const uint32_t *labels, uint32_t classes,
                           uint32_t bound, double variance)
{
    const ib_kde_options options = options_of(bound, variance);
    ib_estimate estimate = {0};
    assert_ok(context, ib_kde_measure(context, values, labels, classes, &options, &estimate));
    assert_int_equal(estimate.struct_size, sizeof estimate);
    assert_int_equal(estimate.reserved, 0);
    return estimate;
}

/* The formula as it stands, over the rows whose label is `label`, or all if it is negative. */
static double plain(const ib_tensor *values, const uint32_t *labels, int label, uint32_t bound, double variance)
{
    const size_t rows = ib_tensor_shape(values, 0), columns = ib_tensor_shape(values, 1);
    double outer = 0;
    size_t n = 0;
    for (size_t i = 0; i < rows; i++)
        n += label < 0 || labels[i] == (uint32_t)label;
    for (size_t i = 0; i < rows; i++) {
        double inner = 0;
        if (label >= 0 && labels[i] != (uint32_t)label)
            continue;
        for (size_t j = 0; j < rows; j++) {
            double square = 0;
            if (label >= 0 && labels[j] != (uint32_t)label)
                continue;
            for (size_t c = 0; c < columns; c++)
                square += pow((double)ib_tensor_read(values)[i * columns + c] -
                                  (double)ib_tensor_read(values)[j * columns + c],
                              2);
            inner += exp(-square / ((bound == IB_KDE_UPPER ? 2 : 8) * variance));
        }
        outer -= log(inner / (double)n);
    }
    return n ? outer / (double)n / ln2 : 0;
}

static double plain_labels(const ib_tensor *values, const uint32_t *labels, uint32_t classes, uint32_t bound,
                           double variance)
{
    const size_t rows = ib_tensor_shape(values, 0);
    double sum = plain(values, labels, -1, bound, variance);
    for (uint32_t y = 0; y < classes; y++) {
        size_t n = 0;
        for (size_t i = 0; i < rows; i++)
            n += labels[i] == y;
        sum -= (double)n / (double)rows * plain(values, labels, (int)y, bound, variance);
    }
    return sum;
}

static void formula_on_random_rows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const size_t rows[] = {1, 2, 3, 17, 513, 1100}; /* beyond a block of rows, and two */
    static const double variances[] = {0.001, 0.1, 3, 1e4};
    for (size_t r = 0; r < COUNT(rows); r++)
        for (size_t v = 0; v < COUNT(variances); v++)
            for (uint32_t bound = 0; bound < 2; bound++) {
                uint32_t labels[1100];
                ib_tensor *values = reals_normal(context, rows[r], 1 + v);
                for (size_t i = 0; i < rows[r]; i++)
                    labels[i] = (uint32_t)test_random_below(3);
                const ib_estimate found = measure(context, values, labels, 4, bound, variances[v]);
                assert_close(found.i_xt, plain(values, labels, -1, bound, variances[v]), 1e-12, 1e-12);
                assert_close(found.i_ty, plain_labels(values, labels, 4, bound, variances[v]), 1e-12, 1e-12);
                ib_tensor_destroy(values);
            }
    ib_context_destroy(context);
}

/* Two rows: 1 - log2(1 + exp(-d^2 / (2 s^2))); and default variance 0.1. */
static void two_rows_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const float rows[2][2] = {{0, 0}, {0.3f, 0.4f}}; /* 0.5 apart */
    const uint32_t labels[2] = {0, 1};
    ib_tensor *values = reals_of(context, rows[0], 2, 2);
    ib_estimate found = measure(context, values, labels, 2, IB_KDE_UPPER, 0.5);
    assert_close(found.i_xt, 1 - log2(1 + exp(-0.25)), 1e-7, 0); /* 0.3 and 0.4 are floats */
    assert_close(found.i_ty, found.i_xt, 1e-15, 0);
    found = measure(context, values, labels, 2, IB_KDE_LOWER, 0.5);
    assert_close(found.i_xt, 1 - log2(1 + exp(-0.0625)), 1e-7, 0);
    assert_ok(context, ib_kde_measure(context, values, NULL, 0, NULL, &found));
    assert_same_bits(found.i_xt, measure(context, values, NULL, 0, IB_KDE_UPPER, 0.1).i_xt);
    assert_true(isnan(found.i_ty));
    ib_tensor_destroy(values);
    ib_context_destroy(context);
}

/* What rows far apart still have in common counts down to the last bit: 1 - log2(1 + e^-D) of two rows. */
static void nearly_far_rows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    for (float d = 1; d < 9; d += 0.125f) {
        ib_tensor *values = reals_of(context, (const float[]){0, d}, 2, 1);
        const double found = measure(context, values, NULL, 0, IB_KDE_UPPER, 0.5).i_xt;
        assert_close(1 - found, log1p(exp(-(double)d * (double)d)) / ln2, 5e-16, 0);
        ib_tensor_destroy(values);
    }
    ib_context_destroy(context);
}

static void equal_rows_say_nothing(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const double variances[] = {DBL_MIN, 0.1, DBL_MAX};
    for (size_t rows = 1; rows < 700; rows += rows < 20 ? 1 : 333)
        for (size_t v = 0; v < COUNT(variances); v++)
            for (uint32_t bound = 0; bound < 2; bound++) {
                uint32_t labels[700];
                ib_tensor *values = reals_of(context, NULL, rows, 3);
                for (size_t i = 0; i < 3 * rows; i++)
                    ib_tensor_data(values)[i] = -0.7f;
                for (size_t i = 0; i < rows; i++)
                    labels[i] = i % 3 == 0;
                const ib_estimate found = measure(context, values, labels, 2, bound, variances[v]);
                assert_same_bits(found.i_xt, 0.0);
                assert_same_bits(found.i_ty, 0.0);
                ib_tensor_destroy(values);
            }
    ib_context_destroy(context);
}

/* As many rows as there are, so all that a label says is its entropy; the largest floats overflow nothing. */
static void far_rows_say_all(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const float steps[] = {100, 1e30f};
    for (size_t rows = 1; rows < 300; rows += rows < 20 ? 1 : 77)
        for (size_t s = 0; s < COUNT(steps); s++)
            for (uint32_t bound = 0; bound < 2; bound++) {
                uint32_t labels[300];
                ib_tensor *values = reals_of(context, NULL, rows, 1);
                double n[2] = {0, 0}, entropy = 0;
                for (size_t i = 0; i < rows; i++) {
                    ib_tensor_data(values)[i] = (float)i * steps[s];
                    labels[i] = i % 3 == 0;
                    n[labels[i]]++;
                }
                for (size_t y = 0; y < 2; y++)
                    entropy -= n[y] > 0 ? n[y] / (double)rows * log2(n[y] / (double)rows) : 0;
                const ib_estimate found = measure(context, values, labels, 2, bound, 0.1);
                assert_same_bits(found.i_xt, ib_entropy_log2((double)rows));
                assert_close(found.i_ty, entropy, 1e-14, 0);
                ib_tensor_destroy(values);
            }
    ib_context_destroy(context);
}

static void two_clusters(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    uint32_t labels[64];
    ib_tensor *values = reals_of(context, NULL, 64, 2);
    for (size_t i = 0; i < 64; i++) {
        labels[i] = i % 4 == 0;
        ib_tensor_data(values)[2 * i + 1] = labels[i] ? 50 : -50;
    }
    const double entropy = -0.25 * log2(0.25) - 0.75 * log2(0.75);
    for (uint32_t bound = 0; bound < 2; bound++) {
        const ib_estimate found = measure(context, values, labels, 2, bound, 0.1);
        assert_close(found.i_xt, entropy, 1e-15, 0);
        assert_close(found.i_ty, entropy, 1e-15, 0);
    }
    ib_tensor_destroy(values);
    ib_context_destroy(context);
}

/* Entropy of a mixture of n Gaussians in one dimension less that of one, in bits, by the trapezoidal rule, which is
 * exact to all digits for such functions. */
static double integrated(const float *centres, size_t n, double variance)
{
    const double s = sqrt(variance), from = -5 - 12 * s, to = 5 + 12 * s;
    const size_t steps = (size_t)((to - from) / (s / 16));
    double sum = 0;
    for (size_t k = 0; k <= steps; k++) {
        const double z = from + (to - from) * (double)k / (double)steps;
        double density = 0;
        for (size_t i = 0; i < n; i++)
            density += exp(-pow(z - (double)centres[i], 2) / (2 * variance));
        density /= (double)n * s * sqrt(2 * 3.141592653589793);
        sum -= density > 0 ? density * log(density) : 0;
    }
    sum *= (to - from) / (double)steps;
    return (sum - 0.5 * log(2 * 3.141592653589793 * exp(1) * variance)) / ln2;
}

static void bounds_hold_the_integral(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const size_t rounds = getenv("LIBIB_TEST_QUICK") ? 5 : 300;
    assert_close(integrated((const float[]){1}, 1, 0.3), 0, 1e-12, 0); /* the rule itself */
    for (size_t r = 0; r < rounds; r++) {
        const size_t n = 1 + test_random_below(12);
        const double variance = exp(6 * test_random_uniform() - 5);
        ib_tensor *values = reals_of(context, NULL, n, 1);
        for (size_t i = 0; i < n; i++)
            ib_tensor_data(values)[i] = (float)(10 * test_random_uniform() - 5);
        const double truth = integrated(ib_tensor_read(values), n, variance);
        const double upper = measure(context, values, NULL, 0, IB_KDE_UPPER, variance).i_xt;
        const double lower = measure(context, values, NULL, 0, IB_KDE_LOWER, variance).i_xt;
        assert_true(lower >= 0 && lower <= truth + 1e-9);
        assert_true(truth <= upper + 1e-9 && upper <= ib_entropy_log2((double)n));
        ib_tensor_destroy(values);
    }
    ib_context_destroy(context);
}

/* The order of rows changes no bit, and neither does a power of two in values and noise. */
static void invariances(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    enum { ROWS = 700 };
    uint32_t labels[ROWS], order[ROWS], ordered[ROWS];
    ib_tensor *values = reals_normal(context, ROWS, 3);
    random_order(order, ROWS);
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = (uint32_t)test_random_below(3);
    for (size_t i = 0; i < ROWS; i++)
        ordered[i] = labels[order[i]];
    ib_tensor *other = reals_ordered(context, values, order), *scaled = reals_scaled(context, values, -0.25f);
    for (uint32_t bound = 0; bound < 2; bound++) {
        const ib_estimate a = measure(context, values, labels, 3, bound, 0.5);
        const ib_estimate b = measure(context, other, ordered, 3, bound, 0.5);
        const ib_estimate c = measure(context, scaled, labels, 3, bound, 0.03125);
        assert_same_bits(b.i_xt, a.i_xt);
        assert_same_bits(b.i_ty, a.i_ty);
        assert_same_bits(c.i_xt, a.i_xt);
        assert_same_bits(c.i_ty, a.i_ty);
    }
    ib_tensor_destroy(values);
    ib_tensor_destroy(other);
    ib_tensor_destroy(scaled);
    ib_context_destroy(context);
}

static void no_rows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_tensor *values = reals_of(context, NULL, 0, 2);
    ib_estimate found = measure(context, values, NULL, 2, IB_KDE_UPPER, 0);
    assert_same_bits(found.i_xt, 0.0);
    assert_same_bits(found.i_ty, 0.0);
    found = measure(context, values, NULL, 0, IB_KDE_UPPER, 0);
    assert_same_bits(found.i_xt, 0.0);
    assert_true(isnan(found.i_ty));
    ib_tensor_destroy(values);
    ib_context_destroy(context);
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const uint32_t labels[3] = {0, 1, 2};
    ib_tensor *values = reals_normal(context, 3, 2), *narrow = reals_of(context, NULL, 3, 0), *vector = NULL;
    assert_ok(context, ib_tensor_create(context, 1, (const size_t[]){3}, &vector));
    const ib_estimate before = {77, 77, 77, 77};
    ib_estimate found = before;
    assert_int_equal(ib_kde_measure(NULL, values, labels, 3, NULL, &found), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "values", ib_kde_measure(context, NULL, labels, 3, NULL, &found));
    assert_fails(context, IB_ERR_ARG, "estimate", ib_kde_measure(context, values, labels, 3, NULL, NULL));
    assert_fails(context, IB_ERR_ARG, "labels", ib_kde_measure(context, values, NULL, 3, NULL, &found));
    assert_fails(context, IB_ERR_RANGE, "labels[2]: expected less than 2, got 2",
                 ib_kde_measure(context, values, labels, 2, NULL, &found));
    assert_fails(context, IB_ERR_RANGE, "labels", ib_kde_measure(context, values, labels, 0, NULL, &found));
    assert_fails(context, IB_ERR_SHAPE, "rank 2", ib_kde_measure(context, vector, labels, 3, NULL, &found));
    assert_fails(context, IB_ERR_SHAPE, "column", ib_kde_measure(context, narrow, labels, 3, NULL, &found));
    static const double bad[] = {-0.1, NAN, INFINITY, -INFINITY, DBL_MIN / 2};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const ib_kde_options options = options_of(0, bad[i]);
        assert_fails(context, IB_ERR_RANGE, "variance", ib_kde_measure(context, values, labels, 3, &options, &found));
    }
    ib_kde_options options = options_of(2, 0);
    assert_fails(context, IB_ERR_ARG, "bound", ib_kde_measure(context, values, labels, 3, &options, &found));
    options = options_of(0, 0);
    options.struct_size--;
    assert_fails(context, IB_ERR_ARG, "struct_size", ib_kde_measure(context, values, labels, 3, &options, &found));
    static const float wrong[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        ib_tensor_data(values)[3] = wrong[i];
        assert_fails(context, IB_ERR_NONFINITE, "values", ib_kde_measure(context, values, labels, 3, NULL, &found));
    }
    assert_memory_equal(&found, &before, sizeof found);
    ib_kde_options_init(NULL);
    ib_tensor_destroy(values);
    ib_tensor_destroy(narrow);
    ib_tensor_destroy(vector);
    ib_context_destroy(context);
}

static ib_status measure_few(ib_context *context, void *user_data)
{
    static float rows[4][2] = {{1, 2}, {3, 4}, {5, 6}, {7, 8}};
    const uint32_t labels[4] = {0, 1, 0, 1};
    ib_estimate found = {.i_xt = 77};
    ib_tensor *values = NULL;
    (void)user_data;
    ib_status status = ib_tensor_create_borrowed(context, rows[0], 2, (const size_t[]){4, 2}, &values);
    if (status == IB_OK)
        status = ib_kde_measure(context, values, labels, 2, NULL, &found);
    assert_true(status == IB_OK || found.i_xt == 77);
    ib_tensor_destroy(values);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(measure_few, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formula_on_random_rows),
        cmocka_unit_test(two_rows_by_hand),
        cmocka_unit_test(nearly_far_rows),
        cmocka_unit_test(equal_rows_say_nothing),
        cmocka_unit_test(far_rows_say_all),
        cmocka_unit_test(two_clusters),
        cmocka_unit_test(bounds_hold_the_integral),
        cmocka_unit_test(invariances),
        cmocka_unit_test(no_rows),
        cmocka_unit_test(refusals),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
