#include "command.h"

#include "say.h"

#include <stdio.h>
#include <stdlib.h>

int command_end(options_outcome outcome)
{
    if (outcome == OPTIONS_WRONG)
        return EXIT_USAGE;
    return say_output_done() ? EXIT_FAILED : EXIT_OK;
}

int command_create_context(const ib_context_options *options, ib_context **out)
{
    const char *kernels = getenv("LIBIB_KERNELS");
    const ib_status status = ib_context_create(options, out);
    if (status == IB_ERR_NOMEM)
        say("out of memory");
    else if (status && kernels)
        say("LIBIB_KERNELS: expected kernels that this machine has, of portable, avx2 and avx512, got %s", kernels);
    else if (status)
        say("no context: %s", ib_status_name(status));
    return status ? -1 : 0;
}

void command_print_statuses(void)
{
    fputs("exit status:\n"
          "  0    all is done; figures that could not be drawn for want of gnuplot do not count\n"
          "  1    something failed: a folder or file cannot be used, another program is at work in DIR, no memory\n"
          "  2    the command line is wrong\n"
          "  130  stopped by Ctrl-C or SIGTERM; what was done is saved\n",
          stdout);
}
