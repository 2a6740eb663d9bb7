/* The inside of Adam, for those who start it anew, save it and put it back. */
#ifndef LIBIB_NN_ADAM_H
#define LIBIB_NN_ADAM_H

#include <libib/adam.h>

struct ib_adam {
    ib_context *context;
    ib_adam_options options; /* without unset members */
    size_t n;
    float *m, *v; /* [n] */
    uint64_t steps;
    double power1, power2; /* beta1^steps, beta2^steps */
};

/* Forgets everything: the state after creation. */
void ib_i_adam_reset(ib_adam *adam);

#endif
