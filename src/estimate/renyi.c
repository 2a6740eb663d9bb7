/* Matrix-based Renyi information. No matrix is kept where none is needed: with order 2 the sums of squares are found
 * pair by pair, and other orders make one matrix after another in the same memory. */
#include <libib/renyi.h>

#include "base/exponential.h"
#include "base/logarithm.h"
#include "base/memory.h"
#include "base/sort.h"
#include "estimate/estimator.h"
#include "estimate/fixed.h"
#include "estimate/sample.h"

#include <float.h>
#include <math.h>

#define DEFAULT_ORDER 2.0

/* How far the eigenvalues of a matrix of trace 1 may be from adding up to 1, and below 0: any solver is better. */
#define TRACE_ERROR 1e-6

/* The square of e^-18.5 is below 2^-53, and a sum of squares with 52 bits behind the point takes it as 0 anyway. */
#define FAR_OF_ORDER_2 18.5

/* A variable, as its kernel sees it: labels, or a sample. */
typedef struct side {
    const uint32_t *labels; /* NULL: the sample's */
    ib_i_sample sample;
    double factor; /* ln of the kernel is - factor |x_i - x_j|^2 */
    double far;    /* where that is as low as - far the kernel counts as 0 */
} side;

void ib_renyi_options_init(ib_renyi_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

static ib_status check_width(ib_context *context, const char *what, double width)
{
    if (width == 0.0 || (width >= FLT_MIN && width <= FLT_MAX))
        return IB_OK;
    return ib_i_fail(context, IB_ERR_RANGE, "%s: expected 0, or a normal positive float, got %g", what, width);
}

static ib_status resolve(ib_context *context, const ib_renyi_options *options, ib_renyi_options *full)
{
    IB_TRY(ib_i_options_read(context, options, sizeof *full, full, sizeof *full));
    if (full->reserved)
        return ib_i_fail(context, IB_ERR_UNSUPPORTED, "reserved: expected 0, got %u", full->reserved);
    if (full->alpha == 0.0)
        full->alpha = DEFAULT_ORDER;
    if (!(full->alpha > 0.0 && full->alpha <= FLT_MAX) || full->alpha == 1.0)
        return ib_i_fail(context, IB_ERR_RANGE, "alpha: expected more than 0, finite and not 1, got %g", full->alpha);
    if (full->alpha != 2.0 && !full->eigenvalues)
        return ib_i_fail(context, IB_ERR_ARG, "eigenvalues: expected a function for order %g, which is not 2",
                         full->alpha);
    IB_TRY(check_width(context, "input_width", full->input_width));
    return check_width(context, "width", full->width);
}

/* --- kernels ------------------------------------------------------------------------------------------------------*/

/* Silverman (1986), section 4.3: (4 / (d + 2))^(1 / (d + 4)) n^(-1 / (d + 4)) times the root of the mean variance. */
static double silverman(const ib_i_sample *sample)
{
    const double n = (double)sample->rows, d = (double)sample->columns;
    double most = 0, sum = 0;
    for (size_t c = 0; c < sample->columns; c++)
        most = fmax(most, ib_i_sample_deviation(sample, c));
    if (most == 0.0)
        return 1; /* all rows are equal: any width will do */
    for (size_t c = 0; c < sample->columns; c++) {
        const double share = ib_i_sample_deviation(sample, c) / most;
        sum += share * share;
    }
    return ib_i_exp2((ib_i_log2(4 / (d + 2)) - ib_i_log2(n)) / (d + 4)) * (most * sqrt(sum / d));
}

static void choose_kernel(side *s, double alpha, double width)
{
    if (s->labels || s->sample.rows == 0)
        return;
    if (width == 0.0)
        width = silverman(&s->sample);
    s->factor = 0.5 / (width * width);
    s->far = alpha == 2.0 ? FAR_OF_ORDER_2 : INFINITY;
}

static inline double kernel_of(const side *s, double distance)
{
    return distance >= s->far ? 0 : distance > 0.0 ? ib_i_exp(-distance) : 1;
}

/* What row i and n rows from `first` on are to each other. */
static void fill(const side *s, size_t i, size_t first, size_t n, double *kernel)
{
    if (s->labels) {
        for (size_t b = 0; b < n; b++)
            kernel[b] = s->labels[first + b] == s->labels[i];
        return;
    }
    ib_i_sample_squares(&s->sample, i, first, n, kernel);
    for (size_t b = 0; b < n; b++)
        kernel[b] = kernel_of(s, kernel[b] * s->factor);
}

static size_t block_of(size_t rows, size_t first)
{
    return rows - first < IB_I_SAMPLE_BLOCK ? rows - first : IB_I_SAMPLE_BLOCK;
}

/* --- order 2 ------------------------------------------------------------------------------------------------------*/

/* Sums over all pairs of different rows of the squares of kernels: of x, of y, and of their product. */
static void add_squares(const side *x, const side *y, size_t i, size_t first, size_t n, ib_i_fixed sums[3])
{
    double kx[IB_I_SAMPLE_BLOCK], ky[IB_I_SAMPLE_BLOCK];
    fill(x, i, first, n, kx);
    fill(y, i, first, n, ky);
    for (size_t b = 0; b < n; b++) {
        const double both = kx[b] * ky[b];
        sums[0] += (ib_i_fixed)ib_i_fixed_share(kx[b] * kx[b]);
        sums[1] += (ib_i_fixed)ib_i_fixed_share(ky[b] * ky[b]);
        sums[2] += (ib_i_fixed)ib_i_fixed_share(both * both);
    }
}

/* S_2 = -log2 (1/N^2) sum of squares; the diagonal adds N. 0 and log2 N are exact. */
static double order_2(ib_i_fixed above, size_t rows)
{
    const double n = (double)rows, all = n + 2 * ib_i_fixed_real(above);
    return ib_i_log2(n) - ib_i_log2(all / n);
}

static double mutual_of_order_2(const side *x, const side *y, size_t rows)
{
    ib_i_fixed sums[3] = {0};
    for (size_t i = 0; i < rows; i++)
        for (size_t first = i + 1; first < rows; first += IB_I_SAMPLE_BLOCK)
            add_squares(x, y, i, first, block_of(rows, first), sums);
    return order_2(sums[0], rows) + order_2(sums[1], rows) - order_2(sums[2], rows);
}

/* --- other orders -------------------------------------------------------------------------------------------------*/

/* Both halves of one row: the kernel of x, or the product of both kernels, divided by N. */
static void fill_row(const side *x, const side *y, size_t rows, size_t i, double *matrix)
{
    double kx[IB_I_SAMPLE_BLOCK], ky[IB_I_SAMPLE_BLOCK];
    for (size_t first = i; first < rows; first += IB_I_SAMPLE_BLOCK) {
        const size_t n = block_of(rows, first);
        fill(x, i, first, n, kx);
        if (y)
            fill(y, i, first, n, ky);
        for (size_t b = 0; b < n; b++)
            matrix[i * rows + first + b] = matrix[(first + b) * rows + i] = kx[b] * (y ? ky[b] : 1) / (double)rows;
    }
}

static ib_status check_values(ib_context *context, const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i]))
            return ib_i_fail(context, IB_ERR_NONFINITE, "eigenvalues callback: expected finite values, got %g at [%zu]",
                             values[i], i);
        if (values[i] < -TRACE_ERROR)
            return ib_i_fail(context, IB_ERR_RANGE, "eigenvalues callback: expected none below 0, got %g at [%zu]",
                             values[i], i);
        sum += values[i];
    }
    if (fabs(sum - 1) > TRACE_ERROR)
        return ib_i_fail(context, IB_ERR_RANGE, "eigenvalues callback: expected the sum 1, got %g", sum);
    return IB_OK;
}

/* S_alpha of eigenvalues in ascending order; those that rounding has made negative count as 0. The largest is taken out
 * of the sum, as its power may be too small for a number. */
static double entropy_of_values(const double *values, size_t n, double alpha)
{
    const double most = ib_i_log2(values[n - 1]);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        if (values[i] > 0.0)
            sum += ib_i_exp2(alpha * (ib_i_log2(values[i]) - most));
    return (alpha * most + ib_i_log2(sum)) / (1 - alpha);
}

/* S_alpha of one variable, or of two. */
static ib_status entropy_of(ib_context *context, const ib_renyi_options *options, const side *x, const side *y,
                            size_t rows, double *matrix, double *values, double *entropy)
{
    for (size_t i = 0; i < rows; i++)
        fill_row(x, y, rows, i, matrix);
    IB_TRY(ib_i_callback(context, "eigenvalues", options->eigenvalues(rows, matrix, values, options->user_data)));
    IB_TRY(check_values(context, values, rows));
    ib_i_sort_doubles(values, rows);
    *entropy = entropy_of_values(values, rows, options->alpha);
    return IB_OK;
}

static ib_status mutual_of_order(ib_context *context, const ib_renyi_options *options, const side *x, const side *y,
                                 size_t rows, double *bits)
{
    double of_x = 0, of_y = 0, of_both = 0;
    if (rows > SIZE_MAX / rows)
        return ib_i_fail(context, IB_ERR_OVERFLOW, "a matrix of %zu rows is more than memory can hold", rows);
    double *matrix = ib_i_alloc(context, rows * rows, sizeof *matrix), *values = NULL;
    if (matrix)
        values = ib_i_alloc(context, rows, sizeof *values);
    ib_status status = values ? IB_OK : ib_i_fail_memory(context);
    if (status == IB_OK)
        status = entropy_of(context, options, x, NULL, rows, matrix, values, &of_x);
    if (status == IB_OK)
        status = entropy_of(context, options, y, NULL, rows, matrix, values, &of_y);
    if (status == IB_OK)
        status = entropy_of(context, options, x, y, rows, matrix, values, &of_both);
    *bits = of_x + of_y - of_both;
    ib_i_free(context, matrix);
    ib_i_free(context, values);
    return status;
}

/* --- information --------------------------------------------------------------------------------------------------*/

static ib_status measure_sides(ib_context *context, const ib_renyi_options *options, const side *x, const side *y,
                               double *bits)
{
    const size_t rows = x->sample.rows;
    *bits = 0;
    if (rows == 0)
        return IB_OK;
    if (options->alpha != 2.0)
        return mutual_of_order(context, options, x, y, rows, bits);
    *bits = mutual_of_order_2(x, y, rows);
    return IB_OK;
}

ib_status ib_renyi_mutual(ib_context *context, const ib_tensor *inputs, const ib_tensor *values,
                          const ib_renyi_options *options, double *bits)
{
    ib_renyi_options full;
    ib_i_sample pair[2];
    double found;
    if (!context)
        return IB_ERR_ARG;
    if (!bits)
        return ib_i_fail_null(context, "bits");
    IB_TRY(resolve(context, options, &full));
    IB_TRY(ib_i_sample_read_pair(context, "inputs", inputs, "values", values, pair));
    side x = {.sample = pair[0]}, y = {.sample = pair[1]};
    choose_kernel(&x, full.alpha, full.input_width);
    choose_kernel(&y, full.alpha, full.width);
    const ib_status status = measure_sides(context, &full, &x, &y, &found);
    ib_i_sample_free(&pair[0]);
    ib_i_sample_free(&pair[1]);
    IB_TRY(status);
    *bits = found;
    return ib_i_ok(context);
}

ib_status ib_renyi_mutual_labels(ib_context *context, const ib_tensor *values, const uint32_t *labels, uint32_t classes,
                                 const ib_renyi_options *options, double *bits)
{
    ib_renyi_options full;
    side x = {0}, y = {.labels = labels};
    double found;
    if (!context)
        return IB_ERR_ARG;
    if (!bits)
        return ib_i_fail_null(context, "bits");
    IB_TRY(resolve(context, options, &full));
    IB_TRY(ib_i_sample_read(context, "values", values, &x.sample));
    choose_kernel(&x, full.alpha, full.width);
    ib_status status = ib_i_labels_check(context, labels, x.sample.rows, classes);
    if (status == IB_OK)
        status = measure_sides(context, &full, &x, &y, &found);
    ib_i_sample_free(&x.sample);
    IB_TRY(status);
    *bits = found;
    return ib_i_ok(context);
}

/* --- estimator ----------------------------------------------------------------------------------------------------*/

static int32_t measure(const ib_estimator_input *input, ib_estimate *estimate, void *options)
{
    double i_xt, i_ty;
    IB_TRY(ib_renyi_mutual(input->context, input->inputs, input->values, options, &i_xt));
    IB_TRY(ib_renyi_mutual_labels(input->context, input->values, input->labels, input->classes, options, &i_ty));
    estimate->i_xt = i_xt;
    estimate->i_ty = i_ty;
    return IB_OK;
}

static void fields(ib_i_bytes *bytes, void *object)
{
    ib_renyi_options *options = object;
    ib_i_bytes_f64(bytes, &options->alpha);
    ib_i_bytes_f64(bytes, &options->input_width);
    ib_i_bytes_f64(bytes, &options->width);
}

ib_status ib_renyi_estimator(ib_context *context, const ib_renyi_options *options, ib_estimator *estimator)
{
    ib_renyi_options full;
    if (!context)
        return IB_ERR_ARG;
    IB_TRY(resolve(context, options, &full));
    return ib_i_estimator_fill(context, "renyi", measure, options, fields, &full, estimator);
}
