/* What the finished runs of a study have in common: the points of all of them, and means of their training and outputs. */
#ifndef IB_CLI_MEANS_H
#define IB_CLI_MEANS_H

#include <libib/libib.h>

#include <stddef.h>
#include <stdint.h>

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

typedef struct means {
    ib_curve *curve; /* its run i has the number runs[i] */
    uint64_t *runs;
    size_t n_runs;
    uint64_t bad_fits;
    uint64_t restarts;
    mean_epoch *epochs; /* epoch e at place e */
    size_t n_epochs;
    mean_extent *extents; /* by epoch, then by layer */
    size_t n_extents;
} means;

/* Without runs. 0, or -1 after saying why. */
int means_create(means *m, ib_context *context);

/* Takes in a run. Runs may differ in where they were measured; epochs and outputs are means of the runs that have them. 0,
 * or -1 after saying why. */
int means_add(means *m, uint64_t run, ib_record *record);

/* Frees what it holds. */
void means_clear(means *m);

#endif
