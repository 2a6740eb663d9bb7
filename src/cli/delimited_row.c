#include "delimited_state.h"

#include <stdlib.h>
#include <string.h>

/* The widest row. */
#define COLUMNS_MOST ((size_t)1 << 20)

/* What a message about such a number ends in. */
#define COMMA "; decimal commas are not read, only points"

void delimited_fail(delimited *d)
{
    d->failed = 1;
}

void delimited_fail_of_memory(delimited *d)
{
    say("out of memory");
    delimited_fail(d);
}

static int make_room(delimited *d)
{
    if (d->taken < d->room)
        return 0;
    const size_t room = d->room ? 2 * d->room : 64;
    number *row = realloc(d->row, room * sizeof *row);
    if (!row) {
        delimited_fail_of_memory(d);
        return -1;
    }
    d->row = row;
    d->room = room;
    return 0;
}

/* A number that is written as in "1,5" or "1.234,5". */
static int is_decimal_comma(const char *text, size_t length)
{
    return text && strlen(text) == length && text[strspn(text, "0123456789.,eE+-")] == '\0' && strchr(text, ',') &&
           text[strcspn(text, "0123456789")];
}

static void note(delimited *d, size_t *which, const char *text, size_t length)
{
    if (!d->trouble.word && !d->trouble.large && which != &d->trouble.none)
        quoted_from(text, length, d->trouble.found);
    if (which == &d->trouble.word && !d->trouble.word)
        d->trouble.is_comma = !d->trouble.large && is_decimal_comma(text, length);
    if (!*which)
        *which = d->fields + 1;
}

/* A value that is a number, or is to be one. */
static void take_number(delimited *d, number_kind kind, const char *text, size_t length)
{
    number *value = &d->row[d->taken];
    d->all_whole &= kind == NUMBER_INTEGER || kind >= NUMBER_LARGE;
    if (kind == NUMBER_INTEGER) {
        value->real = (double)value->whole;
        if (d->type[d->part] == IB_CODE_FLOAT64 && !number_is_exact(value->whole))
            note(d, &d->trouble.large, text, length);
    } else if (kind == NUMBER_NONE)
        note(d, &d->trouble.none, "", 0);
    else if (kind == NUMBER_LARGE)
        note(d, &d->trouble.large, text, length);
    else if (kind == NUMBER_WORD)
        note(d, &d->trouble.word, text, length);
}

/* The title is a label as well if it occurs again: then it was none. */
static int is_title(const delimited *d, const char *text, size_t length)
{
    return d->title && !d->has_no_title && d->title_length == length && memcmp(d->title, text, length) == 0;
}

/* A label of a column that has text: its number takes its place. */
static void take_word(delimited *d, number_kind kind, const char *text, size_t length)
{
    uint32_t place = 0;
    d->all_whole = 0;
    if (kind == NUMBER_NONE)
        note(d, &d->trouble.none, "", 0);
    else if (is_title(d, text, length))
        d->has_no_title = d->again = 1;
    else if (words_add(&d->words, text, length, &place))
        delimited_fail_of_memory(d);
    else
        d->row[d->taken].real = (double)place;
}

static int is_first(const delimited *d)
{
    return !d->has_header && d->seen == 0;
}

/* Labels alone may have a header, too, but any text may be a label: the first stays at hand. */
static void keep_title(delimited *d, const char *text, size_t length)
{
    free(d->title);
    d->title = malloc(length + 1);
    d->title_length = length;
    if (d->title)
        memcpy(d->title, text, length);
    else
        delimited_fail_of_memory(d);
}

static void take_heading(delimited *d, number_kind kind, const char *text, size_t length)
{
    heading *h = &d->heading;
    const int is_comma = kind == NUMBER_WORD && is_decimal_comma(text, length);
    if (is_comma && !h->comma) {
        quoted_from(text, length, h->found);
        h->comma = d->fields + 1;
    }
    if (kind == NUMBER_WORD && !(is_comma && d->deciding == MATRIX_LABELS)) {
        h->words++;
        if (d->deciding == MATRIX_LABELS && d->part == MATRIX_LABELS && !d->title)
            keep_title(d, text, length);
    } else
        h->numbers += length > 0; /* the word nan is no header */
}

static int use_of(const delimited *d)
{
    if (!d->uses)
        return MATRIX_VALUES;
    return d->fields < d->columns ? d->uses[d->fields] : MATRIX_UNUSED;
}

void delimited_field(void *field, size_t length, void *data)
{
    delimited *d = data;
    if (d->failed || (!field && d->delimiter == ' ') || make_room(d))
        return;
    if (d->fields == COLUMNS_MOST) {
        COMPLAIN(d, "expected at most %zu values", COLUMNS_MOST);
        return;
    }
    const char *text = field ? field : "";
    const int use = use_of(d), decides = is_first(d) && use == d->deciding;
    if (decides || use == d->part) {
        const number_kind kind = number_read(text, length, &d->row[d->taken]);
        if (decides && !d->has_no_title)
            take_heading(d, kind, text, length);
        if (use == d->part) {
            if (d->are_words && d->part == MATRIX_LABELS && !(decides && d->heading.words))
                take_word(d, kind, text, length);
            else
                take_number(d, kind, text, length);
            d->taken++;
        }
    }
    d->fields++;
}

/* Whether labels must be read again, as another type than was thought; nothing is said. */
static int is_again(delimited *d)
{
    if (d->part != MATRIX_LABELS || d->are_words)
        return d->again;
    if (d->trouble.word || d->trouble.large)
        d->are_words = d->again = 1;
    else if (!d->all_whole && d->type[MATRIX_LABELS] == IB_CODE_INT64)
        d->again = 1;
    if (d->again)
        d->type[MATRIX_LABELS] = IB_CODE_FLOAT64;
    return d->again;
}

/* Says what is wrong with a row, if anything is. */
static void check_row(delimited *d)
{
    const trouble *t = &d->trouble;
    const uint32_t type = d->type[d->part];
    if (d->fields != d->columns)
        COMPLAIN(d, "expected %zu values, as in the lines before, got %zu", d->columns, d->fields);
    else if (d->part == MATRIX_LABELS && !(t->none && !(d->how & MATRIX_GAPS)) && is_again(d))
        delimited_fail(d);
    else if (t->word)
        COMPLAIN(d, "value %zu: expected a number, got \"%s\"%s", t->word, t->found, t->is_comma ? COMMA : "");
    else if (t->large)
        COMPLAIN(d, "value %zu: expected %s, got %s", t->large,
                 type == IB_CODE_FLOAT64 ? "a number that a float64 holds, as there are some that are not integers"
                                         : "an integer of 64 bits or a finite number",
                 t->found);
    else if (t->none && !(d->how & MATRIX_GAPS))
        COMPLAIN(d, "value %zu: expected a %s, got none%s", t->none, d->are_words ? "label" : "number",
                 matrix_hint(d->how));
    else if (d->out && type == IB_CODE_INT64 && !d->all_whole)
        COMPLAIN(d, "expected integers, as when the file was looked at; has it %s?", "changed");
}

static void give_row(delimited *d)
{
    unsigned char *to = d->out + d->given * d->width * sizeof(double);
    for (size_t i = 0; i < d->width; i++)
        if (d->type[d->part] == IB_CODE_INT64)
            memcpy(to + i * sizeof(int64_t), &d->row[i].whole, sizeof(int64_t));
        else
            memcpy(to + i * sizeof(double), &d->row[i].real, sizeof(double));
    d->given++;
}

static void take_header(delimited *d)
{
    d->has_header = 1;
    if (d->fields != d->columns)
        COMPLAIN(d, "expected %zu names, got %zu", d->columns, d->fields);
    else if (d->heading.comma && d->part)
        COMPLAIN(d, "value %zu: expected a number, got \"%s\"%s", d->heading.comma, d->heading.found, COMMA);
    words_clear(&d->words);
}

void delimited_clear_row(delimited *d)
{
    d->fields = d->taken = 0;
    d->all_whole = 1;
    d->trouble = (trouble){0};
    d->heading = (heading){0};
}

void delimited_row(int end, void *data)
{
    delimited *d = data;
    (void)end;
    if (d->failed || d->fields == 0)
        return;
    if (!d->columns)
        d->columns = d->fields;
    if (!d->uses)
        d->width = d->columns;
    if (is_first(d) && d->heading.numbers == 0 && d->heading.words)
        take_header(d);
    else {
        check_row(d);
        d->seen++;
        if (!d->failed && d->out)
            give_row(d);
        else if (!d->failed && !d->all_whole)
            d->type[d->part] = IB_CODE_FLOAT64;
    }
    delimited_clear_row(d);
}
