/* Functions that find eigenvalues, for Renyi information of orders other than 2. */
#ifndef LIBIB_TESTS_JACOBI_H
#define LIBIB_TESTS_JACOBI_H

#include <stddef.h>
#include <stdint.h>

/* Jacobi's method. user_data points to an int that counts the calls, or is NULL. */
int32_t jacobi(size_t n, double *matrix, double *values, void *user_data);

#if HAVE_LAPACK
/* LAPACK's dsyev. */
int32_t lapack(size_t n, double *matrix, double *values, void *user_data);
#endif

#endif
