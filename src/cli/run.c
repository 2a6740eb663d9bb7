/* ib run: trains networks and shows the information plane of their mean. */
#include "command.h"
#include "make.h"
#include "settings.h"

int command_run(int argc, char **argv)
{
    settings asked;
    const options_outcome outcome = settings_parse(&asked, argc, argv);
    return outcome == OPTIONS_FINE ? make_study(&asked, 0) : command_end(outcome);
}
