#include "variables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* x and y are two coins, z says whether they differ. */
static void three_coins(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    ib_variable *x = variable_of(context, (const uint32_t[]){0, 0, 1, 1}, 4);
    ib_variable *y = variable_of(context, (const uint32_t[]){0, 1, 0, 1}, 4);
    ib_variable *z = variable_of(context, (const uint32_t[]){7, 8, 8, 7}, 4);
    assert_same_bits(entropy(i, LIST(x), 1), 1);
    assert_same_bits(entropy(i, LIST(x, y), 2), 2);
    assert_same_bits(entropy(i, LIST(x, y, z), 3), 2);
    assert_same_bits(entropy(i, LIST(x, y, x, z, y), 5), 2);
    assert_same_bits(entropy_given(i, x, y), 1);
    assert_same_bits(entropy_given(i, x, x), 0);
    assert_same_bits(mutual(i, x, y), 0);
    assert_same_bits(mutual(i, x, x), 1);
    assert_same_bits(mutual_given(i, x, y, z), 1);
    assert_same_bits(mutual_given(i, x, x, z), 1);
    assert_same_bits(mutual_given(i, x, y, x), 0);
    assert_same_bits(total_correlation(i, LIST(x), 1), 0);
    assert_same_bits(total_correlation(i, LIST(x, y), 2), 0);
    assert_same_bits(total_correlation(i, LIST(x, y, z), 3), 1);
    assert_same_bits(total_correlation(i, LIST(x, x, x), 3), 2);
    assert_same_bits(interaction(i, LIST(x), 1), 1);
    assert_same_bits(interaction(i, LIST(x, x), 2), 1);
    assert_same_bits(interaction(i, LIST(x, y), 2), 0);
    assert_same_bits(interaction(i, LIST(x, y, z), 3), -1);
    assert_same_bits(interaction(i, LIST(x, x, x), 3), 1);
    assert_same_bits(interaction(i, LIST(x, y, y), 3), 0);
    ib_variable_destroy(x);
    ib_variable_destroy(y);
    ib_variable_destroy(z);
    ib_information_destroy(i);
    ib_context_destroy(context);
}

/* n - 1 coins and their parity: any n - 1 are independent, so that only all together have something to say. */
static void parity_of_many_coins(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    for (size_t n = 3; n <= 12; n += n < 8 ? 1 : 4) {
        const size_t rows = (size_t)1 << (n - 1);
        uint32_t *bits = malloc(rows * sizeof *bits);
        ib_variable *of[12];
        for (size_t v = 0; v < n; v++) {
            for (uint32_t r = 0; r < rows; r++)
                bits[r] = v < n - 1 ? r >> v & 1 : (uint32_t)__builtin_parity(r);
            of[v] = variable_of(context, bits, rows);
        }
        const ib_variable *const *list = (const ib_variable *const *)of;
        assert_same_bits(interaction(i, list, n), n % 2 ? -1 : 1); /* -(-1)^n H of all - ... : only one bit is short */
        assert_same_bits(total_correlation(i, list, n), 1);
        assert_same_bits(entropy(i, list, n), (double)n - 1);
        for (size_t v = 0; v < n; v++)
            ib_variable_destroy(of[v]);
        free(bits);
    }
    ib_information_destroy(i);
    ib_context_destroy(context);
}

/* The same number 16 times: interaction is the entropy of one, total correlation that of 15. */
static void copies(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    uint32_t values[100];
    for (size_t r = 0; r < 100; r++)
        values[r] = (uint32_t)test_random_below(7);
    ib_variable *x = variable_of(context, values, 100);
    const ib_variable *list[16];
    for (size_t v = 0; v < 16; v++)
        list[v] = x;
    const double h = entropy(i, list, 1);
    for (size_t n = 1; n <= 16; n++) {
        assert_same_bits(entropy(i, list, n), h);
        assert_same_bits(interaction(i, list, n), h);
        assert_close(total_correlation(i, list, n), (double)(n - 1) * h, 1e-15, 1e-15);
    }
    const ib_variable *thousands[3000]; /* a sum of entropies that is far more than a logarithm of 64 bits can be */
    for (size_t v = 0; v < COUNT(thousands); v++)
        thousands[v] = x;
    assert_close(total_correlation(i, thousands, COUNT(thousands)), 2999 * h, 0, 1e-15);
    ib_variable_destroy(x);
    ib_information_destroy(i);
    ib_context_destroy(context);
}

static void normalised_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    ib_variable *x = variable_of(context, (const uint32_t[]){0, 1, 2, 3, 0, 1, 2, 3}, 8); /* 2 bits */
    ib_variable *y = variable_of(context, (const uint32_t[]){0, 0, 1, 1, 0, 0, 1, 1}, 8); /* 1 bit, a function of x */
    ib_variable *one = variable_of(context, (const uint32_t[8]){0}, 8);
    static const double expected[] = {1, 0.5, 2.0 / 3, 0.70710678118654752, 0.5, 0.5, 1};
    for (uint32_t by = 0; by < COUNT(expected); by++) {
        assert_close(normalised(i, x, y, by), expected[by], 0, 2e-16);
        assert_same_bits(normalised(i, x, x, by), 1);
        assert_same_bits(normalised(i, one, one, by), 0);
        assert_same_bits(normalised(i, x, one, by), 0);
        assert_same_bits(normalised(i, one, x, by), 0);
    }
    assert_same_bits(normalised(i, y, x, IB_NORMALISED_FIRST), 1);
    double value = 7;
    assert_fails(context, IB_ERR_ARG, "by: expected 0 to 6, got 7", ib_information_normalised(i, x, y, 7, &value));
    assert_same_bits(value, 7);
    ib_variable_destroy(x);
    ib_variable_destroy(y);
    ib_variable_destroy(one);
    ib_information_destroy(i);
    ib_context_destroy(context);
}

/* Entropies by definition: every row is compared with every other. `of` lists columns of values[count][rows]; rows with
 * a missing value in one of `all` columns are left out. */
typedef struct plain {
    const uint32_t *values;
    const double *weights; /* NULL: 1 */
    size_t rows, all;
} plain;

static int plain_same(const plain *p, size_t a, size_t b, uint32_t of)
{
    for (size_t v = 0; v < p->all; v++)
        if (of >> v & 1 && p->values[v * p->rows + a] != p->values[v * p->rows + b])
            return 0;
    return 1;
}

static double plain_weight(const plain *p, size_t row)
{
    for (size_t v = 0; v < p->all; v++)
        if (p->values[v * p->rows + row] == IB_NO_LABEL)
            return 0;
    return p->weights ? p->weights[row] : 1;
}

/* Of the columns whose bits are set. */
static double plain_entropy(const plain *p, uint32_t of)
{
    double total = 0, sum = 0;
    for (size_t a = 0; a < p->rows; a++)
        total += plain_weight(p, a);
    for (size_t a = 0; a < p->rows; a++) {
        double same = 0;
        for (size_t b = 0; plain_weight(p, a) > 0 && b < p->rows; b++)
            same += plain_same(p, a, b, of) * plain_weight(p, b);
        if (same > 0)
            sum -= plain_weight(p, a) / total * log2(same / total);
    }
    return sum;
}

static void assert_as_defined(ib_information *i, const plain *p, ib_variable *const *of)
{
    const ib_variable *x = of[0], *y = of[1], *z = of[2];
    const double h_x = plain_entropy(p, 1), h_y = plain_entropy(p, 2), h_z = plain_entropy(p, 4),
                 h_xy = plain_entropy(p, 3), h_xz = plain_entropy(p, 5), h_yz = plain_entropy(p, 6),
                 h_xyz = plain_entropy(p, 7);
    const ib_variable *const *list = (const ib_variable *const *)of;
    assert_close(entropy(i, list, 3), h_xyz, 1e-12, 0);
    assert_close(total_correlation(i, list, 3), h_x + h_y + h_z - h_xyz, 1e-12, 0);
    assert_close(interaction(i, list, 3), h_x + h_y + h_z - h_xy - h_xz - h_yz + h_xyz, 1e-12, 0);
    assert_close(mutual_given(i, x, y, z), h_xz + h_yz - h_xyz - h_z, 1e-12, 0);
    const plain pair = {p->values, p->weights, p->rows, 2};
    const double x_of_two = plain_entropy(&pair, 1), y_of_two = plain_entropy(&pair, 2), both = plain_entropy(&pair, 3);
    ib_entropies e;
    assert_int_equal(ib_information_measure(i, x, y, &e), IB_OK);
    assert_close(e.rows, x_of_two, 1e-12, 0);
    assert_close(e.labels, y_of_two, 1e-12, 0);
    assert_close(e.joint, both, 1e-12, 0);
    assert_close(e.rows_given_labels, both - y_of_two, 1e-12, 0);
    assert_close(e.labels_given_rows, both - x_of_two, 1e-12, 0);
    assert_close(e.mutual, x_of_two + y_of_two - both, 1e-12, 0);
    assert_same_bits(mutual(i, x, y), e.mutual);
    assert_same_bits(mutual(i, y, x), e.mutual);
    assert_same_bits(entropy_given(i, x, y), e.rows_given_labels);
    assert_same_bits(entropy_given(i, y, x), e.labels_given_rows);
    assert_same_bits(entropy(i, list, 2), e.joint);
    assert_same_bits(interaction(i, list, 2), e.mutual);
    assert_same_bits(total_correlation(i, list, 2), e.mutual);
}

/* Whole and with missing values, with and without weights, few and many levels. */
static void as_defined(void **state)
{
    (void)state;
    enum { MOST = 120 };
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    uint32_t values[3 * MOST];
    double weights[MOST];
    for (int round = 0; round < 60; round++) {
        const size_t rows = 1 + test_random_below(MOST);
        for (size_t c = 0; c < 3 * rows; c++) {
            values[c] = (uint32_t)test_random_below(1 + test_random_below(c / rows == 0 ? 200 : 4));
            if (round % 2 && test_random_below(10) == 0)
                values[c] = IB_NO_LABEL;
        }
        for (size_t r = 0; r < rows; r++)
            weights[r] = test_random_below(5) ? test_random_uniform() * 3 : 0;
        ib_variable *of[3];
        for (size_t v = 0; v < 3; v++)
            of[v] = variable_of(context, values + v * rows, rows);
        plain p = {values, NULL, rows, 3};
        assert_ok(context, ib_information_set_weights(i, NULL, 0));
        assert_as_defined(i, &p, of);
        p.weights = weights;
        assert_ok(context, ib_information_set_weights(i, weights, rows));
        assert_as_defined(i, &p, of);
        for (size_t v = 0; v < 3; v++)
            ib_variable_destroy(of[v]);
    }
    ib_information_destroy(i);
    ib_context_destroy(context);
}

/* A counter of the same rows and labels gives the same bits: for few pairs and for many, rare and frequent ones. */
static void as_a_counter_says(void **state)
{
    (void)state;
    enum { ROWS = 20000 };
    static const uint32_t levels[][2] = {{1, 1},        {2, 2},    {300, 10}, {3000, 3}, {15, 17},
                                         {3000, 3000},  {1, 9},    {5, 5000}, {2, 1},    {ROWS, ROWS},
                                         {100000, 100}, {200, 40}, {90, 9000}};
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    uint32_t *t = malloc(ROWS * sizeof *t), *y = malloc(ROWS * sizeof *y);
    double *ones = malloc(ROWS * sizeof *ones);
    for (size_t r = 0; r < ROWS; r++)
        ones[r] = 1;
    for (size_t l = 0; l < 3 * COUNT(levels); l++) {
        const uint32_t *of = levels[l / 3], alike = l % 3 == 0 ? 0 : l % 3 == 1 ? 400 : ROWS * 3 / 4;
        for (size_t r = 0; r < ROWS; r++) {
            t[r] = r < alike ? 0 : (uint32_t)test_random_below(of[0]);
            y[r] = r < alike ? 0 : (uint32_t)test_random_below(3) ? t[r] % of[1] : (uint32_t)test_random_below(of[1]);
        }
        ib_counter *counter = NULL;
        ib_codes codes;
        ib_codes_init(&codes, IB_CODE_UINT32, t, ROWS, 1);
        assert_ok(context, ib_counter_create(context, IB_CODE_UINT32, 1, of[1], &counter));
        assert_ok(context, ib_counter_add(counter, &codes, of[1] > 1 ? y : NULL, NULL));
        ib_entropies expected, found;
        ib_entropy_measure(counter, &expected);
        ib_variable *of_t = variable_of_codes(context, IB_CODE_UINT32, t, ROWS, 1),
                    *of_y = variable_of(context, y, ROWS);
        assert_ok(context, ib_information_measure(i, of_t, of_y, &found));
        assert_memory_equal(&found, &expected, sizeof found);
        assert_ok(context, ib_information_set_weights(i, ones, ROWS));
        assert_ok(context, ib_information_measure(i, of_t, of_y, &found));
        assert_memory_equal(&found, &expected, sizeof found);
        assert_ok(context, ib_information_set_weights(i, NULL, 0));
        ib_variable_destroy(of_t);
        ib_variable_destroy(of_y);
        ib_counter_destroy(counter);
    }
    ib_information_destroy(i);
    ib_context_destroy(context);
    free(t);
    free(y);
    free(ones);
}

/* What follows from the definition of conditional information holds to the bit. */
static void given(void **state)
{
    (void)state;
    enum { ROWS = 500 };
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    uint32_t values[3][ROWS];
    ib_variable *one = variable_of(context, (const uint32_t[ROWS]){0}, ROWS), *rows = variable_empty(context);
    assert_ok(context, ib_variable_set_rows(rows, ROWS));
    for (int round = 0; round < 100; round++) {
        ib_variable *of[3];
        for (size_t v = 0; v < 3; v++) {
            const uint64_t levels = 1 + test_random_below(test_random_below(2) ? 5 : 300);
            for (size_t r = 0; r < ROWS; r++)
                values[v][r] = (uint32_t)test_random_below(levels);
            of[v] = variable_of(context, values[v], ROWS);
        }
        const ib_variable *x = of[0], *y = of[1], *z = of[2];
        const double bits = mutual_given(i, x, y, z);
        assert_true(bits >= 0 && !signbit(bits));
        assert_true(bits <= entropy_given(i, x, z) && bits <= entropy_given(i, y, z));
        assert_same_bits(mutual_given(i, y, x, z), bits);
        assert_same_bits(mutual_given(i, x, y, one), mutual(i, x, y));
        assert_same_bits(mutual_given(i, x, x, z), entropy_given(i, x, z));
        assert_same_bits(mutual_given(i, x, y, x), 0);
        assert_same_bits(mutual_given(i, x, y, rows), 0);
        assert_same_bits(mutual_given(i, rows, y, one), entropy(i, LIST(of[1]), 1));
        for (size_t v = 0; v < 3; v++)
            ib_variable_destroy(of[v]);
    }
    ib_variable_destroy(one);
    ib_variable_destroy(rows);
    ib_information_destroy(i);
    ib_context_destroy(context);
}

/* Of independent variables H(X|Z) is H(X), where the rounding of logarithms would sometimes have it above: then no
 * information given Z may be above it, either. */
static void given_something_independent(void **state)
{
    (void)state;
    enum { MOST = 15 };
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    uint32_t values[3][MOST * MOST];
    for (uint32_t nx = 2; nx <= MOST; nx++) {
        for (uint32_t nz = 2; nz <= MOST; nz++) {
            for (uint32_t r = 0; r < nx * nz; r++) {
                values[0][r] = r % nx;
                values[1][r] = (r % nx + r / nx) % nx;
                values[2][r] = r / nx;
            }
            ib_variable *x = variable_of(context, values[0], nx * nz), *y = variable_of(context, values[1], nx * nz);
            ib_variable *z = variable_of(context, values[2], nx * nz);
            const double of_x = entropy_given(i, x, z), of_y = entropy_given(i, y, z);
            assert_true(of_x <= entropy(i, LIST(x), 1));
            assert_same_bits(mutual_given(i, x, x, z), of_x);
            assert_same_bits(mutual_given(i, y, y, z), of_y);
            assert_true(mutual_given(i, x, y, z) <= (of_x < of_y ? of_x : of_y));
            assert_same_bits(mutual_given(i, x, y, z), mutual_given(i, y, x, z));
            assert_same_bits(mutual_given(i, x, y, x), 0);
            ib_variable_destroy(x);
            ib_variable_destroy(y);
            ib_variable_destroy(z);
        }
    }
    ib_information_destroy(i);
    ib_context_destroy(context);
}

static void pointwise_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    /* p(x=0) = 3/4, p(y=0) = 1/2, p(0,0) = 1/2, p(0,1) = 1/4, p(1,1) = 1/4 */
    ib_variable *x = variable_of(context, (const uint32_t[]){0, 1, IB_NO_LABEL, 0, 0, 1}, 6);
    ib_variable *y = variable_of(context, (const uint32_t[]){0, 1, 0, 1, 0, IB_NO_LABEL}, 6);
    ib_variable *one = variable_of(context, (const uint32_t[6]){0}, 6);
    double bits[6] = {7, 7, 7, 7, 7, 7};
    assert_ok(context, ib_information_pointwise(i, x, y, bits));
    const double expected[] = {log2(4.0 / 3), 1, NAN, log2(2.0 / 3), log2(4.0 / 3), NAN};
    for (size_t r = 0; r < 6; r++) {
        assert_int_equal(isnan(bits[r]), isnan(expected[r]));
        if (!isnan(expected[r]))
            assert_close(bits[r], expected[r], 2e-16, 2e-16);
    }
    /* Weights that make x certain: nothing is to be learned about it. */
    assert_ok(context, ib_information_set_weights(i, (const double[]){2, 0, 1, 1, 3, 5}, 6));
    assert_ok(context, ib_information_pointwise(i, x, y, bits));
    for (size_t r = 0; r < 6; r++)
        if (r == 1 || r == 2 || r == 5)
            assert_true(isnan(bits[r]));
        else
            assert_same_bits(bits[r], 0);
    assert_ok(context, ib_information_set_weights(i, (const double[6]){0}, 6));
    assert_ok(context, ib_information_pointwise(i, x, y, bits));
    for (size_t r = 0; r < 6; r++)
        assert_true(isnan(bits[r]));
    assert_ok(context, ib_information_set_weights(i, NULL, 0));
    assert_ok(context, ib_information_pointwise(i, x, one, bits));
    for (size_t r = 0; r < 6; r++)
        if (r == 2)
            assert_true(isnan(bits[r]));
        else
            assert_same_bits(bits[r], 0);
    ib_variable_destroy(x);
    ib_variable_destroy(y);
    ib_variable_destroy(one);
    ib_information_destroy(i);
    ib_context_destroy(context);
}

/* x = y wherever both are known: one bit, not less because x is missing in rows where y is not. */
static void complete_cases(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    const uint32_t none = IB_NO_LABEL;
    ib_variable *x = variable_of(context, (const uint32_t[]){0, 1, none, none, none, 0, 1, 0}, 8);
    ib_variable *y = variable_of(context, (const uint32_t[]){0, 1, 0, 0, 0, none, 1, 0}, 8);
    ib_variable *z = variable_of(context, (const uint32_t[]){0, none, 0, 0, 0, 0, 1, 1}, 8);
    ib_variable *nothing = variable_of(context, (const uint32_t[]){none, none, 0, 0, 0, 0, none, none}, 8);
    assert_same_bits(mutual(i, x, y), 1);
    assert_same_bits(entropy_given(i, x, y), 0);
    assert_same_bits(entropy(i, LIST(x, y), 2), 1);
    assert_same_bits(total_correlation(i, LIST(x, y), 2), 1);
    assert_close(entropy(i, LIST(x, y, z), 3), log2(3), 1e-15, 0); /* (0,0), (1,1), (0,1) are left */
    assert_close(mutual_given(i, x, y, z), 2.0 / 3, 1e-15, 0);
    assert_close(interaction(i, LIST(x, y, z), 3), log2(3) - 2.0 / 3 - 2.0 / 3, 1e-15, 0);
    assert_same_bits(normalised(i, x, y, IB_NORMALISED_JOINT), 1);
    assert_same_bits(entropy(i, LIST(x, y, nothing), 3), 0); /* no row is left */
    assert_same_bits(total_correlation(i, LIST(x, y, nothing), 3), 0);
    assert_same_bits(interaction(i, LIST(x, y, nothing), 3), 0);
    assert_same_bits(mutual_given(i, x, y, nothing), 0);
    ib_variable_destroy(x);
    ib_variable_destroy(y);
    ib_variable_destroy(z);
    ib_variable_destroy(nothing);
    ib_information_destroy(i);
    ib_context_destroy(context);
}

/* Independent by construction: a plain sum of logarithms comes out below 0 for some of these. */
static void never_negative(void **state)
{
    (void)state;
    enum { MOST = 13 };
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    uint32_t x[MOST * MOST * 3], y[MOST * MOST * 3], z[MOST * MOST * 3];
    for (uint32_t a = 1; a <= MOST; a++)
        for (uint32_t b = 1; b <= MOST; b++) {
            const size_t rows = (size_t)a * b * 3;
            for (uint32_t r = 0; r < rows; r++) {
                x[r] = r % a;
                y[r] = r / a % b;
                z[r] = r / a / b;
            }
            ib_variable *of[3] = {variable_of(context, x, rows), variable_of(context, y, rows),
                                  variable_of(context, z, rows)};
            const ib_variable *const *list = (const ib_variable *const *)of;
            const double values[] = {mutual(i, of[0], of[1]), mutual_given(i, of[0], of[1], of[2]),
                                     total_correlation(i, list, 3), entropy_given(i, of[0], of[1]),
                                     normalised(i, of[0], of[1], IB_NORMALISED_MIN)};
            for (size_t k = 0; k < COUNT(values); k++)
                assert_true(values[k] >= 0 && !signbit(values[k]));
            for (size_t k = 0; k < 3; k++)
                assert_true(values[k] < 4e-15);
            assert_true(fabs(interaction(i, list, 3)) < 4e-15);
            for (size_t v = 0; v < 3; v++)
                ib_variable_destroy(of[v]);
        }
    ib_information_destroy(i);
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_coins),
        cmocka_unit_test(parity_of_many_coins),
        cmocka_unit_test(copies),
        cmocka_unit_test(normalised_by_hand),
        cmocka_unit_test(as_defined),
        cmocka_unit_test(as_a_counter_says),
        cmocka_unit_test(given),
        cmocka_unit_test(pointwise_by_hand),
        cmocka_unit_test(complete_cases),
        cmocka_unit_test(never_negative),
        cmocka_unit_test(given_something_independent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
