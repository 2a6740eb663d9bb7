#include "info/terms.h"

#include "base/logarithm.h"

/* log2 k for k >= 1: it is 0 or at least 1, so that 52 bits behind the point are all that its double has. */
static uint64_t log2_fixed(uint64_t k)
{
    return (uint64_t)(ib_i_log2((double)k) * IB_I_POINT);
}

ib_i_wide ib_i_term(uint64_t k)
{
    return k > 1 ? (ib_i_wide)k * log2_fixed(k) : 0;
}

void ib_i_terms(uint64_t *terms)
{
    for (uint64_t k = 0; k < IB_I_TERMS; k++)
        terms[k] = (uint64_t)ib_i_term(k);
}

void ib_i_sums_settle(ib_i_sums *s)
{
    s->rows = ib_i_least(s->rows, s->all);
    s->labels = ib_i_least(s->labels, s->all);
    s->joint = ib_i_least(s->joint, ib_i_least(s->rows, s->labels));
    if (s->joint + s->all < s->rows + s->labels)
        s->joint = s->rows + s->labels - s->all;
}

double ib_i_term_bits(ib_i_wide sum, uint64_t n)
{
    return ((double)(uint64_t)(sum / n) + (double)(uint64_t)(sum % n) / (double)n) / IB_I_POINT;
}

ib_entropies ib_i_sums_entropies(ib_i_sums s, uint64_t n)
{
    ib_i_sums_settle(&s);
    return (ib_entropies){.rows = ib_i_term_bits(s.all - s.rows, n),
                          .labels = ib_i_term_bits(s.all - s.labels, n),
                          .joint = ib_i_term_bits(s.all - s.joint, n),
                          .rows_given_labels = ib_i_term_bits(s.labels - s.joint, n),
                          .labels_given_rows = ib_i_term_bits(s.rows - s.joint, n),
                          .mutual = ib_i_term_bits(s.all + s.joint - s.rows - s.labels, n)};
}
