/** @file variable.h
 *  @brief Rows encoded once: a number for each row, equal where rows are.
 */
#ifndef LIBIB_VARIABLE_H
#define LIBIB_VARIABLE_H

#include <libib/counter.h>

/** @defgroup variable Variable
 *  @brief A discrete variable: one number below `distinct` for each of N rows, equal if and only if the rows are.
 *
 *  Rows of codes are looked at once; all entropies follow from the numbers (@ref information). Numbers are given in the
 *  order in which rows first occur. A variable is set again and again in the same memory: after the first layer of the
 *  first epoch nothing is allocated that was not needed before.
 *  @{
 */

/** A discrete variable; opaque. */
typedef struct ib_variable ib_variable;

/** The number of a row that is missing. */
#define IB_NO_ID UINT32_MAX

IB_BEGIN_DECLS

/** Empty: no rows. */
IB_API ib_status ib_variable_create(ib_context *context, ib_variable **out);
IB_API void ib_variable_destroy(ib_variable *variable);
/** Rows of codes; those with missing codes are missing (IB_MISSING_DROP) or an error. On failure it is as it was. */
IB_API ib_status ib_variable_set_codes(ib_variable *variable, const ib_codes *codes);
/** Any values, such as labels, renumbered; IB_NO_LABEL is missing. */
IB_API ib_status ib_variable_set_labels(ib_variable *variable, const uint32_t *labels, size_t rows);
/** The row's own number: X itself, of a data set without equal rows. */
IB_API ib_status ib_variable_set_rows(ib_variable *variable, size_t rows);
/** All of several variables together; a row is missing if it is in one of them. `variable` may be one of them. */
IB_API ib_status ib_variable_set_joint(ib_variable *variable, const ib_variable *const *parts, size_t count);
IB_API size_t ib_variable_rows(const ib_variable *variable);
IB_API size_t ib_variable_missing(const ib_variable *variable);
IB_API uint32_t ib_variable_distinct(const ib_variable *variable);
IB_API const uint32_t *ib_variable_ids(const ib_variable *variable);

/** @} */

IB_END_DECLS

#endif
