/* Partitions of spools in memory, with callbacks that can fail; and rows to put into them. */
#ifndef LIBIB_TESTS_SPOOL_STORE_H
#define LIBIB_TESTS_SPOOL_STORE_H

#include "stream.h"

#include "info/spool.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* --- partitions in memory ----------------------------------------------------------------------------------------- */

enum { MOST = 8 };

typedef struct store {
    test_stream parts[MOST];
    size_t piece;       /* gives at most so many bytes at once; 0: as many as are wanted */
    size_t calls, last; /* after `last` calls they return `value` */
    int32_t value;
    int too_many;          /* says that it gave more than was wanted */
    ib_spool *called_back; /* is called from within a callback */
} store;

static int32_t answer(store *to)
{
    if (to->called_back) {
        ib_spool_result result = {.struct_size = sizeof result};
        const ib_codes none = {.struct_size = sizeof none, .type = IB_CODE_UINT8, .columns = 1};
        assert_int_equal(ib_spool_measure(to->called_back, &result, NULL, NULL, NULL), IB_ERR_STATE);
        assert_int_equal(ib_spool_add(to->called_back, &none, NULL), IB_ERR_STATE);
    }
    return to->calls++ < to->last ? 0 : to->value;
}

static int32_t store_write(uint32_t partition, const void *data, size_t size, void *user_data)
{
    store *to = user_data;
    assert_true(partition < MOST);
    return answer(to) ? to->value : test_stream_write(data, size, &to->parts[partition]);
}

static int32_t store_read(uint32_t partition, uint64_t offset, void *data, size_t size, size_t *count, void *user_data)
{
    store *from = user_data;
    assert_true(partition < MOST);
    test_stream *part = &from->parts[partition];
    assert_true(offset == 0 || offset == part->at);
    part->at = (size_t)offset;
    part->piece = from->piece;
    const int32_t value = answer(from) ? from->value : test_stream_read(data, size, count, part);
    *count = from->too_many ? size + 1 : *count;
    return value;
}

static void store_free(store *s)
{
    for (size_t p = 0; p < MOST; p++)
        test_stream_free(&s->parts[p]);
}

static ib_spool_options options_of(store *s, uint32_t partitions)
{
    ib_spool_options options;
    *s = (store){.last = SIZE_MAX};
    ib_spool_options_init(&options);
    options.partitions = partitions;
    options.memory = 1 << 20;
    options.write = store_write;
    options.read = store_read;
    options.user_data = s;
    return options;
}

/* A spool that has `bytes` for counters, which may be less than callers can ask for. */
static ib_spool *spool_of(ib_context *context, uint32_t type, size_t columns, uint32_t classes,
                          const ib_spool_options *options, size_t bytes)
{
    ib_spool *spool = NULL;
    assert_ok(context, ib_spool_create(context, type, columns, classes, options, &spool));
    if (bytes)
        spool->meter.limit = spool->meter.used + bytes;
    return spool;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

enum { ROWS = 6000, COLUMNS = 3 };

typedef struct rows {
    unsigned char codes[ROWS * COLUMNS * 8];
    uint32_t labels[ROWS];
    uint32_t type, classes;
} rows;

/* Many rows occur once, some often, one in every tenth place. Bytes are codes of any type: NaNs, zeros, anything. */
static void make(rows *r, uint32_t type, uint32_t classes, size_t kinds)
{
    static const size_t sizes[] = {0, 1, 2, 4, 8, 4, 4, 8};
    const size_t width = COLUMNS * sizes[type];
    r->type = type;
    r->classes = classes;
    memset(r->codes, 0, sizeof r->codes);
    for (size_t i = 0; i < ROWS; i++) {
        const uint64_t drawn = test_random_below(10) == 0 ? 7 : test_random_below(1 + test_random_below(kinds));
        const uint64_t spread = (drawn + 1) * UINT64_C(0x9e3779b97f4a7c15);
        memcpy(r->codes + i * width, &spread, width < 8 ? width : 8);
        r->labels[i] = (uint32_t)(test_random_below(4) ? drawn % classes : test_random_below(classes));
        if (test_random_below(50) == 0)
            r->labels[i] = IB_NO_LABEL;
    }
}

static ib_codes codes_of(const rows *r, size_t first, size_t n)
{
    static const size_t sizes[] = {0, 1, 2, 4, 8, 4, 4, 8};
    ib_codes codes;
    ib_codes_init(&codes, r->type, r->codes + first * COLUMNS * sizes[r->type], n, COLUMNS);
    codes.missing = r->type == IB_CODE_UINT16 || r->classes > 1 ? IB_MISSING_DROP : IB_MISSING_NONE;
    codes.missing_code = r->type == IB_CODE_UINT16 ? 0x7c15 : 9;
    return codes;
}

static void add_range(ib_context *context, ib_spool *spool, const rows *r, size_t first, size_t n)
{
    const ib_codes codes = codes_of(r, first, n);
    assert_ok(context, ib_spool_add(spool, &codes, r->classes > 1 ? r->labels + first : NULL));
}

#endif
