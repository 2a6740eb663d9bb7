/* The shape of what the finished runs of a study leave, taken together: which runs, at which epochs any of them was
 * measured, and by what. Runs need not agree, as an adaptive schedule measures each where it moves. */
#ifndef IB_CLI_SHAPE_H
#define IB_CLI_SHAPE_H

#include "folder.h"

#include <libib/libib.h>

#include <stddef.h>
#include <stdint.h>

/* All ways of counting: the measures that are one, bins, estimators, and quantisation after training. */
#define MOST_ESTIMATORS (IB_MEASURE_BINNED + MOST_BINS * MOST_BOUNDS + ESTIMATOR_COUNT + MOST_POST_BITS)

/* A way of counting: a measure and, if that is taken in several, the number of one that was asked for. */
typedef struct estimator {
    uint32_t measure;
    uint32_t number; /* as in ib_point */
    char name[SETTINGS_NAME_SIZE];
} estimator;

/* All zero: of no run. */
typedef struct shape {
    uint64_t *runs; /* their numbers, in ascending order */
    size_t n_runs;
    uint32_t *epochs; /* those at which any run was measured, in ascending order */
    size_t n_epochs;
    size_t epochs_room;
    size_t layers;
    estimator estimators[MOST_ESTIMATORS]; /* those that occur, by measure, then by number */
    size_t n_estimators;
    size_t trained;  /* epochs of a training curve, epoch 0 included; of the longest */
    size_t restarts; /* of the run that has the most */
} shape;

/* Reads the shape of all runs that are finished now, one after the other. 0, or -1 after saying why. */
int shape_read(shape *s, const folder *f, ib_context *context);

/* Reads the runs of a shape once more, and hands each to `take` with its place. 0, or -1 after saying why. */
typedef int (*shape_take)(size_t index, ib_record *record, void *user_data);
int shape_each(const shape *s, const folder *f, ib_context *context, shape_take take, void *user_data);

/* Where an epoch is; n_epochs: nowhere. */
size_t shape_epoch(const shape *s, uint32_t epoch);

/* Where that is by which a point was counted; n_estimators: nowhere. */
size_t shape_estimator(const shape *s, const ib_point *point);

/* Frees what it holds. */
void shape_clear(shape *s);

#endif
