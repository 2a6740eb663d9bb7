/* Hashes of whole runs: the same bits on every set of kernels with fused operations, from every compiler, in every
 * build. LIBIB_TEST_PINS=print writes the lines of pins.txt instead. */
#include "runs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PINS = 4 };

static const test_run pinned[PINS] = {
    {IB_PRESET_PAPER, IB_ACTIVATION_TANH, 8, 100, 1, 0},
    {IB_PRESET_PAPER, IB_ACTIVATION_RELU, 8, 100, 1, 0},
    {IB_PRESET_OFFICIAL_V1, IB_ACTIVATION_TANH, 8, 100, 1, 0},
    {IB_PRESET_OFFICIAL_V1, IB_ACTIVATION_RELU, 8, 100, 1, 0},
};

static void line_of(ib_context *context, const test_run *what, char *line, size_t size)
{
    test_run_hashes hashes = test_run_train(context, what, NULL, NULL);
    snprintf(line, size, "%s %s %" PRIu32 " weights %016" PRIx64 " points %016" PRIx64, ib_preset_name(what->preset),
             ib_activation_name(what->activation), what->bits, hashes.weights, hashes.points);
}

static int print_pins(void)
{
    ib_context *context = test_context(NULL);
    char line[160];
    for (size_t i = 0; i < PINS; i++) {
        line_of(context, &pinned[i], line, sizeof line);
        puts(line);
    }
    ib_context_destroy(context);
    return 0;
}

static void compare_with_pins(ib_context *context)
{
    if (!test_fused(context))
        return; /* a class of results of its own */
    FILE *file = fopen(GOLDEN_DIR "/pins.txt", "r");
    assert_non_null(file);
    for (size_t i = 0; i < PINS; i++) {
        char pin[160], line[160];
        assert_non_null(fgets(pin, sizeof pin, file));
        pin[strcspn(pin, "\n")] = '\0';
        line_of(context, &pinned[i], line, sizeof line);
        if (strcmp(line, pin) != 0)
            fail_msg("%s kernels:\n expected %s\n got      %s", ib_context_kernels(context), pin, line);
    }
    fclose(file);
}

static void pins(void **state)
{
    (void)state;
    if (getenv("LIBIB_TEST_VALGRIND")) /* does not flush subnormal numbers to 0 */
        skip();
    test_every_kernels(compare_with_pins);
}

int main(void)
{
    const char *print = getenv("LIBIB_TEST_PINS");
    if (print && strcmp(print, "print") == 0)
        return print_pins();
    const struct CMUnitTest tests[] = {cmocka_unit_test(pins)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
