/** @file information.h
 *  @brief Entropies and informations of any number of discrete variables, in bits.
 */
#ifndef LIBIB_INFORMATION_H
#define LIBIB_INFORMATION_H

#include <libib/entropy.h>
#include <libib/profile.h>
#include <libib/variable.h>

/** @defgroup information Information
 *  @brief H, H(.|.), I(.;.), I(.;.|.), pointwise values, interaction, total correlation, normalised information.
 *
 *  All plug-in values of the numbers of the variables, exact as in @ref entropy: sums are integers, no value depends on
 *  the order of rows or on which numbers stand for what, and what is 0 in theory is 0.
 *
 *  Rows that are missing in one of the variables of a call are left out of all its terms.
 *
 *  **Weights.** With weights w_i >= 0 the share of a thing is the sum of its weights over the sum of all. Weights are
 *  rounded to multiples of a power of two such that their sum is below 2^63; integers (and multiples of any power of
 *  two) whose sum is small enough are exact, and give the value of rows repeated so many times.
 *  @{
 */

/** Memory and weights for measuring; opaque. */
typedef struct ib_information ib_information;

/** How I(X;Y) is made a number from 0 to 1; 0 where the denominator is. */
enum {
    IB_NORMALISED_MIN = 0,
    IB_NORMALISED_MAX = 1,
    IB_NORMALISED_MEAN = 2, /**< arithmetic mean: symmetric uncertainty */
    IB_NORMALISED_GEOMETRIC = 3,
    IB_NORMALISED_JOINT = 4, /**< H(X,Y): 1 minus the normalised variation of information */
    IB_NORMALISED_FIRST = 5, /**< H(X): uncertainty coefficient */
    IB_NORMALISED_SECOND = 6 /**< H(Y) */
};

IB_BEGIN_DECLS

IB_API ib_status ib_information_create(ib_context *context, ib_information **out);
IB_API void ib_information_destroy(ib_information *information);
/** weights[rows], copied; NULL: each row counts once. NaN, negative, infinite: error. All 0: as n = 0. */
IB_API ib_status ib_information_set_weights(ib_information *information, const double *weights, size_t rows);

/** H(V1, ..., Vn). */
IB_API ib_status ib_information_entropy(ib_information *information, const ib_variable *const *variables, size_t count,
                                        double *bits);
/** H(X|Z). */
IB_API ib_status ib_information_entropy_given(ib_information *information, const ib_variable *x, const ib_variable *z,
                                              double *bits);
/** I(X;Y). */
IB_API ib_status ib_information_mutual(ib_information *information, const ib_variable *x, const ib_variable *y,
                                       double *bits);
/** All entropies of a pair: x is `rows`, y is `labels`. */
IB_API ib_status ib_information_measure(ib_information *information, const ib_variable *x, const ib_variable *y,
                                        ib_entropies *entropies);
/** I(X;Y|Z). */
IB_API ib_status ib_information_mutual_given(ib_information *information, const ib_variable *x, const ib_variable *y,
                                             const ib_variable *z, double *bits);
IB_API ib_status ib_information_normalised(ib_information *information, const ib_variable *x, const ib_variable *y,
                                           uint32_t by, double *value);
/** sum of H(Vi) - H(V1, ..., Vn) (Watanabe 1960). */
IB_API ib_status ib_information_total_correlation(ib_information *information, const ib_variable *const *variables,
                                                  size_t count, double *bits);
/** Interaction (co-information), by inclusion and exclusion: I(X;Y) for two, I(X;Y) - I(X;Y|Z) for three, ...; can be
 *  negative. At most 16 variables (2^16 joint entropies). */
IB_API ib_status ib_information_interaction(ib_information *information, const ib_variable *const *variables,
                                            size_t count, double *bits);
/** log2 p(x,y) / (p(x) p(y)) of each row; their weighted mean is I(X;Y). NaN for missing rows and those of weight 0. */
IB_API ib_status ib_information_pointwise(ib_information *information, const ib_variable *x, const ib_variable *y,
                                          double *bits);
/** Counts of counts of the joint of variables (without weights: refuses with IB_ERR_STATE if there are some). Added. */
IB_API ib_status ib_information_profile(ib_information *information, const ib_variable *const *variables, size_t count,
                                        ib_profile *profile);

/** @} */

IB_END_DECLS

#endif
