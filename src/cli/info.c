/* ib info: what a folder holds, and how far its study is. */
#include "command.h"
#include "file.h"
#include "look.h"
#include "say.h"
#include "source.h"
#include "ways.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What the files of runs say. */
typedef struct state {
    const folder *f;
    ib_context *context;
    size_t finished;
    size_t in_progress;
    size_t damaged; /* of both */
    size_t bad_fits;
    size_t restarts;
} state;

static void print_help(void)
{
    const char *path = NULL;
    const option operand = look_operand(&path);
    fputs("usage: ib info DIR\n\n"
          "Says what a folder holds: what was asked, how many runs are finished, how far those in progress are, how "
          "many\n"
          "are bad fits or were begun again, whether a program is at work there, and which files have been made.\n\n",
          stdout);
    options_print(&operand, 1, stdout);
    fputs("  --help                this text\n\n"
          "example:\n"
          "  ib info first-plane\n\n",
          stdout);
    look_print_statuses("a run or the data cannot be read");
}

/* --- what was asked ------------------------------------------------------------------------------------------------*/

static void print_training(const settings *asked)
{
    printf("training      %" PRIu64 " epoch%s, batches of %" PRIu64, asked->epochs, asked->epochs == 1 ? "" : "s",
           asked->batch);
    if (asked->optimiser == OPTIMISER_SGD)
        printf(", gradient descent with momentum %g", asked->momentum);
    else
        fputs(", Adam", stdout);
    printf(", rate %g", settings_rate(asked));
    if (asked->prefit)
        printf(", after %" PRIu64 " on shuffled labels", asked->prefit);
    fputc('\n', stdout);
}

static void print_schedule(const settings *asked)
{
    ib_schedule_options when;
    settings_schedule(asked, &when);
    fputs("measured      ", stdout);
    switch (when.kind) {
    case IB_SCHEDULE_LOGARITHMIC:
        printf("%u times from an epoch to its double\n", (unsigned)when.per_octave);
        break;
    case IB_SCHEDULE_ADAPTIVE:
        printf("as often as points move by %g bit\n", when.distance);
        break;
    default:
        if (when.every > 1)
            printf("every %u epochs\n", (unsigned)when.every);
        else
            fputs("every epoch\n", stdout);
        break;
    }
}

static void print_post(const settings *asked)
{
    if (!asked->post_asked)
        return;
    printf("quantised     after training to %s bits", asked->post_asked);
    if (asked->own_post_weights)
        printf(", kernels to %" PRIu64, asked->post_weights);
    fputc('\n', stdout);
}

static void print_estimators(const settings *asked)
{
    if (!asked->estimators_asked)
        return;
    printf("estimators    %s", asked->estimators_asked);
    if (asked->own_kde_variance)
        printf(", variance %g", asked->kde_variance);
    if (asked->own_neighbours)
        printf(", %" PRIu64 " neighbour%s", asked->neighbours, asked->neighbours == 1 ? "" : "s");
    if (asked->own_renyi_alpha)
        printf(", order %g", asked->renyi_alpha);
    fputc('\n', stdout);
}

/* Rows are read and counted anew; where files are gone, all else is told. 0, or -1 after saying why. */
static int print_data(const settings *asked, ib_context *context)
{
    source from;
    ib_limits limits;
    char text[SOURCE_TEXT_SIZE];
    printf("data          %s", asked->data ? asked->data : "the 12-bit data set");
    if (asked->labels)
        printf(", labels %s", asked->labels);
    else if (asked->data)
        printf(", labels in column %" PRId64, asked->label_column);
    int failed = source_create(&from, context, asked);
    if (!failed && ib_limits_measure(from.dataset, &limits)) {
        say("%s", ib_context_message(context));
        failed = -1;
    }
    if (!failed)
        source_describe(from.dataset, &limits, text);
    printf("\n              %s%s\n", failed ? "cannot be read" : text, failed ? "" : " bits");
    source_destroy(&from);
    return failed ? -1 : 0;
}

static void print_asked(const settings *asked)
{
    char words[SETTINGS_SUBJECT_SIZE];
    settings network = *asked;
    network.data = NULL; /* which has been told */
    settings_subject(&network, words);
    printf("network       %s\n", words);
    print_training(asked);
    settings_split(asked, words);
    printf("split         %s\n", words);
    print_schedule(asked);
    if (asked->bins_asked)
        printf("bins          %s, bounds %s\n", asked->bins_asked, asked->bounds_asked ? asked->bounds_asked : "layer");
    print_post(asked);
    print_estimators(asked);
    printf("bad fits      training accuracy below %g", asked->bad_accuracy);
    if (settings_restart_from(asked))
        printf(" after epoch %u or later; begun again\n", (unsigned)settings_restart_from(asked));
    else
        fputs("; kept and marked\n", stdout);
    printf("seed          %" PRIu64 "\n", asked->seed);
}

/* --- how far it is -------------------------------------------------------------------------------------------------*/

static void take_finished(state *s, const ib_record *record)
{
    size_t restarts;
    ib_record_restarts(record, &restarts);
    s->restarts += restarts;
    s->bad_fits += ib_record_outcome(record) == IB_OUTCOME_BAD;
}

/* Whether runs are made twice, since bounds of bins are known only at their end. */
static int is_made_twice(const settings *asked)
{
    for (uint32_t i = 0; i < asked->n_bounds; i++)
        if (asked->bounds[i] == IB_BOUNDS_LARGEST || asked->bounds[i] == IB_BOUNDS_GLOBAL)
            return ways_count(asked, IB_MEASURE_BINNED) > 0;
    return 0;
}

/* The epoch that a run in progress has come to; the second time of two it is measured, and has the whole curve. */
static size_t epoch_of(ib_record *record, int is_second)
{
    size_t epochs;
    const ib_plane *plane = ib_record_plane(record);
    ib_record_epochs(record, &epochs);
    if (is_second)
        return ib_plane_points(plane)[ib_plane_count(plane) - 1].epoch;
    return epochs ? epochs - 1 : 0;
}

static void print_progress(const state *s, uint64_t run, ib_record *record)
{
    size_t restarts;
    const int is_twice = is_made_twice(&s->f->asked);
    const int is_second = is_twice && ib_plane_count(ib_record_plane(record)) > 0;
    ib_record_restarts(record, &restarts);
    printf("              run %" PRIu64 ": epoch %zu of %" PRIu64, run, epoch_of(record, is_second),
           s->f->asked.epochs);
    if (is_twice)
        printf(", %s time of two", is_second ? "second" : "first");
    if (restarts)
        printf(", attempt %zu", restarts + 1);
    fputc('\n', stdout);
}

/* Reads all runs that are finished, or in progress; what cannot be read is said, and counted. */
static int read_runs(state *s, int finished, size_t *n)
{
    uint64_t *runs;
    if (folder_list(s->f, finished, &runs, n))
        return -1;
    for (size_t i = 0; i < *n; i++) {
        ib_record *record;
        if (look_read(s->f, s->context, runs[i], finished, &record))
            s->damaged++;
        else if (finished)
            take_finished(s, record);
        else if (record)
            print_progress(s, runs[i], record);
        ib_record_destroy(record);
    }
    free(runs);
    return 0;
}

static int print_runs(state *s)
{
    if (read_runs(s, 1, &s->finished) || folder_count(s->f, 0, &s->in_progress))
        return -1;
    const uint64_t all = s->f->asked.runs, begun = s->finished + s->in_progress;
    printf("runs          %zu of %" PRIu64 " finished, %zu in progress, %" PRIu64 " to be made\n", s->finished, all,
           s->in_progress, all > begun ? all - begun : 0);
    if (read_runs(s, 0, &s->in_progress))
        return -1;
    printf("              %zu bad fit%s, %zu restart%s\n", s->bad_fits, s->bad_fits == 1 ? "" : "s", s->restarts,
           s->restarts == 1 ? "" : "s");
    if (s->damaged)
        printf("              %zu cannot be read\n", s->damaged);
    return 0;
}

/* --- the folder ----------------------------------------------------------------------------------------------------*/

static int is_real(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* What is made from the runs and whole: all but the study itself. */
static int is_made(const struct dirent *entry)
{
    static const char *const study[] = {"lock", "runs", "settings.txt"};
    for (size_t i = 0; i < sizeof study / sizeof study[0]; i++)
        if (strcmp(entry->d_name, study[i]) == 0)
            return 0;
    return is_real(entry) && !file_is_part(entry->d_name);
}

static int print_files(const folder *f)
{
    struct dirent **entries;
    const int n = scandir(f->path, &entries, is_made, alphasort);
    if (n < 0) {
        say("%s: %s", f->path, strerror(errno));
        return -1;
    }
    fputs("files        ", stdout);
    for (int i = 0; i < n; i++) {
        printf(" %s", entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    fputs(n ? "\n" : " nothing yet\n", stdout);
    return 0;
}

/* Bytes of all files in a folder and those below it. */
static uint64_t size_of(const char *path)
{
    struct dirent **entries;
    uint64_t bytes = 0;
    const int n = scandir(path, &entries, is_real, NULL);
    for (int i = 0; i < n; i++) {
        struct stat about;
        char *name = path_join(path, entries[i]->d_name);
        if (name && lstat(name, &about) == 0)
            bytes += S_ISDIR(about.st_mode) ? size_of(name) : (uint64_t)about.st_size;
        free(name);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return bytes;
}

static void print_folder(const folder *f)
{
    const long worker = folder_worker(f);
    printf("folder        %s, %.1f MB\n", f->path, 1e-6 * (double)size_of(f->path));
    if (worker)
        printf("at work       process %ld\n", worker);
    else
        fputs("at work       no program\n", stdout);
    printf("made by       libib %s, kernels %s (%s)\n", f->version, f->kernels, folder_kernel_class(f));
}

static int act(const char *path)
{
    folder f;
    ib_context *context;
    if (look_open(&f, &context, path))
        return EXIT_FAILED;
    state s = {.f = &f, .context = context};
    print_folder(&f);
    const int no_data = print_data(&f.asked, context);
    print_asked(&f.asked);
    const int failed = print_runs(&s) || print_files(&f) || say_output_done() || s.damaged || no_data;
    look_close(&f, context);
    return failed ? EXIT_FAILED : EXIT_OK;
}

int command_info(int argc, char **argv)
{
    const char *path = NULL;
    const option operand = look_operand(&path);
    const int status = look_parse(&operand, 1, argc, argv, print_help);
    return status == LOOK_ON ? act(path) : status;
}
