#include "progress.h"

#include "say.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BAR_CELLS 30
/* Seconds between two drawings of the bar, and between two plain lines. */
#define BAR_PAUSE 0.1
#define LINE_PAUSE 5.0
/* Seconds before the time left is worth saying. */
#define FIRST_GUESS 1.0

double progress_clock(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void progress_time(double seconds, char *text, size_t size)
{
    uint64_t s = (uint64_t)(seconds + 0.5);
    if (s < 60)
        snprintf(text, size, "%" PRIu64 " s", s);
    else if (s < 3600)
        snprintf(text, size, "%" PRIu64 " min %02" PRIu64 " s", s / 60, s % 60);
    else
        snprintf(text, size, "%" PRIu64 " h %02" PRIu64 " min", s / 3600, s % 3600 / 60);
}

void progress_begin(progress *p, int quiet)
{
    memset(p, 0, sizeof *p);
    p->started = p->shown = progress_clock();
    p->terminal = isatty(STDERR_FILENO);
    p->quiet = quiet;
}

static double fraction_done(const ib_study_progress *now)
{
    return (double)now->epochs_done / (double)now->epochs;
}

/* From the epochs done since it began: a study that goes on with another has some at once. */
static void describe_left(const progress *p, const ib_study_progress *now, double seconds, char *text, size_t size)
{
    char time[32];
    text[0] = '\0';
    if (seconds < FIRST_GUESS || now->epochs_done <= p->epochs_done)
        return;
    const double each = seconds / (double)(now->epochs_done - p->epochs_done);
    progress_time(each * (double)(now->epochs - now->epochs_done), time, sizeof time);
    snprintf(text, size, ", %s left", time);
}

void progress_describe(const progress *p, const ib_study_progress *now, double seconds, char *text, size_t size)
{
    char left[48];
    describe_left(p, now, seconds, left, sizeof left);
    snprintf(text, size, "%.0f%%, %" PRIu64 " of %" PRIu64 " runs%s", 100 * fraction_done(now), now->runs_done,
             now->runs, left);
}

static void draw_bar(double done, const char *words)
{
    char bar[BAR_CELLS + 1], line[160];
    size_t cells = (size_t)(done * BAR_CELLS);
    memset(bar, '.', BAR_CELLS);
    memset(bar, '#', cells > BAR_CELLS ? BAR_CELLS : cells);
    bar[BAR_CELLS] = '\0';
    snprintf(line, sizeof line, "[%s] %s", bar, words);
    say_bar(line);
}

void progress_show(progress *p, const ib_study_progress *now)
{
    const double time = progress_clock();
    char words[120];
    if (!p->heard)
        p->epochs_done = now->epochs_done;
    p->heard = 1;
    if (p->quiet || time - p->shown < (p->terminal ? BAR_PAUSE : LINE_PAUSE))
        return;
    progress_describe(p, now, time - p->started, words, sizeof words);
    if (p->terminal)
        draw_bar(fraction_done(now), words);
    else
        say("%s", words);
    p->shown = time;
}

void progress_show_part(progress *p, double part)
{
    char words[32];
    const double time = progress_clock();
    if (p->quiet || !p->terminal || part < 0 || time - p->shown < BAR_PAUSE)
        return;
    snprintf(words, sizeof words, "%.0f%%", 100 * part);
    draw_bar(part, words);
    p->shown = time;
}

void progress_end(const progress *p)
{
    if (!p->quiet)
        say_no_bar();
}
