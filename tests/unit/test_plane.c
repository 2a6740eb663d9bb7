/* The plane keeps points in the order in which they come. */
#include "nn.h"

#include <string.h>

static ib_point point_of(uint32_t i)
{
    return (ib_point){
        .epoch = i, .layer = i % 6 + 1, .measure = i % 3, .states = i * 7ull, .i_xt = i / 8.0, .i_ty = i / 9.0};
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(ib_measure_name(IB_MEASURE_STATE), "state");
    assert_string_equal(ib_measure_name(IB_MEASURE_OUTPUT), "output");
    assert_string_equal(ib_measure_name(IB_MEASURE_REBINNED), "rebinned");
    assert_string_equal(ib_measure_name(IB_MEASURE_BINNED), "binned");
    assert_string_equal(ib_measure_name(IB_MEASURE_ESTIMATED), "estimated");
    assert_string_equal(ib_measure_name(IB_MEASURE_QUANTISED), "quantised");
    assert_string_equal(ib_measure_name(IB_MEASURE_COUNT), "unknown");
    assert_string_equal(ib_measure_name(UINT32_MAX), "unknown");
}

static void keeps_order(void **state)
{
    (void)state;
    enum { N = 3000 };
    test_memory memory;
    ib_context *context = test_context(&memory);
    ib_plane *plane = NULL;
    assert_ok(context, ib_plane_create(context, &plane));
    assert_int_equal(ib_plane_count(plane), 0);
    for (int again = 0; again < 2; again++) {
        for (uint32_t i = 0; i < N; i++) {
            ib_point point = point_of(i);
            assert_ok(context, ib_plane_add(plane, &point));
        }
        assert_int_equal(ib_plane_count(plane), N);
        for (uint32_t i = 0; i < N; i++) {
            ib_point expected = point_of(i);
            assert_memory_equal(&ib_plane_points(plane)[i], &expected, sizeof expected);
        }
        memory.refuse_after = 0; /* the memory of the first round is kept for the second */
        ib_plane_reset(plane);
        assert_int_equal(ib_plane_count(plane), 0);
    }
    ib_context_destroy(context);
    ib_plane_destroy(plane);
    assert_int_equal(memory.live, 0);
}

/* A point of the plane's own may be added again, though its memory moves. */
static void adds_its_own(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_plane *plane = NULL;
    ib_point point = point_of(5);
    assert_ok(context, ib_plane_create(context, &plane));
    assert_ok(context, ib_plane_add(plane, &point));
    for (int i = 0; i < 100; i++)
        assert_ok(context, ib_plane_add(plane, ib_plane_points(plane)));
    for (size_t i = 0; i < 101; i++)
        assert_memory_equal(&ib_plane_points(plane)[i], &point, sizeof point);
    ib_plane_destroy(plane);
    ib_context_destroy(context);
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_plane *plane = (ib_plane *)&context;
    ib_point point = point_of(1);
    assert_int_equal(ib_plane_create(NULL, &plane), IB_ERR_ARG);
    assert_int_equal(ib_plane_create(context, NULL), IB_ERR_ARG);
    assert_ok(context, ib_plane_create(context, &plane));
    assert_int_equal(ib_plane_add(NULL, &point), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "", ib_plane_add(plane, NULL));
    assert_int_equal(ib_plane_count(plane), 0);
    assert_int_equal(ib_plane_count(NULL), 0);
    assert_null(ib_plane_points(NULL));
    ib_plane_reset(NULL);
    ib_plane_destroy(NULL);
    ib_plane_destroy(plane);
    ib_context_destroy(context);
}

static ib_status life(ib_context *context, void *user_data)
{
    (void)user_data;
    ib_plane *plane = NULL;
    ib_status status = ib_plane_create(context, &plane);
    for (uint32_t i = 0; i < 500 && status == IB_OK; i++) {
        ib_point point = point_of(i);
        status = ib_plane_add(plane, &point);
        assert_int_equal(ib_plane_count(plane), i + (status == IB_OK));
    }
    ib_plane_destroy(plane);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(life, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),    cmocka_unit_test(keeps_order),   cmocka_unit_test(adds_its_own),
        cmocka_unit_test(refusals), cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
