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
    OPTION_PLACE,  /* int64_t, counted from 1, or from the last, which is -1 */
    OPTION_REAL,   /* double */
    OPTION_CHOICE, /* uint32_t, an enumerator that has a name */
    OPTION_TEXT,   /* const char *, borrowed from argv */
    OPTION_OPERAND /* const char *, borrowed from argv; a word without dashes, and `value` says what it is to be */
} option_kind;

/* One option. What `target` holds before parsing is the default; there is none if that value is not allowed. */
typedef struct option {
    option_kind kind;
    const char *group;                    /* what help puts it under; NULL: nothing */
    const char *name;                     /* without the dashes */
    const char *alias;                    /* another name that is taken for it; NULL: none */
    const char *value;                    /* what help calls the value, such as "N"; NULL for a flag */
    const char *help;                     /* half a line */
    void *target;                         /* as the kind says */
    uint64_t min;                         /* numbers and choices: the smallest ... */
    uint64_t max;                         /* ... and the largest that is allowed */
    uint64_t also;                        /* numbers: one more that is allowed; 0: none */
    double low;                           /* real numbers: the smallest ... */
    double high;                          /* ... and the largest that is allowed */
    int above;                            /* low itself is not */
    int below;                            /* high itself is not */
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

/* Parses argv[1] ... argv[argc - 1]: --name value, --name=value, --help and -h, and operands in their order. The last
 * of equal options counts. */
options_outcome options_parse(const option *options, size_t n, int argc, char **argv);

/* Says what an option expects and what it got. */
void options_complain(const option *expected, const char *got);

/* Sets what an option stands for from the text of its value. 0, or -1 if that is not allowed; nothing is said. */
int options_set(const option *wanted, const char *text);

/* Whether an option has a value: it was given, or has a default. */
int options_holds(const option *one);

/* Writes the options that hold a value as options_parse() reads them, one on a line; flags are not written. Real
 * numbers come back as they are, to the last bit. */
void options_write(const option *options, size_t n, FILE *stream);

/* Prints one entry for each option, with its default, under its group. */
void options_print(const option *options, size_t n, FILE *stream);

#endif
