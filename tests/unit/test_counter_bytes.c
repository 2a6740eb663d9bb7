/* Counters come back from bytes as they were, or not at all; whatever the bytes say, memory follows what is there. */
#include "peak.h"
#include "seven_rows.h"
#include "stream.h"

#include "info/counter.h"

#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { FRAME = 20, CHECKSUM = 8, HEAD = 40, MANY = 3000 };

static test_stream written(ib_context *context, const ib_counter *counter)
{
    test_stream stream = {.size = 0};
    assert_ok(context, ib_counter_write(counter, test_stream_write, &stream));
    return stream;
}

static ib_status read_again(ib_context *context, test_stream *stream, ib_counter **counter)
{
    stream->at = 0;
    return ib_counter_read(context, test_stream_read, stream, counter);
}

/* Saves, reads, and saves again: the same bytes. The stream keeps them. */
static ib_counter *there_and_back(ib_context *context, const ib_counter *counter, test_stream *stream)
{
    ib_counter *back = NULL;
    *stream = written(context, counter);
    assert_ok(context, read_again(context, stream, &back));
    test_stream again = written(context, back);
    assert_int_equal(again.size, stream->size);
    assert_memory_equal(again.data, stream->data, again.size);
    test_stream_free(&again);
    return back;
}

/* --- bytes by hand ------------------------------------------------------------------------------------------------ */

/* A frame around a body, as docs/format.md has it. */
static test_stream framed(const unsigned char *body, size_t n)
{
    static const unsigned char begin[12] = {0x89, 'i', 'b', 'c', 0x0d, 0x0a, 0x1a, 0x0a, 1, 0, 0, 0};
    unsigned char *data = calloc(1, FRAME + n + CHECKSUM);
    memcpy(data, begin, sizeof begin);
    for (size_t i = 0; i < 8; i++)
        data[12 + i] = (unsigned char)(n >> 8 * i);
    memcpy(data + FRAME, body, n);
    const uint64_t hash = XXH3_64bits(data, FRAME + n);
    for (size_t i = 0; i < 8; i++)
        data[FRAME + n + i] = (unsigned char)(hash >> 8 * i);
    return (test_stream){.data = data, .size = FRAME + n + CHECKSUM, .room = FRAME + n + CHECKSUM};
}

/* The seven rows with three labels: type 1, three columns, three classes, seven rows, four distinct; the labels'
 * counts; then each row, and how often it occurs with each label. */
static const unsigned char few_body[] = {1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0,
                                         0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 2, 3, 2, /* labels */
                                         5, 0, 1, 1, 0, 2,                                              /* at 43 */
                                         0, 5, 1, 0, 2, 0,                                              /* at 49 */
                                         0, 0, 0, 1, 0, 0, 1, 0, 5, 0, 1, 0};                           /* at 55, 61 */

/* The same with twenty classes: a count for each row, and five pairs of a row and a label, as they came. */
static const unsigned char few_pairs[] = {
    1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0,
    0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 2, 3, 2, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* labels, at 40 */
    5, 0, 1, 3, 0, 5, 1, 2, 0, 0, 0, 1, 1, 0, 5, 1,                                            /* rows, at 60 */
    5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 0, 2, 2,  2, 0, 1, 3, 1, 1};                     /* pairs, at 76 */

static void assert_bytes(ib_context *context, uint32_t classes, const unsigned char *body, size_t n)
{
    ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, classes);
    add_few(context, counter);
    test_stream expected = framed(body, n), actual = written(context, counter);
    assert_int_equal(actual.size, expected.size);
    assert_memory_equal(actual.data, expected.data, actual.size);
    ib_counter *back = NULL;
    assert_ok(context, read_again(context, &expected, &back));
    assert_few(back, 1);
    add_few(context, back); /* identifiers are those that were */
    assert_few(back, 2);
    test_stream_free(&expected);
    test_stream_free(&actual);
    ib_counter_destroy(counter);
    ib_counter_destroy(back);
}

static void seven_rows_byte_by_byte(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    assert_bytes(context, 3, few_body, sizeof few_body);
    assert_bytes(context, 20, few_pairs, sizeof few_pairs);
    ib_context_destroy(context);
}

/* A body with some bytes changed, and a checksum that holds. */
typedef struct wrong {
    size_t at;
    unsigned char from, to;
    const char *words;
} wrong;

static void assert_refused(ib_context *context, const unsigned char *body, size_t n, const char *words)
{
    test_stream stream = framed(body, n);
    ib_counter *counter = (ib_counter *)context; /* anything but NULL */
    assert_fails(context, IB_ERR_IO, words, read_again(context, &stream, &counter));
    assert_null(counter);
    test_stream_free(&stream);
}

static void assert_all_refused(const unsigned char *body, size_t n, const wrong *cases, size_t count)
{
    ib_context *context = test_context(NULL);
    unsigned char *changed = malloc(n);
    for (size_t i = 0; i < count; i++) {
        memcpy(changed, body, n);
        assert_int_equal(changed[cases[i].at], cases[i].from);
        changed[cases[i].at] = cases[i].to;
        assert_refused(context, changed, n, cases[i].words);
    }
    free(changed);
    ib_context_destroy(context);
}

static void bodies_that_are_none(void **state)
{
    (void)state;
    static const wrong dense[] = {
        {0, 1, 0, "type"},      {0, 1, 8, "type"},      {7, 0, 1, "type"},         {8, 3, 0, "wide"},
        {15, 0, 0x80, "wide"},  {16, 3, 0, "as many"},  {20, 0, 1, "as many"},     {16, 3, 2, "fewer"},
        {24, 7, 8, "fewer"},    {24, 7, 6, "more"},     {24, 7, 0, "distinct"},    {32, 4, 0, "distinct"},
        {32, 4, 8, "distinct"}, {36, 0, 1, "distinct"}, {32, 4, 3, "fewer"},       {32, 4, 5, "more fields"},
        {40, 2, 3, "more"},     {40, 2, 1, "fewer"},    {41, 3, 0x83, "more"},     {46, 1, 0, "fewer"},
        {46, 1, 2, "more"},     {48, 2, 1, "fewer"},    {46, 1, 0x81, "shortest"}, {58, 1, 0, "never"},
    };
    static const wrong sparse[] = {
        {40, 2, 1, "fewer"},      {63, 3, 2, "fewer"},  {67, 2, 0, "never"}, {76, 5, 4, "fewer"},
        {76, 5, 6, "more field"}, {84, 0, 4, "not th"}, {84, 0, 1, "often"}, {85, 0, 20, "not there"},
        {85, 0, 2, "twice"},      {86, 1, 0, "never"},  {86, 1, 2, "often"}, {91, 2, 0, "twice"},
        {91, 2, 3, "add up"},     {92, 2, 1, "fewer"},
    };
    assert_all_refused(few_body, sizeof few_body, dense, COUNT(dense));
    assert_all_refused(few_pairs, sizeof few_pairs, sparse, COUNT(sparse));
}

static void bodies_that_contradict_themselves(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    unsigned char changed[sizeof few_body + 1] = {0};
    memcpy(changed, few_body, sizeof few_body);
    memcpy(changed + 61, changed + 43, 3); /* the last row is the first once more */
    assert_refused(context, changed, sizeof few_body, "twice");
    memcpy(changed, few_body, sizeof few_body);
    changed[46] = 0, changed[47] = 1; /* one label for another */
    assert_refused(context, changed, sizeof few_body, "add up");
    memcpy(changed, few_body, sizeof few_body);
    assert_refused(context, changed, sizeof few_body + 1, "no field more");
    assert_refused(context, changed, sizeof few_body - 1, "more fields");
    assert_refused(context, changed, HEAD - 1, "more fields");
    assert_refused(context, changed, 0, "more fields");
    ib_context_destroy(context);
}

/* Numbers longer than necessary, or than 64 bits: the count of one row without labels. */
static void numbers_in_their_shortest_form(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const struct {
        unsigned char bytes[11];
        size_t n;
        uint64_t value; /* 0: refused */
    } cases[] = {
        {{1}, 1, 1},
        {{0x7f}, 1, 127},
        {{0x80, 1}, 2, 128},
        {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, 10, UINT64_MAX},
        {{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1}, 10, UINT64_C(1) << 63},
        {{0x81, 0}, 2, 0},
        {{0x80, 0x80, 0}, 3, 0},
        {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 3}, 10, 0},
        {{0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x81, 0}, 11, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned char body[HEAD + 1 + 11] = {1, [8] = 1, [16] = 1, [32] = 1, [40] = 9};
        const uint64_t total = cases[i].value ? cases[i].value : 1;
        for (size_t b = 0; b < 8; b++)
            body[24 + b] = (unsigned char)(total >> 8 * b);
        memcpy(body + HEAD + 1, cases[i].bytes, cases[i].n);
        if (cases[i].value == 0) {
            assert_refused(context, body, HEAD + 1 + cases[i].n, "shortest");
            continue;
        }
        test_stream stream = framed(body, HEAD + 1 + cases[i].n);
        ib_counter *counter = NULL;
        assert_ok(context, read_again(context, &stream, &counter));
        assert_true(ib_counter_get(counter, 0) == cases[i].value && ib_counter_rows(counter) == cases[i].value);
        test_stream_free(&stream);
        stream = written(context, counter);
        assert_memory_equal(stream.data + FRAME + HEAD + 1, cases[i].bytes, cases[i].n);
        test_stream_free(&stream);
        ib_counter_destroy(counter);
    }
    ib_context_destroy(context);
}

/* Counters make +0 of it, so there is none that could have been saved with it. */
static void negative_zero(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    unsigned char single[HEAD + 8 + 1] = {5, [8] = 2, [16] = 1, [24] = 1, [32] = 1, [47] = 0x80, [48] = 1};
    unsigned char twofold[HEAD + 8 + 1] = {7, [8] = 1, [16] = 1, [24] = 1, [32] = 1, [47] = 0x80, [48] = 1};
    assert_refused(context, single, sizeof single, "-0");
    assert_refused(context, twofold, sizeof twofold, "-0");
    for (size_t type = 2; type < 5; type++) { /* the same bytes as integers are codes like others */
        static const unsigned char widths[] = {0, 0, 4, 2, 1};
        single[0] = (unsigned char)type;
        single[8] = widths[type];
        test_stream stream = framed(single, sizeof single);
        ib_counter *counter = NULL;
        assert_ok(context, read_again(context, &stream, &counter));
        ib_counter_destroy(counter);
        test_stream_free(&stream);
    }
    ib_context_destroy(context);
}

/* --- memory ------------------------------------------------------------------------------------------------------- */

/* Few bytes that claim to be a large counter. */
static void memory_follows_what_is_there(void **state)
{
    (void)state;
    static const struct {
        uint64_t columns, classes, total, distinct;
    } claims[] = {
        {UINT64_C(1) << 40, 1, 1, 1},
        {UINT64_C(1) << 62, 1, UINT64_MAX, 1},
        {1, UINT32_MAX, 1, 1},
        {1, 17, UINT32_MAX, UINT32_MAX},
        {1, 1, UINT32_MAX, UINT32_MAX},
        {UINT64_C(1) << 40, 1, 0, 0},
        {UINT64_C(1) << 32, 16, 1u << 30, 1u << 30},
        {1, UINT32_MAX, 0, 0},
    };
    peak memory;
    ib_context *context = peak_context(&memory);
    const size_t before = memory.live;
    for (size_t i = 0; i < COUNT(claims); i++)
        for (size_t n = 0; n <= 4096; n = 2 * n + 64) {
            unsigned char body[HEAD + 4096 + 64] = {1};
            const uint64_t head[4] = {claims[i].columns, claims[i].classes, claims[i].total, claims[i].distinct};
            for (size_t b = 0; b < 32; b++)
                body[8 + b] = (unsigned char)(head[b / 8] >> 8 * (b % 8));
            test_stream stream = framed(body, HEAD + n);
            ib_counter *counter = NULL;
            memory.most = before;
            const ib_status status = read_again(context, &stream, &counter);
            assert_true(status == IB_ERR_IO || (claims[i].distinct == 0 && claims[i].classes == 1 && n == 0));
            /* Slots, keys and counts of a block of rows, then a multiple of what is there. */
            assert_true(memory.most - before < 16384 + 64 * n);
            ib_counter_destroy(counter);
            assert_int_equal(memory.live, before);
            test_stream_free(&stream);
        }
    ib_context_destroy(context);
}

static void add_random(ib_context *context, ib_counter *counter, size_t rows)
{
    static uint16_t codes[MANY][3];
    static uint32_t labels[MANY];
    static uint64_t times[MANY];
    const uint32_t classes = ib_counter_classes(counter);
    for (size_t i = 0; i < rows; i++) {
        for (size_t c = 0; c < 3; c++)
            codes[i][c] = (uint16_t)(test_random_below(10) * 6554);
        labels[i] = (uint32_t)test_random_below(classes);
        times[i] = 1 + (test_random_below(20) ? test_random_below(3) : test_random() >> test_random_below(40) >> 24);
    }
    const ib_codes all = codes_of(IB_CODE_UINT16, codes, rows, 3);
    assert_ok(context, ib_counter_add_times(counter, &all, classes > 1 ? labels : NULL, times));
}

static ib_status add_and_read(ib_context *context, void *user_data)
{
    ib_counter *counter = NULL;
    const ib_status status = read_again(context, user_data, &counter);
    assert_true((status == IB_OK) == (counter != NULL));
    ib_counter_destroy(counter);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    static const uint32_t classes[] = {1, 3, 300};
    ib_context *context = test_context(NULL);
    for (size_t c = 0; c < COUNT(classes); c++) {
        ib_counter *counter = counter_of(context, IB_CODE_UINT16, 3, classes[c]);
        add_random(context, counter, 300);
        test_stream stream = written(context, counter);
        test_every_failed_allocation(add_and_read, &stream);
        test_stream_free(&stream);
        ib_counter_destroy(counter);
    }
    ib_context_destroy(context);
}

/* --- random counters ---------------------------------------------------------------------------------------------- */

static const uint32_t some_classes[] = {1, 2, 16, 17, 300};

static void assert_same(const ib_counter *a, const ib_counter *b)
{
    ib_entropies of_a, of_b;
    ib_entropy_measure(a, &of_a);
    ib_entropy_measure(b, &of_b);
    assert_memory_equal(&of_a, &of_b, sizeof of_a);
    assert_int_equal(ib_counter_rows(a), ib_counter_rows(b));
    assert_int_equal(ib_counter_distinct(a), ib_counter_distinct(b));
    for (uint64_t id = 0; id < ib_counter_distinct(a); id++) {
        uint16_t codes[2][3];
        assert_int_equal(ib_counter_get_codes(a, id, codes[0]), IB_OK);
        assert_int_equal(ib_counter_get_codes(b, id, codes[1]), IB_OK);
        assert_memory_equal(codes[0], codes[1], sizeof codes[0]);
        for (uint32_t label = 0; label < ib_counter_classes(a); label++)
            assert_true(ib_counter_get_labelled(a, id, label) == ib_counter_get_labelled(b, id, label));
    }
    for (uint32_t label = 0; label < ib_counter_classes(a); label++)
        assert_true(ib_counter_get_label(a, label) == ib_counter_get_label(b, label));
}

/* Parts that were saved and read are merged to the whole. */
static void parts_are_the_whole(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    for (size_t c = 0; c < COUNT(some_classes); c++) {
        ib_counter *whole = counter_of(context, IB_CODE_UINT16, 3, some_classes[c]);
        ib_counter *merged = counter_of(context, IB_CODE_UINT16, 3, some_classes[c]);
        for (size_t part = 0; part < 5; part++) {
            ib_counter *counter = counter_of(context, IB_CODE_UINT16, 3, some_classes[c]);
            if (part != 2)
                add_random(context, counter, 1 + test_random_below(MANY - 1));
            test_stream stream;
            ib_counter *back = there_and_back(context, counter, &stream);
            assert_same(back, counter);
            assert_ok(context, ib_counter_merge(whole, counter));
            assert_ok(context, ib_counter_merge(merged, back));
            add_random(context, back, 100); /* it can be used like any other */
            test_stream_free(&stream);
            ib_counter_destroy(counter);
            ib_counter_destroy(back);
        }
        assert_same(whole, merged);
        ib_counter_destroy(whole);
        ib_counter_destroy(merged);
    }
    ib_context_destroy(context);
}

/* Cut short anywhere, changed anywhere, and given in any pieces. */
static void damaged(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    for (size_t c = 0; c < COUNT(some_classes); c++) {
        ib_counter *counter = counter_of(context, IB_CODE_UINT16, 3, some_classes[c]), *back = NULL;
        add_random(context, counter, 40);
        test_stream stream = written(context, counter);
        const size_t size = stream.size;
        for (stream.size = 0; stream.size < size; stream.size++) {
            assert_int_equal(read_again(context, &stream, &back), IB_ERR_IO);
            assert_null(back);
        }
        for (size_t at = 0; at < size; at++)
            for (unsigned bit = 0; bit < 8; bit++) {
                stream.data[at] ^= (unsigned char)(1u << bit);
                const ib_status status = read_again(context, &stream, &back);
                assert_true(status == IB_ERR_IO || (status == IB_ERR_UNSUPPORTED && at >= 8 && at < 12));
                assert_null(back);
                stream.data[at] ^= (unsigned char)(1u << bit);
            }
        for (stream.piece = 1; stream.piece < 2000; stream.piece *= 3) {
            assert_ok(context, read_again(context, &stream, &back));
            assert_int_equal(stream.at, stream.size);
            assert_same(counter, back);
            ib_counter_destroy(back);
        }
        test_stream_free(&stream);
        ib_counter_destroy(counter);
    }
    ib_context_destroy(context);
}

/* --- callbacks ---------------------------------------------------------------------------------------------------- */

static int32_t write_no_more(const void *data, size_t size, void *user_data)
{
    (void)data;
    (void)size;
    return *(const int32_t *)user_data;
}

static int32_t read_no_more(void *data, size_t size, size_t *count, void *user_data)
{
    (void)data;
    *count = size + 1; /* more than is wanted, where that matters */
    return *(const int32_t *)user_data;
}

static void callbacks_that_stop_or_fail(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, 3), *back = NULL;
    int32_t value = 7;
    assert_int_equal(ib_counter_write(counter, write_no_more, &value), IB_STOPPED);
    assert_int_equal(ib_context_callback_value(context), 7);
    assert_int_equal(ib_counter_read(context, read_no_more, &value, &back), IB_STOPPED);
    value = -8;
    assert_fails(context, IB_ERR_CALLBACK, "write", ib_counter_write(counter, write_no_more, &value));
    assert_fails(context, IB_ERR_CALLBACK, "read", ib_counter_read(context, read_no_more, &value, &back));
    assert_int_equal(ib_context_callback_value(context), -8);
    value = 0;
    assert_fails(context, IB_ERR_RANGE, "read", ib_counter_read(context, read_no_more, &value, &back));
    assert_null(back);
    assert_fails(context, IB_ERR_ARG, "write", ib_counter_write(counter, NULL, NULL));
    assert_int_equal(ib_counter_write(NULL, write_no_more, &value), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "read", ib_counter_read(context, NULL, NULL, &back));
    assert_fails(context, IB_ERR_ARG, "out", ib_counter_read(context, read_no_more, &value, NULL));
    back = counter;
    assert_int_equal(ib_counter_read(NULL, read_no_more, &value, &back), IB_ERR_ARG);
    assert_null(back);
    ib_counter_destroy(counter);
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seven_rows_byte_by_byte),
        cmocka_unit_test(bodies_that_are_none),
        cmocka_unit_test(bodies_that_contradict_themselves),
        cmocka_unit_test(numbers_in_their_shortest_form),
        cmocka_unit_test(negative_zero),
        cmocka_unit_test(memory_follows_what_is_there),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(parts_are_the_whole),
        cmocka_unit_test(damaged),
        cmocka_unit_test(callbacks_that_stop_or_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
