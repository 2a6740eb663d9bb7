/* The inside of a network, for training and observing. */
#ifndef LIBIB_NN_NETWORK_H
#define LIBIB_NN_NETWORK_H

#include "nn/panels.h"
#include "nn/quant.h"

#include <libib/network.h>

/* A layer, and what the last pass left of it. With P panels, z = linear output, and depending on where it is quantised
 *
 *     at the output:  mid = f(z),         out = quantise(mid)
 *     at the logits:  mid = quantise(z),  out = f(mid)
 *
 * all [P][U][64]; steps that keep nothing worth keeping work in place, so the pointers may be equal. */
typedef struct ib_i_layer {
    size_t inputs, width;
    uint32_t activation, init, quantise_at;
    float constant;
    ib_quant *activations, *weights; /* or NULL */
    size_t kernel_at, bias_at;       /* kernel [U][D] and bias [U] within the parameters */
    float *quantised_kernel;         /* [U][D] with a quantiser of weights */
    float *buffers[3];
    float *z, *mid, *out;
    void *codes; /* [P][U][64] of ib_i_quant_code_size(), of inference passes */
} ib_i_layer;

enum { IB_I_NO_PASS = -1 };

struct ib_network {
    ib_context *context;
    size_t inputs, layers;
    ib_i_layer *layer; /* [layers] */
    size_t parameter_count;
    float *parameters, *gradient;
    size_t capacity;    /* panels that the buffers hold */
    float *x;           /* [P][D][64], for inputs that come as tensors */
    float *delta[2];    /* [P][widest layer][64] */
    float *losses;      /* [P][64] */
    uint32_t *labels;   /* [P][64], for labels that come as arrays */
    int pass;           /* an IB_PASS_* value or IB_I_NO_PASS */
    size_t rows;        /* of the pass */
    const float *input; /* [P][D][64] of the pass */
    int busy;           /* in use by a trainer */
    int doomed;         /* destroyed while busy */
};

/* A network of the same layers in another context, with weights and biases 0. */
ib_status ib_i_network_create_like(const ib_network *pattern, ib_context *context, ib_network **out);

/* The same layers, but each with these quantisers, of its output and of its kernel; NULL: none. */
ib_status ib_i_network_create_quantised(const ib_network *pattern, ib_context *context,
                                        const ib_quant_options *activations, const ib_quant_options *weights,
                                        ib_network **out);

/* Whether the layers of two networks have the same sizes and activation functions. */
int ib_i_network_is_like(const ib_network *a, const ib_network *b);

/* A layer by its public number, from 1; NULL if there is none. */
ib_i_layer *ib_i_network_layer(const ib_network *network, size_t layer);

/* Whether the last layer is softmax, which losses need. */
ib_status ib_i_network_check_softmax(const ib_network *network);

/* Makes room for passes over so many panels. */
ib_status ib_i_network_reserve(ib_network *network, size_t panels);

/* What ib_network_begin_epoch() does, in use or not. */
void ib_i_network_begin_epoch(ib_network *network);

/* Lets all quantisers forget, in use or not. */
void ib_i_network_reset_ranges(ib_network *network);

/* In use by a trainer, or not: callers can only read the network and its quantisers while it is. */
void ib_i_network_set_busy(ib_network *network, int busy);

/* A pass over panels, which are borrowed for as long as the pass lasts. */
ib_status ib_i_network_forward(ib_network *network, uint32_t pass, const float *panels, size_t rows);

/* Summed loss and correct rows of the pass, among rows with a label: labels[P][64]. */
ib_status ib_i_network_loss(ib_network *network, const uint32_t *labels, double *loss, size_t *correct);

/* The same, and the gradient of the mean loss over all rows of the pass. */
ib_status ib_i_network_backward(ib_network *network, const uint32_t *labels, double *loss, size_t *correct);

/* What the activation function of a layer was applied to; meaningful for softmax. */
static inline const float *ib_i_layer_logits(const ib_i_layer *layer)
{
    return layer->activations && layer->quantise_at == IB_QUANTISE_LOGITS ? layer->mid : layer->z;
}

/* The kernel that passes use. */
static inline const float *ib_i_layer_kernel(const ib_network *network, const ib_i_layer *layer)
{
    return layer->weights ? layer->quantised_kernel : network->parameters + layer->kernel_at;
}

#endif
