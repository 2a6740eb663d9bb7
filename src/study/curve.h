/* The inside of a curve. */
#ifndef LIBIB_STUDY_CURVE_H
#define LIBIB_STUDY_CURVE_H

#include "base/context.h"

#include <libib/curve.h>

/* Which of the estimators of its measure a point is from. */
static inline uint32_t ib_i_estimator(const ib_point *point)
{
    return point->estimator;
}

/* A point that only says where it is. */
static inline ib_point ib_i_key(uint32_t layer, uint32_t measure, uint32_t estimator, uint32_t epoch)
{
    return (ib_point){.layer = layer, .measure = measure, .estimator = estimator, .epoch = epoch};
}

/* Points in ascending order of layer, measure, estimator, epoch; no two of them agree in all. */
typedef struct ib_i_series {
    ib_point *points;
    size_t count;
} ib_i_series;

struct ib_curve {
    ib_context *context;
    ib_i_series all; /* a point for each that any run has; only what orders it counts */
    ib_i_series *runs;
    size_t count, capacity; /* of runs */
    double *numbers;        /* [3 * capacity], scratch: three numbers of each run */
    size_t student_of;      /* what student is kept for: most points have as many runs as the one before */
    double student;
};

/* A line of the points of a curve: those of one layer, measure and estimator. */
typedef struct ib_i_line {
    uint32_t layer, measure, estimator;
    size_t first, count;
} ib_i_line;

/* The line of a point of the curve. */
ib_i_line ib_i_curve_line_of(const ib_curve *curve, size_t index);

/* Whether a line belongs to the plane of a measure. */
int ib_i_curve_in_plane(const ib_curve *curve, const ib_i_line *line, uint32_t measure, uint32_t estimator);

/* The point of a run at the layer, measure, estimator and epoch of a key; NULL if there is none. It is looked for at
 * the index `guess` first, which is right if all runs have the same points. */
const ib_point *ib_i_curve_find(const ib_curve *curve, size_t run, const ib_point *key, size_t guess);

/* Statistics of n numbers, put in order. */
ib_statistics ib_i_curve_statistics(ib_curve *curve, double *numbers, size_t n);

#endif
