/* results.nc: all that the runs leave, as one labelled NetCDF-4 file. It is written under another name, run by run, and
 * gets its name when it is whole and on the disk. A program built without NetCDF has these functions too: they do
 * nothing. */
#ifndef IB_CLI_RESULTS_H
#define IB_CLI_RESULTS_H

#include "settings.h"
#include "worker.h"

/* The file while it is written; opaque. NULL: none. */
typedef struct results results;

/* Whether this program was built with NetCDF. */
int results_are_written(void);

/* Creates the file in the folder of `asked`, which outlives it. There is one file at a time. 0, or -1 after saying
 * why. */
int results_create(results **out, const settings *asked, const char *kernels);

/* Appends a run. All runs of a file have the same epochs, layers and measures. 0, or -1 after saying why; then there is
 * no file any more. */
int results_add(results *r, const run_result *run);

/* Ends the file, which stays if it holds a run, and frees `r`. 0, or -1 after saying why; then there is no file. */
int results_close(results *r);

#endif
