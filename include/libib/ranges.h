/** @file ranges.h
 *  @brief The smallest and largest output of each layer, over many passes.
 */
#ifndef LIBIB_RANGES_H
#define LIBIB_RANGES_H

#include <libib/network.h>

/** @defgroup ranges Ranges
 *  @brief What bins with bounds over a whole run need to know before the run: #IB_BOUNDS_LARGEST, #IB_BOUNDS_GLOBAL.
 *
 *  Such bounds are known only when the run has ended, and then the outputs are gone. Nothing of them needs to be kept:
 *  a run is a function of its seed, bit for bit, so it can be made twice.
 *
 *      ib_train_run() with ib_ranges_add() in the callback         first time: the ranges
 *      ib_observer_set_ranges()
 *      ib_train_run(), same options, with ib_observer_measure()    second time: the points
 *
 *  The points are the same bits as if all outputs had been stored. It costs the training again, without counting, and
 *  two floats for each layer. Where the ranges are known beforehand, as with quantisers that have fixed ones,
 *  ib_ranges_set() says so, and one time is enough. The first time must see all epochs that the second one measures, or
 *  values may lie outside the bounds.
 *  @{
 */

/** Ranges of the layers of a network; opaque. */
typedef struct ib_ranges ib_ranges;

IB_BEGIN_DECLS

/** Creates ranges that have seen nothing.
 *
 *  @param context   the context
 *  @param layers    number of layers L >= 1
 *  @param[out] out  receives the ranges, to be freed with ib_ranges_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_ranges_create(ib_context *context, size_t layers, ib_ranges **out);

/** Frees ranges.
 *
 *  @param ranges  may be NULL
 *  @since 0.1
 */
IB_API void ib_ranges_destroy(ib_ranges *ranges);

/** Forgets all that was seen, for the next run.
 *
 *  @param ranges  the ranges; NULL has no effect
 *  @since 0.1
 */
IB_API void ib_ranges_reset(ib_ranges *ranges);

/** Widens the ranges by the outputs of all layers in the network's last pass. On failure nothing is widened.
 *
 *  @param ranges   the ranges
 *  @param network  after an inference pass, over any rows
 *  @return #IB_OK, #IB_ERR_ARG
 *  @retval IB_ERR_SHAPE another number of layers
 *  @retval IB_ERR_STATE there is no inference pass
 *  @retval IB_ERR_NONFINITE an output is NaN or infinite
 *  @since 0.1
 */
IB_API ib_status ib_ranges_add(ib_ranges *ranges, const ib_network *network);

/** Reads a range.
 *
 *  @param ranges    the ranges
 *  @param layer     1 to L; 0: of all layers together
 *  @param[out] min  receives the smallest output, never -0
 *  @param[out] max  receives the largest output, never -0
 *  @return #IB_OK
 *  @retval IB_ERR_ARG there is no such layer, or NULL
 *  @retval IB_ERR_STATE it, or any of all layers, has seen nothing
 *  @since 0.1
 */
IB_API ib_status ib_ranges_get(const ib_ranges *ranges, size_t layer, float *min, float *max);

/** Sets a range that is known, or was kept.
 *
 *  @param ranges  the ranges
 *  @param layer   1 to L
 *  @param min     smallest output, finite
 *  @param max     largest output, finite, >= min
 *  @return #IB_OK, #IB_ERR_ARG
 *  @retval IB_ERR_RANGE min and max are not a range
 *  @since 0.1
 */
IB_API ib_status ib_ranges_set(ib_ranges *ranges, size_t layer, float min, float max);

/** Number of layers.
 *
 *  @param ranges  the ranges
 *  @return L; 0 if ranges is NULL
 *  @since 0.1
 */
IB_API size_t ib_ranges_layers(const ib_ranges *ranges);

/** @} */

IB_END_DECLS

#endif
