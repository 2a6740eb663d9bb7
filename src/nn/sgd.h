/* The inside of SGD, for those who start it anew, save it and put it back. */
#ifndef LIBIB_NN_SGD_H
#define LIBIB_NN_SGD_H

#include <libib/sgd.h>

struct ib_sgd {
    ib_context *context;
    ib_sgd_options options; /* without unset members */
    size_t n;
    float *v; /* [n] */
    uint64_t steps;
};

/* Forgets everything: the state after creation. */
void ib_i_sgd_reset(ib_sgd *sgd);

#endif
