#include "information.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct row {
    const uint32_t *state;
    size_t width;
    uint32_t label;
} row;

static int compare_states(const row *a, const row *b)
{
    return memcmp(a->state, b->state, a->width * sizeof *a->state);
}

static int compare_rows(const void *a, const void *b)
{
    const row *left = a, *right = b;
    int order = compare_states(left, right);
    return order ? order : (left->label > right->label) - (left->label < right->label);
}

static double term(size_t count, size_t n)
{
    double p = (double)count / (double)n;
    return count ? -p * log2(p) : 0;
}

/* H(T), H(T,Y) and the number of states from sorted rows. */
static information entropies_of_sorted(const row *rows, size_t n, double *joint)
{
    information result = {0};
    *joint = 0;
    for (size_t i = 0, first = 0, first_joint = 0; i < n; i++) {
        int new_state = i + 1 == n || compare_states(&rows[i], &rows[i + 1]) != 0;
        if (new_state || rows[i].label != rows[i + 1].label) {
            *joint += term(i + 1 - first_joint, n);
            first_joint = i + 1;
        }
        if (new_state) {
            result.i_xt += term(i + 1 - first, n);
            result.states++;
            first = i + 1;
        }
    }
    return result;
}

information information_of(const uint32_t *states, size_t n, size_t width, const uint32_t *labels, uint32_t classes)
{
    row *rows = test_zeros(n, sizeof *rows);
    size_t *of_label = test_zeros(classes, sizeof *of_label);
    for (size_t i = 0; i < n; i++) {
        rows[i] = (row){states + i * width, width, labels[i]};
        of_label[labels[i]]++;
    }
    qsort(rows, n, sizeof *rows, compare_rows);
    double joint, label_entropy = 0;
    information result = entropies_of_sorted(rows, n, &joint);
    for (uint32_t k = 0; k < classes; k++)
        label_entropy += term(of_label[k], n);
    result.i_ty = result.i_xt + label_entropy - joint;
    free(rows);
    free(of_label);
    return result;
}

static void keep_bits(const float *values, size_t n, uint32_t *states)
{
    for (size_t i = 0; i < n; i++) {
        float value = values[i] == 0 ? 0.0f : values[i]; /* -0 counts as +0 */
        memcpy(&states[i], &value, sizeof value);
    }
}

/* The program's bins: float32, round to even. */
static void rebin(float *values, size_t n, uint32_t bits)
{
    float min = values[0], max = values[0];
    for (size_t i = 1; i < n; i++) {
        min = values[i] < min ? values[i] : min;
        max = values[i] > max ? values[i] : max;
    }
    for (size_t i = 0; i < n; i++)
        values[i] = max == min ? 0 : rintf((values[i] - min) * ldexpf(1, (int)bits) / (max - min));
}

static void float_states(const ib_network *network, size_t layer, int logits, uint32_t bits, size_t n, uint32_t *states)
{
    size_t width = ib_network_width(network, layer);
    ib_context *context = test_context(NULL);
    ib_tensor *values = test_tensor(context, n, width);
    ib_status status = logits ? ib_network_read_logits(network, NULL, n, values)
                              : ib_network_read_values(network, layer, NULL, n, values);
    assert_int_equal(status, IB_OK);
    if (bits)
        rebin(ib_tensor_data(values), n * width, bits);
    keep_bits(ib_tensor_read(values), n * width, states);
    ib_tensor_destroy(values);
    ib_context_destroy(context);
}

static void code_states(const ib_network *network, size_t layer, int differences, size_t n, uint32_t *states)
{
    size_t width = ib_network_width(network, layer);
    uint16_t *codes = test_zeros(n * width, sizeof *codes);
    assert_int_equal(ib_network_read_codes(network, layer, NULL, n, codes), IB_OK);
    for (size_t i = 0; i < n * width; i++)
        states[i] = differences ? (uint32_t)codes[i] - codes[i / width * width] : codes[i];
    free(codes);
}

information information_of_layer(const ib_network *network, size_t layer, uint32_t measure, size_t n,
                                 const uint32_t *labels, uint32_t classes)
{
    size_t width = ib_network_width(network, layer);
    uint32_t bits = ib_network_bits(network, layer), *states = test_zeros(n * width, sizeof *states);
    int quantised = bits != 32;
    int softmax = ib_network_activation(network, layer) == IB_ACTIVATION_SOFTMAX;
    int open = softmax && (!quantised || ib_network_quantise_at(network, layer) == IB_QUANTISE_LOGITS);
    if (measure == IB_MEASURE_REBINNED && (open || !quantised))
        float_states(network, layer, 0, bits, n, states);
    else if (quantised)
        code_states(network, layer, measure == IB_MEASURE_OUTPUT && open, n, states);
    else
        float_states(network, layer, softmax && measure == IB_MEASURE_STATE, 0, n, states);
    information result = information_of(states, n, width, labels, classes);
    free(states);
    return result;
}

void information_assert_point(const ib_point *point, information expected)
{
    assert_int_equal(point->states, expected.states);
    assert_close(point->i_xt, expected.i_xt, 1e-11, 0);
    assert_close(point->i_ty, expected.i_ty, 1e-11, 0);
}
