/* Partitions of a spool: entries of a row, a label and how often both occur together, each written once for every time
 * that it was put away. */
#include "base/bytes.h"
#include "base/memory.h"
#include "info/rows.h"
#include "info/spool.h"

#include <string.h>

static const ib_i_format format = {"piece", {0x89, 'i', 'b', 'p', 0x0d, 0x0a, 0x1a, 0x0a}, 1};

/* A seed that the tables do not use: where rows go must have nothing to do with how a table finds them. */
#define SEED UINT64_C(0x706f6f6c)

static uint64_t hash_of(const uint64_t *key, size_t words)
{
    return XXH3_64bits_withSeed(key, words * sizeof *key, SEED);
}

/* The upper half of a hash says which partition, the lower one which share of it. */
static uint32_t partition_of(const ib_spool *spool, uint64_t hash)
{
    return (uint32_t)((hash >> 32) * spool->options.partitions >> 32);
}

static int is_in(const ib_i_share *share, uint64_t hash)
{
    return share->depth == 0 || (uint32_t)hash >> (32 - share->depth) == share->prefix;
}

/* --- putting away ------------------------------------------------------------------------------------------------- */

/* What is written: rows with their counts; or if a counter keeps pairs, those. */
static ib_i_table *items_of(ib_counter *counter)
{
    return ib_i_counter_sparse(counter) ? &counter->pairs : &counter->rows;
}

static uint64_t *key_of(const ib_counter *counter, size_t item)
{
    const size_t row = ib_i_counter_sparse(counter) ? (size_t)(counter->pairs.keys[item] >> 32) : item;
    return counter->rows.keys + row * counter->rows.words;
}

/* Lists the items by their partitions. The list takes the place of the slots, of which there are more: the counter
 * cannot be used any more, but no memory is needed when there is none left. */
static const uint64_t *list_items(ib_spool *spool)
{
    ib_i_table *table = items_of(spool->counter);
    const size_t n = table->distinct, words = spool->counter->rows.words;
    ib_i_partition *partitions = spool->partitions;
    uint64_t *list = table->slots, before = 0;
    for (uint32_t p = 0; p < spool->options.partitions; p++)
        partitions[p].first = 0;
    for (size_t i = 0; i < n; i++)
        partitions[partition_of(spool, hash_of(key_of(spool->counter, i), words))].first++;
    for (uint32_t p = 0; p < spool->options.partitions; p++) {
        const uint64_t own = partitions[p].first;
        partitions[p].first = before;
        before += own;
    }
    for (size_t i = 0; i < n; i++)
        list[partitions[partition_of(spool, hash_of(key_of(spool->counter, i), words))].first++] = i;
    return list; /* `first` is now that of the next partition */
}

/* Some items of a partition on their way out, or back. */
typedef struct piece {
    ib_spool *spool;
    ib_i_share share;
    const uint64_t *list; /* [n], when written */
    size_t n;
    uint64_t at; /* bytes of the partition before the next one */
    XXH3_state_t hash;
} piece;

static void entry_fields(ib_i_bytes *bytes, const ib_spool *spool, uint64_t *key, uint64_t *label, uint64_t *times)
{
    ib_i_bytes_array(bytes, key, spool->columns, ib_i_code_size(spool->type));
    if (spool->classes > 1)
        ib_i_bytes_count(bytes, label);
    ib_i_bytes_count(bytes, times);
}

static void write_item(ib_i_bytes *bytes, const ib_spool *spool, size_t item)
{
    const ib_i_table *table = items_of(spool->counter);
    for (size_t c = 0; c < table->width; c++) {
        uint64_t label = ib_i_counter_sparse(spool->counter) ? (uint32_t)table->keys[item] : c;
        uint64_t times = ib_i_table_get(table, item, c);
        if (times)
            entry_fields(bytes, spool, key_of(spool->counter, item), &label, &times);
    }
}

static void write_fields(ib_i_bytes *bytes, void *object)
{
    const piece *p = object;
    for (size_t i = 0; i < p->n; i++)
        write_item(bytes, p->spool, (size_t)p->list[i]);
}

static int32_t put(const void *data, size_t size, void *user_data)
{
    piece *p = user_data;
    const ib_spool_options *options = &p->spool->options;
    XXH3_64bits_update(&p->hash, data, size);
    p->at += size;
    return options->write(p->share.partition, data, size, options->user_data);
}

static uint64_t chain(uint64_t before, const XXH3_state_t *hash)
{
    const uint64_t own = XXH3_64bits_digest(hash);
    return XXH3_64bits_withSeed(&own, sizeof own, before);
}

static ib_status write_piece(ib_spool *spool, uint32_t partition, const uint64_t *list, size_t n)
{
    ib_i_partition *to = &spool->partitions[partition];
    piece p = {.spool = spool, .share = {.partition = partition}, .list = list, .n = n, .at = to->size};
    XXH3_64bits_reset(&p.hash);
    IB_TRY(ib_i_bytes_save(spool->inner, &format, write_fields, &p, put, &p));
    to->size = p.at;
    to->hash = chain(to->hash, &p.hash);
    to->pieces++;
    return IB_OK;
}

ib_status ib_i_spool_put_away(ib_spool *spool)
{
    const ib_counter *counter = spool->counter;
    const uint64_t *list = list_items(spool);
    ib_status status = IB_OK;
    uint64_t first = 0;
    for (uint32_t p = 0; p < spool->options.partitions && status == IB_OK; p++) {
        const uint64_t end = spool->partitions[p].first;
        if (end > first)
            status = write_piece(spool, p, list + first, (size_t)(end - first));
        first = end;
    }
    for (uint32_t label = 0; counter->classes > 1 && label < counter->classes; label++)
        spool->label_counts[label] += counter->label_counts[label];
    spool->total += counter->total;
    spool->broken |= status != IB_OK;
    ib_i_spool_drop(spool);
    return status;
}

/* --- fetching ----------------------------------------------------------------------------------------------------- */

/* Entries that are read before they are counted. */
typedef struct entries {
    uint64_t labels[IB_I_BLOCK], times[IB_I_BLOCK];
    size_t n;
} entries;

static void refuse(ib_i_bytes *bytes)
{
    if (ib_i_bytes_good(bytes))
        ib_i_bytes_refuse(bytes, IB_ERR_IO, "saved bytes: expected rows of this partition");
}

static void count_entries(ib_i_bytes *bytes, ib_counter *counter, entries *e)
{
    uint32_t labels[IB_I_BLOCK];
    for (size_t i = 0; i < e->n; i++)
        labels[i] = (uint32_t)e->labels[i];
    const ib_status status =
        ib_i_counter_count(counter, counter->block, counter->classes > 1 ? labels : NULL, e->times, e->n);
    if (status != IB_OK)
        ib_i_bytes_fail(bytes, status);
    e->n = 0;
}

/* The next entry, behind those that are there; it stays if it is one of the share. Behind its last code the block is
 * zero, as nothing but codes of such rows was ever put there. */
static void read_entry(ib_i_bytes *bytes, const piece *p, entries *e, uint64_t *total)
{
    ib_counter *counter = p->spool->counter;
    const size_t words = counter->rows.words;
    uint64_t *key = counter->block + e->n * words, label = 0, times = 0;
    entry_fields(bytes, p->spool, key, &label, &times);
    if (!ib_i_bytes_good(bytes))
        return;
    const uint64_t hash = hash_of(key, words);
    if (partition_of(p->spool, hash) != p->share.partition || label >= p->spool->classes || times == 0 ||
        times > p->spool->total - *total) {
        refuse(bytes);
        return;
    }
    if (!is_in(&p->share, hash))
        return;
    e->labels[e->n] = label;
    e->times[e->n++] = times;
    *total += times;
}

static void read_fields(ib_i_bytes *bytes, void *object)
{
    const piece *p = object;
    ib_counter *counter = p->spool->counter;
    entries e = {.n = 0};
    uint64_t total = counter->total;
    while (ib_i_bytes_good(bytes) && ib_i_bytes_unread(bytes)) {
        read_entry(bytes, p, &e, &total);
        if (e.n == counter->block_rows && ib_i_bytes_good(bytes))
            count_entries(bytes, counter, &e);
    }
    if (e.n > 0 && ib_i_bytes_good(bytes))
        count_entries(bytes, counter, &e);
}

static int32_t get(void *data, size_t size, size_t *count, void *user_data)
{
    piece *p = user_data;
    const ib_spool_options *options = &p->spool->options;
    const int32_t value = options->read(p->share.partition, p->at, data, size, count, options->user_data);
    if (value == 0 && *count <= size) {
        XXH3_64bits_update(&p->hash, data, *count);
        p->at += *count;
    }
    return value;
}

ib_status ib_i_spool_fetch(ib_spool *spool, const ib_i_share *share)
{
    const ib_i_partition *from = &spool->partitions[share->partition];
    piece p = {.spool = spool, .share = *share};
    uint64_t hash = 0;
    for (uint64_t i = 0; i < from->pieces; i++) {
        XXH3_64bits_reset(&p.hash);
        IB_TRY(ib_i_bytes_load(spool->inner, &format, read_fields, &p, get, &p));
        hash = chain(hash, &p.hash);
    }
    if (p.at != from->size || hash != from->hash)
        return ib_i_fail(spool->inner, IB_ERR_IO, "saved bytes: expected those that were written");
    return IB_OK;
}
