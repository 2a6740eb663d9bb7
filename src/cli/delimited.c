#include "delimited_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLOCK ((size_t)1 << 16)
/* The longest value. */
#define LENGTH_MOST ((size_t)1 << 16)

/* Bytes of the mark of UTF-8. */
#define MARK_SIZE ((size_t)3)

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
    delimited_fail(d);
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
        delimited_fail(d);
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
    if (csv_parse(&d->parser, piece, size, delimited_field, delimited_row, d) != size)
        say_parser(d);
    else if (csv_get_buffer_size(&d->parser) > 2 * LENGTH_MOST && !d->failed)
        COMPLAIN(d, "expected values of at most %zu characters", LENGTH_MOST);
}

/* Reads on by one piece, and counts lines. */
static void read_on(delimited *d)
{
    if (d->at == d->used)
        fill(d);
    if (d->ended && !d->failed && csv_fini(&d->parser, delimited_field, delimited_row, d))
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
    delimited_clear_row(d);
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
        delimited_fail(d);
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
