#include "kernels/kernels.h"

static const ib_kernels portable = {.name = "portable"};

ib_status ib_i_kernels_choose(ib_context *context, uint32_t which, const ib_kernels **out)
{
    (void)context, (void)which;
    *out = &portable;
    return IB_OK;
}
