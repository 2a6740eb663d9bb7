/* Compiled once for each instruction set, with KERNELS naming the table; see meson.build. Bits are a contract here: the
 * order of every sum is written down, nothing is contracted, and no function of the mathematics library is called. */
#include "kernels/kernels.h"

#include "kernels/dense.h"
#include "kernels/elementwise.h"
#include "kernels/loss.h"
#include "kernels/philox.h"

#define TABLE_OF(name) ib_i_kernels_##name
#define TABLE(name) TABLE_OF(name)
#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

const ib_kernels TABLE(KERNELS) = {
    .name = TEXT(KERNELS),
    .fused = FUSED,
    .dense_forward = dense_forward,
    .dense_backward_inputs = dense_backward_inputs,
    .dense_backward_weights = dense_backward_weights,
    .activation_forward = activation_forward,
    .activation_backward = activation_backward,
    .softmax_forward = softmax_forward,
    .softmax_backward = softmax_backward,
    .loss_logits = loss_logits,
    .loss_quantised = loss_quantised,
    .correct = correct,
    .sum = sum,
    .range = range,
    .quantise_inside = quantise_inside,
    .quantise = quantise,
    .bin = bin,
    .quantise_backward = quantise_backward,
    .range_sums = range_sums,
    .range_shares = range_shares,
    .expand_bits = expand_bits,
    .philox = philox,
    .adam = adam,
};
