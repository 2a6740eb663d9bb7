/* What is asked of `ib run`. */
#ifndef IB_CLI_SETTINGS_H
#define IB_CLI_SETTINGS_H

#include "options.h"

#include <stdint.h>
#include <stdio.h>

/* The most numbers of bins in one study. */
#define MOST_BINS 8

/* The settings of a study: all runs share them. */
typedef struct settings {
    uint32_t preset;
    uint32_t activation;
    uint64_t bits;
    uint64_t runs;
    uint64_t epochs;
    uint64_t seed;
    uint64_t split_seed;    /* counts only if own_split */
    int own_split;          /* 0: the split of the study */
    const char *bins_asked; /* the list as it was given; NULL: no bins */
    uint32_t bins[MOST_BINS];
    uint32_t n_bins;
    uint32_t bounds;  /* one of the IB_BOUNDS_* values */
    uint64_t threads; /* counts only if own_threads */
    int own_threads;  /* 0: one for each core */
    const char *out;
    int no_figures;
    int quiet;
} settings;

/* Reads the options of `ib run`. When asked for help, prints it. */
options_outcome settings_parse(settings *wanted, int argc, char **argv);

/* Writes what was asked, as a table of words; `argv` is the command line. */
void settings_print(const settings *asked, const char *kernels, int argc, char **argv, FILE *stream);

/* Whether bounds are those of a whole run, which then is made twice. */
int settings_twice(const settings *asked);

/* "30-layer": the name of an estimator, numbered as in ib_point; "" for 0, which is none. */
void settings_estimator(const settings *asked, uint32_t estimator, char *text, size_t size);

/* "tanh, 8 bits" or "tanh, float32": the network in words. */
void settings_network(const settings *asked, char *text, size_t size);

#endif
