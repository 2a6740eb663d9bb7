/* The one table of the options of `ib run`, and the help that is printed from it. */
#ifndef IB_CLI_SETTINGS_OPTIONS_H
#define IB_CLI_SETTINGS_OPTIONS_H

#include "options.h"
#include "settings.h"

#include <stddef.h>

/* More than there are. */
#define SETTINGS_MOST_OPTIONS 48

/* Describes the options: first those that decide the runs, then those of the program. Returns how many there are, and
 * in `deciding` how many of them decide the runs. What `target` holds are the defaults. */
size_t settings_options(settings *target, option *options, size_t *deciding);

/* Prints the help of `ib run`; the options hold their defaults. */
void settings_print_help(const option *options, size_t n);

#endif
