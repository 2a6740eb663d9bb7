#include "settings.h"

#include "digest.h"
#include "eigenvalues.h"
#include "say.h"
#include "settings_lists.h"
#include "settings_options.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The most bytes and options of a file of settings that are believed to be one. */
#define MOST_TEXT 65536
#define MOST_LINES 64
/* More widths than so many are not shown one by one. */
#define SHOWN_WIDTHS 9
/* Bytes of the name of a file in a heading. */
#define SHOWN_NAME 40
/* Of rows of one's own. */
#define USUAL_SPLIT_SEED 1

static const settings defaults = {
    .preset = IB_PRESET_PAPER,
    .activation = IB_ACTIVATION_TANH,
    .bits = 8,
    .runs = 10,
    .epochs = 8000,
    .seed = 1,
    .batch = 256,
    .test_share = 0.2, /* as in the study's split */
    .bad_epoch = 1001, /* as the study's program of 2022 */
    .bad_accuracy = 0.55,
    .checkpoint = 10,
};

/* An option that goes with another value of another one. */
static int complain(const char *name, const char *only)
{
    say("--%s: expected only with %s", name, only);
    return -1;
}

/* Bounds that ReLU and linear layers have not: they have no largest value. */
static int lacks_bounds(const settings *wanted)
{
    const int is_bounded = wanted->activation == IB_ACTIVATION_TANH || wanted->activation == IB_ACTIVATION_SIGMOID;
    for (uint32_t i = 0; i < wanted->n_bounds; i++)
        if (wanted->bounds[i] == IB_BOUNDS_FIXED && !is_bounded)
            return 1;
    return 0;
}

static int has_estimator(const settings *wanted, uint32_t one, uint32_t other)
{
    for (uint32_t i = 0; i < wanted->n_estimators; i++)
        if (wanted->estimators[i] == one || wanted->estimators[i] == other)
            return 1;
    return 0;
}

/* Whether the program can find what the order of Renyi's information takes. 0, or -1 after saying why not. */
static int check_renyi_alpha(const settings *wanted)
{
    if (!wanted->own_renyi_alpha || wanted->renyi_alpha == 2)
        return 0;
    if (wanted->renyi_alpha == 1) {
        say("--renyi-alpha: expected a number above 0 other than 1, got 1");
        return -1;
    }
    if (eigenvalues_function())
        return 0;
    say("--renyi-alpha: expected 2, since this program was built without LAPACK, which finds eigenvalues, got %g",
        wanted->renyi_alpha);
    return -1;
}

/* Options of what else is measured. 0, or -1 after saying why. */
static int check_measuring(const settings *wanted)
{
    if (wanted->bounds_asked && !wanted->bins_asked)
        return complain("bounds", "--bins");
    if (wanted->post_asked && wanted->bits != FLOAT_BITS)
        return complain("post-bits", "--bits 32: other networks are quantised while they learn");
    if (wanted->own_post_weights && !wanted->post_asked)
        return complain("post-weights", "--post-bits");
    if (wanted->own_kde_variance && !has_estimator(wanted, ESTIMATOR_KDE_UPPER, ESTIMATOR_KDE_LOWER))
        return complain("kde-variance", "--estimators kde-upper or kde-lower");
    if (wanted->own_neighbours && !has_estimator(wanted, ESTIMATOR_KSG1, ESTIMATOR_KSG2))
        return complain("neighbours", "--estimators ksg1 or ksg2");
    if (wanted->own_renyi_alpha && !has_estimator(wanted, ESTIMATOR_RENYI, ESTIMATOR_RENYI))
        return complain("renyi-alpha", "--estimators renyi");
    return check_renyi_alpha(wanted);
}

/* What depends on more than one option. 0, or -1 after saying why. */
static int check_together(const settings *wanted)
{
    if (wanted->preset != IB_PRESET_PAPER && wanted->bits == 1) {
        say("--bits: expected 2 to 16 or 32 with preset %s, got 1", ib_preset_name(wanted->preset));
        return -1;
    }
    if (lacks_bounds(wanted)) {
        say("--bounds: expected others than fixed with activation %s, which has no largest value",
            ib_activation_name(wanted->activation));
        return -1;
    }
    if (wanted->momentum > 0 && wanted->optimiser != OPTIMISER_SGD)
        return complain("momentum", "--optimiser sgd");
    if (wanted->prefit_reset && !wanted->prefit)
        return complain("prefit-reset", "--prefit");
    if (wanted->bad_epoch != defaults.bad_epoch && wanted->bad_fit != BAD_FIT_RESTART)
        return complain("bad-epoch", "--bad-fit restart");
    return check_measuring(wanted);
}

/* Where labels are. 0, or -1 after saying why. */
static int check_labels(const settings *wanted)
{
    if (wanted->labels && !wanted->data)
        return complain("labels", "--data");
    if (wanted->label_column && !wanted->data)
        return complain("label-column", "--data");
    if (wanted->labels && wanted->label_column)
        return complain("label-column", "--data and without --labels");
    if (!wanted->data || wanted->labels || wanted->label_column)
        return 0;
    say("--labels: expected FILE, a label for each row of --data, or --label-column, got nothing");
    return -1;
}

/* A file that can be read again, and written down as a line. 0, or -1 after saying why. */
static int check_file(const char *name, const char *path)
{
    if (!path || (strcmp(path, "-") != 0 && !strchr(path, '\n')))
        return 0;
    say("--%s: expected a file%s", name,
        *path == '-' ? ", which is read again to go on, got the standard input" : " without a line break in its name");
    return -1;
}

static int check_digest(const char *name, const char *digits, const char *of)
{
    if (!digits)
        return 0;
    if (!of)
        return complain(name, strcmp(name, "data-sha256") == 0 ? "--data" : "--labels");
    if (digest_is(digits))
        return 0;
    say("--%s: expected %d hexadecimal digits in lower case, got %s", name, DIGEST_DIGITS, digits);
    return -1;
}

/* Rows of one's own, and how they are split. 0, or -1 after saying why. */
static int check_data(const settings *wanted)
{
    if (wanted->own_share && !wanted->data && !wanted->own_split)
        return complain("test-share", "--data or --split-seed");
    return check_labels(wanted) || check_file("data", wanted->data) || check_file("labels", wanted->labels) ||
                   check_digest("data-sha256", wanted->data_sha256, wanted->data) ||
                   check_digest("labels-sha256", wanted->labels_sha256, wanted->labels)
               ? -1
               : 0;
}

/* Rows of one's own have no split that is known; what is taken instead is written down. */
static void choose_split(settings *wanted)
{
    if (wanted->data && !wanted->own_split) {
        wanted->own_split = 1;
        wanted->split_seed = USUAL_SPLIT_SEED;
    }
    if (wanted->data)
        wanted->own_share = 1;
}

/* What decides the runs: lists, and what depends on more than one option. 0, or -1 after saying why. */
static int check(settings *wanted)
{
    if (settings_read_lists(wanted) || check_together(wanted))
        return -1;
    if (wanted->resume) /* the rest is known; files may be elsewhere now */
        return check_file("data", wanted->data) || check_file("labels", wanted->labels) ? -1 : 0;
    if (check_data(wanted))
        return -1;
    choose_split(wanted);
    return 0;
}

/* Options, and which of them were given. */
typedef struct table {
    option options[SETTINGS_MOST_OPTIONS];
    int given[SETTINGS_MOST_OPTIONS];
    size_t n;
    size_t deciding; /* how many of the first decide the runs */
} table;

/* The defaults, and the options that change them. */
static void prepare(settings *wanted, table *t)
{
    *wanted = defaults;
    memset(t, 0, sizeof *t);
    t->n = settings_options(wanted, t->options, &t->deciding);
    for (size_t i = 0; i < t->n; i++)
        if (!t->options[i].given)
            t->options[i].given = &t->given[i];
}

static void print_help(settings *wanted)
{
    option options[SETTINGS_MOST_OPTIONS];
    size_t deciding;
    *wanted = defaults; /* whatever stood before --help */
    settings_print_help(options, settings_options(wanted, options, &deciding));
}

/* Files that were moved are what they were. */
static int is_where(const option *given)
{
    return strcmp(given->name, "data") == 0 || strcmp(given->name, "labels") == 0;
}

/* A study that is gone on with is what it was, but may get more runs, and its files be elsewhere. 0, or -1 after saying
 * why. */
static int check_resume(settings *wanted, const table *t)
{
    for (size_t i = 0; i < t->deciding; i++)
        if (*t->options[i].given && strcmp(t->options[i].name, "runs") == 0) {
            wanted->own_runs = 1;
        } else if (*t->options[i].given && !is_where(&t->options[i])) {
            say("--%s: expected only --runs, --data, --labels, --threads, --checkpoint, --no-figures and --quiet "
                "beside "
                "--resume",
                t->options[i].name);
            return -1;
        }
    if (!wanted->out)
        return 0;
    say("--out: expected only one of --out and --resume");
    return -1;
}

static int check_folder(settings *wanted, const table *t)
{
    if (wanted->resume)
        return check_resume(wanted, t);
    if (wanted->out)
        return 0;
    say("--out: expected DIR, a folder for the results, got nothing");
    return -1;
}

options_outcome settings_parse(settings *wanted, int argc, char **argv)
{
    table t;
    prepare(wanted, &t);
    const options_outcome outcome = options_parse(t.options, t.n, argc, argv);
    if (outcome == OPTIONS_HELP)
        print_help(wanted);
    if (outcome != OPTIONS_FINE)
        return outcome;
    return check(wanted) || check_folder(wanted, &t) ? OPTIONS_WRONG : OPTIONS_FINE;
}

void settings_write(const settings *asked, FILE *stream)
{
    option options[SETTINGS_MOST_OPTIONS];
    size_t deciding;
    settings copy = *asked; /* options may change what they stand for */
    settings_options(&copy, options, &deciding);
    options_write(options, deciding, stream);
}

/* Takes the rest of a stream as a text. 0, or -1 after saying why. */
static int take_text(settings *found, FILE *stream)
{
    found->text = calloc(1, MOST_TEXT + 1);
    if (!found->text) {
        say("out of memory");
        return -1;
    }
    const size_t n = fread(found->text, 1, MOST_TEXT, stream);
    if (ferror(stream)) {
        say("cannot be read");
        return -1;
    }
    if (n == MOST_TEXT || strlen(found->text) != n || (n && found->text[n - 1] != '\n')) {
        say(n == MOST_TEXT || strlen(found->text) != n ? "is not what was asked of `ib run`"
                                                       : "ends in the middle of a line");
        return -1;
    }
    return 0;
}

/* Cuts a text into lines, each an option with its value. Returns how many words there are, the first of a command line
 * included, or 0 after saying why. */
static int cut(char *text, char *words[MOST_LINES])
{
    static char command[] = "run";
    int n = 0;
    words[n++] = command;
    for (char *end; *text; text = end + 1) {
        end = text + strcspn(text, "\n");
        *end = '\0';
        if (strncmp(text, "--", 2) != 0 || !strchr(text, '=') || n == MOST_LINES) {
            say("expected lines --NAME=VALUE, got %s", text);
            return 0;
        }
        words[n++] = text;
    }
    return n;
}

/* What has a default is always written: nothing of it may be missing. 0, or -1 after saying why. */
static int check_whole(const table *t)
{
    option options[SETTINGS_MOST_OPTIONS];
    size_t deciding;
    settings usual = defaults;
    settings_options(&usual, options, &deciding);
    for (size_t i = 0; i < deciding; i++)
        if (options_holds(&options[i]) && !*t->options[i].given) {
            say("expected a line --%s=%s, found none", options[i].name, options[i].value);
            return -1;
        }
    return 0;
}

static int read_options(settings *found, FILE *stream)
{
    char *words[MOST_LINES];
    table t;
    prepare(found, &t);
    if (take_text(found, stream))
        return -1;
    const int n = cut(found->text, words);
    if (!n || options_parse(t.options, t.deciding, n, words) != OPTIONS_FINE)
        return -1;
    return check_whole(&t) || check(found) ? -1 : 0;
}

int settings_read(settings *found, FILE *stream, const char *path)
{
    say_of(path);
    const int failed = read_options(found, stream);
    say_of(NULL);
    if (failed)
        settings_clear(found);
    return failed;
}

void settings_clear(settings *found)
{
    free(found->text);
    *found = (settings){0};
}

const char *settings_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "20-16-8-3"; of many layers only how many there are between. Nothing if the preset says. */
static void describe_widths(const settings *asked, char *text, size_t size)
{
    const uint32_t n = asked->n_widths, shown = n > SHOWN_WIDTHS ? 1 : n;
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < shown; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%u", i ? "-" : "", (unsigned)asked->widths[i]);
    if (shown < n)
        snprintf(text + used, size - used, "-...-%u with %u layers, ", (unsigned)asked->widths[n - 1], (unsigned)n - 1);
    else if (n)
        snprintf(text + used, size - used, ", ");
}

/* How many bytes of a name are shown: none of a character of UTF-8 that is cut in two. */
static int shown_of(const char *name)
{
    size_t length = strlen(name);
    if (length <= SHOWN_NAME)
        return (int)length;
    for (length = SHOWN_NAME; length > 0 && ((unsigned char)name[length] & 0xc0) == 0x80;)
        length--;
    return (int)length;
}

void settings_subject(const settings *asked, char text[SETTINGS_SUBJECT_SIZE])
{
    char widths[SETTINGS_SUBJECT_SIZE / 2];
    const char *data = asked->data ? settings_base_name(asked->data) : "";
    describe_widths(asked, widths, sizeof widths);
    const int used =
        snprintf(text, SETTINGS_SUBJECT_SIZE, "%.*s%spreset %s, %s%s, ", shown_of(data), data, *data ? ", " : "",
                 ib_preset_name(asked->preset), widths, ib_activation_name(asked->activation));
    const size_t left = SETTINGS_SUBJECT_SIZE - (size_t)used;
    if (asked->bits == FLOAT_BITS)
        snprintf(text + used, left, "float32");
    else
        snprintf(text + used, left, "%" PRIu64 " bit%s", asked->bits, asked->bits == 1 ? "" : "s");
}

void settings_split(const settings *asked, char text[SETTINGS_SUBJECT_SIZE])
{
    if (!asked->own_split)
        snprintf(text, SETTINGS_SUBJECT_SIZE, "that of the study");
    else
        snprintf(text, SETTINGS_SUBJECT_SIZE, "stratified %.6g/%.6g by seed %" PRIu64, 100 - 100 * asked->test_share,
                 100 * asked->test_share, asked->split_seed);
}

double settings_rate(const settings *asked)
{
    if (asked->rate > 0)
        return asked->rate;
    return asked->optimiser == OPTIMISER_SGD ? 0.01 : 1e-4; /* as ib_sgd_options and ib_adam_options have it */
}

/* What the preset says beyond the network; it is one of those that exist. */
static ib_preset_info preset_of(const settings *asked)
{
    ib_preset_info preset = {.struct_size = sizeof preset};
    ib_preset_get_info(asked->preset, &preset);
    return preset;
}

void settings_schedule(const settings *asked, ib_schedule_options *options)
{
    if (asked->schedule_asked) {
        *options = asked->schedule;
        return;
    }
    ib_schedule_options_init(options);
    options->every = preset_of(asked).points_every;
}

uint32_t settings_restart_from(const settings *asked)
{
    switch (asked->bad_fit) {
    case BAD_FIT_KEEP:
        return 0;
    case BAD_FIT_RESTART:
        return (uint32_t)asked->bad_epoch;
    default:
        return preset_of(asked).restart_from;
    }
}
