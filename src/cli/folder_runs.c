/* The files of the runs in a study's folder. */
#include "folder.h"

#include "file.h"
#include "say.h"
#include "ways.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FINISHED ".run"
#define IN_PROGRESS ".checkpoint"
/* Room for the name of a file of a run. */
#define NAME_LENGTH 40

/* The name of the file of a run. */
static void name_run(uint64_t run, int finished, char name[NAME_LENGTH])
{
    snprintf(name, NAME_LENGTH, "%08" PRIu64 "%s", run, finished ? FINISHED : IN_PROGRESS);
}

/* Whether this is the name of a file of a run, and of which. */
static int is_run(const char *name, int finished, uint64_t *run)
{
    char expected[NAME_LENGTH];
    *run = strtoull(name, NULL, 10);
    name_run(*run, finished, expected);
    return strcmp(name, expected) == 0;
}

char *folder_path(const folder *f, uint64_t run, int finished)
{
    char name[NAME_LENGTH];
    name_run(run, finished, name);
    return path_join(f->runs, name);
}

/* A finished run has no need of a checkpoint. 0, or -1 after saying why. */
static int drop_checkpoint(const folder *f, uint64_t run)
{
    char name[NAME_LENGTH];
    name_run(run, 0, name);
    return file_remove(f->runs, name);
}

int folder_save(const folder *f, uint64_t run, uint32_t outcome, const void *bytes, size_t size)
{
    const int finished = outcome != IB_OUTCOME_OPEN;
    char name[NAME_LENGTH];
    file out;
    name_run(run, finished, name);
    if (file_create(&out, f->runs, name))
        return -1;
    file_write(&out, bytes, size);
    if (file_close(&out))
        return -1;
    return finished ? drop_checkpoint(f, run) : 0;
}

/* Numbers of runs while they are gathered. */
typedef struct gathered {
    const folder *f;
    int finished;
    uint64_t *runs;
    size_t n, room;
} gathered;

static int gather(const char *name, void *user_data)
{
    gathered *g = user_data;
    uint64_t run;
    if (!is_run(name, g->finished, &run))
        return 0;
    if (g->n == g->room) {
        g->room = g->room ? 2 * g->room : 64;
        uint64_t *runs = realloc(g->runs, g->room * sizeof *runs);
        if (!runs) {
            say("out of memory");
            return -1;
        }
        g->runs = runs;
    }
    g->runs[g->n++] = run;
    return 0;
}

static int compare(const void *a, const void *b)
{
    const uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

int folder_list(const folder *f, int finished, uint64_t **runs, size_t *n)
{
    gathered g = {.f = f, .finished = finished};
    if (each_entry(f->runs, gather, &g)) {
        free(g.runs);
        return -1;
    }
    if (g.n)
        qsort(g.runs, g.n, sizeof *g.runs, compare);
    *runs = g.runs;
    *n = g.n;
    return 0;
}

int folder_count(const folder *f, int finished, size_t *n)
{
    uint64_t *runs;
    if (folder_list(f, finished, &runs, n))
        return -1;
    free(runs);
    return 0;
}

/* 1 if there is the file of a finished run, else 0; -1 after saying why that is not known. */
static int is_finished(const folder *f, uint64_t run)
{
    char *path = folder_path(f, run, 1);
    const int found = path ? access(path, F_OK) == 0 : -1;
    free(path);
    return found;
}

int folder_drop_checkpoints(const folder *f)
{
    uint64_t *runs;
    size_t n;
    if (folder_list(f, 0, &runs, &n))
        return -1;
    int failed = 0;
    for (size_t i = 0; i < n && !failed; i++) {
        const int finished = is_finished(f, runs[i]);
        failed = finished < 0 || (finished && drop_checkpoint(f, runs[i]));
    }
    free(runs);
    return failed ? -1 : 0;
}

int32_t folder_give(void *data, size_t size, size_t *count, void *stream)
{
    *count = fread(data, 1, size, stream);
    return ferror((FILE *)stream) ? -1 : 0;
}

static int is_layer(uint32_t layer)
{
    return layer >= 1 && layer <= MOST_LAYERS;
}

/* Whether what was measured can be of a study: whoever reads it counts on that. 0, or -1 after saying why not. */
static int check_measured(const settings *asked, ib_record *record)
{
    size_t n;
    const ib_extent *extents = ib_record_extents(record, &n);
    const ib_plane *plane = ib_record_plane(record);
    for (size_t i = 0; i < ib_plane_count(plane); i++) {
        const ib_point *p = &ib_plane_points(plane)[i];
        if (is_layer(p->layer) && ways_has(asked, p))
            continue;
        say("a point of layer %u, measure %u, estimator %u is none of this study", (unsigned)p->layer,
            (unsigned)p->measure, (unsigned)p->estimator);
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        if (is_layer(extents[i].layer))
            continue;
        say("outputs of layer %u are none of this study", (unsigned)extents[i].layer);
        return -1;
    }
    return 0;
}

/* Reads what belongs into an empty record. 0, or -1 after saying why, as of the file. */
static int read_record(const folder *f, ib_context *context, FILE *stream, int finished, ib_record *record)
{
    errno = 0;
    if (ib_record_read(record, folder_give, stream)) {
        say("%s", ferror(stream) ? strerror(errno) : ib_context_message(context));
        return -1;
    }
    if (finished != (ib_record_outcome(record) != IB_OUTCOME_OPEN)) {
        say("expected a run %s, found one %s", finished ? "that is finished" : "in progress",
            finished ? "in progress" : "that is finished");
        return -1;
    }
    if (finished && fgetc(stream) != EOF) {
        say("expected the end of the run, found more bytes");
        return -1;
    }
    return check_measured(&f->asked, record);
}

static int read_file(const folder *f, ib_context *context, uint64_t run, int finished, const char *path,
                     ib_record **record)
{
    ib_record_options options;
    ib_record_options_init(&options);
    options.seed = f->asked.seed;
    options.run = run;
    options.setting = f->setting;
    FILE *stream = fopen(path, "r");
    int failed = !stream;
    say_of(path);
    if (failed)
        say("%s", strerror(errno));
    else if (ib_record_create(context, &options, record)) {
        say("%s", ib_context_message(context));
        failed = 1;
    } else
        failed = read_record(f, context, stream, finished, *record);
    say_of(NULL);
    if (stream)
        fclose(stream);
    return failed ? -1 : 0;
}

int folder_read(const folder *f, ib_context *context, uint64_t run, int finished, ib_record **record)
{
    char *path = folder_path(f, run, finished);
    *record = NULL;
    const int failed = !path || read_file(f, context, run, finished, path, record);
    free(path);
    if (failed) {
        ib_record_destroy(*record);
        *record = NULL;
    }
    return failed ? -1 : 0;
}

int folder_each(const folder *f, ib_context *context, folder_take take, void *user_data)
{
    uint64_t *runs;
    size_t n;
    if (folder_list(f, 1, &runs, &n))
        return -1;
    int failed = 0;
    for (size_t i = 0; i < n && !failed; i++) {
        ib_record *record;
        failed = folder_read(f, context, runs[i], 1, &record);
        if (!failed)
            failed = take(runs[i], record, user_data);
        ib_record_destroy(record);
    }
    free(runs);
    return failed;
}
