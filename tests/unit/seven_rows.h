/* Seven rows that were counted by hand, for the tests of counters. */
#ifndef LIBIB_TESTS_SEVEN_ROWS_H
#define LIBIB_TESTS_SEVEN_ROWS_H

#include "support.h"

static ib_counter *counter_of(ib_context *context, uint32_t type, size_t columns, uint32_t classes)
{
    ib_counter *counter = NULL;
    assert_ok(context, ib_counter_create(context, type, columns, classes, &counter));
    return counter;
}

static ib_codes codes_of(uint32_t type, const void *data, size_t rows, size_t columns)
{
    ib_codes codes;
    ib_codes_init(&codes, type, data, rows, columns);
    return codes;
}

/* Seven rows of three codes and their labels, counted by hand: four distinct rows. */
static const uint8_t few[7][3] = {{5, 0, 1}, {0, 5, 1}, {5, 0, 1}, {0, 0, 0}, {5, 0, 1}, {1, 0, 5}, {0, 5, 1}};
static const uint32_t few_labels[7] = {0, 1, 2, 0, 2, 1, 1};
static const uint64_t few_ids[7] = {0, 1, 0, 2, 0, 3, 1};
static const uint64_t few_counts[4][3] = {{1, 0, 2}, {0, 2, 0}, {1, 0, 0}, {0, 1, 0}};
static const size_t few_first[4] = {0, 1, 3, 5};

/* `times` times the seven rows are in the counter, and nothing else. */
static void assert_few(const ib_counter *counter, uint64_t times)
{
    const uint32_t classes = ib_counter_classes(counter);
    assert_int_equal(ib_counter_rows(counter), 7 * times);
    assert_int_equal(ib_counter_distinct(counter), 4);
    for (uint64_t id = 0; id < 4; id++) {
        const uint64_t *counts = few_counts[id];
        uint8_t codes[3];
        assert_int_equal(ib_counter_get(counter, id), (counts[0] + counts[1] + counts[2]) * times);
        for (uint32_t label = 0; classes > 1 && label < classes; label++)
            assert_int_equal(ib_counter_get_labelled(counter, id, label), label < 3 ? counts[label] * times : 0);
        assert_int_equal(ib_counter_get_codes(counter, id, codes), IB_OK);
        assert_memory_equal(codes, few[few_first[id]], sizeof codes);
    }
    static const uint64_t labels[3] = {2, 3, 2};
    for (uint32_t label = 0; classes > 1 && label < classes; label++)
        assert_int_equal(ib_counter_get_label(counter, label), label < 3 ? labels[label] * times : 0);
}

static void add_few(ib_context *context, ib_counter *counter)
{
    const ib_codes codes = codes_of(IB_CODE_UINT8, few, 7, 3);
    uint64_t ids[7];
    assert_ok(context, ib_counter_add(counter, &codes, ib_counter_classes(counter) > 1 ? few_labels : NULL, ids));
    assert_memory_equal(ids, few_ids, sizeof ids);
}

#endif
