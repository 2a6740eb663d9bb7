/* Data and script of a figure. */
#include "figure.h"
#include "support.h"

#include "scratch.h"

/* Two runs of one epoch: layers 1 and 2 end close together, layer 3 does not; layer 3 is also measured by its bins. */
static void make_summary(summary *mean)
{
    static const struct {
        uint32_t epoch, layer, measure;
        double i_xt, i_ty;
    } values[] = {
        {0, 1, IB_MEASURE_STATE, 12, 0.5},   {0, 2, IB_MEASURE_STATE, 8, 0.25},
        {0, 3, IB_MEASURE_STATE, 4, 0.125},  {0, 3, IB_MEASURE_REBINNED, 3, 0},
        {1, 1, IB_MEASURE_STATE, 11, 1},     {1, 2, IB_MEASURE_STATE, 10.5, 0.96875},
        {1, 3, IB_MEASURE_STATE, 10.5, 0.5}, {1, 3, IB_MEASURE_REBINNED, 2, 0.5},
    };
    ib_point points[8];
    const curve_row curve[2] = {{0}};
    *mean = (summary){0};
    for (uint64_t run = 0; run < 2; run++) {
        for (size_t i = 0; i < 8; i++)
            points[i] = (ib_point){.epoch = values[i].epoch,
                                   .layer = values[i].layer,
                                   .measure = values[i].measure,
                                   .i_xt = values[i].i_xt + (run ? 0.5 : -0.5),
                                   .i_ty = values[i].i_ty};
        run_result result = {.run = run, .points = points, .n_points = 8, .curve = curve, .epochs = 1};
        assert_int_equal(summary_add(mean, &result), 0);
    }
}

static void data_by_measure(void **state)
{
    (void)state;
    scratch s;
    summary mean;
    const settings asked = {.preset = IB_PRESET_OFFICIAL_V1, .activation = IB_ACTIVATION_RELU, .bits = 4, .epochs = 1};
    make_summary(&mean);
    scratch_make(&s);
    assert_int_equal(figure_write(s.folder, &(figure){"a", IB_MEASURE_STATE, 0}, &mean, &asked), 0);
    assert_int_equal(figure_write(s.folder, &(figure){"b", IB_MEASURE_REBINNED, 0}, &mean, &asked), 0);
    scratch_assert(&s, "a.dat",
                   "# Mean and standard deviation over 2 runs, in bits; epoch 0: initial weights\n"
                   "# epoch I_XT_1 sd I_TY_1 sd I_XT_2 sd I_TY_2 sd I_XT_3 sd I_TY_3 sd\n"
                   "0 12 0.707 0.5 0 8 0.707 0.25 0 4 0.707 0.125 0\n"
                   "1 11 0.707 1 0 10.5 0.707 0.96875 0 10.5 0.707 0.5 0\n");
    scratch_assert(&s, "b.dat",
                   "# Mean and standard deviation over 2 runs, in bits; epoch 0: initial weights\n"
                   "# epoch I_XT_1 sd I_TY_1 sd I_XT_2 sd I_TY_2 sd I_XT_3 sd I_TY_3 sd\n"
                   "0 12 0.707 0.5 0 8 0.707 0.25 0 3 0.707 0 0\n"
                   "1 11 0.707 1 0 10.5 0.707 0.96875 0 2 0.707 0.5 0\n");
    free(scratch_take(&s, "a.gp"));
    free(scratch_take(&s, "b.gp"));
    scratch_remove(&s);
    summary_clear(&mean);
}

static void head_of_the_script(void **state)
{
    (void)state;
    static const char head[] = "name = 'plane'\n"
                               "heading = 'Information plane: preset official-v1, relu, float32, mean of 2 runs'\n"
                               "layers = 3\n"
                               "epochs = 1\n"
                               "# Names of the layers, where their curves end: in the whole plane, and in its corner.\n"
                               "$ends << EOD\n"
                               "11.0000 1.00000 T1-T2\n"
                               "10.5000 0.50000 T3\n"
                               "EOD\n"
                               "$corner_ends << EOD\n"
                               "11.0000 1.00000 T1\n"
                               "10.5000 0.96875 T2\n"
                               "10.5000 0.50000 T3\n"
                               "EOD\n";
    scratch s;
    summary mean;
    const settings asked = {.preset = IB_PRESET_OFFICIAL_V1, .activation = IB_ACTIVATION_RELU, .bits = 32, .epochs = 1};
    make_summary(&mean);
    scratch_make(&s);
    assert_int_equal(figure_write(s.folder, &(figure){"plane", IB_MEASURE_STATE, 0}, &mean, &asked), 0);
    char *text = scratch_take(&s, "plane.gp");
    assert_true(strlen(text) > sizeof head);
    text[sizeof head - 1] = '\0';
    assert_string_equal(text, head);
    free(text);
    free(scratch_take(&s, "plane.dat"));
    scratch_remove(&s);
    summary_clear(&mean);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(data_by_measure), cmocka_unit_test(head_of_the_script)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
