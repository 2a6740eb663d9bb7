/* What follows from the finished runs of a study: results.nc, the closing table, figures. */
#ifndef IB_CLI_REPORT_H
#define IB_CLI_REPORT_H

#include "folder.h"

#include <libib/libib.h>

/* How much of it is wanted. */
typedef struct report_options {
    int no_figures;   /* data and scripts of figures, but no pictures */
    int numbers_only; /* results.nc and summary.txt; nothing of figures, no table on standard output */
    int quiet;
} report_options;

/* Whether all of it is there, or the numbers; then it is of the finished runs, unless somebody has changed it. */
int report_is_there(const folder *f, int numbers_only);

/* Forgets that it is: more runs are to come. 0, or -1 after saying why. */
int report_begin(const folder *f);

/* Writes it anew from the files of the runs; nothing if none is finished. 0, or -1 after saying why. */
int report_write(const folder *f, ib_context *context, const ib_dataset *dataset, report_options how);

#endif
