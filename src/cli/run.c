/* ib run: trains networks and shows the information plane of their mean. */
#include "command.h"
#include "make.h"
#include "say.h"
#include "settings.h"

int command_run(int argc, char **argv)
{
    settings asked;
    switch (settings_parse(&asked, argc, argv)) {
    case OPTIONS_HELP:
        return say_output_done() ? EXIT_FAILED : EXIT_OK;
    case OPTIONS_WRONG:
        return EXIT_USAGE;
    case OPTIONS_FINE:
        break;
    }
    return make_study(&asked, 0);
}
