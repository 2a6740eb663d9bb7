/** @file estimator.h
 *  @brief Estimators of information for real-valued activations, the library's and the caller's own.
 */
#ifndef LIBIB_ESTIMATOR_H
#define LIBIB_ESTIMATOR_H

#include <libib/context.h>
#include <libib/tensor.h>

/** @defgroup estimator Estimator
 *  @brief A function that looks at the outputs of a layer and says I(X;T) and I(T;Y), to be added to an @ref observer or
 *  a @ref study.
 *
 *  The library's own are @ref kde, @ref knn, @ref edge and @ref renyi; a caller's is made the same way.
 *
 *  An observer calls it on its own thread; a study calls it **on the threads of its workers**, several at the same time,
 *  so what user_data points to must not change, or have a lock. What it decides must follow from what it is given: a
 *  study that is resumed, or made on other threads, is to come to the same numbers.
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
    double i_xt;          /**< bits */
    double i_ty;          /**< bits */
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
    void *user_data;         /**< passed to it; borrowed */
} ib_estimator;

IB_BEGIN_DECLS

IB_API void ib_estimator_init(ib_estimator *estimator);

/** @} */

IB_END_DECLS

#endif
