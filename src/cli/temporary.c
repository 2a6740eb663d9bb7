#include "temporary.h"

#include "file.h"
#include "say.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK ((size_t)1 << 16)

static const char *folder;

void temporary_set_folder(const char *path)
{
    folder = path;
}

static const char *where(void)
{
    const char *named = folder ? folder : getenv("TMPDIR");
    return named && *named ? named : "/tmp";
}

FILE *temporary_create(void)
{
    FILE *stream = NULL;
    char *path = path_join(where(), "ib-XXXXXX");
    const int descriptor = path ? mkstemp(path) : -1;
    if (descriptor >= 0) {
        unlink(path);
        stream = fdopen(descriptor, "w+b");
        if (!stream)
            close(descriptor);
    }
    if (path && !stream)
        say("%s: no temporary file: %s", where(), strerror(errno));
    free(path);
    return stream;
}

int temporary_is_needless(FILE *stream)
{
    return fseeko(stream, 0, SEEK_CUR) == 0;
}

static int copy_all(FILE *from, FILE *to, char *block, const char *name)
{
    size_t n;
    errno = 0;
    while ((n = fread(block, 1, BLOCK, from)) > 0)
        if (fwrite(block, 1, n, to) != n)
            break;
    if (ferror(from)) {
        say("%s: %s", name, strerror(errno ? errno : EIO));
        return -1;
    }
    if (n > 0 || fflush(to) || fseeko(to, 0, SEEK_SET)) {
        say("%s: temporary file: %s", where(), strerror(errno ? errno : EIO));
        return -1;
    }
    return 0;
}

FILE *temporary_copy(FILE *stream, const char *name)
{
    char *block = malloc(BLOCK);
    FILE *copy = block ? temporary_create() : NULL;
    if (!block)
        say("out of memory");
    if (copy && copy_all(stream, copy, block, name)) {
        fclose(copy);
        copy = NULL;
    }
    free(block);
    return copy;
}
