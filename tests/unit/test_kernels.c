/* Every set of kernels that this CPU runs gives the same bits as the others with fused multiply-add; tanh, exp and log
 * are as close as docs/determinism.md says. Kernels are reached through the tensors and handles that use them. */
#include "kernel_sets.h"

#include <math.h>

/* Integers: with or without fused operations. */
static void words_of(const ib_kernels *kernels)
{
    uint32_t words[IB_I_PHILOX_WORDS], expected[IB_I_PHILOX_WORDS];
    const uint64_t seed = test_random(), stream = test_random(), ends[] = {0, UINT32_MAX - 5, UINT64_MAX - 5};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        ib_i_kernels_portable.philox(seed, stream, ends[i], expected);
        kernels->philox(seed, stream, ends[i], words);
        assert_memory_equal(words, expected, sizeof words);
    }
}

static void random_words_are_the_same_everywhere(void **state)
{
    (void)state;
    every_set(words_of);
}

/* Two results side by side; with one set on this CPU they are trivially equal. */
typedef struct pair {
    float *a, *b;
    size_t n;
} pair;

static pair pair_of(size_t n)
{
    return (pair){aligned(n), aligned(n), n};
}

static void assert_equal_and_free(pair p)
{
    assert_same(p.a, p.b, p.n);
    free(p.a), free(p.b);
}

static void elementwise_of(const ib_kernels *one, const ib_kernels *other, size_t n)
{
    float *x = random_values(n, 8.0f), *dy = random_values(n, 1.0f), min[2], max[2];
    for (uint32_t f = IB_ACTIVATION_LINEAR; f <= IB_ACTIVATION_SIGMOID; f++) {
        const pair y = pair_of(n), dx = pair_of(n);
        one->activation_forward(f, n, x, y.a);
        other->activation_forward(f, n, x, y.b);
        one->activation_backward(f, n, y.a, dy, dx.a);
        other->activation_backward(f, n, y.b, dy, dx.b);
        assert_equal_and_free(y);
        assert_equal_and_free(dx);
    }
    const ib_i_grid grid = {.low = -3.0f, .high = 5.0f, .step = 8.0f / 255.0f, .zero = 96.0f};
    const pair values = pair_of(n), codes = pair_of(n), dx = pair_of(n);
    memset(codes.a, 0, n * sizeof *codes.a), memset(codes.b, 0, n * sizeof *codes.b);
    for (size_t size = 1; size <= 2; size++) {
        assert_true(one->quantise(&grid, n, x, values.a, codes.a, size));
        assert_true(other->quantise(&grid, n, x, values.b, codes.b, size));
        assert_same(codes.a, codes.b, n);
    }
    one->quantise_backward(&grid, n, x, dy, dx.a);
    other->quantise_backward(&grid, n, x, dy, dx.b);
    assert_equal_and_free(values);
    assert_equal_and_free(codes);
    assert_equal_and_free(dx);
    assert_true(one->range(n, x, &min[0], &max[0]) && other->range(n, x, &min[1], &max[1]));
    assert_true(min[0] == min[1] && max[0] == max[1]);
    assert_true(one->sum(n, x) == other->sum(n, x));
    free(x), free(dy);
}

/* A grid over a random range, and values of which many lie half-way between two levels. */
static ib_i_grid random_grid(size_t n, float *x)
{
    const float scale = ldexpf(1.0f, (int)test_random_below(160) - 80);
    const float low = (float)(test_random_uniform() - 1.0) * scale, high = (float)test_random_uniform() * scale;
    const float levels = (float)((1u << (1 + test_random_below(16))) - 1);
    const ib_i_grid grid = {.low = low, .high = high, .step = (high - low) / levels, .offset = low};
    for (size_t i = 0; i < n; i++) {
        const float t = (float)test_random_below((uint64_t)levels) + (i % 2 ? 0.5f : (float)test_random_uniform());
        x[i] = fminf(high, fmaxf(low, low + t * grid.step));
    }
    return grid;
}

/* The portable set divides; those with fused operations correct a product, and must find the same levels. */
static void quotients_are_those_of_a_division(void **state)
{
    (void)state;
    enum { N = 256 };
    const sets all = fused_sets();
    const int rounds = getenv("LIBIB_TEST_QUICK") ? 200 : 4000;
    float *x = aligned(N), *values = aligned(N), *others = aligned(N), *inside = aligned(N);
    uint16_t codes[N], other_codes[N];
    for (int round = 0; round < rounds; round++) {
        const ib_i_grid grid = random_grid(N, x);
        assert_true(ib_i_kernels_portable.quantise(&grid, N, x, values, codes, 2));
        for (size_t s = 0; s < all.count; s++) {
            assert_true(all.set[s]->quantise(&grid, N, x, others, other_codes, 2));
            all.set[s]->quantise_inside(&grid, N, x, inside);
            assert_memory_equal(other_codes, codes, sizeof codes);
            assert_same(others, values, N);
            assert_same(inside, values, N);
        }
    }
    free(x), free(values), free(others), free(inside);
}

/* Each operation rounded by itself, as in C; ties, and numbers so large that all of them are integers. */
static void bins_are_those_of_the_formula(void **state)
{
    (void)state;
    enum { N = 1000 };
    sets all = fused_sets();
    all.set[all.count++] = &ib_i_kernels_portable;
    float *x = aligned(N), *bins = aligned(N);
    for (int bits = 1; bits <= 32; bits++) {
        const float min = -3.0f, width = bits % 2 ? 8.0f : 7.3f, levels = ldexpf(1.0f, bits);
        for (size_t i = 0; i < N; i++)
            x[i] = min + width * (i % 3 ? (float)test_random_uniform() : (float)i / 1024.0f);
        for (size_t s = 0; s < all.count; s++) {
            all.set[s]->bin(min, levels, width, N, x, bins);
            for (size_t i = 0; i < N; i++) {
                const volatile float shifted = x[i] - min, scaled = shifted * levels, quotient = scaled / width;
                assert_true(bins[i] == rintf(quotient));
            }
        }
    }
    free(x), free(bins);
}

/* A range that takes part in the gradient. */
static void range_gradient_of(const ib_kernels *one, const ib_kernels *other, size_t n)
{
    float *x = random_values(n, 8.0f), *dy = random_values(n, 1.0f);
    const ib_i_grid grid = {.low = -5.0f, .high = 5.0f, .step = 10.0f / 255.0f, .zero = 127.0f};
    ib_i_range_sums sums[2] = {{.at_min = 0}, {.at_min = 0}};
    const pair dx = pair_of(n);
    memcpy(dx.a, dy, n * sizeof *dy), memcpy(dx.b, dy, n * sizeof *dy);
    one->range_sums(&grid, x[0], x[n / 2], n, x, dy, &sums[0]);
    other->range_sums(&grid, x[0], x[n / 2], n, x, dy, &sums[1]);
    assert_memory_equal(&sums[0], &sums[1], sizeof sums[0]);
    assert_true(sums[0].at_min >= 1 && sums[0].at_max >= 1);
    one->range_shares(x[0], x[n / 2], 0.25f, 0.75f, n, x, dx.a);
    other->range_shares(x[0], x[n / 2], 0.25f, 0.75f, n, x, dx.b);
    assert_equal_and_free(dx);
    free(x), free(dy);
}

static void elementwise_is_the_same_everywhere(void **state)
{
    (void)state;
    const sets all = fused_sets();
    const size_t sizes[] = {1, 7, 8, 15, 16, 17, 63, 64, 65, 1000};
    for (size_t i = 0; all.count && i < sizeof sizes / sizeof sizes[0]; i++) {
        elementwise_of(all.set[0], all.set[all.count - 1], sizes[i]);
        range_gradient_of(all.set[0], all.set[all.count - 1], sizes[i]);
    }
}

static void losses_of(const ib_kernels *one, const ib_kernels *other, size_t classes)
{
    const size_t lanes = 2 * IB_I_PANEL, n = lanes * classes;
    float *z = random_values(n, 20.0f);
    uint32_t labels[2 * IB_I_PANEL];
    for (size_t i = 0; i < lanes; i++)
        labels[i] = i % 5 == 4 ? IB_I_NO_LABEL : (uint32_t)test_random_below(classes);
    const pair p = pair_of(n), losses = pair_of(lanes), dz = pair_of(n);
    one->softmax_forward(2, classes, z, p.a);
    other->softmax_forward(2, classes, z, p.b);
    one->loss_logits(2, classes, z, labels, 0.01f, losses.a, dz.a);
    other->loss_logits(2, classes, z, labels, 0.01f, losses.b, dz.b);
    assert_same(losses.a, losses.b, lanes);
    assert_same(dz.a, dz.b, n);
    one->loss_quantised(2, classes, p.a, p.a, labels, 0.01f, losses.a, dz.a);
    other->loss_quantised(2, classes, p.b, p.b, labels, 0.01f, losses.b, dz.b);
    assert_int_equal(one->correct(2, classes, z, labels), other->correct(2, classes, z, labels));
    assert_equal_and_free(p);
    assert_equal_and_free(losses);
    assert_equal_and_free(dz);
    free(z);
}

static void losses_are_the_same_everywhere(void **state)
{
    (void)state;
    const sets all = fused_sets();
    for (size_t classes = 1; all.count && classes <= 5; classes++)
        losses_of(all.set[0], all.set[all.count - 1], classes);
}

static void adam_is_the_same_everywhere(void **state)
{
    (void)state;
    enum { N = 103 };
    const sets all = fused_sets();
    const ib_i_adam_step step = {.rate = 1e-3f, .gain1 = 0.1f, .gain2 = 0.001f, .epsilon = 1e-7f, .root_scale = 1.0f};
    float *g = random_values(N, 1.0f), *m[2], *v[2], *w[2];
    for (size_t s = 0; s < all.count; s++) {
        m[s] = aligned(N), v[s] = aligned(N), w[s] = aligned(N);
        memset(m[s], 0, N * sizeof(float));
        memset(v[s], 0, N * sizeof(float));
        memset(w[s], 0, N * sizeof(float));
        for (int t = 0; t < 10; t++)
            all.set[s]->adam(&step, N, g, m[s], v[s], w[s]);
        assert_same(w[s], w[0], N);
    }
    for (size_t s = 0; s < all.count; s++)
        free(m[s]), free(v[s]), free(w[s]);
    free(g);
}

/* Distance of a float32 result from the true value, in units of its last place. */
static double ulps(float result, double truth)
{
    int exponent;
    frexp(truth, &exponent);
    const double unit = ldexp(1.0, exponent - 24 < -149 ? -149 : exponent - 24);
    return fabs((double)result - truth) / unit;
}

/* The largest error of an activation over every `stride`-th float of [from, to], both signs. */
static double largest_error(const ib_kernels *kernels, uint32_t activation, double (*truth)(double), float from,
                            float to, uint32_t stride)
{
    enum { N = 1024 };
    float x[N], y[N];
    double worst = 0.0;
    uint32_t bits, last;
    memcpy(&bits, &from, sizeof bits);
    memcpy(&last, &to, sizeof last);
    while (bits <= last) {
        size_t n = 0;
        for (; n + 2 <= N && bits <= last; bits += stride) {
            memcpy(&x[n], &bits, sizeof bits);
            x[n + 1] = -x[n];
            n += 2;
        }
        kernels->activation_forward(activation, n, x, y);
        for (size_t i = 0; i < n; i++) {
            const double error = ulps(y[i], truth((double)x[i]));
            worst = error > worst ? error : worst;
        }
    }
    return worst;
}

static double sigmoid(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

/* LIBIB_TEST_EXHAUSTIVE=1 tries every float. */
static uint32_t stride_of_floats(void)
{
    return getenv("LIBIB_TEST_EXHAUSTIVE") ? 1 : 1009;
}

static void errors_are_as_documented(void **state)
{
    (void)state;
    const uint32_t stride = stride_of_floats();
    ib_context *context = test_context(NULL);
    const ib_kernels *kernels;
    assert_ok(context, ib_i_kernels_choose(context, IB_KERNELS_AUTO, &kernels));
    const double of_tanh = largest_error(kernels, IB_ACTIVATION_TANH, tanh, 0x1p-20f, 16.0f, stride);
    const double of_sigmoid = largest_error(kernels, IB_ACTIVATION_SIGMOID, sigmoid, 0x1p-20f, 80.0f, stride);
    print_message("largest error: tanh %.2f ulp, sigmoid %.2f ulp\n", of_tanh, of_sigmoid);
    assert_true(of_tanh < 2.7);
    assert_true(of_sigmoid < 3.0);
    ib_context_destroy(context);
}

/* exp and log show in softmax and its loss: of logits (0, x) the loss of class 0 is log(1 + exp x). */
static void softmax_and_loss_are_close(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const ib_kernels *kernels;
    assert_ok(context, ib_i_kernels_choose(context, IB_KERNELS_AUTO, &kernels));
    double worst_p = 0.0, worst_loss = 0.0;
    for (int round = 0; round < 2000; round++) {
        float *z = random_values(2 * IB_I_PANEL, 40.0f), *p = aligned(2 * IB_I_PANEL), *loss = aligned(IB_I_PANEL);
        uint32_t labels[IB_I_PANEL] = {0};
        kernels->softmax_forward(1, 2, z, p);
        kernels->loss_logits(1, 2, z, labels, 1.0f, loss, NULL);
        for (size_t i = 0; i < IB_I_PANEL; i++) {
            const double x = (double)(z[IB_I_PANEL + i] - z[i]); /* as the kernel forms it */
            const double e = ulps(p[i], sigmoid(-x)), l = fabs((double)loss[i] - log1p(exp(x))) / (1.0 + fabs(x));
            worst_p = e > worst_p ? e : worst_p;
            worst_loss = l > worst_loss ? l : worst_loss;
        }
        free(z), free(p), free(loss);
    }
    print_message("largest error: softmax %.2f ulp, loss %.3g of 1 + |x|\n", worst_p, worst_loss);
    assert_true(worst_p < 4.0);
    assert_true(worst_loss < 1.2e-7);
    ib_context_destroy(context);
}

static void special_values(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const uint32_t which[] = {IB_KERNELS_PORTABLE, IB_KERNELS_AVX2, IB_KERNELS_AVX512};
    for (size_t w = 0; w < 3; w++) {
        const ib_kernels *kernels;
        if (ib_i_kernels_choose(context, which[w], &kernels) != IB_OK)
            continue;
        const float x[] = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 1e-30f, -100.0f, 100.0f};
        float y[8], min, max;
        kernels->activation_forward(IB_ACTIVATION_TANH, 8, x, y);
        assert_true(y[0] == 0.0f && y[1] == 0.0f && signbit(y[1]));
        assert_true(y[2] == 1.0f && y[3] == -1.0f && isnan(y[4]) && y[6] == -1.0f && y[7] == 1.0f);
        kernels->activation_forward(IB_ACTIVATION_RELU, 8, x, y);
        assert_true(y[1] == 0.0f && !signbit(y[1]) && y[2] == INFINITY && y[3] == 0.0f && isnan(y[4]));
        kernels->activation_forward(IB_ACTIVATION_SIGMOID, 8, x, y);
        assert_true(y[0] == 0.5f && isnan(y[4]) && y[7] == 1.0f && y[6] > 0.0f && y[6] < 1e-37f);
        assert_false(kernels->range(8, x, &min, &max));
        assert_false(kernels->range(3, x, &min, &max));
        assert_true(kernels->range(2, x, &min, &max));
        assert_true(isnan((float)kernels->sum(5, x)));
    }
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_words_are_the_same_everywhere),
        cmocka_unit_test(elementwise_is_the_same_everywhere),
        cmocka_unit_test(quotients_are_those_of_a_division),
        cmocka_unit_test(bins_are_those_of_the_formula),
        cmocka_unit_test(losses_are_the_same_everywhere),
        cmocka_unit_test(adam_is_the_same_everywhere),
        cmocka_unit_test(errors_are_as_documented),
        cmocka_unit_test(softmax_and_loss_are_close),
        cmocka_unit_test(special_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
