#include "measure_rows.h"

#include "say.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int say_memory(void)
{
    say("out of memory");
    return -1;
}

static int how(const measure_asked *asked)
{
    return (asked->gap.is_nan ? MATRIX_GAPS : 0) | (asked->label_number ? MATRIX_TWICE : 0);
}

/* Whether value i of a matrix is missing. */
static int is_missing(const measure_missing *gap, uint32_t type, const void *data, size_t i)
{
    const matrix m = {.type = type, .rows = i + 1, .columns = 1, .data = (void *)(uintptr_t)data};
    if (type == IB_CODE_INT64)
        return gap->is_whole && ((const int64_t *)data)[i] == gap->value.whole;
    const double value = matrix_real(&m, i);
    return gap->is_nan ? isnan(value) : value == gap->value.real;
}

static int is_row_missing(const measure_missing *gap, const matrix *m, size_t row)
{
    for (size_t c = 0; c < m->columns; c++)
        if (is_missing(gap, m->type, m->data, row * m->columns + c))
            return 1;
    return 0;
}

/* Different labels get the numbers 0, 1, ... in ascending order: tables have no place for those that do not occur. */
static int compact(measure_rows *r)
{
    uint32_t *names = calloc(r->classes ? r->classes : 1, sizeof *names);
    uint32_t n = 0;
    if (!names)
        return say_memory();
    for (size_t i = 0; i < r->label_rows; i++)
        if (r->labels[i] != IB_NO_LABEL)
            names[r->labels[i]] = 1;
    for (uint32_t y = 0; y < r->classes; y++)
        names[y] = names[y] ? n++ : 0;
    for (size_t i = 0; i < r->label_rows; i++)
        if (r->labels[i] != IB_NO_LABEL)
            r->labels[i] = names[r->labels[i]];
    r->classes = n;
    free(names);
    return 0;
}

/* Labels from a column of values, which is given up. */
static int take_labels(measure_rows *r, matrix *column, const char *name)
{
    const measure_missing *gap = &r->asked->gap;
    const int failed = matrix_labels(column, name, &r->labels, &r->classes);
    r->label_rows = column->rows;
    for (size_t i = 0; !failed && gap->is_given && i < column->rows; i++)
        if (is_missing(gap, column->type, column->data, i))
            r->labels[i] = IB_NO_LABEL;
    matrix_free(column);
    return failed ? -1 : compact(r);
}

static int read_whole(const measure_asked *asked, const char *path, matrix *all)
{
    matrix_reader *reader;
    if (matrix_open_as(&reader, path, asked->gap.is_nan ? MATRIX_GAPS : 0))
        return -1;
    const int failed = matrix_read_rest(all, reader);
    matrix_close(reader);
    return failed;
}

static const char *shown(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

/* One column of the file itself, and back to its beginning. */
static int read_column(measure_rows *r, size_t which, matrix *column)
{
    const void *piece;
    size_t n, room = 0;
    const size_t size = matrix_value_size(matrix_type(r->reader)), columns = matrix_columns(r->reader);
    *column = (matrix){.type = matrix_type(r->reader), .columns = 1};
    int failed;
    while ((failed = matrix_next(r->reader, SIZE_MAX, &piece, &n)) == 0 && n > 0) {
        if (column->rows + n > room) {
            room = 2 * (column->rows + n);
            void *grown = realloc(column->data, room * size);
            failed = grown ? 0 : say_memory();
            if (failed)
                break;
            column->data = grown;
        }
        for (size_t i = 0; i < n; i++)
            memcpy((char *)column->data + (column->rows + i) * size, (const char *)piece + (i * columns + which) * size,
                   size);
        column->rows += n;
    }
    if (!failed)
        failed = matrix_rewind(r->reader);
    if (failed)
        matrix_free(column);
    return failed;
}

/* Where the column of labels is, from 0; SIZE_MAX after saying that there is none. */
static size_t find_label_column(const measure_rows *r)
{
    const int64_t asked = r->asked->label_number, columns = (int64_t)matrix_columns(r->reader);
    const int64_t place = asked > 0 ? asked - 1 : columns + asked;
    if (place >= 0 && place < columns)
        return (size_t)place;
    say("--label-column: expected a column of %s, which has %lld, got %lld", matrix_name(r->reader), (long long)columns,
        (long long)asked);
    return SIZE_MAX;
}

/* One entry of a list of columns: "3", "2-5" or "4-". 0, or -1 if it is none. */
static int take_range(const char **text, size_t columns, size_t *first, size_t *last)
{
    char *end;
    if (**text < '0' || **text > '9')
        return -1;
    const unsigned long long from = strtoull(*text, &end, 10);
    unsigned long long to = from;
    if (*end == '-') {
        const char *second = end + 1;
        to = *second >= '0' && *second <= '9' ? strtoull(second, &end, 10) : columns;
        end = to == columns && end < second ? (char *)(uintptr_t)second : end;
    }
    if ((*end && *end != ',') || from < 1 || from > to || to > columns || (*end == ',' && !end[1]))
        return -1;
    *first = (size_t)from - 1;
    *last = (size_t)to - 1;
    *text = *end ? end + 1 : end;
    return 0;
}

/* Marks the columns that a list names. 0, or -1 if it names others. */
static int mark_columns(const char *list, size_t columns, unsigned char *marks)
{
    size_t first, last;
    if (!list) {
        memset(marks, 1, columns);
        return 0;
    }
    for (const char *text = list; *text;) {
        if (take_range(&text, columns, &first, &last))
            return -1;
        memset(marks + first, 1, last - first + 1);
    }
    return 0;
}

static int complain_of_columns(const measure_rows *r, size_t label)
{
    if (!r->asked->columns)
        say("%s: expected columns beside that of the labels, got none", matrix_name(r->reader));
    else if (label != SIZE_MAX)
        say("--columns: expected some of 1 to %zu of %s without %zu, which has the labels, such as 1-3,5, got %s",
            matrix_columns(r->reader), matrix_name(r->reader), label + 1, r->asked->columns);
    else
        say("--columns: expected some of 1 to %zu of %s, such as 1-3,5, got %s", matrix_columns(r->reader),
            matrix_name(r->reader), r->asked->columns);
    return -1;
}

/* The columns to count: those that were asked for, or all but the labels. */
static int choose_columns(measure_rows *r, size_t label)
{
    const size_t columns = matrix_columns(r->reader);
    unsigned char *marks = calloc(columns, 1);
    r->columns = malloc(columns * sizeof *r->columns);
    if (!marks || !r->columns) {
        free(marks);
        return say_memory();
    }
    int failed = mark_columns(r->asked->columns, columns, marks);
    if (!failed && label != SIZE_MAX) {
        failed = r->asked->columns && marks[label];
        marks[label] = 0;
    }
    for (size_t c = 0; c < columns; c++)
        if (marks[c])
            r->columns[r->width++] = c;
    free(marks);
    return failed || r->width == 0 ? complain_of_columns(r, label) : 0;
}

static int read_labels(measure_rows *r, size_t column)
{
    matrix labels = {0};
    if (column != SIZE_MAX)
        return read_column(r, column, &labels) ? -1 : take_labels(r, &labels, matrix_name(r->reader));
    if (!r->asked->labels)
        return 0;
    return read_whole(r->asked, r->asked->labels, &labels) ? -1 : take_labels(r, &labels, shown(r->asked->labels));
}

int measure_rows_open(measure_rows *r, const measure_asked *asked)
{
    size_t label = SIZE_MAX;
    *r = (measure_rows){.asked = asked};
    progress_begin(&r->bar, asked->quiet);
    if (matrix_open_as(&r->reader, asked->file, how(asked)))
        return -1;
    if (asked->label_number && (label = find_label_column(r)) == SIZE_MAX)
        return -1;
    return choose_columns(r, label) || read_labels(r, label) ? -1 : 0;
}

static int make_room(measure_rows *r, size_t n)
{
    if (n <= r->room)
        return 0;
    void *kept = realloc(r->kept, n * r->width * matrix_value_size(matrix_type(r->reader)));
    r->kept = kept ? kept : r->kept;
    uint32_t *labels = realloc(r->kept_labels, n * sizeof *labels);
    r->kept_labels = labels ? labels : r->kept_labels;
    size_t *numbers = realloc(r->kept_numbers, n * sizeof *numbers);
    r->kept_numbers = numbers ? numbers : r->kept_numbers;
    if (!kept || !labels || !numbers)
        return say_memory();
    r->room = n;
    return 0;
}

/* Whether a row is left out; `values` are those of its columns that are counted. */
static int is_dropped(const measure_rows *r, size_t place, const void *values)
{
    const measure_missing *gap = &r->asked->gap;
    const matrix row = {matrix_type(r->reader), 1, r->width, (void *)(uintptr_t)values};
    if (!gap->is_given)
        return 0;
    if ((r->labels && r->labels[place] == IB_NO_LABEL) || is_row_missing(gap, &row, 0))
        return 1;
    for (size_t i = 0; i < MEASURE_BESIDE; i++)
        if (r->beside[i] && place < r->beside[i]->rows && is_row_missing(gap, r->beside[i], place))
            return 1;
    return 0;
}

/* Puts the rows of a piece that are counted together. Returns how many they are. */
static size_t keep(measure_rows *r, const unsigned char *rows, size_t n)
{
    const size_t size = matrix_value_size(matrix_type(r->reader)), columns = matrix_columns(r->reader);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char *to = (unsigned char *)r->kept + kept * r->width * size;
        if (r->width == columns)
            memcpy(to, rows + i * columns * size, columns * size);
        else
            for (size_t c = 0; c < r->width; c++)
                memcpy(to + c * size, rows + (i * columns + r->columns[c]) * size, size);
        if (is_dropped(r, r->at + i, to))
            continue;
        if (r->labels)
            r->kept_labels[kept] = r->labels[r->at + i];
        r->kept_numbers[kept++] = r->at + i;
    }
    r->dropped += n - kept;
    return kept;
}

static int check_count(const measure_rows *r, const char *what, const char *name, size_t rows)
{
    if (rows == r->at)
        return 0;
    say("%s: expected %s for each of %zu rows of %s, got %zu", name, what, r->at, matrix_name(r->reader), rows);
    return -1;
}

/* At the end there are as many rows of everything. Labels are looked at before: rows without one have no place. */
static int check_counts(const measure_rows *r)
{
    const char *const what[MEASURE_BESIDE] = {"a row of --given", "a weight", "a row of --inputs"};
    const char *const names[MEASURE_BESIDE] = {r->asked->given, r->asked->weights, r->asked->inputs};
    if (r->labels &&
        check_count(r, "a label", r->asked->labels ? shown(r->asked->labels) : matrix_name(r->reader), r->label_rows))
        return -1;
    for (size_t i = 0; i < MEASURE_BESIDE; i++)
        if (r->beside[i] && check_count(r, what[i], shown(names[i]), r->beside[i]->rows))
            return -1;
    return 0;
}

/* More rows than labels: counts on to say how many. */
static int count_on(measure_rows *r, size_t n)
{
    const void *piece;
    for (r->at += n; matrix_next(r->reader, SIZE_MAX, &piece, &n) == 0 && n > 0;)
        r->at += n;
    check_counts(r);
    return -1;
}

static size_t fewest(const measure_rows *r)
{
    size_t rows = r->labels ? r->label_rows : SIZE_MAX;
    for (size_t i = 0; i < MEASURE_BESIDE; i++)
        if (r->beside[i] && r->beside[i]->rows < rows)
            rows = r->beside[i]->rows;
    return rows;
}

int measure_rows_next(measure_rows *r, measure_piece *piece)
{
    const void *rows;
    size_t n;
    *piece = (measure_piece){0};
    do {
        if (matrix_next(r->reader, SIZE_MAX, &rows, &n))
            return -1;
        if (n > fewest(r) - r->at)
            return count_on(r, n);
        if (n == 0)
            return check_counts(r);
        if (make_room(r, n))
            return -1;
        piece->n = keep(r, rows, n);
        r->at += n;
        progress_show_part(&r->bar, matrix_part(r->reader));
    } while (piece->n == 0);
    piece->rows = r->kept;
    piece->labels = r->labels ? r->kept_labels : NULL;
    piece->numbers = r->kept_numbers;
    return 0;
}

void measure_rows_close(measure_rows *r)
{
    progress_end(&r->bar);
    matrix_close(r->reader);
    free(r->columns);
    free(r->labels);
    free(r->kept);
    free(r->kept_labels);
    free(r->kept_numbers);
}

int measure_read_beside(const measure_asked *asked, const char *path, matrix *beside)
{
    *beside = (matrix){0};
    return path ? read_whole(asked, path, beside) : 0;
}
