/* The inside of a profile. */
#ifndef LIBIB_INFO_PROFILE_H
#define LIBIB_INFO_PROFILE_H

#include "base/context.h"
#include "info/entropy_estimates.h"

#include <libib/profile.h>

struct ib_profile {
    ib_context *context;
    ib_i_multiplicity *pairs; /* [capacity], of which the first `count` are in use, k ascending */
    size_t count, capacity;
    uint64_t n;        /* sum of m k */
    uint64_t distinct; /* sum of m */
};

/* Adds things that occur counts[n] times each, `total` times together; all or none. */
ib_status ib_i_profile_add_counts(ib_profile *profile, const uint64_t *counts, size_t n, uint64_t total);

#endif
