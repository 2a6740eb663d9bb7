/* The inside of a trainer: trainer.c has the loop, trainer_bytes.c saves it and puts it back. */
#ifndef LIBIB_NN_TRAINER_H
#define LIBIB_NN_TRAINER_H

#include "base/bytes.h"
#include "nn/adam.h"
#include "nn/network.h"
#include "nn/sgd.h"

#include <libib/trainer.h>

/* How far a run is. */
typedef struct ib_i_progress {
    uint32_t prefit, epoch; /* done */
    uint32_t reported;      /* the callback, if there is one, has heard of the epoch */
    uint64_t correct;       /* sums over the batches of the epoch */
    double loss;
} ib_i_progress;

struct ib_trainer {
    ib_context *context;
    ib_network *network;
    const ib_dataset *dataset;
    const ib_split *split;
    ib_train_options options; /* without unset members, and without those of the optimisers */
    ib_adam *adam;            /* or */
    ib_sgd *sgd;
    ib_rng *batches, *prefit; /* streams */
    ib_i_progress at;
    int diverged;           /* somewhere within an epoch */
    int busy;               /* calls in progress */
    int doomed;             /* destroyed while busy */
    uint32_t *order;        /* [training rows] */
    uint32_t *shuffled;     /* [rows] the labels of a prefit, or NULL */
    uint32_t *bits;         /* [rows] the inputs of a row, if all inputs are bits; else NULL */
    uint32_t *batch_bits;   /* [P][64] of a batch */
    float *x;               /* [P][D][64] of a batch */
    uint32_t *labels;       /* [P][64] of a batch */
    float *all;             /* [P][D][64] of all rows; this and below only with a callback */
    uint32_t *train_labels; /* [P][64], none in test rows */
    uint32_t *test_labels;  /* the other way round */
};

/* Around everything that calls the caller back. `leave` forwards the status; the trainer may be gone after it. */
void ib_i_trainer_enter(ib_trainer *trainer);
ib_status ib_i_trainer_leave(ib_trainer *trainer, ib_status status);

/* Fails within a callback of the trainer. */
ib_status ib_i_trainer_check_idle(const ib_trainer *trainer);

/* The callback, which asked to stop, does not count as having heard of the epoch: it will be told once more. */
void ib_i_trainer_take_back(ib_trainer *trainer);

/* Lists the fields of what all runs of a study have in common: data, split, layers, optimiser, batch, prefit. */
void ib_i_trainer_setting(ib_i_bytes *bytes, const ib_trainer *trainer);

#endif
