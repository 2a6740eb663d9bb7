#include "make.h"

#include "command.h"
#include "folder.h"
#include "interrupt.h"
#include "progress.h"
#include "quoted.h"
#include "recipe.h"
#include "report.h"
#include "resume.h"
#include "say.h"
#include "settings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A study while it is made. */
typedef struct work {
    settings asked; /* of the program */
    ib_context *context;
    recipe objects;
    folder at;
    progress told;
    uint64_t finished; /* runs whose files are on the disk */
    double checkpoint; /* when runs in progress were asked for last */
    int numbers_only;  /* no table, no figures */
} work;

/* --- what the study calls ------------------------------------------------------------------------------------------*/

/* Runs that are begun again are told on whichever thread they are. */
static void tell(int32_t level, const char *message, void *user_data)
{
    const work *w = user_data;
    if (level == IB_LOG_WARNING || (level == IB_LOG_INFO && !w->asked.quiet))
        say("%s", message);
}

static int32_t save(uint64_t run, uint32_t outcome, const void *bytes, size_t size, void *user_data)
{
    work *w = user_data;
    if (folder_save(&w->at, run, outcome, bytes, size))
        return -1;
    w->finished += outcome != IB_OUTCOME_OPEN;
    return 0;
}

/* Between epochs: tells how far it is, has runs in progress saved, and stops if that is wanted. */
static int32_t follow(const ib_study_progress *now, void *user_data)
{
    work *w = user_data;
    const double time = progress_clock();
    progress_show(&w->told, now);
    if (time - w->checkpoint >= w->asked.checkpoint) {
        ib_study_checkpoint(w->objects.study);
        w->checkpoint = time;
    }
    return interrupt_came();
}

static ib_study_options hears(work *w)
{
    ib_study_options options;
    ib_study_options_init(&options);
    options.save = save;
    options.progress = follow;
    options.user_data = w;
    return options;
}

/* --- beginning -----------------------------------------------------------------------------------------------------*/

static int create_context(work *w)
{
    ib_context_options options;
    ib_context_options_init(&options);
    options.log = tell;
    options.log_data = w;
    return command_create_context(&options, &w->context);
}

/* A study of its own. 0, or -1 after saying why. */
static int begin(work *w)
{
    const ib_study_options options = hears(w);
    if (recipe_create(&w->objects, w->context, &w->asked, &options) ||
        source_warn(&w->objects.from, w->context, &w->asked))
        return -1;
    recipe_complete(&w->objects, &w->asked);
    return folder_create(&w->at, &w->asked, w->context, ib_study_setting(w->objects.study));
}

/* Where a file is now. 0, or -1 after saying why it cannot be. */
static int take_file(const char *name, const char *now, const char **before)
{
    if (now && !*before) {
        say("--%s: expected only of a study that has such a file", name);
        return -1;
    }
    *before = now ? now : *before;
    return 0;
}

/* What was asked for beside the settings of the folder. 0, or -1 after saying why it cannot be. */
static int take_asked(work *w)
{
    settings *all = &w->at.asked;
    if (w->asked.own_runs && w->asked.runs < all->runs) {
        say("--runs: expected %" PRIu64 " or more, as the study has, got %" PRIu64, all->runs, w->asked.runs);
        return -1;
    }
    if (w->asked.own_runs)
        all->runs = w->asked.runs;
    if (take_file("data", w->asked.data, &all->data) || take_file("labels", w->asked.labels, &all->labels))
        return -1;
    all->own_threads = w->asked.own_threads;
    all->threads = w->asked.threads;
    return 0;
}

/* A study that was begun: what decides its runs is in its folder, the rest was asked for now. 0, or -1 after saying
 * why; then the folder is as it was. */
static int go_on(work *w)
{
    const ib_study_options options = hears(w);
    if (folder_open(&w->at, w->asked.resume) || folder_lock(&w->at) || take_asked(w) ||
        recipe_create(&w->objects, w->context, &w->at.asked, &options) ||
        resume_check(&w->at, w->context, w->objects.study) || resume_read(&w->at, w->context, w->objects.study))
        return -1;
    return w->asked.own_runs || w->asked.data || w->asked.labels ? folder_write_settings(&w->at) : 0;
}

/* --- making --------------------------------------------------------------------------------------------------------*/

/* How to go on, as a line for a shell. */
static void tell_stop(const work *w)
{
    char *word = quoted_word(w->at.path, strlen(w->at.path));
    say("stopped: %" PRIu64 " of %" PRIu64 " runs are finished; to go on: ib run --resume %s", w->finished,
        w->at.asked.runs, word ? word : "DIR");
    free(word);
}

/* All runs that are not finished. 0, 1 if it was stopped before they were, or -1 after saying why. */
static int make_runs(work *w)
{
    progress_begin(&w->told, w->asked.quiet);
    w->checkpoint = progress_clock();
    const ib_status status = ib_study_run(w->objects.study);
    progress_end(&w->told);
    const int stopped = status == IB_STOPPED && w->finished < w->at.asked.runs;
    if (stopped)
        tell_stop(w);
    else if (status < 0 && status != IB_ERR_CALLBACK) /* a callback has said why itself */
        say("%s", ib_context_message(w->context));
    return status < 0 ? -1 : stopped;
}

static int write_report(const work *w)
{
    const report_options how = {
        .no_figures = w->asked.no_figures, .numbers_only = w->numbers_only, .quiet = w->asked.quiet};
    return report_write(&w->at, w->context, w->objects.from.dataset, how);
}

/* Counts the runs that are finished already. 0, or -1 after saying why that cannot be done. */
static int count_finished(work *w)
{
    size_t n;
    if (folder_count(&w->at, 1, &n))
        return -1;
    w->finished = n;
    return 0;
}

/* What was finished before is only told. 0, 1 if it was stopped before all runs were, or -1 after saying why. */
static int make_missing(work *w)
{
    if (w->finished < w->at.asked.runs)
        return report_begin(&w->at) ? -1 : make_runs(w);
    if (!w->asked.quiet)
        say("%s: all %" PRIu64 " runs are finished", w->at.path, w->at.asked.runs);
    return 0;
}

/* Listens before there is a folder: whoever sees one can stop the program politely. */
static int make(work *w)
{
    interrupt_listen();
    if (create_context(w) || (w->asked.resume ? go_on(w) : begin(w)) || count_finished(w))
        return EXIT_FAILED;
    const int was_finished = w->finished == w->at.asked.runs;
    const int stopped = make_missing(w);
    if (stopped < 0)
        return EXIT_FAILED;
    const int failed = was_finished && report_is_there(&w->at, w->numbers_only) ? 0 : write_report(w);
    if (stopped || (failed && interrupt_came()))
        return EXIT_INTERRUPTED;
    return failed ? EXIT_FAILED : EXIT_OK;
}

int make_study(const settings *asked, int numbers_only)
{
    work w = {.asked = *asked, .at = {.lock = -1}, .numbers_only = numbers_only};
    const int status = make(&w);
    recipe_destroy(&w.objects);
    folder_close(&w.at);
    ib_context_destroy(w.context);
    return status;
}
