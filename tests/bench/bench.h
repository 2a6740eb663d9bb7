/* What the programs that measure speed have in common. Each prints lines "NAME VALUE", seconds unless the name says
 * otherwise; bench.py lets them take turns with what they are compared with, and makes medians and ratios. */
#ifndef BENCH_H
#define BENCH_H

#include <libib/libib.h>

#include <stdio.h>

/* Seconds of CPU time of this thread: what others do on the machine counts for little. */
double bench_seconds(void);

/* Median CPU seconds of a call, after one that is not counted. Calls go on until there are nine samples of 20 ms, or
 * until a third of a second is over. One call must do if it takes longer than half a minute, or with BENCH_QUICK in the
 * environment. */
double bench_time(void (*call)(void *data), void *data);

void bench_print(const char *name, double value);

/* Zeroed memory of n elements, as aligned as that of the library, or the end of the program. */
void *bench_allocate(size_t n, size_t size);

/* Ends the program when the library has refused something. */
void bench_require(ib_status status, const ib_context *context);

_Noreturn void bench_usage(const char *usage);

/* A number on the command line from 1 on. */
size_t bench_number(const char *text);

/* tanh or relu. */
uint32_t bench_activation(const char *name);

#endif
