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
    return MATRIX_CHOSEN | (asked->gap.is_nan ? MATRIX_GAPS : 0) | (asked->label_number ? MATRIX_TWICE : 0);
}

/* Whether value i of those of a type is missing. */
static int is_missing(const measure_missing *gap, uint32_t type, const void *values, size_t i)
{
    if (type == IB_CODE_INT64)
        return gap->is_whole && ((const int64_t *)values)[i] == gap->value.whole;
    const double value = matrix_real(type, values, i);
    return gap->is_nan ? isnan(value) : value == gap->value.real;
}

static int is_any_missing(const measure_missing *gap, uint32_t type, const void *values, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++)
        if (is_missing(gap, type, values, i))
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

/* Marks labels that are text, but the number that stands for what is missing. 0, or -1 after saying why. */
static int leave_out_texts(measure_rows *r, const words *texts)
{
    const measure_missing *gap = &r->asked->gap;
    unsigned char *are_missing = calloc(texts->count ? texts->count : 1, 1);
    if (!are_missing)
        return say_memory();
    for (size_t i = 0; i < texts->count; i++) {
        number value;
        size_t length;
        const char *text = words_text(texts, i, &length);
        const number_kind kind = number_read(text, length, &value);
        if (kind == NUMBER_INTEGER)
            value.real = (double)value.whole;
        if (kind == NUMBER_INTEGER && gap->is_whole)
            are_missing[i] = value.whole == gap->value.whole;
        else if (kind == NUMBER_INTEGER || kind == NUMBER_REAL)
            are_missing[i] = value.real == gap->value.real;
    }
    for (size_t i = 0; i < r->label_rows; i++)
        if (r->labels[i] != IB_NO_LABEL && are_missing[r->labels[i]])
            r->labels[i] = IB_NO_LABEL;
    free(are_missing);
    return 0;
}

static void leave_out_numbers(measure_rows *r, const matrix *column)
{
    for (size_t i = 0; i < column->rows; i++)
        if (is_missing(&r->asked->gap, column->type, column->data, i))
            r->labels[i] = IB_NO_LABEL;
}

/* Labels from a column, which is given up. */
static int take_labels(measure_rows *r, matrix *column, words *texts, const char *name)
{
    int failed = matrix_labels(column, name, &r->labels, &r->classes);
    r->label_rows = column->rows;
    if (!failed && r->asked->gap.is_given && texts->count > 0)
        failed = leave_out_texts(r, texts);
    else if (!failed && r->asked->gap.is_given)
        leave_out_numbers(r, column);
    matrix_free(column);
    words_clear(texts);
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

/* Digits, behind which the text goes on. 0, or -1 if there are none. */
static int take_number(const char **text, unsigned long long *value)
{
    char *end;
    if (**text < '0' || **text > '9')
        return -1;
    *value = strtoull(*text, &end, 10);
    *text = end;
    return 0;
}

/* One entry of a list of columns: "3", "2-5" or "4-". 0, or -1 if it is none. */
static int take_range(const char **text, size_t columns, size_t *first, size_t *last)
{
    unsigned long long from, to;
    if (take_number(text, &from))
        return -1;
    to = from;
    if (**text == '-') {
        ++*text;
        if (take_number(text, &to))
            to = columns;
    }
    if (from < 1 || from > to || to > columns || (**text && **text != ',') || (**text && !(*text)[1]))
        return -1;
    *text += **text == ',';
    *first = (size_t)from - 1;
    *last = (size_t)to - 1;
    return 0;
}

/* Marks the columns that a list names. 0, or -1 if it names others. */
static int mark_columns(const char *list, size_t columns, unsigned char *marks)
{
    size_t first, last;
    if (!list) {
        memset(marks, MATRIX_VALUES, columns);
        return 0;
    }
    for (const char *text = list; *text;) {
        if (take_range(&text, columns, &first, &last))
            return -1;
        memset(marks + first, MATRIX_VALUES, last - first + 1);
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
    unsigned char *uses = calloc(columns, 1);
    if (!uses)
        return say_memory();
    int failed = mark_columns(r->asked->columns, columns, uses);
    if (!failed && label != SIZE_MAX) {
        failed = r->asked->columns && uses[label];
        uses[label] = MATRIX_LABELS;
    }
    for (size_t c = 0; c < columns; c++)
        r->width += uses[c] == MATRIX_VALUES;
    failed = failed || r->width == 0 ? complain_of_columns(r, label) : matrix_use(r->reader, uses);
    free(uses);
    return failed;
}

static int read_labels(measure_rows *r, int is_column)
{
    const char *file = r->asked->labels;
    matrix labels;
    words texts;
    if (is_column)
        return matrix_read_labels(r->reader, &labels, &texts) ? -1
                                                              : take_labels(r, &labels, &texts, matrix_name(r->reader));
    if (!file)
        return 0;
    return matrix_read_label_file(file, r->asked->gap.is_nan ? MATRIX_GAPS : 0, &labels, &texts)
               ? -1
               : take_labels(r, &labels, &texts, shown(file));
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
    return choose_columns(r, label) || read_labels(r, label != SIZE_MAX) ? -1 : 0;
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
    if (!gap->is_given)
        return 0;
    if ((r->labels && r->labels[place] == IB_NO_LABEL) ||
        is_any_missing(gap, matrix_type(r->reader), values, 0, r->width))
        return 1;
    for (size_t i = 0; i < MEASURE_BESIDE; i++) {
        const matrix *m = r->beside[i];
        if (m && is_any_missing(gap, m->type, m->data, place * m->columns, m->columns))
            return 1;
    }
    return 0;
}

/* Puts the rows of a piece that are counted together. Returns how many they are. */
static size_t keep(measure_rows *r, const unsigned char *rows, size_t n)
{
    const size_t row_size = r->width * matrix_value_size(matrix_type(r->reader));
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const unsigned char *row = rows + i * row_size;
        if (is_dropped(r, r->at + i, row))
            continue;
        memcpy((unsigned char *)r->kept + kept * row_size, row, row_size);
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
