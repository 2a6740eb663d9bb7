/* From a pass to points: which array of a layer holds its states, and counting them. */
#include "base/memory.h"
#include "base/tensor.h"
#include "info/counter.h"
#include "nn/network.h"

#include <libib/observer.h>

#include <string.h>

/* The states of a layer: a[P][width][64] of a type. */
typedef struct states {
    uint32_t type;
    size_t width, size; /* size: bytes of an element */
    const void *data;
} states;

/* Counters are kept by what they count. */
typedef struct slot {
    uint32_t type;
    size_t width;
    ib_counter *counter;
} slot;

struct ib_observer {
    ib_context *context;
    size_t rows;
    uint32_t classes;
    uint32_t *labels; /* [rows] */
    slot *slots;      /* [slot_count] */
    size_t slot_count;
    float *scratch;      /* for states that are computed */
    size_t scratch_size; /* values it holds */
};

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
    observer->labels = ib_i_alloc(context, observer->rows, sizeof *observer->labels);
    if (!observer->labels) {
        ib_observer_destroy(observer);
        return ib_i_fail_memory(context);
    }
    memcpy(observer->labels, ib_dataset_labels(dataset), observer->rows * sizeof *observer->labels);
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
    ib_i_free(observer->context, observer->labels);
    ib_i_free(observer->context, observer->scratch);
    ib_i_object_destroy(observer->context, observer);
}

/* A softmax whose output is not quantised: its states, its output and the bins of the output are three things. */
static int is_open_softmax(const ib_i_layer *layer)
{
    return layer->activation == IB_ACTIVATION_SOFTMAX &&
           !(layer->activations && layer->quantise_at == IB_QUANTISE_OUTPUT);
}

static int differs(const ib_i_layer *layer, uint32_t measure)
{
    switch (measure) {
    case IB_MEASURE_OUTPUT:
        return is_open_softmax(layer);
    case IB_MEASURE_REBINNED:
        return is_open_softmax(layer) || !layer->activations;
    default:
        return 0;
    }
}

uint32_t ib_observer_differs(const ib_network *network, size_t layer, uint32_t measure)
{
    const ib_i_layer *found = ib_i_network_layer(network, layer);
    return found ? (uint32_t)differs(found, measure) : 0;
}

/* Room for computed states; they and floats both have 4 bytes. */
static ib_status reserve_scratch(ib_observer *observer, size_t n)
{
    if (n <= observer->scratch_size)
        return IB_OK;
    float *scratch = ib_i_alloc(observer->context, n, sizeof *scratch);
    if (!scratch)
        return ib_i_fail_memory(observer->context);
    ib_i_free(observer->context, observer->scratch);
    observer->scratch = scratch;
    observer->scratch_size = n;
    return IB_OK;
}

static states own_codes(const ib_i_layer *layer)
{
    const size_t size = ib_i_quant_code_size(layer->activations);
    return (states){size == 1 ? IB_CODE_UINT8 : IB_CODE_UINT16, layer->width, size, layer->codes};
}

static states floats(size_t width, const float *values)
{
    return (states){IB_CODE_FLOAT32, width, sizeof(float), values};
}

static int32_t code_at(const ib_i_layer *layer, size_t at)
{
    return ib_i_quant_code_size(layer->activations) == 1 ? ((const uint8_t *)layer->codes)[at]
                                                         : ((const uint16_t *)layer->codes)[at];
}

/* A softmax depends on the differences of its logits only: the codes of classes 1 ... K - 1 minus that of class 0. */
static ib_status code_differences(ib_observer *observer, const ib_i_layer *layer, states *found)
{
    const size_t panels = ib_i_panels(observer->rows), width = layer->width > 1 ? layer->width - 1 : 1;
    IB_TRY(reserve_scratch(observer, panels * width * IB_I_PANEL));
    int32_t *to = (int32_t *)(void *)observer->scratch;
    for (size_t p = 0; p < panels; p++) {
        const size_t first = p * layer->width * IB_I_PANEL;
        for (size_t k = 0; k < width; k++) {
            const size_t other = first + (layer->width > 1 ? k + 1 : 0) * IB_I_PANEL;
            for (size_t s = 0; s < IB_I_PANEL; s++)
                *to++ = code_at(layer, other + s) - code_at(layer, first + s);
        }
    }
    *found = (states){IB_CODE_INT32, width, sizeof(int32_t), observer->scratch};
    return IB_OK;
}

/* To the nearest integer, ties to even, for x >= 0; from 2^23 on every float is one. */
static float round_even(float x)
{
    const float unit = 0x1p23f;
    return x < unit ? (x + unit) - unit : x;
}

/* round((x - min) 2^k / (max - min)) in float32, as the study's program bins outputs; levels 0 to 2^k inclusive. */
static ib_status rebin(ib_observer *observer, const ib_i_layer *layer, states *found)
{
    const size_t n = ib_i_panels(observer->rows) * layer->width * IB_I_PANEL;
    const uint32_t bits = layer->activations ? layer->activations->options.bits : 32;
    const float levels = (float)(UINT64_C(1) << bits);
    float min, max;
    IB_TRY(reserve_scratch(observer, n));
    if (!observer->context->kernels->range(n, layer->out, &min, &max))
        return ib_i_fail(observer->context, IB_ERR_NONFINITE, "outputs: expected finite values to bin");
    const float width = max - min;
    for (size_t i = 0; i < n; i++)
        observer->scratch[i] = width > 0.0f ? round_even((layer->out[i] - min) * levels / width) : 0.0f;
    *found = floats(layer->width, observer->scratch);
    return IB_OK;
}

static ib_status find_states(ib_observer *observer, const ib_i_layer *layer, uint32_t measure, states *found)
{
    if (differs(layer, measure) && measure == IB_MEASURE_REBINNED)
        return rebin(observer, layer, found);
    if (differs(layer, measure) && layer->activations)
        return code_differences(observer, layer, found);
    if (layer->activations)
        *found = own_codes(layer);
    else if (layer->activation == IB_ACTIVATION_SOFTMAX && measure == IB_MEASURE_STATE)
        *found = floats(layer->width, layer->z);
    else
        *found = floats(layer->width, layer->out);
    return IB_OK;
}

static ib_status find_counter(ib_observer *observer, const states *of, ib_counter **counter)
{
    for (size_t i = 0; i < observer->slot_count; i++) {
        if (observer->slots[i].type == of->type && observer->slots[i].width == of->width) {
            *counter = observer->slots[i].counter;
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
    slots[observer->slot_count++] = (slot){of->type, of->width, *counter};
    return IB_OK;
}

/* Panel by panel: within one, rows are neighbours and columns are 64 apart. */
static ib_status count_states(const ib_observer *observer, const states *of, ib_counter *counter)
{
    for (size_t row = 0; row < observer->rows; row += IB_I_PANEL) {
        const size_t here = observer->rows - row < IB_I_PANEL ? observer->rows - row : IB_I_PANEL;
        ib_codes codes;
        ib_codes_init(&codes, of->type, (const char *)of->data + row * of->width * of->size, here, of->width);
        codes.row_stride = 1;
        codes.column_stride = IB_I_PANEL;
        IB_TRY(ib_counter_add(counter, &codes, observer->classes > 1 ? observer->labels + row : NULL, NULL));
    }
    return IB_OK;
}

static ib_status check_pass(const ib_observer *observer, const ib_network *network)
{
    if (network->pass != IB_PASS_INFERENCE || network->rows != observer->rows)
        return ib_i_fail(observer->context, IB_ERR_STATE,
                         "network: expected an inference pass over %zu rows, got %s %zu", observer->rows,
                         network->pass == IB_PASS_INFERENCE ? "one over" : "none, rows", ib_network_rows(network));
    return IB_OK;
}

ib_status ib_observer_measure_layer(ib_observer *observer, const ib_network *network, size_t layer_number,
                                    uint32_t measure, uint32_t epoch, ib_point *point)
{
    if (!observer)
        return IB_ERR_ARG;
    ib_context *context = observer->context;
    if (!network || !point)
        return ib_i_fail_null(context, network ? "point" : "network");
    const ib_i_layer *layer = ib_i_network_layer(network, layer_number);
    if (!layer || measure >= IB_MEASURE_COUNT)
        return ib_i_fail(context, IB_ERR_ARG, "expected layer 1 to %zu and measure 0 to %d, got %zu and %u",
                         network->layers, IB_MEASURE_COUNT - 1, layer_number, measure);
    IB_TRY(check_pass(observer, network));
    states found = {0};
    ib_counter *counter;
    IB_TRY(find_states(observer, layer, measure, &found));
    IB_TRY(find_counter(observer, &found, &counter));
    IB_TRY(count_states(observer, &found, counter));
    *point = (ib_point){
        .epoch = epoch, .layer = (uint32_t)layer_number, .measure = measure, .states = ib_counter_distinct(counter)};
    ib_i_entropy_point(counter, &point->i_xt, &point->i_ty);
    return ib_i_ok(context);
}

ib_status ib_observer_measure(ib_observer *observer, const ib_network *network, uint32_t epoch, ib_plane *plane)
{
    if (!observer)
        return IB_ERR_ARG;
    if (!network || !plane)
        return ib_i_fail_null(observer->context, network ? "plane" : "network");
    for (size_t l = 1; l <= network->layers; l++) {
        for (uint32_t measure = 0; measure < IB_MEASURE_COUNT; measure++) {
            if (measure != IB_MEASURE_STATE && !ib_observer_differs(network, l, measure))
                continue;
            ib_point point;
            IB_TRY(ib_observer_measure_layer(observer, network, l, measure, epoch, &point));
            IB_TRY(ib_plane_add(plane, &point));
        }
    }
    return ib_i_ok(observer->context);
}
