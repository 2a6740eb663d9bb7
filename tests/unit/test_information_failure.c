/* Inputs that others fail on, what is refused, and that a call that fails changes nothing. */
#include "variables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void assert_one_bit(ib_context *context, uint32_t other)
{
    enum { ROWS = 100 };
    uint32_t values[ROWS];
    for (size_t r = 0; r < ROWS; r++)
        values[r] = r % 2 ? other : 0;
    ib_information *i = information_empty(context);
    ib_variable *x = variable_of(context, values, ROWS), *y = variable_of(context, values, ROWS);
    assert_same_bits(mutual(i, x, y), 1);
    assert_same_bits(entropy(i, LIST(x, y), 2), 1);
    ib_variable_destroy(x);
    ib_variable_destroy(y);
    ib_information_destroy(i);
}

static void products_of_values_do_not_wrap(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    assert_one_bit(context, 70000);
    assert_one_bit(context, 65535);
    assert_one_bit(context, UINT32_MAX - 1);
    ib_context_destroy(context);
}

/* x has 65536 levels, of which 4464 come twice, with the same y. */
static void products_of_levels_do_not_wrap(void **state)
{
    (void)state;
    enum { ROWS = 70000, LEVELS = 65536 };
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    uint32_t *values = malloc(ROWS * sizeof *values);
    for (uint32_t r = 0; r < ROWS; r++)
        values[r] = r % LEVELS;
    ib_variable *x = variable_of(context, values, ROWS);
    for (uint32_t r = 0; r < ROWS; r++)
        values[r] = LEVELS - 1 - r % LEVELS;
    ib_variable *y = variable_of(context, values, ROWS);
    const double h = log2(ROWS) - (ROWS - LEVELS) * 2.0 / ROWS;
    assert_close(mutual(i, x, y), h, 1e-13, 0);
    assert_same_bits(mutual(i, x, y), entropy(i, LIST(x), 1));
    assert_same_bits(entropy(i, LIST(x, y), 2), entropy(i, LIST(y), 1));
    assert_same_bits(mutual_given(i, x, y, y), 0);
    ib_variable_destroy(x);
    ib_variable_destroy(y);
    ib_information_destroy(i);
    ib_context_destroy(context);
    free(values);
}

static void a_label_in_the_first_of_ten_bytes(void **state)
{
    (void)state;
    enum { ROWS = 1000 };
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    static uint8_t data[ROWS][10];
    uint32_t labels[ROWS];
    for (uint32_t r = 0; r < ROWS; r++)
        data[r][0] = (uint8_t)(labels[r] = r % 10);
    ib_variable *t = variable_of_codes(context, IB_CODE_UINT8, data, ROWS, 10);
    ib_variable *y = variable_of(context, labels, ROWS);
    assert_close(mutual(i, t, y), 3.3219280948873623, 5e-16, 0);
    assert_same_bits(entropy_given(i, y, t), 0);

    /* The same from ten variables of 256 levels each, of which nine are constant, or from nine that follow from one. */
    ib_variable *of[10], *joint = variable_empty(context);
    uint8_t column[ROWS];
    for (size_t v = 0; v < 10; v++) {
        for (uint32_t r = 0; r < ROWS; r++)
            column[r] = (uint8_t)(v == 0 ? labels[r] : labels[r] * 25 + v);
        of[v] = variable_of_codes(context, IB_CODE_UINT8, column, ROWS, 1);
    }
    assert_ok(context, ib_variable_set_joint(joint, (const ib_variable *const *)of, 10));
    assert_int_equal(ib_variable_distinct(joint), 10);
    assert_same_bits(mutual(i, joint, y), mutual(i, t, y));
    for (size_t v = 0; v < 10; v++)
        ib_variable_destroy(of[v]);
    ib_variable_destroy(joint);
    ib_variable_destroy(t);
    ib_variable_destroy(y);
    ib_information_destroy(i);
    ib_context_destroy(context);
}

/* I(X1, X2; Y | Z) with Y = X1 xor Z and X2 a coin of its own: one bit, whichever column of X comes first. */
static void two_columns_and_a_condition(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    uint8_t x[8][2], swapped[8][2];
    uint32_t y[8], z[8];
    for (uint8_t r = 0; r < 8; r++) {
        x[r][0] = swapped[r][1] = r & 1;
        x[r][1] = swapped[r][0] = r >> 1 & 1;
        z[r] = r >> 2;
        y[r] = x[r][0] ^ z[r];
    }
    ib_variable *of_x = variable_of_codes(context, IB_CODE_UINT8, x, 8, 2);
    ib_variable *of_swapped = variable_of_codes(context, IB_CODE_UINT8, swapped, 8, 2);
    ib_variable *of_y = variable_of(context, y, 8), *of_z = variable_of(context, z, 8);
    assert_same_bits(mutual_given(i, of_x, of_y, of_z), 1);
    assert_same_bits(mutual_given(i, of_swapped, of_y, of_z), 1);
    assert_same_bits(mutual_given(i, of_y, of_x, of_z), 1);
    assert_same_bits(mutual(i, of_x, of_y), 0);
    ib_variable_destroy(of_x);
    ib_variable_destroy(of_swapped);
    ib_variable_destroy(of_y);
    ib_variable_destroy(of_z);
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

static void without_rows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    ib_variable *x = variable_empty(context), *y = variable_empty(context), *z = variable_empty(context);
    for (int weighted = 0; weighted < 2; weighted++) {
        assert_same_bits(entropy(i, LIST(x), 1), 0);
        assert_same_bits(entropy(i, LIST(x, y, z), 3), 0);
        assert_same_bits(entropy_given(i, x, y), 0);
        assert_same_bits(mutual(i, x, y), 0);
        assert_same_bits(mutual(i, x, x), 0);
        assert_same_bits(mutual_given(i, x, y, z), 0);
        assert_same_bits(normalised(i, x, y, IB_NORMALISED_JOINT), 0);
        assert_same_bits(total_correlation(i, LIST(x, y, z), 3), 0);
        assert_same_bits(interaction(i, LIST(x, y, z), 3), 0);
        assert_ok(context, ib_information_pointwise(i, x, y, NULL));
        assert_ok(context, ib_information_set_weights(i, (const double[1]){5}, 0));
    }
    ib_variable_destroy(x);
    ib_variable_destroy(y);
    ib_variable_destroy(z);
    ib_information_destroy(i);
    ib_context_destroy(context);
}

enum { MANY = 3000 };

/* All measures of a call's memory: few and many pairs, missing rows. */
static void measure_all(ib_information *i, const ib_variable *const *list)
{
    static double bits[MANY];
    ib_entropies e;
    assert_int_equal(ib_information_measure(i, list[0], list[1], &e), IB_OK);
    assert_int_equal(ib_information_measure(i, list[2], list[3], &e), IB_OK);
    (void)entropy(i, list, 4);
    (void)mutual_given(i, list[0], list[1], list[2]);
    (void)interaction(i, list, 4);
    (void)total_correlation(i, list, 4);
    assert_int_equal(ib_information_pointwise(i, list[3], list[2], bits), IB_OK);
}

static void measuring_again_allocates_nothing(void **state)
{
    (void)state;
    test_memory memory;
    ib_context *context = test_context(&memory);
    ib_information *i = information_empty(context);
    static uint32_t values[MANY];
    static double weights[MANY];
    static const uint32_t levels[4] = {2, 900, 2900, 40};
    ib_variable *of[4];
    for (size_t v = 0; v < 4; v++) {
        for (size_t r = 0; r < MANY; r++)
            values[r] = v == 3 && r % 9 == 0 ? IB_NO_LABEL : (uint32_t)test_random_below(levels[v]);
        of[v] = variable_of(context, values, MANY);
    }
    for (size_t r = 0; r < MANY; r++)
        weights[r] = (double)test_random_below(4);
    for (int round = 0; round < 3; round++) {
        memory.refuse_after = round == 0 ? SIZE_MAX : 0;
        assert_ok(context, ib_information_set_weights(i, NULL, 0));
        measure_all(i, (const ib_variable *const *)of);
        assert_ok(context, ib_information_set_weights(i, weights, MANY));
        measure_all(i, (const ib_variable *const *)of);
    }
    memory.refuse_after = SIZE_MAX;
    for (size_t v = 0; v < 4; v++)
        ib_variable_destroy(of[v]);
    ib_information_destroy(i);
    ib_context_destroy(context);
    assert_int_equal(memory.live, 0);
}

static void refuses(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_information *i = (ib_information *)context; /* anything but NULL */
    assert_int_equal(ib_information_create(NULL, &i), IB_ERR_ARG);
    assert_null(i);
    assert_fails(context, IB_ERR_ARG, "out", ib_information_create(context, NULL));
    i = information_empty(context);
    ib_variable *x = variable_of(context, (const uint32_t[4]){0, 1}, 4);
    ib_variable *y = variable_of(context, (const uint32_t[5]){0, 1}, 5);
    const ib_variable *many[17];
    for (size_t v = 0; v < 17; v++)
        many[v] = x;
    double bits = 7, four[4] = {7, 7, 7, 7};
    ib_entropies e = {.rows = 7};
    assert_fails(context, IB_ERR_ARG, "entropies is NULL", ib_information_measure(i, x, x, NULL));
    assert_fails(context, IB_ERR_ARG, "bits is NULL", ib_information_mutual(i, x, x, NULL));
    assert_fails(context, IB_ERR_ARG, "bits is NULL", ib_information_entropy_given(i, x, x, NULL));
    assert_fails(context, IB_ERR_ARG, "bits is NULL", ib_information_mutual_given(i, x, x, x, NULL));
    assert_fails(context, IB_ERR_ARG, "value is NULL", ib_information_normalised(i, x, x, 0, NULL));
    assert_fails(context, IB_ERR_ARG, "bits is NULL", ib_information_entropy(i, LIST(x), 1, NULL));
    assert_fails(context, IB_ERR_ARG, "bits is NULL", ib_information_total_correlation(i, LIST(x), 1, NULL));
    assert_fails(context, IB_ERR_ARG, "bits is NULL", ib_information_interaction(i, LIST(x), 1, NULL));
    assert_fails(context, IB_ERR_ARG, "bits is NULL", ib_information_pointwise(i, x, x, NULL));

    assert_fails(context, IB_ERR_ARG, "variable 1 of 2 is NULL", ib_information_measure(i, NULL, x, &e));
    assert_fails(context, IB_ERR_ARG, "variable 2 of 2 is NULL", ib_information_mutual(i, x, NULL, &bits));
    assert_fails(context, IB_ERR_ARG, "variable 2 of 2 is NULL", ib_information_entropy_given(i, x, NULL, &bits));
    assert_fails(context, IB_ERR_ARG, "variable 3 of 3 is NULL", ib_information_mutual_given(i, x, x, NULL, &bits));
    assert_fails(context, IB_ERR_ARG, "variable 1 of 2 is NULL", ib_information_normalised(i, NULL, x, 0, &bits));
    assert_fails(context, IB_ERR_ARG, "variable 1 of 2 is NULL", ib_information_pointwise(i, NULL, x, four));
    assert_fails(context, IB_ERR_ARG, "variables is NULL", ib_information_entropy(i, NULL, 1, &bits));
    assert_fails(context, IB_ERR_ARG, "at least one", ib_information_entropy(i, many, 0, &bits));
    assert_fails(context, IB_ERR_ARG, "variables is NULL", ib_information_total_correlation(i, NULL, 1, &bits));
    assert_fails(context, IB_ERR_ARG, "at least one", ib_information_total_correlation(i, many, 0, &bits));
    assert_fails(context, IB_ERR_ARG, "variables is NULL", ib_information_interaction(i, NULL, 1, &bits));
    assert_fails(context, IB_ERR_ARG, "at least one", ib_information_interaction(i, many, 0, &bits));
    assert_fails(context, IB_ERR_ARG, "at most 16, got 17", ib_information_interaction(i, many, 17, &bits));

    assert_fails(context, IB_ERR_SHAPE, "expected 4 rows, got 5", ib_information_measure(i, x, y, &e));
    assert_fails(context, IB_ERR_SHAPE, "expected 5 rows, got 4", ib_information_mutual_given(i, y, y, x, &bits));
    assert_fails(context, IB_ERR_SHAPE, "expected 4 rows, got 5", ib_information_entropy(i, LIST(x, y), 2, &bits));
    assert_fails(context, IB_ERR_SHAPE, "expected 4 rows, got 5",
                 ib_information_interaction(i, LIST(x, x, y), 3, &bits));
    assert_fails(context, IB_ERR_SHAPE, "expected 4 rows, got 5", ib_information_pointwise(i, x, y, four));
    assert_ok(context, ib_information_set_weights(i, (const double[]){1, 2, 3}, 3));
    assert_fails(context, IB_ERR_SHAPE, "expected 3, one for each weight, got 4",
                 ib_information_mutual(i, x, x, &bits));
    ib_profile *profile = NULL;
    assert_ok(context, ib_profile_create(context, &profile));
    assert_fails(context, IB_ERR_STATE, "no weights", ib_information_profile(i, LIST(x), 1, profile));
    assert_ok(context, ib_information_set_weights(i, NULL, 0));
    assert_fails(context, IB_ERR_ARG, "profile is NULL", ib_information_profile(i, LIST(x), 1, NULL));
    assert_fails(context, IB_ERR_ARG, "variables is NULL", ib_information_profile(i, NULL, 1, profile));
    assert_fails(context, IB_ERR_ARG, "at least one", ib_information_profile(i, LIST(x), 0, profile));
    assert_fails(context, IB_ERR_SHAPE, "expected 4 rows, got 5", ib_information_profile(i, LIST(x, y), 2, profile));
    assert_int_equal(ib_information_profile(NULL, LIST(x), 1, profile), IB_ERR_ARG);
    assert_int_equal(ib_profile_count(profile), 0);
    ib_profile_destroy(profile);
    assert_same_bits(bits, 7);
    assert_same_bits(four[0], 7);
    assert_same_bits(e.rows, 7);

    assert_int_equal(ib_information_set_weights(NULL, four, 4), IB_ERR_ARG);
    assert_int_equal(ib_information_entropy(NULL, many, 1, &bits), IB_ERR_ARG);
    assert_int_equal(ib_information_entropy_given(NULL, x, x, &bits), IB_ERR_ARG);
    assert_int_equal(ib_information_mutual(NULL, x, x, &bits), IB_ERR_ARG);
    assert_int_equal(ib_information_measure(NULL, x, x, &e), IB_ERR_ARG);
    assert_int_equal(ib_information_mutual_given(NULL, x, x, x, &bits), IB_ERR_ARG);
    assert_int_equal(ib_information_normalised(NULL, x, x, 0, &bits), IB_ERR_ARG);
    assert_int_equal(ib_information_total_correlation(NULL, many, 1, &bits), IB_ERR_ARG);
    assert_int_equal(ib_information_interaction(NULL, many, 1, &bits), IB_ERR_ARG);
    assert_int_equal(ib_information_pointwise(NULL, x, x, four), IB_ERR_ARG);
    ib_information_destroy(NULL);
    ib_variable_destroy(x);
    ib_variable_destroy(y);
    ib_information_destroy(i);
    ib_context_destroy(context);
}

/* Every measure in turn; a value that could not be computed is not touched. */
static ib_status measure_each(ib_context *context, void *user_data)
{
    const double *weights = user_data;
    ib_variable *of[3] = {NULL, NULL, NULL};
    ib_information *i = NULL;
    uint32_t labels[200];
    double bits = 7, value = 7, rows[200];
    ib_status status = ib_information_create(context, &i);
    assert_true(status == IB_OK || !i);
    for (uint32_t v = 0; status == IB_OK && v < 3; v++) {
        for (uint32_t r = 0; r < 200; r++)
            labels[r] = v == 2 && r % 5 == 0 ? IB_NO_LABEL : r * (v + 1) % (200 - v);
        status = ib_variable_create(context, &of[v]);
        if (status == IB_OK)
            status = ib_variable_set_labels(of[v], labels, 200);
    }
    const ib_variable *const *list = (const ib_variable *const *)of;
    rows[0] = 7;
    if (status == IB_OK && weights)
        status = ib_information_set_weights(i, weights, 200);
    for (int which = 0; status == IB_OK && which < 6; which++) {
        bits = 7;
        status = which == 0   ? ib_information_mutual(i, of[0], of[1], &bits)
                 : which == 1 ? ib_information_mutual(i, of[0], of[2], &bits)
                 : which == 2 ? ib_information_mutual_given(i, of[0], of[1], of[2], &bits)
                 : which == 3 ? ib_information_total_correlation(i, list, 3, &bits)
                 : which == 4 ? ib_information_interaction(i, list, 3, &bits)
                              : ib_information_pointwise(i, of[0], of[1], rows);
        value = status == IB_OK ? 7 : bits;
        assert_same_bits(value, 7);
        if (which < 5 || status != IB_OK)
            assert_same_bits(rows[0], 7);
    }
    for (size_t v = 0; v < 3; v++)
        ib_variable_destroy(of[v]);
    ib_information_destroy(i);
    return status;
}

/* A profile gets all counts or none. */
static ib_status profile_many(ib_context *context, void *user_data)
{
    (void)user_data;
    ib_variable *x = NULL;
    ib_information *i = NULL;
    ib_profile *profile = NULL;
    static uint32_t labels[20000];
    for (uint32_t r = 0; r < 20000; r++)
        labels[r] = (uint32_t)sqrt(r); /* 1, 3, ..., 281 times; the last is not whole: 119 times */
    ib_status status = ib_information_create(context, &i);
    if (status == IB_OK)
        status = ib_variable_create(context, &x);
    if (status == IB_OK)
        status = ib_variable_set_labels(x, labels, 20000);
    if (status == IB_OK)
        status = ib_profile_create(context, &profile);
    if (status == IB_OK)
        status = ib_information_profile(i, LIST(x, x), 2, profile);
    assert_int_equal(ib_profile_count(profile), status == IB_OK ? 141 : 0);
    ib_profile_destroy(profile);
    ib_variable_destroy(x);
    ib_information_destroy(i);
    return status;
}

static void without_memory(void **state)
{
    (void)state;
    double weights[200];
    for (size_t r = 0; r < 200; r++)
        weights[r] = (double)(r % 7) / 3;
    test_every_failed_allocation(profile_many, NULL);
    test_every_failed_allocation(measure_each, NULL);
    test_every_failed_allocation(measure_each, weights);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_of_values_do_not_wrap),
        cmocka_unit_test(products_of_levels_do_not_wrap),
        cmocka_unit_test(a_label_in_the_first_of_ten_bytes),
        cmocka_unit_test(two_columns_and_a_condition),
        cmocka_unit_test(complete_cases),
        cmocka_unit_test(never_negative),
        cmocka_unit_test(without_rows),
        cmocka_unit_test(measuring_again_allocates_nothing),
        cmocka_unit_test(refuses),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
