/* SHA-256, for tables that are pinned by their hash. */
#ifndef LIBIB_TESTS_SHA256_H
#define LIBIB_TESTS_SHA256_H

#include <stddef.h>

/* Asserts that the hash of the bytes, as 64 lower-case hexadecimal digits, is the one expected. */
void test_assert_sha256(const void *bytes, size_t n, const char *expected, const char *file, int line);
#define assert_sha256(bytes, n, expected) test_assert_sha256((bytes), (n), (expected), __FILE__, __LINE__)

#endif
