/* Rows that are left out because a code or label is missing, rows that are refused for it, and the two types of codes
 * that can hold what others cannot. */
#include "missing_model.h"

/* --- uint32 and float64 ------------------------------------------------------------------------------------------- */

/* Two rows that differ in one column only, at every width around the ends of words. */
static void assert_told_apart(ib_context *context, uint32_t type, const void *a, const void *b)
{
    unsigned char rows[2 * 12 * 8], back[12 * 8];
    const size_t size = size_of(type);
    for (size_t columns = 1; columns <= 12; columns++)
        for (size_t column = 0; column < columns; column++) {
            for (size_t c = 0; c < 2 * columns; c++)
                memcpy(rows + c * size, a, size);
            memcpy(rows + (columns + column) * size, b, size);
            ib_counter *counter = counter_of(context, type, columns, 0);
            const ib_codes codes = codes_of(type, rows, 2, columns);
            assert_ok(context, ib_counter_add(counter, &codes, NULL, NULL));
            assert_int_equal(ib_counter_distinct(counter), 2);
            assert_ok(context, ib_counter_get_codes(counter, 1, back));
            assert_memory_equal(back, rows + columns * size, columns * size);
            ib_counter_destroy(counter);
        }
}

static void two_more_types(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    assert_told_apart(context, IB_CODE_UINT32, &(uint32_t){0}, &(uint32_t){0x80000000u});
    assert_told_apart(context, IB_CODE_UINT32, &(uint32_t){UINT32_MAX}, &(uint32_t){UINT32_MAX - 1});
    assert_told_apart(context, IB_CODE_FLOAT64, &(double){1.0}, &(double){0x1.0000000000001p0});
    assert_told_apart(context, IB_CODE_FLOAT64, &(double){0}, &(double){0x1p-1074});
    ib_context_destroy(context);
}

/* By bits: only the two zeros are one value. */
static void double_codes(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint64_t patterns[6] = {
        0, 0x8000000000000000, 0x7ff8000000000000, 0x7ff8000000000001, 0x8000000000000001, 0x7ff8000000000000};
    static const uint64_t expected[6] = {0, 0, 1, 2, 3, 1};
    uint64_t wide[6][2], ids[6], back;
    for (size_t i = 0; i < 6; i++)
        wide[i][0] = wide[i][1] = patterns[i];
    ib_counter *counter = counter_of(context, IB_CODE_FLOAT64, 1, 0);
    ib_codes codes = codes_of(IB_CODE_FLOAT64, patterns, 6, 1);
    for (int stride = 1; stride <= 2; stride++) {
        assert_ok(context, ib_counter_add(counter, &codes, NULL, ids));
        assert_memory_equal(ids, expected, sizeof ids);
        codes.data = wide;
        codes.row_stride = 2;
    }
    assert_ok(context, ib_counter_get_codes(counter, 0, &back));
    assert_true(back == 0);
    ib_counter_destroy(counter);
    ib_context_destroy(context);
}

/* --- left out ----------------------------------------------------------------------------------------------------- */

static const double some_missing[] = {NAN, 0, 7, -INFINITY};

/* Calls a body for each type, number of classes, and value that is missing. */
static void for_all(void (*body)(ib_context *, model *))
{
    static model m;
    ib_context *context = test_context(NULL);
    for (uint32_t type = 1; type <= 7; type++)
        for (size_t c = 0; c < COUNT(some_classes); c++)
            for (size_t v = 0; v < COUNT(some_missing); v++) {
                make(&m, type, some_classes[c], some_missing[v]);
                body(context, &m);
            }
    ib_context_destroy(context);
}

static void leaves_out(ib_context *context, model *m)
{
    ib_counter *dropped = counter_of(context, m->type, COLUMNS, m->classes),
               *plain = counter_of(context, m->type, COLUMNS, m->classes);
    uint64_t ids[ROWS], expected[ROWS];
    size_t kept = 0;
    for (size_t i = 0; i < ROWS; i++) {
        expected[i] = IB_NO_ROW;
        add_plainly(context, plain, m, i, (uint64_t)is_kept(m, i), &expected[i]);
        kept += (size_t)is_kept(m, i);
    }
    assert_true(kept > 0 && kept < ROWS);
    assert_ok(context, ib_counter_add(dropped, &m->all, labels_of(m, 0), ids));
    assert_memory_equal(ids, expected, sizeof ids);
    assert_same(dropped, plain);
    ib_counter_reset(dropped);
    assert_ok(context, ib_counter_add(dropped, &m->all, labels_of(m, 0), NULL));
    assert_same(dropped, plain);
    ib_counter_destroy(dropped);
    ib_counter_destroy(plain);
}

static void rows_are_left_out(void **state)
{
    (void)state;
    for_all(leaves_out);
}

/* --- policies ----------------------------------------------------------------------------------------------------- */

static void refuses_missing_codes(void **state)
{
    (void)state;
    static uint16_t rows[200][4];
    ib_context *context = test_context(NULL);
    ib_counter *counter = counter_of(context, IB_CODE_UINT16, 4, 0);
    ib_codes codes = codes_of(IB_CODE_UINT16, rows, 200, 4);
    codes.missing = IB_MISSING_REFUSE;
    codes.missing_code = 65535;
    assert_ok(context, ib_counter_add(counter, &codes, NULL, NULL));
    rows[130][2] = rows[130][3] = rows[199][0] = 65535;
    assert_fails(context, IB_ERR_RANGE, "row 130 has a missing one in column 2",
                 ib_counter_add(counter, &codes, NULL, NULL));
    assert_fails(context, IB_ERR_RANGE, "row 130", ib_counter_add_times(counter, &codes, NULL, (uint64_t[200]){0}));
    codes.data = rows[131];
    codes.rows = 69;
    assert_fails(context, IB_ERR_RANGE, "row 68 has a missing one in column 0",
                 ib_counter_add(counter, &codes, NULL, NULL));
    assert_int_equal(ib_counter_rows(counter), 200);
    codes.missing = IB_MISSING_NONE; /* then it is a code like others */
    assert_ok(context, ib_counter_add(counter, &codes, NULL, NULL));
    assert_int_equal(ib_counter_distinct(counter), 2);
    ib_counter_destroy(counter);
    ib_context_destroy(context);
}

static void labels_that_are_missing(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, 3);
    add_few(context, counter);
    assert_few(counter, 1);
    ib_codes codes = codes_of(IB_CODE_UINT8, few, 7, 3);
    uint32_t labels[7];
    memcpy(labels, few_labels, sizeof labels);
    labels[5] = IB_NO_LABEL;
    for (uint32_t policy = IB_MISSING_NONE; policy <= IB_MISSING_REFUSE; policy++) {
        codes.missing = policy;
        codes.missing_code = 77;
        if (policy == IB_MISSING_DROP)
            assert_ok(context, ib_counter_add(counter, &codes, labels, NULL));
        else
            assert_fails(context, IB_ERR_RANGE, "labels[5]", ib_counter_add(counter, &codes, labels, NULL));
    }
    assert_int_equal(ib_counter_rows(counter), 7 + 6);
    labels[5] = 3;
    codes.missing = IB_MISSING_DROP;
    assert_fails(context, IB_ERR_RANGE, "labels[5]: expected less than 3, got 3",
                 ib_counter_add(counter, &codes, labels, NULL));
    ib_counter_destroy(counter);
    ib_context_destroy(context);
}

static void what_cannot_be_missing(void **state)
{
    (void)state;
    static const struct {
        uint32_t type, missing, reserved;
        int64_t code;
        double value;
        ib_status status;
        const char *words;
    } cases[] = {
        {IB_CODE_UINT8, 3, 0, 0, 0, IB_ERR_ARG, "missing"},
        {IB_CODE_UINT8, UINT32_MAX, 0, 0, 0, IB_ERR_ARG, "missing"},
        {IB_CODE_UINT8, 0, 1, 0, 0, IB_ERR_ARG, "reserved"},
        {IB_CODE_UINT8, 1, 0, 256, 0, IB_ERR_RANGE, "missing_code"},
        {IB_CODE_UINT8, 2, 0, -1, 0, IB_ERR_RANGE, "missing_code"},
        {IB_CODE_UINT16, 1, 0, 65536, 0, IB_ERR_RANGE, "missing_code"},
        {IB_CODE_UINT32, 1, 0, (int64_t)1 << 32, 0, IB_ERR_RANGE, "missing_code"},
        {IB_CODE_UINT32, 1, 0, -1, 0, IB_ERR_RANGE, "missing_code"},
        {IB_CODE_INT32, 1, 0, (int64_t)1 << 31, 0, IB_ERR_RANGE, "missing_code"},
        {IB_CODE_FLOAT32, 1, 0, 0, 1e300, IB_ERR_RANGE, "missing_value"},
        {IB_CODE_FLOAT32, 1, 0, 0, -1e300, IB_ERR_RANGE, "missing_value"},
        {IB_CODE_UINT8, 0, 0, 256, 0, IB_OK, ""}, /* not looked at */
        {IB_CODE_UINT32, 1, 0, UINT32_MAX, 0, IB_OK, ""},
        {IB_CODE_INT32, 1, 0, INT32_MIN, 0, IB_OK, ""},
        {IB_CODE_INT64, 1, 0, INT64_MIN, 0, IB_OK, ""},
        {IB_CODE_FLOAT32, 1, 0, 256, INFINITY, IB_OK, ""},
        {IB_CODE_FLOAT64, 1, 0, 256, 1e300, IB_OK, ""},
    };
    ib_context *context = test_context(NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        ib_counter *counter = counter_of(context, cases[i].type, 1, 0);
        ib_codes codes = codes_of(cases[i].type, NULL, 0, 1);
        codes.missing = cases[i].missing;
        codes.reserved = cases[i].reserved;
        codes.missing_code = cases[i].code;
        codes.missing_value = cases[i].value;
        assert_int_equal(ib_counter_add(counter, &codes, NULL, NULL), cases[i].status);
        assert_non_null(strstr(ib_context_message(context), cases[i].words));
        ib_counter_destroy(counter);
    }
    ib_context_destroy(context);
}

/* A value of a table of doubles is meant as the float next to it. */
static void a_float_is_the_nearest_one(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_counter *counter = counter_of(context, IB_CODE_FLOAT32, 1, 0);
    const float rows[3] = {-999.9f, 1, -999.9f};
    ib_codes codes = codes_of(IB_CODE_FLOAT32, rows, 3, 1);
    codes.missing = IB_MISSING_DROP;
    codes.missing_value = -999.9;
    assert_ok(context, ib_counter_add(counter, &codes, NULL, NULL));
    assert_int_equal(ib_counter_rows(counter), 1);
    ib_counter_destroy(counter);
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_more_types),
        cmocka_unit_test(double_codes),
        cmocka_unit_test(rows_are_left_out),
        cmocka_unit_test(refuses_missing_codes),
        cmocka_unit_test(labels_that_are_missing),
        cmocka_unit_test(what_cannot_be_missing),
        cmocka_unit_test(a_float_is_the_nearest_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
