/* A trainer in pieces is ib_train_run() in one; what a prefit and SGD are, by hand through the public functions; who
 * may do what and when. */
#include "nn.h"
#include "stream.h"

#include <stdlib.h>
#include <string.h>

enum { BITS = 5, ROWS = 32, TEST_ROWS = 7, TRAIN_ROWS = ROWS - TEST_ROWS, BATCH = 8, EPOCHS = 4 };

typedef struct fixture {
    test_memory memory;
    ib_context *context;
    ib_dataset *dataset;
    ib_split *split;
    ib_network *network;
} fixture;

static ib_network *make_network(ib_context *context)
{
    ib_quant_options quant = test_quant_options(5, IB_GRID_NUDGED, IB_RANGE_MOVING);
    ib_layer_options hidden = test_layer_options(4, IB_ACTIVATION_TANH);
    ib_layer_options last = test_layer_options(2, IB_ACTIVATION_SOFTMAX);
    ib_network *network = NULL;
    hidden.activations = &quant;
    assert_ok(context, ib_network_create(context, BITS, &network));
    assert_ok(context, ib_network_add_layer(network, &hidden));
    assert_ok(context, ib_network_add_layer(network, &last));
    return network;
}

static int set_up(void **state)
{
    fixture *made = test_zeros(1, sizeof *made);
    made->context = test_context(&made->memory);
    made->dataset = test_majority(made->context, BITS);
    made->split = test_split(made->context, ROWS, TEST_ROWS);
    made->network = make_network(made->context);
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    fixture *made = *state;
    ib_network_destroy(made->network);
    ib_split_destroy(made->split);
    ib_dataset_destroy(made->dataset);
    ib_context_destroy(made->context);
    assert_int_equal(made->memory.live, 0);
    free(made);
    return 0;
}

/* What the callback hears, and what it answers. */
typedef struct record {
    size_t calls;
    uint32_t epochs[16];
    uint64_t weights[16];
    double running[16];
    uint32_t at;    /* answers at this epoch */
    int32_t answer; /* this */
} record;

static int32_t keep(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    record *kept = user_data;
    assert_true(kept->calls < 16);
    assert_int_equal(ib_network_rows(network), ROWS);
    kept->epochs[kept->calls] = epoch->epoch;
    kept->running[kept->calls] = epoch->running_loss;
    kept->weights[kept->calls++] = test_hash_weights(TEST_HASH_START, network);
    return epoch->epoch == kept->at ? kept->answer : 0;
}

static ib_train_options options_of(record *kept)
{
    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = EPOCHS;
    options.batch = BATCH;
    options.seed = 11;
    options.run = 1;
    options.attempt = 5;
    options.callback = kept ? keep : NULL;
    options.user_data = kept;
    return options;
}

static ib_trainer *create(fixture *f, const ib_train_options *options)
{
    ib_trainer *trainer = NULL;
    assert_ok(f->context, ib_trainer_create(f->network, f->dataset, f->split, options, &trainer));
    return trainer;
}

static void assert_same_record(const record *a, const record *b)
{
    assert_int_equal(a->calls, b->calls);
    assert_memory_equal(a->epochs, b->epochs, sizeof a->epochs);
    assert_memory_equal(a->weights, b->weights, sizeof a->weights);
    assert_memory_equal(a->running, b->running, sizeof a->running);
}

static record whole_run(fixture *f, uint32_t prefit)
{
    record kept = {0};
    ib_train_options options = options_of(&kept);
    options.prefit_epochs = prefit;
    assert_ok(f->context, ib_train_run(f->network, f->dataset, f->split, &options));
    assert_int_equal(kept.calls, EPOCHS + 1);
    return kept;
}

/* Step by step, in pieces of any length, and in one: the callback hears the same, and of each epoch once. */
static void in_pieces(void **state)
{
    fixture *f = *state;
    for (uint32_t prefit = 0; prefit <= 3; prefit += 3) {
        const record whole = whole_run(f, prefit);
        for (uint32_t piece = 0; piece <= EPOCHS; piece++) {
            record kept = {0};
            ib_train_options options = options_of(&kept);
            options.prefit_epochs = prefit;
            ib_trainer *trainer = create(f, &options);
            if (piece == 1) { /* nothing but the prefit, and epoch 0 */
                assert_ok(f->context, ib_trainer_run(trainer, 0));
                assert_int_equal(kept.calls, 1);
                assert_int_equal(ib_trainer_prefit_epoch(trainer), prefit);
            }
            for (uint32_t i = 0; i < prefit + EPOCHS && piece == 0; i++) {
                assert_ok(f->context, ib_trainer_step(trainer));
                assert_int_equal(ib_trainer_prefit_epoch(trainer), i < prefit ? i + 1 : prefit);
                assert_int_equal(ib_trainer_epoch(trainer), i < prefit ? 0 : i + 1 - prefit);
                assert_int_equal(kept.calls, i < prefit ? 0 : i + 2 - prefit);
            }
            for (uint32_t to = piece; piece && to < EPOCHS; to += piece)
                assert_ok(f->context, ib_trainer_run(trainer, to));
            assert_ok(f->context, ib_trainer_run(trainer, EPOCHS));
            assert_ok(f->context, ib_trainer_run(trainer, 1)); /* long done */
            assert_int_equal(ib_trainer_epoch(trainer), EPOCHS);
            assert_same_record(&kept, &whole);
            ib_trainer_destroy(trainer);
        }
    }
}

/* A stop, and a failure after which the epoch is told again, leave nothing behind. */
static void interrupted(void **state)
{
    fixture *f = *state;
    const record whole = whole_run(f, 0);
    for (uint32_t at = 0; at <= EPOCHS; at++) {
        record kept = {.at = at, .answer = 3};
        ib_train_options options = options_of(&kept);
        ib_trainer *trainer = create(f, &options);
        assert_int_equal(ib_trainer_run(trainer, EPOCHS), IB_STOPPED);
        assert_int_equal(ib_context_callback_value(f->context), 3);
        assert_string_equal(ib_context_message(f->context), "");
        assert_int_equal(ib_trainer_epoch(trainer), at);
        assert_int_equal(kept.calls, at + 1);
        assert_int_equal(ib_network_rows(f->network), ROWS); /* its pass is still there */
        assert_ok(f->context, ib_trainer_run(trainer, EPOCHS));
        assert_same_record(&kept, &whole);
        ib_trainer_destroy(trainer);

        record failed = {.at = at, .answer = -4};
        options = options_of(&failed);
        trainer = create(f, &options);
        assert_fails(f->context, IB_ERR_CALLBACK, "-4", ib_trainer_run(trainer, EPOCHS));
        failed.answer = 0;
        assert_ok(f->context, ib_trainer_run(trainer, EPOCHS));
        assert_int_equal(failed.calls, EPOCHS + 2);
        assert_int_equal(failed.epochs[at], at);
        assert_int_equal(failed.epochs[at + 1], at);
        assert_true(failed.running[at] == failed.running[at + 1]);
        assert_true(failed.weights[EPOCHS + 1] == whole.weights[EPOCHS]);
        ib_trainer_destroy(trainer);
    }
}

/* The optimiser of a hand-made run. */
typedef struct optimiser {
    ib_adam *adam;
    ib_sgd *sgd;
} optimiser;

static optimiser optimiser_of(fixture *f, const ib_sgd_options *sgd)
{
    optimiser made = {NULL, NULL};
    const size_t n = ib_network_parameter_count(f->network);
    if (sgd)
        assert_ok(f->context, ib_sgd_create(f->context, n, sgd, &made.sgd));
    else
        assert_ok(f->context, ib_adam_create(f->context, n, NULL, &made.adam));
    return made;
}

static void optimiser_free(optimiser *made)
{
    ib_adam_destroy(made->adam);
    ib_sgd_destroy(made->sgd);
}

/* An epoch by hand, on some labels and in an order of a generator. */
static void hand_epoch(fixture *f, ib_network *network, const optimiser *how, ib_rng *rng, const uint32_t *labels)
{
    uint32_t order[TRAIN_ROWS], batch_labels[BATCH];
    ib_network_begin_epoch(network);
    assert_ok(f->context, ib_split_order(f->split, rng, order));
    for (size_t start = 0; start < TRAIN_ROWS; start += BATCH) {
        const size_t n = TRAIN_ROWS - start < BATCH ? TRAIN_ROWS - start : BATCH;
        ib_tensor *x = test_tensor(f->context, n, BITS);
        for (size_t i = 0; i < n; i++) {
            memcpy(ib_tensor_data(x) + i * BITS,
                   ib_tensor_read(ib_dataset_inputs(f->dataset)) + order[start + i] * BITS, BITS * sizeof(float));
            batch_labels[i] = labels[order[start + i]];
        }
        assert_ok(f->context, ib_network_forward(network, IB_PASS_TRAINING, x));
        assert_ok(f->context, ib_network_backward(network, batch_labels, NULL, NULL));
        const float *gradient = ib_network_gradient(network);
        float *parameters = ib_network_parameters(network);
        if (how->sgd)
            assert_ok(f->context, ib_sgd_step(how->sgd, gradient, parameters));
        else
            assert_ok(f->context, ib_adam_step(how->adam, gradient, parameters));
        ib_tensor_destroy(x);
    }
}

static ib_rng *stream_of(ib_context *context, uint32_t purpose)
{
    ib_rng *rng = NULL;
    assert_ok(context, ib_rng_create(context, 11, ib_rng_stream(1, 5, purpose), &rng));
    return rng;
}

/* Labels of the training rows, shuffled as train.h says. */
static void shuffled_labels(fixture *f, ib_rng *rng, uint32_t labels[ROWS])
{
    uint32_t dealt[TRAIN_ROWS];
    const uint32_t *rows = ib_split_train_rows(f->split);
    memcpy(labels, ib_dataset_labels(f->dataset), ROWS * sizeof *labels);
    for (size_t i = 0; i < TRAIN_ROWS; i++)
        dealt[i] = labels[rows[i]];
    assert_ok(f->context, ib_rng_shuffle(rng, dealt, TRAIN_ROWS));
    for (size_t i = 0; i < TRAIN_ROWS; i++)
        labels[rows[i]] = dealt[i];
    assert_memory_not_equal(labels, ib_dataset_labels(f->dataset), ROWS * sizeof *labels);
}

/* Ranges as after creation, weights as they are. */
static ib_network *without_ranges(fixture *f, ib_network *network)
{
    ib_network *fresh = make_network(f->context);
    memcpy(ib_network_parameters(fresh), ib_network_parameters(network),
           ib_network_parameter_count(network) * sizeof(float));
    ib_network_destroy(network);
    return fresh;
}

static void check_by_hand(fixture *f, uint32_t prefit, uint32_t reset, const ib_sgd_options *sgd)
{
    record kept = {0};
    uint32_t labels[ROWS];
    ib_train_options options = options_of(&kept);
    options.prefit_epochs = prefit;
    options.prefit_reset = reset;
    options.sgd = sgd;
    assert_ok(f->context, ib_train_run(f->network, f->dataset, f->split, &options));
    ib_network *hand = make_network(f->context);
    ib_rng *weights = stream_of(f->context, IB_STREAM_WEIGHTS), *batches = stream_of(f->context, IB_STREAM_BATCHES);
    ib_rng *random = stream_of(f->context, IB_STREAM_LABELS);
    optimiser how = optimiser_of(f, sgd);
    assert_ok(f->context, ib_network_initialise(hand, weights));
    shuffled_labels(f, random, labels);
    for (uint32_t i = 0; i < prefit; i++)
        hand_epoch(f, hand, &how, random, labels);
    if (reset & IB_PREFIT_RESET_OPTIMISER) {
        optimiser_free(&how);
        how = optimiser_of(f, sgd);
    }
    if (reset & IB_PREFIT_RESET_RANGES)
        hand = without_ranges(f, hand);
    assert_int_equal(kept.calls, EPOCHS + 1);
    for (uint32_t epoch = 0; epoch <= EPOCHS; epoch++) {
        if (epoch)
            hand_epoch(f, hand, &how, batches, ib_dataset_labels(f->dataset));
        assert_int_equal(kept.epochs[epoch], epoch);
        assert_true(kept.weights[epoch] == test_hash_weights(TEST_HASH_START, hand));
    }
    optimiser_free(&how);
    ib_rng_destroy(weights);
    ib_rng_destroy(batches);
    ib_rng_destroy(random);
    ib_network_destroy(hand);
}

static void by_hand(void **state)
{
    fixture *f = *state;
    ib_sgd_options sgd;
    ib_sgd_options_init(&sgd);
    sgd.rate = 0.1;
    sgd.momentum = 0.9;
    const uint32_t all = IB_PREFIT_RESET_OPTIMISER | IB_PREFIT_RESET_RANGES;
    check_by_hand(f, 0, all, NULL); /* without a prefit there is nothing to begin anew */
    check_by_hand(f, 0, 0, &sgd);
    for (uint32_t reset = 0; reset <= all; reset++) {
        check_by_hand(f, 3, reset, NULL);
        check_by_hand(f, 3, reset, &sgd);
    }
}

/* Each kind of reset is a run of its own, but all begin alike. */
static void resets_differ(void **state)
{
    fixture *f = *state;
    record kept[4] = {{0}};
    for (uint32_t reset = 0; reset < 4; reset++) {
        ib_train_options options = options_of(&kept[reset]);
        options.prefit_epochs = 2;
        options.prefit_reset = reset;
        assert_ok(f->context, ib_train_run(f->network, f->dataset, f->split, &options));
        assert_true(kept[reset].weights[0] == kept[0].weights[0]);
        for (uint32_t other = 0; other < reset; other++)
            assert_true(kept[reset].weights[1] != kept[other].weights[1]);
    }
}

/* Between steps the network can be read but not changed, and a second trainer must wait. */
static void network_in_use(void **state)
{
    fixture *f = *state;
    ib_train_options options = options_of(NULL);
    ib_tensor *bias = test_vector_of(f->context, 4, (float[]){1, 2, 3, 4});
    ib_trainer *trainer = create(f, &options), *second = trainer;
    assert_ok(f->context, ib_trainer_step(trainer));
    assert_int_equal(ib_network_rows(f->network), 0); /* a pass of other weights would be no pass */
    assert_fails(f->context, IB_ERR_STATE, "in use",
                 ib_trainer_create(f->network, f->dataset, f->split, &options, &second));
    assert_null(second);
    assert_fails(f->context, IB_ERR_STATE, "in use", ib_train_run(f->network, f->dataset, f->split, &options));
    assert_fails(f->context, IB_ERR_STATE, "in use", ib_network_set_weights(f->network, 1, NULL, bias));
    assert_fails(f->context, IB_ERR_STATE, "in use",
                 ib_network_forward(f->network, IB_PASS_TRAINING, ib_dataset_inputs(f->dataset)));
    assert_fails(f->context, IB_ERR_STATE, "in use",
                 ib_quant_set_range(ib_network_activation_quant(f->network, 1), 0, 0, 1));
    assert_null(ib_network_parameters(f->network));
    assert_ok(f->context, ib_network_forward(f->network, IB_PASS_INFERENCE, ib_dataset_inputs(f->dataset)));
    assert_ok(f->context, ib_trainer_run(trainer, EPOCHS));
    const uint64_t hash = test_hash_weights(TEST_HASH_START, f->network);
    ib_trainer_destroy(trainer);
    assert_fails(f->context, IB_ERR_STATE, "", ib_network_backward(f->network, (uint32_t[ROWS]){0}, NULL, NULL));
    assert_ok(f->context, ib_network_set_weights(f->network, 1, NULL, bias));
    assert_true(whole_run(f, 0).weights[EPOCHS] == hash);
    ib_tensor_destroy(bias);
}

/* In any order: the network goes with the trainer that uses it. */
static void destroyed_in_use(void **state)
{
    fixture *f = *state;
    ib_train_options options = options_of(NULL);
    ib_trainer *trainer = create(f, &options);
    ib_network_destroy(f->network);
    assert_ok(f->context, ib_trainer_step(trainer));
    ib_trainer_destroy(trainer);
    f->network = NULL; /* the count of live blocks tells whether it is gone */
}

typedef struct inside {
    fixture *f;
    ib_trainer *trainer;
    size_t calls;
} inside;

static int32_t meddle(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    inside *here = user_data;
    test_stream none = {.size = 0};
    (void)network;
    assert_int_equal(epoch->epoch, here->calls++);
    assert_fails(here->f->context, IB_ERR_STATE, "callback", ib_trainer_step(here->trainer));
    assert_fails(here->f->context, IB_ERR_STATE, "callback", ib_trainer_run(here->trainer, 0));
    assert_fails(here->f->context, IB_ERR_STATE, "callback", test_read(here->trainer, &none));
    if (epoch->epoch == 1)
        ib_trainer_destroy(here->trainer);
    return 0;
}

/* Destroyed in its own callback a trainer finishes its call first. */
static void from_inside(void **state)
{
    fixture *f = *state;
    inside here = {.f = f};
    ib_train_options options = options_of(NULL);
    options.callback = meddle;
    options.user_data = &here;
    here.trainer = create(f, &options);
    assert_ok(f->context, ib_trainer_run(here.trainer, EPOCHS));
    assert_int_equal(here.calls, EPOCHS + 1);
    whole_run(f, 0); /* the network is free again */
}

static void diverges(void **state)
{
    fixture *f = *state;
    ib_sgd_options sgd;
    ib_sgd_options_init(&sgd);
    sgd.rate = 1e38;
    ib_train_options options = options_of(NULL);
    options.sgd = &sgd;
    ib_trainer *trainer = create(f, &options);
    test_stream saved = test_saved(f->context, trainer), none = {.size = 0};
    assert_fails(f->context, IB_ERR_NONFINITE, "", ib_trainer_run(trainer, EPOCHS));
    assert_fails(f->context, IB_ERR_NONFINITE, "diverged", ib_trainer_step(trainer));
    assert_fails(f->context, IB_ERR_STATE, "diverged", ib_trainer_write(trainer, test_stream_write, &none));
    assert_int_equal(none.size, 0);
    assert_ok(f->context, test_read(trainer, &saved));
    test_assert_saves(f->context, trainer, &saved);
    test_stream_free(&saved);
    ib_trainer_destroy(trainer);
}

static void assert_refused(fixture *f, const ib_train_options *options, ib_status status, const char *words)
{
    ib_trainer *trainer = (ib_trainer *)&trainer;
    assert_fails(f->context, status, words, ib_trainer_create(f->network, f->dataset, f->split, options, &trainer));
    assert_null(trainer);
}

static void refusals(void **state)
{
    fixture *f = *state;
    ib_adam_options adam;
    ib_sgd_options sgd;
    ib_trainer *trainer = NULL;
    ib_adam_options_init(&adam);
    ib_sgd_options_init(&sgd);
    ib_train_options options = options_of(NULL);
    options.adam = &adam;
    options.sgd = &sgd;
    assert_refused(f, &options, IB_ERR_ARG, "both");
    options.adam = NULL;
    sgd.rate = -1;
    assert_refused(f, &options, IB_ERR_RANGE, "rate");
    options = options_of(NULL);
    options.prefit_reset = 4;
    assert_refused(f, &options, IB_ERR_ARG, "prefit_reset");
    assert_int_equal(ib_trainer_create(NULL, f->dataset, f->split, NULL, &trainer), IB_ERR_ARG);
    assert_fails(f->context, IB_ERR_ARG, "dataset", ib_trainer_create(f->network, NULL, f->split, NULL, &trainer));
    assert_fails(f->context, IB_ERR_ARG, "split", ib_trainer_create(f->network, f->dataset, NULL, NULL, &trainer));
    assert_fails(f->context, IB_ERR_ARG, "out", ib_trainer_create(f->network, f->dataset, f->split, NULL, NULL));
    assert_int_equal(ib_trainer_run(NULL, 1), IB_ERR_ARG);
    assert_int_equal(ib_trainer_step(NULL), IB_ERR_ARG);
    assert_int_equal(ib_trainer_epoch(NULL), 0);
    assert_int_equal(ib_trainer_prefit_epoch(NULL), 0);
    assert_int_equal(ib_trainer_write(NULL, test_stream_write, NULL), IB_ERR_ARG);
    assert_int_equal(ib_trainer_read(NULL, test_stream_read, NULL), IB_ERR_ARG);
    ib_trainer_destroy(NULL);
    trainer = create(f, NULL);
    assert_fails(f->context, IB_ERR_ARG, "write", ib_trainer_write(trainer, NULL, NULL));
    assert_fails(f->context, IB_ERR_ARG, "read", ib_trainer_read(trainer, NULL, NULL));
    ib_trainer_destroy(trainer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(in_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(interrupted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(by_hand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(resets_differ, set_up, tear_down),
        cmocka_unit_test_setup_teardown(network_in_use, set_up, tear_down),
        cmocka_unit_test_setup_teardown(destroyed_in_use, set_up, tear_down),
        cmocka_unit_test_setup_teardown(from_inside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(diverges, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
