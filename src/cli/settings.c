#include "settings.h"

#include "command.h"
#include "results.h"
#include "say.h"

#include <libib/libib.h>

#include <inttypes.h>
#include <string.h>

#define OPTION_COUNT 11
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
    fputs("  points.csv            run,epoch,layer,measure,I_XT,I_TY,states; epoch 0: initial weights\n"
          "  training.csv          run,epoch,train_loss,train_accuracy,test_accuracy\n"
          "  plane.png, plane.svg  the information plane, drawn by gnuplot from plane.gp and plane.dat;\n"
          "                        plane-rebinned.*: the same, layers counted as the study's program does\n"
          "  settings.txt          what was asked\n"
          "  summary.txt           the closing table\n\n"
          "Ctrl-C ends politely: the runs before the first unfinished one are kept. Once more ends at once.\n\n"
          "example:\n"
          "  ib run --activation relu --bits 8 --runs 3 --epochs 2000 --out relu-plane\n\n",
          stdout);
    command_print_statuses();
}

/* What depends on more than one option. */
static options_outcome check(const settings *wanted)
{
    if (wanted->preset != IB_PRESET_PAPER && wanted->bits == 1) {
        say("--bits: expected 2 to 16 or 32 with preset %s, got 1", ib_preset_name(wanted->preset));
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
}

void settings_network(const settings *asked, char *text, size_t size)
{
    const char *activation = ib_activation_name(asked->activation);
    if (asked->bits == FLOAT_BITS)
        snprintf(text, size, "%s, float32", activation);
    else
        snprintf(text, size, "%s, %" PRIu64 " bit%s", activation, asked->bits, asked->bits == 1 ? "" : "s");
}
