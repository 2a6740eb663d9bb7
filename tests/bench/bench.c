#define _POSIX_C_SOURCE 200809L
#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SAMPLES = 9 };
static const double sample_seconds = 0.02, patience_seconds = 0.33, too_long_seconds = 30.0;

double bench_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Mean seconds of some calls in a row. */
static double mean_of(void (*call)(void *data), void *data, size_t calls)
{
    const double start = bench_seconds();
    for (size_t i = 0; i < calls; i++)
        call(data);
    return (bench_seconds() - start) / (double)calls;
}

double bench_time(void (*call)(void *data), void *data)
{
    double samples[SAMPLES];
    size_t n = 0, calls = 1;
    double once = mean_of(call, data, 1);
    if (once > too_long_seconds || getenv("BENCH_QUICK"))
        return once;
    for (; once * (double)calls < sample_seconds; calls *= 2)
        once = mean_of(call, data, calls); /* the first call is slow: what it took would be too long a guess */
    const double start = bench_seconds();
    do {
        samples[n++] = mean_of(call, data, calls);
    } while (n < SAMPLES && bench_seconds() - start < patience_seconds);
    qsort(samples, n, sizeof samples[0], ascending);
    return samples[n / 2];
}

void bench_print(const char *name, double value)
{
    printf("%s %.15g\n", name, value);
}

void *bench_allocate(size_t n, size_t size)
{
    const size_t line = 64, bytes = (n * size + line - 1) / line * line;
    void *memory = aligned_alloc(line, bytes);
    if (!memory) {
        fprintf(stderr, "bench: no memory for %zu elements of %zu bytes\n", n, size);
        exit(EXIT_FAILURE);
    }
    memset(memory, 0, bytes);
    return memory;
}

void bench_require(ib_status status, const ib_context *context)
{
    if (status == IB_OK)
        return;
    fprintf(stderr, "bench: %s: %s\n", ib_status_name(status), context ? ib_context_message(context) : "");
    exit(EXIT_FAILURE);
}

void bench_usage(const char *usage)
{
    fprintf(stderr, "usage: %s\n", usage);
    exit(2);
}

size_t bench_number(const char *text)
{
    char *end;
    const unsigned long long value = strtoull(text, &end, 10);
    if (value == 0 || *end != '\0' || value > SIZE_MAX) {
        fprintf(stderr, "bench: expected a number from 1 on, got %s\n", text);
        exit(2);
    }
    return (size_t)value;
}

uint32_t bench_activation(const char *name)
{
    if (strcmp(name, "tanh") != 0 && strcmp(name, "relu") != 0) {
        fprintf(stderr, "bench: expected tanh or relu, got %s\n", name);
        exit(2);
    }
    return strcmp(name, "tanh") == 0 ? IB_ACTIVATION_TANH : IB_ACTIVATION_RELU;
}
