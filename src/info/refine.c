#include "info/refine.h"

#include "base/memory.h"
#include "base/tensor.h"
#include "info/rows.h"

#include <string.h>

int ib_i_refine_can(const ib_dataset *dataset)
{
    return ib_dataset_classes(dataset) <= IB_I_DENSE_CLASSES && ib_dataset_rows(dataset) <= UINT32_MAX;
}

ib_status ib_i_refine_init(ib_i_refine *refine, const ib_dataset *dataset)
{
    ib_context *context = ib_dataset_inputs(dataset)->context;
    const size_t rows = ib_dataset_rows(dataset), classes = ib_dataset_classes(dataset);
    *refine = (ib_i_refine){.context = context, .rows = rows};
    refine->labels = ib_i_alloc(context, rows, sizeof *refine->labels);
    refine->label_counts = ib_i_alloc(context, classes, sizeof *refine->label_counts);
    refine->ids = ib_i_alloc(context, rows, sizeof *refine->ids);
    refine->first = ib_i_alloc(context, rows, sizeof *refine->first);
    refine->shared = ib_i_alloc(context, rows, sizeof *refine->shared);
    if (!refine->labels || !refine->label_counts || !refine->ids || !refine->first || !refine->shared) {
        ib_i_refine_free(refine);
        return ib_i_fail_memory(context);
    }
    memcpy(refine->labels, ib_dataset_labels(dataset), rows * sizeof *refine->labels);
    for (size_t i = 0; i < rows; i++)
        refine->label_counts[refine->labels[i]]++;
    return IB_OK;
}

void ib_i_refine_free(ib_i_refine *refine)
{
    ib_i_free(refine->context, refine->labels);
    ib_i_free(refine->context, refine->label_counts);
    ib_i_free(refine->context, refine->ids);
    ib_i_free(refine->context, refine->first);
    ib_i_free(refine->context, refine->shared);
}

/* Total and labels of all rows, however few of them the table will hold. */
static void fill_totals(const ib_i_refine *refine, ib_counter *counter)
{
    counter->total = refine->rows;
    memcpy(counter->label_counts, refine->label_counts, counter->classes * sizeof *counter->label_counts);
}

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* ids of all rows, from whole panels. */
static ib_status number_all(ib_i_refine *refine, const ib_i_states *states, ib_counter *counter)
{
    ib_i_table *table = &counter->rows;
    IB_TRY(ib_i_counter_reserve_block(counter));
    for (size_t row = 0, n; row < refine->rows; row += n) {
        n = lesser(lesser(counter->block_rows, IB_I_PANEL - row % IB_I_PANEL), refine->rows - row);
        const ib_codes codes = ib_i_states_codes(states, row, n);
        ib_i_rows_pack(&codes, 0, n, table->words, counter->block);
        IB_TRY(ib_i_table_reserve(refine->context, table, n));
        ib_i_table_number(table, counter->block, n, refine->ids + row);
    }
    return IB_OK;
}

/* ids[count] of the rows listed. */
static ib_status number_listed(ib_i_refine *refine, const ib_i_states *states, const uint32_t *rows, size_t count,
                               ib_counter *counter)
{
    ib_i_table *table = &counter->rows;
    IB_TRY(ib_i_counter_reserve_block(counter));
    for (size_t i = 0, n; i < count; i += n) {
        n = lesser(counter->block_rows, count - i);
        ib_i_states_pick(states, rows + i, n, table->words, counter->block);
        IB_TRY(ib_i_table_reserve(refine->context, table, n));
        ib_i_table_number(table, counter->block, n, refine->ids + i);
    }
    return IB_OK;
}

/* What a list is made from: all rows, or those that it holds. */
typedef enum whence { FROM_ALL, FROM_LIST } whence;

/* Lists one row of each class. Numbers of new classes ascend. */
static inline void list_first(ib_i_refine *refine, whence from)
{
    const size_t count = from == FROM_ALL ? refine->rows : refine->first_count;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        refine->first[kept] = from == FROM_ALL ? (uint32_t)i : refine->first[i];
        kept += refine->ids[i] == kept;
    }
    refine->first_count = kept;
}

/* Lists the rows that are not alone in their class. */
static inline void list_shared_of(ib_i_refine *refine, whence from, const uint32_t *counts, size_t width)
{
    const size_t count = from == FROM_ALL ? refine->rows : refine->shared_count;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t k = 0;
        for (size_t c = 0; c < width; c++)
            k += counts[refine->ids[i] * width + c];
        refine->shared[kept] = from == FROM_ALL ? (uint32_t)i : refine->shared[i];
        kept += k > 1;
    }
    refine->shared_count = kept;
}

static void list_shared(ib_i_refine *refine, whence from, const ib_i_table *table)
{
    if (table->width == 2)
        list_shared_of(refine, from, table->wide, 2);
    else
        list_shared_of(refine, from, table->wide, table->width);
}

/* Counts each of rows[count] (NULL: all rows) with its label. */
static inline void add_rows_to(uint32_t *counts, size_t width, const ib_i_refine *refine, const uint32_t *rows,
                               size_t count)
{
    for (size_t i = 0; i < count; i++)
        counts[refine->ids[i] * width + refine->labels[rows ? rows[i] : i]]++;
}

/* Counts each class of `from` with all its rows. */
static inline void add_classes_to(uint32_t *counts, size_t width, const ib_i_refine *refine, const ib_i_table *from)
{
    for (size_t i = 0; i < from->distinct; i++)
        for (size_t c = 0; c < width; c++)
            counts[refine->ids[i] * width + c] += from->wide[i * width + c];
}

/* The same with the usual width as a constant. */
static void add_rows(const ib_i_refine *refine, const uint32_t *rows, size_t count, ib_counter *counter)
{
    if (counter->rows.width == 2)
        add_rows_to(counter->rows.wide, 2, refine, rows, count);
    else
        add_rows_to(counter->rows.wide, counter->rows.width, refine, rows, count);
}

static void add_classes(const ib_i_refine *refine, const ib_counter *from, ib_counter *counter)
{
    if (counter->rows.width == 2)
        add_classes_to(counter->rows.wide, 2, refine, &from->rows);
    else
        add_classes_to(counter->rows.wide, counter->rows.width, refine, &from->rows);
}

ib_status ib_i_refine_all(ib_i_refine *refine, const ib_i_states *states, int lead, ib_counter *counter,
                          size_t *distinct)
{
    IB_TRY(number_all(refine, states, counter));
    add_rows(refine, NULL, refine->rows, counter);
    fill_totals(refine, counter);
    if (lead) {
        list_first(refine, FROM_ALL);
        list_shared(refine, FROM_ALL, &counter->rows);
    }
    *distinct = counter->rows.distinct;
    return IB_OK;
}

ib_status ib_i_refine_forwards(ib_i_refine *refine, const ib_i_states *states, const ib_counter *from, int lead,
                               ib_counter *counter, size_t *distinct)
{
    IB_TRY(number_listed(refine, states, refine->first, refine->first_count, counter));
    add_classes(refine, from, counter);
    fill_totals(refine, counter);
    if (lead)
        list_first(refine, FROM_LIST);
    *distinct = counter->rows.distinct;
    return IB_OK;
}

ib_status ib_i_refine_backwards(ib_i_refine *refine, const ib_i_states *states, ib_counter *counter, size_t *distinct)
{
    const size_t alone = refine->rows - refine->shared_count;
    IB_TRY(number_listed(refine, states, refine->shared, refine->shared_count, counter));
    add_rows(refine, refine->shared, refine->shared_count, counter);
    fill_totals(refine, counter);
    list_shared(refine, FROM_LIST, &counter->rows);
    *distinct = alone + counter->rows.distinct;
    return IB_OK;
}
