#include "interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

static const int signals[] = {SIGINT, SIGTERM};
static volatile sig_atomic_t came;

static void handle(int number)
{
    (void)number;
    came = 1;
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        signal(signals[i], SIG_DFL);
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
