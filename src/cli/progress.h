/* How far a study is: a bar with the time left on a terminal, now and then a plain line elsewhere.
 * Belongs to one thread. */
#ifndef IB_CLI_PROGRESS_H
#define IB_CLI_PROGRESS_H

#include <libib/libib.h>

#include <stddef.h>
#include <stdint.h>

/* What has been shown of a study. */
typedef struct progress {
    double started;       /* seconds on a clock that never jumps */
    double shown;         /* when it was last shown */
    int heard;            /* of any epochs */
    uint64_t epochs_done; /* when it was first heard of: what was done before takes no time */
    int terminal;         /* standard error is a terminal */
    int quiet;            /* show nothing */
} progress;

/* Begins to count the time. */
void progress_begin(progress *p, int quiet);

/* Shows how far the study is, if it is time to. */
void progress_show(progress *p, const ib_study_progress *now);

/* Draws how much of a file has been read, 0 to 1, if it is time to, and only on a terminal; below 0 it is not known. */
void progress_show_part(progress *p, double part);

/* Wipes the bar. */
void progress_end(const progress *p);

/* "50%, 5 of 10 runs, 12 s left": how far the study is after so many seconds. */
void progress_describe(const progress *p, const ib_study_progress *now, double seconds, char *text, size_t size);

/* "1 h 02 min", "3 min 20 s", "12 s". */
void progress_time(double seconds, char *text, size_t size);

/* Seconds on a clock that never jumps. */
double progress_clock(void);

#endif
