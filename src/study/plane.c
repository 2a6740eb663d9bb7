#include "study/plane.h"

#include "base/memory.h"

struct ib_plane {
    ib_context *context;
    ib_point *points; /* [capacity] */
    size_t count, capacity;
};

const char *ib_measure_name(uint32_t measure)
{
    static const char *const names[IB_MEASURE_COUNT] = {"state",  "output",    "rebinned",
                                                        "binned", "estimated", "quantised"};
    return measure < IB_MEASURE_COUNT ? names[measure] : "unknown";
}

ib_status ib_plane_create(ib_context *context, ib_plane **out)
{
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    *out = NULL;
    ib_plane *plane = ib_i_object_create(context, sizeof *plane);
    if (!plane)
        return IB_ERR_NOMEM;
    plane->context = context;
    *out = plane;
    return ib_i_ok(context);
}

void ib_plane_destroy(ib_plane *plane)
{
    if (!plane)
        return;
    ib_i_free(plane->context, plane->points);
    ib_i_object_destroy(plane->context, plane);
}

ib_context *ib_i_plane_context(const ib_plane *plane)
{
    return plane->context;
}

void ib_i_plane_swap(ib_plane *a, ib_plane *b)
{
    const ib_plane before = *a;
    *a = *b;
    *b = before;
}

void ib_plane_reset(ib_plane *plane)
{
    if (plane)
        plane->count = 0;
}

ib_status ib_plane_add(ib_plane *plane, const ib_point *point)
{
    if (!plane)
        return IB_ERR_ARG;
    if (!point)
        return ib_i_fail_null(plane->context, "point");
    const ib_point added = *point; /* which may be one of the plane's own, and these move */
    if (plane->count == plane->capacity) {
        const size_t capacity = plane->capacity ? 2 * plane->capacity : 64;
        ib_point *points = ib_i_grow(plane->context, plane->points, plane->count, capacity, sizeof *points);
        if (!points)
            return ib_i_fail_memory(plane->context);
        plane->points = points;
        plane->capacity = capacity;
    }
    plane->points[plane->count++] = added;
    return ib_i_ok(plane->context);
}

size_t ib_plane_count(const ib_plane *plane)
{
    return plane ? plane->count : 0;
}

const ib_point *ib_plane_points(const ib_plane *plane)
{
    return plane ? plane->points : NULL;
}
