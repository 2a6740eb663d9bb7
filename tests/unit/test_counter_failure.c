/* What a counter refuses, and that a call that fails leaves it as it was. */
#include "seven_rows.h"

#include "info/counter.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void total_of_rows_overflows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, 0);
    add_few(context, counter);
    counter->total = UINT64_MAX - 6; /* as if there had been that many */
    const ib_codes codes = codes_of(IB_CODE_UINT8, few, 7, 3);
    assert_fails(context, IB_ERR_OVERFLOW, "2^64", ib_counter_add(counter, &codes, NULL, NULL));
    counter->total = 7;
    assert_few(counter, 1);
    ib_counter_destroy(counter);
    ib_context_destroy(context);
}

static void refuses_to_create(void **state)
{
    (void)state;
    test_memory memory;
    ib_context *context = test_context(&memory);
    const size_t live = memory.live;
    ib_counter *counter = (ib_counter *)context; /* anything but NULL */
    assert_int_equal(ib_counter_create(NULL, IB_CODE_UINT8, 1, 0, &counter), IB_ERR_ARG);
    assert_null(counter);
    assert_fails(context, IB_ERR_ARG, "out", ib_counter_create(context, IB_CODE_UINT8, 1, 0, NULL));
    static const struct {
        size_t columns;
        uint32_t type;
        ib_status status;
        const char *words;
    } wrong[] = {
        {1, 0, IB_ERR_ARG, "type"},
        {1, 8, IB_ERR_ARG, "type"},
        {1, UINT32_MAX, IB_ERR_ARG, "type"},
        {0, IB_CODE_UINT8, IB_ERR_ARG, "columns"},
        {SIZE_MAX, IB_CODE_UINT8, IB_ERR_OVERFLOW, "columns"},
        {(size_t)PTRDIFF_MAX + 1, IB_CODE_UINT8, IB_ERR_OVERFLOW, "columns"},
        {SIZE_MAX / 8 + 2, IB_CODE_INT64, IB_ERR_OVERFLOW, "columns"}, /* 8 bytes each would wrap to 8 */
        {SIZE_MAX / 4 + 2, IB_CODE_FLOAT32, IB_ERR_OVERFLOW, "columns"},
        {SIZE_MAX / 2 + 2, IB_CODE_UINT16, IB_ERR_OVERFLOW, "columns"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        counter = (ib_counter *)context;
        assert_fails(context, wrong[i].status, wrong[i].words,
                     ib_counter_create(context, wrong[i].type, wrong[i].columns, 0, &counter));
        assert_null(counter);
    }
    assert_int_equal(memory.live, live);
    ib_context_destroy(context);
}

static ib_codes given(uint32_t struct_size, uint32_t type, const void *data, size_t rows, size_t columns,
                      size_t row_stride, size_t column_stride)
{
    return (ib_codes){.struct_size = struct_size,
                      .type = type,
                      .data = data,
                      .rows = rows,
                      .columns = columns,
                      .row_stride = row_stride,
                      .column_stride = column_stride};
}

static void refuses_to_add(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, 3), *plain = counter_of(context, IB_CODE_UINT8, 3, 0);
    add_few(context, counter);
    add_few(context, plain);
    const ib_codes good = codes_of(IB_CODE_UINT8, few, 7, 3);
    uint64_t ids[7] = {77, 77, 77, 77, 77, 77, 77};
    assert_fails(context, IB_ERR_ARG, "codes", ib_counter_add(counter, NULL, few_labels, ids));
    assert_fails(context, IB_ERR_ARG, "labels", ib_counter_add(counter, &good, NULL, ids));
    assert_fails(context, IB_ERR_ARG, "labels", ib_counter_add(plain, &good, few_labels, ids));
    const uint32_t bad_labels[7] = {0, 1, 2, 0, 1, 2, 3};
    assert_fails(context, IB_ERR_RANGE, "labels[6]: expected less than 3, got 3",
                 ib_counter_add(counter, &good, bad_labels, ids));

    const size_t most = (size_t)PTRDIFF_MAX;
    const uint32_t one = (uint32_t)sizeof good;
    const struct {
        ib_codes codes;
        ib_status status;
        const char *words;
    } wrong[] = {
        {given(0, IB_CODE_UINT8, few, 7, 3, 0, 0), IB_ERR_ARG, "struct_size"},
        {given(one - 1, IB_CODE_UINT8, few, 7, 3, 0, 0), IB_ERR_ARG, "struct_size"},
        {given(one, 0, few, 7, 3, 0, 0), IB_ERR_ARG, "type"},
        {given(one, 8, few, 7, 3, 0, 0), IB_ERR_ARG, "type"},
        {given(one, IB_CODE_UINT16, few, 3, 3, 0, 0), IB_ERR_SHAPE, "type: expected 1, got 2"},
        {given(one, IB_CODE_UINT8, few, 7, 2, 0, 0), IB_ERR_SHAPE, "columns: expected 3, got 2"},
        {given(one, IB_CODE_UINT8, few, 7, 0, 0, 0), IB_ERR_ARG, "column"},
        {given(one, IB_CODE_UINT8, NULL, 7, 3, 0, 0), IB_ERR_ARG, "data"},
        {given(one, IB_CODE_UINT8, few, 7, 3, SIZE_MAX, 1), IB_ERR_OVERFLOW, "stride"},
        {given(one, IB_CODE_UINT8, few, 7, 3, 1, SIZE_MAX), IB_ERR_OVERFLOW, "stride"},
        {given(one, IB_CODE_UINT8, few, 7, 3, SIZE_MAX / 6 + 1, 1), IB_ERR_OVERFLOW, "stride"}, /* wraps to < 6 */
        {given(one, IB_CODE_UINT8, few, 7, 3, 1, SIZE_MAX / 2 + 1), IB_ERR_OVERFLOW, "stride"}, /* wraps to 0 */
        {given(one, IB_CODE_UINT8, few, 2, 3, most, 1), IB_ERR_OVERFLOW, "stride"},
        {given(one, IB_CODE_UINT8, few, 2, 3, most - 2, 1), IB_ERR_OVERFLOW, "stride"}, /* last one at PTRDIFF_MAX */
        {given(one, IB_CODE_UINT8, few, SIZE_MAX, 3, 0, 0), IB_ERR_OVERFLOW, "stride"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_fails(context, wrong[i].status, wrong[i].words,
                     ib_counter_add(counter, &wrong[i].codes, few_labels, ids));
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(ids[i], 77);
    assert_few(counter, 1);
    assert_few(plain, 1);
    add_few(context, counter);
    assert_few(counter, 2);
    assert_string_equal(ib_context_message(context), "");
    ib_counter_destroy(counter);
    ib_counter_destroy(plain);
    ib_context_destroy(context);
}

/* Nothing is read of a matrix without rows, whatever its strides. */
static void strides_without_rows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_counter *counter = counter_of(context, IB_CODE_INT64, 2, 0);
    ib_codes codes = codes_of(IB_CODE_INT64, NULL, 0, 2);
    codes.row_stride = codes.column_stride = SIZE_MAX;
    assert_ok(context, ib_counter_add(counter, &codes, NULL, NULL));
    const int64_t row[2] = {1, 2};
    codes = codes_of(IB_CODE_INT64, row, 1, 2);
    codes.row_stride = SIZE_MAX; /* from the first row to the next, which does not exist */
    assert_ok(context, ib_counter_add(counter, &codes, NULL, NULL));
    assert_int_equal(ib_counter_rows(counter), 1);
    ib_counter_destroy(counter);
    ib_context_destroy(context);
}

static void refuses_to_merge(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, 3);
    ib_counter *type = counter_of(context, IB_CODE_UINT16, 3, 3), *width = counter_of(context, IB_CODE_UINT8, 4, 3);
    ib_counter *classes = counter_of(context, IB_CODE_UINT8, 3, 4);
    add_few(context, counter);
    assert_int_equal(ib_counter_merge(NULL, counter), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "other", ib_counter_merge(counter, NULL));
    assert_fails(context, IB_ERR_ARG, "same", ib_counter_merge(counter, counter));
    assert_fails(context, IB_ERR_SHAPE, "type", ib_counter_merge(counter, type));
    assert_fails(context, IB_ERR_SHAPE, "columns", ib_counter_merge(counter, width));
    assert_fails(context, IB_ERR_SHAPE, "classes: expected 3, got 4", ib_counter_merge(counter, classes));
    assert_few(counter, 1);
    ib_counter_destroy(counter);
    ib_counter_destroy(type);
    ib_counter_destroy(width);
    ib_counter_destroy(classes);
    ib_context_destroy(context);
}

static void refuses_to_read(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, 0);
    add_few(context, counter);
    uint8_t codes[3] = {9, 9, 9};
    assert_fails(context, IB_ERR_ARG, "codes", ib_counter_get_codes(counter, 0, NULL));
    assert_fails(context, IB_ERR_RANGE, "id: expected less than 4, got 4", ib_counter_get_codes(counter, 4, codes));
    assert_fails(context, IB_ERR_RANGE, "id", ib_counter_get_codes(counter, UINT64_MAX, codes));
    assert_memory_equal(codes, ((uint8_t[3]){9, 9, 9}), 3);
    ib_counter_destroy(counter);
    ib_context_destroy(context);
}

/* After a call that failed: the seven rows are there, and no pair of a row and a label but their five. */
static void assert_as_it_was(const ib_counter *counter, uint64_t times)
{
    assert_few(counter, times);
    assert_int_equal(counter->pairs.distinct, ib_i_counter_sparse(counter) ? 5 : 0);
}

/* Many rows to add to the seven: first one of those so often that its count needs more than a byte, twice; then others,
 * which make tables grow, or run out of identifiers, in the middle of the call. */
enum { MANY = 1600, SAME = 600 };
static uint8_t many[MANY][3];
static uint32_t many_labels[MANY];

static void make_many(uint32_t classes)
{
    memset(many_labels, 0, sizeof many_labels);
    for (size_t i = 0; i < SAME; i++)
        memcpy(many[i], few[0], sizeof many[i]);
    for (size_t i = SAME; i < MANY; i++) {
        for (size_t j = 0; j < 3; j++)
            many[i][j] = (uint8_t)test_random_below(9);
        many_labels[i] = (uint32_t)test_random_below(classes);
    }
}

static void fails_when_identifiers_run_out(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint32_t classes[] = {1, 3, 17};
    for (size_t c = 0; c < COUNT(classes); c++) {
        ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, classes[c]);
        ib_counter *other = counter_of(context, IB_CODE_UINT8, 3, classes[c]);
        make_many(classes[c]);
        add_few(context, counter);
        const uint32_t *labels = classes[c] > 1 ? many_labels : NULL;
        const ib_codes codes = codes_of(IB_CODE_UINT8, many, MANY, 3);
        assert_ok(context, ib_counter_add(other, &codes, labels, NULL));
        static uint64_t ids[MANY];
        memset(ids, 77, sizeof ids);
        ib_i_counter_limit(counter, 300);
        assert_fails(context, IB_ERR_OVERFLOW, "300", ib_counter_add(counter, &codes, labels, ids));
        for (size_t i = 0; i < MANY; i++)
            assert_int_equal(ids[i], 0x4d4d4d4d4d4d4d4d);
        assert_as_it_was(counter, 1);
        assert_fails(context, IB_ERR_OVERFLOW, "300", ib_counter_merge(counter, other));
        assert_as_it_was(counter, 1);
        add_few(context, counter);
        assert_few(counter, 2);
        if (classes[c] == 17) { /* only the pairs run out */
            ib_i_counter_limit(counter, SIZE_MAX);
            counter->pairs.limit = 300;
            assert_fails(context, IB_ERR_OVERFLOW, "300", ib_counter_add(counter, &codes, labels, ids));
            assert_as_it_was(counter, 2);
            assert_fails(context, IB_ERR_OVERFLOW, "300", ib_counter_merge(counter, other));
            assert_as_it_was(counter, 2);
        }
        ib_i_counter_limit(counter, UINT32_MAX);
        assert_ok(context, ib_counter_add(counter, &codes, labels, ids));
        assert_int_equal(ib_counter_rows(counter), 14 + MANY);
        uint64_t next = 4; /* new rows are numbered as they come, also after what failed */
        for (size_t i = 0; i < MANY; i++) {
            assert_true(ids[i] <= next);
            next += ids[i] == next;
        }
        assert_int_equal(ib_counter_distinct(counter), next);
        ib_counter_destroy(counter);
        ib_counter_destroy(other);
    }
    ib_context_destroy(context);
}

/* Adds many rows after the seven; if that fails, the seven must be left. */
static ib_status add_after_few(ib_context *context, void *user_data)
{
    const uint32_t classes = *(const uint32_t *)user_data;
    const ib_codes codes = codes_of(IB_CODE_UINT8, few, 7, 3), more = codes_of(IB_CODE_UINT8, many, MANY, 3);
    static uint64_t ids[MANY];
    memset(ids, 77, sizeof ids);
    ib_counter *counter = NULL;
    ib_status status = ib_counter_create(context, IB_CODE_UINT8, 3, classes, &counter);
    assert_true(status == IB_OK || !counter);
    if (status == IB_OK)
        status = ib_counter_add(counter, &codes, classes > 1 ? few_labels : NULL, NULL);
    if (status == IB_OK) {
        status = ib_counter_add(counter, &more, classes > 1 ? many_labels : NULL, ids);
        if (status != IB_OK) {
            assert_as_it_was(counter, 1);
            for (size_t i = 0; i < MANY; i++)
                assert_int_equal(ids[i], 0x4d4d4d4d4d4d4d4d);
            /* The table is in order, too: the seven are found where they were, in memory that is there. */
            assert_int_equal(ib_counter_add(counter, &codes, classes > 1 ? few_labels : NULL, NULL), IB_OK);
            assert_few(counter, 2);
        }
    } else if (counter) {
        assert_int_equal(ib_counter_rows(counter), 0);
        assert_int_equal(ib_counter_distinct(counter), 0);
    }
    ib_counter_destroy(counter);
    return status;
}

static ib_status merge_after_few(ib_context *context, void *user_data)
{
    const uint32_t classes = *(const uint32_t *)user_data;
    const ib_codes codes = codes_of(IB_CODE_UINT8, few, 7, 3), more = codes_of(IB_CODE_UINT8, many, MANY, 3);
    ib_counter *counter = NULL, *other = NULL;
    ib_status status = ib_counter_create(context, IB_CODE_UINT8, 3, classes, &counter);
    if (status == IB_OK)
        status = ib_counter_create(context, IB_CODE_UINT8, 3, classes, &other);
    if (status == IB_OK) {
        status = ib_counter_add(counter, &codes, classes > 1 ? few_labels : NULL, NULL);
    }
    if (status == IB_OK)
        status = ib_counter_add(other, &more, classes > 1 ? many_labels : NULL, NULL);
    if (status == IB_OK) {
        status = ib_counter_merge(counter, other);
        if (status != IB_OK)
            assert_as_it_was(counter, 1);
    }
    ib_counter_destroy(counter);
    ib_counter_destroy(other);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    for (uint32_t classes = 1; classes <= 17; classes += 8) {
        make_many(classes);
        test_every_failed_allocation(add_after_few, &classes);
        test_every_failed_allocation(merge_after_few, &classes);
    }
}

/* Rows of two words that fill the table to the last place, counted and taken back by a call that fails later. */
static void taken_back_from_a_full_table(void **state)
{
    (void)state;
    enum { ROWS = 65, COLUMNS = 16 };
    uint8_t rows[ROWS][COLUMNS];
    for (size_t i = 0; i < ROWS; i++)
        memset(rows[i], (int)i, COLUMNS);
    test_memory memory;
    ib_context *context = test_context(&memory);
    ib_counter *counter = counter_of(context, IB_CODE_UINT8, COLUMNS, 0);
    ib_i_counter_limit(counter, ROWS - 1);
    const ib_codes all = codes_of(IB_CODE_UINT8, rows, ROWS, COLUMNS);
    assert_fails(context, IB_ERR_OVERFLOW, "at most 64", ib_counter_add(counter, &all, NULL, NULL));
    assert_int_equal(ib_counter_distinct(counter), 0);
    ib_counter_destroy(counter); /* looks behind the blocks */
    ib_context_destroy(context);
    assert_int_equal(memory.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(total_of_rows_overflows),
        cmocka_unit_test(refuses_to_create),
        cmocka_unit_test(refuses_to_add),
        cmocka_unit_test(strides_without_rows),
        cmocka_unit_test(refuses_to_merge),
        cmocka_unit_test(refuses_to_read),
        cmocka_unit_test(fails_when_identifiers_run_out),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(taken_back_from_a_full_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
