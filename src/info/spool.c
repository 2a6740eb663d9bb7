#include "info/spool.h"

#include "base/memory.h"
#include "info/rows.h"
#include "info/terms.h"

#include <string.h>

#define DEFAULT_PARTITIONS 64u
#define DEFAULT_MEMORY (UINT64_C(256) << 20)
#define LEAST_MEMORY (UINT64_C(1) << 20)

/* Rows that are counted at a time once rows are put away: what they do is taken back when they do not fit. */
#define PART ((size_t)4096)

/* Bits of a hash that tell shares of a partition apart. */
#define MOST_DEPTH 32u

void ib_spool_options_init(ib_spool_options *options)
{
    if (options)
        *options = (ib_spool_options){.struct_size = sizeof *options};
}

/* --- the counter -------------------------------------------------------------------------------------------------- */

void ib_i_spool_drop(ib_spool *spool)
{
    ib_counter_destroy(spool->counter);
    spool->counter = NULL;
}

/* Room for a block of rows: with less memory than that nothing could be counted. */
static ib_status reserve(ib_counter *counter)
{
    IB_TRY(ib_i_counter_reserve_block(counter));
    IB_TRY(ib_i_table_reserve(counter->context, &counter->rows, IB_I_BLOCK));
    return ib_i_counter_sparse(counter) ? ib_i_table_reserve(counter->context, &counter->pairs, IB_I_BLOCK) : IB_OK;
}

ib_status ib_i_spool_reserve(ib_spool *spool)
{
    spool->meter.refused = 0;
    if (spool->counter)
        return IB_OK;
    ib_status status = ib_counter_create(spool->inner, spool->type, spool->columns, spool->classes, &spool->counter);
    if (status == IB_OK)
        status = reserve(spool->counter);
    if (status != IB_OK)
        ib_i_spool_drop(spool);
    return status;
}

/* Whether a failure means only that the bound was met. */
static int did_not_fit(const ib_spool *spool, ib_status status)
{
    return status == IB_ERR_NOMEM && spool->meter.refused;
}

/* Tells the caller what happened inside. */
static ib_status hand_on(ib_spool *spool, ib_status status)
{
    if (status == IB_STOPPED)
        return ib_i_callback(spool->context, "spool", spool->inner->callback_value);
    if (status == IB_ERR_CALLBACK)
        spool->context->callback_value = spool->inner->callback_value;
    if (did_not_fit(spool, status))
        return ib_i_fail(spool->context, status, "options: memory of %llu bytes is too little",
                         (unsigned long long)spool->options.memory);
    return status == IB_OK ? IB_OK : ib_i_fail(spool->context, status, "%s", spool->inner->message);
}

/* --- creation ----------------------------------------------------------------------------------------------------- */

static ib_status read_options(ib_context *context, const ib_spool_options *given, ib_spool_options *full)
{
    IB_TRY(ib_i_options_read(context, given, sizeof *full, full, sizeof *full));
    if (!full->write || !full->read)
        return ib_i_fail_null(context, full->write ? "options: read" : "options: write");
    if (full->memory != 0 && full->memory < LEAST_MEMORY)
        return ib_i_fail(context, IB_ERR_RANGE, "options: expected memory of at least %llu bytes, got %llu",
                         (unsigned long long)LEAST_MEMORY, (unsigned long long)full->memory);
    full->partitions = full->partitions ? full->partitions : DEFAULT_PARTITIONS;
    full->memory = full->memory ? full->memory : DEFAULT_MEMORY;
    return IB_OK;
}

/* All that a spool keeps, and for a moment all that a block of rows can take. */
static ib_status create_inside(ib_spool *made)
{
    ib_context *inner = made->inner;
    made->partitions = ib_i_alloc(inner, made->options.partitions, sizeof *made->partitions);
    made->label_counts = ib_i_alloc(inner, made->classes, sizeof *made->label_counts);
    if (!made->partitions || !made->label_counts)
        return IB_ERR_NOMEM;
    IB_TRY(ib_i_spool_reserve(made));
    IB_TRY(ib_i_table_reserve_carried(inner, &made->counter->rows));
    IB_TRY(ib_i_table_reserve_carried(inner, &made->counter->pairs));
    ib_i_spool_drop(made);
    return IB_OK;
}

static ib_status create(ib_spool *made)
{
    ib_context *context = made->context;
    made->meter.limit = made->options.memory;
    ib_status status = ib_i_meter_create(context, &made->meter, &made->inner);
    if (status == IB_OK)
        status = create_inside(made);
    if (did_not_fit(made, status))
        return ib_i_fail(context, IB_ERR_RANGE,
                         "options: memory of %llu bytes is too little for %u partitions, %zu columns and %u classes",
                         (unsigned long long)made->options.memory, (unsigned)made->options.partitions, made->columns,
                         (unsigned)made->classes);
    return status == IB_ERR_NOMEM ? ib_i_fail_memory(context) : status;
}

ib_status ib_spool_create(ib_context *context, uint32_t type, size_t columns, uint32_t classes,
                          const ib_spool_options *options, ib_spool **out)
{
    ib_spool_options full;
    if (out)
        *out = NULL;
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    IB_TRY(ib_i_counter_check_kind(context, type, columns));
    IB_TRY(read_options(context, options, &full));
    ib_spool *made = ib_i_object_create(context, sizeof *made);
    if (!made)
        return IB_ERR_NOMEM;
    made->context = context;
    made->options = full;
    made->type = type;
    made->columns = columns;
    made->classes = classes > 1 ? classes : 1;
    const ib_status status = create(made);
    if (status != IB_OK) {
        ib_spool_destroy(made);
        return status;
    }
    *out = made;
    return ib_i_ok(context);
}

void ib_spool_destroy(ib_spool *spool)
{
    if (!spool)
        return;
    ib_i_spool_drop(spool);
    if (spool->inner) {
        ib_i_free(spool->inner, spool->partitions);
        ib_i_free(spool->inner, spool->label_counts);
    }
    ib_context_destroy(spool->inner);
    ib_i_object_destroy(spool->context, spool);
}

static ib_status check_state(const ib_spool *spool)
{
    if (spool->busy)
        return ib_i_fail(spool->context, IB_ERR_STATE, "spool: expected no call from within its callbacks");
    if (spool->broken)
        return ib_i_fail(spool->context, IB_ERR_STATE,
                         "spool: a call that failed had put rows away; nothing can be counted any more");
    return IB_OK;
}

/* --- adding ------------------------------------------------------------------------------------------------------- */

static ib_codes part_of(const ib_codes *codes, size_t first, size_t n)
{
    ib_codes part = *codes;
    part.data = (const unsigned char *)codes->data + first * codes->row_stride * ib_i_code_size(codes->type);
    part.rows = n;
    return part;
}

/* Counts as many rows at a time as fit, and puts away what is there whenever there is no room for more. */
static ib_status add_in_parts(ib_spool *spool, const ib_codes *codes, const uint32_t *labels, size_t *done)
{
    size_t most = PART;
    while (*done < codes->rows) {
        const size_t left = codes->rows - *done, n = left < most ? left : most;
        const ib_codes part = part_of(codes, *done, n);
        IB_TRY(ib_i_spool_reserve(spool));
        const ib_status status = ib_counter_add(spool->counter, &part, labels ? labels + *done : NULL, NULL);
        if (status == IB_OK)
            *done += n;
        else if (did_not_fit(spool, status) && spool->counter->total > 0)
            IB_TRY(ib_i_spool_put_away(spool));
        else if (did_not_fit(spool, status) && n > 1)
            most = n / 2;
        else
            return status;
    }
    return IB_OK;
}

/* At first all or nothing, and what can be wrong with rows or labels is found. */
static ib_status add(ib_spool *spool, const ib_codes *codes, const uint32_t *labels)
{
    size_t done = 0;
    IB_TRY(ib_i_spool_reserve(spool));
    ib_status status = ib_counter_add(spool->counter, codes, labels, NULL);
    if (!did_not_fit(spool, status))
        return status;
    status = add_in_parts(spool, codes, labels, &done);
    if (status != IB_OK && done > 0)
        spool->broken = 1;
    return status;
}

/* From here on the caller may be called back. */
static void begin(ib_spool *spool)
{
    spool->busy = 1;
    spool->meter.refused = 0;
}

static ib_status end(ib_spool *spool, ib_status status)
{
    spool->busy = 0;
    return hand_on(spool, status);
}

ib_status ib_spool_add(ib_spool *spool, const ib_codes *codes, const uint32_t *labels)
{
    if (!spool)
        return IB_ERR_ARG;
    ib_codes full;
    IB_TRY(check_state(spool));
    IB_TRY(ib_i_codes_read(spool->context, codes, &full));
    IB_TRY(ib_i_counter_check_total(spool->context, spool->total + ib_counter_rows(spool->counter), full.rows));
    full.struct_size = sizeof full; /* as it is read once more */
    begin(spool);
    IB_TRY(end(spool, add(spool, &full, labels)));
    return ib_i_ok(spool->context);
}

/* --- measuring ---------------------------------------------------------------------------------------------------- */

/* What adds up over parts that share no row. */
typedef struct measure {
    ib_i_sums sums;
    uint64_t rows, distinct;
    ib_profile *profiles[3]; /* by IB_PROFILE_ROWS, _LABELS, _JOINT; or NULL */
} measure;

static ib_status add_profile(ib_spool *spool, ib_profile *profile, uint32_t things)
{
    if (profile && ib_profile_add_counter(profile, spool->counter, things) != IB_OK)
        return ib_i_fail(spool->inner, IB_ERR_NOMEM, "profile: out of memory");
    return IB_OK;
}

static ib_status add_part(ib_spool *spool, measure *m)
{
    IB_TRY(add_profile(spool, m->profiles[IB_PROFILE_ROWS], IB_PROFILE_ROWS));
    IB_TRY(add_profile(spool, m->profiles[IB_PROFILE_JOINT], IB_PROFILE_JOINT));
    ib_i_counter_add_sums(spool->counter, &m->sums);
    m->rows += spool->counter->total;
    m->distinct += spool->counter->rows.distinct;
    return IB_OK;
}

/* Shares of a partition, from all of it to ever smaller ones where that does not fit, until all had their turn. */
static ib_status add_partition(ib_spool *spool, uint32_t partition, measure *m)
{
    ib_i_share share = {.partition = partition};
    do {
        IB_TRY(ib_i_spool_reserve(spool));
        ib_status status = ib_i_spool_fetch(spool, &share);
        if (did_not_fit(spool, status) && share.depth < MOST_DEPTH) {
            ib_i_spool_drop(spool);
            share.depth++;
            share.prefix *= 2;
            continue;
        }
        if (status == IB_OK)
            status = add_part(spool, m);
        ib_i_spool_drop(spool);
        IB_TRY(status);
        for (share.prefix++; share.depth > 0 && share.prefix % 2 == 0; share.prefix /= 2)
            share.depth--;
    } while (share.depth > 0);
    return IB_OK;
}

static ib_status add_label(ib_profile *profile, uint64_t count, measure *m)
{
    m->sums.labels += ib_i_term(count);
    return profile ? ib_profile_add(profile, count, 1) : IB_OK;
}

static ib_status add_labels(ib_spool *spool, measure *m)
{
    ib_status status = IB_OK;
    if (spool->classes == 1)
        status = add_label(m->profiles[IB_PROFILE_LABELS], m->rows, m);
    for (uint32_t label = 0; spool->classes > 1 && label < spool->classes && status == IB_OK; label++)
        status = add_label(m->profiles[IB_PROFILE_LABELS],
                           spool->label_counts[label] + ib_counter_get_label(spool->counter, label), m);
    return status == IB_OK ? IB_OK : ib_i_fail(spool->inner, IB_ERR_NOMEM, "profile: out of memory");
}

static ib_status add_partitions(ib_spool *spool, measure *m)
{
    if (ib_counter_rows(spool->counter) > 0)
        IB_TRY(ib_i_spool_put_away(spool));
    ib_i_spool_drop(spool);
    for (uint32_t p = 0; p < spool->options.partitions; p++)
        if (spool->partitions[p].pieces > 0)
            IB_TRY(add_partition(spool, p, m));
    if (m->rows != spool->total)
        return ib_i_fail(spool->inner, IB_ERR_IO, "saved bytes: expected %llu rows, got %llu",
                         (unsigned long long)spool->total, (unsigned long long)m->rows);
    return IB_OK;
}

static ib_status measure_all(ib_spool *spool, measure *m)
{
    ib_status status = IB_OK;
    if (spool->total > 0)
        status = add_partitions(spool, m);
    else if (spool->counter)
        status = add_part(spool, m);
    return status == IB_OK ? add_labels(spool, m) : status;
}

static void fill(const ib_spool *spool, const measure *m, ib_spool_result *result)
{
    ib_spool_result full = {
        .struct_size = result->struct_size, .spilled = spool->total > 0, .rows = m->rows, .distinct = m->distinct};
    ib_i_sums sums = m->sums;
    sums.all = ib_i_term(m->rows);
    if (m->rows > 0)
        full.entropies = ib_i_sums_entropies(sums, m->rows);
    memcpy(result, &full, result->struct_size < sizeof full ? result->struct_size : sizeof full);
}

static void reset_profiles(const measure *m)
{
    for (size_t i = 0; i < sizeof m->profiles / sizeof m->profiles[0]; i++)
        ib_profile_reset(m->profiles[i]);
}

ib_status ib_spool_measure(ib_spool *spool, ib_spool_result *result, ib_profile *rows, ib_profile *labels,
                           ib_profile *joint)
{
    if (!spool)
        return IB_ERR_ARG;
    IB_TRY(check_state(spool));
    if (!result || result->struct_size < sizeof result->struct_size)
        return ib_i_fail(spool->context, IB_ERR_ARG, "result: expected a struct with its struct_size");
    if ((rows && (rows == labels || rows == joint)) || (labels && labels == joint))
        return ib_i_fail(spool->context, IB_ERR_ARG, "profiles: expected different ones, got one twice");
    measure m = {.profiles = {rows, labels, joint}};
    reset_profiles(&m);
    begin(spool);
    const ib_status status = end(spool, measure_all(spool, &m));
    if (status != IB_OK) {
        reset_profiles(&m);
        return status;
    }
    fill(spool, &m, result);
    return ib_i_ok(spool->context);
}
