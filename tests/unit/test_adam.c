/* Adam against a float64 sequence, in both places of epsilon, and its options. */
#include "nn.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static ib_adam_options adam_options(uint32_t place)
{
    ib_adam_options options;
    ib_adam_options_init(&options);
    options.epsilon_place = place;
    return options;
}

static ib_adam *create(ib_context *context, size_t n, const ib_adam_options *options)
{
    ib_adam *adam = NULL;
    assert_ok(context, ib_adam_create(context, n, options, &adam));
    return adam;
}

typedef struct exact_adam {
    double rate, beta1, beta2, epsilon;
    uint32_t place;
    double m, v, w;
} exact_adam;

static void exact_step(exact_adam *exact, int t, double g)
{
    exact->m += (g - exact->m) * (1 - exact->beta1);
    exact->v += (g * g - exact->v) * (1 - exact->beta2);
    double c1 = 1 - pow(exact->beta1, t), c2 = 1 - pow(exact->beta2, t);
    if (exact->place == IB_EPSILON_RAW)
        exact->w -= exact->rate * sqrt(c2) / c1 * exact->m / (sqrt(exact->v) + exact->epsilon);
    else
        exact->w -= exact->rate * (exact->m / c1) / (sqrt(exact->v / c2) + exact->epsilon);
}

/* Gradients of several sizes, some as small as epsilon, where the places differ. */
static void check_sequence(ib_context *context, const ib_adam_options *options, exact_adam how)
{
    enum { N = 37 };
    int steps = test_quick() ? 100 : 1000;
    ib_adam *adam = create(context, N, options);
    float w[N], g[N];
    exact_adam exact[N];
    test_fill(w, N, -1, 1);
    for (size_t i = 0; i < N; i++) {
        exact[i] = how;
        exact[i].w = (double)w[i];
    }
    for (int t = 1; t <= steps; t++) {
        for (size_t i = 0; i < N; i++) {
            double size = pow(10, -(double)(i % 8));
            g[i] = (float)(size * (2 * test_random_uniform() - 0.75));
            exact_step(&exact[i], t, (double)g[i]);
        }
        assert_ok(context, ib_adam_step(adam, g, w));
        assert_int_equal(ib_adam_steps(adam), t);
    }
    for (size_t i = 0; i < N; i++) { /* m is a sum of terms of either sign: measured against the root of v */
        assert_close(ib_adam_first_moments(adam)[i], exact[i].m, 2e-6 * sqrt(exact[i].v), 0);
        assert_close(ib_adam_second_moments(adam)[i], exact[i].v, 1e-30, 5e-5);
        assert_close(w[i], exact[i].w, steps * (how.rate * 5e-6 + 0x1p-25), 0);
    }
    ib_adam_destroy(adam);
}

static void sequences_of(ib_context *context)
{
    for (uint32_t place = IB_EPSILON_RAW; place <= IB_EPSILON_CORRECTED; place++) {
        ib_adam_options options = adam_options(place);
        check_sequence(context, &options, (exact_adam){1e-4, 0.9, 0.999, 1e-7, place, 0, 0, 0});
        options.rate = 0.01;
        options.beta1 = 0.5;
        options.beta2 = 0.75;
        options.epsilon = 1e-3;
        check_sequence(context, &options, (exact_adam){0.01, 0.5, 0.75, 1e-3, place, 0, 0, 0});
    }
}

static void sequences(void **state)
{
    (void)state;
    test_every_kernels(sequences_of);
}

/* One step from zero moments: m = g/10, v = g^2/1000. The raw form moves by rate sqrt(0.001) / 0.1 * m / (sqrt(v) +
 * eps). */
static void first_step_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const float g[3] = {2, -1e-6f, 0};
    for (uint32_t place = IB_EPSILON_RAW; place <= IB_EPSILON_CORRECTED; place++) {
        ib_adam_options options = adam_options(place);
        ib_adam *adam = create(context, 3, &options);
        float w[3] = {0, 0, 0.5f};
        assert_ok(context, ib_adam_step(adam, g, w));
        double root = place == IB_EPSILON_RAW ? sqrt(1e-3) : 1; /* of 1 - beta2 */
        assert_close(w[0], -1e-4 * 2 * root / (2 * root + 1e-7), 0, 4e-7);
        assert_close(w[1], 1e-4 * 1e-6 * root / (1e-6 * root + 1e-7), 0, 4e-7);
        assert_true(w[2] == 0.5f);
        assert_close(ib_adam_first_moments(adam)[0], 0.2, 0, 2e-7);
        assert_close(ib_adam_second_moments(adam)[0], 0.004, 0, 2e-7);
        assert_true(ib_adam_first_moments(adam)[2] == 0 && ib_adam_second_moments(adam)[2] == 0);
        ib_adam_destroy(adam);
    }
    ib_context_destroy(context);
}

/* NULL options are the defaults, and the defaults are those of the study. */
static void defaults(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_adam_options options = adam_options(IB_EPSILON_RAW);
    options.rate = 1e-4;
    options.beta1 = 0.9;
    options.beta2 = 0.999;
    options.epsilon = 1e-7;
    ib_adam *without = create(context, 5, NULL), *with = create(context, 5, &options);
    float g[5], a[5] = {0}, b[5] = {0};
    assert_int_equal(ib_adam_steps(with), 0);
    assert_int_equal(ib_adam_size(with), 5);
    for (int t = 0; t < 10; t++) {
        test_fill(g, 5, -1, 1);
        assert_ok(context, ib_adam_step(without, g, a));
        assert_ok(context, ib_adam_step(with, g, b));
    }
    assert_memory_equal(a, b, sizeof a);
    ib_adam_destroy(without);
    ib_adam_destroy(with);
    ib_context_destroy(context);
}

/* A parameter moves the same way whatever its place and however many there are. */
static void position_of(ib_context *context)
{
    float alone = 0;
    for (size_t n = 1; n <= 70; n++) {
        ib_adam *adam = create(context, n, NULL);
        float w[70] = {0}, g[70];
        for (int t = 1; t <= 3; t++) {
            for (size_t i = 0; i < n; i++)
                g[i] = 0.37f / (float)t;
            assert_ok(context, ib_adam_step(adam, g, w));
        }
        alone = n == 1 ? w[0] : alone;
        for (size_t i = 0; i < n; i++)
            assert_memory_equal(&w[i], &alone, sizeof alone);
        ib_adam_destroy(adam);
    }
}

static void position(void **state)
{
    (void)state;
    test_every_kernels(position_of);
}

static void assert_refused(ib_context *context, const ib_adam_options *options, ib_status status)
{
    ib_adam *adam = (ib_adam *)&adam;
    assert_fails(context, status, "", ib_adam_create(context, 3, options, &adam));
    assert_null(adam);
}

static void out_of_bounds(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const double bad[] = {-0.5, NAN, INFINITY, -INFINITY}, high[] = {1, 1.5};
    ib_adam_options options;
    double *const members[4] = {&options.rate, &options.beta1, &options.beta2, &options.epsilon};
    for (size_t member = 0; member < 4; member++) {
        for (size_t i = 0; i < 4; i++) {
            options = adam_options(IB_EPSILON_RAW);
            *members[member] = bad[i];
            assert_refused(context, &options, IB_ERR_RANGE);
        }
        for (size_t i = 0; i < 2 && (member == 1 || member == 2); i++) {
            options = adam_options(IB_EPSILON_RAW);
            *members[member] = high[i];
            assert_refused(context, &options, IB_ERR_RANGE);
        }
    }
    options = adam_options(2);
    assert_refused(context, &options, IB_ERR_ARG);
    options = adam_options(IB_EPSILON_RAW);
    options.struct_size = offsetof(ib_adam_options, epsilon);
    assert_refused(context, &options, IB_ERR_ARG);
    struct {
        ib_adam_options known;
        uint64_t later;
    } longer = {adam_options(IB_EPSILON_RAW), 0};
    longer.known.struct_size = sizeof longer;
    ib_adam_destroy(create(context, 3, &longer.known));
    longer.later = 1;
    assert_refused(context, &longer.known, IB_ERR_UNSUPPORTED);
    ib_context_destroy(context);
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_adam *adam = NULL;
    float w[2] = {0}, g[2] = {0};
    assert_fails(context, IB_ERR_ARG, "", ib_adam_create(context, 0, NULL, &adam));
    assert_int_equal(ib_adam_create(NULL, 1, NULL, &adam), IB_ERR_ARG);
    assert_int_equal(ib_adam_create(context, 1, NULL, NULL), IB_ERR_ARG);
    assert_true(ib_adam_create(context, SIZE_MAX / 2, NULL, &adam) < 0);
    assert_null(adam);
    adam = create(context, 2, NULL);
    assert_int_equal(ib_adam_step(NULL, g, w), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "", ib_adam_step(adam, NULL, w));
    assert_fails(context, IB_ERR_ARG, "", ib_adam_step(adam, g, NULL));
    assert_int_equal(ib_adam_steps(adam), 0);
    assert_int_equal(ib_adam_size(NULL), 0);
    assert_int_equal(ib_adam_steps(NULL), 0);
    assert_null(ib_adam_first_moments(NULL));
    assert_null(ib_adam_second_moments(NULL));
    ib_adam_options_init(NULL);
    ib_adam_destroy(NULL);
    ib_context_destroy(context); /* the optimiser keeps it alive */
    assert_int_equal(ib_adam_step(adam, g, w), IB_OK);
    ib_adam_destroy(adam);
}

static ib_status life(ib_context *context, void *user_data)
{
    (void)user_data;
    float w[2] = {0}, g[2] = {0};
    ib_adam *adam = NULL;
    ib_status status = ib_adam_create(context, 2, NULL, &adam);
    if (status == IB_OK)
        status = ib_adam_step(adam, g, w);
    ib_adam_destroy(adam);
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
        cmocka_unit_test(sequences),     cmocka_unit_test(first_step_by_hand), cmocka_unit_test(defaults),
        cmocka_unit_test(position),      cmocka_unit_test(out_of_bounds),      cmocka_unit_test(refusals),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
