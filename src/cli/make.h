/* Makes a study in its folder, from the beginning or from where it was. */
#ifndef IB_CLI_MAKE_H
#define IB_CLI_MAKE_H

#include "settings.h"

/* Makes the study that is asked for, or goes on with it, and writes what follows from its runs: all of it, or only
 * results.nc and summary.txt, without a table on standard output. Returns an exit status. */
int make_study(const settings *asked, int numbers_only);

#endif
