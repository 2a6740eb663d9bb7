/* Different texts, each with a number. */
#ifndef IB_CLI_WORDS_H
#define IB_CLI_WORDS_H

#include <stddef.h>
#include <stdint.h>

/* All zero: none. */
typedef struct words {
    struct word **all;  /* [count], in the order of their numbers */
    struct word **last; /* [buckets]: the latest of each chain */
    size_t count, room, buckets;
} words;

/* The number of a text: that which it has, or the next. 0, or -1 if there is no memory. */
int words_add(words *w, const char *text, size_t length, uint32_t *number);

/* Text i; behind it there is a 0. */
const char *words_text(const words *w, size_t i, size_t *length);

/* Puts them into ascending order of their bytes. Returns the new number of each, to be freed; NULL if there is no
 * memory. None can be added after that. */
uint32_t *words_sort(words *w);

/* Frees what it holds, which is none then. */
void words_clear(words *w);

#endif
