#include "npy_header.h"

#include "quoted.h"
#include "say.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The start of a file: magic, version, and in versions 2 and 3 four bytes for the length of the header, not two. */
#define MAGIC "\x93NUMPY"
#define MAGIC_SIZE 6
/* No header of an array of numbers is longer. */
#define LENGTH_MOST 65535
#define WORD_SIZE 64
#define DIMENSIONS_MOST 2

/* Where in the header we are, and what it has said. */
typedef struct cursor {
    const char *name;
    const char *at, *end; /* *end is 0 */
    npy_header *header;
    int has_type, has_order, has_shape;
    size_t dimensions;
} cursor;

static int read_bytes(FILE *stream, const char *name, void *bytes, size_t size)
{
    errno = 0;
    if (fread(bytes, 1, size, stream) == size)
        return 0;
    say("%s: NPY header: %s", name, ferror(stream) ? strerror(errno ? errno : EIO) : "the file ends early");
    return -1;
}

static int malformed(const cursor *c, const char *expected)
{
    char found[QUOTED_SIZE];
    say("%s: NPY header: expected %s, got \"%s\"", c->name, expected,
        quoted_from(c->at, (size_t)(c->end - c->at), found));
    return -1;
}

static void skip_blanks(cursor *c)
{
    while (*c->at == ' ' || *c->at == '\n' || *c->at == '\t')
        c->at++;
}

/* Whether this character comes next; it is then behind us, and so are the blanks after it. */
static int takes(cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted)
        return 0;
    c->at++;
    skip_blanks(c);
    return 1;
}

/* A string of Python without escapes. */
static int take_word(cursor *c, char word[WORD_SIZE])
{
    const char quote = *c->at;
    const char *close = quote == '\'' || quote == '"' ? strchr(c->at + 1, quote) : NULL;
    if (!close || close - c->at > WORD_SIZE)
        return malformed(c, "a short string in quotes");
    const size_t length = (size_t)(close - c->at) - 1;
    memcpy(word, c->at + 1, length);
    word[length] = '\0';
    c->at = close + 1;
    skip_blanks(c);
    return 0;
}

static int take_order(cursor *c)
{
    const int is_true = strncmp(c->at, "True", 4) == 0;
    if (!is_true && strncmp(c->at, "False", 5) != 0)
        return malformed(c, "True or False");
    c->at += is_true ? 4 : 5;
    skip_blanks(c);
    c->header->by_columns = is_true;
    c->has_order = 1;
    return 0;
}

/* One number of a shape; Python 2 wrote an L after it. */
static int take_size(cursor *c, size_t *size)
{
    *size = 0;
    if (*c->at < '0' || *c->at > '9')
        return malformed(c, "a number");
    for (; *c->at >= '0' && *c->at <= '9'; c->at++) {
        const size_t digit = (size_t)(*c->at - '0');
        if (*size > (SIZE_MAX - digit) / 10) {
            say("%s: shape: expected numbers below 2^64", c->name);
            return -1;
        }
        *size = 10 * *size + digit;
    }
    if (*c->at == 'L')
        c->at++;
    skip_blanks(c);
    return 0;
}

static int take_shape(cursor *c)
{
    char found[QUOTED_SIZE];
    size_t shape[DIMENSIONS_MOST] = {0, 1};
    const char *begin = c->at;
    if (!takes(c, '('))
        return malformed(c, "a shape in parentheses");
    for (c->dimensions = 0; !takes(c, ')'); c->dimensions++) {
        size_t size;
        if (take_size(c, &size))
            return -1;
        if (c->dimensions < DIMENSIONS_MOST)
            shape[c->dimensions] = size;
        if (!takes(c, ',') && *c->at != ')')
            return malformed(c, "a comma or the end of the shape");
    }
    const char *last = c->at;
    while (last[-1] != ')')
        last--;
    if (c->dimensions < 1 || c->dimensions > DIMENSIONS_MOST || shape[1] == 0) {
        say("%s: shape: expected (rows,) or (rows, columns), got %s", c->name,
            quoted_from(begin, (size_t)(last - begin), found));
        return -1;
    }
    c->header->rows = shape[0];
    c->header->columns = shape[1];
    c->has_shape = 1;
    return 0;
}

static int refuse_type(const cursor *c, const char *found)
{
    say("%s: type: expected bool, an integer, float32 or float64, got %s", c->name, found);
    return -1;
}

/* A type that is one word: order of bytes, kind, bytes of an element. */
static int set_type(cursor *c, const char *word)
{
    char found[QUOTED_SIZE];
    static const char *const known[] = {"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"};
    const uint16_t one = 1;
    const char own = *(const unsigned char *)&one ? '<' : '>';
    if (strcmp(word, "|O") == 0)
        return refuse_type(c, "Python objects");
    if (strlen(word) == 3 && strcmp(word + 1, "f2") == 0)
        return refuse_type(c, "float16; array.astype('float32') has the same values");
    for (size_t i = 0; *word && strchr("<>|=", *word) && i < sizeof known / sizeof known[0]; i++)
        if (strcmp(word + 1, known[i]) == 0) {
            c->header->kind = known[i][0];
            c->header->size = (size_t)(known[i][1] - '0');
            c->header->swapped = c->header->size > 1 && (*word == '<' || *word == '>') && *word != own;
            c->has_type = 1;
            return 0;
        }
    return refuse_type(c, quoted_from(word, strlen(word), found));
}

static int take_type(cursor *c)
{
    char word[WORD_SIZE];
    if (*c->at == '[')
        return refuse_type(c, "a structured type");
    return take_word(c, word) || set_type(c, word) ? -1 : 0;
}

static int take_entry(cursor *c)
{
    char key[WORD_SIZE];
    const char *begin = c->at;
    if (take_word(c, key))
        return -1;
    if (!takes(c, ':'))
        return malformed(c, "a colon");
    if (strcmp(key, "descr") == 0 && !c->has_type)
        return take_type(c);
    if (strcmp(key, "fortran_order") == 0 && !c->has_order)
        return take_order(c);
    if (strcmp(key, "shape") == 0 && !c->has_shape)
        return take_shape(c);
    c->at = begin;
    return malformed(c, "descr, fortran_order and shape, once each");
}

/* The dictionary, and nothing but blanks behind it. */
static int parse(cursor *c)
{
    skip_blanks(c);
    if (!takes(c, '{'))
        return malformed(c, "a dictionary of Python");
    while (!takes(c, '}')) {
        if (take_entry(c))
            return -1;
        if (!takes(c, ',') && *c->at != '}')
            return malformed(c, "a comma or the end of the dictionary");
    }
    if (c->at != c->end)
        return malformed(c, "the end of the header");
    if (c->has_type && c->has_order && c->has_shape)
        return 0;
    say("%s: NPY header: expected descr, fortran_order and shape, but %s is missing", c->name,
        !c->has_type    ? "descr"
        : !c->has_order ? "fortran_order"
                        : "shape");
    return -1;
}

/* Also in memory, where elements may be wider. */
static int check_size(const npy_header *h, const char *name)
{
    if (h->rows <= (size_t)PTRDIFF_MAX / 2 / sizeof(double) / h->columns)
        return 0;
    say("%s: shape: expected no more than memory has addresses for, got (%zu, %zu)", name, h->rows, h->columns);
    return -1;
}

/* The length of the header, from what comes before it. */
static int read_length(FILE *stream, const char *name, size_t *length)
{
    unsigned char start[MAGIC_SIZE + 2], bytes[4] = {0};
    if (read_bytes(stream, name, start, sizeof start))
        return -1;
    if (memcmp(start, MAGIC, MAGIC_SIZE) != 0) {
        say("%s: expected an NPY file or numbers as text, got neither", name);
        return -1;
    }
    if (start[MAGIC_SIZE] < 1 || start[MAGIC_SIZE] > 3 || start[MAGIC_SIZE + 1] != 0) {
        say("%s: NPY format: expected version 1.0, 2.0 or 3.0, got %d.%d", name, start[MAGIC_SIZE],
            start[MAGIC_SIZE + 1]);
        return -1;
    }
    if (read_bytes(stream, name, bytes, start[MAGIC_SIZE] == 1 ? 2 : 4))
        return -1;
    *length = (size_t)bytes[0] | (size_t)bytes[1] << 8 | (size_t)bytes[2] << 16 | (size_t)bytes[3] << 24;
    if (*length <= LENGTH_MOST)
        return 0;
    say("%s: NPY header: expected at most %d bytes, got %zu", name, LENGTH_MOST, *length);
    return -1;
}

int npy_header_read(npy_header *header, FILE *stream, const char *name)
{
    size_t length;
    if (read_length(stream, name, &length))
        return -1;
    char *text = malloc(length + 1);
    if (!text) {
        say("out of memory");
        return -1;
    }
    *header = (npy_header){0};
    cursor c = {.name = name, .at = text, .end = text + length, .header = header};
    text[length] = '\0';
    const int failed = read_bytes(stream, name, text, length) || parse(&c) || check_size(header, name);
    free(text);
    if (header->columns == 1)
        header->by_columns = 0;
    return failed ? -1 : 0;
}
