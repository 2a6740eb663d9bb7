#include "matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

size_t matrix_code_size(uint32_t type)
{
    static const size_t sizes[] = {0, 1, 2, 4, 8, 4};
    return sizes[type];
}

/* One of `levels` numbers that the type can hold, spread over all its bytes. */
static int64_t random_value(uint32_t type, uint64_t levels)
{
    const uint64_t spread = test_random_below(levels) * 0x9e3779b97f4a7c15u;
    switch (type) {
    case IB_CODE_UINT8:
        return (uint8_t)(spread >> 56);
    case IB_CODE_UINT16:
        return (uint16_t)(spread >> 48);
    case IB_CODE_INT32:
        return (int32_t)(spread >> 32);
    case IB_CODE_INT64:
        return (int64_t)spread;
    default:
        return (int64_t)(spread >> 32 & 0x7fffffff); /* the bits of a float that is not negative */
    }
}

void matrix_store(uint32_t type, void *to, int64_t value)
{
    if (type == IB_CODE_UINT8)
        memcpy(to, &(uint8_t){(uint8_t)value}, 1);
    else if (type == IB_CODE_UINT16)
        memcpy(to, &(uint16_t){(uint16_t)value}, 2);
    else if (type == IB_CODE_INT64)
        memcpy(to, &value, 8);
    else if (type == IB_CODE_FLOAT32 && value == 0 && test_random_below(2)) /* either zero */
        memcpy(to, &(uint32_t){0x80000000}, 4);
    else
        memcpy(to, &(uint32_t){(uint32_t)value}, 4);
}

/* Puts the values into memory, with strides as given; between them lies noise. */
static void place(matrix *m, size_t row_stride, size_t column_stride)
{
    const size_t size = matrix_code_size(m->type);
    const size_t elements = m->rows ? (m->rows - 1) * row_stride + (m->columns - 1) * column_stride + 1 : 1;
    unsigned char *memory = malloc(elements * size);
    for (size_t i = 0; i < elements * size; i++)
        memory[i] = (unsigned char)test_random();
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = 0; j < m->columns; j++)
            matrix_store(m->type, memory + (i * row_stride + j * column_stride) * size, m->values[i * m->columns + j]);
    ib_codes_init(&m->codes, m->type, memory, m->rows, m->columns);
    m->codes.row_stride = row_stride;
    m->codes.column_stride = column_stride;
    free(m->memory);
    m->memory = memory;
}

void matrix_lay_out(matrix *m)
{
    const size_t gap = test_random_below(3) ? 0 : test_random_below(10);
    const size_t step = test_random_below(3) ? 1 : 1 + test_random_below(4);
    if (test_random_below(2))
        place(m, m->columns * step + gap, step);
    else
        place(m, step, (m->rows ? m->rows : 1) * step + gap);
}

matrix matrix_empty(uint32_t type, size_t rows, size_t columns, uint32_t classes)
{
    matrix m = {.type = type, .classes = classes, .rows = rows, .columns = columns};
    m.values = malloc((rows * columns + 1) * sizeof *m.values);
    m.labels = malloc((rows + 1) * sizeof *m.labels);
    return m;
}

matrix matrix_random(uint32_t type, size_t rows, size_t columns, uint32_t classes, size_t pool, uint64_t levels)
{
    matrix m = matrix_empty(type, rows, columns, classes);
    int64_t *drawn = malloc(pool * columns * sizeof *drawn);
    for (size_t i = 0; i < pool * columns; i++)
        drawn[i] = random_value(type, levels);
    for (size_t i = 0; i < rows; i++) {
        const size_t from = test_random_below(pool);
        memcpy(m.values + i * columns, drawn + from * columns, columns * sizeof *drawn);
        m.labels[i] = (uint32_t)(test_random_below(3) ? from % classes : test_random_below(classes));
    }
    free(drawn);
    return m;
}

matrix matrix_any(void)
{
    static const uint32_t classes[] = {1, 2, 3, 16, 17, 300};
    const uint32_t type = 1 + (uint32_t)test_random_below(5);
    const size_t rows = test_random_below(8) ? test_random_below(700) : test_random_below(5);
    const size_t columns = 1 + test_random_below(test_random_below(2) ? 40 : 9);
    matrix m = matrix_random(type, rows, columns, classes[test_random_below(COUNT(classes))],
                             1 + test_random_below(test_random_below(2) ? 20 : 700), 1 + test_random_below(300));
    matrix_lay_out(&m);
    return m;
}

void matrix_free(matrix *m)
{
    free(m->values);
    free(m->labels);
    free(m->memory);
}

const uint32_t *matrix_labels(const matrix *m)
{
    return m->classes > 1 ? m->labels : NULL;
}

/* The reference: rows sorted by value, and then by label or position. */

static const matrix *sorted_matrix; /* qsort() passes nothing on */

static int compare_values(size_t a, size_t b)
{
    const int64_t *x = sorted_matrix->values + a * sorted_matrix->columns;
    const int64_t *y = sorted_matrix->values + b * sorted_matrix->columns;
    for (size_t j = 0; j < sorted_matrix->columns; j++)
        if (x[j] != y[j])
            return x[j] < y[j] ? -1 : 1;
    return 0;
}

static int compare_rows(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    const int order = compare_values(x, y);
    return order ? order : (x > y) - (x < y);
}

static int compare_labelled(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    const int order = compare_values(x, y);
    const uint32_t *labels = sorted_matrix->labels;
    return order ? order : (labels[x] > labels[y]) - (labels[x] < labels[y]);
}

static int compare_labels(const void *a, const void *b)
{
    const uint32_t *labels = sorted_matrix->labels;
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (labels[x] > labels[y]) - (labels[x] < labels[y]);
}

typedef int (*compare_fn)(const void *, const void *);

static size_t *sorted_rows(const matrix *m, compare_fn compare)
{
    size_t *order = malloc((m->rows + 1) * sizeof *order);
    for (size_t i = 0; i < m->rows; i++)
        order[i] = i;
    sorted_matrix = m;
    qsort(order, m->rows, sizeof *order, compare);
    return order;
}

/* Entropy of what sorting brings together, by the library's formula but with the logarithm of libm. */
static double sorted_entropy(const matrix *m, int (*differ)(const void *, const void *))
{
    size_t *order = sorted_rows(m, differ);
    long double sum = 0, n = (long double)m->rows;
    for (size_t first = 0, next; first < m->rows; first = next) {
        for (next = first + 1; next < m->rows && !differ(&order[first], &order[next]); next++)
            ;
        sum += (long double)(next - first) * log2l((long double)(next - first));
    }
    free(order);
    return m->rows ? (double)(log2l(n) - sum / n) : 0;
}

static int compare_plain(const void *a, const void *b)
{
    return compare_values(*(const size_t *)a, *(const size_t *)b);
}

static int ascending(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Identifiers in the order of first occurrence, from runs of equal rows: each run begins with its first row. */
uint64_t *matrix_ids(const matrix *m, size_t *distinct)
{
    size_t *order = sorted_rows(m, compare_rows);
    uint64_t *first_of = malloc((m->rows + 1) * sizeof *first_of), *firsts = malloc((m->rows + 1) * sizeof *firsts);
    *distinct = 0;
    for (size_t i = 0; i < m->rows; i++) {
        if (i == 0 || compare_values(order[i - 1], order[i]))
            firsts[(*distinct)++] = order[i];
        first_of[order[i]] = firsts[*distinct - 1];
    }
    qsort(firsts, *distinct, sizeof *firsts, ascending);
    for (size_t i = 0; i < m->rows; i++) {
        const uint64_t *found = bsearch(&first_of[i], firsts, *distinct, sizeof *firsts, ascending);
        first_of[i] = (uint64_t)(found - firsts);
    }
    free(order);
    free(firsts);
    return first_of;
}

double matrix_entropy_rows(const matrix *m)
{
    return sorted_entropy(m, compare_plain);
}

double matrix_entropy_labels(const matrix *m)
{
    return m->classes > 1 ? sorted_entropy(m, compare_labels) : 0;
}

double matrix_entropy_joint(const matrix *m)
{
    return m->classes > 1 ? sorted_entropy(m, compare_labelled) : matrix_entropy_rows(m);
}
