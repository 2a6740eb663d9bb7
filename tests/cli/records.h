/* Runs made by hand: two layers at epochs 0, 1 and 4, the second also counted by its bins. */
#ifndef LIBIB_TESTS_RECORDS_H
#define LIBIB_TESTS_RECORDS_H

#include "means.h"
#include "support.h"

#define RECORD_EPOCHS 4

static inline void record_add_point(ib_context *context, ib_record *r, ib_point point)
{
    assert_ok(context, ib_plane_add(ib_record_plane(r), &point));
}

/* The outputs of both layers: between -1 and 1 + x, and between 0 and x. */
static inline void record_add_outputs(ib_context *context, ib_record *r, uint32_t epoch, float x)
{
    ib_ranges *ranges;
    assert_ok(context, ib_ranges_create(context, 2, &ranges));
    assert_ok(context, ib_ranges_set(ranges, 1, -1.0F, 1.0F + x));
    assert_ok(context, ib_ranges_set(ranges, 2, 0.0F, x));
    assert_ok(context, ib_record_add_extents(r, epoch, ranges));
    ib_ranges_destroy(ranges);
}

/* A run that differs from others by x: layer 1 has I(X;T) = 12 and I(T;Y) = 1 and keeps them; layer 2 goes from (8, 0)
 * to (9 + x, 0.5) to (6 + x, 0.75), and by its bins from (7, 0) to (8 + x, 0.5) to (5 + x, 0.75). */
static inline ib_record *record_make(ib_context *context, uint64_t run, double x)
{
    static const uint32_t epochs[] = {0, 1, 4};
    static const double i_xt[] = {8, 9, 6}, i_ty[] = {0, 0.5, 0.75};
    ib_record_options options;
    ib_record *r;
    ib_record_options_init(&options);
    options.run = run;
    assert_ok(context, ib_record_create(context, &options, &r));
    for (uint32_t e = 0; e <= RECORD_EPOCHS; e++) {
        const ib_epoch epoch = {.struct_size = sizeof epoch,
                                .epoch = e,
                                .running_accuracy = 0.9,
                                .train_accuracy = 0.5 + e / 16.0 + x / 64,
                                .test_accuracy = 0.5 + e / 32.0,
                                .train_loss = 1.0 + x,
                                .test_loss = 2.0 + x};
        assert_ok(context, ib_record_add(r, &epoch));
    }
    for (size_t i = 0; i < 3; i++) {
        const double shift = i ? x : 0;
        const uint32_t e = epochs[i];
        record_add_point(context, r, (ib_point){e, 1, IB_MEASURE_STATE, 0, 4096, 12, 1});
        record_add_point(context, r, (ib_point){e, 2, IB_MEASURE_STATE, 0, 99, i_xt[i] + shift, i_ty[i]});
        record_add_point(context, r, (ib_point){e, 2, IB_MEASURE_REBINNED, 0, 9, i_xt[i] + shift - 1, i_ty[i]});
        record_add_outputs(context, r, e, (float)x + (float)e);
    }
    assert_ok(context, ib_record_set_outcome(r, IB_OUTCOME_GOOD));
    return r;
}

/* Takes in a run, and destroys it. */
static inline void record_take(means *m, uint64_t run, ib_record *r)
{
    assert_int_equal(means_add(m, run, r), 0);
    ib_record_destroy(r);
}

/* The means of runs 3, 5 and 6, which differ by 0, 1 and 2. */
static inline void record_means(ib_context *context, means *m)
{
    static const uint64_t runs[] = {3, 5, 6};
    assert_int_equal(means_create(m, context), 0);
    for (size_t i = 0; i < 3; i++)
        record_take(m, runs[i], record_make(context, runs[i], (double)i));
}

#endif
