#define _GNU_SOURCE /* sched_getaffinity(), which is Linux's own */

#include "base/cores.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#ifdef __linux__
/* More cores than any system has: its mask must fit, or the call fails. */
#define MOST_CORES 65536

/* What a container finds of its own limit, version 2 of control groups; outside of one it is not there. */
#define QUOTA_FILE "/sys/fs/cgroup/cpu.max"

static unsigned count_allowed(void)
{
    cpu_set_t allowed[MOST_CORES / CPU_SETSIZE];
    return sched_getaffinity(0, sizeof allowed, allowed) ? 0 : (unsigned)CPU_COUNT_S(sizeof allowed, allowed);
}

/* Not by stdio, which would take memory that is not the caller's. */
static unsigned count_quota(void)
{
    char text[64];
    const int file = open(QUOTA_FILE, O_RDONLY | O_CLOEXEC);
    const ssize_t n = file < 0 ? 0 : read(file, text, sizeof text - 1);
    if (file >= 0)
        close(file);
    text[n > 0 ? n : 0] = '\0';
    return ib_i_cores_of_quota(text);
}
#else
static unsigned count_allowed(void)
{
    return 0;
}

static unsigned count_quota(void)
{
    return UINT_MAX;
}
#endif

unsigned ib_i_cores_of_quota(const char *text)
{
    unsigned long long quota, period;
    if (sscanf(text, "%19llu %19llu", &quota, &period) != 2 || period == 0)
        return UINT_MAX;
    const unsigned long long cores = quota / period + (quota % period != 0);
    return cores < 1 ? 1 : cores < UINT_MAX ? (unsigned)cores : UINT_MAX;
}

unsigned ib_i_cores(void)
{
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    const unsigned allowed = count_allowed(), quota = count_quota();
    const unsigned cores = allowed > 0 ? allowed : online > 1 ? (unsigned)online : 1;
    return cores < quota ? cores : quota;
}
