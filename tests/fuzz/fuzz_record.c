/* Saved records: what is read is saved to bytes that are read to the same. */
#include "fuzz.h"

#include <string.h>

static ib_context *context;

static ib_record *create(void)
{
    static const ib_record_options options = {sizeof options, 0, 11, 7, 0xfeedfacecafebeef};
    ib_record *record;
    fuzz_expect(ib_record_create(context, &options, &record) == IB_OK, "a record");
    return record;
}

static test_stream save(ib_record *record)
{
    test_stream to = {.size = 0};
    fuzz_expect(ib_record_write(record, test_stream_write, &to) == IB_OK, "a record can be saved");
    return to;
}

/* Some of all that a record holds. */
static test_stream make(void)
{
    ib_record *record = create();
    ib_ranges *ranges;
    fuzz_expect(ib_ranges_create(context, 2, &ranges) == IB_OK, "ranges");
    for (uint32_t i = 0; i < 8; i++) {
        const uint32_t e = i < 3 ? i : i - 3;
        const ib_epoch epoch = {sizeof epoch, e, 1, 0.5, 0.25, 0.5, 0.75, 1};
        const ib_point point = {e, e + 1, 0, 0, 3, 0.5, 0.25};
        fuzz_expect(ib_record_add(record, &epoch) == IB_OK, "an epoch");
        fuzz_expect(ib_plane_add(ib_record_plane(record), &point) == IB_OK, "a point");
        for (size_t l = 1; l <= 2; l++)
            fuzz_expect(ib_ranges_set(ranges, l, -1, (float)l) == IB_OK, "a range");
        fuzz_expect(ib_record_add_extents(record, e, ranges) == IB_OK, "extents");
        fuzz_expect(i != 2 || ib_record_restart(record) == IB_OK, "a restart");
    }
    test_stream saved = save(record);
    ib_ranges_destroy(ranges);
    ib_record_destroy(record);
    return saved;
}

static void check(ib_record *record)
{
    ib_record *second = create();
    test_stream once = save(record);
    fuzz_expect(ib_record_read(second, test_stream_read, &once) == IB_OK, "what was saved can be read");
    test_stream twice = save(second);
    fuzz_expect(once.size == twice.size && memcmp(once.data, twice.data, once.size) == 0, "the same bytes");
    test_stream_free(&once);
    test_stream_free(&twice);
    ib_record_destroy(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_expect(ib_context_create(NULL, &context) == IB_OK, "a context");
    test_stream saved = make(), input = fuzz_saved(&saved, data, size);
    ib_record *record = create();
    if (ib_record_read(record, test_stream_read, &input) == IB_OK)
        check(record);
    ib_record_destroy(record);
    test_stream_free(&input);
    test_stream_free(&saved);
    ib_context_destroy(context);
    return 0;
}
