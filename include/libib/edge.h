/** @file edge.h
 *  @brief Information from a graph of hashed values.
 */
#ifndef LIBIB_EDGE_H
#define LIBIB_EDGE_H

#include <libib/estimator.h>

/** @defgroup edge EDGE
 *  @brief Estimator of Noshad, Zeng and Hero (2019): values are hashed on a grid of width eps with a random shift, and
 *  I is a sum over the edges of the graph between the hashes of X and those of Y; an ensemble over eps lowers the bias.
 *  @{
 */

typedef struct ib_edge_options {
    uint32_t struct_size;
    uint32_t ensemble; /**< number of widths; 0: as the authors */
    double width;      /**< smallest eps; 0: found from the data as the documentation says */
    uint64_t seed;     /**< of shifts and projections */
} ib_edge_options;

IB_BEGIN_DECLS

IB_API void ib_edge_options_init(ib_edge_options *options);
IB_API ib_status ib_edge_mutual(ib_context *context, const ib_tensor *x, const ib_tensor *y,
                                const ib_edge_options *options, double *bits);
IB_API ib_status ib_edge_mutual_labels(ib_context *context, const ib_tensor *x, const uint32_t *labels,
                                       uint32_t classes, const ib_edge_options *options, double *bits);
IB_API ib_status ib_edge_estimator(ib_context *context, const ib_edge_options *options, ib_estimator *estimator);

/** @} */

IB_END_DECLS

#endif
