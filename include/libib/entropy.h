/** @file entropy.h
 *  @brief Entropy and mutual information in bits, from exact counts.
 */
#ifndef LIBIB_ENTROPY_H
#define LIBIB_ENTROPY_H

#include <libib/counter.h>

/** @defgroup entropy Entropy
 *  @brief Plug-in entropies of the rows T and labels Y of a counter, in bits.
 *
 *  With n rows, of which m_k distinct ones occur k times each,
 *
 *      H = log2 n - (1/n) sum over k of m_k k log2 k = (n log2 n - sum over k of m_k k log2 k) / n
 *
 *  The sums run over counts of counts and are formed without rounding, as integers with 52 bits behind the point. So a
 *  value depends on no order, on no codes that stand for the rows and on no hash, and differences of entropies cancel
 *  without loss. The logarithm is the library's own: the same bits on every machine.
 *
 *  Source: C. E. Shannon: A mathematical theory of communication (1948); equations 1, 4 and 5 of S. S. Lorenzen,
 *  C. Igel, M. Nielsen: Information bottleneck: exact analysis of (quantized) neural networks (2022).
 *
 *  All functions return the value. An empty counter (n = 0) and NULL have value 0: there is nothing to be uncertain
 *  about. None is ever negative, -0 or NaN.
 *  @{
 */

/** All entropies of a counter, in bits. */
typedef struct ib_entropies {
    double rows;              /**< H(T), ib_entropy_rows() */
    double labels;            /**< H(Y), ib_entropy_labels() */
    double joint;             /**< H(T,Y), ib_entropy_joint() */
    double rows_given_labels; /**< H(T|Y), ib_entropy_rows_given_labels() */
    double labels_given_rows; /**< H(Y|T), ib_entropy_labels_given_rows() */
    double mutual;            /**< I(T;Y), ib_entropy_mutual() */
} ib_entropies;

IB_BEGIN_DECLS

/** All entropies with one pass over the counts: the same bits as from the functions for each of them, which take a pass
 *  each.
 *
 *  @param counter         the counts
 *  @param[out] entropies  receives the values; NULL has no effect
 *  @since 0.1
 */
IB_API void ib_entropy_measure(const ib_counter *counter, ib_entropies *entropies);

/** Entropy H(T) of the rows. For codes that are a function of the input X it is also I(X;T).
 *
 *  A constant T gives 0 exactly; n rows that all differ give log2 n.
 *
 *  @param counter  the counts
 *  @return bits, 0 <= H(T) <= log2 n
 *  @since 0.1
 */
IB_API double ib_entropy_rows(const ib_counter *counter);

/** Entropy H(Y) of the labels.
 *
 *  @param counter  the counts
 *  @return bits, 0 <= H(Y) <= log2 K; 0 for a counter without labels
 *  @since 0.1
 */
IB_API double ib_entropy_labels(const ib_counter *counter);

/** Joint entropy H(T,Y).
 *
 *  @param counter  the counts
 *  @return bits, at least max(H(T), H(Y)) up to rounding
 *  @since 0.1
 */
IB_API double ib_entropy_joint(const ib_counter *counter);

/** Conditional entropy H(T|Y) = H(T,Y) - H(Y), and 0 where rounding would make it negative.
 *
 *  @param counter  the counts
 *  @return bits, 0 <= H(T|Y) <= H(T)
 *  @since 0.1
 */
IB_API double ib_entropy_rows_given_labels(const ib_counter *counter);

/** Conditional entropy H(Y|T) = H(T,Y) - H(T), and 0 where rounding would make it negative.
 *
 *  @param counter  the counts
 *  @return bits, 0 <= H(Y|T) <= H(Y); exactly 0 if the rows tell all labels
 *  @since 0.1
 */
IB_API double ib_entropy_labels_given_rows(const ib_counter *counter);

/** Mutual information I(T;Y) = H(T) - H(T|Y), computed as H(Y) - H(Y|T), within 0 and min(H(T), H(Y)).
 *
 *  @param counter  the counts
 *  @return bits, 0 <= I(T;Y) <= min(H(T), H(Y)); 0 for a counter without labels
 *  @since 0.1
 */
IB_API double ib_entropy_mutual(const ib_counter *counter);

/** Base-2 logarithm, the same bits on every machine and within 1 ulp; exact for powers of two.
 *
 *  @param x  > 0 and finite
 *  @return log2 x; NaN for other x
 *  @since 0.1
 */
IB_API double ib_entropy_log2(double x);

/** @} */

IB_END_DECLS

#endif
