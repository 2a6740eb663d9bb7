/* Philox4x32-10, the function behind all random numbers. */
#ifndef LIBIB_BASE_PHILOX_H
#define LIBIB_BASE_PHILOX_H

#include <stdint.h>

/* Blocks made by one call: they do not depend on each other, so that a CPU can work on many at a time. */
#define IB_I_PHILOX_BLOCKS 16
#define IB_I_PHILOX_WORDS (4 * IB_I_PHILOX_BLOCKS)

/* Writes the blocks position, position + 1, ... of a stream, the four words of each in order. */
void ib_i_philox(uint64_t seed, uint64_t stream, uint64_t position, uint32_t words[IB_I_PHILOX_WORDS]);

#endif
