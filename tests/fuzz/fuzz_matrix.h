/* Reads bytes as a file that is named so, and holds pieces of it against each other. */
#ifndef LIBIB_TESTS_FUZZ_MATRIX_H
#define LIBIB_TESTS_FUZZ_MATRIX_H

#include "fuzz.h"

void fuzz_matrix(const char *name, const uint8_t *data, size_t size);

#endif
