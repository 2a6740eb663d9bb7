#include "small_run.h"

enum { BITS = 4, TEST_ROWS = 5 };

test_setting test_standard(void)
{
    test_setting s = {.bits = BITS, .test_rows = TEST_ROWS};
    ib_train_options_init(&s.train);
    s.train.batch = 4;
    s.train.seed = 0xfedcba9876543210;
    s.train.run = 6;
    s.train.attempt = 2;
    s.train.prefit_epochs = 1;
    ib_adam_options_init(&s.adam);
    ib_sgd_options_init(&s.sgd);
    s.layers[0] = test_layer_options(3, IB_ACTIVATION_TANH);
    s.layers[1] = test_layer_options(2, IB_ACTIVATION_SOFTMAX);
    s.activations = test_quant_options(6, IB_GRID_UNIFORM, IB_RANGE_EPOCH);
    s.weights = test_quant_options(7, IB_GRID_NUDGED, IB_RANGE_LAST);
    return s;
}

static int32_t odd(uint32_t pattern, uint32_t bits, uint32_t *label, void *user_data)
{
    (void)bits, (void)user_data;
    *label = pattern & 1;
    return 0;
}

static int32_t half(uint32_t pattern, uint32_t bits, uint32_t *label, void *user_data)
{
    (void)user_data;
    *label = pattern >> (bits - 1);
    return 0;
}

static ib_status arrive_network(test_place *p, test_setting *s)
{
    s->layers[0].activations = &s->activations;
    s->layers[1].weights = &s->weights;
    ib_status status = ib_network_create(p->context, s->bits, &p->network);
    for (size_t l = 0; l < 2 && status == IB_OK; l++)
        status = ib_network_add_layer(p->network, &s->layers[l]);
    return status;
}

ib_status test_arrive_in(ib_context *context, test_setting s, test_place *p)
{
    static const uint32_t test_rows[] = {1, 4, 7, 10, 13, 14};
    *p = (test_place){.context = context};
    ib_status status = arrive_network(p, &s);
    if (status == IB_OK)
        status = ib_dataset_create_patterns(context, s.bits, 2, s.odd ? odd : half, NULL, &p->dataset);
    if (status == IB_OK)
        status = ib_split_create(context, (size_t)1 << s.bits, test_rows, s.test_rows, &p->split);
    s.train.sgd = s.use_sgd ? &s.sgd : NULL;
    s.train.adam = s.use_sgd ? NULL : &s.adam;
    if (status == IB_OK)
        status = ib_trainer_create(p->network, p->dataset, p->split, &s.train, &p->trainer);
    return status;
}

void test_leave(test_place *p)
{
    ib_trainer_destroy(p->trainer);
    ib_network_destroy(p->network);
    ib_split_destroy(p->split);
    ib_dataset_destroy(p->dataset);
}

test_place test_arrive(const test_setting *s)
{
    test_place p;
    ib_context *context = test_context(NULL);
    assert_ok(context, test_arrive_in(context, *s, &p));
    return p;
}

void test_leave_all(test_place *p)
{
    test_leave(p);
    ib_context_destroy(p->context);
}

test_stream test_two_epochs(void)
{
    const test_setting s = test_standard();
    test_place p = test_arrive(&s);
    assert_ok(p.context, ib_trainer_run(p.trainer, 2));
    test_stream saved = test_saved(p.context, p.trainer);
    test_leave_all(&p);
    return saved;
}

void test_refused(test_place *p, test_stream *saved, ib_status status, const char *words)
{
    test_stream before = test_saved(p->context, p->trainer);
    const uint32_t epoch = ib_trainer_epoch(p->trainer);
    assert_fails(p->context, status, words, test_read(p->trainer, saved));
    assert_int_equal(ib_trainer_epoch(p->trainer), epoch);
    test_assert_saves(p->context, p->trainer, &before);
    test_stream_free(&before);
}
