#include "contents.h"

#include <netcdf.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Chunks are what is compressed and read as a piece: the curves of one run, or so many of their epochs; so many runs of
 * what has one value each. */
#define CHUNK_EPOCHS 16384
#define CHUNK_RUNS 256
/* Higher levels take longer and save little. */
#define DEFLATE_LEVEL 2

#define MOST_RANK 4

#define NC_TRY(call)                                                                                                   \
    do {                                                                                                               \
        int status_ = (call);                                                                                          \
        if (status_)                                                                                                   \
            return status_;                                                                                            \
    } while (0)

typedef struct variable variable;

/* Sets the values of one run, or of what is the same for all runs. */
typedef void (*variable_fill)(const variable *v, const contents *c, const run_result *run, void *values);

struct variable {
    const char *name;
    const char *long_name;
    const char *units; /* or NULL */
    nc_type type;
    int rank;
    int dimensions[MOST_RANK];
    variable_fill fill;
    size_t field;        /* offset of what it is of, in ib_point, curve_row or run_result */
    const void *missing; /* what stands where there is no value, or NULL: there is always one */
    const char *flags;   /* meanings of 0, 1, ..., or NULL */
};

static const double no_number = (double)NAN;
static const int64_t no_count = -1;

/* --- values --------------------------------------------------------------------------------------------------------*/

static void fill_run(const variable *v, const contents *c, const run_result *run, void *values)
{
    (void)v;
    (void)c;
    *(int64_t *)values = (int64_t)run->run;
}

static void fill_epoch(const variable *v, const contents *c, const run_result *run, void *values)
{
    (void)v;
    (void)run;
    for (size_t i = 0; i < c->sizes[DIMENSION_EPOCH]; i++)
        ((int64_t *)values)[i] = c->epochs[i];
}

/* Numbers from 0 or, for layers, from 1. */
static void fill_numbers(const variable *v, const contents *c, const run_result *run, void *values)
{
    (void)run;
    int dimension = v->dimensions[0];
    for (size_t i = 0; i < c->sizes[dimension]; i++)
        ((int64_t *)values)[i] = (int64_t)i + (dimension == DIMENSION_LAYER);
}

static void fill_estimator(const variable *v, const contents *c, const run_result *run, void *values)
{
    (void)v;
    (void)run;
    for (size_t i = 0; i < c->sizes[DIMENSION_ESTIMATOR]; i++)
        ((const char **)values)[i] = c->estimators[i].name;
}

static int is_by(const ib_point *point, const estimator *e)
{
    return point->measure == e->measure && point->estimator == e->number;
}

/* Index of what a point was counted by; how many there are if that does not occur. */
static size_t estimator_of(const contents *c, const ib_point *point)
{
    size_t i = 0;
    while (i < c->sizes[DIMENSION_ESTIMATOR] && !is_by(point, &c->estimators[i]))
        i++;
    return i;
}

/* I_XT, I_TY and states are 8 bytes each: those of a point go to its place, and `missing` to places without a point. */
static void fill_points(const variable *v, const contents *c, const run_result *run, void *values)
{
    const size_t *sizes = c->sizes, item = sizeof(double);
    char *to = values;
    for (size_t i = 0; i < sizes[DIMENSION_EPOCH] * sizes[DIMENSION_LAYER] * sizes[DIMENSION_ESTIMATOR]; i++)
        memcpy(to + i * item, v->missing, item);
    size_t epoch = 0;
    for (size_t i = 0; i < run->n_points; i++) {
        const ib_point *point = &run->points[i];
        epoch += point->epoch != c->epochs[epoch]; /* points are in the order of epochs */
        size_t place =
            (epoch * sizes[DIMENSION_LAYER] + point->layer - 1) * sizes[DIMENSION_ESTIMATOR] + estimator_of(c, point);
        memcpy(to + place * item, (const char *)point + v->field, item);
    }
}

static void fill_curve(const variable *v, const contents *c, const run_result *run, void *values)
{
    for (size_t i = 0; i < c->sizes[DIMENSION_TRAINED]; i++)
        memcpy((double *)values + i, (const char *)&run->curve[i] + v->field, sizeof(double));
}

static void fill_last(const variable *v, const contents *c, const run_result *run, void *values)
{
    (void)c;
    memcpy(values, (const char *)run + v->field, sizeof(double));
}

static void fill_restarts(const variable *v, const contents *c, const run_result *run, void *values)
{
    (void)v;
    (void)c;
    *(int64_t *)values = run->restarts;
}

static void fill_bad_fit(const variable *v, const contents *c, const run_result *run, void *values)
{
    (void)v;
    (void)c;
    *(signed char *)values = run->curve[run->epochs].train_accuracy < run->bad_accuracy ? 1 : 0;
}

/* --- variables -----------------------------------------------------------------------------------------------------*/

#define PER_RUN .rank = 1, .dimensions = {DIMENSION_RUN}
#define PER_EPOCH_TRAINED .rank = 2, .dimensions = {DIMENSION_RUN, DIMENSION_TRAINED}
#define PER_POINT .rank = 4, .dimensions = {DIMENSION_RUN, DIMENSION_EPOCH, DIMENSION_LAYER, DIMENSION_ESTIMATOR}
#define CURVE(member) PER_EPOCH_TRAINED, .type = NC_DOUBLE, .fill = fill_curve, .field = offsetof(curve_row, member)
#define LAST(member) PER_RUN, .type = NC_DOUBLE, .fill = fill_last, .field = offsetof(run_result, member)
#define POINT(member) PER_POINT, .fill = fill_points, .field = offsetof(ib_point, member)

static const char *const dimension_names[DIMENSION_COUNT] = {"run", "epoch", "layer", "estimator", "epoch_trained"};

/* The first ones label the dimensions, and have their names. */
static const variable variables[] = {
    {.name = "run", .long_name = "number of the run", PER_RUN, .type = NC_INT64, .fill = fill_run},
    {.name = "epoch",
     .long_name = "epochs done when it was measured; 0: initial weights",
     .type = NC_INT64,
     .rank = 1,
     .dimensions = {DIMENSION_EPOCH},
     .fill = fill_epoch},
    {.name = "layer",
     .long_name = "number of the layer T; the input would be 0",
     .type = NC_INT64,
     .rank = 1,
     .dimensions = {DIMENSION_LAYER},
     .fill = fill_numbers},
    {.name = "estimator",
     .long_name = "what is counted as the state of a layer",
     .type = NC_STRING,
     .rank = 1,
     .dimensions = {DIMENSION_ESTIMATOR},
     .fill = fill_estimator},
    {.name = "epoch_trained",
     .long_name = "epochs done; 0: initial weights",
     .type = NC_INT64,
     .rank = 1,
     .dimensions = {DIMENSION_TRAINED},
     .fill = fill_numbers},
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
     .type = NC_INT64,
     POINT(states),
     .missing = &no_count},
    {.name = "running_loss",
     .long_name = "training loss as it ran while the epoch went on",
     .units = "nat",
     CURVE(train_loss)},
    {.name = "running_accuracy",
     .long_name = "training accuracy as it ran while the epoch went on",
     .units = "1",
     CURVE(train_accuracy)},
    {.name = "train_loss", .long_name = "training loss after the epoch", .units = "nat", CURVE(after_loss)},
    {.name = "train_accuracy", .long_name = "training accuracy after the epoch", .units = "1", CURVE(after_accuracy)},
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
    {.name = "restarts",
     .long_name = "times the run was begun again as a bad fit; also the number of the attempt that is kept",
     PER_RUN,
     .type = NC_INT64,
     .fill = fill_restarts},
    {.name = "bad_fit",
     .long_name = "whether the last running accuracy is that of a bad fit",
     PER_RUN,
     .type = NC_BYTE,
     .fill = fill_bad_fit,
     .flags = "no yes"},
};

#define VARIABLE_COUNT (sizeof variables / sizeof variables[0])
_Static_assert(VARIABLE_COUNT <= CONTENTS_MOST_VARIABLES, "contents.h: room for all variables");
_Static_assert(sizeof(double) == 8 && sizeof(long long) == 8, "NetCDF's types are those of the tables");

static int is_of_a_run(const variable *v)
{
    return v->dimensions[0] == DIMENSION_RUN;
}

static int put_text(int id, int where, const char *name, const char *text)
{
    return nc_put_att_text(id, where, name, strlen(text), text);
}

/* Pieces of what grows with the runs. Each is written as a whole, so that none need be kept in memory. */
static int define_chunks(const contents *c, int id, const variable *v, int where)
{
    size_t chunk[MOST_RANK];
    for (int i = 0; i < v->rank; i++) {
        chunk[i] = c->sizes[v->dimensions[i]];
        if (chunk[i] > CHUNK_EPOCHS)
            chunk[i] = CHUNK_EPOCHS;
    }
    if (v->rank == 1)
        chunk[0] = CHUNK_RUNS;
    NC_TRY(nc_def_var_chunking(id, where, NC_CHUNKED, chunk));
    NC_TRY(nc_set_var_chunk_cache(id, where, 0, 1, 1.0f));
    return v->rank == 1 ? NC_NOERR : nc_def_var_deflate(id, where, 1, 1, DEFLATE_LEVEL);
}

static int define_flags(int id, const variable *v, int where)
{
    static const signed char values[] = {0, 1};
    NC_TRY(nc_put_att_schar(id, where, "flag_values", NC_BYTE, sizeof values, values));
    return put_text(id, where, "flag_meanings", v->flags);
}

static int define_variable(const contents *c, int id, const int *dimensions, const variable *v, int *where)
{
    int own[MOST_RANK];
    for (int i = 0; i < v->rank; i++)
        own[i] = dimensions[v->dimensions[i]];
    NC_TRY(nc_def_var(id, v->name, v->type, v->rank, own, where));
    if (is_of_a_run(v))
        NC_TRY(define_chunks(c, id, v, *where));
    if (v->missing)
        NC_TRY(nc_def_var_fill(id, *where, NC_FILL, v->missing));
    if (v->flags)
        NC_TRY(define_flags(id, v, *where));
    if (v->units)
        NC_TRY(put_text(id, *where, "units", v->units));
    return put_text(id, *where, "long_name", v->long_name);
}

/* Writes one variable; `index` counts only if it is of a run. */
static int put(const contents *c, int id, size_t i, size_t index, const run_result *run)
{
    const variable *v = &variables[i];
    size_t start[MOST_RANK] = {is_of_a_run(v) ? index : 0}, count[MOST_RANK];
    for (int k = 0; k < v->rank; k++)
        count[k] = c->sizes[v->dimensions[k]];
    v->fill(v, c, run, c->values);
    return nc_put_vara(id, c->variables[i], start, count, c->values);
}

/* --- shape ---------------------------------------------------------------------------------------------------------*/

/* In the order of measures, and of the estimators of bins. */
static void list_estimators(contents *c, const settings *asked, const run_result *first)
{
    for (uint32_t measure = 0; measure < IB_MEASURE_COUNT; measure++)
        for (uint32_t number = 0; number <= settings_estimators(asked); number++) {
            estimator e = {measure, number, ""};
            if (number)
                settings_estimator(asked, number, e.name, sizeof e.name);
            else
                snprintf(e.name, sizeof e.name, "%s", ib_measure_name(measure));
            size_t i = 0;
            while (i < first->n_points && !is_by(&first->points[i], &e))
                i++;
            if (i < first->n_points)
                c->estimators[c->sizes[DIMENSION_ESTIMATOR]++] = e;
        }
}

/* Reads the shape of all runs from the first one. */
static int read_shape(contents *c, const settings *asked, const run_result *first)
{
    size_t *sizes = c->sizes;
    c->epochs = malloc(first->n_points * sizeof *c->epochs);
    if (!c->epochs)
        return NC_ENOMEM;
    sizes[DIMENSION_RUN] = 1;
    sizes[DIMENSION_TRAINED] = first->epochs + 1;
    for (size_t i = 0; i < first->n_points; i++) {
        const ib_point *point = &first->points[i];
        if (i == 0 || point->epoch != c->epochs[sizes[DIMENSION_EPOCH] - 1])
            c->epochs[sizes[DIMENSION_EPOCH]++] = point->epoch;
        if (point->layer > sizes[DIMENSION_LAYER])
            sizes[DIMENSION_LAYER] = point->layer;
    }
    list_estimators(c, asked, first);
    return NC_NOERR;
}

int contents_fits(const contents *c, const run_result *run)
{
    size_t epoch = 0, n_epochs = c->sizes[DIMENSION_EPOCH];
    for (size_t i = 0; i < run->n_points; i++) {
        const ib_point *point = &run->points[i];
        epoch += point->epoch != c->epochs[epoch];
        if (epoch == n_epochs || point->epoch != c->epochs[epoch] || point->layer < 1 ||
            point->layer > c->sizes[DIMENSION_LAYER] || estimator_of(c, point) == c->sizes[DIMENSION_ESTIMATOR])
            return 0;
    }
    return run->n_points > 0 && epoch + 1 == n_epochs && run->epochs + 1 == c->sizes[DIMENSION_TRAINED];
}

/* Room for the largest variable of one run. */
static int make_room(contents *c)
{
    const size_t *sizes = c->sizes;
    size_t points = sizes[DIMENSION_EPOCH] * sizes[DIMENSION_LAYER] * sizes[DIMENSION_ESTIMATOR];
    size_t most = points > sizes[DIMENSION_TRAINED] ? points : sizes[DIMENSION_TRAINED];
    c->values = malloc(most * sizeof(double));
    return c->values ? NC_NOERR : NC_ENOMEM;
}

int contents_define(contents *c, int id, const settings *asked, const run_result *first)
{
    int dimensions[DIMENSION_COUNT];
    NC_TRY(read_shape(c, asked, first));
    NC_TRY(make_room(c));
    for (int i = 0; i < DIMENSION_COUNT; i++)
        NC_TRY(nc_def_dim(id, dimension_names[i], i == DIMENSION_RUN ? NC_UNLIMITED : c->sizes[i], &dimensions[i]));
    for (size_t i = 0; i < VARIABLE_COUNT; i++)
        NC_TRY(define_variable(c, id, dimensions, &variables[i], &c->variables[i]));
    NC_TRY(nc_enddef(id));
    for (size_t i = 0; i < VARIABLE_COUNT; i++)
        if (!is_of_a_run(&variables[i]))
            NC_TRY(put(c, id, i, 0, first));
    return NC_NOERR;
}

int contents_write(const contents *c, int id, size_t index, const run_result *run)
{
    for (size_t i = 0; i < VARIABLE_COUNT; i++)
        if (is_of_a_run(&variables[i]))
            NC_TRY(put(c, id, i, index, run));
    return NC_NOERR;
}

void contents_clear(contents *c)
{
    free(c->epochs);
    free(c->values);
    *c = (contents){0};
}

/* --- attributes ----------------------------------------------------------------------------------------------------*/

static int put_number(int id, const char *name, uint64_t value)
{
    unsigned long long number = value;
    return nc_put_att_ulonglong(id, NC_GLOBAL, name, NC_UINT64, 1, &number);
}

/* The command that makes the same numbers again; where they went and by how many threads is no part of it, so that a
 * study has the same bytes wherever it is done. */
static int put_history(int id, const settings *asked)
{
    char text[1024];
    int n = snprintf(text, sizeof text,
                     "ib run --preset %s --activation %s --bits %" PRIu64 " --runs %" PRIu64 " --epochs %" PRIu64
                     " --seed %" PRIu64,
                     ib_preset_name(asked->preset), ib_activation_name(asked->activation), asked->bits, asked->runs,
                     asked->epochs, asked->seed);
    if (asked->own_split)
        n += snprintf(text + n, sizeof text - (size_t)n, " --split-seed %" PRIu64, asked->split_seed);
    for (uint32_t i = 0; i < asked->n_bins; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%s%u", i ? "," : " --bins ", (unsigned)asked->bins[i]);
    if (asked->bounds_asked)
        snprintf(text + n, sizeof text - (size_t)n, " --bounds %s", asked->bounds_asked);
    return put_text(id, NC_GLOBAL, "history", text);
}

static int put_settings(int id, const settings *asked)
{
    NC_TRY(put_text(id, NC_GLOBAL, "preset", ib_preset_name(asked->preset)));
    NC_TRY(put_text(id, NC_GLOBAL, "activation", ib_activation_name(asked->activation)));
    NC_TRY(put_number(id, "bits", asked->bits));
    NC_TRY(put_number(id, "runs", asked->runs));
    NC_TRY(put_number(id, "epochs", asked->epochs));
    NC_TRY(put_number(id, "seed", asked->seed));
    if (asked->bounds_asked)
        NC_TRY(put_text(id, NC_GLOBAL, "bounds", asked->bounds_asked));
    NC_TRY(put_text(id, NC_GLOBAL, "split", asked->own_split ? "stratified 80/20 by split_seed" : "that of the study"));
    return asked->own_split ? put_number(id, "split_seed", asked->split_seed) : NC_NOERR;
}

int contents_describe(int id, const settings *asked, const char *kernels)
{
    char network[64], text[160];
    settings_network(asked, network, sizeof network);
    snprintf(text, sizeof text, "Information plane: preset %s, %s", ib_preset_name(asked->preset), network);
    NC_TRY(put_text(id, NC_GLOBAL, "title", text));
    snprintf(text, sizeof text, "libib %s", ib_version_get());
    NC_TRY(put_text(id, NC_GLOBAL, "source", text));
    NC_TRY(put_history(id, asked));
    NC_TRY(put_text(id, NC_GLOBAL, "libib_version", ib_version_get()));
    NC_TRY(put_text(id, NC_GLOBAL, "kernels", kernels));
    return put_settings(id, asked);
}
