/* Numbers as text, the whole of it. */
#ifndef IB_CLI_NUMBER_H
#define IB_CLI_NUMBER_H

#include <stddef.h>
#include <stdint.h>

/* What a text is. */
typedef enum number_kind {
    NUMBER_INTEGER, /* decimal digits, perhaps a sign: within 64 bits */
    NUMBER_REAL,    /* what strtod() reads, in decimal digits; inf and infinity, too */
    NUMBER_NONE,    /* nothing, or nan: there is no value */
    NUMBER_LARGE,   /* a number that is beyond its type */
    NUMBER_WORD     /* anything else */
} number_kind;

/* A number: whole of NUMBER_INTEGER, else real. */
typedef struct number {
    int64_t whole;
    double real;
} number;

/* Reads text[length], behind which there is a 0. */
number_kind number_read(const char *text, size_t length, number *value);

/* Whether a double holds an integer exactly. */
int number_is_exact(int64_t whole);

#endif
