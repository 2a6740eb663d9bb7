/* Makes of a run what cannot be, for checks to find. forge DIR RUN CHANGE: reads a finished run of a study, changes it,
 * and saves it as what the study's program saves. Records lend what they hold only to be read; a forger writes. */
#include "folder.h"

#include <libib/libib.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ib_point *point(ib_record *run, size_t i)
{
    return (ib_point *)ib_plane_points(ib_record_plane(run)) + i;
}

static ib_epoch *epoch(ib_record *run, size_t i)
{
    return (ib_epoch *)ib_record_epochs(run, NULL) + i;
}

static ib_extent *extent(ib_record *run, size_t i)
{
    return (ib_extent *)ib_record_extents(run, NULL) + i;
}

/* The first point of a layer at an epoch by a measure. */
static ib_point *find(ib_record *run, uint32_t at, uint32_t layer, uint32_t measure)
{
    for (size_t i = 0; i < ib_plane_count(ib_record_plane(run)); i++)
        if (point(run, i)->epoch == at && point(run, i)->layer == layer && point(run, i)->measure == measure)
            return point(run, i);
    fprintf(stderr, "forge: no point of layer %u by measure %u at epoch %u\n", layer, measure, at);
    exit(2);
}

static void chain_x(ib_record *run)
{
    find(run, 2, 3, IB_MEASURE_STATE)->i_xt -= 0.25;
}

static void chain_y(ib_record *run)
{
    find(run, 2, 3, IB_MEASURE_STATE)->i_ty -= 0.25;
}

static void bound_x(ib_record *run)
{
    find(run, 2, 1, IB_MEASURE_STATE)->i_xt = 12.5;
}

static void bound_y(ib_record *run)
{
    find(run, 2, 1, IB_MEASURE_STATE)->i_ty = 1.25;
}

static void no_states(ib_record *run)
{
    find(run, 2, 3, IB_MEASURE_STATE)->states = 0;
}

static void many_states(ib_record *run)
{
    find(run, 2, 1, IB_MEASURE_STATE)->states = 4097;
}

static void entropy(ib_record *run)
{
    find(run, 2, 6, IB_MEASURE_STATE)->states = 1;
}

static void not_a_number(ib_record *run)
{
    find(run, 2, 6, IB_MEASURE_STATE)->i_xt = (double)NAN;
}

static void output(ib_record *run)
{
    ib_point *p = find(run, 2, 6, IB_MEASURE_OUTPUT);
    p->states = find(run, 2, 6, IB_MEASURE_STATE)->states + 1;
}

static void binned(ib_record *run)
{
    ib_point *p = find(run, 2, 6, IB_MEASURE_BINNED);
    p->i_xt = find(run, 2, 6, IB_MEASURE_STATE)->i_xt + 0.125;
}

/* Bins that tell less in a layer than in the next one are what bins are. */
static void binned_chain(ib_record *run)
{
    ib_point *p = find(run, 2, 3, IB_MEASURE_BINNED);
    p->i_xt = p->i_ty = 0.125;
    p->states = 2;
}

/* Codes of a network that is quantised after training are codes of a network. */
static void quantised_chain(ib_record *run)
{
    find(run, 2, 3, IB_MEASURE_QUANTISED)->i_ty -= 0.25;
}

static void quantised_states(ib_record *run)
{
    find(run, 2, 3, IB_MEASURE_QUANTISED)->states = 0;
}

static void estimate_with_states(ib_record *run)
{
    find(run, 2, 3, IB_MEASURE_ESTIMATED)->states = 1;
}

static void infinite_estimate(ib_record *run)
{
    find(run, 2, 3, IB_MEASURE_ESTIMATED)->i_ty = INFINITY;
}

/* What an estimator does not say is no number, and what it says may be anything else. */
static void no_estimate(ib_record *run)
{
    find(run, 2, 3, IB_MEASURE_ESTIMATED)->i_ty = (double)NAN;
    find(run, 1, 3, IB_MEASURE_ESTIMATED)->i_xt = 99;
}

static void accuracy(ib_record *run)
{
    epoch(run, 2)->test_accuracy = 1.5;
}

static void loss(ib_record *run)
{
    epoch(run, 2)->train_loss = (double)NAN;
}

static void foreign_estimator(ib_record *run)
{
    find(run, 2, 6, IB_MEASURE_BINNED)->estimator = UINT32_MAX;
}

static void foreign_measure(ib_record *run)
{
    find(run, 2, 6, IB_MEASURE_BINNED)->measure = UINT32_MAX;
}

static void foreign_layer(ib_record *run)
{
    find(run, 2, 6, IB_MEASURE_STATE)->layer = UINT32_MAX;
}

static void foreign_extent(ib_record *run)
{
    extent(run, 7)->layer = UINT32_MAX;
}

/* A copy of n items, to be freed. */
static void *copy(const void *items, size_t n, size_t size)
{
    void *kept = calloc(n + 1, size);
    if (!kept)
        exit(2);
    memcpy(kept, items, n * size);
    return kept;
}

static void no_point(ib_record *run)
{
    ib_plane *plane = ib_record_plane(run);
    const size_t n = ib_plane_count(plane);
    ib_point *kept = copy(ib_plane_points(plane), n, sizeof *kept);
    ib_plane_reset(plane);
    for (size_t i = 0; i + 1 < n; i++)
        ib_plane_add(plane, &kept[i]);
    free(kept);
}

/* A curve is only shortened by beginning again, which here is none that the study makes, and forgets the outputs. */
static void no_epoch(ib_record *run)
{
    size_t n_epochs;
    const ib_epoch *all = ib_record_epochs(run, &n_epochs);
    const size_t n_points = ib_plane_count(ib_record_plane(run));
    const uint32_t before = ib_record_outcome(run);
    ib_epoch *epochs = copy(all, n_epochs, sizeof *epochs);
    ib_point *points = copy(point(run, 0), n_points, sizeof *points);
    ib_record_restart(run);
    for (size_t i = 0; i + 1 < n_epochs; i++)
        ib_record_add(run, &epochs[i]);
    for (size_t i = 0; i < n_points; i++)
        ib_plane_add(ib_record_plane(run), &points[i]);
    ib_record_set_outcome(run, before);
    free(epochs);
    free(points);
}

static void extents(ib_record *run)
{
    extent(run, 7)->min = extent(run, 7)->max + 1;
}

static void extent_of_another(ib_record *run)
{
    extent(run, 7)->layer = 1;
}

static void extent_of_another_epoch(ib_record *run)
{
    extent(run, 7)->epoch = 2;
}

static void restart_too_early(ib_record *run)
{
    ((ib_restart *)ib_record_restarts(run, NULL))->epoch = 1;
}

static void restart_of_a_good_fit(ib_record *run)
{
    ((ib_restart *)ib_record_restarts(run, NULL))->accuracy = 0.75;
}

static void one_more_point(ib_record *run)
{
    ib_plane_add(ib_record_plane(run), point(run, 0));
}

static void point_of_another(ib_record *run)
{
    find(run, 2, 3, IB_MEASURE_STATE)->epoch = 3;
}

static void outcome(ib_record *run)
{
    const int is_bad = ib_record_outcome(run) == IB_OUTCOME_BAD;
    ib_record_set_outcome(run, is_bad ? IB_OUTCOME_GOOD : IB_OUTCOME_BAD);
}

static void setting(ib_record *run)
{
    ((ib_record_options *)ib_record_get_options(run))->setting++;
}

static void seed(ib_record *run)
{
    ((ib_record_options *)ib_record_get_options(run))->seed++;
}

/* What was measured is another number, but one that can be. */
static void another_number(ib_record *run)
{
    find(run, 2, 6, IB_MEASURE_STATE)->i_ty *= 0.5;
}

static const struct {
    const char *name;
    void (*make)(ib_record *run);
} changes[] = {
    {"chain-x", chain_x},
    {"chain-y", chain_y},
    {"bound-x", bound_x},
    {"bound-y", bound_y},
    {"no-states", no_states},
    {"many-states", many_states},
    {"entropy", entropy},
    {"not-a-number", not_a_number},
    {"output", output},
    {"binned", binned},
    {"binned-chain", binned_chain},
    {"quantised-chain", quantised_chain},
    {"quantised-states", quantised_states},
    {"estimate-with-states", estimate_with_states},
    {"infinite-estimate", infinite_estimate},
    {"no-estimate", no_estimate},
    {"accuracy", accuracy},
    {"loss", loss},
    {"no-epoch", no_epoch},
    {"extents", extents},
    {"extent-of-another", extent_of_another},
    {"extent-of-another-epoch", extent_of_another_epoch},
    {"restart-too-early", restart_too_early},
    {"restart-of-a-good-fit", restart_of_a_good_fit},
    {"one-more-point", one_more_point},
    {"point-of-another", point_of_another},
    {"no-point", no_point},
    {"outcome", outcome},
    {"foreign-estimator", foreign_estimator},
    {"foreign-measure", foreign_measure},
    {"foreign-layer", foreign_layer},
    {"foreign-extent", foreign_extent},
    {"setting", setting},
    {"seed", seed},
    {"another-number", another_number},
};

/* Bytes of a record while they are gathered. */
static int32_t take(const void *data, size_t size, void *stream)
{
    return fwrite(data, 1, size, stream) == size ? 0 : -1;
}

static int save(folder *f, uint64_t number, ib_record *run)
{
    char *bytes = NULL;
    size_t size;
    FILE *stream = open_memstream(&bytes, &size);
    int failed = !stream || ib_record_write(run, take, stream);
    if (stream)
        failed |= fclose(stream) != 0;
    if (!failed)
        failed = folder_save(f, number, IB_OUTCOME_GOOD, bytes, size);
    free(bytes);
    return failed;
}

int main(int argc, char **argv)
{
    folder f;
    ib_context *context;
    ib_record *run;
    if (argc != 4 || ib_context_create(NULL, &context) || folder_open(&f, argv[1]))
        return 2;
    const uint64_t number = strtoull(argv[2], NULL, 10);
    if (folder_read(&f, context, number, 1, &run))
        return 2;
    size_t i = 0;
    while (i < sizeof changes / sizeof changes[0] && strcmp(changes[i].name, argv[3]) != 0)
        i++;
    if (i == sizeof changes / sizeof changes[0])
        return 2;
    changes[i].make(run);
    const int failed = save(&f, number, run);
    ib_record_destroy(run);
    folder_close(&f);
    ib_context_destroy(context);
    return failed ? 2 : 0;
}
