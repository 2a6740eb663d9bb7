/* The library's own logarithm: the same bits on every machine. */
#ifndef LIBIB_BASE_LOGARITHM_H
#define LIBIB_BASE_LOGARITHM_H

#define IB_I_LN_2 0x1.62e42fefa39efp-1  /* nats of a bit */
#define IB_I_LOG2_E 0x1.71547652b82fep0 /* bits of a nat */

/* log2 x; NaN unless x is positive and finite. Exact for powers of two; otherwise off by less than 0.6 ulp. */
double ib_i_log2(double x);

#endif
