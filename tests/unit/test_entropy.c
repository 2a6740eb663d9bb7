#include "support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A counter over a table of counts: row `t` occurs table[t * classes + y] times with label y. */
static ib_counter *counter_of_table(ib_context *context, size_t rows, uint32_t classes, const uint32_t *table)
{
    ib_counter *counter = NULL;
    assert_ok(context, ib_counter_create(context, IB_CODE_INT32, 1, classes, &counter));
    for (int32_t t = 0; t < (int32_t)rows; t++)
        for (uint32_t y = 0; y < classes; y++)
            for (uint32_t k = 0; k < table[(size_t)t * classes + y]; k++) {
                ib_codes codes;
                ib_codes_init(&codes, IB_CODE_INT32, &t, 1, 1);
                assert_ok(context, ib_counter_add(counter, &codes, classes > 1 ? &y : NULL, NULL));
            }
    return counter;
}

/* A counter over columns of codes that are given as they are. */
static ib_counter *counter_of(ib_context *context, uint32_t type, const void *data, size_t rows, size_t columns,
                              uint32_t classes, const uint32_t *labels)
{
    ib_counter *counter = NULL;
    ib_codes codes;
    ib_codes_init(&codes, type, data, rows, columns);
    assert_ok(context, ib_counter_create(context, type, columns, classes, &counter));
    assert_ok(context, ib_counter_add(counter, &codes, labels, NULL));
    return counter;
}

typedef double (*entropy_fn)(const ib_counter *);

static const entropy_fn all_functions[] = {
    ib_entropy_rows,   ib_entropy_labels, ib_entropy_joint, ib_entropy_rows_given_labels, ib_entropy_labels_given_rows,
    ib_entropy_mutual,
};

/* ib_entropy_measure() says what the functions say. */
static void assert_measured(const ib_counter *counter)
{
    ib_entropies all;
    ib_entropy_measure(counter, &all);
    const double measured[] = {all.rows,  all.labels, all.joint, all.rows_given_labels, all.labels_given_rows,
                               all.mutual};
    for (size_t f = 0; f < COUNT(all_functions); f++) {
        const double one = all_functions[f](counter);
        assert_memory_equal(&measured[f], &one, sizeof one);
    }
}

static void assert_plus_zero(double x)
{
    assert_true(x == 0 && !signbit(x));
}

static void nothing_counted(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint32_t classes[] = {0, 2, 100};
    for (size_t f = 0; f < COUNT(all_functions); f++) {
        assert_plus_zero(all_functions[f](NULL));
        assert_measured(NULL);
        ib_entropy_measure(NULL, NULL); /* has no effect */
        for (size_t c = 0; c < COUNT(classes); c++) {
            ib_counter *counter = NULL;
            assert_ok(context, ib_counter_create(context, IB_CODE_UINT8, 3, classes[c], &counter));
            assert_plus_zero(all_functions[f](counter));
            ib_counter_destroy(counter);
        }
    }
    ib_context_destroy(context);
}

/* Counts whose entropies are sums of small fractions, so that they must come out exactly. */
static void exact_cases(void **state)
{
    (void)state;
    static const struct {
        size_t rows;
        uint32_t classes;
        uint32_t table[16];
        double t, y, joint, t_given_y, y_given_t, mutual;
    } cases[] = {
        {1, 2, {8, 0}, 0, 0, 0, 0, 0, 0},                   /* nothing varies */
        {1, 2, {4, 4}, 0, 1, 1, 0, 1, 0},                   /* T constant */
        {2, 2, {4, 0, 4, 0}, 1, 0, 1, 1, 0, 0},             /* Y constant */
        {2, 2, {4, 0, 0, 4}, 1, 1, 1, 0, 0, 1},             /* T = Y */
        {2, 2, {2, 2, 2, 2}, 1, 1, 2, 1, 1, 0},             /* independent */
        {3, 2, {4, 4, 0, 4, 4, 0}, 1.5, 1, 2, 1, 0.5, 0.5}, /* something between */
        {4, 2, {4, 0, 4, 0, 0, 4, 0, 4}, 2, 1, 2, 1, 0, 1}, /* T tells Y */
        {2, 4, {4, 4, 0, 0, 0, 0, 4, 4}, 1, 2, 2, 0, 1, 1}, /* Y tells T */
        {4, 4, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 2, 2, 4, 2, 2, 0},
    };
    ib_context *context = test_context(NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        ib_counter *counter = counter_of_table(context, cases[i].rows, cases[i].classes, cases[i].table);
        assert_true(ib_entropy_rows(counter) == cases[i].t);
        assert_true(ib_entropy_labels(counter) == cases[i].y);
        assert_true(ib_entropy_joint(counter) == cases[i].joint);
        assert_true(ib_entropy_rows_given_labels(counter) == cases[i].t_given_y);
        assert_true(ib_entropy_labels_given_rows(counter) == cases[i].y_given_t);
        assert_true(ib_entropy_mutual(counter) == cases[i].mutual);
        assert_measured(counter);
        ib_counter_destroy(counter);
    }
    ib_context_destroy(context);
}

/* Values from an independent calculation with 40 decimal digits. */
static void known_values(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const uint32_t table[] = {3, 1, 0, 0, 2, 5, 7, 0, 1, 1, 1, 1};
    ib_counter *counter = counter_of_table(context, 4, 3, table);
    assert_close(ib_entropy_rows(counter), 1.89550562061153828817, 0, 1e-15);
    assert_close(ib_entropy_labels(counter), 1.47283015230032004845, 0, 1e-15);
    assert_close(ib_entropy_joint(counter), 2.73143105359168320911, 0, 1e-15);
    assert_close(ib_entropy_rows_given_labels(counter), 1.25860090129136316065, 0, 1e-15);
    assert_close(ib_entropy_labels_given_rows(counter), 0.83592543298014492093, 0, 1e-15);
    assert_close(ib_entropy_mutual(counter), 0.63690471932017512752, 0, 1e-15);
    ib_counter_destroy(counter);
    ib_context_destroy(context);
}

/* n rows that differ: log2 n; n equal rows: 0; for counts on both sides of every threshold. */
static void all_different_and_all_equal(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static int32_t data[3000];
    for (size_t n = 1; n <= 3000; n += n < 300 ? 1 : 97) {
        for (size_t i = 0; i < n; i++)
            data[i] = (int32_t)i;
        ib_counter *counter = counter_of(context, IB_CODE_INT32, data, n, 1, 0, NULL);
        assert_true(ib_entropy_rows(counter) == ib_entropy_log2((double)n));
        assert_true(ib_entropy_joint(counter) == ib_entropy_log2((double)n));
        assert_plus_zero(ib_entropy_mutual(counter));
        ib_counter_destroy(counter);

        memset(data, 0, n * sizeof data[0]);
        counter = counter_of(context, IB_CODE_INT32, data, n, 1, 0, NULL);
        for (size_t f = 0; f < COUNT(all_functions); f++)
            assert_plus_zero(all_functions[f](counter));
        ib_counter_destroy(counter);
    }
    ib_context_destroy(context);
}

/* Rows and labels that have nothing to do with each other, in proportions that no logarithm gets exactly: in theory the
 * information is 0, and rounded logarithms put as many cases below as above. */
static void independent_gives_zero(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    size_t zero = 0;
    for (int round = 0; round < 200; round++) {
        uint32_t t[4], y[3], table[12];
        for (size_t i = 0; i < 4; i++)
            t[i] = 1 + (uint32_t)test_random_below(9);
        for (size_t j = 0; j < 3; j++)
            y[j] = 1 + (uint32_t)test_random_below(9);
        for (size_t i = 0; i < 12; i++)
            table[i] = t[i / 3] * y[i % 3];
        ib_counter *counter = counter_of_table(context, 4, 3, table);
        const double mutual = ib_entropy_mutual(counter);
        assert_true(mutual >= 0 && mutual < 4e-15 && !signbit(mutual));
        assert_true(ib_entropy_rows_given_labels(counter) <= ib_entropy_rows(counter));
        assert_true(ib_entropy_labels_given_rows(counter) <= ib_entropy_labels(counter));
        assert_close(ib_entropy_joint(counter), ib_entropy_rows(counter) + ib_entropy_labels(counter), 0, 1e-15);
        zero += mutual == 0;
        assert_measured(counter);
        ib_counter_destroy(counter);
    }
    assert_in_range(zero, 50, 200);
    ib_context_destroy(context);
}

/* Neither half tells the label, both together do. */
static void exclusive_or(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint8_t both[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, left[4] = {0, 0, 1, 1};
    static const uint32_t labels[4] = {0, 1, 1, 0};
    ib_counter *pair = counter_of(context, IB_CODE_UINT8, both, 4, 2, 2, labels);
    ib_counter *half = counter_of(context, IB_CODE_UINT8, left, 4, 1, 2, labels);
    assert_true(ib_entropy_mutual(pair) == 1);
    assert_plus_zero(ib_entropy_labels_given_rows(pair));
    assert_plus_zero(ib_entropy_mutual(half));
    ib_counter_destroy(pair);
    ib_counter_destroy(half);
    ib_context_destroy(context);
}

/* The next five are inputs on which other counters were seen to fail: products of alphabets or of counts that wrap. */

static void label_in_the_first_of_ten_columns(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static uint8_t data[5120][10];
    static uint32_t labels[5120];
    for (uint32_t i = 0; i < 5120; i++) {
        labels[i] = i % 10;
        data[i][0] = (uint8_t)labels[i];
    }
    for (size_t column = 0; column < 10; column++) { /* and in any other */
        for (uint32_t i = 0; i < 5120; i++) {
            memset(data[i], column % 2 ? 255 : 0, 10);
            data[i][column] = (uint8_t)labels[i];
        }
        ib_counter *counter = counter_of(context, IB_CODE_UINT8, data, 5120, 10, 10, labels);
        assert_int_equal(ib_counter_distinct(counter), 10);
        assert_close(ib_entropy_mutual(counter), 3.3219280948873623, 0, 1e-15);
        assert_true(ib_entropy_mutual(counter) == ib_entropy_labels(counter));
        ib_counter_destroy(counter);
    }
    ib_context_destroy(context);
}

static void two_values_far_apart(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const int32_t high[] = {65535, 65536, 70000, INT32_MAX, INT32_MIN, -1};
    for (size_t h = 0; h < COUNT(high); h++) {
        int32_t data[8];
        uint32_t labels[8];
        for (size_t i = 0; i < 8; i++) {
            data[i] = i % 2 ? high[h] : 0;
            labels[i] = i % 2 ? 70000 : 0;
        }
        ib_counter *counter = counter_of(context, IB_CODE_INT32, data, 8, 1, 70001, labels);
        assert_true(ib_entropy_mutual(counter) == 1);
        assert_true(ib_entropy_rows(counter) == 1);
        assert_true(ib_entropy_labels(counter) == 1);
        ib_counter_destroy(counter);
    }
    ib_context_destroy(context);
}

static void two_factors_of_65536_levels(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    enum { ROWS = 70000 };
    uint16_t(*data)[2] = malloc(ROWS * sizeof *data);
    uint32_t *labels = malloc(ROWS * sizeof *labels);
    for (uint32_t i = 0; i < ROWS; i++) {
        data[i][0] = (uint16_t)i;
        data[i][1] = (uint16_t)(i * 7u);
        labels[i] = (i * 5u) & 65535;
    }
    ib_counter *counter = counter_of(context, IB_CODE_UINT16, data, ROWS, 2, 65536, labels);
    /* 70000 - 65536 levels occur twice, the others once; every factor tells the others. */
    const double h = log2(70000.0) - 2.0 * 4464 / 70000;
    assert_int_equal(ib_counter_distinct(counter), 65536);
    assert_close(ib_entropy_rows(counter), h, 0, 1e-15);
    assert_close(ib_entropy_mutual(counter), h, 0, 1e-15);
    assert_true(ib_entropy_mutual(counter) == ib_entropy_rows(counter));
    assert_plus_zero(ib_entropy_rows_given_labels(counter));
    ib_counter_destroy(counter);
    free(data);
    free(labels);
    ib_context_destroy(context);
}

/* 46341^2 is the first square above 2^31. */
static void more_rows_than_the_root_of_31_bits(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const size_t rows[] = {46340, 46341, 47000, 65536, 92682};
    for (size_t r = 0; r < COUNT(rows); r++) {
        uint8_t *data = malloc(rows[r]);
        double count[7] = {0}, expected = log2((double)rows[r]);
        for (size_t i = 0; i < rows[r]; i++) {
            data[i] = (uint8_t)(i * i % 7);
            count[data[i]]++;
        }
        for (size_t v = 0; v < 7; v++)
            if (count[v] > 0)
                expected -= count[v] * log2(count[v]) / (double)rows[r];
        ib_counter *counter = counter_of(context, IB_CODE_UINT8, data, rows[r], 1, 0, NULL);
        assert_close(ib_entropy_rows(counter), expected, 0, 1e-14);
        ib_counter_destroy(counter);
        free(data);
    }
    ib_context_destroy(context);
}

/* All counts times Fibonacci's numbers, to beyond 2^60: no entropy moves by more than its rounding. */
static void huge_counts(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const uint32_t table[] = {3, 1, 0, 0, 2, 5, 7, 0, 1, 1, 1, 1};
    ib_counter *counters[2] = {counter_of_table(context, 4, 3, table), counter_of_table(context, 4, 3, table)};
    double expected[COUNT(all_functions)];
    for (size_t f = 0; f < COUNT(all_functions); f++)
        expected[f] = all_functions[f](counters[0]);
    int turn = 0;
    for (; ib_counter_rows(counters[!turn]) < (uint64_t)1 << 62; turn ^= 1) {
        assert_ok(context, ib_counter_merge(counters[turn], counters[!turn]));
        for (size_t f = 0; f < COUNT(all_functions); f++)
            assert_close(all_functions[f](counters[turn]), expected[f], 2e-14, 0);
    }
    ib_counter_destroy(counters[0]);
    ib_counter_destroy(counters[1]);
    ib_context_destroy(context);
}

static void logarithm(void **state)
{
    (void)state;
    for (int e = -1022; e <= 1023; e++)
        assert_true(ib_entropy_log2(ldexp(1, e)) == e);
    assert_close(ib_entropy_log2(10), 3.3219280948873623479, 0, DBL_EPSILON);
    assert_close(ib_entropy_log2(3), 1.5849625007211561815, 0, DBL_EPSILON);
    const double not_positive[] = {0, -0.0, -1, -DBL_MIN, -INFINITY, INFINITY, NAN};
    for (size_t i = 0; i < COUNT(not_positive); i++)
        assert_true(isnan(ib_entropy_log2(not_positive[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_counted),
        cmocka_unit_test(exact_cases),
        cmocka_unit_test(known_values),
        cmocka_unit_test(all_different_and_all_equal),
        cmocka_unit_test(independent_gives_zero),
        cmocka_unit_test(exclusive_or),
        cmocka_unit_test(label_in_the_first_of_ten_columns),
        cmocka_unit_test(two_values_far_apart),
        cmocka_unit_test(two_factors_of_65536_levels),
        cmocka_unit_test(more_rows_than_the_root_of_31_bits),
        cmocka_unit_test(huge_counts),
        cmocka_unit_test(logarithm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
