#include "study/schedule.h"

#include "study/plane.h"

#include <math.h>
#include <string.h>

void ib_schedule_options_init(ib_schedule_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

ib_status ib_i_schedule_resolve(ib_context *context, const ib_schedule_options *options, ib_schedule_options *full)
{
    IB_TRY(ib_i_options_read(context, options, sizeof *full, full, sizeof *full));
    if (full->kind > IB_SCHEDULE_ADAPTIVE)
        return ib_i_fail(context, IB_ERR_ARG, "kind: expected 0 to %d, got %u", IB_SCHEDULE_ADAPTIVE, full->kind);
    if (!(full->distance >= 0.0) || isinf(full->distance))
        return ib_i_fail(context, IB_ERR_RANGE, "distance: expected 0 or more and finite, got %g", full->distance);
    if (full->every == 0)
        full->every = full->kind == IB_SCHEDULE_ADAPTIVE ? UINT32_MAX : 1;
    if (full->per_octave == 0)
        full->per_octave = 16;
    if (full->distance == 0.0)
        full->distance = 0.05;
    return IB_OK;
}

static uint32_t logarithmic_interval(uint32_t epoch, uint32_t per_octave)
{
    uint32_t octave = 1;
    while (octave <= epoch / 2)
        octave *= 2;
    return octave / per_octave;
}

/* The points of the last epoch that lies before place `end`, and where they begin. */
static size_t begin_of(const ib_point *points, size_t end)
{
    size_t begin = end;
    while (begin > 0 && points[begin - 1].epoch == points[end - 1].epoch)
        begin--;
    return begin;
}

static const ib_point *find_layer(const ib_point *points, size_t count, uint32_t layer)
{
    for (size_t i = 0; i < count; i++)
        if (points[i].layer == layer && points[i].measure == IB_MEASURE_STATE)
            return &points[i];
    return NULL;
}

/* The square of how far the layer went that went farthest from one measurement to the next. */
static double moved(const ib_point *from, size_t from_count, const ib_point *to, size_t to_count)
{
    double most = 0.0;
    for (size_t i = 0; i < to_count; i++) {
        const ib_point *before = find_layer(from, from_count, to[i].layer);
        if (!before || to[i].measure != IB_MEASURE_STATE)
            continue;
        const double x = to[i].i_xt - before->i_xt, y = to[i].i_ty - before->i_ty, square = x * x + y * y;
        most = square > most ? square : most;
    }
    return most;
}

/* From the interval between the last two measurements. */
static uint32_t adaptive_interval(const ib_plane *plane, double distance, uint32_t most)
{
    const ib_point *points = ib_plane_points(plane);
    const size_t end = ib_plane_count(plane), last = end ? begin_of(points, end) : 0;
    if (last == 0)
        return 1;
    const size_t before = begin_of(points, last);
    const double square = moved(points + before, last - before, points + last, end - last);
    const uint32_t interval = points[last].epoch - points[before].epoch;
    uint32_t next = interval;
    if (square > distance * distance)
        next = interval / 2;
    else if (4.0 * square <= distance * distance)
        next = interval < UINT32_MAX / 2 ? 2 * interval : interval;
    return next < most ? next : most;
}

ib_status ib_schedule_next(const ib_schedule_options *options, const ib_plane *plane, uint32_t epoch, uint32_t epochs,
                           uint32_t *next)
{
    if (!plane)
        return IB_ERR_ARG;
    ib_context *context = ib_i_plane_context(plane);
    if (!next)
        return ib_i_fail_null(context, "next");
    ib_schedule_options full;
    IB_TRY(ib_i_schedule_resolve(context, options, &full));
    uint32_t interval = 1;
    if (epoch > 0 && full.kind == IB_SCHEDULE_EVERY)
        interval = full.every;
    else if (epoch > 0 && full.kind == IB_SCHEDULE_LOGARITHMIC)
        interval = logarithmic_interval(epoch, full.per_octave);
    else if (epoch > 0)
        interval = adaptive_interval(plane, full.distance, full.every);
    interval = interval > 0 ? interval : 1;
    *next = epoch >= epochs || interval > epochs - epoch ? epochs : epoch + interval;
    return ib_i_ok(context);
}
