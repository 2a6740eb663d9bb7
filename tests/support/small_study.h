/* Studies of a small network, and a shelf that keeps what they save, as a disk would. */
#ifndef LIBIB_TESTS_SMALL_STUDY_H
#define LIBIB_TESTS_SMALL_STUDY_H

#include "nn.h"
#include "stream.h"

#define TEST_SHELF 16

/* What was kept of each run, and what the callbacks are to do. All zero: everything is kept, nothing stops. */
typedef struct test_shelf {
    test_stream runs[TEST_SHELF]; /* as last saved */
    uint32_t outcomes[TEST_SHELF];
    uint32_t finished;         /* how many were saved as finished */
    uint32_t saves;            /* and at all */
    uint32_t done[TEST_SHELF]; /* runs as they were handed over */
    uint32_t done_count;
    uint64_t points;     /* of all records that were handed over */
    uint64_t told;       /* calls for progress */
    uint64_t stop_at;    /* the call for progress that stops the study; 0: none */
    uint64_t every;      /* calls for progress from one checkpoint to the next; 0: none */
    int32_t save_answer; /* of save, done, progress, from the first call on */
    int32_t kept_answer; /* of save, once it has kept a finished run */
    int32_t done_answer;
    int32_t progress_answer;
    ib_study *study; /* for checkpoints */
    ib_study_progress last;
} test_shelf;

/* Everything by which a study may differ from another. */
typedef struct test_plan {
    uint32_t threads, runs;
    ib_train_options train;
    ib_adam_options adam;
    ib_sgd_options sgd;
    ib_schedule_options schedule;
    ib_binning_options binnings[3];
    size_t n_binnings;
    ib_estimator estimators[2];
    size_t n_estimators;
    uint32_t quantised[2][2]; /* bits of activations, of weights */
    size_t n_quantised;
    double bad_accuracy;
    uint32_t restart_from;
    uint32_t activation; /* of the hidden layer */
    int is_float, without_save;
} test_plan;

typedef struct test_room {
    ib_context *context;
    ib_dataset *dataset;
    ib_split *split;
    ib_network *network;
    ib_study *study;
} test_room;

/* 5 runs of 9 epochs of 4-3-2, tanh, quantised, on 16 rows. */
test_plan test_standard_plan(void);

/* A plain estimator: I(X;T) is the mean size of an output plus 1/1000 for each epoch; I(T;Y) is that of outputs with
 * label 1 in even layers, and NaN in odd ones. user_data is not looked at. */
int32_t test_mean_size(const ib_estimator_input *input, ib_estimate *estimate, void *user_data);

/* A float network, measured by two such estimators and quantised in two ways. */
void test_plan_plug_ins(test_plan *plan);

/* Adds all that a plan measures by. */
ib_status test_add_measures(ib_study *study, const test_plan *plan);

/* All that a study needs, and the study; also where memory ends somewhere. `shelf` may be NULL. */
ib_status test_enter_in(ib_context *context, const test_plan *plan, test_shelf *shelf, test_room *room);
/* The same in a context of its own. */
test_room test_enter(const test_plan *plan, test_shelf *shelf);
/* Destroys all but the context, and with the context. */
void test_exit(test_room *room);
void test_exit_all(test_room *room);

/* Makes a whole study; the shelf is to be freed. */
test_shelf test_whole(const test_plan *plan);
/* Gives a study what a shelf holds. */
ib_status test_give_back(ib_study *study, test_shelf *shelf);
void test_shelf_free(test_shelf *shelf);
/* Asserts that two shelves hold the same bytes of `runs` runs. */
void test_same_shelf(const test_shelf *actual, const test_shelf *expected, uint32_t runs);

#endif
