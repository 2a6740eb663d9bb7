#include "quoted.h"

#include <string.h>

#define MOST 40

const char *quoted_from(const char *text, size_t length, char *quoted)
{
    const size_t shown = length > MOST ? MOST : length;
    for (size_t i = 0; i < shown; i++) {
        const char one = text[i];
        quoted[i] = '?';
        if (one >= ' ' && one <= '~')
            quoted[i] = one;
    }
    memcpy(&quoted[shown], length > MOST ? "..." : "", length > MOST ? sizeof "..." : 1);
    return quoted;
}
