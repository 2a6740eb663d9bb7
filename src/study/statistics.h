/* Statistics of many arrays of the same length: without the quantile anew for each. */
#ifndef LIBIB_STUDY_STATISTICS_H
#define LIBIB_STUDY_STATISTICS_H

#include <libib/statistics.h>

/* What ib_statistics_measure() says; `student` is ib_statistics_student(n - 1). */
ib_statistics ib_i_statistics(double *values, size_t n, double student);

#endif
