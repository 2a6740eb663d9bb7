#include "support.h"

#include "base/logarithm.h"

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

/* Distance to the true logarithm in units of the last place. */
static double error_at(double x)
{
    double found = ib_i_log2(x);
    long double truth = log2l((long double)x);
    int exponent;
    frexp((double)truth, &exponent);
    return (double)(fabsl((long double)found - truth) / ldexpl(1, exponent - DBL_MANT_DIG));
}

static double any_double(void)
{
    double x;
    do {
        uint64_t bits = test_random() >> 1;
        memcpy(&x, &bits, sizeof x);
    } while (!isfinite(x) || x == 0);
    return x;
}

static void within_bound(void **state)
{
    (void)state;
    if (!long_double_is_longer())
        skip();
    double worst = 0;
    for (int i = 0; i < 500000; i++) {
        worst = fmax(worst, error_at(any_double()));
        worst = fmax(worst, error_at(0.7 + 0.72 * test_random_uniform()));
        worst = fmax(worst, error_at(1 + ldexp(test_random_uniform() - 0.5, -(int)test_random_below(50))));
        worst = fmax(worst, error_at(DBL_MIN * (test_random_uniform() + DBL_EPSILON)));
    }
    print_message("largest error %.3f ulp\n", worst);
    assert_true(worst < 0.6);
}

/* Entropies only ever ask for integers. */
static void integers(void **state)
{
    (void)state;
    double before = -1, worst = 0;
    for (int n = 1; n <= 1000000; n++) {
        double value = ib_i_log2(n);
        assert_true(value > before);
        before = value;
        if (n > 1)
            worst = fmax(worst, error_at(n));
    }
    if (long_double_is_longer())
        assert_true(worst < 0.51);
}

static void powers_of_two(void **state)
{
    (void)state;
    for (int exponent = -1074; exponent <= 1023; exponent++)
        assert_true(ib_i_log2(ldexp(1, exponent)) == exponent);
    assert_false(signbit(ib_i_log2(1)));
}

static void ends(void **state)
{
    (void)state;
    static const double outside[] = {0.0, -0.0, -DBL_TRUE_MIN, -1, -INFINITY, INFINITY, NAN};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        assert_true(isnan(ib_i_log2(outside[i])));
    assert_true(ib_i_log2(DBL_MAX) == 1024);
    assert_true(ib_i_log2(nextafter(1, 2)) == 0x1.71547652b82fdp-52);
    assert_true(ib_i_log2(nextafter(1, 0)) == -0x1.71547652b82fep-53);
}

/* Computed with 120 decimal digits and rounded. */
static void known_values(void **state)
{
    (void)state;
    static const double table[][2] = {
        {0x1.8p+1, 0x1.95c01a39fbd68p+0},
        {0x1.4p+2, 0x1.2934f0979a371p+1},
        {0x1.4p+3, 0x1.a934f0979a371p+1},
        {0x1.999999999999ap-4, -0x1.a934f0979a371p+1},
        {0x1.6a09e667f3bcdp+0, 0x1.0000000000001p-1},
        {0x1.08cp+11, 0x1.618d345842a2bp+3},
        {0x1.ee8p+10, 0x1.5e64fafc727bfp+3},
        {0x1.ffep+11, 0x1.7ffd1d3ffd1cep+3},
        {0x1.6a09e667f3bcdp-1, -0x1.ffffffffffffep-2},
        {0x1.7e43c8800759cp+996, 0x1.f24a09f1a8b89p+9},
        {0x1.8p-1073, -0x1.0c1a8ff971811p+10},
        {0x1.000001ad7f29bp+0, 0x1.35d0fea5fccb7p-23},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_true(ib_i_log2(table[i][0]) == table[i][1]);
}

/* Every bit is the same on every machine: FNV-1a over the results for 1..4096 and for numbers in between. */
static void pinned_bits(void **state)
{
    (void)state;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (int i = 1; i <= 4096 * 16; i++) {
        double value = ib_i_log2(i / 16.0);
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        for (size_t k = 0; k < sizeof bits; k++)
            hash = (hash ^ (bits >> (8 * k) & 255)) * UINT64_C(0x100000001b3);
    }
    assert_int_equal(hash, UINT64_C(0xfae897b8b65d841d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(within_bound), cmocka_unit_test(integers),     cmocka_unit_test(powers_of_two),
        cmocka_unit_test(ends),         cmocka_unit_test(known_values), cmocka_unit_test(pinned_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
