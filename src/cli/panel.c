#include "panel.h"

#include "say.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Grey lines through all layers of an epoch: so many in a factor of ten. */
#define JOINED_OF_TEN 2

/* How near the ends of two layers are, as parts of the axes, if they share a name; times the columns, or 2. */
#define NEAR_X 0.045
#define NEAR_Y 0.027

/* How wide a name is, likewise. */
#define NAME_X 0.09

/* With more layers than this keys name them by their shapes, which they share, and bands would hide all. */
#define MANY_LAYERS 12

/* The smallest corner that is shown, in bits, and what is free around the points in it, as parts of the axes. */
#define CORNER_X 0.02
#define CORNER_Y 0.002
#define FREE_LEFT 0.05
#define FREE_BELOW 0.06
#define FREE_RIGHT 0.05
#define FREE_ABOVE 0.12 /* a name stands there */

/* Counts may be below 0 by rounding; what is farther below is an estimate. */
#define BELOW_ZERO 1e-6

/* What is free above and below the bands of two quantities, as a part of what they take. */
#define FREE_PAIR 0.06

/* Scripts of the panels, line by line; made by the build. */
static const char *const plane_script[] = {
#include "plane.gp.inc"
};
static const char *const curve_script[] = {
#include "curve.gp.inc"
};
static const char *const pair_script[] = {
#include "pair.gp.inc"
};

/* --- data ----------------------------------------------------------------------------------------------------------*/

int view_is_plane(const view *v)
{
    return v->what->kind == PANEL_PLANE || v->what->kind == PANEL_CORNER;
}

static int shows_accuracy(const view *v)
{
    return v->what->kind == PANEL_ACCURACY || v->what->kind == PANEL_TRAINING;
}

static int shows_layers(const view *v)
{
    return !shows_accuracy(v) && v->what->kind != PANEL_RANGE;
}

static int load_line(const view *v, uint32_t layer, series *s)
{
    const panel *p = v->what;
    switch (p->kind) {
    case PANEL_ACCURACY:
    case PANEL_TRAINING:
        return series_of_accuracy(s, p->from);
    case PANEL_RANGE:
        return series_of_outputs(s, p->from, p->layer);
    default:
        return series_of_layer(s, p->from, p->plane, layer);
    }
}

int view_load(view *v, const panel *what)
{
    *v = (view){.what = what};
    const uint32_t n = shows_layers(v) ? ib_curve_layers(what->from->curve) : 1;
    v->lines = calloc(n ? n : 1, sizeof *v->lines);
    if (!v->lines) {
        say("out of memory");
        return -1;
    }
    for (uint32_t layer = 1; layer <= n; layer++) {
        series *s = &v->lines[v->n_lines++];
        if (load_line(v, layer, s))
            return -1;
        if (s->n == 0) {
            say("expected points for a figure, got none that all runs have");
            return -1;
        }
        if (view_is_plane(v))
            series_thin_points(s);
        else
            series_thin_lines(s, layer);
    }
    return 0;
}

void view_clear(view *v)
{
    for (size_t i = 0; i < v->n_lines; i++)
        series_clear(&v->lines[i]);
    free(v->lines);
    *v = (view){0};
}

int view_shares(const view *a, const view *b)
{
    const panel *p = a->what, *q = b->what;
    return p->from == q->from && p->plane.measure == q->plane.measure && p->plane.estimator == q->plane.estimator &&
           p->layer == q->layer && shows_layers(a) && shows_layers(b) && view_is_plane(a) == view_is_plane(b);
}

size_t view_blocks(const view *v)
{
    return v->n_lines + (size_t)view_is_plane(v);
}

uint32_t view_epochs(const view *v)
{
    uint32_t most = 0;
    for (size_t i = 0; i < v->n_lines; i++) {
        const uint32_t last = v->lines[i].rows[v->lines[i].n - 1].epoch;
        most = last > most ? last : most;
    }
    return most;
}

static void extend(box *b, const series *s)
{
    for (size_t i = 0; i < s->n; i++)
        for (int q = 0; q < 2; q++) {
            b->low[q] = fmin(b->low[q], s->rows[i].mean[q]);
            b->high[q] = fmax(b->high[q], s->rows[i].mean[q]);
        }
}

void view_extend(const view *v, box *b)
{
    for (size_t i = 0; i < v->n_lines; i++)
        extend(b, &v->lines[i]);
}

static const row *find_epoch(const series *s, uint32_t epoch)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->rows[i].epoch == epoch)
            return &s->rows[i];
    return NULL;
}

/* All layers of an epoch, one after the other, as a line of its own. */
static void write_joined(const view *v, uint32_t epoch, FILE *stream)
{
    for (size_t l = 0; l < v->n_lines; l++) {
        const row *r = find_epoch(&v->lines[l], epoch);
        if (r)
            fprintf(stream, "%u %.9g %.9g\n", (unsigned)epoch, r->mean[0], r->mean[1]);
    }
    fputc('\n', stream);
}

static void write_joins(const view *v, FILE *stream)
{
    const series *first = &v->lines[0];
    fputs("# Grey lines: all layers of an epoch\n# epoch I(X;T) I(T;Y)\n", stream);
    for (size_t i = 0; i < first->n; i++)
        if (i + 1 == first->n || series_begins(first, i, JOINED_OF_TEN))
            write_joined(v, first->rows[i].epoch, stream);
    fputs("\n", stream);
}

void view_write_data(const view *v, FILE *stream)
{
    static const char *const quantities[] = {"I(X;T) half I(T;Y) half", "training half test half",
                                             "smallest half largest half"};
    const panel_kind kind = v->what->kind;
    for (size_t l = 0; l < v->n_lines; l++) {
        fprintf(stream, "# %s%s", v->what->title ? v->what->title : "", v->what->title ? ", " : "");
        if (!shows_accuracy(v))
            fprintf(stream, "T%u, ", (unsigned)(kind == PANEL_RANGE ? v->what->layer : l + 1));
        fprintf(stream, "mean of %zu run%s\n# epoch %s mark\n", v->what->from->n_runs,
                v->what->from->n_runs == 1 ? "" : "s",
                quantities[shows_accuracy(v)     ? 1
                           : kind == PANEL_RANGE ? 2
                                                 : 0]);
        series_write(&v->lines[l], stream);
        fputs("\n\n", stream);
    }
    if (view_is_plane(v))
        write_joins(v, stream);
}

/* --- script --------------------------------------------------------------------------------------------------------*/

void script_quote(const char *text, FILE *stream)
{
    fputc('"', stream);
    for (; *text; text++)
        if (*text == '\n')
            fputs("\\n", stream);
        else if (*text == '`') /* by its number: gnuplot runs what stands between two of them, as shells do */
            fputs("\\140", stream);
        else
            fprintf(stream, "%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
    fputc('"', stream);
}

/* Where an axis of bits begins: at 0, but for estimates that are below. */
static double begin_of_bits(double low)
{
    return low < -BELOW_ZERO ? floor(10.0 * low) / 10.0 : 0.0;
}

/* The whole plane, from 0 to the next whole bit, with room for markers and names. */
static box frame_whole(const box *whole)
{
    return (box){{begin_of_bits(whole->low[0]), begin_of_bits(whole->low[1])},
                 {1.033 * fmax(ceil(whole->high[0]), 1.0), 1.12 * fmax(ceil(whole->high[1]), 1.0)}};
}

/* Where the hidden layers are, all but the last one. */
static box frame_corner(const view *v)
{
    static const double smallest[] = {CORNER_X, CORNER_Y};
    box b = {{INFINITY, INFINITY}, {-INFINITY, -INFINITY}};
    for (size_t l = 0; l < v->n_lines && (l == 0 || l + 1 < v->n_lines); l++)
        extend(&b, &v->lines[l]);
    for (int q = 0; q < 2; q++)
        b.low[q] = fmin(b.low[q], b.high[q] - smallest[q]);
    const double x = b.high[0] - b.low[0], y = b.high[1] - b.low[1];
    return (box){{b.low[0] - FREE_LEFT * x, b.low[1] - FREE_BELOW * y},
                 {b.high[0] + FREE_RIGHT * x, b.high[1] + FREE_ABOVE * y}};
}

static const row *end_of(const view *v, size_t line)
{
    return &v->lines[line].rows[v->lines[line].n - 1];
}

/* Place of a point in a frame, as parts of the axes. */
static void place_in(const box *frame, const row *r, double place[2])
{
    for (int q = 0; q < 2; q++)
        place[q] = (r->mean[q] - frame->low[q]) / (frame->high[q] - frame->low[q]);
}

/* Whether two ends are nearer to each other than parts of the axes. */
static int are_near(const double a[2], const double b[2], double x, double y)
{
    return fabs(a[0] - b[0]) <= x && fabs(a[1] - b[1]) <= y;
}

/* The name of layers `first` to `last`, counted from 0, at the end of the first: above it and to the left, but to the
 * right where the axis is near, and below it where another name stands above. */
static void write_name(const view *v, size_t first, size_t last, const double place[2], int below, FILE *stream)
{
    const row *end = end_of(v, first);
    const int at_axis = place[0] < 0.15;
    if (place[0] < 0.0 || place[1] < 0.0 || place[0] > 1.0 || place[1] > 1.0)
        return;
    fprintf(stream, "    set label 'T%zu", first + 1);
    if (last > first)
        fprintf(stream, "-T%zu", last + 1);
    fprintf(stream, "' at %.6g,%.6g %s front offset %s,%s\n", end->mean[0], end->mean[1], at_axis ? "left" : "right",
            at_axis ? "0" : "0.7", below ? "-0.8" : "0.8");
}

/* Neighbouring layers whose curves end close together share a name, since two would be printed one over the other. */
static void write_names(const view *v, const box *frame, size_t columns, FILE *stream)
{
    const double near = (double)(columns > 2 ? columns : 2) * (v->n_lines > MANY_LAYERS ? 2.0 : 1.0);
    double here[2], other[2], before[2] = {-INFINITY, -INFINITY};
    for (size_t first = 0, next; first < v->n_lines; first = next) {
        place_in(frame, end_of(v, first), here);
        for (next = first + 1; next < v->n_lines; next++) {
            place_in(frame, end_of(v, next), other);
            if (!are_near(here, other, NEAR_X * near, NEAR_Y * near))
                break;
        }
        write_name(v, first, next - 1, here, are_near(here, before, NAME_X * near, NEAR_Y * near), stream);
        memcpy(before, here, sizeof before);
    }
}

static void write_lines(const char *const *lines, size_t n, FILE *stream)
{
    for (size_t i = 0; i < n; i++)
        fputs(lines[i], stream);
}

static void write_plane(const view *v, const box *whole, size_t columns, FILE *stream)
{
    const box frame = v->what->kind == PANEL_PLANE ? frame_whole(whole) : frame_corner(v);
    fprintf(stream, "    whole = %d\n", v->what->kind == PANEL_PLANE);
    fprintf(stream, "    set xrange [%.6g:%.6g]\n    set yrange [%.6g:%.6g]\n", frame.low[0], frame.high[0],
            frame.low[1], frame.high[1]);
    write_names(v, &frame, columns, stream);
    write_lines(plane_script, sizeof plane_script / sizeof plane_script[0], stream);
}

/* I(X;T) or I(T;Y) of all layers: the first quantity of the rows, or the second. */
static void write_curve(const view *v, FILE *stream)
{
    const int q = v->what->kind == PANEL_I_TY;
    box b = {{0.0, 0.0}, {0.0, 0.0}};
    view_extend(v, &b);
    fprintf(stream, "    quantity = %d\n    set ylabel '%s  [bits]'\n    set yrange [%.6g:%.6g]\n", q + 1,
            q ? "I(T;Y)" : "I(X;T)", begin_of_bits(b.low[q]), 1.04 * fmax(ceil(b.high[q]), 1.0));
    write_lines(curve_script, sizeof curve_script / sizeof curve_script[0], stream);
}

/* Both quantities of the rows, or the first alone, with their bands. */
static void write_pair(const view *v, FILE *stream)
{
    const int accuracy = shows_accuracy(v), shown = v->what->kind == PANEL_TRAINING ? 1 : 2;
    const series *s = v->lines;
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < s->n; i++) {
        for (int q = 0; q < shown; q++) {
            low = fmin(low, series_edge(&s->rows[i], q, -1));
            high = fmax(high, series_edge(&s->rows[i], q, 1));
        }
    }
    fprintf(stream, "    shown = %d\n    set ylabel '%s'\n", shown, accuracy ? "accuracy" : "output");
    fprintf(stream, "    one = '%s'; other = '%s'\n", accuracy ? "training" : "smallest",
            accuracy ? "test" : "largest");
    if (accuracy)
        fprintf(stream, "    set yrange [%.6g:1.01]\n", fmax(floor(10.0 * low) / 10.0, 0.0));
    else
        fprintf(stream, "    set yrange [%.6g:%.6g]\n", low - FREE_PAIR * (high - low),
                high + FREE_PAIR * (high - low));
    write_lines(pair_script, sizeof pair_script / sizeof pair_script[0], stream);
}

void view_write_script(const view *v, const box *whole, size_t columns, FILE *stream)
{
    fprintf(stream, "    set title ");
    script_quote(v->what->title ? v->what->title : "", stream);
    const int is_many = v->n_lines > MANY_LAYERS;
    fprintf(stream, "\n    block = %zu\n    layers = %zu\n    many = %d\n    epochs = %u\n    bands = %d\n", v->block,
            v->n_lines, is_many, (unsigned)view_epochs(v), v->what->from->n_runs > 1 && !is_many);
    if (view_is_plane(v))
        write_plane(v, whole, columns, stream);
    else if (shows_layers(v))
        write_curve(v, stream);
    else
        write_pair(v, stream);
}
