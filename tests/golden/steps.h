/* A file of training steps beside the network that repeats them. */
#ifndef LIBIB_TESTS_STEPS_H
#define LIBIB_TESTS_STEPS_H

#include "golden.h"

enum { STEPS_LAYERS = 6, STEPS_BATCH = 64, STEPS_COUNT = 12, STEPS_ROWS = 32, STEPS_ALL = 4096 };

/* How closely a file is to be met. */
typedef struct agreement {
    double weights, losses;
    size_t loose_parameters; /* after step 12: so many may be off by 2.5 learning rates */
    double ranges;
    double outputs;
    int exact_relu;       /* outputs of layers 1 to 5 bit for bit */
    size_t level_entries; /* so many outputs or codes of the file may lie one level apart */
    uint64_t distinct;
    double information; /* bits */
} agreement;

typedef struct steps {
    ib_context *context;
    json_t *root;
    const agreement *within;
    uint32_t bits;
    int paper;
    ib_dataset *dataset;
    ib_observer *observer;
    ib_network *network;
    ib_adam *adam;
    size_t levels_apart; /* entries so far that lie one level apart */
} steps;

void steps_open(steps *run, ib_context *context, const char *file, uint32_t preset, const agreement *within);
void steps_close(steps *run);
/* Makes step i = 0, 1, ..., 11 and compares its loss and accuracy. */
void steps_advance(steps *run, size_t i);

/* After a step whose state is in the file: */
void steps_compare_weights(steps *run, const json_t *step);
void steps_compare_ranges(steps *run, const json_t *step);
/* Makes the pass over all rows. */
void steps_pass(steps *run);
void steps_compare_outputs(steps *run, const json_t *step);
void steps_compare_codes(steps *run, const json_t *step);
/* One layer's point against distinct states (0: not given) and [H, I(T;Y)]. */
void steps_compare_point(steps *run, size_t layer, uint32_t measure, uint64_t distinct, const json_t *pair);

#endif
