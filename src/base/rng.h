/* Where in its stream a generator stands, to save it and put it back. */
#ifndef LIBIB_BASE_RNG_H
#define LIBIB_BASE_RNG_H

#include <libib/rng.h>

/* How many words of 32 bits have been drawn. */
uint64_t ib_i_rng_drawn(const ib_rng *rng);

/* As if so many words had been drawn since the beginning of the stream. */
void ib_i_rng_seek(ib_rng *rng, uint64_t drawn);

#endif
