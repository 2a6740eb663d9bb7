#include "variables.h"

#include "info/weights.h"

#include <float.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void assert_masses(const double *weights, size_t n, const uint64_t *expected)
{
    uint64_t masses[16], sum = 0;
    assert_true(n <= COUNT(masses));
    const uint64_t total = ib_i_weights_masses(weights, n, masses);
    for (size_t k = 0; k < n; k++) {
        assert_int_equal(masses[k], expected[k]);
        sum += expected[k];
    }
    assert_int_equal(total, sum);
}

#define ASSERT_MASSES(n, weights, ...) assert_masses((const double[n])weights, n, (const uint64_t[n]){__VA_ARGS__})
#define W(...)                                                                                                         \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }

static void integers_count(void **state)
{
    (void)state;
    ASSERT_MASSES(3, W(1, 2, 3), 1, 2, 3);
    ASSERT_MASSES(3, W(2, 4, 6), 2, 4, 6);
    ASSERT_MASSES(3, W(0, -0.0, 8), 0, 0, 8);
    ASSERT_MASSES(2, W(0x1p62, 0x1p61), UINT64_C(1) << 62, UINT64_C(1) << 61);
    ASSERT_MASSES(3, W(0x1p62, 0x1.fffffffffffffp61, 511), UINT64_C(1) << 62, (UINT64_C(1) << 62) - 512, 511);
}

static void fractions_of_powers_of_two_are_exact(void **state)
{
    (void)state;
    ASSERT_MASSES(3, W(0.5, 0.25, 1), 2, 1, 4);
    ASSERT_MASSES(3, W(1.5, 3, 4.5), 1, 2, 3); /* in halves 3, 6, 9 */
    ASSERT_MASSES(2, W(0x1p-1074, 0x1.8p-1073), 1, 3);
    ASSERT_MASSES(2, W(0x1p-30, 0x1p30), 1, UINT64_C(1) << 60);
}

static void equal_weights_are_ones(void **state)
{
    (void)state;
    ASSERT_MASSES(3, W(0.1, 0.1, 0.1), 1, 1, 1);
    ASSERT_MASSES(3, W(DBL_MAX, 0, DBL_MAX), 1, 0, 1);
    ASSERT_MASSES(2, W(DBL_MIN / 3, DBL_MIN / 3), 1, 1);
    ASSERT_MASSES(3, W(0x1p62, 0x1p62, 0), 1, 1, 0); /* 2^63 is too much */
    ASSERT_MASSES(4, W(0x1.fffffffffffffp62, 0x1.fffffffffffffp62, 0x1.fffffffffffffp62, 0x1.fffffffffffffp62), 1, 1, 1,
                  1);
}

static void small_ones_beside_large_ones(void **state)
{
    (void)state;
    ASSERT_MASSES(2, W(1e300, 1e-300), 1, 0);
    ASSERT_MASSES(2, W(0x1p64, 1), 1, 0);                                            /* a quarter of a unit */
    ASSERT_MASSES(3, W(0x1p62, 0x1p62, 1), UINT64_C(1) << 61, UINT64_C(1) << 61, 1); /* a half goes up */
    ASSERT_MASSES(2, W(0x1p63, 1), UINT64_C(1) << 62, 1);
    ASSERT_MASSES(2, W(0x1p63, 5), UINT64_C(1) << 62, 3);
}

/* No weight changes by more than 2^-62 of the sum, whatever the weights. */
static void rounding_is_small(void **state)
{
    (void)state;
    enum { MOST = 3000 };
    double weights[MOST];
    uint64_t masses[MOST];
    for (int round = 0; round < 200; round++) {
        const size_t n = 10 + test_random_below(MOST - 10);
        const uint64_t spread = 1 + test_random_below(80);
        long double sum = 0;
        for (size_t k = 0; k < n; k++) {
            weights[k] = test_random_uniform() * 0x1p-40;
            for (uint64_t d = test_random_below(spread); d > 0; d--)
                weights[k] *= 2;
            sum += (long double)weights[k];
        }
        const uint64_t total = ib_i_weights_masses(weights, n, masses);
        assert_true(total < UINT64_C(1) << 63);
        const long double unit = exp2l(roundl(log2l(sum / (long double)total)));
        for (size_t k = 0; k < n; k++)
            assert_true(fabsl((long double)masses[k] * unit - (long double)weights[k]) <= 0x1p-62L * sum);
    }
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void order_does_not_matter(void **state)
{
    (void)state;
    enum { N = 500 };
    double weights[N];
    uint64_t masses[N], sorted[N];
    for (int round = 0; round < 100; round++) {
        for (size_t k = 0; k < N; k++)
            weights[k] = test_random_uniform() * (double)(1 + test_random_below(round % 2 ? 9 : UINT64_MAX));
        qsort(weights, N, sizeof *weights, ascending);
        const uint64_t total = ib_i_weights_masses(weights, N, sorted);
        for (size_t k = N; k > 1; k--) {
            const size_t other = test_random_below(k);
            const double weight = weights[k - 1];
            const uint64_t mass = sorted[k - 1];
            weights[k - 1] = weights[other];
            sorted[k - 1] = sorted[other];
            weights[other] = weight;
            sorted[other] = mass;
        }
        assert_int_equal(ib_i_weights_masses(weights, N, masses), total);
        assert_memory_equal(masses, sorted, sizeof masses);
    }
}

/* Sets weights for a variable of three rows and measures it. */
static double entropy_with(ib_context *context, ib_information *i, const ib_variable *x, const double *weights)
{
    assert_ok(context, ib_information_set_weights(i, weights, 3));
    return entropy(i, LIST(x), 1);
}

static void weights_of_information(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    ib_variable *x = variable_of(context, (const uint32_t[]){0, 1, 2}, 3);
    double weights[] = {1, 1, 2};
    assert_same_bits(entropy_with(context, i, x, weights), 1.5);
    weights[0] = 1e300; /* they are copied */
    assert_same_bits(entropy(i, LIST(x), 1), 1.5);
    assert_same_bits(entropy_with(context, i, x, (const double[]){1, 1, 0}), 1);
    assert_same_bits(entropy_with(context, i, x, (const double[]){0.125, 0.125, 0.25}), 1.5);
    assert_same_bits(entropy_with(context, i, x, (const double[]){1e-9, 1e-9, 2e-9}), 1.5);
    assert_same_bits(entropy_with(context, i, x, (const double[]){0x1p1000, 0x1p1000, 0x1p1001}), 1.5);
    assert_same_bits(entropy_with(context, i, x, (const double[]){0, 0, 3}), 0);
    assert_same_bits(entropy_with(context, i, x, (const double[]){0, 0, 0}), 0);
    assert_same_bits(entropy_with(context, i, x, NULL), ib_entropy_log2(3));
    assert_same_bits(entropy_with(context, i, x, (const double[]){0.1, 0.1, 0.1}), ib_entropy_log2(3));
    assert_close(entropy_with(context, i, x, (const double[]){0.2, 0.3, 0.5}), 1.4854752972273344, 1e-14, 0);
    ib_variable_destroy(x);
    ib_information_destroy(i);
    ib_context_destroy(context);
}

static void refuses(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    ib_variable *x = variable_of(context, (const uint32_t[]){0, 1, 2}, 3);
    assert_same_bits(entropy_with(context, i, x, (const double[]){1, 1, 2}), 1.5);
    static const struct {
        double weights[3];
        ib_status status;
        const char *words;
    } wrong[] = {
        {{1, NAN, 1}, IB_ERR_NONFINITE, "weights[1]"},       {{1, 1, INFINITY}, IB_ERR_NONFINITE, "weights[2]"},
        {{-INFINITY, 1, 1}, IB_ERR_NONFINITE, "weights[0]"}, {{1, 1, -1e-300}, IB_ERR_RANGE, "weights[2]"},
        {{-1, NAN, 1}, IB_ERR_RANGE, "weights[0]"},
    };
    for (size_t w = 0; w < COUNT(wrong); w++) {
        assert_fails(context, wrong[w].status, wrong[w].words, ib_information_set_weights(i, wrong[w].weights, 3));
        assert_same_bits(entropy(i, LIST(x), 1), 1.5);
    }
    double bits = 7;
    assert_ok(context, ib_information_set_weights(i, (const double[]){1, 1}, 2));
    assert_fails(context, IB_ERR_SHAPE, "expected 2", ib_information_entropy(i, LIST(x), 1, &bits));
    assert_same_bits(bits, 7);
    ib_variable_destroy(x);
    ib_information_destroy(i);
    ib_context_destroy(context);
}

/* Weights that there was no memory for leave the old ones. */
static void without_memory(void **state)
{
    (void)state;
    test_memory memory;
    ib_context *context = test_context(&memory);
    ib_information *i = information_empty(context);
    ib_variable *x = variable_of(context, (const uint32_t[]){0, 1, 2}, 3);
    static const double many[1000];
    assert_same_bits(entropy_with(context, i, x, (const double[]){1, 1, 2}), 1.5);
    memory.refuse_after = 0;
    assert_fails(context, IB_ERR_NOMEM, "memory", ib_information_set_weights(i, many, COUNT(many)));
    assert_same_bits(entropy(i, LIST(x), 1), 1.5);
    assert_same_bits(entropy_with(context, i, x, (const double[]){2, 2, 4}), 1.5); /* needs none */
    memory.refuse_after = SIZE_MAX;
    ib_variable_destroy(x);
    ib_information_destroy(i);
    ib_context_destroy(context);
    assert_int_equal(memory.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_count),         cmocka_unit_test(fractions_of_powers_of_two_are_exact),
        cmocka_unit_test(equal_weights_are_ones), cmocka_unit_test(small_ones_beside_large_ones),
        cmocka_unit_test(rounding_is_small),      cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(weights_of_information), cmocka_unit_test(refuses),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
