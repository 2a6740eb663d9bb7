#include "jacobi.h"

#include <math.h>
#include <stdlib.h>

/* One rotation of rows and columns p and q, after which their common element is 0. */
static void rotate(size_t n, double *a, size_t p, size_t q)
{
    const double theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
    const double t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
    const double c = 1 / sqrt(t * t + 1), s = t * c;
    for (size_t k = 0; k < n; k++) {
        const double x = a[k * n + p], y = a[k * n + q];
        a[k * n + p] = c * x - s * y;
        a[k * n + q] = s * x + c * y;
    }
    for (size_t k = 0; k < n; k++) {
        const double x = a[p * n + k], y = a[q * n + k];
        a[p * n + k] = c * x - s * y;
        a[q * n + k] = s * x + c * y;
    }
}

int32_t jacobi(size_t n, double *matrix, double *values, void *calls)
{
    if (calls)
        ++*(int *)calls;
    for (int rotations = 1, sweep = 0; rotations && sweep < 30; sweep++) {
        rotations = 0;
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++)
                if (fabs(matrix[p * n + q]) > 1e-17) {
                    rotate(n, matrix, p, q);
                    rotations++;
                }
    }
    for (size_t i = 0; i < n; i++)
        values[n - 1 - i] = matrix[i * n + i];
    return 0;
}

#if HAVE_LAPACK
void dsyev_(const char *job, const char *half, const int *n, double *a, const int *lda, double *values, double *work,
            const int *size, int *info);

int32_t lapack(size_t n, double *matrix, double *values, void *user_data)
{
    const int order = (int)n, size = 8 * order;
    int info = 0;
    double *work = malloc((size_t)size * sizeof *work);
    (void)user_data;
    dsyev_("N", "U", &order, matrix, &order, values, work, &size, &info);
    free(work);
    return -info;
}
#endif
