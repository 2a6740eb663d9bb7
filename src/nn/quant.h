/* The inside of a quantiser: the same on tensors and on panels. */
#ifndef LIBIB_NN_QUANT_H
#define LIBIB_NN_QUANT_H

#include "base/context.h"
#include "kernels/kernels.h"

#include <libib/quant.h>

/* One tracked range. */
typedef struct ib_i_range {
    float min, max;
    int seen;                 /* min and max mean something */
    int quantised;            /* a training step has made the grid */
    int constant;             /* m = M: no grid */
    float used_min, used_max; /* of the last training step */
    ib_i_grid grid;           /* of the last training step */
} ib_i_range;

struct ib_quant {
    ib_context *context;
    ib_quant_options options; /* without unset members */
    size_t channels;
    ib_i_range *ranges; /* [channels] */
    int frozen;         /* of a network in training: callers can only read it */
};

/* Where the valid values of a piece of memory lie: all n, or, if width > 0, the first `rows` rows of panels of that
 * width. */
typedef struct ib_i_extent {
    size_t n, width, rows;
} ib_i_extent;

/* Checks and completes options; the options of a layer are checked before there is a quantiser. */
ib_status ib_i_quant_options_resolve(ib_context *context, const ib_quant_options *options, ib_quant_options *full);

/* What ib_quant_begin_epoch() does, frozen or not. */
void ib_i_quant_begin_epoch(ib_quant *quant);

/* Fails if the quantiser is frozen. */
ib_status ib_i_quant_check_free(const ib_quant *quant);

/* A range as a training has left it: `quantised` tells whether it made a grid. Fails if there can be no such range. */
ib_status ib_i_quant_restore(const ib_quant *quant, float min, float max, int seen, int quantised, ib_i_range *range);

/* Forgets everything: the state after creation. */
void ib_i_quant_reset(ib_quant *quant);

/* One channel's values in one piece. Codes have code_size 1 or 2, or are NULL. values may be x. */
ib_status ib_i_quant_train(ib_quant *quant, size_t channel, size_t n, const float *x, float *values, void *codes,
                           size_t code_size);
ib_status ib_i_quant_infer(const ib_quant *quant, size_t channel, size_t n, const float *x, float *values, void *codes,
                           size_t code_size);
void ib_i_quant_backward(const ib_quant *quant, size_t channel, const ib_i_extent *extent, const float *x,
                         const float *dy, float *dx);

/* Whether the grid of a training step can clip values of its tensor: not if it is uniform over a range that holds
 * them. */
static inline int ib_i_quant_may_clip(const ib_quant *quant)
{
    return quant->options.grid != IB_GRID_UNIFORM || quant->options.range == IB_RANGE_MOVING ||
           quant->options.range == IB_RANGE_FIXED;
}

/* Bytes of a code. */
static inline size_t ib_i_quant_code_size(const ib_quant *quant)
{
    return quant->options.bits <= 8 ? 1 : 2;
}

#endif
