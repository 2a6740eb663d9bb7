/* 12: what layers know of each other. The states of each layer are encoded once, as a variable; then everything that
 * can be asked of them is one call: of one layer and the label, of two layers, of one beside another.
 *
 * New: ib_variable, ib_information, a permutation test.
 *
 * 12_layers [EPOCHS] */
#include <libib/libib.h>

#include <stdio.h>
#include <stdlib.h>

#define LAYERS 6

typedef struct work {
    ib_context *context;
    ib_dataset *dataset;
    ib_split *split;
    ib_network *network;
    ib_information *information;
    ib_variable *label, *layer[LAYERS];
} work;

static int train(work *w, uint32_t epochs)
{
    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = epochs;
    options.seed = 1;
    return ib_dataset_create_icosahedron(w->context, &w->dataset) || ib_split_create_study(w->context, &w->split) ||
           ib_preset_create(w->context, IB_PRESET_PAPER, IB_ACTIVATION_TANH, 8, &w->network) ||
           ib_train_run(w->network, w->dataset, w->split, &options) ||
           ib_network_forward(w->network, IB_PASS_INFERENCE, ib_dataset_inputs(w->dataset));
}

/* The codes of a layer become one number for each row. */
static int encode(work *w, size_t layer)
{
    const size_t rows = ib_dataset_rows(w->dataset), width = ib_network_width(w->network, layer);
    uint16_t *codes = malloc(rows * width * sizeof *codes);
    if (!codes)
        return 1;
    ib_codes matrix;
    ib_codes_init(&matrix, IB_CODE_UINT16, codes, rows, width);
    const int failed = ib_variable_create(w->context, &w->layer[layer - 1]) ||
                       ib_network_read_codes(w->network, layer, NULL, rows, codes) ||
                       ib_variable_set_codes(w->layer[layer - 1], &matrix);
    free(codes);
    return failed;
}

static int encode_all(work *w)
{
    for (size_t layer = 1; layer <= LAYERS; layer++)
        if (encode(w, layer))
            return 1;
    return ib_variable_create(w->context, &w->label) ||
           ib_variable_set_labels(w->label, ib_dataset_labels(w->dataset), ib_dataset_rows(w->dataset)) ||
           ib_information_create(w->context, &w->information);
}

/* A later layer is a function of the one before: what it knows of the label, the earlier one knows too. */
static int show(work *w)
{
    puts("layer   H(T)  I(T;Y)  I(T;T+1)  I(T+1;Y|T)      p");
    for (size_t l = 0; l < LAYERS; l++) {
        double states, label, next = 0, beyond = 0;
        ib_permutation_result test = {.struct_size = sizeof test};
        if (ib_information_entropy(w->information, (const ib_variable *const *)&w->layer[l], 1, &states) ||
            ib_information_mutual(w->information, w->layer[l], w->label, &label) ||
            ib_significance_permute(w->context, w->layer[l], w->label, NULL, &test))
            return 1;
        if (l + 1 < LAYERS &&
            (ib_information_mutual(w->information, w->layer[l], w->layer[l + 1], &next) ||
             ib_information_mutual_given(w->information, w->layer[l + 1], w->label, w->layer[l], &beyond)))
            return 1;
        printf("%5zu %6.3f %7.3f %9.3f %11.3f %6.4f\n", l + 1, states, label, next, beyond, test.p);
    }
    return 0;
}

int main(int argc, char **argv)
{
    work w = {0};
    int failed = ib_context_create(NULL, &w.context) ||
                 train(&w, argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000) || encode_all(&w) || show(&w);
    if (failed)
        fprintf(stderr, "%s\n", ib_context_message(w.context));
    for (size_t l = 0; l < LAYERS; l++)
        ib_variable_destroy(w.layer[l]);
    ib_variable_destroy(w.label);
    ib_information_destroy(w.information);
    ib_network_destroy(w.network);
    ib_split_destroy(w.split);
    ib_dataset_destroy(w.dataset);
    ib_context_destroy(w.context);
    return failed;
}
