#include "kernels/kernels.h"

#include <stdlib.h>
#include <string.h>

/* From slow to fast: in the order of the IB_KERNELS_* values. */
static const ib_kernels *const sets[] = {
    NULL,
    &ib_i_kernels_portable,
#if defined(IB_I_X86_KERNELS)
    &ib_i_kernels_avx2,
    &ib_i_kernels_avx512,
#else
    NULL,
    NULL,
#endif
};

enum { SETS = sizeof sets / sizeof sets[0] };

static int runs_here(uint32_t which)
{
#if defined(IB_I_X86_KERNELS)
    if (which == IB_KERNELS_AVX2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (which == IB_KERNELS_AVX512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#endif
    return which == IB_KERNELS_PORTABLE;
}

static const char *name_of(uint32_t which)
{
    static const char *const names[] = {"auto", "portable", "avx2", "avx512"};
    return names[which];
}

/* What the environment variable LIBIB_KERNELS names; IB_KERNELS_AUTO if it is unset, empty or "auto". */
static ib_status read_environment(ib_context *context, uint32_t *which)
{
    const char *text = getenv("LIBIB_KERNELS");
    *which = IB_KERNELS_AUTO;
    if (!text || !*text)
        return IB_OK;
    for (uint32_t i = 0; i < SETS; i++) {
        if (strcmp(text, name_of(i)) == 0) {
            *which = i;
            return IB_OK;
        }
    }
    return ib_i_fail(context, IB_ERR_ARG, "LIBIB_KERNELS: expected auto, portable, avx2 or avx512, got %.40s", text);
}

ib_status ib_i_kernels_choose(ib_context *context, uint32_t which, const ib_kernels **out)
{
    if (which >= SETS)
        return ib_i_fail(context, IB_ERR_ARG, "kernels: expected 0 to %d, got %u", SETS - 1, (unsigned)which);
    if (which == IB_KERNELS_AUTO)
        IB_TRY(read_environment(context, &which));
    if (which == IB_KERNELS_AUTO) {
        which = SETS - 1;
        while (!runs_here(which))
            which--;
    }
    if (!sets[which] || !runs_here(which))
        return ib_i_fail(context, IB_ERR_UNSUPPORTED, "kernels %s do not run on this CPU", name_of(which));
    *out = sets[which];
    return IB_OK;
}
