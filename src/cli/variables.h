/* The variables of results.nc: what each is called, which dimensions it has, and which numbers of a run go into it. */
#ifndef IB_CLI_VARIABLES_H
#define IB_CLI_VARIABLES_H

#include "contents.h"

#include <netcdf.h>

#define MOST_RANK 4

typedef struct variable variable;

/* Sets the values of one run, or of what is the same for all runs. What is missing has been filled in before. */
typedef void (*variable_fill)(const variable *v, const shape *s, ib_record *run, void *values);

struct variable {
    const char *name;
    const char *long_name;
    const char *units; /* or NULL */
    nc_type type;
    int rank;
    int dimensions[MOST_RANK];
    variable_fill fill;
    size_t field;        /* offset of what it is of, in ib_point, ib_extent, ib_epoch or ib_restart */
    const void *missing; /* what stands where there is no value, or NULL: there is always one */
    const char *flags;   /* meanings of 0, 1, ..., or NULL */
};

/* All of them; the first ones label the dimensions, and have their names. */
extern const variable variables[];
extern const size_t variable_count;

/* Bytes of one value of a variable. */
size_t variable_size(const variable *v);

#endif
