/* The inside of a study: study.c has what is asked, study_measures.c what is measured, study_run.c the thread of the
 * caller, study_worker.c the threads that make runs, study_bytes.c how a run in progress is saved. */
#ifndef LIBIB_STUDY_STUDY_H
#define LIBIB_STUDY_STUDY_H

#include "base/blob.h"
#include "base/context.h"
#include "info/ask.h"

#include <libib/observer.h>
#include <libib/study.h>
#include <libib/tasks.h>
#include <libib/trainer.h>

#include <pthread.h>
#include <stdatomic.h>

/* A run that was begun elsewhere. */
typedef struct ib_i_open_run {
    uint64_t run;
    ib_i_blob bytes;
} ib_i_open_run;

/* What a worker leaves for the thread of the caller to save. */
enum { IB_I_PARCEL_NONE, IB_I_PARCEL_POSTED, IB_I_PARCEL_TAKEN };
typedef struct ib_i_parcel {
    int state;
    uint64_t run;
    uint32_t outcome;
    ib_i_blob bytes;
} ib_i_parcel;

/* Post-training quantisation that is asked for. */
typedef struct ib_i_quantisation {
    uint32_t bits, weight_bits;
} ib_i_quantisation;

/* Where a run leaves its record until it is handed over, and why it failed. */
typedef struct ib_i_place {
    ib_context *context; /* of the record, which one thread has after the other */
    ib_record *record;
    uint64_t run;
    ib_status status;
    int32_t callback_value; /* of IB_ERR_CALLBACK */
    char message[IB_I_MESSAGE_SIZE];
} ib_i_place;

/* What one thread makes runs with. */
typedef struct ib_i_maker {
    ib_study *study;
    ib_context *context;
    ib_dataset *dataset; /* this and the split are shared with the caller's */
    ib_split *split;
    ib_network *network;
    ib_observer *observer;
    ib_ranges *bounds; /* of the run, as far as it was seen */
    ib_ranges *pass;   /* of one pass */
    ib_i_blob draft;   /* a parcel that is being written */
    ib_i_parcel parcel;
    const ib_task *task; /* this and what follows is of the run at hand */
    ib_i_place *place;
    ib_trainer *trainer;
    int seeks;         /* it is made for the first time of two, for its bounds */
    int bad;           /* the attempt is given up */
    uint32_t next;     /* the next epoch to be measured */
    uint32_t answered; /* the last call for checkpoints that was heard */
    ib_status status;  /* why the callback of the trainer failed, or IB_STOPPED: an estimator asked to stop */
} ib_i_maker;

struct ib_study {
    ib_context *context;
    ib_study_options options; /* without unset members; what it pointed to is below */
    ib_train_options train;
    ib_adam_options adam;
    ib_sgd_options sgd;
    ib_schedule_options schedule;
    ib_network *pattern;
    const ib_dataset *dataset;
    const ib_split *split;
    ib_binning_options *binnings; /* [binning_count] */
    size_t binning_count;
    ib_i_estimator *estimators; /* [estimator_count] */
    size_t estimator_count;
    ib_i_quantisation *quantisations; /* [quantisation_count] */
    size_t quantisation_count;
    int twice; /* runs are made twice, for bounds of a whole run */
    uint64_t setting;

    uint64_t *finished; /* [finished_count] runs that need not be made, ascending; while running: those before */
    size_t finished_count;
    ib_i_open_run *open; /* [open_count] */
    size_t open_count;

    int running, doomed; /* doomed: destroyed while running */
    ib_i_maker *makers;  /* [options.threads], while running; and below */
    uint32_t maker_count;
    ib_i_place *places; /* task t has t % place_count */
    size_t place_count;
    uint64_t handed; /* tasks that were handed over */
    uint64_t *fresh; /* [fresh_count] runs that were finished by now */
    size_t fresh_count;
    int32_t answer; /* of the callback that ended the study; 0: none did */
    const char *answerer;
    ib_status trouble;    /* ours, on the thread of the caller: memory has run out */
    ib_i_blob bytes;      /* what is being saved */
    atomic_uint calls;    /* for checkpoints */
    atomic_int halted;    /* what the first estimator answered that asked to stop; 0: none did */
    pthread_mutex_t lock; /* guards what follows, and all parcels */
    pthread_cond_t saved; /* a parcel was taken care of, or `ending` */
    int ending;           /* nobody waits for parcels any more */
    int64_t epochs_done;
};

/* --- study_worker.c: on any thread --- */

/* All that a thread needs, made on the thread of the caller; destroy takes what there is. */
ib_status ib_i_maker_create(ib_i_maker *maker, ib_study *study);
void ib_i_maker_destroy(ib_i_maker *maker);

/* A trainer of the run at hand, at the beginning of the attempt that its record is at. */
ib_status ib_i_maker_begin(ib_i_maker *maker);

/* Makes the run of a task. 0; 1: not wanted any more, and left as a parcel; negative: the place tells why it failed. */
int32_t ib_i_maker_run(ib_i_maker *maker, const ib_task *task);

/* The run of a task: the number-th of those that were not finished. */
uint64_t ib_i_study_run_of(const ib_study *study, uint64_t number);

/* --- study_bytes.c --- */

/* Puts the run at hand into the draft: its record, and if it is in progress all that it needs to go on. */
ib_status ib_i_maker_save(ib_i_maker *maker);

/* Goes to where the run at hand was saved: its record, how far it is, its trainer. */
ib_status ib_i_maker_load(ib_i_maker *maker, const ib_i_blob *bytes);

/* --- study_measures.c --- */

/* Finds the number that ib_study_setting() tells. */
ib_status ib_i_study_find_setting(ib_study *study);

/* --- study.c --- */

/* Fails within a callback of the study. */
ib_status ib_i_study_check_before_runs(const ib_study *study);

/* An open run; NULL if it is none. */
ib_i_open_run *ib_i_study_find_open(const ib_study *study, uint64_t run);

/* Keeps the bytes of an open run in place of others; takes them from the blob. */
ib_status ib_i_study_keep_open(ib_study *study, uint64_t run, ib_i_blob *bytes);

/* Runs that need not be made, in addition. */
ib_status ib_i_study_add_finished(ib_study *study, const uint64_t *runs, size_t count);

/* An empty record of a run. */
ib_status ib_i_study_create_record(const ib_study *study, ib_context *context, uint64_t run, ib_record **out);

#endif
