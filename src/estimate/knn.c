/* Information from the distances to nearest neighbours. Results are sums over how often a number of neighbours occurs,
 * in ascending order of the numbers: they do not depend on the order of rows. */
#include <libib/knn.h>

#include "base/digamma.h"
#include "base/logarithm.h"
#include "base/memory.h"
#include "estimate/estimator.h"
#include "estimate/sample.h"

#include <libib/rng.h>

#include <float.h>
#include <math.h>

#define DEFAULT_NEIGHBOURS 3

/* The search around one row after another. */
typedef struct search {
    ib_context *context;
    size_t rows, neighbours;
    double *dx, *dy;   /* [N]: distances from the row at hand; infinite to itself */
    double *nearest;   /* [k]: the smallest, in ascending order */
    uint64_t *numbers; /* [N + 1]: how often a number of neighbours was found */
} search;

void ib_knn_options_init(ib_knn_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

static ib_status resolve(ib_context *context, const ib_knn_options *options, ib_knn_options *full)
{
    IB_TRY(ib_i_options_read(context, options, sizeof *full, full, sizeof *full));
    if (full->algorithm > IB_KNN_KSG2 || full->reserved)
        return ib_i_fail(context, IB_ERR_ARG, "expected algorithm 0 or 1 and reserved 0, got %u and %u",
                         full->algorithm, full->reserved);
    if (!(full->noise >= 0.0 && full->noise <= FLT_MAX))
        return ib_i_fail(context, IB_ERR_RANGE, "noise: expected at least 0 and finite, got %g", full->noise);
    if (full->neighbours == 0)
        full->neighbours = DEFAULT_NEIGHBOURS;
    return IB_OK;
}

/* --- noise --------------------------------------------------------------------------------------------------------*/

/* Row by row, component by component: uniform from -1/2 to 1/2 of the noise wanted, around 0. Each sample has a stream
 * of its own. */
static ib_status add_noise(ib_i_sample *sample, uint32_t number, const ib_knn_options *options)
{
    ib_context *context = sample->context;
    ib_rng *rng = NULL;
    if (options->noise == 0.0)
        return IB_OK;
    double *widths = ib_i_alloc(context, sample->columns, sizeof *widths);
    if (!widths)
        return ib_i_fail_memory(context);
    const ib_status status = ib_rng_create(context, options->seed, ib_rng_stream(0, number, IB_STREAM_ESTIMATE), &rng);
    for (size_t c = 0; c < sample->columns; c++)
        widths[c] = options->noise * ib_i_sample_deviation(sample, c);
    for (size_t i = 0; status == IB_OK && i < sample->rows; i++)
        for (size_t c = 0; c < sample->columns; c++)
            sample->data[c * sample->stride + i] += (ib_rng_get_uniform(rng) - 0.5) * widths[c];
    ib_rng_destroy(rng);
    ib_i_free(context, widths);
    return status;
}

/* --- search -------------------------------------------------------------------------------------------------------*/

static void search_free(search *s)
{
    ib_i_free(s->context, s->dx);
    ib_i_free(s->context, s->dy);
    ib_i_free(s->context, s->nearest);
    ib_i_free(s->context, s->numbers);
}

static ib_status search_create(ib_context *context, size_t rows, size_t neighbours, search *s)
{
    *s = (search){.context = context, .rows = rows, .neighbours = neighbours};
    s->dx = ib_i_alloc(context, rows, sizeof *s->dx);
    s->dy = ib_i_alloc(context, rows, sizeof *s->dy);
    s->nearest = ib_i_alloc(context, neighbours, sizeof *s->nearest);
    s->numbers = ib_i_alloc(context, rows, sizeof *s->numbers); /* a row has at most N - 1 neighbours */
    if (s->dx && s->dy && s->nearest && s->numbers)
        return IB_OK;
    search_free(s);
    return ib_i_fail_memory(context);
}

static void find_distances(const ib_i_sample *sample, size_t row, double *distances)
{
    for (size_t first = 0; first < sample->rows; first += IB_I_SAMPLE_BLOCK) {
        const size_t rest = sample->rows - first;
        ib_i_sample_maxima(sample, row, first, rest < IB_I_SAMPLE_BLOCK ? rest : IB_I_SAMPLE_BLOCK, distances + first);
    }
    distances[row] = INFINITY;
}

static void nearest_begin(search *s, size_t k)
{
    for (size_t j = 0; j < k; j++)
        s->nearest[j] = INFINITY;
}

/* Keeps a distance if it is among the k smallest. */
static inline void nearest_take(search *s, size_t k, double distance)
{
    size_t j = k - 1;
    if (distance >= s->nearest[j])
        return;
    for (; j > 0 && s->nearest[j - 1] > distance; j--)
        s->nearest[j] = s->nearest[j - 1];
    s->nearest[j] = distance;
}

static size_t count_below(const double *distances, size_t n, double bound)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += distances[i] < bound;
    return count;
}

static size_t count_within(const double *distances, size_t n, double bound)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += distances[i] <= bound;
    return count;
}

/* Sum of psi(number + shift) over all that was found. */
static double sum_of_digammas(const search *s, size_t shift)
{
    double sum = 0;
    for (size_t i = 0; i < s->rows; i++)
        if (s->numbers[i])
            sum += (double)s->numbers[i] * ib_i_digamma((double)(i + shift));
    return sum;
}

/* --- two real-valued variables ------------------------------------------------------------------------------------*/

static double joint(const search *s, size_t row)
{
    return s->dx[row] > s->dy[row] ? s->dx[row] : s->dy[row];
}

/* Algorithm 1: the number of rows nearer in X, or in Y, than the k-th neighbour is in both. */
static void count_around(search *s, double distance)
{
    s->numbers[count_below(s->dx, s->rows, distance)]++;
    s->numbers[count_below(s->dy, s->rows, distance)]++;
}

/* Algorithm 2: the number of rows as near in X as the neighbours are there, and likewise in Y. */
static void count_beside(search *s, double distance)
{
    double x = 0, y = 0;
    for (size_t i = 0; i < s->rows; i++) {
        const int is_neighbour = joint(s, i) <= distance;
        x = is_neighbour && s->dx[i] > x ? s->dx[i] : x;
        y = is_neighbour && s->dy[i] > y ? s->dy[i] : y;
    }
    s->numbers[count_within(s->dx, s->rows, x)]++;
    s->numbers[count_within(s->dy, s->rows, y)]++;
}

static void search_pair(search *s, const ib_i_sample pair[2], uint32_t algorithm)
{
    for (size_t i = 0; i < s->rows; i++) {
        find_distances(&pair[0], i, s->dx);
        find_distances(&pair[1], i, s->dy);
        nearest_begin(s, s->neighbours);
        for (size_t j = 0; j < s->rows; j++)
            nearest_take(s, s->neighbours, joint(s, j));
        const double distance = s->nearest[s->neighbours - 1];
        if (algorithm == IB_KNN_KSG1)
            count_around(s, distance);
        else
            count_beside(s, distance);
    }
}

/* In bits: equations 8 and 9 of the paper. */
static double mutual_of(const search *s, uint32_t algorithm)
{
    const double k = (double)s->neighbours, n = (double)s->rows;
    const double mean = sum_of_digammas(s, algorithm == IB_KNN_KSG1) / n;
    const double of_k = ib_i_digamma(k) - (algorithm == IB_KNN_KSG1 ? 0 : 1 / k);
    return (of_k + ib_i_digamma(n) - mean) * IB_I_LOG2_E;
}

static ib_status measure_pair(ib_context *context, ib_i_sample pair[2], const ib_knn_options *options, double *bits)
{
    search s;
    const size_t rows = pair[0].rows;
    *bits = 0;
    if (rows == 0)
        return IB_OK;
    if (rows <= options->neighbours)
        return ib_i_fail(context, IB_ERR_RANGE, "rows: expected more than the %u neighbours, got %zu",
                         options->neighbours, rows);
    IB_TRY(add_noise(&pair[0], 0, options));
    IB_TRY(add_noise(&pair[1], 1, options));
    IB_TRY(search_create(context, rows, options->neighbours, &s));
    search_pair(&s, pair, options->algorithm);
    *bits = mutual_of(&s, options->algorithm);
    search_free(&s);
    return IB_OK;
}

ib_status ib_knn_mutual(ib_context *context, const ib_tensor *x, const ib_tensor *y, const ib_knn_options *options,
                        double *bits)
{
    ib_knn_options full;
    ib_i_sample pair[2];
    double found;
    if (!context)
        return IB_ERR_ARG;
    if (!bits)
        return ib_i_fail_null(context, "bits");
    IB_TRY(resolve(context, options, &full));
    IB_TRY(ib_i_sample_read_pair(context, "x", x, "y", y, pair));
    const ib_status status = measure_pair(context, pair, &full, &found);
    ib_i_sample_free(&pair[0]);
    ib_i_sample_free(&pair[1]);
    IB_TRY(status);
    *bits = found;
    return ib_i_ok(context);
}

/* --- labels -------------------------------------------------------------------------------------------------------*/

/* Rows that have a neighbour of their label, and those labels. */
typedef struct labelled {
    ib_i_sample sample;
    uint32_t classes;
    uint32_t *labels; /* [rows] */
    size_t *counts;   /* [classes]: rows of each label */
} labelled;

/* Leaves out rows whose label is no other's. */
static void keep_pairs(labelled *all)
{
    ib_i_sample *sample = &all->sample;
    size_t kept = 0;
    for (size_t i = 0; i < sample->rows; i++)
        all->counts[all->labels[i]]++;
    for (size_t i = 0; i < sample->rows; i++) {
        if (all->counts[all->labels[i]] < 2)
            continue;
        for (size_t c = 0; c < sample->columns; c++)
            sample->data[c * sample->stride + kept] = sample->data[c * sample->stride + i];
        all->labels[kept++] = all->labels[i];
    }
    sample->rows = kept;
}

static size_t neighbours_among(size_t most, size_t rows)
{
    return most < rows ? most : rows - 1;
}

static void search_labelled(search *s, const labelled *all)
{
    for (size_t i = 0; i < s->rows; i++) {
        const uint32_t label = all->labels[i];
        const size_t k = neighbours_among(s->neighbours, all->counts[label]);
        find_distances(&all->sample, i, s->dx);
        nearest_begin(s, k);
        for (size_t j = 0; j < s->rows; j++)
            if (all->labels[j] == label)
                nearest_take(s, k, s->dx[j]);
        s->numbers[count_within(s->dx, s->rows, s->nearest[k - 1])]++;
    }
}

/* In bits: psi(N) - <psi(N_y)> + <psi(k)> - <psi(m)>. */
static double mutual_of_labels(const search *s, const labelled *all)
{
    double sum = 0;
    for (uint32_t y = 0; y < all->classes; y++) {
        const size_t rows = all->counts[y];
        if (rows < 2)
            continue;
        const double k = (double)neighbours_among(s->neighbours, rows);
        sum += (double)rows * (ib_i_digamma(k) - ib_i_digamma((double)rows));
    }
    sum -= sum_of_digammas(s, 0);
    return (ib_i_digamma((double)s->rows) + sum / (double)s->rows) * IB_I_LOG2_E;
}

static ib_status measure_kept(ib_context *context, const labelled *all, uint32_t neighbours, double *bits)
{
    search s;
    const size_t rows = all->sample.rows;
    if (rows == 0)
        return ib_i_fail(context, IB_ERR_RANGE, "labels: expected one that occurs twice, got none");
    IB_TRY(search_create(context, rows, neighbours_among(neighbours, rows), &s));
    search_labelled(&s, all);
    *bits = mutual_of_labels(&s, all);
    search_free(&s);
    return IB_OK;
}

static ib_status measure_labels(ib_context *context, labelled *all, const uint32_t *labels,
                                const ib_knn_options *options, double *bits)
{
    const size_t rows = all->sample.rows;
    *bits = 0;
    IB_TRY(ib_i_labels_check(context, labels, rows, all->classes));
    if (rows == 0)
        return IB_OK;
    IB_TRY(add_noise(&all->sample, 0, options));
    all->labels = ib_i_alloc(context, rows, sizeof *all->labels);
    all->counts = ib_i_alloc(context, all->classes, sizeof *all->counts);
    if (!all->labels || !all->counts)
        return ib_i_fail_memory(context);
    memcpy(all->labels, labels, rows * sizeof *labels);
    keep_pairs(all);
    return measure_kept(context, all, options->neighbours, bits);
}

ib_status ib_knn_mutual_labels(ib_context *context, const ib_tensor *x, const uint32_t *labels, uint32_t classes,
                               const ib_knn_options *options, double *bits)
{
    ib_knn_options full;
    labelled all = {.classes = classes};
    double found;
    if (!context)
        return IB_ERR_ARG;
    if (!bits)
        return ib_i_fail_null(context, "bits");
    IB_TRY(resolve(context, options, &full));
    IB_TRY(ib_i_sample_read(context, "x", x, &all.sample));
    const ib_status status = measure_labels(context, &all, labels, &full, &found);
    ib_i_sample_free(&all.sample);
    ib_i_free(context, all.labels);
    ib_i_free(context, all.counts);
    IB_TRY(status);
    *bits = found;
    return ib_i_ok(context);
}

/* --- estimator ----------------------------------------------------------------------------------------------------*/

static int32_t measure(const ib_estimator_input *input, ib_estimate *estimate, void *options)
{
    double i_xt, i_ty;
    IB_TRY(ib_knn_mutual(input->context, input->inputs, input->values, options, &i_xt));
    IB_TRY(ib_knn_mutual_labels(input->context, input->values, input->labels, input->classes, options, &i_ty));
    estimate->i_xt = i_xt;
    estimate->i_ty = i_ty;
    return IB_OK;
}

static void fields(ib_i_bytes *bytes, void *object)
{
    ib_knn_options *options = object;
    ib_i_bytes_u32(bytes, &options->neighbours);
    ib_i_bytes_u32(bytes, &options->algorithm);
    ib_i_bytes_f64(bytes, &options->noise);
    ib_i_bytes_u64(bytes, &options->seed);
}

ib_status ib_knn_estimator(ib_context *context, const ib_knn_options *options, ib_estimator *estimator)
{
    ib_knn_options full;
    if (!context)
        return IB_ERR_ARG;
    IB_TRY(resolve(context, options, &full));
    const char *name = full.algorithm == IB_KNN_KSG1 ? "ksg1" : "ksg2";
    return ib_i_estimator_fill(context, name, measure, options, fields, &full, estimator);
}
