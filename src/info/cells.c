#include "info/cells.h"

#include <string.h>

/* A count that has come so far is left to the end: what one more adds is no longer in the table. */
#define MANY (IB_I_TERMS - 1)

/* So many pairs are counted in the second cache; of few rows no more of them are worth clearing. */
#define MOST_PAIRS ((uint64_t)1 << 16)
#define PAIRS_PER_ROW 16

void ib_i_cells_init(ib_i_cells *cells)
{
    *cells = (ib_i_cells){.steps = {0}};
    ib_i_terms(cells->terms);
    for (size_t k = 0; k < MANY; k++)
        cells->steps[k] = cells->terms[k + 1] - cells->terms[k];
    ib_i_join_init(&cells->join);
}

void ib_i_cells_free(ib_context *context, ib_i_cells *cells)
{
    for (size_t which = 0; which < 3; which++)
        ib_i_room_free(context, &cells->counts[which]);
    ib_i_room_free(context, &cells->full);
    ib_i_room_free(context, &cells->others);
    ib_i_room_free(context, &cells->joint);
    ib_i_join_free(context, &cells->join);
}

uint64_t *ib_i_cells_masses(ib_context *context, ib_i_cells *cells, size_t which, ib_i_ids ids, const ib_i_cases *cases)
{
    uint64_t *masses = ib_i_room_reserve(context, &cells->counts[which], ids.distinct, sizeof *masses);
    if (!masses)
        return NULL;
    memset(masses, 0, ids.distinct * sizeof *masses);
    for (size_t i = 0; i < cases->n; i++)
        masses[ids.of[i]] += cases->masses ? cases->masses[i] : 1;
    return masses;
}

static ib_i_wide term(const ib_i_cells *cells, uint64_t k)
{
    return k < IB_I_TERMS ? cells->terms[k] : ib_i_term(k);
}

ib_status ib_i_cells_sum(ib_context *context, ib_i_cells *cells, ib_i_ids ids, const ib_i_cases *cases, ib_i_wide *sum)
{
    const uint64_t *masses = ib_i_cells_masses(context, cells, 0, ids, cases);
    if (!masses)
        return IB_ERR_NOMEM;
    *sum = 0;
    for (size_t id = 0; id < ids.distinct; id++)
        *sum += term(cells, masses[id]);
    return IB_OK;
}

/* Of any masses: three times one variable. */
static ib_status sums_one_by_one(ib_context *context, ib_i_cells *cells, ib_i_ids x, ib_i_ids y,
                                 const ib_i_cases *cases, ib_i_sums *sums)
{
    uint32_t *joint = ib_i_room_reserve(context, &cells->joint, cases->n, sizeof *joint), distinct;
    if (!joint)
        return IB_ERR_NOMEM;
    IB_TRY(ib_i_join_number(context, &cells->join, x, y, cases->n, joint, &distinct));
    IB_TRY(ib_i_cells_sum(context, cells, x, cases, &sums->rows));
    IB_TRY(ib_i_cells_sum(context, cells, y, cases, &sums->labels));
    return ib_i_cells_sum(context, cells, (ib_i_ids){joint, distinct}, cases, &sums->joint);
}

/* Counts of a pair of variables, each in one pass over fewer than 2^32 rows. */
typedef struct counts {
    uint32_t *x, *y, *pairs;
    size_t *full; /* the pairs that occur MANY times or more, in the end */
    size_t full_count;
} counts;

/* The sum over the pairs follows from the steps that their counts take, so nobody has to look at the pairs, of which
 * most may never occur. */
static ib_i_wide count_pairs(const uint64_t *restrict steps, const uint32_t *restrict x, const uint32_t *restrict y,
                             size_t width, size_t n, counts *to)
{
    uint32_t *restrict of_x = to->x, *restrict of_y = to->y, *restrict of_pair = to->pairs;
    ib_i_wide sum = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t pair = (size_t)x[i] * width + y[i];
        const uint32_t k = of_pair[pair]++;
        sum += steps[k < MANY ? k : MANY];
        if (k == MANY)
            to->full[to->full_count++] = pair;
        of_x[x[i]]++;
        of_y[y[i]]++;
    }
    return sum;
}

static ib_i_wide sum_counts(const ib_i_cells *cells, const uint32_t *counted, size_t n)
{
    ib_i_wide sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += term(cells, counted[i]);
    return sum;
}

static ib_status sums_of_pairs(ib_context *context, ib_i_cells *cells, ib_i_ids x, ib_i_ids y, size_t n,
                               ib_i_sums *sums)
{
    const size_t pairs = (size_t)x.distinct * y.distinct, all = pairs + x.distinct + y.distinct;
    counts to = {.pairs = ib_i_room_reserve(context, &cells->others, all, sizeof *to.pairs),
                 .full = ib_i_room_reserve(context, &cells->full, n / IB_I_TERMS + 1, sizeof *to.full)};
    if (!to.pairs || !to.full)
        return IB_ERR_NOMEM;
    memset(to.pairs, 0, all * sizeof *to.pairs);
    to.x = to.pairs + pairs;
    to.y = to.x + x.distinct;
    sums->joint = count_pairs(cells->steps, x.of, y.of, y.distinct, n, &to);
    for (size_t i = 0; i < to.full_count; i++)
        sums->joint += ib_i_term(to.pairs[to.full[i]]) - cells->terms[MANY];
    sums->rows = sum_counts(cells, to.x, x.distinct);
    sums->labels = sum_counts(cells, to.y, y.distinct);
    return IB_OK;
}

/* The sum over pairs of one x with each y that it occurs with. `of_y` counts them, and is 0 before and after. */
static ib_i_wide sum_group(const ib_i_cells *cells, const uint32_t *y, size_t n, uint32_t *of_y)
{
    ib_i_wide sum = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t k = of_y[y[i]]++;
        sum += cells->steps[k < MANY ? k : MANY];
    }
    for (size_t i = 0; i < n; i++) {
        if (of_y[y[i]] > MANY)
            sum += ib_i_term(of_y[y[i]]) - cells->terms[MANY];
        of_y[y[i]] = 0;
    }
    return sum;
}

/* Where pairs are too many to have a place each, rows are sorted by x first, which takes two passes. */
static ib_status sums_of_groups(ib_context *context, ib_i_cells *cells, ib_i_ids x, ib_i_ids y, size_t n,
                                ib_i_sums *sums)
{
    const size_t others = (size_t)x.distinct + y.distinct;
    uint32_t *ends = ib_i_room_reserve(context, &cells->others, others, sizeof *ends);
    uint32_t *sorted = ib_i_room_reserve(context, &cells->joint, n, sizeof *sorted);
    if (!ends || !sorted)
        return IB_ERR_NOMEM;
    memset(ends, 0, others * sizeof *ends);
    uint32_t *of_y = ends + x.distinct, start = 0;
    for (size_t i = 0; i < n; i++) {
        ends[x.of[i]]++;
        of_y[y.of[i]]++;
    }
    sums->rows = sum_counts(cells, ends, x.distinct);
    sums->labels = sum_counts(cells, of_y, y.distinct);
    memset(of_y, 0, y.distinct * sizeof *of_y);
    for (size_t id = 0; id < x.distinct; id++) {
        start += ends[id];
        ends[id] = start - ends[id];
    }
    for (size_t i = 0; i < n; i++)
        sorted[ends[x.of[i]]++] = y.of[i];
    sums->joint = 0;
    for (size_t id = 0, first = 0; id < x.distinct; first = ends[id++])
        if (ends[id] - first > 1) /* one alone adds nothing */
            sums->joint += sum_group(cells, sorted + first, ends[id] - first, of_y);
    return IB_OK;
}

ib_status ib_i_cells_sums(ib_context *context, ib_i_cells *cells, ib_i_ids x, ib_i_ids y, const ib_i_cases *cases,
                          ib_i_sums *sums)
{
    sums->all = ib_i_term(cases->total);
    if (cases->masses || cases->n > UINT32_MAX)
        return sums_one_by_one(context, cells, x, y, cases, sums);
    const uint64_t pairs = (uint64_t)x.distinct * y.distinct; /* of 32 bits each: cannot wrap */
    if (pairs <= MOST_PAIRS && pairs / PAIRS_PER_ROW <= cases->n)
        return sums_of_pairs(context, cells, x, y, cases->n, sums);
    if (x.distinct >= y.distinct)
        return sums_of_groups(context, cells, x, y, cases->n, sums);
    IB_TRY(sums_of_groups(context, cells, y, x, cases->n, sums));
    const ib_i_wide rows = sums->labels;
    sums->labels = sums->rows;
    sums->rows = rows;
    return IB_OK;
}
