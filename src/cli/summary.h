/* The closing table of a study, in words and numbers. */
#ifndef IB_CLI_SUMMARY_H
#define IB_CLI_SUMMARY_H

#include "means.h"
#include "settings.h"

#include <libib/libib.h>

#include <stdio.h>

/* Prints what the finished runs have in common and how they differ: means with their 95% intervals, phases, ranks,
 * limits that were exceeded, accuracies, bad fits. One run at least. The data set is that of the study, for its limits.
 * 0, or -1 after saying why. */
int summary_print(const means *m, const settings *asked, const ib_dataset *dataset, FILE *stream);

#endif
