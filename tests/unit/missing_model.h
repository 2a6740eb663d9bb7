/* Rows of which some have missing codes or labels, and how they are counted one by one. */
#ifndef LIBIB_TESTS_MISSING_MODEL_H
#define LIBIB_TESTS_MISSING_MODEL_H

#include "seven_rows.h"

#include "info/counter.h"

#include <math.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static size_t size_of(uint32_t type)
{
    static const size_t sizes[] = {0, 1, 2, 4, 8, 4, 4, 8};
    return sizes[type];
}

/* Rows of a few kinds of codes, one of which is the missing one; what is to be left out is known by its number. */
enum { KINDS = 5, MISSING = 3, COLUMNS = 3, ROWS = 500 };

typedef struct model {
    uint32_t type, classes;
    unsigned char codes[ROWS * 2 * COLUMNS * 8]; /* every second row is noise: there is a stride */
    uint8_t kinds[ROWS][COLUMNS];
    uint32_t labels[ROWS];
    uint64_t times[ROWS];
    ib_codes all;
} model;

static double kind_value(size_t kind)
{
    static const double values[KINDS] = {0, 1, -INFINITY, 7, 0x1p-149};
    return values[kind];
}

static void store_integer(uint32_t type, void *to, int64_t value)
{
    const uint8_t one = (uint8_t)value;
    const uint16_t two = (uint16_t)value;
    const uint32_t four = (uint32_t)value;
    const size_t size = size_of(type);
    memcpy(to, size == 1 ? &one : size == 2 ? (const void *)&two : size == 4 ? (const void *)&four : &value, size);
}

/* A code of a kind; floats have several NaNs, and two zeros. */
static void store(uint32_t type, void *to, size_t kind, double missing)
{
    double real = kind == MISSING ? missing : kind == 0 && missing == 0 ? 99 : kind_value(kind);
    float narrow = (float)real;
    if (kind == MISSING && missing == 0 && test_random() % 2)
        narrow = -narrow, real = -real;
    if (type == IB_CODE_FLOAT32 && isnan(narrow)) {
        const uint32_t bits =
            (0x7f800000u | (uint32_t)(test_random() % 0x7fffff + 1)) | (uint32_t)(test_random() << 31);
        memcpy(to, &bits, sizeof bits);
    } else if (type == IB_CODE_FLOAT64 && isnan(real)) {
        const uint64_t bits = (0x7ff0000000000000u | (test_random() % 0xfffffffffffffu + 1)) | test_random() << 63;
        memcpy(to, &bits, sizeof bits);
    } else if (type == IB_CODE_FLOAT32) {
        memcpy(to, &narrow, sizeof narrow);
    } else if (type == IB_CODE_FLOAT64) {
        memcpy(to, &real, sizeof real);
    } else {
        store_integer(type, to, kind == MISSING ? 7 : (int64_t)kind);
    }
}

static void make(model *m, uint32_t type, uint32_t classes, double missing)
{
    const size_t size = size_of(type);
    m->type = type;
    m->classes = classes;
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t c = 0; c < COLUMNS; c++) {
            const size_t kind = test_random_below(4) ? test_random_below(2) : test_random_below(KINDS);
            m->kinds[i][c] = (uint8_t)kind;
            store(type, m->codes + (i * 2 * COLUMNS + c) * size, kind, missing);
            store(type, m->codes + (i * 2 * COLUMNS + COLUMNS + c) * size, MISSING, missing);
        }
        m->labels[i] = test_random_below(9) ? (uint32_t)test_random_below(classes) : IB_NO_LABEL;
        m->times[i] = test_random_below(5) ? test_random_below(400) : 0;
    }
    m->all = codes_of(type, m->codes, ROWS, COLUMNS);
    m->all.row_stride = 2 * COLUMNS;
    m->all.missing = IB_MISSING_DROP;
    m->all.missing_code = 7;
    m->all.missing_value = missing;
}

static int is_missing(const model *m, size_t kind)
{
    const int is_float = m->type == IB_CODE_FLOAT32 || m->type == IB_CODE_FLOAT64;
    return kind == MISSING || (is_float && kind == 2 && isinf(m->all.missing_value)); /* two names of one value */
}

static int is_kept(const model *m, size_t i)
{
    for (size_t c = 0; c < COLUMNS; c++)
        if (is_missing(m, m->kinds[i][c]))
            return 0;
    return m->classes == 1 || m->labels[i] != IB_NO_LABEL;
}

static const uint32_t *labels_of(const model *m, size_t first)
{
    return m->classes > 1 ? m->labels + first : NULL;
}

/* One row, as often as it is said, by calls that know nothing of what is missing. */
static void add_plainly(ib_context *context, ib_counter *counter, const model *m, size_t i, uint64_t times,
                        uint64_t *id)
{
    ib_codes row = codes_of(m->type, m->codes + i * 2 * COLUMNS * size_of(m->type), 1, COLUMNS);
    for (uint64_t t = 0; t < times; t++)
        assert_ok(context, ib_counter_add(counter, &row, labels_of(m, i), id));
}

static void assert_same(const ib_counter *a, const ib_counter *b)
{
    assert_int_equal(ib_counter_rows(a), ib_counter_rows(b));
    assert_int_equal(ib_counter_distinct(a), ib_counter_distinct(b));
    for (uint64_t id = 0; id < ib_counter_distinct(a); id++) {
        unsigned char of_a[COLUMNS * 8], of_b[COLUMNS * 8];
        assert_int_equal(ib_counter_get_codes(a, id, of_a), IB_OK);
        assert_int_equal(ib_counter_get_codes(b, id, of_b), IB_OK);
        assert_memory_equal(of_a, of_b, COLUMNS * size_of(a->type));
        for (uint32_t label = 0; label < ib_counter_classes(a); label++)
            assert_int_equal(ib_counter_get_labelled(a, id, label), ib_counter_get_labelled(b, id, label));
    }
    for (uint32_t label = 0; label < ib_counter_classes(a); label++)
        assert_int_equal(ib_counter_get_label(a, label), ib_counter_get_label(b, label));
    ib_entropies of_a, of_b;
    ib_entropy_measure(a, &of_a);
    ib_entropy_measure(b, &of_b);
    assert_memory_equal(&of_a, &of_b, sizeof of_a);
}

static const uint32_t some_classes[] = {1, 2, 3, 16, 300};

#endif
