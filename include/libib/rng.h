/** @file rng.h
 *  @brief Random numbers that are the same everywhere.
 */
#ifndef LIBIB_RNG_H
#define LIBIB_RNG_H

#include <libib/context.h>

/** @defgroup rng Random numbers
 *  @brief Philox4x32-10: a counter-based generator with independent streams from one seed.
 *
 *  The seed is the key, the stream is the upper half of the counter, and the position within the stream
 *  its lower half: streams cannot overlap. The sequence of every function below is part of the API.
 *  No function uses the mathematics library of the system; a normal deviate has the same bits on any machine.
 *
 *  Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: Parallel random numbers: as easy as 1, 2, 3
 *  (SC 2011).
 *  @{
 */

/** A position in one stream; opaque. */
typedef struct ib_rng ib_rng;

/** What a stream of a training run is for, so that adding one use does not shift the others. */
enum {
    IB_STREAM_WEIGHTS = 0,   /**< initial weights */
    IB_STREAM_BATCHES = 1,   /**< order of the rows */
    IB_STREAM_LABELS = 2,    /**< shuffled labels of a prefit, and its orders of the rows */
    IB_STREAM_SPLIT = 3,     /**< random splits */
    IB_STREAM_PERMUTE = 4,   /**< orders of a permutation test; the run is the number of the permutation */
    IB_STREAM_BOOTSTRAP = 5, /**< rows of a bootstrap; the run is the number of the resample */
    IB_STREAM_ESTIMATE = 6,  /**< noise and shifts of estimators of real-valued activations */
    IB_STREAM_USER = 128     /**< this and above, up to 255: free for callers */
};

IB_BEGIN_DECLS

/** Number of the stream that one purpose of one run draws from.
 *
 *  stream = run * 2^24 + attempt * 2^8 + purpose. Distinct arguments give distinct streams.
 *
 *  @param run      number of the run; < 2^40, higher bits are ignored
 *  @param attempt  0, and one more after each restart of the run; < 2^16, higher bits are ignored
 *  @param purpose  an `IB_STREAM_*` value; < 256, higher bits are ignored
 *  @return the stream
 *  @since 0.1
 */
IB_API uint64_t ib_rng_stream(uint64_t run, uint32_t attempt, uint32_t purpose);

/** Creates a generator at the start of a stream.
 *
 *  @param context   the context
 *  @param seed      any value
 *  @param stream    any value; streams of one seed are independent
 *  @param[out] out  receives the generator, to be freed with ib_rng_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_rng_create(ib_context *context, uint64_t seed, uint64_t stream, ib_rng **out);

/** Frees a generator.
 *
 *  @param rng  may be NULL
 *  @since 0.1
 */
IB_API void ib_rng_destroy(ib_rng *rng);

/** The next 32 random bits.
 *
 *  @param rng  the generator
 *  @return uniform over all 2^32 values; 0 if rng is NULL
 *  @since 0.1
 */
IB_API uint32_t ib_rng_get_bits(ib_rng *rng);

/** An integer below a bound, every one with exactly the same probability.
 *
 *  Multiply and reject (D. Lemire: Fast random integer generation in an interval, 2019); takes one or more draws
 *  of 32 bits.
 *
 *  @param rng    the generator
 *  @param bound  > 0
 *  @return 0 <= value < bound; 0 if rng is NULL or bound is 0
 *  @since 0.1
 */
IB_API uint32_t ib_rng_get_below(ib_rng *rng, uint32_t bound);

/** A uniform number: the upper 53 of two draws (the first is the upper half) times 2^-53.
 *
 *  @param rng  the generator
 *  @return 0 <= value < 1; 0 if rng is NULL
 *  @since 0.1
 */
IB_API double ib_rng_get_uniform(ib_rng *rng);

/** A standard normal deviate, by Marsaglia's polar method; the second deviate of a pair is not kept.
 *
 *  @param rng  the generator
 *  @return mean 0, standard deviation 1; 0 if rng is NULL
 *  @since 0.1
 */
IB_API double ib_rng_get_normal(ib_rng *rng);

/** A standard normal deviate, redrawn while it lies beyond two standard deviations, and not rescaled.
 *
 *  @param rng  the generator
 *  @return -2 <= value <= 2; its standard deviation is about 0.88; 0 if rng is NULL
 *  @since 0.1
 */
IB_API double ib_rng_get_truncated_normal(ib_rng *rng);

/** Puts values into random order, every order with the same probability (Fisher and Yates, from the end).
 *
 *  @param rng           the generator
 *  @param[in,out] values  `values[n]`; may be NULL if n = 0
 *  @param n             number of values; < 2^32
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_OVERFLOW
 *  @since 0.1
 */
IB_API ib_status ib_rng_shuffle(ib_rng *rng, uint32_t *values, size_t n);

/** @} */

IB_END_DECLS

#endif
