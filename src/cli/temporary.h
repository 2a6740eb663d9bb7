/* Files without a name, which are gone when they are closed. */
#ifndef IB_CLI_TEMPORARY_H
#define IB_CLI_TEMPORARY_H

#include <stdio.h>

/* Where they are made; NULL: the folder that the environment variable TMPDIR names, or /tmp. Borrowed. */
void temporary_set_folder(const char *path);

/* A new file, to be written and read and then closed; NULL after saying why. */
FILE *temporary_create(void);

/* Whether a stream can go back to its beginning. */
int temporary_is_needless(FILE *stream);

/* What is left of a stream that is named so, in a temporary file from its beginning on; NULL after saying why. */
FILE *temporary_copy(FILE *stream, const char *name);

#endif
