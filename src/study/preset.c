/* The three meanings of "the standard setting"; docs/presets.md puts them side by side. */
#include "base/context.h"

#include <libib/preset.h>

#include <string.h>

/* The network of figure 1a of the study. */
static const uint32_t widths[] = {10, 7, 5, 4, 3, 2};

enum { INPUTS = 12, LAYERS = sizeof widths / sizeof widths[0] };

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

static ib_status add_layer(ib_network *network, uint32_t preset, uint32_t activation, uint32_t bits, size_t l)
{
    const int is_output = l + 1 == LAYERS;
    ib_layer_options layer;
    ib_quant_options activations, weights;
    ib_layer_options_init(&layer);
    ib_quant_options_init(&activations);
    ib_quant_options_init(&weights);
    layer.width = widths[l];
    layer.activation = is_output ? IB_ACTIVATION_SOFTMAX : activation;
    layer.init = init_of(preset, is_output);
    if (bits != 32 && preset == IB_PRESET_PAPER)
        quantise_as_paper(bits, &layer, &activations);
    else if (bits != 32)
        quantise_as_program(bits, &layer, &activations, &weights);
    return ib_network_add_layer(network, &layer);
}

ib_status ib_preset_create(ib_context *context, uint32_t preset, uint32_t activation, uint32_t bits, ib_network **out)
{
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    *out = NULL;
    if (preset >= IB_PRESET_COUNT)
        return ib_i_fail(context, IB_ERR_ARG, "preset: expected 0 to %d, got %u", IB_PRESET_COUNT - 1, preset);
    if (activation != IB_ACTIVATION_TANH && activation != IB_ACTIVATION_RELU)
        return ib_i_fail(context, IB_ERR_ARG, "activation: expected tanh or relu, got %s",
                         ib_activation_name(activation));
    const uint32_t least = preset == IB_PRESET_PAPER ? 1 : 2;
    if ((bits < least || bits > 16) && bits != 32)
        return ib_i_fail(context, IB_ERR_RANGE, "bits: expected %u to 16 or 32, got %u", least, bits);
    ib_network *network;
    IB_TRY(ib_network_create(context, INPUTS, &network));
    for (size_t l = 0; l < LAYERS; l++) {
        const ib_status status = add_layer(network, preset, activation, bits, l);
        if (status != IB_OK) {
            ib_network_destroy(network);
            return status;
        }
    }
    *out = network;
    return ib_i_ok(context);
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
