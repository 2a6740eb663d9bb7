#include "base/memory.h"

#include "base/context.h"

#include <stdint.h>
#include <string.h>

/* One cache line, and one register of the widest kernels. */
#define ALIGNMENT ((size_t)64)

/* The pointer that the allocator gave is kept just below the aligned block. */
static void **origin_of(void *memory)
{
    return (void **)memory - 1;
}

void *ib_i_alloc(ib_context *context, size_t count, size_t size)
{
    const size_t extra = ALIGNMENT + sizeof(void *);
    if (size != 0 && count > (SIZE_MAX - extra) / size)
        return NULL;
    unsigned char *raw = context->alloc(count * size + extra, context->alloc_data);
    if (!raw)
        return NULL;
    unsigned char *first = raw + sizeof(void *);
    size_t past = (size_t)((uintptr_t)first % ALIGNMENT);
    void *memory = first + (past ? ALIGNMENT - past : 0);
    *origin_of(memory) = raw;
    return context->zeroes ? memory : memset(memory, 0, count * size);
}

void *ib_i_grow(ib_context *context, void *old, size_t used, size_t count, size_t size)
{
    void *memory = ib_i_alloc(context, count, size);
    if (memory && used)
        memcpy(memory, old, used * size);
    if (memory)
        ib_i_free(context, old);
    return memory;
}

void ib_i_free(ib_context *context, void *memory)
{
    if (memory)
        context->free(*origin_of(memory), context->alloc_data);
}
