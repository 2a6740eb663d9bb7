/* The hot loops: one source (kernels.c), compiled once for each instruction set, chosen at run time. */
#ifndef LIBIB_KERNELS_KERNELS_H
#define LIBIB_KERNELS_KERNELS_H

#include "base/context.h"

typedef struct ib_kernels {
    const char *name; /* as LIBIB_KERNELS spells it */
} ib_kernels;

/* The set that is asked for (an IB_KERNELS_* value), or the best of this CPU. */
ib_status ib_i_kernels_choose(ib_context *context, uint32_t which, const ib_kernels **out);

#endif
