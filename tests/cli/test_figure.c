/* Data and scripts of figures. */
#include "figure.h"
#include "records.h"
#include "support.h"

#include "scratch.h"

#define BEGIN                                                                                                          \
    "# In bits, but for accuracies and outputs; half: of the 95% interval; epoch 0: the weights before training.\n# "  \
    "Where not all runs were measured there is no mean.\n"

/* Makes a figure of these panels called f in a folder and returns its data, and its script if that is asked for. */
static char *make(scratch *s, const panel *panels, size_t n, char **script)
{
    easel e = {.folder = s->folder, .quiet = 1};
    assert_int_equal(figure_make(&e, &(figure){"f", "A heading", panels, n, 2}), 0);
    assert_int_equal(figure_end(&e), 0);
    char *text = scratch_take(s, "f.gp");
    if (script)
        *script = text;
    else
        free(text);
    return scratch_take(s, "f.dat");
}

static void assert_data(scratch *s, const panel *panels, size_t n, const char *expected)
{
    char *data = make(s, panels, n, NULL);
    assert_string_equal(data, expected);
    free(data);
}

/* The whole plane and the corner share their data. */
static void data_of_planes(void **state)
{
    static const mean_plane states = {IB_MEASURE_STATE, 0}, rebinned = {IB_MEASURE_REBINNED, 0};
    ib_context *context = test_context(NULL);
    means m;
    scratch s;
    (void)state;
    record_means(context, &m);
    scratch_make(&s);
    const panel one[] = {{PANEL_PLANE, "all", &m, states, 0}, {PANEL_CORNER, NULL, &m, states, 0}};
    assert_data(&s, one, 2,
                BEGIN "# all, T1, mean of 3 runs\n# epoch I(X;T) half I(T;Y) half mark\n"
                      "0 12 0 1 0 0\n1 12 0 1 0 0\n4 12 0 1 0 0\n\n\n"
                      "# all, T2, mean of 3 runs\n# epoch I(X;T) half I(T;Y) half mark\n"
                      "0 8 0 0 0 0\n1 10 2.48 0.5 0 0\n4 7 2.48 0.75 0 0\n\n\n"
                      "# Grey lines: all layers of an epoch\n# epoch I(X;T) I(T;Y)\n"
                      "0 12 1\n0 8 0\n\n1 12 1\n1 10 0.5\n\n4 12 1\n4 7 0.75\n\n\n");
    const panel other[] = {{PANEL_PLANE, NULL, &m, rebinned, 0}};
    assert_data(&s, other, 1,
                BEGIN "# T1, mean of 3 runs\n# epoch I(X;T) half I(T;Y) half mark\n"
                      "0 12 0 1 0 0\n1 12 0 1 0 0\n4 12 0 1 0 0\n\n\n"
                      "# T2, mean of 3 runs\n# epoch I(X;T) half I(T;Y) half mark\n"
                      "0 7 0 0 0 0\n1 9 2.48 0.5 0 0\n4 6 2.48 0.75 0 0\n\n\n"
                      "# Grey lines: all layers of an epoch\n# epoch I(X;T) I(T;Y)\n"
                      "0 12 1\n0 7 0\n\n1 12 1\n1 9 0.5\n\n4 12 1\n4 6 0.75\n\n\n");
    scratch_remove(&s);
    means_clear(&m);
    ib_context_destroy(context);
}

static void data_of_curves(void **state)
{
    ib_context *context = test_context(NULL);
    means m;
    scratch s;
    (void)state;
    assert_int_equal(means_create(&m, context), 0);
    record_take(&m, 0, record_make(context, 0, 0));
    record_take(&m, 1, record_make(context, 1, 2));
    scratch_make(&s);
    const panel panels[] = {{.kind = PANEL_ACCURACY, .from = &m}, {.kind = PANEL_RANGE, .from = &m, .layer = 2}};
    assert_data(&s, panels, 2,
                BEGIN "# mean of 2 runs\n# epoch training half test half mark\n"
                      "0 0.515625 0.199 0.5 0 0\n1 0.578125 0.199 0.53125 0 1\n2 0.640625 0.199 0.5625 0 1\n"
                      "3 0.703125 0.199 0.59375 0 0\n4 0.765625 0.199 0.625 0 0\n\n\n"
                      "# T2, mean of 2 runs\n# epoch smallest half largest half mark\n"
                      "0 0 0 1 12.7 0\n1 0 0 2 12.7 1\n4 0 0 5 12.7 1\n\n\n");
    scratch_remove(&s);
    means_clear(&m);
    ib_context_destroy(context);
}

/* What the parts of a script that C writes say of the data. */
static void scripts(void **state)
{
    static const mean_plane states = {IB_MEASURE_STATE, 0}, rebinned = {IB_MEASURE_REBINNED, 0};
    static const char *const expected[] = {
        "name = 'f'\nheading = \"A heading\"\nheading_lines = 1\ncolumns = 2\nrows = 2\nmost_epochs = 4\n"
        "colour_bar = 1\nkey_row = 1\ntitles = 1\nformats = 'pdf svg png'\n",
        "    set title \"say \\\"it's\\\"\\nin two lines\"\n    block = 0\n    layers = 2\n    many = 0\n    epochs = "
        "4\n    bands = "
        "1\n"
        "    whole = 1\n    set xrange [0:12.396]\n    set yrange [0:1.12]\n"
        "    set label 'T1' at 12,1 right front offset 0.7,0.8\n    set label 'T2' at 7,0.75 right front offset "
        "0.7,0.8\n",
        /* All states of layer 1, which is the only hidden one, are at one place. */
        "    block = 0\n    layers = 2\n    many = 0\n    epochs = 4\n    bands = 1\n    whole = 0\n"
        "    set xrange [11.979:12.001]\n    set yrange [0.99788:1.00024]\n",
        "    block = 3\n    layers = 2\n    many = 0\n    epochs = 4\n    bands = 1\n    quantity = 2\n",
        "    block = 5\n    layers = 2\n    many = 0\n    epochs = 4\n    bands = 1\n    whole = 1\n",
    };
    ib_context *context = test_context(NULL);
    means m;
    scratch s;
    char *script;
    (void)state;
    record_means(context, &m);
    scratch_make(&s);
    const panel panels[] = {{PANEL_PLANE, "say \"it's\"\nin two lines", &m, states, 0},
                            {PANEL_CORNER, NULL, &m, states, 0},
                            {PANEL_I_TY, NULL, &m, states, 0},
                            {PANEL_PLANE, NULL, &m, rebinned, 0}};
    free(make(&s, panels, 4, &script));
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        if (!strstr(script, expected[i]))
            fail_msg("the script lacks: %s", expected[i]);
    free(script);
    scratch_remove(&s);
    means_clear(&m);
    ib_context_destroy(context);
}

static void formats(void **state)
{
    uint32_t found = 0;
    (void)state;
    assert_int_equal(figure_formats("pdf,svg,png", &found), 0);
    assert_int_equal(found, FIGURE_ALL);
    assert_int_equal(figure_formats("svg", &found), 0);
    assert_int_equal(found, FIGURE_SVG);
    static const char *const wrong[] = {"", "svg,", ",svg", "jpg", "pdfs", "pd", "pdf svg", "PDF"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(figure_formats(wrong[i], &found), -1);
    assert_int_equal(found, FIGURE_SVG);
}

static void a_folder_that_cannot_be_made(void **state)
{
    ib_context *context = test_context(NULL);
    easel e = {.folder = "/nowhere/at/all", .quiet = 1};
    means m;
    (void)state;
    record_means(context, &m);
    const panel one = {.kind = PANEL_ACCURACY, .from = &m};
    assert_int_equal(figure_make(&e, &(figure){"f", "A heading", &one, 1, 1}), -1);
    assert_int_equal(figure_end(&e), -1);
    means_clear(&m);
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_of_planes),
        cmocka_unit_test(data_of_curves),
        cmocka_unit_test(scripts),
        cmocka_unit_test(formats),
        cmocka_unit_test(a_folder_that_cannot_be_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
