/* What all tests share: a context that counts allocations and can refuse them, and asserts that say more. */
#ifndef LIBIB_TESTS_SUPPORT_H
#define LIBIB_TESTS_SUPPORT_H

/* CMocka wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libib/libib.h>

/* Allocations through test_context(): live blocks, and after how many further ones to refuse (SIZE_MAX: never). */
typedef struct test_memory {
    size_t live;
    size_t refuse_after;
} test_memory;

/* A context whose blocks are counted in `memory`; NULL: plain malloc. Fails the test if there is none. */
ib_context *test_context(test_memory *memory);

/* Asserts that a call returned IB_OK, and shows the context's message if not. */
#define assert_ok(context, call) test_assert_status((context), (call), IB_OK, #call, __FILE__, __LINE__)
/* Asserts that a call failed with a status and left a message that contains `words`. */
#define assert_fails(context, status, words, call)                                                                     \
    test_assert_fails((context), (call), (status), (words), #call, __FILE__, __LINE__)
/* Asserts |actual - expected| <= absolute + relative |expected|; NaN fails. */
#define assert_close(actual, expected, absolute, relative)                                                             \
    test_assert_close((actual), (expected), (absolute), (relative), #actual, __FILE__, __LINE__)

void test_assert_status(const ib_context *context, ib_status actual, ib_status expected, const char *call,
                        const char *file, int line);
void test_assert_fails(const ib_context *context, ib_status actual, ib_status expected, const char *words,
                       const char *call, const char *file, int line);
void test_assert_close(double actual, double expected, double absolute, double relative, const char *what,
                       const char *file, int line);

/* Calls `body` with a context whose n-th allocation fails, for n = 0, 1, 2, ... until it returns IB_OK. Asserts that
 * each failure is IB_ERR_NOMEM and that nothing leaks. `body` destroys what it made, whatever the outcome. */
void test_every_failed_allocation(ib_status (*body)(ib_context *context, void *user_data), void *user_data);

/* Random numbers for properties: splitmix64. The seed is LIBIB_TEST_SEED, or 1, and is printed when a test fails. */
uint64_t test_random(void);
/* Uniform below bound > 0. */
uint64_t test_random_below(uint64_t bound);
/* Uniform in [0, 1). */
double test_random_uniform(void);

#endif
