#include "folder.h"

#include "file.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Version of all that is laid down here, but for the files of runs, which have their own. */
#define FORMAT "1"
#define SETTINGS_NAME "settings.txt"
#define LOCK_NAME "lock"
#define RUNS_NAME "runs"
/* Room for a line of the settings. */
#define LINE_LENGTH 256
/* Room for the path of a folder. */
#define PATH_LENGTH 4096
/* Digits of a setting. */
#define SETTING_DIGITS 16

/* --- an empty folder -----------------------------------------------------------------------------------------------*/

/* 0 for what a program leaves that was ended while it made a folder. */
static int is_foreign(const char *name, void *user_data)
{
    (void)user_data;
    return strcmp(name, LOCK_NAME) != 0 && strcmp(name, RUNS_NAME) != 0 && strcmp(name, SETTINGS_NAME FILE_PART) != 0;
}

static int is_any(const char *name, void *user_data)
{
    (void)name;
    (void)user_data;
    return 1;
}

/* Whether a new study may be made here: nothing of anybody's is here. 0, or -1 after saying why. */
static int check_empty(const folder *f)
{
    int found = each_entry(f->path, is_foreign, NULL);
    if (!found && access(f->runs, F_OK) == 0)
        found = each_entry(f->runs, is_any, NULL);
    if (found > 0)
        say("%s: is not empty; a new study wants a folder of its own (to go on with one: --resume)", f->path);
    return found ? -1 : 0;
}

/* --- tidying -------------------------------------------------------------------------------------------------------*/

/* Removes a file that never became whole. */
static int tidy_part(const char *name, void *user_data)
{
    return file_is_part(name) ? file_remove(user_data, name) : 0;
}

/* Removes what was left by a program that was ended. 0, or -1 after saying why. */
static int tidy(const folder *f)
{
    return each_entry(f->path, tidy_part, f->path) || each_entry(f->runs, tidy_part, f->runs) ||
                   folder_drop_checkpoints(f)
               ? -1
               : 0;
}

/* --- lock ----------------------------------------------------------------------------------------------------------*/

static void complain_of_lock(const folder *f, const char *path)
{
    const int error = errno;
    struct flock other = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (f->lock >= 0 && (error == EACCES || error == EAGAIN) && fcntl(f->lock, F_GETLK, &other) == 0 &&
        other.l_type != F_UNLCK)
        say("%s: another program is at work here, process %ld", f->path, (long)other.l_pid);
    else if (f->lock >= 0 && (error == EACCES || error == EAGAIN))
        say("%s: another program was at work here; try again", f->path);
    else
        say("%s: %s", path, strerror(error));
}

/* The lock goes with the process, however that ends. 0, or -1 after saying why. */
static int lock(folder *f)
{
    char *path = path_join(f->path, LOCK_NAME);
    if (!path)
        return -1;
    const struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    f->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    const int failed = f->lock < 0 || fcntl(f->lock, F_SETLK, &whole);
    if (failed)
        complain_of_lock(f, path);
    if (failed && f->lock >= 0) {
        close(f->lock);
        f->lock = -1;
    }
    free(path);
    return failed ? -1 : 0;
}

/* --- settings.txt --------------------------------------------------------------------------------------------------*/

/* A path that is the same from every folder, in memory to be freed; NULL: none, or none is to be had. */
static char *whole_path(const char *path)
{
    char here[PATH_LENGTH];
    if (!path || *path == '/' || !getcwd(here, sizeof here))
        return NULL;
    return path_join(here, path);
}

/* Files are found again from wherever the study is gone on with. */
static void write_asked(const settings *asked, FILE *stream)
{
    settings whole = *asked;
    char *data = whole_path(asked->data), *labels = whole_path(asked->labels);
    whole.data = data ? data : asked->data;
    whole.labels = labels ? labels : asked->labels;
    settings_write(&whole, stream);
    free(data);
    free(labels);
}

int folder_write_settings(const folder *f)
{
    file out;
    if (file_create(&out, f->path, SETTINGS_NAME))
        return -1;
    fprintf(out.stream,
            "# A study of the program ib: what was asked, and by what its runs are made.\n"
            "# Runs are in the folder " RUNS_NAME ". ib run --resume goes on with them.\n"
            "format " FORMAT "\nversion %s\nkernels %s\nfused %u\nsetting %0*" PRIx64 "\n",
            f->version, f->kernels, (unsigned)f->fused, SETTING_DIGITS, f->setting);
    write_asked(&f->asked, out.stream);
    return file_close(&out);
}

/* Reads a line "NAME VALUE" after lines of comment. 0, or -1 after saying why. */
static int read_field(FILE *stream, const char *name, char *value, size_t size)
{
    char line[LINE_LENGTH];
    const size_t length = strlen(name);
    do
        if (!fgets(line, sizeof line, stream))
            line[0] = '\0';
    while (line[0] == '#');
    char *end = strchr(line, '\n');
    if (ferror(stream)) {
        say("%s", strerror(errno));
        return -1;
    }
    if (!end || strncmp(line, name, length) != 0 || line[length] != ' ' || (size_t)(end - line) - length > size) {
        say("expected what was asked of `ib run`, found no line with its %s", name);
        return -1;
    }
    *end = '\0';
    memcpy(value, line + length + 1, (size_t)(end - line) - length);
    return 0;
}

static int complain(const char *name, const char *expected, const char *got)
{
    say("%s: expected %s, found %s", name, expected, got);
    return -1;
}

/* What stands before the options. 0, or -1 after saying why. */
static int read_head(folder *f, FILE *stream)
{
    char format[32], fused[32], setting[32];
    if (read_field(stream, "format", format, sizeof format))
        return -1;
    if (strcmp(format, FORMAT) != 0)
        return complain("format", FORMAT " (other versions of ib have others)", format);
    if (read_field(stream, "version", f->version, sizeof f->version) ||
        read_field(stream, "kernels", f->kernels, sizeof f->kernels) ||
        read_field(stream, "fused", fused, sizeof fused) || read_field(stream, "setting", setting, sizeof setting))
        return -1;
    if (strcmp(fused, "0") != 0 && strcmp(fused, "1") != 0)
        return complain("fused", "0 or 1", fused);
    if (strlen(setting) != SETTING_DIGITS || setting[strspn(setting, "0123456789abcdef")])
        return complain("setting", "16 hexadecimal digits", setting);
    f->fused = fused[0] == '1';
    f->setting = strtoull(setting, NULL, 16);
    return 0;
}

static int read_settings(folder *f, const char *path)
{
    FILE *stream = fopen(path, "r");
    if (!stream) {
        if (errno == ENOENT && access(f->path, F_OK) == 0)
            say("%s: is not the folder of a study: there is no " SETTINGS_NAME, f->path);
        else
            say("%s: %s", errno == ENOENT ? f->path : path, strerror(errno));
        return -1;
    }
    say_of(path);
    int failed = read_head(f, stream);
    say_of(NULL);
    if (!failed)
        failed = settings_read(&f->asked, stream, path);
    fclose(stream);
    return failed;
}

/* --- making, opening, locking --------------------------------------------------------------------------------------*/

static int begin(folder *f, const char *path)
{
    *f = (folder){.lock = -1, .path = strdup(path), .runs = path_join(path, RUNS_NAME)};
    if (f->path && f->runs)
        return 0;
    if (!f->path)
        say("out of memory");
    return -1;
}

/* Where the folder is, on the disk as well. A parent that may not be read cannot be forced to it. */
static int sync_parent(const folder *f)
{
    char *parent = path_join(f->path, "..");
    const int failed = !parent || (access(parent, R_OK) == 0 && file_sync(parent));
    free(parent);
    return failed ? -1 : 0;
}

/* settings.txt comes last: whatever fails before, it is no study without. */
static int lay_down(folder *f)
{
    return file_make_folder(f->path) || check_empty(f) || lock(f) || check_empty(f) || file_make_folder(f->runs) ||
                   folder_write_settings(f) || sync_parent(f)
               ? -1
               : 0;
}

int folder_create(folder *f, const settings *asked, ib_context *context, uint64_t setting)
{
    int failed = begin(f, asked->out);
    f->asked = *asked;
    f->asked.text = NULL; /* which stays the caller's */
    f->fused = ib_context_fused(context);
    f->setting = setting;
    snprintf(f->version, sizeof f->version, "%s", ib_version_get());
    snprintf(f->kernels, sizeof f->kernels, "%s", ib_context_kernels(context));
    if (!failed)
        failed = lay_down(f);
    if (failed)
        folder_close(f);
    return failed;
}

int folder_is_there(const char *path)
{
    char *name = path_join(path, SETTINGS_NAME);
    const int found = name && access(name, F_OK) == 0;
    free(name);
    return found;
}

int folder_open(folder *f, const char *path)
{
    int failed = begin(f, path);
    char *name = failed ? NULL : path_join(path, SETTINGS_NAME);
    failed = !name || read_settings(f, name) ? -1 : 0;
    free(name);
    if (failed)
        folder_close(f);
    return failed;
}

int folder_lock(folder *f)
{
    return lock(f) || tidy(f) ? -1 : 0;
}

long folder_worker(const folder *f)
{
    char *path = path_join(f->path, LOCK_NAME);
    struct flock other = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    const int descriptor = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    const int is_held = descriptor >= 0 && fcntl(descriptor, F_GETLK, &other) == 0 && other.l_type != F_UNLCK;
    if (descriptor >= 0)
        close(descriptor);
    free(path);
    return is_held ? (long)other.l_pid : 0;
}

const char *folder_kernel_class(const folder *f)
{
    return f->fused ? "with fused multiply-add" : "without fused multiply-add";
}

void folder_close(folder *f)
{
    if (f->lock >= 0)
        close(f->lock);
    settings_clear(&f->asked);
    free(f->path);
    free(f->runs);
    *f = (folder){.lock = -1};
}
