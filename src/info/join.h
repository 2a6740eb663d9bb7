/* Numbers of pairs of numbers. */
#ifndef LIBIB_INFO_JOIN_H
#define LIBIB_INFO_JOIN_H

#include "info/room.h"
#include "info/table.h"

/* n numbers below `distinct`; those of missing rows are IB_NO_ID. */
typedef struct ib_i_ids {
    const uint32_t *of; /* [n] */
    uint32_t distinct;
} ib_i_ids;

/* Memory for joining again and again. */
typedef struct ib_i_join {
    ib_i_table table; /* keys a << 32 | b */
    ib_i_room places; /* of each possible pair the number + 1 */
} ib_i_join;

void ib_i_join_init(ib_i_join *join);
void ib_i_join_free(ib_context *context, ib_i_join *join);

/* Whether n pairs get a place for each that is possible: those take no more memory than a table would. */
int ib_i_join_has_places(size_t n, uint32_t a, uint32_t b);

/* out[n] receives the numbers of pairs, in the order in which they first occur, and IB_NO_ID where one of the two is
 * missing; it may be a.of or b.of. If it fails, what is in `out` means nothing. */
ib_status ib_i_join_number(ib_context *context, ib_i_join *join, ib_i_ids a, ib_i_ids b, size_t n, uint32_t *out,
                           uint32_t *distinct);

#endif
