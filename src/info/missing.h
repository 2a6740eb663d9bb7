/* Codes that stand for missing ones. */
#ifndef LIBIB_INFO_MISSING_H
#define LIBIB_INFO_MISSING_H

#include "base/context.h"

#include <libib/counter.h>

/* Whether the rows first, ..., first + n - 1 have a missing code in any column: missing[n] receives 1 or 0. All 0 with
 * IB_MISSING_NONE. The codes went through ib_i_codes_read(). */
void ib_i_missing_rows(const ib_codes *codes, size_t first, size_t n, uint8_t *missing);

/* With IB_MISSING_REFUSE fails with IB_ERR_RANGE at the first row that has a missing code, and names its first column
 * that has; with other policies there is nothing to check. */
ib_status ib_i_missing_check(ib_context *context, const ib_codes *codes);

/* Whether the policy and the code that stands for a missing one are such as the type can have. */
ib_status ib_i_missing_policy(ib_context *context, const ib_codes *codes);

#endif
