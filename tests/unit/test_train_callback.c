/* What the callback of a training run may do, how it ends a run, and that memory may end at any allocation. */
#include "nn.h"

#include <stdlib.h>
#include <string.h>

enum { BITS = 4, ROWS = 16 };

typedef struct fixture {
    test_memory memory;
    ib_context *context;
    ib_dataset *dataset;
    ib_split *split;
    ib_network *network;
} fixture;

static ib_status make_network(ib_context *context, ib_network **network)
{
    ib_quant_options quant = test_quant_options(4, IB_GRID_UNIFORM, IB_RANGE_EPOCH);
    ib_layer_options hidden = test_layer_options(3, IB_ACTIVATION_TANH);
    ib_layer_options last = test_layer_options(2, IB_ACTIVATION_SOFTMAX);
    hidden.activations = last.activations = &quant;
    ib_status status = ib_network_create(context, BITS, network);
    if (status == IB_OK)
        status = ib_network_add_layer(*network, &hidden);
    return status == IB_OK ? ib_network_add_layer(*network, &last) : status;
}

static int set_up(void **state)
{
    fixture *made = test_zeros(1, sizeof *made);
    made->context = test_context(&made->memory);
    made->dataset = test_majority(made->context, BITS);
    made->split = test_split(made->context, ROWS, 5);
    assert_ok(made->context, make_network(made->context, &made->network));
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

static ib_train_options options_of(uint32_t epochs, ib_epoch_fn callback, void *user_data)
{
    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = epochs;
    options.batch = 4;
    options.callback = callback;
    options.user_data = user_data;
    return options;
}

/* Answers `answer` at epoch `at`, and counts calls. */
typedef struct ending {
    uint32_t at, calls;
    int32_t answer;
    uint64_t weights;
} ending;

static int32_t end(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    ending *when = user_data;
    assert_int_equal(epoch->epoch, when->calls);
    when->calls++;
    when->weights = test_hash_weights(TEST_HASH_START, network);
    return epoch->epoch == when->at ? when->answer : 0;
}

static void stops(void **state)
{
    fixture *f = *state;
    for (uint32_t at = 0; at <= 4; at++) {
        ending when = {.at = at, .answer = 12};
        ib_train_options options = options_of(4, end, &when);
        assert_int_equal(ib_train_run(f->network, f->dataset, f->split, &options), IB_STOPPED);
        assert_int_equal(when.calls, at + 1);
        assert_int_equal(ib_context_callback_value(f->context), 12);
        assert_string_equal(ib_context_message(f->context), "");
        assert_true(test_hash_weights(TEST_HASH_START, f->network) == when.weights);
        assert_int_equal(ib_network_rows(f->network), ROWS); /* as it was in that call, its pass included */
    }
}

static void fails(void **state)
{
    fixture *f = *state;
    static const int32_t answers[] = {-1, -77, INT32_MIN};
    for (uint32_t i = 0; i < 3; i++) {
        ending when = {.at = i, .answer = answers[i]};
        ib_train_options options = options_of(4, end, &when);
        assert_fails(f->context, IB_ERR_CALLBACK, "", ib_train_run(f->network, f->dataset, f->split, &options));
        assert_int_equal(when.calls, i + 1);
        assert_int_equal(ib_context_callback_value(f->context), answers[i]);
    }
    ending when = {.at = 99};
    ib_train_options options = options_of(4, end, &when); /* the network is free again */
    assert_ok(f->context, ib_train_run(f->network, f->dataset, f->split, &options));
}

/* The range of a layer can be read from inside, and nothing more. */
static void meddle_with_ranges(ib_context *context, ib_network *network)
{
    ib_quant *quant = ib_network_activation_quant(network, 1);
    ib_tensor *x = test_vector_of(context, 3, NULL);
    float min = 0, max = 0, min_after = 1, max_after = 1;
    const int seen = ib_quant_get_range(quant, 0, &min, &max) == IB_OK;
    ib_network_begin_epoch(network);
    ib_quant_begin_epoch(quant);
    assert_fails(context, IB_ERR_STATE, "in use", ib_quant_set_range(quant, 0, -9, 9));
    assert_fails(context, IB_ERR_STATE, "in use", ib_quant_train(quant, x, x, NULL));
    assert_int_equal(ib_quant_get_range(quant, 0, &min_after, &max_after) == IB_OK, seen);
    assert_true(!seen || (min_after == min && max_after == max));
    ib_tensor_destroy(x);
}

/* Everything that would change the network is refused from inside, and changes nothing. */
static int32_t meddle(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    fixture *f = user_data;
    ib_tensor *bias = test_vector_of(f->context, 3, NULL);
    ib_layer_options layer = test_layer_options(2, IB_ACTIVATION_LINEAR);
    ib_train_options options = options_of(1, NULL, NULL);
    ib_rng *rng = NULL;
    uint64_t before = test_hash_weights(TEST_HASH_START, network);
    (void)epoch;
    meddle_with_ranges(f->context, network);
    assert_ok(f->context, ib_rng_create(f->context, 5, 5, &rng));
    assert_fails(f->context, IB_ERR_STATE, "in use", ib_train_run(network, f->dataset, f->split, &options));
    assert_fails(f->context, IB_ERR_STATE, "in use", ib_network_initialise(network, rng));
    assert_fails(f->context, IB_ERR_STATE, "in use", ib_network_set_weights(network, 1, NULL, bias));
    assert_fails(f->context, IB_ERR_STATE, "", ib_network_add_layer(network, &layer));
    assert_fails(f->context, IB_ERR_STATE, "in use",
                 ib_network_forward(network, IB_PASS_TRAINING, ib_dataset_inputs(f->dataset)));
    assert_int_equal(ib_network_backward(network, ib_dataset_labels(f->dataset), NULL, NULL), IB_ERR_STATE);
    assert_null(ib_network_parameters(network));
    assert_int_equal(ib_network_rows(network), ROWS);
    assert_true(test_hash_weights(TEST_HASH_START, network) == before);
    ib_rng_destroy(rng);
    ib_tensor_destroy(bias);
    return 0;
}

static void cannot_be_changed_from_inside(void **state)
{
    fixture *f = *state;
    ib_train_options options = options_of(3, meddle, f);
    assert_ok(f->context, ib_train_run(f->network, f->dataset, f->split, &options));
    uint64_t meddled = test_hash_weights(TEST_HASH_START, f->network);
    options = options_of(3, NULL, NULL);
    assert_ok(f->context, ib_train_run(f->network, f->dataset, f->split, &options));
    assert_true(test_hash_weights(TEST_HASH_START, f->network) == meddled);
    assert_non_null(ib_network_parameters(f->network));
    assert_ok(f->context, ib_quant_set_range(ib_network_activation_quant(f->network, 1), 0, -9, 9));
}

/* Other passes, fewer rows or many more, other objects and other runs leave the training as it is. */
static int32_t look_around(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    fixture *f = user_data;
    ib_tensor *few = test_tensor_random(f->context, 3, BITS, 0, 1);
    ib_tensor *many = test_tensor_random(f->context, 700, BITS, 0, 1);
    ib_network *other = NULL;
    ib_train_options options = options_of(2, NULL, NULL);
    options.seed = epoch->epoch;
    assert_ok(f->context, ib_network_forward(network, IB_PASS_INFERENCE, few));
    assert_ok(f->context, ib_network_forward(network, IB_PASS_INFERENCE, many));
    assert_int_equal(ib_network_rows(network), 700);
    assert_ok(f->context, make_network(f->context, &other));
    assert_ok(f->context, ib_train_run(other, f->dataset, f->split, &options));
    ib_network_destroy(other);
    ib_tensor_destroy(few);
    ib_tensor_destroy(many);
    return 0;
}

static void may_look_around(void **state)
{
    fixture *f = *state;
    ib_train_options options = options_of(6, look_around, f);
    assert_ok(f->context, ib_train_run(f->network, f->dataset, f->split, &options));
    uint64_t after = test_hash_weights(TEST_HASH_START, f->network);
    options = options_of(6, NULL, NULL);
    assert_ok(f->context, ib_train_run(f->network, f->dataset, f->split, &options));
    assert_true(test_hash_weights(TEST_HASH_START, f->network) == after);
}

/* Memory ends in a pass of the callback, which takes it lightly. */
static int32_t run_short(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    fixture *f = user_data;
    ib_tensor *many = test_tensor_random(f->context, 900, BITS, 0, 1);
    f->memory.refuse_after = epoch->epoch % 3;
    assert_fails(f->context, IB_ERR_NOMEM, "", ib_network_forward(network, IB_PASS_INFERENCE, many));
    assert_int_equal(ib_network_rows(network), 0);
    f->memory.refuse_after = SIZE_MAX;
    ib_tensor_destroy(many);
    return 0;
}

static void may_run_short_of_memory(void **state)
{
    fixture *f = *state;
    ib_train_options options = options_of(6, run_short, f);
    assert_ok(f->context, ib_train_run(f->network, f->dataset, f->split, &options));
    uint64_t after = test_hash_weights(TEST_HASH_START, f->network);
    options = options_of(6, NULL, NULL);
    assert_ok(f->context, ib_train_run(f->network, f->dataset, f->split, &options));
    assert_true(test_hash_weights(TEST_HASH_START, f->network) == after);
}

static int32_t destroy(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    uint32_t *calls = user_data;
    assert_int_equal(epoch->epoch, (*calls)++);
    if (epoch->epoch >= 1)
        ib_network_destroy(network); /* more than once: still one network */
    assert_int_equal(ib_network_rows(network), ROWS);
    return 0;
}

/* The run goes on to its end, and only then the network goes. */
static void destroyed_from_inside(void **state)
{
    fixture *f = *state;
    uint32_t calls = 0;
    size_t without = f->memory.live;
    ib_network *network = NULL;
    assert_ok(f->context, make_network(f->context, &network));
    ib_train_options options = options_of(4, destroy, &calls);
    assert_ok(f->context, ib_train_run(network, f->dataset, f->split, &options));
    assert_int_equal(calls, 5);
    assert_int_equal(f->memory.live, without);
}

/* Everything is let go, even the context, while the network is the last to hold it. */
typedef struct last_hold {
    ib_context *context;
    ib_dataset *dataset;
    ib_split *split;
} last_hold;

static int32_t let_go(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    last_hold *held = user_data;
    if (epoch->epoch == 0) {
        ib_context_destroy(held->context);
        ib_network_destroy(network);
    }
    return epoch->epoch == 1;
}

static void context_let_go_from_inside(void **state)
{
    (void)state;
    test_memory memory;
    last_hold held = {.context = test_context(&memory)};
    held.dataset = test_majority(held.context, BITS);
    held.split = test_split(held.context, ROWS, 5);
    ib_network *network = NULL;
    assert_ok(held.context, make_network(held.context, &network));
    ib_train_options options = options_of(4, let_go, &held);
    assert_int_equal(ib_train_run(network, held.dataset, held.split, &options), IB_STOPPED);
    ib_dataset_destroy(held.dataset);
    ib_split_destroy(held.split);
    assert_int_equal(memory.live, 0);
}

static int32_t nothing(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    (void)epoch, (void)network, (void)user_data;
    return 0;
}

static int32_t odd(uint32_t pattern, uint32_t bits, uint32_t *label, void *user_data)
{
    (void)bits, (void)user_data;
    *label = pattern & 1;
    return 0;
}

static ib_status life(ib_context *context, void *user_data)
{
    static const uint32_t test_rows[2] = {1, 6};
    ib_network *network = NULL;
    ib_dataset *dataset = NULL;
    ib_split *split = NULL;
    (void)user_data;
    ib_train_options options = options_of(2, nothing, NULL);
    ib_status status = make_network(context, &network);
    if (status == IB_OK)
        status = ib_dataset_create_patterns(context, BITS, 2, odd, NULL, &dataset);
    if (status == IB_OK)
        status = ib_split_create(context, ROWS, test_rows, 2, &split);
    if (status == IB_OK)
        status = ib_train_run(network, dataset, split, &options);
    ib_network_destroy(network);
    ib_dataset_destroy(dataset);
    ib_split_destroy(split);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(life, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(stops, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fails, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cannot_be_changed_from_inside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(may_look_around, set_up, tear_down),
        cmocka_unit_test_setup_teardown(may_run_short_of_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(destroyed_from_inside, set_up, tear_down),
        cmocka_unit_test(context_let_go_from_inside),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
