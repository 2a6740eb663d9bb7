/* Rows that occur several times each. */
#include "missing_model.h"

static void counts_times(ib_context *context, model *m)
{
    ib_counter *at_once = counter_of(context, m->type, COLUMNS, m->classes),
               *plain = counter_of(context, m->type, COLUMNS, m->classes);
    for (size_t i = 0; i < ROWS; i++)
        add_plainly(context, plain, m, i, is_kept(m, i) ? m->times[i] : 0, NULL);
    assert_ok(context, ib_counter_add_times(at_once, &m->all, labels_of(m, 0), m->times));
    assert_same(at_once, plain);
    assert_ok(context, ib_counter_add(at_once, &m->all, labels_of(m, 0), NULL)); /* further, one by one */
    assert_ok(context, ib_counter_add(plain, &m->all, labels_of(m, 0), NULL));
    assert_same(at_once, plain);
    ib_counter_destroy(at_once);
    ib_counter_destroy(plain);
}

static void times_are_copies(void **state)
{
    (void)state;
    static model m;
    ib_context *context = test_context(NULL);
    for (size_t c = 0; c < COUNT(some_classes); c++) {
        make(&m, IB_CODE_INT32, some_classes[c], 0);
        counts_times(context, &m);
        make(&m, IB_CODE_FLOAT64, some_classes[c], NAN);
        counts_times(context, &m);
    }
    ib_context_destroy(context);
}

static void times_overflow(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_codes codes = codes_of(IB_CODE_UINT8, few, 7, 3);
    codes.missing = IB_MISSING_DROP;
    codes.missing_code = 77;
    for (uint32_t classes = 1; classes <= 17; classes += 4) {
        ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, classes);
        const uint32_t *labels = classes > 1 ? few_labels : NULL;
        uint64_t times[7] = {1, 2, 3, UINT64_MAX - 6, 0, 0, 1};
        assert_fails(context, IB_ERR_OVERFLOW, "2^64", ib_counter_add_times(counter, &codes, labels, times));
        assert_int_equal(ib_counter_rows(counter), 0);
        assert_int_equal(ib_counter_distinct(counter), 0);
        times[6] = 0;
        if (classes >= 3 || classes == 1) {
            assert_ok(context, ib_counter_add_times(counter, &codes, labels, times));
            assert_true(ib_counter_rows(counter) == UINT64_MAX);
            assert_true(ib_counter_get(counter, 0) == 4 && ib_counter_get(counter, 2) == UINT64_MAX - 6);
            assert_fails(context, IB_ERR_OVERFLOW, "2^64", ib_counter_add(counter, &codes, labels, NULL));
        }
        ib_counter_destroy(counter);
    }
    ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, 3);
    add_few(context, counter);
    assert_fails(context, IB_ERR_ARG, "times", ib_counter_add_times(counter, &codes, few_labels, NULL));
    assert_fails(context, IB_ERR_ARG, "codes", ib_counter_add_times(counter, NULL, few_labels, NULL));
    assert_fails(context, IB_ERR_ARG, "labels", ib_counter_add_times(counter, &codes, NULL, (uint64_t[7]){0}));
    assert_int_equal(ib_counter_add_times(NULL, &codes, few_labels, (uint64_t[7]){0}), IB_ERR_ARG);
    const ib_codes none = codes_of(IB_CODE_UINT8, NULL, 0, 3);
    assert_ok(context, ib_counter_add_times(counter, &none, few_labels, NULL));
    assert_few(counter, 1);
    ib_counter_destroy(counter);
    ib_context_destroy(context);
}

/* Adds many times the seven rows; where that fails, once each must be left. */
static ib_status add_times_after_few(ib_context *context, void *user_data)
{
    const uint32_t classes = *(const uint32_t *)user_data, *labels = classes > 1 ? few_labels : NULL;
    static const uint64_t times[7] = {1, 300, 7, 7, 0, 1, 70000};
    static uint32_t no_labels[300];
    static uint8_t more[300][3];
    static uint64_t many_times[300];
    ib_codes codes = codes_of(IB_CODE_UINT8, few, 7, 3), others = codes_of(IB_CODE_UINT8, more, 300, 3);
    ib_counter *counter = NULL;
    for (size_t i = 0; i < 300; i++) {
        memcpy(more[i], &(uint32_t){(uint32_t)i * 7}, 3);
        many_times[i] = i == 290 ? 256 : i % 3; /* nothing is carried up to there */
    }
    codes.missing = others.missing = IB_MISSING_DROP;
    codes.missing_code = others.missing_code = 250;
    ib_status status = ib_counter_create(context, IB_CODE_UINT8, 3, classes, &counter);
    if (status == IB_OK)
        status = ib_counter_add(counter, &codes, labels, NULL);
    if (status == IB_OK) {
        status = ib_counter_add_times(counter, &others, classes > 1 ? no_labels : NULL, many_times);
        if (status != IB_OK)
            assert_few(counter, 1);
    }
    if (status == IB_OK) {
        const uint64_t before = ib_counter_rows(counter);
        status = ib_counter_add_times(counter, &codes, labels, times);
        assert_int_equal(ib_counter_rows(counter), before + (status == IB_OK ? 70316 : 0));
        assert_int_equal(ib_counter_get(counter, 1), 2 + (status == IB_OK ? 70300 : 0));
    }
    ib_counter_destroy(counter);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    static const uint32_t classes[] = {1, 3, 17};
    for (size_t c = 0; c < COUNT(classes); c++) {
        uint32_t of = classes[c];
        test_every_failed_allocation(add_times_after_few, &of);
    }
}

/* New rows come up to the limit, in the middle of the call. */
static void identifiers_run_out(void **state)
{
    (void)state;
    enum { MANY = 400 };
    static uint16_t more[MANY];
    static uint32_t labels[MANY];
    static uint64_t times[MANY];
    ib_context *context = test_context(NULL);
    for (size_t i = 0; i < MANY; i++) {
        more[i] = (uint16_t)i;
        times[i] = i % 7 ? i : 300 * i;
    }
    for (size_t c = 0; c < COUNT(some_classes); c++) {
        const uint32_t classes = some_classes[c];
        ib_counter *counter = counter_of(context, IB_CODE_UINT16, 1, classes);
        ib_codes codes = codes_of(IB_CODE_UINT16, more, 100, 1);
        for (size_t i = 0; i < MANY; i++)
            labels[i] = (uint32_t)(i % 3) % classes;
        const uint32_t *given = classes > 1 ? labels : NULL;
        ib_i_counter_limit(counter, 350);
        assert_ok(context, ib_counter_add(counter, &codes, given, NULL));
        codes.rows = MANY;
        assert_fails(context, IB_ERR_OVERFLOW, "350", ib_counter_add_times(counter, &codes, given, times));
        assert_int_equal(ib_counter_rows(counter), 100);
        assert_int_equal(ib_counter_distinct(counter), 100);
        for (uint64_t id = 0; id < 100; id++)
            assert_int_equal(ib_counter_get(counter, id), 1);
        ib_counter_destroy(counter);
    }
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_copies),
        cmocka_unit_test(times_overflow),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(identifiers_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
