/* Means over runs, kept while the runs come in; single runs are not kept. */
#ifndef IB_CLI_SUMMARY_H
#define IB_CLI_SUMMARY_H

#include "settings.h"
#include "worker.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* One point of the mean plane. */
typedef struct mean_point {
    uint32_t epoch;
    uint32_t layer;
    uint32_t measure;
    uint32_t estimator;
    ib_moments i_xt;
    ib_moments i_ty;
} mean_point;

/* The mean of the runs so far. All zero: no run. */
typedef struct summary {
    uint64_t runs;
    uint64_t bad_fits;
    uint64_t restarts;
    ib_moments train_accuracy;
    ib_moments test_accuracy;
    mean_point *points; /* in the order in which each run measures them: by epoch, layer, measure, estimator */
    size_t n_points;
} summary;

/* Takes in a run. All runs of a summary have the same epochs, layers and measures. 0, or -1 after saying why. */
int summary_add(summary *mean, const run_result *result);

/* Frees what a summary holds. */
void summary_clear(summary *mean);

/* Number of points at the epoch of point `first`, which is the first of its epoch. */
size_t summary_epoch_points(const summary *mean, size_t first);

/* Largest number of a layer; 0 if there are no points. */
uint32_t summary_layers(const summary *mean);

/* Whether any layer has a measure of its own, by an estimator. */
int summary_has(const summary *mean, uint32_t measure, uint32_t estimator);

/* The point of a layer by a measure at the epoch of point `first`; its state where the measure is the same as that. */
const mean_point *summary_find(const summary *mean, size_t first, uint32_t layer, uint32_t measure, uint32_t estimator);

/* Prints the closing table. */
void summary_print(const summary *mean, const settings *asked, FILE *stream);

#endif
