#include "info/table.h"

#include "base/memory.h"
#include "info/rows.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* The smallest table: slots for a block. */
#define MIN_BITS 7u

void ib_i_table_init(ib_i_table *table, size_t words, size_t width)
{
    *table =
        (ib_i_table){.words = words, .width = width, .slots_per_key = 2, .limit = UINT32_MAX, .hash_mask = UINT64_MAX};
}

void ib_i_table_free(ib_context *context, ib_i_table *table)
{
    ib_i_free(context, table->keys);
    ib_i_free(context, table->counts);
    ib_i_free(context, table->slots);
}

static inline uint64_t hash_key(const ib_i_table *table, const uint64_t *key, size_t words)
{
    return XXH3_64bits(key, words * sizeof *key) & table->hash_mask;
}

/* The upper bits of a hash choose the slot, so that the tag, made of the lower ones, says something else. */
static inline size_t home(uint64_t hash, uint32_t bits)
{
    return (size_t)(hash >> (64 - bits));
}

static inline int same(const uint64_t *a, const uint64_t *b, size_t words)
{
    for (size_t w = 0; w < words; w++)
        if (a[w] != b[w])
            return 0;
    return 1;
}

/* The slot of a key, or the free one where it belongs: the hash says where to look, the whole key decides. */
static inline size_t locate(const ib_i_table *table, const uint64_t *key, uint64_t hash, size_t words)
{
    const ib_i_slot *slots = table->slots;
    const size_t mask = ((size_t)1 << table->bits) - 1;
    for (size_t at = home(hash, table->bits);; at = (at + 1) & mask) {
        const ib_i_slot slot = slots[at];
        if (!slot.after)
            return at;
        if (slot.tag == (uint32_t)hash && same(table->keys + (slot.after - (size_t)1) * words, key, words))
            return at;
    }
}

size_t ib_i_table_find(const ib_i_table *table, const uint64_t *key)
{
    if (table->distinct == 0)
        return 0;
    const size_t at = locate(table, key, hash_key(table, key, table->words), table->words);
    return table->slots[at].after ? table->slots[at].after - (size_t)1 : table->distinct;
}

/* Hashes go first: one does not wait for the other, and the memory that they lead to is on its way when needed. The
 * table is at hand as a copy, whose members stay in registers: no store to keys or slots can have changed them. */
static inline void number(ib_i_table *table, const uint64_t *keys, size_t n, uint32_t *ids, size_t words)
{
    const ib_i_table t = *table;
    size_t distinct = t.distinct;
    uint64_t hashes[IB_I_BLOCK];
    for (size_t i = 0; i < n; i++) {
        hashes[i] = hash_key(&t, keys + i * words, words);
        __builtin_prefetch(&t.slots[home(hashes[i], t.bits)]);
    }
    for (size_t i = 0; i < n; i++) {
        const uint64_t *key = keys + i * words;
        ib_i_slot *slot = &t.slots[locate(&t, key, hashes[i], words)];
        if (!slot->after) {
            memcpy(t.keys + distinct * words, key, words * sizeof *key);
            *slot = (ib_i_slot){.tag = (uint32_t)hashes[i], .after = (uint32_t)++distinct};
        }
        ids[i] = slot->after - 1;
    }
    table->distinct = distinct;
}

void ib_i_table_number(ib_i_table *table, const uint64_t *keys, size_t n, uint32_t *ids)
{
    switch (table->words) { /* constants, so that hash and comparison become a few instructions */
    case 1:
        number(table, keys, n, ids, 1);
        break;
    case 2:
        number(table, keys, n, ids, 2);
        break;
    case 3:
        number(table, keys, n, ids, 3);
        break;
    case 4:
        number(table, keys, n, ids, 4);
        break;
    case 5:
        number(table, keys, n, ids, 5);
        break;
    default:
        number(table, keys, n, ids, table->words);
    }
}

static uint32_t bits_for(size_t keys)
{
    uint32_t bits = MIN_BITS;
    while (((uint64_t)1 << bits) / 2 < keys)
        bits++;
    return bits;
}

/* Fills the first 2^bits slots anew from the keys, which are what the table really consists of. */
static void rebuild(ib_i_table *table, uint32_t bits)
{
    const size_t mask = ((size_t)1 << bits) - 1;
    memset(table->slots, 0, (mask + 1) * sizeof *table->slots);
    table->bits = bits;
    for (size_t id = 0; id < table->distinct; id++) {
        const uint64_t hash = hash_key(table, table->keys + id * table->words, table->words);
        size_t at = home(hash, bits);
        while (table->slots[at].after)
            at = (at + 1) & mask;
        table->slots[at] = (ib_i_slot){.tag = (uint32_t)hash, .after = (uint32_t)(id + 1)};
    }
}

/* One array with room for more, in place of the old one. */
static ib_status grow_array(ib_context *context, uint64_t **array, size_t used, size_t count, size_t words)
{
    uint64_t *grown = ib_i_grow(context, *array, used, count, words * sizeof *grown);
    if (!grown)
        return ib_i_fail_memory(context);
    *array = grown;
    return IB_OK;
}

static ib_status grow(ib_context *context, ib_i_table *table, size_t keys)
{
    const uint32_t bits = bits_for(keys);
    const size_t capacity = ((size_t)1 << bits) / 2;
    IB_TRY(grow_array(context, &table->keys, table->distinct, capacity, table->words));
    IB_TRY(grow_array(context, &table->counts, table->distinct, capacity, table->width));
    ib_i_slot *slots = ib_i_alloc(context, table->slots_per_key * capacity, sizeof *slots);
    if (!slots)
        return ib_i_fail_memory(context);
    ib_i_free(context, table->slots);
    table->slots = slots;
    table->capacity = capacity;
    rebuild(table, bits);
    return IB_OK;
}

ib_status ib_i_table_reserve(ib_context *context, ib_i_table *table, size_t more)
{
    if (more > table->limit - table->distinct)
        return ib_i_fail(context, IB_ERR_OVERFLOW,
                         "expected at most %zu distinct rows, or pairs of a row and a label; %zu are there, up to %zu "
                         "were to come",
                         table->limit, table->distinct, more);
    const size_t keys = table->distinct + more;
    if (keys > table->capacity)
        return grow(context, table, keys);
    if (keys > ((size_t)1 << table->bits) / 2)
        rebuild(table, bits_for(keys));
    return IB_OK;
}

void ib_i_table_truncate(ib_i_table *table, size_t distinct)
{
    if (distinct == table->distinct)
        return;
    table->distinct = distinct;
    rebuild(table, table->bits);
}

void ib_i_table_reset(ib_i_table *table)
{
    if (table->distinct == 0)
        return;
    const uint32_t bits = bits_for(table->slots_per_key / 2 * table->distinct); /* the next use may be like this one */
    memset(table->counts, 0, table->distinct * table->width * sizeof *table->counts);
    table->distinct = 0;
    rebuild(table, bits);
}

ib_status ib_i_table_number_all(ib_context *context, ib_i_table *table, const uint64_t *keys, size_t n, uint32_t *ids)
{
    const size_t distinct = table->distinct;
    for (size_t first = 0; first < n; first += IB_I_BLOCK) {
        const size_t length = n - first < IB_I_BLOCK ? n - first : IB_I_BLOCK;
        const ib_status status = ib_i_table_reserve(context, table, length);
        if (status != IB_OK) {
            ib_i_table_truncate(table, distinct);
            return status;
        }
        ib_i_table_number(table, keys + first * table->words, length, ids + first);
    }
    return IB_OK;
}
