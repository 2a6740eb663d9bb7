/* Options of `ib run` that are lists or sentences of their own: which bins, between which bounds, which
 * bits after training, which estimators, when to measure. */
#ifndef IB_CLI_SETTINGS_LISTS_H
#define IB_CLI_SETTINGS_LISTS_H

#include "settings.h"

/* Name of a kind of bounds, as --bounds has it. */
const char *settings_bounds_name(uint32_t kind);

/* Reads --bins, --bounds, --post-bits, --estimators and --schedule as they were asked for. 0, or -1 after saying why.
 */
int settings_read_lists(settings *wanted);

#endif
