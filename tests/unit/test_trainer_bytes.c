/* Saved trainers that are damaged, cut short, foreign, or of another run are refused, and leave the trainer that reads
 * them as it was. What is saved today is what was saved when the format was fixed. */
#include "nn.h"
#include "stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum { BITS = 4, ROWS = 16, TEST_ROWS = 5, FRAME = 20, CHECKSUM = 8 };

/* Everything by which a run may differ from another. */
typedef struct setting {
    ib_train_options train;
    ib_adam_options adam;
    ib_sgd_options sgd;
    ib_layer_options layers[2];
    ib_quant_options activations, weights;
    uint32_t bits, test_rows;
    int use_sgd, odd;
} setting;

typedef struct place {
    ib_context *context;
    ib_dataset *dataset;
    ib_split *split;
    ib_network *network;
    ib_trainer *trainer;
} place;

static setting standard(void)
{
    setting s = {.bits = BITS, .test_rows = TEST_ROWS};
    ib_train_options_init(&s.train);
    s.train.batch = 4;
    s.train.seed = 0xfedcba9876543210;
    s.train.run = 6;
    s.train.attempt = 2;
    s.train.prefit_epochs = 1;
    ib_adam_options_init(&s.adam);
    ib_sgd_options_init(&s.sgd);
    s.layers[0] = test_layer_options(3, IB_ACTIVATION_TANH);
    s.layers[1] = test_layer_options(2, IB_ACTIVATION_SOFTMAX);
    s.activations = test_quant_options(6, IB_GRID_UNIFORM, IB_RANGE_EPOCH);
    s.weights = test_quant_options(7, IB_GRID_NUDGED, IB_RANGE_LAST);
    return s;
}

static int32_t odd(uint32_t pattern, uint32_t bits, uint32_t *label, void *user_data)
{
    (void)bits, (void)user_data;
    *label = pattern & 1;
    return 0;
}

static int32_t half(uint32_t pattern, uint32_t bits, uint32_t *label, void *user_data)
{
    (void)user_data;
    *label = pattern >> (bits - 1);
    return 0;
}

static ib_status arrive_network(place *p, setting *s)
{
    s->layers[0].activations = &s->activations;
    s->layers[1].weights = &s->weights;
    ib_status status = ib_network_create(p->context, s->bits, &p->network);
    for (size_t l = 0; l < 2 && status == IB_OK; l++)
        status = ib_network_add_layer(p->network, &s->layers[l]);
    return status;
}

/* All that a trainer needs, and the trainer; also where memory ends somewhere. */
static ib_status arrive_with(ib_context *context, setting s, place *p)
{
    static const uint32_t test_rows[] = {1, 4, 7, 10, 13, 14};
    *p = (place){.context = context};
    ib_status status = arrive_network(p, &s);
    if (status == IB_OK)
        status = ib_dataset_create_patterns(context, s.bits, 2, s.odd ? odd : half, NULL, &p->dataset);
    if (status == IB_OK)
        status = ib_split_create(context, (size_t)1 << s.bits, test_rows, s.test_rows, &p->split);
    s.train.sgd = s.use_sgd ? &s.sgd : NULL;
    s.train.adam = s.use_sgd ? NULL : &s.adam;
    if (status == IB_OK)
        status = ib_trainer_create(p->network, p->dataset, p->split, &s.train, &p->trainer);
    return status;
}

static void leave(place *p)
{
    ib_trainer_destroy(p->trainer);
    ib_network_destroy(p->network);
    ib_split_destroy(p->split);
    ib_dataset_destroy(p->dataset);
}

static place arrive(const setting *s)
{
    place p;
    ib_context *context = test_context(NULL);
    assert_ok(context, arrive_with(context, *s, &p));
    return p;
}

static void leave_all(place *p)
{
    leave(p);
    ib_context_destroy(p->context);
}

/* The standard run after two epochs. */
static test_stream two_epochs(void)
{
    const setting s = standard();
    place p = arrive(&s);
    assert_ok(p.context, ib_trainer_run(p.trainer, 2));
    test_stream saved = test_saved(p.context, p.trainer);
    leave_all(&p);
    return saved;
}

/* A checksum that holds, by another call than the library makes. */
static void seal(test_stream *saved)
{
    const size_t body = saved->size - CHECKSUM;
    const uint64_t hash = XXH3_64bits(saved->data, body);
    for (size_t i = 0; i < CHECKSUM; i++)
        saved->data[body + i] = (unsigned char)(hash >> 8 * i);
}

static void refused(place *p, test_stream *saved, ib_status status, const char *words)
{
    test_stream before = test_saved(p->context, p->trainer);
    const uint32_t epoch = ib_trainer_epoch(p->trainer);
    assert_fails(p->context, status, words, test_read(p->trainer, saved));
    assert_int_equal(ib_trainer_epoch(p->trainer), epoch);
    test_assert_saves(p->context, p->trainer, &before);
    test_stream_free(&before);
}

static void any_byte_changed(void **state)
{
    (void)state;
    const setting s = standard();
    place p = arrive(&s);
    assert_ok(p.context, ib_trainer_step(p.trainer));
    test_stream saved = two_epochs(), before = test_saved(p.context, p.trainer);
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
    leave_all(&p);
}

static void cut_anywhere(void **state)
{
    (void)state;
    const setting s = standard();
    place p = arrive(&s);
    test_stream saved = two_epochs(), before = test_saved(p.context, p.trainer);
    const size_t size = saved.size;
    for (saved.size = 0; saved.size < size; saved.size++)
        assert_fails(p.context, IB_ERR_IO, "end early", test_read(p.trainer, &saved));
    test_assert_saves(p.context, p.trainer, &before);
    test_stream_free(&before);
    test_stream_free(&saved);
    leave_all(&p);
}

static void foreign(void **state)
{
    (void)state;
    const setting s = standard();
    place p = arrive(&s);
    static unsigned char text[] = "epoch,layer,measure,states,i_xt,i_ty\n0,1,state,43,5.2,0.9\n";
    static unsigned char zeros[4096];
    test_stream stream = {.data = text, .size = sizeof text};
    refused(&p, &stream, IB_ERR_IO, "expected a trainer of libib");
    stream = (test_stream){.data = zeros, .size = sizeof zeros};
    refused(&p, &stream, IB_ERR_IO, "expected a trainer of libib");
    leave_all(&p);
}

/* A checksum that holds vouches for nothing. Places are those of docs/format.md. */
static void sealed_nonsense(void **state)
{
    (void)state;
    const setting s = standard();
    place p = arrive(&s);
    test_stream saved = two_epochs();
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
        refused(&p, &saved, nonsense[i].status, nonsense[i].words);
        *byte = true_byte;
        byte[-1] = next;
    }
    seal(&saved);
    assert_ok(p.context, test_read(p.trainer, &saved));
    test_stream_free(&saved);
    leave_all(&p);
}

/* A body that is shorter or longer than its fields. */
static void sealed_of_other_size(void **state)
{
    (void)state;
    const setting s = standard();
    place p = arrive(&s);
    test_stream saved = two_epochs();
    const size_t body = saved.size - FRAME - CHECKSUM;
    for (size_t change = 1; change <= 3000; change = change * 3 + 1) {
        test_stream longer = {.data = test_zeros(saved.size + change, 1), .size = saved.size + change};
        memcpy(longer.data, saved.data, saved.size - CHECKSUM);
        for (size_t i = 0; i < 8; i++)
            longer.data[12 + i] = (unsigned char)((body + change) >> 8 * i);
        seal(&longer);
        refused(&p, &longer, IB_ERR_IO, "expected no field more");
        test_stream_free(&longer);
        if (change > body)
            continue;
        test_stream shorter = {.data = test_zeros(saved.size - change, 1), .size = saved.size - change};
        memcpy(shorter.data, saved.data, shorter.size - CHECKSUM);
        for (size_t i = 0; i < 8; i++)
            shorter.data[12 + i] = (unsigned char)((body - change) >> 8 * i);
        seal(&shorter);
        refused(&p, &shorter, IB_ERR_IO, "expected more fields");
        test_stream_free(&shorter);
    }
    test_stream_free(&saved);
    leave_all(&p);
}

static void expect(const setting *s, ib_status status, const char *words)
{
    test_stream saved = two_epochs();
    place p = arrive(s);
    refused(&p, &saved, status, words);
    test_stream_free(&saved);
    leave_all(&p);
}

/* Whatever differs is named, with what was expected and what was found. */
#define DIFFERS(change, status, words)                                                                                 \
    do {                                                                                                               \
        setting s = standard();                                                                                        \
        change;                                                                                                        \
        expect(&s, status, words);                                                                                     \
    } while (0)

static void of_another_run(void **state)
{
    (void)state;
    DIFFERS(s.train.seed = 7, IB_ERR_STATE, "seed: expected 7, got 18364758544493064720");
    DIFFERS(s.train.run = 7, IB_ERR_STATE, "run: expected 7, got 6");
    DIFFERS(s.train.attempt = 0, IB_ERR_STATE, "attempt: expected 0, got 2");
    DIFFERS(s.train.batch = 5, IB_ERR_STATE, "batch: expected 5, got 4");
    DIFFERS(s.train.prefit_epochs = 2, IB_ERR_STATE, "prefit_epochs: expected 2, got 1");
    DIFFERS(s.train.prefit_reset = 3, IB_ERR_STATE, "prefit_reset: expected 3, got 0");
    DIFFERS(s.use_sgd = 1, IB_ERR_STATE, "optimiser (0: Adam, 1: SGD): expected 1, got 0");
    DIFFERS(s.adam.rate = 0.5, IB_ERR_STATE, "rate: expected 0.5, got 0.0001");
    DIFFERS(s.adam.beta1 = 0.5, IB_ERR_STATE, "beta1: expected 0.5, got 0.9");
    DIFFERS(s.adam.beta2 = 0.5, IB_ERR_STATE, "beta2: expected 0.5, got 0.999");
    DIFFERS(s.adam.epsilon = 1, IB_ERR_STATE, "epsilon: expected 1, got 9.99");
    DIFFERS(s.adam.epsilon_place = 1, IB_ERR_STATE, "epsilon_place: expected 1, got 0");
}

static void of_another_network(void **state)
{
    (void)state;
    DIFFERS(s.layers[0].width = 4, IB_ERR_SHAPE, "layer 1 width: expected 4, got 3");
    DIFFERS(s.layers[0].activation = IB_ACTIVATION_RELU, IB_ERR_STATE, "layer 1 activation: expected 2, got 1");
    DIFFERS(s.layers[1].init = 2, IB_ERR_STATE, "layer 2 init: expected 2, got 0");
    DIFFERS(s.layers[1].constant = 0.5f, IB_ERR_STATE, "layer 2 constant: expected 0.5, got 0");
    DIFFERS(s.layers[0].quantise_at = 1, IB_ERR_STATE, "layer 1 quantise_at: expected 1, got 0");
    DIFFERS(s.activations.bits = 5, IB_ERR_STATE, "layer 1 bits (0: no quantiser): expected 5, got 6");
    DIFFERS(s.activations.grid = 1, IB_ERR_STATE, "layer 1 grid: expected 1, got 0");
    DIFFERS(s.activations.range = IB_RANGE_ALL, IB_ERR_STATE, "layer 1 range: expected 4, got 0");
    DIFFERS(s.weights.decay = 0.5, IB_ERR_STATE, "layer 2 decay: expected 0.5, got 0.999");
    DIFFERS(s.weights.initial_min = -1, IB_ERR_STATE, "layer 2 initial_min: expected -1, got 0");
    DIFFERS(s.weights.initial_max = 1, IB_ERR_STATE, "layer 2 initial_max: expected 1, got 0");
    DIFFERS(s.weights.per_channel = 1, IB_ERR_STATE, "layer 2 per_channel: expected 1, got 0");
}

static void on_other_data(void **state)
{
    (void)state;
    DIFFERS(s.bits = 5, IB_ERR_SHAPE, "rows of the data set: expected 32, got 16");
    DIFFERS(s.test_rows = 6, IB_ERR_SHAPE, "training rows: expected 10, got 11");
    DIFFERS(s.odd = 1, IB_ERR_STATE, "hash of data set and split: expected");
}

/* Of a run with SGD: other fields, and their differences. */
static void of_another_descent(void **state)
{
    (void)state;
    setting s = standard();
    s.use_sgd = 1;
    place p = arrive(&s);
    assert_ok(p.context, ib_trainer_run(p.trainer, 1));
    test_stream saved = test_saved(p.context, p.trainer);
    leave_all(&p);
    s.sgd.momentum = 0.5;
    p = arrive(&s);
    refused(&p, &saved, IB_ERR_STATE, "momentum: expected 0.5, got 0");
    leave_all(&p);
    s.sgd.rate = 0.5;
    p = arrive(&s);
    refused(&p, &saved, IB_ERR_STATE, "rate: expected 0.5, got 0.01");
    leave_all(&p);
    test_stream_free(&saved);
}

/* Two runs one after the other in one stream, given in pieces of any size. */
static void several_in_a_stream(void **state)
{
    (void)state;
    const setting s = standard();
    place p = arrive(&s);
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
    leave_all(&p);
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
    const setting s = standard();
    place p = arrive(&s);
    test_stream saved = two_epochs(), before = test_saved(p.context, p.trainer);
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
    leave_all(&p);
}

static ib_status life(ib_context *context, void *user_data)
{
    setting s = standard();
    place p;
    s.use_sgd = user_data != NULL;
    ib_status status = arrive_with(context, s, &p);
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
    leave(&p);
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
    place p;
    assert_ok(context, arrive_with(context, standard(), &p));
    test_stream saved = two_epochs(), before = test_saved(context, p.trainer);
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
    leave(&p);
    ib_context_destroy(context);
    assert_int_equal(memory.live, 0);
}

/* The file was saved by libib when the format was fixed, with kernels that fuse. With LIBIB_TEST_WRITE set it is written
 * anew, for a new version of the format or of the bits. */
static void as_ever(void **state)
{
    (void)state;
    const setting s = standard();
    place p = arrive(&s);
    test_stream saved = two_epochs(), kept = {.data = test_zeros(1, 4096)};
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
    leave_all(&p);
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
        cmocka_unit_test(of_another_run),
        cmocka_unit_test(of_another_network),
        cmocka_unit_test(on_other_data),
        cmocka_unit_test(of_another_descent),
        cmocka_unit_test(several_in_a_stream),
        cmocka_unit_test(callbacks_end_it),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(as_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
