/* What a file holds, quoted in a message: cut short, and without what a terminal would not print. */
#ifndef IB_CLI_QUOTED_H
#define IB_CLI_QUOTED_H

#include <stddef.h>

/* Room for it: up to 40 characters, three dots, and the end. */
#define QUOTED_SIZE 44

/* Writes text[length] so to quoted[QUOTED_SIZE], and returns that. */
const char *quoted_from(const char *text, size_t length, char *quoted);

#endif
