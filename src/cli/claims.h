/* What the study claims, told in our words, beside what was measured: a table in Markdown. */
#ifndef IB_CLI_CLAIMS_H
#define IB_CLI_CLAIMS_H

#include "means.h"
#include "paper.h"
#include "settings.h"

#include <stdint.h>
#include <stdio.h>

/* Writes the table of a preset, from the means of all of its studies, `m[PAPER_STUDIES]`, and what was asked for in
 * each. 0, or -1 after saying why. */
int claims_write(uint32_t preset, const means *m, const settings *asked, FILE *stream);

#endif
