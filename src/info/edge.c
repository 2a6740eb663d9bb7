/* EDGE: cells of grids are counted exactly, as codes are, for several widths of the cells. */
#include "info/edge.h"

#include "base/exponential.h"
#include "base/logarithm.h"
#include "base/memory.h"
#include "estimate/estimator.h"
#include "estimate/sample.h"

#include <libib/entropy.h>
#include <libib/rng.h>

#include <float.h>
#include <math.h>

#define DEFAULT_ENSEMBLE 10

/* The widest cells, in units of the narrowest. */
#define WIDEST 3.0

/* Doubles know all integers up to here. */
#define MOST_CELLS 0x1p53

/* A sample, and the cells of its rows in one grid after another. */
typedef struct grid {
    ib_i_sample sample;
    uint32_t number; /* of its stream of random numbers */
    double *widths;  /* [columns]: of the narrowest cells; 0: a single one */
    int64_t *cells;  /* [rows][columns] */
} grid;

/* What information is asked for: of x and y, or of x and labels. */
typedef struct question {
    ib_context *context;
    ib_edge_options options;
    grid x, y; /* y without rows if there are labels */
    const uint32_t *labels;
    uint32_t classes;
    uint64_t *ids;     /* [N]: numbers of the cells of y */
    uint32_t *numbers; /* [N]: the same, as labels */
} question;

void ib_edge_options_init(ib_edge_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

static ib_status resolve(ib_context *context, const ib_edge_options *options, ib_edge_options *full)
{
    IB_TRY(ib_i_options_read(context, options, sizeof *full, full, sizeof *full));
    if (full->ensemble == 0)
        full->ensemble = DEFAULT_ENSEMBLE;
    if (full->ensemble > IB_EDGE_ENSEMBLE_MOST)
        return ib_i_fail(context, IB_ERR_RANGE, "ensemble: expected at most %d, got %u", IB_EDGE_ENSEMBLE_MOST,
                         full->ensemble);
    if (full->width != 0.0 && !(full->width >= FLT_MIN && full->width <= FLT_MAX))
        return ib_i_fail(context, IB_ERR_RANGE, "width: expected 0, or a normal positive float, got %g", full->width);
    return IB_OK;
}

/* --- grids --------------------------------------------------------------------------------------------------------*/

static void grid_free(grid *g)
{
    ib_context *context = g->sample.context;
    if (!context)
        return;
    ib_i_free(context, g->widths);
    ib_i_free(context, g->cells);
    ib_i_sample_free(&g->sample);
}

/* The narrowest cells of a component, as the header defines them, in standard deviations. */
static double default_width(size_t rows, size_t dimensions)
{
    const double falling = 2 * ib_i_exp2(-ib_i_log2((double)rows) / (2 * (double)dimensions));
    const double most = 2 / WIDEST; /* two values that are half of the rows each lie two deviations apart */
    return falling < most ? falling : most;
}

static ib_status grid_prepare(grid *g, double width, size_t dimensions)
{
    ib_context *context = g->sample.context;
    const size_t rows = g->sample.rows, columns = g->sample.columns;
    const double deviations = default_width(rows, dimensions);
    g->widths = ib_i_alloc(context, columns, sizeof *g->widths);
    g->cells = ib_i_alloc(context, rows * columns, sizeof *g->cells);
    if (!g->widths || !g->cells)
        return ib_i_fail_memory(context);
    for (size_t c = 0; c < columns; c++)
        g->widths[c] = width > 0.0 ? width : deviations * ib_i_sample_deviation(&g->sample, c);
    return IB_OK;
}

/* Cells of one component; all are 0 where there is one only. */
static ib_status place(grid *g, size_t column, double width, double shift)
{
    const double *x = g->sample.data + column * g->sample.stride;
    const size_t rows = g->sample.rows, columns = g->sample.columns;
    for (size_t i = 0; i < rows; i++) {
        const double cell = width > 0.0 ? floor((x[i] + shift) / width) : 0;
        if (!(fabs(cell) < MOST_CELLS))
            return ib_i_fail(g->sample.context, IB_ERR_RANGE,
                             "width: expected fewer than 2^53 cells between 0 and %g, got a width of %g", x[i], width);
        g->cells[i * columns + column] = (int64_t)cell;
    }
    return IB_OK;
}

static ib_status place_all(grid *g, uint64_t seed, uint32_t which, double factor)
{
    ib_rng *rng = NULL;
    const uint64_t stream = ib_rng_stream(g->number, which, IB_STREAM_ESTIMATE);
    ib_status status = ib_rng_create(g->sample.context, seed, stream, &rng);
    for (size_t c = 0; status == IB_OK && c < g->sample.columns; c++) {
        const double width = g->widths[c] * factor;
        status = place(g, c, width, ib_rng_get_uniform(rng) * width);
    }
    ib_rng_destroy(rng);
    return status;
}

/* --- counts -------------------------------------------------------------------------------------------------------*/

/* Counts the cells of a grid; `bits` receives what they say about labels, `ids` their numbers; each may be NULL. */
static ib_status count(const grid *g, const uint32_t *labels, uint32_t classes, double *bits, uint64_t *ids,
                       uint64_t *distinct)
{
    ib_context *context = g->sample.context;
    ib_counter *counter = NULL;
    ib_codes codes;
    ib_codes_init(&codes, IB_CODE_INT64, g->cells, g->sample.rows, g->sample.columns);
    IB_TRY(ib_counter_create(context, IB_CODE_INT64, g->sample.columns, classes, &counter));
    const ib_status status = ib_counter_add(counter, &codes, classes > 1 ? labels : NULL, ids);
    if (status == IB_OK && bits)
        *bits = ib_entropy_mutual(counter);
    if (status == IB_OK && distinct)
        *distinct = ib_counter_distinct(counter);
    ib_counter_destroy(counter);
    return status;
}

/* The estimate of one width: the cells of y become labels of the rows of x. */
static ib_status measure_grid(question *q, uint32_t which, double factor, double *bits)
{
    uint64_t distinct = q->classes;
    IB_TRY(place_all(&q->x, q->options.seed, which, factor));
    if (q->labels)
        return count(&q->x, q->labels, q->classes, bits, NULL, NULL);
    IB_TRY(place_all(&q->y, q->options.seed, which, factor));
    IB_TRY(count(&q->y, NULL, 0, NULL, q->ids, &distinct));
    for (size_t i = 0; i < q->y.sample.rows; i++)
        q->numbers[i] = (uint32_t)q->ids[i];
    return count(&q->x, q->numbers, (uint32_t)distinct, bits, NULL, NULL);
}

/* --- ensemble -----------------------------------------------------------------------------------------------------*/

static double factor_of(uint32_t which, uint32_t ensemble)
{
    return ensemble > 1 ? 1 + (WIDEST - 1) * (double)which / (double)(ensemble - 1) : 1;
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* The orders of the bias, as functions of the width: 1, t^2 and t^-d. */
static double order_of(size_t order, double t, size_t dimensions)
{
    return order == 0 ? 1 : order == 1 ? t * t : ib_i_exp2(-(double)dimensions * ib_i_log2(t));
}

/* They are a combination of the functions of the width, here made orthogonal (Gram and Schmidt). What the weights are
 * to say of a function, its target, goes through the same steps. */
void ib_i_edge_weights(size_t n, size_t dimensions, double *weights)
{
    double basis[3][IB_EDGE_ENSEMBLE_MOST], target[3] = {1, 0, 0};
    const size_t orders = n < 3 ? n : 3;
    memset(weights, 0, n * sizeof *weights);
    for (size_t k = 0; k < orders; k++) {
        for (size_t t = 0; t < n; t++)
            basis[k][t] = order_of(k, factor_of((uint32_t)t, (uint32_t)n), dimensions);
        for (size_t j = 0; j < k; j++) {
            const double share = dot(basis[k], basis[j], n) / dot(basis[j], basis[j], n);
            for (size_t t = 0; t < n; t++)
                basis[k][t] -= share * basis[j][t];
            target[k] -= share * target[j];
        }
        const double scale = target[k] / dot(basis[k], basis[k], n);
        for (size_t t = 0; t < n; t++)
            weights[t] += scale * basis[k][t];
    }
}

/* The weights add up to 1 but for rounding: sums of differences from the first estimate say exactly that if all are the
 * same. */
static ib_status measure_ensemble(question *q, double *bits)
{
    double weights[IB_EDGE_ENSEMBLE_MOST], first = 0, sum = 0;
    const uint32_t n = q->options.ensemble;
    ib_i_edge_weights(n, q->x.sample.columns + q->y.sample.columns, weights);
    for (uint32_t t = 0; t < n; t++) {
        double found = 0;
        IB_TRY(measure_grid(q, t, factor_of(t, n), &found));
        if (t == 0)
            first = found;
        sum += weights[t] * (found - first);
    }
    *bits = first + sum;
    return IB_OK;
}

static ib_status answer(question *q, double *bits)
{
    const size_t rows = q->x.sample.rows, dimensions = q->x.sample.columns + q->y.sample.columns;
    *bits = 0;
    if (rows == 0)
        return IB_OK;
    IB_TRY(grid_prepare(&q->x, q->options.width, dimensions));
    if (!q->labels) {
        IB_TRY(grid_prepare(&q->y, q->options.width, dimensions));
        q->ids = ib_i_alloc(q->context, rows, sizeof *q->ids);
        q->numbers = ib_i_alloc(q->context, rows, sizeof *q->numbers);
        if (!q->ids || !q->numbers)
            return ib_i_fail_memory(q->context);
    }
    return measure_ensemble(q, bits);
}

static ib_status finish(question *q, ib_status status, double found, double *bits)
{
    grid_free(&q->x);
    grid_free(&q->y);
    ib_i_free(q->context, q->ids);
    ib_i_free(q->context, q->numbers);
    IB_TRY(status);
    *bits = found;
    return ib_i_ok(q->context);
}

ib_status ib_edge_mutual(ib_context *context, const ib_tensor *x, const ib_tensor *y, const ib_edge_options *options,
                         double *bits)
{
    question q = {.context = context};
    ib_i_sample pair[2];
    double found = 0;
    if (!context)
        return IB_ERR_ARG;
    if (!bits)
        return ib_i_fail_null(context, "bits");
    IB_TRY(resolve(context, options, &q.options));
    IB_TRY(ib_i_sample_read_pair(context, "x", x, "y", y, pair));
    q.x = (grid){.sample = pair[0], .number = 0};
    q.y = (grid){.sample = pair[1], .number = 1};
    const ib_status status = answer(&q, &found);
    return finish(&q, status, found, bits);
}

ib_status ib_edge_mutual_labels(ib_context *context, const ib_tensor *x, const uint32_t *labels, uint32_t classes,
                                const ib_edge_options *options, double *bits)
{
    question q = {.context = context, .labels = labels, .classes = classes};
    double found = 0;
    if (!context)
        return IB_ERR_ARG;
    if (!bits)
        return ib_i_fail_null(context, "bits");
    IB_TRY(resolve(context, options, &q.options));
    IB_TRY(ib_i_sample_read(context, "x", x, &q.x.sample));
    ib_status status = ib_i_labels_check(context, labels, q.x.sample.rows, classes);
    if (status == IB_OK)
        status = answer(&q, &found);
    return finish(&q, status, found, bits);
}

/* --- estimator ----------------------------------------------------------------------------------------------------*/

static int32_t measure(const ib_estimator_input *input, ib_estimate *estimate, void *options)
{
    double i_xt, i_ty;
    IB_TRY(ib_edge_mutual(input->context, input->inputs, input->values, options, &i_xt));
    IB_TRY(ib_edge_mutual_labels(input->context, input->values, input->labels, input->classes, options, &i_ty));
    estimate->i_xt = i_xt;
    estimate->i_ty = i_ty;
    return IB_OK;
}

static void fields(ib_i_bytes *bytes, void *object)
{
    ib_edge_options *options = object;
    ib_i_bytes_u32(bytes, &options->ensemble);
    ib_i_bytes_f64(bytes, &options->width);
    ib_i_bytes_u64(bytes, &options->seed);
}

ib_status ib_edge_estimator(ib_context *context, const ib_edge_options *options, ib_estimator *estimator)
{
    ib_edge_options full;
    if (!context)
        return IB_ERR_ARG;
    IB_TRY(resolve(context, options, &full));
    return ib_i_estimator_fill(context, "edge", measure, options, fields, &full, estimator);
}
