/* ib measure: what takes all rows in memory. */
#include "measure_rows.h"
#include "say.h"

#include <stdlib.h>
#include <string.h>

/* Everything that is made on the way, and what files hold beside the rows. */
typedef struct whole {
    measure_all all;
    matrix given, weights, inputs;
    size_t room;
    float *floats, *input_floats;
    uint16_t *bins;
    ib_variable *t, *y, *z;
    ib_information *information, *unweighted;
    ib_profile *rows, *labels, *joint;
} whole;

/* Memory for a number of values; NULL after saying that there is none. */
static void *reserve(size_t count, size_t size)
{
    void *memory = count <= SIZE_MAX / size ? malloc(count ? count * size : 1) : NULL;
    if (!memory)
        say("out of memory for %zu values", count);
    return memory;
}

static int grow(whole *w, size_t more, size_t row_size)
{
    measure_all *all = &w->all;
    if (all->data.data && all->data.rows + more <= w->room)
        return 0;
    const size_t room = all->data.rows + (more > all->data.rows ? more : all->data.rows);
    void *data = realloc(all->data.data, room * row_size);
    all->data.data = data ? data : all->data.data;
    uint32_t *labels = realloc(all->labels, room * sizeof *labels);
    all->labels = labels ? labels : all->labels;
    size_t *numbers = realloc(all->numbers, room * sizeof *numbers);
    all->numbers = numbers ? numbers : all->numbers;
    if (!data || !labels || !numbers) {
        say("out of memory for %zu rows", room);
        return -1;
    }
    w->room = room;
    return 0;
}

static int read_all(whole *w, measure_rows *r)
{
    measure_all *all = &w->all;
    *all = (measure_all){.asked = r->asked, .classes = r->classes};
    all->data = (matrix){.type = matrix_type(r->reader), .columns = r->width};
    const size_t row_size = r->width * matrix_value_size(all->data.type);
    for (;;) {
        measure_piece piece;
        if (measure_rows_next(r, &piece))
            return -1;
        if (piece.n == 0)
            return 0;
        if (grow(w, piece.n, row_size))
            return -1;
        memcpy((char *)all->data.data + all->data.rows * row_size, piece.rows, piece.n * row_size);
        if (piece.labels)
            memcpy(all->labels + all->data.rows, piece.labels, piece.n * sizeof *piece.labels);
        memcpy(all->numbers + all->data.rows, piece.numbers, piece.n * sizeof *piece.numbers);
        all->data.rows += piece.n;
    }
}

/* The rows of a matrix that were not left out, in its place. */
static void keep_rows(const measure_all *all, matrix *m)
{
    const size_t row_size = m->columns * matrix_value_size(m->type);
    for (size_t i = 0; i < all->data.rows; i++)
        memmove((char *)m->data + i * row_size, (char *)m->data + all->numbers[i] * row_size, row_size);
    m->rows = all->data.rows;
}

static int make_tensor(ib_context *context, const matrix *m, const char *name, float **floats, ib_tensor **tensor)
{
    const size_t shape[] = {m->rows, m->columns};
    if (matrix_floats(m, name, floats))
        return -1;
    return ib_tensor_create_borrowed(context, *floats, 2, shape, tensor) ? measure_complain(context, name) : 0;
}

static int set_codes(ib_context *context, ib_variable **variable, uint32_t type, const void *data, size_t rows,
                     size_t columns)
{
    ib_codes codes;
    ib_codes_init(&codes, type, data, rows, columns);
    return ib_variable_create(context, variable) || ib_variable_set_codes(*variable, &codes);
}

static void describe_bins(const measure_asked *asked, ib_binning_options *options)
{
    ib_binning_options_init(options);
    options->bins = (uint32_t)asked->bins;
    options->kind = asked->bounds >= IB_BOUNDS_COUNT ? IB_BINS_EQUAL_MASS : IB_BINS_UNIFORM;
    options->bounds = asked->bounds < IB_BOUNDS_COUNT ? asked->bounds : asked->bounds - IB_BOUNDS_COUNT;
    options->low = asked->low;
    options->high = asked->high;
    options->clamp = 1;
}

/* T: the rows, or their bins. */
static int make_rows(whole *w, ib_context *context, const char *name)
{
    const matrix *m = &w->all.data;
    ib_binning_options options;
    if (!w->all.asked->has_bins)
        return set_codes(context, &w->t, m->type, m->data, m->rows, m->columns) ? measure_complain(context, name) : 0;
    describe_bins(w->all.asked, &options);
    w->bins = reserve(m->rows * m->columns, sizeof *w->bins);
    if (!w->bins)
        return -1;
    if (ib_binning_apply(context, &options, w->all.values, w->bins) ||
        set_codes(context, &w->t, IB_CODE_UINT16, w->bins, m->rows, m->columns))
        return measure_complain(context, name);
    return 0;
}

static int make_labels(whole *w, ib_context *context, const char *name)
{
    if (w->all.classes == 0)
        return 0;
    return ib_variable_create(context, &w->y) || ib_variable_set_labels(w->y, w->all.labels, w->all.data.rows)
               ? measure_complain(context, name)
               : 0;
}

static int make_given(whole *w, ib_context *context)
{
    const matrix *m = &w->given;
    if (!w->all.asked->given)
        return 0;
    keep_rows(&w->all, &w->given);
    return set_codes(context, &w->z, m->type, m->data, m->rows, m->columns)
               ? measure_complain(context, w->all.asked->given)
               : 0;
}

static int set_weights(whole *w, ib_context *context)
{
    const char *name = w->all.asked->weights;
    if (!name)
        return 0;
    keep_rows(&w->all, &w->weights);
    double *weights = reserve(w->weights.rows, sizeof *weights);
    if (!weights)
        return -1;
    int has_any = w->weights.rows == 0;
    for (size_t i = 0; i < w->weights.rows; i++) {
        weights[i] = matrix_real(w->weights.type, w->weights.data, i);
        has_any |= weights[i] != 0.0;
    }
    const int failed = ib_information_set_weights(w->information, weights, w->weights.rows);
    free(weights);
    if (failed)
        return measure_complain(context, name);
    if (!has_any)
        say("%s: expected weights, of which some are above 0, got none", name);
    return has_any ? 0 : -1;
}

static int measure_exact(whole *w, ib_context *context, const char *name, measured *found)
{
    const ib_variable *const t[] = {w->t};
    const int failed = w->y ? ib_information_measure(w->information, w->t, w->y, &found->exact)
                            : ib_information_entropy(w->information, t, 1, &found->exact.rows);
    if (failed || (w->z && ib_information_mutual_given(w->information, w->t, w->y, w->z, &found->given)))
        return measure_complain(context, name);
    if (!w->y) {
        found->exact.joint = found->exact.rows_given_labels = found->exact.rows;
    }
    return 0;
}

/* How often things occur, whatever they weigh. */
static int make_profiles(whole *w, ib_context *context, measured *found)
{
    const ib_variable *const pair[] = {w->t, w->y}, *const y[] = {w->y};
    found->rows.struct_size = found->labels.struct_size = sizeof found->rows;
    return ib_profile_create(context, &w->rows) || ib_profile_create(context, &w->labels) ||
           ib_profile_create(context, &w->joint) || ib_information_profile(w->unweighted, pair, 1, w->rows) ||
           (w->y && ib_information_profile(w->unweighted, y, 1, w->labels)) ||
           ib_information_profile(w->unweighted, pair, w->y ? 2 : 1, w->joint) ||
           ib_profile_coverage(w->rows, &found->rows) || ib_profile_coverage(w->labels, &found->labels);
}

static int resample(const whole *w, ib_context *context, const char *name, measured *found)
{
    ib_significance_options options;
    ib_significance_options_init(&options);
    options.threads = (uint32_t)w->all.asked->threads;
    options.seed = w->all.asked->seed;
    options.resamples = w->all.asked->permutations;
    found->permutation.struct_size = sizeof found->permutation;
    found->bootstrap.struct_size = sizeof found->bootstrap;
    if (options.resamples && ib_significance_permute(context, w->t, w->y, &options, &found->permutation))
        return measure_complain(context, name);
    options.resamples = w->all.asked->bootstrap;
    if (options.resamples && ib_significance_bootstrap(context, w->t, w->y, &options, &found->bootstrap))
        return measure_complain(context, name);
    return 0;
}

/* What the rows are as real numbers, where that is asked for. */
static int make_values(whole *w, ib_context *context, const char *name)
{
    const measure_asked *asked = w->all.asked;
    if (!asked->has_bins && asked->n_estimators == asked->n_corrections)
        return 0;
    if (make_tensor(context, &w->all.data, name, &w->floats, &w->all.values))
        return -1;
    if (!asked->inputs)
        return 0;
    keep_rows(&w->all, &w->inputs);
    return make_tensor(context, &w->inputs, asked->inputs, &w->input_floats, &w->all.inputs);
}

static int measure_all_of(whole *w, ib_context *context, const char *name, measured *found)
{
    if (ib_information_create(context, &w->information) || ib_information_create(context, &w->unweighted))
        return measure_complain(context, name);
    if (make_values(w, context, name) || make_rows(w, context, name) || make_labels(w, context, name) ||
        make_given(w, context) || set_weights(w, context) || measure_exact(w, context, name, found))
        return -1;
    if (make_profiles(w, context, found))
        return measure_complain(context, name);
    return measure_correct(w->all.asked, context, w->rows, w->labels, w->joint, found) ||
                   measure_estimate_all(&w->all, context, found) || resample(w, context, name, found)
               ? -1
               : 0;
}

static void clear(whole *w)
{
    ib_variable_destroy(w->t);
    ib_variable_destroy(w->y);
    ib_variable_destroy(w->z);
    ib_information_destroy(w->information);
    ib_information_destroy(w->unweighted);
    ib_profile_destroy(w->rows);
    ib_profile_destroy(w->labels);
    ib_profile_destroy(w->joint);
    ib_tensor_destroy(w->all.values);
    ib_tensor_destroy(w->all.inputs);
    matrix_free(&w->all.data);
    matrix_free(&w->given);
    matrix_free(&w->weights);
    matrix_free(&w->inputs);
    free(w->all.labels);
    free(w->all.numbers);
    free(w->floats);
    free(w->input_floats);
    free(w->bins);
}

int measure_whole(measure_rows *r, ib_context *context, measured *found)
{
    whole w = {0};
    const measure_asked *asked = r->asked;
    int failed = measure_read_beside(asked, asked->given, &w.given) ||
                 measure_read_beside(asked, asked->weights, &w.weights) ||
                 measure_read_beside(asked, asked->inputs, &w.inputs);
    if (!failed && asked->weights && w.weights.columns != 1) {
        say("%s: expected weights in one column, got %zu columns", asked->weights, w.weights.columns);
        failed = 1;
    }
    r->beside[MEASURE_GIVEN] = asked->given ? &w.given : NULL;
    r->beside[MEASURE_WEIGHTS] = asked->weights ? &w.weights : NULL;
    r->beside[MEASURE_INPUTS] = asked->inputs ? &w.inputs : NULL;
    failed = failed || read_all(&w, r) || measure_all_of(&w, context, matrix_name(r->reader), found);
    clear(&w);
    return failed ? -1 : 0;
}
