/* From a pass to points: which layers are counted, in which order. */
#include "base/memory.h"
#include "base/tensor.h"
#include "info/estimator.h"
#include "info/refine.h"

#include <libib/entropy.h>
#include <libib/observer.h>

#include <stdlib.h>
#include <string.h>

/* What is measured of a layer, numbered: the measures before IB_MEASURE_BINNED, then the binning estimators. */
typedef size_t what;

/* Counters are kept by what they count. Those of bins are nobody's way on, so layer 0 stands for all layers and
 * IB_MEASURE_BINNED for all estimators. */
typedef struct slot {
    size_t layer;
    what of;
    uint32_t type;
    size_t width;
    ib_counter *counter;
} slot;

struct ib_observer {
    ib_context *context;
    size_t rows;
    uint32_t classes;
    int together; /* whether layers are counted together */
    int check;    /* whether each is then counted by itself, too */
    ib_i_refine refine;
    slot *slots; /* [slot_count] */
    size_t slot_count;
    ib_i_scratch scratch;
    ib_i_estimators estimators;
    ib_point *points; /* [layers][whats()]: of the last pass that was measured */
    size_t layers;
};

/* How many whats there are. */
static size_t whats(const ib_observer *observer)
{
    return IB_MEASURE_BINNED + observer->estimators.count;
}

static int wants_check(void)
{
    const char *text = getenv("LIBIB_CHECK");
    return text && strcmp(text, "1") == 0;
}

ib_status ib_observer_create(const ib_dataset *dataset, ib_observer **out)
{
    if (!dataset)
        return IB_ERR_ARG;
    ib_context *context = ib_dataset_inputs(dataset)->context;
    if (!out)
        return ib_i_fail_null(context, "out");
    *out = NULL;
    ib_observer *observer = ib_i_object_create(context, sizeof *observer);
    if (!observer)
        return IB_ERR_NOMEM;
    observer->context = context;
    observer->rows = ib_dataset_rows(dataset);
    observer->classes = ib_dataset_classes(dataset);
    observer->together = ib_i_refine_can(dataset);
    observer->check = wants_check();
    const ib_status status = ib_i_refine_init(&observer->refine, dataset);
    if (status != IB_OK) {
        ib_i_object_destroy(context, observer);
        return status;
    }
    *out = observer;
    return ib_i_ok(context);
}

void ib_observer_destroy(ib_observer *observer)
{
    if (!observer)
        return;
    for (size_t i = 0; i < observer->slot_count; i++)
        ib_counter_destroy(observer->slots[i].counter);
    ib_i_free(observer->context, observer->slots);
    ib_i_free(observer->context, observer->points);
    ib_i_refine_free(&observer->refine);
    ib_i_scratch_free(observer->context, &observer->scratch);
    ib_i_estimators_free(observer->context, &observer->estimators);
    ib_i_object_destroy(observer->context, observer);
}

ib_status ib_observer_add_binning(ib_observer *observer, const ib_binning_options *options, uint32_t *estimator)
{
    if (!observer)
        return IB_ERR_ARG;
    IB_TRY(ib_i_estimators_add(observer->context, &observer->estimators, options));
    ib_i_free(observer->context, observer->points); /* which had fewer columns */
    observer->points = NULL;
    observer->layers = 0;
    if (estimator)
        *estimator = (uint32_t)observer->estimators.count;
    return ib_i_ok(observer->context);
}

ib_status ib_observer_set_ranges(ib_observer *observer, const ib_ranges *ranges)
{
    if (!observer)
        return IB_ERR_ARG;
    IB_TRY(ib_i_estimators_set_ranges(observer->context, &observer->estimators, ranges));
    return ib_i_ok(observer->context);
}

uint32_t ib_observer_differs(const ib_network *network, size_t layer, uint32_t measure)
{
    const ib_i_layer *found = ib_i_network_layer(network, layer);
    return found ? (uint32_t)ib_i_states_differ(found, measure) : 0;
}

/* An empty counter for the states of a layer. */
static ib_status find_counter(ib_observer *observer, size_t layer, what measured, const ib_i_states *of,
                              ib_counter **counter)
{
    if (measured >= IB_MEASURE_BINNED) {
        layer = 0;
        measured = IB_MEASURE_BINNED;
    }
    for (size_t i = 0; i < observer->slot_count; i++) {
        const slot *known = &observer->slots[i];
        if (known->layer == layer && known->of == measured && known->type == of->type && known->width == of->width) {
            *counter = known->counter;
            ib_counter_reset(*counter);
            return IB_OK;
        }
    }
    slot *slots =
        ib_i_grow(observer->context, observer->slots, observer->slot_count, observer->slot_count + 1, sizeof *slots);
    if (!slots)
        return ib_i_fail_memory(observer->context);
    observer->slots = slots;
    IB_TRY(ib_counter_create(observer->context, of->type, of->width, observer->classes, counter));
    (*counter)->rows.slots_per_key = 4;
    (*counter)->rows.is_wide = observer->together;
    slots[observer->slot_count++] = (slot){layer, measured, of->type, of->width, *counter};
    return IB_OK;
}

static ib_status find_states(ib_observer *observer, const ib_network *network, size_t layer, what measured,
                             ib_i_states *states)
{
    if (measured >= IB_MEASURE_BINNED)
        return ib_i_estimators_find(observer->context, &observer->estimators, measured - IB_MEASURE_BINNED,
                                    observer->rows, network, layer, states);
    return ib_i_states_find(observer->context, &observer->scratch, observer->rows, ib_i_network_layer(network, layer),
                            (uint32_t)measured, states);
}

/* What is to be counted of a layer, and an empty counter for it. */
static ib_status prepare(ib_observer *observer, const ib_network *network, size_t layer, what measured,
                         ib_i_states *states, ib_counter **counter)
{
    IB_TRY(find_states(observer, network, layer, measured, states));
    return find_counter(observer, layer, measured, states, counter);
}

static ib_point point_of(const ib_counter *counter, size_t distinct, size_t layer, what measured, uint32_t epoch)
{
    const int binned = measured >= IB_MEASURE_BINNED;
    ib_entropies entropies;
    ib_entropy_measure(counter, &entropies);
    return (ib_point){.epoch = epoch,
                      .layer = (uint32_t)layer,
                      .measure = binned ? IB_MEASURE_BINNED : (uint32_t)measured,
                      .estimator = binned ? (uint32_t)(measured - IB_MEASURE_BINNED + 1) : 0,
                      .states = distinct,
                      .i_xt = entropies.rows,
                      .i_ty = entropies.mutual};
}

static ib_status check_pass(const ib_observer *observer, const ib_network *network)
{
    if (network->pass != IB_PASS_INFERENCE || network->rows != observer->rows)
        return ib_i_fail(observer->context, IB_ERR_STATE,
                         "network: expected an inference pass over %zu rows, got %s %zu", observer->rows,
                         network->pass == IB_PASS_INFERENCE ? "one over" : "none, rows", ib_network_rows(network));
    return IB_OK;
}

/* The definition: row by row through the public counter. */
static ib_status measure_alone(ib_observer *observer, const ib_network *network, size_t layer, what measured,
                               uint32_t epoch, ib_point *point)
{
    ib_i_states states;
    ib_counter *counter;
    IB_TRY(prepare(observer, network, layer, measured, &states, &counter));
    for (size_t row = 0; row < observer->rows; row += IB_I_PANEL) {
        const size_t here = observer->rows - row < IB_I_PANEL ? observer->rows - row : IB_I_PANEL;
        const ib_codes codes = ib_i_states_codes(&states, row, here);
        const uint32_t *labels = observer->classes > 1 ? observer->refine.labels + row : NULL;
        IB_TRY(ib_counter_add(counter, &codes, labels, NULL));
    }
    *point = point_of(counter, ib_counter_distinct(counter), layer, measured, epoch);
    return IB_OK;
}

/* One layer as the caller asks for it, whose `measured` is known to be there. */
static ib_status measure_layer(ib_observer *observer, const ib_network *network, size_t layer, what measured,
                               uint32_t epoch, ib_point *point)
{
    ib_context *context = observer->context;
    if (!network || !point)
        return ib_i_fail_null(context, network ? "point" : "network");
    if (!ib_i_network_layer(network, layer))
        return ib_i_fail(context, IB_ERR_ARG, "layer: expected 1 to %zu, got %zu", network->layers, layer);
    IB_TRY(check_pass(observer, network));
    IB_TRY(measure_alone(observer, network, layer, measured, epoch, point));
    return ib_i_ok(context);
}

ib_status ib_observer_measure_layer(ib_observer *observer, const ib_network *network, size_t layer, uint32_t measure,
                                    uint32_t epoch, ib_point *point)
{
    if (!observer)
        return IB_ERR_ARG;
    if (measure >= IB_MEASURE_BINNED)
        return ib_i_fail(observer->context, IB_ERR_ARG, "measure: expected 0 to %d, got %u", IB_MEASURE_BINNED - 1,
                         measure);
    return measure_layer(observer, network, layer, measure, epoch, point);
}

ib_status ib_observer_measure_binning(ib_observer *observer, const ib_network *network, size_t layer,
                                      uint32_t estimator, uint32_t epoch, ib_point *point)
{
    if (!observer)
        return IB_ERR_ARG;
    if (estimator < 1 || estimator > observer->estimators.count)
        return ib_i_fail(observer->context, IB_ERR_ARG, "estimator: expected 1 to %zu, got %u",
                         observer->estimators.count, estimator);
    return measure_layer(observer, network, layer, IB_MEASURE_BINNED + (what)estimator - 1, epoch, point);
}

/* Whether ib_observer_measure() measures this of a layer. */
static int is_measured(const ib_network *network, size_t layer, what measured)
{
    return measured == IB_MEASURE_STATE || measured >= IB_MEASURE_BINNED ||
           ib_observer_differs(network, layer, (uint32_t)measured);
}

/* The point of a layer, numbered from 1, among those of a pass. */
static ib_point *point_at(ib_observer *observer, size_t layer, what measured)
{
    return &observer->points[(layer - 1) * whats(observer) + measured];
}

static ib_status reserve_points(ib_observer *observer, size_t layers)
{
    if (layers <= observer->layers)
        return IB_OK;
    const size_t each = whats(observer), known = observer->layers * each;
    ib_point *points = ib_i_grow(observer->context, observer->points, known, layers * each, sizeof *points);
    if (!points)
        return ib_i_fail_memory(observer->context);
    observer->points = points;
    observer->layers = layers;
    return IB_OK;
}

/* Rows to be counted if a start is made from a layer, with the states that each had the last time. Of n rows with d
 * states at most 2 (n - d) share theirs. */
static size_t cost_from(ib_observer *observer, size_t layers, size_t start)
{
    const size_t n = observer->rows;
    size_t cost = n;
    for (size_t l = start; l < layers; l++)
        cost += (size_t)point_at(observer, l, IB_MEASURE_STATE)->states;
    for (size_t l = start; l > 1; l--) {
        const size_t more = n - (size_t)point_at(observer, l, IB_MEASURE_STATE)->states;
        cost += more < n / 2 ? 2 * more : n;
    }
    return cost;
}

static size_t best_start(ib_observer *observer, size_t layers)
{
    size_t best = layers, least = cost_from(observer, layers, layers);
    for (size_t start = layers - 1; start >= 1; start--) {
        const size_t cost = cost_from(observer, layers, start);
        if (cost < least) {
            least = cost;
            best = start;
        }
    }
    return best;
}

/* How a layer is counted; only ALL and ASIDE count something that is not on the way. */
typedef enum way { START, FORWARDS, BACKWARDS, ALL, ASIDE } way;

static ib_status count(ib_observer *observer, way how, const ib_i_states *states, const ib_counter *from,
                       ib_counter *counter, size_t *distinct)
{
    ib_i_refine *refine = &observer->refine;
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

/* Counts something of a layer: its point, and its counter, which replaces the one of the layer before. */
static ib_status measure_as(ib_observer *observer, const ib_network *network, way how, size_t layer, what measured,
                            uint32_t epoch, const ib_counter **last)
{
    ib_i_states states;
    ib_counter *counter;
    size_t distinct;
    IB_TRY(prepare(observer, network, layer, measured, &states, &counter));
    IB_TRY(count(observer, how, &states, *last, counter, &distinct));
    *point_at(observer, layer, measured) = point_of(counter, distinct, layer, measured, epoch);
    *last = counter;
    return IB_OK;
}

/* The state of a layer, then its other measures and bins, which are functions of the state. Those pay for being counted
 * by classes only if there are few. */
static ib_status measure_all_of(ib_observer *observer, const ib_network *network, way how, size_t layer, uint32_t epoch,
                                const ib_counter **last)
{
    IB_TRY(measure_as(observer, network, how, layer, IB_MEASURE_STATE, epoch, last));
    const int few = how != BACKWARDS && observer->refine.first_count < observer->rows / 2;
    for (what other = IB_MEASURE_STATE + 1; other < whats(observer); other++) {
        const ib_counter *aside = *last;
        if (is_measured(network, layer, other))
            IB_TRY(measure_as(observer, network, few ? ASIDE : ALL, layer, other, epoch, &aside));
    }
    return IB_OK;
}

/* All points of a pass, from the layer where the two ways meet best. */
static ib_status measure_together(ib_observer *observer, const ib_network *network, uint32_t epoch)
{
    const size_t layers = network->layers, start = best_start(observer, layers);
    const ib_counter *last = NULL;
    IB_TRY(measure_all_of(observer, network, START, start, epoch, &last));
    for (size_t layer = start + 1; layer <= layers; layer++)
        IB_TRY(measure_all_of(observer, network, FORWARDS, layer, epoch, &last));
    for (size_t layer = start - 1; layer >= 1; layer--)
        IB_TRY(measure_all_of(observer, network, BACKWARDS, layer, epoch, &last));
    return IB_OK;
}

/* With LIBIB_CHECK: the same point by its definition. */
static ib_status check_point(ib_observer *observer, const ib_network *network, const ib_point *point)
{
    ib_point alone;
    const what measured = point->measure + (point->estimator ? point->estimator - 1 : 0);
    IB_TRY(measure_alone(observer, network, point->layer, measured, point->epoch, &alone));
    if (memcmp(&alone, point, sizeof alone) != 0)
        return ib_i_fail(observer->context, IB_ERR_INTERNAL,
                         "layer %u, %s %u: %llu states counted with the other layers, %llu alone", point->layer,
                         ib_measure_name(point->measure), point->estimator, (unsigned long long)point->states,
                         (unsigned long long)alone.states);
    return IB_OK;
}

/* All points of a pass: together and, if so wanted, compared with the definition; or else by the definition. */
static ib_status measure_points(ib_observer *observer, const ib_network *network, uint32_t epoch)
{
    IB_TRY(reserve_points(observer, network->layers));
    if (observer->together)
        IB_TRY(measure_together(observer, network, epoch));
    for (size_t layer = 1; layer <= network->layers; layer++) {
        for (what measured = 0; measured < whats(observer); measured++) {
            ib_point *point = point_at(observer, layer, measured);
            if (!is_measured(network, layer, measured))
                continue;
            if (!observer->together)
                IB_TRY(measure_alone(observer, network, layer, measured, epoch, point));
            else if (observer->check)
                IB_TRY(check_point(observer, network, point));
        }
    }
    return IB_OK;
}

ib_status ib_observer_measure(ib_observer *observer, const ib_network *network, uint32_t epoch, ib_plane *plane)
{
    if (!observer)
        return IB_ERR_ARG;
    if (!network || !plane)
        return ib_i_fail_null(observer->context, network ? "plane" : "network");
    IB_TRY(check_pass(observer, network));
    IB_TRY(measure_points(observer, network, epoch));
    for (size_t layer = 1; layer <= network->layers; layer++)
        for (what measured = 0; measured < whats(observer); measured++)
            if (is_measured(network, layer, measured))
                IB_TRY(ib_plane_add(plane, point_at(observer, layer, measured)));
    return ib_i_ok(observer->context);
}
