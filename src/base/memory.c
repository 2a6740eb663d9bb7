#include "base/memory.h"

#include "base/context.h"

#include <stdint.h>
#include <string.h>

/* One cache line, and one register of the widest kernels. */
#define ALIGNMENT ((size_t)64)

/* AddressSanitizer knows what the allocator gave, which goes on for some bytes behind the block: they are closed to it,
 * and open again when they go back. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_FENCED 1
#elif defined(__has_feature)
#define IS_FENCED __has_feature(address_sanitizer)
#else
#define IS_FENCED 0
#endif
#if IS_FENCED
#include <sanitizer/asan_interface.h>
#define KEPT ((size_t)2)
#else
#define ASAN_POISON_MEMORY_REGION(from, size) ((void)(from), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(from, size) ((void)(from), (void)(size))
#define KEPT ((size_t)1)
#endif

/* The pointer that the allocator gave is kept just below the aligned block. */
static void **origin_of(void *memory)
{
    return (void **)memory - 1;
}

/* Below it the size of the block is kept where there is a fence. */
static size_t *fenced_size(void *memory)
{
    return (size_t *)memory - KEPT;
}

/* Closes what is behind a block. */
static void close_fence(void *memory, size_t size, unsigned char *end)
{
    unsigned char *from = (unsigned char *)memory + size;
    if (IS_FENCED)
        *fenced_size(memory) = (size_t)(end - (unsigned char *)memory);
    ASAN_POISON_MEMORY_REGION(from, (size_t)(end - from));
}

static void open_fence(void *memory)
{
    if (IS_FENCED)
        ASAN_UNPOISON_MEMORY_REGION(memory, *fenced_size(memory));
}

void *ib_i_alloc(ib_context *context, size_t count, size_t size)
{
    const size_t extra = ALIGNMENT + KEPT * sizeof(void *);
    if (size != 0 && count > (SIZE_MAX - extra) / size)
        return NULL;
    unsigned char *raw = context->alloc(count * size + extra, context->alloc_data);
    if (!raw)
        return NULL;
    unsigned char *first = raw + KEPT * sizeof(void *);
    size_t past = (size_t)((uintptr_t)first % ALIGNMENT);
    void *memory = first + (past ? ALIGNMENT - past : 0);
    *origin_of(memory) = raw;
    close_fence(memory, count * size, raw + count * size + extra);
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
    if (!memory)
        return;
    open_fence(memory);
    context->free(*origin_of(memory), context->alloc_data);
}
