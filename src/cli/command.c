#include "command.h"

#include <stdio.h>

void command_print_statuses(void)
{
    fputs("exit status:\n"
          "  0    all is done; figures that could not be drawn for want of gnuplot do not count\n"
          "  1    something failed: a folder or file cannot be used, another program is at work in DIR, no memory\n"
          "  2    the command line is wrong\n"
          "  130  stopped by Ctrl-C or SIGTERM; what was done is saved\n",
          stdout);
}
