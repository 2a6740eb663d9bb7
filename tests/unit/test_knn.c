#include "peak.h"
#include "reals.h"

#include "base/digamma.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const double ln2 = 0.6931471805599453;

static ib_knn_options options_of(uint32_t neighbours, uint32_t algorithm)
{
    ib_knn_options options;
    ib_knn_options_init(&options);
    options.neighbours = neighbours;
    options.algorithm = algorithm;
    return options;
}

static double mutual(ib_context *context, const ib_tensor *x, const ib_tensor *y, const ib_knn_options *options)
{
    double bits = 77;
    assert_ok(context, ib_knn_mutual(context, x, y, options, &bits));
    return bits;
}

static double mutual_labels(ib_context *context, const ib_tensor *x, const uint32_t *labels, uint32_t classes,
                            const ib_knn_options *options)
{
    double bits = 77;
    assert_ok(context, ib_knn_mutual_labels(context, x, labels, classes, options, &bits));
    return bits;
}

/* --- by hand ------------------------------------------------------------------------------------------------------*/

/* Rows (0,0), (1,3), (3,4), (7,8) with k = 1. Distances in both: 3 (rows 0, 1), 4 (0, 2), 8 (0, 3), 2 (1, 2), 6 (1, 3),
 * 4 (2, 3), so that the distances of the nearest are 3, 2, 2, 4.
 *
 * Algorithm 1: n_x = 1, 1, 0, 0 and n_y = 0, 1, 1, 0, hence psi(1) - (psi(1) + psi(2)) + psi(4) = 1/2 + 1/3.
 * Algorithm 2: e_x = 1, 2, 2, 4 and e_y = 3, 1, 1, 4, hence n_x = 1, 2, 1, 1 and n_y = 1, 1, 1, 1, and
 *              psi(1) - 1 - (8 psi(1) + 1) / 4 + psi(4) = 11/6 - 5/4.
 * Ross, labels 0, 0, 1, 1: distances 1, 1, 4, 4 and m = 1, 1, 3, 1, hence
 *              psi(4) - psi(2) + psi(1) - (3 psi(1) + psi(3)) / 4 = 5/6 - 3/8. */
static void four_rows_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_tensor *x = reals_of(context, (const float[]){0, 1, 3, 7}, 4, 1);
    ib_tensor *y = reals_of(context, (const float[]){0, 3, 4, 8}, 4, 1);
    const uint32_t labels[4] = {0, 0, 1, 1};
    ib_knn_options options = options_of(1, IB_KNN_KSG1);
    assert_close(mutual(context, x, y, &options), (1.0 / 2 + 1.0 / 3) / ln2, 1e-14, 0);
    assert_close(mutual_labels(context, x, labels, 2, &options), (5.0 / 6 - 3.0 / 8) / ln2, 1e-14, 0);
    options = options_of(1, IB_KNN_KSG2);
    assert_close(mutual(context, x, y, &options), (11.0 / 6 - 5.0 / 4) / ln2, 1e-14, 0);
    ib_tensor_destroy(x);
    ib_tensor_destroy(y);
    ib_context_destroy(context);
}

/* --- a plain second implementation --------------------------------------------------------------------------------*/

enum { MOST = 60 };

static double distance(const ib_tensor *x, size_t i, size_t j)
{
    const size_t columns = ib_tensor_shape(x, 1);
    double most = 0;
    for (size_t c = 0; c < columns; c++)
        most =
            fmax(most, fabs((double)ib_tensor_read(x)[i * columns + c] - (double)ib_tensor_read(x)[j * columns + c]));
    return most;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sum of psi over how often each number occurs, from the smallest on. */
static double digammas(const size_t numbers[MOST + 1])
{
    double sum = 0;
    for (size_t m = 1; m <= MOST; m++)
        if (numbers[m])
            sum += (double)numbers[m] * ib_i_digamma((double)m);
    return sum;
}

static void count_one(const ib_tensor *x, const ib_tensor *y, size_t i, size_t k, uint32_t algorithm, size_t *numbers)
{
    const size_t n = ib_tensor_shape(x, 0);
    double sorted[MOST], ex = 0, ey = 0;
    size_t others = 0, nx = 0, ny = 0;
    for (size_t j = 0; j < n; j++)
        if (j != i)
            sorted[others++] = fmax(distance(x, i, j), distance(y, i, j));
    qsort(sorted, others, sizeof *sorted, compare);
    const double e = sorted[k - 1];
    for (size_t j = 0; j < n; j++)
        if (j != i && fmax(distance(x, i, j), distance(y, i, j)) <= e) {
            ex = fmax(ex, distance(x, i, j));
            ey = fmax(ey, distance(y, i, j));
        }
    for (size_t j = 0; j < n; j++) {
        nx += j != i && (algorithm == IB_KNN_KSG1 ? distance(x, i, j) < e : distance(x, i, j) <= ex);
        ny += j != i && (algorithm == IB_KNN_KSG1 ? distance(y, i, j) < e : distance(y, i, j) <= ey);
    }
    numbers[nx + (algorithm == IB_KNN_KSG1)]++;
    numbers[ny + (algorithm == IB_KNN_KSG1)]++;
}

static double plain(const ib_tensor *x, const ib_tensor *y, size_t k, uint32_t algorithm)
{
    const size_t n = ib_tensor_shape(x, 0);
    size_t numbers[MOST + 1] = {0};
    for (size_t i = 0; i < n; i++)
        count_one(x, y, i, k, algorithm, numbers);
    const double of_k = ib_i_digamma((double)k) - (algorithm == IB_KNN_KSG1 ? 0 : 1 / (double)k);
    return (of_k + ib_i_digamma((double)n) - digammas(numbers) / (double)n) * 0x1.71547652b82fep0;
}

static double plain_labels(const ib_tensor *x, const uint32_t *labels, uint32_t classes, size_t most)
{
    const size_t n = ib_tensor_shape(x, 0);
    size_t numbers[MOST + 1] = {0}, counts[MOST] = {0}, kept = 0;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        counts[labels[i]]++;
    for (size_t i = 0; i < n; i++) {
        double sorted[MOST];
        size_t same = 0, near = 0;
        if (counts[labels[i]] < 2)
            continue;
        for (size_t j = 0; j < n; j++)
            if (j != i && labels[j] == labels[i])
                sorted[same++] = distance(x, i, j);
        qsort(sorted, same, sizeof *sorted, compare);
        const double e = sorted[(most < same ? most : same) - 1];
        for (size_t j = 0; j < n; j++)
            near += j != i && counts[labels[j]] > 1 && distance(x, i, j) <= e;
        numbers[near]++;
        kept++;
    }
    for (uint32_t y = 0; y < classes; y++)
        if (counts[y] > 1)
            sum += (double)counts[y] *
                   (ib_i_digamma((double)(most < counts[y] ? most : counts[y] - 1)) - ib_i_digamma((double)counts[y]));
    return (ib_i_digamma((double)kept) + (sum - digammas(numbers)) / (double)kept) * 0x1.71547652b82fep0;
}

/* With ties (small integers) and without. */
static void same_bits_as_plain(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const size_t rounds = getenv("LIBIB_TEST_QUICK") ? 50 : 500;
    for (size_t r = 0; r < rounds; r++) {
        const size_t n = 2 + test_random_below(MOST - 1), columns = 1 + test_random_below(3);
        const uint32_t k = (uint32_t)(1 + test_random_below(n < 8 ? n - 1 : 7));
        const uint32_t bound = 2 + (uint32_t)test_random_below(5), classes = 1 + (uint32_t)test_random_below(6);
        ib_tensor *x = r % 2 ? reals_normal(context, n, columns) : reals_discrete(context, n, columns, bound);
        ib_tensor *y = r % 3 ? reals_normal(context, n, 2) : reals_discrete(context, n, 2, bound);
        uint32_t labels[MOST];
        for (size_t i = 0; i < n; i++)
            labels[i] = i < 2 ? 0 : (uint32_t)test_random_below(classes);
        for (uint32_t algorithm = 0; algorithm < 2; algorithm++) {
            const ib_knn_options options = options_of(k, algorithm);
            assert_same_bits(mutual(context, x, y, &options), plain(x, y, k, algorithm));
            assert_same_bits(mutual(context, y, x, &options), plain(x, y, k, algorithm));
            assert_same_bits(mutual_labels(context, x, labels, classes, &options), plain_labels(x, labels, classes, k));
        }
        ib_tensor_destroy(x);
        ib_tensor_destroy(y);
    }
    ib_context_destroy(context);
}

/* --- known values -------------------------------------------------------------------------------------------------*/

/* The paper finds standard deviations of 0.02 to 0.03 nats for normal variables and some thousand rows. */
static void normal_variables(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const double correlations[] = {0, 0.3, 0.6, 0.9, -0.9, 0.99};
    const size_t rows = getenv("LIBIB_TEST_QUICK") ? 500 : 2000;
    for (size_t c = 0; c < COUNT(correlations); c++) {
        const double r = correlations[c], truth = -0.5 * log2(1 - r * r);
        ib_tensor *x = reals_normal(context, rows, 1), *y = reals_normal(context, rows, 1);
        for (size_t i = 0; i < rows; i++)
            ib_tensor_data(y)[i] =
                (float)(r * (double)ib_tensor_data(x)[i] + sqrt(1 - r * r) * (double)ib_tensor_data(y)[i]);
        for (uint32_t algorithm = 0; algorithm < 2; algorithm++) {
            const ib_knn_options options = options_of(0, algorithm);
            assert_close(mutual(context, x, y, &options), truth, 7 / sqrt((double)rows), 0);
        }
        ib_tensor_destroy(x);
        ib_tensor_destroy(y);
    }
    ib_context_destroy(context);
}

/* Information of a label about which of two normal variables, `apart` from each other, by the trapezoidal rule. */
static double integrated(double apart)
{
    double sum = 0;
    for (double z = -12; z <= 12 + apart; z += 1.0 / 64) {
        const double a = exp(-z * z / 2) / sqrt(2 * 3.141592653589793);
        const double b = exp(-(z - apart) * (z - apart) / 2) / sqrt(2 * 3.141592653589793);
        const double mean = (a + b) / 2;
        sum += (a > 0 ? a * log2(a / mean) : 0) / 2 + (b > 0 ? b * log2(b / mean) : 0) / 2;
    }
    return sum / 64;
}

static void labels_of_normal_variables(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const double distances[] = {0, 1, 2, 4, 40};
    const size_t rows = getenv("LIBIB_TEST_QUICK") ? 500 : 2000;
    uint32_t labels[2000];
    assert_close(integrated(0), 0, 1e-14, 0);
    assert_close(integrated(40), 1, 1e-10, 0);
    for (size_t d = 0; d < COUNT(distances); d++) {
        ib_tensor *x = reals_normal(context, rows, 1);
        for (size_t i = 0; i < rows; i++) {
            labels[i] = i % 2;
            ib_tensor_data(x)[i] += (float)(distances[d] * labels[i]);
        }
        assert_close(mutual_labels(context, x, labels, 2, NULL), integrated(distances[d]), 5 / sqrt((double)rows), 0);
        ib_tensor_destroy(x);
    }
    ib_context_destroy(context);
}

/* What is constant says nothing: every row is as near in it as any other. */
static void constants(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    uint32_t labels[50] = {0};
    ib_tensor *x = reals_normal(context, 50, 2), *flat = reals_of(context, NULL, 50, 1);
    ib_knn_options options = options_of(4, IB_KNN_KSG1);
    for (int noise = 0; noise < 2; noise++, options.noise = 0.5) {
        assert_close(mutual(context, x, flat, &options), 0, 1e-14, 0);
        assert_close(mutual_labels(context, x, labels, 1, &options), 0, 1e-14, 0);
    }
    ib_tensor_destroy(x);
    ib_tensor_destroy(flat);
    ib_context_destroy(context);
}

/* A label that occurs once is left out, as if its row were not there; of one that occurs twice k is 1. */
static void rare_labels(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const float rows[6] = {0, 0.5f, 2, 3, 7, 100};
    ib_tensor *x = reals_of(context, rows, 6, 1), *fewer = reals_of(context, (const float[]){0, 2, 3, 7, 100}, 5, 1);
    const ib_knn_options one = options_of(1, 0), more = options_of(5, 0);
    const double with = mutual_labels(context, x, (const uint32_t[]){1, 3, 1, 1, 0, 0}, 4, &one);
    assert_same_bits(with, mutual_labels(context, fewer, (const uint32_t[]){1, 1, 1, 0, 0}, 2, &one));
    /* Rows 0, 2, 3, 7, 100 with labels 1, 1, 1, 0, 0: distances 3, 2, 3 with k = 2, 93, 93 with k = 1, and
     * m = 2, 2, 2, 4, 1. */
    const double by_hand =
        ib_i_digamma(5) + (3 * (ib_i_digamma(2) - ib_i_digamma(3)) + 2 * (ib_i_digamma(1) - ib_i_digamma(2)) -
                           (3 * ib_i_digamma(2) + ib_i_digamma(4) + ib_i_digamma(1))) /
                              5;
    assert_close(mutual_labels(context, fewer, (const uint32_t[]){1, 1, 1, 0, 0}, 2, &more), by_hand / ln2, 1e-14, 0);
    double bits = 77;
    assert_fails(context, IB_ERR_RANGE, "twice",
                 ib_knn_mutual_labels(context, x, (const uint32_t[]){0, 1, 2, 3, 4, 5}, 6, &one, &bits));
    assert_same_bits(bits, 77.0);
    ib_tensor_destroy(x);
    ib_tensor_destroy(fewer);
    ib_context_destroy(context);
}

/* --- invariances and noise ----------------------------------------------------------------------------------------*/

enum { ROWS = 600 };

/* One power of two for both, the sign of each, and the order of rows change no bit. */
static void invariances(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    uint32_t order[ROWS], labels[ROWS], ordered[ROWS];
    ib_tensor *x = reals_normal(context, ROWS, 2), *y = reals_normal(context, ROWS, 3);
    for (size_t i = 0; i < ROWS; i++)
        ib_tensor_data(y)[3 * i] += ib_tensor_data(x)[2 * i];
    random_order(order, ROWS);
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = (uint32_t)test_random_below(4);
    for (size_t i = 0; i < ROWS; i++)
        ordered[i] = labels[order[i]];
    ib_tensor *x2 = reals_ordered(context, x, order), *y2 = reals_ordered(context, y, order);
    ib_tensor *x3 = reals_scaled(context, x, 1024), *y3 = reals_scaled(context, y, -1024);
    for (uint32_t algorithm = 0; algorithm < 2; algorithm++) {
        const ib_knn_options options = options_of(3, algorithm);
        const double bits = mutual(context, x, y, &options);
        const double of_labels = mutual_labels(context, y, labels, 4, &options);
        assert_same_bits(mutual(context, x2, y2, &options), bits);
        assert_same_bits(mutual(context, x3, y3, &options), bits);
        assert_same_bits(mutual_labels(context, y2, ordered, 4, &options), of_labels);
        assert_same_bits(mutual_labels(context, y3, labels, 4, &options), of_labels);
    }
    ib_tensor *all[] = {x, y, x2, y2, x3, y3};
    for (size_t i = 0; i < COUNT(all); i++)
        ib_tensor_destroy(all[i]);
    ib_context_destroy(context);
}

/* Equal rows need noise: independent small integers then look independent, as they do not without. */
static void noise_breaks_ties(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_tensor *x = reals_discrete(context, ROWS, 1, 3), *y = reals_discrete(context, ROWS, 1, 3);
    ib_knn_options options = options_of(3, IB_KNN_KSG1);
    const double without = mutual(context, x, y, &options);
    assert_true(without > 3);
    options.noise = 1;
    const double with = mutual(context, x, y, &options);
    assert_close(with, 0, 0.3, 0);
    assert_same_bits(mutual(context, x, y, &options), with);
    options.seed = 1;
    assert_true(mutual(context, x, y, &options) != with);
    ib_tensor *z = reals_normal(context, ROWS, 1);
    options = options_of(3, IB_KNN_KSG2);
    const double clear = mutual(context, x, z, &options);
    options.noise = 1e-12;
    assert_true(mutual(context, x, z, &options) != clear);
    options.noise = 100; /* X and Y get noises of their own, under which they vanish */
    assert_close(mutual(context, z, z, &options), 0, 0.3, 0);
    ib_tensor_destroy(x);
    ib_tensor_destroy(y);
    ib_tensor_destroy(z);
    ib_context_destroy(context);
}

/* --- refusals -----------------------------------------------------------------------------------------------------*/

static void no_rows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_tensor *x = reals_of(context, NULL, 0, 2);
    const ib_knn_options options = {.struct_size = sizeof options, .noise = 1};
    assert_same_bits(mutual(context, x, x, &options), 0.0);
    assert_same_bits(mutual_labels(context, x, NULL, 3, &options), 0.0);
    ib_tensor_destroy(x);
    ib_context_destroy(context);
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const uint32_t labels[4] = {0, 1, 1, 0};
    ib_tensor *x = reals_normal(context, 4, 2), *y = reals_normal(context, 4, 1), *longer = reals_normal(context, 5, 1);
    ib_tensor *narrow = reals_of(context, NULL, 4, 0), *cube = NULL;
    assert_ok(context, ib_tensor_create(context, 3, (const size_t[]){4, 1, 1}, &cube));
    double bits = 77;
    assert_int_equal(ib_knn_mutual(NULL, x, y, NULL, &bits), IB_ERR_ARG);
    assert_int_equal(ib_knn_mutual_labels(NULL, x, labels, 2, NULL, &bits), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "x is NULL", ib_knn_mutual(context, NULL, y, NULL, &bits));
    assert_fails(context, IB_ERR_ARG, "y is NULL", ib_knn_mutual(context, x, NULL, NULL, &bits));
    assert_fails(context, IB_ERR_ARG, "bits", ib_knn_mutual(context, x, y, NULL, NULL));
    assert_fails(context, IB_ERR_ARG, "bits", ib_knn_mutual_labels(context, x, labels, 2, NULL, NULL));
    assert_fails(context, IB_ERR_ARG, "labels", ib_knn_mutual_labels(context, x, NULL, 2, NULL, &bits));
    assert_fails(context, IB_ERR_RANGE, "labels[1]", ib_knn_mutual_labels(context, x, labels, 1, NULL, &bits));
    assert_fails(context, IB_ERR_SHAPE, "y: expected 4 rows, got 5", ib_knn_mutual(context, x, longer, NULL, &bits));
    assert_fails(context, IB_ERR_SHAPE, "x: expected rank 2, got 3", ib_knn_mutual(context, cube, y, NULL, &bits));
    assert_fails(context, IB_ERR_SHAPE, "y: expected at least 1", ib_knn_mutual(context, x, narrow, NULL, &bits));
    ib_knn_options options = options_of(4, 0);
    assert_fails(context, IB_ERR_RANGE, "more than the 4", ib_knn_mutual(context, x, y, &options, &bits));
    options = options_of(UINT32_MAX, 0);
    assert_fails(context, IB_ERR_RANGE, "neighbours", ib_knn_mutual(context, x, y, &options, &bits));
    options = options_of(1, 2);
    assert_fails(context, IB_ERR_ARG, "algorithm", ib_knn_mutual(context, x, y, &options, &bits));
    options = (ib_knn_options){.struct_size = sizeof options, .reserved = 1};
    assert_fails(context, IB_ERR_ARG, "reserved", ib_knn_mutual(context, x, y, &options, &bits));
    static const double bad[] = {-0.1, NAN, INFINITY, 1e300};
    for (size_t i = 0; i < COUNT(bad); i++) {
        options = (ib_knn_options){.struct_size = sizeof options, .noise = bad[i]};
        assert_fails(context, IB_ERR_RANGE, "noise", ib_knn_mutual(context, x, y, &options, &bits));
        assert_fails(context, IB_ERR_RANGE, "noise", ib_knn_mutual_labels(context, x, labels, 2, &options, &bits));
    }
    ib_tensor_data(y)[2] = NAN;
    assert_fails(context, IB_ERR_NONFINITE, "y", ib_knn_mutual(context, x, y, NULL, &bits));
    assert_fails(context, IB_ERR_NONFINITE, "x", ib_knn_mutual_labels(context, y, labels, 2, NULL, &bits));
    assert_same_bits(bits, 77.0);
    ib_knn_options_init(NULL);
    ib_tensor *all[] = {x, y, longer, narrow, cube};
    for (size_t i = 0; i < COUNT(all); i++)
        ib_tensor_destroy(all[i]);
    ib_context_destroy(context);
}

static ib_status measure_few(ib_context *context, void *user_data)
{
    static float rows[5][2] = {{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 12}};
    const uint32_t labels[5] = {0, 1, 0, 1, 2};
    const ib_knn_options options = {.struct_size = sizeof options, .noise = 0.1};
    double bits = 77;
    ib_tensor *x = NULL;
    ib_status status = ib_tensor_create_borrowed(context, rows[0], 2, (const size_t[]){5, 2}, &x);
    if (status == IB_OK)
        status = user_data ? ib_knn_mutual_labels(context, x, labels, 3, &options, &bits)
                           : ib_knn_mutual(context, x, x, &options, &bits);
    assert_true((status == IB_OK) == (bits != 77));
    ib_tensor_destroy(x);
    return status;
}

/* Labels of fewer rows than neighbours take all that they have: memory is for rows, not for what was asked. */
static void more_neighbours_than_rows(void **state)
{
    (void)state;
    peak p;
    ib_context *context = peak_context(&p);
    const uint32_t labels[6] = {0, 1, 1, 0, 1, 2};
    ib_tensor *x = reals_normal(context, 6, 2);
    ib_knn_options few = options_of(3, 0), many = options_of(UINT32_MAX, 0);
    assert_same_bits(mutual_labels(context, x, labels, 3, &many), mutual_labels(context, x, labels, 3, &few));
    assert_true(p.most < 1 << 16);
    ib_tensor_destroy(x);
    ib_context_destroy(context);
    assert_int_equal(p.live, 0);
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
        cmocka_unit_test(four_rows_by_hand),
        cmocka_unit_test(same_bits_as_plain),
        cmocka_unit_test(normal_variables),
        cmocka_unit_test(labels_of_normal_variables),
        cmocka_unit_test(constants),
        cmocka_unit_test(rare_labels),
        cmocka_unit_test(invariances),
        cmocka_unit_test(noise_breaks_ties),
        cmocka_unit_test(no_rows),
        cmocka_unit_test(refusals),
        cmocka_unit_test(more_neighbours_than_rows),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
