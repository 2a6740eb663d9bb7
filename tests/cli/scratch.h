/* A folder for the files of a test, and how to read them. */
#ifndef LIBIB_TESTS_SCRATCH_H
#define LIBIB_TESTS_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct scratch {
    char folder[64];
} scratch;

static inline void scratch_make(scratch *s)
{
    strcpy(s->folder, "/tmp/libib-test-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
}

static inline void scratch_path(const scratch *s, const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", s->folder, name);
}

/* The text of a file, to be freed; the file is removed. */
static inline char *scratch_take(const scratch *s, const char *name)
{
    char path[128];
    const size_t room = 1 << 20;
    scratch_path(s, name, path, sizeof path);
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    char *text = calloc(1, room);
    assert_non_null(text);
    assert_true(fread(text, 1, room, stream) < room);
    fclose(stream);
    remove(path);
    return text;
}

static inline void scratch_assert(const scratch *s, const char *name, const char *expected)
{
    char *text = scratch_take(s, name);
    assert_string_equal(text, expected);
    free(text);
}

static inline void scratch_remove(const scratch *s)
{
    assert_int_equal(rmdir(s->folder), 0); /* empty: a test takes all its files */
}

#endif
