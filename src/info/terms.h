/* Sums of k log2 k as integers, of which entropies are differences.
 *
 *     H = (n log2 n - sum of k log2 k) / n        over the numbers of times k that things occur
 *
 * Both terms of the difference are formed exactly, from logarithms with 52 bits behind the point: they depend on no
 * order, cancel without loss, and a difference that is 0 in theory is 0. Sums of parts that share nothing add up. */
#ifndef LIBIB_INFO_TERMS_H
#define LIBIB_INFO_TERMS_H

#include <libib/entropy.h>

#include <stdint.h>

__extension__ typedef unsigned __int128 ib_i_wide; /* n < 2^64 and log2 n < 2^6: products are below 2^122 */

static inline ib_i_wide ib_i_least(ib_i_wide a, ib_i_wide b)
{
    return a < b ? a : b;
}

/* What stands for 1 in these sums. */
#define IB_I_POINT 0x1p52

/* k log2 k with 52 bits behind the point; 0 for k = 0. */
ib_i_wide ib_i_term(uint64_t k);

/* So many terms are kept in tables, from k = 0 on. 255 log2 255 < 2^11, so they fit in 64 bits. */
#define IB_I_TERMS 256

/* Fills terms[IB_I_TERMS]. */
void ib_i_terms(uint64_t *terms);

/* The sums of two variables; the entropies are their differences. */
typedef struct ib_i_sums {
    ib_i_wide all; /* n log2 n */
    ib_i_wide rows;
    ib_i_wide labels;
    ib_i_wide joint;
} ib_i_sums;

/* In theory rows + labels - all <= joint <= rows, labels <= all. Where rounded logarithms say otherwise, theory is
 * right, and with it every inequality between the entropies. */
void ib_i_sums_settle(ib_i_sums *sums);

/* sum / n in bits; n > 0. */
double ib_i_term_bits(ib_i_wide sum, uint64_t n);

/* The entropies of n > 0 rows, from sums that are settled first. */
ib_entropies ib_i_sums_entropies(ib_i_sums sums, uint64_t n);

#endif
