/* How far the work is: a bar with the time left on a terminal, now and then a plain line elsewhere.
 * Belongs to one thread. */
#ifndef IB_CLI_PROGRESS_H
#define IB_CLI_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

/* Progress of a study of equal runs. */
typedef struct progress {
    uint64_t runs;
    uint64_t epochs; /* of a run */
    uint64_t runs_done;
    uint64_t epochs_done; /* of all runs */
    double started;       /* seconds on a clock that never jumps */
    double shown;         /* when it was last shown */
    int terminal;         /* standard error is a terminal */
    int quiet;            /* show nothing */
} progress;

/* Begins to count. */
void progress_begin(progress *p, uint64_t runs, uint64_t epochs, int quiet);

/* So many epochs are done, in all; fewer than before if a run was begun again. */
void progress_epochs(progress *p, uint64_t epochs);

/* One more run is done. */
void progress_run(progress *p);

/* Wipes the bar. */
void progress_end(const progress *p);

/* "1 h 02 min", "3 min 20 s", "12 s". */
void progress_time(double seconds, char *text, size_t size);

#endif
