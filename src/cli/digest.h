/* SHA-256 of files, which names what a study was made from. */
#ifndef IB_CLI_DIGEST_H
#define IB_CLI_DIGEST_H

/* Hexadecimal digits. */
#define DIGEST_DIGITS 64

/* Reads a whole file; `digits` is what sha256sum says of it, in lower case. 0, or -1 after saying why. */
int digest_file(const char *path, char digits[DIGEST_DIGITS + 1]);

/* Whether a text is such digits. */
int digest_is(const char *text);

#endif
