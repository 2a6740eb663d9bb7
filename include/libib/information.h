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
 *  All plug-in values of the numbers of variables. As in @ref entropy they are differences of sums of k log2 k, which
 *  are formed without rounding; so no value depends on the order of rows or on which numbers stand for what, and two
 *  calls whose terms are the same give the same bits. Of one pair of variables they are the bits of the functions of
 *  @ref entropy for a @ref counter of the same rows and labels.
 *
 *  **What holds exactly**, and not only up to rounding: none but the interaction is ever negative, and none is -0 or
 *  NaN; I(X;Y) is at most H(X) and H(Y), and equal to H(X) if X follows from Y; I(X;Y|Z) is at most H(X|Z) and H(Y|Z);
 *  H(Y|X) is 0 if Y follows from X; X and Y may change places. The logarithm of a number that is no power of two is
 *  rounded, so what depends on a relation between such logarithms holds to about 1e-15: information of independent
 *  variables is less than that (it is 0, or the rounding), chain rules add up to that, and a function of X may seem to
 *  say by so much more than X.
 *
 *  **Complete cases.** Rows that are missing in one of the variables of a call are left out of all its terms, so that
 *  these speak of the same rows. What is computed from several calls then mixes different sets of rows, unless each row
 *  is missing in all of the variables or in none.
 *
 *  **Weights.** With weights w_i >= 0 the share of a thing is the sum of its weights over the sum of all; rows of
 *  weight 0 are as if they were not there. So that sums are exact, weights become whole numbers, the masses, of which k
 *  are the sums. Integers whose sum is below 2^63 are their own masses, and give the bits that rows repeated so many
 *  times would. Otherwise masses are multiples of a unit: the largest power of two of which all weights are multiples,
 *  if their sum is below 2^63 units, else one so large that it is, to which each weight is rounded. That changes none
 *  by more than 2^-62 of the sum of all; one below half a unit counts as 0. A number that divides all of these is taken
 *  out, so that equal weights, unless they are integers, give the bits that none give. Of such large masses the
 *  logarithms have up to 5 bits less behind the point: values are off by up to 2e-14.
 *
 *  Without rows (n = 0), or if no row is left, or if all weights are 0, all values are 0.
 *
 *  What is used for measuring is kept: calls for rows and variables no larger than before allocate nothing, but for
 *  ib_information_profile(). An object of this kind belongs to one thread at a time, like its context; variables are
 *  only read.
 *
 *  Source: C. E. Shannon: A mathematical theory of communication (1948); others are named where they are used.
 *  @{
 */

/** Memory and weights for measuring; opaque. */
typedef struct ib_information ib_information;

/** By what I(X;Y) is divided to become a number from 0 to 1; the result is 0 where the denominator is.
 *
 *  Source: N. X. Vinh, J. Epps, J. Bailey: Information theoretic measures for clusterings comparison (2010). */
enum {
    IB_NORMALISED_MIN = 0,       /**< min(H(X), H(Y)): 1 if one follows from the other */
    IB_NORMALISED_MAX = 1,       /**< max(H(X), H(Y)) */
    IB_NORMALISED_MEAN = 2,      /**< (H(X) + H(Y)) / 2: symmetric uncertainty */
    IB_NORMALISED_GEOMETRIC = 3, /**< sqrt(H(X) H(Y)) */
    IB_NORMALISED_JOINT = 4,     /**< H(X,Y): 1 minus the normalised variation of information */
    IB_NORMALISED_FIRST = 5,     /**< H(X): uncertainty coefficient, the share of X that Y tells */
    IB_NORMALISED_SECOND = 6     /**< H(Y): the share of Y that X tells */
};

IB_BEGIN_DECLS

/** Creates what measures variables, without weights.
 *
 *  @param context   the context
 *  @param[out] out  receives it, to be freed with ib_information_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_information_create(ib_context *context, ib_information **out);

/** Frees what measures variables.
 *
 *  @param information  may be NULL
 *  @since 0.1
 */
IB_API void ib_information_destroy(ib_information *information);

/** Sets the weights of rows, which apply to all calls from now on; the variables of these must have as many rows. On
 *  failure the weights are as they were.
 *
 *  @param information  the object
 *  @param weights      `weights[rows]`, each >= 0 and finite; copied. NULL: each row counts once
 *  @param rows         N; ignored if weights is NULL
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_NONFINITE a weight is NaN or infinite; the message names it
 *  @retval IB_ERR_RANGE a weight is negative; the message names it
 *  @since 0.1
 */
IB_API ib_status ib_information_set_weights(ib_information *information, const double *weights, size_t rows);

/** H(V1, ..., Vn).
 *
 *  @param information  the object
 *  @param variables    `variables[count]`, each of as many rows; one may occur several times
 *  @param count        n >= 1
 *  @param[out] bits    receives the value, at most the sum of the H(Vi) and at least each of them
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_SHAPE the variables, or the variables and the weights, have different numbers of rows
 *  @retval IB_ERR_OVERFLOW 2^32 - 64 distinct joint rows and more to come
 *  @since 0.1
 */
IB_API ib_status ib_information_entropy(ib_information *information, const ib_variable *const *variables, size_t count,
                                        double *bits);

/** H(X|Z) = H(X,Z) - H(Z).
 *
 *  @param information  the object
 *  @param x            X
 *  @param z            Z
 *  @param[out] bits    receives the value, from 0 (X follows from Z) to H(X)
 *  @return as ib_information_entropy()
 *  @since 0.1
 */
IB_API ib_status ib_information_entropy_given(ib_information *information, const ib_variable *x, const ib_variable *z,
                                              double *bits);

/** I(X;Y) = H(X) + H(Y) - H(X,Y).
 *
 *  @param information  the object
 *  @param x            X
 *  @param y            Y
 *  @param[out] bits    receives the value, from 0 to min(H(X), H(Y))
 *  @return as ib_information_entropy()
 *  @since 0.1
 */
IB_API ib_status ib_information_mutual(ib_information *information, const ib_variable *x, const ib_variable *y,
                                       double *bits);

/** All entropies of a pair.
 *
 *  The same bits as from the functions for each of them, and from ib_entropy_measure() for a counter of rows X with
 *  labels Y.
 *
 *  @param information     the object
 *  @param x               X: `rows` of the entropies
 *  @param y               Y: `labels` of the entropies
 *  @param[out] entropies  receives the values
 *  @return as ib_information_entropy()
 *  @since 0.1
 */
IB_API ib_status ib_information_measure(ib_information *information, const ib_variable *x, const ib_variable *y,
                                        ib_entropies *entropies);

/** I(X;Y|Z) = H(X,Z) + H(Y,Z) - H(X,Y,Z) - H(Z).
 *
 *  Several variables in place of one are ib_variable_set_joint(). With constant Z it is I(X;Y), with Y = X it is
 *  H(X|Z), both to the bit.
 *
 *  @param information  the object
 *  @param x            X
 *  @param y            Y
 *  @param z            Z
 *  @param[out] bits    receives the value, from 0 to min(H(X|Z), H(Y|Z))
 *  @return as ib_information_entropy()
 *  @since 0.1
 */
IB_API ib_status ib_information_mutual_given(ib_information *information, const ib_variable *x, const ib_variable *y,
                                             const ib_variable *z, double *bits);

/** I(X;Y) as a share of the most that it could be.
 *
 *  @param information  the object
 *  @param x            X
 *  @param y            Y
 *  @param by           the denominator, one of the `IB_NORMALISED_*` values
 *  @param[out] value   receives the share, without unit, from 0 to 1; of X with itself exactly 1, or 0 if H(X) = 0
 *  @return as ib_information_entropy()
 *  @since 0.1
 */
IB_API ib_status ib_information_normalised(ib_information *information, const ib_variable *x, const ib_variable *y,
                                           uint32_t by, double *value);

/** Total correlation: the sum of the H(Vi) minus H(V1, ..., Vn).
 *
 *  Source: S. Watanabe: Information theoretical analysis of multivariate correlation (1960).
 *
 *  @param information  the object
 *  @param variables    `variables[count]`, each of as many rows
 *  @param count        n >= 1
 *  @param[out] bits    receives the value, >= 0; 0 for n = 1, I(V1;V2) for n = 2
 *  @return as ib_information_entropy()
 *  @since 0.1
 */
IB_API ib_status ib_information_total_correlation(ib_information *information, const ib_variable *const *variables,
                                                  size_t count, double *bits);

/** Interaction, or co-information, by inclusion and exclusion over all sets S of variables that are not empty:
 *
 *      - sum over S of (-1)^|S| H(S)
 *
 *  It is H(V1) for one variable, I(V1;V2) for two, I(V1;V2) - I(V1;V2|V3) for three: positive where they say the same,
 *  negative where they say more together than each alone; -1 for two coins and whether they differ.
 *
 *  Source: W. J. McGill: Multivariate information transmission (1954), with the sign of A. J. Bell: The co-information
 *  lattice (2003). Cost: 2^n joint entropies.
 *
 *  @param information  the object
 *  @param variables    `variables[count]`, each of as many rows
 *  @param count        n, 1 to 16
 *  @param[out] bits    receives the value
 *  @return as ib_information_entropy()
 *  @since 0.1
 */
IB_API ib_status ib_information_interaction(ib_information *information, const ib_variable *const *variables,
                                            size_t count, double *bits);

/** log2 p(x,y) / (p(x) p(y)) of each row; the (weighted) mean over the rows is I(X;Y).
 *
 *  With n rows in all, or the sum of the masses, it is the logarithm of n k(x,y) / (k(x) k(y)). Both products are exact
 *  integers; each is rounded once, and so is their quotient, before the logarithm is taken: a value depends on these
 *  four numbers only, and is 0 exactly if the products are equal.
 *
 *  Source: R. M. Fano: Transmission of information (1961).
 *
 *  @param information  the object
 *  @param x            X
 *  @param y            Y
 *  @param[out] bits    `bits[N]` receives the values; NaN for rows that are missing in x or y, and for those of weight
 *                      0. May be NULL if N = 0
 *  @return as ib_information_entropy()
 *  @since 0.1
 */
IB_API ib_status ib_information_pointwise(ib_information *information, const ib_variable *x, const ib_variable *y,
                                          double *bits);

/** Counts of counts of the joint of variables, added to a profile. On failure the profile is as it was.
 *
 *  @param information  the object
 *  @param variables    `variables[count]`, each of as many rows
 *  @param count        n >= 1
 *  @param profile      receives: m of the distinct joint rows occur k times each
 *  @return as ib_information_entropy()
 *  @retval IB_ERR_STATE weights are set: masses are no counts
 *  @retval IB_ERR_OVERFLOW 2^64 rows in the profile, or as above
 *  @since 0.1
 */
IB_API ib_status ib_information_profile(ib_information *information, const ib_variable *const *variables, size_t count,
                                        ib_profile *profile);

/** @} */

IB_END_DECLS

#endif
