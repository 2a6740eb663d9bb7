/* Training is what its description says: the same steps made by hand through the public functions give the
 * same bits. */
#include "nn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BITS = 6, ROWS = 64, TEST_ROWS = 14, TRAIN_ROWS = ROWS - TEST_ROWS, BATCH = 16, EPOCHS = 5 };

typedef struct fixture {
    ib_context *context;
    ib_dataset *dataset;
    ib_split *split;
} fixture;

static int set_up(void **state)
{
    fixture *made = test_zeros(1, sizeof *made);
    made->context = test_context(NULL);
    made->dataset = test_majority(made->context, BITS);
    made->split = test_split(made->context, ROWS, TEST_ROWS);
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    fixture *made = *state;
    ib_split_destroy(made->split);
    ib_dataset_destroy(made->dataset);
    ib_context_destroy(made->context);
    free(made);
    return 0;
}

/* 6-7-2; range: of the activations, the output quantised at its logits unless it is IB_RANGE_EPOCH. */
static ib_network *network_of(ib_context *context, uint32_t range)
{
    ib_quant_options quant = test_quant_options(6, range == IB_RANGE_EPOCH ? IB_GRID_UNIFORM : IB_GRID_NUDGED, range);
    ib_quant_options weights = test_quant_options(7, IB_GRID_NUDGED, IB_RANGE_LAST);
    ib_layer_options hidden = test_layer_options(7, IB_ACTIVATION_TANH);
    ib_layer_options last = test_layer_options(2, IB_ACTIVATION_SOFTMAX);
    hidden.activations = last.activations = &quant;
    last.quantise_at = range == IB_RANGE_EPOCH ? IB_QUANTISE_OUTPUT : IB_QUANTISE_LOGITS;
    last.weights = range == IB_RANGE_EPOCH ? NULL : &weights;
    ib_network *network = NULL;
    assert_ok(context, ib_network_create(context, BITS, &network));
    assert_ok(context, ib_network_add_layer(network, &hidden));
    assert_ok(context, ib_network_add_layer(network, &last));
    return network;
}

static ib_train_options options_of(ib_epoch_fn callback, void *user_data)
{
    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = EPOCHS;
    options.batch = BATCH;
    options.seed = 9;
    options.run = 3;
    options.attempt = 2;
    options.callback = callback;
    options.user_data = user_data;
    return options;
}

/* What a callback saw. */
typedef struct record {
    uint32_t calls;
    ib_epoch epoch[EPOCHS + 1];
    uint64_t weights[EPOCHS + 1], outputs[EPOCHS + 1];
} record;

static uint64_t hash_outputs(const ib_network *network)
{
    float values[ROWS * 2];
    ib_context *context = test_context(NULL);
    ib_tensor *tensor = NULL;
    assert_ok(context, ib_tensor_create_borrowed(context, values, 2, (size_t[]){ROWS, 2}, &tensor));
    assert_int_equal(ib_network_read_values(network, 2, NULL, ROWS, tensor), IB_OK);
    ib_tensor_destroy(tensor);
    ib_context_destroy(context);
    return test_hash(TEST_HASH_START, values, sizeof values);
}

static int32_t keep(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    record *kept = user_data;
    assert_true(kept->calls <= EPOCHS);
    assert_int_equal(ib_network_rows(network), ROWS);
    kept->epoch[kept->calls] = *epoch;
    kept->weights[kept->calls] = test_hash_weights(TEST_HASH_START, network);
    kept->outputs[kept->calls++] = hash_outputs(network);
    return 0;
}

/* One batch by hand: rows, labels, a step. Adds the sums of loss and correct rows. */
static void hand_batch(fixture *f, ib_network *network, ib_adam *adam, const uint32_t *rows, size_t n, double *loss_sum,
                       size_t *correct_sum)
{
    ib_tensor *x = test_tensor(f->context, n, BITS);
    uint32_t labels[BATCH];
    double loss;
    size_t correct;
    for (size_t i = 0; i < n; i++) {
        memcpy(ib_tensor_data(x) + i * BITS, ib_tensor_read(ib_dataset_inputs(f->dataset)) + rows[i] * BITS,
               BITS * sizeof(float));
        labels[i] = ib_dataset_labels(f->dataset)[rows[i]];
    }
    assert_ok(f->context, ib_network_forward(network, IB_PASS_TRAINING, x));
    assert_ok(f->context, ib_network_backward(network, labels, &loss, &correct));
    assert_ok(f->context, ib_adam_step(adam, ib_network_gradient(network), ib_network_parameters(network)));
    *loss_sum += loss * (double)n;
    *correct_sum += correct;
    ib_tensor_destroy(x);
}

/* Mean loss and accuracy of some rows in the pass over all rows. */
static void hand_measure(fixture *f, ib_network *network, const uint32_t *rows, size_t n, double *loss,
                         double *accuracy)
{
    ib_tensor *outputs = test_tensor(f->context, n, 2), *logits = test_tensor(f->context, n, 2);
    uint32_t labels[ROWS];
    for (size_t i = 0; i < n; i++)
        labels[i] = ib_dataset_labels(f->dataset)[rows[i]];
    assert_ok(f->context, ib_network_read_values(network, 2, rows, n, outputs));
    assert_ok(f->context, ib_network_read_logits(network, rows, n, logits));
    assert_ok(f->context, ib_loss_accuracy(outputs, labels, accuracy));
    if (ib_network_quantise_at(network, 2) == IB_QUANTISE_OUTPUT)
        assert_ok(f->context, ib_loss_quantised(outputs, outputs, labels, NULL, loss));
    else
        assert_ok(f->context, ib_loss_logits(logits, labels, NULL, loss));
    ib_tensor_destroy(outputs);
    ib_tensor_destroy(logits);
}

static void hand_report(fixture *f, ib_network *network, const ib_epoch *seen)
{
    double loss, accuracy;
    assert_ok(f->context, ib_network_forward(network, IB_PASS_INFERENCE, ib_dataset_inputs(f->dataset)));
    hand_measure(f, network, ib_split_train_rows(f->split), TRAIN_ROWS, &loss, &accuracy);
    assert_close(seen->train_loss, loss, 0, 1e-6);
    assert_close(seen->train_accuracy, accuracy, 1e-12, 0);
    hand_measure(f, network, ib_split_test_rows(f->split), TEST_ROWS, &loss, &accuracy);
    assert_close(seen->test_loss, loss, 0, 1e-6);
    assert_close(seen->test_accuracy, accuracy, 1e-12, 0);
}

static void check_by_hand(fixture *f, uint32_t range)
{
    record kept = {0};
    ib_train_options options = options_of(keep, &kept);
    ib_network *trained = network_of(f->context, range), *hand = network_of(f->context, range);
    assert_ok(f->context, ib_train_run(trained, f->dataset, f->split, &options));
    assert_int_equal(kept.calls, EPOCHS + 1);
    ib_rng *weights = NULL, *batches = NULL;
    ib_adam *adam = NULL;
    uint32_t order[TRAIN_ROWS];
    assert_ok(f->context, ib_rng_create(f->context, 9, ib_rng_stream(3, 2, IB_STREAM_WEIGHTS), &weights));
    assert_ok(f->context, ib_rng_create(f->context, 9, ib_rng_stream(3, 2, IB_STREAM_BATCHES), &batches));
    assert_ok(f->context, ib_network_initialise(hand, weights));
    assert_ok(f->context, ib_adam_create(f->context, ib_network_parameter_count(hand), NULL, &adam));
    for (uint32_t epoch = 0; epoch <= EPOCHS; epoch++) {
        double loss = 0;
        size_t correct = 0;
        if (epoch) {
            ib_network_begin_epoch(hand);
            assert_ok(f->context, ib_split_order(f->split, batches, order));
        }
        for (size_t i = 0; i < TRAIN_ROWS && epoch; i += BATCH)
            hand_batch(f, hand, adam, order + i, TRAIN_ROWS - i < BATCH ? TRAIN_ROWS - i : BATCH, &loss, &correct);
        const ib_epoch *seen = &kept.epoch[epoch];
        hand_report(f, hand, seen);
        assert_int_equal(seen->epoch, epoch);
        assert_int_equal(seen->struct_size, sizeof *seen);
        assert_close(seen->running_loss, epoch ? loss / TRAIN_ROWS : seen->train_loss, 0, 1e-12);
        assert_close(seen->running_accuracy, epoch ? (double)correct / TRAIN_ROWS : seen->train_accuracy, 1e-15, 0);
        assert_true(kept.weights[epoch] == test_hash_weights(TEST_HASH_START, hand));
        assert_true(kept.outputs[epoch] == hash_outputs(hand));
    }
    ib_rng_destroy(weights);
    ib_rng_destroy(batches);
    ib_adam_destroy(adam);
    ib_network_destroy(trained);
    ib_network_destroy(hand);
}

static void by_hand(void **state)
{
    check_by_hand(*state, IB_RANGE_EPOCH);
    check_by_hand(*state, IB_RANGE_MOVING);
}

static uint64_t train_hash(fixture *f, const ib_train_options *options)
{
    ib_network *network = network_of(f->context, IB_RANGE_EPOCH);
    assert_ok(f->context, ib_train_run(network, f->dataset, f->split, options));
    uint64_t hash = test_hash_weights(TEST_HASH_START, network);
    ib_network_destroy(network);
    return hash;
}

/* The same seed twice, with and without a callback, in a fresh network and in a used one: the same bits. */
static void repeatable(void **state)
{
    fixture *f = *state;
    record kept = {0};
    ib_train_options options = options_of(NULL, NULL);
    uint64_t first = train_hash(f, &options);
    assert_true(train_hash(f, &options) == first);
    options = options_of(keep, &kept);
    assert_true(train_hash(f, &options) == first);
    assert_true(kept.weights[EPOCHS] == first);
    ib_network *used = network_of(f->context, IB_RANGE_EPOCH);
    options.run = 7;
    options.callback = NULL;
    assert_ok(f->context, ib_train_run(used, f->dataset, f->split, &options));
    options.run = 3;
    assert_ok(f->context, ib_train_run(used, f->dataset, f->split, &options));
    assert_true(test_hash_weights(TEST_HASH_START, used) == first);
    ib_network_destroy(used);
}

/* Seed, run and attempt each make a run of its own. */
static void seeds_differ(void **state)
{
    fixture *f = *state;
    uint64_t seen[4];
    for (size_t i = 0; i < 4; i++) {
        ib_train_options options = options_of(NULL, NULL);
        options.seed += i == 1;
        options.run += i == 2;
        options.attempt += i == 3;
        seen[i] = train_hash(f, &options);
        for (size_t j = 0; j < i; j++)
            assert_true(seen[i] != seen[j]);
    }
}

static void shorter_runs_are_prefixes(void **state)
{
    fixture *f = *state;
    record kept = {0};
    ib_train_options options = options_of(keep, &kept);
    train_hash(f, &options);
    for (uint32_t epochs = 1; epochs <= EPOCHS; epochs++) {
        record shorter = {0};
        options = options_of(keep, &shorter);
        options.epochs = epochs;
        assert_true(train_hash(f, &options) == kept.weights[epochs]);
        assert_int_equal(shorter.calls, epochs + 1);
        assert_memory_equal(shorter.epoch, kept.epoch, (epochs + 1) * sizeof *kept.epoch);
        assert_memory_equal(shorter.outputs, kept.outputs, (epochs + 1) * sizeof *kept.outputs);
    }
}

/* Epoch 0 measures untrained weights; without test rows their numbers are 0. */
static void without_test_rows(void **state)
{
    fixture *f = *state;
    ib_split *all = NULL;
    record kept = {0};
    assert_ok(f->context, ib_split_create(f->context, ROWS, NULL, 0, &all));
    ib_network *network = network_of(f->context, IB_RANGE_EPOCH);
    ib_train_options options = options_of(keep, &kept);
    assert_ok(f->context, ib_train_run(network, f->dataset, all, &options));
    for (uint32_t i = 0; i <= EPOCHS; i++) {
        assert_true(kept.epoch[i].test_loss == 0 && kept.epoch[i].test_accuracy == 0);
        assert_true(kept.epoch[i].train_loss > 0 && kept.epoch[i].train_accuracy > 0);
    }
    ib_network_destroy(network);
    ib_split_destroy(all);
}

/* A batch as large as the rows, or larger, is one step an epoch. */
static void batch_larger_than_rows(void **state)
{
    fixture *f = *state;
    static const uint32_t sizes[] = {TRAIN_ROWS, TRAIN_ROWS + 1, 1u << 20, UINT32_MAX};
    uint64_t first = 0;
    for (size_t i = 0; i < 4; i++) {
        ib_train_options options = options_of(NULL, NULL);
        options.batch = sizes[i];
        uint64_t hash = train_hash(f, &options);
        first = i ? first : hash;
        assert_true(hash == first);
    }
}

static void learns(void **state)
{
    fixture *f = *state;
    record kept = {0};
    ib_adam_options adam;
    ib_adam_options_init(&adam);
    adam.rate = 0.1;
    ib_train_options options = options_of(keep, &kept);
    options.adam = &adam;
    train_hash(f, &options);
    assert_true(kept.epoch[EPOCHS].train_loss < 0.6 * kept.epoch[0].train_loss);
    assert_true(kept.epoch[EPOCHS].train_accuracy > 0.8);
    assert_true(kept.epoch[EPOCHS].running_loss > kept.epoch[EPOCHS].train_loss * 0.5);
}

static void diverges(void **state)
{
    fixture *f = *state;
    ib_adam_options adam;
    ib_adam_options_init(&adam);
    adam.rate = 1e38;
    ib_train_options options = options_of(NULL, NULL);
    options.adam = &adam;
    ib_layer_options hidden = test_layer_options(7, IB_ACTIVATION_RELU);
    ib_layer_options last = test_layer_options(2, IB_ACTIVATION_SOFTMAX);
    ib_network *network = NULL;
    assert_ok(f->context, ib_network_create(f->context, BITS, &network));
    assert_ok(f->context, ib_network_add_layer(network, &hidden));
    assert_ok(f->context, ib_network_add_layer(network, &last));
    assert_fails(f->context, IB_ERR_NONFINITE, "", ib_train_run(network, f->dataset, f->split, &options));
    options.adam = NULL; /* and can be trained again */
    assert_ok(f->context, ib_train_run(network, f->dataset, f->split, &options));
    ib_network_destroy(network);
}

static void assert_refused(fixture *f, ib_network *network, const ib_dataset *dataset, ib_status status,
                           const char *words)
{
    uint64_t before = test_hash_weights(TEST_HASH_START, network);
    ib_train_options options = options_of(NULL, NULL);
    assert_fails(f->context, status, words, ib_train_run(network, dataset, f->split, &options));
    assert_true(test_hash_weights(TEST_HASH_START, network) == before);
}

static void shapes(void **state)
{
    fixture *f = *state;
    ib_network *network = network_of(f->context, IB_RANGE_EPOCH), *linear = NULL, *three = NULL;
    ib_dataset *wide = test_majority(f->context, BITS + 1);
    assert_refused(f, network, wide, IB_ERR_SHAPE, "expected 6, got 7");
    ib_tensor *x = test_tensor(f->context, 50, BITS);
    uint32_t labels[50] = {0};
    ib_dataset *few = NULL;
    assert_ok(f->context, ib_dataset_create(f->context, x, labels, 2, &few));
    assert_refused(f, network, few, IB_ERR_SHAPE, "expected 64");
    ib_layer_options last = test_layer_options(3, IB_ACTIVATION_SOFTMAX);
    assert_ok(f->context, ib_network_create(f->context, BITS, &three));
    assert_ok(f->context, ib_network_add_layer(three, &last));
    assert_refused(f, three, f->dataset, IB_ERR_SHAPE, "expected 3, got 2");
    last = test_layer_options(2, IB_ACTIVATION_LINEAR);
    assert_ok(f->context, ib_network_create(f->context, BITS, &linear));
    assert_true(ib_train_run(linear, f->dataset, f->split, NULL) == IB_ERR_STATE); /* no layer yet */
    assert_ok(f->context, ib_network_add_layer(linear, &last));
    assert_refused(f, linear, f->dataset, IB_ERR_STATE, "softmax");
    ib_tensor_destroy(x);
    ib_dataset_destroy(wide);
    ib_dataset_destroy(few);
    ib_network_destroy(network);
    ib_network_destroy(linear);
    ib_network_destroy(three);
}

static void refusals(void **state)
{
    fixture *f = *state;
    ib_network *network = network_of(f->context, IB_RANGE_EPOCH);
    ib_train_options options = options_of(NULL, NULL);
    assert_int_equal(ib_train_run(NULL, f->dataset, f->split, &options), IB_ERR_ARG);
    assert_fails(f->context, IB_ERR_ARG, "dataset", ib_train_run(network, NULL, f->split, &options));
    assert_fails(f->context, IB_ERR_ARG, "split", ib_train_run(network, f->dataset, NULL, &options));
    ib_adam_options adam;
    ib_adam_options_init(&adam);
    adam.rate = -1;
    options.adam = &adam;
    assert_fails(f->context, IB_ERR_RANGE, "", ib_train_run(network, f->dataset, f->split, &options));
    options = options_of(NULL, NULL);
    options.run = UINT64_C(1) << 40;
    assert_fails(f->context, IB_ERR_RANGE, "2^40", ib_train_run(network, f->dataset, f->split, &options));
    options = options_of(NULL, NULL);
    options.attempt = 65536;
    assert_fails(f->context, IB_ERR_RANGE, "2^16", ib_train_run(network, f->dataset, f->split, &options));
    options = options_of(NULL, NULL);
    options.struct_size = 8;
    assert_fails(f->context, IB_ERR_ARG, "", ib_train_run(network, f->dataset, f->split, &options));
    struct {
        ib_train_options known;
        uint64_t later;
    } longer = {options_of(NULL, NULL), 1};
    longer.known.struct_size = sizeof longer;
    assert_fails(f->context, IB_ERR_UNSUPPORTED, "", ib_train_run(network, f->dataset, f->split, &longer.known));
    ib_train_options_init(NULL);
    ib_network_destroy(network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(by_hand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(repeatable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seeds_differ, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shorter_runs_are_prefixes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_test_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(batch_larger_than_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(learns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(diverges, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shapes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
