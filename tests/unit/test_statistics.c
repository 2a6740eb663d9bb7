/* Student's quantile against tables, closed forms and an integral; moments by hand, as properties, and on hostile
 * values. */
#include "support.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

/* As printed in tables of the t distribution (two-sided 5%), for 1 to 30 degrees, some more, and many. */
static void student_as_printed(void **state)
{
    (void)state;
    static const double to_30[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                                   2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
                                   2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
    static const struct {
        uint64_t degrees;
        double quantile;
    } more[] = {{40, 2.021}, {50, 2.009}, {60, 2.000}, {80, 1.990}, {100, 1.984}, {120, 1.980}, {UINT64_MAX, 1.960}};
    for (uint64_t d = 1; d <= 30; d++)
        assert_close(ib_statistics_student(d), to_30[d - 1], 0.0005, 0);
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        assert_close(ib_statistics_student(more[i].degrees), more[i].quantile, 0.0005, 0);
}

/* With 40 digits, by another program, from the incomplete beta function; and closed forms of 1, 2 and 4 degrees. */
static void student_to_the_last_digits(void **state)
{
    (void)state;
    static const struct {
        uint64_t degrees;
        double quantile;
    } known[] = {
        {1, 12.7062047361747046},          {2, 4.30265272974946385},
        {3, 3.18244630528370959},          {4, 2.77644510519779436},
        {5, 2.57058183563631551},          {6, 2.44691185114496997},
        {7, 2.36462425159278534},          {8, 2.30600413520416668},
        {9, 2.26215716279820554},          {10, 2.22813885198627475},
        {19, 2.09302405440830977},         {29, 2.0452296421327043},
        {30, 2.04227245630123831},         {49, 2.00957523712923967},
        {99, 1.9842169515864175},          {100, 1.98397151852355229},
        {199, 1.97195654425175383},        {499, 1.96472939098768907},
        {998, 1.96234384621633463},        {999, 1.96234146113344998},
        {1000, 1.96233908082640848},       {1001, 1.96233670528087992},
        {10000, 1.96020123989062626},      {1000000, 1.95996635681410704},
        {1000000000, 1.95996398691232547}, {UINT64_MAX, 1.9599639845400542355},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_close(ib_statistics_student(known[i].degrees), known[i].quantile, 0, 2e-14);
    assert_close(ib_statistics_student(1), tan(0.475 * PI), 0, 1e-14);
    assert_close(ib_statistics_student(2), 0.95 * sqrt(2 / (1 - 0.95 * 0.95)), 0, 1e-14);
    const double alpha = 1 - 0.95 * 0.95;
    assert_close(ib_statistics_student(4), 2 * sqrt(cos(acos(sqrt(alpha)) / 3) / sqrt(alpha) - 1), 0, 1e-14);
    assert_true(isnan(ib_statistics_student(0)));
}

/* Simpson's rule for the density in terms of an angle, t = sqrt(d) tan(angle), where it is cos^(d - 1). */
static double area(double from, double to, double degrees)
{
    enum { STEPS = 4000 };
    const double step = (to - from) / STEPS;
    double sum = 0;
    for (int i = 0; i <= STEPS; i++)
        sum += (i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2) * pow(cos(from + i * step), degrees - 1);
    return sum * step / 3;
}

/* A twentieth of the area lies beyond the quantile. Beyond 15 there is nothing to speak of, for many degrees. */
static void student_cuts_off_a_twentieth(void **state)
{
    (void)state;
    static const uint64_t many[] = {400, 999, 1000, 1001, 5000, 100000, 10000000};
    for (uint64_t i = 0; i < 200 + sizeof many / sizeof many[0]; i++) {
        const uint64_t d = i < 200 ? i + 1 : many[i - 200];
        const double root = sqrt((double)d), end = d < 300 ? PI / 2 : atan(15 / root);
        const double beyond = area(atan(ib_statistics_student(d) / root), end, (double)d);
        assert_close(beyond / area(0, end, (double)d), 0.05, 1e-10, 0);
    }
}

static void student_falls(void **state)
{
    (void)state;
    for (uint64_t d = 1; d < 3000; d++)
        assert_true(ib_statistics_student(d) > ib_statistics_student(d + 1));
    for (uint64_t d = 4096; d < UINT64_MAX / 2; d *= 2)
        assert_true(ib_statistics_student(d) >= ib_statistics_student(2 * d));
}

/* 1, 2, 4: mean 7/3, squared deviations 16/9 + 1/9 + 25/9 = 14/3, sd = sqrt(7/3). */
static void by_hand(void **state)
{
    (void)state;
    double values[] = {4, 1, 2};
    static const double sorted[] = {1, 2, 4};
    ib_moments moments = {0};
    ib_statistics s;
    for (size_t i = 0; i < 3; i++)
        ib_moments_add(&moments, values[i]);
    assert_int_equal(moments.count, 3);
    assert_close(moments.mean, 7.0 / 3, 0, 1e-15);
    assert_close(moments.squares, 14.0 / 3, 0, 1e-15);
    assert_close(ib_moments_deviation(&moments), 1.5275252316519467, 0, 1e-15);
    assert_close(ib_moments_half_interval(&moments), 4.302652729749464 * 1.5275252316519467 / sqrt(3), 0, 1e-15);
    ib_statistics_measure(values, 3, &s);
    assert_memory_equal(values, sorted, sizeof sorted);
    assert_int_equal(s.count, 3);
    assert_close(s.mean, 7.0 / 3, 0, 1e-15);
    assert_close(s.deviation, 1.5275252316519467, 0, 1e-15);
    assert_close(s.half_interval, 4.302652729749464 * 1.5275252316519467 / sqrt(3), 0, 1e-15);
    assert_true(s.min == 1 && s.median == 2 && s.max == 4);
    ib_statistics_measure(values, 2, &s);
    assert_true(s.mean == 1.5 && s.median == 1.5 && s.max == 2);
    assert_close(s.half_interval, 12.706204736174705 / 2, 0, 1e-15);
}

static void assert_unknown(const ib_statistics *s, uint64_t count)
{
    assert_int_equal(s->count, count);
    assert_true(isnan(s->mean) && isnan(s->deviation) && isnan(s->half_interval));
    assert_true(isnan(s->min) && isnan(s->median) && isnan(s->max));
}

static void of_none_and_of_one(void **state)
{
    (void)state;
    ib_moments moments = {0};
    ib_statistics s;
    double value = -3.25;
    ib_statistics_measure(&value, 0, &s);
    assert_unknown(&s, 0);
    ib_statistics_measure(NULL, 7, &s);
    assert_unknown(&s, 0);
    ib_statistics_measure(&value, 1, &s);
    assert_true(s.count == 1 && s.mean == value && s.min == value && s.median == value && s.max == value);
    assert_true(isnan(s.deviation) && isnan(s.half_interval));
    ib_statistics_measure(&value, 1, NULL);
    assert_true(isnan(ib_moments_deviation(&moments)) && isnan(ib_moments_half_interval(&moments)));
    ib_moments_add(&moments, value);
    assert_true(moments.mean == value && moments.squares == 0);
    assert_true(isnan(ib_moments_deviation(&moments)) && isnan(ib_moments_half_interval(&moments)));
    ib_moments_add(NULL, value);
    assert_true(isnan(ib_moments_deviation(NULL)) && isnan(ib_moments_half_interval(NULL)));
}

static void not_finite(void **state)
{
    (void)state;
    static const double strange[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        for (size_t place = 0; place < 4; place++) {
            double values[] = {4, 3, 2, 1}, before[4];
            ib_statistics s;
            values[place] = strange[i];
            memcpy(before, values, sizeof before);
            ib_statistics_measure(values, 4, &s);
            assert_unknown(&s, 4);
            assert_memory_equal(values, before, sizeof before);
        }
    }
    double large[] = {DBL_MAX, -DBL_MAX, DBL_MAX};
    ib_statistics s;
    ib_statistics_measure(large, 3, &s);
    assert_true(s.count == 3 && s.min == -DBL_MAX && s.median == DBL_MAX && s.max == DBL_MAX);
    assert_true(!isfinite(s.deviation));
}

/* The sum of squares must not drown in a mean that is a billion times larger; equal values do not deviate at all. */
static void close_values(void **state)
{
    (void)state;
    double values[1000];
    ib_statistics s;
    for (size_t i = 0; i < 1000; i++)
        values[i] = 1e9 + (i % 2 ? 0.5 : -0.5);
    ib_statistics_measure(values, 1000, &s);
    assert_close(s.mean, 1e9, 1e-6, 0);
    assert_close(s.deviation, 0.5 * 1.0005003753127737, 1e-6, 0);
    for (size_t i = 0; i < 1000; i++)
        values[i] = 0.1;
    ib_statistics_measure(values, 1000, &s);
    assert_true(s.mean == 0.1 && s.deviation == 0 && s.half_interval == 0 && s.median == 0.1);
}

static void random_values(double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        values[i] = test_random_below(4) ? 12 * test_random_uniform() : (double)test_random_below(3) - 1;
}

static void shuffle(double *values, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        const size_t j = test_random_below(i);
        const double kept = values[j];
        values[j] = values[i - 1];
        values[i - 1] = kept;
    }
}

/* Any order gives the same bits, zeros of both signs included. */
static void order_is_nothing(void **state)
{
    (void)state;
    double values[100];
    for (size_t n = 1; n <= 100; n++) {
        ib_statistics one, other;
        random_values(values, n);
        if (n > 2)
            values[0] = 0.0, values[1] = -0.0;
        ib_statistics_measure(values, n, &one);
        shuffle(values, n);
        ib_statistics_measure(values, n, &other);
        assert_int_equal(one.count, other.count);
        if (n > 1)
            assert_memory_equal(&one, &other, sizeof one);
    }
}

/* Against sums in long double; what is added or multiplied comes out again. */
static void properties(void **state)
{
    (void)state;
    for (size_t n = 2; n <= 60; n++) {
        double values[60], moved[60];
        long double sum = 0, squares = 0;
        ib_statistics s, t;
        random_values(values, n);
        for (size_t i = 0; i < n; i++) {
            sum += values[i];
            moved[i] = 3 - 2 * values[i];
        }
        for (size_t i = 0; i < n; i++)
            squares += (values[i] - sum / n) * (values[i] - sum / n);
        ib_statistics_measure(values, n, &s);
        ib_statistics_measure(moved, n, &t);
        assert_close(s.mean, (double)(sum / n), 1e-14, 1e-14);
        assert_close(s.deviation, (double)sqrtl(squares / (n - 1)), 1e-14, 1e-13);
        assert_close(s.half_interval, ib_statistics_student(n - 1) * s.deviation / sqrt((double)n), 0, 1e-15);
        assert_true(s.min <= s.median && s.median <= s.max);
        assert_close(t.mean, 3 - 2 * s.mean, 1e-14, 1e-13);
        assert_close(t.deviation, 2 * s.deviation, 1e-14, 1e-13);
        assert_close(t.median, 3 - 2 * s.median, 1e-14, 1e-13);
        assert_close(t.min, 3 - 2 * s.max, 0, 1e-15);
    }
}

/* What the interval promises: of normal values 95 in 100 hold the expectation. With 1.96 it would be 70 for n = 2. */
static void interval_holds_the_mean(void **state)
{
    (void)state;
    enum { TRIALS = 20000 };
    for (size_t n = 2; n <= 5; n += 3) {
        size_t held = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            double values[5];
            ib_statistics s;
            for (size_t i = 0; i < n; i++)
                values[i] = sqrt(-2 * log(1 - test_random_uniform())) * cos(2 * PI * test_random_uniform());
            ib_statistics_measure(values, n, &s);
            held += fabs(s.mean) <= s.half_interval;
        }
        assert_close((double)held / TRIALS, 0.95, 0.0077, 0); /* five standard errors */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(student_as_printed),
        cmocka_unit_test(student_to_the_last_digits),
        cmocka_unit_test(student_cuts_off_a_twentieth),
        cmocka_unit_test(student_falls),
        cmocka_unit_test(by_hand),
        cmocka_unit_test(of_none_and_of_one),
        cmocka_unit_test(not_finite),
        cmocka_unit_test(close_values),
        cmocka_unit_test(order_is_nothing),
        cmocka_unit_test(properties),
        cmocka_unit_test(interval_holds_the_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
