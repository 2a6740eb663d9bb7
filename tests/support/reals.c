#include "reals.h"

#include <math.h>
#include <string.h>

ib_tensor *reals_of(ib_context *context, const float *values, size_t rows, size_t columns)
{
    ib_tensor *made = NULL;
    assert_ok(context, ib_tensor_create(context, 2, (const size_t[]){rows, columns}, &made));
    if (values)
        memcpy(ib_tensor_data(made), values, rows * columns * sizeof *values);
    return made;
}

double random_normal(void)
{
    const double u = 1 - test_random_uniform(), angle = 6.283185307179586 * test_random_uniform();
    return sqrt(-2 * log(u)) * cos(angle);
}

ib_tensor *reals_normal(ib_context *context, size_t rows, size_t columns)
{
    ib_tensor *made = reals_of(context, NULL, rows, columns);
    for (size_t i = 0; i < rows * columns; i++)
        ib_tensor_data(made)[i] = (float)random_normal();
    return made;
}

ib_tensor *reals_discrete(ib_context *context, size_t rows, size_t columns, uint32_t bound)
{
    ib_tensor *made = reals_of(context, NULL, rows, columns);
    for (size_t i = 0; i < rows * columns; i++)
        ib_tensor_data(made)[i] = (float)test_random_below(bound);
    return made;
}

ib_tensor *reals_ordered(ib_context *context, const ib_tensor *tensor, const uint32_t *order)
{
    const size_t rows = ib_tensor_shape(tensor, 0), columns = ib_tensor_shape(tensor, 1);
    ib_tensor *made = reals_of(context, NULL, rows, columns);
    for (size_t i = 0; i < rows; i++)
        memcpy(ib_tensor_data(made) + i * columns, ib_tensor_read(tensor) + order[i] * columns,
               columns * sizeof(float));
    return made;
}

ib_tensor *reals_scaled(ib_context *context, const ib_tensor *tensor, float factor)
{
    ib_tensor *made = reals_of(context, ib_tensor_read(tensor), ib_tensor_shape(tensor, 0), ib_tensor_shape(tensor, 1));
    for (size_t i = 0; i < ib_tensor_size(made); i++)
        ib_tensor_data(made)[i] *= factor;
    return made;
}

void random_order(uint32_t *order, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const size_t other = test_random_below(i + 1);
        order[i] = order[other];
        order[other] = (uint32_t)i;
    }
}

void assert_same_double(double a, double b, const char *what, const char *file, int line)
{
    if (memcmp(&a, &b, sizeof a) == 0)
        return;
    print_error("%s: expected the bits of %.17g, got %.17g\n", what, b, a);
    _fail(file, line);
}
