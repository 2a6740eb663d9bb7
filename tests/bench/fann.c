/* "train": an epoch of FANN's batch learning (RPROP) of the network of the study on as many rows as are trained with.
 * It has neither mini-batches nor Adam nor softmax: a lower bound of what the same work would take there. */
#include "bench.h"

#include <fann.h>
#include <stdlib.h>

typedef struct bench {
    struct fann *network;
    struct fann_train_data *rows;
} bench;

static void train(void *data)
{
    const bench *b = data;
    fann_train_epoch(b->network, b->rows);
}

/* Bit patterns in order; which label they have is of no importance here. */
static void fill(unsigned row, unsigned inputs, unsigned outputs, fann_type *x, fann_type *y)
{
    for (unsigned i = 0; i < inputs; i++)
        x[i] = (fann_type)(row >> i & 1);
    for (unsigned k = 0; k < outputs; k++)
        y[k] = (fann_type)((row >> k ^ row >> 5) & 1);
}

int main(void)
{
    static const unsigned widths[] = {12, 10, 7, 5, 4, 3, 2};
    enum { LAYERS = sizeof widths / sizeof widths[0], ROWS = 3276 };
    bench b = {fann_create_standard_array(LAYERS, widths),
               fann_create_train_from_callback(ROWS, widths[0], widths[LAYERS - 1], fill)};
    if (!b.network || !b.rows)
        return EXIT_FAILURE;
    fann_set_activation_function_hidden(b.network, FANN_SIGMOID_SYMMETRIC);
    fann_set_activation_function_output(b.network, FANN_SIGMOID);
    fann_set_training_algorithm(b.network, FANN_TRAIN_RPROP);
    bench_print("train", bench_time(train, &b));
    fann_destroy_train(b.rows);
    fann_destroy(b.network);
    return EXIT_SUCCESS;
}
