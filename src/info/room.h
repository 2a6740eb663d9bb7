/* Memory that calls use one after the other. */
#ifndef LIBIB_INFO_ROOM_H
#define LIBIB_INFO_ROOM_H

#include "base/context.h"
#include "base/memory.h"

/* Only grows; what was there is lost from one call to the next. All zero to begin with. */
typedef struct ib_i_room {
    void *memory;
    size_t size; /* bytes */
} ib_i_room;

static inline void ib_i_room_free(ib_context *context, ib_i_room *room)
{
    ib_i_free(context, room->memory);
    *room = (ib_i_room){0};
}

/* Memory for `count` things of `size` bytes, never NULL unless it fails, which leaves the message. */
static inline void *ib_i_room_reserve(ib_context *context, ib_i_room *room, size_t count, size_t size)
{
    if (room->memory && count <= room->size / size)
        return room->memory;
    ib_i_room_free(context, room);
    room->memory = ib_i_alloc(context, count, size);
    if (room->memory)
        room->size = count * size;
    else
        (void)ib_i_fail_memory(context);
    return room->memory;
}

#endif
