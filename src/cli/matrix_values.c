/* What the values of a matrix are good for: labels, floats. */
#include "matrix.h"
#include "number.h"
#include "say.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int is_real(uint32_t type)
{
    return type == IB_CODE_FLOAT32 || type == IB_CODE_FLOAT64;
}

/* Value i of a matrix of integers. */
static int64_t whole(const matrix *m, size_t i)
{
    switch (m->type) {
    case IB_CODE_UINT8:
        return ((const uint8_t *)m->data)[i];
    case IB_CODE_UINT16:
        return ((const uint16_t *)m->data)[i];
    case IB_CODE_INT32:
        return ((const int32_t *)m->data)[i];
    case IB_CODE_UINT32:
        return ((const uint32_t *)m->data)[i];
    default:
        return ((const int64_t *)m->data)[i];
    }
}

/* Value i of a matrix of real numbers. */
static double real(const matrix *m, size_t i)
{
    return m->type == IB_CODE_FLOAT32 ? (double)((const float *)m->data)[i] : ((const double *)m->data)[i];
}

/* A number that orders values of one type as they are ordered, both zeros equal; no value has the largest but NaN. */
static uint64_t key_of(const matrix *m, size_t i)
{
    const uint64_t top = (uint64_t)1 << 63;
    if (!is_real(m->type))
        return (uint64_t)whole(m, i) ^ top;
    const double value = real(m, i) + 0.0; /* -0 + 0 is 0 */
    uint64_t bits;
    if (isnan(value))
        return UINT64_MAX;
    memcpy(&bits, &value, sizeof bits);
    return bits & top ? ~bits : bits | top;
}

static int is_missing(const matrix *m, uint64_t key)
{
    return is_real(m->type) && key == UINT64_MAX;
}

/* Whether all values are small integers; *classes is then the largest plus 1. */
static int are_labels(const matrix *m, uint32_t *classes)
{
    *classes = 0;
    for (size_t i = 0; i < m->rows; i++) {
        const double value = matrix_real(m, i);
        if (isnan(value))
            continue;
        if (!(value >= 0 && value < MATRIX_LABELS_KEPT && floor(value) == value))
            return 0;
        if (value >= *classes)
            *classes = (uint32_t)value + 1;
    }
    return 1;
}

static void keep(const matrix *m, uint32_t *labels)
{
    for (size_t i = 0; i < m->rows; i++)
        if (is_real(m->type))
            labels[i] = isnan(real(m, i)) ? IB_NO_LABEL : (uint32_t)real(m, i);
        else
            labels[i] = (uint32_t)whole(m, i);
}

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The different keys, in ascending order; NULL if there is no memory. */
static uint64_t *sort_keys(const matrix *m, size_t *count)
{
    uint64_t *keys = malloc(m->rows * sizeof *keys);
    size_t n = 0;
    if (!keys)
        return NULL;
    for (size_t i = 0; i < m->rows; i++) {
        const uint64_t key = key_of(m, i);
        if (!is_missing(m, key))
            keys[n++] = key;
    }
    qsort(keys, n, sizeof *keys, compare);
    *count = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || keys[i] != keys[i - 1])
            keys[(*count)++] = keys[i];
    return keys;
}

static void number_all(const matrix *m, const uint64_t *keys, size_t count, uint32_t *labels)
{
    for (size_t i = 0; i < m->rows; i++) {
        const uint64_t key = key_of(m, i);
        if (is_missing(m, key))
            labels[i] = IB_NO_LABEL;
        else {
            const uint64_t *place = bsearch(&key, keys, count, sizeof key, compare);
            labels[i] = (uint32_t)(place - keys);
        }
    }
}

/* 0, or -1 if there is no memory. */
static int renumber(const matrix *m, uint32_t *labels, uint32_t *classes)
{
    size_t count = 0;
    uint64_t *keys = sort_keys(m, &count);
    if (!keys || count >= IB_NO_LABEL) {
        free(keys);
        return -1;
    }
    number_all(m, keys, count, labels);
    *classes = (uint32_t)count;
    free(keys);
    return 0;
}

int matrix_labels(const matrix *of, const char *path, uint32_t **labels, uint32_t *classes)
{
    *labels = NULL;
    *classes = 0;
    if (of->columns != 1) {
        say("%s: expected labels in one column, got %zu columns", path, of->columns);
        return -1;
    }
    uint32_t *out = malloc((of->rows ? of->rows : 1) * sizeof *out);
    int failed = !out;
    if (out && are_labels(of, classes))
        keep(of, out);
    else if (out)
        failed = renumber(of, out, classes);
    if (failed) {
        say("%s: out of memory for %zu labels", path, of->rows);
        free(out);
        return -1;
    }
    *labels = out;
    return 0;
}

double matrix_real(const matrix *of, size_t i)
{
    return is_real(of->type) ? real(of, i) : (double)whole(of, i);
}

/* 0, or -1 after saying why value i is no float. */
static int take_float(const matrix *m, const char *path, size_t i, float *value)
{
    if (is_real(m->type)) {
        const double wanted = real(m, i);
        if (fabs(wanted) <= (double)FLT_MAX) {
            *value = (float)wanted;
            return 0;
        }
        say("%s: row %zu, column %zu: expected a finite float32, got %g", path, i / m->columns + 1, i % m->columns + 1,
            wanted);
        return -1;
    }
    const int64_t wanted = whole(m, i);
    *value = (float)wanted;
    if (number_is_exact(wanted) && (double)*value == (double)wanted)
        return 0;
    say("%s: row %zu, column %zu: expected an integer that a float32 holds, got %" PRId64, path, i / m->columns + 1,
        i % m->columns + 1, wanted);
    return -1;
}

int matrix_floats(const matrix *of, const char *path, float **values)
{
    const size_t n = of->rows * of->columns;
    float *out = malloc((n ? n : 1) * sizeof *out);
    *values = NULL;
    if (!out) {
        say("%s: out of memory for %zu values", path, n);
        return -1;
    }
    for (size_t i = 0; i < n; i++)
        if (take_float(of, path, i, &out[i])) {
            free(out);
            return -1;
        }
    *values = out;
    return 0;
}
