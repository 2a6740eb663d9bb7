/** @file limits.h
 *  @brief What no layer of a network can exceed, whatever it has learned.
 */
#ifndef LIBIB_LIMITS_H
#define LIBIB_LIMITS_H

#include <libib/dataset.h>

/** @defgroup limits Limits
 *  @brief The data-processing inequality and the bounds of entropies, for the layers of a network on a data set.
 *
 *  Each layer is a function of the one before it, so Y, X, T_1, ..., T_L form a Markov chain, and nothing about X or Y
 *  that a layer has lost comes back:
 *
 *      I(X;Y) >= I(T_1;Y) >= I(T_2;Y) >= ... >= I(T_L;Y)        (2)
 *      H(X)   >= I(X;T_1) >= I(X;T_2) >= ... >= I(X;T_L)        (3)
 *
 *  Exact states obey this in every run and at every epoch. A violation says that what was counted is no function of the
 *  layer before, as is the case for states that are binned, each layer by bounds of its own.
 *
 *  Source: equations 2 and 3 of S. S. Lorenzen, C. Igel, M. Nielsen: Information bottleneck: exact analysis of
 *  (quantized) neural networks (2022); T. M. Cover, J. A. Thomas: Elements of information theory (2006), section 2.8.
 *  @{
 */

/** Limits. Layers are compared with the nearest one before them of which the run has a point at the same epoch, or
 *  with X if there is none. */
enum {
    IB_LIMIT_CHAIN_X = 0, /**< I(X;T) of a layer is at most that of the layer before, or H(X): equation 3 */
    IB_LIMIT_CHAIN_Y = 1, /**< I(T;Y) of a layer is at most that of the layer before, or I(X;Y): equation 2 */
    IB_LIMIT_BOUND_X = 2, /**< 0 <= I(X;T) <= log2 N */
    IB_LIMIT_BOUND_Y = 3  /**< 0 <= I(T;Y) <= min(I(X;T), H(Y)) */
};

/** Number of limits. */
#define IB_LIMIT_COUNT 4

/** What limits all layers, in bits. Never grows. */
typedef struct ib_limits {
    double log2_rows; /**< log2 N */
    double h_x;       /**< H(X); log2 N if all rows differ */
    double h_y;       /**< H(Y) */
    double i_xy;      /**< I(X;Y); H(Y) if equal rows have equal labels */
} ib_limits;

/** How often one limit was exceeded, and where most. Never grows. */
typedef struct ib_violations {
    uint64_t checked;   /**< number of comparisons with the limit */
    uint64_t violated;  /**< how many of them exceeded it by more than the tolerance */
    double largest;     /**< by how much at most, in bits; 0 if none did */
    uint64_t run;       /**< where that was first: number of the run, from 0; this and what follows is 0 if none did */
    uint32_t epoch;     /**< where: epochs done */
    uint32_t layer;     /**< where: the layer; of two, the later one */
    uint32_t measure;   /**< where: what was counted */
    uint32_t estimator; /**< where: by which estimator */
} ib_violations;

IB_BEGIN_DECLS

/** Counts a data set: its limits.
 *
 *  @param dataset      the data set; inputs are told apart by their bits, -0 counts as +0
 *  @param[out] limits  receives them
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_OVERFLOW
 *  @since 0.1
 */
IB_API ib_status ib_limits_measure(const ib_dataset *dataset, ib_limits *limits);

/** @} */

IB_END_DECLS

#endif
