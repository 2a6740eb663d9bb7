/* From a pass to points: which layers are counted, in which order. */
#include "info/observer.h"

#include "base/memory.h"
#include "base/tensor.h"

#include <libib/entropy.h>

#include <string.h>

static const ib_i_what state = {.measure = IB_MEASURE_STATE};

/* Where a point is that the last pass has not: layers are numbered from 1. */
#define NO_LAYER 0

size_t ib_i_observer_whats(const ib_observer *observer)
{
    return IB_MEASURE_BINNED + observer->bins.count + observer->estimator_count + observer->quantised_count;
}

ib_i_what ib_i_observer_what(const ib_observer *observer, size_t index)
{
    const size_t counts[] = {observer->bins.count, observer->estimator_count, observer->quantised_count};
    if (index < IB_MEASURE_BINNED)
        return (ib_i_what){.measure = (uint32_t)index};
    uint32_t measure = IB_MEASURE_BINNED;
    for (index -= IB_MEASURE_BINNED; index >= counts[measure - IB_MEASURE_BINNED]; measure++)
        index -= counts[measure - IB_MEASURE_BINNED];
    return (ib_i_what){measure, (uint32_t)index + 1};
}

/* The other way round. */
static size_t index_of(const ib_observer *observer, ib_i_what what)
{
    size_t index = what.measure < IB_MEASURE_BINNED ? what.measure : IB_MEASURE_BINNED + what.number - 1;
    if (what.measure > IB_MEASURE_BINNED)
        index += observer->bins.count;
    if (what.measure > IB_MEASURE_ESTIMATED)
        index += observer->estimator_count;
    return index;
}

/* Whether a point of a layer, numbered from 1, is to be found. */
static int wants(const ib_network *network, size_t layer, ib_i_what what)
{
    return what.measure == IB_MEASURE_STATE || what.measure >= IB_MEASURE_BINNED ||
           ib_observer_differs(network, layer, what.measure);
}

/* The point of a layer, numbered from 1, among those of a pass. */
static ib_point *point_at(ib_observer *observer, size_t layer, ib_i_what what)
{
    return &observer->points[(layer - 1) * ib_i_observer_whats(observer) + index_of(observer, what)];
}

const ib_point *ib_i_observer_point(const ib_observer *observer, size_t layer, size_t index)
{
    const ib_point *point = &observer->points[(layer - 1) * ib_i_observer_whats(observer) + index];
    return point->layer == NO_LAYER ? NULL : point;
}

static ib_status reserve_points(ib_observer *observer, size_t layers)
{
    if (layers <= observer->layers)
        return IB_OK;
    const size_t each = ib_i_observer_whats(observer), known = observer->layers * each;
    ib_tensor *outputs = ib_i_grow(observer->context, observer->outputs, 0, layers, sizeof *outputs);
    if (!outputs)
        return ib_i_fail_memory(observer->context);
    observer->outputs = outputs;
    ib_point *points = ib_i_grow(observer->context, observer->points, known, layers * each, sizeof *points);
    if (!points)
        return ib_i_fail_memory(observer->context);
    observer->points = points;
    observer->layers = layers;
    return IB_OK;
}

/* --- one layer ----------------------------------------------------------------------------------------------------*/

/* An empty counter for the states of a layer. */
static ib_status find_counter(ib_observer *observer, size_t layer, uint32_t measure, const ib_i_states *of,
                              ib_counter **counter)
{
    if (measure == IB_MEASURE_BINNED)
        layer = 0;
    for (size_t i = 0; i < observer->slot_count; i++) {
        const ib_i_kept *known = &observer->slots[i];
        if (known->layer == layer && known->measure == measure && known->type == of->type &&
            known->width == of->width) {
            *counter = known->counter;
            ib_counter_reset(*counter);
            return IB_OK;
        }
    }
    ib_i_kept *slots =
        ib_i_grow(observer->context, observer->slots, observer->slot_count, observer->slot_count + 1, sizeof *slots);
    if (!slots)
        return ib_i_fail_memory(observer->context);
    observer->slots = slots;
    IB_TRY(ib_counter_create(observer->context, of->type, of->width, observer->classes, counter));
    (*counter)->rows.slots_per_key = 4;
    (*counter)->rows.is_wide = observer->together;
    slots[observer->slot_count++] = (ib_i_kept){layer, measure, of->type, of->width, *counter};
    return IB_OK;
}

static ib_status find_states(ib_observer *observer, const ib_network *network, size_t layer, ib_i_what what,
                             ib_i_states *states)
{
    uint32_t measure = what.measure;
    if (measure == IB_MEASURE_BINNED)
        return ib_i_layer_bins_find(observer->context, &observer->bins, what.number - 1, observer->rows, network, layer,
                                    states);
    if (measure == IB_MEASURE_QUANTISED) {
        network = observer->quantised[what.number - 1].network;
        measure = IB_MEASURE_STATE;
    }
    return ib_i_states_find(observer->context, &observer->scratch, observer->rows, ib_i_network_layer(network, layer),
                            measure, states);
}

/* What is to be counted of a layer, and an empty counter for it. */
static ib_status prepare(ib_observer *observer, const ib_network *network, size_t layer, ib_i_what what,
                         ib_i_states *states, ib_counter **counter)
{
    IB_TRY(find_states(observer, network, layer, what, states));
    return find_counter(observer, layer, what.measure, states, counter);
}

static ib_point point_of(const ib_counter *counter, size_t distinct, size_t layer, ib_i_what what, uint32_t epoch)
{
    ib_entropies entropies;
    ib_entropy_measure(counter, &entropies);
    return (ib_point){.epoch = epoch,
                      .layer = (uint32_t)layer,
                      .measure = what.measure,
                      .estimator = what.number,
                      .states = distinct,
                      .i_xt = entropies.rows,
                      .i_ty = entropies.mutual};
}

ib_status ib_i_observer_count_alone(ib_observer *observer, const ib_network *network, size_t layer, ib_i_what what,
                                    uint32_t epoch, ib_point *point)
{
    ib_i_states states;
    ib_counter *counter;
    IB_TRY(prepare(observer, network, layer, what, &states, &counter));
    for (size_t row = 0; row < observer->rows; row += IB_I_PANEL) {
        const size_t here = observer->rows - row < IB_I_PANEL ? observer->rows - row : IB_I_PANEL;
        const ib_codes codes = ib_i_states_codes(&states, row, here);
        const uint32_t *labels = observer->classes > 1 ? observer->refine.labels + row : NULL;
        IB_TRY(ib_counter_add(counter, &codes, labels, NULL));
    }
    *point = point_of(counter, ib_counter_distinct(counter), layer, what, epoch);
    return IB_OK;
}

/* --- layers together ----------------------------------------------------------------------------------------------*/

/* Layers of a pass while they are counted, one on the way to the next. */
typedef struct way {
    ib_observer *observer;
    const ib_network *network;
    ib_i_what lead; /* what leads from layer to layer: the states of the network, or of a quantised one */
    uint32_t epoch;
    const ib_counter *last; /* of the layer before, on this way */
} way;

/* Rows to be counted if a start is made from a layer, with the states that each had the last time. Of n rows with d
 * states at most 2 (n - d) share theirs. */
static size_t cost_from(const way *w, size_t start)
{
    const size_t n = w->observer->rows;
    size_t cost = n;
    for (size_t l = start; l < w->network->layers; l++)
        cost += (size_t)point_at(w->observer, l, w->lead)->states;
    for (size_t l = start; l > 1; l--) {
        const size_t more = n - (size_t)point_at(w->observer, l, w->lead)->states;
        cost += more < n / 2 ? 2 * more : n;
    }
    return cost;
}

static size_t best_start(const way *w)
{
    const size_t layers = w->network->layers;
    size_t best = layers, least = cost_from(w, layers);
    for (size_t start = layers - 1; start >= 1; start--) {
        const size_t cost = cost_from(w, start);
        if (cost < least) {
            least = cost;
            best = start;
        }
    }
    return best;
}

/* How a layer is counted; only ALL and ASIDE count something that is not on the way. */
typedef enum manner { START, FORWARDS, BACKWARDS, ALL, ASIDE } manner;

static ib_status count(ib_i_refine *refine, manner how, const ib_i_states *states, const ib_counter *from,
                       ib_counter *counter, size_t *distinct)
{
    switch (how) {
    case BACKWARDS:
        return ib_i_refine_backwards(refine, states, counter, distinct);
    case FORWARDS:
    case ASIDE:
        return ib_i_refine_forwards(refine, states, from, how == FORWARDS, counter, distinct);
    default:
        return ib_i_refine_all(refine, states, how == START, counter, distinct);
    }
}

/* Counts something of a layer: its point, and its counter. */
static ib_status count_as(const way *w, manner how, size_t layer, ib_i_what what, ib_counter **counter)
{
    ib_i_states states;
    size_t distinct;
    IB_TRY(prepare(w->observer, w->network, layer, what, &states, counter));
    IB_TRY(count(&w->observer->refine, how, &states, w->last, *counter, &distinct));
    *point_at(w->observer, layer, what) = point_of(*counter, distinct, layer, what, w->epoch);
    return IB_OK;
}

/* The other measures and bins of a layer, which are functions of its state. They pay for being counted by classes only
 * if there are few. */
static ib_status count_others(const way *w, manner how, size_t layer)
{
    const ib_observer *observer = w->observer;
    const int few = how != BACKWARDS && observer->refine.first_count < observer->rows / 2;
    for (size_t i = IB_MEASURE_STATE + 1; i < IB_MEASURE_BINNED + observer->bins.count; i++) {
        ib_counter *aside;
        const ib_i_what what = ib_i_observer_what(observer, i);
        if (wants(w->network, layer, what))
            IB_TRY(count_as(w, few ? ASIDE : ALL, layer, what, &aside));
    }
    return IB_OK;
}

static ib_status count_layer(way *w, manner how, size_t layer)
{
    ib_counter *counter;
    IB_TRY(count_as(w, how, layer, w->lead, &counter));
    w->last = counter;
    return w->lead.measure == IB_MEASURE_STATE ? count_others(w, how, layer) : IB_OK;
}

/* All layers, from the one where the two ways meet best. */
static ib_status count_together(ib_observer *observer, const ib_network *network, ib_i_what lead, uint32_t epoch)
{
    way w = {observer, network, lead, epoch, NULL};
    const size_t start = best_start(&w);
    IB_TRY(count_layer(&w, START, start));
    for (size_t layer = start + 1; layer <= network->layers; layer++)
        IB_TRY(count_layer(&w, FORWARDS, layer));
    for (size_t layer = start - 1; layer >= 1; layer--)
        IB_TRY(count_layer(&w, BACKWARDS, layer));
    return IB_OK;
}

/* --- all points ---------------------------------------------------------------------------------------------------*/

/* Quantises the network as it is, in all ways that are asked for, and passes the inputs through. */
static ib_status pass_quantised(ib_observer *observer, const ib_network *network)
{
    if (observer->quantised_count)
        IB_TRY(ib_i_quantised_check_source(observer->context, network));
    for (size_t i = 0; i < observer->quantised_count; i++)
        IB_TRY(ib_i_quantised_pass(observer->context, &observer->quantised[i], network, observer->inputs));
    return IB_OK;
}

static ib_status count_all_together(ib_observer *observer, const ib_network *network, uint32_t epoch)
{
    IB_TRY(count_together(observer, network, state, epoch));
    for (size_t i = 0; i < observer->quantised_count; i++)
        IB_TRY(count_together(observer, network, (ib_i_what){IB_MEASURE_QUANTISED, (uint32_t)i + 1}, epoch));
    return IB_OK;
}

/* With LIBIB_CHECK: the same point by its definition. */
static ib_status check_point(ib_observer *observer, const ib_network *network, const ib_point *point)
{
    ib_point alone;
    const ib_i_what what = {point->measure, point->estimator};
    IB_TRY(ib_i_observer_count_alone(observer, network, point->layer, what, point->epoch, &alone));
    if (memcmp(&alone, point, sizeof alone) != 0)
        return ib_i_fail(observer->context, IB_ERR_INTERNAL,
                         "layer %u, %s %u: %llu states counted with the other layers, %llu alone", point->layer,
                         ib_measure_name(point->measure), point->estimator, (unsigned long long)point->states,
                         (unsigned long long)alone.states);
    return IB_OK;
}

/* What is counted of a layer: by the definition, unless all layers were counted together; then it may be compared. */
static ib_status count_alone_or_check(ib_observer *observer, const ib_network *network, size_t layer, uint32_t epoch)
{
    for (size_t i = 0; i < ib_i_observer_whats(observer); i++) {
        const ib_i_what what = ib_i_observer_what(observer, i);
        ib_point *point = point_at(observer, layer, what);
        if (what.measure == IB_MEASURE_ESTIMATED)
            continue;
        if (!wants(network, layer, what))
            point->layer = NO_LAYER;
        else if (!observer->together)
            IB_TRY(ib_i_observer_count_alone(observer, network, layer, what, epoch, point));
        else if (observer->check)
            IB_TRY(check_point(observer, network, point));
    }
    return IB_OK;
}

/* Copies the outputs of all layers: whatever estimators do to the network, they are asked about this pass. */
static ib_status read_outputs(ib_observer *observer, const ib_network *network)
{
    const size_t rows = observer->rows;
    size_t units = 0;
    for (size_t l = 0; l < network->layers; l++)
        units += network->layer[l].width;
    IB_TRY(ib_i_scratch_reserve(observer->context, &observer->values, rows * units));
    float *to = observer->values.values;
    for (size_t l = 0; l < network->layers; l++) {
        const size_t width = network->layer[l].width, size = rows * width;
        observer->outputs[l] = (ib_tensor){
            .context = observer->context, .data = to, .rank = 2, .shape = {rows, width, 1, 1}, .size = size};
        ib_i_panels_store(network->layer[l].out, width, NULL, rows, to);
        to += size;
    }
    return IB_OK;
}

/* Asks all estimators about a layer. */
static ib_status estimate(ib_observer *observer, size_t layer, uint32_t epoch)
{
    const ib_estimator_input input = {.struct_size = sizeof input,
                                      .classes = observer->classes,
                                      .context = observer->context,
                                      .inputs = observer->inputs,
                                      .values = &observer->outputs[layer - 1],
                                      .labels = observer->refine.labels,
                                      .layer = (uint32_t)layer,
                                      .epoch = epoch};
    for (size_t i = 0; i < observer->estimator_count; i++) {
        const ib_i_what what = {IB_MEASURE_ESTIMATED, (uint32_t)i + 1};
        ib_point point = {.epoch = epoch, .layer = (uint32_t)layer, .measure = what.measure, .estimator = what.number};
        IB_TRY(ib_i_estimator_ask(&observer->estimators[i], &input, &point.i_xt, &point.i_ty));
        *point_at(observer, layer, what) = point;
    }
    return IB_OK;
}

ib_status ib_i_observer_find_points(ib_observer *observer, const ib_network *network, uint32_t epoch)
{
    const size_t layers = network->layers;
    IB_TRY(reserve_points(observer, layers));
    IB_TRY(pass_quantised(observer, network));
    if (observer->together)
        IB_TRY(count_all_together(observer, network, epoch));
    for (size_t layer = 1; layer <= layers; layer++)
        IB_TRY(count_alone_or_check(observer, network, layer, epoch));
    if (!observer->estimator_count)
        return IB_OK;
    IB_TRY(read_outputs(observer, network));
    for (size_t layer = 1; layer <= layers; layer++) /* from here on the network may be another, or none */
        IB_TRY(estimate(observer, layer, epoch));
    return IB_OK;
}
