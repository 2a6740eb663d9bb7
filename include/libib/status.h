/** @file status.h
 *  @brief What every function that can fail returns.
 */
#ifndef LIBIB_STATUS_H
#define LIBIB_STATUS_H

#include <libib/export.h>
#include <stdint.h>

/** @defgroup status Status
 *  @brief Result of a call: 0 is success, negative a failure, positive success with a note.
 *
 *  The values never change and are only ever appended to. On failure the outputs of a call are
 *  untouched, but an output handle is NULL. The context keeps one line of text about the last failure
 *  (ib_context_message()).
 *  @{
 */

/** Result of a call; one of the `IB_OK`, `IB_STOPPED` and `IB_ERR_*` values. */
typedef int32_t ib_status;

/** Values of #ib_status. */
enum {
    IB_OK = 0,      /**< done */
    IB_STOPPED = 1, /**< a callback asked to stop; results so far are valid */

    IB_ERR_ARG = -1,          /**< an argument is not allowed: NULL, unknown enumerator, out of bounds */
    IB_ERR_SHAPE = -2,        /**< shapes do not fit each other */
    IB_ERR_STATE = -3,        /**< not now: the object is in use, or not ready for this call */
    IB_ERR_NOMEM = -4,        /**< the allocator returned NULL */
    IB_ERR_OVERFLOW = -5,     /**< a size or count does not fit its type */
    IB_ERR_RANGE = -6,        /**< a value lies outside its domain, for example a label >= classes */
    IB_ERR_NONFINITE = -7,    /**< NaN or infinity where only finite numbers have a meaning */
    IB_ERR_CALLBACK = -8,     /**< a callback returned a negative value; see ib_context_callback_value() */
    IB_ERR_IO = -9,           /**< reading failed: what was saved ends early, is damaged, or is something else */
    IB_ERR_UNSUPPORTED = -10, /**< understood, but not offered by this version */
    IB_ERR_INTERNAL = -11     /**< an invariant of the library does not hold: please report it */
};

IB_BEGIN_DECLS

/** Name of a status.
 *
 *  @param status  any value
 *  @return the enumerator as text, such as "IB_ERR_SHAPE"; "unknown status" for other values;
 *          static, never NULL
 *  @since 0.1
 */
IB_API const char *ib_status_name(ib_status status);

/** @} */

IB_END_DECLS

#endif
