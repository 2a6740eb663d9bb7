#include "shape.h"

#include "say.h"
#include "ways.h"

#include <stdlib.h>
#include <string.h>

/* The first place whose epoch is not below this one. */
static size_t place_of(const shape *s, uint32_t epoch)
{
    size_t low = 0, high = s->n_epochs;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (s->epochs[middle] < epoch)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t shape_epoch(const shape *s, uint32_t epoch)
{
    const size_t place = place_of(s, epoch);
    return place < s->n_epochs && s->epochs[place] == epoch ? place : s->n_epochs;
}

static int add_epoch(shape *s, uint32_t epoch)
{
    const size_t place = place_of(s, epoch);
    if (place < s->n_epochs && s->epochs[place] == epoch)
        return 0;
    if (s->n_epochs == s->epochs_room) {
        const size_t room = s->epochs_room ? 2 * s->epochs_room : 256;
        uint32_t *epochs = realloc(s->epochs, room * sizeof *epochs);
        if (!epochs) {
            say("out of memory");
            return -1;
        }
        s->epochs = epochs;
        s->epochs_room = room;
    }
    memmove(s->epochs + place + 1, s->epochs + place, (s->n_epochs - place) * sizeof *s->epochs);
    s->epochs[place] = epoch;
    s->n_epochs++;
    return 0;
}

static int is_before(const estimator *e, const ib_point *point)
{
    return e->measure < point->measure || (e->measure == point->measure && e->number < point->estimator);
}

static int is_by(const estimator *e, const ib_point *point)
{
    return e->measure == point->measure && e->number == point->estimator;
}

size_t shape_estimator(const shape *s, const ib_point *point)
{
    size_t i = 0;
    while (i < s->n_estimators && !is_by(&s->estimators[i], point))
        i++;
    return i;
}

/* Puts what a point was counted by in its place. */
static void add_estimator(shape *s, const settings *asked, const ib_point *point)
{
    if (shape_estimator(s, point) < s->n_estimators)
        return;
    size_t place = 0;
    while (place < s->n_estimators && is_before(&s->estimators[place], point))
        place++;
    estimator *at = &s->estimators[place];
    memmove(at + 1, at, (s->n_estimators - place) * sizeof *at);
    *at = (estimator){.measure = point->measure, .number = point->estimator};
    ways_name(asked, at->measure, at->number, at->name, sizeof at->name);
    s->n_estimators++;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static int add_points(shape *s, const settings *asked, ib_record *record)
{
    const ib_plane *plane = ib_record_plane(record);
    for (size_t i = 0; i < ib_plane_count(plane); i++) {
        const ib_point *point = &ib_plane_points(plane)[i];
        if (add_epoch(s, point->epoch))
            return -1;
        add_estimator(s, asked, point);
        s->layers = larger(s->layers, point->layer);
    }
    return 0;
}

static int add_extents(shape *s, ib_record *record)
{
    size_t n;
    const ib_extent *extents = ib_record_extents(record, &n);
    for (size_t i = 0; i < n; i++) {
        if (add_epoch(s, extents[i].epoch))
            return -1;
        s->layers = larger(s->layers, extents[i].layer);
    }
    return 0;
}

/* Widens a shape by a run. 0, or -1 after saying why. */
static int add_run(shape *s, const settings *asked, ib_record *record)
{
    size_t epochs, restarts;
    ib_record_epochs(record, &epochs);
    ib_record_restarts(record, &restarts);
    s->trained = larger(s->trained, epochs);
    s->restarts = larger(s->restarts, restarts);
    return add_points(s, asked, record) || add_extents(s, record) ? -1 : 0;
}

int shape_each(const shape *s, const folder *f, ib_context *context, shape_take take, void *user_data)
{
    for (size_t i = 0; i < s->n_runs; i++) {
        ib_record *record;
        if (folder_read(f, context, s->runs[i], 1, &record))
            return -1;
        const int failed = take(i, record, user_data);
        ib_record_destroy(record);
        if (failed)
            return -1;
    }
    return 0;
}

/* A shape, and the study that it is of. */
typedef struct reading {
    shape *s;
    const settings *asked;
} reading;

static int take_run(size_t index, ib_record *record, void *user_data)
{
    const reading *r = user_data;
    (void)index;
    return add_run(r->s, r->asked, record);
}

int shape_read(shape *s, const folder *f, ib_context *context)
{
    *s = (shape){0};
    reading r = {s, &f->asked};
    if (folder_list(f, 1, &s->runs, &s->n_runs))
        return -1;
    return shape_each(s, f, context, take_run, &r);
}

void shape_clear(shape *s)
{
    free(s->runs);
    free(s->epochs);
    *s = (shape){0};
}
