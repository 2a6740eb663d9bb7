#include "words.h"

#include <stdlib.h>
#include <string.h>

struct word {
    struct word *before; /* of the same chain */
    uint64_t hash;
    size_t length;
    uint32_t number;
    char text[];
};

/* FNV-1a. */
static uint64_t hash_of(const char *text, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3;
    return hash ^ hash >> 32;
}

/* Room for one more, and as many chains as words. */
static int grow(words *w)
{
    if (w->count < w->room)
        return 0;
    const size_t room = w->room ? 2 * w->room : 64;
    struct word **all = realloc(w->all, room * sizeof *all);
    w->all = all ? all : w->all;
    struct word **last = calloc(room, sizeof *last);
    if (!all || !last) {
        free(last);
        return -1;
    }
    for (size_t i = 0; i < w->count; i++) {
        struct word **chain = &last[all[i]->hash & (room - 1)];
        all[i]->before = *chain;
        *chain = all[i];
    }
    free(w->last);
    w->last = last;
    w->room = w->buckets = room;
    return 0;
}

static struct word *find(const words *w, uint64_t hash, const char *text, size_t length)
{
    struct word *one = w->buckets ? w->last[hash & (w->buckets - 1)] : NULL;
    while (one && !(one->hash == hash && one->length == length && memcmp(one->text, text, length) == 0))
        one = one->before;
    return one;
}

int words_add(words *w, const char *text, size_t length, uint32_t *number)
{
    const uint64_t hash = hash_of(text, length);
    struct word *one = find(w, hash, text, length);
    if (!one) {
        if (w->count == UINT32_MAX || grow(w) || !(one = malloc(sizeof *one + length + 1)))
            return -1;
        struct word **chain = &w->last[hash & (w->buckets - 1)];
        *one = (struct word){.before = *chain, .hash = hash, .length = length, .number = (uint32_t)w->count};
        memcpy(one->text, text, length);
        one->text[length] = '\0';
        *chain = one;
        w->all[w->count++] = one;
    }
    *number = one->number;
    return 0;
}

const char *words_text(const words *w, size_t i, size_t *length)
{
    *length = w->all[i]->length;
    return w->all[i]->text;
}

static int compare(const void *a, const void *b)
{
    const struct word *x = *(struct word *const *)a, *y = *(struct word *const *)b;
    const int order = memcmp(x->text, y->text, x->length < y->length ? x->length : y->length);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

uint32_t *words_sort(words *w)
{
    uint32_t *numbers = calloc(w->count ? w->count : 1, sizeof *numbers);
    if (!numbers)
        return NULL;
    if (w->count > 0)
        qsort(w->all, w->count, sizeof(struct word *), compare);
    for (size_t i = 0; i < w->count; i++) {
        numbers[w->all[i]->number] = (uint32_t)i;
        w->all[i]->number = (uint32_t)i;
    }
    return numbers;
}

void words_clear(words *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->all[i]);
    free(w->all);
    free(w->last);
    *w = (words){0};
}
