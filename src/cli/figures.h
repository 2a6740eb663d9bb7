/* The figures of a study: what is in DIR/figures. */
#ifndef IB_CLI_FIGURES_H
#define IB_CLI_FIGURES_H

#include "figure.h"
#include "folder.h"
#include "means.h"

/* The name of their folder. */
#define FIGURES_NAME "figures"

/* Makes the figures of a study in DIR/figures from its finished runs, one at least:
 *
 *     plane      the information plane, and the corner of the hidden layers
 *     mi         I(X;T) and I(T;Y) against the epoch
 *     accuracy   of training and test rows against the epoch
 *     ranges     smallest and largest output of each layer against the epoch
 *     runs       the planes of the runs that are nearest to the mean, in the middle and farthest from it
 *
 * the first two also as plane-rebinned, mi-30-layer, ... for each way of counting that occurs. If `run` is not NULL,
 * also run-N, the plane of that run. `formats` is a sum of FIGURE_*; 0: data and scripts only. 0, or -1 after saying
 * why. */
int figures_make(const folder *of, const means *m, const uint64_t *run, uint32_t formats, int quiet);

#endif
