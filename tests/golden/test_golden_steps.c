/* Twelve training steps of the standard network, beside the study's own program and beside an independent one. */
#include "steps.h"

#include <string.h>

static uint64_t distinct_of(const json_t *step, size_t layer)
{
    return (uint64_t)json_integer_value(golden_at(golden_get(step, "distinct"), layer - 1));
}

static void compare_official(steps *run, const json_t *step)
{
    steps_compare_weights(run, step);
    steps_compare_ranges(run, step);
    steps_pass(run);
    steps_compare_outputs(run, step);
    for (size_t l = 1; l < STEPS_LAYERS; l++) {
        steps_compare_point(run, l, IB_MEASURE_STATE, distinct_of(step, l),
                            golden_at(golden_get(step, "state"), l - 1));
        steps_compare_point(run, l, IB_MEASURE_REBINNED, 0, golden_at(golden_get(step, "rebinned"), l - 1));
    }
    if (run->bits == 32)
        return; /* what is left of layer 6 is the last bits of exp */
    steps_compare_point(run, STEPS_LAYERS, IB_MEASURE_OUTPUT, (uint64_t)golden_number(step, "output_distinct"),
                        golden_get(step, "output"));
    steps_compare_point(run, STEPS_LAYERS, IB_MEASURE_REBINNED, 0,
                        golden_at(golden_get(step, "rebinned"), STEPS_LAYERS - 1));
}

static void compare_paper(steps *run, const json_t *step)
{
    steps_compare_weights(run, step);
    steps_compare_ranges(run, step);
    steps_pass(run);
    steps_compare_codes(run, step);
    for (size_t l = 1; l <= STEPS_LAYERS; l++)
        steps_compare_point(run, l, IB_MEASURE_STATE, distinct_of(step, l),
                            golden_at(golden_get(step, "state"), l - 1));
}

static void repeat(ib_context *context, const char *file, uint32_t preset, const agreement *within)
{
    steps run;
    size_t compared = 0;
    steps_open(&run, context, file, preset, within);
    for (size_t i = 0; i < STEPS_COUNT; i++) {
        steps_advance(&run, i);
        const json_t *step = golden_at(golden_get(run.root, "steps"), i);
        if (!json_object_get(step, "kernels"))
            continue;
        (preset == IB_PRESET_PAPER ? compare_paper : compare_official)(&run, step);
        compared++;
    }
    assert_int_equal(compared, 3);
    steps_close(&run);
}

static const agreement relu = {
    .weights = 1.2e-7, .losses = 1.2e-7, .ranges = 6e-8, .outputs = 4e-7, .exact_relu = 1, .information = 1e-9};
static const agreement relu_4 = {.weights = 1.2e-7,
                                 .losses = 1.2e-7,
                                 .loose_parameters = 45,
                                 .ranges = 6e-8,
                                 .outputs = 4e-7,
                                 .exact_relu = 1,
                                 .information = 1e-9};
static const agreement tanh_ = {
    .weights = 1.2e-7, .losses = 1.2e-7, .ranges = 6e-8, .outputs = 4e-7, .level_entries = 2, .information = 1e-9};
/* Two states more or less: each pair of rows that meet takes 2/4096 bits. */
static const agreement floats = {
    .weights = 1.2e-7, .losses = 1.2e-7, .outputs = 4e-7, .distinct = 2, .information = 4.0 / 4096};
static const agreement paper = {.weights = 6e-8,
                                .losses = 2e-7,
                                .ranges = 3e-7,
                                .outputs = 4e-7,
                                .level_entries = 5,
                                .distinct = 1,
                                .information = 0.02};
static const agreement paper_relu_8 = {.weights = 6e-8,
                                       .losses = 5e-6,
                                       .ranges = 3e-7,
                                       .outputs = 4e-7,
                                       .level_entries = 5,
                                       .distinct = 1,
                                       .information = 0.02};

static void official_relu_of(ib_context *context)
{
    repeat(context, "steps_relu_8.json", IB_PRESET_OFFICIAL_V1, &relu);
    repeat(context, "steps_relu_4.json", IB_PRESET_OFFICIAL_V1, &relu_4);
}

static void official_tanh_of(ib_context *context)
{
    repeat(context, "steps_tanh_8.json", IB_PRESET_OFFICIAL_V1, &tanh_);
    repeat(context, "steps_tanh_4.json", IB_PRESET_OFFICIAL_V1, &tanh_);
}

static void official_floats_of(ib_context *context)
{
    repeat(context, "steps_relu_32.json", IB_PRESET_OFFICIAL_V1, &floats);
    repeat(context, "steps_tanh_32.json", IB_PRESET_OFFICIAL_V1, &floats);
}

static void paper_of(ib_context *context)
{
    repeat(context, "paper_steps_tanh_8.json", IB_PRESET_PAPER, &paper);
    repeat(context, "paper_steps_tanh_4.json", IB_PRESET_PAPER, &paper);
    repeat(context, "paper_steps_relu_8.json", IB_PRESET_PAPER, &paper_relu_8);
    repeat(context, "paper_steps_relu_4.json", IB_PRESET_PAPER, &paper);
}

static void official_relu(void **state)
{
    (void)state;
    test_every_kernels(official_relu_of);
}

static void official_tanh(void **state)
{
    (void)state;
    test_every_kernels(official_tanh_of);
}

static void official_floats(void **state)
{
    (void)state;
    test_every_kernels(official_floats_of);
}

static void preset_paper(void **state)
{
    (void)state;
    test_every_kernels(paper_of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(official_relu),
        cmocka_unit_test(official_tanh),
        cmocka_unit_test(official_floats),
        cmocka_unit_test(preset_paper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
