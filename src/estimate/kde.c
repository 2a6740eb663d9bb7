/* Bounds on information from pairwise distances.
 *
 * T + Z with Gaussian Z of variance s^2 has, given X = x_i, the density of a Gaussian around t_i. Each of the N rows is
 * as probable as any other, so T + Z is a mixture of N components g_i, and
 *
 *     I(X; T + Z) = H(T + Z) - H(Z)
 *
 * in which H(Z), the entropy of each component, is known. Kolchinsky and Tracey estimate the entropy of a mixture by
 * means of a distance D between components,
 *
 *     H_D = H(Z) - (1/N) sum over i of ln (1/N) sum over j of exp(-D(g_i, g_j))
 *
 * an upper bound where D is the divergence of Kullback and Leibler, a lower bound where it is the distance of
 * Bhattacharyya. For two Gaussians of equal variance, d = |t_i - t_j|,
 *
 *     KL(g_i, g_j) = integral of g_i (|z - t_j|^2 - |z - t_i|^2) / (2 s^2) = d^2 / (2 s^2)
 *     BD(g_i, g_j) = -ln integral of sqrt(g_i g_j) = d^2 / (8 s^2)
 *
 * because the square root of the product is a Gaussian around (t_i + t_j) / 2, of the same width, times
 * exp(-d^2 / (8 s^2)). H(Z) drops out of H_D - H(Z), and I_D is left. */
#include <libib/kde.h>

#include "base/exponential.h"
#include "base/logarithm.h"
#include "base/memory.h"
#include "estimate/estimator.h"
#include "estimate/fixed.h"
#include "estimate/sample.h"

#include <float.h>
#include <math.h>

#define DEFAULT_VARIANCE 0.1

/* e^-37 < 2^-53: from here on a share is rounded to 0. */
#define FAR 37.0

typedef struct mixture {
    const ib_i_sample *sample;
    const uint32_t *labels; /* or NULL */
    double factor;          /* D = factor |t_i - t_j|^2 */
    ib_i_fixed *all;        /* [N]: sum over all rows j of exp(-D_ij) */
    ib_i_fixed *own;        /* [N]: over those with the same label */
    size_t *counts;         /* [classes]: rows of each label */
} mixture;

void ib_kde_options_init(ib_kde_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

static ib_status resolve(ib_context *context, const ib_kde_options *options, ib_kde_options *full)
{
    IB_TRY(ib_i_options_read(context, options, sizeof *full, full, sizeof *full));
    if (full->bound > IB_KDE_LOWER)
        return ib_i_fail(context, IB_ERR_ARG, "bound: expected 0 or 1, got %u", full->bound);
    if (full->variance == 0.0)
        full->variance = DEFAULT_VARIANCE;
    if (!(full->variance >= DBL_MIN && full->variance <= DBL_MAX))
        return ib_i_fail(context, IB_ERR_RANGE, "variance: expected at least %g and finite, got %g", DBL_MIN,
                         full->variance);
    return IB_OK;
}

static inline uint64_t share(double distance)
{
    return distance >= FAR ? 0 : distance > 0.0 ? ib_i_fixed_share(ib_i_exp(-distance)) : IB_I_FIXED_ONE;
}

/* Adds what row i and n later ones are to each other. */
static void add_block(const mixture *m, size_t i, size_t first, size_t n)
{
    double squares[IB_I_SAMPLE_BLOCK];
    ib_i_sample_squares(m->sample, i, first, n, squares);
    for (size_t b = 0; b < n; b++) {
        const size_t j = first + b;
        const uint64_t value = share(squares[b] * m->factor);
        m->all[i] += value;
        m->all[j] += value;
        if (m->labels && m->labels[i] == m->labels[j]) {
            m->own[i] += value;
            m->own[j] += value;
        }
    }
}

static void add_pairs(const mixture *m)
{
    const size_t rows = m->sample->rows;
    for (size_t i = 0; i < rows; i++)
        m->all[i] = m->own[i] = IB_I_FIXED_ONE;
    for (size_t i = 0; i < rows; i++)
        for (size_t first = i + 1; first < rows; first += IB_I_SAMPLE_BLOCK)
            add_block(m, i, first, rows - first < IB_I_SAMPLE_BLOCK ? rows - first : IB_I_SAMPLE_BLOCK);
}

static int64_t fixed_log2(double x)
{
    return ib_i_fixed_of(ib_i_log2(x));
}

/* Sums of log2 N - log2 of the sums of all rows, and the same of the sums of a label: 0 exactly where they are in
 * theory, because equal numbers have equal logarithms. */
static void find_bits(const mixture *m, ib_estimate *estimate)
{
    const size_t rows = m->sample->rows;
    const int64_t whole = fixed_log2((double)rows);
    ib_i_fixed all = 0, own = 0;
    for (size_t i = 0; i < rows; i++) {
        all += whole - fixed_log2(ib_i_fixed_real(m->all[i]));
        if (m->labels)
            own += fixed_log2((double)m->counts[m->labels[i]]) - fixed_log2(ib_i_fixed_real(m->own[i]));
    }
    estimate->i_xt = ib_i_fixed_mean(all, rows);
    estimate->i_ty = m->labels ? ib_i_fixed_mean(all - own, rows) : NAN;
}

static ib_status measure_sample(ib_context *context, const ib_i_sample *sample, const uint32_t *labels,
                                uint32_t classes, double factor, ib_estimate *estimate)
{
    mixture m = {.sample = sample, .labels = labels, .factor = factor};
    m.all = ib_i_alloc(context, sample->rows, 2 * sizeof *m.all);
    m.counts = ib_i_alloc(context, classes, sizeof *m.counts);
    ib_status status = m.all && m.counts ? IB_OK : ib_i_fail_memory(context);
    if (status == IB_OK) {
        m.own = m.all + sample->rows;
        for (size_t i = 0; labels && i < sample->rows; i++)
            m.counts[labels[i]]++;
        add_pairs(&m);
        find_bits(&m, estimate);
    }
    ib_i_free(context, m.all);
    ib_i_free(context, m.counts);
    return status;
}

ib_status ib_kde_measure(ib_context *context, const ib_tensor *values, const uint32_t *labels, uint32_t classes,
                         const ib_kde_options *options, ib_estimate *estimate)
{
    ib_kde_options full;
    ib_i_sample sample;
    ib_estimate made = {.struct_size = sizeof made, .i_ty = classes ? 0 : NAN};
    if (!context)
        return IB_ERR_ARG;
    if (!estimate)
        return ib_i_fail_null(context, "estimate");
    IB_TRY(resolve(context, options, &full));
    IB_TRY(ib_i_sample_read(context, "values", values, &sample));
    ib_status status = labels || classes ? ib_i_labels_check(context, labels, sample.rows, classes) : IB_OK;
    const double factor = 1 / ((full.bound == IB_KDE_UPPER ? 2 : 8) * full.variance);
    if (status == IB_OK && sample.rows > 0)
        status = measure_sample(context, &sample, labels, classes, factor, &made);
    ib_i_sample_free(&sample);
    IB_TRY(status);
    *estimate = made;
    return ib_i_ok(context);
}

static int32_t measure(const ib_estimator_input *input, ib_estimate *estimate, void *options)
{
    return ib_kde_measure(input->context, input->values, input->labels, input->classes, options, estimate);
}

static void fields(ib_i_bytes *bytes, void *object)
{
    ib_kde_options *options = object;
    ib_i_bytes_u32(bytes, &options->bound);
    ib_i_bytes_f64(bytes, &options->variance);
}

ib_status ib_kde_estimator(ib_context *context, const ib_kde_options *options, ib_estimator *estimator)
{
    ib_kde_options full;
    if (!context)
        return IB_ERR_ARG;
    IB_TRY(resolve(context, options, &full));
    const char *name = full.bound == IB_KDE_UPPER ? "kde-upper" : "kde-lower";
    return ib_i_estimator_fill(context, name, measure, options, fields, &full, estimator);
}
