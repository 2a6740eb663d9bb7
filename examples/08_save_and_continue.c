/* 08: stop half way, and go on as if nothing had happened. A run is saved, all of it is thrown away, and a new trainer
 * that reads what was saved ends with the weights of a run that was never interrupted.
 *
 * New: a trainer in place of ib_train_run(); callbacks that write to a file and read from it. To keep what is saved
 * whatever happens, write another file beside the old one, flush it to the disk, and rename it.
 *
 * 08_save_and_continue [EPOCHS] */
#include <libib/libib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file is the user_data of both. */
static int32_t put(const void *data, size_t size, void *file)
{
    return fwrite(data, 1, size, file) == size ? 0 : -1;
}

static int32_t get(void *data, size_t size, size_t *count, void *file)
{
    *count = fread(data, 1, size, file);
    return ferror(file) ? -1 : 0;
}

/* What a run is made of. It is made anew wherever the run goes on, and in the same way. */
typedef struct run {
    ib_context *context;
    ib_dataset *dataset;
    ib_split *split;
    ib_network *network;
    ib_trainer *trainer;
} run;

static ib_status begin(run *r)
{
    ib_train_options options;
    ib_train_options_init(&options);
    options.seed = 1;

    ib_status status = ib_context_create(NULL, &r->context);
    if (status == IB_OK)
        status = ib_dataset_create_icosahedron(r->context, &r->dataset);
    if (status == IB_OK)
        status = ib_split_create_study(r->context, &r->split);
    if (status == IB_OK)
        status = ib_preset_create(r->context, IB_PRESET_PAPER, IB_ACTIVATION_TANH, 8, &r->network);
    return status == IB_OK ? ib_trainer_create(r->network, r->dataset, r->split, &options, &r->trainer) : status;
}

static void end(run *r)
{
    ib_trainer_destroy(r->trainer);
    ib_network_destroy(r->network);
    ib_split_destroy(r->split);
    ib_dataset_destroy(r->dataset);
    ib_context_destroy(r->context);
    *r = (run){NULL, NULL, NULL, NULL, NULL};
}

/* The weights of the first layer. */
static ib_status first_weights(const run *r, float weights[12 * 10])
{
    static const size_t shape[] = {12, 10};
    ib_tensor *kernel = NULL;
    ib_status status = ib_tensor_create_borrowed(r->context, weights, 2, shape, &kernel);
    if (status == IB_OK)
        status = ib_network_get_weights(r->network, 1, kernel, NULL);
    ib_tensor_destroy(kernel);
    return status;
}

static ib_status at_once(run *r, uint32_t epochs, float weights[12 * 10])
{
    ib_status status = begin(r);
    if (status == IB_OK)
        status = ib_trainer_run(r->trainer, epochs);
    return status == IB_OK ? first_weights(r, weights) : status;
}

static ib_status half_way(run *r, uint32_t epochs, FILE *file)
{
    ib_status status = begin(r);
    if (status == IB_OK)
        status = ib_trainer_run(r->trainer, epochs);
    return status == IB_OK ? ib_trainer_write(r->trainer, put, file) : status;
}

static ib_status the_rest(run *r, uint32_t epochs, FILE *file, float weights[12 * 10])
{
    ib_status status = begin(r);
    if (status == IB_OK)
        status = ib_trainer_read(r->trainer, get, file);
    if (status == IB_OK)
        printf("Going on after epoch %u.\n", ib_trainer_epoch(r->trainer));
    if (status == IB_OK)
        status = ib_trainer_run(r->trainer, epochs);
    return status == IB_OK ? first_weights(r, weights) : status;
}

int main(int argc, char **argv)
{
    const uint32_t epochs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 200;
    float whole[12 * 10], halves[12 * 10];
    run r = {NULL, NULL, NULL, NULL, NULL};
    FILE *file = tmpfile();
    if (!file)
        return EXIT_FAILURE;

    ib_status status = at_once(&r, epochs, whole);
    if (status == IB_OK) {
        end(&r);
        status = half_way(&r, epochs / 2, file);
    }
    if (status == IB_OK) {
        end(&r); /* all that is left of the run is in the file */
        printf("Saved: %ld bytes.\n", ftell(file));
        rewind(file);
        status = the_rest(&r, epochs, file, halves);
    }
    if (status != IB_OK)
        fprintf(stderr, "%s: %s\n", ib_status_name(status), ib_context_message(r.context));
    const int same = status == IB_OK && memcmp(whole, halves, sizeof whole) == 0;
    printf("%s\n", same ? "Bit for bit the same weights." : "Not the same.");
    end(&r);
    fclose(file);
    return same ? EXIT_SUCCESS : EXIT_FAILURE;
}
