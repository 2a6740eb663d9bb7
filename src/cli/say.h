/* What the program says on standard error: whole lines, and one bar that is drawn over and over on the last line.
 * Threads take turns. */
#ifndef IB_CLI_SAY_H
#define IB_CLI_SAY_H

#if defined(__GNUC__)
#define SAY_FORMAT __attribute__((format(printf, 1, 2)))
#else
#define SAY_FORMAT
#endif

/* Names the command that speaks: lines begin with "ib COMMAND: ". NULL: just "ib: ". */
void say_as(const char *command);

/* Names the file that lines to come are about: they begin with "ib COMMAND: FILE: ". NULL: none. */
void say_of(const char *file);

/* One line; the newline is added. A bar that stands there is wiped first. */
void say(const char *format, ...) SAY_FORMAT;

/* Draws a bar over the one that stands there. */
void say_bar(const char *bar);

/* Wipes the bar. */
void say_no_bar(void);

/* Flushes and checks standard output, so that a full disk behind `>` does not pass for success. 0, or -1 after saying
 * why. */
int say_output_done(void);

#endif
