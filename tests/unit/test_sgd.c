/* SGD against steps computed by hand and against a float64 sequence, and its options. */
#include "nn.h"

#include <math.h>
#include <string.h>

static ib_sgd_options sgd_options(double rate, double momentum)
{
    ib_sgd_options options;
    ib_sgd_options_init(&options);
    options.rate = rate;
    options.momentum = momentum;
    return options;
}

static ib_sgd *create(ib_context *context, size_t n, const ib_sgd_options *options)
{
    ib_sgd *sgd = NULL;
    assert_ok(context, ib_sgd_create(context, n, options, &sgd));
    return sgd;
}

/* Halves and quarters, so that nothing is rounded. Rate 1/2, momentum 1/4, gradients 2, then 1, then 0:
 * v = -1, -1/4 - 1/2 = -3/4, -3/16;  w = 3, 9/4, 33/16 from 4. */
static void steps_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_sgd_options options = sgd_options(0.5, 0.25);
    ib_sgd *sgd = create(context, 2, &options);
    static const float gradients[3][2] = {{2, 0}, {1, 0}, {0, -8}};
    static const float velocities[3][2] = {{-1, 0}, {-0.75f, 0}, {-0.1875f, 4}};
    static const float expected[3][2] = {{3, 1}, {2.25f, 1}, {2.0625f, 5}};
    float w[2] = {4, 1};
    assert_int_equal(ib_sgd_size(sgd), 2);
    for (size_t t = 0; t < 3; t++) {
        assert_int_equal(ib_sgd_steps(sgd), t);
        assert_ok(context, ib_sgd_step(sgd, gradients[t], w));
        assert_same_values(ib_sgd_velocity(sgd), velocities[t], 2);
        assert_same_values(w, expected[t], 2);
    }
    ib_sgd_destroy(sgd);
    ib_context_destroy(context);
}

/* Without momentum the velocity is the last move and nothing more. */
static void plain_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_sgd_options options = sgd_options(0.125, 0);
    ib_sgd *sgd = create(context, 1, &options);
    float w = 1, g = 4;
    assert_ok(context, ib_sgd_step(sgd, &g, &w));
    assert_true(w == 0.5f && ib_sgd_velocity(sgd)[0] == -0.5f);
    g = -2;
    assert_ok(context, ib_sgd_step(sgd, &g, &w));
    assert_true(w == 0.75f && ib_sgd_velocity(sgd)[0] == 0.25f);
    ib_sgd_destroy(sgd);
    ib_context_destroy(context);
}

/* One operation at a time: what volatile makes sure of. */
static float rounded_step(float rate, float momentum, float g, float *v, float w)
{
    volatile float kept = momentum * *v, moved = rate * g, sum = kept - moved;
    *v = sum;
    sum = w + *v;
    return sum;
}

static void sequence_of(ib_context *context)
{
    enum { N = 37, STEPS = 200 };
    ib_sgd_options options = sgd_options(0.0173, 0.9);
    ib_sgd *sgd = create(context, N, &options);
    float w[N], g[N], v[N] = {0}, rounded[N];
    double exact_v[N] = {0}, exact_w[N];
    test_fill(w, N, -1, 1);
    for (size_t i = 0; i < N; i++)
        exact_w[i] = (double)(rounded[i] = w[i]);
    for (int t = 0; t < STEPS; t++) {
        test_fill(g, N, -1, 1);
        for (size_t i = 0; i < N; i++) {
            exact_v[i] = 0.9 * exact_v[i] - 0.0173 * (double)g[i];
            exact_w[i] += exact_v[i];
            rounded[i] = rounded_step(0.0173f, 0.9f, g[i], &v[i], rounded[i]);
        }
        assert_ok(context, ib_sgd_step(sgd, g, w));
    }
    assert_same_values(w, rounded, N);
    assert_same_values(ib_sgd_velocity(sgd), v, N);
    assert_near(w, exact_w, N, STEPS * 2e-7, 0);
    ib_sgd_destroy(sgd);
}

static void sequences(void **state)
{
    (void)state;
    test_every_kernels(sequence_of);
}

static void defaults(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_sgd_options options = sgd_options(0.01, 0);
    ib_sgd *without = create(context, 5, NULL), *with = create(context, 5, &options);
    float g[5], a[5] = {0}, b[5] = {0};
    test_fill(g, 5, -1, 1);
    assert_ok(context, ib_sgd_step(without, g, a));
    assert_ok(context, ib_sgd_step(with, g, b));
    assert_memory_equal(a, b, sizeof a);
    assert_true(a[0] != 0);
    ib_sgd_destroy(without);
    ib_sgd_destroy(with);
    ib_context_destroy(context);
}

static void assert_refused(ib_context *context, const ib_sgd_options *options, ib_status status, const char *words)
{
    ib_sgd *sgd = (ib_sgd *)&sgd;
    assert_fails(context, status, words, ib_sgd_create(context, 3, options, &sgd));
    assert_null(sgd);
}

static void out_of_bounds(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const double bad[] = {-0.5, NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 4; i++) {
        ib_sgd_options options = sgd_options(bad[i], 0);
        assert_refused(context, &options, IB_ERR_RANGE, "rate");
        options = sgd_options(0, bad[i]);
        assert_refused(context, &options, IB_ERR_RANGE, "momentum");
    }
    ib_sgd_options options = sgd_options(0, 1);
    assert_refused(context, &options, IB_ERR_RANGE, "momentum");
    options = sgd_options(0, 0);
    options.reserved = 1;
    assert_refused(context, &options, IB_ERR_UNSUPPORTED, "reserved");
    options.reserved = 0;
    options.struct_size = offsetof(ib_sgd_options, momentum);
    assert_refused(context, &options, IB_ERR_ARG, "struct_size");
    ib_context_destroy(context);
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_sgd *sgd = NULL;
    float w[2] = {0}, g[2] = {0};
    assert_fails(context, IB_ERR_ARG, "n:", ib_sgd_create(context, 0, NULL, &sgd));
    assert_int_equal(ib_sgd_create(NULL, 1, NULL, &sgd), IB_ERR_ARG);
    assert_int_equal(ib_sgd_create(context, 1, NULL, NULL), IB_ERR_ARG);
    assert_fails(context, IB_ERR_NOMEM, "", ib_sgd_create(context, SIZE_MAX / 2, NULL, &sgd));
    assert_null(sgd);
    sgd = create(context, 2, NULL);
    assert_int_equal(ib_sgd_step(NULL, g, w), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "gradient", ib_sgd_step(sgd, NULL, w));
    assert_fails(context, IB_ERR_ARG, "parameters", ib_sgd_step(sgd, g, NULL));
    assert_int_equal(ib_sgd_steps(sgd), 0);
    assert_int_equal(ib_sgd_size(NULL), 0);
    assert_int_equal(ib_sgd_steps(NULL), 0);
    assert_null(ib_sgd_velocity(NULL));
    ib_sgd_options_init(NULL);
    ib_sgd_destroy(NULL);
    ib_context_destroy(context); /* the optimiser keeps it alive */
    assert_int_equal(ib_sgd_step(sgd, g, w), IB_OK);
    ib_sgd_destroy(sgd);
}

static ib_status life(ib_context *context, void *user_data)
{
    (void)user_data;
    ib_sgd *sgd = NULL;
    ib_status status = ib_sgd_create(context, 2, NULL, &sgd);
    ib_sgd_destroy(sgd);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(life, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_by_hand), cmocka_unit_test(plain_by_hand), cmocka_unit_test(sequences),
        cmocka_unit_test(defaults),      cmocka_unit_test(out_of_bounds), cmocka_unit_test(refusals),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
