/* Spools: whatever the memory and the partitions, all values are the bits that one counter gives; and what does not
 * come back from a partition as it was written is an error. */
#include "peak.h"
#include "spool_store.h"

/* What a counter has to say. */
typedef struct truth {
    ib_counter *counter;
    ib_profile *profiles[3];
    ib_entropies entropies;
} truth;

static truth truth_of(ib_context *context, const rows *r, size_t n)
{
    truth t;
    const ib_codes codes = codes_of(r, 0, n);
    assert_ok(context, ib_counter_create(context, r->type, COLUMNS, r->classes, &t.counter));
    assert_ok(context, ib_counter_add(t.counter, &codes, r->classes > 1 ? r->labels : NULL, NULL));
    ib_entropy_measure(t.counter, &t.entropies);
    for (uint32_t things = 0; things < 3; things++) {
        assert_ok(context, ib_profile_create(context, &t.profiles[things]));
        assert_ok(context, ib_profile_add_counter(t.profiles[things], t.counter, things));
    }
    return t;
}

static void truth_free(truth *t)
{
    for (size_t things = 0; things < 3; things++)
        ib_profile_destroy(t->profiles[things]);
    ib_counter_destroy(t->counter);
}

static void assert_same_profile(const ib_profile *a, const ib_profile *b)
{
    assert_int_equal(ib_profile_count(a), ib_profile_count(b));
    for (size_t i = 0; i < ib_profile_count(a); i++) {
        uint64_t of_a[2], of_b[2];
        assert_int_equal(ib_profile_get(a, i, &of_a[0], &of_a[1]), IB_OK);
        assert_int_equal(ib_profile_get(b, i, &of_b[0], &of_b[1]), IB_OK);
        assert_memory_equal(of_a, of_b, sizeof of_a);
    }
}

static int assert_measures(ib_context *context, ib_spool *spool, const truth *t)
{
    ib_spool_result result = {.struct_size = sizeof result, .rows = 77};
    ib_profile *profiles[3] = {NULL, NULL, NULL};
    for (size_t things = 0; things < 3; things++) {
        assert_ok(context, ib_profile_create(context, &profiles[things]));
        assert_ok(context, ib_profile_add(profiles[things], 9, 9)); /* is forgotten */
    }
    assert_ok(context, ib_spool_measure(spool, &result, profiles[0], profiles[1], profiles[2]));
    assert_true(result.rows == ib_counter_rows(t->counter));
    assert_true(result.distinct == ib_counter_distinct(t->counter));
    assert_memory_equal(&result.entropies, &t->entropies, sizeof t->entropies);
    for (size_t things = 0; things < 3; things++) {
        assert_same_profile(profiles[things], t->profiles[things]);
        ib_profile_destroy(profiles[things]);
    }
    assert_ok(context, ib_spool_measure(spool, &result, NULL, NULL, NULL)); /* again, without */
    assert_memory_equal(&result.entropies, &t->entropies, sizeof t->entropies);
    return (int)result.spilled;
}

/* --- the bits of one counter -------------------------------------------------------------------------------------- */

static size_t rounds(size_t full)
{
    return getenv("LIBIB_TEST_QUICK") ? full / 5 : full;
}

/* At once and in calls of any size, measured in between and at the end. */
static void any_memory_gives_the_same_bits(void **state)
{
    (void)state;
    static const uint32_t classes[] = {1, 2, 16, 17, 300};
    static const size_t bytes[] = {1 << 15, 40000, 1 << 16, 0};
    static rows r;
    ib_context *context = test_context(NULL);
    size_t spilled = 0, kept = 0;
    for (size_t round = 0; round < rounds(150); round++) {
        store s;
        const ib_spool_options options = options_of(&s, 1 + (uint32_t)test_random_below(MOST));
        make(&r, 1 + (uint32_t)round % 7, classes[round % COUNT(classes)], (size_t)1 << (6 + test_random_below(8)));
        ib_spool *spool = spool_of(context, r.type, COLUMNS, r.classes, &options, bytes[round % COUNT(bytes)]);
        s.piece = test_random_below(3) ? 0 : 1 + test_random_below(2000);
        const size_t in_between = test_random_below(ROWS), most = (size_t)1 << test_random_below(14);
        size_t done = 0;
        while (done < ROWS) {
            const size_t end = done < in_between ? in_between : ROWS;
            const size_t n = 1 + test_random_below(most < end - done ? most : end - done);
            add_range(context, spool, &r, done, n);
            done += n;
            if (done != in_between)
                continue;
            truth t = truth_of(context, &r, done);
            assert_measures(context, spool, &t);
            truth_free(&t);
        }
        truth t = truth_of(context, &r, ROWS);
        const int did_spill = assert_measures(context, spool, &t);
        assert_int_equal(did_spill, spool->total > 0);
        spilled += (size_t)did_spill;
        kept += (size_t)!did_spill;
        truth_free(&t);
        ib_spool_destroy(spool);
        store_free(&s);
    }
    assert_true(spilled > rounds(50) && kept > rounds(40));
    ib_context_destroy(context);
}

/* All in one partition, with room for hardly more than a block: it is read many times. */
static void one_partition_in_many_shares(void **state)
{
    (void)state;
    static rows r;
    ib_context *context = test_context(NULL);
    for (uint32_t classes = 1; classes <= 31; classes += 10) {
        store s;
        const ib_spool_options options = options_of(&s, 1);
        make(&r, IB_CODE_UINT32, classes, 5000);
        ib_spool *spool = spool_of(context, r.type, COLUMNS, classes, &options, 1 << 15);
        add_range(context, spool, &r, 0, ROWS);
        truth t = truth_of(context, &r, ROWS);
        assert_int_equal(assert_measures(context, spool, &t), 1);
        assert_true(s.parts[0].size > (1 << 15));
        truth_free(&t);
        ib_spool_destroy(spool);
        store_free(&s);
    }
    ib_context_destroy(context);
}

/* One row more often than a byte can count, without memory for larger counts: it must not be put away for ever. */
static void counts_that_grow(void **state)
{
    (void)state;
    static rows r;
    ib_context *context = test_context(NULL);
    store s;
    const ib_spool_options options = options_of(&s, 2);
    make(&r, IB_CODE_INT64, 16, 3000);
    for (size_t i = 0; i < ROWS; i += 2)
        memset(r.codes + i * COLUMNS * 8, 1, COLUMNS * 8);
    ib_spool *spool = spool_of(context, r.type, COLUMNS, 16, &options, 1 << 16);
    for (size_t times = 0; times < 3; times++)
        add_range(context, spool, &r, 0, ROWS);
    ib_spool_result result = {.struct_size = sizeof result};
    assert_ok(context, ib_spool_measure(spool, &result, NULL, NULL, NULL));
    truth t =
        truth_of(context, &r, ROWS); /* three times as many of everything are the same entropies, up to rounding */
    assert_true(result.rows == 3 * ib_counter_rows(t.counter) && result.distinct == ib_counter_distinct(t.counter));
    assert_close(result.entropies.mutual, t.entropies.mutual, 1e-12, 0);
    truth_free(&t);
    ib_spool_destroy(spool);
    store_free(&s);
    ib_context_destroy(context);
}

/* As callers have it: the least memory, more rows than it holds, and not a byte more than was promised. */
static void memory_is_bounded(void **state)
{
    (void)state;
    enum { MORE = 60000, CONSTANT = 1024 };
    static uint64_t codes[MORE][2];
    static uint32_t labels[MORE];
    static const uint32_t classes[] = {1, 2, 16, 300};
    for (size_t i = 0; i < MORE; i++) {
        codes[i][0] = test_random_below(MORE);
        labels[i] = (uint32_t)(codes[i][0] % 300);
    }
    for (size_t c = 0; c < COUNT(classes); c++) {
        peak memory;
        store s;
        ib_context *context = peak_context(&memory);
        ib_spool_options options = options_of(&s, 5);
        const size_t before = memory.live;
        ib_spool *spool = spool_of(context, IB_CODE_INT64, 2, classes[c], &options, 0);
        ib_codes all;
        ib_codes_init(&all, IB_CODE_INT64, codes, MORE, 2);
        for (size_t i = 0; i < MORE; i++)
            labels[i] %= classes[c];
        memory.most = memory.live;
        assert_ok(context, ib_spool_add(spool, &all, classes[c] > 1 ? labels : NULL));
        ib_spool_result result = {.struct_size = sizeof result};
        assert_ok(context, ib_spool_measure(spool, &result, NULL, NULL, NULL));
        assert_int_equal(result.spilled, 1);
        assert_int_equal(result.rows, MORE);
        assert_true(memory.most - before <= options.memory + CONSTANT);
        assert_true(memory.most - before > options.memory / 3); /* and it is made use of */
        ib_spool_destroy(spool);
        assert_int_equal(memory.live, before);
        store_free(&s);
        ib_context_destroy(context);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_memory_gives_the_same_bits),
        cmocka_unit_test(one_partition_in_many_shares),
        cmocka_unit_test(counts_that_grow),
        cmocka_unit_test(memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
