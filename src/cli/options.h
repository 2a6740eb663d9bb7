/* Options of a command as one table, from which they are parsed and their help is printed. */
#ifndef IB_CLI_OPTIONS_H
#define IB_CLI_OPTIONS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Kinds of options, and what `target` points to. */
typedef enum option_kind {
    OPTION_FLAG,   /* int, becomes 1 */
    OPTION_NUMBER, /* uint64_t */
    OPTION_CHOICE, /* uint32_t, an enumerator that has a name */
    OPTION_TEXT    /* const char *, borrowed from argv */
} option_kind;

/* One option. What `target` holds before parsing is the default. */
typedef struct option {
    option_kind kind;
    const char *name;                     /* without the dashes */
    const char *value;                    /* what help calls the value, such as "N"; NULL for a flag */
    const char *help;                     /* half a line */
    void *target;                         /* as the kind says */
    uint64_t min;                         /* numbers and choices: the smallest ... */
    uint64_t max;                         /* ... and the largest that is allowed */
    uint64_t also;                        /* numbers: one more that is allowed; 0: none */
    const char *(*choice_name)(uint32_t); /* choices: names of min to max */
    int *given;                           /* becomes 1 if the option is given; NULL if that does not matter. If set,
                                             `target` holds no default and `help` says what happens without */
} option;

/* Outcome of parsing. */
typedef enum options_outcome {
    OPTIONS_FINE,
    OPTIONS_HELP, /* --help was given; the rest is not looked at */
    OPTIONS_WRONG /* one line has been said */
} options_outcome;

/* Parses argv[1] ... argv[argc - 1]: --name value, --name=value, --help and -h. The last of equal options counts. */
options_outcome options_parse(const option *options, size_t n, int argc, char **argv);

/* Says what an option expects and what it got. */
void options_complain(const option *expected, const char *got);

/* Prints one entry for each option, with its default. */
void options_print(const option *options, size_t n, FILE *stream);

#endif
