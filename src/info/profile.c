#include "info/profile.h"

#include "base/memory.h"
#include "info/counter.h"

#include <string.h>

typedef ib_i_multiplicity multiplicity;

/* Counts below are gathered in an array before they become pairs. */
enum { FEW = 1024 };

const char *ib_profile_entropy_name(uint32_t entropy)
{
    static const char *const names[IB_ENTROPY_COUNT] = {"plug-in",   "miller-madow", "grassberger",
                                                        "chao-shen", "jackknife",    "shrinkage"};
    return entropy < IB_ENTROPY_COUNT ? names[entropy] : "unknown";
}

ib_status ib_profile_create(ib_context *context, ib_profile **out)
{
    if (out)
        *out = NULL;
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    ib_profile *made = ib_i_object_create(context, sizeof *made);
    if (!made)
        return IB_ERR_NOMEM;
    made->context = context;
    *out = made;
    return ib_i_ok(context);
}

void ib_profile_destroy(ib_profile *profile)
{
    if (!profile)
        return;
    ib_i_free(profile->context, profile->pairs);
    ib_i_object_destroy(profile->context, profile);
}

void ib_profile_reset(ib_profile *profile)
{
    if (profile)
        profile->count = profile->n = profile->distinct = 0;
}

/* Index of the first pair that has at least this k. Counts mostly come in ascending order, so it looks at the end
 * first. */
static size_t place_of(const ib_profile *profile, uint64_t k)
{
    size_t low = 0, high = profile->count;
    if (high > 0 && profile->pairs[high - 1].k < k)
        return high;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (profile->pairs[middle].k < k)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static ib_status reserve(ib_profile *profile, size_t more)
{
    if (more <= profile->capacity - profile->count)
        return IB_OK;
    const size_t wanted = profile->count + more, capacity = wanted < 8 ? 16 : 2 * wanted;
    multiplicity *pairs = ib_i_grow(profile->context, profile->pairs, profile->count, capacity, sizeof *profile->pairs);
    if (!pairs)
        return ib_i_fail_memory(profile->context);
    profile->pairs = pairs;
    profile->capacity = capacity;
    return IB_OK;
}

/* Adds to the pair of k, which it makes if there is none. The total is known to be small enough. */
static ib_status add(ib_profile *profile, uint64_t k, uint64_t m)
{
    const size_t at = place_of(profile, k);
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): below count there are pairs */
    if (at == profile->count || profile->pairs[at].k != k) {
        IB_TRY(reserve(profile, 1));
        multiplicity *pairs = profile->pairs;
        memmove(pairs + at + 1, pairs + at, (profile->count - at) * sizeof *pairs);
        pairs[at] = (multiplicity){.k = k};
        profile->count++;
    }
    profile->pairs[at].m += m;
    profile->n += k * m;
    profile->distinct += m;
    return IB_OK;
}

static ib_status check_total(const ib_profile *profile, uint64_t k, uint64_t m)
{
    if (k > 0 && m > (UINT64_MAX - profile->n) / k)
        return ib_i_fail(profile->context, IB_ERR_OVERFLOW, "expected less than 2^64 rows in all");
    return IB_OK;
}

ib_status ib_profile_add(ib_profile *profile, uint64_t k, uint64_t m)
{
    if (!profile)
        return IB_ERR_ARG;
    IB_TRY(check_total(profile, k, m));
    if (k > 0 && m > 0)
        IB_TRY(add(profile, k, m));
    return ib_i_ok(profile->context);
}

/* Counts on their way into a profile. */
typedef struct gathering {
    ib_profile *profile;
    ib_status status;
    uint64_t few[FEW]; /* how many things occur k times, for small k */
} gathering;

static void gather(gathering *g, uint64_t k)
{
    if (k < FEW)
        g->few[k]++;
    else if (g->status == IB_OK)
        g->status = add(g->profile, k, 1);
}

static void gather_table(gathering *g, const ib_i_table *table)
{
    for (size_t id = 0; id < table->distinct; id++)
        for (size_t c = 0; c < table->width; c++)
            gather(g, ib_i_table_get(table, id, c));
}

/* What was gathered in the array becomes pairs. */
static void gather_few(gathering *g)
{
    for (uint64_t k = 1; k < FEW && g->status == IB_OK; k++)
        if (g->few[k] > 0)
            g->status = add(g->profile, k, g->few[k]);
}

static void gather_things(gathering *g, const ib_counter *counter, uint32_t things)
{
    if (things == IB_PROFILE_LABELS)
        for (uint32_t label = 0; label < counter->classes; label++)
            gather(g, ib_counter_get_label(counter, label));
    else if (things == IB_PROFILE_JOINT)
        gather_table(g, ib_i_counter_sparse(counter) ? &counter->pairs : &counter->rows);
    else
        for (size_t id = 0; id < counter->rows.distinct; id++)
            gather(g, ib_i_table_get_all(&counter->rows, id));
    gather_few(g);
}

/* Adds the pairs that were gathered, or none if there is no memory. */
static ib_status add_gathered(ib_profile *profile, gathering *g)
{
    const ib_profile *from = g->profile;
    if (g->status == IB_OK)
        g->status = reserve(profile, from->count);
    for (size_t i = 0; g->status == IB_OK && i < from->count; i++)
        g->status = add(profile, from->pairs[i].k, from->pairs[i].m);
    ib_i_free(profile->context, from->pairs);
    return g->status == IB_OK ? ib_i_ok(profile->context) : g->status;
}

ib_status ib_i_profile_add_counts(ib_profile *profile, const uint64_t *counts, size_t n, uint64_t total)
{
    IB_TRY(check_total(profile, 1, total));
    ib_profile gathered = {.context = profile->context};
    gathering g = {.profile = &gathered};
    for (size_t i = 0; i < n; i++)
        gather(&g, counts[i]);
    gather_few(&g);
    return add_gathered(profile, &g);
}

ib_status ib_profile_add_counter(ib_profile *profile, const ib_counter *counter, uint32_t things)
{
    if (!profile)
        return IB_ERR_ARG;
    if (!counter)
        return ib_i_fail_null(profile->context, "counter");
    if (things > IB_PROFILE_JOINT)
        return ib_i_fail(profile->context, IB_ERR_ARG, "things: expected 0 to 2, got %u", (unsigned)things);
    IB_TRY(check_total(profile, 1, counter->total));
    ib_profile gathered = {.context = profile->context};
    gathering g = {.profile = &gathered};
    gather_things(&g, counter, things);
    return add_gathered(profile, &g);
}

size_t ib_profile_count(const ib_profile *profile)
{
    return profile ? profile->count : 0;
}

ib_status ib_profile_get(const ib_profile *profile, size_t index, uint64_t *k, uint64_t *m)
{
    if (!profile)
        return IB_ERR_ARG;
    if (!k || !m)
        return ib_i_fail_null(profile->context, k ? "m" : "k");
    if (index >= profile->count)
        return ib_i_fail(profile->context, IB_ERR_RANGE, "index: expected less than %zu, got %zu", profile->count,
                         index);
    *k = profile->pairs[index].k;
    *m = profile->pairs[index].m;
    return ib_i_ok(profile->context);
}

static uint64_t things_of(const ib_profile *profile, uint64_t k)
{
    const size_t at = place_of(profile, k);
    return at < profile->count && profile->pairs[at].k == k ? profile->pairs[at].m : 0;
}

ib_status ib_profile_coverage(const ib_profile *profile, ib_coverage *coverage)
{
    if (!profile)
        return IB_ERR_ARG;
    if (!coverage || coverage->struct_size < sizeof coverage->struct_size)
        return ib_i_fail(profile->context, IB_ERR_ARG, "coverage: expected a struct with its struct_size");
    ib_coverage full = {
        .struct_size = coverage->struct_size,
        .n = profile->n,
        .distinct = profile->distinct,
        .singletons = things_of(profile, 1),
        .doubletons = things_of(profile, 2),
    };
    if (full.n > 0) {
        full.coverage = (double)(full.n - full.singletons) / (double)full.n;
        full.per_distinct = (double)full.n / (double)full.distinct;
    }
    memcpy(coverage, &full, full.struct_size < sizeof full ? full.struct_size : sizeof full);
    return ib_i_ok(profile->context);
}

static double entropy_of(const ib_i_multiplicities *sample, uint32_t entropy, uint64_t alphabet)
{
    switch (entropy) {
    case IB_ENTROPY_PLUG_IN:
        return ib_i_entropy_plug_in(sample);
    case IB_ENTROPY_MILLER_MADOW:
        return ib_i_entropy_miller_madow(sample);
    case IB_ENTROPY_GRASSBERGER:
        return ib_i_entropy_grassberger(sample);
    case IB_ENTROPY_CHAO_SHEN:
        return ib_i_entropy_chao_shen(sample);
    case IB_ENTROPY_JACKKNIFE:
        return ib_i_entropy_jackknife(sample);
    default:
        return ib_i_entropy_shrinkage(sample, alphabet);
    }
}

ib_status ib_profile_entropy(const ib_profile *profile, uint32_t entropy, uint64_t alphabet, double *bits)
{
    if (!profile)
        return IB_ERR_ARG;
    if (!bits)
        return ib_i_fail_null(profile->context, "bits");
    if (entropy >= IB_ENTROPY_COUNT)
        return ib_i_fail(profile->context, IB_ERR_ARG, "entropy: expected less than %d, got %u", IB_ENTROPY_COUNT,
                         (unsigned)entropy);
    if (entropy != IB_ENTROPY_SHRINKAGE || alphabet == 0)
        alphabet = profile->distinct;
    if (alphabet < profile->distinct)
        return ib_i_fail(profile->context, IB_ERR_RANGE, "alphabet: expected at least the %llu things seen, got %llu",
                         (unsigned long long)profile->distinct, (unsigned long long)alphabet);
    const ib_i_multiplicities sample = {profile->pairs, profile->count, profile->n, profile->distinct};
    *bits = sample.n > 0 ? entropy_of(&sample, entropy, alphabet) : 0;
    return ib_i_ok(profile->context);
}
