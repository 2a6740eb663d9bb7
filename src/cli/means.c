#include "means.h"

#include "say.h"
#include "ways.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int out_of_memory(void)
{
    say("out of memory");
    return -1;
}

int means_create(means *m, ib_context *context)
{
    *m = (means){.context = context};
    if (ib_curve_create(context, &m->curve) == IB_OK)
        return 0;
    say("%s", ib_context_message(context));
    return -1;
}

void means_clear(means *m)
{
    ib_curve_destroy(m->curve);
    free(m->runs);
    free(m->planes);
    free(m->epochs);
    free(m->extents);
    *m = (means){0};
}

/* Room for one more run. */
static int make_room(means *m)
{
    uint64_t *runs = realloc(m->runs, (m->n_runs + 1) * sizeof *runs);
    if (!runs)
        return out_of_memory();
    m->runs = runs;
    return 0;
}

/* Room for the epochs of a run; new ones have no run yet. */
static int make_epochs(means *m, ib_record *record)
{
    size_t n;
    ib_record_epochs(record, &n);
    if (n <= m->n_epochs)
        return 0;
    mean_epoch *epochs = realloc(m->epochs, n * sizeof *epochs);
    if (!epochs)
        return out_of_memory();
    memset(&epochs[m->n_epochs], 0, (n - m->n_epochs) * sizeof *epochs);
    m->epochs = epochs;
    m->n_epochs = n;
    return 0;
}

/* By epoch, then by layer. */
static int order(const mean_extent *a, const ib_extent *b)
{
    if (a->epoch != b->epoch)
        return a->epoch < b->epoch ? -1 : 1;
    return (a->layer > b->layer) - (a->layer < b->layer);
}

/* Writes all places that either has, in order, unless `to` is NULL. Returns how many these are. */
static size_t merge_extents(const means *m, const ib_extent *run, size_t n, mean_extent *to)
{
    size_t count = 0;
    for (size_t i = 0, j = 0; i < m->n_extents || j < n; count++) {
        const int which = i == m->n_extents ? 1 : j == n ? -1 : order(&m->extents[i], &run[j]);
        if (to)
            to[count] = which <= 0 ? m->extents[i] : (mean_extent){.epoch = run[j].epoch, .layer = run[j].layer};
        i += which <= 0;
        j += which >= 0;
    }
    return count;
}

/* Makes places for the outputs of a run; new ones have no run yet. */
static int make_extents(means *m, ib_record *record)
{
    size_t n;
    const ib_extent *run = ib_record_extents(record, &n);
    const size_t count = merge_extents(m, run, n, NULL);
    if (count == m->n_extents)
        return 0;
    mean_extent *extents = malloc(count * sizeof *extents);
    if (!extents)
        return out_of_memory();
    merge_extents(m, run, n, extents);
    free(m->extents);
    m->extents = extents;
    m->n_extents = count;
    return 0;
}

static int by_plane(const void *a, const void *b)
{
    const mean_plane *x = a, *y = b;
    if (x->measure != y->measure)
        return x->measure < y->measure ? -1 : 1;
    return (x->estimator > y->estimator) - (x->estimator < y->estimator);
}

int means_has(const means *m, mean_plane plane)
{
    return m->n_planes && bsearch(&plane, m->planes, m->n_planes, sizeof plane, by_plane);
}

/* Makes a list of the ways of counting that occurs in a run, too. */
static int make_planes(means *m, ib_record *record)
{
    ib_plane *points = ib_record_plane(record);
    for (size_t i = 0; i < ib_plane_count(points); i++) {
        const ib_point *point = &ib_plane_points(points)[i];
        const mean_plane plane = {point->measure, point->estimator};
        if (means_has(m, plane))
            continue;
        mean_plane *planes = realloc(m->planes, (m->n_planes + 1) * sizeof *planes);
        if (!planes)
            return out_of_memory();
        m->planes = planes;
        m->planes[m->n_planes++] = plane;
        qsort(m->planes, m->n_planes, sizeof *planes, by_plane);
    }
    return 0;
}

static void add_epochs(means *m, ib_record *record)
{
    size_t n;
    const ib_epoch *epochs = ib_record_epochs(record, &n);
    for (size_t e = 0; e < n; e++) {
        ib_moments_add(&m->epochs[e].train_accuracy, epochs[e].train_accuracy);
        ib_moments_add(&m->epochs[e].train_loss, epochs[e].train_loss);
        if (!ways_is_tested(&epochs[e]))
            continue;
        ib_moments_add(&m->epochs[e].test_accuracy, epochs[e].test_accuracy);
        ib_moments_add(&m->epochs[e].test_loss, epochs[e].test_loss);
    }
}

static void add_extents(means *m, ib_record *record)
{
    size_t n;
    const ib_extent *run = ib_record_extents(record, &n);
    mean_extent *place = m->extents;
    for (size_t i = 0; i < n; i++) {
        while (order(place, &run[i]) < 0)
            place++;
        ib_moments_add(&place->min, (double)run[i].min);
        ib_moments_add(&place->max, (double)run[i].max);
    }
}

/* All that may fail comes first; places that are made for a run that is then refused have no run, and are as none. */
int means_add(means *m, uint64_t run, ib_record *record)
{
    size_t restarts;
    if (make_room(m) || make_epochs(m, record) || make_extents(m, record) || make_planes(m, record))
        return -1;
    if (ib_curve_add(m->curve, ib_record_plane(record)) != IB_OK) {
        say("run %" PRIu64 ": %s", run, ib_context_message(m->context));
        return -1;
    }
    m->runs[m->n_runs++] = run;
    ib_record_restarts(record, &restarts);
    m->restarts += restarts;
    m->bad_fits += ib_record_outcome(record) == IB_OUTCOME_BAD;
    add_epochs(m, record);
    add_extents(m, record);
    return 0;
}

/* Means, and where they end. */
typedef struct reading {
    means *into;
    uint64_t end;
} reading;

static int take(uint64_t run, ib_record *record, void *user_data)
{
    const reading *r = user_data;
    return run < r->end ? means_add(r->into, run, record) : 0;
}

int means_read(means *m, const folder *of, ib_context *context, uint64_t end)
{
    reading r = {m, end};
    if (means_create(m, context))
        return -1;
    if (folder_each(of, context, take, &r) == 0)
        return 0;
    means_clear(m);
    return -1;
}

size_t means_line(const means *m, mean_plane plane, uint32_t layer, size_t *first)
{
    const size_t n = ib_curve_line(m->curve, layer, plane.measure, plane.estimator, first);
    return n ? n : ib_curve_line(m->curve, layer, IB_MEASURE_STATE, 0, first);
}

int means_point(const means *m, size_t index, ib_curve_point *point)
{
    if (ib_curve_get(m->curve, index, point) == IB_OK)
        return point->i_xt.count == m->n_runs;
    say("%s", ib_context_message(m->context));
    return -1;
}
