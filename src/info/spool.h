/* The inside of a spool. */
#ifndef LIBIB_INFO_SPOOL_H
#define LIBIB_INFO_SPOOL_H

#include "base/meter.h"
#include "info/counter.h"

#include <libib/spool.h>

/* What was written to a partition: piece by piece, each with a checksum of its own, and all of them in one hash, so
 * that no piece can be missing, or be one of another time. */
typedef struct ib_i_partition {
    uint64_t pieces, size, hash;
    uint64_t first; /* while rows are put away: of its own among all */
} ib_i_partition;

struct ib_spool {
    ib_context *context;
    ib_i_meter meter;
    ib_context *inner; /* whose memory is bounded; of it are the counter and all arrays */
    ib_spool_options options;
    uint32_t type;
    uint32_t classes; /* K >= 1 */
    size_t columns;
    ib_counter *counter;        /* of rows that were not put away; NULL: there are none */
    ib_i_partition *partitions; /* [options.partitions] */
    uint64_t *label_counts;     /* [K] of rows that were put away */
    uint64_t total;             /* how many they are */
    int busy;                   /* inside a call that may call back */
    int broken;                 /* rows of a call that failed are in partitions, and cannot be taken back */
};

/* Which rows: those of a partition, of which the lowest 32 bits of a hash begin with these bits. */
typedef struct ib_i_share {
    uint32_t partition, depth, prefix;
} ib_i_share;

/* Makes sure that there is a counter, with room for a block of rows; what the meter refuses from then on is news. */
ib_status ib_i_spool_reserve(ib_spool *spool);

/* Forgets what the counter holds, and frees its memory. */
void ib_i_spool_drop(ib_spool *spool);

/* Appends all that the counter holds to the partitions, and drops it. Needs no memory. A spool where that fails
 * is broken. The message is that of `inner`. */
ib_status ib_i_spool_put_away(ib_spool *spool);

/* Counts a share into the counter, which is empty and there. The message is that of `inner`. */
ib_status ib_i_spool_fetch(ib_spool *spool, const ib_i_share *share);

#endif
