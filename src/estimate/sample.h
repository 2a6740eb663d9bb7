/* Rows of real numbers, and how far they are from each other. */
#ifndef LIBIB_ESTIMATE_SAMPLE_H
#define LIBIB_ESTIMATE_SAMPLE_H

#include "base/context.h"

#include <libib/tensor.h>

/* Distances are found for so many rows at a time, which stay in the nearest cache. */
#define IB_I_SAMPLE_BLOCK ((size_t)512)

/* Columns side by side, so that a loop over rows fills vectors. All zero: nothing to be freed. */
typedef struct ib_i_sample {
    ib_context *context;
    size_t rows, columns;
    size_t stride; /* from one column to the next */
    double *data;  /* [columns][stride] */
} ib_i_sample;

/* Copies a tensor of shape [N][D], D >= 1, of finite values. On failure there is nothing to be freed. */
ib_status ib_i_sample_read(ib_context *context, const char *what, const ib_tensor *tensor, ib_i_sample *sample);

/* Both, of as many rows. */
ib_status ib_i_sample_read_pair(ib_context *context, const char *what_x, const ib_tensor *x, const char *what_y,
                                const ib_tensor *y, ib_i_sample pair[2]);

void ib_i_sample_free(ib_i_sample *sample);

/* From a row to n rows from `first` on: squares of Euclidean distances, and largest differences of a component. They
 * are the same bits from either of two rows. */
void ib_i_sample_squares(const ib_i_sample *sample, size_t row, size_t first, size_t n, double *squares);
void ib_i_sample_maxima(const ib_i_sample *sample, size_t row, size_t first, size_t n, double *maxima);

/* Standard deviation of a column, sqrt of the mean of (x - mean)^2; 0 if there are no rows. Depends on no order of
 * rows, and scales exactly with powers of two. */
double ib_i_sample_deviation(const ib_i_sample *sample, size_t column);

/* Fails unless there are n labels, each below classes. */
ib_status ib_i_labels_check(ib_context *context, const uint32_t *labels, size_t n, uint32_t classes);

#endif
