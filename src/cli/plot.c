/* ib plot: draws the figures of a study anew. */
#include "command.h"
#include "figures.h"
#include "look.h"
#include "means.h"
#include "say.h"

#include <inttypes.h>
#include <stdio.h>

#define OPTION_COUNT 4

typedef struct wanted {
    const char *folder;
    const char *format; /* the list as it was given */
    uint32_t formats;
    uint64_t run;
    int one_run; /* also the plane of `run` */
    int quiet;
} wanted;

static const wanted defaults = {.format = "pdf,svg,png"};

static void describe_options(wanted *target, option options[OPTION_COUNT])
{
    options[0] = look_operand(&target->folder);
    options[1] = (option){.kind = OPTION_TEXT,
                          .name = "format",
                          .value = "LIST",
                          .help = "of the pictures, with commas between",
                          .target = &target->format};
    options[2] = (option){.kind = OPTION_NUMBER,
                          .name = "run",
                          .value = "N",
                          .help = "also the plane of run N, as run-N",
                          .target = &target->run,
                          .max = UINT64_MAX,
                          .given = &target->one_run};
    options[3] = (option){
        .kind = OPTION_FLAG, .name = "quiet", .help = "say nothing but errors and warnings", .target = &target->quiet};
}

static void print_help(void)
{
    wanted shown = defaults;
    option options[OPTION_COUNT];
    describe_options(&shown, options);
    fputs("usage: ib plot DIR [options]\n\n"
          "Draws the figures of a study anew from its finished runs, also while it goes on or is stopped.\n\n",
          stdout);
    options_print(options, OPTION_COUNT, stdout);
    fputs("  --help                this text\n\n"
          "figures, in DIR/figures: NAME.pdf, NAME.svg, NAME.png, drawn by gnuplot from NAME.gp and NAME.dat\n"
          "  plane       the information plane, and the hidden layers enlarged\n"
          "  mi          I(X;T) and I(T;Y) of each layer against the epoch\n"
          "  accuracy    training and test accuracy against the epoch\n"
          "  ranges      smallest and largest output of each layer against the epoch\n"
          "  runs        planes of the runs nearest to the mean, in the middle, and farthest from it\n"
          "Layers that are also counted otherwise have plane-rebinned, mi-30-layer and so on as well. Bands are 95%\n"
          "intervals of the mean.\n\n"
          "examples:\n"
          "  ib plot first-plane\n"
          "  ib plot first-plane --format png --run 2\n\n",
          stdout);
    look_print_statuses("something cannot be read, written or drawn, no run is finished");
}

/* 0, or -1 after saying why. */
static int read_formats(const option *format, wanted *w)
{
    if (figure_formats(w->format, &w->formats) == 0)
        return 0;
    say("--%s: expected some of pdf, svg and png with commas between them, got %s", format->name, w->format);
    return -1;
}

static int has_run(const means *m, uint64_t run)
{
    for (size_t i = 0; i < m->n_runs; i++)
        if (m->runs[i] == run)
            return 1;
    return 0;
}

/* Whether there is something to draw. 0, or -1 after saying why not. */
static int check_runs(const folder *f, const means *m, const wanted *w)
{
    if (m->n_runs == 0)
        say("%s: expected a finished run, got none yet", f->path);
    else if (w->one_run && !has_run(m, w->run))
        say("--run: expected a finished run, got %" PRIu64, w->run);
    else
        return 0;
    return -1;
}

static void tell_runs(const folder *f, const means *m, const wanted *w)
{
    if (!w->quiet && m->n_runs < f->asked.runs)
        say("%zu of %" PRIu64 " runs are finished; the figures are of these", m->n_runs, f->asked.runs);
}

static int draw(const folder *f, ib_context *context, const wanted *w)
{
    means m;
    if (means_read(&m, f, context, UINT64_MAX))
        return -1;
    int failed = check_runs(f, &m, w);
    if (!failed) {
        tell_runs(f, &m, w);
        failed = figures_make(f, &m, w->one_run ? &w->run : NULL, w->formats, w->quiet);
    }
    means_clear(&m);
    return failed ? -1 : 0;
}

int command_plot(int argc, char **argv)
{
    wanted w = defaults;
    option options[OPTION_COUNT];
    folder f;
    ib_context *context;
    describe_options(&w, options);
    const int status = look_parse(options, OPTION_COUNT, argc, argv, print_help);
    if (status != LOOK_ON)
        return status;
    if (read_formats(&options[1], &w))
        return EXIT_USAGE;
    if (look_open(&f, &context, w.folder))
        return EXIT_FAILED;
    const int failed = draw(&f, context, &w);
    look_close(&f, context);
    return failed ? EXIT_FAILED : EXIT_OK;
}
