#include "claims.h"

#include "say.h"
#include "ways.h"

#include <libib/libib.h>

#include <inttypes.h>
#include <math.h>

#define NAME_SIZE 48
/* Layers of the networks of the study. */
#define LAYERS 6

static const mean_plane by_state = {IB_MEASURE_STATE, 0}, by_rebinned = {IB_MEASURE_REBINNED, 0};
static const uint32_t numbers_of_bins[] = {30, 100, 256};

/* What is measured with. */
typedef struct evidence {
    uint32_t preset;
    const means *m;        /* [PAPER_STUDIES] */
    const settings *asked; /* [PAPER_STUDIES] */
    FILE *out;
    int failed; /* one line has been said */
} evidence;

/* --- words ---------------------------------------------------------------------------------------------------------*/

static void claim(const evidence *e, const char *where, const char *words)
{
    fprintf(e->out, "\n**%s** (%s)\n\n", words, where);
}

static void print_mean(const evidence *e, const ib_statistics *s, int decimals)
{
    fprintf(e->out, "%.*f", decimals, s->mean);
    if (!isnan(s->half_interval))
        fprintf(e->out, " ± %.*f", decimals, s->half_interval);
}

/* A cell of accuracies; one run has no interval. */
static void print_moments(const evidence *e, const ib_moments *accuracy)
{
    fprintf(e->out, "%.4f", accuracy->mean);
    if (accuracy->count > 1)
        fprintf(e->out, " ± %.4f", ib_moments_half_interval(accuracy));
    fputs(" | ", e->out);
}

static void complain(evidence *e, size_t study)
{
    if (!e->failed)
        say("%s", ib_context_message(e->m[study].context));
    e->failed = 1;
}

/* --- measures ------------------------------------------------------------------------------------------------------*/

static mean_plane binned(const evidence *e, size_t study, uint32_t bins)
{
    const paper_panel p = {.study = study, .bins = bins, .bounds = PAPER_BOUNDS_USUAL};
    return paper_plane(e->preset, &p, &e->asked[study]);
}

/* The point of a layer at its last epoch, or at the last one up to `epoch`. */
static ib_curve_point point_at(evidence *e, size_t study, mean_plane plane, uint32_t layer, uint32_t epoch)
{
    ib_curve_point point = {0}, next;
    size_t first = 0, n = means_line(&e->m[study], plane, layer, &first);
    for (size_t low = 0, high = n; low < high;) { /* the first point after the epoch is at `high` */
        const size_t middle = low + (high - low) / 2;
        if (ib_curve_get(e->m[study].curve, first + middle, &next)) {
            complain(e, study);
            return point;
        }
        if (next.epoch > epoch) {
            high = middle;
        } else {
            point = next;
            low = middle + 1;
        }
    }
    return point;
}

static ib_phases phases_of(evidence *e, size_t study, mean_plane plane, uint32_t layer)
{
    const means *m = &e->m[study];
    ib_phases phases = {.struct_size = sizeof phases};
    uint32_t measure = plane.measure, estimator = plane.estimator;
    if (!ib_curve_line(m->curve, layer, measure, estimator, NULL))
        measure = IB_MEASURE_STATE, estimator = 0;
    if (ib_curve_measure_phases(m->curve, layer, measure, estimator, 0, &phases))
        complain(e, study);
    return phases;
}

/* --- tables --------------------------------------------------------------------------------------------------------*/

static void print_head(const evidence *e, const char *first)
{
    fprintf(e->out, "| %s |", first);
    for (int layer = 1; layer <= LAYERS; layer++)
        fprintf(e->out, " T%d |", layer);
    fputs("\n|---|", e->out);
    for (int layer = 1; layer <= LAYERS; layer++)
        fputs("---|", e->out);
    fputc('\n', e->out);
}

/* One row of a table, with a cell for each layer. */
typedef void (*print_cell)(evidence *e, size_t study, mean_plane plane, uint32_t layer);

static void print_row(evidence *e, const char *name, size_t study, mean_plane plane, print_cell cell)
{
    fprintf(e->out, "| %s |", name);
    for (uint32_t layer = 1; layer <= LAYERS; layer++) {
        fputc(' ', e->out);
        cell(e, study, plane, layer);
        fputs(" |", e->out);
    }
    fputc('\n', e->out);
}

static void fitting(evidence *e, size_t study, mean_plane plane, uint32_t layer)
{
    const ib_phases phases = phases_of(e, study, plane, layer);
    print_mean(e, &phases.fitting, 3);
}

static void rise(evidence *e, size_t study, mean_plane plane, uint32_t layer)
{
    const ib_phases phases = phases_of(e, study, plane, layer);
    print_mean(e, &phases.rise, 2);
}

static void compression(evidence *e, size_t study, mean_plane plane, uint32_t layer)
{
    const ib_phases phases = phases_of(e, study, plane, layer);
    print_mean(e, &phases.compression, 2);
}

static void last_x(evidence *e, size_t study, mean_plane plane, uint32_t layer)
{
    const ib_curve_point point = point_at(e, study, plane, layer, UINT32_MAX);
    print_mean(e, &point.i_xt, 2);
}

static void last_y(evidence *e, size_t study, mean_plane plane, uint32_t layer)
{
    const ib_curve_point point = point_at(e, study, plane, layer, UINT32_MAX);
    print_mean(e, &point.i_ty, 3);
}

static void print_phases(evidence *e, const char *name, size_t study, mean_plane plane)
{
    char row[2 * NAME_SIZE];
    snprintf(row, sizeof row, "%s: fitting, I(T;Y)", name);
    print_row(e, row, study, plane, fitting);
    snprintf(row, sizeof row, "%s: compression, I(X;T)", name);
    print_row(e, row, study, plane, compression);
}

/* Both activations with so many bits, by states and, where they differ, by outputs binned again. */
static void print_exact(evidence *e, uint32_t bits)
{
    static const char *const names[] = {"tanh", "ReLU"};
    char name[NAME_SIZE];
    for (uint32_t a = 0; a < 2; a++) {
        const size_t study = paper_study_index(a ? IB_ACTIVATION_RELU : IB_ACTIVATION_TANH, bits);
        print_phases(e, names[a], study, by_state);
        snprintf(name, sizeof name, "%s, rebinned", names[a]);
        if (means_has(&e->m[study], by_rebinned))
            print_phases(e, name, study, by_rebinned);
    }
}

static void print_phases_of_bins(evidence *e, size_t study)
{
    char name[NAME_SIZE];
    for (size_t i = 0; i < sizeof numbers_of_bins / sizeof numbers_of_bins[0]; i++) {
        snprintf(name, sizeof name, "%u bins", (unsigned)numbers_of_bins[i]);
        print_phases(e, name, study, binned(e, study, numbers_of_bins[i]));
    }
}

static void print_bins(evidence *e, size_t study, print_cell cell)
{
    char name[NAME_SIZE];
    for (size_t i = 0; i < sizeof numbers_of_bins / sizeof numbers_of_bins[0]; i++) {
        snprintf(name, sizeof name, "%u bins", (unsigned)numbers_of_bins[i]);
        print_row(e, name, study, binned(e, study, numbers_of_bins[i]), cell);
    }
}

static void print_accuracy(const evidence *e, size_t study)
{
    const means *m = &e->m[study];
    char name[NAME_SIZE];
    if (!m->n_epochs)
        return;
    paper_study_name(study, name, sizeof name);
    fprintf(e->out, "| %s | %zu | ", name, m->n_runs);
    print_moments(e, &m->epochs[m->n_epochs - 1].train_accuracy);
    print_moments(e, &m->epochs[m->n_epochs - 1].test_accuracy);
    fprintf(e->out, "%" PRIu64 " | %" PRIu64 " |\n", m->bad_fits, m->restarts);
}

static void print_accuracies(const evidence *e, const uint32_t *bits, size_t n)
{
    fputs("| | runs | training accuracy | test accuracy | bad fits | restarts |\n|---|---|---|---|---|---|\n", e->out);
    for (size_t i = 0; i < n; i++) {
        print_accuracy(e, paper_study_index(IB_ACTIVATION_TANH, bits[i]));
        print_accuracy(e, paper_study_index(IB_ACTIVATION_RELU, bits[i]));
    }
}

/* How often neighbouring layers are in the wrong order, in all runs at all epochs. */
static void print_violations(evidence *e, const ib_limits *limits, size_t study, mean_plane plane, const char *name)
{
    ib_violations v[IB_LIMIT_COUNT];
    const means *m = &e->m[study];
    if (ib_curve_count_violations(m->curve, plane.measure, plane.estimator, limits, MEANS_TOLERANCE, v)) {
        complain(e, study);
        return;
    }
    fprintf(e->out, "| %s |", name);
    for (int limit = IB_LIMIT_CHAIN_X; limit <= IB_LIMIT_CHAIN_Y; limit++)
        fprintf(e->out, " %.2f%% | %.3f |",
                v[limit].checked ? 100.0 * (double)v[limit].violated / (double)v[limit].checked : 0, v[limit].largest);
    fputc('\n', e->out);
}

static void print_all_violations(evidence *e, const ib_limits *limits)
{
    fputs("| | (3) I(X;T) violated | by at most, bits | (2) I(T;Y) violated | by at most, bits |\n"
          "|---|---|---|---|---|\n",
          e->out);
    for (size_t study = 0; study < PAPER_STUDIES; study++)
        for (size_t i = 0; i < e->m[study].n_planes; i++) {
            const mean_plane plane = e->m[study].planes[i];
            char network[NAME_SIZE], counted[NAME_SIZE], name[2 * NAME_SIZE + 4];
            paper_study_name(study, network, sizeof network);
            ways_name(&e->asked[study], plane.measure, plane.estimator, counted, sizeof counted);
            snprintf(name, sizeof name, "%s: %s", network, counted);
            print_violations(e, limits, study, plane, name);
        }
}

/* How far the mean curves of a layer in two planes are from each other, on average over the epochs that both have. */
static double distance(evidence *e, size_t study, mean_plane plane, size_t other, mean_plane of_other, uint32_t layer)
{
    ib_curve_point a, b;
    double sum = 0;
    size_t i = 0, k = 0, both = 0, first_a = 0, first_b = 0;
    const size_t n_a = means_line(&e->m[study], plane, layer, &first_a);
    const size_t n_b = means_line(&e->m[other], of_other, layer, &first_b);
    while (i < n_a && k < n_b) {
        if (ib_curve_get(e->m[study].curve, first_a + i, &a) || ib_curve_get(e->m[other].curve, first_b + k, &b)) {
            complain(e, study);
            return NAN;
        }
        if (a.epoch == b.epoch) {
            sum += hypot(a.i_xt.mean - b.i_xt.mean, a.i_ty.mean - b.i_ty.mean);
            both++;
        }
        const uint32_t epoch = a.epoch < b.epoch ? a.epoch : b.epoch;
        i += a.epoch == epoch;
        k += b.epoch == epoch;
    }
    return both ? sum / (double)both : NAN;
}

static void print_distances(evidence *e, const char *name, uint32_t activation)
{
    const size_t exact = paper_study_index(activation, 8), bins = paper_study_index(activation, FLOAT_BITS);
    const mean_plane plane = binned(e, bins, 256);
    fprintf(e->out, "| %s |", name);
    for (uint32_t layer = 1; layer <= LAYERS; layer++)
        fprintf(e->out, " %.2f |", distance(e, exact, by_state, bins, plane, layer));
    fputc('\n', e->out);
}

/* The deepest fall of the mean I(X;T) that is followed by a rise, and how much it rises again. */
static void print_dip(evidence *e, const char *name, size_t study, uint32_t layer)
{
    size_t first = 0;
    const size_t n = means_line(&e->m[study], by_state, layer, &first);
    ib_curve_point point, after = {0}, low = {0}, high = {0};
    for (size_t i = n; i-- > 0;) { /* from the end, with the largest of what comes after */
        if (ib_curve_get(e->m[study].curve, first + i, &point)) {
            complain(e, study);
            return;
        }
        if (i + 1 == n || point.i_xt.mean > after.i_xt.mean)
            after = point;
        if (i + 1 == n || after.i_xt.mean - point.i_xt.mean > high.i_xt.mean - low.i_xt.mean) {
            low = point;
            high = after;
        }
    }
    fprintf(e->out, "| %s | ", name);
    print_mean(e, &low.i_xt, 2);
    fprintf(e->out, " at epoch %u | ", (unsigned)low.epoch);
    print_mean(e, &high.i_xt, 2);
    fprintf(e->out, " at epoch %u |\n", (unsigned)high.epoch);
}

/* --- claims --------------------------------------------------------------------------------------------------------*/

static void claim_phases(evidence *e)
{
    claim(e, "abstract, 4.2, 5; figures 5 and 6",
          "Counted exactly with 8 bits, all layers show fitting, and the output layer compression; of the hidden "
          "layers only the last one does, and only with tanh");
    print_head(e, "8 bits, in bits");
    print_exact(e, 8);
}

static void claim_dips(evidence *e)
{
    claim(e, "4.2, figures 5 and 6",
          "The fitting of T5 is interrupted by a small compression (tanh); its I(X;T) grows slightly after about 1800 "
          "epochs (ReLU)");
    fputs("| largest rise of the mean I(X;T) | from | to |\n|---|---|---|\n", e->out);
    print_dip(e, "tanh, T5", paper_study_index(IB_ACTIVATION_TANH, 8), 5);
    for (uint32_t layer = 2; layer < LAYERS; layer++) {
        char name[NAME_SIZE];
        snprintf(name, sizeof name, "ReLU, T%u", (unsigned)layer);
        print_dip(e, name, paper_study_index(IB_ACTIVATION_RELU, 8), layer);
    }
    fputs("\n| I(X;T5), ReLU, epoch | 200 | 500 | 1000 | 1800 | 3000 | 5000 | last |\n"
          "|---|---|---|---|---|---|---|---|\n| |",
          e->out);
    static const uint32_t epochs[] = {200, 500, 1000, 1800, 3000, 5000, UINT32_MAX};
    for (size_t i = 0; i < sizeof epochs / sizeof epochs[0]; i++) {
        const ib_curve_point point = point_at(e, paper_study_index(IB_ACTIVATION_RELU, 8), by_state, 5, epochs[i]);
        fputc(' ', e->out);
        print_mean(e, &point.i_xt, 2);
        fputs(" |", e->out);
    }
    fputc('\n', e->out);
}

static void claim_bins_tanh(evidence *e)
{
    const size_t study = paper_study_index(IB_ACTIVATION_TANH, FLOAT_BITS);
    claim(e, "4.1, figure 2", "tanh with 30 bins: two phases are clearly visible in each layer");
    print_head(e, "tanh, 32 bits");
    print_phases_of_bins(e, study);
}

static void claim_bins_relu(evidence *e)
{
    const size_t study = paper_study_index(IB_ACTIVATION_RELU, FLOAT_BITS);
    claim(e, "4.1, figure 3", "ReLU with 100 bins: the compression phase is not observed");
    print_head(e, "ReLU, 32 bits");
    print_phases_of_bins(e, study);
}

static void claim_more_bins(evidence *e)
{
    claim(e, "4.1", "I(X;T) and I(T;Y) grow with the number of bins, less so with ReLU");
    print_head(e, "after the last epoch");
    fputs("| **tanh, I(X;T)** | | | | | | |\n", e->out);
    print_bins(e, paper_study_index(IB_ACTIVATION_TANH, FLOAT_BITS), last_x);
    fputs("| **tanh, I(T;Y)** | | | | | | |\n", e->out);
    print_bins(e, paper_study_index(IB_ACTIVATION_TANH, FLOAT_BITS), last_y);
    fputs("| **ReLU, I(X;T)** | | | | | | |\n", e->out);
    print_bins(e, paper_study_index(IB_ACTIVATION_RELU, FLOAT_BITS), last_x);
    fputs("| **ReLU, I(T;Y)** | | | | | | |\n", e->out);
    print_bins(e, paper_study_index(IB_ACTIVATION_RELU, FLOAT_BITS), last_y);
}

static void claim_violations(evidence *e, const ib_limits *limits)
{
    claim(e, "4.1", "ReLU with 30 bins violates the data-processing inequality; exact counts cannot");
    print_all_violations(e, limits);
}

static void claim_accuracies(evidence *e)
{
    static const uint32_t bits[] = {FLOAT_BITS, 8, 4};
    claim(e, "4.1, 4.2, 4.3; figures 4, A.8, B.10", "Float networks fit well, 8 bits alike, and 4 bits worse");
    print_accuracies(e, bits, sizeof bits / sizeof bits[0]);
}

static void claim_like_bins(evidence *e)
{
    claim(e, "4.2, 4.3",
          "The plane of 8 bits counted exactly is very similar to that of 256 bins; information is slightly higher");
    print_head(e, "mean distance of the mean curves, bits");
    print_distances(e, "tanh", IB_ACTIVATION_TANH);
    print_distances(e, "ReLU", IB_ACTIVATION_RELU);
    fputc('\n', e->out);
    print_head(e, "I(X;T) after the last epoch");
    for (uint32_t a = 0; a < 2; a++) {
        const uint32_t activation = a ? IB_ACTIVATION_RELU : IB_ACTIVATION_TANH;
        const size_t bins = paper_study_index(activation, FLOAT_BITS);
        print_row(e, a ? "ReLU, 8 bits, exact" : "tanh, 8 bits, exact", paper_study_index(activation, 8), by_state,
                  last_x);
        print_row(e, a ? "ReLU, 256 bins" : "tanh, 256 bins", bins, binned(e, bins, 256), last_x);
    }
}

static void claim_precision(evidence *e)
{
    static const uint32_t bits[] = {FLOAT_BITS, 8, 4};
    claim(e, "4.3, A, B; figures A.7 and B.9",
          "With 32 bits almost nothing is lost between layers; with 4 bits more layers can be told apart, and "
          "information is lower");
    print_head(e, "I(X;T) after the last epoch");
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++)
        for (uint32_t a = 0; a < 2; a++) {
            char name[NAME_SIZE];
            const size_t study = paper_study_index(a ? IB_ACTIVATION_RELU : IB_ACTIVATION_TANH, bits[i]);
            paper_study_name(study, name, sizeof name);
            print_row(e, name, study, by_state, last_x);
        }
    fputc('\n', e->out);
    print_head(e, "4 bits");
    print_exact(e, 4);
}

static void claim_early_rise(evidence *e)
{
    const size_t study = paper_study_index(IB_ACTIVATION_RELU, 8);
    claim(e, "not in the study", "How far I(X;T) of ReLU layers rises from the first epoch to its peak");
    print_head(e, "8 bits");
    print_row(e, "rise of I(X;T)", study, by_state, rise);
}

static int find_limits(const evidence *e, ib_limits *limits)
{
    ib_context *context = e->m[0].context;
    ib_dataset *dataset = NULL;
    ib_status status = ib_dataset_create_icosahedron(context, &dataset);
    if (!status)
        status = ib_limits_measure(dataset, limits);
    if (status)
        say("%s", ib_context_message(context));
    ib_dataset_destroy(dataset);
    return status ? -1 : 0;
}

int claims_write(uint32_t preset, const means *m, const settings *asked, FILE *stream)
{
    evidence e = {preset, m, asked, stream, 0};
    ib_limits limits;
    if (find_limits(&e, &limits))
        return -1;
    fprintf(stream,
            "# What the study says, and what was measured: preset %s\n\n"
            "Mean ± half of the 95%% interval of the mean over the runs; information in bits. Phases as\n"
            "docs/statistics.md defines them: a size of 0.00 means that there is no such phase.\n",
            ib_preset_name(preset));
    claim_phases(&e);
    claim_dips(&e);
    claim_bins_tanh(&e);
    claim_bins_relu(&e);
    claim_more_bins(&e);
    claim_violations(&e, &limits);
    claim_accuracies(&e);
    claim_like_bins(&e);
    claim_precision(&e);
    claim_early_rise(&e);
    return e.failed ? -1 : 0;
}
