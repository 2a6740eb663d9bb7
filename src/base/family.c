#define _POSIX_C_SOURCE 200809L /* mutexes that one thread may lock twice */

#include "base/family.h"

#include "base/context.h"
#include "base/memory.h"

#include <pthread.h>
#include <stdatomic.h>

struct ib_i_family {
    atomic_size_t members; /* they come and go on threads of their own */
    pthread_mutex_t turn;
};

static int create_lock(pthread_mutex_t *lock)
{
    pthread_mutexattr_t kind;
    if (pthread_mutexattr_init(&kind))
        return -1;
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    const int failed = pthread_mutex_init(lock, &kind);
    pthread_mutexattr_destroy(&kind);
    return failed;
}

ib_status ib_i_family_create(ib_context *first)
{
    ib_i_family *family = ib_i_alloc(first, 1, sizeof *family);
    if (!family)
        return ib_i_fail_memory(first);
    if (create_lock(&family->turn)) {
        ib_i_free(first, family);
        return ib_i_fail_memory(first);
    }
    atomic_init(&family->members, 1);
    first->family = family;
    return IB_OK;
}

void ib_i_family_join(ib_i_family *family)
{
    if (family)
        atomic_fetch_add_explicit(&family->members, 1, memory_order_relaxed);
}

void ib_i_family_leave(ib_context *member)
{
    ib_i_family *family = member->family;
    /* Whoever is last must see what all others did before they left. */
    if (!family || atomic_fetch_sub_explicit(&family->members, 1, memory_order_acq_rel) > 1)
        return;
    pthread_mutex_destroy(&family->turn);
    ib_i_free(member, family);
}

void ib_i_family_begin_turn(ib_i_family *family)
{
    if (family)
        pthread_mutex_lock(&family->turn);
}

void ib_i_family_end_turn(ib_i_family *family)
{
    if (family)
        pthread_mutex_unlock(&family->turn);
}
