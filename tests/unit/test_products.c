/* The products of a dense layer, as every set of kernels makes them: the documented sums, the same bits with each set
 * that has fused multiply-add, and no trace of where in a batch a row stands, or beside which others. */
#include "kernel_sets.h"

#include <math.h>

/* A dense layer forward and backward, for one shape. */
static void dense_of(const sets *all, size_t panels, size_t inputs, size_t outputs)
{
    const size_t nx = panels * inputs * IB_I_PANEL, nz = panels * outputs * IB_I_PANEL, nw = inputs * outputs;
    float *x = random_values(nx, 2.0f), *w = random_values(nw, 1.0f), *b = random_values(outputs, 1.0f);
    float *dz = random_values(nz, 0.1f);
    float *z[2], *dx[2], *dw[2], *db[2];
    for (size_t s = 0; s < all->count; s++) {
        z[s] = aligned(nz), dx[s] = aligned(nx), dw[s] = aligned(nw), db[s] = aligned(outputs);
        all->set[s]->dense_forward(panels, inputs, outputs, w, b, x, z[s]);
        all->set[s]->dense_backward_inputs(panels, inputs, outputs, w, dz, IB_ACTIVATION_LINEAR, NULL, dx[s]);
        all->set[s]->dense_backward_weights(panels, inputs, outputs, x, dz, dw[s], db[s]);
        assert_same(z[s], z[0], nz);
        assert_same(dx[s], dx[0], nx);
        assert_same(dw[s], dw[0], nw);
        assert_same(db[s], db[0], outputs);
    }
    for (size_t s = 0; s < all->count; s++)
        free(z[s]), free(dx[s]), free(dw[s]), free(db[s]);
    free(x), free(w), free(b), free(dz);
}

static void dense_is_the_same_everywhere(void **state)
{
    (void)state;
    const sets all = fused_sets();
    for (size_t inputs = 1; inputs <= 13; inputs++)
        for (size_t outputs = 1; outputs <= 13; outputs++)
            dense_of(&all, 1 + inputs % 3, inputs, outputs);
    dense_of(&all, 4, 65, 33);
    dense_of(&all, 2, 259, 300);
}

/* Whether a set rounds a * b + c once: (1 + 2^-12)^2 has one bit too many for a product by itself. */
static int fuses(const ib_kernels *kernels)
{
    const float w = 1.0f + 0x1p-12f, b = -1.0f - 0x1p-11f;
    float *x = aligned(IB_I_PANEL), *z = aligned(IB_I_PANEL);
    for (size_t i = 0; i < IB_I_PANEL; i++)
        x[i] = w;
    kernels->dense_forward(1, 1, 1, &w, &b, x, z);
    const int once = z[0] != 0.0f;
    free(x), free(z);
    return once;
}

static float multiply_add(int fused, float a, float b, float c)
{
    const float product = a * b;
    return fused ? fmaf(a, b, c) : product + c;
}

/* Inputs and deltas of one shape, and where row `row` of feature `u` lies. */
typedef struct layer {
    size_t panels, inputs, outputs;
    float *x, *w, *b, *dz;
} layer;

static size_t place(size_t row, size_t width, size_t u)
{
    return (row / IB_I_PANEL * width + u) * IB_I_PANEL + row % IB_I_PANEL;
}

/* Sums over samples: sample b in lane b mod 16, and the lanes as a tree. */
static float gradient_by_definition(const layer *l, int fused, size_t u, size_t d)
{
    float lanes[16] = {0};
    for (size_t row = 0; row < l->panels * IB_I_PANEL; row++)
        lanes[row % 16] =
            multiply_add(fused, l->dz[place(row, l->outputs, u)], l->x[place(row, l->inputs, d)], lanes[row % 16]);
    for (size_t half = 8; half; half /= 2)
        for (size_t i = 0; i < half; i++)
            lanes[i] += lanes[i + half];
    return lanes[0];
}

/* One random number of each product against what kernels.h says of it. */
static void compare_one(const layer *l, int fused, const float *z, const float *dx, const float *dw)
{
    const size_t row = test_random_below(l->panels * IB_I_PANEL);
    const size_t u = test_random_below(l->outputs), d = test_random_below(l->inputs);
    float forward = l->b[u], back = 0.0f;
    for (size_t k = 0; k < l->inputs; k++)
        forward = multiply_add(fused, l->w[u * l->inputs + k], l->x[place(row, l->inputs, k)], forward);
    for (size_t k = 0; k < l->outputs; k++)
        back = multiply_add(fused, l->w[k * l->inputs + d], l->dz[place(row, l->outputs, k)], back);
    assert_true(z[place(row, l->outputs, u)] == forward);
    assert_true(dx[place(row, l->inputs, d)] == back);
    assert_true(dw[u * l->inputs + d] == gradient_by_definition(l, fused, u, d));
}

static void sums_of(const ib_kernels *kernels, size_t panels, size_t inputs, size_t outputs)
{
    const size_t nx = panels * inputs * IB_I_PANEL, nz = panels * outputs * IB_I_PANEL;
    const layer l = {panels,
                     inputs,
                     outputs,
                     random_values(nx, 2.0f),
                     random_values(inputs * outputs, 1.0f),
                     random_values(outputs, 1.0f),
                     random_values(nz, 0.1f)};
    float *z = aligned(nz), *dx = random_values(nx, 1.0f), *dw = aligned(inputs * outputs), *db = aligned(outputs);
    kernels->dense_forward(panels, inputs, outputs, l.w, l.b, l.x, z);
    kernels->dense_backward_inputs(panels, inputs, outputs, l.w, l.dz, IB_ACTIVATION_LINEAR, NULL, dx);
    kernels->dense_backward_weights(panels, inputs, outputs, l.x, l.dz, dw, db);
    const int fused = fuses(kernels);
    for (int i = 0; i < 200; i++)
        compare_one(&l, fused, z, dx, dw);
    free(l.x), free(l.w), free(l.b), free(l.dz);
    free(z), free(dx), free(dw), free(db);
}

/* Small layers, and some whose weights no longer fit a cache, which are read in another way. */
static void sums_of_shapes(const ib_kernels *kernels)
{
    const size_t shapes[][2] = {{1, 1}, {12, 10}, {13, 7}, {33, 65}, {100, 90}, {256, 257}, {259, 530}, {530, 259}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        sums_of(kernels, 1 + i % 4, shapes[i][0], shapes[i][1]);
}

static void dense_sums_are_those_documented(void **state)
{
    (void)state;
    every_set(sums_of_shapes);
}

/* The gradient that the product takes along is that of the pass of its own. */
static void gradient_of(const ib_kernels *kernels, size_t inputs, size_t outputs)
{
    const size_t panels = 2, nx = panels * inputs * IB_I_PANEL;
    float *w = random_values(inputs * outputs, 1.0f), *dz = random_values(panels * outputs * IB_I_PANEL, 0.1f);
    float *y = random_values(nx, 1.0f), *together = aligned(nx), *apart = aligned(nx);
    for (uint32_t f = IB_ACTIVATION_LINEAR; f <= IB_ACTIVATION_SIGMOID; f++) {
        kernels->dense_backward_inputs(panels, inputs, outputs, w, dz, f, y, together);
        kernels->dense_backward_inputs(panels, inputs, outputs, w, dz, f, NULL, apart);
        kernels->activation_backward(f, nx, y, apart, apart);
        assert_same(together, apart, nx);
    }
    free(w), free(dz), free(y), free(together), free(apart);
}

static void gradients_of(const ib_kernels *kernels)
{
    gradient_of(kernels, 13, 7);
    gradient_of(kernels, 259, 530);
}

static void gradients_are_taken_along(void **state)
{
    (void)state;
    every_set(gradients_of);
}

/* Row `row` of x in lane `lane` of a batch */
static void put_row(const float *x, size_t row, size_t width, float *batch, size_t lane)
{
    for (size_t u = 0; u < width; u++)
        batch[place(lane, width, u)] = x[place(row, width, u)];
}

static void assert_same_row(const float *a, size_t row_a, const float *b, size_t row_b, size_t width)
{
    for (size_t u = 0; u < width; u++)
        assert_memory_equal(&a[place(row_a, width, u)], &b[place(row_b, width, u)], sizeof *a);
}

/* One batch of equal rows, and one of the same rows in another order, and both ways through a layer. */
static void places_of(const ib_kernels *kernels, size_t panels, size_t inputs, size_t outputs)
{
    const size_t rows = panels * IB_I_PANEL, nx = rows * inputs, nz = rows * outputs;
    float *w = random_values(inputs * outputs, 1.0f), *b = random_values(outputs, 1.0f);
    float *x = random_values(nx, 2.0f), *z = aligned(nz), *dz = random_values(nz, 0.1f), *dx = aligned(nx);
    float *other_x = aligned(nx), *other_z = aligned(nz), *other_dz = aligned(nz), *other_dx = aligned(nx);
    kernels->dense_forward(panels, inputs, outputs, w, b, x, z);
    kernels->dense_backward_inputs(panels, inputs, outputs, w, dz, IB_ACTIVATION_LINEAR, NULL, dx);
    const size_t one = test_random_below(rows), step = 2 * test_random_below(rows / 2) + 1;
    for (int equal = 0; equal < 2; equal++) {
        for (size_t i = 0; i < rows; i++) {
            const size_t row = equal ? one : (one + i * step) % rows;
            put_row(x, row, inputs, other_x, i);
            put_row(dz, row, outputs, other_dz, i);
        }
        kernels->dense_forward(panels, inputs, outputs, w, b, other_x, other_z);
        kernels->dense_backward_inputs(panels, inputs, outputs, w, other_dz, IB_ACTIVATION_LINEAR, NULL, other_dx);
        for (size_t i = 0; i < rows; i++) {
            const size_t row = equal ? one : (one + i * step) % rows;
            assert_same_row(other_z, i, z, row, outputs);
            assert_same_row(other_dx, i, dx, row, inputs);
        }
    }
    free(w), free(b), free(x), free(z), free(dz), free(dx);
    free(other_x), free(other_z), free(other_dz), free(other_dx);
}

static void places_of_shapes(const ib_kernels *kernels)
{
    const size_t most = getenv("LIBIB_TEST_QUICK") ? 5 : 14;
    for (size_t inputs = 1; inputs <= most; inputs++)
        for (size_t outputs = 1; outputs <= most; outputs++)
            places_of(kernels, (size_t)1 << (inputs + outputs) % 3, inputs, outputs);
    places_of(kernels, 4, 65, 33);
    places_of(kernels, 2, 259, 300);
}

static void rows_do_not_depend_on_their_place(void **state)
{
    (void)state;
    every_set(places_of_shapes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dense_is_the_same_everywhere),
        cmocka_unit_test(dense_sums_are_those_documented),
        cmocka_unit_test(gradients_are_taken_along),
        cmocka_unit_test(rows_do_not_depend_on_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
