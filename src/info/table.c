#include "info/table.h"

#include "base/memory.h"
#include "info/rows.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* The smallest table has slots for a block, the largest as many as there are tags. */
#define MIN_BITS 7u
#define MAX_BITS 32u

/* So many slots lie in the first cache: tables that are used again and again have them even for few keys. */
#define CACHE_BITS 12u

/* Beyond so many slots, keys and counts lie far away, too. */
#define FAR_BITS 16u

/* Keys of so few bits may get a slot each. */
#define DIRECT_BITS 16u

void ib_i_table_init(ib_i_table *table, size_t words, uint32_t key_bits, size_t width)
{
    *table = (ib_i_table){.words = words,
                          .width = width,
                          .key_bits = key_bits,
                          .slots_per_key = 2,
                          .limit = UINT32_MAX,
                          .tag_mask = UINT32_MAX};
}

void ib_i_table_free(ib_context *context, ib_i_table *table)
{
    ib_i_free(context, table->keys);
    ib_i_free(context, table->counts);
    ib_i_free(context, table->carried);
    ib_i_free(context, table->wide);
    ib_i_free(context, table->slots);
}

/* How keys become tags. */
typedef enum kind {
    DIRECT,   /* each possible key has a slot of its own */
    SHUFFLED, /* one to one, so that tags can be compared in place of keys */
    HASHED
} kind;

/* What follows is compiled once for each kind and number of words. */
#define FOR_EACH_KIND static inline __attribute__((always_inline))

/* Keys that take more time to move and compare than a branch taken wrongly. */
#define LONG(words) ((words) > 2)

static kind kind_of(const ib_i_table *table)
{
    if (table->key_bits > 32)
        return HASHED;
    return table->key_bits <= DIRECT_BITS && table->bits >= table->key_bits ? DIRECT : SHUFFLED;
}

/* Multiplications by odd numbers and shifted sums can be undone: no two keys have the same tag. */
static inline uint32_t shuffle(uint32_t key)
{
    key = (key ^ key >> 16) * 0x9e3779b1u;
    return (key ^ key >> 15) * 0x85ebca77u;
}

FOR_EACH_KIND uint32_t tag_of(const ib_i_table *table, const uint64_t *key, size_t words, kind how)
{
    switch (how) {
    case DIRECT:
        return (uint32_t)key[0] << (32 - table->bits);
    case SHUFFLED:
        return shuffle((uint32_t)key[0]);
    default:
        return (uint32_t)(XXH3_64bits(key, words * sizeof *key) >> 32) & table->tag_mask;
    }
}

/* The upper bits of a tag choose the slot. */
static inline size_t home(const ib_i_table *table, uint32_t tag)
{
    return (tag & table->tag_mask) >> (32 - table->bits);
}

static inline int same(const uint64_t *a, const uint64_t *b, size_t words)
{
    for (size_t w = 0; w < words; w++)
        if (a[w] != b[w])
            return 0;
    return 1;
}

static inline ib_i_slot slot_of(uint32_t tag, uint32_t after)
{
    return (ib_i_slot)after << 32 | tag;
}

static inline uint32_t after_of(ib_i_slot slot)
{
    return (uint32_t)(slot >> 32);
}

/* Whether a slot is neither free nor that of a tag: a product, because two comparisons would be two branches, and
 * whether a key is new is nothing that could be guessed. */
static inline int is_other(ib_i_slot slot, uint32_t tag)
{
    return (uint64_t)after_of(slot) * ((uint32_t)slot ^ tag) != 0;
}

/* The slot of a key, or the free one where it belongs: the tag says where to look, the whole key decides. The key is
 * also that of number `distinct`, with which it is compared, in vain, where the slot is free. */
FOR_EACH_KIND size_t locate(const ib_i_table *table, const uint64_t *key, uint32_t tag, size_t distinct, size_t words,
                            kind how)
{
    const size_t mask = ((size_t)1 << table->bits) - 1;
    size_t at = home(table, tag);
    for (;; at = (at + 1) & mask) {
        while (is_other(table->slots[at], tag))
            at = (at + 1) & mask;
        const size_t after = after_of(table->slots[at]), is_free = !after;
        const size_t id = after - 1 + ((distinct + 1) & (0 - is_free));
        if (how != HASHED || (LONG(words) && is_free) || same(table->keys + id * words, key, words))
            return at;
    }
}

size_t ib_i_table_find(const ib_i_table *table, const uint64_t *key)
{
    if (table->distinct == 0)
        return 0;
    const size_t words = table->words, mask = ((size_t)1 << table->bits) - 1;
    for (size_t at = home(table, tag_of(table, key, words, kind_of(table)));; at = (at + 1) & mask) {
        const size_t after = after_of(table->slots[at]);
        if (after == 0)
            return table->distinct;
        if (same(table->keys + (after - 1) * words, key, words))
            return after - 1;
    }
}

/* Tags go first: one does not wait for the other, and the memory that they lead to is on its way when needed. */
FOR_EACH_KIND void make_tags(const ib_i_table *table, const uint64_t *keys, size_t n, uint32_t *tags, size_t words,
                             kind how)
{
    for (size_t i = 0; i < n; i++)
        tags[i] = tag_of(table, keys + i * words, words, how);
    for (size_t i = 0; i < n; i++)
        __builtin_prefetch(&table->slots[home(table, tags[i])]);
    if (how == DIRECT || table->bits < FAR_BITS)
        return;
    for (size_t i = 0; i < n; i++) {
        const uint32_t after = after_of(table->slots[home(table, tags[i])]);
        const size_t id = after - (after != 0);
        if (how == HASHED)
            __builtin_prefetch(table->keys + id * words);
        if (!table->is_wide)
            __builtin_prefetch(table->counts + id * table->width);
    }
}

/* Whether a key is new is nothing that could be guessed, so that there is no branch for it: the key is written
 * behind the others in any case, where there is room for it. The table is at hand as a copy, whose members stay in
 * registers: no store to keys or slots can have changed them. */
FOR_EACH_KIND void number(ib_i_table *table, const uint64_t *keys, size_t n, uint32_t *ids, size_t words, kind how)
{
    const ib_i_table t = *table;
    uint32_t tags[IB_I_BLOCK], distinct = (uint32_t)t.distinct;
    make_tags(&t, keys, n, tags, words, how);
    for (size_t i = 0; i < n; i++) {
        const uint64_t *key = keys + i * words;
        if (!LONG(words))
            memcpy(t.keys + distinct * words, key, words * sizeof *key);
        const size_t at = locate(&t, key, tags[i], distinct, words, how);
        const uint32_t known = after_of(t.slots[at]), is_new = !known;
        if (LONG(words) && is_new)
            memcpy(t.keys + distinct * words, key, words * sizeof *key);
        distinct += is_new;
        const uint32_t after = known + (distinct & (0 - is_new));
        t.slots[at] = slot_of(tags[i], after);
        ids[i] = after - 1;
    }
    table->distinct = distinct;
}

static void number_hashed(ib_i_table *table, const uint64_t *keys, size_t n, uint32_t *ids)
{
    switch (table->words) { /* constants, so that hash and comparison become a few instructions */
    case 1:
        number(table, keys, n, ids, 1, HASHED);
        break;
    case 2:
        number(table, keys, n, ids, 2, HASHED);
        break;
    case 3:
        number(table, keys, n, ids, 3, HASHED);
        break;
    case 4:
        number(table, keys, n, ids, 4, HASHED);
        break;
    case 5:
        number(table, keys, n, ids, 5, HASHED);
        break;
    default:
        number(table, keys, n, ids, table->words, HASHED);
    }
}

void ib_i_table_number(ib_i_table *table, const uint64_t *keys, size_t n, uint32_t *ids)
{
    switch (kind_of(table)) {
    case DIRECT:
        number(table, keys, n, ids, 1, DIRECT);
        break;
    case SHUFFLED:
        number(table, keys, n, ids, 1, SHUFFLED);
        break;
    default:
        number_hashed(table, keys, n, ids);
    }
}

/* Of slots for so many keys, which are twice as many at least, the binary logarithm. Where it takes not many more to
 * give each possible key its own, it is that of those. */
static uint32_t bits_for(const ib_i_table *table, size_t keys)
{
    const int again = table->slots_per_key > 2;
    uint32_t bits = again ? CACHE_BITS : MIN_BITS;
    while (((uint64_t)1 << bits) / 2 < keys && bits < MAX_BITS)
        bits++;
    const uint32_t direct = table->key_bits;
    return direct <= DIRECT_BITS && bits < direct && (again || direct <= bits + 3) ? direct : bits;
}

/* Puts what a slot holds where it belongs; its key is not there yet. */
static inline void put(ib_i_table *table, ib_i_slot slot)
{
    const size_t mask = ((size_t)1 << table->bits) - 1;
    size_t at = home(table, (uint32_t)slot);
    while (table->slots[at])
        at = (at + 1) & mask;
    table->slots[at] = slot;
}

/* Fills the first 2^bits slots anew from the keys, which are what the table really consists of. */
static void rebuild(ib_i_table *table, uint32_t bits)
{
    memset(table->slots, 0, ((size_t)1 << bits) * sizeof *table->slots);
    table->bits = bits;
    const kind how = kind_of(table);
    for (size_t id = 0; id < table->distinct; id++)
        put(table, slot_of(tag_of(table, table->keys + id * table->words, table->words, how), (uint32_t)(id + 1)));
}

/* Fills slots, which are zero, from fewer ones, which lie in the order in which they go. */
static void spread(ib_i_table *table, const ib_i_slot *old, uint32_t bits)
{
    const size_t count = table->distinct ? (size_t)1 << table->bits : 0;
    const kind before = kind_of(table);
    table->bits = bits;
    if (before == DIRECT || kind_of(table) != before) { /* tags are others then */
        rebuild(table, bits);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (old[i])
            put(table, old[i]);
}

/* One array with room for more, in place of the old one. */
static ib_status grow_array(ib_context *context, void *array, size_t used, size_t count, size_t size)
{
    void **old = array;
    void *grown = ib_i_grow(context, *old, used, count, size);
    if (!grown)
        return ib_i_fail_memory(context);
    *old = grown;
    return IB_OK;
}

static ib_status grow_counts(ib_context *context, ib_i_table *table, size_t capacity)
{
    const size_t used = table->distinct, width = table->width;
    if (table->is_wide)
        return grow_array(context, &table->wide, used, capacity, width * sizeof *table->wide);
    if (table->carried)
        IB_TRY(grow_array(context, &table->carried, used, capacity, width * sizeof *table->carried));
    return grow_array(context, &table->counts, used, capacity, width * sizeof *table->counts);
}

static ib_status grow(ib_context *context, ib_i_table *table, size_t keys)
{
    size_t capacity = IB_I_BLOCK;
    while (capacity < keys)
        capacity *= 2;
    /* One more than there is room for: a key that is looked up in a full table is written there, though it is known. */
    IB_TRY(grow_array(context, &table->keys, table->distinct, capacity + 1, table->words * sizeof *table->keys));
    IB_TRY(grow_counts(context, table, capacity));
    const uint32_t bits = bits_for(table, table->slots_per_key / 2 * capacity);
    ib_i_slot *slots = ib_i_alloc(context, (size_t)1 << bits, sizeof *slots), *old = table->slots;
    if (!slots)
        return ib_i_fail_memory(context);
    table->slots = slots;
    table->capacity = capacity;
    spread(table, old, bits_for(table, capacity));
    ib_i_free(context, old);
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
    if (keys > ((size_t)1 << table->bits) / 2 && table->bits < bits_for(table, keys))
        rebuild(table, bits_for(table, keys));
    return IB_OK;
}

ib_status ib_i_table_reserve_carried(ib_context *context, ib_i_table *table)
{
    if (!table->carried)
        table->carried = ib_i_alloc(context, table->capacity * table->width, sizeof *table->carried);
    return table->carried ? IB_OK : ib_i_fail_memory(context);
}

static void count_wide(ib_i_table *table, const size_t *cells, size_t n, uint32_t step)
{
    for (size_t i = 0; i < n; i++)
        table->wide[cells[i]] += step;
}

ib_status ib_i_table_count_up(ib_context *context, ib_i_table *table, const size_t *cells, size_t n)
{
    size_t full[IB_I_BLOCK], count = 0; /* cells that start again at 0 */
    if (table->is_wide) {
        count_wide(table, cells, n, 1);
        return IB_OK;
    }
    for (size_t i = 0; i < n; i++) {
        full[count] = cells[i];
        count += ++table->counts[cells[i]] == 0;
    }
    if (count == 0)
        return IB_OK;
    if (ib_i_table_reserve_carried(context, table) != IB_OK) {
        for (size_t i = 0; i < n; i++)
            table->counts[cells[i]]--;
        return IB_ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++)
        table->carried[full[i]] += 256; /* NOLINT(clang-analyzer-core.uninitialized.ArraySubscript): i < count */
    return IB_OK;
}

void ib_i_table_count_down(ib_i_table *table, const size_t *cells, size_t n)
{
    if (table->is_wide) {
        count_wide(table, cells, n, (uint32_t)-1);
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (table->counts[cells[i]]-- == 0)
            table->carried[cells[i]] -= 256;
}

/* The sum of a cell stays the same however it is divided; as little as possible is carried. */
static void set_count(ib_i_table *table, size_t cell, uint64_t count)
{
    table->counts[cell] = (uint8_t)count;
    if (table->carried)
        table->carried[cell] = count - (uint8_t)count;
}

ib_status ib_i_table_add_up(ib_context *context, ib_i_table *table, const size_t *cells, const uint64_t *times,
                            size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint64_t count = ib_i_table_get(table, 0, cells[i]) + times[i];
        if (count > UINT8_MAX && ib_i_table_reserve_carried(context, table) != IB_OK) {
            ib_i_table_add_down(table, cells, times, i);
            return IB_ERR_NOMEM;
        }
        set_count(table, cells[i], count);
    }
    return IB_OK;
}

void ib_i_table_add_down(ib_i_table *table, const size_t *cells, const uint64_t *times, size_t n)
{
    for (size_t i = 0; i < n; i++)
        set_count(table, cells[i], ib_i_table_get(table, 0, cells[i]) - times[i]);
}

void ib_i_table_truncate(ib_i_table *table, size_t distinct)
{
    if (distinct == table->distinct)
        return;
    table->distinct = distinct;
    rebuild(table, table->bits);
}

static void clear_counts(ib_i_table *table)
{
    const size_t n = table->distinct * table->width;
    if (table->is_wide)
        memset(table->wide, 0, n * sizeof *table->wide);
    else
        memset(table->counts, 0, n * sizeof *table->counts);
    if (table->carried)
        memset(table->carried, 0, n * sizeof *table->carried);
}

/* Frees the slots of all keys, which are not many among theirs. */
static void clear_direct(ib_i_table *table)
{
    for (size_t id = 0; id < table->distinct; id++)
        table->slots[home(table, tag_of(table, table->keys + id, 1, DIRECT))] = 0;
    table->distinct = 0;
}

void ib_i_table_reset(ib_i_table *table)
{
    if (table->distinct == 0)
        return;
    /* The next use may be like this one. */
    const uint32_t bits = bits_for(table, table->slots_per_key / 2 * table->distinct);
    clear_counts(table);
    if (kind_of(table) == DIRECT && table->tag_mask == UINT32_MAX && bits == table->bits) {
        clear_direct(table);
        return;
    }
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
