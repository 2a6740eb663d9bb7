/* Memory through the caller's allocator. */
#ifndef LIBIB_BASE_MEMORY_H
#define LIBIB_BASE_MEMORY_H

#include <libib/context.h>

/* count * size bytes of zeros, aligned to 64; NULL if there are none or the product overflows. */
void *ib_i_alloc(ib_context *context, size_t count, size_t size);

/* The same with the first `used` elements of `old` copied; frees `old` on success only. */
void *ib_i_grow(ib_context *context, void *old, size_t used, size_t count, size_t size);

/* Takes NULL. */
void ib_i_free(ib_context *context, void *memory);

#endif
