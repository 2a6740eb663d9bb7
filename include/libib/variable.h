/** @file variable.h
 *  @brief Rows encoded once: a number for each row, equal where rows are.
 */
#ifndef LIBIB_VARIABLE_H
#define LIBIB_VARIABLE_H

#include <libib/counter.h>

/** @defgroup variable Variable
 *  @brief A discrete variable: one number below `distinct` for each of N rows, equal if and only if the rows are.
 *
 *  Rows of codes are looked at once; all entropies follow from the numbers (@ref information). The numbers are 0, 1, 2,
 *  ... in the order in which rows first occur; they are the identifiers of a @ref counter of the same rows. As there, a
 *  hash finds the place and the full row decides, and no product of alphabets is ever formed.
 *
 *  A variable is set again and again in the same memory: setting it to rows of a width that it had before, or to as
 *  many labels, allocates nothing unless there are more rows, or more distinct ones, than ever before. Rows of up to 40
 *  bytes have a table for each width that takes part, rounded up to 1, 2, 4, 8, 16, 24, 32 or 40 bytes; wider ones
 *  share one, which is made anew when the width changes. Memory: 8 bytes a row, and for each distinct row its codes,
 *  rounded up to 8 bytes, and 16 to 32 bytes.
 *  @{
 */

/** A discrete variable; opaque. */
typedef struct ib_variable ib_variable;

/** The number of a row that is missing. */
#define IB_NO_ID UINT32_MAX

IB_BEGIN_DECLS

/** Creates a variable without rows.
 *
 *  @param context   the context
 *  @param[out] out  receives the variable, to be freed with ib_variable_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_variable_create(ib_context *context, ib_variable **out);

/** Frees a variable.
 *
 *  @param variable  may be NULL
 *  @since 0.1
 */
IB_API void ib_variable_destroy(ib_variable *variable);

/** Sets a variable to rows of codes: two rows have the same number if and only if all their codes are equal.
 *
 *  Rows with a missing code are missing (#IB_MISSING_DROP) or an error (#IB_MISSING_REFUSE), as `codes` says. On
 *  failure the variable is as it was. Cost: one look-up a row.
 *
 *  @param variable  the variable
 *  @param codes     `[N][D]` of any type; read during the call only. N = 0: the variable is empty then
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_RANGE a code is missing and none may be; or the type has no such missing code
 *  @retval IB_ERR_OVERFLOW strides that lead out of the address space; or 2^32 - 64 distinct rows and more to come
 *  @since 0.1
 */
IB_API ib_status ib_variable_set_codes(ib_variable *variable, const ib_codes *codes);

/** Sets a variable to labels, which may be any numbers; #IB_NO_LABEL is missing. On failure the variable is as it was.
 *
 *  @param variable  the variable
 *  @param labels    `labels[rows]`; may be NULL if rows = 0
 *  @param rows      N
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_OVERFLOW
 *  @since 0.1
 */
IB_API ib_status ib_variable_set_labels(ib_variable *variable, const uint32_t *labels, size_t rows);

/** Sets a variable to the rows' own numbers, 0 to N - 1: the input X itself, of a data set without equal rows.
 *
 *  On failure the variable is as it was.
 *
 *  @param variable  the variable
 *  @param rows      N, at most 2^32 - 1
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_OVERFLOW
 *  @since 0.1
 */
IB_API ib_status ib_variable_set_rows(ib_variable *variable, size_t rows);

/** Sets a variable to all of several variables together: two rows have the same number if and only if they have in all
 *  parts. A row is missing if it is in one of them. On failure the variable is as it was.
 *
 *  Cost: one look-up a row and part, in an array where there are no more than eight possible pairs for each row, else
 *  in a table of the pairs that occur.
 *
 *  @param variable  the variable; may be one of the parts
 *  @param parts     `parts[count]`, each of as many rows
 *  @param count     at least 1
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_SHAPE the parts have different numbers of rows
 *  @retval IB_ERR_OVERFLOW 2^32 - 64 distinct rows and more to come
 *  @since 0.1
 */
IB_API ib_status ib_variable_set_joint(ib_variable *variable, const ib_variable *const *parts, size_t count);

/** Number of rows, missing ones included.
 *
 *  @param variable  the variable
 *  @return N; 0 if variable is NULL
 *  @since 0.1
 */
IB_API size_t ib_variable_rows(const ib_variable *variable);

/** Number of missing rows.
 *
 *  @param variable  the variable
 *  @return the number; 0 if variable is NULL
 *  @since 0.1
 */
IB_API size_t ib_variable_missing(const ib_variable *variable);

/** Number of distinct rows, without missing ones.
 *
 *  @param variable  the variable
 *  @return the number; 0 if variable is NULL
 *  @since 0.1
 */
IB_API uint32_t ib_variable_distinct(const ib_variable *variable);

/** The numbers of the rows, each below ib_variable_distinct(), or #IB_NO_ID where the row is missing.
 *
 *  @param variable  the variable
 *  @return `[N]`; borrowed until the variable is set again; NULL if there are no rows or variable is NULL
 *  @since 0.1
 */
IB_API const uint32_t *ib_variable_ids(const ib_variable *variable);

/** @} */

IB_END_DECLS

#endif
