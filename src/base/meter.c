#include "base/meter.h"

#include "base/memory.h"

#include <string.h>

/* Below each block its size is kept, in as many bytes as leave the block aligned as it was. */
#define SIZE_ROOM ((size_t)16)

static void *metered_alloc(size_t size, void *user_data)
{
    ib_i_meter *meter = user_data;
    if (size > SIZE_MAX - SIZE_ROOM || size + SIZE_ROOM > meter->limit - meter->used) {
        meter->refused = 1;
        return NULL;
    }
    size += SIZE_ROOM;
    unsigned char *block = meter->alloc(size, meter->alloc_data);
    if (!block)
        return NULL;
    memcpy(block, &size, sizeof size);
    meter->used += size;
    return block + SIZE_ROOM;
}

static void metered_free(void *memory, void *user_data)
{
    ib_i_meter *meter = user_data;
    unsigned char *block = (unsigned char *)memory - SIZE_ROOM;
    size_t size;
    memcpy(&size, block, sizeof size);
    meter->used -= size;
    meter->free(block, meter->alloc_data);
}

ib_status ib_i_meter_create(ib_context *from, ib_i_meter *meter, ib_context **out)
{
    meter->alloc = from->alloc;
    meter->free = from->free;
    meter->alloc_data = from->alloc_data;
    meter->used = 0;
    meter->refused = 0;
    ib_context made = *from;
    made.references = 1;
    made.alloc = metered_alloc;
    made.free = metered_free;
    made.alloc_data = meter;
    made.log = NULL;
    made.family = NULL;
    ib_context *context = ib_i_alloc(&made, 1, sizeof *context);
    if (!context)
        return ib_i_fail_memory(from);
    *context = made;
    *out = context;
    return IB_OK;
}
