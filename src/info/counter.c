#include "info/counter.h"

#include "base/memory.h"
#include "info/rows.h"

#include <string.h>

/* Words of a block of keys; wide rows come in blocks of fewer rows. */
#define BLOCK_WORDS ((size_t)65536)

static ib_status check_kind(ib_context *context, uint32_t type, size_t columns)
{
    const size_t size = ib_i_code_size(type);
    if (size == 0)
        return ib_i_fail(context, IB_ERR_ARG, "type: expected 1 to 7, got %u", (unsigned)type);
    if (columns == 0)
        return ib_i_fail(context, IB_ERR_ARG, "columns: expected at least 1, got 0");
    if (columns > (size_t)PTRDIFF_MAX / size)
        return ib_i_fail(context, IB_ERR_OVERFLOW, "a row of %zu columns is more than memory can hold", columns);
    return IB_OK;
}

static void lay_out(ib_counter *made, uint32_t type, size_t columns, uint32_t classes)
{
    const size_t bytes = columns * ib_i_code_size(type), words = (bytes - 1) / sizeof(uint64_t) + 1;
    const uint32_t key_bits = bytes < sizeof(uint64_t) ? 8 * (uint32_t)bytes : 64; /* of more, none are fewer */
    const size_t fit = BLOCK_WORDS / words;
    made->type = type;
    made->columns = columns;
    made->classes = classes > 1 ? classes : 1;
    made->block_rows = fit == 0 ? 1 : fit < IB_I_BLOCK ? fit : IB_I_BLOCK;
    ib_i_table_init(&made->rows, words, key_bits, ib_i_counter_sparse(made) ? 1 : made->classes);
    ib_i_table_init(&made->pairs, 1, 64, 1);
    ib_i_terms(made->terms);
}

ib_status ib_counter_create(ib_context *context, uint32_t type, size_t columns, uint32_t classes, ib_counter **out)
{
    if (out)
        *out = NULL;
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    IB_TRY(check_kind(context, type, columns));
    ib_counter *made = ib_i_object_create(context, sizeof *made);
    if (!made)
        return IB_ERR_NOMEM;
    made->context = context;
    lay_out(made, type, columns, classes);
    made->block = ib_i_alloc(context, made->block_rows, made->rows.words * sizeof *made->block);
    made->label_counts = ib_i_alloc(context, made->classes, sizeof *made->label_counts);
    if (!made->block || !made->label_counts) {
        ib_counter_destroy(made);
        return ib_i_fail_memory(context);
    }
    *out = made;
    return ib_i_ok(context);
}

void ib_counter_destroy(ib_counter *counter)
{
    if (!counter)
        return;
    ib_i_table_free(counter->context, &counter->rows);
    ib_i_table_free(counter->context, &counter->pairs);
    ib_i_free(counter->context, counter->label_counts);
    ib_i_free(counter->context, counter->block);
    ib_i_object_destroy(counter->context, counter);
}

void ib_counter_reset(ib_counter *counter)
{
    if (!counter)
        return;
    ib_i_table_reset(&counter->rows);
    ib_i_table_reset(&counter->pairs);
    memset(counter->label_counts, 0, counter->classes * sizeof *counter->label_counts);
    counter->total = 0;
}

void ib_i_counter_tag_mask(ib_counter *counter, uint32_t mask)
{
    counter->rows.tag_mask = counter->pairs.tag_mask = mask;
}

void ib_i_counter_limit(ib_counter *counter, size_t limit)
{
    counter->rows.limit = counter->pairs.limit = limit;
}

static uint64_t pair_key(uint64_t id, uint32_t label)
{
    return id << 32 | label;
}

/* Of two labels the ones are a sum, where counts one by one would wait for each other. */
static void count_labels(ib_counter *counter, const uint32_t *labels, size_t n, uint64_t step)
{
    uint32_t ones = 0;
    for (size_t i = 0; counter->classes == 2 && i < n; i++)
        ones += labels[i];
    for (size_t i = 0; counter->classes > 2 && i < n; i++)
        counter->label_counts[labels[i]] += step;
    if (counter->classes == 2) {
        counter->label_counts[0] += (n - ones) * step;
        counter->label_counts[1] += ones * step;
    }
}

/* The cells that n <= IB_I_BLOCK rows are counted in, and their numbers in the table. */
static void find_cells(ib_counter *counter, const uint64_t *keys, const uint32_t *labels, size_t n, uint32_t *ids,
                       size_t *cells)
{
    const size_t width = counter->rows.width;
    ib_i_table_number(&counter->rows, keys, n, ids);
    for (size_t i = 0; i < n; i++)
        cells[i] = ids[i] * width + (labels && width > 1 ? labels[i] : 0);
}

/* The same for pairs of these rows and their labels. */
static void find_pairs(ib_counter *counter, const uint32_t *ids, const uint32_t *labels, size_t n, size_t *cells)
{
    uint64_t keys[IB_I_BLOCK] = {0};
    uint32_t pairs[IB_I_BLOCK];
    for (size_t i = 0; i < n; i++)
        keys[i] = pair_key(ids[i], labels[i]); /* NOLINT(clang-analyzer-core.NullDereference): pairs have labels */
    ib_i_table_number(&counter->pairs, keys, n, pairs);
    for (size_t i = 0; i < n; i++)
        cells[i] = pairs[i];
}

/* Counts n <= IB_I_BLOCK rows, for which there is room in the tables, or none of them; but new ones stay there even if
 * it fails. */
static ib_status count_keys(ib_counter *counter, const uint64_t *keys, const uint32_t *labels, size_t n, uint32_t *ids)
{
    size_t cells[IB_I_BLOCK], pairs[IB_I_BLOCK];
    find_cells(counter, keys, labels, n, ids, cells);
    IB_TRY(ib_i_table_count_up(counter->context, &counter->rows, cells, n));
    if (ib_i_counter_sparse(counter)) {
        find_pairs(counter, ids, labels, n, pairs);
        const ib_status status = ib_i_table_count_up(counter->context, &counter->pairs, pairs, n);
        if (status != IB_OK) {
            ib_i_table_count_down(&counter->rows, cells, n);
            return status;
        }
    }
    if (counter->classes > 1)
        count_labels(counter, labels, n, 1);
    counter->total += n;
    return IB_OK;
}

/* Takes that back, but for new rows, which stay in the tables. */
static void take_back_keys(ib_counter *counter, const uint64_t *keys, const uint32_t *labels, size_t n)
{
    size_t cells[IB_I_BLOCK];
    uint32_t ids[IB_I_BLOCK];
    find_cells(counter, keys, labels, n, ids, cells);
    ib_i_table_count_down(&counter->rows, cells, n);
    if (ib_i_counter_sparse(counter)) {
        find_pairs(counter, ids, labels, n, cells);
        ib_i_table_count_down(&counter->pairs, cells, n);
    }
    if (counter->classes > 1)
        count_labels(counter, labels, n, (uint64_t)-1);
    counter->total -= n;
}

static ib_status reserve(ib_counter *counter, size_t rows)
{
    IB_TRY(ib_i_table_reserve(counter->context, &counter->rows, rows));
    return ib_i_counter_sparse(counter) ? ib_i_table_reserve(counter->context, &counter->pairs, rows) : IB_OK;
}

/* The next rows of a call, no more than a block. */
typedef struct block {
    size_t first, n;
    const uint32_t *labels;
} block;

/* Puts the keys of rows from `first` on into the counter's block. */
static block pack_block(ib_counter *counter, const ib_codes *codes, const uint32_t *labels, size_t first)
{
    const size_t left = codes->rows - first, n = left < counter->block_rows ? left : counter->block_rows;
    ib_i_rows_pack(codes, first, n, counter->rows.words, counter->block);
    return (block){first, n, labels ? labels + first : NULL};
}

/* Counts all rows or none. The identifiers go to ids[N] unless that is NULL. */
static ib_status count_rows(ib_counter *counter, const ib_codes *codes, const uint32_t *labels, uint32_t *ids)
{
    const size_t distinct = counter->rows.distinct, pairs = counter->pairs.distinct;
    uint32_t unwanted[IB_I_BLOCK];
    ib_status status = IB_OK;
    size_t done = 0;
    while (status == IB_OK && done < codes->rows) {
        const block b = pack_block(counter, codes, labels, done);
        status = reserve(counter, b.n);
        if (status == IB_OK)
            status = count_keys(counter, counter->block, b.labels, b.n, ids ? ids + done : unwanted);
        if (status == IB_OK)
            done += b.n;
    }
    if (status == IB_OK)
        return IB_OK;
    while (done > 0) {
        const block b = pack_block(counter, codes, labels, done - counter->block_rows);
        take_back_keys(counter, counter->block, b.labels, b.n);
        done = b.first;
    }
    ib_i_table_truncate(&counter->rows, distinct);
    ib_i_table_truncate(&counter->pairs, pairs);
    return status;
}

/* The same with identifiers for the caller, who gets them only if nothing fails. */
static ib_status count_rows_out(ib_counter *counter, const ib_codes *codes, const uint32_t *labels, uint64_t *out)
{
    uint32_t *ids = ib_i_alloc(counter->context, codes->rows, sizeof *ids);
    if (!ids)
        return ib_i_fail_memory(counter->context);
    const ib_status status = count_rows(counter, codes, labels, ids);
    for (size_t i = 0; status == IB_OK && i < codes->rows; i++)
        out[i] = ids[i];
    ib_i_free(counter->context, ids);
    return status;
}

static ib_status check_same_kind(const ib_counter *counter, uint32_t type, size_t columns)
{
    if (type != counter->type)
        return ib_i_fail(counter->context, IB_ERR_SHAPE, "type: expected %u, got %u", (unsigned)counter->type,
                         (unsigned)type);
    if (columns != counter->columns)
        return ib_i_fail(counter->context, IB_ERR_SHAPE, "columns: expected %zu, got %zu", counter->columns, columns);
    return IB_OK;
}

static ib_status check_labels(const ib_counter *counter, const uint32_t *labels, size_t n)
{
    const uint32_t classes = counter->classes;
    if (!labels != (classes == 1))
        return ib_i_fail(counter->context, IB_ERR_ARG, "labels: expected %s for a counter of %u classes",
                         classes == 1 ? "NULL" : "an array", (unsigned)classes);
    for (size_t i = 0; labels && i < n; i++)
        if (labels[i] >= classes)
            return ib_i_fail(counter->context, IB_ERR_RANGE, "labels[%zu]: expected less than %u, got %u", i,
                             (unsigned)classes, (unsigned)labels[i]);
    return IB_OK;
}

static ib_status check_total(const ib_counter *counter, uint64_t more)
{
    if (more > UINT64_MAX - counter->total)
        return ib_i_fail(counter->context, IB_ERR_OVERFLOW, "expected less than 2^64 rows in all");
    return IB_OK;
}

ib_status ib_counter_add(ib_counter *counter, const ib_codes *codes, const uint32_t *labels, uint64_t *ids)
{
    if (!counter)
        return IB_ERR_ARG;
    ib_codes full;
    IB_TRY(ib_i_codes_read(counter->context, codes, &full));
    IB_TRY(check_same_kind(counter, full.type, full.columns));
    IB_TRY(check_labels(counter, labels, full.rows));
    IB_TRY(check_total(counter, full.rows));
    IB_TRY(ids ? count_rows_out(counter, &full, labels, ids) : count_rows(counter, &full, labels, NULL));
    return ib_i_ok(counter->context);
}

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
            keys[i] = pair_key(ids[other->keys[i] >> 32], (uint32_t)other->keys[i]);
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
    IB_TRY(check_same_kind(counter, other->type, other->columns));
    if (other->classes != counter->classes)
        return ib_i_fail(counter->context, IB_ERR_SHAPE, "classes: expected %u, got %u", (unsigned)counter->classes,
                         (unsigned)other->classes);
    IB_TRY(check_total(counter, other->total));
    uint32_t *ids = ib_i_alloc(counter->context, other->rows.distinct, sizeof *ids);
    if (!ids)
        return ib_i_fail_memory(counter->context);
    ib_status status = reserve_carried(counter);
    if (status == IB_OK)
        status = merge_rows(counter, other, ids);
    ib_i_free(counter->context, ids);
    return status == IB_OK ? ib_i_ok(counter->context) : status;
}

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
    const uint64_t key = pair_key(id, label);
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
