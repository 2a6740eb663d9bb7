#include "base/digamma.h"

#include "base/logarithm.h"

#include <float.h>
#include <math.h>

/* From here on the series is good to 2^-54. */
#define FAR 12

/* psi(x) = ln x - 1/(2x) - sum over j of B_2j / (2j x^2j), B_2j the Bernoulli numbers; and psi(x) = psi(x + 1) - 1/x.
 * Source: M. Abramowitz, I. A. Stegun: Handbook of mathematical functions (1964), 6.3.18 and 6.3.5. */
double ib_i_digamma(double x)
{
    static const double terms[] = {1.0 / 12,  -1.0 / 120,     1.0 / 252, -1.0 / 240,
                                   1.0 / 132, -691.0 / 32760, 1.0 / 12,  -3617.0 / 8160};
    if (!(x > 0 && x <= DBL_MAX))
        return NAN;
    double steps = 0;
    while (x < FAR) {
        steps += 1 / x;
        x += 1;
    }
    const double y = 1 / (x * x);
    double series = 0;
    for (int j = sizeof terms / sizeof terms[0] - 1; j >= 0; j--)
        series = y * (terms[j] + series);
    return ib_i_log2(x) * IB_I_LN_2 - (0.5 / x + series) - steps;
}
