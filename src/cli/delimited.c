#include "delimited.h"

#include "matrix.h"
#include "number.h"
#include "quoted.h"
#include "say.h"
#include "words.h"

#include <libib/libib.h>

#include <csv.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLOCK ((size_t)1 << 16)
/* The longest value, and the widest row. */
#define LENGTH_MOST ((size_t)1 << 16)
#define COLUMNS_MOST ((size_t)1 << 20)

/* What a message about such a number ends in. */
#define COMMA "; decimal commas are not read, only points"

/* Bytes of the mark of UTF-8. */
#define MARK_SIZE ((size_t)3)

/* What is wrong with the row at hand, and where; fields are counted from 1, 0 is none. */
typedef struct trouble {
    size_t word, large, none;
    int is_comma;            /* the word is a number with a decimal comma */
    char found[QUOTED_SIZE]; /* the first word or large number */
} trouble;

/* What the values of the first line are that decide whether it is a header. */
typedef struct heading {
    size_t numbers, words;
    size_t comma; /* the first with a decimal comma, from 1 */
    char found[QUOTED_SIZE];
} heading;

struct delimited {
    FILE *stream;
    const char *name;
    int how;
    struct csv_parser parser;
    /* Bytes of the file. */
    unsigned char *block;
    size_t used, at;
    size_t line;
    int ended, after_return, in_comment, in_line;
    /* What it is. */
    int delimiter;  /* 0: not known yet */
    size_t columns; /* 0: not known yet */
    size_t rows;
    unsigned char *uses; /* [columns]; NULL: all have values */
    /* What is read: values or labels, of so many columns; and the type of either. */
    int part, deciding;
    size_t width;
    uint32_t type[MATRIX_LABELS + 1];
    /* Labels: whether they are text, which then have numbers; and the first line, while it may be a header. */
    int are_words, has_no_title, again;
    words words;
    char *title;
    size_t title_length;
    /* The row at hand: what is read of it, and all of its fields. */
    number *row;
    size_t room, taken, fields;
    int all_whole;
    trouble trouble;
    heading heading;
    /* Where rows go; NULL while we only look. */
    unsigned char *out;
    size_t given;
    size_t seen; /* rows in this reading */
    int has_header, failed;
};

static void fail(delimited *d)
{
    d->failed = 1;
}

#define COMPLAIN(d, format, ...)                                                                                       \
    do {                                                                                                               \
        say("%s: line %zu: " format, (d)->name, (d)->line, __VA_ARGS__);                                               \
        fail(d);                                                                                                       \
    } while (0)

static void fail_of_memory(delimited *d)
{
    say("out of memory");
    fail(d);
}

static int make_room(delimited *d)
{
    if (d->taken < d->room)
        return 0;
    const size_t room = d->room ? 2 * d->room : 64;
    number *row = realloc(d->row, room * sizeof *row);
    if (!row) {
        fail_of_memory(d);
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
        fail_of_memory(d);
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
        fail_of_memory(d);
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

/* Called by the parser for each value; NULL is an empty one without quotes. */
static void take_field(void *field, size_t length, void *data)
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
        fail(d);
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

static void clear_row(delimited *d)
{
    d->fields = d->taken = 0;
    d->all_whole = 1;
    d->trouble = (trouble){0};
    d->heading = (heading){0};
}

/* Called by the parser after each line that has values; -1: at the end of the file. */
static void take_row(int end, void *data)
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
    clear_row(d);
}

/* The character between values, from the first line that has any: what separates more than others comes first. */
static void find_delimiter(delimited *d, const unsigned char *piece, size_t size)
{
    static const char known[] = "\t;,";
    int quoted = 0, found = 0, is_blank = 1;
    const char *best = known + strlen(known);
    for (size_t i = 0; i < size; i++) {
        quoted ^= piece[i] == '"';
        is_blank &= strchr(" \t\r\n", piece[i]) != NULL;
        const char *one = !quoted && piece[i] ? strchr(known, piece[i]) : NULL;
        found |= one != NULL;
        if (one && one < best)
            best = one;
    }
    if (is_blank)
        return;
    /* A value that fills the block, and what stands behind it is not seen: no word that is a header. */
    if (!found && size + MARK_SIZE >= BLOCK && !memchr(piece, ' ', size)) {
        COMPLAIN(d, "expected values of at most %zu characters", LENGTH_MOST);
        return;
    }
    d->delimiter = found ? *best : ' ';
    csv_set_delim(&d->parser, (unsigned char)d->delimiter);
}

static void say_parser(delimited *d)
{
    if (csv_error(&d->parser) == CSV_EPARSE)
        say("%s: line %zu: a quote out of place", d->name, d->line);
    else
        say("out of memory");
    fail(d);
}

/* The next bytes of the file. */
static void fill(delimited *d)
{
    errno = 0;
    d->at = 0;
    d->used = fread(d->block, 1, BLOCK, d->stream);
    d->ended = d->used == 0;
    if (ferror(d->stream)) {
        say("%s: %s", d->name, strerror(errno ? errno : EIO));
        fail(d);
    }
    if (d->line == 1 && !d->in_line && d->used >= MARK_SIZE && memcmp(d->block, "\xef\xbb\xbf", MARK_SIZE) == 0)
        d->at = MARK_SIZE; /* the mark that some programs put before UTF-8 */
}

/* The next line of the block, or what of it is there: no more than one row is in it. */
static size_t next_piece(const delimited *d)
{
    const unsigned char *begin = d->block + d->at;
    const size_t size = d->used - d->at;
    const unsigned char *feed = memchr(begin, '\n', size);
    const size_t line = feed ? (size_t)(feed - begin) + 1 : size;
    const unsigned char *back = memchr(begin, '\r', line);
    return back ? (size_t)(back - begin) + 1 : line;
}

static void parse(delimited *d, const unsigned char *piece, size_t size)
{
    if (!d->in_line)
        d->in_comment = *piece == '#' && !d->has_header && d->seen == 0 && d->fields == 0;
    if (d->in_comment)
        return;
    if (!d->delimiter)
        find_delimiter(d, piece, size);
    if (d->failed)
        return;
    if (csv_parse(&d->parser, piece, size, take_field, take_row, d) != size)
        say_parser(d);
    else if (csv_get_buffer_size(&d->parser) > 2 * LENGTH_MOST && !d->failed)
        COMPLAIN(d, "expected values of at most %zu characters", LENGTH_MOST);
}

/* Reads on by one piece, and counts lines. */
static void read_on(delimited *d)
{
    if (d->at == d->used)
        fill(d);
    if (d->ended && !d->failed && csv_fini(&d->parser, take_field, take_row, d))
        say_parser(d);
    if (d->failed || d->at == d->used)
        return;
    const size_t size = next_piece(d);
    const unsigned char *piece = d->block + d->at, last = piece[size - 1];
    const int is_rest = d->after_return && size == 1 && last == '\n'; /* of CR LF, which is one end */
    if (is_rest)
        d->line--;
    d->at += size;
    parse(d, piece, size);
    d->after_return = last == '\r';
    d->in_line = last != '\r' && last != '\n';
    if (!d->in_line)
        d->line++;
}

/* Begins to read from the beginning. */
static int begin(delimited *d)
{
    csv_free(&d->parser);
    if (fseeko(d->stream, 0, SEEK_SET)) {
        say("%s: %s", d->name, strerror(errno));
        return -1;
    }
    if (csv_init(&d->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL | CSV_EMPTY_IS_NULL)) {
        say("out of memory");
        return -1;
    }
    if (d->delimiter)
        csv_set_delim(&d->parser, (unsigned char)d->delimiter);
    d->used = d->at = d->seen = 0;
    d->ended = d->after_return = d->in_comment = d->in_line = d->has_header = d->failed = d->again = 0;
    d->line = 1;
    clear_row(d);
    words_clear(&d->words);
    return 0;
}

/* Reads until the type is known, as soon as there is a number that is no integer; or the number of columns alone. */
static int look(delimited *d)
{
    if (begin(d))
        return -1;
    while (!d->failed && !d->ended && d->type[d->part] == IB_CODE_INT64 && (d->part || !d->columns))
        read_on(d);
    if (!d->failed && !d->columns) {
        say("%s: expected rows of numbers, got none", d->name);
        fail(d);
    }
    if (d->ended && d->part)
        d->rows = d->seen;
    return d->failed ? -1 : begin(d);
}

static int ends_in(const char *name, const char *end)
{
    const size_t length = strlen(name), more = strlen(end);
    return length >= more && strcasecmp(name + length - more, end) == 0;
}

int delimited_open(delimited **out, FILE *stream, const char *name, int how)
{
    delimited *d = calloc(1, sizeof *d);
    *out = NULL;
    if (d)
        *d = (delimited){.stream = stream, .name = name, .how = how, .block = malloc(BLOCK)};
    if (!d || !d->block) {
        say("out of memory");
        free(d);
        return -1;
    }
    for (int part = 0; part <= MATRIX_LABELS; part++)
        d->type[part] = IB_CODE_INT64;
    d->deciding = MATRIX_VALUES;
    d->part = how & MATRIX_CHOSEN ? MATRIX_UNUSED : MATRIX_VALUES;
    if (ends_in(name, ".tsv"))
        d->delimiter = '\t';
    if (csv_init(&d->parser, 0) || look(d)) {
        delimited_close(d);
        return -1;
    }
    *out = d;
    return 0;
}

uint32_t delimited_type(const delimited *d)
{
    return d->type[d->part];
}

size_t delimited_columns(const delimited *d)
{
    return d->part ? d->width : d->columns;
}

size_t delimited_rows(const delimited *d)
{
    return d->rows;
}

size_t delimited_line(const delimited *d)
{
    return d->line;
}

int delimited_next(delimited *d, size_t most, void *rows, size_t *count)
{
    d->out = rows;
    d->given = 0;
    *count = 0;
    while (!d->failed && !d->ended && d->given < most)
        read_on(d);
    d->out = NULL;
    if (d->failed)
        return -1;
    *count = d->given;
    return 0;
}

static size_t count_uses(const delimited *d, int use)
{
    size_t n = 0;
    for (size_t i = 0; i < d->columns; i++)
        n += d->uses[i] == use;
    return n;
}

int delimited_use(delimited *d, const unsigned char *uses)
{
    free(d->uses);
    d->uses = malloc(d->columns);
    if (!d->uses) {
        say("out of memory");
        return -1;
    }
    memcpy(d->uses, uses, d->columns);
    d->part = MATRIX_VALUES;
    d->type[MATRIX_VALUES] = IB_CODE_INT64;
    d->width = count_uses(d, MATRIX_VALUES);
    d->deciding = d->width ? MATRIX_VALUES : MATRIX_LABELS;
    return d->width ? look(d) : begin(d);
}

int delimited_take(delimited *d, int part)
{
    d->part = part;
    d->width = count_uses(d, part);
    return begin(d);
}

int delimited_wants_again(const delimited *d)
{
    return d->again;
}

words *delimited_words(delimited *d)
{
    return d->are_words ? &d->words : NULL;
}

int delimited_rewind(delimited *d)
{
    return begin(d);
}

void delimited_close(delimited *d)
{
    if (!d)
        return;
    csv_free(&d->parser);
    words_clear(&d->words);
    free(d->title);
    free(d->uses);
    free(d->row);
    free(d->block);
    free(d);
}
