#include "file.h"

#include "say.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *join(const char *first, const char *between, const char *last)
{
    const size_t size = strlen(first) + strlen(between) + strlen(last) + 1;
    char *text = malloc(size);
    if (text)
        snprintf(text, size, "%s%s%s", first, between, last);
    else
        say("out of memory");
    return text;
}

char *path_join(const char *folder, const char *name)
{
    return join(folder, "/", name);
}

static void forget(file *f)
{
    free(f->folder);
    free(f->path);
    free(f->temporary);
    *f = (file){0};
}

int file_create(file *f, const char *folder, const char *name)
{
    *f = (file){.folder = join(folder, "", ""), .path = path_join(folder, name)};
    f->temporary = f->folder && f->path ? join(f->path, "", FILE_PART) : NULL;
    if (f->temporary) {
        f->stream = fopen(f->temporary, "w");
        if (f->stream)
            return 0;
        say("%s: %s", f->path, strerror(errno));
    }
    forget(f);
    return -1;
}

void file_write(file *f, const void *data, size_t size)
{
    errno = 0;
    if (fwrite(data, 1, size, f->stream) != size && !f->error)
        f->error = errno ? errno : EIO;
}

/* 0, or -1 with the reason in errno. */
static int flush(const file *f)
{
    errno = 0;
    if (fflush(f->stream) == 0 && !ferror(f->stream) && fsync(fileno(f->stream)) == 0)
        return 0;
    errno = f->error ? f->error : errno ? errno : EIO;
    return -1;
}

int file_close(file *f)
{
    int failed = flush(f);
    int error = errno;
    if (fclose(f->stream) && !failed) {
        failed = -1;
        error = errno;
    }
    if (!failed && rename(f->temporary, f->path)) {
        failed = -1;
        error = errno;
    }
    if (failed) {
        say("%s: %s", f->path, strerror(error));
        unlink(f->temporary);
    } else
        failed = file_sync(f->folder);
    forget(f);
    return failed;
}

void file_drop(file *f)
{
    fclose(f->stream);
    unlink(f->temporary);
    forget(f);
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

int file_remove(const char *folder, const char *name)
{
    char *path = path_join(folder, name);
    const int failed = !path || (unlink(path) && errno != ENOENT);
    if (failed && path)
        say("%s: %s", path, strerror(errno));
    free(path);
    return failed ? -1 : 0;
}

int file_is_part(const char *name)
{
    const size_t length = strlen(name), end = strlen(FILE_PART);
    return length >= end && strcmp(name + length - end, FILE_PART) == 0;
}

int file_make_folder(const char *path)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return 0;
    say("%s: %s%s", path, strerror(errno), errno == ENOENT ? "; its parent folder must exist" : "");
    return -1;
}

int each_entry(const char *path, take_entry take, void *user_data)
{
    DIR *stream = opendir(path);
    const struct dirent *entry = NULL;
    int stopped = 0;
    while (stream && !stopped && (errno = 0, entry = readdir(stream)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            stopped = take(entry->d_name, user_data);
    if (!stopped && errno) {
        say("%s: %s", path, strerror(errno));
        stopped = -1;
    }
    if (stream)
        closedir(stream);
    return stopped;
}
