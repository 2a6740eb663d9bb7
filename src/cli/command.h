/* The commands of the program: one function each, listed in main.c. */
#ifndef IB_CLI_COMMAND_H
#define IB_CLI_COMMAND_H

#include "options.h"

#include <libib/libib.h>

/* Exit statuses, as --help and the man page have them. */
enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* One command; argv[0] is its name. Returns an exit status. */
typedef struct command {
    const char *name;
    const char *summary;
    int (*act)(int argc, char **argv);
} command;

/* ib run: train networks and measure their planes. */
int command_run(int argc, char **argv);

/* ib info: what a folder holds, and how far its study is. */
int command_info(int argc, char **argv);

/* ib export: finished runs as tables or NetCDF. */
int command_export(int argc, char **argv);

/* ib check: whether the runs of a study are whole and possible. */
int command_check(int argc, char **argv);

/* ib plot: the figures of a study, drawn anew. */
int command_plot(int argc, char **argv);

/* ib measure: information of the rows of a file. */
int command_measure(int argc, char **argv);

/* ib reproduce: the figures of the study. */
int command_reproduce(int argc, char **argv);

/* The exit status of a command whose options leave nothing to do: help has been printed, or one line said. */
int command_end(options_outcome outcome);

/* Makes the context that a command works with; NULL: the usual options. 0, or -1 after saying why. */
int command_create_context(const ib_context_options *options, ib_context **out);

/* Prints the exit statuses, for the help of commands. */
void command_print_statuses(void);

#endif
