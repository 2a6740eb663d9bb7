#include "info/variable.h"

#include "info/missing.h"
#include "info/rows.h"

#include <string.h>

/* Bits of keys, and words, for each kind of rows; of the last the words are as they come. */
static const uint32_t key_bits[IB_I_ROW_KINDS] = {8, 16, 32, 64, 64, 64, 64, 64, 64};
static const size_t key_words[IB_I_ROW_KINDS] = {1, 1, 1, 1, 2, 3, 4, 5, 6};

ib_status ib_variable_create(ib_context *context, ib_variable **out)
{
    if (out)
        *out = NULL;
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    ib_variable *made = ib_i_object_create(context, sizeof *made);
    if (!made)
        return IB_ERR_NOMEM;
    made->context = context;
    for (size_t kind = 0; kind < IB_I_ROW_KINDS; kind++)
        ib_i_table_init(&made->tables[kind], key_words[kind], key_bits[kind], 0);
    ib_i_join_init(&made->join);
    *out = made;
    return ib_i_ok(context);
}

void ib_variable_destroy(ib_variable *variable)
{
    if (!variable)
        return;
    for (size_t kind = 0; kind < IB_I_ROW_KINDS; kind++)
        ib_i_table_free(variable->context, &variable->tables[kind]);
    ib_i_join_free(variable->context, &variable->join);
    ib_i_room_free(variable->context, &variable->keys);
    ib_i_free(variable->context, variable->ids);
    ib_i_free(variable->context, variable->next);
    ib_i_object_destroy(variable->context, variable);
}

void ib_i_variable_tag_mask(ib_variable *variable, uint32_t mask)
{
    for (size_t kind = 0; kind < IB_I_ROW_KINDS; kind++)
        variable->tables[kind].tag_mask = mask;
    variable->join.table.tag_mask = mask;
}

void ib_i_variable_limit(ib_variable *variable, size_t limit)
{
    for (size_t kind = 0; kind < IB_I_ROW_KINDS; kind++)
        variable->tables[kind].limit = limit;
    variable->join.table.limit = limit;
}

/* Room for the numbers of so many rows. Those that are there stay. */
static ib_status reserve(ib_variable *variable, size_t rows)
{
    if (rows <= variable->capacity)
        return IB_OK;
    ib_context *context = variable->context;
    uint32_t *ids = ib_i_alloc(context, rows, sizeof *ids), *next = ib_i_alloc(context, rows, sizeof *next);
    if (!ids || !next) {
        ib_i_free(context, ids);
        ib_i_free(context, next);
        return ib_i_fail_memory(context);
    }
    if (variable->rows)
        memcpy(ids, variable->ids, variable->rows * sizeof *ids);
    ib_i_free(context, variable->ids);
    ib_i_free(context, variable->next);
    variable->ids = ids;
    variable->next = next;
    variable->capacity = rows;
    return IB_OK;
}

/* The numbers made in `next` become those of the variable. */
static ib_status accept(ib_variable *variable, size_t rows, size_t missing, uint32_t distinct)
{
    uint32_t *made = variable->next;
    variable->next = variable->ids;
    variable->ids = made;
    variable->rows = rows;
    variable->missing = missing;
    variable->distinct = distinct;
    return ib_i_ok(variable->context);
}

static size_t kind_of(size_t bytes, size_t words)
{
    const size_t last = IB_I_ROW_KINDS - 1;
    if (words == 1)
        return bytes <= 1 ? 0 : bytes <= 2 ? 1 : bytes <= 4 ? 2 : 3;
    return words + 2 < last ? words + 2 : last;
}

/* An empty table for rows of so many bytes. */
static ib_i_table *table_for(ib_variable *variable, size_t bytes)
{
    const size_t words = (bytes - 1) / sizeof(uint64_t) + 1, kind = kind_of(bytes, words);
    ib_i_table *table = &variable->tables[kind];
    if (table->words != words) { /* of the last kind */
        const ib_i_table old = *table;
        ib_i_table_free(variable->context, table);
        ib_i_table_init(table, words, 64, 0);
        table->tag_mask = old.tag_mask;
        table->limit = old.limit;
    }
    ib_i_table_reset(table);
    return table;
}

/* Moves the keys of rows that are not missing to the front: how many they are, and which. */
static size_t drop_missing(uint64_t *keys, size_t words, size_t n, const uint8_t *missing, size_t *rows)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (missing[i])
            continue;
        memmove(keys + count * words, keys + i * words, words * sizeof *keys);
        rows[count++] = i;
    }
    return count;
}

/* Numbers n <= IB_I_BLOCK rows, of which some may be missing: these are counted. */
static ib_status number_block(ib_context *context, ib_i_table *table, uint64_t *keys, size_t n, const uint8_t *missing,
                              uint32_t *ids, size_t *dropped)
{
    IB_TRY(ib_i_table_reserve(context, table, n));
    if (!memchr(missing, 1, n)) {
        ib_i_table_number(table, keys, n, ids);
        return IB_OK;
    }
    uint32_t found[IB_I_BLOCK];
    size_t rows[IB_I_BLOCK];
    const size_t count = drop_missing(keys, table->words, n, missing, rows);
    ib_i_table_number(table, keys, count, found);
    memset(ids, 0xff, n * sizeof *ids); /* IB_NO_ID */
    for (size_t i = 0; i < count; i++)
        ids[rows[i]] = found[i];
    *dropped += n - count;
    return IB_OK;
}

static ib_status number_rows(ib_variable *variable, const ib_codes *codes, ib_i_table *table, size_t *dropped)
{
    const size_t block = ib_i_rows_block(table->words);
    uint8_t missing[IB_I_BLOCK] = {0};
    uint64_t *keys = ib_i_room_reserve(variable->context, &variable->keys, block, table->words * sizeof *keys);
    if (!keys)
        return IB_ERR_NOMEM;
    for (size_t first = 0; first < codes->rows; first += block) {
        const size_t left = codes->rows - first, n = left < block ? left : block;
        ib_i_rows_pack(codes, first, n, table->words, keys);
        if (codes->missing == IB_MISSING_DROP)
            ib_i_missing_rows(codes, first, n, missing);
        IB_TRY(number_block(variable->context, table, keys, n, missing, variable->next + first, dropped));
    }
    return IB_OK;
}

/* The codes went through ib_i_codes_read(). */
static ib_status set_codes(ib_variable *variable, const ib_codes *codes)
{
    if (codes->rows == 0)
        return accept(variable, 0, 0, 0);
    IB_TRY(ib_i_missing_check(variable->context, codes));
    IB_TRY(reserve(variable, codes->rows));
    ib_i_table *table = table_for(variable, codes->columns * ib_i_code_size(codes->type));
    size_t missing = 0;
    IB_TRY(number_rows(variable, codes, table, &missing));
    return accept(variable, codes->rows, missing, (uint32_t)table->distinct);
}

ib_status ib_variable_set_codes(ib_variable *variable, const ib_codes *codes)
{
    if (!variable)
        return IB_ERR_ARG;
    ib_codes full;
    IB_TRY(ib_i_codes_read(variable->context, codes, &full));
    return set_codes(variable, &full);
}

ib_status ib_variable_set_labels(ib_variable *variable, const uint32_t *labels, size_t rows)
{
    if (!variable)
        return IB_ERR_ARG;
    if (!labels && rows > 0)
        return ib_i_fail_null(variable->context, "labels");
    ib_codes codes, full;
    ib_codes_init(&codes, IB_CODE_UINT32, labels, rows, 1);
    codes.missing = IB_MISSING_DROP;
    codes.missing_code = IB_NO_LABEL;
    IB_TRY(ib_i_codes_read(variable->context, &codes, &full));
    return set_codes(variable, &full);
}

ib_status ib_variable_set_rows(ib_variable *variable, size_t rows)
{
    if (!variable)
        return IB_ERR_ARG;
    if (rows > IB_NO_ID)
        return ib_i_fail(variable->context, IB_ERR_OVERFLOW, "rows: expected at most %u, got %zu", (unsigned)IB_NO_ID,
                         rows);
    IB_TRY(reserve(variable, rows));
    for (size_t i = 0; i < rows; i++)
        variable->next[i] = (uint32_t)i;
    return accept(variable, rows, 0, (uint32_t)rows);
}

static ib_status check_parts(const ib_variable *variable, const ib_variable *const *parts, size_t count)
{
    if (!parts)
        return ib_i_fail_null(variable->context, "parts");
    if (count == 0)
        return ib_i_fail(variable->context, IB_ERR_ARG, "parts: expected at least one variable, got 0");
    for (size_t p = 0; p < count; p++) {
        if (!parts[p])
            return ib_i_fail(variable->context, IB_ERR_ARG, "parts[%zu] is NULL", p);
        if (parts[p]->rows != parts[0]->rows)
            return ib_i_fail(variable->context, IB_ERR_SHAPE, "parts[%zu]: expected %zu rows, got %zu", p,
                             parts[0]->rows, parts[p]->rows);
    }
    return IB_OK;
}

static size_t count_missing(const uint32_t *ids, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ids[i] == IB_NO_ID;
    return count;
}

ib_status ib_variable_set_joint(ib_variable *variable, const ib_variable *const *parts, size_t count)
{
    if (!variable)
        return IB_ERR_ARG;
    IB_TRY(check_parts(variable, parts, count));
    const size_t rows = parts[0]->rows;
    if (rows == 0)
        return accept(variable, 0, 0, 0);
    IB_TRY(reserve(variable, rows));
    uint32_t distinct = parts[0]->distinct;
    memcpy(variable->next, parts[0]->ids, rows * sizeof *variable->next);
    for (size_t p = 1; p < count; p++) {
        const ib_i_ids so_far = {variable->next, distinct}, more = {parts[p]->ids, parts[p]->distinct};
        IB_TRY(ib_i_join_number(variable->context, &variable->join, so_far, more, rows, variable->next, &distinct));
    }
    return accept(variable, rows, count_missing(variable->next, rows), distinct);
}

size_t ib_variable_rows(const ib_variable *variable)
{
    return variable ? variable->rows : 0;
}

size_t ib_variable_missing(const ib_variable *variable)
{
    return variable ? variable->missing : 0;
}

uint32_t ib_variable_distinct(const ib_variable *variable)
{
    return variable ? variable->distinct : 0;
}

const uint32_t *ib_variable_ids(const ib_variable *variable)
{
    return variable && variable->rows ? variable->ids : NULL;
}
