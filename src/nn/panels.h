/* Between row-major tensors and panels of 64 samples (kernels/kernels.h). */
#ifndef LIBIB_NN_PANELS_H
#define LIBIB_NN_PANELS_H

#include "kernels/kernels.h"

static inline size_t ib_i_panels(size_t rows)
{
    return (rows + IB_I_PANEL - 1) / IB_I_PANEL;
}

/* Where feature u of a sample lies in panels of a width. */
static inline size_t ib_i_panel_at(size_t row, size_t width, size_t u)
{
    return (row / IB_I_PANEL * width + u) * IB_I_PANEL + row % IB_I_PANEL;
}

/* panels[P][width][64] from n rows of x[.][width]: the listed ones, or the first n if rows is NULL. Lanes above repeat
 * the first of them. */
void ib_i_panels_load(const float *x, size_t width, const uint32_t *rows, size_t n, float *panels);

/* The other way: x[n][width] from the first n rows, or from the listed ones. */
void ib_i_panels_store(const float *panels, size_t width, const uint32_t *rows, size_t n, float *x);

/* labels[P][64] of n rows, none in the lanes above. */
void ib_i_panels_labels(const uint32_t *labels, const uint32_t *rows, size_t n, uint32_t *panels);

/* bits[n]: bit d is input d of a row of x[n][width]. Returns 0 if an input is neither 0 nor 1, or there are more than
 * 32. */
int ib_i_panels_bits(const float *x, size_t width, size_t n, uint32_t *bits);

/* panels[P][64] from the bits of the n listed rows; lanes above repeat the first. */
void ib_i_panels_pick(const uint32_t *bits, const uint32_t *rows, size_t n, uint32_t *panels);

/* A weight matrix, [rows][columns] to [columns][rows]. */
void ib_i_transpose(const float *from, size_t rows, size_t columns, float *to);

#endif
