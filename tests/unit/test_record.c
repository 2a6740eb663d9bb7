/* What a run leaves, and that it comes back from bytes as it was, or not at all. */
#include "base/context.h"
#include "stream.h"

#include <stdlib.h>
#include <string.h>

enum { EPOCHS = 5, POINTS = 7, EXTENTS = 3, FRAME = 20, CHECKSUM = 8 };

static const ib_record_options seventh = {sizeof seventh, 0, 11, 7, 0xfeedfacecafebeef};

static ib_record *empty_record(ib_context *context, const ib_record_options *options)
{
    ib_record *record = NULL;
    assert_ok(context, ib_record_create(context, options, &record));
    return record;
}

static ib_epoch epoch_of(uint32_t number)
{
    const double x = number + 1.0;
    return (ib_epoch){sizeof(ib_epoch), number, x / 3, x / 5, x / 7, x / 11, x / 13, x / 17};
}

static ib_point point_of(uint32_t number)
{
    return (ib_point){number, number % 6 + 1, number % 3, 0, (uint64_t)1 << (9 * number % 64), number / 3.0, 1.0 / 3};
}

/* Of two layers. */
static ib_status add_extents(ib_record *record, ib_ranges *ranges, uint32_t number)
{
    for (size_t layer = 1; layer <= 2; layer++)
        IB_TRY(ib_ranges_set(ranges, layer, -(float)number / 3, (float)layer / 7));
    return ib_record_add_extents(record, number, ranges);
}

static ib_status fill_extents(ib_context *context, ib_record *record)
{
    ib_ranges *ranges = NULL;
    IB_TRY(ib_ranges_create(context, 2, &ranges));
    ib_status status = IB_OK;
    for (uint32_t i = 0; i < EXTENTS && status == IB_OK; i++)
        status = add_extents(record, ranges, i);
    ib_ranges_destroy(ranges);
    return status;
}

static ib_status fill(ib_context *context, ib_record *record)
{
    for (uint32_t attempt = 0; attempt < 2; attempt++) {
        for (uint32_t e = 0; e <= attempt; e++) {
            const ib_epoch epoch = epoch_of(e);
            IB_TRY(ib_record_add(record, &epoch));
        }
        IB_TRY(ib_record_restart(record));
    }
    for (uint32_t e = 0; e < EPOCHS; e++) {
        const ib_epoch epoch = epoch_of(e);
        IB_TRY(ib_record_add(record, &epoch));
    }
    for (uint32_t i = 0; i < POINTS; i++) {
        const ib_point point = point_of(i);
        IB_TRY(ib_plane_add(ib_record_plane(record), &point));
    }
    IB_TRY(fill_extents(context, record));
    return ib_record_set_outcome(record, IB_OUTCOME_BAD);
}

static ib_record *full_record(ib_context *context, const ib_record_options *options)
{
    ib_record *record = empty_record(context, options);
    assert_ok(context, fill(context, record));
    return record;
}

static void assert_full(ib_record *record)
{
    size_t count;
    const ib_restart *restarts = ib_record_restarts(record, &count);
    assert_int_equal(count, 2);
    for (uint32_t a = 0; a < 2; a++) {
        assert_int_equal(restarts[a].attempt, a);
        assert_int_equal(restarts[a].epoch, a);
        assert_true(restarts[a].accuracy == epoch_of(a).running_accuracy);
    }
    const ib_epoch *epochs = ib_record_epochs(record, &count);
    assert_int_equal(count, EPOCHS);
    for (uint32_t e = 0; e < EPOCHS; e++) {
        const ib_epoch expected = epoch_of(e);
        assert_memory_equal(&epochs[e], &expected, sizeof expected);
    }
    assert_int_equal(ib_plane_count(ib_record_plane(record)), POINTS);
    for (uint32_t i = 0; i < POINTS; i++) {
        const ib_point expected = point_of(i);
        assert_memory_equal(&ib_plane_points(ib_record_plane(record))[i], &expected, sizeof expected);
    }
    const ib_extent *extents = ib_record_extents(record, &count);
    assert_int_equal(count, 2 * EXTENTS);
    for (uint32_t i = 0; i < 2 * EXTENTS; i++) {
        const uint32_t epoch = i / 2, layer = i % 2 + 1;
        const ib_extent expected = {epoch, layer, -(float)epoch / 3, (float)layer / 7};
        assert_int_equal(extents[i].epoch, expected.epoch);
        assert_int_equal(extents[i].layer, expected.layer);
        assert_true(extents[i].min == expected.min && extents[i].max == expected.max);
    }
    assert_int_equal(ib_record_outcome(record), IB_OUTCOME_BAD);
}

static void assert_empty(ib_record *record)
{
    size_t count = 1;
    assert_null(ib_record_epochs(record, &count));
    assert_int_equal(count, 0);
    count = 1;
    assert_null(ib_record_restarts(record, &count));
    assert_int_equal(count, 0);
    assert_int_equal(ib_plane_count(ib_record_plane(record)), 0);
    count = 1;
    assert_null(ib_record_extents(record, &count));
    assert_int_equal(count, 0);
    assert_int_equal(ib_record_outcome(record), IB_OUTCOME_OPEN);
}

static test_stream saved(ib_context *context, ib_record *record)
{
    test_stream stream = {.size = 0};
    assert_ok(context, ib_record_write(record, test_stream_write, &stream));
    return stream;
}

static ib_status read_again(ib_record *record, test_stream *stream)
{
    stream->at = 0;
    return ib_record_read(record, test_stream_read, stream);
}

static void keeps_what_it_is_told(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_record *record = full_record(context, NULL);
    assert_full(record);
    assert_ok(context, ib_record_restart(record));
    assert_int_equal(ib_plane_count(ib_record_plane(record)), 0);
    assert_null(ib_record_epochs(record, NULL));
    size_t count;
    assert_null(ib_record_extents(record, NULL));
    assert_int_equal(ib_record_outcome(record), IB_OUTCOME_OPEN);
    assert_int_equal(ib_record_restarts(record, &count)[2].epoch, EPOCHS - 1);
    assert_int_equal(count, 3);
    ib_record_destroy(record);
    ib_context_destroy(context);
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_record *record = (ib_record *)context; /* anything but NULL */
    const ib_record_options reserved = {sizeof reserved, 1, 0, 0, 0};
    assert_fails(context, IB_ERR_UNSUPPORTED, "reserved", ib_record_create(context, &reserved, &record));
    assert_null(record);
    assert_int_equal(ib_record_create(NULL, NULL, &record), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "out", ib_record_create(context, NULL, NULL));
    record = empty_record(context, NULL);
    const ib_epoch second = epoch_of(1), first = epoch_of(0);
    assert_fails(context, IB_ERR_STATE, "expected 0, got 1", ib_record_add(record, &second));
    assert_fails(context, IB_ERR_STATE, "one epoch", ib_record_restart(record));
    assert_ok(context, ib_record_add(record, &first));
    assert_fails(context, IB_ERR_STATE, "expected 1, got 0", ib_record_add(record, &first));
    assert_fails(context, IB_ERR_ARG, "epoch", ib_record_add(record, NULL));
    assert_fails(context, IB_ERR_ARG, "write", ib_record_write(record, NULL, NULL));
    assert_fails(context, IB_ERR_ARG, "read", ib_record_read(record, NULL, NULL));
    assert_fails(context, IB_ERR_ARG, "ranges", ib_record_add_extents(record, 0, NULL));
    assert_fails(context, IB_ERR_ARG, "outcome", ib_record_set_outcome(record, 3));
    ib_ranges *ranges = NULL;
    assert_ok(context, ib_ranges_create(context, 2, &ranges));
    assert_ok(context, ib_ranges_set(ranges, 1, 0, 1));
    assert_fails(context, IB_ERR_STATE, "nothing in layer 2", ib_record_add_extents(record, 0, ranges));
    assert_null(ib_record_extents(record, NULL)); /* all layers or none */
    assert_int_equal(ib_record_add_extents(NULL, 0, ranges), IB_ERR_ARG);
    assert_int_equal(ib_record_set_outcome(NULL, 0), IB_ERR_ARG);
    assert_int_equal(ib_record_outcome(NULL), IB_OUTCOME_OPEN);
    assert_null(ib_record_get_options(NULL));
    ib_ranges_destroy(ranges);
    assert_int_equal(ib_record_add(NULL, &first), IB_ERR_ARG);
    assert_int_equal(ib_record_restart(NULL), IB_ERR_ARG);
    assert_int_equal(ib_record_write(NULL, test_stream_write, NULL), IB_ERR_ARG);
    assert_int_equal(ib_record_read(NULL, test_stream_read, NULL), IB_ERR_ARG);
    assert_null(ib_record_plane(NULL));
    size_t count = 1;
    assert_null(ib_record_epochs(NULL, &count));
    assert_int_equal(count, 0);
    assert_null(ib_record_restarts(NULL, NULL));
    ib_record_options_init(NULL);
    ib_record_destroy(NULL);
    ib_record_destroy(record);
    ib_context_destroy(context);
}

/* In one piece and byte by byte; several records follow each other; an empty one takes the place of a full one. */
static void comes_back(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_record *full = full_record(context, &seventh), *none = empty_record(context, &seventh);
    test_stream stream = saved(context, full);
    assert_ok(context, ib_record_write(none, test_stream_write, &stream));
    for (stream.piece = 0; stream.piece < 3; stream.piece++) {
        ib_record *other = empty_record(context, &seventh);
        ib_plane *plane = ib_record_plane(other);
        assert_ok(context, read_again(other, &stream));
        assert_full(other);
        assert_ptr_equal(ib_record_plane(other), plane);
        assert_ok(context, ib_record_read(other, test_stream_read, &stream));
        assert_empty(other);
        assert_int_equal(stream.at, stream.size);
        ib_record_destroy(other);
    }
    test_stream_free(&stream);
    ib_record_destroy(full);
    ib_record_destroy(none);
    ib_context_destroy(context);
}

/* docs/format.md: the frame, three numbers that must agree, and what there is of each kind. */
static void format(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_record *full = full_record(context, &seventh);
    test_stream stream = saved(context, full);
    const size_t body = 3 * 8 + 4 + (8 + 2 * 12) + (8 + EPOCHS * 48) + (8 + POINTS * 40) + (8 + 2 * EXTENTS * 16);
    assert_int_equal(stream.size, FRAME + body + CHECKSUM);
    static const unsigned char magic[8] = {0x89, 'i', 'b', 'r', '\r', '\n', 0x1a, '\n'};
    assert_memory_equal(stream.data, magic, sizeof magic);
    static const unsigned char seed[8] = {11}, run[8] = {7};
    assert_memory_equal(stream.data + FRAME, seed, sizeof seed);
    assert_memory_equal(stream.data + FRAME + 8, run, sizeof run);
    test_stream_free(&stream);
    ib_record_destroy(full);
    ib_context_destroy(context);
}

static void refuses_other_runs(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_record *full = full_record(context, &seventh);
    test_stream stream = saved(context, full);
    static const char *const names[] = {"seed", "run", "setting"};
    for (size_t i = 0; i < 3; i++) {
        ib_record_options other = seventh;
        *(i == 0 ? &other.seed : i == 1 ? &other.run : &other.setting) += 1;
        ib_record *record = full_record(context, &other);
        assert_fails(context, IB_ERR_STATE, names[i], read_again(record, &stream));
        assert_full(record);
        ib_record_destroy(record);
    }
    test_stream_free(&stream);
    ib_record_destroy(full);
    ib_context_destroy(context);
}

/* Each byte wrong, and each length too short: nothing is believed, and the record stays as it was. */
static void refuses_damage(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_record *full = full_record(context, &seventh), *record = full_record(context, &seventh);
    test_stream stream = saved(context, full);
    for (size_t i = 0; i < stream.size; i++) {
        stream.data[i] ^= (unsigned char)(1 + i % 255);
        assert_int_not_equal(read_again(record, &stream), IB_OK);
        stream.data[i] ^= (unsigned char)(1 + i % 255);
    }
    const size_t size = stream.size;
    for (stream.size = 0; stream.size < size; stream.size++)
        assert_fails(context, IB_ERR_IO, "end early", read_again(record, &stream));
    assert_full(record);
    assert_ok(context, read_again(record, &stream));
    test_stream_free(&stream);
    ib_record_destroy(full);
    ib_record_destroy(record);
    ib_context_destroy(context);
}

static ib_status write_and_read(ib_context *context, void *user_data)
{
    (void)user_data;
    ib_record *full = NULL, *other = NULL;
    test_stream stream = {.size = 0};
    ib_status status = ib_record_create(context, &seventh, &full);
    if (status == IB_OK)
        status = ib_record_create(context, &seventh, &other);
    if (status == IB_OK)
        status = fill(context, full);
    if (status == IB_OK)
        status = ib_record_write(full, test_stream_write, &stream);
    if (status == IB_OK) {
        status = read_again(other, &stream);
        if (status == IB_OK)
            assert_full(other);
        else
            assert_empty(other);
    }
    test_stream_free(&stream);
    ib_record_destroy(full);
    ib_record_destroy(other);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(write_and_read, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_it_is_told),
        cmocka_unit_test(refusals),
        cmocka_unit_test(comes_back),
        cmocka_unit_test(format),
        cmocka_unit_test(refuses_other_runs),
        cmocka_unit_test(refuses_damage),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
