/* What one random order of labels makes of a sum over cells. */
#ifndef LIBIB_INFO_PERMUTED_H
#define LIBIB_INFO_PERMUTED_H

#include "base/rng.h"
#include "info/entropy_estimates.h"
#include "info/terms.h"

/* Rows that are alike make a group; each row has a label. In random order any row may have any label, so that only the
 * sizes matter: how many groups there are of each size, and how many labels. A row that is alone in its group adds
 * nothing to the sum, whatever its label. */
typedef struct ib_i_permuted {
    const ib_i_multiplicity *groups; /* [group_sizes]: m groups of k rows each, k ascending */
    size_t group_sizes;
    uint32_t rows;       /* n */
    uint32_t drawn;      /* of which are not alone in their group */
    uint32_t labels;     /* different ones */
    uint32_t label_size; /* bytes of a label in memory: 1, 2 or 4 */
    const void *ordered; /* [rows] labels, as each shuffle begins */
    uint64_t terms[IB_I_TERMS];
} ib_i_permuted;

/* Bytes of a label, and those of the memory that a thread needs: zeroed before its first use. */
uint32_t ib_i_permuted_label_size(uint32_t labels);
size_t ib_i_permuted_scratch(const ib_i_permuted *plan);

/* Writes the labels of `sizes`: as many of each as it occurs. */
void ib_i_permuted_labels(const ib_i_multiplicities *sizes, uint32_t label_size, void *labels);

/* Sum of c log2 c over the cells of groups and labels, in the order that the generator gives. */
ib_i_wide ib_i_permuted_sum(const ib_i_permuted *plan, void *scratch, ib_rng *rng);

#endif
