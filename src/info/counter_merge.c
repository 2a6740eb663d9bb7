#include "base/memory.h"
#include "info/counter.h"

/* Adds any counts, where there is memory for what they carry. */
static void add_counts(ib_i_table *table, const ib_i_table *other, const uint32_t *ids)
{
    for (size_t id = 0; id < other->distinct; id++)
        for (size_t c = 0; c < table->width; c++)
            table->carried[ids[id] * table->width + c] += ib_i_table_get(other, id, c);
}

/* Adds the pairs of another counter, whose rows are called ids[] here. */
static ib_status merge_pairs(ib_counter *counter, const ib_i_table *other, const uint32_t *ids)
{
    uint64_t *keys = ib_i_alloc(counter->context, other->distinct, sizeof *keys);
    uint32_t *pairs = ib_i_alloc(counter->context, other->distinct, sizeof *pairs);
    ib_status status = IB_OK;
    if (keys && pairs) {
        for (size_t i = 0; i < other->distinct; i++)
            keys[i] = ib_i_pair_key(ids[other->keys[i] >> 32], (uint32_t)other->keys[i]);
        status = ib_i_table_number_all(counter->context, &counter->pairs, keys, other->distinct, pairs);
        if (status == IB_OK)
            add_counts(&counter->pairs, other, pairs);
    } else {
        status = ib_i_fail_memory(counter->context);
    }
    ib_i_free(counter->context, keys);
    ib_i_free(counter->context, pairs);
    return status;
}

static ib_status reserve_carried(ib_counter *counter)
{
    IB_TRY(ib_i_table_reserve_carried(counter->context, &counter->rows));
    return ib_i_table_reserve_carried(counter->context, &counter->pairs);
}

/* All that can fail comes before the first count. */
static ib_status merge_rows(ib_counter *counter, const ib_counter *other, uint32_t *ids)
{
    const size_t distinct = counter->rows.distinct;
    ib_status status =
        ib_i_table_number_all(counter->context, &counter->rows, other->rows.keys, other->rows.distinct, ids);
    if (status == IB_OK)
        status = merge_pairs(counter, &other->pairs, ids);
    if (status != IB_OK) {
        ib_i_table_truncate(&counter->rows, distinct);
        return status;
    }
    add_counts(&counter->rows, &other->rows, ids);
    for (uint32_t label = 0; label < counter->classes; label++)
        counter->label_counts[label] += other->label_counts[label];
    counter->total += other->total;
    return IB_OK;
}

ib_status ib_counter_merge(ib_counter *counter, const ib_counter *other)
{
    if (!counter)
        return IB_ERR_ARG;
    if (!other)
        return ib_i_fail_null(counter->context, "other");
    if (other == counter)
        return ib_i_fail(counter->context, IB_ERR_ARG, "other: expected another counter, got the same");
    IB_TRY(ib_i_counter_check_same(counter, other->type, other->columns));
    if (other->classes != counter->classes)
        return ib_i_fail(counter->context, IB_ERR_SHAPE, "classes: expected %u, got %u", (unsigned)counter->classes,
                         (unsigned)other->classes);
    IB_TRY(ib_i_counter_check_total(counter->context, counter->total, other->total));
    uint32_t *ids = ib_i_alloc(counter->context, other->rows.distinct, sizeof *ids);
    if (!ids)
        return ib_i_fail_memory(counter->context);
    ib_status status = reserve_carried(counter);
    if (status == IB_OK)
        status = merge_rows(counter, other, ids);
    ib_i_free(counter->context, ids);
    return status == IB_OK ? ib_i_ok(counter->context) : status;
}
