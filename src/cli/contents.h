/* What results.nc holds: its dimensions, variables and attributes, and how a run fills them. Functions return what
 * NetCDF says: NC_NOERR or an error. */
#ifndef IB_CLI_CONTENTS_H
#define IB_CLI_CONTENTS_H

#include "settings.h"
#include "worker.h"

#include <stddef.h>
#include <stdint.h>

enum { DIMENSION_RUN, DIMENSION_EPOCH, DIMENSION_LAYER, DIMENSION_ESTIMATOR, DIMENSION_TRAINED, DIMENSION_COUNT };

/* More than there are. */
#define CONTENTS_MOST_VARIABLES 32

/* How a layer was counted: by a measure and, if that is of bins, by one of the estimators asked for. */
typedef struct estimator {
    uint32_t measure;
    uint32_t number; /* as in ib_point */
    char name[32];
} estimator;

/* The shape of all runs, as the first one has it. All zero: not known yet. */
typedef struct contents {
    size_t sizes[DIMENSION_COUNT];                                    /* of a run: that of DIMENSION_RUN is 1 */
    uint32_t *epochs;                                                 /* those that were measured */
    estimator estimators[IB_MEASURE_COUNT + MOST_BINS * MOST_BOUNDS]; /* those that occur */
    int variables[CONTENTS_MOST_VARIABLES];
    void *values; /* room for one variable of one run */
} contents;

/* Writes the attributes of the file: what was asked, and by what it was done. */
int contents_describe(int id, const settings *asked, const char *kernels);

/* Defines dimensions and variables for runs like this one, and writes all that is the same for all of them. */
int contents_define(contents *c, int id, const settings *asked, const run_result *first);

/* Whether the points of a run are where those of the first one are. */
int contents_fits(const contents *c, const run_result *run);

/* Writes a run, which fits, as the one with this index. */
int contents_write(const contents *c, int id, size_t index, const run_result *run);

/* Frees what it holds. */
void contents_clear(contents *c);

#endif
