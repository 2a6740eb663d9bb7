/* Reading the numbers under tests/golden. */
#ifndef LIBIB_TESTS_GOLDEN_H
#define LIBIB_TESTS_GOLDEN_H

#include "nn.h"

#include <jansson.h>

/* A whole file, such as "fake_quant.json"; to be freed with json_decref(). The others borrow from it. */
json_t *golden_read(const char *name);
json_t *golden_get(const json_t *object, const char *key);
json_t *golden_at(const json_t *array, size_t i);
double golden_number(const json_t *object, const char *key);
/* An array of `n` numbers; the caller frees it. */
float *golden_floats(const json_t *array, size_t n);
uint32_t *golden_integers(const json_t *array, size_t n);

#endif
