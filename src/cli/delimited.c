#include "delimited.h"

#include "matrix.h"
#include "number.h"
#include "quoted.h"
#include "say.h"

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

/* Bytes of the mark of UTF-8. */
#define MARK_SIZE ((size_t)3)

/* What is wrong with the row at hand, and where; fields are counted from 1, 0 is none. */
typedef struct trouble {
    size_t word, large, none;
    char found[QUOTED_SIZE]; /* the first word or large number */
} trouble;

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
    int delimiter; /* 0: not known yet */
    uint32_t type;
    size_t columns; /* 0: not known yet */
    size_t rows;
    /* The row at hand. */
    number *row;
    size_t room, fields, numbers;
    int all_whole;
    trouble trouble;
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

static int make_room(delimited *d)
{
    if (d->fields < d->room)
        return 0;
    const size_t room = d->room ? 2 * d->room : 64;
    number *row = d->fields < COLUMNS_MOST ? realloc(d->row, room * sizeof *row) : NULL;
    if (!row) {
        if (d->fields < COLUMNS_MOST)
            say("out of memory");
        else
            say("%s: line %zu: expected at most %zu values", d->name, d->line, COLUMNS_MOST);
        fail(d);
        return -1;
    }
    d->row = row;
    d->room = room;
    return 0;
}

static void note(delimited *d, size_t *which, const char *text, size_t length)
{
    if (!d->trouble.word && !d->trouble.large && which != &d->trouble.none)
        quoted_from(text, length, d->trouble.found);
    if (!*which)
        *which = d->fields + 1;
}

/* Called by the parser for each value; NULL is an empty one without quotes. */
static void take_field(void *text, size_t length, void *data)
{
    delimited *d = data;
    if (d->failed || (!text && d->delimiter == ' ') || make_room(d))
        return;
    switch (number_read(text ? text : "", length, &d->row[d->fields])) {
    case NUMBER_INTEGER:
        d->row[d->fields].real = (double)d->row[d->fields].whole;
        d->numbers++;
        if (d->type == IB_CODE_FLOAT64 && !number_is_exact(d->row[d->fields].whole))
            note(d, &d->trouble.large, text, length);
        break;
    case NUMBER_REAL:
        d->numbers++;
        d->all_whole = 0;
        break;
    case NUMBER_NONE:
        d->all_whole = 0;
        note(d, &d->trouble.none, "", 0);
        d->numbers += length > 0; /* the word nan is no header */
        break;
    case NUMBER_LARGE:
        d->numbers++;
        note(d, &d->trouble.large, text, length);
        break;
    case NUMBER_WORD:
        note(d, &d->trouble.word, text, length);
        break;
    }
    d->fields++;
}

/* Says what is wrong with a row, if anything is. */
static void check_row(delimited *d)
{
    const trouble *t = &d->trouble;
    if (d->fields != d->columns)
        COMPLAIN(d, "expected %zu values, as in the lines before, got %zu", d->columns, d->fields);
    else if (t->word)
        COMPLAIN(d, "value %zu: expected a number, got \"%s\"", t->word, t->found);
    else if (t->large)
        COMPLAIN(d, "value %zu: expected %s, got %s", t->large,
                 d->type == IB_CODE_FLOAT64 ? "a number that a float64 holds, as there are some that are not integers"
                                            : "an integer of 64 bits or a finite number",
                 t->found);
    else if (t->none && !(d->how & MATRIX_GAPS))
        COMPLAIN(d, "value %zu: expected a number, got none%s", t->none, matrix_hint(d->how));
    else if (d->out && d->type == IB_CODE_INT64 && !d->all_whole)
        COMPLAIN(d, "expected integers, as when the file was looked at; has it %s?", "changed");
}

static void give_row(delimited *d)
{
    unsigned char *to = d->out + d->given * d->columns * sizeof(double);
    for (size_t i = 0; i < d->columns; i++)
        if (d->type == IB_CODE_INT64)
            memcpy(to + i * sizeof(int64_t), &d->row[i].whole, sizeof(int64_t));
        else
            memcpy(to + i * sizeof(double), &d->row[i].real, sizeof(double));
    d->given++;
}

/* Called by the parser after each line that has values; -1: at the end of the file. */
static void take_row(int end, void *data)
{
    delimited *d = data;
    (void)end;
    const int is_header = !d->has_header && d->seen == 0 && d->numbers == 0 && d->trouble.word;
    if (d->failed || d->fields == 0)
        return;
    if (!d->columns)
        d->columns = d->fields;
    if (is_header) {
        d->has_header = 1;
        if (d->fields != d->columns)
            COMPLAIN(d, "expected %zu names, got %zu", d->columns, d->fields);
    } else {
        check_row(d);
        d->seen++;
        if (!d->failed && d->out)
            give_row(d);
        else if (!d->failed && !d->all_whole)
            d->type = IB_CODE_FLOAT64;
    }
    d->fields = d->numbers = 0;
    d->all_whole = 1;
    d->trouble = (trouble){0};
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
    d->used = d->at = d->fields = d->numbers = d->seen = 0;
    d->ended = d->after_return = d->in_comment = d->in_line = d->has_header = 0;
    d->line = 1;
    d->all_whole = 1;
    d->trouble = (trouble){0};
    return 0;
}

/* Reads until the type is known: as soon as there is a number that is no integer. */
static int look(delimited *d)
{
    if (begin(d))
        return -1;
    while (!d->failed && !d->ended && d->type == IB_CODE_INT64)
        read_on(d);
    if (!d->failed && !d->columns) {
        say("%s: expected rows of numbers, got none", d->name);
        fail(d);
    }
    if (d->ended)
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
        *d = (delimited){.stream = stream, .name = name, .how = how, .type = IB_CODE_INT64, .block = malloc(BLOCK)};
    if (!d || !d->block) {
        say("out of memory");
        free(d);
        return -1;
    }
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
    return d->type;
}

size_t delimited_columns(const delimited *d)
{
    return d->columns;
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

int delimited_rewind(delimited *d)
{
    return begin(d);
}

void delimited_close(delimited *d)
{
    if (!d)
        return;
    csv_free(&d->parser);
    free(d->row);
    free(d->block);
    free(d);
}
