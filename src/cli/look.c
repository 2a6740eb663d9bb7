#include "look.h"

#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

option look_operand(const char **target)
{
    return (option){.kind = OPTION_OPERAND,
                    .name = "DIR",
                    .value = "the folder of a study",
                    .help = "the folder of a study",
                    .target = target};
}

int look_parse(const option *options, size_t n, int argc, char **argv, void (*print_help)(void))
{
    const options_outcome outcome = options_parse(options, n, argc, argv);
    if (outcome == OPTIONS_HELP)
        print_help();
    if (outcome != OPTIONS_FINE)
        return command_end(outcome);
    if (options_holds(&options[0]))
        return LOOK_ON;
    options_complain(&options[0], "");
    return EXIT_USAGE;
}

void look_print_statuses(const char *wrong)
{
    printf("exit status:\n"
           "  0    all is well\n"
           "  1    %s, or DIR is not the folder of a study\n"
           "  2    the command line is wrong\n",
           wrong);
}

int look_open(folder *f, ib_context **context, const char *path)
{
    if (command_create_context(NULL, context))
        return -1;
    if (folder_open(f, path) == 0)
        return 0;
    ib_context_destroy(*context);
    return -1;
}

int look_read(const folder *f, ib_context *context, uint64_t run, int finished, ib_record **record)
{
    char *path = folder_path(f, run, finished);
    const int is_gone = path && !finished && access(path, F_OK) != 0;
    free(path);
    *record = NULL;
    return is_gone ? 0 : folder_read(f, context, run, finished, record);
}

void look_close(folder *f, ib_context *context)
{
    folder_close(f);
    ib_context_destroy(context);
}
