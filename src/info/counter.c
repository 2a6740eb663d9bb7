#include "info/counter.h"

#include "base/memory.h"
#include "info/missing.h"
#include "info/rows.h"

#include <string.h>

ib_status ib_i_counter_check_kind(ib_context *context, uint32_t type, size_t columns)
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
    made->type = type;
    made->columns = columns;
    made->classes = classes > 1 ? classes : 1;
    made->block_rows = ib_i_rows_block(words);
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
    IB_TRY(ib_i_counter_check_kind(context, type, columns));
    ib_counter *made = ib_i_object_create(context, sizeof *made);
    if (!made)
        return IB_ERR_NOMEM;
    made->context = context;
    lay_out(made, type, columns, classes);
    made->label_counts = ib_i_alloc(context, made->classes, sizeof *made->label_counts);
    if (!made->label_counts) {
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

ib_status ib_i_counter_reserve_block(ib_counter *counter)
{
    if (!counter->block)
        counter->block =
            ib_i_alloc(counter->context, counter->block_rows, counter->rows.words * sizeof *counter->block);
    return counter->block ? IB_OK : ib_i_fail_memory(counter->context);
}

/* Some rows: n <= IB_I_BLOCK keys, their labels unless there are none, and how often each occurs, unless once. */
typedef struct keys {
    const uint64_t *keys;
    const uint32_t *labels;
    const uint64_t *times;
    size_t n;
} keys;

/* Of two labels the ones are a sum, where counts one by one would wait for each other. */
static void count_labels(ib_counter *counter, const uint32_t *labels, size_t n, uint64_t step)
{
    uint32_t ones = 0;
    /* NOLINTBEGIN(clang-analyzer-core.NullDereference): where there are classes there are labels */
    for (size_t i = 0; counter->classes == 2 && i < n; i++)
        ones += labels[i];
    for (size_t i = 0; counter->classes > 2 && i < n; i++)
        counter->label_counts[labels[i]] += step;
    /* NOLINTEND(clang-analyzer-core.NullDereference) */
    if (counter->classes == 2) {
        counter->label_counts[0] += (n - ones) * step;
        counter->label_counts[1] += ones * step;
    }
}

/* Adds to the total and to labels, or with step -1 takes back. */
static void count_all(ib_counter *counter, keys k, uint64_t step)
{
    counter->total += k.times ? 0 : k.n * step;
    if (counter->classes > 1 && !k.times)
        count_labels(counter, k.labels, k.n, step);
    for (size_t i = 0; k.times && i < k.n; i++) {
        counter->total += k.times[i] * step;
        if (counter->classes > 1)
            counter->label_counts[k.labels[i]] += k.times[i] * step;
    }
}

/* The cells that rows are counted in, and their numbers in the table. */
static void find_cells(ib_counter *counter, keys k, uint32_t *ids, size_t *cells)
{
    const size_t width = counter->rows.width;
    ib_i_table_number(&counter->rows, k.keys, k.n, ids);
    for (size_t i = 0; i < k.n; i++)
        cells[i] = ids[i] * width + (k.labels && width > 1 ? k.labels[i] : 0);
}

/* The same for pairs of these rows and their labels. */
static void find_pairs(ib_counter *counter, const uint32_t *ids, const uint32_t *labels, size_t n, size_t *cells)
{
    uint64_t pair_keys[IB_I_BLOCK] = {0};
    uint32_t pairs[IB_I_BLOCK];
    for (size_t i = 0; i < n; i++) /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): pairs have labels */
        pair_keys[i] = ib_i_pair_key(ids[i], labels[i]);
    ib_i_table_number(&counter->pairs, pair_keys, n, pairs);
    for (size_t i = 0; i < n; i++)
        cells[i] = pairs[i];
}

static ib_status count_up(ib_counter *counter, ib_i_table *table, const size_t *cells, keys k)
{
    return k.times ? ib_i_table_add_up(counter->context, table, cells, k.times, k.n)
                   : ib_i_table_count_up(counter->context, table, cells, k.n);
}

static void count_down(ib_i_table *table, const size_t *cells, keys k)
{
    if (k.times)
        ib_i_table_add_down(table, cells, k.times, k.n);
    else
        ib_i_table_count_down(table, cells, k.n);
}

/* Counts rows for which there is room in the tables, or none of them; but new ones stay there even if it fails. */
static ib_status count_keys(ib_counter *counter, keys k, uint32_t *ids)
{
    size_t cells[IB_I_BLOCK], pairs[IB_I_BLOCK];
    find_cells(counter, k, ids, cells);
    IB_TRY(count_up(counter, &counter->rows, cells, k));
    if (ib_i_counter_sparse(counter)) {
        find_pairs(counter, ids, k.labels, k.n, pairs);
        const ib_status status = count_up(counter, &counter->pairs, pairs, k);
        if (status != IB_OK) {
            count_down(&counter->rows, cells, k);
            return status;
        }
    }
    count_all(counter, k, 1);
    return IB_OK;
}

/* Takes that back, but for new rows, which stay in the tables. */
static void take_back_keys(ib_counter *counter, keys k)
{
    size_t cells[IB_I_BLOCK];
    uint32_t ids[IB_I_BLOCK];
    find_cells(counter, k, ids, cells);
    count_down(&counter->rows, cells, k);
    if (ib_i_counter_sparse(counter)) {
        find_pairs(counter, ids, k.labels, k.n, cells);
        count_down(&counter->pairs, cells, k);
    }
    count_all(counter, k, (uint64_t)-1);
}

static ib_status reserve(ib_counter *counter, size_t rows)
{
    IB_TRY(ib_i_table_reserve(counter->context, &counter->rows, rows));
    return ib_i_counter_sparse(counter) ? ib_i_table_reserve(counter->context, &counter->pairs, rows) : IB_OK;
}

ib_status ib_i_counter_count(ib_counter *counter, const uint64_t *row_keys, const uint32_t *labels,
                             const uint64_t *times, size_t n)
{
    const keys k = {row_keys, labels, times, n};
    uint32_t ids[IB_I_BLOCK];
    IB_TRY(reserve(counter, n));
    return count_keys(counter, k, ids);
}

/* What a call is to count. */
typedef struct task {
    ib_codes codes;
    const uint32_t *labels;
    const uint64_t *times; /* or NULL: once each */
} task;

/* The next rows of a call, no more than a block: those that are kept have their keys in the counter's block. */
typedef struct block {
    size_t first, n;
    keys kept;
    uint8_t left_out[IB_I_BLOCK];
    uint32_t labels[IB_I_BLOCK];
    uint64_t times[IB_I_BLOCK];
} block;

static int keeps_all(const task *t)
{
    return t->codes.missing != IB_MISSING_DROP && !t->times;
}

/* Which rows are not to be counted. */
static void find_left_out(const task *t, size_t first, size_t n, uint8_t *left_out)
{
    ib_i_missing_rows(&t->codes, first, n, left_out);
    for (size_t i = 0; i < n; i++) {
        left_out[i] |= t->labels && t->labels[first + i] == IB_NO_LABEL;
        left_out[i] |= t->times && t->times[first + i] == 0;
    }
}

/* Moves what is kept to the beginning. */
static void keep_some(ib_counter *counter, const task *t, block *b)
{
    const size_t words = counter->rows.words;
    size_t kept = 0;
    find_left_out(t, b->first, b->n, b->left_out);
    for (size_t i = 0; i < b->n; i++) {
        if (b->left_out[i])
            continue;
        if (kept < i)
            memcpy(counter->block + kept * words, counter->block + i * words, words * sizeof *counter->block);
        b->labels[kept] = t->labels ? t->labels[b->first + i] : 0;
        b->times[kept] = t->times ? t->times[b->first + i] : 1;
        kept++;
    }
    b->kept = (keys){counter->block, t->labels ? b->labels : NULL, t->times ? b->times : NULL, kept};
}

/* Puts the keys of rows from `first` on into the counter's block. */
static void pack_block(ib_counter *counter, const task *t, size_t first, block *b)
{
    const size_t left = t->codes.rows - first, n = left < counter->block_rows ? left : counter->block_rows;
    ib_i_rows_pack(&t->codes, first, n, counter->rows.words, counter->block);
    b->first = first;
    b->n = n;
    b->kept = (keys){counter->block, t->labels ? t->labels + first : NULL, NULL, n};
    if (!keeps_all(t))
        keep_some(counter, t, b);
}

/* Hands out identifiers of what was kept; others have none. */
#define NO_ID UINT32_MAX /* limit of a table: no identifier is as large */

static void spread_ids(const block *b, const uint32_t *found, uint32_t *ids)
{
    size_t kept = 0;
    for (size_t i = 0; i < b->n; i++)
        ids[i] = b->left_out[i] ? NO_ID : found[kept++];
}

/* Counts all rows or none. The identifiers go to ids[N] unless that is NULL. */
static ib_status count_rows(ib_counter *counter, const task *t, uint32_t *ids)
{
    const size_t distinct = counter->rows.distinct, pairs = counter->pairs.distinct;
    const int in_place = ids && keeps_all(t);
    uint32_t found[IB_I_BLOCK];
    block b;
    ib_status status = ib_i_counter_reserve_block(counter);
    size_t done = 0;
    while (status == IB_OK && done < t->codes.rows) {
        pack_block(counter, t, done, &b);
        status = reserve(counter, b.kept.n);
        if (status == IB_OK)
            status = count_keys(counter, b.kept, in_place ? ids + done : found);
        if (status == IB_OK && ids && !in_place)
            spread_ids(&b, found, ids + done);
        if (status == IB_OK)
            done += b.n;
    }
    if (status == IB_OK)
        return IB_OK;
    while (done > 0) {
        done -= counter->block_rows;
        pack_block(counter, t, done, &b);
        take_back_keys(counter, b.kept);
    }
    ib_i_table_truncate(&counter->rows, distinct);
    ib_i_table_truncate(&counter->pairs, pairs);
    return status;
}

/* The same with identifiers for the caller, who gets them only if nothing fails. */
static ib_status count_rows_out(ib_counter *counter, const task *t, uint64_t *out)
{
    uint32_t *ids = ib_i_alloc(counter->context, t->codes.rows, sizeof *ids);
    if (!ids)
        return ib_i_fail_memory(counter->context);
    const ib_status status = count_rows(counter, t, ids);
    for (size_t i = 0; status == IB_OK && i < t->codes.rows; i++)
        out[i] = ids[i] == NO_ID ? IB_NO_ROW : ids[i];
    ib_i_free(counter->context, ids);
    return status;
}

ib_status ib_i_counter_check_same(const ib_counter *counter, uint32_t type, size_t columns)
{
    if (type != counter->type)
        return ib_i_fail(counter->context, IB_ERR_SHAPE, "type: expected %u, got %u", (unsigned)counter->type,
                         (unsigned)type);
    if (columns != counter->columns)
        return ib_i_fail(counter->context, IB_ERR_SHAPE, "columns: expected %zu, got %zu", counter->columns, columns);
    return IB_OK;
}

/* A loop without a way out: labels are as good as always right. */
static int all_below(const uint32_t *labels, size_t n, uint32_t classes)
{
    uint32_t above = 0;
    for (size_t i = 0; i < n; i++)
        above |= labels[i] >= classes;
    return !above;
}

static ib_status check_labels(const ib_counter *counter, const task *t)
{
    const uint32_t classes = counter->classes, *labels = t->labels;
    if (!labels != (classes == 1))
        return ib_i_fail(counter->context, IB_ERR_ARG, "labels: expected %s for a counter of %u classes",
                         classes == 1 ? "NULL" : "an array", (unsigned)classes);
    if (!labels || all_below(labels, t->codes.rows, classes))
        return IB_OK;
    for (size_t i = 0; i < t->codes.rows; i++)
        if (labels[i] >= classes && (labels[i] != IB_NO_LABEL || t->codes.missing != IB_MISSING_DROP))
            return ib_i_fail(counter->context, IB_ERR_RANGE, "labels[%zu]: expected less than %u, got %u", i,
                             (unsigned)classes, (unsigned)labels[i]);
    return IB_OK;
}

ib_status ib_i_counter_check_total(ib_context *context, uint64_t total, uint64_t more)
{
    if (more > UINT64_MAX - total)
        return ib_i_fail(context, IB_ERR_OVERFLOW, "expected less than 2^64 rows in all");
    return IB_OK;
}

/* With how many rows more the total must agree: of those that are left out none. */
static ib_status check_all(const ib_counter *counter, const task *t)
{
    uint64_t total = counter->total;
    uint8_t left_out[IB_I_BLOCK];
    if (keeps_all(t))
        return ib_i_counter_check_total(counter->context, total, t->codes.rows);
    for (size_t first = 0, n; first < t->codes.rows; first += n) {
        n = t->codes.rows - first < IB_I_BLOCK ? t->codes.rows - first : IB_I_BLOCK;
        find_left_out(t, first, n, left_out);
        for (size_t i = 0; i < n; i++) {
            const uint64_t more = left_out[i] ? 0 : t->times ? t->times[first + i] : 1;
            IB_TRY(ib_i_counter_check_total(counter->context, total, more));
            total += more;
        }
    }
    return IB_OK;
}

static ib_status check(const ib_counter *counter, const ib_codes *codes, task *t)
{
    IB_TRY(ib_i_codes_read(counter->context, codes, &t->codes));
    IB_TRY(ib_i_counter_check_same(counter, t->codes.type, t->codes.columns));
    IB_TRY(check_labels(counter, t));
    IB_TRY(ib_i_missing_check(counter->context, &t->codes));
    return check_all(counter, t);
}

ib_status ib_counter_add(ib_counter *counter, const ib_codes *codes, const uint32_t *labels, uint64_t *ids)
{
    task t = {.labels = labels};
    if (!counter)
        return IB_ERR_ARG;
    IB_TRY(check(counter, codes, &t));
    IB_TRY(ids ? count_rows_out(counter, &t, ids) : count_rows(counter, &t, NULL));
    return ib_i_ok(counter->context);
}

ib_status ib_counter_add_times(ib_counter *counter, const ib_codes *codes, const uint32_t *labels,
                               const uint64_t *times)
{
    task t = {.labels = labels, .times = times};
    if (!counter)
        return IB_ERR_ARG;
    if (!times && codes && codes->rows)
        return ib_i_fail_null(counter->context, "times");
    IB_TRY(check(counter, codes, &t));
    IB_TRY(count_rows(counter, &t, NULL));
    return ib_i_ok(counter->context);
}
