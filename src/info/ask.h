/* Asking an estimator, and what becomes of its answer. */
#ifndef LIBIB_INFO_ASK_H
#define LIBIB_INFO_ASK_H

#include "estimate/estimator.h"

/* An estimator for another object to copy; it borrows the name. */
ib_estimator ib_i_estimator_of(const ib_i_estimator *copy);

/* Asks. On IB_OK `i_xt` and `i_ty` are finite, or one and the same NaN. IB_STOPPED: it asked to stop. */
ib_status ib_i_estimator_ask(const ib_i_estimator *estimator, const ib_estimator_input *input, double *i_xt,
                             double *i_ty);

#endif
