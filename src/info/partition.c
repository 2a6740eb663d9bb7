#include "info/partition.h"

#include "base/memory.h"
#include "info/counter.h"
#include "info/rows.h"

#include <string.h>

/* Parts are as many as there can be before the places where they are written leave the cache. */
#define PART_BITS 8u
#define PARTS ((size_t)1 << PART_BITS)

/* Rows of a partition take no more memory than this. */
#define MOST_BYTES ((size_t)1 << 23)

ib_i_partition ib_i_partition_create(const ib_counter *counter, size_t rows)
{
    ib_context *context = counter->context;
    const size_t record = (counter->rows.words + 1) * sizeof(uint64_t), most = MOST_BYTES / record;
    ib_i_partition made = {.room = rows < most ? rows : most};
    made.records = ib_i_alloc(context, made.room, record);
    made.work = ib_i_alloc(context, made.room, sizeof *made.work);
    if (!made.records || !made.work)
        ib_i_partition_free(counter, &made);
    return made;
}

void ib_i_partition_free(const ib_counter *counter, ib_i_partition *partition)
{
    ib_i_free(counter->context, partition->records);
    ib_i_free(counter->context, partition->work);
    *partition = (ib_i_partition){0};
}

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The part of each row, and where each part begins. */
static void find_parts(ib_i_partition *partition, ib_counter *counter, const ib_codes *codes, size_t first, size_t n,
                       size_t *begin)
{
    uint32_t *part = partition->work, tags[IB_I_BLOCK];
    memset(begin, 0, (PARTS + 1) * sizeof *begin);
    for (size_t at = 0, k; at < n; at += k) {
        k = lesser(counter->block_rows, n - at);
        ib_i_rows_pack(codes, first + at, k, counter->rows.words, counter->block);
        ib_i_table_tags(&counter->rows, counter->block, k, tags);
        for (size_t i = 0; i < k; i++) {
            part[at + i] = tags[i] >> (32 - PART_BITS);
            begin[part[at + i] + 1]++;
        }
    }
    for (size_t p = 0; p < PARTS; p++)
        begin[p + 1] += begin[p];
}

static uint64_t *record_at(const ib_i_partition *partition, const ib_counter *counter, size_t at)
{
    return partition->records + at * (counter->rows.words + 1);
}

/* Brings rows of a part together, in the order in which they come. */
static void bring_together(ib_i_partition *partition, const ib_counter *counter, const ib_codes *codes,
                           const uint32_t *labels, size_t first, size_t n, size_t *next)
{
    const size_t words = counter->rows.words;
    for (size_t at = 0, k; at < n; at += k) {
        k = lesser(counter->block_rows, n - at);
        ib_i_rows_pack(codes, first + at, k, words, counter->block);
        for (size_t i = 0; i < k; i++) {
            uint64_t *record = record_at(partition, counter, next[partition->work[at + i]]++);
            for (size_t w = 0; w < words; w++)
                record[w] = counter->block[i * words + w];
            record[words] = (uint64_t)(labels ? labels[first + at + i] : 0) << 32 | (at + i);
        }
    }
}

/* Takes n <= block_rows records apart. */
static void read_records(const ib_i_partition *partition, ib_counter *counter, size_t at, size_t n, uint32_t *labels,
                         uint32_t *rows)
{
    const size_t words = counter->rows.words;
    for (size_t i = 0; i < n; i++) {
        const uint64_t *record = record_at(partition, counter, at + i);
        for (size_t w = 0; w < words; w++)
            counter->block[i * words + w] = record[w];
        labels[i] = (uint32_t)(record[words] >> 32);
        rows[i] = (uint32_t)record[words];
    }
}

/* Room for the next block, and for as many new rows as will come if all parts are like those before. That has to be
 * there early: in the order of tags, rows would crowd one end of a table that is too small for all. */
static ib_status reserve(ib_counter *counter, size_t known, size_t at, size_t n)
{
    const size_t block = lesser(counter->block_rows, n - at), new_rows = counter->rows.distinct - known;
    const size_t most = counter->rows.limit - counter->rows.distinct;
    size_t more = 0;
    if (at > n / PARTS)
        more = (size_t)((uint64_t)new_rows * (n - at) / at);
    if (more > block && more <= most)
        IB_TRY(ib_i_table_reserve(counter->context, &counter->rows, more));
    return ib_i_counter_reserve(counter, block);
}

/* Counts what has been brought together. The places where new rows occurred first go to the front of `work`. How many
 * rows have been counted is returned also when it fails. */
static ib_status count_parts(ib_i_partition *partition, ib_counter *counter, size_t n, uint32_t *ids, size_t *done)
{
    uint32_t labels[IB_I_BLOCK], rows[IB_I_BLOCK], numbers[IB_I_BLOCK];
    const size_t known = counter->rows.distinct;
    size_t next = known;
    for (size_t at = 0, k; at < n; at += k, *done = at) {
        k = lesser(counter->block_rows, n - at);
        IB_TRY(reserve(counter, known, at, n));
        ib_i_table_prefetch(&counter->rows, at + n / PARTS, at + k + n / PARTS, n);
        read_records(partition, counter, at, k, labels, rows);
        IB_TRY(ib_i_counter_count(counter, counter->block, labels, k, numbers));
        for (size_t i = 0; ids && i < k; i++)
            ids[rows[i]] = numbers[i];
        for (size_t i = 0; i < k; i++) {
            partition->work[next - known] = rows[i];
            next += numbers[i] == next;
        }
    }
    return IB_OK;
}

static void take_back(const ib_i_partition *partition, ib_counter *counter, size_t done)
{
    uint32_t labels[IB_I_BLOCK], rows[IB_I_BLOCK];
    for (size_t at = 0, k; at < done; at += k) {
        k = lesser(counter->block_rows, done - at);
        read_records(partition, counter, at, k, labels, rows);
        ib_i_counter_take_back(counter, counter->block, labels, k);
    }
}

/* Room for the numbers of all rows of the table; those that are not in order yet are as they come. */
static ib_status reserve_order(const ib_counter *counter, ib_i_order *order, size_t known)
{
    const size_t capacity = counter->rows.capacity;
    if (order->capacity < capacity) {
        uint32_t *internal =
            ib_i_grow(counter->context, order->internal, order->count, capacity, sizeof *order->internal);
        if (!internal)
            return ib_i_fail_memory(counter->context);
        *order = (ib_i_order){internal, order->count, capacity};
    }
    for (; order->count < known; order->count++)
        order->internal[order->count] = (uint32_t)order->count;
    return IB_OK;
}

/* Gives the rows that are new since there were `known` the numbers of their order among n rows. */
static void order_new(ib_i_partition *partition, ib_counter *counter, size_t known, size_t n)
{
    ib_i_order *order = &counter->order;
    uint32_t *after = (uint32_t *)(void *)partition->records; /* [n]: of first occurrences, the number + 1 */
    memset(after, 0, n * sizeof *after);
    for (size_t id = known; id < counter->rows.distinct; id++)
        after[partition->work[id - known]] = (uint32_t)(id + 1);
    size_t next = known;
    for (size_t i = 0; i < n && next < counter->rows.distinct; i++) {
        order->internal[next] = after[i] - 1;
        next += after[i] != 0;
    }
    order->count = next;
}

ib_status ib_i_partition_count(ib_i_partition *partition, ib_counter *counter, const ib_codes *codes,
                               const uint32_t *labels, size_t first, size_t n, size_t expected, uint32_t *ids)
{
    const size_t known = counter->rows.distinct;
    size_t next[PARTS + 1], done = 0;
    find_parts(partition, counter, codes, first, n, next);
    bring_together(partition, counter, codes, labels, first, n, next);
    ib_status status =
        expected > counter->rows.limit - known ? IB_OK : ib_i_table_reserve(counter->context, &counter->rows, expected);
    if (status == IB_OK)
        status = count_parts(partition, counter, n, ids, &done);
    if (status == IB_OK)
        status = reserve_order(counter, &counter->order, known);
    if (status == IB_OK)
        order_new(partition, counter, known, n);
    else
        take_back(partition, counter, done);
    return status;
}
