#include "info/join.h"

#include "info/rows.h"

#include <libib/variable.h>

#include <string.h>

/* So many places are cleared and looked up in no time. */
#define FEW_PLACES ((uint64_t)1 << 14)

/* Places have 4 bytes. A table has up to 48 for each pair that occurs, of which there may be as many as rows. */
#define PLACES_PER_ROW 8u

void ib_i_join_init(ib_i_join *join)
{
    *join = (ib_i_join){.places = {0}};
    ib_i_table_init(&join->table, 1, 64, 0);
}

void ib_i_join_free(ib_context *context, ib_i_join *join)
{
    ib_i_table_free(context, &join->table);
    ib_i_room_free(context, &join->places);
}

int ib_i_join_has_places(size_t n, uint32_t a, uint32_t b)
{
    const uint64_t pairs = (uint64_t)a * b; /* of 32 bits each: cannot wrap */
    return pairs <= FEW_PLACES || (pairs / PLACES_PER_ROW <= n && pairs < UINT32_MAX);
}

/* Whether a pair is new is nothing that could be guessed, so that there is no branch for it. */
static uint32_t number_places(uint32_t *places, ib_i_ids a, ib_i_ids b, size_t n, uint32_t *out)
{
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (a.of[i] == IB_NO_ID || b.of[i] == IB_NO_ID) {
            out[i] = IB_NO_ID;
            continue;
        }
        uint32_t *place = &places[(size_t)a.of[i] * b.distinct + b.of[i]];
        const uint32_t is_new = !*place;
        count += is_new;
        *place += count & (0 - is_new);
        out[i] = *place - 1;
    }
    return count;
}

/* Numbers n <= IB_I_BLOCK pairs. */
static ib_status number_block(ib_context *context, ib_i_table *table, const uint32_t *a, const uint32_t *b, size_t n,
                              uint32_t *out)
{
    uint64_t keys[IB_I_BLOCK];
    uint32_t ids[IB_I_BLOCK];
    size_t places[IB_I_BLOCK], count = 0;
    for (size_t i = 0; i < n; i++) {
        keys[count] = (uint64_t)a[i] << 32 | b[i];
        places[count] = i;
        count += a[i] != IB_NO_ID && b[i] != IB_NO_ID;
        out[i] = IB_NO_ID;
    }
    IB_TRY(ib_i_table_reserve(context, table, count));
    ib_i_table_number(table, keys, count, ids);
    for (size_t i = 0; i < count; i++)
        out[places[i]] = ids[i];
    return IB_OK;
}

static ib_status number_hashed(ib_context *context, ib_i_table *table, ib_i_ids a, ib_i_ids b, size_t n, uint32_t *out)
{
    ib_i_table_reset(table);
    for (size_t first = 0; first < n; first += IB_I_BLOCK) {
        const size_t left = n - first;
        IB_TRY(number_block(context, table, a.of + first, b.of + first, left < IB_I_BLOCK ? left : IB_I_BLOCK,
                            out + first));
    }
    return IB_OK;
}

ib_status ib_i_join_number(ib_context *context, ib_i_join *join, ib_i_ids a, ib_i_ids b, size_t n, uint32_t *out,
                           uint32_t *distinct)
{
    if (!ib_i_join_has_places(n, a.distinct, b.distinct)) {
        IB_TRY(number_hashed(context, &join->table, a, b, n, out));
        *distinct = (uint32_t)join->table.distinct;
        return IB_OK;
    }
    const size_t count = (size_t)a.distinct * b.distinct;
    uint32_t *places = ib_i_room_reserve(context, &join->places, count, sizeof *places);
    if (!places)
        return IB_ERR_NOMEM;
    memset(places, 0, count * sizeof *places);
    *distinct = number_places(places, a, b, n, out);
    return IB_OK;
}
