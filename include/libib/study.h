/** @file study.h
 *  @brief A study: the same training from many seeds, measured, on several threads, and stopped and resumed at will.
 */
#ifndef LIBIB_STUDY_H
#define LIBIB_STUDY_H

#include <libib/binning.h>
#include <libib/dataset.h>
#include <libib/estimator.h>
#include <libib/network.h>
#include <libib/record.h>
#include <libib/schedule.h>
#include <libib/split.h>
#include <libib/train.h>

/** @defgroup study Study
 *  @brief Makes the runs of a study, each a @ref record, and hands over what is to be kept.
 *
 *  A study is a network, a data set, a way to train, ways to measure and a schedule; its runs differ in nothing but
 *  their number, from which their random streams follow. Run r is the same bits in a study of ten runs or of a
 *  thousand, on any number of threads, and however often it was interrupted.
 *
 *  **Where callbacks are called.** All but estimators on the thread that called ib_study_run(), one at a time, as
 *  @ref tasks has it. They need no lock, and may take their time: the workers go on meanwhile.
 *
 *  **What is saved.** The library opens no files: it hands bytes to ib_study_options::save, which puts them where they
 *  outlast the program. A finished run is handed over as soon as it is finished, whatever its number, and what the
 *  callback has returned from is safe: it is only then that progress counts the run. Runs in progress are handed over
 *  when ib_study_checkpoint() asks for it, and when the study is stopped politely. In another study of the same
 *  setting, ib_study_read() takes such bytes back: what was finished is not made again, and what was in progress goes
 *  on where it was.
 *
 *  The bytes of a run begin with its record, so that ib_record_read() reads them, finished or not; docs/format.md says
 *  what follows in a run that is in progress.
 *
 *  **Bounds of a whole run** (#IB_BOUNDS_LARGEST, #IB_BOUNDS_GLOBAL) are known only at its end. A study with such bins
 *  makes each run twice: first to find the ranges, then to measure, which is the same bits again. See @ref ranges.
 *
 *  **Estimators** of real-valued outputs are asked on the threads of workers. One that asks to stop stops the study:
 *  all runs in progress are handed over, and the epoch that it was asked about is measured when the study goes on.
 *
 *  **Bad fits** are runs whose running training accuracy after the last epoch is below `bad_accuracy`. They are kept
 *  and marked (#IB_OUTCOME_BAD); or, where `restart_from` says so, an attempt is given up as soon as it is that bad
 *  after that epoch or a later one, and the run begins again with the next attempt's random numbers. The record tells.
 *  @{
 */

/** A study; opaque. */
typedef struct ib_study ib_study;

/** How far a study is. */
typedef struct ib_study_progress {
    uint32_t struct_size; /**< bytes of this struct as the library knows it */
    uint32_t threads;     /**< workers at work */
    uint64_t runs;        /**< all runs */
    uint64_t runs_done;   /**< finished and saved, those given to ib_study_read() included */
    uint64_t epochs;      /**< of all runs; an epoch counts twice where runs are made twice */
    uint64_t epochs_done; /**< of these; falls when an attempt is given up */
} ib_study_progress;

/** Keeps a run, so that it outlasts the program.
 *
 *  @param run        its number
 *  @param outcome    #IB_OUTCOME_OPEN: in progress, replaces what was saved of it before; else it is finished
 *  @param bytes      `bytes[size]`, valid during the call
 *  @param size       how many
 *  @param user_data  as given in ib_study_options
 *  @return 0 to go on, positive to stop, negative to fail
 */
typedef int32_t (*ib_study_save_fn)(uint64_t run, uint32_t outcome, const void *bytes, size_t size, void *user_data);

/** Takes a finished run: in ascending order of their numbers, without those given to ib_study_read() as finished.
 *
 *  @param run        its number
 *  @param record     what it left; borrowed during the call
 *  @param user_data  as given in ib_study_options
 *  @return 0 to go on, positive to stop, negative to fail
 */
typedef int32_t (*ib_study_done_fn)(uint64_t run, ib_record *record, void *user_data);

/** Hears how far the study is, after epochs and runs; several may come as one. May call ib_study_checkpoint().
 *
 *  @param progress   valid during the call
 *  @param user_data  as given in ib_study_options
 *  @return 0 to go on, positive to stop, negative to fail
 */
typedef int32_t (*ib_study_progress_fn)(const ib_study_progress *progress, void *user_data);

/** What the runs have in common, and who hears of them. */
typedef struct ib_study_options {
    uint32_t struct_size;                /**< bytes of this struct as the caller knows it */
    uint32_t threads;                    /**< runs at the same time; 0: one for each core that this process may use */
    uint64_t runs;                       /**< how many; 0: 50, as the study */
    const ib_train_options *train;       /**< how to train, copied with what it points to; run, attempt and callback are
                                              the study's own and must be 0. NULL: the defaults */
    const ib_schedule_options *schedule; /**< when to measure, copied; NULL: after every epoch */
    double bad_accuracy;                 /**< below it is a bad fit, 0 to 1; 0: 0.55 */
    uint32_t restart_from;               /**< epoch after which bad fits are given up; 0: they are kept and marked */
    uint32_t reserved;                   /**< 0 */
    ib_study_save_fn save;               /**< or NULL: nothing is saved */
    ib_study_done_fn done;               /**< or NULL */
    ib_study_progress_fn progress;       /**< or NULL */
    void *user_data;                     /**< passed to all of them */
} ib_study_options;

IB_BEGIN_DECLS

/** Fills options with the defaults: all zero.
 *
 *  @param[out] options  written
 *  @since 0.1
 */
IB_API void ib_study_options_init(ib_study_options *options);

/** Creates a study. Its context is that of the network.
 *
 *  @param network   a pattern: each worker makes a network of the same layers. Its weights do not count; may be
 *                   destroyed afterwards
 *  @param dataset   as many inputs as the network; must last until the study is destroyed
 *  @param split     of as many rows as the data set; must last until the study is destroyed
 *  @param options   what the runs have in common, or NULL for the defaults
 *  @param[out] out  receives the study, to be freed with ib_study_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_RANGE an option is out of bounds, or there are more than 2^40 runs
 *  @retval IB_ERR_STATE the last layer is not softmax
 *  @since 0.1
 */
IB_API ib_status ib_study_create(const ib_network *network, const ib_dataset *dataset, const ib_split *split,
                                 const ib_study_options *options, ib_study **out);

/** Frees a study.
 *
 *  @param study  may be NULL
 *  @since 0.1
 */
IB_API void ib_study_destroy(ib_study *study);

/** Adds a binning estimator, as ib_observer_add_binning(). Before ib_study_read() and ib_study_run().
 *
 *  @param study           the study
 *  @param options         which bins; NULL for the defaults
 *  @param[out] estimator  receives its number, 1 for the first, then 2, ...; may be NULL
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_RANGE bins or bounds are not allowed
 *  @retval IB_ERR_STATE the study has runs already
 *  @since 0.1
 */
IB_API ib_status ib_study_add_binning(ib_study *study, const ib_binning_options *options, uint32_t *estimator);

/** Adds an estimator of real-valued outputs, as ib_observer_add_estimator(). It is called on the threads of workers,
 *  several at the same time, each with the context of its worker. Name and setting are part of ib_study_setting().
 *  Before ib_study_read() and ib_study_run().
 *
 *  @param study        the study
 *  @param estimator    copied with its name, but not what user_data points to, which must last as long as the study
 *  @param[out] number  receives its number, 1 for the first, then 2, ...; may be NULL
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_STATE the study has runs already
 *  @since 0.1
 */
IB_API ib_status ib_study_add_estimator(ib_study *study, const ib_estimator *estimator, uint32_t *number);

/** Adds post-training quantisation, as ib_observer_add_quantised(). Before ib_study_read() and ib_study_run().
 *
 *  @param study        the study, whose network is not quantised
 *  @param bits         of activations: 1 to 16
 *  @param weight_bits  of kernels: 1 to 16; 0: they stay float32
 *  @param[out] number  receives its number, 1 for the first, then 2, ...; may be NULL
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_RANGE
 *  @retval IB_ERR_STATE the study has runs already, or its network is quantised
 *  @since 0.1
 */
IB_API ib_status ib_study_add_quantised(ib_study *study, uint32_t bits, uint32_t weight_bits, uint32_t *number);

/** Everything that decides the records of runs, as one number: a hash of the data set, the split, the layers, the way
 *  to train, estimators, schedule and treatment of bad fits. It is in the records of all runs (ib_record_options), so
 *  that those of one study are not taken for those of another.
 *
 *  @param study  the study
 *  @return the hash; 0 if study is NULL
 *  @since 0.1
 */
IB_API uint64_t ib_study_setting(const ib_study *study);

/** Takes back a run that was saved. Before ib_study_run().
 *
 *  What was given for the same run before is replaced, but not a finished run by one in progress. A finished run
 *  counts as done: it is not made again, and not handed over, and the study keeps nothing of it.
 *
 *  @param study         the study
 *  @param read          gives the bytes that ib_study_options::save was given; must end where they end
 *  @param user_data     passed to read
 *  @param[out] run      receives its number; may be NULL
 *  @param[out] outcome  receives #IB_OUTCOME_OPEN for a run in progress, else how it ended; may be NULL
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_STOPPED read asked to stop
 *  @retval IB_ERR_STATE of a study of another setting or seed, by kernels of another class; or the study is running
 *  @retval IB_ERR_RANGE the study has no run of that number, or read gave more bytes than were wanted
 *  @retval IB_ERR_IO the bytes end early, are damaged, or are no saved run
 *  @retval IB_ERR_UNSUPPORTED saved by a version of the library with another format or other bits
 *  @retval IB_ERR_CALLBACK read failed; its value is ib_context_callback_value()
 *  @since 0.1
 */
IB_API ib_status ib_study_read(ib_study *study, ib_read_fn read, void *user_data, uint64_t *run, uint32_t *outcome);

/** Makes all runs that are not finished, and returns when no worker is at any. After a stop, or a failure that has been
 *  mended, another call goes on from there, whether anything was saved or not.
 *
 *  @param study  the study
 *  @retval IB_OK all runs are finished
 *  @retval IB_STOPPED a callback or an estimator asked to stop, its value is ib_context_callback_value(); what the runs
 *          in progress had come to has been saved
 *  @return #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_STATE called from a callback of the study
 *  @retval IB_ERR_NONFINITE a training has diverged; the message names the run
 *  @retval IB_ERR_RANGE outputs lie outside the bounds of an estimator, or a run is a bad fit in all its attempts; the
 *          message names the run
 *  @retval IB_ERR_CALLBACK a callback or an estimator failed, its value is ib_context_callback_value(); of an estimator
 *          the message names the run
 *  @return any status of the library with which a call within an estimator failed; the message names the run
 *  @since 0.1
 */
IB_API ib_status ib_study_run(ib_study *study);

/** Asks all workers to hand over their runs in progress, each at the end of its epoch. For the callback for progress,
 *  which may know the time.
 *
 *  @param study  the study; NULL has no effect
 *  @since 0.1
 */
IB_API void ib_study_checkpoint(ib_study *study);

/** @} */

IB_END_DECLS

#endif
