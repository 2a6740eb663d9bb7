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

static double now(void)
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

void progress_begin(progress *p, uint64_t runs, uint64_t epochs, int quiet)
{
    memset(p, 0, sizeof *p);
    p->runs = runs;
    p->epochs = epochs;
    p->started = p->shown = now();
    p->terminal = isatty(STDERR_FILENO);
    p->quiet = quiet;
}

static double fraction_done(const progress *p)
{
    return (double)p->epochs_done / ((double)p->runs * (double)p->epochs);
}

static void describe_left(const progress *p, double elapsed, char *text, size_t size)
{
    char time[32];
    double done = fraction_done(p);
    text[0] = '\0';
    if (elapsed < FIRST_GUESS || done <= 0)
        return;
    progress_time(elapsed * (1 - done) / done, time, sizeof time);
    snprintf(text, size, ", %s left", time);
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

static void show(progress *p, double time)
{
    char left[48], words[120];
    double done = fraction_done(p);
    describe_left(p, time - p->started, left, sizeof left);
    snprintf(words, sizeof words, "%.0f%%, %" PRIu64 " of %" PRIu64 " runs%s", 100 * done, p->runs_done, p->runs, left);
    if (p->terminal)
        draw_bar(done, words);
    else
        say("%s", words);
    p->shown = time;
}

static void show_if_due(progress *p)
{
    if (p->quiet)
        return;
    double time = now();
    if (time - p->shown >= (p->terminal ? BAR_PAUSE : LINE_PAUSE))
        show(p, time);
}

void progress_epochs(progress *p, uint64_t epochs)
{
    p->epochs_done = epochs;
    show_if_due(p);
}

void progress_run(progress *p)
{
    p->runs_done++;
    show_if_due(p);
}

void progress_end(const progress *p)
{
    if (!p->quiet)
        say_no_bar();
}
