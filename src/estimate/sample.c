#include "estimate/sample.h"

#include "base/memory.h"
#include "base/tensor.h"
#include "estimate/fixed.h"

#include <math.h>

static ib_status check(ib_context *context, const char *what, const ib_tensor *tensor)
{
    if (!tensor)
        return ib_i_fail_null(context, what);
    if (tensor->rank != 2)
        return ib_i_fail(context, IB_ERR_SHAPE, "%s: expected rank 2, got %u", what, tensor->rank);
    if (tensor->shape[1] == 0)
        return ib_i_fail(context, IB_ERR_SHAPE, "%s: expected at least 1 column, got 0", what);
    return ib_i_tensor_check_finite(context, what, tensor);
}

ib_status ib_i_sample_read(ib_context *context, const char *what, const ib_tensor *tensor, ib_i_sample *sample)
{
    *sample = (ib_i_sample){.context = context};
    IB_TRY(check(context, what, tensor));
    const size_t rows = tensor->shape[0], columns = tensor->shape[1];
    double *data = ib_i_alloc(context, tensor->size, sizeof *data);
    if (!data)
        return ib_i_fail_memory(context);
    for (size_t i = 0; i < rows; i++)
        for (size_t c = 0; c < columns; c++)
            data[c * rows + i] = (double)tensor->data[i * columns + c];
    sample->rows = sample->stride = rows;
    sample->columns = columns;
    sample->data = data;
    return IB_OK;
}

ib_status ib_i_sample_read_pair(ib_context *context, const char *what_x, const ib_tensor *x, const char *what_y,
                                const ib_tensor *y, ib_i_sample pair[2])
{
    pair[1] = (ib_i_sample){.context = context};
    IB_TRY(ib_i_sample_read(context, what_x, x, &pair[0]));
    ib_status status = ib_i_sample_read(context, what_y, y, &pair[1]);
    if (status == IB_OK && pair[1].rows != pair[0].rows)
        status = ib_i_fail(context, IB_ERR_SHAPE, "%s: expected %zu rows, got %zu", what_y, pair[0].rows, pair[1].rows);
    if (status != IB_OK) {
        ib_i_sample_free(&pair[0]);
        ib_i_sample_free(&pair[1]);
    }
    return status;
}

void ib_i_sample_free(ib_i_sample *sample)
{
    ib_i_free(sample->context, sample->data);
    sample->data = NULL;
}

void ib_i_sample_squares(const ib_i_sample *sample, size_t row, size_t first, size_t n, double *squares)
{
    memset(squares, 0, n * sizeof *squares);
    for (size_t c = 0; c < sample->columns; c++) {
        const double *column = sample->data + c * sample->stride, *x = column + first, from = column[row];
        for (size_t i = 0; i < n; i++)
            squares[i] += (x[i] - from) * (x[i] - from);
    }
}

void ib_i_sample_maxima(const ib_i_sample *sample, size_t row, size_t first, size_t n, double *maxima)
{
    memset(maxima, 0, n * sizeof *maxima);
    for (size_t c = 0; c < sample->columns; c++) {
        const double *column = sample->data + c * sample->stride, *x = column + first, from = column[row];
        for (size_t i = 0; i < n; i++) {
            const double distance = fabs(x[i] - from);
            maxima[i] = distance > maxima[i] ? distance : maxima[i];
        }
    }
}

/* Of numbers within (-2^scale, 2^scale): exact in units of 2^(scale - 52), which are all that a column of floats has,
 * unless it has numbers smaller than that by far. */
static double mean(const double *x, size_t n, int scale)
{
    const double up = ldexp(1, -scale);
    ib_i_fixed sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += ib_i_fixed_of(x[i] * up);
    return ldexp(ib_i_fixed_real(sum) / (double)n, scale);
}

double ib_i_sample_deviation(const ib_i_sample *sample, size_t column)
{
    const double *x = sample->data + column * sample->stride;
    const size_t n = sample->rows;
    double low = n ? x[0] : 0, high = low;
    for (size_t i = 0; i < n; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    if (low == high)
        return 0;
    int scale;
    frexp(fmax(fabs(low), fabs(high)), &scale);
    const double middle = mean(x, n, scale), most = fmax(high - middle, middle - low);
    ib_i_fixed sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (ib_i_fixed)ib_i_fixed_share((x[i] - middle) / most * ((x[i] - middle) / most));
    return most * sqrt(ib_i_fixed_real(sum) / (double)n);
}

ib_status ib_i_labels_check(ib_context *context, const uint32_t *labels, size_t n, uint32_t classes)
{
    if (!labels && n > 0)
        return ib_i_fail_null(context, "labels");
    for (size_t i = 0; i < n; i++)
        if (labels[i] >= classes)
            return ib_i_fail(context, IB_ERR_RANGE, "labels[%zu]: expected less than %u, got %u", i, classes,
                             labels[i]);
    return IB_OK;
}
