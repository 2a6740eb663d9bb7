/* 05: your memory, your log. A context that counts the bytes it takes and gets its lines printed by you.
 *
 * New: the options of a context; what a failure looks like. */
#include <libib/libib.h>

#include <stdio.h>
#include <stdlib.h>

typedef struct memory {
    size_t blocks; /* handed out and not yet back */
    size_t bytes;  /* handed out in all */
} memory;

static void *take(size_t size, void *user_data)
{
    memory *m = user_data;
    void *block = malloc(size);
    if (block) {
        m->blocks++;
        m->bytes += size;
    }
    return block;
}

static void give_back(void *block, void *user_data)
{
    memory *m = user_data;
    m->blocks--;
    free(block);
}

static void print_line(int32_t level, const char *message, void *user_data)
{
    (void)user_data;
    printf("%s: %s\n", level == IB_LOG_ERROR ? "error" : level == IB_LOG_WARNING ? "warning" : "info", message);
}

int main(void)
{
    memory m = {0, 0};
    ib_context_options options;
    ib_context_options_init(&options);
    options.alloc = take;
    options.free = give_back;
    options.alloc_data = &m;
    options.log = print_line;

    ib_context *context = NULL;
    ib_dataset *dataset = NULL;
    if (ib_context_create(&options, &context) || ib_dataset_create_icosahedron(context, &dataset)) {
        fprintf(stderr, "%s\n", ib_context_message(context));
        return 1;
    }
    printf("%zu rows of %zu inputs in %zu bytes\n", ib_dataset_rows(dataset), ib_dataset_features(dataset), m.bytes);

    /* A mistake: more test rows than rows. The line goes to the log, and stays readable until the next call. */
    ib_split *split = NULL;
    ib_status status = ib_split_create_random(dataset, 1.5, 0, 1, &split);
    printf("%s, and the message is \"%s\"\n", ib_status_name(status), ib_context_message(context));

    /* The order does not matter: the context goes with the last of its objects. */
    ib_context_destroy(context);
    ib_dataset_destroy(dataset);
    printf("%zu blocks left\n", m.blocks);
    return status != IB_ERR_RANGE || split != NULL || m.blocks != 0;
}
