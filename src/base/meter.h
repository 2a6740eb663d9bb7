/* A context inside an object, whose memory is bounded: what is made from it takes no more, growth included. */
#ifndef LIBIB_BASE_METER_H
#define LIBIB_BASE_METER_H

#include "base/context.h"

typedef struct ib_i_meter {
    ib_alloc_fn alloc; /* of the context that the memory really comes from */
    ib_free_fn free;
    void *alloc_data;
    uint64_t limit, used; /* bytes */
    int refused;          /* set when a block was refused because of the limit; whoever asks resets it */
} ib_i_meter;

/* A context that takes its memory from another, through the meter, of which the limit is set. It logs nothing, so that
 * running into the limit is nobody's news; failures that are must be reported again. Destroyed before the meter is. */
ib_status ib_i_meter_create(ib_context *from, ib_i_meter *meter, ib_context **out);

#endif
