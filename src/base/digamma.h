/* The digamma function, the derivative of ln Gamma: the same bits on every machine. */
#ifndef LIBIB_BASE_DIGAMMA_H
#define LIBIB_BASE_DIGAMMA_H

/* psi(x) for finite x > 0, in nats; off by less than 1e-15 max(1, |psi(x)|). NaN for other x. */
double ib_i_digamma(double x);

#endif
