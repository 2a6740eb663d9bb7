/* The hot loops: one source (kernels.c), compiled once for each instruction set, chosen at run time.
 *
 * Activations lie in panels of 64 samples, feature-major: a[P][U][64]. A vector holds samples, so that a sample's
 * result does not depend on its place. Lanes beyond the last row of a batch repeat row 0, and have no label: their
 * gradient is 0, and ranges need no mask.
 *
 * Letters: P panels, D inputs, U outputs, K classes. Panels are aligned to 64 bytes; other arrays need not be. */
#ifndef LIBIB_KERNELS_KERNELS_H
#define LIBIB_KERNELS_KERNELS_H

#include "base/context.h"

#define IB_I_PANEL ((size_t)64)

/* The label of a lane that has none: no loss, no gradient, never correct. */
#define IB_I_NO_LABEL UINT32_MAX

/* A grid of levels; quant.c makes it, and documents it. Level t in 0 - zero ... n - zero stands for t step + offset. */
typedef struct ib_i_grid {
    float low, high; /* values are clipped to these */
    float step;      /* > 0 */
    float zero;      /* code of level 0 */
    float offset;
} ib_i_grid;

/* What a range with a gradient needs of its tensor: upstream gradients of what is clipped below and above, in 16 lanes,
 * and how many values attain the ends. Starts at 0; runs of values add to it. */
typedef struct ib_i_range_sums {
    float below[16], above[16];
    size_t at_min, at_max;
} ib_i_range_sums;

/* One step of Adam; adam.c documents the formula. */
typedef struct ib_i_adam_step {
    float rate;         /* with the corrections of the step */
    float gain1, gain2; /* 1 - beta1, 1 - beta2 */
    float epsilon;
    float root_scale; /* 1, or the correction of the second moment under the root */
} ib_i_adam_step;

/* Blocks that philox makes in one call. */
#define IB_I_PHILOX_BLOCKS 16
#define IB_I_PHILOX_WORDS (4 * IB_I_PHILOX_BLOCKS)

typedef struct ib_kernels {
    const char *name; /* as LIBIB_KERNELS spells it */
    int fused;        /* multiplies and adds in one rounding: sets that do give the same bits */

    /* z[P][U][64] = b[U] + sum over d ascending of w[U][D] x[P][D][64] */
    void (*dense_forward)(size_t panels, size_t inputs, size_t outputs, const float *w, const float *b, const float *x,
                          float *z);
    /* dx[P][D][64] = sum over u ascending of w[U][D] dz[P][U][64]; unless y is NULL, times f' written in terms of the
     * values y[P][D][64] of an activation function, any but softmax */
    void (*dense_backward_inputs)(size_t panels, size_t inputs, size_t outputs, const float *w, const float *dz,
                                  uint32_t activation, const float *y, float *dx);
    /* dw[U][D] = sum over samples of dz x, db[U] = sum of dz: 16 lanes, added as a tree */
    void (*dense_backward_weights)(size_t panels, size_t inputs, size_t outputs, const float *x, const float *dz,
                                   float *dw, float *db);

    /* y[n] = f(z[n]), and dz[n] = f'(z) dy[n] written in terms of y; any but softmax; in place allowed */
    void (*activation_forward)(uint32_t activation, size_t n, const float *z, float *y);
    void (*activation_backward)(uint32_t activation, size_t n, const float *y, const float *dy, float *dz);

    /* p[P][K][64] = softmax over K of z[P][K][64], and its gradient; in place allowed */
    void (*softmax_forward)(size_t panels, size_t classes, const float *z, float *p);
    void (*softmax_backward)(size_t panels, size_t classes, const float *p, const float *dp, float *dz);

    /* Losses[P][64] of labels[P][64]; dz[P][K][64] unless NULL, times scale; dz may be z, or p */
    void (*loss_logits)(size_t panels, size_t classes, const float *z, const uint32_t *labels, float scale,
                        float *losses, float *dz);
    void (*loss_quantised)(size_t panels, size_t classes, const float *p, const float *q, const uint32_t *labels,
                           float scale, float *losses, float *dz);
    /* How many labels are the first largest of y[P][K][64] */
    size_t (*correct)(size_t panels, size_t classes, const float *y, const uint32_t *labels);
    /* Sum over n values in 16 lanes of float64, added as a tree */
    double (*sum)(size_t n, const float *x);

    /* Smallest and largest of n >= 1 values; returns 0 if one of them is NaN or infinite */
    int (*range)(size_t n, const float *x, float *min, float *max);
    /* values[n] of numbers that all lie between low and high; values may be x */
    void (*quantise_inside)(const ib_i_grid *grid, size_t n, const float *x, float *values);
    /* values[n] and codes[n] of 1 or 2 bytes (unless NULL) on a grid; returns 0 if an x is NaN; values may be x */
    int (*quantise)(const ib_i_grid *grid, size_t n, const float *x, float *values, void *codes, size_t code_size);
    /* bins[n] = (x - min) levels / width, each operation rounded, then to an integer, ties to even; in place allowed */
    void (*bin)(float min, float levels, float width, size_t n, const float *x, float *bins);
    /* dx[n] = dy[n] where low <= x <= high, else 0; in place allowed */
    void (*quantise_backward)(const ib_i_grid *grid, size_t n, const float *x, const float *dy, float *dx);

    /* For ranges that take part in the gradient: sums over a run, and then shares for the values at the ends */
    void (*range_sums)(const ib_i_grid *grid, float min, float max, size_t n, const float *x, const float *dy,
                       ib_i_range_sums *sums);
    void (*range_shares)(float min, float max, float share_min, float share_max, size_t n, const float *x, float *dx);

    /* x[P][D][64] = 1 where bit d of bits[P][64] is set, else 0; D <= 32 */
    void (*expand_bits)(size_t panels, size_t inputs, const uint32_t *bits, float *x);
    /* The blocks position, position + 1, ... of a stream of random words, the four words of each in order */
    void (*philox)(uint64_t seed, uint64_t stream, uint64_t position, uint32_t words[IB_I_PHILOX_WORDS]);

    /* One step on w[n] with moments m[n], v[n] and gradient g[n] */
    void (*adam)(const ib_i_adam_step *step, size_t n, const float *g, float *m, float *v, float *w);
} ib_kernels;

/* The set that is asked for (an IB_KERNELS_* value), or the best of this CPU. */
ib_status ib_i_kernels_choose(ib_context *context, uint32_t which, const ib_kernels **out);

/* One for each compilation of kernels.c. */
extern const ib_kernels ib_i_kernels_portable, ib_i_kernels_avx2, ib_i_kernels_avx512;

#endif
