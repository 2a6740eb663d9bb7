/** @file plane.h
 *  @brief The information plane: the points of a run.
 */
#ifndef LIBIB_PLANE_H
#define LIBIB_PLANE_H

#include <libib/context.h>

/** @defgroup plane Plane
 *  @brief Keeps points (epoch, layer, measure, estimator, I(X;T), I(T;Y)) in the order in which they are added.
 *  @{
 */

/** Points of one run; opaque. */
typedef struct ib_plane ib_plane;

/** What is counted as the state of a layer; see docs/measures.md. */
enum {
    /** The layer's own integer codes; of a float layer its bits (of softmax: those of the logits). */
    IB_MEASURE_STATE = 0,
    /** States of the output; differs from state only for softmax layers not quantised at their output. */
    IB_MEASURE_OUTPUT = 1,
    /** Outputs binned again between their minimum and maximum, as the study's program does; differs from state for
     *  float layers and for softmax layers not quantised at their output. */
    IB_MEASURE_REBINNED = 2,
    /** Outputs put into bins by an estimator that was asked for; see @ref binning. Points say by which one. */
    IB_MEASURE_BINNED = 3,
    /** What an @ref estimator of real-valued outputs says; points say which one. Nothing is counted. */
    IB_MEASURE_ESTIMATED = 4,
    /** Codes of a network that has the same weights and is quantised after its training, see
     *  ib_observer_add_quantised(); points say which one. */
    IB_MEASURE_QUANTISED = 5
};

/** Number of measures. */
#define IB_MEASURE_COUNT 6

/** One point. */
typedef struct ib_point {
    uint32_t epoch;     /**< epochs done; 0: initial weights */
    uint32_t layer;     /**< from 1 */
    uint32_t measure;   /**< one of the `IB_MEASURE_*` values */
    uint32_t estimator; /**< of #IB_MEASURE_BINNED and later ones: its number, from 1, among those of the measure;
                             else 0 */
    uint64_t states;    /**< number of distinct states; 0 of #IB_MEASURE_ESTIMATED, which counts none */
    double i_xt;        /**< I(X;T) in bits: H(T) where states are counted, else what the estimator says, or NaN */
    double i_ty;        /**< I(T;Y) in bits, or NaN likewise */
} ib_point;

IB_BEGIN_DECLS

/** Name of a measure.
 *
 *  @param measure  one of the `IB_MEASURE_*` values
 *  @return "state", "output", "rebinned", "binned", "estimated" or "quantised"; "unknown" for other values; static
 *  @since 0.1
 */
IB_API const char *ib_measure_name(uint32_t measure);

/** Creates an empty plane.
 *
 *  @param context   the context
 *  @param[out] out  receives the plane, to be freed with ib_plane_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_plane_create(ib_context *context, ib_plane **out);

/** Frees a plane.
 *
 *  @param plane  may be NULL
 *  @since 0.1
 */
IB_API void ib_plane_destroy(ib_plane *plane);

/** Forgets all points and keeps the memory for the next run.
 *
 *  @param plane  the plane; NULL has no effect
 *  @since 0.1
 */
IB_API void ib_plane_reset(ib_plane *plane);

/** Appends a point.
 *
 *  @param plane  the plane
 *  @param point  copied
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_plane_add(ib_plane *plane, const ib_point *point);

/** Number of points.
 *
 *  @param plane  the plane
 *  @return the number; 0 if plane is NULL
 *  @since 0.1
 */
IB_API size_t ib_plane_count(const ib_plane *plane);

/** The points.
 *
 *  @param plane  the plane
 *  @return `[ib_plane_count()]`; borrowed; NULL if plane is NULL; may be NULL if there are none
 *  @since 0.1
 */
IB_API const ib_point *ib_plane_points(const ib_plane *plane);

/** @} */

IB_END_DECLS

#endif
