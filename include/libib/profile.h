/** @file profile.h
 *  @brief Counts of counts: how far a number can be trusted, and estimates of what it would be with more data.
 */
#ifndef LIBIB_PROFILE_H
#define LIBIB_PROFILE_H

#include <libib/counter.h>

/** @defgroup profile Profile
 *  @brief How many things occur once, twice, ... in a sample, and what follows from that alone.
 *
 *  A profile is the list of pairs (k, m_k): m_k different things occur k times each. Everything that treats things
 *  alike follows from it: the plug-in entropy, and all estimates of the entropy of what the sample was drawn from.
 *
 *  Values of a layer over **all** inputs of a finite data set are no sample: their plug-in entropy is the entropy, and
 *  there is nothing to correct. Estimates are for the case that the rows are a sample of more. They do not cure a
 *  sample in which most things occur once or twice, whose ib_coverage::coverage is low: then they differ from each
 *  other by more than any of them corrects. The library never chooses among them.
 *
 *  A profile takes 16 bytes for each different k, of which n rows have fewer than sqrt(2 n). No value depends on the
 *  order in which things were added, and all are the same bits on every machine.
 *  @{
 */

/** Counts of counts; opaque. */
typedef struct ib_profile ib_profile;

/** Which entropy of a profile. With n rows and D different things, of which m_k occur k times each; sums run over k,
 *  and all results are in bits: what is defined with natural logarithms is divided by ln 2.
 *
 *  All of them tend to the entropy when n grows; they differ in how far they are below or above it when n is small. */
enum {
    /** The entropy of the sample itself, as ib_entropy_rows() has it: too low, on average, for what it was drawn from.
     *
     *      H = (n log2 n - sum m_k k log2 k) / n
     *
     *  The sum is formed exactly, in integers. */
    IB_ENTROPY_PLUG_IN = 0,
    /** The first term of the expansion of the bias in 1/n is added, with the things seen for all that there are.
     *
     *      H = plug-in + (D - 1) / (2 n ln 2)
     *
     *  Source: G. A. Miller: Note on the bias of information estimates (1955). */
    IB_ENTROPY_MILLER_MADOW = 1,
    /** Each k log k is replaced by a function of k whose expectation is nearer to that of the probability.
     *
     *      H = log2 n - (1/n) sum m_k k G(k) / ln 2
     *      G(k) = psi(k) + (-1)^k/2 (psi((k+1)/2) - psi(k/2)) = ln 2 + psi(floor(k/2) + 1/2)
     *
     *  where psi is the digamma function; G(1) = -gamma - ln 2, G(2) = 2 - gamma - ln 2, G(2j+1) = G(2j) and
     *  G(2j+2) = G(2j) + 2/(2j+1). One thing that is all of the sample does not give 0, but 1.833 bits for n = 1,
     *  -0.053 for n = 2, 0.532 for n = 3, -0.014 for n = 4, ...: values are left as the formula has them.
     *
     *  Source: P. Grassberger: Entropy estimates from insufficient samplings (2003), arXiv:physics/0307138. */
    IB_ENTROPY_GRASSBERGER = 2,
    /** Shares are lowered to make room for what was not seen, each term is divided by the probability to be seen.
     *
     *      H = - sum m_k a_k log2 a_k / (1 - (1 - a_k)^n),   a_k = C k / n,   C = 1 - f / n
     *
     *  where f = m_1; if all things occur once and n > 1, f = n - 1, because C = 0 would leave nothing. n = 1: 0. Where
     *  nothing occurs once it is hardly more than plug-in.
     *
     *  Source: A. Chao, T.-J. Shen: Nonparametric estimation of Shannon's index of diversity when there are unseen
     *  species in sample (2003). */
    IB_ENTROPY_CHAO_SHEN = 3,
    /** The bias is estimated from what leaving one row out changes.
     *
     *      H = n H_n - (n - 1) mean over the rows of H_(n-1) without the row
     *        = d(n) - (1/n) sum m_k k d(k),   d(k) = k log2 k - (k - 1) log2 (k - 1),   d(1) = 0
     *
     *  where H_n is plug-in. The second form is the first one without passes over the rows. n = 1: 0.
     *
     *  Source: S. Zahl: Jackknifing an index of diversity (1977); B. Efron, C. Stein: The jackknife estimate of
     *  variance (1981). */
    IB_ENTROPY_JACKKNIFE = 4,
    /** Plug-in entropy of shares that are drawn towards the uniform ones over an alphabet of K things.
     *
     *      p_i = w / K + (1 - w) k_i / n      for all K things, those with k_i = 0 among them
     *      w = (1 - sum (k_i/n)^2) / ((n - 1) sum (1/K - k_i/n)^2), at most 1
     *
     *  For n = 1, and where the lower sum is 0, w = 1. Not below plug-in, but for rounding. Shares of a sample that
     *  hardly repeats become uniform, whatever it was drawn from: then the value says more of K than of the sample.
     *
     *  Source: J. Hausser, K. Strimmer: Entropy inference and the James-Stein estimator, with application to nonlinear
     *  gene association networks (2009). */
    IB_ENTROPY_SHRINKAGE = 5
};

/** Number of entropies of a profile. */
#define IB_ENTROPY_COUNT 6

/** Which things of a counter. */
enum {
    IB_PROFILE_ROWS = 0,   /**< distinct rows T */
    IB_PROFILE_LABELS = 1, /**< labels Y; of a counter without labels, one that all rows have */
    IB_PROFILE_JOINT = 2   /**< pairs (T,Y) of a row and a label; of a counter without labels, rows */
};

/** How well a sample covers what it is drawn from. */
typedef struct ib_coverage {
    uint32_t struct_size; /**< bytes of this struct as the caller knows it */
    uint32_t reserved;    /**< 0 */
    uint64_t n;           /**< size of the sample */
    uint64_t distinct;    /**< different things */
    uint64_t singletons;  /**< things that occur once */
    uint64_t doubletons;  /**< things that occur twice */
    double coverage;      /**< 1 - singletons / n: estimate of the probability that the next thing is a known one, by
                               Turing's formula (I. J. Good: The population frequencies of species and the estimation of
                               population parameters, 1953); 0 for n = 0 */
    double per_distinct;  /**< n / distinct; 0 for n = 0 */
} ib_coverage;

IB_BEGIN_DECLS

/** Name of an entropy of a profile.
 *
 *  @param entropy  one of the `IB_ENTROPY_*` values
 *  @return "plug-in", "miller-madow", "grassberger", "chao-shen", "jackknife" or "shrinkage"; "unknown" for other
 *          values; static
 *  @since 0.1
 */
IB_API const char *ib_profile_entropy_name(uint32_t entropy);

/** Creates an empty profile.
 *
 *  @param context   the context
 *  @param[out] out  receives the profile, to be freed with ib_profile_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_profile_create(ib_context *context, ib_profile **out);

/** Frees a profile.
 *
 *  @param profile  may be NULL
 *  @since 0.1
 */
IB_API void ib_profile_destroy(ib_profile *profile);

/** Empties a profile and keeps its memory for the next use.
 *
 *  @param profile  the profile; NULL has no effect
 *  @since 0.1
 */
IB_API void ib_profile_reset(ib_profile *profile);

/** Adds m different things that occur k times each. On failure the profile is as it was.
 *
 *  Cost: a search among the pairs; a new k moves the pairs above it, so many of them are best added in ascending order.
 *
 *  @param profile  the profile
 *  @param k        how often each of them occurs; 0 has no effect
 *  @param m        how many; 0 has no effect
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_OVERFLOW 2^64 rows in all
 *  @since 0.1
 */
IB_API ib_status ib_profile_add(ib_profile *profile, uint64_t k, uint64_t m);

/** Adds all rows, labels or pairs of a counter. On failure the profile is as it was.
 *
 *  Cost: one pass over the counts.
 *
 *  @param profile  the profile
 *  @param counter  the counts; may be of another context
 *  @param things   one of the `IB_PROFILE_*` values
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_OVERFLOW 2^64 rows in all
 *  @since 0.1
 */
IB_API ib_status ib_profile_add_counter(ib_profile *profile, const ib_counter *counter, uint32_t things);

/** Number of pairs (k, m_k): of different k that occur.
 *
 *  @param profile  the profile
 *  @return the number; 0 if profile is NULL
 *  @since 0.1
 */
IB_API size_t ib_profile_count(const ib_profile *profile);

/** One of the pairs; they are in ascending order of k.
 *
 *  @param profile  the profile
 *  @param index    below ib_profile_count()
 *  @param[out] k   receives how often each of the things occurs; >= 1
 *  @param[out] m   receives how many they are; >= 1
 *  @return #IB_OK, #IB_ERR_ARG
 *  @retval IB_ERR_RANGE index out of bounds
 *  @since 0.1
 */
IB_API ib_status ib_profile_get(const ib_profile *profile, size_t index, uint64_t *k, uint64_t *m);

/** How well the sample covers what it was drawn from.
 *
 *  @param profile        the profile
 *  @param[out] coverage  its struct_size is read, the rest is written as far as that says
 *  @return #IB_OK, #IB_ERR_ARG
 *  @since 0.1
 */
IB_API ib_status ib_profile_coverage(const ib_profile *profile, ib_coverage *coverage);

/** One entropy of the profile, or of what it is a sample of.
 *
 *  An empty profile has 0 bits, by every formula. Never NaN, infinite or -0; negative only by #IB_ENTROPY_GRASSBERGER.
 *
 *  @param profile    the profile
 *  @param entropy    one of the `IB_ENTROPY_*` values
 *  @param alphabet   for #IB_ENTROPY_SHRINKAGE the number K of things that there can be; 0: as many as were seen. Not
 *                    looked at for others
 *  @param[out] bits  receives the value
 *  @return #IB_OK, #IB_ERR_ARG
 *  @retval IB_ERR_RANGE the alphabet is smaller than what was seen
 *  @since 0.1
 */
IB_API ib_status ib_profile_entropy(const ib_profile *profile, uint32_t entropy, uint64_t alphabet, double *bits);

/** @} */

IB_END_DECLS

#endif
