/* The library's own logarithm: the same bits on every machine. */
#ifndef LIBIB_BASE_LOGARITHM_H
#define LIBIB_BASE_LOGARITHM_H

/* log2 x; NaN unless x is positive and finite. Exact for powers of two; otherwise off by less than 0.6 ulp. */
double ib_i_log2(double x);

#endif
