/* What is asked of `ib run`. */
#ifndef IB_CLI_SETTINGS_H
#define IB_CLI_SETTINGS_H

#include "options.h"

#include <libib/libib.h>

#include <stdint.h>
#include <stdio.h>

/* The most numbers of bins in one study, and the most kinds of bounds: each number is used with each kind. */
#define MOST_BINS 8
#define MOST_BOUNDS 8

/* The most bits that a network is quantised to after training; each of 1 to 16 may be asked for. */
#define MOST_POST_BITS 16
/* The most layers of a network, and widths of it: that of the input, too; the widest layer. */
#define MOST_LAYERS 64
#define MOST_WIDTHS (MOST_LAYERS + 1)
#define MOST_WIDTH 1000000

/* Bits that stand for float32. */
#define FLOAT_BITS 32

/* Room for the name of an estimator or of a way of counting; and for what a study is of. */
#define SETTINGS_NAME_SIZE 32
#define SETTINGS_SUBJECT_SIZE 192

/* Kinds of bounds that --bounds names: the IB_BOUNDS_* values, and after them bins of equal mass in a layer and in a
 * neuron ("mass-layer", "mass-neuron"). */
enum { BOUNDS_MASS_LAYER = IB_BOUNDS_COUNT, BOUNDS_MASS_NEURON, BOUNDS_COUNT };

/* --estimators. */
enum {
    ESTIMATOR_KDE_UPPER,
    ESTIMATOR_KDE_LOWER,
    ESTIMATOR_KSG1,
    ESTIMATOR_KSG2,
    ESTIMATOR_EDGE,
    ESTIMATOR_RENYI,
    ESTIMATOR_COUNT
};

/* --optimiser. */
enum { OPTIMISER_ADAM, OPTIMISER_SGD, OPTIMISER_COUNT };

/* --bad-fit: as the preset has it, or another way whatever the preset says. */
enum { BAD_FIT_PRESET, BAD_FIT_KEEP, BAD_FIT_RESTART, BAD_FIT_COUNT };

/* The settings of a study: all runs share them. What is asked of the program itself is at the end. */
typedef struct settings {
    uint32_t preset;
    uint32_t activation;
    uint64_t bits;
    uint64_t runs;
    uint64_t epochs;
    uint64_t seed;
    const char *widths_asked; /* the list as it was given; NULL: those of the preset, between the data's own */
    uint32_t widths[MOST_WIDTHS];
    uint32_t n_widths;
    const char *data;        /* the file of the inputs; NULL: the 12-bit data set */
    const char *labels;      /* the file of the labels; NULL: they are a column of the data */
    int64_t label_column;    /* which one, from 1, or from the last, which is -1; 0: they are in a file */
    const char *data_sha256; /* of these files, in hexadecimal digits; NULL: whatever they are */
    const char *labels_sha256;
    uint64_t split_seed; /* counts only if own_split */
    int own_split;       /* 0: the split of the study */
    double test_share;   /* of the rows; counts only if own_split */
    int own_share;
    uint64_t batch;
    uint32_t optimiser;     /* one of the OPTIMISER_* values */
    double rate;            /* 0: that of the optimiser by default */
    double momentum;        /* of SGD */
    uint64_t prefit;        /* epochs on shuffled labels */
    uint32_t prefit_reset;  /* one of 0 to 3, a sum of IB_PREFIT_* values */
    uint32_t bad_fit;       /* one of the BAD_FIT_* values */
    uint64_t bad_epoch;     /* of BAD_FIT_RESTART: given up when bad after this epoch or a later one */
    double bad_accuracy;    /* below it a run is a bad fit */
    const char *bins_asked; /* the list as it was given; NULL: no bins */
    const char *bounds_asked;
    uint32_t bins[MOST_BINS];
    uint32_t n_bins;
    uint32_t bounds[MOST_BOUNDS]; /* kinds, as above */
    uint32_t n_bounds;
    const char *post_asked; /* the list as it was given; NULL: nothing is quantised after training */
    uint32_t post_bits[MOST_POST_BITS];
    uint32_t n_post_bits;
    uint64_t post_weights; /* counts only if own_post_weights */
    int own_post_weights;  /* 0: kernels stay float32 */
    const char *estimators_asked;
    uint32_t estimators[ESTIMATOR_COUNT]; /* ESTIMATOR_* values, in the order in which they were given */
    uint32_t n_estimators;
    double kde_variance; /* this and what follows count only if asked for; else the library's defaults do */
    int own_kde_variance;
    uint64_t neighbours;
    int own_neighbours;
    double renyi_alpha;
    int own_renyi_alpha;
    const char *schedule_asked; /* "every:1", "log:16", "adaptive:0.05"; NULL: that of the preset */
    ib_schedule_options schedule;
    int own_threads;   /* 0: one for each core */
    uint64_t threads;  /* counts only if own_threads */
    double checkpoint; /* seconds from one to the next */
    const char *out;
    const char *resume; /* the folder to go on with, in place of all that decides runs; or NULL */
    int own_runs;       /* with it: so many runs, if that is more */
    int no_figures;
    int quiet;
    char *text; /* what the pointers above point into, if they were read from a file; freed by settings_clear() */
} settings;

/* Reads the options of `ib run`. When asked for help, prints it. */
options_outcome settings_parse(settings *wanted, int argc, char **argv);

/* Writes what decides the runs as options, one on a line, which settings_read() reads. */
void settings_write(const settings *asked, FILE *stream);

/* Reads what settings_write() wrote: lines that begin with "--". 0, or -1 after saying why, as of the file `path`. */
int settings_read(settings *found, FILE *stream, const char *path);

/* Frees what settings_read() has made. */
void settings_clear(settings *found);

/* "preset paper, tanh, 8 bits" or "X.npy, preset paper, 20-8-3, tanh, float32": the data and the network in words. */
void settings_subject(const settings *asked, char text[SETTINGS_SUBJECT_SIZE]);

/* "stratified 80/20 by seed 1": the split in words. */
void settings_split(const settings *asked, char text[SETTINGS_SUBJECT_SIZE]);

/* The learning rate: that of the optimiser where none was asked for. */
double settings_rate(const settings *asked);

/* The name of a file without its folder. */
const char *settings_base_name(const char *path);

/* When runs are measured, and what becomes of bad fits: of the preset where nothing else was asked. */
void settings_schedule(const settings *asked, ib_schedule_options *options);
uint32_t settings_restart_from(const settings *asked);

#endif
