#include "file.h"

#include "say.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 1 if empty, 0 if not, -1 if it cannot be read. */
static int is_empty(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder)
        return -1;
    const struct dirent *entry;
    do {
        errno = 0;
        entry = readdir(folder);
    } while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
    int answer = entry ? 0 : errno ? -1 : 1;
    int error = errno;
    closedir(folder);
    errno = error;
    return answer;
}

int folder_prepare(const char *path)
{
    if (mkdir(path, 0777) == 0)
        return 0;
    if (errno == EEXIST) {
        int empty = is_empty(path);
        if (empty == 0)
            say("%s: is not empty; results are written to a folder of their own", path);
        else if (empty < 0)
            say("%s: %s", path, strerror(errno));
        return empty == 1 ? 0 : -1;
    }
    say("%s: %s%s", path, strerror(errno), errno == ENOENT ? "; its parent folder must exist" : "");
    return -1;
}

char *path_join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path)
        snprintf(path, size, "%s/%s", folder, name);
    else
        say("out of memory");
    return path;
}

static void forget(file *f)
{
    free(f->path);
    *f = (file){0};
}

int file_create(file *f, const char *folder, const char *name)
{
    *f = (file){.path = path_join(folder, name)};
    if (!f->path)
        return -1;
    f->stream = fopen(f->path, "w");
    if (f->stream)
        return 0;
    say("%s: %s", f->path, strerror(errno));
    forget(f);
    return -1;
}

int file_commit(file *f)
{
    errno = 0;
    if (fflush(f->stream) == 0 && !ferror(f->stream)) {
        f->whole = ftello(f->stream);
        return 0;
    }
    say("%s: %s", f->path, strerror(errno ? errno : EIO));
    return -1;
}

void file_roll_back(file *f)
{
    if (!f->stream)
        return;
    /* Closing may write what is still buffered, so the file is cut after it. */
    fclose(f->stream);
    if (truncate(f->path, f->whole))
        say("%s: %s; its end may be cut off in the middle of a run", f->path, strerror(errno));
    forget(f);
}

int file_close(file *f)
{
    if (!f->stream)
        return 0;
    if (file_commit(f)) {
        file_roll_back(f);
        return -1;
    }
    int failed = fclose(f->stream) != 0;
    if (failed)
        say("%s: %s", f->path, strerror(errno));
    forget(f);
    return failed ? -1 : 0;
}

int file_sync(const char *path)
{
    int descriptor = open(path, O_RDONLY);
    int failed = descriptor < 0 || fsync(descriptor) != 0;
    if (failed)
        say("%s: %s", path, strerror(errno));
    if (descriptor >= 0)
        close(descriptor);
    return failed ? -1 : 0;
}
