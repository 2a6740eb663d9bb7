/* ib check: whether all that a folder holds is whole, of one study, and possible. */
#include "command.h"
#include "invariants.h"
#include "look.h"
#include "recipe.h"
#include "results.h"
#include "say.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define OPTION_COUNT 2

typedef struct wanted {
    const char *folder;
    int quiet;
} wanted;

/* A check while it is made. */
typedef struct check {
    const wanted *asked;
    const folder *f;
    ib_context *context;
    recipe made;
    invariants held;
    size_t finished, in_progress;
    results_outcome results;
    size_t checks, failed;
} check;

static void describe_options(wanted *target, option options[OPTION_COUNT])
{
    options[0] = look_operand(&target->folder);
    options[1] = (option){
        .kind = OPTION_FLAG, .name = "quiet", .help = "say nothing but what is wrong", .target = &target->quiet};
}

static void print_help(void)
{
    wanted defaults = {0};
    option options[OPTION_COUNT];
    describe_options(&defaults, options);
    fputs(
        "usage: ib check DIR [--quiet]\n\n"
        "Reads all runs of a study, and looks for what cannot be: files that are not whole or of another study; "
        "epochs\n"
        "or points that are missing; counts, entropies, accuracies and outputs out of their bounds; layers that know\n"
        "more than the layer before; and results.nc that is not what the runs are, bit for bit.\n\n"
        "Of states, outputs and codes quantised after training, which are exact, no limit may be exceeded by more "
        "than\n"
        "1e-12 bit. Bins and estimates exceed them: how often and by how much is told, and is no failure.\n\n",
        stdout);
    options_print(options, OPTION_COUNT, stdout);
    fputs("  --help                this text\n\n"
          "example:\n"
          "  ib check first-plane && echo all is well\n\n",
          stdout);
    look_print_statuses("something is wrong");
}

/* The files of all runs, finished or in progress. 0, or -1 after saying why. */
static int look_at_files(check *c, int finished, size_t *n)
{
    uint64_t *runs;
    if (folder_list(c->f, finished, &runs, n))
        return -1;
    int failed = 0;
    for (size_t i = 0; i < *n && !failed; i++) {
        ib_record *record;
        const int is_damaged = look_read(c->f, c->context, runs[i], finished, &record); /* which has been said */
        if (record || is_damaged)
            failed = invariants_look(&c->held, runs[i], record);
        ib_record_destroy(record);
    }
    free(runs);
    return failed;
}

/* --- what is said --------------------------------------------------------------------------------------------------*/

/* Where something was exceeded most: "run 3, epoch 12, layer 6". */
static void describe_place(const ib_violations *v, char *text, size_t size)
{
    int n = snprintf(text, size, "run %" PRIu64 ", epoch %u", v->run, (unsigned)v->epoch);
    if (v->layer)
        snprintf(text + n, size - (size_t)n, ", layer %u", (unsigned)v->layer);
}

static void describe_excess(const finding *one, char *text, size_t size)
{
    text[0] = '\0';
    if (one->in_bits)
        snprintf(text, size, "%.3g", one->found.largest);
}

static void print_finding(const finding *one)
{
    char place[96] = "", excess[32];
    const ib_violations *v = &one->found;
    if (v->violated)
        describe_place(v, place, sizeof place);
    describe_excess(one, excess, sizeof excess);
    printf("%-54s %10" PRIu64 " %10" PRIu64 " %10s  %s%s\n", one->what, v->checked, v->violated, excess,
           invariants_fail(one) ? "FAILED: " : "", place);
}

static void say_finding(const check *c, const finding *one)
{
    char place[96], excess[32];
    describe_place(&one->found, place, sizeof place);
    describe_excess(one, excess, sizeof excess);
    say("%s: %s: does not hold in %" PRIu64 " of %" PRIu64 ", %s%s%sat %s", c->f->path, one->what, one->found.violated,
        one->found.checked, one->in_bits ? "by up to " : "first ", excess, one->in_bits ? " bits " : "", place);
}

static const char *results_words(results_outcome outcome)
{
    switch (outcome) {
    case RESULTS_AGREE:
        return "agrees with the runs, bit for bit";
    case RESULTS_NONE:
        return "not there";
    case RESULTS_UNKNOWN:
        return "not looked at: this program was built without NetCDF";
    case RESULTS_DIFFER:
        return "FAILED: differs from the runs; ib export --netcdf writes it anew";
    case RESULTS_FAILED:
        return "FAILED: not compared, since not all runs can be read";
    }
    return "";
}

static void count(check *c, int is_wrong)
{
    c->checks++;
    c->failed += is_wrong ? 1 : 0;
}

static void print_table(const check *c)
{
    printf("%-54s %10s %10s %10s  %s\n", "what holds", "checked", "violated", "bits", "most at");
    for (size_t i = 0; i < c->held.n_findings; i++)
        print_finding(&c->held.findings[i]);
    printf("%-54s %s\n\n", RESULTS_NAME, results_words(c->results));
}

static void report(check *c)
{
    for (size_t i = 0; i < c->held.n_findings; i++) {
        const finding *one = &c->held.findings[i];
        count(c, invariants_fail(one));
        if (invariants_fail(one))
            say_finding(c, one);
    }
    count(c, c->results == RESULTS_DIFFER || c->results == RESULTS_FAILED);
    if (c->asked->quiet)
        return;
    print_table(c);
    printf("%zu of %" PRIu64 " runs finished, %zu in progress; ", c->finished, c->f->asked.runs, c->in_progress);
    if (c->failed)
        printf("%zu of %zu checks FAILED\n", c->failed, c->checks);
    else
        printf("all is well\n");
}

/* --- the command ---------------------------------------------------------------------------------------------------*/

/* What was asked makes the study that the runs are of. 0, or -1 after saying why. */
static int check_setting(const check *c)
{
    const uint64_t setting = ib_study_setting(c->made.study);
    if (setting == c->f->setting)
        return 0;
    say("%s: expected what was asked to make the study %016" PRIx64 ", which the runs are of, but it makes %016" PRIx64,
        c->f->path, c->f->setting, setting);
    return -1;
}

static int look(check *c)
{
    if (recipe_create(&c->made, c->context, &c->f->asked, NULL) || check_setting(c) ||
        invariants_create(&c->held, c->context, &c->f->asked, &c->made) || look_at_files(c, 1, &c->finished) ||
        look_at_files(c, 0, &c->in_progress))
        return -1;
    const int all_read = !c->held.findings[INVARIANT_FILE].found.violated;
    c->results = all_read ? results_compare(c->f, c->context) : RESULTS_FAILED;
    report(c);
    return say_output_done() || c->failed ? -1 : 0;
}

static int act(const wanted *w)
{
    folder f;
    ib_context *context;
    if (look_open(&f, &context, w->folder))
        return EXIT_FAILED;
    check c = {.asked = w, .f = &f, .context = context};
    const int failed = look(&c);
    invariants_clear(&c.held);
    recipe_destroy(&c.made);
    look_close(&f, context);
    return failed ? EXIT_FAILED : EXIT_OK;
}

int command_check(int argc, char **argv)
{
    wanted w = {0};
    option options[OPTION_COUNT];
    describe_options(&w, options);
    const int status = look_parse(options, OPTION_COUNT, argc, argv, print_help);
    return status == LOOK_ON ? act(&w) : status;
}
