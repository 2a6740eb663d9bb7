/** @file curve.h
 *  @brief The information plane over many runs: means, intervals, ranks, phases, violations.
 */
#ifndef LIBIB_CURVE_H
#define LIBIB_CURVE_H

#include <libib/limits.h>
#include <libib/plane.h>
#include <libib/statistics.h>

/** @defgroup curve Curve
 *  @brief Takes the planes of the runs of a study, and says what they have in common and how they differ.
 *
 *  **Points.** The points of a curve are all the (layer, measure, estimator, epoch) that any run has, in this order:
 *  all epochs of one layer, measure and estimator, their **line**, lie together. What is said of a point is said of the
 *  numbers that the runs have there: the mean of informations, and not the information of a mean. Runs may have been
 *  measured at different epochs, or have ended early; then a point tells how many runs have it, and its mean is of
 *  these.
 *
 *  **The plane of a measure** has for each layer the line of that measure. A layer without one has its line of
 *  #IB_MEASURE_STATE there, since points are stored only where a measure differs from that (see docs/measures.md).
 *
 *  **What is not known.** Points of #IB_MEASURE_ESTIMATED may be NaN. Where one run has NaN, all but the count of the
 *  statistics of that number is NaN; it is no largest mean, no distance of a run, and neither checked nor violated.
 *
 *  No answer depends on the order in which runs were added, but for the numbers of runs, which count from 0. The cost
 *  of an answer is that of sorting the numbers of the runs at each point that it needs.
 *  @{
 */

/** Points of many runs; opaque. */
typedef struct ib_curve ib_curve;

/** One point over the runs that have it. Never grows. */
typedef struct ib_curve_point {
    uint32_t epoch;       /**< epochs done */
    uint32_t layer;       /**< from 1 */
    uint32_t measure;     /**< one of the `IB_MEASURE_*` values */
    uint32_t estimator;   /**< which one of the measure; 0 if that has one only */
    ib_statistics i_xt;   /**< I(X;T) in bits */
    ib_statistics i_ty;   /**< I(T;Y) in bits */
    ib_statistics states; /**< number of distinct states */
} ib_curve_point;

/** How far a run is from the mean. Never grows. */
typedef struct ib_rank {
    uint64_t run;    /**< from 0, in the order in which runs were added */
    uint64_t points; /**< number of points that the distance is a mean of */
    double distance; /**< in bits; NaN if there are no points */
} ib_rank;

/** What a layer does in the course of the training; see ib_curve_measure_phases(). */
typedef struct ib_phases {
    uint32_t struct_size;       /**< bytes of this struct as the caller knows it; set before the call */
    uint32_t layer;             /**< the layer */
    uint32_t measure;           /**< the measure */
    uint32_t estimator;         /**< and which one of it */
    uint32_t fitting_first;     /**< epoch at which fitting begins: the first one */
    uint32_t fitting_last;      /**< epoch at which it ends: that of the largest mean of I(T;Y) */
    uint32_t compression_first; /**< epoch at which compression begins: that of the largest mean of I(X;T) */
    uint32_t compression_last;  /**< epoch at which it ends: the last one */
    ib_statistics fitting;      /**< I(T;Y) gained by fitting, in bits */
    ib_statistics rise;         /**< I(X;T) gained from the first epoch to the beginning of compression, in bits */
    ib_statistics compression;  /**< I(X;T) lost by compression, in bits */
} ib_phases;

IB_BEGIN_DECLS

/** Creates a curve without runs.
 *
 *  @param context   the context
 *  @param[out] out  receives the curve, to be freed with ib_curve_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_curve_create(ib_context *context, ib_curve **out);

/** Frees a curve.
 *
 *  @param curve  may be NULL
 *  @since 0.1
 */
IB_API void ib_curve_destroy(ib_curve *curve);

/** Adds a run. Its points are copied, 40 bytes each. On failure the curve is as it was.
 *
 *  @param curve  the curve
 *  @param plane  the points of the run, at least one, in any order; may be of another context
 *  @return #IB_OK, #IB_ERR_NOMEM
 *  @retval IB_ERR_ARG also if there is no point, or two for the same epoch, layer, measure and estimator
 *  @retval IB_ERR_NONFINITE a point is infinite, or NaN and not of #IB_MEASURE_ESTIMATED
 *  @since 0.1
 */
IB_API ib_status ib_curve_add(ib_curve *curve, const ib_plane *plane);

/** Number of runs.
 *
 *  @param curve  the curve
 *  @return R; 0 if curve is NULL
 *  @since 0.1
 */
IB_API size_t ib_curve_runs(const ib_curve *curve);

/** Number of points.
 *
 *  @param curve  the curve
 *  @return the number; 0 if curve is NULL
 *  @since 0.1
 */
IB_API size_t ib_curve_count(const ib_curve *curve);

/** Largest number of a layer.
 *
 *  @param curve  the curve
 *  @return L; 0 if there are no points or curve is NULL
 *  @since 0.1
 */
IB_API uint32_t ib_curve_layers(const ib_curve *curve);

/** Where the points of one layer, measure and estimator are.
 *
 *  @param curve       the curve
 *  @param layer       from 1
 *  @param measure     one of the `IB_MEASURE_*` values
 *  @param estimator   which one of the measure; 0 if that has one only
 *  @param[out] first  receives the index of the first of them, if there are any; may be NULL
 *  @return number of points, in ascending order of epochs; 0 if there are none or curve is NULL
 *  @since 0.1
 */
IB_API size_t ib_curve_line(const ib_curve *curve, uint32_t layer, uint32_t measure, uint32_t estimator, size_t *first);

/** What is said of one point.
 *
 *  @param curve       the curve
 *  @param index       below ib_curve_count()
 *  @param[out] point  receives the answer
 *  @return #IB_OK, #IB_ERR_ARG
 *  @retval IB_ERR_RANGE index out of bounds
 *  @since 0.1
 */
IB_API ib_status ib_curve_get(ib_curve *curve, size_t index, ib_curve_point *point);

/** Ranks the runs by their distance from the mean curve, nearest first.
 *
 *  The distance of a run is the mean, over all points that it has in the plane of a measure, of its Euclidean distance
 *  from the mean of the runs there,
 *
 *      sqrt((I(X;T) - mean I(X;T))^2 + (I(T;Y) - mean I(T;Y))^2)
 *
 *  The first is the run that looks most like the mean, rank (R - 1) / 2 is in the middle, the last is the oddest. Runs
 *  at the same distance are in the order of their numbers; those without points there come last. A point at which the
 *  mean of either is NaN counts for nothing.
 *
 *  @param curve       the curve
 *  @param measure     one of the `IB_MEASURE_*` values
 *  @param estimator   which one of the measure; 0 if that has one only
 *  @param[out] ranks  `ranks[R]`; may be NULL if there are no runs
 *  @return #IB_OK, #IB_ERR_ARG
 *  @since 0.1
 */
IB_API ib_status ib_curve_rank(ib_curve *curve, uint32_t measure, uint32_t estimator, ib_rank *ranks);

/** Fitting and compression of a layer: epochs from the mean curve, sizes from each run.
 *
 *      fitting     = I(T;Y) at the epoch of the largest mean of I(T;Y) - I(T;Y) at the first epoch
 *      rise        = I(X;T) at the epoch of the largest mean of I(X;T) - I(X;T) at the first epoch
 *      compression = I(X;T) at the epoch of the largest mean of I(X;T) - mean of I(X;T) over the last epochs
 *
 *  The mean curve says at which epoch something happens, the same for all runs (of equal means, the first). Then each
 *  run says how much, and the statistics are of these numbers. The last epochs are those above E - `settled`, E being
 *  the last one of the curve, and not before compression begins: a layer whose I(X;T) rises to the end has lost
 *  nothing.
 *
 *  A phase is there if its size is worth speaking of and its interval lies above 0. The interval alone does not tell:
 *  a largest mean is picked among many, so that the mean of a size is never below 0 where all runs have all points, not
 *  even if nothing but chance moves the layer.
 *
 *  Only epochs at which more than half of the runs have a point count for the mean curve. A run without a point at an
 *  epoch that a size needs is left out of that size.
 *
 *  @param curve           the curve
 *  @param layer           from 1
 *  @param measure         one of the `IB_MEASURE_*` values
 *  @param estimator       which one of the measure; 0 if that has one only
 *  @param settled         how many epochs count as the last ones; 0: 200
 *  @param[in,out] phases  filled as far as its struct_size reaches
 *  @return #IB_OK
 *  @retval IB_ERR_ARG also if the layer has no point by that measure
 *  @retval IB_ERR_STATE at no epoch more than half of the runs have a point
 *  @since 0.1
 */
IB_API ib_status ib_curve_measure_phases(ib_curve *curve, uint32_t layer, uint32_t measure, uint32_t estimator,
                                         uint32_t settled, ib_phases *phases);

/** Counts violations of the limits of @ref limits, in every run, at every epoch, in the plane of a measure.
 *
 *  Exact states have none, and so have the codes of #IB_MEASURE_QUANTISED, which are states of a network. What others
 *  exceed, bins and estimators, are artefacts of theirs; NaN is not checked. Sums of logarithms are rounded, so a
 *  tolerance of 1e-12 bit is in place even then.
 *
 *  @param curve            the curve
 *  @param measure          one of the `IB_MEASURE_*` values
 *  @param estimator        which one of the measure; 0 if that has one only
 *  @param limits           of the data set, see ib_limits_measure()
 *  @param tolerance        in bits, >= 0: violations that are not larger are none
 *  @param[out] violations  `violations[IB_LIMIT_COUNT]`, one for each `IB_LIMIT_*`
 *  @return #IB_OK
 *  @retval IB_ERR_ARG also if a limit or the tolerance is NaN, infinite or negative
 *  @since 0.1
 */
IB_API ib_status ib_curve_count_violations(const ib_curve *curve, uint32_t measure, uint32_t estimator,
                                           const ib_limits *limits, double tolerance, ib_violations *violations);

/** @} */

IB_END_DECLS

#endif
