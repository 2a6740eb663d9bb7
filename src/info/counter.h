/* The inside of a counter. */
#ifndef LIBIB_INFO_COUNTER_H
#define LIBIB_INFO_COUNTER_H

#include "base/context.h"
#include "info/table.h"
#include "info/terms.h"

#include <libib/counter.h>

/* Up to here every row has a count for each label; beyond, only pairs (row, label) that occur have one. */
#define IB_I_DENSE_CLASSES 16u

struct ib_counter {
    ib_context *context;
    uint32_t type;
    uint32_t classes; /* K >= 1 */
    size_t columns;
    uint64_t total;         /* rows counted */
    ib_i_table rows;        /* counts[distinct][K]; with K > IB_I_DENSE_CLASSES counts[distinct] */
    ib_i_table pairs;       /* with K > IB_I_DENSE_CLASSES: keys id << 32 | label, counts[pairs] */
    uint64_t *label_counts; /* [K] */
    uint64_t *block;        /* [block_rows][rows.words]: the keys of the rows at hand */
    size_t block_rows;
    uint64_t terms[IB_I_TERMS]; /* k log2 k with 52 bits behind the point */
};

/* Whether pairs are kept. */
static inline int ib_i_counter_sparse(const ib_counter *counter)
{
    return counter->classes > IB_I_DENSE_CLASSES;
}

/* For tests, on an empty counter: from now on only these bits of a tag count, so that different rows collide. */
void ib_i_counter_tag_mask(ib_counter *counter, uint32_t mask);

/* For tests, on an empty counter: fails as if identifiers had no more room than this. */
void ib_i_counter_limit(ib_counter *counter, size_t limit);

#endif
