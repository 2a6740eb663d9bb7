#include "contents.h"

#include "nc.h"
#include "variables.h"

#include <stdlib.h>
#include <string.h>

/* Chunks are what is compressed and read as a piece: the curves of one run, or so many of their epochs; so many runs of
 * what has one value each. */
#define CHUNK_EPOCHS 16384
#define CHUNK_RUNS 256
/* Higher levels take longer and save little. */
#define DEFLATE_LEVEL 2

static const char *const dimension_names[DIMENSION_COUNT] = {"run",       "epoch",         "layer",
                                                             "estimator", "epoch_trained", "restart"};

static int is_of_a_run(const variable *v)
{
    return v->dimensions[0] == DIMENSION_RUN;
}

/* Dimensions that may be of length 0, which NetCDF has only for those that can grow. */
static int can_grow(int dimension)
{
    return dimension == DIMENSION_RUN || dimension == DIMENSION_RESTART;
}

/* Number of values of one run, or of what is the same for all runs. */
static size_t count_values(const contents *c, const variable *v)
{
    size_t n = 1;
    for (int i = 0; i < v->rank; i++)
        n *= c->sizes[v->dimensions[i]];
    return n;
}

/* Room for the largest variable of one run. */
static size_t largest_size(const contents *c)
{
    size_t most = sizeof(double);
    for (size_t i = 0; i < variable_count; i++) {
        const size_t size = count_values(c, &variables[i]) * variable_size(&variables[i]);
        most = size > most ? size : most;
    }
    return most;
}

int contents_create(contents *c, const shape *of)
{
    *c = (contents){.of = of,
                    .sizes = {[DIMENSION_RUN] = 1,
                              [DIMENSION_EPOCH] = of->n_epochs,
                              [DIMENSION_LAYER] = of->layers,
                              [DIMENSION_ESTIMATOR] = of->n_estimators,
                              [DIMENSION_TRAINED] = of->trained,
                              [DIMENSION_RESTART] = of->restarts}};
    const size_t size = largest_size(c);
    c->values = malloc(size);
    c->found = malloc(size);
    return c->values && c->found ? NC_NOERR : NC_ENOMEM;
}

/* --- writing -------------------------------------------------------------------------------------------------------*/

static size_t chunk_of(const contents *c, const variable *v, int i)
{
    const size_t size = c->sizes[v->dimensions[i]];
    if (v->rank == 1)
        return CHUNK_RUNS;
    return size > CHUNK_EPOCHS ? CHUNK_EPOCHS : size ? size : 1;
}

/* Pieces of what grows with the runs. Each is written as a whole, so that none need be kept in memory. */
static int define_chunks(const contents *c, int id, const variable *v, int where)
{
    size_t chunk[MOST_RANK];
    for (int i = 0; i < v->rank; i++)
        chunk[i] = chunk_of(c, v, i);
    NC_TRY(nc_def_var_chunking(id, where, NC_CHUNKED, chunk));
    NC_TRY(nc_set_var_chunk_cache(id, where, 0, 1, 1.0f));
    return v->rank == 1 ? NC_NOERR : nc_def_var_deflate(id, where, 1, 1, DEFLATE_LEVEL);
}

static int define_flags(int id, const variable *v, int where)
{
    static const signed char values[] = {0, 1};
    NC_TRY(nc_put_att_schar(id, where, "flag_values", NC_BYTE, sizeof values, values));
    return nc_put_words(id, where, "flag_meanings", v->flags);
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
        NC_TRY(nc_put_words(id, *where, "units", v->units));
    return nc_put_words(id, *where, "long_name", v->long_name);
}

/* Sets c->values to those of a run. */
static void fill(const contents *c, const variable *v, ib_record *run)
{
    const size_t size = variable_size(v);
    for (size_t i = 0; v->missing && i < count_values(c, v); i++)
        memcpy((char *)c->values + i * size, v->missing, size);
    v->fill(v, c->of, run, c->values);
}

/* Where the values of a run are; `index` counts only if the variable is of a run. */
static void locate(const contents *c, const variable *v, size_t index, size_t start[MOST_RANK], size_t count[MOST_RANK])
{
    for (int i = 0; i < v->rank; i++) {
        start[i] = 0;
        count[i] = c->sizes[v->dimensions[i]];
    }
    start[0] = is_of_a_run(v) ? index : 0;
}

static int put(const contents *c, int id, size_t i, size_t index, ib_record *run)
{
    size_t start[MOST_RANK], count[MOST_RANK];
    locate(c, &variables[i], index, start, count);
    fill(c, &variables[i], run);
    return nc_put_vara(id, c->variables[i], start, count, c->values);
}

int contents_define(contents *c, int id)
{
    int dimensions[DIMENSION_COUNT];
    for (int i = 0; i < DIMENSION_COUNT; i++)
        NC_TRY(nc_def_dim(id, dimension_names[i], can_grow(i) ? NC_UNLIMITED : c->sizes[i], &dimensions[i]));
    for (size_t i = 0; i < variable_count; i++)
        NC_TRY(define_variable(c, id, dimensions, &variables[i], &c->variables[i]));
    NC_TRY(nc_enddef(id));
    for (size_t i = 0; i < variable_count; i++)
        if (!is_of_a_run(&variables[i]))
            NC_TRY(put(c, id, i, 0, NULL));
    return NC_NOERR;
}

int contents_write(const contents *c, int id, size_t index, ib_record *run)
{
    for (size_t i = 0; i < variable_count; i++)
        if (is_of_a_run(&variables[i]))
            NC_TRY(put(c, id, i, index, run));
    return NC_NOERR;
}

/* --- reading back --------------------------------------------------------------------------------------------------*/

/* Whether a dimension of a file is as long as it should be. */
static int is_dimension(const contents *c, int id, int dimension)
{
    int where;
    size_t length;
    const size_t expected = dimension == DIMENSION_RUN ? c->of->n_runs : c->sizes[dimension];
    return nc_inq_dimid(id, dimension_names[dimension], &where) == NC_NOERR &&
           nc_inq_dimlen(id, where, &length) == NC_NOERR && length == expected;
}

/* Whether a variable of a file has the type and the dimensions that it should have; receives where it is. */
static int is_variable(const variable *v, int id, int *where)
{
    nc_type type;
    int rank, own[NC_MAX_VAR_DIMS];
    char name[NC_MAX_NAME + 1];
    if (nc_inq_varid(id, v->name, where) || nc_inq_var(id, *where, NULL, &type, &rank, own, NULL) || type != v->type ||
        rank != v->rank)
        return 0;
    for (int i = 0; i < rank; i++)
        if (nc_inq_dimname(id, own[i], name) || strcmp(name, dimension_names[v->dimensions[i]]) != 0)
            return 0;
    return 1;
}

/* Compares words, which NetCDF hands over in memory of its own. */
static int compare_words(const contents *c, size_t n, int *same)
{
    char **found = c->found;
    const char **expected = c->values;
    *same = 1;
    for (size_t i = 0; i < n; i++)
        *same &= found[i] && strcmp(found[i], expected[i]) == 0;
    return nc_free_string(n, found);
}

static int compare(const contents *c, int id, size_t i, size_t index, ib_record *run, int *same)
{
    const variable *v = &variables[i];
    size_t start[MOST_RANK], count[MOST_RANK];
    locate(c, v, index, start, count);
    fill(c, v, run);
    NC_TRY(nc_get_vara(id, c->variables[i], start, count, c->found));
    if (v->type == NC_STRING)
        return compare_words(c, count_values(c, v), same);
    *same = memcmp(c->values, c->found, count_values(c, v) * variable_size(v)) == 0;
    return NC_NOERR;
}

int contents_find(contents *c, int id, const char **differs)
{
    *differs = NULL;
    for (int i = 0; i < DIMENSION_COUNT && !*differs; i++)
        if (!is_dimension(c, id, i))
            *differs = dimension_names[i];
    for (size_t i = 0; i < variable_count && !*differs; i++) {
        int same = is_variable(&variables[i], id, &c->variables[i]);
        if (same && !is_of_a_run(&variables[i]))
            NC_TRY(compare(c, id, i, 0, NULL, &same));
        if (!same)
            *differs = variables[i].name;
    }
    return NC_NOERR;
}

int contents_compare(const contents *c, int id, size_t index, ib_record *run, const char **differs)
{
    *differs = NULL;
    for (size_t i = 0; i < variable_count && !*differs; i++) {
        int same = 1;
        if (is_of_a_run(&variables[i]))
            NC_TRY(compare(c, id, i, index, run, &same));
        if (!same)
            *differs = variables[i].name;
    }
    return NC_NOERR;
}

void contents_clear(contents *c)
{
    free(c->values);
    free(c->found);
    *c = (contents){0};
}
