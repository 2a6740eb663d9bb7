/* Counting rows in the order of their tags.
 *
 * Where a table has left the cache, each row that is looked up costs three waits for memory: for its slot, its key and
 * its counts. So, of many rows at a time, those with the same upper bits of the tag are brought together first: their
 * slots lie side by side, and so do the keys and counts of rows that have come together before.
 *
 * New rows are then not numbered as they come. An order keeps the numbers that callers see, which are. */
#ifndef LIBIB_INFO_PARTITION_H
#define LIBIB_INFO_PARTITION_H

#include "base/context.h"

#include <libib/counter.h>

/* The numbers of rows in a table by those that callers see. From `count` on both are the same. */
typedef struct ib_i_order {
    uint32_t *internal; /* [capacity] */
    size_t count, capacity;
} ib_i_order;

static inline size_t ib_i_order_internal(const ib_i_order *order, size_t external)
{
    return external < order->count ? order->internal[external] : external;
}

/* Room for rows on their way. */
typedef struct ib_i_partition {
    size_t room;       /* rows; 0: no memory */
    uint64_t *records; /* [room][words + 1]: the key, then the label above the number of the row */
    uint32_t *work;    /* [room] */
} ib_i_partition;

/* Room for `rows` rows, or for as many as there is memory to spare for. */
ib_i_partition ib_i_partition_create(const ib_counter *counter, size_t rows);
void ib_i_partition_free(const ib_counter *counter, ib_i_partition *partition);

/* Counts rows first, ..., first + n - 1, n <= room, all or none, except that new rows stay in the table when it
 * fails. The numbers that they have in the table go to ids[n] unless that is NULL. So many new rows are expected. */
ib_status ib_i_partition_count(ib_i_partition *partition, ib_counter *counter, const ib_codes *codes,
                               const uint32_t *labels, size_t first, size_t n, size_t expected, uint32_t *ids);

#endif
