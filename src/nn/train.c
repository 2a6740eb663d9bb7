/* Epochs and batches: shuffle, forward, backward, step; then the pass over all rows that callbacks watch. */
#include "base/flush.h"
#include "base/memory.h"
#include "base/tensor.h"
#include "nn/network.h"

#include <libib/train.h>

#include <string.h>

/* One run. */
typedef struct run {
    ib_context *context;
    ib_network *network;
    const ib_dataset *dataset;
    const ib_split *split;
    ib_train_options options; /* without unset members */
    ib_adam *adam;
    ib_rng *batches;
    uint32_t *order;        /* [training rows] */
    uint32_t *bits;         /* [rows] the inputs of a row, if all inputs are bits; else NULL */
    uint32_t *batch_bits;   /* [P][64] of a batch */
    float *x;               /* [P][D][64] of a batch */
    uint32_t *labels;       /* [P][64] of a batch */
    float *all;             /* [P][D][64] of all rows; this and below only with a callback */
    uint32_t *train_labels; /* [P][64], none in test rows */
    uint32_t *test_labels;  /* the other way round */
} run;

void ib_train_options_init(ib_train_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

static ib_status check(const ib_network *network, const ib_dataset *dataset, const ib_split *split)
{
    ib_context *context = network->context;
    if (!dataset || !split)
        return ib_i_fail_null(context, dataset ? "split" : "dataset");
    if (network->busy)
        return ib_i_fail(context, IB_ERR_STATE, "network: in use by ib_train_run(), it can only be read");
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
    IB_TRY(ib_i_options_read(context, options, sizeof *full, full, sizeof *full));
    if (full->run >> 40 || full->attempt >> 16)
        return ib_i_fail(context, IB_ERR_RANGE, "expected run below 2^40 and attempt below 2^16, got %llu and %u",
                         (unsigned long long)full->run, full->attempt);
    if (full->epochs == 0)
        full->epochs = 8000;
    if (full->batch == 0)
        full->batch = 256;
    if (full->batch > train_rows) /* else memory for rows that never come */
        full->batch = (uint32_t)train_rows;
    return IB_OK;
}

static void run_free(run *r)
{
    ib_adam_destroy(r->adam);
    ib_rng_destroy(r->batches);
    ib_i_free(r->context, r->order);
    ib_i_free(r->context, r->bits);
    ib_i_free(r->context, r->batch_bits);
    ib_i_free(r->context, r->x);
    ib_i_free(r->context, r->labels);
    ib_i_free(r->context, r->all);
    ib_i_free(r->context, r->train_labels);
    ib_i_free(r->context, r->test_labels);
}

/* Rows of bits are a word each, and need not be gathered from all over the data set anew for every batch. */
static ib_status load_bits(run *r)
{
    const size_t rows = ib_dataset_rows(r->dataset);
    r->bits = ib_i_alloc(r->context, rows, sizeof *r->bits);
    r->batch_bits = ib_i_alloc(r->context, ib_i_panels(r->options.batch) * IB_I_PANEL, sizeof *r->batch_bits);
    if (!r->bits || !r->batch_bits)
        return ib_i_fail_memory(r->context);
    if (!ib_i_panels_bits(ib_tensor_read(ib_dataset_inputs(r->dataset)), r->network->inputs, rows, r->bits)) {
        ib_i_free(r->context, r->bits);
        r->bits = NULL;
    }
    return IB_OK;
}

/* What only a callback needs: all rows in panels, and who is asked for which label. */
static ib_status load_all(run *r)
{
    const size_t rows = ib_dataset_rows(r->dataset), test = ib_split_test_count(r->split);
    const size_t lanes = ib_i_panels(rows) * IB_I_PANEL;
    const uint32_t *test_rows = ib_split_test_rows(r->split), *labels = ib_dataset_labels(r->dataset);
    r->all = ib_i_alloc(r->context, lanes * r->network->inputs, sizeof *r->all);
    r->train_labels = ib_i_alloc(r->context, lanes, sizeof *r->train_labels);
    r->test_labels = ib_i_alloc(r->context, lanes, sizeof *r->test_labels);
    if (!r->all || !r->train_labels || !r->test_labels)
        return ib_i_fail_memory(r->context);
    ib_i_panels_load(ib_tensor_read(ib_dataset_inputs(r->dataset)), r->network->inputs, NULL, rows, r->all);
    ib_i_panels_labels(labels, NULL, rows, r->train_labels);
    for (size_t i = 0; i < lanes; i++)
        r->test_labels[i] = IB_I_NO_LABEL;
    for (size_t i = 0; i < test; i++) {
        r->test_labels[test_rows[i]] = labels[test_rows[i]];
        r->train_labels[test_rows[i]] = IB_I_NO_LABEL;
    }
    return IB_OK;
}

/* Buffers of the network for a batch and, where a callback watches, for all rows. */
static ib_status reserve(const run *r)
{
    const size_t batch = ib_i_panels(r->options.batch), all = ib_i_panels(ib_dataset_rows(r->dataset));
    return ib_i_network_reserve(r->network, r->options.callback && all > batch ? all : batch);
}

static ib_status run_make(run *r)
{
    ib_context *context = r->context;
    const size_t batch = ib_i_panels(r->options.batch) * IB_I_PANEL;
    r->order = ib_i_alloc(context, ib_split_train_count(r->split), sizeof *r->order);
    r->x = ib_i_alloc(context, batch * r->network->inputs, sizeof *r->x);
    r->labels = ib_i_alloc(context, batch, sizeof *r->labels);
    if (!r->order || !r->x || !r->labels)
        return ib_i_fail_memory(context);
    IB_TRY(load_bits(r));
    if (r->options.callback)
        IB_TRY(load_all(r));
    IB_TRY(reserve(r));
    IB_TRY(ib_adam_create(context, r->network->parameter_count, r->options.adam, &r->adam));
    const ib_train_options *o = &r->options;
    return ib_rng_create(context, o->seed, ib_rng_stream(o->run, o->attempt, IB_STREAM_BATCHES), &r->batches);
}

static ib_status draw_weights(run *r)
{
    const ib_train_options *o = &r->options;
    ib_rng *rng = NULL;
    IB_TRY(ib_rng_create(r->context, o->seed, ib_rng_stream(o->run, o->attempt, IB_STREAM_WEIGHTS), &rng));
    const ib_status status = ib_network_initialise(r->network, rng);
    ib_rng_destroy(rng);
    return status;
}

/* Sums of an epoch's batches. */
typedef struct totals {
    double loss;
    size_t correct;
} totals;

static void load_batch(run *r, const uint32_t *rows, size_t n)
{
    const size_t inputs = r->network->inputs;
    if (r->bits) {
        ib_i_panels_pick(r->bits, rows, n, r->batch_bits);
        r->context->kernels->expand_bits(ib_i_panels(n), inputs, r->batch_bits, r->x);
    } else {
        ib_i_panels_load(ib_tensor_read(ib_dataset_inputs(r->dataset)), inputs, rows, n, r->x);
    }
    ib_i_panels_labels(ib_dataset_labels(r->dataset), rows, n, r->labels);
}

static ib_status train_batch(run *r, const uint32_t *rows, size_t n, totals *sums)
{
    double loss;
    size_t correct;
    load_batch(r, rows, n);
    IB_TRY(ib_i_network_forward(r->network, IB_PASS_TRAINING, r->x, n));
    IB_TRY(ib_i_network_backward(r->network, r->labels, &loss, &correct));
    sums->loss += loss;
    sums->correct += correct;
    return ib_adam_step(r->adam, r->network->gradient, r->network->parameters);
}

static ib_status train_epoch(run *r, totals *sums)
{
    const size_t rows = ib_split_train_count(r->split), batch = r->options.batch;
    *sums = (totals){0};
    ib_i_network_begin_epoch(r->network);
    IB_TRY(ib_split_order(r->split, r->batches, r->order));
    for (size_t start = 0; start < rows; start += batch)
        IB_TRY(train_batch(r, r->order + start, rows - start < batch ? rows - start : batch, sums));
    return IB_OK;
}

/* Mean loss and accuracy of the rows with a label, in the pass over all rows. */
static ib_status evaluate(run *r, const uint32_t *labels, size_t rows, double *loss, double *accuracy)
{
    size_t correct = 0;
    *loss = *accuracy = 0.0;
    if (rows == 0)
        return IB_OK;
    IB_TRY(ib_i_network_loss(r->network, labels, loss, &correct));
    *loss /= (double)rows;
    *accuracy = (double)correct / (double)rows;
    return IB_OK;
}

/* The pass over all rows, and the callback, which runs in the caller's floating-point mode. */
static ib_status report(run *r, uint32_t epoch, const totals *sums, ib_i_flush callers_mode)
{
    if (!r->options.callback)
        return IB_OK;
    const size_t train_rows = ib_split_train_count(r->split);
    ib_epoch info = {.struct_size = sizeof info, .epoch = epoch};
    IB_TRY(ib_i_network_forward(r->network, IB_PASS_INFERENCE, r->all, ib_dataset_rows(r->dataset)));
    IB_TRY(evaluate(r, r->train_labels, train_rows, &info.train_loss, &info.train_accuracy));
    IB_TRY(evaluate(r, r->test_labels, ib_split_test_count(r->split), &info.test_loss, &info.test_accuracy));
    info.running_loss = sums ? sums->loss / (double)train_rows : info.train_loss;
    info.running_accuracy = sums ? (double)sums->correct / (double)train_rows : info.train_accuracy;
    ib_i_flush_end(callers_mode);
    const int32_t answer = r->options.callback(&info, r->network, r->options.user_data);
    ib_i_flush_begin();
    IB_TRY(ib_i_callback(r->context, "epoch", answer));
    return reserve(r); /* a pass of the callback that ran out of memory has let the buffers go */
}

static ib_status train(run *r, ib_i_flush callers_mode)
{
    IB_TRY(run_make(r));
    IB_TRY(draw_weights(r));
    ib_i_network_set_busy(r->network, 1);
    IB_TRY(report(r, 0, NULL, callers_mode));
    for (uint32_t epoch = 1; epoch <= r->options.epochs; epoch++) {
        totals sums;
        IB_TRY(train_epoch(r, &sums));
        IB_TRY(report(r, epoch, &sums, callers_mode));
    }
    return IB_OK;
}

ib_status ib_train_run(ib_network *network, const ib_dataset *dataset, const ib_split *split,
                       const ib_train_options *options)
{
    if (!network)
        return IB_ERR_ARG;
    IB_TRY(check(network, dataset, split));
    run r = {.context = network->context, .network = network, .dataset = dataset, .split = split};
    IB_TRY(resolve(r.context, options, ib_split_train_count(split), &r.options));
    ib_context *context = ib_i_hold(r.context);
    const ib_i_flush mode = ib_i_flush_begin();
    const ib_status status = train(&r, mode);
    ib_i_flush_end(mode);
    run_free(&r);
    ib_i_network_set_busy(network, 0);
    if (network->doomed)
        ib_network_destroy(network);
    if (status == IB_OK || status == IB_STOPPED)
        ib_i_ok(context);
    ib_context_destroy(context);
    return status;
}
