/* What commands have in common that look into the folder of a study. */
#ifndef IB_CLI_LOOK_H
#define IB_CLI_LOOK_H

#include "folder.h"
#include "options.h"

#include <libib/libib.h>

#include <stddef.h>

/* Their operand: the folder. */
option look_operand(const char **target);

/* Reads the command line of such a command, whose first option is the operand. LOOK_ON to go on, or the exit status. */
#define LOOK_ON (-1)
int look_parse(const option *options, size_t n, int argc, char **argv, void (*print_help)(void));

/* Prints the exit statuses, for their help; `wrong` is what else may be wrong beside the folder. */
void look_print_statuses(const char *wrong);

/* Opens a folder, and makes a context to read with. 0, or -1 after saying why. */
int look_open(folder *f, ib_context **context, const char *path);

/* Reads a run as folder_read() does; but while a program is at work, one in progress may be finished before it is read:
 * then 0, and no record. */
int look_read(const folder *f, ib_context *context, uint64_t run, int finished, ib_record **record);

/* Closes both. */
void look_close(folder *f, ib_context *context);

#endif
