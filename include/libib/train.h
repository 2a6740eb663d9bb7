/** @file train.h
 *  @brief Training over epochs, with a callback after each.
 */
#ifndef LIBIB_TRAIN_H
#define LIBIB_TRAIN_H

#include <libib/adam.h>
#include <libib/network.h>
#include <libib/sgd.h>
#include <libib/split.h>

/** @defgroup train Train
 *  @brief Epochs, batches, seeds and the callback that watches.
 *
 *  ib_train_run() makes a run in one go; @ref trainer makes the same run in pieces, which can be saved.
 *
 *  A **prefit** teaches the network shuffled labels before the training proper: what it learns of the inputs then has
 *  nothing to do with their classes. The labels of the training rows are shuffled once, each class keeping its number.
 *  Epochs of the prefit have no number and are not measured; epoch 0 is the network as the prefit left it. Initial
 *  weights, and the orders of rows in the training proper, are the same with a prefit as without.
 *  @{
 */

/** What the training proper begins anew after a prefit; sums of them, too. Weights and biases are always kept. */
enum {
    IB_PREFIT_RESET_OPTIMISER = 1, /**< moments or velocity, and the number of steps */
    IB_PREFIT_RESET_RANGES = 2     /**< ranges of quantisers */
};

/** What is known after an epoch. */
typedef struct ib_epoch {
    uint32_t struct_size; /**< bytes of this struct as the library knows it */
    uint32_t epoch;       /**< epochs done, without those of a prefit; 0: the network before training */
    /** Mean loss of the epoch's batches, each in training mode before its step, weighted by rows, in nats; at epoch 0:
     *  `train_loss`. */
    double running_loss;
    double running_accuracy; /**< the same for correct / rows; at epoch 0: `train_accuracy` */
    double train_loss;       /**< training rows in inference mode, from the pass over all rows */
    double train_accuracy;   /**< training rows in inference mode */
    double test_loss;        /**< test rows in inference mode; 0 if there are none */
    double test_accuracy;    /**< test rows in inference mode; 0 if there are none */
} ib_epoch;

/** Watches a run: called with epoch 0 before training, then after each epoch.
 *
 *  The network holds an inference pass over all rows of the data set, in their order, ready to be read and measured. It
 *  may make other inference passes, but cannot be trained, changed or destroyed from here.
 *
 *  @param epoch      what is known; valid during the call
 *  @param network    the network
 *  @param user_data  as given in ib_train_options
 *  @return 0 to go on, positive to stop, negative to fail
 */
typedef int32_t (*ib_epoch_fn)(const ib_epoch *epoch, ib_network *network, void *user_data);

/** How to train. */
typedef struct ib_train_options {
    uint32_t struct_size;        /**< bytes of this struct as the caller knows it */
    uint32_t epochs;             /**< epochs of ib_train_run(); 0: 8000, those of the study */
    uint32_t batch;              /**< rows of a batch; 0: 256. A last partial batch is kept, its gradient their mean */
    uint32_t attempt;            /**< 0, one more after each restart of the run; < 2^16 */
    uint64_t seed;               /**< determines everything random, together with run and attempt */
    uint64_t run;                /**< number of the run; < 2^40 */
    const ib_adam_options *adam; /**< NULL for the defaults */
    ib_epoch_fn callback;        /**< may be NULL; then no pass over all rows is made */
    void *user_data;             /**< passed to callback */
    const ib_sgd_options *sgd;   /**< gradient descent instead of Adam, and then `adam` is NULL; NULL: Adam */
    uint32_t prefit_epochs;      /**< epochs on shuffled labels before the training proper; 0: none */
    uint32_t prefit_reset;       /**< sum of `IB_PREFIT_*` values; 0: the training proper carries on */
} ib_train_options;

IB_BEGIN_DECLS

/** Fills options with the defaults: all zero.
 *
 *  @param[out] options  written
 *  @since 0.1
 */
IB_API void ib_train_options_init(ib_train_options *options);

/** Trains a network from new weights.
 *
 *  Weights are drawn from the stream (seed, run, attempt, #IB_STREAM_WEIGHTS), batch orders from (seed, run, attempt,
 *  #IB_STREAM_BATCHES) of ib_rng_stream(): run r does not depend on how many runs there are. A prefit draws from (seed,
 *  run, attempt, #IB_STREAM_LABELS): ib_rng_shuffle() of the labels of the ascending training rows, then its orders.
 *  With epochs known to the caller as k, the state after k epochs is that of a run of k epochs.
 *
 *  @param network  the network; its last layer is softmax and as wide as the data set has classes
 *  @param dataset  as many inputs as the network
 *  @param split    of as many rows as the data set
 *  @param options  how, or NULL for the defaults
 *  @retval IB_OK all epochs done
 *  @retval IB_STOPPED the callback asked to stop; the network is as it was in that call
 *  @return #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NOMEM, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_RANGE run or attempt is too large, or an option of the optimiser is out of bounds
 *  @retval IB_ERR_STATE the network is in use, or its last layer is not softmax
 *  @retval IB_ERR_NONFINITE the training has diverged
 *  @retval IB_ERR_CALLBACK the callback failed; its value is ib_context_callback_value()
 *  @since 0.1
 */
IB_API ib_status ib_train_run(ib_network *network, const ib_dataset *dataset, const ib_split *split,
                              const ib_train_options *options);

/** @} */

IB_END_DECLS

#endif
