/* The hash table under a counter: distinct keys with their counts. */
#ifndef LIBIB_INFO_TABLE_H
#define LIBIB_INFO_TABLE_H

#include "base/context.h"

/* Where a key may be found: its tag, and above that its identifier + 1, so that zeroed memory is free slots.
 *
 * The tag is the key itself, shuffled, where a key has no more than 32 bits: then equal tags are equal keys. Of longer
 * keys it is half of a hash, and equal tags say that the keys are to be compared. */
typedef uint64_t ib_i_slot;

/* Keys of `words` words, numbered in the order in which they came, and `width` counts of each. The counts of numbers
 * that are not in use are 0. */
typedef struct ib_i_table {
    size_t words;
    size_t width;
    uint32_t key_bits; /* how many bits of a key may differ from 0, the lowest ones of its first word first */
    size_t distinct;
    size_t capacity;   /* keys that the arrays have room for */
    uint64_t *keys;    /* [capacity][words] */
    uint8_t *counts;   /* [capacity][width]: counts, or of those from 256 on the lowest 8 bits */
    uint64_t *carried; /* the same, what is above these bits; NULL as long as nothing is */
    uint32_t *wide;    /* the same in place of both, if so wanted */
    int is_wide;       /* set while empty, for fewer than 2^32 rows that are counted many at a time */
    ib_i_slot *slots;  /* of which the first 2^bits are in use, at most half of them taken unless there are 2^32 */
    uint32_t bits;
    uint32_t slots_per_key; /* 2; or 4, while empty: with more room after each reset, for tables used again and again */
    size_t limit;           /* most keys; less than it could be only in tests */
    uint32_t tag_mask;      /* bits of a tag that choose the slot; less than all only in tests */
} ib_i_table;

/* An empty table, which owns no memory yet. */
void ib_i_table_init(ib_i_table *table, size_t words, uint32_t key_bits, size_t width);
void ib_i_table_free(ib_context *context, ib_i_table *table);

/* Makes room for `more` keys. If it fails, the table is as it was. */
ib_status ib_i_table_reserve(ib_context *context, ib_i_table *table, size_t more);

/* The numbers of n <= IB_I_BLOCK keys, keys[n][words]; new ones are added, there is room for them. */
void ib_i_table_number(ib_i_table *table, const uint64_t *keys, size_t n, uint32_t *ids);

/* The same for any number of keys, for which it makes room; all or none are added. */
ib_status ib_i_table_number_all(ib_context *context, ib_i_table *table, const uint64_t *keys, size_t n, uint32_t *ids);

/* The number of a key, or `distinct` if there is no such key. */
size_t ib_i_table_find(const ib_i_table *table, const uint64_t *key);

/* Adds 1 to n <= IB_I_BLOCK cells, id * width + column, or to none if there is no memory for what counts carry. */
ib_status ib_i_table_count_up(ib_context *context, ib_i_table *table, const size_t *cells, size_t n);

/* Takes that back. */
void ib_i_table_count_down(ib_i_table *table, const size_t *cells, size_t n);

/* Adds times[i] to cell i of n <= IB_I_BLOCK, or nothing to any; not for wide tables. */
ib_status ib_i_table_add_up(ib_context *context, ib_i_table *table, const size_t *cells, const uint64_t *times,
                            size_t n);

/* Takes that back. */
void ib_i_table_add_down(ib_i_table *table, const size_t *cells, const uint64_t *times, size_t n);

/* Memory for what counts carry, so that anything can be added there; not for wide tables. */
ib_status ib_i_table_reserve_carried(ib_context *context, ib_i_table *table);

/* One count of a key. */
static inline uint64_t ib_i_table_get(const ib_i_table *table, size_t id, size_t column)
{
    const size_t at = id * table->width + column;
    if (table->is_wide)
        return table->wide[at];
    return table->counts[at] + (table->carried ? table->carried[at] : 0);
}

/* All counts of a key together. */
static inline uint64_t ib_i_table_get_all(const ib_i_table *table, size_t id)
{
    uint64_t sum = 0;
    for (size_t c = 0; c < table->width; c++)
        sum += ib_i_table_get(table, id, c);
    return sum;
}

/* Forgets the keys from number `distinct` on; their counts are 0 already. */
void ib_i_table_truncate(ib_i_table *table, size_t distinct);

/* Forgets all keys and keeps the memory. Costs as much as there was in use. */
void ib_i_table_reset(ib_i_table *table);

#endif
