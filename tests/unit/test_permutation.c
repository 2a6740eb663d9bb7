/* The permutation test: against all orders of few rows, and against distributions known in closed form. What must not
 * change its values, and what it refuses, is in test_permutation_calls.c. */
#include "permute.h"

#include "info/contingency.h"
#include "info/permuted.h"

#include <math.h>
#include <string.h>

/* --- all orders of few rows -------------------------------------------------------------------------------------- */

/* n I(X;Y) in bits, by sums over all pairs of numbers below 8. */
static double plain_mutual(const uint32_t *x, const uint32_t *y, size_t n)
{
    double joint[8][8] = {{0}}, of_x[8] = {0}, of_y[8] = {0}, sum = 0;
    for (size_t i = 0; i < n; i++) {
        joint[x[i]][y[i]] += 1;
        of_x[x[i]] += 1;
        of_y[y[i]] += 1;
    }
    for (size_t a = 0; a < 8; a++)
        for (size_t b = 0; b < 8; b++)
            if (joint[a][b] > 0)
                sum += joint[a][b] * log2(joint[a][b] * (double)n / (of_x[a] * of_y[b]));
    return sum;
}

/* What the values of all n! orders come to. */
typedef struct orders {
    double observed, count, at_least, sum, squares, most;
} orders;

static void all_orders(const uint32_t *x, uint32_t *y, size_t n, size_t fixed, orders *found)
{
    if (fixed == n) {
        const double value = plain_mutual(x, y, n);
        found->count += 1;
        found->at_least += value >= found->observed - 1e-9;
        found->sum += value;
        found->squares += value * value;
        found->most = value > found->most ? value : found->most;
        return;
    }
    for (size_t i = fixed; i < n; i++) {
        const uint32_t kept = y[fixed];
        y[fixed] = y[i];
        y[i] = kept;
        all_orders(x, y, n, fixed + 1, found);
        y[i] = y[fixed];
        y[fixed] = kept;
    }
}

/* m permutations are a sample of all orders: their mean, deviation and share of large values are near those of all. */
static void agrees_with_all_orders(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        uint32_t x[8], y[8];
    } cases[] = {
        {2, {0, 1}, {0, 1}},
        {4, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {5, {0, 0, 0, 1, 2}, {0, 0, 1, 1, 2}},
        {6, {0, 0, 1, 1, 2, 2}, {0, 1, 1, 2, 2, 0}},
        {7, {0, 1, 2, 3, 4, 5, 6}, {0, 0, 0, 0, 1, 1, 2}},
        {8, {0, 0, 0, 0, 1, 1, 1, 2}, {0, 0, 0, 1, 1, 1, 2, 3}},
        {8, {0, 0, 0, 0, 0, 1, 1, 1}, {0, 0, 0, 0, 1, 0, 1, 1}},
        {8, {0, 0, 1, 1, 2, 2, 3, 4}, {0, 0, 1, 1, 0, 1, 1, 0}},
    };
    const uint64_t m = quick(100000, 5000);
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        const size_t n = cases[c].n;
        uint32_t y[8];
        memcpy(y, cases[c].y, sizeof y);
        orders all = {.observed = plain_mutual(cases[c].x, y, n)};
        all_orders(cases[c].x, y, n, 0, &all);
        const double p = all.at_least / all.count, mean = all.sum / all.count / (double)n;
        const double sd = sqrt(fmax(all.squares / all.count / (double)(n * n) - mean * mean, 0));
        const ib_permutation_result found = permute(cases[c].x, cases[c].y, n, m, 1, 1);
        assert_int_equal(found.rows, n);
        assert_close(found.observed, all.observed / (double)n, 1e-14, 0);
        assert_close(found.p, p, 5 * sqrt(p * (1 - p) / (double)m) + 1.0 / (double)m, 0);
        assert_close(found.null_mean, mean, 5 * sd / sqrt((double)m) + 1e-14, 0);
        assert_close(found.null_sd, sd, 1e-6, 0.05);
        assert_close(found.null_max, all.most / (double)n, 1e-14, 0);
    }
}

/* Two groups and two labels: how many rows of the first group have the first label is hypergeometric. Groups of these
 * sizes are counted and not compared, and counts reach beyond the terms that are kept. */
static void agrees_with_the_hypergeometric_distribution(void **state)
{
    (void)state;
    enum { N = 1200, A = 500, B = 700 };
    static uint32_t x[N], y[N];
    const uint64_t m = quick(20000, 5000);
    for (size_t i = 0; i < N; i++) {
        x[i] = i >= A;
        y[i] = i < 320 || (i >= A && i < A + B - 320) ? 0 : 1; /* 320 rows of the first kind, where 292 are expected */
    }
    static double log_factorial[N + 1];
    for (int i = 1; i <= N; i++)
        log_factorial[i] = log_factorial[i - 1] + log(i);
    const double observed = plain_mutual(x, y, N);
    double p = 0, mean = 0, squares = 0;
    for (int k = 0; k <= A; k++) {
        if (B - k > N - A)
            continue;
        const double share = exp(log_factorial[A] - log_factorial[k] - log_factorial[A - k] + log_factorial[N - A] -
                                 log_factorial[B - k] - log_factorial[N - A - B + k] - log_factorial[N] +
                                 log_factorial[B] + log_factorial[N - B]);
        const int cells[4] = {k, A - k, B - k, N - A - B + k}, groups[4] = {A, A, N - A, N - A},
                  labels[4] = {B, N - B, B, N - B};
        double value = 0;
        for (int c = 0; c < 4; c++)
            value += cells[c] ? cells[c] * log2((double)cells[c] * N / groups[c] / labels[c]) : 0;
        p += value >= observed - 1e-9 ? share : 0;
        mean += share * value / N;
        squares += share * value * value / N / N;
    }
    const double sd = sqrt(squares - mean * mean);
    const ib_permutation_result found = permute(x, y, N, m, 7, 1);
    assert_close(found.observed, observed / N, 1e-14, 0);
    assert_in_range(found.at_least, 1, m / 50); /* the case says something */
    assert_close(found.p, p, 5 * sqrt(p / (double)m) + 1.0 / (double)m, 0);
    assert_close(found.null_mean, mean, 5 * sd / sqrt((double)m), 0);
    assert_close(found.null_sd, sd, 0, 0.15);
}

/* Pairs of rows, and labels that two rows have: a pair is of one label with probability 1 / (n - 1). So many labels
 * that they take one, two and four bytes. */
static void agrees_with_pairs_of_many_labels(void **state)
{
    (void)state;
    static const size_t pairs[] = {20, 128, 129, 300, 32768, 33000};
    static const uint64_t resamples[] = {20000, 5000, 5000, 2000, 100, 100};
    for (size_t c = 0; c < 6; c++) {
        const size_t n = 2 * pairs[c];
        const uint64_t m = quick(resamples[c], resamples[c] / 20);
        uint32_t *x = malloc(n * sizeof *x), *y = malloc(n * sizeof *y);
        for (size_t i = 0; i < n; i++)
            x[i] = y[i] = (uint32_t)(i / 2);
        const ib_permutation_result found = permute(x, y, n, m, 3, 1);
        const double pairs_expected = (double)pairs[c] / (double)(n - 1), rows = (double)n;
        /* n I = n log2 n + 2 pairs of one label - n - n; nearly Poisson: variance about the mean */
        const double sd = 2 * sqrt(pairs_expected) / rows;
        assert_close(found.observed, log2(rows) - 1, 1e-13, 0);
        assert_close(found.null_mean, log2(rows) - 2 + 2 * pairs_expected / rows, 5 * sd / sqrt((double)m), 0);
        assert_close(found.null_sd, sd, 0, m < 100 ? 0.9 : 0.4);
        assert_int_equal(found.at_least, 0);
        free(x);
        free(y);
    }
}

/* --- the generator ----------------------------------------------------------------------------------------------- */

/* Four labels: each order of those that are drawn is equally frequent, for labels of each size. */
static void orders_are_uniform(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const ib_i_multiplicity labels[] = {{1, 4}}, all[] = {{2, 2}}, half[] = {{2, 1}}, three[] = {{3, 1}};
    const ib_i_multiplicities sizes = {labels, 1, 4, 4};
    static const struct {
        const ib_i_multiplicity *groups;
        uint32_t drawn, orders;
    } cases[] = {{all, 4, 24}, {three, 3, 24}, {half, 2, 12}};
    const uint64_t each = quick(4000, 400);
    for (uint32_t size = 1; size <= 4; size *= 2)
        for (size_t c = 0; c < 3; c++) {
            uint32_t ordered[4], scratch[64], counts[256] = {0}, seen = 0;
            ib_i_permuted plan = {.groups = cases[c].groups,
                                  .group_sizes = 1,
                                  .rows = 4,
                                  .drawn = cases[c].drawn,
                                  .labels = 4,
                                  .label_size = size,
                                  .ordered = ordered};
            assert_true(ib_i_permuted_scratch(&plan) <= sizeof scratch);
            memset(scratch, 0, sizeof scratch);
            ib_i_terms(plan.terms);
            ib_i_permuted_labels(&sizes, size, ordered);
            for (uint64_t r = 0; r < each * cases[c].orders; r++) {
                ib_rng rng = ib_i_rng_begin(context, 1, ib_rng_stream(r, 0, IB_STREAM_PERMUTE));
                assert_true(ib_i_permuted_sum(&plan, scratch, &rng) == 0); /* no label occurs twice */
                uint32_t code = 0;
                for (uint32_t i = 4 - cases[c].drawn; i < 4; i++)
                    code = code << 2 | (size == 1   ? ((const uint8_t *)scratch)[i]
                                        : size == 2 ? ((const uint16_t *)scratch)[i]
                                                    : scratch[i]);
                counts[code]++;
            }
            for (size_t code = 0; code < 256; code++) {
                seen += counts[code] > 0;
                if (counts[code] > 0)
                    assert_close((double)counts[code], (double)each, 5 * sqrt((double)each), 0);
            }
            assert_int_equal(seen, cases[c].orders);
        }
    ib_context_destroy(context);
}

/* Sizes of groups on both sides of where comparing ends, so many of them that lanes are used, that some are left,
 * and that lanes would overflow; counted a second time from the labels that the generator left behind. */
static void sums_are_those_of_the_labels(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint32_t label_counts[] = {2, 10, 200, 256, 257, 5000};
    for (int round = 0; round < 60; round++) {
        ib_i_multiplicity groups[20], label_sizes[2];
        uint32_t rows = (uint32_t)test_random_below(50), drawn = 0;
        size_t sizes = 0;
        for (uint64_t k = 2; k < 22; k++) {
            const uint64_t m = test_random_below(4) == 0 ? test_random_below(round % 6 == 1 ? 9000 : 700 / k) : 0;
            if (m > 0)
                groups[sizes++] = (ib_i_multiplicity){k, m};
            drawn += (uint32_t)(k * m);
        }
        rows += drawn;
        uint32_t labels = label_counts[round % 6] < rows ? label_counts[round % 6] : rows;
        if (labels == 0)
            continue;
        const uint64_t least = rows / labels, more = rows % labels;
        label_sizes[0] = (ib_i_multiplicity){least, labels - more};
        label_sizes[1] = (ib_i_multiplicity){least + 1, more};
        const ib_i_multiplicities sample = {label_sizes, more ? 2 : 1, rows, labels};
        const uint32_t size = ib_i_permuted_label_size(labels);
        ib_i_permuted plan = {
            .groups = groups, .group_sizes = sizes, .rows = rows, .drawn = drawn, .labels = labels, .label_size = size};
        void *ordered = calloc(rows, size), *scratch = calloc(1, ib_i_permuted_scratch(&plan));
        ib_i_permuted_labels(&sample, size, ordered);
        ib_i_terms(plan.terms);
        plan.ordered = ordered;
        for (uint64_t r = 0; r < 3; r++) {
            ib_rng rng = ib_i_rng_begin(context, 1, r);
            const ib_i_wide found = ib_i_permuted_sum(&plan, scratch, &rng);
            ib_i_wide expected = 0;
            size_t at = rows - drawn;
            uint32_t *counts = calloc(labels, sizeof *counts), *total = calloc(labels, sizeof *total);
            for (size_t i = 0; i < rows; i++)
                total[size == 1 ? ((const uint8_t *)scratch)[i] : ((const uint16_t *)scratch)[i]]++;
            for (size_t y = 0; y < labels; y++) /* no label is lost */
                assert_int_equal(total[y], y < labels - more ? least : least + 1);
            for (size_t g = 0; g < sizes; at += groups[g].k * groups[g].m, g++)
                for (size_t j = 0; j < groups[g].m; j++) {
                    memset(counts, 0, labels * sizeof *counts);
                    for (size_t i = 0; i < groups[g].k; i++) { /* compared groups lie across, counted ones along */
                        const size_t row = at + (groups[g].k <= 16 ? i * groups[g].m + j : j * groups[g].k + i);
                        counts[size == 1 ? ((const uint8_t *)scratch)[row] : ((const uint16_t *)scratch)[row]]++;
                    }
                    for (size_t y = 0; y < labels; y++)
                        expected += ib_i_term(counts[y]);
                }
            assert_true(found == expected);
            free(counts);
            free(total);
        }
        free(ordered);
        free(scratch);
    }
    ib_context_destroy(context);
}

/* 6 log2 6 = 2 (3 log2 3) + 3 (2 log2 2) in theory, and so on: the sums are equal up to what is allowed. */
static void ties_of_theory_are_ties(void **state)
{
    (void)state;
    int different = 0;
    for (uint64_t a = 1; a < 200; a++)
        for (uint64_t b = 1; b < 200; b++) {
            /* (ab) log (ab) = b (a log a) + a (b log b) */
            const ib_i_wide one = ib_i_term(a * b), other = b * ib_i_term(a) + a * ib_i_term(b);
            const ib_i_wide off = one > other ? one - other : other - one;
            assert_true(off <= ib_i_joint_rounding(one));
            different += off > 0;
        }
    assert_true(different > 1000); /* integers alone would not do */
}

/* --- what the test says ------------------------------------------------------------------------------------------ */

static void the_same_variable_twice(void **state)
{
    (void)state;
    enum { N = 300 };
    uint32_t x[N];
    for (size_t i = 0; i < N; i++)
        x[i] = (uint32_t)(i % 7);
    const ib_permutation_result found = permute(x, x, N, 999, 1, 1);
    assert_int_equal(found.at_least, 0);
    assert_true(found.p == 0.001);
    assert_true(found.null_max < found.observed);
}

/* A constant tells nothing, in any order; nor do rows that all differ, which tell all. */
static void where_orders_do_not_matter(void **state)
{
    (void)state;
    enum { N = 50 };
    uint32_t constant[N] = {0}, own[N], y[N];
    for (uint32_t i = 0; i < N; i++) {
        own[i] = i;
        y[i] = i % 3;
    }
    const ib_permutation_result none = permute(constant, y, N, 100, 1, 1), all = permute(own, y, N, 100, 1, 1);
    assert_true(none.p == 1 && none.observed == 0 && none.null_mean == 0 && none.null_sd == 0 && none.null_max == 0);
    assert_true(all.p == 1 && all.null_sd == 0 && all.null_max == all.observed);
    assert_close(all.null_mean, all.observed, 0, 1e-15);
}

/* Under independence p is uniform: about as many of 200 in each quarter, and never 0. */
static void p_is_uniform_for_independent_data(void **state)
{
    (void)state;
    enum { N = 60, TESTS = 200 };
    int quarters[4] = {0}, small = 0;
    double sum = 0;
    for (uint64_t seed = 0; seed < TESTS; seed++) {
        uint32_t x[N], y[N];
        for (size_t i = 0; i < N; i++) {
            x[i] = (uint32_t)test_random_below(12);
            y[i] = (uint32_t)test_random_below(5);
        }
        const double p = permute(x, y, N, 199, seed, 1).p;
        assert_true(p >= 1.0 / 200 && p <= 1);
        quarters[p > 0.25 ? p > 0.5 ? p > 0.75 ? 3 : 2 : 1 : 0]++;
        small += p <= 0.05;
        sum += p;
    }
    for (int q = 0; q < 4; q++)
        assert_in_range(quarters[q], 50 - 30, 50 + 30); /* 5 deviations */
    assert_in_range(small, 0, 10 + 16);
    assert_close(sum / TESTS, 0.5, 5 * 0.289 / sqrt(TESTS), 0);
}

/* The observed value is the one of exact counts, bit by bit. */
static void observed_is_that_of_a_counter(void **state)
{
    (void)state;
    enum { N = 3000 };
    ib_context *context = test_context(NULL);
    for (uint32_t classes = 2; classes < 100; classes *= 3) {
        static uint32_t x[N], y[N];
        for (size_t i = 0; i < N; i++) {
            x[i] = (uint32_t)test_random_below(500);
            y[i] = (uint32_t)(test_random_below(2) ? x[i] % classes : test_random_below(classes));
        }
        ib_codes codes;
        ib_codes_init(&codes, IB_CODE_INT32, x, N, 1);
        ib_counter *counter = NULL;
        assert_ok(context, ib_counter_create(context, IB_CODE_INT32, 1, classes, &counter));
        assert_ok(context, ib_counter_add(counter, &codes, y, NULL));
        const double expected = ib_entropy_mutual(counter), found = permute(x, y, N, 1, 1, 1).observed;
        assert_memory_equal(&found, &expected, sizeof found);
        ib_counter_destroy(counter);
    }
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_all_orders),
        cmocka_unit_test(agrees_with_the_hypergeometric_distribution),
        cmocka_unit_test(agrees_with_pairs_of_many_labels),
        cmocka_unit_test(orders_are_uniform),
        cmocka_unit_test(sums_are_those_of_the_labels),
        cmocka_unit_test(ties_of_theory_are_ties),
        cmocka_unit_test(the_same_variable_twice),
        cmocka_unit_test(where_orders_do_not_matter),
        cmocka_unit_test(p_is_uniform_for_independent_data),
        cmocka_unit_test(observed_is_that_of_a_counter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
