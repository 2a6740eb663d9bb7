#include "stream.h"

#include <stdlib.h>
#include <string.h>

int32_t test_stream_write(const void *data, size_t size, void *stream)
{
    test_stream *to = stream;
    assert_true(size > 0);
    if (to->size + size > to->room) {
        to->room = 2 * (to->size + size);
        to->data = realloc(to->data, to->room);
        assert_non_null(to->data);
    }
    memcpy(to->data + to->size, data, size);
    to->size += size;
    return 0;
}

int32_t test_stream_read(void *data, size_t size, size_t *count, void *stream)
{
    test_stream *from = stream;
    const size_t rest = from->size - from->at, most = from->piece && from->piece < size ? from->piece : size;
    assert_true(size > 0);
    *count = rest < most ? rest : most;
    if (*count)
        memcpy(data, from->data + from->at, *count);
    from->at += *count;
    return 0;
}

void test_stream_free(test_stream *stream)
{
    free(stream->data);
    *stream = (test_stream){.size = 0};
}

test_stream test_saved(ib_context *context, ib_trainer *trainer)
{
    test_stream stream = {.size = 0};
    assert_ok(context, ib_trainer_write(trainer, test_stream_write, &stream));
    return stream;
}

ib_status test_read(ib_trainer *trainer, test_stream *stream)
{
    stream->at = 0;
    return ib_trainer_read(trainer, test_stream_read, stream);
}

void test_assert_saves(ib_context *context, ib_trainer *trainer, const test_stream *expected)
{
    test_stream actual = test_saved(context, trainer);
    assert_int_equal(actual.size, expected->size);
    assert_memory_equal(actual.data, expected->data, actual.size);
    test_stream_free(&actual);
}
