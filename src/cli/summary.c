#include "summary.h"

#include "say.h"
#include "source.h"
#include "ways.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Longest cell. */
#define CELL_SIZE 48

/* What is printed, and how wide its columns are. */
typedef struct table {
    const means *from;
    const settings *asked;
    ib_limits limits;
    FILE *stream;
    int names; /* width of names of ways of counting */
    int cells; /* width of a mean with its interval */
} table;

/* One row: a layer, counted in some way. */
typedef int (*print_row)(const table *t, mean_plane plane, uint32_t layer);

static int complain(const table *t)
{
    say("%s", ib_context_message(t->from->context));
    return -1;
}

static table lay_out(const means *m, const settings *asked, FILE *stream)
{
    table t = {.from = m,
               .asked = asked,
               .stream = stream,
               .names = (int)strlen("counted"),
               .cells = m->n_runs > 1 ? (int)strlen("12.000 +- 0.000") : 8};
    for (size_t i = 0; i < m->n_planes; i++) {
        char name[SETTINGS_NAME_SIZE];
        ways_name(asked, m->planes[i].measure, m->planes[i].estimator, name, sizeof name);
        if ((int)strlen(name) > t.names)
            t.names = (int)strlen(name);
    }
    return t;
}

/* A mean and half of its interval, which one run has not; "-": there is none, of what an estimator does not say. */
static void print_cell(const table *t, double mean, double half, int decimals)
{
    char text[CELL_SIZE] = "-";
    int used = isnan(mean) ? 1 : snprintf(text, sizeof text, "%.*f", decimals, mean);
    if (!isnan(half))
        snprintf(text + used, sizeof text - (size_t)used, " +- %.*f", decimals, half);
    fprintf(t->stream, "  %*s", t->cells + (decimals > 3 ? 2 : 0), text);
}

static void print_names(const table *t, mean_plane plane, uint32_t layer)
{
    char name[SETTINGS_NAME_SIZE];
    ways_name(t->asked, plane.measure, plane.estimator, name, sizeof name);
    fprintf(t->stream, "T%-4u%-*s", (unsigned)layer, t->names, name);
}

/* All layers, each in all ways that have points of their own for it. */
static int print_rows(const table *t, print_row row)
{
    const means *m = t->from;
    for (uint32_t layer = 1; layer <= ib_curve_layers(m->curve); layer++)
        for (size_t i = 0; i < m->n_planes; i++)
            if (ib_curve_line(m->curve, layer, m->planes[i].measure, m->planes[i].estimator, NULL) &&
                row(t, m->planes[i], layer))
                return -1;
    return 0;
}

static int print_points(const table *t, mean_plane plane, uint32_t layer)
{
    ib_curve_point point, begin = {0}, largest = {0}, end = {0};
    size_t first = 0, n = means_line(t->from, plane, layer, &first);
    for (size_t i = 0; i < n; i++) {
        const int counts = means_point(t->from, first + i, &point);
        if (counts < 0)
            return -1;
        if (!counts)
            continue;
        if (begin.layer == 0)
            begin = largest = point;
        if (point.i_xt.mean > largest.i_xt.mean || isnan(largest.i_xt.mean))
            largest = point;
        end = point;
    }
    print_names(t, plane, layer);
    print_cell(t, begin.i_xt.mean, begin.i_xt.half_interval, 3);
    print_cell(t, largest.i_xt.mean, largest.i_xt.half_interval, 3);
    fprintf(t->stream, " %8u", (unsigned)largest.epoch);
    print_cell(t, end.i_xt.mean, end.i_xt.half_interval, 3);
    print_cell(t, end.i_ty.mean, end.i_ty.half_interval, 4);
    fputc('\n', t->stream);
    return 0;
}

static int print_all_points(const table *t)
{
    fprintf(t->stream, "INFORMATION in bits\n     %-*s  %*s  %*s %8s  %*s  %*s\n", t->names, "counted", t->cells,
            "H(T) first", t->cells, "largest", "at epoch", t->cells, "last", t->cells + 2, "I(T;Y) last");
    return print_rows(t, print_points);
}

static int print_phases(const table *t, mean_plane plane, uint32_t layer)
{
    ib_phases phases = {.struct_size = sizeof phases};
    if (ib_curve_measure_phases(t->from->curve, layer, plane.measure, plane.estimator, 0, &phases) != IB_OK)
        return complain(t);
    print_names(t, plane, layer);
    print_cell(t, phases.fitting.mean, phases.fitting.half_interval, 3);
    fprintf(t->stream, " %8u", (unsigned)phases.fitting_last);
    print_cell(t, phases.rise.mean, phases.rise.half_interval, 3);
    fprintf(t->stream, " %8u", (unsigned)phases.compression_first);
    print_cell(t, phases.compression.mean, phases.compression.half_interval, 3);
    fputc('\n', t->stream);
    return 0;
}

static int print_all_phases(const table *t)
{
    fprintf(t->stream,
            "\nPHASES in bits: fitting I(T;Y), rise of I(X;T), compression of I(X;T) from there to the end\n"
            "     %-*s  %*s %8s  %*s %8s  %*s\n",
            t->names, "counted", t->cells, "fitting", "until", t->cells, "rise", "until", t->cells, "compression");
    return print_rows(t, print_phases);
}

/* The runs that are nearest to the mean, in the middle and farthest from it. */
static int print_ranks(const table *t, mean_plane plane, ib_rank *ranks)
{
    const means *m = t->from;
    const size_t places[] = {0, (m->n_runs - 1) / 2, m->n_runs - 1};
    char name[SETTINGS_NAME_SIZE];
    if (ib_curve_rank(m->curve, plane.measure, plane.estimator, ranks) != IB_OK)
        return complain(t);
    ways_name(t->asked, plane.measure, plane.estimator, name, sizeof name);
    fprintf(t->stream, "     %-*s", t->names, name);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        fprintf(t->stream, "  run %-6" PRIu64 " %6.3f", m->runs[ranks[places[i]].run], ranks[places[i]].distance);
    fputc('\n', t->stream);
    return 0;
}

/* Of one run there is nothing to say. */
static int print_all_ranks(const table *t)
{
    int failed = 0;
    if (t->from->n_runs < 2)
        return 0;
    ib_rank *ranks = malloc(t->from->n_runs * sizeof *ranks);
    if (!ranks) {
        say("out of memory");
        return -1;
    }
    fprintf(t->stream, "\nRUNS by their distance from the mean, in bits\n     %-*s  %-17s  %-17s  %s\n", t->names,
            "counted", "best", "middle", "worst");
    for (size_t i = 0; i < t->from->n_planes && !failed; i++)
        failed = print_ranks(t, t->from->planes[i], ranks);
    free(ranks);
    return failed;
}

/* A limit that was exceeded, as docs/statistics.md calls it. */
static void print_violations(const table *t, const char *name, uint32_t limit, const ib_violations *v)
{
    static const char *const limits[IB_LIMIT_COUNT] = {"chain of X", "chain of Y", "bounds of I(X;T)",
                                                       "bounds of I(T;Y)"};
    fprintf(t->stream, "     %-*s  %-16s %9" PRIu64 " of %9" PRIu64 " %9.4f  run %" PRIu64 ", epoch %u, T%u\n",
            t->names, name, limits[limit], v->violated, v->checked, v->largest, t->from->runs[v->run],
            (unsigned)v->epoch, (unsigned)v->layer);
}

static int print_limits(const table *t, mean_plane plane)
{
    ib_violations violations[IB_LIMIT_COUNT];
    char name[SETTINGS_NAME_SIZE];
    uint64_t checked = 0, violated = 0;
    if (ib_curve_count_violations(t->from->curve, plane.measure, plane.estimator, &t->limits, MEANS_TOLERANCE,
                                  violations) != IB_OK)
        return complain(t);
    ways_name(t->asked, plane.measure, plane.estimator, name, sizeof name);
    for (uint32_t limit = 0; limit < IB_LIMIT_COUNT; limit++) {
        if (violations[limit].violated)
            print_violations(t, name, limit, &violations[limit]);
        checked += violations[limit].checked;
        violated += violations[limit].violated;
    }
    if (!violated)
        fprintf(t->stream, "     %-*s  %-16s %9d of %9" PRIu64 "\n", t->names, name, "all", 0, checked);
    return 0;
}

static int print_all_limits(const table *t)
{
    fprintf(t->stream, "\nLIMITS exceeded, and by how many bits at most\n     %-*s  %-16s %22s %9s  %s\n", t->names,
            "counted", "limit", "exceeded", "by bits", "where");
    for (size_t i = 0; i < t->from->n_planes; i++)
        if (print_limits(t, t->from->planes[i]))
            return -1;
    return 0;
}

static void print_accuracy(const char *name, const ib_moments *accuracy, FILE *stream)
{
    fprintf(stream, "%-18s %.4f", name, accuracy->mean);
    if (accuracy->count > 1)
        fprintf(stream, " +- %.4f", ib_moments_half_interval(accuracy));
    fputc('\n', stream);
}

static void print_fit(const table *t)
{
    const means *m = t->from;
    fputs("\nFIT after the last epoch\n", t->stream);
    if (m->n_epochs) {
        print_accuracy("training accuracy", &m->epochs[m->n_epochs - 1].train_accuracy, t->stream);
        if (m->epochs[m->n_epochs - 1].test_accuracy.count)
            print_accuracy("test accuracy", &m->epochs[m->n_epochs - 1].test_accuracy, t->stream);
    }
    fprintf(t->stream, "bad fits           %" PRIu64 " of %zu\n", m->bad_fits, m->n_runs);
    if (m->restarts)
        fprintf(t->stream, "restarts           %" PRIu64 "\n", m->restarts);
}

static void print_heading(const table *t, const ib_dataset *dataset)
{
    char words[SETTINGS_SUBJECT_SIZE], data[SOURCE_TEXT_SIZE];
    settings_subject(t->asked, words);
    source_describe(dataset, &t->limits, data);
    fprintf(t->stream, "%s: %zu run%s of %" PRIu64 " epoch%s%s\n%s bits\n\n", words, t->from->n_runs,
            t->from->n_runs == 1 ? "" : "s", t->asked->epochs, t->asked->epochs == 1 ? "" : "s",
            t->from->n_runs > 1 ? ", mean +- half of the 95% interval" : "", data);
}

int summary_print(const means *m, const settings *asked, const ib_dataset *dataset, FILE *stream)
{
    table t = lay_out(m, asked, stream);
    if (ib_limits_measure(dataset, &t.limits) != IB_OK)
        return complain(&t);
    print_heading(&t, dataset);
    if (print_all_points(&t) || print_all_phases(&t) || print_all_ranks(&t) || print_all_limits(&t))
        return -1;
    print_fit(&t);
    return 0;
}
