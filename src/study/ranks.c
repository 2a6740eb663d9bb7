/* Runs by their distance from the mean. */
#include "base/sort.h"
#include "study/curve.h"

#include <math.h>

/* Adds the distances of all runs from the mean of one point. */
static void add_distances(ib_curve *curve, size_t index, ib_rank *ranks)
{
    ib_curve_point mean;
    ib_curve_get(curve, index, &mean);
    if (isnan(mean.i_xt.mean) || isnan(mean.i_ty.mean))
        return;
    for (size_t run = 0; run < curve->count; run++) {
        const ib_point *p = ib_i_curve_find(curve, run, &curve->all.points[index], index);
        if (!p)
            continue;
        const double x = p->i_xt - mean.i_xt.mean, y = p->i_ty - mean.i_ty.mean;
        ranks[run].distance += sqrt(x * x + y * y);
        ranks[run].points++;
    }
}

/* By distance, then by number; those that have none last. */
static int by_distance(const void *a, const void *b)
{
    const ib_rank *x = a, *y = b;
    if ((x->points == 0) != (y->points == 0))
        return x->points == 0 ? 1 : -1;
    if (x->points && x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return (x->run > y->run) - (x->run < y->run);
}

ib_status ib_curve_rank(ib_curve *curve, uint32_t measure, uint32_t estimator, ib_rank *ranks)
{
    if (!curve)
        return IB_ERR_ARG;
    if (curve->count == 0)
        return ib_i_ok(curve->context);
    if (!ranks)
        return ib_i_fail_null(curve->context, "ranks");
    for (size_t run = 0; run < curve->count; run++)
        ranks[run] = (ib_rank){.run = run};
    for (size_t first = 0; first < curve->all.count;) {
        const ib_i_line line = ib_i_curve_line_of(curve, first);
        if (ib_i_curve_in_plane(curve, &line, measure, estimator))
            for (size_t i = 0; i < line.count; i++)
                add_distances(curve, first + i, ranks);
        first += line.count;
    }
    for (size_t run = 0; run < curve->count; run++)
        ranks[run].distance = ranks[run].points ? ranks[run].distance / (double)ranks[run].points : NAN;
    ib_i_sort(ranks, curve->count, sizeof *ranks, by_distance);
    return ib_i_ok(curve->context);
}
