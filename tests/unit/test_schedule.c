/* After which epochs a run is measured. */
#include "support.h"

#include <float.h>
#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static ib_plane *plane_of(ib_context *context)
{
    ib_plane *plane = NULL;
    assert_ok(context, ib_plane_create(context, &plane));
    return plane;
}

/* A point of two layers, of which the second one moves. */
static void measure(ib_context *context, ib_plane *plane, uint32_t epoch, double i_xt, double i_ty)
{
    const ib_point points[] = {{epoch, 1, IB_MEASURE_STATE, 0, 4096, 12, 1},
                               {epoch, 2, IB_MEASURE_STATE, 0, 100, i_xt, i_ty},
                               {epoch, 2, IB_MEASURE_REBINNED, 0, 100, epoch % 2 ? 5 : 0, 0}}; /* moves in vain */
    for (size_t i = 0; i < COUNT(points); i++)
        assert_ok(context, ib_plane_add(plane, &points[i]));
}

/* All epochs of a schedule that does not look at points. */
static void assert_epochs(const ib_schedule_options *options, uint32_t epochs, const uint32_t *expected, size_t count)
{
    ib_context *context = test_context(NULL);
    ib_plane *plane = plane_of(context);
    uint32_t epoch = 0;
    for (size_t i = 0; i < count; i++) {
        assert_ok(context, ib_schedule_next(options, plane, epoch, epochs, &epoch));
        assert_int_equal(epoch, expected[i]);
    }
    assert_int_equal(epoch, epochs);
    assert_ok(context, ib_schedule_next(options, plane, epoch, epochs, &epoch));
    assert_int_equal(epoch, epochs); /* there is nothing behind the end */
    ib_plane_destroy(plane);
    ib_context_destroy(context);
}

static ib_schedule_options schedule(uint32_t kind, uint32_t every, uint32_t per_octave, double distance)
{
    return (ib_schedule_options){sizeof(ib_schedule_options), kind, every, per_octave, distance};
}

static void every_epoch(void **state)
{
    (void)state;
    ib_schedule_options options;
    ib_schedule_options_init(&options);
    static const uint32_t all[] = {1, 2, 3, 4, 5}, fifth[] = {1, 6, 11, 16, 18}, first[] = {1};
    assert_epochs(NULL, 5, all, COUNT(all));
    assert_epochs(&options, 5, all, COUNT(all));
    options.every = 5;
    assert_epochs(&options, 18, fifth, COUNT(fifth));
    options.every = UINT32_MAX;
    assert_epochs(&options, 1, first, COUNT(first));
    static const uint32_t ends[] = {1, UINT32_MAX};
    assert_epochs(&options, UINT32_MAX, ends, COUNT(ends));
}

static void logarithmic(void **state)
{
    (void)state;
    const ib_schedule_options four = schedule(IB_SCHEDULE_LOGARITHMIC, 0, 4, 0);
    static const uint32_t expected[] = {1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 50};
    assert_epochs(&four, 50, expected, COUNT(expected));
    const ib_schedule_options one = schedule(IB_SCHEDULE_LOGARITHMIC, 0, 1, 0);
    static const uint32_t powers[] = {1, 2, 4, 8, 16, 32, 64};
    assert_epochs(&one, 64, powers, COUNT(powers));
}

/* As many as were asked for between an epoch and its double, up to the largest numbers. */
static void as_many_in_each_octave(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_plane *plane = plane_of(context);
    const ib_schedule_options options = schedule(IB_SCHEDULE_LOGARITHMIC, 0, 0, 0);
    uint32_t epoch = 16;
    for (uint32_t octave = 32; octave >= 32; octave *= 2) /* until it wraps */
        for (int i = 0; i < 16; i++) {
            assert_true(epoch < octave);
            assert_ok(context, ib_schedule_next(&options, plane, epoch, UINT32_MAX, &epoch));
            assert_true(i < 15 ? epoch < octave : epoch == octave);
        }
    ib_plane_destroy(plane);
    ib_context_destroy(context);
}

/* Steps and what they lead to, with a distance of 0.05 bits: 0.03 and 0.04 make 0.05, which is not more. */
static void adaptive(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_plane *plane = plane_of(context);
    const ib_schedule_options options = schedule(IB_SCHEDULE_ADAPTIVE, 4, 0, 0);
    static const struct {
        double x, y;
        uint32_t interval;
    } steps[] = {{9, 9, 1},                    /* epoch 0, whatever comes */
                 {0, 0, 2},                    /* rest: from 1 to 2 */
                 {0.01, 0, 4},                 /* slow: to 4 */
                 {0, 0.01, 4},                 /* no more than that */
                 {0.03, 0.039, 4},             /* neither slow nor fast */
                 {0.03, 0.041, 2},             /* fast */
                 {-1, 0, 1},       {0, -1, 1}, /* no less than that */
                 {0, 0, 2}};
    uint32_t epoch = 0;
    double x = 0, y = 0;
    for (size_t i = 0; i < COUNT(steps); i++) {
        const uint32_t before = epoch;
        measure(context, plane, epoch, x += steps[i].x, y += steps[i].y);
        assert_ok(context, ib_schedule_next(&options, plane, epoch, 1000, &epoch));
        assert_int_equal(epoch - before, steps[i].interval);
    }
    ib_plane_destroy(plane);
    ib_context_destroy(context);
}

/* Layers that rest double the interval without end, but for that of the run. */
static void adaptive_without_bound(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_plane *plane = plane_of(context);
    const ib_schedule_options options = schedule(IB_SCHEDULE_ADAPTIVE, 0, 0, 1);
    static const uint32_t expected[] = {1, 3, 7, 15, 31, 63, 100};
    uint32_t epoch = 0;
    for (size_t i = 0; i < COUNT(expected); i++) {
        measure(context, plane, epoch, 1, 1);
        assert_ok(context, ib_schedule_next(&options, plane, epoch, 100, &epoch));
        assert_int_equal(epoch, expected[i]);
    }
    ib_plane_destroy(plane);
    ib_context_destroy(context);
}

/* 5 is not more than 5, and 2.5 not more than half of it. */
static void adaptive_at_its_limits(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_plane *plane = plane_of(context);
    const ib_schedule_options options = schedule(IB_SCHEDULE_ADAPTIVE, 0, 0, 5);
    static const struct {
        double x, y;
        uint32_t interval;
    } steps[] = {{0, 0, 1}, {1.5, 2, 2}, {3, 4, 2}, {4, 3.0000001, 1}, {-1.5, -2.0000001, 1}};
    uint32_t epoch = 0;
    double x = 0, y = 0;
    for (size_t i = 0; i < COUNT(steps); i++) {
        const uint32_t before = epoch;
        measure(context, plane, epoch, x += steps[i].x, y += steps[i].y);
        assert_ok(context, ib_schedule_next(&options, plane, epoch, 100, &epoch));
        assert_int_equal(epoch - before, steps[i].interval);
    }
    ib_plane_destroy(plane);
    ib_context_destroy(context);
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_plane *plane = plane_of(context);
    uint32_t next = 77;
    ib_schedule_options options = schedule(3, 0, 0, 0);
    assert_fails(context, IB_ERR_ARG, "kind", ib_schedule_next(&options, plane, 0, 9, &next));
    static const double wrong[] = {-1, -DBL_MIN, INFINITY, NAN};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        options = schedule(IB_SCHEDULE_ADAPTIVE, 0, 0, wrong[i]);
        assert_fails(context, IB_ERR_RANGE, "distance", ib_schedule_next(&options, plane, 0, 9, &next));
    }
    assert_fails(context, IB_ERR_ARG, "next", ib_schedule_next(NULL, plane, 0, 9, NULL));
    assert_int_equal(ib_schedule_next(NULL, NULL, 0, 9, &next), IB_ERR_ARG);
    ib_schedule_options_init(NULL);
    assert_int_equal(next, 77);
    ib_plane_destroy(plane);
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_epoch),
        cmocka_unit_test(logarithmic),
        cmocka_unit_test(as_many_in_each_octave),
        cmocka_unit_test(adaptive),
        cmocka_unit_test(adaptive_without_bound),
        cmocka_unit_test(adaptive_at_its_limits),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
