/* Saved bytes in memory, and callbacks that put them there and give them back. */
#ifndef LIBIB_TESTS_STREAM_H
#define LIBIB_TESTS_STREAM_H

#include "support.h"

typedef struct test_stream {
    unsigned char *data;
    size_t size, room;
    size_t at;    /* the next byte to give */
    size_t piece; /* gives at most so many at once; 0: as many as are wanted */
} test_stream;

/* An ib_write_fn: appends. */
int32_t test_stream_write(const void *data, size_t size, void *stream);
/* An ib_read_fn: gives what comes next. */
int32_t test_stream_read(void *data, size_t size, size_t *count, void *stream);

void test_stream_free(test_stream *stream);

/* What a trainer saves. */
test_stream test_saved(ib_context *context, ib_trainer *trainer);
/* Reads it from its beginning. */
ib_status test_read(ib_trainer *trainer, test_stream *stream);
/* Asserts that a trainer would save just that. */
void test_assert_saves(ib_context *context, ib_trainer *trainer, const test_stream *expected);

#endif
