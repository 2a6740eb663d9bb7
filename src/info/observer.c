/* What callers ask of an observer: what to measure, and points. */
#include "info/observer.h"

#include "base/memory.h"
#include "base/tensor.h"
#include "data/dataset.h"

#include <stdlib.h>
#include <string.h>

static int wants_check(void)
{
    const char *text = getenv("LIBIB_CHECK");
    return text && strcmp(text, "1") == 0;
}

ib_status ib_observer_create(const ib_dataset *dataset, ib_observer **out)
{
    if (!dataset)
        return IB_ERR_ARG;
    ib_context *context = dataset->context;
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
    observer->inputs = ib_i_tensor_hold(dataset->inputs);
    *out = observer;
    return ib_i_ok(context);
}

void ib_observer_destroy(ib_observer *observer)
{
    if (!observer)
        return;
    if (observer->busy) {
        observer->doomed = 1;
        return;
    }
    for (size_t i = 0; i < observer->slot_count; i++)
        ib_counter_destroy(observer->slots[i].counter);
    for (size_t i = 0; i < observer->quantised_count; i++)
        ib_network_destroy(observer->quantised[i].network);
    ib_i_free(observer->context, observer->slots);
    ib_i_free(observer->context, observer->points);
    ib_i_free(observer->context, observer->outputs);
    ib_i_free(observer->context, observer->estimators);
    ib_i_free(observer->context, observer->quantised);
    ib_i_refine_free(&observer->refine);
    ib_i_scratch_free(observer->context, &observer->scratch);
    ib_i_scratch_free(observer->context, &observer->values);
    ib_i_layer_bins_free(observer->context, &observer->bins);
    ib_tensor_destroy(observer->inputs);
    ib_i_object_destroy(observer->context, observer);
}

/* --- what to measure ----------------------------------------------------------------------------------------------*/

static ib_status check_idle(const ib_observer *observer)
{
    if (observer->busy)
        return ib_i_fail(observer->context, IB_ERR_STATE, "observer: expected a call from outside its estimators");
    return IB_OK;
}

/* One more thing is measured of each layer; `count` are now of its measure. */
static ib_status note_added(ib_observer *observer, size_t count, uint32_t *number)
{
    ib_i_free(observer->context, observer->points); /* which had fewer columns */
    observer->points = NULL;
    observer->layers = 0;
    if (number)
        *number = (uint32_t)count;
    return ib_i_ok(observer->context);
}

ib_status ib_observer_add_binning(ib_observer *observer, const ib_binning_options *options, uint32_t *estimator)
{
    if (!observer)
        return IB_ERR_ARG;
    IB_TRY(check_idle(observer));
    IB_TRY(ib_i_layer_bins_add(observer->context, &observer->bins, options));
    return note_added(observer, observer->bins.count, estimator);
}

/* Room for an item more in a list; NULL, with the message set, if there is none. */
static void *make_room(ib_observer *observer, void *items, size_t count, size_t size)
{
    if (count == UINT32_MAX) {
        ib_i_report(observer->context, "too many estimators");
        return NULL;
    }
    void *grown = ib_i_grow(observer->context, items, count, count + 1, size);
    if (!grown)
        ib_i_fail_memory(observer->context);
    return grown;
}

ib_status ib_observer_add_estimator(ib_observer *observer, const ib_estimator *estimator, uint32_t *number)
{
    if (!observer)
        return IB_ERR_ARG;
    ib_i_estimator copy;
    IB_TRY(check_idle(observer));
    IB_TRY(ib_i_estimator_resolve(observer->context, estimator, &copy));
    ib_i_estimator *grown = make_room(observer, observer->estimators, observer->estimator_count, sizeof *grown);
    if (!grown)
        return observer->estimator_count == UINT32_MAX ? IB_ERR_OVERFLOW : IB_ERR_NOMEM;
    observer->estimators = grown;
    grown[observer->estimator_count++] = copy;
    return note_added(observer, observer->estimator_count, number);
}

ib_status ib_observer_add_quantised(ib_observer *observer, uint32_t bits, uint32_t weight_bits, uint32_t *number)
{
    if (!observer)
        return IB_ERR_ARG;
    IB_TRY(check_idle(observer));
    IB_TRY(ib_i_quantised_check(observer->context, bits, weight_bits));
    ib_i_quantised *grown = make_room(observer, observer->quantised, observer->quantised_count, sizeof *grown);
    if (!grown)
        return observer->quantised_count == UINT32_MAX ? IB_ERR_OVERFLOW : IB_ERR_NOMEM;
    observer->quantised = grown;
    grown[observer->quantised_count++] = (ib_i_quantised){bits, weight_bits, NULL};
    return note_added(observer, observer->quantised_count, number);
}

ib_status ib_observer_set_ranges(ib_observer *observer, const ib_ranges *ranges)
{
    if (!observer)
        return IB_ERR_ARG;
    IB_TRY(check_idle(observer));
    IB_TRY(ib_i_layer_bins_set_ranges(observer->context, &observer->bins, ranges));
    return ib_i_ok(observer->context);
}

uint32_t ib_observer_differs(const ib_network *network, size_t layer, uint32_t measure)
{
    const ib_i_layer *found = ib_i_network_layer(network, layer);
    return found ? (uint32_t)ib_i_states_differ(found, measure) : 0;
}

/* --- points -------------------------------------------------------------------------------------------------------*/

static ib_status check_pass(const ib_observer *observer, const ib_network *network)
{
    if (network->pass != IB_PASS_INFERENCE || network->rows != observer->rows)
        return ib_i_fail(observer->context, IB_ERR_STATE,
                         "network: expected an inference pass over %zu rows, got %s %zu", observer->rows,
                         network->pass == IB_PASS_INFERENCE ? "one over" : "none, rows", ib_network_rows(network));
    return IB_OK;
}

/* One layer as the caller asks for it; `what` is known to be there. */
static ib_status measure_layer(ib_observer *observer, const ib_network *network, size_t layer, ib_i_what what,
                               uint32_t epoch, ib_point *point)
{
    ib_context *context = observer->context;
    if (!network || !point)
        return ib_i_fail_null(context, network ? "point" : "network");
    if (!ib_i_network_layer(network, layer))
        return ib_i_fail(context, IB_ERR_ARG, "layer: expected 1 to %zu, got %zu", network->layers, layer);
    IB_TRY(check_idle(observer));
    IB_TRY(check_pass(observer, network));
    IB_TRY(ib_i_observer_count_alone(observer, network, layer, what, epoch, point));
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
    return measure_layer(observer, network, layer, (ib_i_what){.measure = measure}, epoch, point);
}

ib_status ib_observer_measure_binning(ib_observer *observer, const ib_network *network, size_t layer,
                                      uint32_t estimator, uint32_t epoch, ib_point *point)
{
    if (!observer)
        return IB_ERR_ARG;
    if (estimator < 1 || estimator > observer->bins.count)
        return ib_i_fail(observer->context, IB_ERR_ARG, "estimator: expected 1 to %zu, got %u", observer->bins.count,
                         estimator);
    return measure_layer(observer, network, layer, (ib_i_what){IB_MEASURE_BINNED, estimator}, epoch, point);
}

static ib_status add_points(const ib_observer *observer, size_t layers, ib_plane *plane)
{
    for (size_t layer = 1; layer <= layers; layer++)
        for (size_t i = 0; i < ib_i_observer_whats(observer); i++) {
            const ib_point *point = ib_i_observer_point(observer, layer, i);
            if (point)
                IB_TRY(ib_plane_add(plane, point));
        }
    return ib_i_ok(observer->context);
}

ib_status ib_observer_measure(ib_observer *observer, const ib_network *network, uint32_t epoch, ib_plane *plane)
{
    if (!observer)
        return IB_ERR_ARG;
    if (!network || !plane)
        return ib_i_fail_null(observer->context, network ? "plane" : "network");
    IB_TRY(check_idle(observer));
    IB_TRY(check_pass(observer, network));
    const size_t layers = network->layers; /* an estimator may destroy the network */
    observer->busy = 1;
    ib_status status = ib_i_observer_find_points(observer, network, epoch);
    observer->busy = 0;
    if (status == IB_OK)
        status = add_points(observer, layers, plane);
    if (observer->doomed)
        ib_observer_destroy(observer);
    return status;
}
