/** @file profile.h
 *  @brief Counts of counts: how far a number can be trusted, and estimates of what it would be with more data.
 */
#ifndef LIBIB_PROFILE_H
#define LIBIB_PROFILE_H

#include <libib/counter.h>

/** @defgroup profile Profile
 *  @brief How many things occur once, twice, ... in a sample, and what follows from that alone.
 *
 *  A profile is the list of pairs (k, m_k): m_k different things occur k times each. Everything that treats things alike
 *  follows from it: the plug-in entropy, and all estimates of the entropy of what the sample was drawn from.
 *
 *  Values of a layer over **all** inputs of a finite data set are no sample: their plug-in entropy is the entropy, and
 *  there is nothing to correct. Estimates are for the case that the rows are a sample of more.
 *  @{
 */

/** Counts of counts; opaque. */
typedef struct ib_profile ib_profile;

/** Which entropy of a profile. */
enum {
    IB_ENTROPY_PLUG_IN = 0,
    IB_ENTROPY_MILLER_MADOW = 1,
    IB_ENTROPY_GRASSBERGER = 2,
    IB_ENTROPY_CHAO_SHEN = 3,
    IB_ENTROPY_JACKKNIFE = 4,
    IB_ENTROPY_SHRINKAGE = 5
};

/** Number of entropies of a profile. */
#define IB_ENTROPY_COUNT 6

/** Which things of a counter. */
enum { IB_PROFILE_ROWS = 0, IB_PROFILE_LABELS = 1, IB_PROFILE_JOINT = 2 };

/** How well a sample covers what it is drawn from. */
typedef struct ib_coverage {
    uint32_t struct_size; /**< bytes of this struct as the caller knows it */
    uint32_t reserved;    /**< 0 */
    uint64_t n;           /**< size of the sample */
    uint64_t distinct;    /**< different things */
    uint64_t singletons;  /**< things that occur once */
    uint64_t doubletons;  /**< things that occur twice */
    double coverage;      /**< 1 - singletons / n: share of the next things that will be known ones (Good, Turing) */
    double per_distinct;  /**< n / distinct */
} ib_coverage;

IB_BEGIN_DECLS

IB_API const char *ib_profile_entropy_name(uint32_t entropy); /* "plug-in", "miller-madow", ... */
IB_API ib_status ib_profile_create(ib_context *context, ib_profile **out);
IB_API void ib_profile_destroy(ib_profile *profile);
IB_API void ib_profile_reset(ib_profile *profile);
/** m things more that occur k times each; k or m 0: nothing. */
IB_API ib_status ib_profile_add(ib_profile *profile, uint64_t k, uint64_t m);
/** All rows, labels, or pairs of a counter; added to what is there. */
IB_API ib_status ib_profile_add_counter(ib_profile *profile, const ib_counter *counter, uint32_t things);
/** The pairs, k ascending. */
IB_API size_t ib_profile_count(const ib_profile *profile);
IB_API ib_status ib_profile_get(const ib_profile *profile, size_t index, uint64_t *k, uint64_t *m);
IB_API ib_status ib_profile_coverage(const ib_profile *profile, ib_coverage *coverage);
/** alphabet: number of things that there can be, for shrinkage; 0: the distinct ones. */
IB_API ib_status ib_profile_entropy(const ib_profile *profile, uint32_t entropy, uint64_t alphabet, double *bits);

/** @} */

IB_END_DECLS

#endif
