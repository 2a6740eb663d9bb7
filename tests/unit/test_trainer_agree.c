/* Saved trainers of another run, network or data set are refused; the message names what differs. */
#include "small_run.h"

static void expect(const test_setting *s, ib_status status, const char *words)
{
    test_stream saved = test_two_epochs();
    test_place p = test_arrive(s);
    test_refused(&p, &saved, status, words);
    test_stream_free(&saved);
    test_leave_all(&p);
}

/* Whatever differs is named, with what was expected and what was found. */
#define DIFFERS(change, status, words)                                                                                 \
    do {                                                                                                               \
        test_setting s = test_standard();                                                                              \
        change;                                                                                                        \
        expect(&s, status, words);                                                                                     \
    } while (0)

static void of_another_run(void **state)
{
    (void)state;
    DIFFERS(s.train.seed = 7, IB_ERR_STATE, "seed: expected 7, got 18364758544493064720");
    DIFFERS(s.train.run = 7, IB_ERR_STATE, "run: expected 7, got 6");
    DIFFERS(s.train.attempt = 0, IB_ERR_STATE, "attempt: expected 0, got 2");
    DIFFERS(s.train.batch = 5, IB_ERR_STATE, "batch: expected 5, got 4");
    DIFFERS(s.train.prefit_epochs = 2, IB_ERR_STATE, "prefit_epochs: expected 2, got 1");
    DIFFERS(s.train.prefit_reset = 3, IB_ERR_STATE, "prefit_reset: expected 3, got 0");
    DIFFERS(s.use_sgd = 1, IB_ERR_STATE, "optimiser (0: Adam, 1: SGD): expected 1, got 0");
    DIFFERS(s.adam.rate = 0.5, IB_ERR_STATE, "rate: expected 0.5, got 0.0001");
    DIFFERS(s.adam.beta1 = 0.5, IB_ERR_STATE, "beta1: expected 0.5, got 0.9");
    DIFFERS(s.adam.beta2 = 0.5, IB_ERR_STATE, "beta2: expected 0.5, got 0.999");
    DIFFERS(s.adam.epsilon = 1, IB_ERR_STATE, "epsilon: expected 1, got 9.99");
    DIFFERS(s.adam.epsilon_place = 1, IB_ERR_STATE, "epsilon_place: expected 1, got 0");
}

static void of_another_network(void **state)
{
    (void)state;
    DIFFERS(s.layers[0].width = 4, IB_ERR_SHAPE, "layer 1 width: expected 4, got 3");
    DIFFERS(s.layers[0].activation = IB_ACTIVATION_RELU, IB_ERR_STATE, "layer 1 activation: expected 2, got 1");
    DIFFERS(s.layers[1].init = 2, IB_ERR_STATE, "layer 2 init: expected 2, got 0");
    DIFFERS(s.layers[1].constant = 0.5f, IB_ERR_STATE, "layer 2 constant: expected 0.5, got 0");
    DIFFERS(s.layers[0].quantise_at = 1, IB_ERR_STATE, "layer 1 quantise_at: expected 1, got 0");
    DIFFERS(s.activations.bits = 5, IB_ERR_STATE, "layer 1 bits (0: no quantiser): expected 5, got 6");
    DIFFERS(s.activations.grid = 1, IB_ERR_STATE, "layer 1 grid: expected 1, got 0");
    DIFFERS(s.activations.range = IB_RANGE_ALL, IB_ERR_STATE, "layer 1 range: expected 4, got 0");
    DIFFERS(s.weights.decay = 0.5, IB_ERR_STATE, "layer 2 decay: expected 0.5, got 0.999");
    DIFFERS(s.weights.initial_min = -1, IB_ERR_STATE, "layer 2 initial_min: expected -1, got 0");
    DIFFERS(s.weights.initial_max = 1, IB_ERR_STATE, "layer 2 initial_max: expected 1, got 0");
    DIFFERS(s.weights.per_channel = 1, IB_ERR_STATE, "layer 2 per_channel: expected 1, got 0");
}

static void on_other_data(void **state)
{
    (void)state;
    DIFFERS(s.bits = 5, IB_ERR_SHAPE, "rows of the data set: expected 32, got 16");
    DIFFERS(s.test_rows = 6, IB_ERR_SHAPE, "training rows: expected 10, got 11");
    DIFFERS(s.odd = 1, IB_ERR_STATE, "hash of data set and split: expected");
}

/* Of a run with SGD: other fields, and their differences. */
static void of_another_descent(void **state)
{
    (void)state;
    test_setting s = test_standard();
    s.use_sgd = 1;
    test_place p = test_arrive(&s);
    assert_ok(p.context, ib_trainer_run(p.trainer, 1));
    test_stream saved = test_saved(p.context, p.trainer);
    test_leave_all(&p);
    s.sgd.momentum = 0.5;
    p = test_arrive(&s);
    test_refused(&p, &saved, IB_ERR_STATE, "momentum: expected 0.5, got 0");
    test_leave_all(&p);
    s.sgd.rate = 0.5;
    p = test_arrive(&s);
    test_refused(&p, &saved, IB_ERR_STATE, "rate: expected 0.5, got 0.01");
    test_leave_all(&p);
    test_stream_free(&saved);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_another_run),
        cmocka_unit_test(of_another_network),
        cmocka_unit_test(on_other_data),
        cmocka_unit_test(of_another_descent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
