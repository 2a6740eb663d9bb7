/* Sorting without memory of its own, which qsort() of the C library may take past the allocator of a context. */
#ifndef LIBIB_BASE_SORT_H
#define LIBIB_BASE_SORT_H

#include <stddef.h>

/* Puts things[n] of `size` bytes each in ascending order, in n log n steps at worst. Equal ones come in any order.
 * `compare` is as that of qsort(). */
void ib_i_sort(void *things, size_t n, size_t size, int (*compare)(const void *, const void *));

/* Numbers in ascending order; none is NaN. Zeros of both signs are equal. */
void ib_i_sort_doubles(double *values, size_t n);

#endif
