/* Counts of counts: how they are kept, and where they come from. Their entropies are in test_entropy_estimates.c. */
#include "seven_rows.h"

#include "info/counter.h"
#include "info/profile.h"

#include <string.h>

static ib_profile *profile_of(ib_context *context)
{
    ib_profile *profile = NULL;
    assert_ok(context, ib_profile_create(context, &profile));
    return profile;
}

/* The profile has these pairs, and totals that go with them. */
static void assert_pairs(ib_context *context, const ib_profile *profile, const uint64_t (*pairs)[2], size_t count)
{
    uint64_t n = 0, distinct = 0, once = 0, twice = 0;
    assert_int_equal(ib_profile_count(profile), count);
    for (size_t i = 0; i < count; i++) {
        uint64_t k, m;
        assert_ok(context, ib_profile_get(profile, i, &k, &m));
        assert_int_equal(k, pairs[i][0]);
        assert_int_equal(m, pairs[i][1]);
        n += k * m;
        distinct += m;
        once += k == 1 ? m : 0;
        twice += k == 2 ? m : 0;
    }
    ib_coverage coverage = {.struct_size = sizeof coverage};
    assert_ok(context, ib_profile_coverage(profile, &coverage));
    assert_int_equal(coverage.n, n);
    assert_int_equal(coverage.distinct, distinct);
    assert_int_equal(coverage.singletons, once);
    assert_int_equal(coverage.doubletons, twice);
    assert_true(coverage.coverage == (n ? (double)(n - once) / (double)n : 0.0));
    assert_true(coverage.per_distinct == (n ? (double)n / (double)distinct : 0.0));
}

static void pairs_are_sorted_and_merged(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_profile *profile = profile_of(context);
    assert_pairs(context, profile, NULL, 0);
    static const uint64_t added[][2] = {{7, 1}, {2, 3}, {0, 9}, {5000, 2}, {7, 4}, {1, 1}, {9, 0}, {2, 1}, {4, 1}};
    for (size_t i = 0; i < sizeof added / sizeof added[0]; i++)
        assert_ok(context, ib_profile_add(profile, added[i][0], added[i][1]));
    static const uint64_t expected[][2] = {{1, 1}, {2, 4}, {4, 1}, {7, 5}, {5000, 2}};
    assert_pairs(context, profile, expected, 5);
    ib_profile_reset(profile);
    assert_pairs(context, profile, NULL, 0);
    assert_ok(context, ib_profile_add(profile, 3, 2));
    assert_pairs(context, profile, (const uint64_t[1][2]){{3, 2}}, 1);
    ib_profile_destroy(profile);
    ib_context_destroy(context);
}

/* Any order of adding gives the same pairs as counting them plainly. */
static void any_order(void **state)
{
    (void)state;
    enum { LARGEST = 300, ADDS = 3000 };
    ib_context *context = test_context(NULL);
    ib_profile *profile = profile_of(context);
    for (int round = 0; round < 5; round++) {
        uint64_t plain[LARGEST] = {0}, pairs[LARGEST][2];
        size_t count = 0;
        ib_profile_reset(profile);
        for (size_t i = 0; i < ADDS; i++) {
            const uint64_t k = test_random_below(LARGEST), m = test_random_below(5);
            assert_ok(context, ib_profile_add(profile, k, m));
            plain[k] += m;
        }
        for (uint64_t k = 1; k < LARGEST; k++)
            if (plain[k] > 0) {
                pairs[count][0] = k;
                pairs[count++][1] = plain[k];
            }
        assert_pairs(context, profile, (const uint64_t(*)[2])pairs, count);
    }
    ib_profile_destroy(profile);
    ib_context_destroy(context);
}

static void equal_counts_take_no_memory(void **state)
{
    (void)state;
    test_memory memory;
    ib_context *context = test_context(&memory);
    ib_profile *profile = profile_of(context);
    assert_ok(context, ib_profile_add(profile, 70000, 1));
    memory.refuse_after = 0;
    for (size_t i = 0; i < 100000; i++)
        assert_ok(context, ib_profile_add(profile, 70000, 1));
    assert_pairs(context, profile, (const uint64_t[1][2]){{70000, 100001}}, 1);
    ib_profile_reset(profile); /* keeps its memory */
    assert_ok(context, ib_profile_add(profile, 1, 1));
    ib_profile_destroy(profile);
    ib_context_destroy(context);
    assert_int_equal(memory.live, 0);
}

/* Of the seven rows: 3, 2, 1, 1; labels 2, 3, 2; pairs 1, 2, 2, 1, 1. With labels in an array, and as pairs. */
static void counters_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint32_t classes[] = {0, 3, 17};
    static const uint64_t rows[3][2] = {{1, 2}, {2, 1}, {3, 1}}, labels[2][2] = {{2, 2}, {3, 1}},
                          joint[2][2] = {{1, 3}, {2, 2}}, seven[1][2] = {{7, 1}};
    for (size_t c = 0; c < 3; c++) {
        ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, classes[c]);
        ib_profile *profile = profile_of(context);
        assert_ok(context, ib_profile_add_counter(profile, counter, IB_PROFILE_ROWS)); /* empty */
        assert_pairs(context, profile, NULL, 0);
        add_few(context, counter);
        assert_few(counter, 1);
        assert_ok(context, ib_profile_add_counter(profile, counter, IB_PROFILE_ROWS));
        assert_pairs(context, profile, rows, 3);
        ib_profile_reset(profile);
        assert_ok(context, ib_profile_add_counter(profile, counter, IB_PROFILE_LABELS));
        assert_pairs(context, profile, classes[c] ? labels : seven, classes[c] ? 2 : 1);
        ib_profile_reset(profile);
        assert_ok(context, ib_profile_add_counter(profile, counter, IB_PROFILE_JOINT));
        assert_pairs(context, profile, classes[c] ? joint : rows, classes[c] ? 2 : 3);
        ib_profile_destroy(profile);
        ib_counter_destroy(counter);
    }
    ib_context_destroy(context);
}

/* Counts of all sizes, in bytes and with what they carry, added to what is there already; and none of them that the
 * counter itself does not tell. */
static void counters_of_any_counts(void **state)
{
    (void)state;
    enum { ROWS = 60000, VALUES = 200 };
    ib_context *context = test_context(NULL);
    static uint8_t data[ROWS];
    static uint32_t labels[ROWS];
    static const uint32_t classes[] = {0, 2, 40};
    for (size_t i = 0; i < ROWS; i++) {
        const uint64_t below = test_random_below(VALUES);
        data[i] = (uint8_t)(below * below * below / (VALUES * VALUES)); /* some often, some hardly */
        labels[i] = (uint32_t)test_random_below(2);
    }
    for (size_t c = 0; c < 3; c++) {
        ib_counter *counter = counter_of(context, IB_CODE_UINT8, 1, classes[c]);
        const ib_codes codes = codes_of(IB_CODE_UINT8, data, ROWS, 1);
        assert_ok(context, ib_counter_add(counter, &codes, classes[c] ? labels : NULL, NULL));
        for (uint32_t things = 0; things < 3; things++) {
            ib_profile *found = profile_of(context), *expected = profile_of(context);
            assert_ok(context, ib_profile_add(found, 3, 1));
            assert_ok(context, ib_profile_add(expected, 3, 1));
            assert_ok(context, ib_profile_add_counter(found, counter, things));
            for (uint64_t id = 0; things != IB_PROFILE_LABELS && id < ib_counter_distinct(counter); id++)
                for (uint32_t y = 0; y < (things == IB_PROFILE_ROWS ? 1 : ib_counter_classes(counter)); y++)
                    assert_ok(context,
                              ib_profile_add(expected,
                                             things == IB_PROFILE_ROWS ? ib_counter_get(counter, id)
                                                                       : ib_counter_get_labelled(counter, id, y),
                                             1));
            for (uint32_t y = 0; things == IB_PROFILE_LABELS && y < ib_counter_classes(counter); y++)
                assert_ok(context, ib_profile_add(expected, ib_counter_get_label(counter, y), 1));
            assert_int_equal(found->count, expected->count);
            assert_memory_equal(found->pairs, expected->pairs, found->count * sizeof *found->pairs);
            assert_int_equal(found->n, ROWS + 3);
            assert_int_equal(found->distinct, expected->distinct);
            ib_profile_destroy(found);
            ib_profile_destroy(expected);
        }
        ib_counter_destroy(counter);
    }
    ib_context_destroy(context);
}

static void totals_overflow(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_profile *profile = profile_of(context);
    assert_fails(context, IB_ERR_OVERFLOW, "2^64", ib_profile_add(profile, UINT64_C(1) << 32, UINT64_C(1) << 32));
    assert_ok(context, ib_profile_add(profile, UINT64_MAX - 6, 1));
    assert_fails(context, IB_ERR_OVERFLOW, "2^64", ib_profile_add(profile, 7, 1));
    assert_fails(context, IB_ERR_OVERFLOW, "2^64", ib_profile_add(profile, 1, UINT64_MAX));
    ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, 0);
    add_few(context, counter);
    assert_fails(context, IB_ERR_OVERFLOW, "2^64", ib_profile_add_counter(profile, counter, IB_PROFILE_ROWS));
    assert_pairs(context, profile, (const uint64_t[1][2]){{UINT64_MAX - 6, 1}}, 1);
    assert_ok(context, ib_profile_add(profile, 2, 3)); /* just fits */
    assert_fails(context, IB_ERR_OVERFLOW, "2^64", ib_profile_add(profile, 1, 1));
    ib_counter_destroy(counter);
    ib_profile_destroy(profile);
    ib_context_destroy(context);
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_profile *profile = (ib_profile *)context; /* anything but NULL */
    assert_int_equal(ib_profile_create(NULL, &profile), IB_ERR_ARG);
    assert_null(profile);
    assert_fails(context, IB_ERR_ARG, "out", ib_profile_create(context, NULL));
    profile = profile_of(context);
    ib_counter *counter = counter_of(context, IB_CODE_UINT8, 3, 0);
    assert_ok(context, ib_profile_add(profile, 2, 1));
    uint64_t k = 77, m = 77;
    ib_coverage coverage = {.struct_size = 3, .n = 77};
    assert_int_equal(ib_profile_add(NULL, 1, 1), IB_ERR_ARG);
    assert_int_equal(ib_profile_add_counter(NULL, counter, 0), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "counter", ib_profile_add_counter(profile, NULL, 0));
    assert_fails(context, IB_ERR_ARG, "things: expected 0 to 2, got 3", ib_profile_add_counter(profile, counter, 3));
    assert_int_equal(ib_profile_get(NULL, 0, &k, &m), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "k is NULL", ib_profile_get(profile, 0, NULL, &m));
    assert_fails(context, IB_ERR_ARG, "m is NULL", ib_profile_get(profile, 0, &k, NULL));
    assert_fails(context, IB_ERR_RANGE, "index: expected less than 1, got 1", ib_profile_get(profile, 1, &k, &m));
    assert_int_equal(ib_profile_coverage(NULL, &coverage), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "coverage", ib_profile_coverage(profile, NULL));
    assert_fails(context, IB_ERR_ARG, "struct_size", ib_profile_coverage(profile, &coverage));
    assert_int_equal(coverage.n, 77);
    assert_int_equal(k, 77);
    assert_int_equal(m, 77);
    assert_int_equal(ib_profile_count(NULL), 0);
    ib_profile_reset(NULL);
    ib_profile_destroy(NULL);
    ib_profile_destroy(profile);
    ib_counter_destroy(counter);
    ib_context_destroy(context);
}

/* A caller that knows fewer members gets these. */
static void coverage_of_an_older_caller(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_profile *profile = profile_of(context);
    assert_ok(context, ib_profile_add(profile, 2, 5));
    ib_coverage coverage = {.struct_size = offsetof(ib_coverage, distinct), .distinct = 77};
    assert_ok(context, ib_profile_coverage(profile, &coverage));
    assert_int_equal(coverage.struct_size, offsetof(ib_coverage, distinct));
    assert_int_equal(coverage.n, 10);
    assert_int_equal(coverage.distinct, 77);
    ib_profile_destroy(profile);
    ib_context_destroy(context);
}

/* Adds a counter to a profile that has a pair: a hundred different counts that are gathered in an array, and three that
 * are too large for it. */
static ib_status gather(ib_context *context, void *user_data)
{
    static uint8_t data[5050 + 1100 + 1200 + 1300];
    size_t rows = 0;
    for (uint32_t value = 0; value < 103; value++)
        for (uint32_t k = value < 100 ? value + 1 : 1100 + 100 * (value - 100); k > 0; k--)
            data[rows++] = (uint8_t)value;
    assert_int_equal(rows, sizeof data);
    const ib_codes codes = codes_of(IB_CODE_UINT8, data, sizeof data, 1);
    ib_profile *profile = NULL;
    ib_counter *counter = user_data;
    ib_status status = ib_profile_create(context, &profile);
    if (status == IB_OK && ib_counter_rows(counter) == 0)
        status = ib_counter_add(counter, &codes, NULL, NULL);
    if (status == IB_OK)
        status = ib_profile_add(profile, 4, 4);
    if (status == IB_OK) {
        status = ib_profile_add_counter(profile, counter, IB_PROFILE_ROWS);
        if (status != IB_OK) {
            assert_int_equal(ib_profile_count(profile), 1);
            assert_int_equal(profile->n, 16);
        } else {
            assert_int_equal(profile->n, 16 + sizeof data);
            assert_int_equal(ib_profile_count(profile), 103);
        }
    }
    ib_profile_destroy(profile);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_counter *counter = counter_of(context, IB_CODE_UINT8, 1, 0);
    test_every_failed_allocation(gather, counter);
    ib_counter_destroy(counter);
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_sorted_and_merged),
        cmocka_unit_test(any_order),
        cmocka_unit_test(equal_counts_take_no_memory),
        cmocka_unit_test(counters_by_hand),
        cmocka_unit_test(counters_of_any_counts),
        cmocka_unit_test(totals_overflow),
        cmocka_unit_test(refusals),
        cmocka_unit_test(coverage_of_an_older_caller),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
