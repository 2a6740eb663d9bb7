#include "say.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *speaker, *subject;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* the last line belongs to one thread at a time */
static int bar_width;

void say_as(const char *command)
{
    speaker = command;
}

void say_of(const char *file)
{
    subject = file;
}

static void wipe(void)
{
    if (bar_width > 0)
        fprintf(stderr, "\r%*s\r", bar_width, "");
    bar_width = 0;
}

void say_no_bar(void)
{
    pthread_mutex_lock(&lock);
    wipe();
    pthread_mutex_unlock(&lock);
}

void say(const char *format, ...)
{
    pthread_mutex_lock(&lock);
    wipe();
    fputs(speaker ? "ib " : "ib", stderr);
    fputs(speaker ? speaker : "", stderr);
    fputs(": ", stderr);
    if (subject)
        fprintf(stderr, "%s: ", subject);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    pthread_mutex_unlock(&lock);
}

void say_bar(const char *bar)
{
    pthread_mutex_lock(&lock);
    int before = bar_width;
    bar_width = (int)strlen(bar);
    /* Blanks at the end cover what is left of a longer bar. */
    fprintf(stderr, "\r%s%*s", bar, before > bar_width ? before - bar_width : 0, "");
    if (before > bar_width)
        bar_width = before;
    fflush(stderr);
    pthread_mutex_unlock(&lock);
}

int say_output_done(void)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    say("standard output: %s", strerror(errno ? errno : EIO));
    return -1;
}
