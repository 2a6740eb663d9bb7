/* What results.nc holds: its dimensions and variables, and how a run fills them. Functions return what NetCDF says:
 * NC_NOERR or an error. */
#ifndef IB_CLI_CONTENTS_H
#define IB_CLI_CONTENTS_H

#include "shape.h"

#include <libib/libib.h>

#include <stddef.h>

enum {
    DIMENSION_RUN,
    DIMENSION_EPOCH,
    DIMENSION_LAYER,
    DIMENSION_ESTIMATOR,
    DIMENSION_TRAINED,
    DIMENSION_RESTART,
    DIMENSION_COUNT
};

/* More than there are. */
#define CONTENTS_MOST_VARIABLES 32

/* A file whose runs have a shape, which outlives it. */
typedef struct contents {
    const shape *of;
    size_t sizes[DIMENSION_COUNT]; /* of one run: that of DIMENSION_RUN is 1 */
    int variables[CONTENTS_MOST_VARIABLES];
    void *values; /* room for one variable of one run */
    void *found;  /* the same, of what is read back */
} contents;

/* Prepares for files of a shape. */
int contents_create(contents *c, const shape *of);

/* Defines dimensions and variables in a new file, and writes all that is the same for all runs. */
int contents_define(contents *c, int id);

/* Writes the run that has this place in the shape. */
int contents_write(const contents *c, int id, size_t index, ib_record *run);

/* Looks at a file that is there. `*differs` becomes the name of the first dimension or variable that is missing, or not
 * as contents_define() makes it; NULL: none. */
int contents_find(contents *c, int id, const char **differs);

/* Compares a run with the one at its place in a file, bit for bit. `*differs` as above. */
int contents_compare(const contents *c, int id, size_t index, ib_record *run, const char **differs);

/* Frees what it holds. */
void contents_clear(contents *c);

#endif
