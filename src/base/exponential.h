/* The library's own exponential functions: the same bits on every machine. */
#ifndef LIBIB_BASE_EXPONENTIAL_H
#define LIBIB_BASE_EXPONENTIAL_H

/* 2^x and e^x: off by less than 0.7 ulp. 0 where the result would be below 2^-1022, infinity above the largest double;
 * NaN of NaN. Exact for 2^n. */
double ib_i_exp2(double x);
double ib_i_exp(double x);

#endif
