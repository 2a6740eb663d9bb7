/* A context whose allocator knows how many bytes are in use, and the most that ever were. */
#ifndef LIBIB_TESTS_PEAK_H
#define LIBIB_TESTS_PEAK_H

#include "support.h"

#include <stdlib.h>
#include <string.h>

typedef struct peak {
    size_t live, most;
} peak;

enum { PEAK_ROOM = 16 };

static void *peak_alloc(size_t size, void *user_data)
{
    peak *p = user_data;
    if (size > ((size_t)1 << 31))
        return NULL; /* more than a test has any use for */
    unsigned char *block = malloc(size + PEAK_ROOM);
    assert_non_null(block);
    memcpy(block, &size, sizeof size);
    p->live += size;
    p->most = p->live > p->most ? p->live : p->most;
    return block + PEAK_ROOM;
}

static void peak_free(void *memory, void *user_data)
{
    peak *p = user_data;
    unsigned char *block = (unsigned char *)memory - PEAK_ROOM;
    size_t size;
    memcpy(&size, block, sizeof size);
    p->live -= size;
    free(block);
}

static ib_context *peak_context(peak *p)
{
    ib_context_options options;
    ib_context *context = NULL;
    *p = (peak){0};
    ib_context_options_init(&options);
    options.alloc = peak_alloc;
    options.free = peak_free;
    options.alloc_data = p;
    assert_int_equal(ib_context_create(&options, &context), IB_OK);
    return context;
}

#endif
