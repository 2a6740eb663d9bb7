/* Counts what exceeds the limits of layers. */
#include "study/curve.h"

#include <math.h>
#include <string.h>

typedef struct checker {
    const ib_curve *curve;
    const ib_limits *limits;
    double tolerance;
    uint32_t measure, estimator;
    ib_violations *violations;
} checker;

/* At a point of a run a value is beyond a limit by `excess`, if that is positive; NaN: the value is not known. */
static void check(const checker *c, uint32_t limit, double excess, size_t run, const ib_point *at)
{
    ib_violations *v = &c->violations[limit];
    if (isnan(excess))
        return;
    v->checked++;
    if (!(excess > c->tolerance))
        return;
    v->violated++;
    if (excess <= v->largest)
        return;
    v->largest = excess;
    v->run = run;
    v->epoch = at->epoch;
    v->layer = at->layer;
    v->measure = at->measure;
    v->estimator = ib_i_estimator(at);
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* The line before one in the plane, which has one for each layer; a line without points if there is none. */
static ib_i_line line_before(const checker *c, const ib_i_line *line)
{
    ib_i_line before = *line;
    do {
        if (before.first == 0)
            return (ib_i_line){0};
        before = ib_i_curve_line_of(c->curve, before.first - 1);
    } while (!ib_i_curve_in_plane(c->curve, &before, c->measure, c->estimator));
    return before;
}

/* The point at the same epoch of a run in the nearest line before that has it there; NULL if there is none. `offset` is
 * where it is if all lines have the same epochs. */
static const ib_point *point_before(const checker *c, size_t run, const ib_point *p, ib_i_line before, size_t offset)
{
    for (; before.count; before = line_before(c, &before)) {
        const ib_point key = ib_i_key(before.layer, before.measure, before.estimator, p->epoch);
        const ib_point *found = ib_i_curve_find(c->curve, run, &key, before.first + offset);
        if (found)
            return found;
    }
    return NULL;
}

static void check_point(const checker *c, size_t run, const ib_point *p, const ib_point *before)
{
    const ib_limits *l = c->limits;
    const double most = smaller(p->i_xt, l->h_y);
    check(c, IB_LIMIT_CHAIN_X, p->i_xt - (before ? before->i_xt : l->h_x), run, p);
    check(c, IB_LIMIT_CHAIN_Y, p->i_ty - (before ? before->i_ty : l->i_xy), run, p);
    check(c, IB_LIMIT_BOUND_X, larger(-p->i_xt, p->i_xt - l->log2_rows), run, p);
    check(c, IB_LIMIT_BOUND_Y, larger(-p->i_ty, p->i_ty - most), run, p);
}

static void check_line(const checker *c, const ib_i_line *line)
{
    const ib_i_line before = line_before(c, line);
    for (size_t offset = 0; offset < line->count; offset++) {
        const size_t index = line->first + offset;
        for (size_t run = 0; run < c->curve->count; run++) {
            const ib_point *p = ib_i_curve_find(c->curve, run, &c->curve->all.points[index], index);
            if (p)
                check_point(c, run, p, point_before(c, run, p, before, offset));
        }
    }
}

static int is_size(double bits)
{
    return bits >= 0.0 && isfinite(bits);
}

ib_status ib_curve_count_violations(const ib_curve *curve, uint32_t measure, uint32_t estimator,
                                    const ib_limits *limits, double tolerance, ib_violations *violations)
{
    if (!curve)
        return IB_ERR_ARG;
    if (!limits || !violations)
        return ib_i_fail_null(curve->context, limits ? "violations" : "limits");
    if (!is_size(limits->log2_rows) || !is_size(limits->h_x) || !is_size(limits->h_y) || !is_size(limits->i_xy))
        return ib_i_fail(curve->context, IB_ERR_ARG, "limits: expected bits, got %g, %g, %g, %g", limits->log2_rows,
                         limits->h_x, limits->h_y, limits->i_xy);
    if (!is_size(tolerance))
        return ib_i_fail(curve->context, IB_ERR_ARG, "tolerance: expected bits, got %g", tolerance);
    memset(violations, 0, IB_LIMIT_COUNT * sizeof *violations);
    const checker c = {curve, limits, tolerance, measure, estimator, violations};
    for (size_t first = 0; first < curve->all.count;) {
        const ib_i_line line = ib_i_curve_line_of(curve, first);
        if (ib_i_curve_in_plane(curve, &line, measure, estimator))
            check_line(&c, &line);
        first += line.count;
    }
    return ib_i_ok(curve->context);
}
