/** @file preset.h
 *  @brief Precise meanings of "the standard setting", one call each.
 */
#ifndef LIBIB_PRESET_H
#define LIBIB_PRESET_H

#include <libib/network.h>

/** @defgroup preset Preset
 *  @brief The 12-10-7-5-4-3-2 network of the study, as its text has it and as its program has it.
 *
 *  The text of the study and its published program differ; docs/presets.md says how. Training options are the
 *  defaults of ib_train_options for all presets.
 *
 *  Source: S. S. Lorenzen, C. Igel, M. Nielsen: Information bottleneck: exact analysis of (quantized) neural networks
 *  (2022), section 4; its published program of June 2021 and of 2022.
 *  @{
 */

/** Presets. */
enum {
    IB_PRESET_PAPER = 0,        /**< the text of the study */
    IB_PRESET_OFFICIAL_V1 = 1,  /**< its program of June 2021 */
    IB_PRESET_OFFICIAL_ICLR = 2 /**< its program of 2022 */
};

/** Number of presets. */
#define IB_PRESET_COUNT 3

/** Most layers that ib_preset_create_with() makes. */
#define IB_PRESET_MOST_LAYERS 1024

/** What a preset says beyond the network. */
typedef struct ib_preset_info {
    uint32_t struct_size;  /**< bytes of this struct as the caller knows it; set before the call */
    uint32_t points_every; /**< points are measured at epoch 0, at 1, 1 + this, 1 + 2 this, ..., and at the last */
    uint32_t restart_from; /**< a run is restarted when bad after this epoch or any later one; 0: never */
    uint32_t reserved;     /**< 0 */
    double bad_accuracy;   /**< a running training accuracy below this is a bad fit */
} ib_preset_info;

IB_BEGIN_DECLS

/** Name of a preset.
 *
 *  @param preset  one of the `IB_PRESET_*` values
 *  @return "paper", "official-v1" or "official-iclr"; "unknown" for other values; static
 *  @since 0.1
 */
IB_API const char *ib_preset_name(uint32_t preset);

/** Creates the network of a preset: 12 inputs, six layers, ready for ib_train_run().
 *
 *  @param context     the context
 *  @param preset      one of the `IB_PRESET_*` values
 *  @param activation  of the hidden layers: #IB_ACTIVATION_TANH or #IB_ACTIVATION_RELU as in the study; also
 *                     #IB_ACTIVATION_SIGMOID and #IB_ACTIVATION_LINEAR, which the official presets quantise like ReLU
 *  @param bits        of activations: 1 to 16 (official presets: 2 to 16), or 32: float32 without quantisers. The
 *                     study has 4, 8 and 32
 *  @param[out] out    receives the network, to be freed with ib_network_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_RANGE bits out of bounds
 *  @since 0.1
 */
IB_API ib_status ib_preset_create(ib_context *context, uint32_t preset, uint32_t activation, uint32_t bits,
                                  ib_network **out);

/** Creates a network of other widths for data of one's own, with everything else as a preset has it: how weights begin,
 *  and what is quantised where. The last layer is softmax.
 *
 *  With the widths of ib_preset_widths() it is the network of ib_preset_create().
 *
 *  @param context     the context
 *  @param preset      one of the `IB_PRESET_*` values
 *  @param activation  of the hidden layers, as in ib_preset_create(); counts for nothing if there is one layer only
 *  @param bits        as in ib_preset_create()
 *  @param widths      `widths[layers + 1]`, each at least 1: the number of inputs D, then the width of each layer, of
 *                     which the last is the number of classes K; copied
 *  @param layers      number of layers L, 1 to #IB_PRESET_MOST_LAYERS
 *  @param[out] out    receives the network, to be freed with ib_network_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_OVERFLOW
 *  @retval IB_ERR_RANGE bits, layers or a width out of bounds
 *  @since 0.1
 */
IB_API ib_status ib_preset_create_with(ib_context *context, uint32_t preset, uint32_t activation, uint32_t bits,
                                       const uint32_t *widths, size_t layers, ib_network **out);

/** The widths of all presets: 12 inputs, layers of 10, 7, 5, 4 and 3, and 2 classes.
 *
 *  Source: figure 1a of the study.
 *
 *  @param[out] layers  receives the number of layers L = 6; may be NULL
 *  @return `[L + 1]`: the number of inputs, then the width of each layer; static
 *  @since 0.1
 */
IB_API const uint32_t *ib_preset_widths(size_t *layers);

/** Reads what a preset says beyond the network.
 *
 *  @param preset        one of the `IB_PRESET_*` values
 *  @param[in,out] info  filled as far as its struct_size reaches
 *  @return #IB_OK, #IB_ERR_ARG
 *  @since 0.1
 */
IB_API ib_status ib_preset_get_info(uint32_t preset, ib_preset_info *info);

/** @} */

IB_END_DECLS

#endif
