/** @file observer.h
 *  @brief From the pass of a network to points of the plane.
 */
#ifndef LIBIB_OBSERVER_H
#define LIBIB_OBSERVER_H

#include <libib/dataset.h>
#include <libib/network.h>
#include <libib/plane.h>

/** @defgroup observer Observer
 *  @brief Counts the codes of every layer exactly, against the labels of a data set.
 *
 *  The network is a function of its input, so I(X;T) = H(T) and I(T;Y) = H(T) - H(T|Y) (equations 4 and 5 of
 *  S. S. Lorenzen, C. Igel, M. Nielsen, 2022). Counters are kept from call to call: after the first, measuring
 *  allocates nothing that it has not had before.
 *  @{
 */

/** Counters and labels for repeated measuring; opaque. */
typedef struct ib_observer ib_observer;

IB_BEGIN_DECLS

/** Creates an observer.
 *
 *  @param dataset   its labels are copied; its context is used
 *  @param[out] out  receives the observer, to be freed with ib_observer_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_observer_create(const ib_dataset *dataset, ib_observer **out);

/** Frees an observer.
 *
 *  @param observer  may be NULL
 *  @since 0.1
 */
IB_API void ib_observer_destroy(ib_observer *observer);

/** Whether a measure of a layer differs from #IB_MEASURE_STATE by its definition.
 *
 *  @param network  the network
 *  @param layer    1 to L
 *  @param measure  one of the `IB_MEASURE_*` values
 *  @return 1 if it can have another value than the state, else 0
 *  @since 0.1
 */
IB_API uint32_t ib_observer_differs(const ib_network *network, size_t layer, uint32_t measure);

/** Measures one layer in the network's last pass.
 *
 *  That must be an inference pass over the rows of the data set, in their order.
 *
 *  @param observer    the observer
 *  @param network     the network
 *  @param layer       1 to L
 *  @param measure     one of the `IB_MEASURE_*` values
 *  @param epoch       written into the point
 *  @param[out] point  receives the point
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_STATE there is no inference pass, or it has another number of rows
 *  @since 0.1
 */
IB_API ib_status ib_observer_measure_layer(ib_observer *observer, const ib_network *network, size_t layer,
                                           uint32_t measure, uint32_t epoch, ib_point *point);

/** Measures all layers: for each layer its state, then those other measures that differ from it.
 *
 *  The points are those of ib_observer_measure_layer(), in less time: what is equal in one layer is equal in the next,
 *  so layers are counted from one to the next, in both directions, and not row by row. If the environment variable
 *  LIBIB_CHECK is 1 when the observer is created, both are done and compared. On failure the plane has no new point,
 *  unless memory runs out while points are added.
 *
 *  @param observer  the observer
 *  @param network   the network, as for ib_observer_measure_layer()
 *  @param epoch     written into the points
 *  @param plane     receives the points
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_STATE
 *  @retval IB_ERR_NONFINITE outputs to be binned are not finite
 *  @retval IB_ERR_INTERNAL the comparison found a difference
 *  @since 0.1
 */
IB_API ib_status ib_observer_measure(ib_observer *observer, const ib_network *network, uint32_t epoch, ib_plane *plane);

/** @} */

IB_END_DECLS

#endif
