/* What is drawn against the epoch: values by hand, and what thinning keeps. */
#include "records.h"
#include "series.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

/* Student's quantile for two degrees of freedom, over the root of three runs. */
#define HALF (4.302652729749464 / 1.7320508075688772)

static void of_a_layer(void **state)
{
    ib_context *context = test_context(NULL);
    means m;
    series s;
    (void)state;
    record_means(context, &m);
    assert_int_equal(series_of_layer(&s, &m, m.planes[1], 2), 0);
    assert_int_equal(s.n, 3);
    assert_int_equal(s.rows[2].epoch, 4);
    assert_close(s.rows[2].mean[0], 6, 0, 1e-15);
    assert_close(s.rows[2].half[0], HALF, 0, 1e-12);
    assert_close(s.rows[2].mean[1], 0.75, 0, 0);
    assert_close(s.rows[2].half[1], 0, 0, 0);
    assert_close(series_edge(&s.rows[2], 0, -1), 6 - HALF, 0, 1e-12);
    series_clear(&s);
    assert_int_equal(series_of_accuracy(&s, &m), 0);
    assert_int_equal(s.n, RECORD_EPOCHS + 1);
    assert_close(s.rows[3].mean[0], 0.6875 + 1.0 / 64, 0, 1e-15);
    assert_close(s.rows[3].half[0], HALF / 64, 0, 1e-12);
    assert_close(s.rows[3].mean[1], 0.59375, 0, 0);
    series_clear(&s);
    assert_int_equal(series_of_outputs(&s, &m, 1), 0);
    assert_int_equal(s.n, 3);
    assert_close(s.rows[1].mean[0], -1, 0, 0);
    assert_close(s.rows[1].mean[1], 3, 0, 0);
    assert_close(s.rows[1].half[1], HALF, 0, 1e-12);
    series_clear(&s);
    means_clear(&m);
    ib_context_destroy(context);
}

/* Every epoch from 0 to 8000, with values that look random. */
static series make_long(void)
{
    series s = {.rows = calloc(8001, sizeof *s.rows), .n = 8001};
    assert_non_null(s.rows);
    for (uint32_t e = 0; e < s.n; e++)
        s.rows[e] =
            (row){.epoch = e, .mean = {sin(e * 1.7), cos(e * e * 0.3)}, .half = {0.1 + 0.1 * sin(e * 0.9), NAN}};
    return s;
}

static void points(void **state)
{
    series s = make_long();
    (void)state;
    series_thin_points(&s);
    assert_int_equal(s.rows[0].epoch, 0);
    assert_int_equal(s.rows[1].epoch, 1);
    assert_int_equal(s.rows[2].epoch, 2);
    assert_int_equal(s.rows[s.n - 1].epoch, 8000);
    assert_in_range(s.n, 80, 24 * 4 + 2);
    for (size_t i = 2; i < s.n - 1; i++)
        assert_true(s.rows[i].epoch <= ceil(s.rows[i - 1].epoch * pow(10, 1.0 / 24)) + 1);
    series_clear(&s);
}

/* Smallest and largest edge of a quantity from one place of the axis to another. */
static void find_edges(const series *s, double from, double to, int quantity, int side, double edges[2])
{
    edges[0] = INFINITY;
    edges[1] = -INFINITY;
    for (size_t i = 0; i < s->n; i++) {
        const double place = log10(s->rows[i].epoch);
        if (place < from - 1e-9 || place >= to - 1e-9)
            continue;
        edges[0] = fmin(edges[0], series_edge(&s->rows[i], quantity, side));
        edges[1] = fmax(edges[1], series_edge(&s->rows[i], quantity, side));
    }
}

/* In each column of the picture the bands reach from where to where they reached before. */
static void lines(void **state)
{
    series whole = make_long(), s = make_long();
    double before[2], after[2];
    size_t marks = 0;
    (void)state;
    series_thin_lines(&s, 2);
    assert_in_range(s.n, 1000, 3000);
    for (int column = 0; column < 4 * 150; column++)
        for (int which = 0; which < 4; which++) {
            find_edges(&whole, column / 150.0, (column + 1) / 150.0, which / 2, which % 2 ? 1 : -1, before);
            find_edges(&s, column / 150.0, (column + 1) / 150.0, which / 2, which % 2 ? 1 : -1, after);
            assert_memory_equal(before, after, sizeof before);
        }
    for (size_t i = 0; i < s.n; i++)
        marks += s.rows[i].marked != 0;
    assert_in_range(marks, 10, 14);
    series_clear(&whole);
    series_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_layer),
        cmocka_unit_test(points),
        cmocka_unit_test(lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
