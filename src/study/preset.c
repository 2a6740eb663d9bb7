/* The three meanings of "the standard setting"; docs/presets.md puts them side by side. */
#include "base/context.h"

#include <libib/preset.h>

#include <string.h>

/* The network of figure 1a of the study: inputs, hidden layers, classes. */
static const uint32_t standard[] = {12, 10, 7, 5, 4, 3, 2};

enum { STANDARD_LAYERS = sizeof standard / sizeof standard[0] - 1 };

/* One network: what its layers have in common. */
typedef struct recipe {
    uint32_t preset, activation, bits;
} recipe;

const char *ib_preset_name(uint32_t preset)
{
    static const char *const names[IB_PRESET_COUNT] = {"paper", "official-v1", "official-iclr"};
    return preset < IB_PRESET_COUNT ? names[preset] : "unknown";
}

static uint32_t init_of(uint32_t preset, int is_output)
{
    if (preset == IB_PRESET_OFFICIAL_ICLR || (preset == IB_PRESET_OFFICIAL_V1 && is_output))
        return IB_INIT_GLOROT_UNIFORM;
    return IB_INIT_TRUNCATED_NORMAL_FAN_OUT;
}

/* The text: 2^k values between the smallest and largest activation of the epoch, the softmax output included; weights
 * stay as they are. */
static void quantise_as_paper(uint32_t bits, ib_layer_options *layer, ib_quant_options *activations)
{
    activations->bits = bits;
    activations->range = IB_RANGE_EPOCH;
    layer->activations = activations;
}

/* The program: grids with an exact zero; ranges that move slowly, but for tanh layers that of the tensor, which takes
 * part in the gradient; weights of other layers on a grid of their own; logits instead of the softmax output. */
static void quantise_as_program(uint32_t bits, ib_layer_options *layer, ib_quant_options *activations,
                                ib_quant_options *weights)
{
    const int is_tanh = layer->activation == IB_ACTIVATION_TANH;
    activations->bits = weights->bits = bits;
    activations->grid = weights->grid = IB_GRID_NUDGED;
    activations->range = is_tanh ? IB_RANGE_TENSOR : IB_RANGE_MOVING;
    activations->range_gradient = is_tanh ? 1 : 0;
    weights->range = IB_RANGE_LAST;
    layer->activations = activations;
    layer->weights = is_tanh ? NULL : weights;
    if (layer->activation == IB_ACTIVATION_SOFTMAX)
        layer->quantise_at = IB_QUANTISE_LOGITS;
}

static ib_status add_layer(ib_network *network, const recipe *of, uint32_t width, int is_output)
{
    ib_layer_options layer;
    ib_quant_options activations, weights;
    ib_layer_options_init(&layer);
    ib_quant_options_init(&activations);
    ib_quant_options_init(&weights);
    layer.width = width;
    layer.activation = is_output ? IB_ACTIVATION_SOFTMAX : of->activation;
    layer.init = init_of(of->preset, is_output);
    if (of->bits != 32 && of->preset == IB_PRESET_PAPER)
        quantise_as_paper(of->bits, &layer, &activations);
    else if (of->bits != 32)
        quantise_as_program(of->bits, &layer, &activations, &weights);
    return ib_network_add_layer(network, &layer);
}

static ib_status check_recipe(ib_context *context, const recipe *of)
{
    const uint32_t least = of->preset == IB_PRESET_PAPER ? 1 : 2;
    if (of->preset >= IB_PRESET_COUNT)
        return ib_i_fail(context, IB_ERR_ARG, "preset: expected 0 to %d, got %u", IB_PRESET_COUNT - 1, of->preset);
    if (of->activation > IB_ACTIVATION_SIGMOID)
        return ib_i_fail(context, IB_ERR_ARG, "activation: expected linear, tanh, relu or sigmoid, got %s",
                         ib_activation_name(of->activation));
    if ((of->bits < least || of->bits > 16) && of->bits != 32)
        return ib_i_fail(context, IB_ERR_RANGE, "bits: expected %u to 16 or 32, got %u", least, of->bits);
    return IB_OK;
}

static ib_status check_widths(ib_context *context, const uint32_t *widths, size_t layers)
{
    if (layers < 1 || layers > IB_PRESET_MOST_LAYERS)
        return ib_i_fail(context, IB_ERR_RANGE, "layers: expected 1 to %d, got %zu", IB_PRESET_MOST_LAYERS, layers);
    for (size_t l = 0; l <= layers; l++)
        if (widths[l] == 0)
            return ib_i_fail(context, IB_ERR_RANGE, "width %zu: expected at least 1, got 0", l);
    return IB_OK;
}

ib_status ib_preset_create_with(ib_context *context, uint32_t preset, uint32_t activation, uint32_t bits,
                                const uint32_t *widths, size_t layers, ib_network **out)
{
    const recipe of = {preset, activation, bits};
    ib_network *network;
    if (out)
        *out = NULL;
    if (!context)
        return IB_ERR_ARG;
    if (!widths || !out)
        return ib_i_fail_null(context, !widths ? "widths" : "out");
    IB_TRY(check_recipe(context, &of));
    IB_TRY(check_widths(context, widths, layers));
    IB_TRY(ib_network_create(context, widths[0], &network));
    for (size_t l = 1; l <= layers; l++) {
        const ib_status status = add_layer(network, &of, widths[l], l == layers);
        if (status != IB_OK) {
            ib_network_destroy(network);
            return status;
        }
    }
    *out = network;
    return ib_i_ok(context);
}

ib_status ib_preset_create(ib_context *context, uint32_t preset, uint32_t activation, uint32_t bits, ib_network **out)
{
    return ib_preset_create_with(context, preset, activation, bits, standard, STANDARD_LAYERS, out);
}

const uint32_t *ib_preset_widths(size_t *layers)
{
    if (layers)
        *layers = STANDARD_LAYERS;
    return standard;
}

ib_status ib_preset_get_info(uint32_t preset, ib_preset_info *info)
{
    if (preset >= IB_PRESET_COUNT || !info || info->struct_size < sizeof info->struct_size)
        return IB_ERR_ARG;
    const int restarts = preset == IB_PRESET_OFFICIAL_ICLR;
    const ib_preset_info full = {
        .struct_size = info->struct_size,
        .points_every = restarts ? 5 : 1,
        .restart_from = restarts ? 1001 : 0,
        .bad_accuracy = 0.55,
    };
    memcpy(info, &full, info->struct_size < sizeof full ? info->struct_size : sizeof full);
    return IB_OK;
}
