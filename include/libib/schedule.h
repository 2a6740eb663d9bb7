/** @file schedule.h
 *  @brief After which epochs a run is measured.
 */
#ifndef LIBIB_SCHEDULE_H
#define LIBIB_SCHEDULE_H

#include <libib/plane.h>

/** @defgroup schedule Schedule
 *  @brief Measuring after every epoch, after every k-th, ever more seldom, or as often as the points move.
 *
 *  All schedules have epochs 0, 1 and the last. The next epoch to be measured depends on the options and, where it
 *  follows the points, on the plane so far: so a run that is interrupted and continued is measured at the same epochs.
 *  @{
 */

/** Kinds of schedules. */
enum {
    /** Epochs 0, 1, 1 + k, 1 + 2 k, ... with k = `every`. */
    IB_SCHEDULE_EVERY = 0,
    /** After epoch e in 2^j to 2^(j+1) - 1 the next is e + 2^j / `per_octave`, rounded down, but e + 1 at least: about
     *  as many points between any epoch and its double. */
    IB_SCHEDULE_LOGARITHMIC = 1,
    /** The interval is doubled when no layer has moved by more than `distance` / 2 since the last measurement, and
     *  halved when one has moved by more than `distance`; it is 1 at the beginning, and `every` at most. Points of a
     *  layer move in the plane, by the Euclidean distance in bits. */
    IB_SCHEDULE_ADAPTIVE = 2
};

/** When to measure. */
typedef struct ib_schedule_options {
    uint32_t struct_size; /**< bytes of this struct as the caller knows it */
    uint32_t kind;        /**< one of the `IB_SCHEDULE_*` values */
    uint32_t every;       /**< longest interval; 0: 1, and without a bound if adaptive */
    uint32_t per_octave;  /**< measurements from an epoch to its double; 0: 16 */
    double distance;      /**< bits; 0: 0.05 */
} ib_schedule_options;

IB_BEGIN_DECLS

/** Fills options with the defaults: every epoch.
 *
 *  @param[out] options  written
 *  @since 0.1
 */
IB_API void ib_schedule_options_init(ib_schedule_options *options);

/** The next epoch to be measured.
 *
 *  @param options    when, or NULL for the defaults
 *  @param plane      the points so far, those of the last epoch that was measured at its end; only an adaptive schedule
 *                    looks at it, and only at #IB_MEASURE_STATE. Its context takes the message if something is wrong
 *  @param epoch      the epoch that was measured last
 *  @param epochs     number of epochs of the run; the last one is measured
 *  @param[out] next  receives the epoch, epoch + 1 to epochs; `epochs` also if epoch is there already
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_RANGE a distance that is negative or not finite
 *  @since 0.1
 */
IB_API ib_status ib_schedule_next(const ib_schedule_options *options, const ib_plane *plane, uint32_t epoch,
                                  uint32_t epochs, uint32_t *next);

/** @} */

IB_END_DECLS

#endif
