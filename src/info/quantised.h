/* A network that is quantised after its training: its weights, as they are, in layers with quantisers. */
#ifndef LIBIB_INFO_QUANTISED_H
#define LIBIB_INFO_QUANTISED_H

#include "nn/network.h"

typedef struct ib_i_quantised {
    uint32_t bits, weight_bits; /* weight_bits 0: kernels stay as they are */
    ib_network *network;        /* NULL until the first pass */
} ib_i_quantised;

/* Whether there are quantisers of so many bits. */
ib_status ib_i_quantised_check(ib_context *context, uint32_t bits, uint32_t weight_bits);

/* Fails if a layer of the network has a quantiser. */
ib_status ib_i_quantised_check_source(ib_context *context, const ib_network *source);

/* Passes all inputs through layers with the weights of the source, which stays as it is. The inputs are the same in
 * every call. */
ib_status ib_i_quantised_pass(ib_context *context, ib_i_quantised *quantised, const ib_network *source,
                              const ib_tensor *inputs);

#endif
