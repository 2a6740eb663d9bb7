/* Eigenvalues against closed forms, and against what their sums must be. */
#include "eigenvalues.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void find(size_t n, double *matrix, double *values)
{
    assert_int_equal(eigenvalues_function()(n, matrix, values, NULL), 0);
    qsort(values, n, sizeof *values, by_value);
}

static void small_ones(void **state)
{
    (void)state;
    double one[] = {-3}, two[] = {2, 1, 1, 2}, values[2];
    find(1, one, values);
    assert_close(values[0], -3, 0, 1e-15);
    find(2, two, values);
    assert_close(values[0], 1, 0, 1e-14);
    assert_close(values[1], 3, 0, 1e-14);
}

/* 2 on the diagonal and -1 beside it: 2 - 2 cos(k pi / (n + 1)). */
static void second_differences(void **state)
{
    (void)state;
    enum { N = 50 };
    double *matrix = calloc(N * N, sizeof *matrix), values[N];
    assert_non_null(matrix);
    for (size_t i = 0; i < N; i++) {
        matrix[i * N + i] = 2;
        if (i > 0)
            matrix[i * N + i - 1] = matrix[(i - 1) * N + i] = -1;
    }
    find(N, matrix, values);
    for (size_t k = 1; k <= N; k++)
        assert_close(values[k - 1], 2 - 2 * cos((double)k * acos(-1) / (N + 1)), 1e-13, 0);
    free(matrix);
}

/* Of any symmetric matrix: their sum is the trace, that of their squares is that of all elements' squares. */
static void random_ones(void **state)
{
    (void)state;
    for (size_t n = 1; n < 80; n += 13) {
        double *matrix = calloc(n * n, sizeof *matrix), *values = calloc(n, sizeof *values);
        double trace = 0, squares = 0;
        assert_true(matrix && values);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j <= i; j++) {
                const double x = 2 * test_random_uniform() - 1;
                matrix[i * n + j] = matrix[j * n + i] = x;
                trace += i == j ? x : 0;
                squares += (i == j ? 1 : 2) * x * x;
            }
        find(n, matrix, values);
        for (size_t i = 0; i < n; i++) {
            trace -= values[i];
            squares -= values[i] * values[i];
        }
        assert_close(trace, 0, 1e-11, 0);
        assert_close(squares, 0, 1e-10, 0);
        free(matrix);
        free(values);
    }
}

/* What the library makes of them: order 2 needs none, and is approached by orders nearby. */
static void in_renyi_information(void **state)
{
    (void)state;
    enum { N = 60 };
    ib_context *context = test_context(NULL);
    ib_tensor *x = NULL, *y = NULL;
    ib_renyi_options options;
    double exact, near;
    assert_ok(context, ib_tensor_create(context, 2, (const size_t[]){N, 2}, &x));
    assert_ok(context, ib_tensor_create(context, 2, (const size_t[]){N, 3}, &y));
    for (size_t i = 0; i < 2 * N; i++)
        ib_tensor_data(x)[i] = (float)test_random_uniform();
    for (size_t i = 0; i < 3 * N; i++)
        ib_tensor_data(y)[i] = ib_tensor_data(x)[i % (2 * N)] + (float)test_random_uniform();
    ib_renyi_options_init(&options);
    assert_ok(context, ib_renyi_mutual(context, x, y, &options, &exact));
    options.eigenvalues = eigenvalues_function();
    options.alpha = 2.000001;
    assert_ok(context, ib_renyi_mutual(context, x, y, &options, &near));
    assert_close(near, exact, 1e-4, 0);
    options.alpha = 1.01;
    assert_ok(context, ib_renyi_mutual(context, x, y, &options, &near));
    assert_true(near > 0 && near < log2(N));
    ib_tensor_destroy(x);
    ib_tensor_destroy(y);
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_ones),
        cmocka_unit_test(second_differences),
        cmocka_unit_test(random_ones),
        cmocka_unit_test(in_renyi_information),
    };
    return eigenvalues_function() ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
}
