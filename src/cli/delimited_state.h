/* Rows of numbers as text: what their reader (delimited.c) shares with what takes them apart (delimited_row.c). */
#ifndef IB_CLI_DELIMITED_STATE_H
#define IB_CLI_DELIMITED_STATE_H

#include "delimited.h"
#include "matrix.h"
#include "number.h"
#include "quoted.h"
#include "say.h"

#include <libib/libib.h>

#include <csv.h>

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

#define COMPLAIN(d, format, ...)                                                                                       \
    do {                                                                                                               \
        say("%s: line %zu: " format, (d)->name, (d)->line, __VA_ARGS__);                                               \
        delimited_fail(d);                                                                                             \
    } while (0)

/* The reading has failed; the latter says so. */
void delimited_fail(delimited *d);
void delimited_fail_of_memory(delimited *d);

/* Called by the parser for each value; NULL is an empty one without quotes. */
void delimited_field(void *field, size_t length, void *data);
/* Called by the parser after each line that has values; -1: at the end of the file. */
void delimited_row(int end, void *data);

/* Nothing of a row has been read. */
void delimited_clear_row(delimited *d);

#endif
