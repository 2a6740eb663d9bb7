/* points.csv and training.csv: the rows of a run are written when it is finished, all of them or none. */
#ifndef IB_CLI_CSV_H
#define IB_CLI_CSV_H

#include "file.h"
#include "worker.h"

/* The two files. All zero: none. */
typedef struct csv {
    file points;
    file training;
} csv;

/* Creates both files with their headers. 0, or -1 after saying why. */
int csv_create(csv *tables, const char *folder);

/* Appends a run. 0, or -1 after saying why; then the files hold the runs before it, and are closed. */
int csv_add(csv *tables, const run_result *result, const settings *asked);

/* Closes both files; no effect on files that are closed. 0, or -1 after saying why. */
int csv_close(csv *tables);

#endif
