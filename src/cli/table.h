/* What finished runs leave, as tables of text: a line of names, then rows, values with commas between them. Numbers
 * have as many digits as it takes to read back the same bits. */
#ifndef IB_CLI_TABLE_H
#define IB_CLI_TABLE_H

#include "settings.h"

#include <libib/libib.h>

#include <stdint.h>
#include <stdio.h>

enum { TABLE_POINTS, TABLE_TRAINING, TABLE_EXTENTS, TABLE_RESTARTS, TABLE_RUNS, TABLE_COUNT };

/* "points", "training", "extents", "restarts" or "runs". */
const char *table_name(uint32_t which);

/* The names of its columns, with commas between them. */
const char *table_columns(uint32_t which);

/* Writes the rows of a run. */
void table_write(uint32_t which, ib_record *run, const settings *asked, FILE *stream);

#endif
