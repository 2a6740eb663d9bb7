/* The tables byte by byte. */
#include "support.h"
#include "table.h"

#include <stdio.h>
#include <stdlib.h>

/* What is asked for: estimator 2 is 65536-global. */
static settings asked(void)
{
    return (settings){.bins = {30, 65536}, .n_bins = 2, .bounds = {IB_BOUNDS_GLOBAL}, .n_bounds = 1};
}

static ib_record *create_record(ib_context *context, uint64_t run)
{
    ib_record_options options;
    ib_record *record;
    ib_record_options_init(&options);
    options.run = run;
    options.seed = UINT64_MAX;
    assert_ok(context, ib_record_create(context, &options, &record));
    return record;
}

static void add_epoch(ib_context *context, ib_record *record, uint32_t number, double value)
{
    const ib_epoch epoch = {.struct_size = sizeof epoch,
                            .epoch = number,
                            .running_loss = value,
                            .running_accuracy = value / 2,
                            .train_loss = value / 3,
                            .train_accuracy = value / 4,
                            .test_loss = 1e300,
                            .test_accuracy = 5e-324};
    assert_ok(context, ib_record_add(record, &epoch));
}

/* Begun again once; two epochs, three points, the outputs of one layer. */
static ib_record *make_record(ib_context *context)
{
    static const ib_point points[] = {
        {.epoch = 0, .layer = 1, .measure = IB_MEASURE_STATE, .states = 4096, .i_xt = 12, .i_ty = 0.1},
        {.epoch = 1, .layer = 6, .measure = IB_MEASURE_REBINNED, .states = UINT64_MAX, .i_xt = 1.0 / 3, .i_ty = 5e-324},
        {.epoch = 1, .layer = 6, .measure = IB_MEASURE_BINNED, .estimator = 2, .states = 3},
    };
    ib_record *record = create_record(context, 7);
    ib_ranges *ranges;
    add_epoch(context, record, 0, 0.2);
    assert_ok(context, ib_record_restart(record));
    add_epoch(context, record, 0, 0.5);
    add_epoch(context, record, 1, 1);
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
        assert_ok(context, ib_plane_add(ib_record_plane(record), &points[i]));
    assert_ok(context, ib_ranges_create(context, 1, &ranges));
    assert_ok(context, ib_ranges_set(ranges, 1, -0.1f, 16777216.0f));
    assert_ok(context, ib_record_add_extents(record, 1, ranges));
    ib_ranges_destroy(ranges);
    assert_ok(context, ib_record_set_outcome(record, IB_OUTCOME_BAD));
    return record;
}

static void assert_rows(uint32_t which, ib_record *record, const char *expected)
{
    char *text = NULL;
    size_t size;
    const settings wanted = asked();
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    table_write(which, record, &wanted, stream);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(text, expected);
    free(text);
}

static void rows_of_a_run(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_record *record = make_record(context);
    assert_rows(TABLE_POINTS, record,
                "7,0,1,state,,12,0.10000000000000001,4096\n"
                "7,1,6,rebinned,,0.33333333333333331,4.9406564584124654e-324,18446744073709551615\n"
                "7,1,6,binned,65536-global,0,0,3\n");
    assert_rows(TABLE_TRAINING, record,
                "7,0,0.5,0.25,0.16666666666666666,0.125,1.0000000000000001e+300,4.9406564584124654e-324\n"
                "7,1,1,0.5,0.33333333333333331,0.25,1.0000000000000001e+300,4.9406564584124654e-324\n");
    assert_rows(TABLE_EXTENTS, record, "7,1,1,-0.100000001,16777216\n");
    assert_rows(TABLE_RESTARTS, record, "7,0,0,0.10000000000000001\n");
    assert_rows(TABLE_RUNS, record,
                "7,18446744073709551615,1,1,1,1,0.5,0.33333333333333331,0.25,1.0000000000000001e+300,"
                "4.9406564584124654e-324\n");
    ib_record_destroy(record);
    ib_context_destroy(context);
}

static void nothing_has_no_rows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_record *record = create_record(context, 0);
    for (uint32_t which = 0; which < TABLE_COUNT; which++)
        assert_rows(which, record, "");
    ib_record_destroy(record);
    ib_context_destroy(context);
}

/* As many names as values. */
static void columns_have_names(void **state)
{
    (void)state;
    static const size_t commas[TABLE_COUNT] = {7, 7, 4, 3, 10};
    for (uint32_t which = 0; which < TABLE_COUNT; which++) {
        size_t n = 0;
        for (const char *c = table_columns(which); *c; c++)
            n += *c == ',';
        assert_int_equal(n, commas[which]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_a_run),
        cmocka_unit_test(nothing_has_no_rows),
        cmocka_unit_test(columns_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
