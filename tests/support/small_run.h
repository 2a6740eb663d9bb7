/* A small run, made anew wherever it is wanted, in any setting. */
#ifndef LIBIB_TESTS_SMALL_RUN_H
#define LIBIB_TESTS_SMALL_RUN_H

#include "nn.h"
#include "stream.h"

/* Everything by which a run may differ from another. */
typedef struct test_setting {
    ib_train_options train;
    ib_adam_options adam;
    ib_sgd_options sgd;
    ib_layer_options layers[2];
    ib_quant_options activations, weights;
    uint32_t bits, test_rows;
    int use_sgd, odd;
} test_setting;

typedef struct test_place {
    ib_context *context;
    ib_dataset *dataset;
    ib_split *split;
    ib_network *network;
    ib_trainer *trainer;
} test_place;

/* 4-3-2, quantised activations and weights, a prefit of one epoch, on 11 rows of 16. */
test_setting test_standard(void);

/* All that a trainer needs, and the trainer, in a context; also where memory ends somewhere. */
ib_status test_arrive_in(ib_context *context, test_setting s, test_place *p);
/* The same in a context of its own. */
test_place test_arrive(const test_setting *s);

/* Destroys all but the context, and with the context. */
void test_leave(test_place *p);
void test_leave_all(test_place *p);

/* What the standard run saves after two epochs. */
test_stream test_two_epochs(void);

/* Asserts that a trainer refuses saved bytes and stays as it was. */
void test_refused(test_place *p, test_stream *saved, ib_status status, const char *words);

#endif
