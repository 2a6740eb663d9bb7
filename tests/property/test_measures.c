/* What must hold between the measures of any variables, on random ones. */
#include "matrix.h"
#include "variables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Sanitizers and valgrind take many times longer. */
static size_t rounds(void)
{
    return getenv("LIBIB_TEST_QUICK") ? 40 : 250;
}

/* A random matrix and labels that depend on it in part, and on a third variable. */
typedef struct data {
    matrix m;
    uint32_t *y, *z; /* [m.rows] */
} data;

static data data_any(void)
{
    data d = {.m = matrix_any()};
    d.y = malloc((d.m.rows + 1) * sizeof *d.y);
    d.z = malloc((d.m.rows + 1) * sizeof *d.z);
    const uint64_t levels = 1 + test_random_below(test_random_below(3) ? 6 : 700);
    for (size_t i = 0; i < d.m.rows; i++) {
        d.z[i] = (uint32_t)test_random_below(levels);
        d.y[i] = test_random_below(3) ? d.m.labels[i] : d.z[i] * 100000;
    }
    return d;
}

static void data_free(data *d)
{
    matrix_free(&d->m);
    free(d->y);
    free(d->z);
}

/* x is the rows of the matrix. */
typedef struct three {
    ib_variable *x, *y, *z;
} three;

static three three_of(ib_context *context, const data *d)
{
    three v = {variable_empty(context), variable_of(context, d->y, d->m.rows), variable_of(context, d->z, d->m.rows)};
    assert_ok(context, ib_variable_set_codes(v.x, &d->m.codes));
    return v;
}

static void three_free(three *v)
{
    ib_variable_destroy(v->x);
    ib_variable_destroy(v->y);
    ib_variable_destroy(v->z);
}

/* Runs a body on random data. */
static void on_any(void (*body)(ib_context *context, ib_information *i, data *d, const three *v))
{
    ib_context *context = test_context(NULL);
    ib_information *i = information_empty(context);
    for (size_t round = 0; round < rounds(); round++) {
        data d = data_any();
        three v = three_of(context, &d);
        body(context, i, &d, &v);
        three_free(&v);
        data_free(&d);
    }
    ib_information_destroy(i);
    ib_context_destroy(context);
}

/* The numbers are those that sorting finds, and those of a counter. */
static void check_numbers(ib_context *context, ib_information *i, data *d, const three *v)
{
    (void)i;
    size_t distinct;
    uint64_t *expected = matrix_ids(&d->m, &distinct), *counted = malloc((d->m.rows + 1) * sizeof *counted);
    ib_counter *counter = NULL;
    assert_ok(context, ib_counter_create(context, d->m.type, d->m.columns, 0, &counter));
    assert_ok(context, ib_counter_add(counter, &d->m.codes, NULL, counted));
    assert_int_equal(ib_variable_rows(v->x), d->m.rows);
    assert_int_equal(ib_variable_distinct(v->x), distinct);
    for (size_t row = 0; row < d->m.rows; row++) {
        assert_int_equal(ib_variable_ids(v->x)[row], expected[row]);
        assert_int_equal(ib_variable_ids(v->x)[row], counted[row]);
    }
    ib_counter_destroy(counter);
    free(expected);
    free(counted);
}

static void numbers_are_those_of_sorting(void **state)
{
    (void)state;
    on_any(check_numbers);
}

/* All measures of three variables. */
typedef struct measures {
    double of[15];
} measures;

static measures measure(ib_information *i, const three *v)
{
    const ib_variable *x = v->x, *y = v->y, *z = v->z;
    ib_entropies e;
    assert_int_equal(ib_information_measure(i, x, y, &e), IB_OK);
    measures m = {{e.rows, e.labels, e.joint, e.rows_given_labels, e.labels_given_rows, e.mutual,
                   entropy(i, LIST(x, y, z), 3), mutual_given(i, x, y, z), mutual_given(i, x, z, y),
                   total_correlation(i, LIST(x, y, z), 3), interaction(i, LIST(x, y, z), 3),
                   normalised(i, x, y, IB_NORMALISED_GEOMETRIC), normalised(i, x, y, IB_NORMALISED_JOINT),
                   entropy_given(i, z, x), mutual(i, z, y)}};
    return m;
}

static void assert_same(ib_information *i, const three *v, const measures *expected)
{
    const measures found = measure(i, v);
    for (size_t k = 0; k < COUNT(found.of); k++)
        assert_same_bits(found.of[k], expected->of[k]);
}

static void check_laws(ib_context *context, ib_information *i, data *d, const three *v)
{
    (void)d;
    const ib_variable *x = v->x, *y = v->y, *z = v->z;
    const measures m = measure(i, v);
    for (size_t k = 0; k < COUNT(m.of); k++)
        assert_true(k == 10 || (m.of[k] >= 0 && !signbit(m.of[k])));
    const double h_x = m.of[0], h_y = m.of[1], h_xy = m.of[2], h_x_y = m.of[3], h_y_x = m.of[4], i_xy = m.of[5];
    assert_close(h_xy, h_x + h_y_x, 1e-13, 0);
    assert_close(h_xy, h_y + h_x_y, 1e-13, 0);
    assert_close(i_xy, h_x + h_y - h_xy, 1e-13, 0);
    assert_true(i_xy <= h_x && i_xy <= h_y && h_x_y <= h_x && h_y_x <= h_y);
    assert_true(m.of[11] <= 1 && m.of[12] <= 1);
    /* symmetry */
    assert_same_bits(mutual(i, y, x), i_xy);
    assert_same_bits(mutual_given(i, y, x, z), m.of[7]);
    assert_same_bits(entropy(i, LIST(z, y, x), 3), m.of[6]);
    assert_same_bits(total_correlation(i, LIST(y, z, x), 3), m.of[9]);
    assert_same_bits(interaction(i, LIST(z, x, y), 3), m.of[10]);
    assert_same_bits(normalised(i, y, x, IB_NORMALISED_GEOMETRIC), m.of[11]);
    /* two of a kind */
    assert_same_bits(interaction(i, LIST(x, y), 2), i_xy);
    assert_same_bits(total_correlation(i, LIST(x, y), 2), i_xy);
    assert_same_bits(mutual(i, x, x), h_x);
    assert_same_bits(entropy_given(i, x, x), 0);
    assert_same_bits(mutual_given(i, x, x, z), entropy_given(i, x, z));
    /* three */
    assert_close(m.of[10], i_xy - m.of[7], 1e-13, 0);
    ib_variable *xy = variable_joint(context, LIST(x, y), 2);
    assert_close(m.of[9], i_xy + mutual(i, xy, z), 1e-13, 0);
    ib_variable_destroy(xy);
}

static void laws(void **state)
{
    (void)state;
    on_any(check_laws);
}

/* I(X;Y,Z) = I(X;Z) + I(X;Y|Z), and what is known of a joint. */
static void check_chain(ib_context *context, ib_information *i, data *d, const three *v)
{
    (void)d;
    ib_variable *yz = variable_joint(context, LIST(v->y, v->z), 2);
    assert_close(mutual(i, v->x, yz), mutual(i, v->x, v->z) + mutual_given(i, v->x, v->y, v->z), 1e-13, 0);
    assert_same_bits(entropy(i, LIST(v->x, yz), 2), entropy(i, LIST(v->x, v->y, v->z), 3));
    assert_same_bits(entropy(i, LIST(v->y, v->z), 2), entropy(i, LIST(yz), 1));
    assert_same_bits(entropy_given(i, v->y, yz), 0);
    assert_same_bits(mutual(i, v->y, yz), entropy(i, LIST(v->y), 1));
    ib_variable_destroy(yz);
}

static void chain_rules(void **state)
{
    (void)state;
    on_any(check_chain);
}

/* A function of X says no more than X. That of its information is exact up to the rounding of logarithms: where nothing
 * is lost, both values are sums of other terms. */
static void check_function(ib_context *context, ib_information *i, data *d, const three *v)
{
    const uint32_t distinct = ib_variable_distinct(v->x);
    uint32_t *of = malloc((distinct + 1) * sizeof *of), *values = malloc((d->m.rows + 1) * sizeof *values);
    const uint64_t levels = 1 + test_random_below(distinct + 1);
    for (uint32_t id = 0; id < distinct; id++)
        of[id] = (uint32_t)test_random_below(levels);
    for (size_t row = 0; row < d->m.rows; row++)
        values[row] = of[ib_variable_ids(v->x)[row]];
    ib_variable *f = variable_of(context, values, d->m.rows);
    assert_true(entropy(i, LIST(f), 1) <= entropy(i, LIST(v->x), 1));
    assert_true(mutual(i, f, v->y) <= mutual(i, v->x, v->y) + 4e-15);
    assert_true(mutual_given(i, f, v->y, v->z) <= mutual_given(i, v->x, v->y, v->z) + 4e-15);
    assert_same_bits(entropy_given(i, f, v->x), 0);
    assert_same_bits(mutual_given(i, f, v->y, v->x), 0);
    assert_same_bits(mutual(i, f, v->x), entropy(i, LIST(f), 1));
    ib_variable_destroy(f);
    free(of);
    free(values);
}

static void functions_lose_information(void **state)
{
    (void)state;
    on_any(check_function);
}

static void swap_words(uint32_t *a, uint32_t *b)
{
    const uint32_t word = *a;
    *a = *b;
    *b = word;
}

static void swap_values(int64_t *a, int64_t *b)
{
    const int64_t value = *a;
    *a = *b;
    *b = value;
}

static void swap_rows(data *d, size_t a, size_t b)
{
    swap_words(&d->y[a], &d->y[b]);
    swap_words(&d->z[a], &d->z[b]);
    for (size_t j = 0; j < d->m.columns; j++)
        swap_values(&d->m.values[a * d->m.columns + j], &d->m.values[b * d->m.columns + j]);
}

static void shuffle_rows(data *d)
{
    for (size_t n = d->m.rows; n > 1; n--)
        swap_rows(d, n - 1, test_random_below(n));
}

static void shuffle_columns(data *d)
{
    for (size_t j = d->m.columns; j > 1; j--) {
        const size_t other = test_random_below(j);
        for (size_t row = 0; row < d->m.rows; row++)
            swap_values(&d->m.values[row * d->m.columns + j - 1], &d->m.values[row * d->m.columns + other]);
    }
}

/* One to one, and below 2^31. */
static void rename_values(data *d)
{
    const uint32_t mask = (uint32_t)test_random() >> 1;
    for (size_t row = 0; row < d->m.rows; row++) {
        d->y[row] ^= mask;
        d->z[row] = 1000000 - d->z[row];
    }
}

static void check_names(ib_context *context, ib_information *i, data *d, const three *v)
{
    static void (*const changes[])(data *) = {shuffle_rows, shuffle_columns, rename_values};
    const measures expected = measure(i, v);
    for (size_t c = 0; c < COUNT(changes); c++) {
        changes[c](d);
        matrix_lay_out(&d->m);
        three changed = three_of(context, d);
        assert_same(i, &changed, &expected);
        three_free(&changed);
    }
}

static void order_and_names_change_nothing(void **state)
{
    (void)state;
    on_any(check_names);
}

/* Columns in parts of random widths, joined, are the whole: the same numbers. */
static void check_parts(ib_context *context, ib_information *i, data *d, const three *v)
{
    (void)i;
    ib_variable *joint = variable_empty(context), *part = variable_empty(context);
    const size_t size = matrix_code_size(d->m.type), step = d->m.codes.column_stride * size;
    for (size_t first = 0, n; first < d->m.columns; first += n) {
        n = 1 + test_random_below(d->m.columns - first);
        ib_codes codes = d->m.codes;
        codes.columns = n;
        codes.data = (const unsigned char *)codes.data + first * step;
        assert_ok(context, ib_variable_set_codes(part, &codes));
        assert_ok(context, ib_variable_set_joint(joint, first ? LIST(joint, part) : LIST(part), first ? 2 : 1));
    }
    assert_int_equal(ib_variable_distinct(joint), ib_variable_distinct(v->x));
    if (d->m.rows)
        assert_memory_equal(ib_variable_ids(joint), ib_variable_ids(v->x), d->m.rows * sizeof(uint32_t));
    ib_variable_destroy(joint);
    ib_variable_destroy(part);
}

static void parts_are_the_whole(void **state)
{
    (void)state;
    on_any(check_parts);
}

/* Some rows of d, `times[row]` times each. */
static data repeated(const data *d, const uint64_t *times)
{
    size_t rows = 0, at = 0;
    for (size_t row = 0; row < d->m.rows; row++)
        rows += times[row];
    data r = {.m = matrix_empty(d->m.type, rows, d->m.columns, d->m.classes)};
    r.y = malloc((rows + 1) * sizeof *r.y);
    r.z = malloc((rows + 1) * sizeof *r.z);
    for (size_t row = 0; row < d->m.rows; row++)
        for (uint64_t k = 0; k < times[row]; k++, at++) {
            memcpy(r.m.values + at * d->m.columns, d->m.values + row * d->m.columns,
                   d->m.columns * sizeof *d->m.values);
            r.y[at] = d->y[row];
            r.z[at] = d->z[row];
        }
    matrix_lay_out(&r.m);
    return r;
}

/* Integers, and halves of them, say the same as rows that occur so often. */
static void check_weights(ib_context *context, ib_information *i, data *d, const three *v)
{
    uint64_t *times = malloc((d->m.rows + 1) * sizeof *times);
    double *weights = malloc((d->m.rows + 1) * sizeof *weights);
    for (size_t row = 0; row < d->m.rows; row++)
        weights[row] = (double)(times[row] = test_random_below(5));
    data r = repeated(d, times);
    three of_r = three_of(context, &r);
    const measures expected = measure(i, &of_r);
    assert_ok(context, ib_information_set_weights(i, weights, d->m.rows));
    assert_same(i, v, &expected);
    for (size_t row = 0; row < d->m.rows; row++)
        weights[row] /= 2;
    assert_ok(context, ib_information_set_weights(i, weights, d->m.rows));
    const measures halved = measure(i, v);
    for (size_t k = 0; k < COUNT(halved.of); k++)
        assert_close(halved.of[k], expected.of[k], 1e-14, 0);
    assert_ok(context, ib_information_set_weights(i, NULL, 0));
    three_free(&of_r);
    data_free(&r);
    free(times);
    free(weights);
}

static void weights_are_repeated_rows(void **state)
{
    (void)state;
    on_any(check_weights);
}

/* Real weights, in another order with their rows: the same bits; multiplied by a power of two, too. */
static void check_real_weights(ib_context *context, ib_information *i, data *d, const three *v)
{
    double *weights = malloc((d->m.rows + 1) * sizeof *weights);
    for (size_t row = 0; row < d->m.rows; row++)
        weights[row] = test_random_uniform() + 0x1p-60;
    assert_ok(context, ib_information_set_weights(i, weights, d->m.rows));
    const measures expected = measure(i, v);
    for (size_t k = 0; k < COUNT(expected.of); k++)
        assert_true(k == 10 || (expected.of[k] >= 0 && !signbit(expected.of[k])));
    assert_close(expected.of[2], expected.of[0] + expected.of[4], 1e-13, 0);
    assert_same_bits(mutual(i, v->x, v->x), expected.of[0]);
    for (size_t row = 0; row < d->m.rows; row++)
        weights[row] *= 0x1p-20;
    assert_ok(context, ib_information_set_weights(i, weights, d->m.rows));
    assert_same(i, v, &expected);
    for (size_t row = 0; row < d->m.rows / 2; row++) { /* rows and weights the other way round */
        const size_t other = d->m.rows - 1 - row;
        const double weight = weights[row];
        weights[row] = weights[other];
        weights[other] = weight;
        swap_rows(d, row, other);
    }
    matrix_lay_out(&d->m);
    three reversed = three_of(context, d);
    assert_ok(context, ib_information_set_weights(i, weights, d->m.rows));
    assert_same(i, &reversed, &expected);
    assert_ok(context, ib_information_set_weights(i, NULL, 0));
    three_free(&reversed);
    free(weights);
}

static void real_weights(void **state)
{
    (void)state;
    on_any(check_real_weights);
}

/* Missing values are as if their rows were not there: in all terms of a call. */
static void check_missing(ib_context *context, ib_information *i, data *d, const three *v)
{
    (void)v;
    uint64_t *times = malloc((d->m.rows + 1) * sizeof *times);
    const uint64_t rare = 1 + test_random_below(20);
    for (size_t row = 0; row < d->m.rows; row++) {
        if (test_random_below(rare) == 0)
            d->y[row] = IB_NO_LABEL;
        if (test_random_below(rare) == 0)
            d->z[row] = IB_NO_LABEL;
        times[row] = d->y[row] != IB_NO_LABEL && d->z[row] != IB_NO_LABEL;
    }
    three with = three_of(context, d);
    data r = repeated(d, times);
    three without = three_of(context, &r);
    const ib_variable *x = with.x, *y = with.y, *z = with.z;
    assert_same_bits(mutual_given(i, x, y, z), mutual_given(i, without.x, without.y, without.z));
    assert_same_bits(interaction(i, LIST(x, y, z), 3), interaction(i, LIST(without.x, without.y, without.z), 3));
    assert_same_bits(entropy(i, LIST(x, y, z), 3), entropy(i, LIST(without.x, without.y, without.z), 3));
    assert_same_bits(mutual(i, y, z), mutual(i, without.y, without.z));
    ib_variable *yz = variable_joint(context, LIST(y, z), 2);
    assert_same_bits(entropy(i, LIST(yz), 1), entropy(i, LIST(without.y, without.z), 2));
    assert_int_equal(ib_variable_missing(yz), d->m.rows - r.m.rows);
    ib_variable_destroy(yz);
    three_free(&with);
    three_free(&without);
    data_free(&r);
    free(times);
}

static void missing_rows_are_left_out(void **state)
{
    (void)state;
    on_any(check_missing);
}

/* The mean over rows is the information; with weights, the weighted one. */
static void check_pointwise(ib_context *context, ib_information *i, data *d, const three *v)
{
    double *weights = malloc((d->m.rows + 1) * sizeof *weights), *bits = malloc((d->m.rows + 1) * sizeof *bits);
    for (int weighted = 0; weighted < 2; weighted++) {
        double sum = 0, total = 0;
        for (size_t row = 0; row < d->m.rows; row++)
            weights[row] = weighted ? (test_random_below(4) ? test_random_uniform() : 0) : 1;
        assert_ok(context, ib_information_set_weights(i, weighted ? weights : NULL, d->m.rows));
        assert_ok(context, ib_information_pointwise(i, v->x, v->y, bits));
        for (size_t row = 0; row < d->m.rows; row++) {
            assert_int_equal(isnan(bits[row]), weights[row] == 0);
            if (weights[row] > 0)
                sum += weights[row] * bits[row];
            total += weights[row];
        }
        assert_close(total > 0 ? sum / total : 0, mutual(i, v->x, v->y), 1e-12, 0);
    }
    assert_ok(context, ib_information_set_weights(i, NULL, 0));
    free(weights);
    free(bits);
}

static void pointwise_is_a_part_of_the_whole(void **state)
{
    (void)state;
    on_any(check_pointwise);
}

/* The counts of counts of a joint give its entropy, and add up. */
static void check_profile(ib_context *context, ib_information *i, data *d, const three *v)
{
    ib_profile *profile = NULL;
    assert_ok(context, ib_profile_create(context, &profile));
    for (uint64_t times = 1; times < 3; times++) {
        assert_ok(context, ib_information_profile(i, LIST(v->x, v->y), 2, profile));
        uint64_t n = 0, distinct = 0;
        for (size_t p = 0; p < ib_profile_count(profile); p++) {
            uint64_t k, m;
            assert_ok(context, ib_profile_get(profile, p, &k, &m));
            n += k * m;
            distinct += m;
        }
        ib_variable *joint = variable_joint(context, LIST(v->x, v->y), 2);
        assert_int_equal(n, times * d->m.rows);
        assert_int_equal(distinct, times * ib_variable_distinct(joint));
        ib_variable_destroy(joint);
        double bits;
        assert_ok(context, ib_profile_entropy(profile, IB_ENTROPY_PLUG_IN, 0, &bits));
        /* Everything twice, under names of its own, is one bit more. */
        const double h = entropy(i, LIST(v->x, v->y), 2);
        assert_close(bits, h + (d->m.rows ? (double)(times - 1) : 0), 1e-13, 0);
    }
    ib_profile_destroy(profile);
}

static void profiles(void **state)
{
    (void)state;
    on_any(check_profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_sorting),
        cmocka_unit_test(laws),
        cmocka_unit_test(chain_rules),
        cmocka_unit_test(functions_lose_information),
        cmocka_unit_test(order_and_names_change_nothing),
        cmocka_unit_test(parts_are_the_whole),
        cmocka_unit_test(weights_are_repeated_rows),
        cmocka_unit_test(real_weights),
        cmocka_unit_test(missing_rows_are_left_out),
        cmocka_unit_test(pointwise_is_a_part_of_the_whole),
        cmocka_unit_test(profiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
