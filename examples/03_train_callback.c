/* 03: train, and watch. A small network learns whether more than half of its eight inputs are on.
 *
 * New: a data set from a rule, layers put together by hand, a callback after every epoch that may stop the training.
 *
 * 03_train_callback [EPOCHS] */
#include <libib/libib.h>

#include <stdio.h>
#include <stdlib.h>

/* The rule. Called once for every pattern of eight bits. */
static int32_t majority(uint32_t pattern, uint32_t bits, uint32_t *label, void *user_data)
{
    (void)user_data;
    uint32_t on = 0;
    for (uint32_t i = 0; i < bits; i++)
        on += pattern >> i & 1;
    *label = on > bits / 2;
    return 0;
}

/* Called after every epoch. user_data is the accuracy that we are content with. */
static int32_t watch(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    (void)network; /* example 04 looks inside */
    const double *enough = user_data;
    if (epoch->epoch % 50 == 0)
        printf("epoch %4u: loss %.4f, accuracy %.3f on training rows, %.3f on test rows\n", epoch->epoch,
               epoch->train_loss, epoch->train_accuracy, epoch->test_accuracy);
    return epoch->train_accuracy >= *enough; /* 1 stops, politely */
}

/* Eight tanh units whose outputs have 4 bits, then a softmax. */
static ib_status build(ib_context *context, ib_network **network)
{
    ib_quant_options four_bits;
    ib_quant_options_init(&four_bits);
    four_bits.bits = 4;

    ib_layer_options hidden;
    ib_layer_options_init(&hidden);
    hidden.width = 8;
    hidden.activation = IB_ACTIVATION_TANH;
    hidden.init = IB_INIT_GLOROT_UNIFORM;
    hidden.activations = &four_bits;

    ib_layer_options output;
    ib_layer_options_init(&output);
    output.width = 2;
    output.activation = IB_ACTIVATION_SOFTMAX;
    output.init = IB_INIT_GLOROT_UNIFORM;

    ib_status status = ib_network_create(context, 8, network);
    if (status == IB_OK)
        status = ib_network_add_layer(*network, &hidden);
    return status == IB_OK ? ib_network_add_layer(*network, &output) : status;
}

int main(int argc, char **argv)
{
    ib_context *context = NULL;
    ib_dataset *dataset = NULL;
    ib_split *split = NULL;
    ib_network *network = NULL;
    double enough = 0.99;

    ib_adam_options adam;
    ib_adam_options_init(&adam);
    adam.rate = 0.01;

    ib_train_options options;
    ib_train_options_init(&options);
    options.epochs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 500;
    options.batch = 32;
    options.seed = 1;
    options.adam = &adam;
    options.callback = watch;
    options.user_data = &enough;

    ib_status status = ib_context_create(NULL, &context);
    if (status == IB_OK)
        status = ib_dataset_create_patterns(context, 8, 2, majority, NULL, &dataset);
    if (status == IB_OK)
        status = ib_split_create_random(dataset, 0.2, 1, 7, &split);
    if (status == IB_OK)
        status = build(context, &network);
    if (status == IB_OK)
        status = ib_train_run(network, dataset, split, &options);

    if (status < 0)
        fprintf(stderr, "%s: %s\n", ib_status_name(status), ib_context_message(context));
    else
        printf("%s\n", status == IB_STOPPED ? "That is enough." : "All epochs done.");
    ib_network_destroy(network);
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
    ib_context_destroy(context);
    return status < 0;
}
