/* The inside of a split. */
#ifndef LIBIB_DATA_SPLIT_H
#define LIBIB_DATA_SPLIT_H

#include "base/context.h"

#include <libib/split.h>

struct ib_split {
    ib_context *context;
    size_t train_count;
    size_t test_count;
    uint32_t *rows; /* training rows, then test rows, both ascending */
    int shared;     /* rows are another's */
};

/* A split from a bitmap of the test rows: row i is bit i mod 8 of byte i / 8. Fails if no row is left for training. */
ib_status ib_i_split_create(ib_context *context, size_t rows, const unsigned char *is_test, ib_split **out);

/* The same split in another context, for another thread: borrowed from `split`, which must last longer. */
ib_status ib_i_split_share(const ib_split *split, ib_context *context, ib_split **out);

#endif
