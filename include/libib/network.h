/** @file network.h
 *  @brief A stack of dense layers whose activations, and weights if asked, are quantised while it learns.
 */
#ifndef LIBIB_NETWORK_H
#define LIBIB_NETWORK_H

#include <libib/activation.h>
#include <libib/context.h>
#include <libib/quant.h>
#include <libib/rng.h>
#include <libib/tensor.h>

/** @defgroup network Network
 *  @brief Layers of dense, activation and quantiser; forward, backward, and the codes of every layer.
 *
 *  Layer l = 1 ... L has the input x (the output of layer l - 1; the data for l = 1) and computes
 *
 *      z = x W + b,   a = f(z),   output = quantise(a)      quantise_at = IB_QUANTISE_OUTPUT
 *      z = x W + b,   z' = quantise(z),   output = f(z')    quantise_at = IB_QUANTISE_LOGITS
 *
 *  with W quantised before use where the layer has a quantiser of weights; biases never are. Softmax may
 *  stand in the last layer only.
 *
 *  ib_network_forward() makes a *pass*: the network keeps the values and codes of all layers for all rows given, until
 *  the next pass or change of weights. Reading, measuring and backward refer to the pass.
 *
 *  In inference nothing moves. A quantiser with #IB_RANGE_TENSOR takes the range of the pass, so that a layer's codes
 *  of some rows depend on the other rows of the pass; and so does one that has seen nothing yet, as before training,
 *  which calibrates the layers one after the other on the quantised outputs of the layer before.
 *  @{
 */

/** A network; opaque. */
typedef struct ib_network ib_network;

/** How weights begin; biases begin at 0. The normals have mean 0, are redrawn beyond 2 sd, and not rescaled. */
enum {
    IB_INIT_TRUNCATED_NORMAL_FAN_OUT = 0, /**< sd 1/sqrt(U), U the layer's own width */
    IB_INIT_TRUNCATED_NORMAL_FAN_IN = 1,  /**< sd 1/sqrt(D), D the number of inputs */
    IB_INIT_GLOROT_UNIFORM = 2,           /**< uniform between -r and r, r = sqrt(6 / (D + U)) */
    IB_INIT_CONSTANT = 3                  /**< all weights equal `constant` */
};

/** Where a layer is quantised. */
enum {
    IB_QUANTISE_OUTPUT = 0, /**< after the activation function */
    IB_QUANTISE_LOGITS = 1  /**< before it */
};

/** What a pass is for. */
enum {
    IB_PASS_INFERENCE = 0, /**< nothing moves */
    IB_PASS_TRAINING = 1   /**< ranges move; backward may follow */
};

/** One layer. */
typedef struct ib_layer_options {
    uint32_t struct_size;                /**< bytes of this struct as the caller knows it */
    uint32_t width;                      /**< U >= 1; has no default */
    uint32_t activation;                 /**< one of the `IB_ACTIVATION_*` values; 0: linear */
    uint32_t init;                       /**< one of the `IB_INIT_*` values */
    float constant;                      /**< of #IB_INIT_CONSTANT */
    uint32_t quantise_at;                /**< one of the `IB_QUANTISE_*` values */
    const ib_quant_options *activations; /**< quantiser of activations, or NULL: float32. Not per channel */
    const ib_quant_options *weights;     /**< quantiser of weights, or NULL: float32. No range_gradient */
} ib_layer_options;

IB_BEGIN_DECLS

/** Fills options with the defaults: all zero. `width` has no default and must be set.
 *
 *  @param[out] options  written
 *  @since 0.1
 */
IB_API void ib_layer_options_init(ib_layer_options *options);

/** Creates a network without layers.
 *
 *  @param context   the context
 *  @param inputs    number of inputs D of the first layer; >= 1
 *  @param[out] out  receives the network, to be freed with ib_network_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_network_create(ib_context *context, size_t inputs, ib_network **out);

/** Frees a network. While a trainer uses it, this only takes effect when the trainer goes.
 *
 *  @param network  may be NULL
 *  @since 0.1
 */
IB_API void ib_network_destroy(ib_network *network);

/** Appends a layer with weights and biases 0.
 *
 *  @param network  the network
 *  @param options  how; copied
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_OVERFLOW, #IB_ERR_RANGE, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_STATE a softmax layer is there already, or the network is in use
 *  @since 0.1
 */
IB_API ib_status ib_network_add_layer(ib_network *network, const ib_layer_options *options);

/** Draws all weights, sets biases to 0, and lets all quantisers forget.
 *
 *  Layers are drawn in order, each kernel W `[D][U]` in row-major order.
 *
 *  @param network  the network, with at least one layer
 *  @param rng      the generator, moved on
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_STATE
 *  @since 0.1
 */
IB_API ib_status ib_network_initialise(ib_network *network, ib_rng *rng);

/** Number of layers.
 *
 *  @param network  the network
 *  @return L; 0 if network is NULL
 *  @since 0.1
 */
IB_API size_t ib_network_layers(const ib_network *network);

/** Width of a layer.
 *
 *  @param network  the network
 *  @param layer    1 to L; 0 is the input
 *  @return U, or the number of inputs for layer 0; 0 if there is no such layer or network is NULL
 *  @since 0.1
 */
IB_API size_t ib_network_width(const ib_network *network, size_t layer);

/** Bits of a layer's activations.
 *
 *  @param network  the network
 *  @param layer    1 to L
 *  @return 1 to 16; 32 for a layer without a quantiser; 0 if there is no such layer or network is NULL
 *  @since 0.1
 */
IB_API uint32_t ib_network_bits(const ib_network *network, size_t layer);

/** Activation function of a layer.
 *
 *  @param network  the network
 *  @param layer    1 to L
 *  @return one of the `IB_ACTIVATION_*` values; linear if there is no such layer or network is NULL
 *  @since 0.1
 */
IB_API uint32_t ib_network_activation(const ib_network *network, size_t layer);

/** Where a layer is quantised.
 *
 *  @param network  the network
 *  @param layer    1 to L
 *  @return one of the `IB_QUANTISE_*` values; of a layer without a quantiser, that of its options
 *  @since 0.1
 */
IB_API uint32_t ib_network_quantise_at(const ib_network *network, size_t layer);

/** Reads the weights and biases of a layer.
 *
 *  @param network         the network
 *  @param layer           1 to L
 *  @param[in,out] kernel  W `[D][U]`, not quantised; may be NULL
 *  @param[in,out] bias    b `[U]`; may be NULL
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE
 *  @since 0.1
 */
IB_API ib_status ib_network_get_weights(const ib_network *network, size_t layer, ib_tensor *kernel, ib_tensor *bias);

/** Sets the weights and biases of a layer; the pass is over.
 *
 *  @param network  the network
 *  @param layer    1 to L
 *  @param kernel   W `[D][U]`, finite; NULL: unchanged
 *  @param bias     b `[U]`, finite; NULL: unchanged
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NONFINITE, #IB_ERR_STATE
 *  @since 0.1
 */
IB_API ib_status ib_network_set_weights(ib_network *network, size_t layer, const ib_tensor *kernel,
                                        const ib_tensor *bias);

/** Quantiser of a layer's activations, to read or set its range.
 *
 *  @param network  the network
 *  @param layer    1 to L
 *  @return borrowed; NULL if the layer has none
 *  @since 0.1
 */
IB_API ib_quant *ib_network_activation_quant(ib_network *network, size_t layer);

/** Quantiser of a layer's weights, to read or set its range.
 *
 *  @param network  the network
 *  @param layer    1 to L
 *  @return borrowed; NULL if the layer has none
 *  @since 0.1
 */
IB_API ib_quant *ib_network_weight_quant(ib_network *network, size_t layer);

/** Tells all quantisers that an epoch begins.
 *
 *  @param network  the network; NULL has no effect
 *  @since 0.1
 */
IB_API void ib_network_begin_epoch(ib_network *network);

/** Makes a pass over some rows; see the description of the group.
 *
 *  @param network  the network, with at least one layer
 *  @param pass     one of the `IB_PASS_*` values
 *  @param x        `[B][D]`, B >= 1
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NOMEM, #IB_ERR_STATE
 *  @retval IB_ERR_NONFINITE the input is not finite, or the training has diverged (which without quantisers only the
 *          loss can tell)
 *  @since 0.1
 */
IB_API ib_status ib_network_forward(ib_network *network, uint32_t pass, const ib_tensor *x);

/** Mean loss and correct rows of the last pass.
 *
 *  For a softmax layer quantised at its output the loss of ib_loss_quantised(), for any other softmax layer that of
 *  ib_loss_logits().
 *
 *  @param network       the network; its last layer is softmax
 *  @param labels        `labels[B]`, each below the width of the last layer
 *  @param[out] loss     receives the mean over the rows, in nats; may be NULL
 *  @param[out] correct  receives the number of rows predicted right; may be NULL
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_RANGE
 *  @retval IB_ERR_STATE there is no pass, or the last layer is not softmax
 *  @retval IB_ERR_NONFINITE the training has diverged
 *  @since 0.1
 */
IB_API ib_status ib_network_loss(ib_network *network, const uint32_t *labels, double *loss, size_t *correct);

/** Gradient of the mean loss of the last pass, which must be a training pass.
 *
 *  Quantised weights and activations are passed straight through, each masked by its own grid.
 *
 *  @param network       the network; its last layer is softmax
 *  @param labels        `labels[B]`, each below the width of the last layer
 *  @param[out] loss     as ib_network_loss(); may be NULL
 *  @param[out] correct  as ib_network_loss(); may be NULL
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_RANGE
 *  @retval IB_ERR_STATE the last pass is not a training pass, or the last layer is not softmax
 *  @retval IB_ERR_NONFINITE the training has diverged
 *  @since 0.1
 */
IB_API ib_status ib_network_backward(ib_network *network, const uint32_t *labels, double *loss, size_t *correct);

/** Number of all parameters.
 *
 *  @param network  the network
 *  @return the length of ib_network_parameters(); 0 if network is NULL
 *  @since 0.1
 */
IB_API size_t ib_network_parameter_count(const ib_network *network);

/** All parameters as one vector, for an optimiser.
 *
 *  For each layer its kernel `[U][D]` (transposed), then its bias `[U]`.
 *  The pass is over.
 *
 *  @param network  the network
 *  @return borrowed; NULL if network is NULL, has no layer, or is in use by a trainer
 *  @since 0.1
 */
IB_API float *ib_network_parameters(ib_network *network);

/** Gradient of the last ib_network_backward(), laid out as ib_network_parameters().
 *
 *  @param network  the network
 *  @return borrowed; NULL if network is NULL or has no layer
 *  @since 0.1
 */
IB_API const float *ib_network_gradient(const ib_network *network);

/** Number of rows of the last pass.
 *
 *  @param network  the network
 *  @return B; 0 if there is no pass
 *  @since 0.1
 */
IB_API size_t ib_network_rows(const ib_network *network);

/** Reads the output of a layer in the last pass, for any rows.
 *
 *  @param network         the network
 *  @param layer           1 to L
 *  @param rows            `rows[n]`, each below ib_network_rows(); NULL: rows 0 to n - 1
 *  @param n               number of rows
 *  @param[in,out] values  `[n][U]`
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_RANGE
 *  @retval IB_ERR_STATE there is no pass
 *  @since 0.1
 */
IB_API ib_status ib_network_read_values(const ib_network *network, size_t layer, const uint32_t *rows, size_t n,
                                        ib_tensor *values);

/** Reads the logits of the last layer in the last pass, for any rows: what softmax was applied to, quantised or not.
 *
 *  @param network         the network; its last layer is softmax
 *  @param rows            `rows[n]`, each below ib_network_rows(); NULL: rows 0 to n - 1
 *  @param n               number of rows
 *  @param[in,out] logits  `[n][U]`
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_RANGE
 *  @retval IB_ERR_STATE there is no pass, or the last layer is not softmax
 *  @since 0.1
 */
IB_API ib_status ib_network_read_logits(const ib_network *network, const uint32_t *rows, size_t n, ib_tensor *logits);

/** Reads the integer codes of a layer in the last pass, for any rows.
 *
 *  @param network     the network
 *  @param layer       1 to L
 *  @param rows        `rows[n]`, each below ib_network_rows(); NULL: rows 0 to n - 1
 *  @param n           number of rows
 *  @param[out] codes  `codes[n][U]`, of the output or of the logits, as quantise_at says
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_RANGE
 *  @retval IB_ERR_STATE there is no inference pass (training keeps no codes), or the layer has no quantiser
 *  @since 0.1
 */
IB_API ib_status ib_network_read_codes(const ib_network *network, size_t layer, const uint32_t *rows, size_t n,
                                       uint16_t *codes);

/** @} */

IB_END_DECLS

#endif
