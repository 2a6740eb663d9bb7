/* The library's estimators of real-valued outputs, by the names of --estimators. */
#ifndef IB_CLI_ESTIMATING_H
#define IB_CLI_ESTIMATING_H

#include "settings.h"

#include <libib/libib.h>

/* What an estimator of a study goes by, for as long as the study. */
typedef union estimating {
    ib_kde_options kde;
    ib_knn_options knn;
    ib_edge_options edge;
    ib_renyi_options renyi;
} estimating;

/* "kde-upper": the name of one of the ESTIMATOR_* values. */
const char *estimating_name(uint32_t which);

/* Makes one as it was asked for; it borrows the options. */
ib_status estimating_make(const settings *asked, uint32_t which, ib_context *context, estimating *options,
                          ib_estimator *made);

#endif
