#include "settings.h"

#include "command.h"
#include "results.h"
#include "say.h"

#include <libib/libib.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define OPTION_COUNT 13
#define FLOAT_BITS 32

static const settings defaults = {
    .preset = IB_PRESET_PAPER,
    .activation = IB_ACTIVATION_TANH,
    .bits = 8,
    .runs = 10,
    .epochs = 8000,
    .seed = 1,
};

/* The one table of the options of `ib run`. */
/* NOLINTNEXTLINE(readability-function-size) */
static void describe_options(settings *target, option options[OPTION_COUNT])
{
    const option all[OPTION_COUNT] = {
        {.kind = OPTION_CHOICE,
         .name = "preset",
         .value = "NAME",
         .help = "meaning of the standard setting",
         .target = &target->preset,
         .max = IB_PRESET_COUNT - 1,
         .choice_name = ib_preset_name},
        {.kind = OPTION_CHOICE,
         .name = "activation",
         .value = "NAME",
         .help = "hidden layers",
         .target = &target->activation,
         .min = IB_ACTIVATION_TANH,
         .max = IB_ACTIVATION_RELU,
         .choice_name = ib_activation_name},
        {.kind = OPTION_NUMBER,
         .name = "bits",
         .value = "K",
         .help = "bits of an activation, 32 = float32",
         .target = &target->bits,
         .min = 1,
         .max = 16,
         .also = FLOAT_BITS},
        {.kind = OPTION_TEXT,
         .name = "bins",
         .value = "M[,M...]",
         .help = "also put outputs into M bins and count those: 1 to 65536",
         .target = &target->bins_asked},
        {.kind = OPTION_CHOICE,
         .name = "bounds",
         .value = "NAME",
         .help = "where bins begin and end",
         .target = &target->bounds,
         .max = IB_BOUNDS_COUNT - 1,
         .choice_name = ib_binning_bounds_name},
        {.kind = OPTION_NUMBER,
         .name = "runs",
         .value = "R",
         .help = "networks to train",
         .target = &target->runs,
         .min = 1,
         .max = UINT32_MAX},
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
         .help = "determines all runs; run r depends on S and r alone",
         .target = &target->seed,
         .max = UINT64_MAX},
        {.kind = OPTION_NUMBER,
         .name = "split-seed",
         .value = "S",
         .help = "another stratified 80/20 split, by its own seed [the study's]",
         .target = &target->split_seed,
         .max = UINT64_MAX,
         .given = &target->own_split},
        {.kind = OPTION_NUMBER,
         .name = "threads",
         .value = "N",
         .help = "runs at the same time; changes no result [one for each core]",
         .target = &target->threads,
         .min = 1,
         .max = IB_TASKS_MOST_THREADS,
         .given = &target->own_threads},
        {.kind = OPTION_TEXT,
         .name = "out",
         .value = "DIR",
         .help = "folder for the results, made if absent; must be empty (required)",
         .target = &target->out},
        {.kind = OPTION_FLAG,
         .name = "no-figures",
         .help = "write data and script of the figures, but do not draw them",
         .target = &target->no_figures},
        {.kind = OPTION_FLAG, .name = "quiet", .help = "say nothing but errors and warnings", .target = &target->quiet},
    };
    memcpy(options, all, sizeof all);
}

static void print_help(const option *options)
{
    fputs("usage: ib run --out DIR [options]\n\n"
          "Trains the 12-10-7-5-4-3-2 network of the study on its 12-bit data set, again and again from new weights,\n"
          "counts the states of all layers exactly, and shows the information plane: mean over the runs of I(X;T) and\n"
          "I(T;Y), in bits.\n\noptions:\n",
          stdout);
    options_print(options, OPTION_COUNT, stdout);
    printf("  --help                this text\n\n"
           "files in DIR:\n"
           "  results.nc            all that follows as one labelled NetCDF-4 file%s\n",
           results_are_written() ? "" : " (not written: built without NetCDF)");
    fputs("  points.csv            run,epoch,layer,measure,estimator,I_XT,I_TY,states; epoch 0: initial\n"
          "                        weights; estimator: of the measure binned, such as 30-layer\n"
          "  training.csv          run,epoch,train_loss,train_accuracy,test_accuracy\n"
          "  plane.png, plane.svg  the information plane, drawn by gnuplot from plane.gp and plane.dat;\n"
          "                        plane-rebinned.*: the same, layers counted as the study's program does\n"
          "                        plane-30-layer.*: the same, with 30 bins between the bounds of a layer\n"
          "  settings.txt          what was asked\n"
          "  summary.txt           the closing table\n\n"
          "Ctrl-C ends politely: the runs before the first unfinished one are kept. Once more ends at once.\n\n"
          "example:\n"
          "  ib run --activation relu --bits 8 --runs 3 --epochs 2000 --out relu-plane\n\n",
          stdout);
    command_print_statuses();
}

static int has_bins(const settings *wanted, unsigned long long bins)
{
    for (uint32_t i = 0; i < wanted->n_bins; i++)
        if (wanted->bins[i] == bins)
            return 1;
    return 0;
}

/* Reads the list of numbers of bins. 0, or -1 if it is none. */
static int read_bins(settings *wanted)
{
    const char *text = wanted->bins_asked;
    wanted->n_bins = 0;
    for (char *end; text; text = *end ? end + 1 : NULL) {
        if (*text < '0' || *text > '9' || wanted->n_bins == MOST_BINS)
            return -1;
        const unsigned long long bins = strtoull(text, &end, 10);
        if (bins < 1 || bins > IB_BINS_MOST || (*end && *end != ',') || has_bins(wanted, bins))
            return -1;
        wanted->bins[wanted->n_bins++] = (uint32_t)bins;
    }
    return 0;
}

/* ReLU has no upper bound of its own. */
static int lacks_bounds(const settings *wanted)
{
    return wanted->n_bins && wanted->bounds == IB_BOUNDS_FIXED && wanted->activation == IB_ACTIVATION_RELU;
}

/* What depends on more than one option, or is a list. */
static options_outcome check(settings *wanted)
{
    if (wanted->preset != IB_PRESET_PAPER && wanted->bits == 1) {
        say("--bits: expected 2 to 16 or 32 with preset %s, got 1", ib_preset_name(wanted->preset));
        return OPTIONS_WRONG;
    }
    if (read_bins(wanted)) {
        say("--bins: expected up to %d different numbers from 1 to %d with commas between them, got %s", MOST_BINS,
            IB_BINS_MOST, wanted->bins_asked);
        return OPTIONS_WRONG;
    }
    if (lacks_bounds(wanted)) {
        say("--bounds: expected others than fixed with activation relu, which has no largest value");
        return OPTIONS_WRONG;
    }
    if (!wanted->out) {
        say("--out: expected DIR, a folder for the results, got nothing");
        return OPTIONS_WRONG;
    }
    return OPTIONS_FINE;
}

options_outcome settings_parse(settings *wanted, int argc, char **argv)
{
    option options[OPTION_COUNT];
    *wanted = defaults;
    describe_options(wanted, options);
    options_outcome outcome = options_parse(options, OPTION_COUNT, argc, argv);
    if (outcome == OPTIONS_FINE)
        return check(wanted);
    if (outcome == OPTIONS_HELP) {
        *wanted = defaults; /* help shows the defaults, whatever stood before --help */
        print_help(options);
    }
    return outcome;
}

/* Prints a word so that a shell reads it back as it is. */
static void print_quoted(const char *word, FILE *stream)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./,:+@%";
    if (*word && word[strspn(word, plain)] == '\0') {
        fputs(word, stream);
        return;
    }
    fputc('\'', stream);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", stream);
        else
            fputc(*word, stream);
    fputc('\'', stream);
}

void settings_print(const settings *asked, const char *kernels, int argc, char **argv, FILE *stream)
{
    fprintf(stream, "version      libib %s, kernels %s\n", ib_version_get(), kernels);
    fprintf(stream, "command      ib");
    for (int i = 0; i < argc; i++) {
        fputc(' ', stream);
        print_quoted(argv[i], stream);
    }
    fprintf(stream, "\npreset       %s\n", ib_preset_name(asked->preset));
    fprintf(stream, "activation   %s\n", ib_activation_name(asked->activation));
    fprintf(stream, "bits         %" PRIu64 "%s\n", asked->bits, asked->bits == FLOAT_BITS ? " (float32)" : "");
    fprintf(stream, "runs         %" PRIu64 "\n", asked->runs);
    fprintf(stream, "epochs       %" PRIu64 "\n", asked->epochs);
    fprintf(stream, "seed         %" PRIu64 "\n", asked->seed);
    if (asked->own_split)
        fprintf(stream, "split        stratified 80/20 by seed %" PRIu64 "\n", asked->split_seed);
    else
        fprintf(stream, "split        that of the study\n");
    if (asked->n_bins)
        fprintf(stream, "bins         %s, bounds %s\n", asked->bins_asked, ib_binning_bounds_name(asked->bounds));
}

int settings_twice(const settings *asked)
{
    return asked->n_bins && (asked->bounds == IB_BOUNDS_LARGEST || asked->bounds == IB_BOUNDS_GLOBAL);
}

void settings_estimator(const settings *asked, uint32_t estimator, char *text, size_t size)
{
    if (estimator == 0)
        snprintf(text, size, "%s", "");
    else
        snprintf(text, size, "%u-%s", (unsigned)asked->bins[estimator - 1], ib_binning_bounds_name(asked->bounds));
}

void settings_network(const settings *asked, char *text, size_t size)
{
    const char *activation = ib_activation_name(asked->activation);
    if (asked->bits == FLOAT_BITS)
        snprintf(text, size, "%s, float32", activation);
    else
        snprintf(text, size, "%s, %" PRIu64 " bit%s", activation, asked->bits, asked->bits == 1 ? "" : "s");
}
