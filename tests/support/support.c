#define _POSIX_C_SOURCE 200809L
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Blocks begin where the library wastes least to align them, and end with bytes that must stay: so it is seen, with
 * sanitizers or without, if something is written close behind an array. */
enum { HEAD = 64, GUARD = 16, UNTOUCHED = 0xa5 };

static void *counting_alloc(size_t size, void *user_data)
{
    test_memory *memory = user_data;
    void *block = NULL;
    if (memory->refuse_after == 0)
        return NULL;
    if (memory->refuse_after != SIZE_MAX)
        memory->refuse_after--;
    if (size > SIZE_MAX - HEAD - GUARD || posix_memalign(&block, HEAD, HEAD + size + GUARD))
        return NULL;
    memory->live++;
    memcpy(block, &size, sizeof size);
    memset((char *)block + HEAD + size, UNTOUCHED, GUARD);
    return (char *)block + HEAD;
}

static void counting_free(void *block, void *user_data)
{
    test_memory *memory = user_data;
    unsigned char *begin = (unsigned char *)block - HEAD;
    size_t size;
    memcpy(&size, begin, sizeof size);
    for (size_t i = 0; i < GUARD; i++)
        if (begin[HEAD + size + i] != UNTOUCHED)
            fail_msg("something was written behind a block of %zu bytes", size);
    memory->live--;
    free(begin);
}

static ib_status create_context(test_memory *memory, ib_context **out)
{
    ib_context_options options;
    ib_context_options_init(&options);
    if (memory) {
        options.alloc = counting_alloc;
        options.free = counting_free;
        options.alloc_data = memory;
    }
    return ib_context_create(&options, out);
}

ib_context *test_context(test_memory *memory)
{
    ib_context *context = NULL;
    if (memory)
        *memory = (test_memory){.live = 0, .refuse_after = SIZE_MAX};
    assert_int_equal(create_context(memory, &context), IB_OK);
    return context;
}

void test_assert_status(const ib_context *context, ib_status actual, ib_status expected, const char *call,
                        const char *file, int line)
{
    if (actual == expected)
        return;
    print_error("%s: expected %s, got %s: %s\n", call, ib_status_name(expected), ib_status_name(actual),
                ib_context_message(context));
    _fail(file, line);
}

void test_assert_fails(const ib_context *context, ib_status actual, ib_status expected, const char *words,
                       const char *call, const char *file, int line)
{
    test_assert_status(context, actual, expected, call, file, line);
    if (strstr(ib_context_message(context), words))
        return;
    print_error("%s: expected a message with \"%s\", got \"%s\"\n", call, words, ib_context_message(context));
    _fail(file, line);
}

void test_assert_close(double actual, double expected, double absolute, double relative, const char *what,
                       const char *file, int line)
{
    if (fabs(actual - expected) <= absolute + relative * fabs(expected))
        return;
    print_error("%s: expected %.17g, got %.17g (off by %.3g)\n", what, expected, actual, actual - expected);
    _fail(file, line);
}

void test_every_failed_allocation(ib_status (*body)(ib_context *context, void *user_data), void *user_data)
{
    for (size_t n = 0; n < 100000; n++) {
        test_memory memory = {.live = 0, .refuse_after = n};
        ib_context *context = NULL;
        ib_status status = create_context(&memory, &context);
        if (status == IB_OK)
            status = body(context, user_data);
        ib_context_destroy(context);
        assert_int_equal(memory.live, 0);
        if (status == IB_OK)
            return;
        assert_int_equal(status, IB_ERR_NOMEM);
    }
    fail_msg("still out of memory after 100000 allocations");
}

static uint64_t random_state;
static int random_ready;

uint64_t test_random(void)
{
    if (!random_ready) {
        const char *seed = getenv("LIBIB_TEST_SEED");
        random_state = seed ? strtoull(seed, NULL, 0) : 1;
        print_message("LIBIB_TEST_SEED=%llu\n", (unsigned long long)random_state);
        random_ready = 1;
    }
    uint64_t z = (random_state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t test_random_below(uint64_t bound)
{
    return test_random() % bound;
}

double test_random_uniform(void)
{
    return (double)(test_random() >> 11) * 0x1p-53;
}
