/* What follows from the finished runs of a study: results.nc, the closing table, figures. */
#ifndef IB_CLI_REPORT_H
#define IB_CLI_REPORT_H

#include "folder.h"

#include <libib/libib.h>

/* How much of it is wanted: pictures of the figures, or only their data and scripts; and whether to be told. */
typedef struct report_options {
    int no_figures;
    int quiet;
} report_options;

/* Whether all of it is there; then it is of the finished runs, unless somebody has changed it. */
int report_is_there(const folder *f);

/* Forgets that it is: more runs are to come. 0, or -1 after saying why. */
int report_begin(const folder *f);

/* Writes it anew from the files of the runs; nothing if none is finished. 0, or -1 after saying why. */
int report_write(const folder *f, ib_context *context, const ib_dataset *dataset, report_options how);

#endif
