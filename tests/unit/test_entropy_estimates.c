/* Entropies of profiles: by hand, against formulas written a second time, and on samples of known distributions. */
#include "support.h"

#include "info/entropy_estimates.h"

#include <math.h>
#include <string.h>

#define GAMMA 0.57721566490153286061
#define LN2 0.69314718055994530942

typedef struct counts {
    uint64_t of[12]; /* times that things occur; 0 ends them */
} counts;

static double entropy(const counts *c, uint32_t which, uint64_t alphabet)
{
    ib_context *context = test_context(NULL);
    ib_profile *profile = NULL;
    double bits = NAN;
    assert_ok(context, ib_profile_create(context, &profile));
    for (size_t i = 0; c->of[i]; i++)
        assert_ok(context, ib_profile_add(profile, c->of[i], 1));
    assert_ok(context, ib_profile_entropy(profile, which, alphabet, &bits));
    ib_profile_destroy(profile);
    ib_context_destroy(context);
    return bits;
}

static const counts one = {{1}}, pair = {{2}}, two = {{1, 1}}, three = {{2, 1}}, four = {{2, 1, 1}}, five = {{3, 2}};

static void plug_in_by_hand(void **state)
{
    (void)state;
    assert_true(entropy(&one, IB_ENTROPY_PLUG_IN, 0) == 0);
    assert_true(entropy(&pair, IB_ENTROPY_PLUG_IN, 0) == 0);
    assert_true(entropy(&two, IB_ENTROPY_PLUG_IN, 0) == 1);
    assert_true(entropy(&four, IB_ENTROPY_PLUG_IN, 0) == 1.5);
    assert_close(entropy(&three, IB_ENTROPY_PLUG_IN, 0), log2(3) - 2.0 / 3, 1e-15, 0);
}

/* 2 of 3 counts are seen once: H + (D - 1) / (2 n ln 2). */
static void miller_madow_by_hand(void **state)
{
    (void)state;
    assert_true(entropy(&one, IB_ENTROPY_MILLER_MADOW, 0) == 0);
    assert_close(entropy(&two, IB_ENTROPY_MILLER_MADOW, 0), 1 + 1 / (4 * LN2), 1e-15, 0);
    assert_close(entropy(&four, IB_ENTROPY_MILLER_MADOW, 0), 1.5 + 2 / (8 * LN2), 1e-15, 0);
}

/* G(1) = -gamma - ln 2, G(2) = G(3) = 2 - gamma - ln 2. */
static void grassberger_by_hand(void **state)
{
    (void)state;
    const double g1 = -GAMMA - LN2, g2 = 2 - GAMMA - LN2;
    assert_close(entropy(&one, IB_ENTROPY_GRASSBERGER, 0), (GAMMA + LN2) / LN2, 2e-15, 0);
    assert_close(entropy(&pair, IB_ENTROPY_GRASSBERGER, 0), 1 - g2 / LN2, 2e-15, 0);
    assert_true(entropy(&pair, IB_ENTROPY_GRASSBERGER, 0) < 0); /* as the formula has it */
    assert_close(entropy(&four, IB_ENTROPY_GRASSBERGER, 0), 2 - (2 * g2 + 2 * g1) / (4 * LN2), 2e-15, 0);
    assert_close(entropy(&five, IB_ENTROPY_GRASSBERGER, 0), log2(5) - g2 / LN2, 2e-15, 0);
}

/* The recursion that the paper gives, and its definition by the digamma function, which is known at integers and
 * halves: psi(j) = -gamma + 1 + ... + 1/(j-1), psi(j + 1/2) = -gamma - 2 ln 2 + 2 + 2/3 + ... + 2/(2j-1). */
static void grassberger_is_its_recursion(void **state)
{
    (void)state;
    double even = 2 - GAMMA - LN2, whole = -GAMMA, half = -GAMMA - 2 * LN2; /* G(2j), psi(j), psi(j - 1/2) */
    assert_close(ib_i_grassberger(1), -GAMMA - LN2, 1e-15, 0);
    double psi[2001]; /* psi[i] = psi(i / 2) */
    for (int i = 1; i <= 2000; i++) {
        psi[i] = i % 2 ? half : whole;
        if (i % 2)
            half += 2.0 / i;
        else
            whole += 2.0 / i;
    }
    for (uint64_t j = 1; j < 500; j++) {
        assert_close(ib_i_grassberger(2 * j), even, 3e-14, 0);
        assert_close(ib_i_grassberger(2 * j + 1), even, 3e-14, 0);
        even += 2.0 / (double)(2 * j + 1);
    }
    for (uint64_t k = 1; k < 999; k++)
        assert_close(ib_i_grassberger(k), psi[2 * k] + (k % 2 ? -0.5 : 0.5) * (psi[k + 1] - psi[k]), 3e-14, 0);
    assert_close(ib_i_grassberger(UINT64_C(1) << 50), 50 * LN2, 1e-15, 1e-15); /* tends to the logarithm */
}

/* C = 1 - f/n. Of 2, 1, 1: C = 1/2, shares 1/4, 1/8, 1/8. Of 1, 1: f is taken as 1, shares 1/4. */
static void chao_shen_by_hand(void **state)
{
    (void)state;
    assert_true(entropy(&one, IB_ENTROPY_CHAO_SHEN, 0) == 0);
    assert_true(entropy(&pair, IB_ENTROPY_CHAO_SHEN, 0) == 0);
    const double quarter = 0.5 / (1 - pow(0.75, 4)), eighth = 0.375 / (1 - pow(0.875, 4));
    assert_close(entropy(&four, IB_ENTROPY_CHAO_SHEN, 0), quarter + 2 * eighth, 1e-15, 1e-15);
    assert_close(entropy(&two, IB_ENTROPY_CHAO_SHEN, 0), 2 * 0.5 / (1 - 0.75 * 0.75), 1e-15, 1e-15);
    const double p = 0.6, q = 0.4; /* nothing seen once: only the probability of being seen */
    assert_close(entropy(&five, IB_ENTROPY_CHAO_SHEN, 0),
                 -p * log2(p) / (1 - pow(q, 5)) - q * log2(q) / (1 - pow(p, 5)), 1e-15, 1e-15);
}

/* n singletons: C = 1/n, each share 1/n^2; a large n leaves nothing to lose in 1 - (1 - a)^n, about n a. */
static void chao_shen_of_singletons(void **state)
{
    (void)state;
    for (uint64_t n = 2; n < UINT64_C(1) << 40; n *= 8) {
        const ib_i_multiplicity single = {1, n};
        const ib_i_multiplicities sample = {&single, 1, n, n};
        const long double share = 1.0L / n / n, seen = -expm1l((long double)n * log1pl(-share));
        assert_close(ib_i_entropy_chao_shen(&sample), (double)(n * (-share * log2l(share)) / seen), 0, 2e-15);
    }
}

/* n H - (n - 1) mean H without a row, over the rows one by one. */
static double jackknife_row_by_row(const counts *c)
{
    double n = 0, sum = 0, whole = 0;
    for (size_t i = 0; c->of[i]; i++)
        n += (double)c->of[i];
    for (size_t i = 0; c->of[i]; i++)
        whole -= (double)c->of[i] / n * log2((double)c->of[i] / n);
    for (size_t out = 0; c->of[out]; out++) {
        double without = 0;
        for (size_t i = 0; c->of[i]; i++) {
            const double k = (double)c->of[i] - (i == out);
            without -= k > 0 ? k / (n - 1) * log2(k / (n - 1)) : 0;
        }
        sum += (double)c->of[out] * without; /* for each row of it */
    }
    return n * whole - (n - 1) * sum / n;
}

static void jackknife_by_hand(void **state)
{
    (void)state;
    assert_true(entropy(&one, IB_ENTROPY_JACKKNIFE, 0) == 0);
    assert_true(entropy(&pair, IB_ENTROPY_JACKKNIFE, 0) == 0);
    assert_true(entropy(&two, IB_ENTROPY_JACKKNIFE, 0) == 2); /* 2 1 - 1 0 */
    assert_close(entropy(&three, IB_ENTROPY_JACKKNIFE, 0), 3 * (log2(3) - 2.0 / 3) - 2 * 2.0 / 3, 1e-14, 0);
    for (int round = 0; round < 200; round++) {
        counts c = {{0}};
        const size_t things = 1 + test_random_below(10);
        for (size_t i = 0; i < things; i++)
            c.of[i] = 1 + test_random_below(round % 2 ? 6 : 400);
        assert_close(entropy(&c, IB_ENTROPY_JACKKNIFE, 0), jackknife_row_by_row(&c), 1e-10, 0);
    }
}

/* Differences of terms keep their digits where n is large: 1 + (D - 1) / (2 n ln 2) up to order 1 / n^2. */
static void jackknife_of_many(void **state)
{
    (void)state;
    for (uint64_t m = 333333; m < UINT64_C(1) << 60; m = 10 * m + 3) {
        const counts halves = {{m, m}};
        assert_close(entropy(&halves, IB_ENTROPY_JACKKNIFE, 0), 1 + 1 / (4 * (double)m * LN2), 1e-11, 0);
    }
    const counts all = {{UINT64_MAX}};
    assert_true(entropy(&all, IB_ENTROPY_JACKKNIFE, 0) == 0);
}

/* Of 2, 1 with K = 2: 1 - 5/9 = 4/9 over 2 (1/36 + 1/36) is 4: w = 1. With K = 3: w = 4/9 / (2 2/9) = 1. Of 3, 1 with
 * K = 2: 1 - 10/16 = 3/8 over 3 (1/16 + 1/16) = 3/8: w = 1. Of 9, 1: 1 - 82/100 = 0.18 over 9 2 0.16 = 2.88: w = 1/16,
 * shares 7/8 and 1/8. */
static void shrinkage_by_hand(void **state)
{
    (void)state;
    static const counts quarter = {{3, 1}}, tenth = {{9, 1}}, tens = {{10}};
    assert_true(entropy(&one, IB_ENTROPY_SHRINKAGE, 0) == 0);
    assert_true(entropy(&one, IB_ENTROPY_SHRINKAGE, 8) == 3); /* n = 1 */
    assert_true(entropy(&two, IB_ENTROPY_SHRINKAGE, 0) == 1); /* uniform already */
    assert_true(entropy(&three, IB_ENTROPY_SHRINKAGE, 0) == 1);
    assert_close(entropy(&three, IB_ENTROPY_SHRINKAGE, 3), log2(3), 1e-15, 0);
    assert_close(entropy(&quarter, IB_ENTROPY_SHRINKAGE, 0), 1, 1e-15, 0);
    assert_close(entropy(&tenth, IB_ENTROPY_SHRINKAGE, 0), 7.0 / 8 * (3 - log2(7)) + 3.0 / 8, 1e-14, 0);
    /* K = 4: 0.18 over 9 (0.65^2 + 0.15^2 + 2 0.25^2) = 5.13: w = 2/57 */
    const double w = 0.18 / 5.13, p = w / 4 + (1 - w) * 0.9, q = w / 4 + (1 - w) * 0.1, rest = w / 4;
    assert_close(entropy(&tenth, IB_ENTROPY_SHRINKAGE, 4), -p * log2(p) - q * log2(q) - 2 * rest * log2(rest), 1e-14,
                 0);
    assert_true(entropy(&tens, IB_ENTROPY_SHRINKAGE, 5) == 0); /* nothing varies: w = 0 */
}

/* Where n n or k K do not fit in 32 or 64 bits: shares are what counts, and w falls as 1/n. */
static void shrinkage_of_many(void **state)
{
    (void)state;
    for (uint64_t unit = 47000; unit < UINT64_C(1) << 60; unit *= 16) {
        const counts c = {{unit, unit, 2 * unit, 4 * unit}};
        const double n = 8 * (double)unit, w = (1 - 22.0 / 64) / ((n - 1) * (22.0 / 64 - 0.25));
        const double p[3] = {w / 4 + (1 - w) / 8, w / 4 + (1 - w) / 4, w / 4 + (1 - w) / 2};
        const double expected = -2 * p[0] * log2(p[0]) - p[1] * log2(p[1]) - p[2] * log2(p[2]);
        assert_close(entropy(&c, IB_ENTROPY_SHRINKAGE, 0), expected, 1e-14, 0);
    }
    const counts most = {{UINT64_MAX - 1, 1}};
    assert_close(entropy(&most, IB_ENTROPY_SHRINKAGE, UINT64_MAX), 0, 1e-15, 0);
    assert_close(entropy(&one, IB_ENTROPY_SHRINKAGE, UINT64_MAX), 64, 1e-13, 0);
}

static void properties(void **state)
{
    (void)state;
    for (int round = 0; round < 300; round++) {
        counts c = {{0}}, turned = {{0}};
        const size_t things = 1 + test_random_below(11);
        for (size_t i = 0; i < things; i++)
            turned.of[things - 1 - i] = c.of[i] = 1 + test_random_below(round % 3 ? 5 : 100000);
        const double plug_in = entropy(&c, IB_ENTROPY_PLUG_IN, 0);
        for (uint32_t which = 0; which < IB_ENTROPY_COUNT; which++) {
            const double bits = entropy(&c, which, 0), again = entropy(&turned, which, 0);
            assert_memory_equal(&bits, &again, sizeof bits); /* any order */
            assert_true(isfinite(bits) && !(bits == 0 && signbit(bits)));
            if (which != IB_ENTROPY_GRASSBERGER)
                assert_true(bits >= plug_in - 1e-12);
        }
        /* more things that there can be draw the shares further away */
        assert_true(entropy(&c, IB_ENTROPY_SHRINKAGE, 2 * things) >= plug_in - 1e-12);
    }
}

/* The plug-in value is the one of a counter, bit by bit. */
static void plug_in_is_that_of_a_counter(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint32_t classes[] = {0, 5, 30};
    for (int round = 0; round < 30; round++) {
        const uint32_t labelled = classes[round % 3];
        static uint16_t data[5000];
        static uint32_t labels[5000];
        const size_t n = 1 + test_random_below(5000);
        for (size_t i = 0; i < n; i++) {
            data[i] = (uint16_t)test_random_below(1 + (uint64_t)round * 50);
            labels[i] = (uint32_t)test_random_below(5);
        }
        ib_counter *counter = NULL;
        ib_codes codes;
        ib_codes_init(&codes, IB_CODE_UINT16, data, n, 1);
        assert_ok(context, ib_counter_create(context, IB_CODE_UINT16, 1, labelled, &counter));
        assert_ok(context, ib_counter_add(counter, &codes, labelled ? labels : NULL, NULL));
        const double expected[3] = {ib_entropy_rows(counter), ib_entropy_labels(counter), ib_entropy_joint(counter)};
        for (uint32_t things = 0; things < 3; things++) {
            ib_profile *profile = NULL;
            double bits = NAN;
            assert_ok(context, ib_profile_create(context, &profile));
            assert_ok(context, ib_profile_add_counter(profile, counter, things));
            assert_ok(context, ib_profile_entropy(profile, IB_ENTROPY_PLUG_IN, 0, &bits));
            if (things != IB_PROFILE_JOINT) /* settled against rows and labels, too: up to the last bit */
                assert_memory_equal(&bits, &expected[things], sizeof bits);
            assert_close(bits, expected[things], 1e-14, 0);
            ib_profile_destroy(profile);
        }
        ib_counter_destroy(counter);
    }
    ib_context_destroy(context);
}

/* Means of all entropies over samples of n out of `alphabet` things of equal probability. */
static void means_of_samples(size_t n, size_t alphabet, double *means)
{
    enum { SAMPLES = 100 };
    ib_context *context = test_context(NULL);
    ib_profile *profile = NULL;
    ib_rng *rng = NULL;
    assert_ok(context, ib_profile_create(context, &profile));
    assert_ok(context, ib_rng_create(context, 1, 0, &rng));
    memset(means, 0, IB_ENTROPY_COUNT * sizeof *means);
    for (int sample = 0; sample < SAMPLES; sample++) {
        uint64_t seen[1000] = {0};
        for (size_t i = 0; i < n; i++)
            seen[ib_rng_get_below(rng, (uint32_t)alphabet)]++;
        ib_profile_reset(profile);
        for (size_t i = 0; i < alphabet; i++)
            assert_ok(context, ib_profile_add(profile, seen[i], 1));
        for (uint32_t which = 0; which < IB_ENTROPY_COUNT; which++) {
            double bits;
            assert_ok(context, ib_profile_entropy(profile, which, alphabet, &bits));
            means[which] += bits / SAMPLES;
        }
    }
    ib_rng_destroy(rng);
    ib_profile_destroy(profile);
    ib_context_destroy(context);
}

/* 500 rows of 1000 things: the truth is log2 1000 = 9.966. Corrections of the plug-in value fall short in the order
 * that the literature has them; coverage finds most of what is missing, and shrinkage all: its target is the truth. */
static void biases_of_a_small_sample(void **state)
{
    (void)state;
    double mean[IB_ENTROPY_COUNT];
    means_of_samples(500, 1000, mean);
    const double truth = log2(1000);
    assert_true(mean[IB_ENTROPY_PLUG_IN] < mean[IB_ENTROPY_MILLER_MADOW] - 0.3);
    assert_true(mean[IB_ENTROPY_MILLER_MADOW] < mean[IB_ENTROPY_JACKKNIFE] - 0.1);
    assert_true(mean[IB_ENTROPY_JACKKNIFE] < mean[IB_ENTROPY_GRASSBERGER] - 0.05);
    assert_true(mean[IB_ENTROPY_GRASSBERGER] < truth - 0.1);
    assert_close(mean[IB_ENTROPY_CHAO_SHEN], truth, 0.1, 0);
    assert_close(mean[IB_ENTROPY_SHRINKAGE], truth, 0.02, 0);
}

/* With 50 rows for each thing corrections leave next to nothing, but for that by coverage: where nothing is seen once,
 * nothing is taken to be unseen. */
static void biases_of_a_large_sample(void **state)
{
    (void)state;
    double mean[IB_ENTROPY_COUNT];
    means_of_samples(5000, 100, mean);
    const double truth = log2(100);
    /* (D - 1) / (2 n ln 2) = 0.01428 */
    assert_close(mean[IB_ENTROPY_PLUG_IN], truth - 0.01428, 0.001, 0);
    assert_close(mean[IB_ENTROPY_MILLER_MADOW], truth, 0.001, 0);
    assert_close(mean[IB_ENTROPY_GRASSBERGER], truth, 0.001, 0);
    assert_close(mean[IB_ENTROPY_JACKKNIFE], truth, 0.001, 0);
    assert_close(mean[IB_ENTROPY_SHRINKAGE], truth, 0.001, 0);
    assert_close(mean[IB_ENTROPY_CHAO_SHEN], mean[IB_ENTROPY_PLUG_IN], 1e-6, 0);
}

static void nothing_is_zero_bits(void **state)
{
    (void)state;
    static const counts none = {{0}};
    for (uint32_t which = 0; which < IB_ENTROPY_COUNT; which++)
        assert_true(entropy(&none, which, 0) == 0 && entropy(&none, which, 10) == 0);
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(ib_profile_entropy_name(IB_ENTROPY_PLUG_IN), "plug-in");
    assert_string_equal(ib_profile_entropy_name(IB_ENTROPY_MILLER_MADOW), "miller-madow");
    assert_string_equal(ib_profile_entropy_name(IB_ENTROPY_GRASSBERGER), "grassberger");
    assert_string_equal(ib_profile_entropy_name(IB_ENTROPY_CHAO_SHEN), "chao-shen");
    assert_string_equal(ib_profile_entropy_name(IB_ENTROPY_JACKKNIFE), "jackknife");
    assert_string_equal(ib_profile_entropy_name(IB_ENTROPY_SHRINKAGE), "shrinkage");
    assert_string_equal(ib_profile_entropy_name(IB_ENTROPY_COUNT), "unknown");
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_profile *profile = NULL;
    double bits = 77;
    assert_ok(context, ib_profile_create(context, &profile));
    assert_ok(context, ib_profile_add(profile, 3, 4));
    assert_int_equal(ib_profile_entropy(NULL, 0, 0, &bits), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "bits", ib_profile_entropy(profile, 0, 0, NULL));
    assert_fails(context, IB_ERR_ARG, "entropy: expected less than 6, got 6", ib_profile_entropy(profile, 6, 0, &bits));
    assert_fails(context, IB_ERR_RANGE, "alphabet: expected at least the 4 things seen, got 3",
                 ib_profile_entropy(profile, IB_ENTROPY_SHRINKAGE, 3, &bits));
    assert_true(bits == 77);
    assert_ok(context, ib_profile_entropy(profile, IB_ENTROPY_PLUG_IN, 3, &bits)); /* does not look at it */
    assert_true(bits == 2);
    ib_profile_destroy(profile);
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plug_in_by_hand),
        cmocka_unit_test(miller_madow_by_hand),
        cmocka_unit_test(grassberger_by_hand),
        cmocka_unit_test(grassberger_is_its_recursion),
        cmocka_unit_test(chao_shen_by_hand),
        cmocka_unit_test(chao_shen_of_singletons),
        cmocka_unit_test(jackknife_by_hand),
        cmocka_unit_test(jackknife_of_many),
        cmocka_unit_test(shrinkage_by_hand),
        cmocka_unit_test(shrinkage_of_many),
        cmocka_unit_test(properties),
        cmocka_unit_test(plug_in_is_that_of_a_counter),
        cmocka_unit_test(biases_of_a_small_sample),
        cmocka_unit_test(biases_of_a_large_sample),
        cmocka_unit_test(nothing_is_zero_bits),
        cmocka_unit_test(names),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
