#include "eigenvalues.h"

#include <limits.h>
#include <stdlib.h>

/* LAPACK's, as Fortran has it: all by reference, and the lengths of strings at the end. */
void dsyevd_(const char *job, const char *half, const int *n, double *matrix, const int *stride, double *values,
             double *work, const int *work_size, int *numbers, const int *numbers_size, int *info, size_t job_length,
             size_t half_length);

/* Without eigenvectors the routine wants 2 n + 1 numbers of room, and more makes it faster: it says how many. */
static int find(const int *n, double *matrix, double *values, double *work, int work_size)
{
    const int numbers_size = 1;
    int number, info;
    dsyevd_("N", "U", n, matrix, n, values, work, &work_size, &number, &numbers_size, &info, 1, 1);
    return info;
}

/* An ib_eigenvalues_fn. */
static int32_t find_all(size_t n, double *matrix, double *values, void *user_data)
{
    double best = 0.0;
    (void)user_data;
    if (n > INT_MAX / 64)
        return -1;
    const int order = (int)n;
    if (find(&order, matrix, values, &best, -1) || !(best >= 1.0 && best < INT_MAX))
        return -1;
    double *work = malloc((size_t)best * sizeof *work);
    if (!work)
        return -1;
    const int info = find(&order, matrix, values, work, (int)best);
    free(work);
    return info ? -1 : 0;
}

ib_eigenvalues_fn eigenvalues_function(void)
{
    return find_all;
}
