/* Runs of the standard setting with every layer measured. Needs no CMocka: what fails ends the program. */
#ifndef LIBIB_TESTS_RUNS_H
#define LIBIB_TESTS_RUNS_H

#include "hash.h"

typedef struct test_run {
    uint32_t preset, activation, bits, epochs;
    uint64_t seed, run;
} test_run;

/* Hashes of what a run has come to. */
typedef struct test_run_hashes {
    uint64_t weights, points;
} test_run_hashes;

/* Called after each epoch, from inside the callback, when everything has been measured into the plane. */
typedef void (*test_run_watch)(const ib_epoch *epoch, ib_network *network, const ib_plane *plane, void *user_data);

/* Trains on the study's data and split; `watch` may be NULL. */
test_run_hashes test_run_train(ib_context *context, const test_run *what, test_run_watch watch, void *user_data);

#endif
