#include "seven_rows.h"

#include "info/counter.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Labels by the array and labels by pairs, with and without different rows that share one hash. */
static void counts_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint32_t classes[] = {0, 1, 3, 16, 17, 1000};
    static const uint32_t masks[] = {UINT32_MAX, 0, 3u << 30, 3};
    for (size_t c = 0; c < COUNT(classes); c++)
        for (size_t m = 0; m < COUNT(masks); m++) {
            ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, classes[c]);
            ib_i_counter_tag_mask(counter, masks[m]);
            for (uint64_t times = 1; times < 4; times++) {
                add_few(context, counter);
                assert_few(counter, times);
            }
            ib_counter_destroy(counter);
        }
    ib_context_destroy(context);
}

static void empty_and_null(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_counter *counter = counter_of(context, IB_CODE_INT64, 2, 0);
    int64_t codes[2];
    const ib_codes none = codes_of(IB_CODE_INT64, NULL, 0, 2);
    assert_ok(context, ib_counter_add(counter, &none, NULL, NULL));
    assert_ok(context, ib_counter_add(counter, &none, NULL, (uint64_t[1]){7}));
    assert_int_equal(ib_counter_rows(counter), 0);
    assert_int_equal(ib_counter_distinct(counter), 0);
    assert_int_equal(ib_counter_classes(counter), 1);
    assert_int_equal(ib_counter_get(counter, 0), 0);
    assert_int_equal(ib_counter_get_labelled(counter, 0, 0), 0);
    assert_int_equal(ib_counter_get_label(counter, 0), 0);
    assert_fails(context, IB_ERR_RANGE, "id", ib_counter_get_codes(counter, 0, codes));
    ib_counter_reset(counter);
    assert_int_equal(ib_counter_rows(counter), 0);
    ib_counter_destroy(counter);

    assert_int_equal(ib_counter_rows(NULL), 0);
    assert_int_equal(ib_counter_distinct(NULL), 0);
    assert_int_equal(ib_counter_classes(NULL), 0);
    assert_int_equal(ib_counter_get(NULL, 0), 0);
    assert_int_equal(ib_counter_get_labelled(NULL, 0, 0), 0);
    assert_int_equal(ib_counter_get_label(NULL, 0), 0);
    assert_int_equal(ib_counter_get_codes(NULL, 0, codes), IB_ERR_ARG);
    assert_int_equal(ib_counter_add(NULL, &none, NULL, NULL), IB_ERR_ARG);
    ib_counter_reset(NULL);
    ib_counter_destroy(NULL);
    ib_codes_init(NULL, IB_CODE_UINT8, NULL, 0, 1);
    ib_context_destroy(context);
}

static void without_labels_the_only_label_is_zero(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, 1);
    add_few(context, counter);
    assert_int_equal(ib_counter_get_label(counter, 0), 7);
    assert_int_equal(ib_counter_get_label(counter, 1), 0);
    assert_int_equal(ib_counter_get_labelled(counter, 0, 0), 3);
    assert_int_equal(ib_counter_get_labelled(counter, 0, 1), 0);
    assert_int_equal(ib_counter_get_labelled(counter, 4, 0), 0);
    ib_counter_destroy(counter);
    ib_context_destroy(context);
}

/* Counts two rows that differ in one column only, at every width around the ends of words. */
static void assert_told_apart(ib_context *context, uint32_t type, const void *a, const void *b, size_t size)
{
    unsigned char rows[2 * 40 * 8], back[40 * 8];
    for (size_t columns = 1; columns <= 40; columns++)
        for (size_t column = 0; column < columns; column++) {
            for (size_t c = 0; c < 2 * columns; c++)
                memcpy(rows + c * size, a, size);
            memcpy(rows + (columns + column) * size, b, size);
            ib_counter *counter = counter_of(context, type, columns, 0);
            const ib_codes codes = codes_of(type, rows, 2, columns);
            if (column % 2)
                ib_i_counter_tag_mask(counter, 0); /* the key alone decides */
            assert_ok(context, ib_counter_add(counter, &codes, NULL, NULL));
            assert_ok(context, ib_counter_add(counter, &codes, NULL, NULL));
            assert_int_equal(ib_counter_distinct(counter), 2);
            for (uint64_t id = 0; id < 2; id++) {
                assert_int_equal(ib_counter_get(counter, id), 2);
                assert_ok(context, ib_counter_get_codes(counter, id, back));
                assert_memory_equal(back, rows + id * columns * size, columns * size);
            }
            ib_counter_destroy(counter);
        }
}

static void all_types_and_widths(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    assert_told_apart(context, IB_CODE_UINT8, &(uint8_t){0}, &(uint8_t){128}, 1);
    assert_told_apart(context, IB_CODE_UINT16, &(uint16_t){65535}, &(uint16_t){255}, 2);
    assert_told_apart(context, IB_CODE_INT32, &(int32_t){-1}, &(int32_t){INT32_MIN}, 4);
    assert_told_apart(context, IB_CODE_INT64, &(int64_t){INT64_MIN}, &(int64_t){0}, 8);
    assert_told_apart(context, IB_CODE_FLOAT32, &(float){1.0f}, &(float){1.0000001f}, 4);
    ib_context_destroy(context);
}

/* By bits: only the two zeros are one value. */
static void float_codes(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint32_t patterns[6] = {0x00000000, 0x80000000, 0x7fc00000, 0x7fc00001, 0x80000001, 0x7fc00000};
    static const uint64_t expected[6] = {0, 0, 1, 2, 3, 1};
    float wide[6][2];
    for (size_t i = 0; i < 6; i++)
        for (size_t c = 0; c < 2; c++)
            memcpy(&wide[i][c], &patterns[i], 4);
    ib_counter *counter = counter_of(context, IB_CODE_FLOAT32, 1, 0);
    ib_codes codes = codes_of(IB_CODE_FLOAT32, patterns, 6, 1); /* stride 1 */
    uint64_t ids[6];
    for (int stride = 1; stride <= 2; stride++) {
        assert_ok(context, ib_counter_add(counter, &codes, NULL, ids));
        assert_memory_equal(ids, expected, sizeof ids);
        codes.data = wide;
        codes.row_stride = 2;
    }
    uint32_t back;
    assert_ok(context, ib_counter_get_codes(counter, 0, &back));
    assert_int_equal(back, 0);
    assert_ok(context, ib_counter_get_codes(counter, 2, &back));
    assert_int_equal(back, 0x7fc00001);
    ib_counter_destroy(counter);
    ib_context_destroy(context);
}

static void strides(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, 0);
    static uint8_t memory[64 * 1024];
    static const size_t layouts[][2] = {{3, 1}, {0, 0}, {3, 0}, {1, 7}, {1, 64}, {10, 2}, {9000, 13}, {2, 20000}};
    for (size_t l = 0; l < COUNT(layouts); l++) {
        ib_codes codes = codes_of(IB_CODE_UINT8, memory, 7, 3);
        codes.row_stride = layouts[l][0];
        codes.column_stride = layouts[l][1];
        memset(memory, 99, sizeof memory); /* what lies between is not looked at */
        for (size_t i = 0; i < 7; i++)
            for (size_t j = 0; j < 3; j++)
                memory[i * (codes.row_stride ? codes.row_stride : 3) +
                       j * (codes.column_stride ? codes.column_stride : 1)] = few[i][j];
        ib_counter_reset(counter);
        assert_ok(context, ib_counter_add(counter, &codes, NULL, NULL));
        assert_few(counter, 1);
    }
    ib_counter_destroy(counter);
    ib_context_destroy(context);
}

/* Rows so wide that a block holds few of them, or only one. */
static void wide_rows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const size_t widths[] = {8 * 1024, 8 * 1025 + 1, 8 * 30000, 8 * 70000};
    for (size_t w = 0; w < COUNT(widths); w++) {
        const size_t width = widths[w], rows = 6;
        uint8_t *data = calloc(rows, width);
        uint64_t ids[6];
        static const uint64_t expected[6] = {0, 1, 2, 1, 0, 0};
        data[1 * width + width - 1] = data[3 * width + width - 1] = 1;
        data[2 * width] = 1;
        ib_counter *counter = counter_of(context, IB_CODE_UINT8, width, 0);
        const ib_codes codes = codes_of(IB_CODE_UINT8, data, rows, width);
        assert_ok(context, ib_counter_add(counter, &codes, NULL, ids));
        assert_memory_equal(ids, expected, sizeof ids);
        ib_counter_destroy(counter);
        free(data);
    }
    ib_context_destroy(context);
}

/* The same rows and labels, so many that the tables grow, in one call and in many. */
static void in_chunks_and_again_after_reset(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    enum { ROWS = 3000 };
    static uint16_t data[ROWS][2];
    static uint32_t labels[ROWS];
    static uint64_t whole_ids[ROWS], ids[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        data[i][0] = (uint16_t)test_random_below(50);
        data[i][1] = (uint16_t)test_random_below(40);
        labels[i] = (uint32_t)test_random_below(30);
    }
    ib_counter *whole = counter_of(context, IB_CODE_UINT16, 2, 30),
               *chunks = counter_of(context, IB_CODE_UINT16, 2, 30);
    const ib_codes codes = codes_of(IB_CODE_UINT16, data, ROWS, 2);
    assert_ok(context, ib_counter_add(whole, &codes, labels, whole_ids));
    for (int round = 0; round < 3; round++) {
        for (size_t first = 0, n; first < ROWS; first += n) {
            n = 1 + test_random_below(round == 1 ? 3 : 300);
            n = n < ROWS - first ? n : ROWS - first;
            const ib_codes chunk = codes_of(IB_CODE_UINT16, data[first], n, 2);
            assert_ok(context, ib_counter_add(chunks, &chunk, labels + first, ids + first));
        }
        assert_memory_equal(ids, whole_ids, sizeof ids);
        assert_int_equal(ib_counter_distinct(chunks), ib_counter_distinct(whole));
        for (uint64_t id = 0; id < ib_counter_distinct(whole); id++)
            for (uint32_t label = 0; label < 30; label++)
                assert_int_equal(ib_counter_get_labelled(chunks, id, label), ib_counter_get_labelled(whole, id, label));
        ib_counter_reset(chunks);
        assert_int_equal(ib_counter_rows(chunks), 0);
        assert_int_equal(ib_counter_distinct(chunks), 0);
        assert_int_equal(ib_counter_get_label(chunks, 0), 0);
        if (round == 0) { /* a small use in between, which leaves the table small */
            const ib_codes three = codes_of(IB_CODE_UINT16, data, 3, 2);
            assert_ok(context, ib_counter_add(chunks, &three, labels, NULL));
            ib_counter_reset(chunks);
        }
    }
    ib_counter_destroy(whole);
    ib_counter_destroy(chunks);
    ib_context_destroy(context);
}

static void reset_keeps_the_memory(void **state)
{
    (void)state;
    test_memory memory;
    ib_context *context = test_context(&memory);
    static const uint32_t classes[] = {0, 2, 40};
    for (size_t c = 0; c < COUNT(classes); c++) {
        ib_counter *counter = counter_of(context, IB_CODE_INT32, 1, classes[c]);
        int32_t data[1000];
        uint32_t labels[1000];
        for (int32_t i = 0; i < 1000; i++) {
            data[i] = -i;
            labels[i] = (uint32_t)i & 1;
        }
        const ib_codes codes = codes_of(IB_CODE_INT32, data, 1000, 1);
        for (int round = 0; round < 3; round++) {
            memory.refuse_after = round == 0 ? SIZE_MAX : 0;
            assert_ok(context, ib_counter_add(counter, &codes, classes[c] ? labels : NULL, NULL));
            assert_int_equal(ib_counter_distinct(counter), 1000);
            ib_counter_reset(counter);
        }
        memory.refuse_after = SIZE_MAX;
        ib_counter_destroy(counter);
    }
    ib_context_destroy(context);
    assert_int_equal(memory.live, 0);
}

/* Two halves, counted apart and merged, are the whole. */
static void merge_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint32_t classes[] = {0, 3, 17};
    for (size_t c = 0; c < COUNT(classes); c++)
        for (size_t cut = 0; cut <= 7; cut++) {
            ib_counter *first = counter_of(context, IB_CODE_UINT8, 3, classes[c]);
            ib_counter *second = counter_of(context, IB_CODE_UINT8, 3, classes[c]);
            ib_i_counter_tag_mask(second, 1);
            const ib_codes head = codes_of(IB_CODE_UINT8, few, cut, 3),
                           tail = codes_of(IB_CODE_UINT8, few[cut], 7 - cut, 3);
            assert_ok(context, ib_counter_add(first, &head, classes[c] ? few_labels : NULL, NULL));
            assert_ok(context, ib_counter_add(second, &tail, classes[c] ? few_labels + cut : NULL, NULL));
            assert_ok(context, ib_counter_merge(first, second));
            assert_few(first, 1);
            assert_int_equal(ib_counter_rows(second), 7 - cut);
            ib_counter_destroy(first);
            ib_counter_destroy(second);
        }
    ib_context_destroy(context);
}

static int ascending(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Keys of 32 bits are compared by their tags: were two of them to share one, some of a million would. */
static void no_two_short_keys_are_one(void **state)
{
    (void)state;
    enum { KEYS = 1 << 20 };
    ib_context *context = test_context(NULL);
    int32_t *keys = malloc(KEYS * sizeof *keys);
    for (size_t i = 0; i < KEYS; i++)
        keys[i] = (int32_t)(uint32_t)test_random();
    ib_counter *counter = counter_of(context, IB_CODE_INT32, 1, 0);
    const ib_codes codes = codes_of(IB_CODE_INT32, keys, KEYS, 1);
    assert_ok(context, ib_counter_add(counter, &codes, NULL, NULL));
    qsort(keys, KEYS, sizeof *keys, ascending);
    size_t distinct = 1;
    for (size_t i = 1; i < KEYS; i++)
        distinct += keys[i] != keys[i - 1];
    assert_int_equal(ib_counter_distinct(counter), distinct);
    ib_counter_destroy(counter);
    ib_context_destroy(context);
    free(keys);
}

/* Counters that take turns in taking in each other grow like Fibonacci's numbers: past 2^32 and on to 2^64. */
static void counts_beyond_32_bits(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint32_t classes[] = {0, 3, 17};
    for (size_t c = 0; c < COUNT(classes); c++) {
        ib_counter *counters[2];
        uint64_t times[2] = {1, 1};
        for (int i = 0; i < 2; i++) {
            counters[i] = counter_of(context, IB_CODE_UINT8, 3, classes[c]);
            add_few(context, counters[i]);
        }
        int turn = 0;
        for (; times[0] + times[1] <= UINT64_MAX / 7; turn ^= 1) {
            assert_ok(context, ib_counter_merge(counters[turn], counters[!turn]));
            times[turn] += times[!turn];
            assert_few(counters[turn], times[turn]);
        }
        assert_true(times[turn] > UINT64_MAX / 64);
        assert_fails(context, IB_ERR_OVERFLOW, "2^64", ib_counter_merge(counters[turn], counters[!turn]));
        assert_few(counters[turn], times[turn]);
        ib_counter_destroy(counters[0]);
        ib_counter_destroy(counters[1]);
    }
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_by_hand),
        cmocka_unit_test(empty_and_null),
        cmocka_unit_test(without_labels_the_only_label_is_zero),
        cmocka_unit_test(all_types_and_widths),
        cmocka_unit_test(float_codes),
        cmocka_unit_test(strides),
        cmocka_unit_test(wide_rows),
        cmocka_unit_test(in_chunks_and_again_after_reset),
        cmocka_unit_test(reset_keeps_the_memory),
        cmocka_unit_test(merge_by_hand),
        cmocka_unit_test(no_two_short_keys_are_one),
        cmocka_unit_test(counts_beyond_32_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
