/* What is counted as a state, and its entropies: written a second time, by sorting whole rows. */
#ifndef LIBIB_TESTS_INFORMATION_H
#define LIBIB_TESTS_INFORMATION_H

#include "nn.h"

typedef struct information {
    uint64_t states;
    double i_xt, i_ty;
} information;

/* H of the rows and its mutual information with the labels; states[n][width]. */
information information_of(const uint32_t *states, size_t n, size_t width, const uint32_t *labels, uint32_t classes);

/* One layer of the last pass of a network over n rows, by one of the IB_MEASURE_* values, as
 * docs/measures.md has it. */
information information_of_layer(const ib_network *network, size_t layer, uint32_t measure, size_t n,
                                 const uint32_t *labels, uint32_t classes);

/* Asserts that a point has these values: states exactly, bits to 1e-11. */
void information_assert_point(const ib_point *point, information expected);

#endif
