/* 02: quantise. Eight floats become codes of 2 bits, and values again, on both grids.
 *
 * New: ib_quant. A tensor over memory of your own. */
#include <libib/libib.h>

#include <stdio.h>

#define N 8

static ib_status show(ib_context *context, const char *name, uint32_t grid, const ib_tensor *x, ib_tensor *values)
{
    ib_quant_options options;
    ib_quant_options_init(&options);
    options.bits = 2;
    options.grid = grid;
    options.range = IB_RANGE_TENSOR; /* smallest and largest of the values at hand */

    ib_quant *quant = NULL;
    uint16_t codes[N];
    ib_status status = ib_quant_create(context, &options, 1, &quant);
    if (status == IB_OK)
        status = ib_quant_infer(quant, x, values, codes);
    if (status == IB_OK) {
        printf("%-8s", name);
        for (size_t i = 0; i < N; i++)
            printf("  %u: %6.3f", (unsigned)codes[i], (double)ib_tensor_read(values)[i]);
        printf("\n");
    }
    ib_quant_destroy(quant);
    return status;
}

int main(void)
{
    float memory[N] = {-0.50f, -0.45f, -0.05f, 0.00f, 0.05f, 0.30f, 0.80f, 1.00f};
    const size_t shape[1] = {N};
    ib_context *context = NULL;
    ib_tensor *x = NULL;
    ib_tensor *values = NULL;

    ib_status status = ib_context_create(NULL, &context);
    if (status == IB_OK)
        status = ib_tensor_create_borrowed(context, memory, 1, shape, &x);
    if (status == IB_OK)
        status = ib_tensor_create(context, 1, shape, &values);

    printf("%-8s", "x");
    for (size_t i = 0; i < N; i++)
        printf("     %6.3f", (double)memory[i]);
    printf("\n");
    /* The uniform grid reaches from end to end; the nudged one moves a little so that zero stays exactly zero. */
    if (status == IB_OK)
        status = show(context, "uniform", IB_GRID_UNIFORM, x, values);
    if (status == IB_OK)
        status = show(context, "nudged", IB_GRID_NUDGED, x, values);

    if (status != IB_OK)
        fprintf(stderr, "%s: %s\n", ib_status_name(status), ib_context_message(context));
    ib_tensor_destroy(values);
    ib_tensor_destroy(x);
    ib_context_destroy(context);
    return status != IB_OK;
}
