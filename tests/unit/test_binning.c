/* Bins of plain arrays: by hand at the edges, against integers and counting elsewhere. */
#include "nn.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 600 };

typedef struct fixture {
    test_memory memory;
    ib_context *context;
} fixture;

static int set_up(void **state)
{
    fixture *made = test_zeros(1, sizeof *made);
    made->context = test_context(&made->memory);
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    fixture *made = *state;
    ib_context_destroy(made->context);
    assert_int_equal(made->memory.live, 0);
    free(made);
    return 0;
}

static uint16_t bin_of(fixture *f, float x, double low, double high, uint32_t bins)
{
    uint16_t code = 12345;
    assert_ok(f->context, ib_binning_uniform(f->context, &x, 1, low, high, bins, 0, &code));
    return code;
}

/* An edge belongs to the bin above, but the maximum to the last one. */
static void edges(void **state)
{
    fixture *f = *state;
    static const uint16_t expected[] = {0, 0, 1, 1, 2, 2, 3, 3, 3};
    for (int i = 0; i <= 8; i++) /* -1, -0.75, ..., 1 in four bins of 0.5 */
        assert_int_equal(bin_of(f, -1.0f + 0.25f * (float)i, -1, 1, 4), expected[i]);
    assert_int_equal(bin_of(f, nextafterf(0.5f, 0), -1, 1, 4), 2);
    assert_int_equal(bin_of(f, nextafterf(1, 0), -1, 1, 4), 3);
    assert_int_equal(bin_of(f, nextafterf(-1, 0), -1, 1, 4), 0);
    assert_int_equal(bin_of(f, 0, -1, 1, 30), 15);
    assert_int_equal(bin_of(f, -0.0f, -1, 1, 30), 15);
    assert_int_equal(bin_of(f, 1, -1, 1, 30), 29);
    assert_int_equal(bin_of(f, 1, 0, 1, IB_BINS_MOST), IB_BINS_MOST - 1);
    assert_int_equal(bin_of(f, 0.5f, 0, 1, IB_BINS_MOST), IB_BINS_MOST / 2);
    assert_int_equal(bin_of(f, 0.1f, 0, 1, 10), 1);             /* 0.1f is above 1/10 */
    assert_int_equal(bin_of(f, 0.7f, 0, 1, 10), 6);             /* 0.7f is below 7/10 */
    assert_int_equal(bin_of(f, 0.7f, 0, 0.7, 10), 9);           /* and below the double */
    assert_int_equal(bin_of(f, 0.7f, 0, (double)0.7f, 10), 9);  /* the maximum */
    assert_int_equal(bin_of(f, 0.35f, 0, (double)0.7f, 10), 5); /* exactly half of it */
}

static void zeros(void **state)
{
    fixture *f = *state;
    assert_int_equal(bin_of(f, -0.0f, 0, 1, 7), 0);
    assert_int_equal(bin_of(f, 0, -0.0, 1, 7), 0);
    assert_int_equal(bin_of(f, -0.0f, -1, 0, 7), 6);
    assert_int_equal(bin_of(f, 0, -1, -0.0, 7), 6);
    assert_int_equal(bin_of(f, -0.0f, 0, 0, 7), 0);
}

/* The smallest and the largest floats: nothing is flushed, nothing overflows. */
static void extremes(void **state)
{
    fixture *f = *state;
    const float least = 0x1p-149f;
    assert_int_equal(bin_of(f, least, 0, 4 * (double)least, 4), 1);
    assert_int_equal(bin_of(f, 3 * least, 0, 4 * (double)least, 4), 3);
    assert_int_equal(bin_of(f, -least, -(double)least, (double)least, 2), 0);
    assert_int_equal(bin_of(f, 0, -(double)least, (double)least, 2), 1);
    assert_int_equal(bin_of(f, least, 0, 1, 65536), 0);
    assert_int_equal(bin_of(f, FLT_MAX, -(double)FLT_MAX, (double)FLT_MAX, 65536), 65535);
    assert_int_equal(bin_of(f, -FLT_MAX, -(double)FLT_MAX, (double)FLT_MAX, 65536), 0);
    assert_int_equal(bin_of(f, 0, -(double)FLT_MAX, (double)FLT_MAX, 65536), 32768);
    assert_int_equal(bin_of(f, FLT_MAX / 2, -(double)FLT_MAX, (double)FLT_MAX, 4), 3);
}

static void one_bin(void **state)
{
    fixture *f = *state;
    assert_int_equal(bin_of(f, 5, 5, 5, 30), 0); /* no width */
    for (int i = 0; i <= 4; i++)
        assert_int_equal(bin_of(f, (float)i, 0, 4, 1), 0);
}

static void outside(void **state)
{
    fixture *f = *state;
    static const float x[] = {-1.5f, -1, 0, 1, 1.5f, FLT_MAX, -FLT_MAX};
    static const uint16_t expected[] = {0, 0, 2, 3, 3, 3, 0};
    uint16_t codes[7] = {42, 42, 42, 42, 42, 42, 42};
    for (size_t i = 0; i < 7; i++) {
        const int is_outside = fabsf(x[i]) > 1;
        const ib_status status = ib_binning_uniform(f->context, x + i, 1, -1, 1, 4, 0, codes + i);
        assert_int_equal(status, is_outside ? IB_ERR_RANGE : IB_OK);
        assert_int_equal(codes[i], is_outside ? 42 : expected[i]);
    }
    assert_fails(f->context, IB_ERR_RANGE, "from -1 to 1", ib_binning_uniform(f->context, x, 7, -1, 1, 4, 0, codes));
    assert_ok(f->context, ib_binning_uniform(f->context, x, 7, -1, 1, 4, 1, codes));
    assert_memory_equal(codes, expected, sizeof codes);
    assert_ok(f->context, ib_binning_uniform(f->context, x, 7, 1, 1, 4, 1, codes));
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(codes[i], 0);
}

/* Multiples of 2^-20, where the bin is a quotient of integers. */
static void against_integers(void **state)
{
    fixture *f = *state;
    float x[MOST];
    uint16_t codes[MOST];
    for (int round = 0; round < 200; round++) {
        const int64_t low = (int64_t)test_random_below(1 << 20) - (1 << 19),
                      width = 1 + (int64_t)test_random_below(5000);
        const uint32_t bins = 1 + (uint32_t)test_random_below(round % 2 ? 40 : IB_BINS_MOST);
        int64_t at[MOST];
        for (size_t i = 0; i < MOST; i++) {
            at[i] = (int64_t)test_random_below((uint64_t)width + 1);
            x[i] = ldexpf((float)(low + at[i]), -20);
        }
        assert_ok(f->context, ib_binning_uniform(f->context, x, MOST, ldexp((double)low, -20),
                                                 ldexp((double)(low + width), -20), bins, 0, codes));
        for (size_t i = 0; i < MOST; i++)
            assert_int_equal(codes[i], at[i] == width ? bins - 1 : at[i] * bins / width);
    }
}

/* Any floats: larger values have no lower bins, m bins split into 2m, doubling everything changes nothing. */
static void uniform_properties(void **state)
{
    fixture *f = *state;
    float x[MOST], twice[MOST];
    uint16_t codes[MOST], fine[MOST], scaled[MOST];
    for (int round = 0; round < 100; round++) {
        const float low = (float)(test_random_uniform() - 0.5), high = low + (float)test_random_uniform();
        const uint32_t bins = 1 + (uint32_t)test_random_below(IB_BINS_MOST / 2);
        for (size_t i = 0; i < MOST; i++) {
            x[i] = fminf(high, low + (high - low) * (float)test_random_uniform());
            twice[i] = 2 * x[i];
        }
        assert_ok(f->context, ib_binning_uniform(f->context, x, MOST, low, high, bins, 0, codes));
        assert_ok(f->context, ib_binning_uniform(f->context, x, MOST, low, high, 2 * bins, 0, fine));
        assert_ok(f->context, ib_binning_uniform(f->context, twice, MOST, 2 * low, 2 * high, bins, 0, scaled));
        assert_memory_equal(codes, scaled, sizeof codes);
        for (size_t i = 0; i < MOST; i++) {
            assert_true(codes[i] < bins);
            assert_int_equal(codes[i], fine[i] / 2);
            assert_true(i == 0 || x[i] < x[i - 1] || codes[i] >= codes[i - 1]);
            assert_true(i == 0 || x[i] > x[i - 1] || codes[i] <= codes[i - 1]);
        }
    }
}

/* Eight values in four bins: {-2, -1} {0, -0} {0.5, 1} {1, 3}; both ones are in the bin of the first of them. */
static void masses_by_hand(void **state)
{
    fixture *f = *state;
    static const float x[] = {1, -2, 0.5f, -0.0f, 3, 0, 1, -1};
    static const uint16_t expected[] = {2, 0, 2, 1, 3, 1, 2, 0};
    static const float mostly_zero[] = {0, 2, 0, 0, 1, 0};
    static const uint16_t after_zeros[] = {0, 2, 0, 0, 2, 0}; /* 1 has 4 of 6 below it, 2 has 5; bin 1 is empty */
    uint16_t codes[8];
    assert_ok(f->context, ib_binning_equal_mass(f->context, x, 8, 4, codes));
    assert_memory_equal(codes, expected, sizeof expected);
    assert_ok(f->context, ib_binning_equal_mass(f->context, mostly_zero, 6, 3, codes));
    assert_memory_equal(codes, after_zeros, sizeof after_zeros);
}

/* The definition, value by value. */
static void assert_masses(const float *x, size_t n, uint32_t bins, const uint16_t *codes)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t smaller = 0;
        for (size_t j = 0; j < n; j++)
            smaller += x[j] < x[i];
        assert_int_equal(codes[i], smaller * bins / n);
    }
}

/* Other values in the same order: how many are smaller, shifted to both sides of 0. */
static void rank_values(const float *x, size_t n, float *rank)
{
    for (size_t i = 0; i < n; i++) {
        rank[i] = -100;
        for (size_t j = 0; j < n; j++)
            rank[i] += x[j] < x[i] ? 1.0f : 0.0f;
    }
}

static float random_float(uint32_t kind)
{
    static const float few[] = {0.0f, -0.0f, 1.0f, -1.0f, 0x1p-149f, -0x1p-149f, FLT_MAX, -FLT_MAX};
    if (kind == 0)
        return few[test_random_below(8)];
    if (kind == 1)
        return fmaxf(0, (float)(test_random_uniform() - 0.5)); /* as of ReLU */
    return ldexpf((float)(test_random_uniform() - 0.5), (int)test_random_below(60) - 30);
}

/* Bins follow the definition, split into three, and see nothing but the order. */
static void masses_against_counting(void **state)
{
    fixture *f = *state;
    float x[MOST], rank[MOST];
    uint16_t codes[MOST], fine[MOST], same[MOST];
    for (uint32_t round = 0; round < 60; round++) {
        const size_t n = 1 + (size_t)test_random_below(MOST);
        const uint32_t bins = 1 + (uint32_t)test_random_below(round % 2 ? 20 : IB_BINS_MOST / 3);
        for (size_t i = 0; i < n; i++)
            x[i] = random_float(round % 3);
        rank_values(x, n, rank);
        assert_ok(f->context, ib_binning_equal_mass(f->context, x, n, bins, codes));
        assert_masses(x, n, bins, codes);
        assert_ok(f->context, ib_binning_equal_mass(f->context, x, n, 3 * bins, fine));
        for (size_t i = 0; i < n; i++)
            assert_int_equal(codes[i], fine[i] / 3);
        assert_ok(f->context, ib_binning_equal_mass(f->context, rank, n, bins, same));
        assert_memory_equal(codes, same, n * sizeof *codes);
    }
}

/* Different values: each bin has n/m of them, up or down; with a bin for each value, every one has its own. */
static void masses_are_equal(void **state)
{
    fixture *f = *state;
    float x[MOST];
    uint16_t codes[MOST];
    static const uint32_t bins[] = {1, 2, 7, 30, 100, MOST - 1, MOST, MOST + 1};
    for (size_t i = 0; i < MOST; i++)
        x[i] = expf((float)(i * 7 % MOST) / 50);
    for (size_t b = 0; b < sizeof bins / sizeof bins[0]; b++) {
        size_t counts[MOST + 1] = {0};
        assert_ok(f->context, ib_binning_equal_mass(f->context, x, MOST, bins[b], codes));
        for (size_t i = 0; i < MOST; i++) {
            assert_true(codes[i] < bins[b]);
            counts[codes[i]]++;
        }
        for (uint32_t c = 0; c < bins[b]; c++)
            assert_true(counts[c] >= MOST / bins[b] && counts[c] <= (MOST + bins[b] - 1) / bins[b]);
    }
}

static void not_finite(void **state)
{
    fixture *f = *state;
    const float sick[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        float x[5] = {0, 1, 2, 3, 4};
        uint16_t codes[5] = {42, 42, 42, 42, 42};
        x[i + 1] = sick[i];
        assert_fails(f->context, IB_ERR_NONFINITE, "finite", ib_binning_equal_mass(f->context, x, 5, 3, codes));
        for (uint32_t clamp = 0; clamp < 2; clamp++)
            assert_fails(f->context, IB_ERR_NONFINITE, "finite",
                         ib_binning_uniform(f->context, x, 5, 0, 4, 3, clamp, codes));
        assert_int_equal(codes[0], 42);
    }
}

static void refusals(void **state)
{
    fixture *f = *state;
    ib_context *c = f->context;
    const float x[2] = {0, 1};
    uint16_t codes[2] = {42, 42};
    const double beyond = 2.0 * (double)FLT_MAX;
    assert_int_equal(ib_binning_uniform(NULL, x, 2, 0, 1, 3, 0, codes), IB_ERR_ARG);
    assert_int_equal(ib_binning_equal_mass(NULL, x, 2, 3, codes), IB_ERR_ARG);
    assert_fails(c, IB_ERR_ARG, "x is NULL", ib_binning_uniform(c, NULL, 2, 0, 1, 3, 0, codes));
    assert_fails(c, IB_ERR_ARG, "codes is NULL", ib_binning_uniform(c, x, 2, 0, 1, 3, 0, NULL));
    assert_fails(c, IB_ERR_ARG, "clamp", ib_binning_uniform(c, x, 2, 0, 1, 3, 2, codes));
    assert_fails(c, IB_ERR_RANGE, "got 0", ib_binning_uniform(c, x, 2, 0, 1, 0, 0, codes));
    assert_fails(c, IB_ERR_RANGE, "65537", ib_binning_uniform(c, x, 2, 0, 1, 65537, 0, codes));
    assert_fails(c, IB_ERR_RANGE, "bounds", ib_binning_uniform(c, x, 2, 1, 0, 3, 1, codes));
    assert_fails(c, IB_ERR_RANGE, "bounds", ib_binning_uniform(c, x, 2, 0, beyond, 3, 1, codes));
    assert_fails(c, IB_ERR_RANGE, "bounds", ib_binning_uniform(c, x, 2, -beyond, 0, 3, 1, codes));
    assert_fails(c, IB_ERR_RANGE, "bounds", ib_binning_uniform(c, x, 2, (double)NAN, 1, 3, 1, codes));
    assert_fails(c, IB_ERR_RANGE, "bounds", ib_binning_uniform(c, x, 2, 0, (double)NAN, 3, 1, codes));
    assert_fails(c, IB_ERR_ARG, "x is NULL", ib_binning_equal_mass(c, NULL, 2, 3, codes));
    assert_fails(c, IB_ERR_ARG, "codes is NULL", ib_binning_equal_mass(c, x, 2, 3, NULL));
    assert_fails(c, IB_ERR_RANGE, "got 0", ib_binning_equal_mass(c, x, 2, 0, codes));
    assert_fails(c, IB_ERR_RANGE, "65537", ib_binning_equal_mass(c, x, 2, 65537, codes));
    assert_fails(c, IB_ERR_OVERFLOW, "2^32", ib_binning_equal_mass(c, x, (size_t)UINT32_MAX + 1, 3, codes));
    assert_int_equal(codes[0], 42);
    assert_ok(c, ib_binning_uniform(c, NULL, 0, 0, 1, 3, 0, NULL));
    assert_ok(c, ib_binning_equal_mass(c, NULL, 0, 3, NULL));
}

/* A layer of three units and five rows, with what the functions of arrays make of all of it, or of each column. */
static void layers(void **state)
{
    fixture *f = *state;
    enum { ROWS = 5, UNITS = 3, ALL = ROWS * UNITS };
    float x[ALL] = {-1, 10, 0, -0.5f, 20, 0, 0, 30, -0.0f, 0.5f, 40, 0, 1, 50, 0};
    const size_t shape[] = {ROWS, UNITS};
    uint16_t expected[ALL], codes[ALL];
    ib_tensor *values = NULL;
    ib_binning_options options;
    ib_binning_options_init(&options);
    options.bins = 4;
    assert_ok(f->context, ib_tensor_create_borrowed(f->context, x, 2, shape, &values));
    assert_ok(f->context, ib_binning_apply(f->context, &options, values, codes));
    assert_ok(f->context, ib_binning_uniform(f->context, x, ALL, -1, 50, 4, 0, expected));
    assert_memory_equal(codes, expected, sizeof codes);
    options.bounds = IB_BOUNDS_NEURON;
    assert_ok(f->context, ib_binning_apply(f->context, &options, values, codes));
    const uint16_t by_hand[ALL] = {0, 0, 0, 1, 1, 0, 2, 2, 0, 3, 3, 0, 3, 3, 0};
    assert_memory_equal(codes, by_hand, sizeof codes);
    options.kind = IB_BINS_EQUAL_MASS;
    assert_ok(f->context, ib_binning_apply(f->context, &options, values, codes));
    const uint16_t masses[ALL] = {0, 0, 0, 0, 0, 0, 1, 1, 0, 2, 2, 0, 3, 3, 0}; /* floor(c 4 / 5) */
    assert_memory_equal(codes, masses, sizeof codes);
    options.bounds = IB_BOUNDS_LAYER;
    assert_ok(f->context, ib_binning_apply(f->context, &options, values, codes));
    assert_ok(f->context, ib_binning_equal_mass(f->context, x, ALL, 4, expected));
    assert_memory_equal(codes, expected, sizeof codes);
    options.kind = IB_BINS_UNIFORM;
    options.bounds = IB_BOUNDS_FIXED;
    assert_fails(f->context, IB_ERR_RANGE, "expected low and high",
                 ib_binning_apply(f->context, &options, values, codes));
    options.high = 30;
    assert_fails(f->context, IB_ERR_RANGE, "expected from 0 to 30, got some from -1 to 50",
                 ib_binning_apply(f->context, &options, values, codes));
    assert_memory_equal(codes, expected, sizeof codes);
    options.clamp = 1;
    assert_ok(f->context, ib_binning_apply(f->context, &options, values, codes));
    assert_ok(f->context, ib_binning_uniform(f->context, x, ALL, 0, 30, 4, 1, expected));
    assert_memory_equal(codes, expected, sizeof codes);
    ib_tensor_destroy(values);
}

static void layers_refused(void **state)
{
    fixture *f = *state;
    float x[4] = {0, 1, 2, NAN};
    const size_t shape[] = {4, 1}, empty[] = {0, 3}, narrow[] = {3, 0};
    uint16_t codes[4] = {7, 7, 7, 7};
    ib_tensor *values = NULL, *flat = NULL, *none = NULL, *no_units = NULL;
    ib_binning_options options;
    ib_binning_options_init(&options);
    assert_ok(f->context, ib_tensor_create_borrowed(f->context, x, 2, shape, &values));
    assert_ok(f->context, ib_tensor_create_borrowed(f->context, x, 1, shape, &flat));
    assert_ok(f->context, ib_tensor_create_borrowed(f->context, NULL, 2, empty, &none));
    assert_ok(f->context, ib_tensor_create_borrowed(f->context, NULL, 2, narrow, &no_units));
    assert_fails(f->context, IB_ERR_NONFINITE, "finite", ib_binning_apply(f->context, NULL, values, codes));
    assert_fails(f->context, IB_ERR_SHAPE, "rank 2, got 1", ib_binning_apply(f->context, NULL, flat, codes));
    assert_fails(f->context, IB_ERR_ARG, "values", ib_binning_apply(f->context, NULL, NULL, codes));
    assert_fails(f->context, IB_ERR_ARG, "codes", ib_binning_apply(f->context, NULL, values, NULL));
    assert_int_equal(ib_binning_apply(NULL, NULL, values, codes), IB_ERR_ARG);
    for (options.bounds = IB_BOUNDS_LARGEST; options.bounds < IB_BOUNDS_COUNT; options.bounds++)
        assert_fails(f->context, IB_ERR_STATE, "where there is no run",
                     ib_binning_apply(f->context, &options, values, codes));
    for (options.bounds = IB_BOUNDS_LAYER; options.bounds <= IB_BOUNDS_NEURON; options.bounds++) {
        assert_ok(f->context, ib_binning_apply(f->context, &options, none, NULL));
        assert_ok(f->context, ib_binning_apply(f->context, &options, no_units, NULL));
    }
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(codes[i], 7);
    ib_tensor_destroy(values);
    ib_tensor_destroy(flat);
    ib_tensor_destroy(none);
    ib_tensor_destroy(no_units);
}

static void names_and_defaults(void **state)
{
    (void)state;
    static const char *const names[] = {"layer", "neuron", "fixed", "largest", "global", "unknown"};
    ib_binning_options options, expected;
    for (uint32_t b = 0; b <= IB_BOUNDS_COUNT; b++)
        assert_string_equal(ib_binning_bounds_name(b), names[b]);
    memset(&options, 0xff, sizeof options);
    memset(&expected, 0, sizeof expected);
    expected.struct_size = sizeof expected;
    ib_binning_options_init(&options);
    assert_memory_equal(&options, &expected, sizeof options);
    ib_binning_options_init(NULL);
}

static ib_status life(ib_context *context, void *user_data)
{
    float x[] = {3, 1, 2, 5};
    const size_t shape[] = {2, 2};
    uint16_t codes[4];
    ib_tensor *values = NULL;
    ib_binning_options options;
    (void)user_data;
    ib_binning_options_init(&options);
    options.bounds = IB_BOUNDS_NEURON;
    ib_status status = ib_binning_equal_mass(context, x, 3, 3, codes);
    if (status == IB_OK)
        status = ib_tensor_create_borrowed(context, x, 2, shape, &values);
    for (options.kind = 0; options.kind <= IB_BINS_EQUAL_MASS && status == IB_OK; options.kind++)
        status = ib_binning_apply(context, &options, values, codes);
    ib_tensor_destroy(values);
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
        cmocka_unit_test_setup_teardown(edges, set_up, tear_down),
        cmocka_unit_test_setup_teardown(zeros, set_up, tear_down),
        cmocka_unit_test_setup_teardown(extremes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_bin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(outside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(against_integers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(uniform_properties, set_up, tear_down),
        cmocka_unit_test_setup_teardown(masses_by_hand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(masses_against_counting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(masses_are_equal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(not_finite, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(layers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(layers_refused, set_up, tear_down),
        cmocka_unit_test(names_and_defaults),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
