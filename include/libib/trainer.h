/** @file trainer.h
 *  @brief A training in pieces, which can be saved at any epoch and continued elsewhere.
 */
#ifndef LIBIB_TRAINER_H
#define LIBIB_TRAINER_H

#include <libib/bytes.h>
#include <libib/train.h>

/** @defgroup trainer Trainer
 *  @brief What ib_train_run() does, epoch by epoch; saved and read back, it goes on to the same bits.
 *
 *  To continue a run that was saved, create a trainer just as at its beginning, with a network made in the same way,
 *  and give it what was saved by ib_trainer_read(). All weights, codes and points from there on are those of the
 *  uninterrupted run.
 *
 *  From ib_trainer_create() to ib_trainer_destroy() the network is *in use*: it can be read, measured, and make
 *  inference passes, but not be trained or changed by others, and ib_network_destroy() takes effect at the end.
 *  @{
 */

/** A training in progress; opaque. */
typedef struct ib_trainer ib_trainer;

IB_BEGIN_DECLS

/** Begins a run: draws the weights, trains nothing yet.
 *
 *  @param network   the network; its last layer is softmax and as wide as the data set has classes. Its context is used
 *  @param dataset   as many inputs as the network; must last until the trainer is destroyed
 *  @param split     of as many rows as the data set; must last until the trainer is destroyed
 *  @param options   as for ib_train_run(), or NULL for the defaults; their epochs are not used
 *  @param[out] out  receives the trainer, to be freed with ib_trainer_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_RANGE run or attempt is too large, or an option of the optimiser is out of bounds
 *  @retval IB_ERR_STATE the network is in use, or its last layer is not softmax
 *  @since 0.1
 */
IB_API ib_status ib_trainer_create(ib_network *network, const ib_dataset *dataset, const ib_split *split,
                                   const ib_train_options *options, ib_trainer **out);

/** Frees a trainer; its network stays as it is, and can be used again. Inside a callback of the trainer this only
 *  takes effect when the call that made the callback ends.
 *
 *  @param trainer  may be NULL
 *  @since 0.1
 */
IB_API void ib_trainer_destroy(ib_trainer *trainer);

/** Trains until some epochs are done, those of a prefit first.
 *
 *  The callback of the options hears of epoch 0 after the prefit, then of each epoch. It hears of no epoch twice,
 *  but for one in which it failed, which it is told again when the run goes on.
 *
 *  @param trainer  the trainer
 *  @param epochs   how many are to be done in all, also by earlier calls; 0: only the prefit
 *  @retval IB_OK they are done
 *  @retval IB_STOPPED the callback asked to stop; another call goes on
 *  @return #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_STATE called from a callback of the trainer
 *  @retval IB_ERR_NONFINITE the training has diverged; only ib_trainer_read() helps
 *  @retval IB_ERR_CALLBACK the callback failed; its value is ib_context_callback_value()
 *  @since 0.1
 */
IB_API ib_status ib_trainer_run(ib_trainer *trainer, uint32_t epochs);

/** Trains for one epoch: of the prefit while that lasts, then one more of the training proper.
 *
 *  Before the first epoch of the training proper the callback hears of epoch 0, after it of epoch 1, and so on.
 *
 *  @param trainer  the trainer
 *  @return as ib_trainer_run()
 *  @retval IB_STOPPED the callback asked to stop: before the epoch if that was at epoch 0, else after it
 *  @retval IB_ERR_OVERFLOW 2^32 - 1 epochs are done
 *  @since 0.1
 */
IB_API ib_status ib_trainer_step(ib_trainer *trainer);

/** Number of epochs done, without those of the prefit.
 *
 *  @param trainer  the trainer
 *  @return epochs; 0 if trainer is NULL
 *  @since 0.1
 */
IB_API uint32_t ib_trainer_epoch(const ib_trainer *trainer);

/** Number of epochs of the prefit done.
 *
 *  @param trainer  the trainer
 *  @return epochs; 0 if trainer is NULL
 *  @since 0.1
 */
IB_API uint32_t ib_trainer_prefit_epoch(const ib_trainer *trainer);

/** Saves the run as it is now, as docs/format.md defines it; also from within its callback of an epoch.
 *
 *  Saved are parameters, ranges, the optimiser, positions in the random streams and the number of epochs, and
 *  everything that must be the same where the run is continued. Allocates nothing.
 *
 *  @param trainer    the trainer
 *  @param write      takes the bytes
 *  @param user_data  passed to write
 *  @return #IB_OK, #IB_ERR_ARG
 *  @retval IB_STOPPED write asked to stop; what it was given is not whole
 *  @retval IB_ERR_STATE the training has diverged
 *  @retval IB_ERR_CALLBACK write failed; its value is ib_context_callback_value()
 *  @since 0.1
 */
IB_API ib_status ib_trainer_write(ib_trainer *trainer, ib_write_fn write, void *user_data);

/** Goes to where a run was saved, forwards or back. On failure the trainer is as it was.
 *
 *  The trainer must have been created with the same seed, run, attempt, batch, optimiser and prefit, on the same data
 *  and split, for a network of the same layers; the kernels must be of the same class (docs/determinism.md). The
 *  callback of the options is free. Reads no byte beyond the end of the saved run.
 *
 *  @param trainer    the trainer
 *  @param read       gives the bytes
 *  @param user_data  passed to read
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_STOPPED read asked to stop
 *  @retval IB_ERR_SHAPE the saved run is of another network or data set: number of inputs, layers, units, rows
 *  @retval IB_ERR_STATE the saved run had another setting; or called from a callback of the trainer
 *  @retval IB_ERR_IO the bytes end early, are damaged, or are no saved trainer
 *  @retval IB_ERR_UNSUPPORTED saved by a version of the library with another format or other bits
 *  @retval IB_ERR_RANGE read gave more bytes than were wanted
 *  @retval IB_ERR_CALLBACK read failed; its value is ib_context_callback_value()
 *  @since 0.1
 */
IB_API ib_status ib_trainer_read(ib_trainer *trainer, ib_read_fn read, void *user_data);

/** @} */

IB_END_DECLS

#endif
