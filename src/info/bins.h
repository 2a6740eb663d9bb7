/* Bins of the outputs of a layer, as states to be counted. */
#ifndef LIBIB_INFO_BINS_H
#define LIBIB_INFO_BINS_H

#include "info/ranges.h"
#include "info/states.h"

#include <libib/binning.h>

/* Binning estimators of an observer, and what they need to know of the run. */
typedef struct ib_i_layer_bins {
    ib_binning_options *options; /* [count], resolved */
    size_t count;
    ib_i_span *spans; /* [layers]: outputs of the run */
    size_t layers;    /* 0: not known */
    ib_i_scratch codes;
    ib_i_scratch ranked; /* with bins of equal mass */
} ib_i_layer_bins;

void ib_i_layer_bins_free(ib_context *context, ib_i_layer_bins *bins);

ib_status ib_i_layer_bins_add(ib_context *context, ib_i_layer_bins *bins, const ib_binning_options *options);

/* Copies what is known of the outputs of a run; NULL: nothing is. */
ib_status ib_i_layer_bins_set_ranges(ib_context *context, ib_i_layer_bins *bins, const ib_ranges *ranges);

/* The bins by one of them of a layer, numbered from 1, in a pass over so many rows. They last until the next call. */
ib_status ib_i_layer_bins_find(ib_context *context, ib_i_layer_bins *bins, size_t which, size_t rows,
                               const ib_network *network, size_t number, ib_i_states *found);

#endif
