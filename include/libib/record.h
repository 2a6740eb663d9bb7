/** @file record.h
 *  @brief What a run leaves: its training curve, its points, its restarts.
 */
#ifndef LIBIB_RECORD_H
#define LIBIB_RECORD_H

#include <libib/bytes.h>
#include <libib/plane.h>
#include <libib/ranges.h>
#include <libib/train.h>

/** @defgroup record Record
 *  @brief Keeps what is known of a run while it goes on and after, and saves it as bytes.
 *
 *  A record says of itself which run it is of; what was saved of another is refused. Beside a saved @ref trainer it is
 *  all that a run in progress needs to be continued: the same points, as if it had never been interrupted.
 *  @{
 */

/** What a run left; opaque. */
typedef struct ib_record ib_record;

/** How a run ended. */
enum {
    IB_OUTCOME_OPEN = 0, /**< it has not: there is more to come */
    IB_OUTCOME_GOOD = 1, /**< it is finished */
    IB_OUTCOME_BAD = 2   /**< it is finished, and kept although it fits badly */
};

/** Which run a record is of. */
typedef struct ib_record_options {
    uint32_t struct_size; /**< bytes of this struct as the caller knows it */
    uint32_t reserved;    /**< 0 */
    uint64_t seed;        /**< as in ib_train_options */
    uint64_t run;         /**< as in ib_train_options */
    /** Whatever else makes runs comparable, as one number of the caller's: say, a hash of the settings of a study. */
    uint64_t setting;
} ib_record_options;

/** An attempt that was given up. */
typedef struct ib_restart {
    uint32_t attempt; /**< as in ib_train_options: 0, 1, ... */
    uint32_t epoch;   /**< the last epoch that it did */
    double accuracy;  /**< running training accuracy of that epoch */
} ib_restart;

/** Between which outputs a layer was when it was measured. Never grows. */
typedef struct ib_extent {
    uint32_t epoch; /**< epochs done */
    uint32_t layer; /**< from 1 */
    float min;      /**< smallest output of the layer over all rows */
    float max;      /**< largest output */
} ib_extent;

IB_BEGIN_DECLS

/** Fills options with the defaults: all zero.
 *
 *  @param[out] options  written
 *  @since 0.1
 */
IB_API void ib_record_options_init(ib_record_options *options);

/** Creates an empty record.
 *
 *  @param context   the context
 *  @param options   which run, or NULL for the defaults
 *  @param[out] out  receives the record, to be freed with ib_record_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @since 0.1
 */
IB_API ib_status ib_record_create(ib_context *context, const ib_record_options *options, ib_record **out);

/** Frees a record, and its plane with it.
 *
 *  @param record  may be NULL
 *  @since 0.1
 */
IB_API void ib_record_destroy(ib_record *record);

/** Adds an epoch to the training curve.
 *
 *  @param record  the record
 *  @param epoch   copied; its number is that of the epoch before plus 1, or 0 for the first
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_STATE another epoch comes next
 *  @since 0.1
 */
IB_API ib_status ib_record_add(ib_record *record, const ib_epoch *epoch);

/** The training curve.
 *
 *  @param record      the record
 *  @param[out] count  receives the number of epochs, epoch 0 included; 0 if record is NULL. May be NULL
 *  @return `[count]`, epoch e at place e; borrowed until the record changes; NULL if there are none
 *  @since 0.1
 */
IB_API const ib_epoch *ib_record_epochs(const ib_record *record, size_t *count);

/** The points: a plane to add to, for example with ib_observer_measure(). It lives as long as the record.
 *
 *  @param record  the record
 *  @return the plane; borrowed; NULL if record is NULL
 *  @since 0.1
 */
IB_API ib_plane *ib_record_plane(ib_record *record);

/** Adds the smallest and largest output of each layer at an epoch.
 *
 *  @param record  the record
 *  @param epoch   epochs done
 *  @param ranges  of one pass: reset, then ib_ranges_add() once
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_STATE the ranges of a layer have seen nothing
 *  @since 0.1
 */
IB_API ib_status ib_record_add_extents(ib_record *record, uint32_t epoch, const ib_ranges *ranges);

/** The smallest and largest outputs, in the order in which they were added: by epoch, then by layer.
 *
 *  @param record      the record
 *  @param[out] count  receives their number; 0 if record is NULL. May be NULL
 *  @return `[count]`; borrowed until the record changes; NULL if there are none
 *  @since 0.1
 */
IB_API const ib_extent *ib_record_extents(const ib_record *record, size_t *count);

/** Says how the run ended.
 *
 *  @param record   the record
 *  @param outcome  one of the `IB_OUTCOME_*` values
 *  @return #IB_OK, #IB_ERR_ARG
 *  @since 0.1
 */
IB_API ib_status ib_record_set_outcome(ib_record *record, uint32_t outcome);

/** How the run ended.
 *
 *  @param record  the record
 *  @return one of the `IB_OUTCOME_*` values; #IB_OUTCOME_OPEN until ib_record_set_outcome(), and if record is NULL
 *  @since 0.1
 */
IB_API uint32_t ib_record_outcome(const ib_record *record);

/** Which run the record is of.
 *
 *  @param record  the record
 *  @return the options that it was created with, of this version of the library; borrowed; NULL if record is NULL
 *  @since 0.1
 */
IB_API const ib_record_options *ib_record_get_options(const ib_record *record);

/** Gives up the attempt: keeps of it how far it came, and forgets its curve, points, outputs and outcome.
 *
 *  @param record  the record, with one epoch at least
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_STATE there is no epoch
 *  @since 0.1
 */
IB_API ib_status ib_record_restart(ib_record *record);

/** The attempts that were given up.
 *
 *  @param record      the record
 *  @param[out] count  receives their number, which is that of the attempt at hand; 0 if record is NULL. May be NULL
 *  @return `[count]`, attempt a at place a; borrowed until the record changes; NULL if there are none
 *  @since 0.1
 */
IB_API const ib_restart *ib_record_restarts(const ib_record *record, size_t *count);

/** Saves a record, as docs/format.md defines it. Allocates nothing.
 *
 *  @param record     the record
 *  @param write      takes the bytes
 *  @param user_data  passed to write
 *  @return #IB_OK, #IB_ERR_ARG
 *  @retval IB_STOPPED write asked to stop; what it was given is not whole
 *  @retval IB_ERR_CALLBACK write failed; its value is ib_context_callback_value()
 *  @since 0.1
 */
IB_API ib_status ib_record_write(ib_record *record, ib_write_fn write, void *user_data);

/** Replaces all that a record holds by what was saved of the same run. On failure it is as it was.
 *
 *  Takes no more memory than the bytes that are there need, whatever they claim. Reads no byte beyond the end of the
 *  saved record.
 *
 *  @param record     the record
 *  @param read       gives the bytes
 *  @param user_data  passed to read
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_STOPPED read asked to stop
 *  @retval IB_ERR_STATE saved of another seed, run or setting
 *  @retval IB_ERR_IO the bytes end early, are damaged, or are no saved record
 *  @retval IB_ERR_UNSUPPORTED saved by a version of the library with another format
 *  @retval IB_ERR_RANGE read gave more bytes than were wanted
 *  @retval IB_ERR_CALLBACK read failed; its value is ib_context_callback_value()
 *  @since 0.1
 */
IB_API ib_status ib_record_read(ib_record *record, ib_read_fn read, void *user_data);

/** @} */

IB_END_DECLS

#endif
