#include "quoted.h"

#include <string.h>

#define MOST 40

const char *quoted_from(const char *text, size_t length, char *quoted)
{
    const size_t shown = length > MOST ? MOST : length;
    for (size_t i = 0; i < shown; i++)
        quoted[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
    strcpy(&quoted[shown], length > MOST ? "..." : "");
    return quoted;
}
