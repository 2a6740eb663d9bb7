#include "sha256.h"

#include "support.h"

#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

void test_assert_sha256(const void *bytes, size_t n, const char *expected, const char *file, int line)
{
    struct sha256_ctx hash;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char text[2 * SHA256_DIGEST_SIZE + 1];
    sha256_init(&hash);
    sha256_update(&hash, n, bytes);
    sha256_digest(&hash, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    if (strcmp(text, expected) == 0)
        return;
    print_error("SHA-256: expected %s, got %s\n", expected, text);
    _fail(file, line);
}
