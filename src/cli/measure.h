/* ib measure: what was asked, what was found, and the parts of the way from one to the other. */
#ifndef IB_CLI_MEASURE_H
#define IB_CLI_MEASURE_H

#include "number.h"
#include "options.h"

#include <libib/libib.h>

#include <stddef.h>
#include <stdint.h>

/* Estimators that may be asked for: corrections of entropies (IB_ENTROPY_* values above plug-in), then those of real
 * values. */
enum {
    MEASURE_KDE_UPPER = IB_ENTROPY_COUNT,
    MEASURE_KDE_LOWER,
    MEASURE_KSG1,
    MEASURE_KSG2,
    MEASURE_ROSS,
    MEASURE_EDGE,
    MEASURE_RENYI,
    MEASURE_ESTIMATORS
};

/* The most of them, and the most labels that are counted beside rows. */
#define MEASURE_MOST 16
#define MEASURE_LABELS_MOST 1024

/* One that was asked for. */
typedef struct measure_estimator {
    uint32_t kind;
    double parameter; /* 0: the default */
    char text[32];    /* as it was asked for */
} measure_estimator;

/* What stands for a value that is missing. */
typedef struct measure_missing {
    int is_given;
    int is_nan;
    int is_whole;
    number value;
} measure_missing;

/* The command line. */
typedef struct measure_asked {
    const char *file, *labels, *label_column, *columns, *given, *inputs, *weights, *missing, *estimators, *memory,
        *temp;
    uint64_t bins, permutations, bootstrap, seed, threads;
    uint32_t bounds;
    double low, high;
    int has_bins, has_bounds, has_low, has_high, has_seed, json, quiet;
    /* What it comes to. */
    int64_t label_number; /* from 1, or from the end if below 0; 0: none */
    measure_missing gap;
    measure_estimator list[MEASURE_MOST];
    size_t n_estimators, n_corrections;
    uint64_t bytes; /* of memory; 0: the default */
} measure_asked;

/* What an estimator said; NaN for what it does not say. */
typedef struct measure_estimate {
    double h_t, h_y, h_ty, i_xt, i_ty;
} measure_estimate;

/* What was found. */
typedef struct measured {
    char *name; /* of the file; freed by the command */
    uint32_t type;
    size_t columns;
    uint64_t dropped;
    int has_labels, has_given, has_weights, is_spilled;
    ib_coverage rows, labels; /* the sample and how well it covers; without labels, all zero */
    ib_entropies exact;
    double given; /* I(T;Y|Z) */
    measure_estimate estimates[MEASURE_MOST];
    ib_permutation_result permutation;
    ib_bootstrap_result bootstrap;
} measured;

/* Reads the command line. An exit status, or -1 to go on. */
int measure_read(measure_asked *asked, int argc, char **argv);

/* The name of an estimator, and what its parameter is called; NULL: it has none. */
const char *measure_estimator_name(uint32_t kind);
const char *measure_parameter_name(uint32_t kind);

/* Corrected entropies from profiles of rows, labels and pairs. 0, or -1 after saying why. */
int measure_correct(const measure_asked *asked, ib_context *context, const ib_profile *rows, const ib_profile *labels,
                    const ib_profile *joint, measured *found);

/* Says why a call failed, as of a file. Returns -1. */
int measure_complain(const ib_context *context, const char *name);

/* Prints what was found: a table, or JSON. 0, or -1 after saying why. */
void measure_print(const measure_asked *asked, const measured *found);
int measure_print_json(const measure_asked *asked, const measured *found);
/* Whether this program writes JSON. */
int measure_has_json(void);

#endif
