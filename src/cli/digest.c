#include "digest.h"

#include "say.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* FIPS 180-4 (2015), sections 5 and 6.2: blocks of 64 bytes, the last with the number of bits at its end. */
#define BLOCK 64
#define LENGTH 8
#define WORDS 8
#define ROUNDS 64
#define PIECE ((size_t)1 << 16) /* whole blocks */

static const uint32_t constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static const uint32_t beginning[WORDS] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                          0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static uint32_t turn(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

/* The words of a block, and those that follow from them. */
static void expand(const unsigned char *block, uint32_t w[ROUNDS])
{
    for (int i = 0; i < 16; i++, block += 4)
        w[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
    for (int i = 16; i < ROUNDS; i++) {
        const uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
    }
}

static void take_block(uint32_t sum[WORDS], const unsigned char *block)
{
    uint32_t w[ROUNDS], s[WORDS];
    expand(block, w);
    memcpy(s, sum, sizeof s);
    for (int i = 0; i < ROUNDS; i++) {
        const uint32_t a = s[0], e = s[4];
        const uint32_t one =
            s[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & s[5]) ^ (~e & s[6])) + constants[i] + w[i];
        const uint32_t two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, (WORDS - 1) * sizeof *s);
        s[4] += one;
        s[0] = one + two;
    }
    for (int i = 0; i < WORDS; i++)
        sum[i] += s[i];
}

/* What is left after the last whole block, a bit, zeros, and the length of everything in bits. */
static void take_end(uint32_t sum[WORDS], const unsigned char *rest, size_t n, uint64_t bytes)
{
    unsigned char blocks[2 * BLOCK] = {0};
    const size_t size = n + 1 + LENGTH > BLOCK ? 2 * BLOCK : BLOCK;
    memcpy(blocks, rest, n);
    blocks[n] = 0x80;
    for (size_t i = 0; i < LENGTH; i++)
        blocks[size - 1 - i] = (unsigned char)(bytes * 8 >> 8 * i);
    for (size_t at = 0; at < size; at += BLOCK)
        take_block(sum, blocks + at);
}

/* 0, or -1 with errno set. */
static int take_stream(uint32_t sum[WORDS], FILE *stream)
{
    static unsigned char piece[PIECE]; /* one file after the other, on one thread */
    uint64_t bytes = 0;
    size_t n = PIECE;
    while (n == PIECE) {
        n = fread(piece, 1, PIECE, stream);
        if (ferror(stream))
            return -1;
        bytes += n;
        for (size_t at = 0; at + BLOCK <= n; at += BLOCK)
            take_block(sum, piece + at);
    }
    take_end(sum, piece + n / BLOCK * BLOCK, n % BLOCK, bytes);
    return 0;
}

int digest_file(const char *path, char digits[DIGEST_DIGITS + 1])
{
    uint32_t sum[WORDS];
    memcpy(sum, beginning, sizeof sum);
    FILE *stream = fopen(path, "rb");
    const int failed = !stream || take_stream(sum, stream);
    if (failed)
        say("%s: %s", path, strerror(errno));
    if (stream)
        fclose(stream);
    for (int i = 0; i < WORDS && !failed; i++)
        snprintf(digits + 8 * i, 9, "%08lx", (unsigned long)sum[i]);
    return failed ? -1 : 0;
}

int digest_is(const char *text)
{
    return strlen(text) == DIGEST_DIGITS && text[strspn(text, "0123456789abcdef")] == '\0';
}
