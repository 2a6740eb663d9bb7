#include "study/curve.h"

#include "base/memory.h"
#include "base/sort.h"
#include "study/statistics.h"

#include <math.h>
#include <string.h>

/* By layer, measure, estimator, epoch. */
static int by_key(const void *a, const void *b)
{
    const ib_point *x = a, *y = b;
    if (x->layer != y->layer)
        return x->layer < y->layer ? -1 : 1;
    if (x->measure != y->measure)
        return x->measure < y->measure ? -1 : 1;
    if (ib_i_estimator(x) != ib_i_estimator(y))
        return ib_i_estimator(x) < ib_i_estimator(y) ? -1 : 1;
    return (x->epoch > y->epoch) - (x->epoch < y->epoch);
}

/* Index of the first point that is not before a key. */
static size_t lower_bound(const ib_i_series *series, const ib_point *key)
{
    size_t from = 0, to = series->count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (by_key(&series->points[middle], key) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static const ib_point *find(const ib_i_series *series, const ib_point *key, size_t guess)
{
    if (guess >= series->count || by_key(&series->points[guess], key) != 0)
        guess = lower_bound(series, key);
    return guess < series->count && by_key(&series->points[guess], key) == 0 ? &series->points[guess] : NULL;
}

/* Writes all points that either has, in order, unless `to` is NULL. Returns how many these are. */
static size_t merge(const ib_i_series *a, const ib_i_series *b, ib_point *to)
{
    size_t count = 0;
    for (size_t i = 0, j = 0; i < a->count || j < b->count; count++) {
        const int order = i == a->count ? 1 : j == b->count ? -1 : by_key(&a->points[i], &b->points[j]);
        if (to)
            to[count] = order <= 0 ? a->points[i] : b->points[j];
        i += order <= 0;
        j += order >= 0;
    }
    return count;
}

ib_status ib_curve_create(ib_context *context, ib_curve **out)
{
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    *out = NULL;
    ib_curve *curve = ib_i_object_create(context, sizeof *curve);
    if (!curve)
        return IB_ERR_NOMEM;
    curve->context = context;
    *out = curve;
    return ib_i_ok(context);
}

void ib_curve_destroy(ib_curve *curve)
{
    if (!curve)
        return;
    for (size_t run = 0; run < curve->count; run++)
        ib_i_free(curve->context, curve->runs[run].points);
    ib_i_free(curve->context, curve->runs);
    ib_i_free(curve->context, curve->numbers);
    ib_i_free(curve->context, curve->all.points);
    ib_i_object_destroy(curve->context, curve);
}

/* Only estimators may say that there is no number. */
static int is_said(const ib_point *point, double bits)
{
    return isfinite(bits) || (isnan(bits) && point->measure == IB_MEASURE_ESTIMATED);
}

/* Whether sorted points will do for a run. */
static ib_status check_points(ib_context *context, const ib_i_series *run)
{
    for (size_t i = 0; i < run->count; i++) {
        const ib_point *p = &run->points[i];
        if (!is_said(p, p->i_xt) || !is_said(p, p->i_ty))
            return ib_i_fail(context, IB_ERR_NONFINITE, "expected numbers, got (%g, %g) at epoch %u of layer %u, %s",
                             p->i_xt, p->i_ty, p->epoch, p->layer, ib_measure_name(p->measure));
        if (i > 0 && by_key(p - 1, p) == 0)
            return ib_i_fail(context, IB_ERR_ARG, "expected one point, got two at epoch %u of layer %u, %s", p->epoch,
                             p->layer, ib_measure_name(p->measure));
    }
    return IB_OK;
}

/* Room for one more run. What has grown when there is no more memory may stay so. */
static ib_status make_room(ib_curve *curve)
{
    if (curve->count < curve->capacity)
        return IB_OK;
    const size_t capacity = curve->capacity ? 2 * curve->capacity : 16;
    double *numbers = ib_i_grow(curve->context, curve->numbers, 0, capacity, 3 * sizeof *numbers);
    if (!numbers)
        return ib_i_fail_memory(curve->context);
    curve->numbers = numbers;
    ib_i_series *runs = ib_i_grow(curve->context, curve->runs, curve->count, capacity, sizeof *runs);
    if (!runs)
        return ib_i_fail_memory(curve->context);
    curve->runs = runs;
    curve->capacity = capacity;
    return IB_OK;
}

/* Makes sure that the curve has all points of a run. */
static ib_status extend(ib_curve *curve, const ib_i_series *run)
{
    const size_t count = merge(&curve->all, run, NULL);
    if (count == curve->all.count)
        return IB_OK;
    ib_point *points = ib_i_alloc(curve->context, count, sizeof *points);
    if (!points)
        return ib_i_fail_memory(curve->context);
    merge(&curve->all, run, points);
    ib_i_free(curve->context, curve->all.points);
    curve->all = (ib_i_series){points, count};
    return IB_OK;
}

static ib_status take(ib_curve *curve, const ib_i_series *run)
{
    IB_TRY(check_points(curve->context, run));
    IB_TRY(make_room(curve));
    IB_TRY(extend(curve, run));
    curve->runs[curve->count++] = *run;
    return IB_OK;
}

ib_status ib_curve_add(ib_curve *curve, const ib_plane *plane)
{
    if (!curve)
        return IB_ERR_ARG;
    ib_context *context = curve->context;
    if (!plane)
        return ib_i_fail_null(context, "plane");
    ib_i_series run = {.count = ib_plane_count(plane)};
    if (run.count == 0)
        return ib_i_fail(context, IB_ERR_ARG, "expected a point or more, got none");
    run.points = ib_i_alloc(context, run.count, sizeof *run.points);
    if (!run.points)
        return ib_i_fail_memory(context);
    memcpy(run.points, ib_plane_points(plane), run.count * sizeof *run.points);
    ib_i_sort(run.points, run.count, sizeof *run.points, by_key);
    const ib_status status = take(curve, &run);
    if (status != IB_OK) {
        ib_i_free(context, run.points);
        return status;
    }
    return ib_i_ok(context);
}

size_t ib_curve_runs(const ib_curve *curve)
{
    return curve ? curve->count : 0;
}

size_t ib_curve_count(const ib_curve *curve)
{
    return curve ? curve->all.count : 0;
}

uint32_t ib_curve_layers(const ib_curve *curve)
{
    return curve && curve->all.count ? curve->all.points[curve->all.count - 1].layer : 0;
}

size_t ib_curve_line(const ib_curve *curve, uint32_t layer, uint32_t measure, uint32_t estimator, size_t *first)
{
    if (!curve)
        return 0;
    ib_point key = ib_i_key(layer, measure, estimator, 0);
    const size_t from = lower_bound(&curve->all, &key);
    key.epoch = UINT32_MAX;
    const size_t last = lower_bound(&curve->all, &key);
    const size_t count = last - from + (find(&curve->all, &key, last) != NULL);
    if (first && count)
        *first = from;
    return count;
}

ib_i_line ib_i_curve_line_of(const ib_curve *curve, size_t index)
{
    const ib_point *p = &curve->all.points[index];
    ib_i_line line = {.layer = p->layer, .measure = p->measure, .estimator = ib_i_estimator(p)};
    line.count = ib_curve_line(curve, line.layer, line.measure, line.estimator, &line.first);
    return line;
}

int ib_i_curve_in_plane(const ib_curve *curve, const ib_i_line *line, uint32_t measure, uint32_t estimator)
{
    return (line->measure == measure && line->estimator == estimator) ||
           (line->measure == IB_MEASURE_STATE && ib_curve_line(curve, line->layer, measure, estimator, NULL) == 0);
}

const ib_point *ib_i_curve_find(const ib_curve *curve, size_t run, const ib_point *key, size_t guess)
{
    return find(&curve->runs[run], key, guess);
}

ib_statistics ib_i_curve_statistics(ib_curve *curve, double *numbers, size_t n)
{
    if (n > 1 && n != curve->student_of) {
        curve->student = ib_statistics_student(n - 1);
        curve->student_of = n;
    }
    return ib_i_statistics(numbers, n, curve->student);
}

ib_status ib_curve_get(ib_curve *curve, size_t index, ib_curve_point *point)
{
    if (!curve)
        return IB_ERR_ARG;
    if (!point)
        return ib_i_fail_null(curve->context, "point");
    if (index >= curve->all.count)
        return ib_i_fail(curve->context, IB_ERR_RANGE, "index: expected less than %zu, got %zu", curve->all.count,
                         index);
    const ib_point *key = &curve->all.points[index];
    double *i_xt = curve->numbers, *i_ty = i_xt + curve->count, *states = i_ty + curve->count;
    size_t n = 0;
    for (size_t run = 0; run < curve->count; run++) {
        const ib_point *p = find(&curve->runs[run], key, index);
        if (!p)
            continue;
        i_xt[n] = p->i_xt;
        i_ty[n] = p->i_ty;
        states[n++] = (double)p->states;
    }
    *point = (ib_curve_point){
        .epoch = key->epoch,
        .layer = key->layer,
        .measure = key->measure,
        .estimator = ib_i_estimator(key),
        .i_xt = ib_i_curve_statistics(curve, i_xt, n),
        .i_ty = ib_i_curve_statistics(curve, i_ty, n),
        .states = ib_i_curve_statistics(curve, states, n),
    };
    return ib_i_ok(curve->context);
}
