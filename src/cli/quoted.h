/* What others have named or written, quoted: in a message, or in a command. */
#ifndef IB_CLI_QUOTED_H
#define IB_CLI_QUOTED_H

#include <stddef.h>

/* Room for it: up to 40 characters, three dots, and the end. */
#define QUOTED_SIZE 44

/* What a file holds, cut short, and without what a terminal would not print: writes text[length] so to
 * quoted[QUOTED_SIZE], and returns that. */
const char *quoted_from(const char *text, size_t length, char *quoted);

/* Text of some length as one word of a command, as a shell takes it. To be freed; NULL: no memory. */
char *quoted_word(const char *text, size_t length);

#endif
