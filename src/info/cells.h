/* How often numbers and pairs of numbers occur, and what entropies follow from that. */
#ifndef LIBIB_INFO_CELLS_H
#define LIBIB_INFO_CELLS_H

#include "info/join.h"
#include "info/terms.h"

/* The rows that a measure speaks of; none of them is missing. */
typedef struct ib_i_cases {
    size_t n;
    const uint64_t *masses; /* [n], each above 0; NULL: each is 1 */
    uint64_t total;         /* of the masses */
    const size_t *rows;     /* [n]: which rows of the variables they are; NULL: all */
} ib_i_cases;

/* Memory for counting again and again. */
typedef struct ib_i_cells {
    uint64_t terms[IB_I_TERMS]; /* k log2 k with 52 bits behind the point */
    uint64_t steps[IB_I_TERMS]; /* what one more adds to it; the last is 0 */
    ib_i_room counts[3], full, others, joint;
    ib_i_join join;
} ib_i_cells;

void ib_i_cells_init(ib_i_cells *cells);
void ib_i_cells_free(ib_context *context, ib_i_cells *cells);

/* The mass of each number, [distinct]; lasts until `which` (0 to 2) is used again. NULL if it fails, which leaves the
 * message. */
uint64_t *ib_i_cells_masses(ib_context *context, ib_i_cells *cells, size_t which, ib_i_ids ids,
                            const ib_i_cases *cases);

/* The sum over the numbers of k log2 k, where k is their mass. */
ib_status ib_i_cells_sum(ib_context *context, ib_i_cells *cells, ib_i_ids ids, const ib_i_cases *cases, ib_i_wide *sum);

/* All sums of two variables, x for rows and y for labels; not settled. */
ib_status ib_i_cells_sums(ib_context *context, ib_i_cells *cells, ib_i_ids x, ib_i_ids y, const ib_i_cases *cases,
                          ib_i_sums *sums);

#endif
