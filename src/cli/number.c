#include "number.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Words that are numbers, with or without a sign. */
static number_kind read_word(const char *text, number *value)
{
    const char *word = text + (*text == '-' || *text == '+');
    if (strcasecmp(word, "nan") == 0) {
        value->real = (double)NAN;
        return NUMBER_NONE;
    }
    if (strcasecmp(word, "inf") != 0 && strcasecmp(word, "infinity") != 0)
        return NUMBER_WORD;
    value->real = *text == '-' ? -(double)INFINITY : (double)INFINITY;
    return NUMBER_REAL;
}

static number_kind read_real(const char *text, number *value)
{
    char *end;
    value->real = strtod(text, &end); /* the program never leaves the C locale */
    if (*end)
        return NUMBER_WORD;
    return isinf(value->real) ? NUMBER_LARGE : NUMBER_REAL; /* what is too small is the nearest that there is */
}

number_kind number_read(const char *text, size_t length, number *value)
{
    char *end;
    *value = (number){0};
    if (length == 0) {
        value->real = (double)NAN;
        return NUMBER_NONE;
    }
    if (strlen(text) != length)
        return NUMBER_WORD;
    /* Alone, the functions of C would take blanks and hexadecimal digits as well. */
    if (text[strspn(text, "0123456789.eE+-")])
        return read_word(text, value);
    errno = 0;
    value->whole = strtoll(text, &end, 10);
    if (*end)
        return read_real(text, value);
    return errno ? NUMBER_LARGE : NUMBER_INTEGER;
}

int number_is_exact(int64_t whole)
{
    const double real = (double)whole;
    return real < 0x1p63 && (int64_t)real == whole;
}
