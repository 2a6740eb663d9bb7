/* Epochs and batches: shuffle, forward, backward, step; then the pass over all rows that callbacks watch. */
#include "nn/trainer.h"

#include "base/flush.h"
#include "base/memory.h"
#include "base/tensor.h"

static ib_status check(const ib_network *network, const ib_dataset *dataset, const ib_split *split)
{
    ib_context *context = network->context;
    if (!dataset || !split)
        return ib_i_fail_null(context, dataset ? "split" : "dataset");
    if (network->busy)
        return ib_i_fail(context, IB_ERR_STATE, "network: in use by a trainer, it can only be read");
    IB_TRY(ib_i_network_check_softmax(network));
    if (ib_dataset_features(dataset) != network->inputs)
        return ib_i_fail(context, IB_ERR_SHAPE, "inputs of the data set: expected %zu, got %zu", network->inputs,
                         ib_dataset_features(dataset));
    const size_t classes = ib_network_width(network, network->layers);
    if (ib_dataset_classes(dataset) != classes)
        return ib_i_fail(context, IB_ERR_SHAPE, "classes of the data set: expected %zu, got %u", classes,
                         ib_dataset_classes(dataset));
    const size_t rows = ib_split_train_count(split) + ib_split_test_count(split);
    if (ib_dataset_rows(dataset) != rows)
        return ib_i_fail(context, IB_ERR_SHAPE, "rows of the data set: expected %zu as the split has, got %zu", rows,
                         ib_dataset_rows(dataset));
    return IB_OK;
}

static ib_status resolve(ib_context *context, const ib_train_options *options, size_t train_rows,
                         ib_train_options *full)
{
    const uint32_t resets = IB_PREFIT_RESET_OPTIMISER | IB_PREFIT_RESET_RANGES;
    IB_TRY(ib_i_options_read(context, options, sizeof *full, full, sizeof *full));
    if (full->run >> 40 || full->attempt >> 16)
        return ib_i_fail(context, IB_ERR_RANGE, "expected run below 2^40 and attempt below 2^16, got %llu and %u",
                         (unsigned long long)full->run, full->attempt);
    if (full->adam && full->sgd)
        return ib_i_fail(context, IB_ERR_ARG, "optimiser: expected options of Adam or of SGD, got both");
    if (full->prefit_reset & ~resets)
        return ib_i_fail(context, IB_ERR_ARG, "prefit_reset: expected 0 to %u, got %u", resets, full->prefit_reset);
    if (full->epochs == 0)
        full->epochs = 8000;
    if (full->batch == 0)
        full->batch = 256;
    if (full->batch > train_rows) /* else memory for rows that never come */
        full->batch = (uint32_t)train_rows;
    return IB_OK;
}

static void free_trainer(ib_trainer *t)
{
    ib_adam_destroy(t->adam);
    ib_sgd_destroy(t->sgd);
    ib_rng_destroy(t->batches);
    ib_rng_destroy(t->prefit);
    ib_i_free(t->context, t->order);
    ib_i_free(t->context, t->shuffled);
    ib_i_free(t->context, t->bits);
    ib_i_free(t->context, t->batch_bits);
    ib_i_free(t->context, t->x);
    ib_i_free(t->context, t->labels);
    ib_i_free(t->context, t->all);
    ib_i_free(t->context, t->train_labels);
    ib_i_free(t->context, t->test_labels);
    ib_i_object_destroy(t->context, t);
}

/* Rows of bits are a word each, and need not be gathered from all over the data set anew for every batch. */
static ib_status load_bits(ib_trainer *t)
{
    const size_t rows = ib_dataset_rows(t->dataset);
    t->bits = ib_i_alloc(t->context, rows, sizeof *t->bits);
    t->batch_bits = ib_i_alloc(t->context, ib_i_panels(t->options.batch) * IB_I_PANEL, sizeof *t->batch_bits);
    if (!t->bits || !t->batch_bits)
        return ib_i_fail_memory(t->context);
    if (!ib_i_panels_bits(ib_tensor_read(ib_dataset_inputs(t->dataset)), t->network->inputs, rows, t->bits)) {
        ib_i_free(t->context, t->bits);
        t->bits = NULL;
    }
    return IB_OK;
}

/* What only a callback needs: all rows in panels, and who is asked for which label. */
static ib_status load_all(ib_trainer *t)
{
    const size_t rows = ib_dataset_rows(t->dataset), test = ib_split_test_count(t->split);
    const size_t lanes = ib_i_panels(rows) * IB_I_PANEL;
    const uint32_t *test_rows = ib_split_test_rows(t->split), *labels = ib_dataset_labels(t->dataset);
    t->all = ib_i_alloc(t->context, lanes * t->network->inputs, sizeof *t->all);
    t->train_labels = ib_i_alloc(t->context, lanes, sizeof *t->train_labels);
    t->test_labels = ib_i_alloc(t->context, lanes, sizeof *t->test_labels);
    if (!t->all || !t->train_labels || !t->test_labels)
        return ib_i_fail_memory(t->context);
    ib_i_panels_load(ib_tensor_read(ib_dataset_inputs(t->dataset)), t->network->inputs, NULL, rows, t->all);
    ib_i_panels_labels(labels, NULL, rows, t->train_labels);
    for (size_t i = 0; i < lanes; i++)
        t->test_labels[i] = IB_I_NO_LABEL;
    for (size_t i = 0; i < test; i++) {
        t->test_labels[test_rows[i]] = labels[test_rows[i]];
        t->train_labels[test_rows[i]] = IB_I_NO_LABEL;
    }
    return IB_OK;
}

/* The labels of the training rows, dealt anew among these rows. */
static ib_status shuffle_labels(ib_trainer *t)
{
    const size_t n = ib_split_train_count(t->split);
    const uint32_t *rows = ib_split_train_rows(t->split), *labels = ib_dataset_labels(t->dataset);
    t->shuffled = ib_i_alloc(t->context, ib_dataset_rows(t->dataset), sizeof *t->shuffled);
    if (!t->shuffled)
        return ib_i_fail_memory(t->context);
    for (size_t i = 0; i < n; i++)
        t->order[i] = labels[rows[i]];
    IB_TRY(ib_rng_shuffle(t->prefit, t->order, n));
    for (size_t i = 0; i < n; i++)
        t->shuffled[rows[i]] = t->order[i];
    return IB_OK;
}

/* Buffers of the network for a batch and, where a callback watches, for all rows. A pass of the caller that ran out of
 * memory may have let them go. */
static ib_status reserve(const ib_trainer *t)
{
    const size_t batch = ib_i_panels(t->options.batch), all = ib_i_panels(ib_dataset_rows(t->dataset));
    return ib_i_network_reserve(t->network, t->options.callback && all > batch ? all : batch);
}

static ib_status open_stream(const ib_trainer *t, uint32_t purpose, ib_rng **rng)
{
    const ib_train_options *o = &t->options;
    return ib_rng_create(t->context, o->seed, ib_rng_stream(o->run, o->attempt, purpose), rng);
}

static ib_status create_optimiser(ib_trainer *t)
{
    const size_t n = t->network->parameter_count;
    const ib_train_options *o = &t->options;
    IB_TRY(o->sgd ? ib_sgd_create(t->context, n, o->sgd, &t->sgd) : ib_adam_create(t->context, n, o->adam, &t->adam));
    t->options.adam = NULL; /* the caller's, who need not keep them */
    t->options.sgd = NULL;
    return IB_OK;
}

static ib_status fill(ib_trainer *t)
{
    const size_t batch = ib_i_panels(t->options.batch) * IB_I_PANEL;
    t->order = ib_i_alloc(t->context, ib_split_train_count(t->split), sizeof *t->order);
    t->x = ib_i_alloc(t->context, batch * t->network->inputs, sizeof *t->x);
    t->labels = ib_i_alloc(t->context, batch, sizeof *t->labels);
    if (!t->order || !t->x || !t->labels)
        return ib_i_fail_memory(t->context);
    IB_TRY(load_bits(t));
    if (t->options.callback)
        IB_TRY(load_all(t));
    IB_TRY(reserve(t));
    IB_TRY(create_optimiser(t));
    IB_TRY(open_stream(t, IB_STREAM_BATCHES, &t->batches));
    IB_TRY(open_stream(t, IB_STREAM_LABELS, &t->prefit));
    return t->options.prefit_epochs ? shuffle_labels(t) : IB_OK;
}

static ib_status draw_weights(ib_trainer *t)
{
    ib_rng *rng = NULL;
    IB_TRY(open_stream(t, IB_STREAM_WEIGHTS, &rng));
    const ib_i_flush mode = ib_i_flush_begin();
    const ib_status status = ib_network_initialise(t->network, rng);
    ib_i_flush_end(mode);
    ib_rng_destroy(rng);
    return status;
}

ib_status ib_trainer_create(ib_network *network, const ib_dataset *dataset, const ib_split *split,
                            const ib_train_options *options, ib_trainer **out)
{
    if (out)
        *out = NULL;
    if (!network)
        return IB_ERR_ARG;
    ib_context *context = network->context;
    if (!out)
        return ib_i_fail_null(context, "out");
    IB_TRY(check(network, dataset, split));
    ib_train_options full;
    IB_TRY(resolve(context, options, ib_split_train_count(split), &full));
    ib_trainer *t = ib_i_object_create(context, sizeof *t);
    if (!t)
        return IB_ERR_NOMEM;
    *t = (ib_trainer){.context = context, .network = network, .dataset = dataset, .split = split, .options = full};
    ib_status status = fill(t);
    if (status == IB_OK)
        status = draw_weights(t);
    if (status != IB_OK) {
        free_trainer(t);
        return status;
    }
    ib_i_network_set_busy(network, 1);
    *out = t;
    return ib_i_ok(context);
}

void ib_trainer_destroy(ib_trainer *trainer)
{
    if (!trainer)
        return;
    if (trainer->busy) {
        trainer->doomed = 1;
        return;
    }
    ib_network *network = trainer->network;
    ib_i_network_set_busy(network, 0);
    if (network->doomed)
        ib_network_destroy(network);
    free_trainer(trainer);
}

void ib_i_trainer_enter(ib_trainer *trainer)
{
    trainer->busy++;
}

ib_status ib_i_trainer_leave(ib_trainer *trainer, ib_status status)
{
    if (status == IB_OK || status == IB_STOPPED)
        ib_i_ok(trainer->context);
    trainer->busy--;
    if (trainer->doomed)
        ib_trainer_destroy(trainer);
    return status;
}

void ib_i_trainer_take_back(ib_trainer *trainer)
{
    trainer->at.reported = 0;
}

ib_status ib_i_trainer_check_idle(const ib_trainer *trainer)
{
    if (trainer->busy)
        return ib_i_fail(trainer->context, IB_ERR_STATE, "trainer: expected a call from outside its callbacks");
    return IB_OK;
}

static void load_batch(ib_trainer *t, const uint32_t *labels, const uint32_t *rows, size_t n)
{
    const size_t inputs = t->network->inputs;
    if (t->bits) {
        ib_i_panels_pick(t->bits, rows, n, t->batch_bits);
        t->context->kernels->expand_bits(ib_i_panels(n), inputs, t->batch_bits, t->x);
    } else {
        ib_i_panels_load(ib_tensor_read(ib_dataset_inputs(t->dataset)), inputs, rows, n, t->x);
    }
    ib_i_panels_labels(labels, rows, n, t->labels);
}

static ib_status train_batch(ib_trainer *t, const uint32_t *labels, const uint32_t *rows, size_t n, ib_i_progress *sums)
{
    const ib_network *network = t->network;
    double loss;
    size_t correct;
    load_batch(t, labels, rows, n);
    IB_TRY(ib_i_network_forward(t->network, IB_PASS_TRAINING, t->x, n));
    IB_TRY(ib_i_network_backward(t->network, t->labels, &loss, &correct));
    sums->loss += loss;
    sums->correct += correct;
    return t->adam ? ib_adam_step(t->adam, network->gradient, network->parameters)
                   : ib_sgd_step(t->sgd, network->gradient, network->parameters);
}

/* An epoch on some labels, in orders of a stream; the sums of its batches become those of `next`. */
static ib_status train_epoch(ib_trainer *t, ib_rng *stream, const uint32_t *labels, ib_i_progress *next)
{
    const size_t rows = ib_split_train_count(t->split), batch = t->options.batch;
    next->loss = 0.0;
    next->correct = 0;
    ib_i_network_begin_epoch(t->network);
    IB_TRY(ib_split_order(t->split, stream, t->order));
    for (size_t start = 0; start < rows; start += batch)
        IB_TRY(train_batch(t, labels, t->order + start, rows - start < batch ? rows - start : batch, next));
    return IB_OK;
}

/* What the training proper does not take over from the prefit. */
static void begin_anew(ib_trainer *t)
{
    if (t->options.prefit_reset & IB_PREFIT_RESET_OPTIMISER) {
        if (t->adam)
            ib_i_adam_reset(t->adam);
        else
            ib_i_sgd_reset(t->sgd);
    }
    if (t->options.prefit_reset & IB_PREFIT_RESET_RANGES)
        ib_i_network_reset_ranges(t->network);
}

/* One epoch more, of the prefit or of the training proper. */
static ib_status advance(ib_trainer *t)
{
    const int prefit = t->at.prefit < t->options.prefit_epochs;
    ib_i_progress next = t->at;
    if (t->at.epoch == UINT32_MAX)
        return ib_i_fail(t->context, IB_ERR_OVERFLOW, "epochs: expected fewer than %u, got one more", UINT32_MAX);
    IB_TRY(reserve(t));
    const ib_status status = prefit ? train_epoch(t, t->prefit, t->shuffled, &next)
                                    : train_epoch(t, t->batches, ib_dataset_labels(t->dataset), &next);
    t->network->pass = IB_I_NO_PASS; /* the weights have moved on since the last batch */
    t->diverged = status != IB_OK;
    IB_TRY(status);
    next.prefit += prefit != 0;
    next.epoch += prefit == 0;
    next.reported = 0;
    t->at = next;
    if (prefit && next.prefit == t->options.prefit_epochs)
        begin_anew(t);
    return IB_OK;
}

/* Mean loss and accuracy of the rows with a label, in the pass over all rows. */
static ib_status evaluate(ib_trainer *t, const uint32_t *labels, size_t rows, double *loss, double *accuracy)
{
    size_t correct = 0;
    *loss = *accuracy = 0.0;
    if (rows == 0)
        return IB_OK;
    IB_TRY(ib_i_network_loss(t->network, labels, loss, &correct));
    *loss /= (double)rows;
    *accuracy = (double)correct / (double)rows;
    return IB_OK;
}

static ib_status measure(ib_trainer *t, ib_epoch *info)
{
    const size_t train_rows = ib_split_train_count(t->split);
    IB_TRY(reserve(t));
    IB_TRY(ib_i_network_forward(t->network, IB_PASS_INFERENCE, t->all, ib_dataset_rows(t->dataset)));
    IB_TRY(evaluate(t, t->train_labels, train_rows, &info->train_loss, &info->train_accuracy));
    IB_TRY(evaluate(t, t->test_labels, ib_split_test_count(t->split), &info->test_loss, &info->test_accuracy));
    info->running_loss = t->at.epoch ? t->at.loss / (double)train_rows : info->train_loss;
    info->running_accuracy = t->at.epoch ? (double)t->at.correct / (double)train_rows : info->train_accuracy;
    return IB_OK;
}

/* Unless it was done before: the pass over all rows, and the callback, in the caller's floating-point mode. */
static ib_status report(ib_trainer *t, ib_i_flush callers_mode)
{
    if (t->at.reported)
        return IB_OK;
    if (t->options.callback) {
        ib_epoch info = {.struct_size = sizeof info, .epoch = t->at.epoch};
        IB_TRY(measure(t, &info));
        t->at.reported = 1; /* for a state that the callback saves */
        ib_i_flush_end(callers_mode);
        const int32_t answer = t->options.callback(&info, t->network, t->options.user_data);
        ib_i_flush_begin();
        t->at.reported = answer >= 0;
        return ib_i_callback(t->context, "epoch", answer);
    }
    t->at.reported = 1;
    return IB_OK;
}

static ib_status step(ib_trainer *t, ib_i_flush mode)
{
    if (t->at.prefit < t->options.prefit_epochs)
        return advance(t);
    IB_TRY(report(t, mode));
    IB_TRY(advance(t));
    return report(t, mode);
}

static ib_status run(ib_trainer *t, uint32_t epochs, ib_i_flush mode)
{
    while (t->at.prefit < t->options.prefit_epochs || t->at.epoch < epochs)
        IB_TRY(step(t, mode));
    return report(t, mode);
}

/* Steps until so many epochs are done, or once if `once`. */
static ib_status go(ib_trainer *trainer, uint32_t epochs, int once)
{
    IB_TRY(ib_i_trainer_check_idle(trainer));
    if (trainer->diverged)
        return ib_i_fail(trainer->context, IB_ERR_NONFINITE, "trainer: the training has diverged after epoch %u",
                         trainer->at.epoch);
    ib_i_trainer_enter(trainer);
    const ib_i_flush mode = ib_i_flush_begin();
    const ib_status status = once ? step(trainer, mode) : run(trainer, epochs, mode);
    ib_i_flush_end(mode);
    return ib_i_trainer_leave(trainer, status);
}

ib_status ib_trainer_run(ib_trainer *trainer, uint32_t epochs)
{
    return trainer ? go(trainer, epochs, 0) : IB_ERR_ARG;
}

ib_status ib_trainer_step(ib_trainer *trainer)
{
    return trainer ? go(trainer, 0, 1) : IB_ERR_ARG;
}

uint32_t ib_trainer_epoch(const ib_trainer *trainer)
{
    return trainer ? trainer->at.epoch : 0;
}

uint32_t ib_trainer_prefit_epoch(const ib_trainer *trainer)
{
    return trainer ? trainer->at.prefit : 0;
}
