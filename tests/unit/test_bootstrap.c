/* The bootstrap: against all resamples of few rows, draws made a second time, the definition of its quantiles, and what
 * must not change its values. */
#include "permute.h"

#include "info/resample.h"

#include <math.h>
#include <string.h>

static ib_bootstrap_result bootstrap(const uint32_t *x, const uint32_t *y, size_t rows,
                                     const ib_significance_options *options)
{
    ib_context *context = test_context(NULL);
    ib_variable *of_x = variable_of(context, x, rows), *of_y = variable_of(context, y, rows);
    ib_bootstrap_result result = {.struct_size = sizeof result};
    assert_ok(context, ib_significance_bootstrap(context, of_x, of_y, options, &result));
    assert_true(result.bias == result.mean - result.observed);
    ib_variable_destroy(of_x);
    ib_variable_destroy(of_y);
    ib_context_destroy(context);
    return result;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* I(X;Y) in bits of rows that were chosen, by sums over all pairs of numbers below 8. */
static double plain_mutual(const uint32_t *x, const uint32_t *y, const uint32_t *chosen, size_t n)
{
    double joint[8][8] = {{0}}, of_x[8] = {0}, of_y[8] = {0}, sum = 0;
    for (size_t i = 0; i < n; i++) {
        joint[x[chosen[i]]][y[chosen[i]]] += 1;
        of_x[x[chosen[i]]] += 1;
        of_y[y[chosen[i]]] += 1;
    }
    for (size_t a = 0; a < 8; a++)
        for (size_t b = 0; b < 8; b++)
            if (joint[a][b] > 0)
                sum += joint[a][b] / (double)n * log2(joint[a][b] * (double)n / (of_x[a] * of_y[b]));
    return sum;
}

/* The mean of n values, and their deviation if they are all there are. */
static void describe(const double *values, size_t n, double *mean, double *sd)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - sum / (double)n) * (values[i] - sum / (double)n);
    *mean = sum / (double)n;
    *sd = sqrt(squares / (double)n);
}

/* m resamples are a sample of all n^n. */
static void agrees_with_all_resamples(void **state)
{
    (void)state;
    enum { N = 5, ALL = 5 * 5 * 5 * 5 * 5 };
    static const uint32_t x[N] = {0, 0, 1, 1, 2}, y[N] = {0, 1, 1, 1, 0};
    static double values[ALL];
    for (uint32_t r = 0; r < ALL; r++) {
        uint32_t chosen[N], rest = r;
        for (size_t i = 0; i < N; i++, rest /= N)
            chosen[i] = rest % N;
        values[r] = plain_mutual(x, y, chosen, N);
    }
    double mean, sd;
    describe(values, ALL, &mean, &sd);
    qsort(values, ALL, sizeof *values, ascending);
    const uint64_t m = quick(100000, 10000);
    ib_significance_options options = options_of(m, 1, 1);
    options.level = 0.5;
    const ib_bootstrap_result found = bootstrap(x, y, N, &options);
    assert_int_equal(found.rows, N);
    assert_int_equal(found.resamples, m);
    assert_close(found.observed, plain_mutual(x, y, (const uint32_t[N]){0, 1, 2, 3, 4}, N), 1e-15, 0);
    assert_close(found.mean, mean, 5 * sd / sqrt((double)m), 0);
    assert_close(found.sd, sd, 0, 0.05);
    /* the quarters lie within values that are that frequent */
    assert_true(found.low >= values[ALL * 22 / 100] - 1e-12 && found.low <= values[ALL * 28 / 100] + 1e-12);
    assert_true(found.high >= values[ALL * 72 / 100] - 1e-12 && found.high <= values[ALL * 78 / 100] + 1e-12);
}

/* Draws made a second time, from the stream of each resample: rows that are in ascending order of x. */
static void draws_are_those_of_the_streams(void **state)
{
    (void)state;
    enum { N = 300, M = 200 };
    ib_context *context = test_context(NULL);
    uint32_t x[N], y[N], chosen[N];
    double values[M], mean, sd;
    for (uint32_t i = 0; i < N; i++) {
        x[i] = i * 8 / N;
        y[i] = test_random_below(3) ? x[i] / 2 : (uint32_t)test_random_below(4);
    }
    for (uint64_t r = 0; r < M; r++) {
        ib_rng *rng = NULL;
        assert_ok(context, ib_rng_create(context, 9, ib_rng_stream(r, 0, IB_STREAM_BOOTSTRAP), &rng));
        for (size_t i = 0; i < N; i++)
            chosen[i] = ib_rng_get_below(rng, N);
        ib_rng_destroy(rng);
        values[r] = plain_mutual(x, y, chosen, N);
    }
    describe(values, M, &mean, &sd);
    qsort(values, M, sizeof *values, ascending);
    ib_significance_options options = options_of(M, 9, 1);
    for (int i = 0; i < 2; i++) { /* 0.95 is the default; 199 0.025 = 4.975, 199 0.1 = 19.9 */
        const ib_bootstrap_result found = bootstrap(x, y, N, &options);
        const double low =
            i ? values[19] + 0.9 * (values[20] - values[19]) : values[4] + 0.975 * (values[5] - values[4]);
        const double high =
            i ? values[179] + 0.1 * (values[180] - values[179]) : values[194] + 0.025 * (values[195] - values[194]);
        assert_close(found.mean, mean, 1e-14, 0);
        assert_close(found.sd, sd * sqrt(M / (M - 1.0)), 1e-13, 0);
        assert_close(found.low, low, 1e-13, 0);
        assert_close(found.high, high, 1e-13, 0);
        options.level = 0.8;
    }
    ib_context_destroy(context);
}

static void one_and_two_resamples(void **state)
{
    (void)state;
    enum { N = 40 };
    uint32_t x[N], y[N];
    for (uint32_t i = 0; i < N; i++) {
        x[i] = (uint32_t)test_random_below(4);
        y[i] = (uint32_t)test_random_below(4);
    }
    ib_significance_options options = options_of(1, 5, 1);
    const ib_bootstrap_result one = bootstrap(x, y, N, &options);
    assert_true(one.low == one.mean && one.high == one.mean && isnan(one.sd));
    options.resamples = 2;
    const ib_bootstrap_result two = bootstrap(x, y, N, &options);
    const double other = 2 * two.mean - one.mean, least = fmin(one.mean, other), most = fmax(one.mean, other);
    assert_true(most > least);
    assert_close(two.low, least + 0.025 * (most - least), 1e-14, 0);
    assert_close(two.high, least + 0.975 * (most - least), 1e-14, 0);
    assert_close(two.sd, (most - least) / sqrt(2), 1e-14, 0);
}

/* Independent data: the value of the sample is biased upwards, and that of resamples once more, by about as much: which
 * is (4 - 1) (4 - 1) / (2 n ln 2) at first order. */
static void resamples_are_biased_upwards(void **state)
{
    (void)state;
    enum { N = 1000 };
    uint32_t x[N], y[N];
    for (uint32_t i = 0; i < N; i++) {
        x[i] = i % 4;
        y[i] = (uint32_t)test_random_below(4);
    }
    const ib_significance_options options = options_of(2000, 0, 1);
    const ib_bootstrap_result found = bootstrap(x, y, N, &options);
    assert_close(found.bias, 9 / (2 * N * 0.69314718056), 0.001, 0);
    assert_true(found.low < found.mean && found.mean < found.high);
}

static void constants_tell_nothing(void **state)
{
    (void)state;
    enum { N = 30 };
    uint32_t x[N] = {0}, y[N];
    for (uint32_t i = 0; i < N; i++)
        y[i] = i % 5;
    const ib_significance_options options = options_of(50, 0, 1);
    const ib_bootstrap_result found = bootstrap(x, y, N, &options);
    assert_true(found.observed == 0 && found.low == 0 && found.high == 0 && found.mean == 0 && found.bias == 0 &&
                found.sd == 0);
}

static void no_rows(void **state)
{
    (void)state;
    static const uint32_t one[1] = {3}, missing[3] = {IB_NO_LABEL, IB_NO_LABEL, 1},
                          others[3] = {1, IB_NO_LABEL, IB_NO_LABEL};
    const ib_significance_options options = options_of(20, 0, 2);
    const ib_bootstrap_result results[3] = {bootstrap(NULL, NULL, 0, &options), bootstrap(one, one, 1, &options),
                                            bootstrap(missing, others, 3, &options)};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(results[i].rows, i == 1);
        assert_true(results[i].observed == 0 && results[i].low == 0 && results[i].high == 0 && results[i].mean == 0 &&
                    results[i].bias == 0 && results[i].sd == 0);
    }
}

static void threads_and_missing_rows_do_not_matter(void **state)
{
    (void)state;
    enum { N = 400, M = 5000 };
    uint32_t x[N], y[N], kept_x[N], kept_y[N];
    size_t kept = 0;
    for (size_t i = 0; i < N; i++) {
        x[i] = test_random_below(9) ? (uint32_t)test_random_below(50) : IB_NO_LABEL;
        y[i] = test_random_below(9) ? x[i] % 3 : IB_NO_LABEL;
        if (x[i] != IB_NO_LABEL && y[i] != IB_NO_LABEL) {
            kept_x[kept] = x[i];
            kept_y[kept++] = y[i];
        }
    }
    ib_significance_options options = options_of(M, 1, 1);
    const ib_bootstrap_result plain = bootstrap(kept_x, kept_y, kept, &options);
    for (options.threads = 1; options.threads <= 3; options.threads++) {
        ib_bootstrap_result found = bootstrap(x, y, N, &options);
        assert_int_equal(found.rows, kept);
        assert_close(found.observed, plain.observed, 0, 0);
        if (options.threads == 1)
            continue;
        options.threads--;
        const ib_bootstrap_result fewer = bootstrap(x, y, N, &options);
        options.threads++;
        assert_memory_equal(&found, &fewer, sizeof found);
    }
    options.seed = 2;
    assert_true(bootstrap(kept_x, kept_y, kept, &options).mean != plain.mean);
}

static int32_t stop_at_once(uint64_t done, uint64_t all, void *user_data)
{
    assert_true(done > 0 && done <= all);
    return *(const int32_t *)user_data;
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint32_t labels[3] = {0, 1, 1};
    ib_variable *x = variable_of(context, labels, 3), *y = variable_of(context, labels, 2);
    ib_significance_options options = options_of(UINT64_MAX, 0, 1);
    ib_bootstrap_result result = {.struct_size = sizeof result, .mean = 77};
    assert_int_equal(ib_significance_bootstrap(NULL, x, x, NULL, &result), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "x is NULL", ib_significance_bootstrap(context, NULL, x, NULL, &result));
    assert_fails(context, IB_ERR_ARG, "y is NULL", ib_significance_bootstrap(context, x, NULL, NULL, &result));
    assert_fails(context, IB_ERR_SHAPE, "3, got 2", ib_significance_bootstrap(context, x, y, NULL, &result));
    assert_fails(context, IB_ERR_ARG, "result", ib_significance_bootstrap(context, x, x, NULL, NULL));
    assert_fails(context, IB_ERR_RANGE, "resamples", ib_significance_bootstrap(context, x, x, &options, &result));
    options.resamples = 10;
    options.level = 1;
    assert_fails(context, IB_ERR_RANGE, "level: expected between 0 and 1, got 1",
                 ib_significance_bootstrap(context, x, x, &options, &result));
    options.level = 0;
    int32_t answer = 3;
    options.progress = stop_at_once;
    options.user_data = &answer;
    const ib_status stopped = ib_significance_bootstrap(context, x, x, &options, &result);
    assert_int_equal(stopped, IB_STOPPED);
    answer = -3;
    assert_fails(context, IB_ERR_CALLBACK, "progress", ib_significance_bootstrap(context, x, x, &options, &result));
    assert_true(result.mean == 77);
    result.struct_size = offsetof(ib_bootstrap_result, mean);
    answer = 0;
    assert_ok(context, ib_significance_bootstrap(context, x, x, &options, &result)); /* knows fewer members */
    assert_true(result.mean == 77 && result.resamples == 10);
    ib_variable_destroy(x);
    ib_variable_destroy(y);
    ib_context_destroy(context);
}

static ib_status bootstrap_few(ib_context *context, void *user_data)
{
    static const uint32_t x[6] = {0, 0, 1, 2, 2, 3}, y[6] = {0, 1, 1, 0, 2, 3};
    const ib_i_ids of_x = {x, 4}, of_y = {y, 4};
    const ib_significance_options options = options_of(20, 1, 1);
    ib_bootstrap_result *result = user_data;
    *result = (ib_bootstrap_result){.struct_size = sizeof *result, .mean = 77};
    const ib_status status = ib_i_bootstrap(context, &of_x, &of_y, 6, &options, result);
    assert_true((status == IB_OK) == (result->mean != 77));
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    ib_bootstrap_result result;
    test_every_failed_allocation(bootstrap_few, &result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_all_resamples),
        cmocka_unit_test(draws_are_those_of_the_streams),
        cmocka_unit_test(one_and_two_resamples),
        cmocka_unit_test(resamples_are_biased_upwards),
        cmocka_unit_test(constants_tell_nothing),
        cmocka_unit_test(no_rows),
        cmocka_unit_test(threads_and_missing_rows_do_not_matter),
        cmocka_unit_test(refusals),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
