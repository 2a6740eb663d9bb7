#include "base/sort.h"

static void swap(unsigned char *a, unsigned char *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const unsigned char kept = a[i];
        a[i] = b[i];
        b[i] = kept;
    }
}

/* Lets the thing at `at` sink until neither child, at 2 at + 1 and 2 at + 2, is larger. */
static void sink(unsigned char *heap, size_t at, size_t n, size_t size, int (*compare)(const void *, const void *))
{
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && compare(heap + child * size, heap + (child + 1) * size) < 0)
            child++;
        if (compare(heap + at * size, heap + child * size) >= 0)
            return;
        swap(heap + at * size, heap + child * size, size);
    }
}

/* Heapsort (J. W. J. Williams, 1964). */
void ib_i_sort(void *things, size_t n, size_t size, int (*compare)(const void *, const void *))
{
    unsigned char *heap = things;
    for (size_t at = n / 2; at-- > 0;)
        sink(heap, at, n, size, compare);
    for (size_t left = n; left-- > 1;) {
        swap(heap, heap + left * size, size);
        sink(heap, 0, left, size, compare);
    }
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void ib_i_sort_doubles(double *values, size_t n)
{
    ib_i_sort(values, n, sizeof *values, compare_doubles);
}
