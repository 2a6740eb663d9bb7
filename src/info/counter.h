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
    uint64_t *block;        /* [block_rows][rows.words]: the keys of the rows at hand; NULL until there are some */
    size_t block_rows;
    uint64_t terms[IB_I_TERMS]; /* k log2 k with 52 bits behind the point */
};

/* Whether pairs are kept. */
static inline int ib_i_counter_sparse(const ib_counter *counter)
{
    return counter->classes > IB_I_DENSE_CLASSES;
}

static inline uint64_t ib_i_pair_key(uint64_t id, uint32_t label)
{
    return id << 32 | label;
}

/* Makes sure of the block's memory. Whoever only reads or merges a counter needs none. */
ib_status ib_i_counter_reserve_block(ib_counter *counter);

/* Counts n <= IB_I_BLOCK rows by their keys[n][words], or none; but new ones stay in the tables even if it fails.
 * times[n] >= 1, or NULL: once each. Labels are below classes, and the total stays below 2^64. */
ib_status ib_i_counter_count(ib_counter *counter, const uint64_t *keys, const uint32_t *labels, const uint64_t *times,
                             size_t n);

/* Whether there can be such a counter; whether rows are of its kind; whether so many more can be counted. */
ib_status ib_i_counter_check_kind(ib_context *context, uint32_t type, size_t columns);
ib_status ib_i_counter_check_same(const ib_counter *counter, uint32_t type, size_t columns);
ib_status ib_i_counter_check_total(ib_context *context, uint64_t total, uint64_t more);

/* Adds the sums over rows, and over pairs of a row and a label. */
void ib_i_counter_add_sums(const ib_counter *counter, ib_i_sums *sums);

/* For tests, on an empty counter: from now on only these bits of a tag count, so that different rows collide. */
void ib_i_counter_tag_mask(ib_counter *counter, uint32_t mask);

/* For tests, on an empty counter: fails as if identifiers had no more room than this. */
void ib_i_counter_limit(ib_counter *counter, size_t limit);

#endif
