/* The three products of a dense layer for a batch of 256 rows: "forward", "inputs" and "weights", seconds of each;
 * with "blas." before the name those of OpenBLAS on the same numbers, feature-major and in one thread, where it is
 * installed.
 *
 * usage: bench_dense INPUTS OUTPUTS; LIBIB_KERNELS and OPENBLAS_CORETYPE choose who runs */
#include "bench.h"

#include "kernels/kernels.h"

#include <stdlib.h>
#include <string.h>

#if HAVE_OPENBLAS
#include <cblas.h>
#endif

enum { ROWS = 256, PANELS = 4 };

/* A layer: in panels for the library, feature-major [features][ROWS] for a BLAS. */
typedef struct layer {
    size_t inputs, outputs;
    const ib_kernels *kernels;
    float *w, *b, *dw, *db;
    float *x, *z, *dz, *dx;
    float *blas_x, *blas_z, *blas_dz, *blas_dx, *blas_dw;
} layer;

static float *numbers(size_t n)
{
    static uint32_t state = 1;
    float *x = bench_allocate(n, sizeof *x);
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

static void forward(void *data)
{
    const layer *l = data;
    l->kernels->dense_forward(PANELS, l->inputs, l->outputs, l->w, l->b, l->x, l->z);
}

static void backward_inputs(void *data)
{
    const layer *l = data;
    l->kernels->dense_backward_inputs(PANELS, l->inputs, l->outputs, l->w, l->dz, IB_ACTIVATION_LINEAR, NULL, l->dx);
}

static void backward_weights(void *data)
{
    const layer *l = data;
    l->kernels->dense_backward_weights(PANELS, l->inputs, l->outputs, l->x, l->dz, l->dw, l->db);
}

#if HAVE_OPENBLAS
static void blas_forward(void *data)
{
    const layer *l = data;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)l->outputs, ROWS, (int)l->inputs, 1.0f, l->w,
                (int)l->inputs, l->blas_x, ROWS, 0.0f, l->blas_z, ROWS);
}

static void blas_backward_inputs(void *data)
{
    const layer *l = data;
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)l->inputs, ROWS, (int)l->outputs, 1.0f, l->w,
                (int)l->inputs, l->blas_dz, ROWS, 0.0f, l->blas_dx, ROWS);
}

static void blas_backward_weights(void *data)
{
    const layer *l = data;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)l->outputs, (int)l->inputs, ROWS, 1.0f, l->blas_dz, ROWS,
                l->blas_x, ROWS, 0.0f, l->blas_dw, (int)l->inputs);
}

static void print_blas(layer *l)
{
    openblas_set_num_threads(1);
    bench_print("blas.forward", bench_time(blas_forward, l));
    bench_print("blas.inputs", bench_time(blas_backward_inputs, l));
    bench_print("blas.weights", bench_time(blas_backward_weights, l));
}
#else
static void print_blas(layer *l)
{
    (void)l;
}
#endif

int main(int argc, char **argv)
{
    if (argc != 3)
        bench_usage("bench_dense INPUTS OUTPUTS");
    ib_context *context = NULL;
    const ib_kernels *kernels = NULL;
    bench_require(ib_context_create(NULL, &context), context);
    bench_require(ib_i_kernels_choose(context, IB_KERNELS_AUTO, &kernels), context);
    layer l = make(kernels, bench_number(argv[1]), bench_number(argv[2]));
    bench_print("forward", bench_time(forward, &l));
    bench_print("inputs", bench_time(backward_inputs, &l));
    bench_print("weights", bench_time(backward_weights, &l));
    print_blas(&l);
    unmake(&l);
    ib_context_destroy(context);
    return EXIT_SUCCESS;
}
