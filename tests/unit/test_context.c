#include "support.h"

#include "base/context.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The last line that a log received, and how many there were. */
typedef struct journal {
    int lines;
    int32_t level;
    char line[512];
} journal;

static void keep_line(int32_t level, const char *message, void *user_data)
{
    journal *kept = user_data;
    if (level != IB_LOG_ERROR)
        return;
    kept->lines++;
    kept->level = level;
    snprintf(kept->line, sizeof kept->line, "%s", message);
}

static ib_context_options logging_to(journal *kept)
{
    ib_context_options options;
    ib_context_options_init(&options);
    options.log = keep_line;
    options.log_data = kept;
    return options;
}

static void *plain_alloc(size_t size, void *user_data)
{
    (void)user_data;
    return malloc(size);
}

static void plain_free(void *memory, void *user_data)
{
    (void)user_data;
    free(memory);
}

static void *no_memory(size_t size, void *user_data)
{
    (void)size, (void)user_data;
    return NULL;
}

static void init_writes_the_defaults(void **state)
{
    (void)state;
    ib_context_options options;
    memset(&options, 0xff, sizeof options);
    ib_context_options_init(&options);
    assert_int_equal(options.struct_size, sizeof options);
    assert_int_equal(options.kernels, IB_KERNELS_AUTO);
    assert_true(!options.alloc && !options.free && !options.alloc_data && !options.log && !options.log_data);
    ib_context_options_init(NULL);
}

static void defaults(void **state)
{
    (void)state;
    ib_context *context = (ib_context *)state;
    assert_int_equal(ib_context_create(NULL, &context), IB_OK);
    assert_non_null(context);
    assert_string_equal(ib_context_message(context), "");
    assert_int_equal(ib_context_callback_value(context), 0);
    assert_int_not_equal(strlen(ib_context_kernels(context)), 0);
    ib_context_destroy(context);
    assert_int_equal(ib_context_create(NULL, NULL), IB_ERR_ARG);
}

static void null_context(void **state)
{
    (void)state;
    ib_context_destroy(NULL);
    assert_string_equal(ib_context_message(NULL), "context is NULL");
    assert_int_equal(ib_context_callback_value(NULL), 0);
    assert_string_equal(ib_context_kernels(NULL), "");
}

static void allocator_is_whole_or_absent(void **state)
{
    (void)state;
    journal kept = {0};
    ib_context_options options = logging_to(&kept);
    ib_context *context = (ib_context *)state;
    options.alloc = plain_alloc;
    assert_int_equal(ib_context_create(&options, &context), IB_ERR_ARG);
    assert_null(context);
    assert_non_null(strstr(kept.line, "only alloc"));
    options.alloc = NULL;
    options.free = plain_free;
    assert_int_equal(ib_context_create(&options, &context), IB_ERR_ARG);
    assert_null(context);
    assert_non_null(strstr(kept.line, "only free"));
    assert_int_equal(kept.lines, 2);
    options.alloc = plain_alloc;
    assert_int_equal(ib_context_create(&options, &context), IB_OK);
    assert_int_equal(kept.lines, 2);
    ib_context_destroy(context);
}

static void no_memory_for_a_context(void **state)
{
    (void)state;
    journal kept = {0};
    ib_context_options options = logging_to(&kept);
    options.alloc = no_memory;
    options.free = plain_free;
    ib_context *context = (ib_context *)state;
    assert_int_equal(ib_context_create(&options, &context), IB_ERR_NOMEM);
    assert_null(context);
    assert_string_equal(kept.line, "out of memory");
}

static void all_memory_is_the_callers(void **state)
{
    (void)state;
    test_memory memory;
    ib_context *context = test_context(&memory);
    assert_int_equal(memory.live, 1);
    ib_rng *rng;
    assert_ok(context, ib_rng_create(context, 1, 0, &rng));
    assert_int_equal(memory.live, 2);
    ib_rng_destroy(rng);
    assert_int_equal(memory.live, 1);
    ib_context_destroy(context);
    assert_int_equal(memory.live, 0);
}

/* Every order in which a context and three of its objects may go; each object stays usable until its turn. */
static void any_order_of_destruction(void **state)
{
    (void)state;
    for (int order = 0; order < 4 * 4 * 4 * 4; order++) {
        int turn[4] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3};
        if ((1 << turn[0] | 1 << turn[1] | 1 << turn[2] | 1 << turn[3]) != 15)
            continue;
        test_memory memory;
        ib_context *context = test_context(&memory);
        ib_rng *rng;
        ib_tensor *tensor;
        ib_split *split;
        assert_ok(context, ib_rng_create(context, 1, 0, &rng));
        assert_ok(context, ib_tensor_create(context, 1, (const size_t[]){3}, &tensor));
        assert_ok(context, ib_split_create(context, 3, NULL, 0, &split));
        for (int i = 0; i < 4; i++) {
            uint32_t rows[3];
            switch (turn[i]) {
            case 0:
                ib_context_destroy(context);
                break;
            case 1:
                assert_int_equal(ib_rng_shuffle(rng, NULL, 1), IB_ERR_ARG); /* writes the message of the context */
                assert_int_equal(ib_rng_shuffle(rng, rows, 0), IB_OK);
                ib_rng_destroy(rng);
                break;
            case 2:
                assert_int_equal(ib_tensor_copy(NULL, tensor), IB_ERR_ARG);
                ib_tensor_destroy(tensor);
                break;
            default:
                assert_int_equal(ib_split_order(split, NULL, rows), IB_ERR_ARG);
                ib_split_destroy(split);
            }
        }
        assert_int_equal(memory.live, 0);
    }
}

static void message_and_log_of_a_failure(void **state)
{
    (void)state;
    journal kept = {0};
    ib_context_options options = logging_to(&kept);
    ib_context *context;
    assert_int_equal(ib_context_create(&options, &context), IB_OK);
    assert_fails(context, IB_ERR_ARG, "out is NULL", ib_rng_create(context, 1, 0, NULL));
    assert_int_equal(kept.lines, 1);
    assert_int_equal(kept.level, IB_LOG_ERROR);
    assert_string_equal(kept.line, ib_context_message(context));
    ib_rng *rng;
    assert_ok(context, ib_rng_create(context, 1, 0, &rng));
    assert_string_equal(ib_context_message(context), ""); /* a success empties it and logs nothing */
    assert_int_equal(kept.lines, 1);
    ib_rng_destroy(rng);
    ib_context_destroy(context);
}

static void long_messages_are_cut(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    char words[1000];
    memset(words, 'x', sizeof words);
    words[sizeof words - 1] = '\0';
    assert_int_equal(ib_i_fail(context, IB_ERR_IO, "%s", words), IB_ERR_IO);
    assert_int_equal(strlen(ib_context_message(context)), IB_I_MESSAGE_SIZE - 1);
    ib_context_destroy(context);
}

static void contexts_are_independent(void **state)
{
    (void)state;
    ib_context *a = test_context(NULL), *b = test_context(NULL);
    assert_int_equal(ib_rng_create(a, 1, 0, NULL), IB_ERR_ARG);
    assert_string_equal(ib_context_message(b), "");
    ib_context_destroy(a);
    ib_context_destroy(b);
}

static int32_t return_value(uint32_t pattern, uint32_t bits, uint32_t *label, void *user_data)
{
    (void)pattern, (void)bits;
    *label = 0;
    return *(int32_t *)user_data;
}

static void callbacks_that_end_a_call(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_dataset *dataset;
    int32_t value = -17;
    assert_fails(context, IB_ERR_CALLBACK, "-17",
                 ib_dataset_create_patterns(context, 3, 2, return_value, &value, &dataset));
    assert_int_equal(ib_context_callback_value(context), -17);
    value = 0;
    assert_ok(context, ib_dataset_create_patterns(context, 3, 2, return_value, &value, &dataset));
    assert_int_equal(ib_context_callback_value(context), -17); /* the last that ended a call */
    ib_dataset_destroy(dataset);
    value = INT32_MAX;
    assert_int_equal(ib_dataset_create_patterns(context, 3, 2, return_value, &value, &dataset), IB_STOPPED);
    assert_int_equal(ib_context_callback_value(context), INT32_MAX);
    ib_i_fail_null(context, "something");
    assert_int_equal(ib_i_callback(context, "label", 0), IB_OK);
    assert_string_equal(ib_context_message(context), "something is NULL");
    assert_int_equal(ib_i_callback(context, "label", 1), IB_STOPPED);
    assert_string_equal(ib_context_message(context), ""); /* a stop is no failure */
    ib_context_destroy(context);
}

/* Options with room behind them, as a caller of a later version would have. */
typedef struct later_options {
    ib_context_options known;
    unsigned char more[24];
} later_options;

static void struct_size_of_an_earlier_or_no_version(void **state)
{
    (void)state;
    for (uint32_t size = 0; size < sizeof(ib_context_options); size++) {
        ib_context_options options;
        ib_context_options_init(&options);
        options.struct_size = size;
        ib_context *context = (ib_context *)state;
        assert_int_equal(ib_context_create(&options, &context), IB_ERR_ARG);
        assert_null(context);
    }
}

static void struct_size_of_a_later_version(void **state)
{
    (void)state;
    for (uint32_t extra = 1; extra <= sizeof((later_options *)0)->more; extra++) {
        later_options options;
        ib_context *context = (ib_context *)state;
        memset(&options, 0, sizeof options);
        ib_context_options_init(&options.known);
        options.known.struct_size += extra;
        assert_int_equal(ib_context_create(&options.known, &context), IB_OK);
        ib_context_destroy(context);
        for (uint32_t at = 0; at < sizeof options.more; at++) {
            memset(options.more, 0, sizeof options.more);
            options.more[at] = 0x80;
            ib_status expected = at < extra ? IB_ERR_UNSUPPORTED : IB_OK; /* bytes behind struct_size are not ours */
            assert_int_equal(ib_context_create(&options.known, &context), expected);
            assert_int_equal(context == NULL, expected != IB_OK);
            ib_context_destroy(context);
        }
    }
}

/* Memory of exactly this size: a memory checker sees a read behind it. */
static void struct_size_that_was_never_set(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {4097, 0xcdcdcdcd, UINT32_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        ib_context_options *options = calloc(1, sizeof *options);
        assert_non_null(options);
        options->struct_size = sizes[i];
        ib_context *context = (ib_context *)state;
        assert_int_equal(ib_context_create(options, &context), IB_ERR_ARG);
        assert_null(context);
        free(options);
    }
}

/* What any reader of options does, on a struct that has grown in its second release. */
static void options_that_have_grown(void **state)
{
    (void)state;
    struct grown {
        uint32_t struct_size, first;
        uint64_t second;
    } given = {.first = 5, .second = 7}, full;
    const size_t first = offsetof(struct grown, second);
    ib_context *context = test_context(NULL);

    given.struct_size = (uint32_t)first;
    assert_ok(context, ib_i_options_read(context, &given, first, &full, sizeof full));
    assert_int_equal(full.first, 5);
    assert_int_equal(full.second, 0); /* the caller does not know it */
    given.struct_size = sizeof given;
    assert_ok(context, ib_i_options_read(context, &given, first, &full, sizeof full));
    assert_int_equal(full.first, 5);
    assert_int_equal(full.second, 7);
    assert_ok(context, ib_i_options_read(context, NULL, first, &full, sizeof full));
    assert_int_equal(full.first, 0);
    assert_int_equal(full.second, 0);
    given.struct_size = (uint32_t)first - 1;
    assert_fails(context, IB_ERR_ARG, "struct_size from 8",
                 ib_i_options_read(context, &given, first, &full, sizeof full));
    ib_context_destroy(context);
}

/* What a child has of its parent, and what of its own. */
static void children(void **state)
{
    (void)state;
    journal kept = {0};
    ib_context_options options = logging_to(&kept);
    options.kernels = IB_KERNELS_PORTABLE;
    ib_context *parent, *child;
    assert_int_equal(ib_context_create(&options, &parent), IB_OK);
    assert_fails(parent, IB_ERR_CALLBACK, "-7", ib_i_callback(parent, "some", -7));
    assert_ok(parent, ib_context_create_child(parent, &child));
    assert_string_equal(ib_context_message(child), "");
    assert_int_equal(ib_context_callback_value(child), 0);
    assert_string_equal(ib_context_kernels(child), ib_context_kernels(parent));

    kept.lines = 0;
    assert_fails(child, IB_ERR_ARG, "out is NULL", ib_rng_create(child, 1, 0, NULL));
    assert_int_equal(kept.lines, 1);
    assert_string_equal(kept.line, "out is NULL");
    assert_string_equal(ib_context_message(parent), "");
    assert_fails(parent, IB_ERR_CALLBACK, "-8", ib_i_callback(parent, "some", -8));
    assert_string_equal(ib_context_message(child), "out is NULL");
    assert_int_equal(ib_context_callback_value(child), 0);

    ib_context *none = (ib_context *)state;
    assert_int_equal(ib_context_create_child(NULL, &none), IB_ERR_ARG);
    assert_null(none);
    assert_fails(parent, IB_ERR_ARG, "out is NULL", ib_context_create_child(parent, NULL));
    ib_context_destroy(parent);
    ib_context_destroy(child);
}

/* A parent, its child, a child of that and an object of that: every order of destruction, with a log and without. */
static void any_order_of_a_family(void **state)
{
    (void)state;
    for (int order = 0; order < 4 * 4 * 4 * 4 * 2; order++) {
        int turn[4] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3};
        if ((1 << turn[0] | 1 << turn[1] | 1 << turn[2] | 1 << turn[3]) != 15)
            continue;
        test_memory memory;
        journal kept = {0};
        ib_context *family[3];
        ib_rng *rng;
        family[0] = test_context(&memory);
        if (order >> 8) {
            family[0]->log = keep_line;
            family[0]->log_data = &kept;
        }
        assert_ok(family[0], ib_context_create_child(family[0], &family[1]));
        assert_ok(family[1], ib_context_create_child(family[1], &family[2]));
        assert_ok(family[2], ib_rng_create(family[2], 1, 0, &rng));
        for (int i = 0; i < 4; i++) {
            if (turn[i] == 3) {
                assert_int_equal(ib_rng_shuffle(rng, NULL, 1), IB_ERR_ARG);
                ib_rng_destroy(rng);
                continue;
            }
            assert_int_equal(ib_rng_create(family[turn[i]], 1, 0, NULL), IB_ERR_ARG);
            ib_context_destroy(family[turn[i]]);
        }
        assert_int_equal(kept.lines, order >> 8 ? 4 : 0);
        assert_int_equal(memory.live, 0);
    }
}

/* A log that calls what logs, in a family: it has its turn already. */
static void log_again(int32_t level, const char *message, void *user_data)
{
    ib_context **context = user_data;
    ib_context *speaker = *context;
    (void)level, (void)message;
    *context = NULL;
    if (speaker)
        ib_i_fail_null(speaker, "something");
}

static void a_log_that_logs(void **state)
{
    (void)state;
    ib_context *parent, *child, *speaker = NULL;
    ib_context_options options;
    ib_context_options_init(&options);
    options.log = log_again;
    options.log_data = &speaker;
    assert_int_equal(ib_context_create(&options, &parent), IB_OK);
    assert_ok(parent, ib_context_create_child(parent, &child));
    speaker = child;
    assert_fails(parent, IB_ERR_ARG, "out is NULL", ib_rng_create(parent, 1, 0, NULL));
    assert_string_equal(ib_context_message(child), "something is NULL");
    ib_context_destroy(parent);
    ib_context_destroy(child);
}

static void ignore_line(int32_t level, const char *message, void *user_data)
{
    (void)level, (void)message, (void)user_data;
}

static ib_status make_child(ib_context *context, void *user_data)
{
    (void)user_data;
    context->log = ignore_line;
    ib_context *child = NULL;
    ib_status status = ib_context_create_child(context, &child);
    assert_int_equal(child == NULL, status != IB_OK);
    ib_context_destroy(child);
    return status;
}

static void no_memory_for_a_child(void **state)
{
    (void)state;
    test_every_failed_allocation(make_child, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_writes_the_defaults),
        cmocka_unit_test(defaults),
        cmocka_unit_test(null_context),
        cmocka_unit_test(allocator_is_whole_or_absent),
        cmocka_unit_test(no_memory_for_a_context),
        cmocka_unit_test(all_memory_is_the_callers),
        cmocka_unit_test(any_order_of_destruction),
        cmocka_unit_test(message_and_log_of_a_failure),
        cmocka_unit_test(long_messages_are_cut),
        cmocka_unit_test(contexts_are_independent),
        cmocka_unit_test(callbacks_that_end_a_call),
        cmocka_unit_test(struct_size_of_an_earlier_or_no_version),
        cmocka_unit_test(struct_size_of_a_later_version),
        cmocka_unit_test(struct_size_that_was_never_set),
        cmocka_unit_test(options_that_have_grown),
        cmocka_unit_test(children),
        cmocka_unit_test(any_order_of_a_family),
        cmocka_unit_test(a_log_that_logs),
        cmocka_unit_test(no_memory_for_a_child),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
