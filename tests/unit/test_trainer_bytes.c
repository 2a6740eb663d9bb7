/* Saved trainers that are damaged, cut short or foreign are refused, and leave the trainer that reads them as it was.
 * What is saved today is what was saved when the format was fixed. */
#include "small_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FRAME = 20, CHECKSUM = 8 };

/* A checksum that holds, by another call than the library makes. */
static void seal(test_stream *saved)
{
    const size_t body = saved->size - CHECKSUM;
    const uint64_t hash = XXH3_64bits(saved->data, body);
    for (size_t i = 0; i < CHECKSUM; i++)
        saved->data[body + i] = (unsigned char)(hash >> 8 * i);
}

static void any_byte_changed(void **state)
{
    (void)state;
    const test_setting s = test_standard();
    test_place p = test_arrive(&s);
    assert_ok(p.context, ib_trainer_step(p.trainer));
    test_stream saved = test_two_epochs(), before = test_saved(p.context, p.trainer);
    for (size_t i = 0; i < saved.size; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            saved.data[i] = (unsigned char)(saved.data[i] ^ 1u << bit);
            assert_fails(p.context, IB_ERR_IO, "saved bytes", test_read(p.trainer, &saved));
            saved.data[i] = (unsigned char)(saved.data[i] ^ 1u << bit);
        }
        test_assert_saves(p.context, p.trainer, &before);
    }
    assert_ok(p.context, test_read(p.trainer, &saved));
    test_assert_saves(p.context, p.trainer, &saved);
    test_stream_free(&before);
    test_stream_free(&saved);
    test_leave_all(&p);
}

static void cut_anywhere(void **state)
{
    (void)state;
    const test_setting s = test_standard();
    test_place p = test_arrive(&s);
    test_stream saved = test_two_epochs(), before = test_saved(p.context, p.trainer);
    const size_t size = saved.size;
    for (saved.size = 0; saved.size < size; saved.size++)
        assert_fails(p.context, IB_ERR_IO, "end early", test_read(p.trainer, &saved));
    test_assert_saves(p.context, p.trainer, &before);
    test_stream_free(&before);
    test_stream_free(&saved);
    test_leave_all(&p);
}

static void foreign(void **state)
{
    (void)state;
    const test_setting s = test_standard();
    test_place p = test_arrive(&s);
    static unsigned char text[] = "epoch,layer,measure,states,i_xt,i_ty\n0,1,state,43,5.2,0.9\n";
    static unsigned char zeros[4096];
    test_stream stream = {.data = text, .size = sizeof text};
    test_refused(&p, &stream, IB_ERR_IO, "expected a trainer of libib");
    stream = (test_stream){.data = zeros, .size = sizeof zeros};
    test_refused(&p, &stream, IB_ERR_IO, "expected a trainer of libib");
    test_leave_all(&p);
}

/* A checksum that holds vouches for nothing. Places are those of docs/format.md. */
static void sealed_nonsense(void **state)
{
    (void)state;
    const test_setting s = test_standard();
    test_place p = test_arrive(&s);
    test_stream saved = test_two_epochs();
    const size_t parameters = ib_network_parameter_count(p.network), range_bytes = 12;
    const size_t ranges = saved.size - CHECKSUM - 2 * range_bytes;
    const size_t progress = ranges - 4 * (3 * parameters) - 3 * 8 - (3 * 4 + 4 * 8);
    struct {
        size_t at;
        unsigned char value;
        ib_status status;
        const char *words;
    } nonsense[] = {
        {8, 2, IB_ERR_UNSUPPORTED, "format of a saved trainer: expected version 1, got 2"},
        {11, 1, IB_ERR_UNSUPPORTED, "expected version 1, got 16777217"},
        {FRAME, 2, IB_ERR_UNSUPPORTED, "bits of results: expected 1, got 2"},
        {progress, 0, IB_ERR_IO, "epochs of the prefit cannot be 0"},
        {progress, 2, IB_ERR_IO, "epochs of the prefit cannot be 2"},
        {progress + 8, 2, IB_ERR_IO, "reported cannot be 2"},
        {ranges, 4, IB_ERR_IO, "flags of a range cannot be 4"},
        {ranges + 3, 1, IB_ERR_IO, "flags of a range cannot be"},
        {ranges + 7, 0x7f, IB_ERR_IO, "a range cannot be"},
        {ranges + range_bytes + 11, 0xff, IB_ERR_IO, "a range cannot be"},
    };
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        unsigned char *byte = saved.data + nonsense[i].at, true_byte = *byte, next = byte[-1];
        *byte = nonsense[i].value;
        if (nonsense[i].value >= 0x7f) /* an exponent of all ones */
            byte[-1] = 0x80;
        seal(&saved);
        test_refused(&p, &saved, nonsense[i].status, nonsense[i].words);
        *byte = true_byte;
        byte[-1] = next;
    }
    seal(&saved);
    assert_ok(p.context, test_read(p.trainer, &saved));
    test_stream_free(&saved);
    test_leave_all(&p);
}

/* A body that is shorter or longer than its fields. */
static void sealed_of_other_size(void **state)
{
    (void)state;
    const test_setting s = test_standard();
    test_place p = test_arrive(&s);
    test_stream saved = test_two_epochs();
    const size_t body = saved.size - FRAME - CHECKSUM;
    for (size_t change = 1; change <= 3000; change = change * 3 + 1) {
        test_stream longer = {.data = test_zeros(saved.size + change, 1), .size = saved.size + change};
        memcpy(longer.data, saved.data, saved.size - CHECKSUM);
        for (size_t i = 0; i < 8; i++)
            longer.data[12 + i] = (unsigned char)((body + change) >> 8 * i);
        seal(&longer);
        test_refused(&p, &longer, IB_ERR_IO, "expected no field more");
        test_stream_free(&longer);
        if (change > body)
            continue;
        test_stream shorter = {.data = test_zeros(saved.size - change, 1), .size = saved.size - change};
        memcpy(shorter.data, saved.data, shorter.size - CHECKSUM);
        for (size_t i = 0; i < 8; i++)
            shorter.data[12 + i] = (unsigned char)((body - change) >> 8 * i);
        seal(&shorter);
        test_refused(&p, &shorter, IB_ERR_IO, "expected more fields");
        test_stream_free(&shorter);
    }
    test_stream_free(&saved);
    test_leave_all(&p);
}

/* Two runs one after the other in one stream, given in pieces of any size. */
static void several_in_a_stream(void **state)
{
    (void)state;
    const test_setting s = test_standard();
    test_place p = test_arrive(&s);
    test_stream both = {.size = 0};
    assert_ok(p.context, ib_trainer_run(p.trainer, 1));
    assert_ok(p.context, ib_trainer_write(p.trainer, test_stream_write, &both));
    const size_t first = both.size;
    assert_ok(p.context, ib_trainer_run(p.trainer, 3));
    assert_ok(p.context, ib_trainer_write(p.trainer, test_stream_write, &both));
    for (size_t piece = 0; piece < 1200; piece = piece * 2 + 1) {
        both.at = 0;
        both.piece = piece;
        assert_ok(p.context, ib_trainer_read(p.trainer, test_stream_read, &both));
        assert_int_equal(ib_trainer_epoch(p.trainer), 1);
        assert_int_equal(both.at, first);
        assert_ok(p.context, ib_trainer_read(p.trainer, test_stream_read, &both));
        assert_int_equal(ib_trainer_epoch(p.trainer), 3);
        assert_int_equal(both.at, both.size);
    }
    test_stream_free(&both);
    test_leave_all(&p);
}

/* Callbacks that end the call at their n-th turn. */
typedef struct ending {
    size_t turns;
    int32_t answer;
    test_stream *stream;
} ending;

static int32_t stop_writing(const void *data, size_t size, void *user_data)
{
    ending *when = user_data;
    (void)data, (void)size;
    return when->turns-- ? 0 : when->answer;
}

static int32_t stop_reading(void *data, size_t size, size_t *count, void *user_data)
{
    ending *when = user_data;
    test_stream_read(data, size, count, when->stream);
    return when->turns-- ? 0 : when->answer;
}

static int32_t give_too_many(void *data, size_t size, size_t *count, void *user_data)
{
    (void)data, (void)user_data;
    *count = size + 1;
    return 0;
}

static void callbacks_end_it(void **state)
{
    (void)state;
    const test_setting s = test_standard();
    test_place p = test_arrive(&s);
    test_stream saved = test_two_epochs(), before = test_saved(p.context, p.trainer);
    saved.piece = 100;
    for (size_t turns = 0; turns < 3; turns++) {
        ending when = {turns, 9, &saved};
        saved.at = 0;
        assert_int_equal(ib_trainer_read(p.trainer, stop_reading, &when), IB_STOPPED);
        assert_int_equal(ib_context_callback_value(p.context), 9);
        when = (ending){turns, -9, &saved};
        saved.at = 0;
        assert_fails(p.context, IB_ERR_CALLBACK, "read callback failed with -9",
                     ib_trainer_read(p.trainer, stop_reading, &when));
        test_assert_saves(p.context, p.trainer, &before);
    }
    for (size_t turns = 0; turns < 2; turns++) {
        ending when = {turns, 9, NULL};
        assert_int_equal(ib_trainer_write(p.trainer, stop_writing, &when), IB_STOPPED);
        assert_string_equal(ib_context_message(p.context), "");
        when = (ending){turns, -9, NULL};
        assert_fails(p.context, IB_ERR_CALLBACK, "write callback failed with -9",
                     ib_trainer_write(p.trainer, stop_writing, &when));
    }
    assert_fails(p.context, IB_ERR_RANGE, "at most 20 bytes, got 21", ib_trainer_read(p.trainer, give_too_many, NULL));
    test_assert_saves(p.context, p.trainer, &before);
    test_stream_free(&before);
    test_stream_free(&saved);
    test_leave_all(&p);
}

static ib_status life(ib_context *context, void *user_data)
{
    test_setting s = test_standard();
    test_place p;
    s.use_sgd = user_data != NULL;
    ib_status status = test_arrive_in(context, s, &p);
    if (status == IB_OK)
        status = ib_trainer_run(p.trainer, 2);
    test_stream saved = {.size = 0};
    if (status == IB_OK)
        status = ib_trainer_write(p.trainer, test_stream_write, &saved);
    if (status == IB_OK)
        status = ib_trainer_step(p.trainer);
    if (status == IB_OK && test_read(p.trainer, &saved) != IB_OK) {
        status = IB_ERR_NOMEM;
        assert_int_equal(ib_trainer_epoch(p.trainer), 3);
    } else if (status == IB_OK) {
        assert_int_equal(ib_trainer_epoch(p.trainer), 2);
    }
    test_stream_free(&saved);
    test_leave(&p);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(life, NULL);
    test_every_failed_allocation(life, (void *)"SGD");
}

/* Saving takes no memory; reading that finds none changes nothing. */
static void without_memory(void **state)
{
    (void)state;
    test_memory memory;
    ib_context *context = test_context(&memory);
    test_place p;
    assert_ok(context, test_arrive_in(context, test_standard(), &p));
    test_stream saved = test_two_epochs(), before = test_saved(context, p.trainer);
    for (size_t n = 0; n < 4; n++) { /* parameters, two moments, ranges */
        memory.refuse_after = n;
        assert_fails(context, IB_ERR_NOMEM, "memory", test_read(p.trainer, &saved));
        memory.refuse_after = 0;
        test_assert_saves(context, p.trainer, &before);
    }
    memory.refuse_after = SIZE_MAX;
    assert_ok(context, test_read(p.trainer, &saved));
    test_stream_free(&saved);
    test_stream_free(&before);
    test_leave(&p);
    ib_context_destroy(context);
    assert_int_equal(memory.live, 0);
}

/* The file was saved by libib when the format was fixed, with kernels that fuse. If LIBIB_TEST_WRITE is set it is saved
 * anew, for a new version of the format or of the bits. */
static void as_ever(void **state)
{
    (void)state;
    const test_setting s = test_standard();
    test_place p = test_arrive(&s);
    test_stream saved = test_two_epochs(), kept = {.data = test_zeros(1, 4096)};
    FILE *file = fopen(GOLDEN_DIR "/trainer.bin", getenv("LIBIB_TEST_WRITE") ? "w+b" : "rb");
    assert_non_null(file);
    if (getenv("LIBIB_TEST_WRITE"))
        assert_int_equal(fwrite(saved.data, 1, saved.size, file), saved.size);
    rewind(file);
    kept.size = fread(kept.data, 1, 4096, file);
    fclose(file);
    const int comparable = test_fused(p.context) && !getenv("LIBIB_TEST_VALGRIND");
    if (comparable) {
        assert_ok(p.context, test_read(p.trainer, &kept));
        test_assert_saves(p.context, p.trainer, &kept);
        assert_int_equal(saved.size, kept.size);
        assert_memory_equal(saved.data, kept.data, kept.size);
    }
    test_stream_free(&saved);
    test_stream_free(&kept);
    test_leave_all(&p);
    if (!comparable)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_byte_changed),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(foreign),
        cmocka_unit_test(sealed_nonsense),
        cmocka_unit_test(sealed_of_other_size),
        cmocka_unit_test(several_in_a_stream),
        cmocka_unit_test(callbacks_end_it),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(as_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
