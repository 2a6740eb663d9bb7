/* The permutation test as it is called: what must not change its values, what it refuses, and progress. */
#include "permute.h"

#include "info/resample.h"

#include <math.h>
#include <string.h>

enum { SOME = 400 };

static void make_some(uint32_t *x, uint32_t *y)
{
    for (size_t i = 0; i < SOME; i++) {
        x[i] = (uint32_t)test_random_below(90);
        y[i] = test_random_below(4) ? x[i] % 6 : (uint32_t)test_random_below(6);
    }
}

static void assert_same(const ib_permutation_result *a, const ib_permutation_result *b)
{
    assert_memory_equal(a, b, sizeof *a);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    uint32_t x[SOME], y[SOME];
    make_some(x, y);
    const ib_permutation_result one = permute(x, y, SOME, 5000, 11, 1);
    for (uint32_t threads = 2; threads <= 5; threads++) {
        const ib_permutation_result more = permute(x, y, SOME, 5000, 11, threads);
        assert_same(&one, &more);
    }
    const ib_permutation_result other = permute(x, y, SOME, 5000, 12, 1);
    assert_true(other.null_mean != one.null_mean); /* the seed does */
}

/* Nor the order of the rows, nor their numbers, nor which variable is called x. */
static void names_and_orders_do_not_matter(void **state)
{
    (void)state;
    uint32_t x[SOME], y[SOME], moved_x[SOME], moved_y[SOME];
    for (int round = 0; round < 20; round++) {
        make_some(x, y);
        if (round % 2) /* as many numbers in x as in y */
            for (size_t i = 0; i < SOME; i++)
                x[i] %= 6;
        const size_t shift = test_random_below(SOME);
        for (size_t i = 0; i < SOME; i++) {
            moved_x[(i * 7 + shift) % SOME] = 1000 - x[i];
            moved_y[(i * 7 + shift) % SOME] = 5 ^ y[i];
        }
        const ib_permutation_result plain = permute(x, y, SOME, 50, 2, 1),
                                    moved = permute(moved_x, moved_y, SOME, 50, 2, 1),
                                    turned = permute(y, x, SOME, 50, 2, 1);
        assert_same(&plain, &moved);
        assert_same(&plain, &turned);
    }
}

/* Rows that are missing in one of the two are as if they were not there. */
static void missing_rows_are_left_out(void **state)
{
    (void)state;
    uint32_t x[SOME], y[SOME], kept_x[SOME], kept_y[SOME];
    size_t kept = 0;
    make_some(x, y);
    for (size_t i = 0; i < SOME; i++) {
        const uint64_t fate = test_random_below(4);
        if (fate >= 2) {
            kept_x[kept] = x[i];
            kept_y[kept++] = y[i];
        } else if (fate == 1) {
            x[i] = IB_NO_LABEL;
        } else {
            y[i] = IB_NO_LABEL;
        }
    }
    const ib_permutation_result all = permute(x, y, SOME, 50, 2, 1), some = permute(kept_x, kept_y, kept, 50, 2, 1);
    assert_int_equal(all.rows, kept);
    assert_same(&all, &some);
}

static void no_rows(void **state)
{
    (void)state;
    static const uint32_t one[1] = {3}, missing[3] = {IB_NO_LABEL, IB_NO_LABEL, 1},
                          others[3] = {1, IB_NO_LABEL, IB_NO_LABEL};
    const ib_permutation_result results[3] = {permute(NULL, NULL, 0, 20, 1, 1), permute(one, one, 1, 20, 1, 2),
                                              permute(missing, others, 3, 20, 1, 3)};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(results[i].rows, i == 1);
        assert_int_equal(results[i].at_least, 20);
        assert_true(results[i].p == 1 && results[i].observed == 0 && results[i].null_mean == 0 &&
                    results[i].null_sd == 0 && results[i].null_max == 0);
    }
}

/* --- options and refusals ---------------------------------------------------------------------------------------- */

static void defaults(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    uint32_t x[SOME], y[SOME];
    make_some(x, y);
    ib_variable *of_x = variable_of(context, x, SOME), *of_y = variable_of(context, y, SOME);
    ib_permutation_result plain = {.struct_size = sizeof plain};
    assert_ok(context, ib_significance_permute(context, of_x, of_y, NULL, &plain));
    assert_int_equal(plain.permutations, 1000);
    const ib_permutation_result told = permute(x, y, SOME, 1000, 0, 1);
    assert_same(&plain, &told);
    ib_permutation_result old = {.struct_size = offsetof(ib_permutation_result, observed), .observed = 77};
    assert_ok(context, ib_significance_permute(context, of_x, of_y, NULL, &old)); /* knows fewer members */
    assert_int_equal(old.at_least, plain.at_least);
    assert_true(old.observed == 77);
    const ib_permutation_result single = permute(x, y, SOME, 1, 0, 1);
    assert_true(isnan(single.null_sd) && single.null_mean == single.null_max);
    ib_significance_options_init(NULL);
    ib_variable_destroy(of_x);
    ib_variable_destroy(of_y);
    ib_context_destroy(context);
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint32_t labels[3] = {0, 1, 1};
    ib_variable *x = variable_of(context, labels, 3), *y = variable_of(context, labels, 2);
    ib_significance_options options = options_of(UINT64_C(1) << 32, 0, 1);
    ib_permutation_result result = {.struct_size = sizeof result, .p = 77};
    assert_int_equal(ib_significance_permute(NULL, x, x, NULL, &result), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "x is NULL", ib_significance_permute(context, NULL, x, NULL, &result));
    assert_fails(context, IB_ERR_ARG, "y is NULL", ib_significance_permute(context, x, NULL, NULL, &result));
    assert_fails(context, IB_ERR_SHAPE, "3, got 2", ib_significance_permute(context, x, y, NULL, &result));
    assert_fails(context, IB_ERR_ARG, "result", ib_significance_permute(context, x, x, NULL, NULL));
    assert_fails(context, IB_ERR_RANGE, "resamples: expected fewer than 2^32, got 4294967296",
                 ib_significance_permute(context, x, x, &options, &result));
    options.resamples = 1;
    static const double levels[] = {-0.1, 1, 2, INFINITY, NAN};
    for (size_t i = 0; i < 5; i++) {
        options.level = levels[i];
        assert_fails(context, IB_ERR_RANGE, "level", ib_significance_permute(context, x, x, &options, &result));
    }
    options.level = 0;
    options.struct_size--;
    assert_fails(context, IB_ERR_ARG, "struct_size", ib_significance_permute(context, x, x, &options, &result));
    assert_true(result.p == 77);
    result.struct_size = 3;
    assert_fails(context, IB_ERR_ARG, "result", ib_significance_permute(context, x, x, NULL, &result));
    ib_variable_destroy(x);
    ib_variable_destroy(y);
    ib_context_destroy(context);
}

/* Numbers that are not there are not looked at. */
static void too_many_rows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const ib_i_ids none = {NULL, 0};
    ib_permutation_result result = {.struct_size = sizeof result};
    assert_fails(context, IB_ERR_OVERFLOW, "2^32", ib_i_permute(context, &none, &none, (size_t)1 << 32, NULL, &result));
    ib_context_destroy(context);
}

/* --- progress ---------------------------------------------------------------------------------------------------- */

typedef struct hearing {
    uint64_t calls, last, all, end_at; /* calls so far; what the last one said; after which call to end */
    int32_t answer;
    ib_context *to_destroy;
} hearing;

static int32_t hear(uint64_t done, uint64_t all, void *user_data)
{
    hearing *h = user_data;
    assert_true(done > h->last && done <= all);
    h->last = done;
    h->all = all;
    ib_context_destroy(h->to_destroy);
    h->to_destroy = NULL;
    return ++h->calls == h->end_at ? h->answer : 0;
}

static void progress_tells_stops_and_fails(void **state)
{
    (void)state;
    uint32_t x[SOME], y[SOME];
    make_some(x, y);
    for (uint32_t threads = 1; threads <= 3; threads++) {
        ib_context *context = test_context(NULL);
        ib_variable *of_x = variable_of(context, x, SOME), *of_y = variable_of(context, y, SOME);
        ib_significance_options options = options_of(6000, 1, threads);
        ib_permutation_result result = {.struct_size = sizeof result, .p = 77};
        hearing h = {.answer = 5, .end_at = 2};
        options.progress = hear;
        options.user_data = &h;
        const ib_status stopped = ib_significance_permute(context, of_x, of_y, &options, &result);
        assert_int_equal(stopped, IB_STOPPED);
        assert_int_equal(ib_context_callback_value(context), 5);
        assert_string_equal(ib_context_message(context), "");
        assert_true(h.calls == 2 && h.last < h.all && result.p == 77);
        h = (hearing){.answer = -7, .end_at = 3};
        assert_fails(context, IB_ERR_CALLBACK, "progress callback failed with -7",
                     ib_significance_permute(context, of_x, of_y, &options, &result));
        assert_int_equal(ib_context_callback_value(context), -7);
        assert_true(h.calls == 3 && result.p == 77);
        h = (hearing){.end_at = 0};
        assert_ok(context, ib_significance_permute(context, of_x, of_y, &options, &result));
        assert_true(h.calls > 3 && h.last == 6000 && h.all == 6000 && result.p != 77);
        ib_variable_destroy(of_x);
        ib_variable_destroy(of_y);
        ib_context_destroy(context);
    }
}

/* The context lives as long as it is needed. */
static void progress_may_destroy_the_context(void **state)
{
    (void)state;
    test_memory memory;
    ib_context *context = test_context(&memory);
    static const uint32_t labels[4] = {0, 1, 1, 0};
    ib_variable *x = variable_of(context, labels, 4);
    hearing h = {.to_destroy = context};
    ib_significance_options options = options_of(3000, 1, 1);
    options.progress = hear;
    options.user_data = &h;
    ib_permutation_result result = {.struct_size = sizeof result};
    assert_int_equal(ib_significance_permute(context, x, x, &options, &result), IB_OK);
    assert_int_equal(h.last, 3000);
    ib_variable_destroy(x);
    assert_int_equal(memory.live, 0);
}

static ib_status permute_few(ib_context *context, void *user_data)
{
    static const uint32_t x[6] = {0, 0, 1, 2, 2, 3}, y[6] = {0, 1, 1, 0, 2, 3};
    const ib_i_ids of_x = {x, 4}, of_y = {y, 4};
    const ib_significance_options options = options_of(20, 1, 1);
    ib_permutation_result *result = user_data;
    *result = (ib_permutation_result){.struct_size = sizeof *result, .p = 77};
    const ib_status status = ib_i_permute(context, &of_x, &of_y, 6, &options, result);
    assert_true((status == IB_OK) == (result->p != 77));
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    ib_permutation_result result;
    test_every_failed_allocation(permute_few, &result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(names_and_orders_do_not_matter),
        cmocka_unit_test(missing_rows_are_left_out),
        cmocka_unit_test(no_rows),
        cmocka_unit_test(defaults),
        cmocka_unit_test(refusals),
        cmocka_unit_test(too_many_rows),
        cmocka_unit_test(progress_tells_stops_and_fails),
        cmocka_unit_test(progress_may_destroy_the_context),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
