/* Counting the layers of one inference pass together.
 *
 * In such a pass the state of a layer is a function of the state of the layer before: what a layer passes on is one of
 * its state, and every kernel treats all rows alike and, but for the sign of a zero, gives equal results for 0 and -0,
 * which count as equal. So rows that a layer does not tell apart, no later layer tells apart; rows that a layer tells
 * apart, all layers before it do. From a layer that has been counted row by row, one goes
 *
 *     forwards:   one row of each class stands for all of it, with the labels of them all;
 *     backwards:  rows alone in their class stay alone, and only the others are counted again.
 *
 * Counters of the way backwards hold only those others. This suffices for the entropies, to which a row that occurs
 * once adds nothing; total and labels are those of all rows. */
#ifndef LIBIB_INFO_REFINE_H
#define LIBIB_INFO_REFINE_H

#include "info/counter.h"
#include "info/states.h"

#include <libib/dataset.h>

/* Labels, and where we are on the way. */
typedef struct ib_i_refine {
    ib_context *context;
    size_t rows;
    uint32_t *labels;                 /* [rows] */
    uint64_t *label_counts;           /* [classes] */
    uint32_t *ids;                    /* [rows]: classes of the rows counted last */
    uint32_t *first, *shared;         /* [rows] each: one row of each class; rows that are not alone in theirs */
    size_t first_count, shared_count; /* how many these are */
} ib_i_refine;

ib_status ib_i_refine_init(ib_i_refine *refine, const ib_dataset *dataset);
void ib_i_refine_free(ib_i_refine *refine);

/* Whether the layers of a data set can be counted like this: labels must be few, row numbers need 32 bits. */
int ib_i_refine_can(const ib_dataset *dataset);

/* All counters are empty, with wide tables, and receive the states. The numbers of distinct rows are returned. */

/* Counts all rows; both ways lead on from here. Without `lead`, both go on from where they were. */
ib_status ib_i_refine_all(ib_i_refine *refine, const ib_i_states *states, int lead, ib_counter *counter,
                          size_t *distinct);

/* Counts a function of what `from` counted, last on the way forwards; with `lead` it is the next on this way. */
ib_status ib_i_refine_forwards(ib_i_refine *refine, const ib_i_states *states, const ib_counter *from, int lead,
                               ib_counter *counter, size_t *distinct);

/* Counts what the layer that was last on the way backwards is a function of. */
ib_status ib_i_refine_backwards(ib_i_refine *refine, const ib_i_states *states, ib_counter *counter, size_t *distinct);

#endif
