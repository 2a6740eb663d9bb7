/* ib reproduce: the figures of the study, from nothing or from what there is of them. */
#include "command.h"
#include "figures.h"
#include "file.h"
#include "folder.h"
#include "interrupt.h"
#include "make.h"
#include "options.h"
#include "progress.h"
#include "reproduction.h"
#include "say.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define OPTION_COUNT 9
#define FIGURE_NAMES "2, 3, 4, 5, 6, A.7, A.8, B.9, B.10 or all"
#define TEXT_SIZE 160
#define NETWORK_SIZE 32
/* More than there are. */
#define MOST_WORDS 32

static const reproduction defaults = {.preset = IB_PRESET_PAPER, .epochs = 8000, .seed = 1};

/* --- options -------------------------------------------------------------------------------------------------------*/

static const char *preset_name(uint32_t preset)
{
    return preset == ALL_PRESETS ? "all" : ib_preset_name(preset);
}

static void describe_options(reproduction *target, option options[OPTION_COUNT])
{
    const option all[OPTION_COUNT] = {
        {.kind = OPTION_TEXT,
         .name = "figure",
         .value = "NAME",
         .help = "which (required): " FIGURE_NAMES,
         .target = &target->figure},
        {.kind = OPTION_CHOICE,
         .name = "preset",
         .value = "NAME",
         .help = "meaning of the standard setting",
         .target = &target->preset,
         .max = ALL_PRESETS,
         .choice_name = preset_name},
        {.kind = OPTION_TEXT,
         .name = "out",
         .value = "DIR",
         .help = "folder of studies and figures, made if absent (required)",
         .target = &target->out},
        {.kind = OPTION_NUMBER,
         .name = "runs",
         .value = "R",
         .help = "networks of each kind [50, for figures of the appendices 30]",
         .target = &target->runs,
         .min = 1,
         .max = UINT32_MAX,
         .given = &target->own_runs},
        {.kind = OPTION_NUMBER,
         .name = "epochs",
         .value = "E",
         .help = "epochs of a run",
         .target = &target->epochs,
         .min = 1,
         .max = UINT32_MAX},
        {.kind = OPTION_NUMBER,
         .name = "seed",
         .value = "S",
         .help = "determines all runs",
         .target = &target->seed,
         .max = UINT64_MAX},
        {.kind = OPTION_NUMBER,
         .name = "threads",
         .value = "N",
         .help = "runs at the same time; changes no result [one for each core]",
         .target = &target->threads,
         .min = 1,
         .max = IB_TASKS_MOST_THREADS,
         .given = &target->own_threads},
        {.kind = OPTION_FLAG,
         .name = "no-figures",
         .help = "write data and scripts of figures, but do not draw them",
         .target = &target->no_figures},
        {.kind = OPTION_FLAG, .name = "quiet", .help = "say nothing but errors and warnings", .target = &target->quiet},
    };
    memcpy(options, all, sizeof all);
}

static void print_help(const option *options)
{
    size_t count;
    const paper_figure *figures = paper_figures(&count);
    fputs(
        "usage: ib reproduce --figure NAME --out DIR [options]\n\n"
        "Makes figures of the study (Lorenzen, Igel, Nielsen 2022): trains the networks of each, 50 or 30 times, "
        "counts\n"
        "their layers, and draws. What is there already is not made again, so a figure that was interrupted, or needs\n"
        "the same networks as another, goes on where that was.\n\noptions:\n",
        stdout);
    options_print(options, OPTION_COUNT, stdout);
    fputs("  --help                this text\n\nfigures:\n", stdout);
    for (size_t i = 0; i < count; i++)
        printf("  %-6s%s\n", figures[i].name, figures[i].title);
    fputs("\nfiles in DIR:\n"
          "  paper-tanh-8/         a study of each preset, activation and number of bits that is needed: ib info,\n"
          "                        ib plot, ib export and ib check look into it, ib run --resume goes on with it\n"
          "  figures/              figure-5-paper.pdf and so on, with data and scripts\n"
          "  claims-paper.md       what the study says, beside what was measured (with --figure all)\n\n"
          "examples:\n"
          "  ib reproduce --figure 5 --runs 5 --out figure-5            # a first look, within a minute\n"
          "  ib reproduce --figure all --preset all --out reproduction  # all of it\n\n",
          stdout);
    command_print_statuses();
}

static int is_known(const reproduction *r)
{
    size_t count;
    const paper_figure *figures = paper_figures(&count);
    for (size_t i = 0; i < count; i++)
        if (reproduction_wants(r, &figures[i]))
            return 1;
    return 0;
}

static options_outcome parse(reproduction *r, int argc, char **argv)
{
    option options[OPTION_COUNT];
    *r = defaults;
    describe_options(r, options);
    const options_outcome outcome = options_parse(options, OPTION_COUNT, argc, argv);
    if (outcome == OPTIONS_HELP) {
        *r = defaults; /* help shows the defaults, whatever stood before --help */
        print_help(options);
    }
    if (outcome != OPTIONS_FINE)
        return outcome;
    if (!r->figure || !is_known(r)) {
        say("--figure: expected " FIGURE_NAMES ", got %s", r->figure ? r->figure : "nothing");
        return OPTIONS_WRONG;
    }
    if (!r->out) {
        say("--out: expected DIR, a folder for studies and figures, got nothing");
        return OPTIONS_WRONG;
    }
    return OPTIONS_FINE;
}

/* --- studies -------------------------------------------------------------------------------------------------------*/

/* The words of `ib run` for a study, so that it is what a user would ask for. */
typedef struct words {
    char *list[MOST_WORDS];
    char texts[MOST_WORDS][TEXT_SIZE];
    int n;
} words;

static void put(words *w, const char *name, const char *value)
{
    snprintf(w->texts[w->n], TEXT_SIZE, "--%s=%s", name, value);
    w->list[w->n] = w->texts[w->n];
    w->n++;
}

static void put_number(words *w, const char *name, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    put(w, name, text);
}

/* Networks of 32 bits are measured as often as the program of the study does: with all their bins, counting is what
 * takes time and room. */
static int ask(const reproduction *r, uint32_t preset, size_t study, char *path, words *w, settings *asked)
{
    static char run[] = "run", out[] = "--out";
    const paper_study of = paper_study_of(study);
    w->list[w->n++] = run;
    put(w, "preset", ib_preset_name(preset));
    put(w, "activation", ib_activation_name(of.activation));
    put_number(w, "bits", of.bits);
    put_number(w, "runs", reproduction_runs(r, study));
    put_number(w, "epochs", r->epochs);
    put_number(w, "seed", r->seed);
    if (paper_bins(study)) {
        put(w, "bins", paper_bins(study));
        put(w, "bounds", paper_bounds_list(preset, study));
        put(w, "schedule", "every:5");
    }
    if (r->own_threads)
        put_number(w, "threads", r->threads);
    w->list[w->n++] = out;
    w->list[w->n++] = path;
    if (settings_parse(asked, w->n, w->list) != OPTIONS_FINE)
        return -1;
    asked->no_figures = r->no_figures;
    asked->quiet = r->quiet;
    return 0;
}

/* What decides the runs, as text in memory to be freed; NULL after saying that there is none. */
static char *text_of(const settings *asked)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream) {
        settings_write(asked, stream);
        if (fclose(stream) == 0)
            return text;
    }
    free(text);
    say("out of memory");
    return NULL;
}

/* Whether a study that is there is the one that is wanted, but for its number of runs. 0, or -1 after saying why. */
static int check_same(const folder *there, const settings *asked)
{
    settings other = *asked;
    other.runs = there->asked.runs;
    char *wanted = text_of(&other), *found = text_of(&there->asked);
    const int same = wanted && found && strcmp(wanted, found) == 0;
    if (wanted && found && !same)
        say("%s: expected epochs, seed and bins as asked for now, got a study of others; take another --out",
            there->path);
    free(wanted);
    free(found);
    return same ? 0 : -1;
}

/* Goes on with a study that is there, if it is not finished or has too few runs. Returns an exit status. */
static int go_on(const settings *asked)
{
    folder there;
    if (folder_open(&there, asked->out))
        return EXIT_FAILED;
    settings resumed = *asked;
    resumed.resume = asked->out;
    resumed.out = NULL;
    resumed.own_runs = asked->runs > there.asked.runs;
    const int failed = check_same(&there, asked);
    folder_close(&there);
    return failed ? EXIT_FAILED : make_study(&resumed, 1);
}

/* Makes a study, or what is missing of it. Returns an exit status. */
static int make_one(const reproduction *r, uint32_t preset, size_t study)
{
    char network[NETWORK_SIZE];
    char *path = reproduction_path(r, preset, study);
    words w = {.n = 0};
    settings asked;
    int status = EXIT_FAILED;
    if (path && ask(r, preset, study, path, &w, &asked) == 0) {
        paper_study_name(study, network, sizeof network);
        if (!r->quiet)
            say("%s, %s: %" PRIu64 " run%s of %" PRIu64 " epoch%s in %s", ib_preset_name(preset), network, asked.runs,
                asked.runs == 1 ? "" : "s", asked.epochs, asked.epochs == 1 ? "" : "s", path);
        status = folder_is_there(path) ? go_on(&asked) : make_study(&asked, 1);
    }
    free(path);
    return status;
}

/* A signal may also have come between two studies, or while figures were drawn. */
static int make_studies(const reproduction *r, uint32_t preset)
{
    int status = EXIT_OK;
    for (size_t study = 0; study < PAPER_STUDIES && status == EXIT_OK; study++)
        if (reproduction_runs(r, study))
            status = interrupt_came() ? EXIT_INTERRUPTED : make_one(r, preset, study);
    return status;
}

/* --- all of it -----------------------------------------------------------------------------------------------------*/

static int make_preset(reproduction *r, uint32_t preset, easel *place)
{
    const int status = make_studies(r, preset);
    if (status != EXIT_OK)
        return status;
    if (interrupt_came())
        return EXIT_INTERRUPTED;
    const int failed = reproduction_draw(r, preset, place) || reproduction_claim(r, preset);
    reproduction_unload(r);
    return !failed ? EXIT_OK : interrupt_came() ? EXIT_INTERRUPTED : EXIT_FAILED;
}

static int make_presets(reproduction *r)
{
    char *figures = path_join(r->out, FIGURES_NAME), time[TEXT_SIZE];
    const double started = progress_clock();
    easel place = {.folder = figures, .formats = r->no_figures ? 0 : FIGURE_ALL, .quiet = r->quiet};
    int status = figures ? EXIT_OK : EXIT_FAILED;
    for (uint32_t preset = 0; preset < IB_PRESET_COUNT && status == EXIT_OK; preset++)
        if (r->preset == ALL_PRESETS || r->preset == preset)
            status = make_preset(r, preset, &place);
    if (status == EXIT_OK && figure_end(&place))
        status = EXIT_FAILED;
    progress_time(progress_clock() - started, time, sizeof time);
    if (status == EXIT_OK && !r->quiet)
        say("done after %s", time);
    free(figures);
    return status;
}

static int prepare(reproduction *r)
{
    return file_make_folder(r->out) || command_create_context(NULL, &r->context) ? -1 : 0;
}

int command_reproduce(int argc, char **argv)
{
    reproduction r;
    const options_outcome outcome = parse(&r, argc, argv);
    if (outcome != OPTIONS_FINE)
        return command_end(outcome);
    const int status = prepare(&r) ? EXIT_FAILED : make_presets(&r);
    if (status == EXIT_INTERRUPTED)
        say("stopped; to go on with all of it, ask for the same again");
    reproduction_unload(&r);
    ib_context_destroy(r.context);
    return status;
}
