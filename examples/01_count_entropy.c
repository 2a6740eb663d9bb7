/* 01: count, and measure. A quantised layer of two neurons answers each input with two small integers: its state T. The
 * state keeps H(T) bits of the input, and I(T;Y) of them are about the label Y.
 *
 * New: ib_context, from which everything is made; ib_counter, which counts rows of codes; entropies of the counts. */
#include <libib/libib.h>

#include <stdio.h>

#define N 8

static void show(const ib_counter *counter)
{
    for (uint64_t id = 0; id < ib_counter_distinct(counter); id++) {
        uint8_t state[2];
        ib_counter_get_codes(counter, id, state); /* cannot fail: there is a state with this identifier */
        printf("state (%u, %u): %u times, of them %u with label 1\n", (unsigned)state[0], (unsigned)state[1],
               (unsigned)ib_counter_get(counter, id), (unsigned)ib_counter_get_labelled(counter, id, 1));
    }
    /* Three states, with probabilities 1/2, 1/4 and 1/4, are 1.5 bits. One of them leaves the label open. */
    printf("H(T) = %.4f bits, H(Y) = %.4f bits\n", ib_entropy_rows(counter), ib_entropy_labels(counter));
    printf("I(T;Y) = %.4f bits, H(Y|T) = %.4f bits\n", ib_entropy_mutual(counter),
           ib_entropy_labels_given_rows(counter));
}

int main(void)
{
    static const uint8_t states[N][2] = {{2, 1}, {2, 1}, {2, 1}, {2, 1}, {0, 0}, {0, 0}, {0, 3}, {0, 3}};
    static const uint32_t labels[N] = {1, 1, 1, 1, 0, 0, 0, 1};
    ib_context *context = NULL;
    ib_counter *counter = NULL;

    /* The matrix is only described, not copied: one row for each input, one column for each neuron. */
    ib_codes codes;
    ib_codes_init(&codes, IB_CODE_UINT8, states, N, 2);

    ib_status status = ib_context_create(NULL, &context);
    if (status == IB_OK)
        status = ib_counter_create(context, IB_CODE_UINT8, 2, 2, &counter); /* 2 codes in a row, 2 labels */
    if (status == IB_OK)
        status = ib_counter_add(counter, &codes, labels, NULL);
    if (status == IB_OK)
        show(counter);
    else
        fprintf(stderr, "%s: %s\n", ib_status_name(status), ib_context_message(context));

    ib_counter_destroy(counter); /* takes NULL, as every destroy does */
    ib_context_destroy(context);
    return status != IB_OK;
}
