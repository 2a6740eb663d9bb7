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
 *  estimators look at the same pass. So do other estimators (@ref estimator), the library's or the caller's own; and
 *  what a float network holds can be counted as if it were quantised (ib_observer_add_quantised()).
 *  @{
 */

/** Counters and labels for repeated measuring; opaque. */
typedef struct ib_observer ib_observer;

IB_BEGIN_DECLS

/** Creates an observer.
 *
 *  @param dataset   its labels are copied, its inputs are held on to; its context is used
 *  @param[out] out  receives the observer, to be freed with ib_observer_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_observer_create(const ib_dataset *dataset, ib_observer **out);

/** Frees an observer; within a call of one of its estimators, at the end of ib_observer_measure().
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

/** Adds an estimator of real-valued outputs: from now on ib_observer_measure() also asks it of each layer.
 *
 *  It is given the inputs of the data set, which the observer holds on to, the outputs of the layer as
 *  ib_network_read_values() reads them, in memory that is kept from call to call, and the labels; and the context of
 *  the observer. The layers may be quantised or not. Its points have #IB_MEASURE_ESTIMATED, 0 states, and NaN for what
 *  it does not estimate. Within the call the observer refuses other ones with #IB_ERR_STATE. The outputs of all layers
 *  are copied before the first call: what estimators do to the network, another pass included, changes no point of
 *  this one. The plane that is to receive the points must not be destroyed by them.
 *
 *  @param observer     the observer
 *  @param estimator    copied with its name, but not what user_data points to
 *  @param[out] number  receives its number, 1 for the first, then 2, ...; may be NULL
 *  @return #IB_OK, #IB_ERR_NOMEM, #IB_ERR_OVERFLOW, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_ARG also if there is no function, or the name is not one
 *  @retval IB_ERR_STATE called from an estimator
 *  @since 0.1
 */
IB_API ib_status ib_observer_add_estimator(ib_observer *observer, const ib_estimator *estimator, uint32_t *number);

/** Adds post-training quantisation: from now on ib_observer_measure() also counts the codes of a quantised network that
 *  has the same weights.
 *
 *  That network has the same layers, each with a quantiser of its output, softmax included, on the uniform grid between
 *  the smallest and largest value of the layer over all rows (#IB_RANGE_TENSOR): what preset `paper` quantises while it
 *  trains, see docs/presets.md. With weight_bits, each kernel is quantised between its own smallest and largest weight,
 *  too; biases never are. It gets the weights as they are, all inputs pass through it, and its states are counted as
 *  those of any network: the points are those that it would have if it were built by hand. The network that is measured
 *  stays as it is, and so does its pass.
 *
 *  These are states of a network that no one trained: all limits of layers hold for them, exactly.
 *
 *  Points have #IB_MEASURE_QUANTISED. ib_observer_measure() returns #IB_ERR_STATE for a network that has quantisers,
 *  and #IB_ERR_SHAPE for one that has another number of inputs than the data set.
 *
 *  Cost: a pass and a count of each layer, and memory for the pass, for each that is added.
 *
 *  @param observer     the observer
 *  @param bits         of activations: 1 to 16
 *  @param weight_bits  of kernels: 1 to 16; 0: they stay float32
 *  @param[out] number  receives its number, 1 for the first, then 2, ...; may be NULL
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_RANGE, #IB_ERR_OVERFLOW
 *  @retval IB_ERR_STATE called from an estimator
 *  @since 0.1
 */
IB_API ib_status ib_observer_add_quantised(ib_observer *observer, uint32_t bits, uint32_t weight_bits,
                                           uint32_t *number);

/** Says what the outputs of the run to come will be, for bounds over a whole run. See @ref ranges for the procedure.
 *
 *  @param observer  the observer
 *  @param ranges    copied; NULL: nothing is known
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_STATE called from an estimator
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
 *  @param measure     one of the `IB_MEASURE_*` values before #IB_MEASURE_BINNED
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

/** Measures all layers: for each layer its state, then those other measures that differ from it, then bins, estimators
 *  and quantised networks, each in the order of their numbers.
 *
 *  What is counted is what ib_observer_measure_layer() and ib_observer_measure_binning() count, in less time: what is
 *  equal in one layer is equal in the next, so layers are counted from one to the next, in both directions, and not
 *  row by row. If the environment variable LIBIB_CHECK is 1 when the observer is created, both are done and
 *  compared. Unless all points are found the plane has no new one, but where memory runs out while they are added.
 *
 *  @param observer  the observer
 *  @param network   the network, as for ib_observer_measure_layer()
 *  @param epoch     written into the points
 *  @param plane     receives the points
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @return #IB_ERR_SHAPE, #IB_ERR_RANGE, #IB_ERR_OVERFLOW as ib_observer_measure_binning()
 *  @retval IB_STOPPED an estimator asked to stop; its value is ib_context_callback_value()
 *  @retval IB_ERR_STATE no such pass; bounds over a run that are not known; a network that is to be quantised and is;
 *          or called from an estimator
 *  @retval IB_ERR_NONFINITE outputs to be binned or quantised are not finite, or an estimate is infinite
 *  @retval IB_ERR_CALLBACK an estimator failed; its value is ib_context_callback_value()
 *  @retval IB_ERR_INTERNAL the comparison found a difference
 *  @return any status of the library that an estimator returned because one of its own calls failed with it, whose
 *          message is kept
 *  @since 0.1
 */
IB_API ib_status ib_observer_measure(ib_observer *observer, const ib_network *network, uint32_t epoch, ib_plane *plane);

/** @} */

IB_END_DECLS

#endif
