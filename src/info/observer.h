/* The inside of an observer: observer.c has what callers ask, observer_points.c from which layer to which it is
 * counted. */
#ifndef LIBIB_INFO_OBSERVER_H
#define LIBIB_INFO_OBSERVER_H

#include "info/ask.h"
#include "info/bins.h"
#include "info/quantised.h"
#include "info/refine.h"

#include <libib/observer.h>

/* What is measured of a layer. */
typedef struct ib_i_what {
    uint32_t measure; /* one of the IB_MEASURE_* values */
    uint32_t number;  /* as points have it: from 1, or 0 of measures that are one only */
} ib_i_what;

/* Counters are kept by what they count. Those of bins are nobody's way on, so layer 0 stands for all layers. Quantised
 * networks are counted one after the other, so one may use the counters of another. */
typedef struct ib_i_kept {
    size_t layer;
    uint32_t measure;
    uint32_t type;
    size_t width;
    ib_counter *counter;
} ib_i_kept;

struct ib_observer {
    ib_context *context;
    ib_tensor *inputs; /* of the data set, held */
    size_t rows;
    uint32_t classes;
    int together;     /* whether layers are counted together */
    int check;        /* whether each is then counted by itself, too */
    int busy, doomed; /* an estimator is being asked; and it has destroyed us */
    ib_i_refine refine;
    ib_i_kept *slots; /* [slot_count] */
    size_t slot_count;
    ib_i_scratch scratch;
    ib_i_layer_bins bins;
    ib_i_estimator *estimators; /* [estimator_count] */
    size_t estimator_count;
    ib_i_scratch values;       /* outputs of all layers, for estimators, */
    ib_tensor *outputs;        /* [layers]: and of each */
    ib_i_quantised *quantised; /* [quantised_count] */
    size_t quantised_count;
    ib_point *points; /* [layers][ib_i_observer_whats()]: of the last pass that was measured */
    size_t layers;
};

/* Everything that there is to measure of a layer is numbered, in the order of points: the first measures, then bins,
 * estimators and quantised networks. */
size_t ib_i_observer_whats(const ib_observer *observer);
ib_i_what ib_i_observer_what(const ib_observer *observer, size_t index);

/* The definition of what is counted: row by row through the public counter. There must be a pass, and of a quantised
 * network its own. */
ib_status ib_i_observer_count_alone(ib_observer *observer, const ib_network *network, size_t layer, ib_i_what what,
                                    uint32_t epoch, ib_point *point);

/* All points of a pass, which ib_i_observer_point() then has; NULL for what is not measured of the layer. The network
 * is not looked at any more once an estimator was asked. */
ib_status ib_i_observer_find_points(ib_observer *observer, const ib_network *network, uint32_t epoch);
const ib_point *ib_i_observer_point(const ib_observer *observer, size_t layer, size_t index);

#endif
