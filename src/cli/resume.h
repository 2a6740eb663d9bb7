/* Going on with a study: whether it can be, and what its runs have come to. */
#ifndef IB_CLI_RESUME_H
#define IB_CLI_RESUME_H

#include "folder.h"

#include <libib/libib.h>

/* Whether runs that are made now are those of the study, bit for bit. 0, or -1 after saying why not. */
int resume_check(const folder *f, ib_context *context, const ib_study *study);

/* Gives a study its saved runs. A checkpoint that is damaged is told, and its run made anew, which is the same run; a
 * finished run that is damaged is an error. 0, or -1 after saying why. */
int resume_read(const folder *f, ib_context *context, ib_study *study);

#endif
