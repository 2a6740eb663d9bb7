#define _GNU_SOURCE /* sched_getaffinity(), which is Linux's own */

#include "base/cores.h"

#include <sched.h>
#include <unistd.h>

#ifdef __linux__
/* More cores than any system has: its mask must fit, or the call fails. */
#define MOST_CORES 65536

static unsigned count_allowed(void)
{
    cpu_set_t allowed[MOST_CORES / CPU_SETSIZE];
    return sched_getaffinity(0, sizeof allowed, allowed) ? 0 : (unsigned)CPU_COUNT_S(sizeof allowed, allowed);
}
#else
static unsigned count_allowed(void)
{
    return 0;
}
#endif

unsigned ib_i_cores(void)
{
    unsigned allowed = count_allowed();
    if (allowed > 0)
        return allowed;
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 1 ? (unsigned)online : 1;
}
