/** @file observer.h
 *  @brief From the pass of a network to points of the plane.
 */
#ifndef LIBIB_OBSERVER_H
#define LIBIB_OBSERVER_H

#include <libib/binning.h>
#include <libib/dataset.h>
#include <libib/estimator.h>
#include <libib/network.h>
#include <libib/plane.h>
#include <libib/ranges.h>

/** @defgroup observer Observer
 *  @brief Counts the codes of every layer exactly, against the labels of a data set.
 *
 *  The network is a function of its input, so I(X;T) = H(T) and I(T;Y) = H(T) - H(T|Y) (equations 4 and 5 of
 *  S. S. Lorenzen, C. Igel, M. Nielsen, 2022). Counters are kept from call to call: after the first, measuring
 *  allocates nothing that it has not had before.
 *
 *  For comparison with studies that had no codes, outputs can be put into bins as well: any number of @ref binning
 *  estimators look at the same pass.
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

/** Adds an estimator: from now on ib_observer_measure() also puts the outputs of each layer into bins and counts those.
 *
 *  The layers may be quantised or not: what is binned is what ib_network_read_values() reads.
 *
 *  @param observer        the observer
 *  @param options         which bins; NULL for the defaults
 *  @param[out] estimator  receives its number, 1 for the first, then 2, ...; may be NULL
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED, #IB_ERR_OVERFLOW
 *  @retval IB_ERR_RANGE bins or bounds are not allowed
 *  @since 0.1
 */
IB_API ib_status ib_observer_add_binning(ib_observer *observer, const ib_binning_options *options, uint32_t *estimator);

/** Adds an estimator of real-valued activations: ib_observer_measure() also asks it of each layer.
 *
 *  Its points have #IB_MEASURE_ESTIMATED, 0 states, and NaN for what it does not estimate.
 *
 *  @param observer        the observer
 *  @param estimator       copied, but not what user_data points to
 *  @param[out] number     receives its number, 1 for the first, then 2, ...; may be NULL
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_OVERFLOW
 *  @since 0.1
 */
IB_API ib_status ib_observer_add_estimator(ib_observer *observer, const ib_estimator *estimator, uint32_t *number);

/** Adds post-training quantisation: ib_observer_measure() also gives the weights of the network, as they are, to one of
 *  the same layers that quantises its activations (and weights, if so asked), each layer between its smallest and
 *  largest value over all rows, passes the inputs through it and counts its codes exactly.
 *
 *  Its points have #IB_MEASURE_QUANTISED. The network itself, which must not be quantised, stays as it was.
 *
 *  @param observer         the observer
 *  @param bits             of activations: 1 to 16
 *  @param weight_bits      of kernels: 1 to 16; 0: they stay float32
 *  @param[out] number      receives its number, 1 for the first, then 2, ...; may be NULL
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_RANGE, #IB_ERR_OVERFLOW
 *  @since 0.1
 */
IB_API ib_status ib_observer_add_quantised(ib_observer *observer, uint32_t bits, uint32_t weight_bits,
                                           uint32_t *number);

/** Says what the outputs of the run to come will be, for bounds over a whole run. See @ref ranges for the procedure.
 *
 *  @param observer  the observer
 *  @param ranges    copied; NULL: nothing is known
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_observer_set_ranges(ib_observer *observer, const ib_ranges *ranges);

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
 *  @param measure     one of the `IB_MEASURE_*` values but #IB_MEASURE_BINNED
 *  @param epoch       written into the point
 *  @param[out] point  receives the point
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_STATE there is no inference pass, or it has another number of rows
 *  @retval IB_ERR_NONFINITE outputs to be binned are not finite
 *  @since 0.1
 */
IB_API ib_status ib_observer_measure_layer(ib_observer *observer, const ib_network *network, size_t layer,
                                           uint32_t measure, uint32_t epoch, ib_point *point);

/** Measures one layer in the network's last pass by one binning estimator.
 *
 *  @param observer    the observer
 *  @param network     the network, as for ib_observer_measure_layer()
 *  @param layer       1 to L
 *  @param estimator   a number from ib_observer_add_binning()
 *  @param epoch       written into the point
 *  @param[out] point  receives the point, with #IB_MEASURE_BINNED
 *  @return #IB_OK, #IB_ERR_NOMEM, #IB_ERR_OVERFLOW
 *  @retval IB_ERR_ARG no such layer or estimator; NULL; or fixed bounds of an activation function that has none
 *  @retval IB_ERR_STATE no such pass; or bounds over the run that ib_observer_set_ranges() has not said
 *  @retval IB_ERR_SHAPE it has said those of another number of layers
 *  @retval IB_ERR_RANGE outputs lie outside the bounds, and the estimator does not clamp
 *  @retval IB_ERR_NONFINITE outputs are not finite
 *  @since 0.1
 */
IB_API ib_status ib_observer_measure_binning(ib_observer *observer, const ib_network *network, size_t layer,
                                             uint32_t estimator, uint32_t epoch, ib_point *point);

/** Measures all layers: for each layer its state, then those other measures that differ from it, then the estimators.
 *
 *  The points are those of ib_observer_measure_layer() and ib_observer_measure_binning(), in less time: what is
 *  equal in one layer is equal in the next, so layers are counted from one to the next, in both directions, and not
 *  row by row. If the environment variable LIBIB_CHECK is 1 when the observer is created, both are done and
 *  compared. On failure the plane has no new point, unless memory runs out while points are added.
 *
 *  @param observer  the observer
 *  @param network   the network, as for ib_observer_measure_layer()
 *  @param epoch     written into the points
 *  @param plane     receives the points
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_STATE
 *  @return #IB_ERR_SHAPE, #IB_ERR_RANGE, #IB_ERR_OVERFLOW as ib_observer_measure_binning()
 *  @retval IB_ERR_NONFINITE outputs to be binned are not finite
 *  @retval IB_ERR_INTERNAL the comparison found a difference
 *  @since 0.1
 */
IB_API ib_status ib_observer_measure(ib_observer *observer, const ib_network *network, uint32_t epoch, ib_plane *plane);

/** @} */

IB_END_DECLS

#endif
