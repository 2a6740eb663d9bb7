/* results.nc: all that the finished runs of a study leave, as one labelled NetCDF-4 file, made from the files of runs.
 * It is written under another name, run by run, and gets its name when it is whole and on the disk. A program built
 * without NetCDF has these functions too: they do nothing. */
#ifndef IB_CLI_RESULTS_H
#define IB_CLI_RESULTS_H

#include "folder.h"

#include <libib/libib.h>

/* Its name in a folder. */
#define RESULTS_NAME "results.nc"

/* Whether this program was built with NetCDF. */
int results_are_written(void);

/* Writes the file of the runs that are finished now, in place of an older one; nothing if there are none. 0, or -1
 * after saying why; then an older one is as it was. */
int results_write(const folder *f, ib_context *context);

typedef enum results_outcome {
    RESULTS_AGREE,
    RESULTS_NONE,    /* there is no file */
    RESULTS_UNKNOWN, /* this program was built without NetCDF */
    RESULTS_DIFFER,  /* one line has been said */
    RESULTS_FAILED   /* one line has been said: of a run that cannot be read */
} results_outcome;

/* Compares the file in a folder with the runs that are finished now, bit for bit. */
results_outcome results_compare(const folder *f, ib_context *context);

#endif
