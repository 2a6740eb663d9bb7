/* ib run: trains networks and shows the information plane of their mean. */
#include "command.h"
#include "figure.h"
#include "file.h"
#include "folder.h"
#include "interrupt.h"
#include "pool.h"
#include "progress.h"
#include "results.h"
#include "say.h"
#include "settings.h"
#include "summary.h"

#include <inttypes.h>

/* A study while it is made. */
typedef struct study {
    settings asked;
    progress told;
    pool *workers;
    results *labelled;
    summary mean;
} study;

static int write_summary(const study *work)
{
    file f;
    if (file_create(&f, work->asked.out, "summary.txt"))
        return -1;
    summary_print(&work->mean, &work->asked, f.stream);
    return file_close(&f);
}

/* Takes a finished run into files and means. */
static int keep(const run_result *result, void *user_data)
{
    study *work = user_data;
    if (summary_add(&work->mean, result))
        return -1;
    progress_run(&work->told);
    /* Last: if this fails, the run is in all the others. */
    return results_add(work->labelled, result);
}

static pool_outcome do_runs(study *work)
{
    const uint64_t times = 1;
    progress_begin(&work->told, work->asked.runs, times * work->asked.epochs, work->asked.quiet);
    pool_outcome outcome = pool_run(work->workers, keep, work);
    progress_end(&work->told);
    if (outcome == POOL_INTERRUPTED)
        say("stopped: %" PRIu64 " of %" PRIu64 " runs are kept, those begun after them are dropped", work->mean.runs,
            work->asked.runs);
    return outcome;
}

/* Draws a figure whose data and script are written. 0, or -1 after saying why. */
static int draw(const study *work, const char *name)
{
    const settings *asked = &work->asked;
    if (asked->no_figures) {
        if (!asked->quiet)
            say("not drawn, as asked: %s/%s.gp and %s.dat", asked->out, name, name);
        return 0;
    }
    switch (figure_draw(asked->out, name)) {
    case FIGURE_DRAWN:
        if (!asked->quiet)
            say("%s/%s.png and %s.svg", asked->out, name, name);
        return 0;
    case FIGURE_NO_GNUPLOT:
        say("not drawn, since there is no gnuplot: %s/%s.gp and %s.dat", asked->out, name, name);
        return 0;
    case FIGURE_FAILED:
        break;
    }
    return -1;
}

/* One plane, if there are points for it. */
static int write_figure(const study *work, const char *name, uint32_t measure, uint32_t estimator)
{
    const figure which = {name, measure, estimator};
    if (!summary_has(&work->mean, measure, estimator))
        return 0;
    return figure_write(work->asked.out, &which, &work->mean, &work->asked) || draw(work, name) ? -1 : 0;
}

/* All planes: that of the states, that of the program's bins where these are not the same, those of the bins asked for.
 */
static int write_figures(const study *work)
{
    int failed = write_figure(work, "plane", IB_MEASURE_STATE, 0) != 0;
    failed |= write_figure(work, "plane-rebinned", IB_MEASURE_REBINNED, 0) != 0;
    for (uint32_t estimator = 1; estimator <= settings_estimators(&work->asked); estimator++) {
        char text[32], name[64];
        settings_estimator(&work->asked, estimator, text, sizeof text);
        snprintf(name, sizeof name, "plane-%s", text);
        failed |= write_figure(work, name, IB_MEASURE_BINNED, estimator) != 0;
    }
    return failed ? -1 : 0;
}

/* Writes what follows from the finished runs. 0, or -1 after saying why. */
static int report(study *work)
{
    int failed = results_close(work->labelled) != 0;
    if (work->mean.runs > 0) {
        failed |= write_summary(work) != 0;
        if (!work->asked.quiet)
            summary_print(&work->mean, &work->asked, stdout);
        failed |= say_output_done() != 0;
        failed |= write_figures(work) != 0;
    }
    return failed ? -1 : 0;
}

static int make(study *work)
{
    folder f;
    if (folder_create(&f, &work->asked, NULL, 0))
        return EXIT_FAILED;
    folder_close(&f);
    work->workers = pool_create(&work->asked, &work->told);
    if (!work->workers)
        return EXIT_FAILED;
    if (results_create(&work->labelled, &work->asked, pool_kernels(work->workers)))
        return EXIT_FAILED;
    interrupt_listen();
    pool_outcome outcome = do_runs(work);
    int failed = report(work);
    if (interrupt_came())
        return EXIT_INTERRUPTED;
    return outcome == POOL_FINISHED && !failed ? EXIT_OK : EXIT_FAILED;
}

int command_run(int argc, char **argv)
{
    study work = {0};
    switch (settings_parse(&work.asked, argc, argv)) {
    case OPTIONS_HELP:
        return say_output_done() ? EXIT_FAILED : EXIT_OK;
    case OPTIONS_WRONG:
        return EXIT_USAGE;
    case OPTIONS_FINE:
        break;
    }
    int status = make(&work);
    summary_clear(&work.mean);
    pool_destroy(work.workers);
    return status;
}
