/* Counters against a reference that sorts, and what must not change a result, on random matrices. */
#include "matrix.h"

#include "info/counter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static ib_counter *new_counter(ib_context *context, const matrix *m)
{
    static const uint32_t masks[] = {UINT32_MAX, 0, 1, 3u << 30, 0xffu << 20};
    ib_counter *counter = NULL;
    assert_ok(context, ib_counter_create(context, m->type, m->columns, m->classes, &counter));
    if (m->rows < 1000) /* tags that collide make each look-up a search */
        ib_i_counter_tag_mask(counter, masks[test_random_below(COUNT(masks))]);
    return counter;
}

static ib_counter *counter_of(ib_context *context, const matrix *m)
{
    ib_counter *counter = new_counter(context, m);
    assert_ok(context, ib_counter_add(counter, &m->codes, matrix_labels(m), NULL));
    return counter;
}

static void assert_counts(const ib_counter *counter, const matrix *m, const uint64_t *ids, size_t distinct)
{
    uint64_t *counts = calloc(distinct * m->classes + 1, sizeof *counts), *labels = calloc(m->classes, sizeof *labels);
    for (size_t i = 0; i < m->rows; i++) {
        const uint32_t label = m->classes > 1 ? m->labels[i] : 0;
        counts[ids[i] * m->classes + label]++;
        labels[label]++;
    }
    assert_int_equal(ib_counter_rows(counter), m->rows);
    assert_int_equal(ib_counter_distinct(counter), distinct);
    for (size_t id = 0; id < distinct; id++) {
        uint64_t all = 0;
        for (uint32_t label = 0; label < m->classes; label++) {
            all += counts[id * m->classes + label];
            assert_int_equal(ib_counter_get_labelled(counter, id, label), counts[id * m->classes + label]);
        }
        assert_int_equal(ib_counter_get(counter, id), all);
    }
    for (uint32_t label = 0; label < m->classes; label++)
        assert_int_equal(ib_counter_get_label(counter, label), labels[label]);
    assert_int_equal(ib_counter_get(counter, distinct), 0);
    free(counts);
    free(labels);
}

static void assert_read_back(const ib_counter *counter, const matrix *m, const uint64_t *ids)
{
    const size_t size = matrix_code_size(m->type);
    unsigned char *codes = malloc(m->columns * size), *expected = malloc(m->columns * size);
    for (size_t i = 0; i < m->rows; i++) {
        assert_int_equal(ib_counter_get_codes(counter, ids[i], codes), IB_OK);
        for (size_t j = 0; j < m->columns; j++) {
            const int64_t value = m->values[i * m->columns + j];
            matrix_store(m->type == IB_CODE_FLOAT32 ? IB_CODE_INT32 : m->type, expected + j * size, value);
        }
        assert_memory_equal(codes, expected, m->columns * size);
    }
    free(codes);
    free(expected);
}

/* All six values, in one order. */
typedef struct entropies {
    double of[6];
} entropies;

static entropies entropies_of(const ib_counter *counter)
{
    return (entropies){{ib_entropy_rows(counter), ib_entropy_labels(counter), ib_entropy_joint(counter),
                        ib_entropy_rows_given_labels(counter), ib_entropy_labels_given_rows(counter),
                        ib_entropy_mutual(counter)}};
}

static void assert_entropies(const ib_counter *counter, const matrix *m)
{
    const double t = matrix_entropy_rows(m), y = matrix_entropy_labels(m), joint = matrix_entropy_joint(m);
    const double expected[6] = {t, y, joint, joint - y, joint - t, t + y - joint};
    const entropies found = entropies_of(counter);
    for (size_t i = 0; i < 6; i++)
        assert_close(found.of[i], expected[i], 2e-14, 0);
}

/* What holds between entropies of any table, without a tolerance where the header promises it. */
static void assert_laws(const ib_counter *counter, const matrix *m)
{
    const entropies e = entropies_of(counter);
    const double t = e.of[0], y = e.of[1], joint = e.of[2], t_given_y = e.of[3], y_given_t = e.of[4], mutual = e.of[5];
    for (size_t i = 0; i < 6; i++)
        assert_true(e.of[i] >= 0 && !signbit(e.of[i]));
    if (m->rows)
        assert_true(t <= ib_entropy_log2((double)m->rows));
    assert_true(y <= ib_entropy_log2(m->classes) * (1 + 1e-15));
    assert_true(joint >= t && joint >= y);
    assert_true(t_given_y <= t && y_given_t <= y);
    assert_true(mutual <= t && mutual <= y);
    assert_close(y + t_given_y, joint, 0, 1e-15); /* the chain rule, both ways */
    assert_close(t + y_given_t, joint, 0, 1e-15);
    assert_close(t - t_given_y, mutual, 4e-15, 0);
}

static void assert_same_entropies(const ib_counter *counter, const entropies *expected)
{
    const entropies found = entropies_of(counter);
    assert_memory_equal(&found, expected, sizeof found); /* to the bit */
}

/* Sanitizers and valgrind take many times longer. */
static size_t sized(size_t full, size_t quick)
{
    return getenv("LIBIB_TEST_QUICK") ? quick : full;
}

static void agrees_with_sorting(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    for (size_t round = 0; round < sized(300, 60); round++) {
        matrix m = matrix_any();
        size_t distinct;
        uint64_t *expected = matrix_ids(&m, &distinct), *ids = malloc((m.rows + 1) * sizeof *ids);
        ib_counter *counter = new_counter(context, &m);
        assert_ok(context, ib_counter_add(counter, &m.codes, matrix_labels(&m), ids));
        assert_memory_equal(ids, expected, m.rows * sizeof *ids);
        assert_counts(counter, &m, ids, distinct);
        assert_read_back(counter, &m, ids);
        assert_entropies(counter, &m);
        assert_laws(counter, &m);
        ib_counter_destroy(counter);
        free(expected);
        free(ids);
        matrix_free(&m);
    }
    ib_context_destroy(context);
}

/* Parts of random sizes, in counters of their own or after a reset, are the whole: same identifiers, same counts. */
static void parts_are_the_whole(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    for (size_t round = 0; round < sized(300, 60); round++) {
        matrix m = matrix_any();
        size_t distinct;
        uint64_t *ids = matrix_ids(&m, &distinct);
        ib_counter *added = new_counter(context, &m), *merged = new_counter(context, &m),
                   *part = new_counter(context, &m);
        for (size_t first = 0, n; first < m.rows; first += n) {
            n = 1 + test_random_below(m.rows - first);
            ib_codes codes = m.codes;
            codes.data = (const unsigned char *)m.codes.data + first * m.codes.row_stride * matrix_code_size(m.type);
            codes.rows = n;
            const uint32_t *labels = m.classes > 1 ? m.labels + first : NULL;
            ib_counter_reset(part);
            assert_ok(context, ib_counter_add(part, &codes, labels, NULL));
            assert_ok(context, ib_counter_add(added, &codes, labels, NULL));
            assert_ok(context, ib_counter_merge(merged, part));
        }
        assert_counts(added, &m, ids, distinct);
        assert_counts(merged, &m, ids, distinct);
        assert_read_back(merged, &m, ids);
        const entropies expected = entropies_of(added);
        assert_same_entropies(merged, &expected);
        ib_counter_destroy(added);
        ib_counter_destroy(merged);
        ib_counter_destroy(part);
        free(ids);
        matrix_free(&m);
    }
    ib_context_destroy(context);
}

static void swap_values(int64_t *a, int64_t *b)
{
    const int64_t value = *a;
    *a = *b;
    *b = value;
}

static void shuffle_rows(matrix *m)
{
    for (size_t i = m->rows; i > 1; i--) {
        const size_t other = test_random_below(i);
        const uint32_t label = m->labels[i - 1];
        m->labels[i - 1] = m->labels[other];
        m->labels[other] = label;
        for (size_t j = 0; j < m->columns; j++)
            swap_values(&m->values[(i - 1) * m->columns + j], &m->values[other * m->columns + j]);
    }
}

static void shuffle_columns(matrix *m)
{
    for (size_t j = m->columns; j > 1; j--) {
        const size_t other = test_random_below(j);
        for (size_t i = 0; i < m->rows; i++)
            swap_values(&m->values[i * m->columns + j - 1], &m->values[i * m->columns + other]);
    }
}

/* Other codes for the same things: each column by a rule of its own, and labels counted from the other end. */
static void rename_codes(matrix *m)
{
    for (size_t j = 0; j < m->columns; j++) {
        const uint64_t factor = test_random() | 1, offset = test_random(); /* one to one in every unsigned type */
        for (size_t i = 0; i < m->rows; i++) {
            int64_t *value = &m->values[i * m->columns + j];
            const uint64_t renamed = (uint64_t)*value * factor + offset;
            *value = m->type == IB_CODE_UINT8    ? (uint8_t)renamed
                     : m->type == IB_CODE_UINT16 ? (uint16_t)renamed
                     : m->type == IB_CODE_INT64  ? (int64_t)renamed
                     : m->type == IB_CODE_INT32  ? (int32_t)renamed
                                                 : (int64_t)(renamed & 0x7fffffff);
        }
    }
    for (size_t i = 0; i < m->rows; i++)
        m->labels[i] = m->classes - 1 - m->labels[i];
}

static void order_and_names_change_nothing(void **state)
{
    (void)state;
    void (*const changes[])(matrix *) = {shuffle_rows, shuffle_columns, rename_codes};
    ib_context *context = test_context(NULL);
    for (size_t round = 0; round < sized(300, 60); round++) {
        matrix m = matrix_any();
        ib_counter *counter = counter_of(context, &m);
        const entropies expected = entropies_of(counter);
        const uint64_t distinct = ib_counter_distinct(counter);
        ib_counter_destroy(counter);
        for (size_t c = 0; c < COUNT(changes); c++) {
            changes[c](&m);
            matrix_lay_out(&m);
            counter = counter_of(context, &m);
            assert_same_entropies(counter, &expected);
            assert_int_equal(ib_counter_distinct(counter), distinct);
            ib_counter_destroy(counter);
        }
        matrix_free(&m);
    }
    ib_context_destroy(context);
}

/* Identifiers as labels: I(T;T) = H(T), and T leaves nothing open about itself. */
static void a_thing_tells_itself(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    for (size_t round = 0; round < sized(300, 60); round++) {
        matrix m = matrix_any();
        size_t distinct;
        uint64_t *ids = matrix_ids(&m, &distinct);
        for (size_t i = 0; i < m.rows; i++)
            m.labels[i] = (uint32_t)ids[i];
        m.classes = distinct > 1 ? (uint32_t)distinct : 1;
        ib_counter *counter = counter_of(context, &m);
        assert_true(ib_entropy_mutual(counter) == ib_entropy_rows(counter));
        assert_true(ib_entropy_mutual(counter) == ib_entropy_labels(counter));
        assert_true(ib_entropy_joint(counter) == ib_entropy_rows(counter));
        assert_true(ib_entropy_labels_given_rows(counter) == 0);
        assert_true(ib_entropy_rows_given_labels(counter) == 0);
        ib_counter_destroy(counter);
        free(ids);
        matrix_free(&m);
    }
    ib_context_destroy(context);
}

/* H(T,Y) is the entropy of rows that carry the label as one more column; a column copied adds nothing. */
static void labels_as_a_column(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    for (size_t round = 0; round < sized(300, 60); round++) {
        matrix m = matrix_any();
        matrix joined = matrix_empty(IB_CODE_INT64, m.rows, m.columns + 2, 1);
        for (size_t i = 0; i < m.rows; i++) {
            int64_t *row = joined.values + i * joined.columns;
            memcpy(row, m.values + i * m.columns, m.columns * sizeof *row);
            row[m.columns] = m.classes > 1 ? m.labels[i] : 0;
            row[m.columns + 1] = row[0];
        }
        matrix_lay_out(&joined);
        ib_counter *counter = counter_of(context, &m), *wide = counter_of(context, &joined);
        assert_true(ib_entropy_joint(counter) == ib_entropy_rows(wide));
        ib_counter_destroy(counter);
        ib_counter_destroy(wide);
        matrix_free(&m);
        matrix_free(&joined);
    }
    ib_context_destroy(context);
}

/* Once in earnest: rows of ten codes, half of them distinct, labels by pairs and by the array. */
static void a_million_rows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const size_t rows = sized(1000000, 20000);
    matrix m = matrix_random(IB_CODE_UINT8, rows, 10, 200, rows / 8 * 5, 256);
    matrix_lay_out(&m);
    size_t distinct;
    uint64_t *expected = matrix_ids(&m, &distinct), *ids = malloc(m.rows * sizeof *ids);
    ib_counter *counter = new_counter(context, &m);
    assert_ok(context, ib_counter_add(counter, &m.codes, m.labels, ids));
    assert_memory_equal(ids, expected, m.rows * sizeof *ids);
    assert_close(ib_entropy_joint(counter), matrix_entropy_joint(&m), 2e-14, 0);
    assert_laws(counter, &m);
    ib_counter_destroy(counter);

    m.classes = 2;
    for (size_t i = 0; i < m.rows; i++)
        m.labels[i] &= 1;
    counter = new_counter(context, &m);
    assert_ok(context, ib_counter_add(counter, &m.codes, m.labels, NULL));
    assert_counts(counter, &m, ids, distinct);
    assert_laws(counter, &m);
    ib_counter_destroy(counter);
    free(expected);
    free(ids);
    matrix_free(&m);
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_sorting),
        cmocka_unit_test(parts_are_the_whole),
        cmocka_unit_test(order_and_names_change_nothing),
        cmocka_unit_test(a_thing_tells_itself),
        cmocka_unit_test(labels_as_a_column),
        cmocka_unit_test(a_million_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
