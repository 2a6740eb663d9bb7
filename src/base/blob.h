/* Bytes in memory that grow: what objects are saved to, and read back from. */
#ifndef LIBIB_BASE_BLOB_H
#define LIBIB_BASE_BLOB_H

#include "base/context.h"

/* All zero but the context: empty. Contexts of a family share an allocator, so blobs of theirs may be swapped. */
typedef struct ib_i_blob {
    ib_context *context;
    unsigned char *data;
    size_t size, capacity;
    size_t at; /* the next byte to be read */
} ib_i_blob;

/* Frees the bytes; the blob is empty then. */
void ib_i_blob_clear(ib_i_blob *blob);

/* Each gets the bytes of the other. */
void ib_i_blob_swap(ib_i_blob *a, ib_i_blob *b);

/* An ib_write_fn: appends. A status that is not 0 is IB_ERR_NOMEM. */
int32_t ib_i_blob_write(const void *data, size_t size, void *blob);

/* An ib_read_fn: gives what comes next. */
int32_t ib_i_blob_read(void *data, size_t size, size_t *count, void *blob);

#endif
