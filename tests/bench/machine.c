/* What the machine can do at best: "flops", fused multiply-adds of one core counted as two; "copy" and "triad", bytes a
 * second of one thread in arrays far larger than its caches. Built for the machine it is built on, with contraction.
 *
 * usage: bench_machine MEGABYTES (of each array) */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#if defined __AVX512F__
enum { BYTES = 64, CHAINS = 24 };
#elif defined __AVX__
enum { BYTES = 32, CHAINS = 12 };
#else
enum { BYTES = 16, CHAINS = 12 };
#endif
enum { STEPS = 1 << 16, LANES = BYTES / 4 };

typedef float vector __attribute__((vector_size(BYTES)));

typedef struct machine {
    size_t n;
    float *a, *b, *c;
    float sink; /* a result that is used is not left out */
} machine;

/* As many chains as registers hold: more than two units of four cycles can have under way. */
static void multiply_add(void *data)
{
    machine *m = data;
    vector x[CHAINS], factor, term, sum;
    for (int l = 0; l < LANES; l++) {
        factor[l] = 0.999f + m->a[0];
        term[l] = 0.001f + m->a[0];
    }
    for (int k = 0; k < CHAINS; k++)
        x[k] = term * (float)k;
    for (int i = 0; i < STEPS; i++) {
#pragma GCC unroll 24
        for (int k = 0; k < CHAINS; k++)
            x[k] = x[k] * factor + term;
    }
    sum = x[0];
    for (int k = 1; k < CHAINS; k++)
        sum += x[k];
    m->sink = sum[0];
}

static void copy(void *data)
{
    const machine *m = data;
    memcpy(m->a, m->b, m->n * sizeof m->a[0]);
}

static void triad(void *data)
{
    const machine *m = data;
    float *restrict a = m->a;
    for (size_t i = 0; i < m->n; i++)
        a[i] = m->b[i] + 3.0f * m->c[i];
}

int main(int argc, char **argv)
{
    if (argc != 2)
        bench_usage("bench_machine MEGABYTES");
    machine m = {.n = bench_number(argv[1]) << 18};
    const double bytes = (double)(m.n * sizeof(float));
    m.a = bench_allocate(m.n, sizeof(float));
    m.b = bench_allocate(m.n, sizeof(float));
    m.c = bench_allocate(m.n, sizeof(float));
    bench_print("flops", 2.0 * STEPS * CHAINS * LANES / bench_time(multiply_add, &m));
    for (size_t i = 0; i < m.n; i++) /* pages that were never written would all be one page of zeros */
        m.b[i] = m.c[i] = (float)i;
    bench_print("copy", 2.0 * bytes / bench_time(copy, &m));
    bench_print("triad", 3.0 * bytes / bench_time(triad, &m));
    free(m.a);
    free(m.b);
    free(m.c);
    return m.sink == 42.0f ? EXIT_FAILURE : EXIT_SUCCESS;
}
