#include "interrupt.h"

#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

/* In milliseconds. */
#define SAME 500

static const int signals[] = {SIGINT, SIGTERM};
static atomic_int came;                    /* set in whichever thread the signal lands, read by all */
static atomic_llong first = LLONG_MAX / 2; /* when, in milliseconds; far ahead until it is known */

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

/* A signal so soon after the first is the same one: timeout(1) sends it to the program, and to all of its group. */
static void handle(int number)
{
    if (!atomic_exchange(&came, 1)) {
        first = now();
        return;
    }
    if (now() - first < SAME)
        return;
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(number, &usual, NULL);
    raise(number); /* which ends the program on return */
}

void interrupt_listen(void)
{
    struct sigaction listen, before;
    memset(&listen, 0, sizeof listen);
    listen.sa_handler = handle;
    listen.sa_flags = SA_RESTART;
    sigemptyset(&listen.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signals[i], &listen, NULL);
}

int interrupt_came(void)
{
    return came;
}
