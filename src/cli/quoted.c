#include "quoted.h"

#include <stdlib.h>
#include <string.h>

#define MOST 40

const char *quoted_from(const char *text, size_t length, char *quoted)
{
    const size_t shown = length > MOST ? MOST : length;
    for (size_t i = 0; i < shown; i++) {
        const char one = text[i];
        quoted[i] = '?';
        if (one >= ' ' && one <= '~')
            quoted[i] = one;
    }
    memcpy(&quoted[shown], length > MOST ? "..." : "", length > MOST ? sizeof "..." : 1);
    return quoted;
}

char *quoted_word(const char *text, size_t length)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./,:+@%";
    static const char escaped[] = "'\\''";
    char *word = malloc((sizeof escaped - 1) * length + sizeof "''");
    if (!word)
        return NULL;
    const int is_quoted = strspn(text, plain) < length;
    size_t n = 0;
    if (is_quoted)
        word[n++] = '\'';
    for (size_t i = 0; i < length; i++) {
        const size_t more = text[i] == '\'' ? sizeof escaped - 1 : 1;
        memcpy(&word[n], text[i] == '\'' ? escaped : &text[i], more);
        n += more;
    }
    if (is_quoted)
        word[n++] = '\'';
    word[n] = '\0';
    return word;
}
