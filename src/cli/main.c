/* ib: exact information planes of quantised networks. A client of libib's public headers only. */
#include "command.h"
#include "options.h"
#include "say.h"

#include <libib/libib.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

static int command_help(int argc, char **argv);
static int command_version(int argc, char **argv);

static const command commands[] = {
    {"run", "train networks and measure their information plane", command_run},
    {"info", "say what a folder holds, and how far its study is", command_info},
    {"plot", "draw the figures of a study anew", command_plot},
    {"export", "hand over finished runs as tables or NetCDF", command_export},
    {"check", "look for runs that are not whole, or cannot be", command_check},
    {"measure", "count the rows of a file: exact entropies and information", command_measure},
    {"reproduce", "make the figures of the study", command_reproduce},
    {"help", "explain a command: ib help run", command_help},
    {"version", "print the version", command_version},
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static const command *find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int print_help(void)
{
    fputs("ib: exact information planes of quantised networks\n\n"
          "usage: ib COMMAND [options]\n\ncommands:\n",
          stdout);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-10s%s\n", commands[i].name, commands[i].summary);
    fputs("\nexample: three short runs of the 8-bit tanh network, and their picture\n"
          "  ib run --preset paper --activation tanh --bits 8 --runs 3 --epochs 1000 --seed 1 --out first-plane\n"
          "  xdg-open first-plane/figures/plane.png\n\n",
          stdout);
    command_print_statuses();
    fputs("\nib COMMAND --help lists the options of a command; man ib tells more.\n", stdout);
    return say_output_done() ? EXIT_FAILED : EXIT_OK;
}

static int unknown_command(const char *name)
{
    say("%s: unknown command, see ib --help", name);
    return EXIT_USAGE;
}

/* ib help [COMMAND] */
static int command_help(int argc, char **argv)
{
    char help[] = "--help";
    if (argc < 2 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)
        return print_help();
    const command *wanted = find(argv[1]);
    if (!wanted) {
        say_as(NULL);
        return unknown_command(argv[1]);
    }
    say_as(wanted->name);
    char *arguments[] = {argv[1], help, NULL};
    return wanted->act(2, arguments);
}

static int command_version(int argc, char **argv)
{
    options_outcome outcome = options_parse(NULL, 0, argc, argv);
    if (outcome == OPTIONS_WRONG)
        return EXIT_USAGE;
    if (outcome == OPTIONS_HELP)
        return print_help();
    printf("ib %s\n", ib_version_get());
    return say_output_done() ? EXIT_FAILED : EXIT_OK;
}

int main(int argc, char **argv)
{
    char *help[] = {"help", NULL}, *version[] = {"version", NULL};
    signal(SIGXFSZ, SIG_IGN); /* a file grown too large is then a write that fails, and is told as such */
    if (argc < 2) {
        say("no command, see ib --help");
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return command_help(1, help);
    if (strcmp(argv[1], "--version") == 0)
        return command_version(1, version);
    const command *wanted = find(argv[1]);
    if (!wanted)
        return unknown_command(argv[1]);
    say_as(wanted->name);
    return wanted->act(argc - 1, argv + 1);
}
