/* What the headers define, written a second time: plainly, slowly, and without a line of the library. Quantisers and
 * dense sums are float32 bit for bit; gradients are float64. */
#ifndef LIBIB_TESTS_REFERENCE_H
#define LIBIB_TESTS_REFERENCE_H

#include "nn.h"

/* One grid over one range. */
typedef struct reference_grid {
    uint32_t kind;
    float levels; /* n = 2^k - 1 */
    float min, max, step, zero, low, high;
} reference_grid;

reference_grid reference_grid_of(uint32_t kind, uint32_t bits, float min, float max);
float reference_quantise(const reference_grid *grid, float x, uint16_t *code);
int reference_passes(const reference_grid *grid, float x);

/* z = x W + b: the bias first, then the inputs in ascending order. */
void reference_dense(int fused, size_t rows, size_t inputs, size_t width, const float *x, const float *kernel,
                     const float *bias, float *z);

/* A quantiser that follows its range. */
typedef struct reference_quant {
    ib_quant_options options; /* bits 0: there is none */
    size_t channels;
    int seen;
    float *min, *max; /* [channels] */
} reference_quant;

void reference_quant_init(reference_quant *quant, const ib_quant_options *options, size_t channels);
void reference_quant_free(reference_quant *quant);
void reference_quant_begin_epoch(reference_quant *quant);
/* Of n values whose last axis has as many as there are channels; `training` moves the range. Codes may be NULL. */
void reference_quant_run(reference_quant *quant, int training, size_t n, const float *x, float *values,
                         uint16_t *codes);
/* dx from dy, for the range of the last training run. */
void reference_quant_backward(const reference_quant *quant, size_t n, const double *x, const double *dy, double *dx);

/* A layer, its parameters as the library holds them, and its last pass. */
typedef struct reference_layer {
    size_t inputs, width;
    uint32_t activation, quantise_at;
    reference_quant activations, weights;
    float *kernel, *bias;        /* [D][U], [U] */
    double *used;                /* the kernel, quantised */
    double *z, *middle, *output; /* [B][U]; middle: what stands before the quantiser's or the function's second half */
    double *dkernel, *dbias;     /* of the last backward */
} reference_layer;

#define REFERENCE_MAX_LAYERS 8

typedef struct reference_network {
    int fused;
    size_t layers, inputs, rows;
    reference_layer layer[REFERENCE_MAX_LAYERS];
    double *x; /* [B][D] */
} reference_network;

/* Appends a layer to both networks. */
void reference_add_layer(reference_network *reference, ib_network *network, const ib_layer_options *options);
void reference_init(reference_network *reference, const ib_context *context, size_t inputs);
void reference_free(reference_network *reference);
/* Fills kernels and biases of both with uniform values of the given size (over the root of the fan-in). */
void reference_randomise(reference_network *reference, ib_network *network, ib_context *context, double size);

/* A pass as the library makes it: float32, bit for bit. Activation functions are the library's public ones. */
void reference_forward(reference_network *reference, ib_context *context, int training, size_t rows, const float *x);
/* A pass of a network without quantisers in float64, with the functions of libm. Returns the smallest |z| before a
 * ReLU: near 0 the derivatives of two correct programs may differ. */
double reference_forward_exact(reference_network *reference, size_t rows, const float *x);
/* Mean loss, and all dkernel and dbias, from the last pass. */
double reference_backward(reference_network *reference, const uint32_t *labels);
/* Mean loss of the last pass. */
double reference_loss(const reference_network *reference, const uint32_t *labels);
/* The gradients in the order of ib_network_gradient(); `gradient[ib_network_parameter_count()]`. */
void reference_flatten(const reference_network *reference, double *gradient);

#endif
