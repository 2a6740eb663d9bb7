/** @file edge.h
 *  @brief Information from a graph of hashed values.
 */
#ifndef LIBIB_EDGE_H
#define LIBIB_EDGE_H

#include <libib/estimator.h>

/** @defgroup edge EDGE
 *  @brief Estimator of Noshad, Zeng and Hero (2019): values are hashed on a grid of width eps with a random shift, and
 *  I is a sum over the edges of the graph between the hashes of X and those of Y; an ensemble over eps lowers the bias.
 *
 *  A component x falls into the cell floor((x + b) / eps), with b uniform between 0 and eps; a row falls into the cell
 *  that all its components name. With p_i the share of rows in cell i of X, p_j of cell j of Y, and p_ij of both, the
 *  estimate of one width is the sum over the edges, which are the pairs (i, j) that occur,
 *
 *      I_eps = sum over edges of p_i p_j g(p_ij / (p_i p_j)),     g(t) = t log2 t
 *
 *  the information of the cells. Here a cell is its whole key, the integers of all components, which are compared one
 *  by one: this is EDGE with an exact hash, without the second, random hash of the paper, so no two cells are ever
 *  taken for one. The sum is formed from exact counts (@ref entropy). What the authors' program has besides is left
 *  out: random projections for many dimensions, an upper bound on the logarithm, widths that follow from a first
 *  estimate.
 *
 *  **Ensemble.** L widths eps t, t from 1 to 3 in equal steps, and weights w with
 *
 *      I = sum of w_t I_(eps t),     sum of w_t = 1,     sum of w_t t^2 = 0,     sum of w_t t^-d = 0
 *
 *  of which those with the least sum of w^2 are taken; d is the number of columns of X and Y together. The bias of one
 *  width is a sum of powers of eps, from cells that are too wide, and a term of order 1 / (N eps^d), from cells with
 *  too few rows. With random shifts the first power whose mean is not 0 for smooth densities is eps^2. It and the last
 *  term are cancelled. The paper cancels the powers 1 to d by a program over bounds of the weights; beyond a few
 *  dimensions no ten widths can do so without weights that amplify all noise. L = 2 cancels eps^2 only; L = 1 is the
 *  plain estimate. If all widths say the same, that is the value exactly, as for discrete values that are further apart
 *  than 3 eps.
 *
 *  **Width.** By default the narrowest cells of a component of standard deviation s are
 *
 *      eps = s min(2 N^(-1/(2 d)), 2/3)
 *
 *  the exponent is the paper's; the factor 2 and the ensemble were chosen on normal variables of one dimension each,
 *  where they are off by less than 0.1 bits for N = 2000 and correlations up to 0.9. The bound 2/3 makes sure that a
 *  component of two values, such as a binary input, never has both in one cell. A constant component has one cell.
 *
 *  It means something for few dimensions. In more than about 4 together most cells have a single row, and the value
 *  says no more than that: it comes near to log2 N for independent variables, too. The sum of weights times estimates
 *  can be negative, or above log2 N and the entropy of the labels. With the same seed, the order of rows changes no
 *  bit.
 *
 *  Source: M. Noshad, Y. Zeng, A. O. Hero: Scalable mutual information estimation using dependence graphs (ICASSP
 *  2019).
 *
 *  Cost: L times counting N rows of D and of U codes. Memory: N (16 (D + U) + 12) bytes, and the counters.
 *  @{
 */

/** The most widths of an ensemble. */
#define IB_EDGE_ENSEMBLE_MOST 256

/** How to estimate. */
typedef struct ib_edge_options {
    uint32_t struct_size; /**< bytes of this struct as the caller knows it */
    uint32_t ensemble;    /**< L, number of widths, 1 to #IB_EDGE_ENSEMBLE_MOST; 0: 10, as the authors' program */
    double width;  /**< smallest eps, of all components of X and Y; a normal positive float; 0: found from the data */
    uint64_t seed; /**< of the shifts, which have a stream for each variable and width */
} ib_edge_options;

IB_BEGIN_DECLS

/** Fills options with the defaults: all zero, which is 10 widths found from the data.
 *
 *  @param[out] options  written; NULL has no effect
 *  @since 0.1
 */
IB_API void ib_edge_options_init(ib_edge_options *options);

/** I(X;Y) of two real-valued variables.
 *
 *  @param context    the context
 *  @param x          `[N][D]`
 *  @param y          `[N][U]`
 *  @param options    how, or NULL for the defaults
 *  @param[out] bits  receives the estimate; 0 for N = 0
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NONFINITE, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_SHAPE not of rank 2, without columns, or not of as many rows
 *  @retval IB_ERR_RANGE options are not allowed; or 2^53 cells or more lie between a value and 0
 *  @retval IB_ERR_OVERFLOW more cells than a @ref counter can number
 *  @since 0.1
 */
IB_API ib_status ib_edge_mutual(ib_context *context, const ib_tensor *x, const ib_tensor *y,
                                const ib_edge_options *options, double *bits);

/** I(X;Y) of a real-valued variable and labels, each of which is a cell of its own; d is then the columns of X.
 *
 *  @param context    the context
 *  @param x          `[N][D]`
 *  @param labels     `[N]`, each below classes; may be NULL if N = 0
 *  @param classes    K
 *  @param options    how, or NULL for the defaults
 *  @param[out] bits  receives the estimate; 0 for N = 0
 *  @return as ib_edge_mutual()
 *  @retval IB_ERR_RANGE a label is not below classes, too
 *  @since 0.1
 */
IB_API ib_status ib_edge_mutual_labels(ib_context *context, const ib_tensor *x, const uint32_t *labels,
                                       uint32_t classes, const ib_edge_options *options, double *bits);

/** An estimator for an @ref observer or a @ref study, "edge": i_xt is ib_edge_mutual() of inputs and values, i_ty is
 *  ib_edge_mutual_labels() of values and labels.
 *
 *  @param context         the context
 *  @param options         how, or NULL for the defaults; borrowed as its user_data, so they must outlast it, unchanged
 *  @param[out] estimator  filled; its setting is a hash of the options
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_RANGE, #IB_ERR_UNSUPPORTED
 *  @since 0.1
 */
IB_API ib_status ib_edge_estimator(ib_context *context, const ib_edge_options *options, ib_estimator *estimator);

/** @} */

IB_END_DECLS

#endif
