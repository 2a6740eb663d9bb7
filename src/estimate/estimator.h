/* An estimator as it is kept by whom it is added to, and how it is asked. */
#ifndef LIBIB_ESTIMATE_ESTIMATOR_H
#define LIBIB_ESTIMATE_ESTIMATOR_H

#include "base/context.h"

#include <libib/estimator.h>

enum { IB_I_ESTIMATOR_NAME = 32 };

/* A checked copy, with a name of its own. */
typedef struct ib_i_estimator {
    char name[IB_I_ESTIMATOR_NAME];
    uint64_t setting;
    ib_estimator_fn measure;
    void *user_data;
} ib_i_estimator;

/* Checks what a caller gave, and copies it. */
ib_status ib_i_estimator_resolve(ib_context *context, const ib_estimator *estimator, ib_i_estimator *copy);

/* The same the other way, for another object to copy; it points into `copy`. */
ib_estimator ib_i_estimator_of(const ib_i_estimator *copy);

/* Asks. On IB_OK `i_xt` and `i_ty` are finite or one and the same NaN. IB_STOPPED: it asked to stop. */
ib_status ib_i_estimator_ask(const ib_i_estimator *estimator, const ib_estimator_input *input, double *i_xt,
                             double *i_ty);

#endif
