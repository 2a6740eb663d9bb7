/* Rows of an NPY file, a piece at a time. */
#ifndef IB_CLI_NPY_H
#define IB_CLI_NPY_H

#include "npy_header.h"

#include <stdint.h>
#include <sys/types.h>

/* A file that is being read. */
typedef struct npy {
    npy_header header;
    FILE *stream; /* borrowed, but for `copy` */
    FILE *copy;   /* or NULL */
    const char *name;
    uint32_t type; /* what rows are given as: an IB_CODE_* value */
    off_t begin;   /* of the first element; < 0 in a pipe */
    size_t at;     /* the next row */
    unsigned char *raw;
    size_t raw_size;
} npy;

/* Reads the header. 0, or -1 after saying why, of a file that is named so; `name` is borrowed. */
int npy_open(npy *n, FILE *stream, const char *name);

/* rows[most][columns] of the type receives the next rows, *count of them; 0 at the end. 0, or -1 after saying why. */
int npy_next(npy *n, size_t most, void *rows, size_t *count);

/* Back to the first row, of a stream that can go back. 0, or -1 after saying why. */
int npy_rewind(npy *n);

/* Frees all but the stream. */
void npy_close(npy *n);

#endif
