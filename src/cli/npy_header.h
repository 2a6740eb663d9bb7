/* What an NPY file says of itself: format versions 1 to 3, as NumPy's documentation (numpy.lib.format) has them. */
#ifndef IB_CLI_NPY_HEADER_H
#define IB_CLI_NPY_HEADER_H

#include <stddef.h>
#include <stdio.h>

/* The first byte of a file, which no text begins with. */
#define NPY_FIRST 0x93

/* An array of one or two dimensions of a type that we count. */
typedef struct npy_header {
    char kind;      /* of its elements: b (bool), i, u or f */
    size_t size;    /* bytes of an element */
    int swapped;    /* their bytes are not in the order of this machine */
    int by_columns; /* Fortran's order, and that makes a difference */
    size_t rows;
    size_t columns; /* >= 1; 1 for an array of one dimension */
} npy_header;

/* Reads up to the first element. 0, or -1 after saying why, of a file that is named so. What the elements take, here or
 * with 8 bytes each, is then no more than a size_t holds. */
int npy_header_read(npy_header *header, FILE *stream, const char *name);

#endif
