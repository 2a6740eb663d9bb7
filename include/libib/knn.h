/** @file knn.h
 *  @brief Information from the distances to nearest neighbours.
 */
#ifndef LIBIB_KNN_H
#define LIBIB_KNN_H

#include <libib/estimator.h>

/** @defgroup knn Nearest neighbours
 *  @brief Estimators of Kraskov, Stoegbauer and Grassberger (2004, algorithms 1 and 2) for two real-valued variables, and
 *  of Ross (2014) for a real-valued and a discrete one.
 *
 *  Distances are maxima over the components (Chebyshev). Exact search by comparing all pairs: N^2 (D + U) operations.
 *  @{
 */

enum { IB_KNN_KSG1 = 0, IB_KNN_KSG2 = 1 };

typedef struct ib_knn_options {
    uint32_t struct_size;
    uint32_t neighbours; /**< k; 0: 3 */
    uint32_t algorithm;  /**< one of the `IB_KNN_*` values */
    uint32_t reserved;   /**< 0 */
    double noise;  /**< 0: none; else uniform noise of this share of each component's standard deviation breaks ties */
    uint64_t seed; /**< of the noise */
} ib_knn_options;

IB_BEGIN_DECLS

IB_API void ib_knn_options_init(ib_knn_options *options);
/** I(X;Y) of two real-valued variables, bits; can be negative. */
IB_API ib_status ib_knn_mutual(ib_context *context, const ib_tensor *x, const ib_tensor *y,
                               const ib_knn_options *options, double *bits);
/** I(X;Y) of a real-valued variable and labels (Ross). */
IB_API ib_status ib_knn_mutual_labels(ib_context *context, const ib_tensor *x, const uint32_t *labels, uint32_t classes,
                                      const ib_knn_options *options, double *bits);
/** i_xt: ib_knn_mutual() of inputs and values; i_ty: ib_knn_mutual_labels() of values. options borrowed. */
IB_API ib_status ib_knn_estimator(ib_context *context, const ib_knn_options *options, ib_estimator *estimator);

/** @} */

IB_END_DECLS

#endif
