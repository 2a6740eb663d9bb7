#include "interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

static const int signals[] = {SIGINT, SIGTERM};
static atomic_int came; /* set in whichever thread the signal lands, read by all */

static void handle(int number)
{
    (void)number;
    struct sigaction usual = {.sa_handler = SIG_DFL};
    came = 1;
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaction(signals[i], &usual, NULL);
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
