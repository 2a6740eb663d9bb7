#include "series.h"

#include "say.h"

#include <math.h>
#include <stdlib.h>

#define POINTS_OF_TEN 24   /* points in a factor of ten, at most */
#define COLUMNS_OF_TEN 150 /* columns of a picture in a factor of ten */
#define MARKS_OF_TEN 3     /* markers of a line in a factor of ten */
#define LAYERS_APART 6     /* layers whose markers are at different places */

static int make_room(series *s, size_t n)
{
    *s = (series){.rows = malloc((n ? n : 1) * sizeof *s->rows)};
    if (s->rows)
        return 0;
    say("out of memory");
    return -1;
}

int series_of_layer(series *s, const means *m, mean_plane plane, uint32_t layer)
{
    size_t first = 0;
    const size_t n = means_line(m, plane, layer, &first);
    if (make_room(s, n))
        return -1;
    for (size_t i = 0; i < n; i++) {
        ib_curve_point point;
        const int counts = means_point(m, first + i, &point);
        if (counts < 0)
            return -1;
        if (counts && !isnan(point.i_xt.mean) && !isnan(point.i_ty.mean))
            s->rows[s->n++] = (row){.epoch = point.epoch,
                                    .mean = {point.i_xt.mean, point.i_ty.mean},
                                    .half = {point.i_xt.half_interval, point.i_ty.half_interval}};
    }
    return 0;
}

/* A row of what all runs have. */
static void append(series *s, const means *m, uint32_t epoch, const ib_moments *a, const ib_moments *b)
{
    if (a->count == m->n_runs)
        s->rows[s->n++] = (row){.epoch = epoch,
                                .mean = {a->mean, b->mean},
                                .half = {ib_moments_half_interval(a), ib_moments_half_interval(b)}};
}

int series_of_accuracy(series *s, const means *m)
{
    if (make_room(s, m->n_epochs))
        return -1;
    for (size_t e = 0; e < m->n_epochs; e++)
        append(s, m, (uint32_t)e, &m->epochs[e].train_accuracy, &m->epochs[e].test_accuracy);
    return 0;
}

int series_of_outputs(series *s, const means *m, uint32_t layer)
{
    if (make_room(s, m->n_extents))
        return -1;
    for (size_t i = 0; i < m->n_extents; i++)
        if (m->extents[i].layer == layer)
            append(s, m, m->extents[i].epoch, &m->extents[i].min, &m->extents[i].max);
    return 0;
}

/* Place of an epoch on the logarithmic axis; epoch 0 is before all others. */
static double step(uint32_t epoch, double density, double shift)
{
    return epoch ? floor(density * log10((double)epoch) + shift + 1e-9) : -1.0;
}

static int begins(const series *s, size_t i, double density, double shift)
{
    return i == 0 || step(s->rows[i].epoch, density, shift) != step(s->rows[i - 1].epoch, density, shift);
}

int series_begins(const series *s, size_t i, double density)
{
    return begins(s, i, density, 0.0);
}

void series_thin_points(series *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->n; i++)
        if (i + 1 == s->n || series_begins(s, i, POINTS_OF_TEN))
            s->rows[kept++] = s->rows[i];
    s->n = kept;
}

double series_edge(const row *r, int quantity, int side)
{
    return r->mean[quantity] + (isnan(r->half[quantity]) ? 0.0 : side * r->half[quantity]);
}

/* Which row from `from` to before `to` has the edge that is farthest in a direction. */
static size_t farthest(const series *s, size_t from, size_t to, int quantity, int side, int direction)
{
    size_t found = from;
    for (size_t i = from; i < to; i++)
        if (direction * series_edge(&s->rows[i], quantity, side) >
            direction * series_edge(&s->rows[found], quantity, side))
            found = i;
    return found;
}

/* Of a column, which is from `from` to before `to`, the ends are kept, and where an edge of a band is outermost. */
static void keep_column(const series *s, size_t from, size_t to, char *keep)
{
    keep[from] = keep[to - 1] = 1;
    for (int quantity = 0; quantity < 2; quantity++)
        for (int side = -1; side <= 1; side += 2) {
            keep[farthest(s, from, to, quantity, side, -1)] = 1;
            keep[farthest(s, from, to, quantity, side, 1)] = 1;
        }
}

static void thin(series *s, char *keep)
{
    size_t kept = 0;
    for (size_t from = 0, to; from < s->n; from = to) {
        for (to = from + 1; to < s->n && !begins(s, to, COLUMNS_OF_TEN, 0.0); to++)
            ;
        keep_column(s, from, to, keep);
    }
    for (size_t i = 0; i < s->n; i++)
        if (keep[i] || s->rows[i].marked)
            s->rows[kept++] = s->rows[i];
    s->n = kept;
}

void series_thin_lines(series *s, uint32_t layer)
{
    const double shift = (double)(layer % LAYERS_APART) / LAYERS_APART;
    for (size_t i = 1; i < s->n; i++)
        s->rows[i].marked = begins(s, i, MARKS_OF_TEN, shift);
    /* Without memory all rows stay: the picture is the same. */
    char *keep = calloc(s->n ? s->n : 1, 1);
    if (keep)
        thin(s, keep);
    free(keep);
}

void series_write(const series *s, FILE *stream)
{
    for (size_t i = 0; i < s->n; i++) {
        const row *r = &s->rows[i];
        fprintf(stream, "%u %.9g %.3g %.9g %.3g %d\n", (unsigned)r->epoch, r->mean[0], r->half[0], r->mean[1],
                r->half[1], r->marked);
    }
}

void series_clear(series *s)
{
    free(s->rows);
    *s = (series){0};
}
