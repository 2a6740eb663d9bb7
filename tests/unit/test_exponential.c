#include "support.h"

#include "base/digamma.h"
#include "base/exponential.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Under an emulator that computes long doubles as doubles, or where they are doubles, there is nothing to compare to.
 */
static int long_double_is_longer(void)
{
    volatile long double one = 1;
    volatile long double next = one + (long double)DBL_EPSILON / 64;
    return next != one;
}

/* Distance to the truth in units of the last place. */
static double error_of(double found, long double truth)
{
    int exponent;
    frexp((double)truth, &exponent);
    return (double)(fabsl((long double)found - truth) / ldexpl(1, exponent - DBL_MANT_DIG));
}

static void within_bound(void **state)
{
    (void)state;
    if (!long_double_is_longer())
        skip();
    double worst = 0;
    for (int i = 0; i < 500000; i++) {
        const double wide = -1022 + 2045.999 * test_random_uniform(), near = test_random_uniform() - 0.5;
        worst = fmax(worst, error_of(ib_i_exp2(wide), exp2l((long double)wide)));
        worst = fmax(worst, error_of(ib_i_exp2(near), exp2l((long double)near)));
        const double x = -708.3 + 1418 * test_random_uniform();
        worst = fmax(worst, error_of(ib_i_exp(x), expl((long double)x)));
        worst = fmax(worst, error_of(ib_i_exp(near), expl((long double)near)));
    }
    print_message("largest error %.3f ulp\n", worst);
    assert_true(worst < 0.7);
}

static void powers_of_two(void **state)
{
    (void)state;
    for (int n = -1022; n <= 1023; n++)
        assert_true(ib_i_exp2(n) == ldexp(1, n));
    assert_true(ib_i_exp(0) == 1 && ib_i_exp(-0.0) == 1);
}

static void ends(void **state)
{
    (void)state;
    assert_true(ib_i_exp2(1024) == INFINITY && ib_i_exp2(INFINITY) == INFINITY);
    assert_true(ib_i_exp2(nextafter(-1022, -2000)) == 0 && ib_i_exp2(-INFINITY) == 0);
    assert_true(isfinite(ib_i_exp2(nextafter(1024, 0))) && isfinite(ib_i_exp(0x1.62e42fefa39efp+9)));
    assert_true(ib_i_exp(709.79) == INFINITY && ib_i_exp(INFINITY) == INFINITY);
    assert_true(ib_i_exp(-708.397) == 0 && ib_i_exp(-INFINITY) == 0);
    assert_true(ib_i_exp(-0x1.6232bdd7abcd2p+9) >= DBL_MIN);
    assert_true(isnan(ib_i_exp2(NAN)) && isnan(ib_i_exp(NAN)));
    assert_true(ib_i_exp(DBL_TRUE_MIN) == 1 && ib_i_exp2(-DBL_TRUE_MIN) == 1);
}

/* Every bit is the same on every machine: FNV-1a. */
static void pinned_bits(void **state)
{
    (void)state;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (int i = -16384; i <= 16384; i++) {
        const double values[] = {ib_i_exp2(i / 16.125), ib_i_exp(i / 23.7), ib_i_digamma((i + 16385) / 96.0)};
        for (size_t v = 0; v < 3; v++) {
            uint64_t bits;
            memcpy(&bits, &values[v], sizeof bits);
            hash = (hash ^ bits) * UINT64_C(0x100000001b3);
        }
    }
    assert_int_equal(hash, UINT64_C(0x9abd40372f37dd9c));
}

/* psi(n + 1) = 1 + 1/2 + ... + 1/n - gamma; psi(n + 1/2) = 2 (1 + 1/3 + ... + 1/(2n - 1)) - gamma - 2 ln 2 */
static void digamma_sums(void **state)
{
    (void)state;
    if (!long_double_is_longer())
        skip();
    static const long double gamma = 0.577215664901532860606512090082402431L;
    static const long double two_ln2 = 1.386294361119890618834464242916353136L;
    long double whole = 0, odd = 0;
    for (int n = 0; n <= 100000; n++) {
        if (n) {
            whole += 1.0L / n;
            odd += 1.0L / (2 * n - 1);
        }
        const double at_whole = (double)(whole - gamma), at_half = (double)(2 * odd - gamma - two_ln2);
        assert_true(fabs(ib_i_digamma(n + 1.0) - at_whole) <= 1e-15 * fmax(1, fabs(at_whole)));
        assert_true(fabs(ib_i_digamma(n + 0.5) - at_half) <= 1e-15 * fmax(1, fabs(at_half)));
    }
}

/* Where psi is 0, and values computed with 40 digits. */
static void digamma_values(void **state)
{
    (void)state;
    static const double table[][2] = {
        {1.4616321449683623, -9.2e-17}, {1e-3, -1000.5755719318103}, {0.1, -10.423754940411076},
        {3.7, 1.1671535393615114},      {1e10, 23.025850929890456},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_true(fabs(ib_i_digamma(table[i][0]) - table[i][1]) <= 1e-15 * fmax(1, fabs(table[i][1])));
    static const double outside[] = {0.0, -1, -0.5, INFINITY, NAN};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        assert_true(isnan(ib_i_digamma(outside[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(within_bound), cmocka_unit_test(powers_of_two), cmocka_unit_test(ends),
        cmocka_unit_test(pinned_bits),  cmocka_unit_test(digamma_sums),  cmocka_unit_test(digamma_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
