/* Ways of counting a layer: the measures and, of a measure that is taken in several ways, each that was asked for. This
 * is the one place that knows them by measure; others go through them, whatever they are. */
#ifndef IB_CLI_WAYS_H
#define IB_CLI_WAYS_H

#include "settings.h"

#include <libib/libib.h>

/* In how many ways a measure is taken, numbered from 1 as in ib_point; 0: in one, without a number. */
uint32_t ways_count(const settings *asked, uint32_t measure);

/* Whether a point has a measure, and a number of it, that can be of a study. */
int ways_has(const settings *asked, const ib_point *point);

/* "30-layer" or "30-mass-layer", "kde-upper", "post-8" or "post-8-w4": what a number of a measure stands for; "" for
 * 0. */
void ways_number(const settings *asked, uint32_t measure, uint32_t number, char *text, size_t size);

/* The same, but the measure for 0: "state", "rebinned". */
void ways_name(const settings *asked, uint32_t measure, uint32_t number, char *text, size_t size);

/* What stands before the name in headings, such as "bins: "; "": nothing. */
const char *ways_heading(uint32_t measure);

/* Whether the limits of layers must hold: of states of a network, and of outputs; not of what is made of them. */
int ways_are_exact(uint32_t measure);

/* Whether it is a function of the state, which has no fewer states and bits then. */
int ways_are_of_state(uint32_t measure);

/* Whether states are counted. Else there is only what an estimator says, which may be nothing. */
int ways_count_states(uint32_t measure);

/* What bins of a number are. */
void ways_binning(const settings *asked, uint32_t number, ib_binning_options *options);

/* Whether there were rows for the test: without any, its loss and its accuracy are 0, which they cannot be together
 * where there are some. */
int ways_is_tested(const ib_epoch *epoch);

#endif
