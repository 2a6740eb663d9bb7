#include "base/blob.h"

#include "base/memory.h"

#include <string.h>

/* Room of the first bytes. */
enum { FIRST = 4096 };

void ib_i_blob_clear(ib_i_blob *blob)
{
    ib_i_free(blob->context, blob->data);
    *blob = (ib_i_blob){.context = blob->context};
}

void ib_i_blob_swap(ib_i_blob *a, ib_i_blob *b)
{
    ib_i_blob before = *a;
    ib_context *context = b->context;
    *a = *b;
    a->context = before.context;
    *b = before;
    b->context = context;
}

static int make_room(ib_i_blob *blob, size_t size)
{
    if (size <= blob->capacity - blob->size)
        return 1;
    if (size > SIZE_MAX / 2 - blob->size)
        return 0;
    size_t capacity = blob->capacity ? 2 * blob->capacity : FIRST;
    if (capacity < blob->size + size)
        capacity = blob->size + size;
    unsigned char *data = ib_i_grow(blob->context, blob->data, blob->size, capacity, 1);
    if (!data)
        return 0;
    blob->data = data;
    blob->capacity = capacity;
    return 1;
}

int32_t ib_i_blob_write(const void *data, size_t size, void *target)
{
    ib_i_blob *blob = target;
    if (!make_room(blob, size))
        return IB_ERR_NOMEM;
    memcpy(blob->data + blob->size, data, size);
    blob->size += size;
    return 0;
}

int32_t ib_i_blob_read(void *data, size_t size, size_t *count, void *source)
{
    ib_i_blob *blob = source;
    const size_t left = blob->size - blob->at;
    *count = size < left ? size : left;
    if (*count)
        memcpy(data, blob->data + blob->at, *count);
    blob->at += *count;
    return 0;
}
