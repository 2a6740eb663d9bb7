#include "info/counter.h"
#include "info/rows.h"

#include <string.h>

uint64_t ib_counter_rows(const ib_counter *counter)
{
    return counter ? counter->total : 0;
}

uint64_t ib_counter_distinct(const ib_counter *counter)
{
    return counter ? counter->rows.distinct : 0;
}

uint32_t ib_counter_classes(const ib_counter *counter)
{
    return counter ? counter->classes : 0;
}

uint64_t ib_counter_get(const ib_counter *counter, uint64_t id)
{
    if (!counter || id >= counter->rows.distinct)
        return 0;
    return ib_i_table_get_all(&counter->rows, (size_t)id);
}

uint64_t ib_counter_get_labelled(const ib_counter *counter, uint64_t id, uint32_t label)
{
    if (!counter || id >= counter->rows.distinct || label >= counter->classes)
        return 0;
    if (!ib_i_counter_sparse(counter))
        return ib_i_table_get(&counter->rows, (size_t)id, label);
    const uint64_t key = ib_i_pair_key(id, label);
    const size_t pair = ib_i_table_find(&counter->pairs, &key);
    return pair < counter->pairs.distinct ? ib_i_table_get(&counter->pairs, pair, 0) : 0;
}

uint64_t ib_counter_get_label(const ib_counter *counter, uint32_t label)
{
    if (!counter || label >= counter->classes)
        return 0;
    return counter->classes == 1 ? counter->total : counter->label_counts[label];
}

ib_status ib_counter_get_codes(const ib_counter *counter, uint64_t id, void *codes)
{
    if (!counter)
        return IB_ERR_ARG;
    if (!codes)
        return ib_i_fail_null(counter->context, "codes");
    if (id >= counter->rows.distinct)
        return ib_i_fail(counter->context, IB_ERR_RANGE, "id: expected less than %zu, got %llu", counter->rows.distinct,
                         (unsigned long long)id);
    memcpy(codes, counter->rows.keys + id * counter->rows.words, counter->columns * ib_i_code_size(counter->type));
    return ib_i_ok(counter->context);
}
