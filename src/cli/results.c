#include "results.h"

#include "attributes.h"
#include "contents.h"
#include "file.h"
#include "say.h"

#include <H5public.h>
#include <netcdf.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Room for the ending that makes a name one of this process alone. */
#define ENDING_LENGTH 48

/* The file while it is written or compared. */
typedef struct results {
    const folder *f;
    ib_context *context;
    char *path;
    char *temporary; /* its name until it is whole */
    int id;          /* as NetCDF has it */
    int is_open;
    shape all;
    contents inside;
} results;

int results_are_written(void)
{
    return 1;
}

/* Several programs may write at the same time, each under a name of its own; the last one to be done stays. */
static int name(results *r)
{
    char ending[ENDING_LENGTH];
    snprintf(ending, sizeof ending, RESULTS_NAME ".%ld" FILE_PART, (long)getpid());
    r->path = path_join(r->f->path, RESULTS_NAME);
    r->temporary = path_join(r->f->path, ending);
    return r->path && r->temporary ? 0 : -1;
}

static void forget(results *r)
{
    if (r->is_open)
        nc_close(r->id); /* may fail for the same reason as what failed before */
    contents_clear(&r->inside);
    shape_clear(&r->all);
    free(r->path);
    free(r->temporary);
}

/* 0, or -1 after saying what went wrong. HDF5, which NetCDF writes with, keeps the reason to itself, but mostly leaves
 * it in errno. */
static int check(const results *r, int status)
{
    const int reason = errno;
    if (status == NC_EHDFERR && reason)
        say("%s: %s (%s)", r->path, nc_strerror(status), strerror(reason));
    else if (status)
        say("%s: %s", r->path, nc_strerror(status));
    return status ? -1 : 0;
}

/* Reads the shape of all runs, and prepares for it. */
static int prepare(results *r)
{
    /* At exit HDF5 would clean up, and crash where a file could not be closed because the disk was full. */
    H5dont_atexit();
    return shape_read(&r->all, r->f, r->context) || check(r, contents_create(&r->inside, &r->all));
}

/* --- writing -------------------------------------------------------------------------------------------------------*/

/* Makes the empty file that NetCDF then fills; NetCDF would tell one reason for all that can go wrong here. */
static int create_empty(const char *path)
{
    int descriptor = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0666);
    if (descriptor >= 0 && close(descriptor) == 0)
        return 0;
    say("%s: %s", path, strerror(errno));
    return -1;
}

static int write_run(size_t index, ib_record *run, void *user_data)
{
    const results *r = user_data;
    errno = 0;
    const int status = contents_write(&r->inside, r->id, index, run);
    return check(r, status ? status : nc_sync(r->id)); /* a full disk is noticed now */
}

static int begin(results *r)
{
    if (create_empty(r->temporary))
        return -1;
    errno = 0;
    int status = nc_create(r->temporary, NC_NETCDF4 | NC_CLOBBER, &r->id);
    r->is_open = !status;
    if (!status)
        status = attributes_write(r->id, r->f);
    return check(r, status ? status : contents_define(&r->inside, r->id));
}

static int end(results *r)
{
    r->is_open = 0; /* even if closing fails, it cannot be tried again */
    errno = 0;
    return check(r, nc_close(r->id));
}

/* Gives the file, which is closed, its name, once it is on the disk; and makes sure that the disk knows the name. */
static int publish(const results *r)
{
    if (file_sync(r->temporary))
        return -1;
    if (rename(r->temporary, r->path) == 0)
        return file_sync(r->f->path);
    say("%s: %s", r->path, strerror(errno));
    return -1;
}

static int write_all(results *r)
{
    return begin(r) || shape_each(&r->all, r->f, r->context, write_run, r) || end(r) || publish(r) ? -1 : 0;
}

int results_write(const folder *f, ib_context *context)
{
    results r = {.f = f, .context = context};
    int failed = name(&r) || prepare(&r);
    if (!failed && r.all.n_runs) {
        failed = write_all(&r);
        if (failed)
            remove(r.temporary);
    }
    forget(&r);
    return failed ? -1 : 0;
}

/* --- comparing -----------------------------------------------------------------------------------------------------*/

static int compare_run(size_t index, ib_record *run, void *user_data)
{
    const results *r = user_data;
    const char *differs;
    errno = 0;
    if (check(r, contents_compare(&r->inside, r->id, index, run, &differs)))
        return -1;
    if (differs)
        say("%s: %s of run %" PRIu64 " is not that of its file", r->path, differs, r->all.runs[index]);
    return differs ? -1 : 0;
}

static int compare_all(results *r)
{
    const char *differs;
    errno = 0;
    const int status = nc_open(r->path, NC_NOWRITE, &r->id);
    r->is_open = !status;
    if (check(r, status ? status : contents_find(&r->inside, r->id, &differs)))
        return -1;
    if (!differs)
        return shape_each(&r->all, r->f, r->context, compare_run, r);
    say("%s: %s is not that of the %zu runs that are finished", r->path, differs, r->all.n_runs);
    return -1;
}

results_outcome results_compare(const folder *f, ib_context *context)
{
    results r = {.f = f, .context = context};
    results_outcome outcome = RESULTS_FAILED;
    if (name(&r) == 0) {
        if (access(r.path, F_OK))
            outcome = RESULTS_NONE;
        else if (prepare(&r) == 0)
            outcome = compare_all(&r) ? RESULTS_DIFFER : RESULTS_AGREE;
    }
    forget(&r);
    return outcome;
}
