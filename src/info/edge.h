/* The weights of an ensemble of grids. */
#ifndef LIBIB_INFO_EDGE_H
#define LIBIB_INFO_EDGE_H

#include <libib/edge.h>

/* Of all weights[n] of n <= IB_EDGE_ENSEMBLE_MOST widths t, in equal steps from 1 to 3, with sum of w = 1 and, as far
 * as n allows, sum of w t^2 = 0 and sum of w t^-dimensions = 0, those with the least sum of w^2. */
void ib_i_edge_weights(size_t n, size_t dimensions, double *weights);

#endif
