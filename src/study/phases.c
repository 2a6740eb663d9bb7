/* Fitting and compression of one layer. */
#include "study/curve.h"

#include <math.h>
#include <string.h>

#define SETTLED 200 /* epochs at the end over which the study's compression is taken */

/* Points of the curve at which the mean curve of a line begins, is largest, and ends. */
typedef struct turns {
    size_t first, largest_xt, largest_ty, last;
} turns;

/* Whether a mean is the largest so far, of which NaN is none. */
static int is_larger(double mean, double so_far)
{
    return mean > so_far || (isnan(so_far) && !isnan(mean));
}

/* Whether there are any. Points that only half of the runs have, or fewer, count for nothing. */
static int find_turns(ib_curve *curve, const ib_i_line *line, turns *found)
{
    int any = 0;
    double xt = 0.0, ty = 0.0;
    for (size_t index = line->first; index < line->first + line->count; index++) {
        ib_curve_point point;
        ib_curve_get(curve, index, &point);
        if (point.i_xt.count <= curve->count / 2)
            continue;
        if (!any)
            found->first = index;
        if (!any || is_larger(point.i_xt.mean, xt)) {
            found->largest_xt = index;
            xt = point.i_xt.mean;
        }
        if (!any || is_larger(point.i_ty.mean, ty)) {
            found->largest_ty = index;
            ty = point.i_ty.mean;
        }
        found->last = index;
        any = 1;
    }
    return any;
}

/* Mean of I(X;T) of a run over the points of the curve from `from` to `to`. Returns how many it has there. */
static size_t mean_of_run(const ib_curve *curve, size_t run, size_t from, size_t to, double *mean)
{
    ib_moments moments = {0};
    for (size_t index = from; index <= to; index++) {
        const ib_point *p = ib_i_curve_find(curve, run, &curve->all.points[index], index);
        if (p)
            ib_moments_add(&moments, p->i_xt);
    }
    *mean = moments.mean;
    return moments.count;
}

/* First point of the last epochs, which do not begin before compression does. */
static size_t first_settled(const ib_curve *curve, const turns *found, uint32_t settled)
{
    const ib_point *points = curve->all.points;
    size_t from = found->last;
    while (from > found->largest_xt && points[found->last].epoch - points[from - 1].epoch < settled)
        from--;
    return from;
}

/* The sizes, each over the runs that have what it takes. */
static void measure(ib_curve *curve, const turns *found, uint32_t settled, ib_phases *phases)
{
    const ib_point *points = curve->all.points;
    const size_t settled_from = first_settled(curve, found, settled);
    double *fitting = curve->numbers, *rise = fitting + curve->count, *compression = rise + curve->count, end;
    size_t fitted = 0, risen = 0, compressed = 0;
    for (size_t run = 0; run < curve->count; run++) {
        const ib_point *first = ib_i_curve_find(curve, run, &points[found->first], found->first);
        const ib_point *xt = ib_i_curve_find(curve, run, &points[found->largest_xt], found->largest_xt);
        const ib_point *ty = ib_i_curve_find(curve, run, &points[found->largest_ty], found->largest_ty);
        if (first && ty)
            fitting[fitted++] = ty->i_ty - first->i_ty;
        if (first && xt)
            rise[risen++] = xt->i_xt - first->i_xt;
        if (xt && mean_of_run(curve, run, settled_from, found->last, &end))
            compression[compressed++] = xt->i_xt - end;
    }
    phases->fitting = ib_i_curve_statistics(curve, fitting, fitted);
    phases->rise = ib_i_curve_statistics(curve, rise, risen);
    phases->compression = ib_i_curve_statistics(curve, compression, compressed);
}

ib_status ib_curve_measure_phases(ib_curve *curve, uint32_t layer, uint32_t measured, uint32_t estimator,
                                  uint32_t settled, ib_phases *phases)
{
    if (!curve)
        return IB_ERR_ARG;
    if (!phases || phases->struct_size < sizeof phases->struct_size)
        return ib_i_fail(curve->context, IB_ERR_ARG, "phases: expected a struct with its struct_size");
    ib_i_line line = {.layer = layer, .measure = measured, .estimator = estimator};
    line.count = ib_curve_line(curve, layer, measured, estimator, &line.first);
    if (line.count == 0)
        return ib_i_fail(curve->context, IB_ERR_ARG, "expected a layer with points, got layer %u, %s", layer,
                         ib_measure_name(measured));
    turns found;
    if (!find_turns(curve, &line, &found))
        return ib_i_fail(curve->context, IB_ERR_STATE,
                         "layer %u, %s: at no epoch more than half of the runs have points", layer,
                         ib_measure_name(measured));
    const ib_point *points = curve->all.points;
    ib_phases full = {
        .struct_size = phases->struct_size,
        .layer = layer,
        .measure = measured,
        .estimator = estimator,
        .fitting_first = points[found.first].epoch,
        .fitting_last = points[found.largest_ty].epoch,
        .compression_first = points[found.largest_xt].epoch,
        .compression_last = points[found.last].epoch,
    };
    measure(curve, &found, settled ? settled : SETTLED, &full);
    memcpy(phases, &full, full.struct_size < sizeof full ? full.struct_size : sizeof full);
    return ib_i_ok(curve->context);
}
