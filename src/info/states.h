/* Which array of a layer holds its states. */
#ifndef LIBIB_INFO_STATES_H
#define LIBIB_INFO_STATES_H

#include "nn/network.h"

#include <libib/counter.h>

/* The states of a layer: a[P][width][64] of a type. */
typedef struct ib_i_states {
    uint32_t type;
    size_t width, size; /* size: bytes of an element */
    const void *data;
} ib_i_states;

/* Room for states that are computed; all zero to begin with. Numbers and floats both have 4 bytes. */
typedef struct ib_i_scratch {
    float *values;
    size_t size;
} ib_i_scratch;

/* Room for n values; what was there is lost. */
ib_status ib_i_scratch_reserve(ib_context *context, ib_i_scratch *scratch, size_t n);
void ib_i_scratch_free(ib_context *context, ib_i_scratch *scratch);

/* Whether a measure of a layer has states other than IB_MEASURE_STATE by its definition. */
int ib_i_states_differ(const ib_i_layer *layer, uint32_t measure);

/* The states of a pass over so many rows; computed ones last until the scratch is used again. */
ib_status ib_i_states_find(ib_context *context, ib_i_scratch *scratch, size_t rows, const ib_i_layer *layer,
                           uint32_t measure, ib_i_states *found);

/* Rows row, ..., row + n - 1, all of one panel, as the counter wants them described. */
ib_codes ib_i_states_codes(const ib_i_states *states, size_t row, size_t n);

/* Writes keys[n][words] of rows wherever they are: equal for equal rows, with no other promise. */
void ib_i_states_pick(const ib_i_states *states, const uint32_t *rows, size_t n, size_t words, uint64_t *keys);

#endif
