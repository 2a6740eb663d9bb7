#include "results.h"

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

struct results {
    const settings *asked;
    char *path;
    char *temporary; /* its name until it is whole */
    int id;          /* as NetCDF has it */
    int is_open;
    size_t runs;
    contents inside;
};

int results_are_written(void)
{
    return 1;
}

static void forget(results *r)
{
    contents_clear(&r->inside);
    free(r->path);
    free(r->temporary);
    free(r);
}

/* Closes the file and removes it. */
static void drop(results *r)
{
    if (r->is_open)
        nc_close(r->id); /* may fail for the same reason as what failed before */
    r->is_open = 0;
    remove(r->temporary);
}

/* Says what went wrong. HDF5, which NetCDF writes with, keeps the reason to itself, but mostly leaves it in errno. */
static void tell(const results *r, int status)
{
    int reason = errno;
    if (status == NC_EHDFERR && reason)
        say("%s: %s (%s)", r->path, nc_strerror(status), strerror(reason));
    else
        say("%s: %s", r->path, nc_strerror(status));
}

/* 0, or -1 after saying what went wrong and dropping the file. */
static int check(results *r, int status)
{
    if (!status)
        return 0;
    tell(r, status);
    drop(r);
    return -1;
}

/* Makes the empty file that NetCDF then fills; NetCDF would tell one reason for all that can go wrong here. */
static int create_empty(const char *path)
{
    int descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY, 0666);
    if (descriptor >= 0 && close(descriptor) == 0)
        return 0;
    say("%s: %s", path, strerror(errno));
    return -1;
}

static int create(results *r, const char *kernels)
{
    r->path = path_join(r->asked->out, "results.nc");
    r->temporary = path_join(r->asked->out, "results.nc.part");
    if (!r->path || !r->temporary || create_empty(r->temporary))
        return -1;
    errno = 0;
    int status = nc_create(r->temporary, NC_NETCDF4 | NC_CLOBBER, &r->id);
    r->is_open = !status;
    return check(r, status ? status : contents_describe(r->id, r->asked, kernels));
}

int results_create(results **out, const settings *asked, const char *kernels)
{
    /* At exit HDF5 would clean up, and crash where a file could not be closed because the disk was full. */
    H5dont_atexit();
    results *r = calloc(1, sizeof *r);
    if (!r) {
        say("out of memory");
        return -1;
    }
    r->asked = asked;
    if (create(r, kernels)) {
        forget(r);
        return -1;
    }
    *out = r;
    return 0;
}

static int refuse(results *r, const run_result *run)
{
    say("%s: run %" PRIu64 " has not the epochs, layers and measures of the runs before", r->path, run->run);
    drop(r);
    return -1;
}

int results_add(results *r, const run_result *run)
{
    if (!r || !r->is_open)
        return 0;
    errno = 0;
    if (r->runs == 0 && run->n_points > 0 && check(r, contents_define(&r->inside, r->id, r->asked, run)))
        return -1;
    if (!contents_fits(&r->inside, run))
        return refuse(r, run);
    if (check(r, contents_write(&r->inside, r->id, r->runs, run)))
        return -1;
    if (check(r, nc_sync(r->id))) /* a full disk is noticed now */
        return -1;
    r->runs++;
    return 0;
}

/* Gives the file, which is closed, its name, once it is on the disk; and makes sure that the disk knows the name. */
static int publish(const results *r)
{
    if (file_sync(r->temporary))
        return -1;
    if (rename(r->temporary, r->path) == 0)
        return file_sync(r->asked->out);
    say("%s: %s", r->path, strerror(errno));
    return -1;
}

int results_close(results *r)
{
    int failed = 0;
    if (!r)
        return 0;
    if (r->is_open && r->runs == 0)
        drop(r);
    if (r->is_open) {
        r->is_open = 0; /* even if closing fails, it cannot be tried again */
        errno = 0;
        failed = check(r, nc_close(r->id)) || publish(r);
        if (failed)
            remove(r->temporary);
    }
    forget(r);
    return failed ? -1 : 0;
}
