/* What observers and studies keep of an estimator, and how the library's own are made. */
#ifndef LIBIB_ESTIMATE_ESTIMATOR_H
#define LIBIB_ESTIMATE_ESTIMATOR_H

#include "base/bytes.h"
#include "base/context.h"

#include <libib/estimator.h>

/* The longest name, and its end. */
#define IB_I_ESTIMATOR_NAME 32

/* An estimator that was checked: it needs the caller's struct and name no longer. */
typedef struct ib_i_estimator {
    char name[IB_I_ESTIMATOR_NAME];
    uint64_t setting;
    ib_estimator_fn measure;
    void *user_data; /* borrowed */
} ib_i_estimator;

/* Checks an estimator of a caller and copies it; on failure `copy` is untouched. */
ib_status ib_i_estimator_resolve(ib_context *context, const ib_estimator *given, ib_i_estimator *copy);

/* Fills an estimator of the library's own. Its setting is the hash that `fields` lists of its resolved options. */
ib_status ib_i_estimator_fill(ib_context *context, const char *name, ib_estimator_fn measure, const void *options,
                              ib_i_fields_fn fields, void *resolved, ib_estimator *estimator);

#endif
