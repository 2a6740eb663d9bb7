/* A trainer as bytes: docs/format.md has the same list of fields, for readers without a C compiler. */
#include "nn/trainer.h"

#include "base/bytes.h"
#include "base/flush.h"
#include "base/memory.h"
#include "base/rng.h"

#include <string.h>

/* The first byte is no text, and line ends are converted by what takes the rest for text. */
static const ib_i_format trainer_format = {"trainer", {0x89, 'i', 'b', 't', '\r', '\n', 0x1a, '\n'}, 1};

/* Raised by every release that changes bits of results: a run continued by another would be a run of neither. */
#define RESULTS 1u

/* What moves, and what the random streams and the optimiser are made of. When saving, arrays are those of the trainer;
 * when reading they are our own, until all is known to be well. */
typedef struct saved {
    ib_trainer *trainer;
    uint64_t data; /* hash of data set and split */
    ib_i_progress at;
    uint64_t batches, prefit; /* words drawn */
    uint64_t steps;
    double power1, power2;      /* of Adam */
    float *parameters;          /* [n] */
    float *moments1, *moments2; /* [n] of Adam; moments1: the velocity of SGD */
    ib_i_range *ranges;         /* reading: of all quantisers, one after the other; else NULL */
} saved;

/* The quantisers of a network, NULL where there is none: two of each layer. */
static size_t quantisers(const ib_network *network)
{
    return 2 * network->layers;
}

static ib_quant *quantiser(const ib_network *network, size_t i)
{
    const ib_i_layer *layer = &network->layer[i / 2];
    return i % 2 ? layer->weights : layer->activations;
}

static uint64_t hash_data(const ib_trainer *t)
{
    ib_i_bytes bytes;
    const size_t rows = ib_dataset_rows(t->dataset);
    ib_i_bytes_hash_begin(&bytes, t->context);
    ib_i_bytes_hash_f32s(&bytes, ib_tensor_read(ib_dataset_inputs(t->dataset)), rows * t->network->inputs);
    ib_i_bytes_hash_u32s(&bytes, ib_dataset_labels(t->dataset), rows);
    ib_i_bytes_hash_u32s(&bytes, ib_split_train_rows(t->split), ib_split_train_count(t->split));
    return ib_i_bytes_hash_end(&bytes);
}

static void agree_on_epochs(ib_i_bytes *b, const ib_trainer *t)
{
    const ib_train_options *o = &t->options;
    ib_i_bytes_agree(b, IB_ERR_STATE, "batch", o->batch);
    ib_i_bytes_agree(b, IB_ERR_STATE, "prefit_epochs", o->prefit_epochs);
    ib_i_bytes_agree(b, IB_ERR_STATE, "prefit_reset", o->prefit_reset);
}

static void agree_on_run(ib_i_bytes *b, const ib_trainer *t)
{
    const ib_train_options *o = &t->options;
    ib_i_bytes_agree(b, IB_ERR_UNSUPPORTED, "version of the bits of results", RESULTS);
    ib_i_bytes_agree(b, IB_ERR_STATE, "kernels with fused multiply-add", t->context->kernels->fused != 0);
    ib_i_bytes_agree(b, IB_ERR_STATE, "seed", o->seed);
    ib_i_bytes_agree(b, IB_ERR_STATE, "run", o->run);
    ib_i_bytes_agree(b, IB_ERR_STATE, "attempt", o->attempt);
    agree_on_epochs(b, t);
}

static void agree_on_data(ib_i_bytes *b, const ib_trainer *t, uint64_t hash)
{
    ib_i_bytes_agree(b, IB_ERR_SHAPE, "rows of the data set", ib_dataset_rows(t->dataset));
    ib_i_bytes_agree(b, IB_ERR_SHAPE, "training rows", ib_split_train_count(t->split));
    ib_i_bytes_agree(b, IB_ERR_SHAPE, "inputs", t->network->inputs);
    ib_i_bytes_agree(b, IB_ERR_SHAPE, "classes", ib_dataset_classes(t->dataset));
    ib_i_bytes_agree_hash(b, "hash of data set and split", hash);
}

static void agree_on_optimiser(ib_i_bytes *b, const ib_trainer *t)
{
    ib_i_bytes_agree(b, IB_ERR_STATE, "optimiser (0: Adam, 1: SGD)", t->sgd != NULL);
    if (t->sgd) {
        ib_i_bytes_agree_real(b, "rate", t->sgd->options.rate);
        ib_i_bytes_agree_real(b, "momentum", t->sgd->options.momentum);
        return;
    }
    ib_i_bytes_agree(b, IB_ERR_STATE, "epsilon_place", t->adam->options.epsilon_place);
    ib_i_bytes_agree_real(b, "rate", t->adam->options.rate);
    ib_i_bytes_agree_real(b, "beta1", t->adam->options.beta1);
    ib_i_bytes_agree_real(b, "beta2", t->adam->options.beta2);
    ib_i_bytes_agree_real(b, "epsilon", t->adam->options.epsilon);
}

static void agree_on_quantiser(ib_i_bytes *b, const ib_quant *quant)
{
    ib_i_bytes_agree(b, IB_ERR_STATE, "bits (0: no quantiser)", quant ? quant->options.bits : 0);
    if (!quant)
        return;
    ib_i_bytes_agree(b, IB_ERR_STATE, "grid", quant->options.grid);
    ib_i_bytes_agree(b, IB_ERR_STATE, "range", quant->options.range);
    ib_i_bytes_agree(b, IB_ERR_STATE, "per_channel", quant->options.per_channel);
    ib_i_bytes_agree(b, IB_ERR_STATE, "range_gradient", quant->options.range_gradient);
    ib_i_bytes_agree_real(b, "decay", quant->options.decay);
    ib_i_bytes_agree_real(b, "initial_min", (double)quant->options.initial_min);
    ib_i_bytes_agree_real(b, "initial_max", (double)quant->options.initial_max);
}

static void agree_on_network(ib_i_bytes *b, const ib_network *network)
{
    ib_i_bytes_agree(b, IB_ERR_SHAPE, "layers", network->layers);
    for (size_t l = 0; l < network->layers; l++) {
        const ib_i_layer *layer = &network->layer[l];
        b->part = "layer";
        b->number = l + 1;
        ib_i_bytes_agree(b, IB_ERR_SHAPE, "width", layer->width);
        ib_i_bytes_agree(b, IB_ERR_STATE, "activation", layer->activation);
        ib_i_bytes_agree(b, IB_ERR_STATE, "init", layer->init);
        ib_i_bytes_agree_real(b, "constant", (double)layer->constant);
        ib_i_bytes_agree(b, IB_ERR_STATE, "quantise_at", layer->quantise_at);
        agree_on_quantiser(b, layer->activations);
        agree_on_quantiser(b, layer->weights);
    }
    b->part = NULL;
}

void ib_i_trainer_setting(ib_i_bytes *b, const ib_trainer *t)
{
    ib_i_bytes_agree(b, IB_ERR_UNSUPPORTED, "version of the bits of results", RESULTS);
    agree_on_epochs(b, t);
    agree_on_data(b, t, hash_data(t));
    agree_on_optimiser(b, t);
    agree_on_network(b, t->network);
}

static int is_adam(const saved *s)
{
    return s->trainer->adam != NULL;
}

/* Arrays to read into. */
static ib_status make_room(saved *s)
{
    const ib_network *network = s->trainer->network;
    ib_context *context = network->context;
    const size_t n = network->parameter_count;
    size_t channels = 0;
    for (size_t i = 0; i < quantisers(network); i++)
        channels += quantiser(network, i) ? quantiser(network, i)->channels : 0;
    s->parameters = ib_i_alloc(context, n, sizeof *s->parameters);
    s->moments1 = ib_i_alloc(context, n, sizeof *s->moments1);
    s->moments2 = is_adam(s) ? ib_i_alloc(context, n, sizeof *s->moments2) : NULL;
    s->ranges = ib_i_alloc(context, channels, sizeof *s->ranges);
    const int enough = s->parameters && s->moments1 && (s->moments2 || !is_adam(s)) && s->ranges;
    return enough ? IB_OK : ib_i_fail_memory(context);
}

static void free_room(saved *s)
{
    ib_context *context = s->trainer->context;
    ib_i_free(context, s->parameters);
    ib_i_free(context, s->moments1);
    ib_i_free(context, s->moments2);
    ib_i_free(context, s->ranges);
}

static void damaged(ib_i_bytes *b, const char *what, uint64_t got)
{
    if (ib_i_bytes_good(b))
        ib_i_bytes_refuse(b, IB_ERR_IO, "saved bytes: %s cannot be %llu", what, (unsigned long long)got);
}

static void progress(ib_i_bytes *b, saved *s)
{
    const uint32_t prefit_epochs = s->trainer->options.prefit_epochs;
    ib_i_progress *at = &s->at;
    ib_i_bytes_u32(b, &at->prefit);
    ib_i_bytes_u32(b, &at->epoch);
    ib_i_bytes_u32(b, &at->reported);
    ib_i_bytes_f64(b, &at->loss);
    ib_i_bytes_u64(b, &at->correct);
    ib_i_bytes_u64(b, &s->batches);
    ib_i_bytes_u64(b, &s->prefit);
    if (at->prefit > prefit_epochs || (at->epoch && at->prefit < prefit_epochs))
        damaged(b, "epochs of the prefit", at->prefit);
    if (at->reported > 1)
        damaged(b, "whether the epoch is reported", at->reported);
}

static void optimiser(ib_i_bytes *b, saved *s)
{
    const size_t n = s->trainer->network->parameter_count;
    ib_i_bytes_u64(b, &s->steps);
    if (is_adam(s)) {
        ib_i_bytes_f64(b, &s->power1);
        ib_i_bytes_f64(b, &s->power2);
    }
    ib_i_bytes_f32s(b, s->moments1, n);
    if (is_adam(s))
        ib_i_bytes_f32s(b, s->moments2, n);
}

enum { SEEN = 1, QUANTISED = 2 };

static void range(ib_i_bytes *b, const ib_quant *quant, ib_i_range *r)
{
    uint32_t flags = (r->seen ? SEEN : 0) | (r->quantised ? QUANTISED : 0);
    float ends[2] = {r->min, r->max};
    ib_i_bytes_u32(b, &flags);
    ib_i_bytes_f32s(b, ends, 2);
    if (!b->read || !ib_i_bytes_good(b))
        return;
    if (flags > (SEEN | QUANTISED)) {
        damaged(b, "flags of a range", flags);
        return;
    }
    const ib_i_flush mode = ib_i_flush_begin(); /* grids are made as in training */
    const ib_status status =
        ib_i_quant_restore(quant, ends[0], ends[1], (flags & SEEN) != 0, (flags & QUANTISED) != 0, r);
    ib_i_flush_end(mode);
    if (status != IB_OK)
        ib_i_bytes_refuse(b, IB_ERR_IO, "saved bytes: a range cannot be %g to %g", (double)ends[0], (double)ends[1]);
}

static void ranges(ib_i_bytes *b, saved *s)
{
    ib_i_range *next = s->ranges;
    for (size_t i = 0; i < quantisers(s->trainer->network); i++) {
        const ib_quant *quant = quantiser(s->trainer->network, i);
        for (size_t c = 0; quant && c < quant->channels; c++)
            range(b, quant, next ? next++ : &quant->ranges[c]);
    }
}

static void fields(ib_i_bytes *b, void *object)
{
    saved *s = object;
    const ib_trainer *t = s->trainer;
    agree_on_run(b, t);
    agree_on_data(b, t, s->data);
    agree_on_optimiser(b, t);
    agree_on_network(b, t->network);
    if (!ib_i_bytes_good(b))
        return;
    if (b->read)
        ib_i_bytes_fail(b, make_room(s));
    if (!ib_i_bytes_good(b))
        return;
    progress(b, s);
    ib_i_bytes_f32s(b, s->parameters, t->network->parameter_count);
    optimiser(b, s);
    ranges(b, s);
}

static saved look(ib_trainer *t)
{
    const int adam = t->adam != NULL;
    return (saved){
        .trainer = t,
        .data = hash_data(t),
        .at = t->at,
        .batches = ib_i_rng_drawn(t->batches),
        .prefit = ib_i_rng_drawn(t->prefit),
        .steps = adam ? t->adam->steps : t->sgd->steps,
        .power1 = adam ? t->adam->power1 : 0.0,
        .power2 = adam ? t->adam->power2 : 0.0,
        .parameters = t->network->parameters,
        .moments1 = adam ? t->adam->m : t->sgd->v,
        .moments2 = adam ? t->adam->v : NULL,
    };
}

static void put_back(const saved *s)
{
    ib_trainer *t = s->trainer;
    const size_t size = t->network->parameter_count * sizeof(float);
    const ib_i_range *next = s->ranges;
    t->at = s->at;
    t->diverged = 0;
    ib_i_rng_seek(t->batches, s->batches);
    ib_i_rng_seek(t->prefit, s->prefit);
    memcpy(t->network->parameters, s->parameters, size);
    memcpy(is_adam(s) ? t->adam->m : t->sgd->v, s->moments1, size);
    if (is_adam(s)) {
        memcpy(t->adam->v, s->moments2, size);
        t->adam->steps = s->steps;
        t->adam->power1 = s->power1;
        t->adam->power2 = s->power2;
    } else {
        t->sgd->steps = s->steps;
    }
    for (size_t i = 0; i < quantisers(t->network); i++) {
        const ib_quant *quant = quantiser(t->network, i);
        for (size_t c = 0; quant && c < quant->channels; c++)
            quant->ranges[c] = *next++;
    }
    t->network->pass = IB_I_NO_PASS;
}

ib_status ib_trainer_write(ib_trainer *trainer, ib_write_fn write, void *user_data)
{
    if (!trainer)
        return IB_ERR_ARG;
    if (!write)
        return ib_i_fail_null(trainer->context, "write");
    if (trainer->diverged)
        return ib_i_fail(trainer->context, IB_ERR_STATE, "trainer: the training has diverged after epoch %u",
                         trainer->at.epoch);
    saved s = look(trainer);
    ib_i_trainer_enter(trainer);
    const ib_status status = ib_i_bytes_save(trainer->context, &trainer_format, fields, &s, write, user_data);
    return ib_i_trainer_leave(trainer, status);
}

ib_status ib_trainer_read(ib_trainer *trainer, ib_read_fn read, void *user_data)
{
    if (!trainer)
        return IB_ERR_ARG;
    if (!read)
        return ib_i_fail_null(trainer->context, "read");
    IB_TRY(ib_i_trainer_check_idle(trainer));
    saved s = {.trainer = trainer, .data = hash_data(trainer)};
    ib_i_trainer_enter(trainer);
    const ib_status status = ib_i_bytes_load(trainer->context, &trainer_format, fields, &s, read, user_data);
    if (status == IB_OK)
        put_back(&s);
    free_room(&s);
    return ib_i_trainer_leave(trainer, status);
}
