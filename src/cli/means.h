/* What the finished runs of a study have in common: the points of all, and means of their training and outputs. */
#ifndef IB_CLI_MEANS_H
#define IB_CLI_MEANS_H

#include "folder.h"
#include "settings.h"

#include <libib/libib.h>

#include <stddef.h>
#include <stdint.h>

/* What the rounding of sums may do to exact counts, in bits: violations that are not larger are none. See
 * docs/statistics.md. */
#define MEANS_TOLERANCE 1e-12

/* After one epoch, over the runs. */
typedef struct mean_epoch {
    ib_moments train_accuracy; /* of the training rows after the epoch, in inference mode */
    ib_moments test_accuracy;
    ib_moments train_loss;
    ib_moments test_loss;
} mean_epoch;

/* The outputs of one layer at one epoch that was measured, over the runs. */
typedef struct mean_extent {
    uint32_t epoch;
    uint32_t layer;
    ib_moments min;
    ib_moments max;
} mean_extent;

/* A way of counting that occurs in the runs, each with an information plane of its own. */
typedef struct mean_plane {
    uint32_t measure;
    uint32_t estimator; /* as in ib_point */
} mean_plane;

/* All zero: none, for means_clear(). */
typedef struct means {
    ib_context *context;
    ib_curve *curve; /* its run i has the number runs[i] */
    uint64_t *runs;
    size_t n_runs;
    uint64_t bad_fits;
    uint64_t restarts;
    mean_plane *planes; /* by measure, then by estimator */
    size_t n_planes;
    mean_epoch *epochs; /* epoch e at place e */
    size_t n_epochs;
    mean_extent *extents; /* by epoch, then by layer */
    size_t n_extents;
} means;

/* Without runs. The context must outlive it. 0, or -1 after saying why. */
int means_create(means *m, ib_context *context);

/* Takes in a run. Runs may differ in where they were measured; epochs and outputs are means of the runs that have them.
 * 0, or -1 after saying why: then the means are those of the runs before. */
int means_add(means *m, uint64_t run, ib_record *record);

/* The means of those finished runs of a folder whose numbers are below `end`. 0, or -1 after saying why; then there are
 * none. */
int means_read(means *m, const folder *of, ib_context *context, uint64_t end);

/* Whether a way of counting occurs. */
int means_has(const means *m, mean_plane plane);

/* The points of a layer in a plane, as ib_curve_line() has them: those of its states where it has none of its own. */
size_t means_line(const means *m, mean_plane plane, uint32_t layer, size_t *first);

/* Point `index` of the curve. 1 if all runs have it, 0 if not, -1 after saying why. Where some lack it the mean is one
 * of others than beside it, and may jump although no layer has moved: that is not shown. */
int means_point(const means *m, size_t index, ib_curve_point *point);

/* Frees what it holds. */
void means_clear(means *m);

#endif
