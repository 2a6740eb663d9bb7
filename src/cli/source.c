#include "source.h"

#include "matrix.h"
#include "say.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Entropies that are nearer to each other than this, in bits, are equal: sums are rounded. */
#define EQUAL 1e-12

/* Rows as they are read. All zero: none. */
typedef struct rows {
    matrix data;
    matrix column; /* of labels */
    float *inputs;
    uint32_t *labels;
    size_t n;
    uint32_t classes;
} rows;

static int out_of_memory(void)
{
    say("out of memory");
    return -1;
}

/* --- files ---------------------------------------------------------------------------------------------------------*/

/* A pipe would be empty when it is read after its hash, or wait for ever. */
static int is_pipe(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISFIFO(status.st_mode);
}

/* Reads the hash of a file, which must be the one that is asked for. 0, or -1 after saying why. */
static int check_file(const char *path, const char *expected, char found[DIGEST_DIGITS + 1])
{
    if (is_pipe(path)) {
        say("%s: expected a file, which is read again to go on, got a pipe", path);
        return -1;
    }
    if (digest_file(path, found))
        return -1;
    if (expected && strcmp(expected, found) != 0) {
        say("%s: is not the file that the study is of: expected SHA-256 %s, got %s", path, expected, found);
        return -1;
    }
    return 0;
}

static void free_rows(rows *r)
{
    matrix_free(&r->data);
    matrix_free(&r->column);
    free(r->inputs);
    free(r->labels);
}

/* Where the column of labels is, from 0; SIZE_MAX after saying that there is none beside inputs. */
static size_t find_label_column(const settings *asked, size_t columns)
{
    const int64_t place = asked->label_column > 0 ? asked->label_column - 1 : (int64_t)columns + asked->label_column;
    if (columns < 2)
        say("%s: expected inputs beside the column of labels, got one column", asked->data);
    else if (place < 0 || place >= (int64_t)columns)
        say("--label-column: expected a column of %s, which has %zu, got %" PRId64, asked->data, columns,
            asked->label_column);
    else
        return (size_t)place;
    return SIZE_MAX;
}

/* Inputs and labels are columns of one file. */
static int read_both(rows *r, matrix_reader *reader, const settings *asked)
{
    const size_t columns = matrix_columns(reader), label = find_label_column(asked, columns);
    words texts;
    unsigned char *uses = label < columns ? malloc(columns) : NULL;
    if (label >= columns)
        return -1;
    if (!uses)
        return out_of_memory();
    memset(uses, MATRIX_VALUES, columns);
    uses[label] = MATRIX_LABELS;
    int failed = matrix_use(reader, uses) || matrix_read_labels(reader, &r->column, &texts);
    free(uses);
    if (failed)
        return -1;
    words_clear(&texts);
    return matrix_read_rest(&r->data, reader);
}

static int read_files(rows *r, const settings *asked)
{
    matrix_reader *reader;
    words texts;
    if (asked->labels) {
        if (matrix_read(&r->data, asked->data) ||
            matrix_read_label_file(asked->labels, MATRIX_NO_HINT, &r->column, &texts))
            return -1;
        words_clear(&texts);
        return 0;
    }
    if (matrix_open_as(&reader, asked->data, MATRIX_NO_HINT | MATRIX_CHOSEN | MATRIX_TWICE))
        return -1;
    const int failed = read_both(r, reader, asked);
    matrix_close(reader);
    return failed;
}

/* --- labels --------------------------------------------------------------------------------------------------------*/

/* Classes are the different labels in ascending order: 3, 7, 7 becomes 0, 1, 1. */
static int number_labels(rows *r)
{
    uint32_t *numbers = calloc(r->classes ? r->classes : 1, sizeof *numbers), classes = 0;
    if (!numbers)
        return out_of_memory();
    for (size_t i = 0; i < r->n; i++)
        numbers[r->labels[i]] = 1;
    for (uint32_t label = 0; label < r->classes; label++)
        if (numbers[label])
            numbers[label] = classes++;
    for (size_t i = 0; i < r->n; i++)
        r->labels[i] = numbers[r->labels[i]];
    r->classes = classes;
    free(numbers);
    return 0;
}

static int read_labels(rows *r, const settings *asked)
{
    const char *path = asked->labels ? asked->labels : asked->data;
    if (r->column.rows != r->data.rows) {
        say("%s: expected %zu labels, one for each row of %s, got %zu", path, r->data.rows, asked->data,
            r->column.rows);
        return -1;
    }
    if (matrix_labels(&r->column, path, &r->labels, &r->classes) || number_labels(r))
        return -1;
    if (r->classes >= 2)
        return 0;
    say("%s: expected labels of two classes at least, got the same in all %zu rows", path, r->n);
    return -1;
}

/* --- the data set --------------------------------------------------------------------------------------------------*/

static int read_rows(rows *r, source *s, const settings *asked)
{
    if (check_file(asked->data, asked->data_sha256, s->data_sha256) ||
        (asked->labels && check_file(asked->labels, asked->labels_sha256, s->labels_sha256)) || read_files(r, asked))
        return -1;
    r->n = r->data.rows;
    if (r->n == 0) {
        say("%s: expected rows, got none", asked->data);
        return -1;
    }
    return read_labels(r, asked) || matrix_floats(&r->data, asked->data, &r->inputs) ? -1 : 0;
}

static int create_from_files(source *s, ib_context *context, const settings *asked)
{
    rows r = {0};
    ib_tensor *inputs = NULL;
    int failed = read_rows(&r, s, asked);
    if (!failed) {
        const size_t shape[] = {r.n, r.data.columns};
        matrix_free(&r.data); /* before all of it is there once more */
        failed = ib_tensor_create_borrowed(context, r.inputs, 2, shape, &inputs) ||
                 ib_dataset_create(context, inputs, r.labels, r.classes, &s->dataset);
        if (failed)
            say("%s: %s", asked->data, ib_context_message(context));
    }
    ib_tensor_destroy(inputs);
    free_rows(&r);
    return failed ? -1 : 0;
}

int source_create(source *s, ib_context *context, const settings *asked)
{
    *s = (source){0};
    if (asked->data)
        return create_from_files(s, context, asked);
    if (!ib_dataset_create_icosahedron(context, &s->dataset))
        return 0;
    say("%s", ib_context_message(context));
    return -1;
}

int source_widen(source *s, ib_context *context, uint32_t classes)
{
    ib_dataset *wide;
    if (ib_dataset_create(context, ib_dataset_inputs(s->dataset), ib_dataset_labels(s->dataset), classes, &wide)) {
        say("%s", ib_context_message(context));
        return -1;
    }
    ib_dataset_destroy(s->dataset);
    s->dataset = wide;
    return 0;
}

/* How many different labels there are: a data set may have room for more. */
static uint32_t count_classes(const ib_dataset *dataset)
{
    const uint32_t *labels = ib_dataset_labels(dataset), all = ib_dataset_classes(dataset);
    char *is_there = calloc(all, 1);
    uint32_t n = 0;
    if (!is_there)
        return all;
    for (size_t i = 0; i < ib_dataset_rows(dataset); i++) {
        n += !is_there[labels[i]];
        is_there[labels[i]] = 1;
    }
    free(is_there);
    return n;
}

void source_describe(const ib_dataset *dataset, const ib_limits *limits, char text[SOURCE_TEXT_SIZE])
{
    char most[48] = "";
    if (limits->h_x < limits->log2_rows - EQUAL)
        snprintf(most, sizeof most, " of %.6g, as rows are equal", limits->log2_rows);
    snprintf(text, SOURCE_TEXT_SIZE, "%zu rows of %zu inputs in %u classes; H(X) = %.6g%s, H(Y) = %.6g, I(X;Y) = %.6g",
             ib_dataset_rows(dataset), ib_dataset_features(dataset), (unsigned)count_classes(dataset), limits->h_x,
             most, limits->h_y, limits->i_xy);
}

int source_warn(const source *s, ib_context *context, const settings *asked)
{
    ib_limits limits;
    if (ib_limits_measure(s->dataset, &limits)) {
        say("%s", ib_context_message(context));
        return -1;
    }
    if (limits.i_xy < limits.h_y - EQUAL)
        say("%s: warning: equal rows have different labels: I(X;Y) = %.6g bits, below H(Y) = %.6g",
            asked->data ? asked->data : "data", limits.i_xy, limits.h_y);
    return 0;
}

void source_destroy(source *s)
{
    ib_dataset_destroy(s->dataset);
    *s = (source){0};
}
