#include "variables.h"

#include "ways.h"

#include <math.h>
#include <string.h>

static const double no_number = (double)NAN;
static const float no_output = NAN;
static const int64_t no_count = -1;

/* --- labels --------------------------------------------------------------------------------------------------------*/

static void fill_run(const variable *v, const shape *s, ib_record *run, void *values)
{
    (void)v;
    (void)s;
    *(int64_t *)values = (int64_t)ib_record_get_options(run)->run;
}

static void fill_epoch(const variable *v, const shape *s, ib_record *run, void *values)
{
    (void)v;
    (void)run;
    for (size_t i = 0; i < s->n_epochs; i++)
        ((int64_t *)values)[i] = s->epochs[i];
}

static void fill_numbers(void *values, size_t n, int64_t first)
{
    for (size_t i = 0; i < n; i++)
        ((int64_t *)values)[i] = first + (int64_t)i;
}

static void fill_layer(const variable *v, const shape *s, ib_record *run, void *values)
{
    (void)v;
    (void)run;
    fill_numbers(values, s->layers, 1);
}

static void fill_trained(const variable *v, const shape *s, ib_record *run, void *values)
{
    (void)v;
    (void)run;
    fill_numbers(values, s->trained, 0);
}

static void fill_restart(const variable *v, const shape *s, ib_record *run, void *values)
{
    (void)v;
    (void)run;
    fill_numbers(values, s->restarts, 0);
}

static void fill_estimator(const variable *v, const shape *s, ib_record *run, void *values)
{
    (void)v;
    (void)run;
    for (size_t i = 0; i < s->n_estimators; i++)
        ((const char **)values)[i] = s->estimators[i].name;
}

/* --- numbers -------------------------------------------------------------------------------------------------------*/

/* Whether a point has a number where the variable is of: an estimator counts no states. */
static int has_number(const variable *v, const ib_point *point)
{
    return v->field != offsetof(ib_point, states) || ways_count_states(point->measure);
}

/* I_XT, I_TY and states are 8 bytes each. */
static void fill_points(const variable *v, const shape *s, ib_record *run, void *values)
{
    const ib_plane *plane = ib_record_plane(run);
    for (size_t i = 0; i < ib_plane_count(plane); i++) {
        const ib_point *point = &ib_plane_points(plane)[i];
        const size_t row = shape_epoch(s, point->epoch) * s->layers + point->layer - 1;
        const size_t place = row * s->n_estimators + shape_estimator(s, point);
        if (has_number(v, point))
            memcpy((double *)values + place, (const char *)point + v->field, sizeof(double));
    }
}

static void fill_extents(const variable *v, const shape *s, ib_record *run, void *values)
{
    size_t n;
    const ib_extent *extents = ib_record_extents(run, &n);
    for (size_t i = 0; i < n; i++) {
        const size_t place = shape_epoch(s, extents[i].epoch) * s->layers + extents[i].layer - 1;
        memcpy((float *)values + place, (const char *)&extents[i] + v->field, sizeof(float));
    }
}

/* Whether an epoch has a number: without test rows there is none of the test. */
static int has_value(const variable *v, const ib_epoch *epoch)
{
    return ways_is_tested(epoch) ||
           (v->field != offsetof(ib_epoch, test_loss) && v->field != offsetof(ib_epoch, test_accuracy));
}

static void fill_curve(const variable *v, const shape *s, ib_record *run, void *values)
{
    size_t n;
    const ib_epoch *epochs = ib_record_epochs(run, &n);
    (void)s;
    for (size_t i = 0; i < n; i++)
        if (has_value(v, &epochs[i]))
            memcpy((double *)values + i, (const char *)&epochs[i] + v->field, sizeof(double));
}

static void fill_last(const variable *v, const shape *s, ib_record *run, void *values)
{
    size_t n;
    const ib_epoch *epochs = ib_record_epochs(run, &n);
    (void)s;
    if (n && has_value(v, &epochs[n - 1]))
        memcpy(values, (const char *)&epochs[n - 1] + v->field, sizeof(double));
}

static void fill_restart_epoch(const variable *v, const shape *s, ib_record *run, void *values)
{
    size_t n;
    const ib_restart *restarts = ib_record_restarts(run, &n);
    (void)v;
    (void)s;
    for (size_t i = 0; i < n; i++)
        ((int64_t *)values)[i] = restarts[i].epoch;
}

static void fill_restart_accuracy(const variable *v, const shape *s, ib_record *run, void *values)
{
    size_t n;
    const ib_restart *restarts = ib_record_restarts(run, &n);
    (void)v;
    (void)s;
    for (size_t i = 0; i < n; i++)
        ((double *)values)[i] = restarts[i].accuracy;
}

static void fill_restarts(const variable *v, const shape *s, ib_record *run, void *values)
{
    size_t n;
    ib_record_restarts(run, &n);
    (void)v;
    (void)s;
    *(int64_t *)values = (int64_t)n;
}

static void fill_bad_fit(const variable *v, const shape *s, ib_record *run, void *values)
{
    (void)v;
    (void)s;
    *(signed char *)values = ib_record_outcome(run) == IB_OUTCOME_BAD ? 1 : 0;
}

static void fill_seed(const variable *v, const shape *s, ib_record *run, void *values)
{
    (void)v;
    (void)s;
    *(uint64_t *)values = ib_record_get_options(run)->seed;
}

/* --- the table -----------------------------------------------------------------------------------------------------*/

#define LABELS(dimension) .type = NC_INT64, .rank = 1, .dimensions = {dimension}
#define PER_RUN .rank = 1, .dimensions = {DIMENSION_RUN}
#define PER_POINT .rank = 4, .dimensions = {DIMENSION_RUN, DIMENSION_EPOCH, DIMENSION_LAYER, DIMENSION_ESTIMATOR}
#define PER_EXTENT .rank = 3, .dimensions = {DIMENSION_RUN, DIMENSION_EPOCH, DIMENSION_LAYER}
#define PER_EPOCH_TRAINED .rank = 2, .dimensions = {DIMENSION_RUN, DIMENSION_TRAINED}
#define PER_RESTART .rank = 2, .dimensions = {DIMENSION_RUN, DIMENSION_RESTART}

#define POINT(member) PER_POINT, .fill = fill_points, .field = offsetof(ib_point, member)
#define EXTENT(member)                                                                                                 \
    PER_EXTENT, .type = NC_FLOAT, .fill = fill_extents, .field = offsetof(ib_extent, member), .missing = &no_output
#define OF_EPOCH(member) .type = NC_DOUBLE, .field = offsetof(ib_epoch, member), .missing = &no_number
#define CURVE(member) PER_EPOCH_TRAINED, .fill = fill_curve, OF_EPOCH(member)
#define LAST(member) PER_RUN, .fill = fill_last, OF_EPOCH(member)

const variable variables[] = {
    {.name = "run", .long_name = "number of the run", PER_RUN, .type = NC_INT64, .fill = fill_run},
    {.name = "epoch",
     .long_name = "epochs done when it was measured; 0: initial weights",
     LABELS(DIMENSION_EPOCH),
     .fill = fill_epoch},
    {.name = "layer",
     .long_name = "number of the layer T; the input would be 0",
     LABELS(DIMENSION_LAYER),
     .fill = fill_layer},
    {.name = "estimator",
     .long_name = "what is counted as the state of a layer",
     .type = NC_STRING,
     .rank = 1,
     .dimensions = {DIMENSION_ESTIMATOR},
     .fill = fill_estimator},
    {.name = "epoch_trained",
     .long_name = "epochs done; 0: initial weights",
     LABELS(DIMENSION_TRAINED),
     .fill = fill_trained},
    {.name = "restart",
     .long_name = "number of the attempt that was given up",
     LABELS(DIMENSION_RESTART),
     .fill = fill_restart},
    {.name = "I_XT",
     .long_name = "mutual information of the input X and the layer T",
     .units = "bit",
     .type = NC_DOUBLE,
     POINT(i_xt),
     .missing = &no_number},
    {.name = "I_TY",
     .long_name = "mutual information of the layer T and the label Y",
     .units = "bit",
     .type = NC_DOUBLE,
     POINT(i_ty),
     .missing = &no_number},
    {.name = "states",
     .long_name = "distinct states of the layer",
     .units = "1",
     .type = NC_INT64,
     POINT(states),
     .missing = &no_count},
    {.name = "activation_min", .long_name = "smallest output of the layer over all rows", .units = "1", EXTENT(min)},
    {.name = "activation_max", .long_name = "largest output of the layer over all rows", .units = "1", EXTENT(max)},
    {.name = "running_loss",
     .long_name = "training loss as it ran while the epoch went on",
     .units = "nat",
     CURVE(running_loss)},
    {.name = "running_accuracy",
     .long_name = "training accuracy as it ran while the epoch went on",
     .units = "1",
     CURVE(running_accuracy)},
    {.name = "train_loss", .long_name = "training loss after the epoch", .units = "nat", CURVE(train_loss)},
    {.name = "train_accuracy", .long_name = "training accuracy after the epoch", .units = "1", CURVE(train_accuracy)},
    {.name = "test_loss", .long_name = "test loss after the epoch", .units = "nat", CURVE(test_loss)},
    {.name = "test_accuracy", .long_name = "test accuracy after the epoch", .units = "1", CURVE(test_accuracy)},
    {.name = "final_train_accuracy",
     .long_name = "training accuracy after the last epoch",
     .units = "1",
     LAST(train_accuracy)},
    {.name = "final_test_accuracy",
     .long_name = "test accuracy after the last epoch",
     .units = "1",
     LAST(test_accuracy)},
    {.name = "bad_fit",
     .long_name = "whether the last running accuracy is below bad_accuracy",
     PER_RUN,
     .type = NC_BYTE,
     .fill = fill_bad_fit,
     .flags = "no yes"},
    {.name = "restarts",
     .long_name = "times the run was begun again as a bad fit; also the number of the attempt that is kept",
     .units = "1",
     PER_RUN,
     .type = NC_INT64,
     .fill = fill_restarts},
    {.name = "restart_epoch",
     .long_name = "epoch after which an attempt was given up",
     PER_RESTART,
     .type = NC_INT64,
     .fill = fill_restart_epoch,
     .missing = &no_count},
    {.name = "restart_accuracy",
     .long_name = "running training accuracy of that epoch",
     .units = "1",
     PER_RESTART,
     .type = NC_DOUBLE,
     .fill = fill_restart_accuracy,
     .missing = &no_number},
    {.name = "seed",
     .long_name = "seed of the study; it decides all, with the number of the run and of the attempt",
     PER_RUN,
     .type = NC_UINT64,
     .fill = fill_seed},
};

const size_t variable_count = sizeof variables / sizeof variables[0];

_Static_assert(sizeof variables / sizeof variables[0] <= CONTENTS_MOST_VARIABLES, "contents.h: room for all variables");
_Static_assert(sizeof(double) == 8 && sizeof(long long) == 8, "NetCDF's types are those of the tables");

size_t variable_size(const variable *v)
{
    return v->type == NC_BYTE ? 1 : v->type == NC_FLOAT ? sizeof(float) : sizeof(double);
}
