/* Rows that have a number in each of two variables, counted. */
#ifndef LIBIB_INFO_CONTINGENCY_H
#define LIBIB_INFO_CONTINGENCY_H

#include "base/context.h"
#include "info/join.h"
#include "info/terms.h"

#include <stddef.h>

typedef struct ib_i_contingency {
    ib_context *context;
    uint32_t rows;         /* n, without rows that are missing in x or y */
    uint32_t nx, ny;       /* numbers of x and y: some may not occur */
    uint32_t *x_counts;    /* [nx] */
    uint32_t *y_counts;    /* [ny] */
    size_t cells;          /* pairs that occur, those of each x side by side, x ascending */
    size_t *cells_end;     /* [nx] where those of x end */
    uint32_t *cell_y;      /* [cells] */
    uint32_t *cell_counts; /* [cells] */
    uint32_t *cell_of;     /* [n] the cells of all rows, ascending in x, then in the order of the rows */
    ib_i_sums sums;        /* settled */
} ib_i_contingency;

/* On failure there is nothing to free. */
ib_status ib_i_contingency_count(ib_context *context, const ib_i_ids *x, const ib_i_ids *y, size_t rows,
                                 ib_i_contingency *out);
void ib_i_contingency_free(ib_i_contingency *c);

/* n I(X;Y) with 52 bits behind the point, of settled sums. */
static inline ib_i_wide ib_i_sums_mutual(const ib_i_sums *sums)
{
    return sums->all + sums->joint - sums->rows - sums->labels;
}

/* Sums that are equal in theory are so up to the rounding of logarithms. A logarithm, which is at least 1 where it is
 * not 0, is off by at most 0.501 2^-52 of itself, and so is a sum of terms: two of them differ by no more than this. */
static inline ib_i_wide ib_i_joint_rounding(ib_i_wide joint)
{
    return (joint >> 51) + 1;
}

#endif
