#include "jacobi.h"
#include "reals.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static ib_renyi_options options_of(double alpha, double input_width, double width)
{
    ib_renyi_options options;
    ib_renyi_options_init(&options);
    options.alpha = alpha;
    options.input_width = input_width;
    options.width = width;
    options.eigenvalues = jacobi;
    return options;
}

static double mutual(ib_context *context, const ib_tensor *x, const ib_tensor *y, const ib_renyi_options *options)
{
    double bits = 77;
    assert_ok(context, ib_renyi_mutual(context, x, y, options, &bits));
    return bits;
}

static double mutual_labels(ib_context *context, const ib_tensor *x, const uint32_t *labels, uint32_t classes,
                            const ib_renyi_options *options)
{
    double bits = 77;
    assert_ok(context, ib_renyi_mutual_labels(context, x, labels, classes, options, &bits));
    return bits;
}

/* --- a plain second implementation --------------------------------------------------------------------------------*/

enum { MOST = 60 };

static void plain_kernel(const ib_tensor *x, double width, double *kernel)
{
    const size_t n = ib_tensor_shape(x, 0), columns = ib_tensor_shape(x, 1);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double square = 0;
            for (size_t c = 0; c < columns; c++)
                square +=
                    pow((double)ib_tensor_read(x)[i * columns + c] - (double)ib_tensor_read(x)[j * columns + c], 2);
            kernel[i * n + j] = exp(-square / (2 * width * width));
        }
}

static void plain_label_kernel(const uint32_t *labels, size_t n, double *kernel)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            kernel[i * n + j] = labels[i] == labels[j];
}

static void multiply(size_t n, const double *a, const double *b, double *product)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            product[i * n + j] = 0;
            for (size_t k = 0; k < n; k++)
                product[i * n + j] += a[i * n + k] * b[k * n + j];
        }
}

/* Orders 2 and 3 from the trace of the second or third power of the matrix, others from the eigenvalues of Jacobi. */
static double plain_entropy(size_t n, const double *kernel, double alpha)
{
    static double a[MOST * MOST], square[MOST * MOST], power[MOST * MOST];
    double values[MOST], sum = 0;
    for (size_t i = 0; i < n * n; i++)
        a[i] = kernel[i] / (double)n;
    multiply(n, a, a, square);
    multiply(n, square, a, power);
    if (alpha == 2.0 || alpha == 3.0) {
        for (size_t i = 0; i < n; i++)
            sum += (alpha == 2.0 ? square : power)[i * n + i];
    } else {
        jacobi(n, a, values, NULL);
        for (size_t i = 0; i < n; i++)
            sum += values[i] > 0 ? pow(values[i], alpha) : 0;
    }
    return log2(sum) / (1 - alpha);
}

static double plain_mutual(size_t n, const double *x, const double *y, double alpha)
{
    static double both[MOST * MOST];
    for (size_t i = 0; i < n * n; i++)
        both[i] = x[i] * y[i];
    return plain_entropy(n, x, alpha) + plain_entropy(n, y, alpha) - plain_entropy(n, both, alpha);
}

static void same_as_plain(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const double alphas[] = {2, 3, 1.01, 0.5, 1.99};
    static double of_x[MOST * MOST], of_y[MOST * MOST], of_labels[MOST * MOST];
    const size_t rounds = getenv("LIBIB_TEST_QUICK") ? 5 : 40;
    for (size_t r = 0; r < rounds; r++) {
        const size_t n = 1 + test_random_below(r < 5 ? 4 : MOST);
        ib_tensor *x = reals_normal(context, n, 3);
        ib_tensor *y = r % 2 ? reals_normal(context, n, 1) : reals_discrete(context, n, 1, 3);
        uint32_t labels[MOST];
        for (size_t i = 0; i < n; i++)
            labels[i] = (uint32_t)test_random_below(3);
        plain_kernel(x, 1.5, of_x);
        plain_kernel(y, 0.7, of_y);
        plain_label_kernel(labels, n, of_labels);
        for (size_t a = 0; a < COUNT(alphas); a++) {
            /* Roots of eigenvalues that are 0 but for rounding are not quite 0. */
            const double error = alphas[a] < 1 ? 1e-6 : 1e-10;
            const ib_renyi_options options = options_of(alphas[a], 1.5, 0.7), of_values = options_of(alphas[a], 9, 1.5);
            assert_close(mutual(context, x, y, &options), plain_mutual(n, of_x, of_y, alphas[a]), error, 0);
            assert_close(mutual_labels(context, x, labels, 3, &of_values), plain_mutual(n, of_x, of_labels, alphas[a]),
                         error, 0);
        }
        ib_tensor_destroy(x);
        ib_tensor_destroy(y);
    }
    ib_context_destroy(context);
}

/* Close to order 2 the way with eigenvalues comes to what the way without them does; beyond a block of rows. */
static void order_2_needs_no_eigenvalues(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const size_t rows = getenv("LIBIB_TEST_QUICK") ? 30 : 90;
    ib_tensor *x = reals_normal(context, rows, 2), *y = reals_normal(context, rows, 2);
    int calls = 0;
    ib_renyi_options options = options_of(0, 0, 0);
    options.user_data = &calls;
    const double bits = mutual(context, x, y, &options);
    assert_int_equal(calls, 0);
    options.alpha = 2;
    options.eigenvalues = NULL;
    assert_same_bits(mutual(context, x, y, &options), bits);
    assert_same_bits(mutual(context, x, y, NULL), bits);
    options.alpha = 2 + 0x1p-40;
    options.eigenvalues = jacobi;
    assert_close(mutual(context, x, y, &options), bits, 1e-9, 0);
    assert_int_equal(calls, 3);
    ib_tensor_destroy(x);
    ib_tensor_destroy(y);
    ib_context_destroy(context);
}

#if HAVE_LAPACK
static void lapack_agrees(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const size_t rows = getenv("LIBIB_TEST_QUICK") ? 60 : 600;
    ib_tensor *x = reals_normal(context, rows, 2), *y = reals_normal(context, rows, 1);
    ib_renyi_options options = options_of(2 + 0x1p-40, 0, 0);
    options.eigenvalues = lapack;
    const ib_renyi_options order_2 = options_of(2, 0, 0);
    assert_close(mutual(context, x, y, &options), mutual(context, x, y, &order_2), 1e-9, 0);
    ib_tensor_destroy(x);
    ib_tensor_destroy(y);
    x = reals_normal(context, 40, 2);
    y = reals_normal(context, 40, 1);
    options.alpha = 1.01;
    const ib_renyi_options of_jacobi = options_of(1.01, 0, 0);
    assert_close(mutual(context, x, y, &options), mutual(context, x, y, &of_jacobi), 1e-9, 0);
    ib_tensor_destroy(x);
    ib_tensor_destroy(y);
    ib_context_destroy(context);
}
#endif

/* --- known values -------------------------------------------------------------------------------------------------*/

/* Two rows at distance d: S_2 = -log2 (2 + 2 k^2) / 4 with k = exp(-d^2 / (2 w^2)); I(X;X) has k^2 in both. */
static void two_rows_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_tensor *x = reals_of(context, (const float[]){0, 3, 1, 3}, 2, 2);
    const ib_renyi_options options = options_of(2, 2, 2);
    const double k = exp(-1.0 / 8);
    assert_close(mutual(context, x, x, &options), -2 * log2((2 + 2 * k * k) / 4) + log2((2 + 2 * pow(k, 4)) / 4), 1e-14,
                 0);
    const uint32_t labels[2] = {1, 0}; /* S_2 of the labels is 1, and so is that of both */
    assert_close(mutual_labels(context, x, labels, 2, &options), -log2((2 + 2 * k * k) / 4), 1e-14, 0);
    ib_tensor_destroy(x);
    ib_context_destroy(context);
}

/* What rows far apart still have in common counts down to the last bit: with labels 0 and 1, 1 - log2(1 + k^2). */
static void nearly_far_rows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const uint32_t labels[2] = {0, 1};
    const ib_renyi_options options = options_of(2, 1, 1);
    for (float d = 1; d < 9; d += 0.125f) {
        ib_tensor *values = reals_of(context, (const float[]){0, d}, 2, 1);
        const double found = mutual_labels(context, values, labels, 2, &options);
        assert_close(1 - found, log1p(exp(-(double)d * (double)d)) / log(2), 5e-16, 0);
        ib_tensor_destroy(values);
    }
    ib_context_destroy(context);
}

/* Of order 2: equal rows say nothing and rows far apart all, exactly. */
static void exact_values(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const ib_renyi_options options = options_of(2, 1, 1), far = options_of(2, 1e-30, 1e-30);
    for (size_t n = 1; n < 700; n += n < 20 ? 1 : 333) {
        uint32_t labels[700];
        ib_tensor *x = reals_normal(context, n, 2), *flat = reals_of(context, NULL, n, 1);
        ib_tensor *apart = reals_of(context, NULL, n, 1);
        double square = 0, counts[3] = {0};
        for (size_t i = 0; i < n; i++) {
            ib_tensor_data(flat)[i] = 0.3f;
            ib_tensor_data(apart)[i] = (float)i * 1000;
            labels[i] = (uint32_t)test_random_below(3);
            counts[labels[i]]++;
        }
        for (size_t y = 0; y < 3; y++)
            square += counts[y] / (double)n * (counts[y] / (double)n);
        assert_same_bits(mutual(context, x, flat, &options), 0.0);
        assert_same_bits(mutual(context, flat, x, NULL), 0.0);
        assert_same_bits(mutual(context, apart, apart, &options), ib_entropy_log2((double)n));
        assert_same_bits(mutual(context, apart, apart, &far), ib_entropy_log2((double)n));
        assert_close(mutual_labels(context, apart, labels, 3, &options), -log2(square), 1e-13, 0);
        ib_tensor_destroy(x);
        ib_tensor_destroy(flat);
        ib_tensor_destroy(apart);
    }
    ib_context_destroy(context);
}

static void values_of_order_1_01(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const ib_renyi_options options = options_of(1.01, 1, 1);
    ib_tensor *flat = reals_of(context, NULL, 40, 1), *apart = reals_of(context, NULL, 40, 1);
    for (size_t i = 0; i < 40; i++)
        ib_tensor_data(apart)[i] = (float)i * 1000;
    assert_close(mutual(context, flat, flat, &options), 0, 1e-11, 0);
    assert_close(mutual(context, apart, flat, &options), 0, 1e-11, 0);
    assert_close(mutual(context, apart, apart, &options), log2(40), 1e-11, 0);
    ib_tensor_destroy(flat);
    ib_tensor_destroy(apart);
    ib_context_destroy(context);
}

/* Powers of eigenvalues that are too small for a number: S comes near to -log2 of the largest eigenvalue. */
static void large_orders(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const uint32_t labels[4] = {1, 0, 1, 1};
    ib_tensor *apart = reals_of(context, (const float[]){0, 1000, 2000, 3000}, 4, 1);
    static const double orders[] = {100, 400, 3000, 1e9, 3e38};
    for (size_t i = 0; i < COUNT(orders); i++) {
        const ib_renyi_options options = options_of(orders[i], 1, 1);
        assert_close(mutual_labels(context, apart, labels, 2, &options), log2(0.75) * orders[i] / (1 - orders[i]),
                     1e-14, 0);
        assert_close(mutual(context, apart, apart, &options), 2, 1e-14, 0);
    }
    ib_tensor_destroy(apart);
    ib_context_destroy(context);
}

/* Joint entropy is at least that of either and at most their sum (Sanchez Giraldo et al., proposition on Hadamard
 * products), so I(X;T) is from 0 to I(X;X) of wide kernels; and it does not matter which is which. */
static void inequalities(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const double alphas[] = {2, 1.01, 1.5};
    for (size_t r = 0; r < 20; r++)
        for (size_t a = 0; a < COUNT(alphas); a++) {
            const size_t n = 2 + test_random_below(20);
            ib_tensor *x = reals_normal(context, n, 2), *y = reals_normal(context, n, 1);
            const ib_renyi_options options = options_of(alphas[a], 0.8, 0.8);
            const double bits = mutual(context, x, y, &options);
            assert_true(bits >= -1e-9 && bits <= log2((double)n) + 1e-9);
            assert_close(mutual(context, y, x, &options), bits, 1e-9, 0);
            ib_tensor_destroy(x);
            ib_tensor_destroy(y);
        }
    ib_context_destroy(context);
}

/* Silverman's rule, written plainly. */
static double silverman(const ib_tensor *x)
{
    const size_t n = ib_tensor_shape(x, 0), d = ib_tensor_shape(x, 1);
    double variance = 0;
    for (size_t c = 0; c < d; c++) {
        double mean = 0;
        for (size_t i = 0; i < n; i++)
            mean += (double)ib_tensor_read(x)[i * d + c] / (double)n;
        for (size_t i = 0; i < n; i++)
            variance += pow((double)ib_tensor_read(x)[i * d + c] - mean, 2) / (double)n / (double)d;
    }
    return sqrt(variance) * pow(4 / ((double)d + 2), 1 / ((double)d + 4)) * pow((double)n, -1 / ((double)d + 4));
}

static void default_widths(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    uint32_t labels[80];
    for (size_t d = 1; d < 6; d++) {
        ib_tensor *x = reals_normal(context, 80, d), *y = reals_normal(context, 80, 2);
        for (size_t i = 0; i < 80; i++) {
            labels[i] = (uint32_t)test_random_below(3);
            ib_tensor_data(x)[i * d] = 3 * ib_tensor_data(x)[i * d] + 7;
            ib_tensor_data(y)[2 * i] += ib_tensor_data(x)[i * d];
        }
        const ib_renyi_options given = options_of(2, silverman(x), silverman(y)), of_x = options_of(2, 0, silverman(x));
        assert_close(mutual(context, x, y, NULL), mutual(context, x, y, &given), 1e-12, 0);
        assert_close(mutual_labels(context, x, labels, 3, NULL), mutual_labels(context, x, labels, 3, &of_x), 1e-12, 0);
        ib_tensor_destroy(x);
        ib_tensor_destroy(y);
    }
    ib_context_destroy(context);
}

static void invariances(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    enum { ROWS = 600 };
    uint32_t order[ROWS], labels[ROWS], ordered[ROWS];
    ib_tensor *x = reals_normal(context, ROWS, 2), *y = reals_normal(context, ROWS, 3);
    random_order(order, ROWS);
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = (uint32_t)test_random_below(4);
    for (size_t i = 0; i < ROWS; i++)
        ordered[i] = labels[order[i]];
    ib_tensor *x2 = reals_ordered(context, x, order), *y2 = reals_ordered(context, y, order);
    ib_tensor *x3 = reals_scaled(context, x, 1024), *y3 = reals_scaled(context, y, -0.125f);
    const double bits = mutual(context, x, y, NULL), of_labels = mutual_labels(context, x, labels, 4, NULL);
    assert_same_bits(mutual(context, x2, y2, NULL), bits);
    assert_same_bits(mutual(context, x3, y3, NULL), bits);
    assert_same_bits(mutual_labels(context, x2, ordered, 4, NULL), of_labels);
    assert_same_bits(mutual_labels(context, x3, labels, 4, NULL), of_labels);
    ib_tensor *all[] = {x, y, x2, y2, x3, y3};
    for (size_t i = 0; i < COUNT(all); i++)
        ib_tensor_destroy(all[i]);
    ib_context_destroy(context);
}

/* --- refusals -----------------------------------------------------------------------------------------------------*/

/* Does what it is told: fail, stop, or say something that cannot be. */
typedef struct liar {
    int32_t result;
    double first;
} liar;

static int32_t lie(size_t n, double *matrix, double *values, void *user_data)
{
    const liar *what = user_data;
    (void)matrix;
    for (size_t i = 0; i < n; i++)
        values[i] = i ? (1 - what->first) / (double)(n - 1) : what->first;
    return what->result;
}

static void callbacks_that_fail(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const struct {
        liar what;
        ib_status status;
        const char *words;
    } lies[] = {
        {{-7, 0.5}, IB_ERR_CALLBACK, "eigenvalues callback failed with -7"},
        {{0, NAN}, IB_ERR_NONFINITE, "eigenvalues callback"},
        {{0, INFINITY}, IB_ERR_NONFINITE, "eigenvalues callback"},
        {{0, -0.1}, IB_ERR_RANGE, "none below 0, got -0.1"},
        {{0, 1.1}, IB_ERR_RANGE, "none below 0"},
    };
    ib_tensor *x = reals_normal(context, 5, 2);
    ib_renyi_options options = options_of(1.01, 1, 1);
    options.eigenvalues = lie;
    double bits = 77;
    for (size_t i = 0; i < COUNT(lies); i++) {
        liar what = lies[i].what;
        options.user_data = &what;
        assert_fails(context, lies[i].status, lies[i].words, ib_renyi_mutual(context, x, x, &options, &bits));
    }
    liar stop = {3, 0.5};
    options.user_data = &stop;
    assert_int_equal(ib_renyi_mutual(context, x, x, &options, &bits), IB_STOPPED);
    assert_int_equal(ib_context_callback_value(context), 3);
    ib_tensor *one = reals_normal(context, 1, 1); /* a single value, which must be 1 */
    liar wrong = {0, 1.5};
    options.user_data = &wrong;
    assert_fails(context, IB_ERR_RANGE, "the sum 1, got 1.5", ib_renyi_mutual(context, one, one, &options, &bits));
    assert_same_bits(bits, 77.0);
    ib_tensor_destroy(x);
    ib_tensor_destroy(one);
    ib_context_destroy(context);
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const uint32_t labels[4] = {0, 1, 1, 0};
    ib_tensor *x = reals_normal(context, 4, 2), *y = reals_normal(context, 4, 1), *longer = reals_normal(context, 5, 1);
    ib_tensor *narrow = reals_of(context, NULL, 4, 0);
    double bits = 77;
    assert_int_equal(ib_renyi_mutual(NULL, x, y, NULL, &bits), IB_ERR_ARG);
    assert_int_equal(ib_renyi_mutual_labels(NULL, x, labels, 2, NULL, &bits), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "inputs is NULL", ib_renyi_mutual(context, NULL, y, NULL, &bits));
    assert_fails(context, IB_ERR_ARG, "values is NULL", ib_renyi_mutual(context, x, NULL, NULL, &bits));
    assert_fails(context, IB_ERR_ARG, "bits", ib_renyi_mutual(context, x, y, NULL, NULL));
    assert_fails(context, IB_ERR_ARG, "bits", ib_renyi_mutual_labels(context, x, labels, 2, NULL, NULL));
    assert_fails(context, IB_ERR_ARG, "labels", ib_renyi_mutual_labels(context, x, NULL, 2, NULL, &bits));
    assert_fails(context, IB_ERR_RANGE, "labels[1]", ib_renyi_mutual_labels(context, x, labels, 1, NULL, &bits));
    assert_fails(context, IB_ERR_SHAPE, "expected 4 rows, got 5", ib_renyi_mutual(context, x, longer, NULL, &bits));
    assert_fails(context, IB_ERR_SHAPE, "at least 1 column", ib_renyi_mutual(context, x, narrow, NULL, &bits));
    static const double bad[] = {-0.1, NAN, INFINITY, 1e39, 1e-39};
    for (size_t i = 0; i < COUNT(bad); i++) {
        ib_renyi_options options = options_of(2, bad[i], 1);
        assert_fails(context, IB_ERR_RANGE, "input_width", ib_renyi_mutual(context, x, y, &options, &bits));
        options = options_of(2, 1, bad[i]);
        assert_fails(context, IB_ERR_RANGE, "width", ib_renyi_mutual_labels(context, x, labels, 2, &options, &bits));
        options = options_of(i < 4 ? bad[i] : 1, 1, 1);
        assert_fails(context, IB_ERR_RANGE, "alpha", ib_renyi_mutual(context, x, y, &options, &bits));
    }
    ib_renyi_options options = options_of(1.01, 0, 0);
    options.eigenvalues = NULL;
    assert_fails(context, IB_ERR_ARG, "eigenvalues", ib_renyi_mutual(context, x, y, &options, &bits));
    options = options_of(2, 0, 0);
    options.reserved = 1;
    assert_fails(context, IB_ERR_UNSUPPORTED, "reserved", ib_renyi_mutual(context, x, y, &options, &bits));
    ib_tensor_data(y)[2] = NAN;
    assert_fails(context, IB_ERR_NONFINITE, "values", ib_renyi_mutual(context, x, y, NULL, &bits));
    assert_same_bits(bits, 77.0);
    ib_tensor *none = reals_of(context, NULL, 0, 2);
    assert_same_bits(mutual(context, none, none, NULL), 0.0);
    assert_same_bits(mutual_labels(context, none, NULL, 2, NULL), 0.0);
    ib_renyi_options_init(NULL);
    ib_tensor *all[] = {x, y, longer, narrow, none};
    for (size_t i = 0; i < COUNT(all); i++)
        ib_tensor_destroy(all[i]);
    ib_context_destroy(context);
}

static ib_status measure_few(ib_context *context, void *user_data)
{
    static float rows[5][2] = {{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 12}};
    const uint32_t labels[5] = {0, 1, 0, 1, 2};
    const ib_renyi_options options = options_of(*(const double *)user_data, 0, 0);
    double bits = 77, of_labels = 77;
    ib_tensor *x = NULL;
    ib_status status = ib_tensor_create_borrowed(context, rows[0], 2, (const size_t[]){5, 2}, &x);
    if (status == IB_OK)
        status = ib_renyi_mutual(context, x, x, &options, &bits);
    if (status == IB_OK)
        status = ib_renyi_mutual_labels(context, x, labels, 3, &options, &of_labels);
    assert_true((status == IB_OK) == (of_labels != 77));
    ib_tensor_destroy(x);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    double alpha = 2;
    test_every_failed_allocation(measure_few, &alpha);
    alpha = 1.01;
    test_every_failed_allocation(measure_few, &alpha);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_plain),
        cmocka_unit_test(order_2_needs_no_eigenvalues),
#if HAVE_LAPACK
        cmocka_unit_test(lapack_agrees),
#endif
        cmocka_unit_test(two_rows_by_hand),
        cmocka_unit_test(nearly_far_rows),
        cmocka_unit_test(exact_values),
        cmocka_unit_test(values_of_order_1_01),
        cmocka_unit_test(large_orders),
        cmocka_unit_test(inequalities),
        cmocka_unit_test(default_widths),
        cmocka_unit_test(invariances),
        cmocka_unit_test(callbacks_that_fail),
        cmocka_unit_test(refusals),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
