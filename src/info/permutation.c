#include "info/permuted.h"
#include "info/profile.h"
#include "info/resample.h"

#include "base/memory.h"

#include <string.h>

/* What all permutations share. */
typedef struct permutation {
    ib_context *context;
    ib_i_contingency counted;
    ib_profile *x, *y; /* how many numbers occur how often */
    void *ordered;     /* [rows] labels */
    ib_i_permuted plan;
} permutation;

/* What is made of the values. */
typedef struct outcome {
    const ib_i_contingency *counted;
    ib_i_wide close; /* values from here on are at least the one observed */
    ib_i_wide most;
    uint64_t at_least;
    ib_i_spread spread;
} outcome;

static ib_status profile_counts(ib_context *context, const uint32_t *counts, uint32_t n, ib_profile **out)
{
    IB_TRY(ib_profile_create(context, out));
    for (uint32_t i = 0; i < n; i++)
        IB_TRY(ib_profile_add(*out, counts[i], 1));
    return IB_OK;
}

static ib_i_multiplicities sample_of(const ib_profile *profile)
{
    return (ib_i_multiplicities){profile->pairs, profile->count, profile->n, profile->distinct};
}

/* Which of two variables is in groups and which is shuffled makes no difference to what can happen, but to what it
 * costs, and to what one order of random numbers gives: that must not depend on which is called x. */
static int makes_groups(const ib_profile *a, const ib_profile *b)
{
    if (a->distinct != b->distinct)
        return a->distinct > b->distinct;
    if (a->count != b->count)
        return a->count > b->count;
    for (size_t i = 0; i < a->count; i++)
        if (a->pairs[i].k != b->pairs[i].k || a->pairs[i].m != b->pairs[i].m)
            return a->pairs[i].k != b->pairs[i].k ? a->pairs[i].k > b->pairs[i].k : a->pairs[i].m > b->pairs[i].m;
    return 1;
}

static ib_status make_plan(permutation *p)
{
    const ib_profile *groups = makes_groups(p->x, p->y) ? p->x : p->y;
    const ib_i_multiplicities labels = sample_of(groups == p->x ? p->y : p->x);
    const size_t alone = groups->count > 0 && groups->pairs[0].k == 1 ? 1 : 0;
    const uint32_t rows = p->counted.rows, size = ib_i_permuted_label_size((uint32_t)labels.distinct);
    p->ordered = ib_i_alloc(p->context, rows, size);
    if (!p->ordered)
        return ib_i_fail_memory(p->context);
    ib_i_permuted_labels(&labels, size, p->ordered);
    p->plan.groups = groups->pairs + alone;
    p->plan.group_sizes = groups->count - alone;
    p->plan.rows = rows;
    p->plan.drawn = rows - (alone ? (uint32_t)groups->pairs[0].m : 0);
    p->plan.labels = (uint32_t)labels.distinct;
    p->plan.label_size = size;
    p->plan.ordered = p->ordered;
    ib_i_terms(p->plan.terms);
    return IB_OK;
}

static ib_status prepare(permutation *p, const ib_i_ids *x, const ib_i_ids *y, size_t rows)
{
    IB_TRY(ib_i_contingency_count(p->context, x, y, rows, &p->counted));
    IB_TRY(profile_counts(p->context, p->counted.x_counts, x->distinct, &p->x));
    IB_TRY(profile_counts(p->context, p->counted.y_counts, y->distinct, &p->y));
    return make_plan(p);
}

static void release(permutation *p)
{
    if (p->counted.context)
        ib_i_contingency_free(&p->counted);
    ib_profile_destroy(p->x);
    ib_profile_destroy(p->y);
    ib_i_free(p->context, p->ordered);
}

static ib_i_wide measure(const void *user_data, void *scratch, ib_rng *rng)
{
    const permutation *p = user_data;
    ib_i_sums sums = p->counted.sums;
    sums.joint = ib_i_permuted_sum(&p->plan, scratch, rng);
    ib_i_sums_settle(&sums);
    return ib_i_sums_mutual(&sums);
}

static void take(void *user_data, uint64_t number, ib_i_wide value)
{
    (void)number;
    outcome *o = user_data;
    o->at_least += value >= o->close;
    o->most = value > o->most ? value : o->most;
    ib_i_spread_add(&o->spread, value, ib_i_mutual_bits(value, o->counted->rows));
}

static ib_status permute(permutation *p, const ib_significance_options *options, ib_permutation_result *full)
{
    const ib_i_wide observed = ib_i_sums_mutual(&p->counted.sums), slack = ib_i_joint_rounding(p->counted.sums.joint);
    outcome o = {.counted = &p->counted, .close = observed > slack ? observed - slack : 0};
    const ib_i_resampling resampling = {
        .rows = p->plan.drawn,
        .purpose = IB_STREAM_PERMUTE,
        .scratch = ib_i_permuted_scratch(&p->plan),
        .measure = measure,
        .plan = p,
        .take = take,
        .taker = &o,
    };
    IB_TRY(ib_i_resample(p->context, options, &resampling));
    const uint64_t n = p->counted.rows, m = options->resamples;
    full->rows = n;
    full->permutations = m;
    full->at_least = o.at_least;
    full->observed = ib_i_mutual_bits(observed, n);
    full->p = (double)(o.at_least + 1) / (double)(m + 1);
    full->null_mean = ib_i_mutual_bits(o.spread.sum, n * m);
    full->null_sd = ib_i_spread_deviation(&o.spread);
    full->null_max = ib_i_mutual_bits(o.most, n);
    return IB_OK;
}

ib_status ib_i_permute(ib_context *context, const ib_i_ids *x, const ib_i_ids *y, size_t rows,
                       const ib_significance_options *options, ib_permutation_result *result)
{
    if (!result || result->struct_size < sizeof result->struct_size)
        return ib_i_fail(context, IB_ERR_ARG, "result: expected a struct with its struct_size");
    ib_significance_options resolved;
    IB_TRY(ib_i_significance_options_read(context, options, &resolved));
    ib_permutation_result full = {.struct_size = result->struct_size};
    permutation p = {.context = ib_i_hold(context)}; /* progress may destroy it */
    ib_status status = prepare(&p, x, y, rows);
    if (status == IB_OK)
        status = permute(&p, &resolved, &full);
    release(&p);
    if (status == IB_OK) {
        memcpy(result, &full, full.struct_size < sizeof full ? full.struct_size : sizeof full);
        ib_i_ok(context);
    }
    ib_context_destroy(context);
    return status;
}
