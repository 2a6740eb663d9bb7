/* What a spool refuses, and what is left when callbacks stop or fail, partitions are damaged, or memory runs out. */
#include "spool_store.h"

static void refuses_to_create(void **state)
{
    (void)state;
    test_memory memory;
    store s;
    const ib_spool_options good = options_of(&s, 4);
    ib_context *context = test_context(&memory);
    const size_t live = memory.live;
    static const struct {
        uint32_t type, classes, partitions;
        size_t columns;
        uint64_t memory;
        ib_status status;
        const char *words;
    } cases[] = {
        {0, 1, 4, 1, 1 << 20, IB_ERR_ARG, "type"},
        {8, 1, 4, 1, 1 << 20, IB_ERR_ARG, "type"},
        {1, 1, 4, 0, 1 << 20, IB_ERR_ARG, "columns"},
        {1, 1, 4, SIZE_MAX, 1 << 20, IB_ERR_OVERFLOW, "columns"},
        {1, 1, 4, 1, (1 << 20) - 1, IB_ERR_RANGE, "memory"},
        {1, 1, 1 << 16, 1, 1 << 20, IB_ERR_RANGE, "65536 partitions"},
        {1, 1, UINT32_MAX, 1, 1 << 20, IB_ERR_RANGE, "partitions"},
        {1, 1 << 17, 4, 1, 1 << 20, IB_ERR_RANGE, "131072 classes"},
        {1, UINT32_MAX, 4, 1, 1 << 20, IB_ERR_RANGE, "classes"},
        {1, 1, 4, 1 << 20, 1 << 20, IB_ERR_RANGE, "1048576 columns"},
        {1, 1, 4, SIZE_MAX / 4, 1 << 20, IB_ERR_RANGE, "columns"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        ib_spool_options options = good;
        ib_spool *spool = (ib_spool *)context; /* anything but NULL */
        options.partitions = cases[i].partitions;
        options.memory = cases[i].memory;
        assert_fails(context, cases[i].status, cases[i].words,
                     ib_spool_create(context, cases[i].type, cases[i].columns, cases[i].classes, &options, &spool));
        assert_null(spool);
        assert_int_equal(memory.live, live);
    }
    ib_spool *spool = (ib_spool *)context;
    ib_spool_options options = good;
    options.write = NULL;
    assert_fails(context, IB_ERR_ARG, "write", ib_spool_create(context, 1, 1, 0, &options, &spool));
    options = good;
    options.read = NULL;
    assert_fails(context, IB_ERR_ARG, "read", ib_spool_create(context, 1, 1, 0, &options, &spool));
    assert_fails(context, IB_ERR_ARG, "write", ib_spool_create(context, 1, 1, 0, NULL, &spool));
    options = good;
    options.struct_size = 4;
    assert_fails(context, IB_ERR_ARG, "struct_size", ib_spool_create(context, 1, 1, 0, &options, &spool));
    assert_fails(context, IB_ERR_ARG, "out", ib_spool_create(context, 1, 1, 0, &good, NULL));
    assert_int_equal(ib_spool_create(NULL, 1, 1, 0, &good, &spool), IB_ERR_ARG);
    assert_null(spool);
    ib_spool_destroy(NULL);
    ib_spool_options_init(NULL);
    assert_int_equal(memory.live, live);
    ib_context_destroy(context);
}

static void defaults(void **state)
{
    (void)state;
    store s;
    ib_context *context = test_context(NULL);
    ib_spool_options options = options_of(&s, 0);
    ib_spool *spool = NULL;
    options.memory = 0;
    assert_ok(context, ib_spool_create(context, IB_CODE_UINT8, 1, 0, &options, &spool));
    assert_int_equal(spool->options.partitions, 64);
    assert_int_equal(spool->meter.limit, 256 << 20);
    ib_spool_result result = {.struct_size = sizeof result, .rows = 9, .entropies = {.mutual = 9}};
    const ib_spool_result nothing = {.struct_size = sizeof result};
    assert_ok(context, ib_spool_measure(spool, &result, NULL, NULL, NULL)); /* of no rows */
    assert_memory_equal(&result, &nothing, sizeof result);
    ib_spool_destroy(spool);
    ib_context_destroy(context);
}

static void refuses_to_add_and_measure(void **state)
{
    (void)state;
    static rows r;
    store s;
    ib_context *context = test_context(NULL);
    const ib_spool_options options = options_of(&s, 4);
    make(&r, IB_CODE_UINT8, 3, 100);
    ib_spool *spool = spool_of(context, r.type, COLUMNS, 3, &options, 0);
    add_range(context, spool, &r, 0, 100);
    ib_spool_result first = {.struct_size = sizeof first}, result = first;
    assert_ok(context, ib_spool_measure(spool, &first, NULL, NULL, NULL));

    ib_codes codes = codes_of(&r, 0, 100);
    uint32_t labels[100] = {0};
    assert_fails(context, IB_ERR_ARG, "codes", ib_spool_add(spool, NULL, labels));
    assert_fails(context, IB_ERR_ARG, "labels", ib_spool_add(spool, &codes, NULL));
    labels[99] = 3;
    assert_fails(context, IB_ERR_RANGE, "labels[99]", ib_spool_add(spool, &codes, labels));
    labels[99] = 0;
    codes.columns = 2;
    assert_fails(context, IB_ERR_SHAPE, "columns", ib_spool_add(spool, &codes, labels));
    codes = codes_of(&r, 0, 100);
    codes.missing = IB_MISSING_REFUSE;
    codes.missing_code = r.codes[33 * COLUMNS + 1];
    assert_fails(context, IB_ERR_RANGE, "missing", ib_spool_add(spool, &codes, labels));
    codes = codes_of(&r, 0, 100);
    spool->total = UINT64_MAX - 150; /* as if there had been that many */
    assert_fails(context, IB_ERR_OVERFLOW, "2^64", ib_spool_add(spool, &codes, labels));
    spool->total = 0;

    ib_profile *profile = NULL;
    assert_ok(context, ib_profile_create(context, &profile));
    assert_fails(context, IB_ERR_ARG, "result", ib_spool_measure(spool, NULL, NULL, NULL, NULL));
    result.struct_size = 3;
    assert_fails(context, IB_ERR_ARG, "result", ib_spool_measure(spool, &result, NULL, NULL, NULL));
    result.struct_size = offsetof(ib_spool_result, distinct);
    assert_ok(context, ib_spool_measure(spool, &result, NULL, NULL, NULL)); /* as far as it reaches */
    assert_true(result.rows == first.rows && result.distinct == 0);
    result.struct_size = sizeof result;
    assert_fails(context, IB_ERR_ARG, "twice", ib_spool_measure(spool, &result, profile, profile, NULL));
    assert_fails(context, IB_ERR_ARG, "twice", ib_spool_measure(spool, &result, profile, NULL, profile));
    assert_fails(context, IB_ERR_ARG, "twice", ib_spool_measure(spool, &result, NULL, profile, profile));
    assert_int_equal(ib_spool_measure(NULL, &result, NULL, NULL, NULL), IB_ERR_ARG);
    assert_int_equal(ib_spool_add(NULL, &codes, labels), IB_ERR_ARG);
    assert_ok(context, ib_spool_measure(spool, &result, NULL, NULL, NULL));
    assert_memory_equal(&result, &first, sizeof first);
    ib_profile_destroy(profile);
    ib_spool_destroy(spool);
    ib_context_destroy(context);
}

/* --- callbacks ---------------------------------------------------------------------------------------------------- */

static ib_status add_all(ib_spool *spool, const rows *r)
{
    const ib_codes codes = codes_of(r, 0, ROWS);
    return ib_spool_add(spool, &codes, r->classes > 1 ? r->labels : NULL);
}

/* Writing stops or fails after so many calls: the spool is lost, and says so. Or reading does, and can be repeated. */
static void callbacks_that_stop_or_fail(void **state)
{
    (void)state;
    static rows r;
    ib_context *context = test_context(NULL);
    make(&r, IB_CODE_UINT32, 2, 4000);
    for (size_t round = 0; round < 40; round++) {
        store s;
        const ib_spool_options options = options_of(&s, 3);
        ib_spool *spool = spool_of(context, r.type, COLUMNS, 2, &options, 1 << 16);
        ib_spool_result result = {.struct_size = sizeof result, .rows = 77}, expected = {.struct_size = sizeof result};
        s.value = round % 2 ? 5 : -5;
        s.last = round < 20 ? 3 * round : SIZE_MAX;
        const ib_status lost = round % 2 ? IB_STOPPED : IB_ERR_CALLBACK;
        ib_status status = add_all(spool, &r);
        if (round < 20) {
            if (status == IB_OK) /* it was not called as often as that */
                status = ib_spool_measure(spool, &result, NULL, NULL, NULL);
            assert_int_equal(status, lost);
            assert_int_equal(ib_context_callback_value(context), s.value);
            assert_int_equal(result.rows, 77);
            if (spool->broken) {
                assert_fails(context, IB_ERR_STATE, "put rows away", add_all(spool, &r));
                assert_fails(context, IB_ERR_STATE, "put rows away",
                             ib_spool_measure(spool, &result, NULL, NULL, NULL));
            }
        } else {
            assert_ok(context, status);
            assert_ok(context, ib_spool_measure(spool, &expected, NULL, NULL, NULL));
            s.last = s.calls + 3 * (round - 20);
            assert_int_equal(ib_spool_measure(spool, &result, NULL, NULL, NULL), lost);
            assert_int_equal(ib_context_callback_value(context), s.value);
            assert_int_equal(result.rows, 77);
            s.last = SIZE_MAX;
            s.too_many = 1;
            assert_fails(context, IB_ERR_RANGE, "read", ib_spool_measure(spool, &result, NULL, NULL, NULL));
            s.too_many = 0;
            assert_ok(context, ib_spool_measure(spool, &result, NULL, NULL, NULL));
            assert_memory_equal(&result, &expected, sizeof result);
        }
        ib_spool_destroy(spool);
        store_free(&s);
    }
    ib_context_destroy(context);
}

static void callbacks_that_call_back(void **state)
{
    (void)state;
    static rows r;
    store s;
    ib_context *context = test_context(NULL);
    const ib_spool_options options = options_of(&s, 3);
    make(&r, IB_CODE_UINT32, 1, 4000);
    ib_spool *spool = spool_of(context, r.type, COLUMNS, 1, &options, 1 << 16);
    s.called_back = spool;
    ib_spool_result result = {.struct_size = sizeof result};
    assert_ok(context, add_all(spool, &r));
    assert_ok(context, ib_spool_measure(spool, &result, NULL, NULL, NULL));
    assert_int_equal(result.rows, ROWS);
    assert_true(s.calls > 10);
    ib_spool_destroy(spool);
    store_free(&s);
    ib_context_destroy(context);
}

/* --- damage ------------------------------------------------------------------------------------------------------- */

static void assert_damaged(ib_context *context, ib_spool *spool)
{
    ib_spool_result result = {.struct_size = sizeof result, .rows = 77};
    ib_profile *profile = NULL;
    assert_ok(context, ib_profile_create(context, &profile));
    /* A piece of another version is refused as such. */
    const ib_status status = ib_spool_measure(spool, &result, profile, NULL, NULL);
    assert_true(status == IB_ERR_IO || status == IB_ERR_UNSUPPORTED);
    assert_int_equal(result.rows, 77);
    assert_int_equal(ib_profile_count(profile), 0);
    ib_profile_destroy(profile);
}

static void swap_parts(test_stream *a, test_stream *b)
{
    const test_stream c = *a;
    *a = *b;
    *b = c;
}

/* The first two pieces of a partition, which are as long as they say, change places. */
static void swap_pieces(test_stream *part)
{
    size_t length[2], at = 0;
    for (size_t i = 0; i < 2; i++) {
        uint64_t body = 0;
        for (size_t b = 0; b < 8; b++)
            body |= (uint64_t)part->data[at + 12 + b] << 8 * b;
        length[i] = 20 + (size_t)body + 8;
        at += length[i];
    }
    unsigned char *copy = malloc(at);
    memcpy(copy, part->data, at);
    memcpy(part->data, copy + length[0], length[1]);
    memcpy(part->data + length[1], copy, length[0]);
    free(copy);
}

static void damaged_partitions(void **state)
{
    (void)state;
    static rows r, other_rows;
    store s, other;
    ib_context *context = test_context(NULL);
    ib_spool_options options = options_of(&s, 3);
    make(&r, IB_CODE_UINT16, 20, 3000);
    make(&other_rows, IB_CODE_UINT16, 20, 3000);
    ib_spool *spool = spool_of(context, r.type, COLUMNS, 20, &options, 1 << 16);
    options = options_of(&other, 3);
    ib_spool *second = spool_of(context, r.type, COLUMNS, 20, &options, 1 << 16);
    ib_spool_result before = {.struct_size = sizeof before}, after = before;
    assert_ok(context, add_all(spool, &r));
    assert_ok(context, add_all(second, &other_rows));
    assert_ok(context, ib_spool_measure(spool, &before, NULL, NULL, NULL));
    assert_ok(context, ib_spool_measure(second, &after, NULL, NULL, NULL));
    for (size_t p = 0; p < 3; p++) {
        test_stream *part = &s.parts[p];
        const size_t size = part->size;
        for (size_t at = 0; at < size; at += at < 80 ? 1 : 1 + test_random_below(size / 30)) {
            const unsigned char bits = (unsigned char)(1u << test_random_below(8));
            part->data[at] ^= bits;
            assert_damaged(context, spool);
            part->data[at] ^= bits;
        }
        for (size_t n = 0; n < 20; n++) {
            part->size = n ? size - test_random_below(size) - 1 : size - 1;
            assert_damaged(context, spool);
        }
        part->size = size;
        swap_pieces(part);
        assert_damaged(context, spool);
        swap_pieces(part);
        swap_parts(part, &s.parts[(p + 1) % 3]);
        assert_damaged(context, spool);
        swap_parts(part, &s.parts[(p + 1) % 3]);
        swap_parts(part, &other.parts[p]); /* whole, but of another time */
        assert_damaged(context, spool);
        swap_parts(part, &other.parts[p]);
    }
    assert_ok(context, ib_spool_measure(spool, &after, NULL, NULL, NULL));
    assert_memory_equal(&before, &after, sizeof before);
    ib_spool_destroy(spool);
    ib_spool_destroy(second);
    store_free(&s);
    store_free(&other);
    ib_context_destroy(context);
}

/* --- memory ------------------------------------------------------------------------------------------------------- */

/* Adds and measures; what fails before rows are put away can be repeated by whoever has memory again. */
static ib_status add_and_measure(ib_context *context, void *user_data)
{
    const rows *r = user_data;
    store s;
    const ib_spool_options options = options_of(&s, 2);
    ib_spool_result result = {.struct_size = sizeof result, .rows = 77};
    ib_profile *profiles[2] = {NULL, NULL};
    ib_spool *spool = NULL;
    const ib_codes few = codes_of(r, 0, 50), many = codes_of(r, 50, 700);
    const uint32_t *labels = r->classes > 1 ? r->labels : NULL;
    ib_status status = ib_spool_create(context, r->type, COLUMNS, r->classes, &options, &spool);
    assert_true((status == IB_OK) == (spool != NULL));
    if (status == IB_OK) {
        spool->meter.limit = spool->meter.used + (1 << 15);
        status = ib_profile_create(context, &profiles[0]);
    }
    if (status == IB_OK)
        status = ib_profile_create(context, &profiles[1]);
    if (status == IB_OK)
        status = ib_spool_add(spool, &few, labels);
    if (status == IB_OK)
        status = ib_spool_add(spool, &many, labels ? labels + 50 : NULL);
    if (status == IB_OK)
        status = ib_spool_measure(spool, &result, profiles[0], profiles[1], NULL);
    assert_true(status == IB_OK ? result.spilled == 1 : result.rows == 77);
    assert_true(status == IB_OK || ib_profile_count(profiles[0]) == 0);
    ib_profile_destroy(profiles[0]);
    ib_profile_destroy(profiles[1]);
    ib_spool_destroy(spool);
    store_free(&s);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    static rows r;
    static const uint32_t classes[] = {1, 3, 17};
    for (size_t c = 0; c < COUNT(classes); c++) {
        make(&r, IB_CODE_UINT32, classes[c], 2000);
        test_every_failed_allocation(add_and_measure, &r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_to_create),
        cmocka_unit_test(defaults),
        cmocka_unit_test(refuses_to_add_and_measure),
        cmocka_unit_test(callbacks_that_stop_or_fail),
        cmocka_unit_test(callbacks_that_call_back),
        cmocka_unit_test(damaged_partitions),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
