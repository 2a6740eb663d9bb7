/* What stands for delimited.c where there is no libcsv. */
#include "delimited.h"

#include "say.h"

int delimited_open(delimited **out, FILE *stream, const char *name, int how)
{
    (void)stream;
    (void)how;
    *out = NULL;
    say("%s: expected an NPY file, since this program is built without libcsv, which reads text", name);
    return -1;
}

int delimited_use(delimited *d, const unsigned char *uses)
{
    (void)d;
    (void)uses;
    return -1;
}

int delimited_take(delimited *d, int part)
{
    (void)d;
    (void)part;
    return -1;
}

int delimited_wants_again(const delimited *d)
{
    (void)d;
    return 0;
}

words *delimited_words(delimited *d)
{
    (void)d;
    return NULL;
}

uint32_t delimited_type(const delimited *d)
{
    (void)d;
    return 0;
}

size_t delimited_columns(const delimited *d)
{
    (void)d;
    return 0;
}

size_t delimited_rows(const delimited *d)
{
    (void)d;
    return 0;
}

size_t delimited_line(const delimited *d)
{
    (void)d;
    return 0;
}

int delimited_next(delimited *d, size_t most, void *rows, size_t *count)
{
    (void)d;
    (void)most;
    (void)rows;
    *count = 0;
    return -1;
}

int delimited_rewind(delimited *d)
{
    (void)d;
    return -1;
}

void delimited_close(delimited *d)
{
    (void)d;
}
