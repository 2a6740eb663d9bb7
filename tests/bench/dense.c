/* The three products of a dense layer, for a batch of 256 rows and layers from small to large: billions of
 * multiplications and additions in a second of CPU time, beside those of a BLAS on the same numbers (feature-major,
 * one thread) where OpenBLAS is installed, and beside what the core can do.
 *
 * usage: bench_dense; LIBIB_KERNELS and OPENBLAS_CORETYPE choose who runs */
#define _POSIX_C_SOURCE 200809L
#include "kernels/kernels.h"

#include <libib/libib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if HAVE_OPENBLAS
#include <cblas.h>
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { ROWS = 256, PANELS = 4, REPEATS = 15 };

/* A layer: in panels for the library, feature-major [features][ROWS] for a BLAS. */
typedef struct layer {
    size_t inputs, outputs;
    const ib_kernels *kernels;
    float *w, *b, *dw, *db;
    float *x, *z, *dz, *dx;
    float *blas_x, *blas_z, *blas_dz, *blas_dx, *blas_dw;
} layer;

typedef void (*work_fn)(const layer *layer);

static double thread_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static float *numbers(size_t n)
{
    static uint32_t state = 1;
    float *x = aligned_alloc(64, (n * sizeof *x + 63) / 64 * 64);
    if (!x)
        exit(EXIT_FAILURE);
    for (size_t i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = (float)(state >> 8) / 8388608.0f - 1.0f;
    }
    return x;
}

/* Panels as one matrix of [features][ROWS]. */
static float *without_panels(const float *panels, size_t features)
{
    float *x = numbers(features * ROWS);
    for (size_t p = 0; p < PANELS; p++)
        for (size_t f = 0; f < features; f++)
            memcpy(x + f * ROWS + p * IB_I_PANEL, panels + (p * features + f) * IB_I_PANEL, IB_I_PANEL * sizeof *x);
    return x;
}

static layer make(const ib_kernels *kernels, size_t inputs, size_t outputs)
{
    layer l = {.inputs = inputs, .outputs = outputs, .kernels = kernels};
    l.w = numbers(inputs * outputs), l.dw = numbers(inputs * outputs), l.blas_dw = numbers(inputs * outputs);
    l.b = numbers(outputs), l.db = numbers(outputs);
    l.x = numbers(inputs * ROWS), l.dx = numbers(inputs * ROWS), l.blas_dx = numbers(inputs * ROWS);
    l.z = numbers(outputs * ROWS), l.dz = numbers(outputs * ROWS), l.blas_z = numbers(outputs * ROWS);
    l.blas_x = without_panels(l.x, inputs);
    l.blas_dz = without_panels(l.dz, outputs);
    return l;
}

static void unmake(layer *l)
{
    float *all[] = {l->w,  l->b, l->dw,     l->db,     l->x,       l->z,       l->dz,
                    l->dx, NULL, l->blas_x, l->blas_z, l->blas_dz, l->blas_dx, l->blas_dw};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        free(all[i]);
}

static void forward(const layer *l)
{
    l->kernels->dense_forward(PANELS, l->inputs, l->outputs, l->w, l->b, l->x, l->z);
}

static void backward_inputs(const layer *l)
{
    l->kernels->dense_backward_inputs(PANELS, l->inputs, l->outputs, l->w, l->dz, IB_ACTIVATION_LINEAR, NULL, l->dx);
}

static void backward_weights(const layer *l)
{
    l->kernels->dense_backward_weights(PANELS, l->inputs, l->outputs, l->x, l->dz, l->dw, l->db);
}

#if HAVE_OPENBLAS
static void blas_forward(const layer *l)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)l->outputs, ROWS, (int)l->inputs, 1.0f, l->w,
                (int)l->inputs, l->blas_x, ROWS, 0.0f, l->blas_z, ROWS);
}

static void blas_backward_inputs(const layer *l)
{
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)l->inputs, ROWS, (int)l->outputs, 1.0f, l->w,
                (int)l->inputs, l->blas_dz, ROWS, 0.0f, l->blas_dx, ROWS);
}

static void blas_backward_weights(const layer *l)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)l->outputs, (int)l->inputs, ROWS, 1.0f, l->blas_dz, ROWS,
                l->blas_x, ROWS, 0.0f, l->blas_dw, (int)l->inputs);
}

static void prepare_blas(void)
{
    openblas_set_num_threads(1);
    printf(", %s", openblas_get_config());
}
#else
#define blas_forward NULL
#define blas_backward_inputs NULL
#define blas_backward_weights NULL

static void prepare_blas(void)
{
    printf(", no OpenBLAS to compare with");
}
#endif

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, REPEATS, sizeof values[0], ascending);
    return values[REPEATS / 2];
}

static double seconds_of(work_fn work, const layer *l, size_t rounds)
{
    work(l); /* hot */
    const double start = thread_seconds();
    for (size_t r = 0; r < rounds; r++)
        work(l);
    return (thread_seconds() - start) / (double)rounds;
}

/* The library and the BLAS take turns. */
static void print_product(const char *name, const layer *l, work_fn ours, work_fn theirs)
{
    const double work = 2.0 * ROWS * (double)l->inputs * (double)l->outputs;
    const size_t rounds = 1 + (size_t)(2e8 / work);
    double mine[REPEATS], others[REPEATS];
    for (int r = 0; r < REPEATS; r++) {
        mine[r] = seconds_of(ours, l, rounds);
        others[r] = theirs ? seconds_of(theirs, l, rounds) : 0.0;
    }
    const double m = median(mine), o = median(others);
    printf("   %s %6.1f", name, 1e-9 * work / m);
    if (theirs)
        printf(" %6.1f %5.2f", 1e-9 * work / o, m / o);
}

static void print_layer(const ib_kernels *kernels, size_t inputs, size_t outputs)
{
    layer l = make(kernels, inputs, outputs);
    printf("%4zu to %4zu", inputs, outputs);
    print_product("forward", &l, forward, blas_forward);
    print_product("dX", &l, backward_inputs, blas_backward_inputs);
    print_product("dW", &l, backward_weights, blas_backward_weights);
    printf("\n");
    fflush(stdout);
    unmake(&l);
}

#if defined(__x86_64__)
enum { CHAINS = 12, STEPS = 1 << 20 };

/* As many independent chains as hide the latency of two units. */
#define PEAK(name, isa, vector, set, fma)                                                                              \
    __attribute__((target(isa))) static float name(void)                                                               \
    {                                                                                                                  \
        vector sum[CHAINS], a = set(0.5f);                                                                             \
        for (int c = 0; c < CHAINS; c++)                                                                               \
            sum[c] = set((float)c);                                                                                    \
        for (int i = 0; i < STEPS; i++) {                                                                              \
            _Pragma("GCC unroll 12") for (int c = 0; c < CHAINS; c++) sum[c] = fma(sum[c], a, a);                      \
            __asm__ volatile("");                                                                                      \
        }                                                                                                              \
        float total = 0.0f;                                                                                            \
        for (int c = 0; c < CHAINS; c++)                                                                               \
            total += sum[c][0];                                                                                        \
        return total;                                                                                                  \
    }
PEAK(peak_avx512, "avx512f", __m512, _mm512_set1_ps, _mm512_fmadd_ps)
PEAK(peak_avx2, "avx2,fma", __m256, _mm256_set1_ps, _mm256_fmadd_ps)

static void print_peak_of(const char *name, float (*peak)(void), size_t width)
{
    static volatile float sink;
    double seconds[REPEATS];
    for (int r = 0; r < REPEATS; r++) {
        const double start = thread_seconds();
        sink = peak();
        seconds[r] = thread_seconds() - start;
    }
    (void)sink;
    printf("peak of fused multiply-add, %s: %.1f\n", name, 2e-9 * (double)(CHAINS * width * STEPS) / median(seconds));
}

static void print_peak(void)
{
    if (__builtin_cpu_supports("avx512f"))
        print_peak_of("avx512", peak_avx512, 16);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        print_peak_of("avx2", peak_avx2, 8);
}
#else
static void print_peak(void)
{
}
#endif

int main(void)
{
    static const size_t shapes[][2] = {{12, 10},   {32, 32},   {64, 64},     {128, 128},
                                       {256, 256}, {512, 512}, {1024, 1024}, {784, 1024}};
    ib_context *context = NULL;
    const ib_kernels *kernels = NULL;
    if (ib_context_create(NULL, &context) != IB_OK ||
        ib_i_kernels_choose(context, IB_KERNELS_AUTO, &kernels) != IB_OK) {
        fprintf(stderr, "bench_dense: %s\n", context ? ib_context_message(context) : "out of memory");
        return EXIT_FAILURE;
    }
    printf("libib %s, kernels %s", ib_version_get(), kernels->name);
    prepare_blas();
    printf("\nGFLOP/s of the library, of the BLAS, and the library's time in times the BLAS's\n\n");
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        print_layer(kernels, shapes[i][0], shapes[i][1]);
    printf("\n");
    print_peak();
    ib_context_destroy(context);
    return EXIT_SUCCESS;
}
