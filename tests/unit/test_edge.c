#include "reals.h"

#include "info/edge.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static ib_edge_options options_of(uint32_t ensemble, double width, uint64_t seed)
{
    ib_edge_options options;
    ib_edge_options_init(&options);
    options.ensemble = ensemble;
    options.width = width;
    options.seed = seed;
    return options;
}

static double mutual(ib_context *context, const ib_tensor *x, const ib_tensor *y, const ib_edge_options *options)
{
    double bits = 77;
    assert_ok(context, ib_edge_mutual(context, x, y, options, &bits));
    return bits;
}

static double mutual_labels(ib_context *context, const ib_tensor *x, const uint32_t *labels, uint32_t classes,
                            const ib_edge_options *options)
{
    double bits = 77;
    assert_ok(context, ib_edge_mutual_labels(context, x, labels, classes, options, &bits));
    return bits;
}

/* --- one width ----------------------------------------------------------------------------------------------------*/

enum { MOST = 80 };

/* Numbers of the rows of cells, by comparing each with each: that of the first row that is the same. */
static void number_plainly(const double *cells, size_t rows, size_t columns, size_t *numbers)
{
    for (size_t i = 0; i < rows; i++)
        for (numbers[i] = 0; memcmp(cells + numbers[i] * columns, cells + i * columns, columns * sizeof *cells) != 0;)
            numbers[i]++;
}

/* The formula with g(t) = t log2 t, edge by edge. */
static double plain_graph(const size_t *x, const size_t *y, size_t rows)
{
    double sum = 0;
    for (size_t i = 0; i < rows; i++) {
        double both = 0, of_x = 0, of_y = 0;
        int is_first = 1;
        for (size_t j = 0; j < rows; j++) {
            is_first &= !(j < i && x[j] == x[i] && y[j] == y[i]);
            both += x[j] == x[i] && y[j] == y[i];
            of_x += x[j] == x[i];
            of_y += y[j] == y[i];
        }
        const double n = (double)rows, product = of_x / n * (of_y / n), weight = both / n / product;
        sum += is_first ? product * weight * log2(weight) : 0;
    }
    return sum;
}

/* Cells of the narrowest grid, with the shifts that the header promises: a stream for each variable and width. */
static void place_plainly(ib_context *context, const ib_tensor *x, uint64_t number, double width, uint64_t seed,
                          size_t *numbers)
{
    const size_t rows = ib_tensor_shape(x, 0), columns = ib_tensor_shape(x, 1);
    double cells[MOST * 3];
    ib_rng *rng = NULL;
    assert_ok(context, ib_rng_create(context, seed, ib_rng_stream(number, 0, IB_STREAM_ESTIMATE), &rng));
    for (size_t c = 0; c < columns; c++) {
        const double shift = ib_rng_get_uniform(rng) * width;
        for (size_t i = 0; i < rows; i++)
            cells[i * columns + c] = floor(((double)ib_tensor_read(x)[i * columns + c] + shift) / width) + 0.0;
    }
    ib_rng_destroy(rng);
    number_plainly(cells, rows, columns, numbers);
}

static void one_width_is_the_graph(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const double widths[] = {0.01, 0.5, 1, 3, 100};
    for (size_t r = 0; r < 100; r++) {
        const size_t rows = 1 + test_random_below(MOST), columns = 1 + test_random_below(3);
        const double width = widths[r % COUNT(widths)];
        ib_tensor *x = reals_normal(context, rows, columns), *y = reals_normal(context, rows, 2);
        size_t of_x[MOST], of_y[MOST];
        uint32_t labels[MOST];
        const ib_edge_options options = options_of(1, width, test_random());
        place_plainly(context, x, 0, width, options.seed, of_x);
        place_plainly(context, y, 1, width, options.seed, of_y);
        assert_close(mutual(context, x, y, &options), plain_graph(of_x, of_y, rows), 1e-13, 0);
        for (size_t i = 0; i < rows; i++)
            of_y[i] = labels[i] = (uint32_t)test_random_below(1 + r % 5);
        assert_close(mutual_labels(context, x, labels, 5, &options), plain_graph(of_x, of_y, rows), 1e-13, 0);
        ib_tensor_destroy(x);
        ib_tensor_destroy(y);
    }
    ib_context_destroy(context);
}

/* --- weights ------------------------------------------------------------------------------------------------------*/

static void take_away(double *v, const double *from, size_t n)
{
    double product = 0, square = 0;
    for (size_t i = 0; i < n; i++) {
        product += v[i] * from[i];
        square += from[i] * from[i];
    }
    for (size_t i = 0; i < n; i++)
        v[i] -= product / square * from[i];
}

/* The three equations hold, and no other weights for which they hold are shorter: all directions in which the equations
 * do not change are at right angles to the weights. */
static void weights_cancel(void **state)
{
    (void)state;
    static const size_t dimensions[] = {1, 2, 5, 22, 784, 100000};
    for (size_t d = 0; d < COUNT(dimensions); d++)
        for (size_t n = 3; n <= IB_EDGE_ENSEMBLE_MOST; n = n < 12 ? n + 1 : n * 2) {
            double w[IB_EDGE_ENSEMBLE_MOST], rows[3][IB_EDGE_ENSEMBLE_MOST], v[IB_EDGE_ENSEMBLE_MOST], sums[4] = {0};
            ib_i_edge_weights(n, dimensions[d], w);
            for (size_t i = 0; i < n; i++) {
                const double t = 1 + 2 * (double)i / (double)(n - 1);
                rows[0][i] = 1;
                rows[1][i] = t * t;
                rows[2][i] = pow(t, -(double)dimensions[d]);
                v[i] = test_random_uniform() - 0.5;
                for (size_t k = 0; k < 3; k++)
                    sums[k] += w[i] * rows[k][i];
            }
            assert_close(sums[0], 1, 1e-11, 0);
            assert_close(sums[1], 0, 1e-11, 0);
            assert_close(sums[2], 0, 1e-11, 0);
            take_away(rows[1], rows[0], n);
            take_away(rows[2], rows[0], n);
            take_away(rows[2], rows[1], n);
            for (size_t k = 0; k < 3; k++)
                take_away(v, rows[k], n);
            for (size_t i = 0; i < n; i++)
                sums[3] += w[i] * v[i];
            assert_close(sums[3], 0, 1e-11, 0);
        }
}

static void few_widths(void **state)
{
    (void)state;
    double w[2];
    ib_i_edge_weights(1, 3, w);
    assert_close(w[0], 1, 0, 0);
    ib_i_edge_weights(2, 3, w); /* widths 1 and 3: w + 9 v = 0, w + v = 1 */
    assert_close(w[0], 9.0 / 8, 1e-15, 0);
    assert_close(w[1], -1.0 / 8, 1e-15, 0);
}

/* --- known values -------------------------------------------------------------------------------------------------*/

static double plug_in(ib_context *context, const ib_tensor *x, const uint32_t *labels, uint32_t classes)
{
    ib_counter *counter = NULL;
    ib_codes codes;
    ib_codes_init(&codes, IB_CODE_FLOAT32, ib_tensor_read(x), ib_tensor_shape(x, 0), ib_tensor_shape(x, 1));
    assert_ok(context, ib_counter_create(context, IB_CODE_FLOAT32, ib_tensor_shape(x, 1), classes, &counter));
    assert_ok(context, ib_counter_add(counter, &codes, labels, NULL));
    const double bits = ib_entropy_mutual(counter);
    ib_counter_destroy(counter);
    return bits;
}

/* Integers, cells of 1/3 and up to 1: all grids tell all values apart, and the plug-in information is said to the
 * bit. */
static void discrete_values_are_counted(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    for (size_t r = 0; r < 60; r++) {
        const size_t rows = 1 + test_random_below(500);
        const uint32_t bound = 2 + (uint32_t)test_random_below(4);
        uint32_t labels[500];
        ib_tensor *x = reals_discrete(context, rows, 2, bound), *y = reals_of(context, NULL, rows, 1);
        for (size_t i = 0; i < rows; i++) {
            labels[i] = (uint32_t)test_random_below(bound);
            labels[i] = r % 2 ? labels[i] : (uint32_t)ib_tensor_read(x)[2 * i];
            ib_tensor_data(y)[i] = (float)labels[i];
        }
        const double bits = plug_in(context, x, labels, bound);
        static const uint32_t ensembles[] = {0, 1, 2, 3, 40};
        for (size_t e = 0; e < COUNT(ensembles); e++) {
            const ib_edge_options options = options_of(ensembles[e], 1.0 / 3, r);
            assert_same_bits(mutual(context, x, y, &options), bits);
            assert_same_bits(mutual_labels(context, x, labels, bound, &options), bits);
        }
        ib_tensor_destroy(x);
        ib_tensor_destroy(y);
    }
    ib_context_destroy(context);
}

/* Components of two values are told apart by the default widths, however seldom one of them is. */
static void binary_values_are_counted(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const size_t columns[] = {1, 2, 12};
    for (size_t r = 0; r < 60; r++) {
        const size_t rows = 2 + test_random_below(499), d = columns[r % COUNT(columns)];
        uint32_t labels[500];
        ib_tensor *x = reals_discrete(context, rows, d, 2), *y = reals_of(context, NULL, rows, 1);
        for (size_t i = 0; i < rows; i++) {
            labels[i] = test_random_below(1 + r % 9) == 0;
            ib_tensor_data(y)[i] = labels[i] ? 1.5f : -7;
        }
        const ib_edge_options options = options_of(0, 0, r);
        assert_same_bits(mutual(context, x, y, &options), plug_in(context, x, labels, 2));
        ib_tensor_destroy(x);
        ib_tensor_destroy(y);
    }
    ib_context_destroy(context);
}

static void normal_variables(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const double correlations[] = {0, 0.3, 0.6, 0.9, -0.9};
    const size_t rows = 2000;
    for (size_t c = 0; c < COUNT(correlations); c++) {
        const double r = correlations[c];
        ib_tensor *x = reals_normal(context, rows, 1), *y = reals_normal(context, rows, 1);
        for (size_t i = 0; i < rows; i++)
            ib_tensor_data(y)[i] =
                (float)(r * (double)ib_tensor_data(x)[i] + sqrt(1 - r * r) * (double)ib_tensor_data(y)[i]);
        const double bits = mutual(context, x, y, NULL);
        assert_close(bits, -0.5 * log2(1 - r * r), 0.15, 0);
        ib_tensor_destroy(x);
        ib_tensor_destroy(y);
    }
    ib_context_destroy(context);
}

static void labels_of_normal_variables(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    uint32_t labels[2000];
    ib_tensor *x = reals_normal(context, 2000, 1), *apart = reals_normal(context, 2000, 1);
    for (size_t i = 0; i < 2000; i++) {
        labels[i] = i % 2;
        ib_tensor_data(apart)[i] += 40 * (float)labels[i];
    }
    assert_close(mutual_labels(context, x, labels, 2, NULL), 0, 0.05, 0);
    assert_close(mutual_labels(context, apart, labels, 2, NULL), 1, 0.001, 0);
    ib_tensor_destroy(x);
    ib_tensor_destroy(apart);
    ib_context_destroy(context);
}

/* --- invariances --------------------------------------------------------------------------------------------------*/

enum { ROWS = 700 };

static void invariances(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    uint32_t order[ROWS], labels[ROWS], ordered[ROWS];
    ib_tensor *x = reals_normal(context, ROWS, 1), *y = reals_normal(context, ROWS, 2);
    for (size_t i = 0; i < ROWS; i++)
        ib_tensor_data(y)[2 * i] += ib_tensor_data(x)[i];
    random_order(order, ROWS);
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = (uint32_t)test_random_below(4);
    for (size_t i = 0; i < ROWS; i++)
        ordered[i] = labels[order[i]];
    ib_tensor *x2 = reals_ordered(context, x, order), *y2 = reals_ordered(context, y, order);
    ib_tensor *x3 = reals_scaled(context, x, 1024), *y3 = reals_scaled(context, y, 0.125f);
    const ib_edge_options given = options_of(5, 0.5, 3), scaled = options_of(5, 512, 3), other = options_of(5, 0.5, 4);
    const double bits = mutual(context, x, y, NULL), of_labels = mutual_labels(context, x, labels, 4, NULL);
    assert_same_bits(mutual(context, x2, y2, NULL), bits);
    assert_same_bits(mutual(context, x2, y2, &given), mutual(context, x, y, &given));
    assert_same_bits(mutual(context, x3, y3, NULL), bits); /* widths follow deviations */
    assert_same_bits(mutual_labels(context, x2, ordered, 4, NULL), of_labels);
    assert_same_bits(mutual_labels(context, x3, labels, 4, NULL), of_labels);
    assert_same_bits(mutual_labels(context, x3, labels, 4, &scaled), mutual_labels(context, x, labels, 4, &given));
    assert_true(mutual(context, x, y, &other) != mutual(context, x, y, &given)); /* the seed shifts the grids */
    ib_tensor *all[] = {x, y, x2, y2, x3, y3};
    for (size_t i = 0; i < COUNT(all); i++)
        ib_tensor_destroy(all[i]);
    ib_context_destroy(context);
}

static void constants(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const uint32_t labels[4] = {0, 0, 0, 0};
    ib_tensor *x = reals_normal(context, 4, 2), *flat = reals_of(context, (const float[]){5, 5, 5, 5}, 4, 1);
    const ib_edge_options options = options_of(0, 0.1, 0);
    for (int i = 0; i < 2; i++) {
        assert_same_bits(mutual(context, x, flat, i ? &options : NULL), 0.0);
        assert_same_bits(mutual(context, flat, x, i ? &options : NULL), 0.0);
        assert_same_bits(mutual_labels(context, x, labels, 1, i ? &options : NULL), 0.0);
    }
    ib_tensor *none = reals_of(context, NULL, 0, 2);
    assert_same_bits(mutual(context, none, none, NULL), 0.0);
    assert_same_bits(mutual_labels(context, none, NULL, 3, NULL), 0.0);
    ib_tensor *all[] = {x, flat, none};
    for (size_t i = 0; i < COUNT(all); i++)
        ib_tensor_destroy(all[i]);
    ib_context_destroy(context);
}

/* --- refusals -----------------------------------------------------------------------------------------------------*/

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const uint32_t labels[4] = {0, 1, 1, 0};
    ib_tensor *x = reals_normal(context, 4, 2), *y = reals_normal(context, 4, 1), *longer = reals_normal(context, 5, 1);
    ib_tensor *narrow = reals_of(context, NULL, 4, 0);
    double bits = 77;
    assert_int_equal(ib_edge_mutual(NULL, x, y, NULL, &bits), IB_ERR_ARG);
    assert_int_equal(ib_edge_mutual_labels(NULL, x, labels, 2, NULL, &bits), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "x is NULL", ib_edge_mutual(context, NULL, y, NULL, &bits));
    assert_fails(context, IB_ERR_ARG, "y is NULL", ib_edge_mutual(context, x, NULL, NULL, &bits));
    assert_fails(context, IB_ERR_ARG, "bits", ib_edge_mutual(context, x, y, NULL, NULL));
    assert_fails(context, IB_ERR_ARG, "bits", ib_edge_mutual_labels(context, x, labels, 2, NULL, NULL));
    assert_fails(context, IB_ERR_ARG, "labels", ib_edge_mutual_labels(context, x, NULL, 2, NULL, &bits));
    assert_fails(context, IB_ERR_RANGE, "labels[1]", ib_edge_mutual_labels(context, x, labels, 1, NULL, &bits));
    assert_fails(context, IB_ERR_SHAPE, "y: expected 4 rows, got 5", ib_edge_mutual(context, x, longer, NULL, &bits));
    assert_fails(context, IB_ERR_SHAPE, "x: expected at least 1", ib_edge_mutual(context, narrow, y, NULL, &bits));
    static const double bad[] = {-0.1, NAN, INFINITY, 1e-39, 1e39};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const ib_edge_options options = options_of(0, bad[i], 0);
        assert_fails(context, IB_ERR_RANGE, "width", ib_edge_mutual(context, x, y, &options, &bits));
        assert_fails(context, IB_ERR_RANGE, "width", ib_edge_mutual_labels(context, x, labels, 2, &options, &bits));
    }
    ib_edge_options options = options_of(IB_EDGE_ENSEMBLE_MOST + 1, 0, 0);
    assert_fails(context, IB_ERR_RANGE, "ensemble", ib_edge_mutual(context, x, y, &options, &bits));
    options = options_of(0, 0, 0);
    options.struct_size = 4;
    assert_fails(context, IB_ERR_ARG, "struct_size", ib_edge_mutual(context, x, y, &options, &bits));
    options = options_of(0, 1e-30, 0);
    assert_fails(context, IB_ERR_RANGE, "2^53", ib_edge_mutual(context, x, y, &options, &bits));
    ib_tensor_data(y)[2] = -INFINITY;
    assert_fails(context, IB_ERR_NONFINITE, "y", ib_edge_mutual(context, x, y, NULL, &bits));
    assert_same_bits(bits, 77.0);
    ib_edge_options_init(NULL);
    ib_tensor *all[] = {x, y, longer, narrow};
    for (size_t i = 0; i < COUNT(all); i++)
        ib_tensor_destroy(all[i]);
    ib_context_destroy(context);
}

/* From the smallest to the largest floats at once. */
static void extreme_values(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_tensor *x = reals_of(context, (const float[]){-FLT_MAX, FLT_MAX, 0, 1e-45f}, 4, 1);
    ib_tensor *tiny = reals_of(context, (const float[]){1e-45f, 0, 0, 1e-45f}, 4, 1);
    const double bits = mutual(context, x, tiny, NULL);
    assert_true(isfinite(bits));
    ib_tensor_destroy(x);
    ib_tensor_destroy(tiny);
    ib_context_destroy(context);
}

static ib_status measure_few(ib_context *context, void *user_data)
{
    static float rows[5][2] = {{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 12}};
    const uint32_t labels[5] = {0, 1, 0, 1, 2};
    double bits = 77;
    ib_tensor *x = NULL;
    ib_status status = ib_tensor_create_borrowed(context, rows[0], 2, (const size_t[]){5, 2}, &x);
    if (status == IB_OK)
        status = user_data ? ib_edge_mutual_labels(context, x, labels, 3, NULL, &bits)
                           : ib_edge_mutual(context, x, x, NULL, &bits);
    assert_true((status == IB_OK) == (bits != 77));
    ib_tensor_destroy(x);
    return status;
}

static void out_of_memory(void **state)
{
    int with_labels = 1;
    (void)state;
    test_every_failed_allocation(measure_few, NULL);
    test_every_failed_allocation(measure_few, &with_labels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_width_is_the_graph),
        cmocka_unit_test(weights_cancel),
        cmocka_unit_test(few_widths),
        cmocka_unit_test(discrete_values_are_counted),
        cmocka_unit_test(binary_values_are_counted),
        cmocka_unit_test(normal_variables),
        cmocka_unit_test(labels_of_normal_variables),
        cmocka_unit_test(invariances),
        cmocka_unit_test(constants),
        cmocka_unit_test(refusals),
        cmocka_unit_test(extreme_values),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
