#include "info/permuted.h"

#include <string.h>

/* Groups up to this size are compared row by row, many side by side; of larger ones each is counted. */
#define MOST 16

/* From here on down two labels are drawn at once: one time in 2^32 / PAIRS^2 = 16 it takes a division to be fair. */
#define PAIRS 16384

/* Memory of a thread: the labels, up to a multiple of this, and a count of each label. */
#define ALIGNMENT ((size_t)64)

static ib_i_wide term_of(const ib_i_permuted *plan, uint32_t k)
{
    return k < IB_I_TERMS ? plan->terms[k] : ib_i_term(k);
}

#define NAME(x) x##_8
#define LABEL uint8_t
#define LANES 16
#include "info/permuted_labels.h"

#define NAME(x) x##_16
#define LABEL uint16_t
#define LANES 8
#include "info/permuted_labels.h"

#define NAME(x) x##_32
#define LABEL uint32_t
#define LANES 4
#include "info/permuted_labels.h"

uint32_t ib_i_permuted_label_size(uint32_t labels)
{
    return labels <= UINT8_MAX + 1 ? 1 : labels <= UINT16_MAX + 1 ? 2 : 4;
}

static size_t label_bytes(const ib_i_permuted *plan)
{
    const size_t bytes = (size_t)plan->rows * plan->label_size;
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

size_t ib_i_permuted_scratch(const ib_i_permuted *plan)
{
    return label_bytes(plan) + plan->labels * sizeof(uint32_t);
}

void ib_i_permuted_labels(const ib_i_multiplicities *sizes, uint32_t label_size, void *labels)
{
    if (label_size == 1)
        write_8(sizes, labels);
    else if (label_size == 2)
        write_16(sizes, labels);
    else
        write_32(sizes, labels);
}

ib_i_wide ib_i_permuted_sum(const ib_i_permuted *plan, void *scratch, ib_rng *rng)
{
    uint32_t *counts = (uint32_t *)(void *)((unsigned char *)scratch + label_bytes(plan));
    if (plan->label_size == 1)
        return permute_8(plan, scratch, counts, rng);
    if (plan->label_size == 2)
        return permute_16(plan, scratch, counts, rng);
    return permute_32(plan, scratch, counts, rng);
}
