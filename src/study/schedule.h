/* What the library does with schedules that others do not. */
#ifndef LIBIB_STUDY_SCHEDULE_H
#define LIBIB_STUDY_SCHEDULE_H

#include "base/context.h"

#include <libib/schedule.h>

/* Checks and completes options. */
ib_status ib_i_schedule_resolve(ib_context *context, const ib_schedule_options *options, ib_schedule_options *full);

#endif
