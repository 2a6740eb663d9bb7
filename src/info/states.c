#include "info/states.h"

#include "base/memory.h"
#include "info/rows.h"

#include <libib/plane.h>

#include <string.h>

/* A softmax whose output is not quantised: its states, its output and the bins of the output are three things. */
static int is_open_softmax(const ib_i_layer *layer)
{
    return layer->activation == IB_ACTIVATION_SOFTMAX &&
           !(layer->activations && layer->quantise_at == IB_QUANTISE_OUTPUT);
}

int ib_i_states_differ(const ib_i_layer *layer, uint32_t measure)
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

void ib_i_scratch_free(ib_context *context, ib_i_scratch *scratch)
{
    ib_i_free(context, scratch->values);
}

ib_status ib_i_scratch_reserve(ib_context *context, ib_i_scratch *scratch, size_t n)
{
    if (n <= scratch->size)
        return IB_OK;
    float *values = ib_i_alloc(context, n, sizeof *values);
    if (!values)
        return ib_i_fail_memory(context);
    ib_i_free(context, scratch->values);
    *scratch = (ib_i_scratch){values, n};
    return IB_OK;
}

static ib_i_states own_codes(const ib_i_layer *layer)
{
    const size_t size = ib_i_quant_code_size(layer->activations);
    return (ib_i_states){size == 1 ? IB_CODE_UINT8 : IB_CODE_UINT16, layer->width, size, layer->codes};
}

static ib_i_states floats(size_t width, const float *values)
{
    return (ib_i_states){IB_CODE_FLOAT32, width, sizeof(float), values};
}

static int32_t code_at(const ib_i_layer *layer, size_t at)
{
    return ib_i_quant_code_size(layer->activations) == 1 ? ((const uint8_t *)layer->codes)[at]
                                                         : ((const uint16_t *)layer->codes)[at];
}

/* A softmax depends on the differences of its logits only: the codes of classes 1 ... K - 1 minus that of class 0. */
static ib_status code_differences(ib_context *context, ib_i_scratch *scratch, size_t rows, const ib_i_layer *layer,
                                  ib_i_states *found)
{
    const size_t panels = ib_i_panels(rows), width = layer->width > 1 ? layer->width - 1 : 1;
    IB_TRY(ib_i_scratch_reserve(context, scratch, panels * width * IB_I_PANEL));
    int32_t *to = (int32_t *)(void *)scratch->values;
    for (size_t p = 0; p < panels; p++) {
        const size_t first = p * layer->width * IB_I_PANEL;
        for (size_t k = 0; k < width; k++) {
            const size_t other = first + (layer->width > 1 ? k + 1 : 0) * IB_I_PANEL;
            for (size_t s = 0; s < IB_I_PANEL; s++)
                *to++ = code_at(layer, other + s) - code_at(layer, first + s);
        }
    }
    *found = (ib_i_states){IB_CODE_INT32, width, sizeof(int32_t), scratch->values};
    return IB_OK;
}

/* round((x - min) 2^k / (max - min)) in float32, as the study's program bins outputs; levels 0 to 2^k inclusive. */
static ib_status rebin(ib_context *context, ib_i_scratch *scratch, size_t rows, const ib_i_layer *layer,
                       ib_i_states *found)
{
    const size_t n = ib_i_panels(rows) * layer->width * IB_I_PANEL;
    const uint32_t bits = layer->activations ? layer->activations->options.bits : 32;
    const float levels = (float)(UINT64_C(1) << bits);
    float min, max;
    IB_TRY(ib_i_scratch_reserve(context, scratch, n));
    if (!context->kernels->range(n, layer->out, &min, &max))
        return ib_i_fail(context, IB_ERR_NONFINITE, "outputs: expected finite values to bin");
    float *to = scratch->values;
    if (max - min > 0.0f)
        context->kernels->bin(min, levels, max - min, n, layer->out, to);
    else
        memset(to, 0, n * sizeof *to);
    *found = floats(layer->width, to);
    return IB_OK;
}

ib_status ib_i_states_find(ib_context *context, ib_i_scratch *scratch, size_t rows, const ib_i_layer *layer,
                           uint32_t measure, ib_i_states *found)
{
    if (ib_i_states_differ(layer, measure) && measure == IB_MEASURE_REBINNED)
        return rebin(context, scratch, rows, layer, found);
    if (ib_i_states_differ(layer, measure) && layer->activations)
        return code_differences(context, scratch, rows, layer, found);
    if (layer->activations)
        *found = own_codes(layer);
    else if (layer->activation == IB_ACTIVATION_SOFTMAX && measure == IB_MEASURE_STATE)
        *found = floats(layer->width, layer->z);
    else
        *found = floats(layer->width, layer->out);
    return IB_OK;
}

ib_codes ib_i_states_codes(const ib_i_states *states, size_t row, size_t n)
{
    const size_t at = ib_i_panel_at(row, states->width, 0);
    ib_codes codes;
    ib_codes_init(&codes, states->type, (const char *)states->data + at * states->size, n, states->width);
    codes.row_stride = 1;
    codes.column_stride = IB_I_PANEL;
    return codes;
}

/* Called with constant sizes: a load is then one instruction. Both zeros of floats are one value. */
static inline uint64_t load(const unsigned char *from, size_t size, int is_float)
{
    uint8_t one;
    uint16_t two;
    uint32_t four;
    switch (size) {
    case 1:
        memcpy(&one, from, sizeof one);
        return one;
    case 2:
        memcpy(&two, from, sizeof two);
        return two;
    default:
        memcpy(&four, from, sizeof four);
        return is_float && four == 0x80000000u ? 0 : four;
    }
}

/* A key that is one word, from a number of codes that is a constant. */
static inline __attribute__((always_inline)) void pick_word(const ib_i_states *states, const uint32_t *rows, size_t n,
                                                            uint64_t *keys, size_t width, size_t size, int is_float)
{
    for (size_t i = 0; i < n; i++) {
        const unsigned char *from = (const unsigned char *)states->data + ib_i_panel_at(rows[i], width, 0) * size;
        uint64_t word = 0;
        for (size_t column = 0; column < width; column++)
            word |= load(from + column * IB_I_PANEL * size, size, is_float) << (8 * size * column);
        keys[i] = word;
    }
}

/* Bytes that fit in one word, which are the usual states; whether this was so. */
static int pick_bytes(const ib_i_states *states, const uint32_t *rows, size_t n, uint64_t *keys)
{
#define CASE(width)                                                                                                    \
    case width:                                                                                                        \
        pick_word(states, rows, n, keys, width, 1, 0);                                                                 \
        return 1;
    switch (states->size == 1 ? states->width : 0) {
        CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) default : return 0;
    }
#undef CASE
}

static inline void pick(const ib_i_states *states, const uint32_t *rows, size_t n, size_t words, uint64_t *keys,
                        size_t size, int is_float)
{
    const size_t per_word = sizeof *keys / size;
    for (size_t i = 0; i < n; i++) {
        const unsigned char *from =
            (const unsigned char *)states->data + ib_i_panel_at(rows[i], states->width, 0) * size;
        size_t left = states->width;
        for (size_t w = 0; w < words; w++) {
            uint64_t word = 0;
            for (size_t lane = 0; lane < per_word && left; lane++, left--, from += IB_I_PANEL * size)
                word |= load(from, size, is_float) << (8 * size * lane);
            *keys++ = word;
        }
    }
}

void ib_i_states_pick(const ib_i_states *states, const uint32_t *rows, size_t n, size_t words, uint64_t *keys)
{
    if (pick_bytes(states, rows, n, keys))
        return;
    if (states->size == 1)
        pick(states, rows, n, words, keys, 1, 0);
    else if (states->size == 2)
        pick(states, rows, n, words, keys, 2, 0);
    else
        pick(states, rows, n, words, keys, 4, states->type == IB_CODE_FLOAT32);
}
