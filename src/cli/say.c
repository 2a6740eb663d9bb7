#include "say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *speaker;
static int bar_width;

void say_as(const char *command)
{
    speaker = command;
}

void say_no_bar(void)
{
    if (bar_width > 0)
        fprintf(stderr, "\r%*s\r", bar_width, "");
    bar_width = 0;
}

void say(const char *format, ...)
{
    say_no_bar();
    fputs(speaker ? "ib " : "ib", stderr);
    fputs(speaker ? speaker : "", stderr);
    fputs(": ", stderr);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void say_bar(const char *bar)
{
    int before = bar_width;
    bar_width = (int)strlen(bar);
    /* Blanks at the end cover what is left of a longer bar. */
    fprintf(stderr, "\r%s%*s", bar, before > bar_width ? before - bar_width : 0, "");
    if (before > bar_width)
        bar_width = before;
    fflush(stderr);
}

int say_output_done(void)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    say("standard output: %s", strerror(errno ? errno : EIO));
    return -1;
}
