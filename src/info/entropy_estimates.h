/* Entropies of counts of counts; profile.h has the formulas and their sources.
 *
 * Functions of the pairs alone, which come in ascending order: sums of doubles have a fixed order, the others are of
 * integers. All are in bits, for n >= 1. */
#ifndef LIBIB_INFO_ENTROPY_ESTIMATES_H
#define LIBIB_INFO_ENTROPY_ESTIMATES_H

#include <stddef.h>
#include <stdint.h>

/* So many things occur k times each. */
typedef struct ib_i_multiplicity {
    uint64_t k, m; /* >= 1 */
} ib_i_multiplicity;

typedef struct ib_i_multiplicities {
    const ib_i_multiplicity *pairs; /* [count], k ascending */
    size_t count;
    uint64_t n;        /* sum of m k */
    uint64_t distinct; /* sum of m */
} ib_i_multiplicities;

double ib_i_entropy_plug_in(const ib_i_multiplicities *sample);
double ib_i_entropy_miller_madow(const ib_i_multiplicities *sample);
double ib_i_entropy_grassberger(const ib_i_multiplicities *sample);
double ib_i_entropy_chao_shen(const ib_i_multiplicities *sample);
double ib_i_entropy_jackknife(const ib_i_multiplicities *sample);
/* alphabet >= distinct */
double ib_i_entropy_shrinkage(const ib_i_multiplicities *sample, uint64_t alphabet);

/* G(k) in nats, k >= 1. */
double ib_i_grassberger(uint64_t k);

#endif
