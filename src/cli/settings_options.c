#include "settings_options.h"

#include "command.h"
#include "results.h"

#include <stdio.h>

/* Bounds that leave room for every sensible value, and keep float32 from overflowing. */
#define MOST_RATE 1000
#define MOST_SECONDS 100000
#define MOST_VARIANCE 1e6
#define MOST_ALPHA 100

static const char *optimiser_name(uint32_t optimiser)
{
    return optimiser == OPTIMISER_SGD ? "sgd" : "adam";
}

static const char *reset_name(uint32_t reset)
{
    static const char *const names[] = {
        [0] = "none",
        [IB_PREFIT_RESET_OPTIMISER] = "optimiser",
        [IB_PREFIT_RESET_RANGES] = "ranges",
        [IB_PREFIT_RESET_OPTIMISER | IB_PREFIT_RESET_RANGES] = "both",
    };
    return names[reset];
}

static const char *bad_fit_name(uint32_t policy)
{
    static const char *const names[] = {"preset", "keep", "restart"};
    return names[policy];
}

/* Appends options under a heading. Returns how many there are now. */
static size_t append(option *options, size_t n, const char *group, const option *more, size_t n_more)
{
    for (size_t i = 0; i < n_more; i++) {
        options[n + i] = more[i];
        options[n + i].group = group;
    }
    return n + n_more;
}

#define APPEND(options, n, group, more) append((options), (n), (group), (more), sizeof(more) / sizeof(more)[0])

static size_t add_network(settings *s, option *options, size_t n)
{
    const option network[] = {
        {.kind = OPTION_CHOICE,
         .name = "preset",
         .value = "NAME",
         .help = "meaning of the standard setting",
         .target = &s->preset,
         .max = IB_PRESET_COUNT - 1,
         .choice_name = ib_preset_name},
        {.kind = OPTION_TEXT,
         .name = "widths",
         .value = "D,U,...,K",
         .help = "inputs, layers, classes [the preset's, between those of the data]",
         .target = &s->widths_asked},
        {.kind = OPTION_CHOICE,
         .name = "activation",
         .value = "NAME",
         .help = "hidden layers",
         .target = &s->activation,
         .min = IB_ACTIVATION_LINEAR,
         .max = IB_ACTIVATION_SIGMOID,
         .choice_name = ib_activation_name},
        {.kind = OPTION_NUMBER,
         .name = "bits",
         .value = "K",
         .help = "bits of an activation, 32 = float32",
         .target = &s->bits,
         .min = 1,
         .max = 16,
         .also = FLOAT_BITS},
    };
    return APPEND(options, n, "network", network);
}

/* NOLINTNEXTLINE(readability-function-size) */
static size_t add_data(settings *s, option *options, size_t n)
{
    const option data[] = {
        {.kind = OPTION_TEXT,
         .name = "data",
         .value = "FILE",
         .help = "rows of inputs, NPY or CSV, taken as they are [the 12-bit data set]",
         .target = &s->data},
        {.kind = OPTION_TEXT,
         .name = "labels",
         .value = "FILE",
         .help = "their labels, NPY or CSV, numbers or text; each different one is a class",
         .target = &s->labels},
        {.kind = OPTION_PLACE,
         .name = "label-column",
         .value = "C",
         .help = "labels are column C of the data, from 1; -1 is the last",
         .target = &s->label_column,
         .max = UINT32_MAX},
        {.kind = OPTION_REAL,
         .name = "test-share",
         .value = "A",
         .help = "share of the rows that is kept for the test [0.2]",
         .target = &s->test_share,
         .high = 1,
         .below = 1,
         .given = &s->own_share},
        {.kind = OPTION_NUMBER,
         .name = "split-seed",
         .value = "S",
         .help = "a stratified split by its own seed [own data 1, else the study's split]",
         .target = &s->split_seed,
         .max = UINT64_MAX,
         .given = &s->own_split},
        {.kind = OPTION_TEXT,
         .name = "data-sha256",
         .value = "HEX",
         .help = "refuse a data file with another SHA-256",
         .target = &s->data_sha256},
        {.kind = OPTION_TEXT,
         .name = "labels-sha256",
         .value = "HEX",
         .help = "likewise for the file of labels",
         .target = &s->labels_sha256},
    };
    return APPEND(options, n, "data", data);
}

static size_t add_training(settings *s, option *options, size_t n)
{
    const option training[] = {
        {.kind = OPTION_NUMBER,
         .name = "epochs",
         .value = "E",
         .help = "epochs of a run",
         .target = &s->epochs,
         .min = 1,
         .max = UINT32_MAX},
        {.kind = OPTION_NUMBER,
         .name = "batch",
         .value = "B",
         .help = "rows of a batch",
         .target = &s->batch,
         .min = 1,
         .max = UINT32_MAX},
        {.kind = OPTION_CHOICE,
         .name = "optimiser",
         .value = "NAME",
         .help = "how weights are moved",
         .target = &s->optimiser,
         .max = OPTIMISER_COUNT - 1,
         .choice_name = optimiser_name},
        {.kind = OPTION_REAL,
         .name = "rate",
         .alias = "lr",
         .value = "A",
         .help = "learning rate, also --lr [adam 1e-4, sgd 0.01]",
         .target = &s->rate,
         .high = MOST_RATE,
         .above = 1},
        {.kind = OPTION_REAL,
         .name = "momentum",
         .value = "M",
         .help = "share of its velocity that sgd keeps",
         .target = &s->momentum,
         .high = 1,
         .below = 1},
        {.kind = OPTION_NUMBER,
         .name = "prefit",
         .value = "N",
         .help = "epochs on shuffled labels before the training proper",
         .target = &s->prefit,
         .max = UINT32_MAX},
        {.kind = OPTION_CHOICE,
         .name = "prefit-reset",
         .value = "NAME",
         .help = "what begins anew after the prefit",
         .target = &s->prefit_reset,
         .max = IB_PREFIT_RESET_OPTIMISER | IB_PREFIT_RESET_RANGES,
         .choice_name = reset_name},
    };
    return APPEND(options, n, "training", training);
}

/* NOLINTNEXTLINE(readability-function-size) */
static size_t add_measuring(settings *s, option *options, size_t n)
{
    const option measuring[] = {
        {.kind = OPTION_TEXT,
         .name = "schedule",
         .value = "WHEN",
         .help = "every:K epochs, log:N from an epoch to its double, adaptive:BITS [preset]",
         .target = &s->schedule_asked},
        {.kind = OPTION_TEXT,
         .name = "bins",
         .value = "M[,M...]",
         .help = "also put outputs into M bins and count those: 1 to 65536",
         .target = &s->bins_asked},
        {.kind = OPTION_TEXT,
         .name = "bounds",
         .value = "NAME[,...]",
         .help = "of the bins: layer, neuron, fixed, largest, global, mass-layer, mass-neuron [layer]",
         .target = &s->bounds_asked},
        {.kind = OPTION_TEXT,
         .name = "post-bits",
         .value = "K[,K...]",
         .help = "also quantise the float network as it is to K bits, and count its codes: 1 to 16",
         .target = &s->post_asked},
        {.kind = OPTION_NUMBER,
         .name = "post-weights",
         .value = "K",
         .help = "and its kernels to K bits [they stay float32]",
         .target = &s->post_weights,
         .min = 1,
         .max = 16,
         .given = &s->own_post_weights},
        {.kind = OPTION_TEXT,
         .name = "estimators",
         .value = "LIST",
         .help = "also estimate from outputs: kde-upper,kde-lower,ksg1,ksg2,edge,renyi or some",
         .target = &s->estimators_asked},
        {.kind = OPTION_REAL,
         .name = "kde-variance",
         .value = "V",
         .help = "of the noise that kde-upper and kde-lower add [0.1]",
         .target = &s->kde_variance,
         .high = MOST_VARIANCE,
         .above = 1,
         .given = &s->own_kde_variance},
        {.kind = OPTION_NUMBER,
         .name = "neighbours",
         .value = "K",
         .help = "that ksg1 and ksg2 look for [3]",
         .target = &s->neighbours,
         .min = 1,
         .max = UINT32_MAX,
         .given = &s->own_neighbours},
        {.kind = OPTION_REAL,
         .name = "renyi-alpha",
         .value = "A",
         .help = "order of renyi; others than 2 take LAPACK, and long [2]",
         .target = &s->renyi_alpha,
         .high = MOST_ALPHA,
         .above = 1,
         .given = &s->own_renyi_alpha},
    };
    return APPEND(options, n, "measuring", measuring);
}

static size_t add_study(settings *s, option *options, size_t n)
{
    const option study[] = {
        {.kind = OPTION_NUMBER,
         .name = "runs",
         .value = "R",
         .help = "networks to train",
         .target = &s->runs,
         .min = 1,
         .max = UINT32_MAX},
        {.kind = OPTION_CHOICE,
         .name = "bad-fit",
         .value = "NAME",
         .help = "as the preset has it, mark and keep, or begin again",
         .target = &s->bad_fit,
         .max = BAD_FIT_COUNT - 1,
         .choice_name = bad_fit_name},
        {.kind = OPTION_NUMBER,
         .name = "bad-epoch",
         .value = "E",
         .help = "begin again when bad after this epoch or a later one",
         .target = &s->bad_epoch,
         .min = 1,
         .max = UINT32_MAX},
        {.kind = OPTION_REAL,
         .name = "bad-accuracy",
         .value = "A",
         .help = "bad is a training accuracy below this",
         .target = &s->bad_accuracy,
         .high = 1,
         .above = 1},
        {.kind = OPTION_NUMBER,
         .name = "seed",
         .value = "S",
         .help = "determines all runs; run r depends on S and r alone",
         .target = &s->seed,
         .max = UINT64_MAX},
    };
    return APPEND(options, n, "study", study);
}

static size_t add_program(settings *s, option *options, size_t n)
{
    const option program[] = {
        {.kind = OPTION_TEXT,
         .name = "out",
         .value = "DIR",
         .help = "folder of a new study, made if absent; must be empty",
         .target = &s->out},
        {.kind = OPTION_TEXT,
         .name = "resume",
         .value = "DIR",
         .help = "folder of a study to go on with, as it was asked for",
         .target = &s->resume},
        {.kind = OPTION_NUMBER,
         .name = "threads",
         .value = "N",
         .help = "runs at the same time; changes no result [one for each core]",
         .target = &s->threads,
         .min = 1,
         .max = IB_TASKS_MOST_THREADS,
         .given = &s->own_threads},
        {.kind = OPTION_REAL,
         .name = "checkpoint",
         .value = "SECONDS",
         .help = "how often runs in progress are saved",
         .target = &s->checkpoint,
         .high = MOST_SECONDS,
         .above = 1},
        {.kind = OPTION_FLAG,
         .name = "no-figures",
         .help = "write data and script of the figures, but do not draw them",
         .target = &s->no_figures},
        {.kind = OPTION_FLAG, .name = "quiet", .help = "say nothing but errors and warnings", .target = &s->quiet},
    };
    return APPEND(options, n, "program", program);
}

size_t settings_options(settings *target, option *options, size_t *deciding)
{
    size_t n = add_network(target, options, 0);
    n = add_data(target, options, n);
    n = add_training(target, options, n);
    n = add_measuring(target, options, n);
    *deciding = add_study(target, options, n);
    return add_program(target, options, *deciding);
}

void settings_print_help(const option *options, size_t n)
{
    fputs(
        "usage: ib run --out DIR [options]\n"
        "       ib run --resume DIR [--runs R]\n\n"
        "Trains the 12-10-7-5-4-3-2 network of the study on its 12-bit data set, or a network of other widths on data\n"
        "of your own, again and again from new weights, counts the states of all layers exactly, and shows the\n"
        "information plane: mean over the runs of I(X;T) and I(T;Y), in bits.\n\n",
        stdout);
    options_print(options, n, stdout);
    printf(
        "  --help                this text\n\n"
        "Each finished run is on the disk at once, and runs in progress are saved now and then. Whatever ends the\n"
        "program, ib run --resume DIR goes on to the same numbers, bit for bit; beside it --runs, for more of them,\n"
        "and options of the program may be given. Ctrl-C ends politely: runs in progress are saved, and what follows\n"
        "from the finished ones is written. Once more ends at once.\n\n"
        "files in DIR:\n"
        "  settings.txt          what was asked\n"
        "  runs/                 a file for each run: .run when finished, .checkpoint while in progress\n"
        "  results.nc            all finished runs as one labelled NetCDF-4 file%s\n",
        results_are_written() ? "" : " (not written: built without NetCDF)");
    fputs("  figures/              the information plane as plane.pdf, plane.svg and plane.png, drawn by gnuplot from\n"
          "                        plane.gp and plane.dat; and other figures: see ib plot --help\n"
          "  summary.txt           the closing table\n\n"
          "examples:\n"
          "  ib run --activation relu --bits 8 --runs 3 --epochs 2000 --out relu-plane\n"
          "  ib run --bits 32 --bins 30,100 --bounds layer,global --schedule log:16 --out bins\n"
          "  ib run --data X.npy --labels y.npy --widths 20,16,8,4,3 --lr 0.001 --epochs 500 --out mine\n"
          "  ib run --bits 32 --post-bits 4,8 --estimators kde-upper,edge --schedule log:4 --out compared\n"
          "  ib run --optimiser sgd --rate 0.05 --momentum 0.9 --bad-fit restart --bad-epoch 500 --out sgd\n"
          "  ib run --resume sgd\n\n",
          stdout);
    command_print_statuses();
}
