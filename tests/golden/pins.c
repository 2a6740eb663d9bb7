/* Hashes of whole runs: the same bits on every set of kernels with fused operations, from every compiler, in every
 * build, on every kind of machine; and of those without, which agree with each other.
 *
 * usage: pins        compares every set of kernels that this CPU runs with pins.txt or pins_without_fma.txt
 *        pins print  writes the lines of such a file, for the kernels that LIBIB_KERNELS names or else the best
 *
 * Needs no CMocka, so that it can be run wherever the library can. */
#include "runs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PINS = 8, LINE = 160, SKIP = 77 };

static const test_run pinned[PINS] = {
    {IB_PRESET_PAPER, IB_ACTIVATION_TANH, 8, 100, 1, 0},
    {IB_PRESET_PAPER, IB_ACTIVATION_RELU, 8, 100, 1, 0},
    {IB_PRESET_OFFICIAL_V1, IB_ACTIVATION_TANH, 8, 100, 1, 0},
    {IB_PRESET_OFFICIAL_V1, IB_ACTIVATION_RELU, 8, 100, 1, 0},
    {IB_PRESET_PAPER, IB_ACTIVATION_TANH, 8, 10, 1, 0},
    {IB_PRESET_PAPER, IB_ACTIVATION_RELU, 8, 10, 1, 0},
    {IB_PRESET_OFFICIAL_V1, IB_ACTIVATION_TANH, 8, 10, 1, 0},
    {IB_PRESET_OFFICIAL_V1, IB_ACTIVATION_RELU, 8, 10, 1, 0},
};

/* Where to begin: LIBIB_TEST_QUICK leaves the long runs out. */
static size_t first_pin(void)
{
    return getenv("LIBIB_TEST_QUICK") ? PINS / 2 : 0;
}

static void line_of(ib_context *context, const test_run *what, char line[LINE])
{
    const test_run_hashes hashes = test_run_train(context, what, NULL, NULL);
    snprintf(line, LINE, "%s %s %" PRIu32 " weights %016" PRIx64 " points %016" PRIx64 "\n",
             ib_preset_name(what->preset), ib_activation_name(what->activation), what->bits, hashes.weights,
             hashes.points);
}

static int print_pins(void)
{
    ib_context *context = NULL;
    char line[LINE];
    test_require(context, ib_context_create(NULL, &context));
    for (size_t i = 0; i < PINS; i++) {
        line_of(context, &pinned[i], line);
        fputs(line, stdout);
    }
    ib_context_destroy(context);
    return EXIT_SUCCESS;
}

static void read_pins(const char *name, char pins[PINS][LINE])
{
    FILE *file = fopen(name, "r");
    for (size_t i = 0; i < PINS; i++)
        if (!file || !fgets(pins[i], LINE, file))
            snprintf(pins[i], LINE, "another line in this file\n");
    if (file)
        fclose(file);
}

/* How many lines differ from those of the class. */
static int differences(ib_context *context)
{
    const char *name = test_fused(context) ? GOLDEN_DIR "/pins.txt" : GOLDEN_DIR "/pins_without_fma.txt";
    int bad = 0;
    char pins[PINS][LINE];
    read_pins(name, pins);
    for (size_t i = first_pin(); i < PINS; i++) {
        char line[LINE];
        line_of(context, &pinned[i], line);
        if (strcmp(line, pins[i]) == 0)
            continue;
        printf("%s kernels, %s:\nexpected %sgot      %s", ib_context_kernels(context), name, pins[i], line);
        bad++;
    }
    return bad;
}

/* A context with a set of kernels, or NULL where they do not run. */
static ib_context *context_with(uint32_t kernels)
{
    ib_context_options options;
    ib_context_options_init(&options);
    options.kernels = kernels;
    ib_context *context = NULL;
    const ib_status status = ib_context_create(&options, &context);
    if (status != IB_ERR_UNSUPPORTED || kernels <= IB_KERNELS_PORTABLE)
        test_require(context, status);
    return context;
}

static int compare_every_kernels(void)
{
    int bad = 0;
    for (uint32_t kernels = IB_KERNELS_PORTABLE; kernels <= IB_KERNELS_AVX512; kernels++) {
        ib_context *context = context_with(kernels);
        if (!context)
            continue;
        printf("%s kernels\n", ib_context_kernels(context));
        bad += differences(context);
        ib_context_destroy(context);
    }
    ib_context *best = context_with(IB_KERNELS_AUTO);
    printf("%d pins do not hold; kernels that are chosen: %s\n", bad, ib_context_kernels(best));
    ib_context_destroy(best);
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "print") == 0)
        return print_pins();
    if (getenv("LIBIB_TEST_VALGRIND")) /* does not flush subnormal numbers to 0 */
        return SKIP;
    return compare_every_kernels();
}
