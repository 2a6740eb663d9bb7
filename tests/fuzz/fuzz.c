#include "fuzz.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The frame of saved bytes (docs/format.md): before the body, of that the size of the body, and the checksum. */
enum { FRAME = 20, SIZE_AT = 12, CHECKSUM = 8 };
enum { IS_CHANGE = 1, IS_REPAIRED = 2 };
enum { SET, ADD, CUT, REPEAT, CHANGES };

void fuzz_expect(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "expected: %s\n", what);
    abort();
}

static uint64_t load(const unsigned char *bytes)
{
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

static void store(unsigned char *bytes, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(value >> 8 * i);
}

/* Objects follow each other. */
static void repair(test_stream *stream)
{
    size_t at = 0;
    while (stream->size - at >= FRAME + CHECKSUM) {
        const uint64_t body = load(stream->data + at + SIZE_AT), most = stream->size - at - FRAME - CHECKSUM;
        if (body > most)
            return;
        store(stream->data + at + FRAME + body, XXH3_64bits(stream->data + at, FRAME + (size_t)body));
        at += FRAME + (size_t)body + CHECKSUM;
    }
}

static void change(test_stream *stream, const uint8_t *how)
{
    const size_t at = how[0] | (size_t)how[1] << 8;
    if (at >= stream->size)
        return;
    switch (how[3] % CHANGES) {
    case SET:
        stream->data[at] = how[2];
        break;
    case ADD:
        stream->data[at] = (unsigned char)(stream->data[at] + how[2]);
        break;
    case CUT:
        stream->size = at;
        break;
    case REPEAT:
        if (how[2] <= at)
            memmove(stream->data + at, stream->data + at - how[2], stream->size - at);
        break;
    }
}

test_stream fuzz_saved(const test_stream *saved, const uint8_t *data, size_t size)
{
    const int flags = size ? data[0] : 0;
    const size_t rest = size ? size - 1 : 0;
    test_stream made = {.size = flags & IS_CHANGE ? saved->size : rest};
    made.data = malloc(made.size + 1);
    fuzz_expect(made.data != NULL, "memory");
    if (flags & IS_CHANGE) {
        memcpy(made.data, saved->data, made.size);
        for (size_t i = 0; i + 4 <= rest; i += 4)
            change(&made, data + 1 + i);
    } else if (rest)
        memcpy(made.data, data + 1, rest);
    if (flags & IS_REPAIRED)
        repair(&made);
    return made;
}
