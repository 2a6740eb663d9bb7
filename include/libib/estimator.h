/** @file estimator.h
 *  @brief Estimators of information for real-valued activations, the library's and the caller's own.
 */
#ifndef LIBIB_ESTIMATOR_H
#define LIBIB_ESTIMATOR_H

#include <libib/context.h>
#include <libib/tensor.h>

/** @defgroup estimator Estimator
 *  @brief A function that looks at the outputs of a layer and says I(X;T) and I(T;Y), to be added to an @ref observer
 *  or a @ref study.
 *
 *  The library's own are @ref kde, @ref knn, @ref edge and @ref renyi; a caller's is made the same way. They estimate:
 *  unlike the counts of a @ref counter their values depend on choices (noise, neighbours, widths), and each header says
 *  under which conditions they mean something. For codes, count.
 *
 *  What the library's own have in common:
 *
 *  - X and T are tensors of shape `[N][D]` and `[N][U]` with D, U >= 1 (else #IB_ERR_SHAPE) and finite values (else
 *    #IB_ERR_NONFINITE); labels are below classes (else #IB_ERR_RANGE). N = 0 gives 0 bits.
 *  - Arithmetic is in float64, with the library's own logarithm, exponential and digamma functions: the same bits on
 *    every machine. Sums are integers, or go by how often a number occurs, so that they do not depend on the order of
 *    the rows either; exceptions are named.
 *  - Values are not clipped: where a method says a negative number, or more than log2 N, that is the value.
 *
 *  An observer calls an estimator on its own thread; a study calls it **on the threads of its workers**, several at the
 *  same time, so what user_data points to must not change, or have a lock. What it decides must follow from what it is
 *  given: a study that is resumed, or made on other threads, is to come to the same numbers.
 *  @{
 */

/** What an estimator looks at. */
typedef struct ib_estimator_input {
    uint32_t struct_size;    /**< bytes of this struct as the library knows it */
    uint32_t classes;        /**< K */
    ib_context *context;     /**< of the thread that calls: for memory, messages, other objects */
    const ib_tensor *inputs; /**< X: `[N][D]` */
    const ib_tensor *values; /**< T: `[N][U]`, the outputs of the layer as ib_network_read_values() reads them */
    const uint32_t *labels;  /**< Y: `[N]`, each below classes */
    uint32_t layer;          /**< from 1; 0 where there is no network */
    uint32_t epoch;          /**< epochs done */
} ib_estimator_input;

/** What it says; NaN for what it does not estimate. */
typedef struct ib_estimate {
    uint32_t struct_size; /**< bytes of this struct as the library knows it */
    uint32_t reserved;    /**< 0 */
    double i_xt;          /**< bits: I(X;T), or what the estimator takes for it */
    double i_ty;          /**< bits: I(T;Y) */
} ib_estimate;

/** Estimates.
 *
 *  @param input         valid during the call
 *  @param[out] estimate set to NaN before the call
 *  @param user_data     as given
 *  @return 0 when done, positive to stop, negative to fail; a status of the library will do, its message is kept
 */
typedef int32_t (*ib_estimator_fn)(const ib_estimator_input *input, ib_estimate *estimate, void *user_data);

/** An estimator. */
typedef struct ib_estimator {
    uint32_t struct_size;    /**< bytes of this struct as the caller knows it */
    uint32_t reserved;       /**< 0 */
    const char *name;        /**< 1 to 31 characters of a-z, 0-9 and -; copied by whom it is added to */
    uint64_t setting;        /**< one number for all that decides what it says, such as a hash of its options: part of
                                  ib_study_setting() */
    ib_estimator_fn measure; /**< not NULL */
    void *user_data;         /**< passed to it; borrowed: it must last as long as what the estimator is added to */
} ib_estimator;

IB_BEGIN_DECLS

/** Empties an estimator: all zero but struct_size. Name and function are to be set.
 *
 *  @param[out] estimator  written; NULL has no effect
 *  @since 0.1
 */
IB_API void ib_estimator_init(ib_estimator *estimator);

/** @} */

IB_END_DECLS

#endif
