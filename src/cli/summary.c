#include "summary.h"

#include "say.h"

#include <inttypes.h>
#include <stdlib.h>

/* The first run says which points there are. */
static int begin(summary *mean, const run_result *result)
{
    mean->points = calloc(result->n_points ? result->n_points : 1, sizeof *mean->points);
    if (!mean->points)
        return -1;
    mean->n_points = result->n_points;
    for (size_t i = 0; i < result->n_points; i++) {
        const ib_point *point = &result->points[i];
        mean->points[i] = (mean_point){
            .epoch = point->epoch, .layer = point->layer, .measure = point->measure, .estimator = point->estimator};
    }
    return 0;
}

static int has_same_points(const summary *mean, const run_result *result)
{
    if (mean->n_points != result->n_points)
        return 0;
    for (size_t i = 0; i < mean->n_points; i++) {
        const mean_point *a = &mean->points[i];
        const ib_point *b = &result->points[i];
        if (a->epoch != b->epoch || a->layer != b->layer || a->measure != b->measure || a->estimator != b->estimator)
            return 0;
    }
    return 1;
}

int summary_add(summary *mean, const run_result *result)
{
    if (mean->runs == 0 && begin(mean, result)) {
        say("out of memory");
        return -1;
    }
    if (!has_same_points(mean, result)) {
        say("run %" PRIu64 ": its points are not at the epochs and layers of the runs before", result->run);
        return -1;
    }
    mean->runs++;
    for (size_t i = 0; i < mean->n_points; i++) {
        ib_moments_add(&mean->points[i].i_xt, result->points[i].i_xt);
        ib_moments_add(&mean->points[i].i_ty, result->points[i].i_ty);
    }
    ib_moments_add(&mean->train_accuracy, result->train_accuracy);
    ib_moments_add(&mean->test_accuracy, result->test_accuracy);
    mean->bad_fits += result->curve[result->epochs].train_accuracy < result->bad_accuracy;
    mean->restarts += result->restarts;
    return 0;
}

void summary_clear(summary *mean)
{
    free(mean->points);
    *mean = (summary){0};
}

size_t summary_epoch_points(const summary *mean, size_t first)
{
    size_t n = 0;
    while (first + n < mean->n_points && mean->points[first + n].epoch == mean->points[first].epoch)
        n++;
    return n;
}

uint32_t summary_layers(const summary *mean)
{
    uint32_t layers = 0;
    for (size_t i = 0; i < mean->n_points; i++)
        if (mean->points[i].layer > layers)
            layers = mean->points[i].layer;
    return layers;
}

int summary_has(const summary *mean, uint32_t measure, uint32_t estimator)
{
    for (size_t i = 0; i < mean->n_points; i++)
        if (mean->points[i].measure == measure && mean->points[i].estimator == estimator)
            return 1;
    return 0;
}

const mean_point *summary_find(const summary *mean, size_t first, uint32_t layer, uint32_t measure, uint32_t estimator)
{
    const mean_point *found = NULL;
    size_t n = summary_epoch_points(mean, first);
    for (size_t i = first; i < first + n; i++) {
        const mean_point *point = &mean->points[i];
        const int same = point->measure == measure && point->estimator == estimator;
        if (point->layer == layer && (same || (point->measure == IB_MEASURE_STATE && !found)))
            found = point;
    }
    return found;
}

/* The longest is as 65536-largest. */
static int measure_width(const settings *asked)
{
    return asked->n_bins ? 13 : 9;
}

/* One row of the table: the points i, i + step, i + 2 step, ..., which are those of one layer and measure. */
static void print_row(const summary *mean, const settings *asked, size_t i, size_t step, FILE *stream)
{
    char estimator[32];
    const mean_point *first = &mean->points[i], *largest = first, *last = first;
    for (; i < mean->n_points; i += step) {
        last = &mean->points[i];
        if (last->i_xt.mean > largest->i_xt.mean)
            largest = last;
    }
    settings_estimator(asked, first->estimator, estimator, sizeof estimator);
    fprintf(stream, "T%-5u %-*s %8.3f %10.3f %8u %10.3f %12.4f\n", (unsigned)first->layer, measure_width(asked),
            first->estimator ? estimator : ib_measure_name(first->measure), first->i_xt.mean, largest->i_xt.mean,
            (unsigned)largest->epoch, last->i_xt.mean, last->i_ty.mean);
}

static void print_points(const summary *mean, const settings *asked, FILE *stream)
{
    fprintf(stream, "%-6s %-*s %8s %10s %8s %10s %12s\n", "", measure_width(asked), "", "H first", "H largest",
            "at epoch", "H last", "I(T;Y) last");
    size_t step = summary_epoch_points(mean, 0);
    for (size_t i = 0; i < step; i++)
        print_row(mean, asked, i, step, stream);
}

static void print_accuracy(const char *name, const ib_moments *accuracy, FILE *stream)
{
    fprintf(stream, "%-18s %.4f", name, accuracy->mean);
    if (accuracy->count > 1)
        fprintf(stream, " +- %.4f", ib_moments_half_interval(accuracy));
    fputc('\n', stream);
}

void summary_print(const summary *mean, const settings *asked, FILE *stream)
{
    char network[64];
    settings_network(asked, network, sizeof network);
    fprintf(stream, "preset %s, %s: mean of %" PRIu64 " run%s of %" PRIu64 " epoch%s, in bits\n\n",
            ib_preset_name(asked->preset), network, mean->runs, mean->runs == 1 ? "" : "s", asked->epochs,
            asked->epochs == 1 ? "" : "s");
    print_points(mean, asked, stream);
    fputc('\n', stream);
    print_accuracy("training accuracy", &mean->train_accuracy, stream);
    print_accuracy("test accuracy", &mean->test_accuracy, stream);
    fprintf(stream, "bad fits           %" PRIu64 " of %" PRIu64 "\n", mean->bad_fits, mean->runs);
    if (mean->restarts)
        fprintf(stream, "restarts           %" PRIu64 "\n", mean->restarts);
}
