#include "support.h"

#include "base/context.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* An allocator that gives the least alignment malloc() may have, at every offset within a cache line, and remembers
 * what it was asked for. */
typedef struct skewed {
    size_t skew;
    size_t asked;
    unsigned char *block;
    unsigned char *given;
    size_t freed;
} skewed;

static void *skewed_alloc(size_t size, void *user_data)
{
    skewed *state = user_data;
    state->asked = size;
    if (size > 1 << 20)
        return NULL;
    state->block = malloc(size + 128);
    assert_non_null(state->block);
    memset(state->block, 0xa5, size + 128);
    state->given = state->block + (64 - (uintptr_t)state->block % 64) % 64 + state->skew;
    return state->given;
}

static void skewed_free(void *memory, void *user_data)
{
    skewed *state = user_data;
    assert_ptr_equal(memory, state->given);
    free(state->block);
    state->freed++;
}

static void blocks_are_aligned_and_zero(void **state)
{
    (void)state;
    for (size_t skew = 0; skew < 64; skew += sizeof(void *)) {
        for (size_t size = 0; size < 200; size++) {
            skewed hook = {.skew = skew};
            ib_context context = {.alloc = skewed_alloc, .free = skewed_free, .alloc_data = &hook};
            unsigned char *memory = ib_i_alloc(&context, size, 1);
            assert_non_null(memory);
            assert_int_equal((uintptr_t)memory % 64, 0);
            assert_true(memory + size <= hook.given + hook.asked);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(memory[i], 0);
            ib_i_free(&context, memory);
            assert_int_equal(hook.freed, 1);
        }
    }
}

/* A product that overflows must not become a small block. */
static void sizes_do_not_wrap(void **state)
{
    (void)state;
    static const size_t table[][2] = {
        {SIZE_MAX, 1},         {1, SIZE_MAX},           {SIZE_MAX, SIZE_MAX}, {SIZE_MAX / 2 + 1, 2}, {SIZE_MAX / 4, 4},
        {SIZE_MAX / 8 + 1, 8}, {SIZE_MAX / 64 + 1, 64}, {SIZE_MAX - 8, 1},    {SIZE_MAX - 63, 1},    {SIZE_MAX - 72, 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        skewed hook = {.asked = 0};
        ib_context context = {.alloc = skewed_alloc, .free = skewed_free, .alloc_data = &hook};
        assert_null(ib_i_alloc(&context, table[i][0], table[i][1]));
        assert_true(hook.asked == 0 || hook.asked > SIZE_MAX / 2);
    }
}

static void growing_keeps_what_is_used(void **state)
{
    (void)state;
    test_memory memory;
    ib_context *context = test_context(&memory);
    size_t live = memory.live;
    uint32_t *values = ib_i_grow(context, NULL, 0, 3, sizeof *values);
    for (uint32_t i = 0; i < 3; i++)
        values[i] = i + 1;
    uint32_t *more = ib_i_grow(context, values, 2, 100, sizeof *more);
    assert_int_equal(memory.live, live + 1);
    assert_int_equal(more[0], 1);
    assert_int_equal(more[1], 2);
    for (size_t i = 2; i < 100; i++)
        assert_int_equal(more[i], 0);
    memory.refuse_after = 0;
    assert_null(ib_i_grow(context, more, 100, 200, sizeof *more));
    assert_int_equal(more[1], 2); /* still there */
    assert_null(ib_i_grow(context, more, 100, SIZE_MAX, sizeof *more));
    assert_int_equal(memory.live, live + 1);
    ib_i_free(context, more);
    ib_i_free(context, NULL);
    assert_int_equal(memory.live, live);
    ib_context_destroy(context);
    assert_int_equal(memory.live, 0);
}

static void objects_hold_their_context(void **state)
{
    (void)state;
    test_memory memory;
    ib_context *context = test_context(&memory);
    size_t references = context->references;
    memory.refuse_after = 0;
    assert_null(ib_i_object_create(context, 8));
    assert_int_equal(context->references, references);
    assert_string_equal(ib_context_message(context), "out of memory");
    memory.refuse_after = SIZE_MAX;
    void *object = ib_i_object_create(context, 8);
    assert_int_equal(context->references, references + 1);
    ib_context_destroy(context);
    assert_int_equal(memory.live, 2);
    ib_i_object_destroy(context, object);
    assert_int_equal(memory.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_aligned_and_zero),
        cmocka_unit_test(sizes_do_not_wrap),
        cmocka_unit_test(growing_keeps_what_is_used),
        cmocka_unit_test(objects_hold_their_context),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
