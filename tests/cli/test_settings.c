/* Settings: what is asked together, and what comes back from the file that they are written to. */
#include "eigenvalues.h"
#include "estimating.h"
#include "say.h"
#include "settings.h"
#include "support.h"
#include "ways.h"

#include <stdlib.h>
#include <string.h>

/* Parses a command line written as one string, which must live as long as the settings. */
static options_outcome parse(settings *asked, char *line)
{
    char *argv[64] = {"run"};
    int argc = 1;
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    return settings_parse(asked, argc, argv);
}

static options_outcome outcome_of(const char *words)
{
    char line[512];
    settings asked;
    snprintf(line, sizeof line, "%s", words);
    return parse(&asked, line);
}

static char *write_text(const settings *asked)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    settings_write(asked, stream);
    fclose(stream);
    return text;
}

static int read_bytes(settings *found, const char *text, size_t size)
{
    FILE *stream = tmpfile();
    assert_non_null(stream);
    assert_int_equal(fwrite(text, 1, size, stream), size);
    rewind(stream);
    const int failed = settings_read(found, stream, "DIR/settings.txt");
    fclose(stream);
    return failed;
}

static int read_text(settings *found, const char *text)
{
    return read_bytes(found, text, strlen(text));
}

#define EVERYTHING                                                                                                     \
    "--preset official-v1 --activation relu --bits 4 --epochs 77 --batch 31 --optimiser sgd --rate 0.1 --momentum "    \
    "0.9 "                                                                                                             \
    "--prefit 5 --prefit-reset both --schedule adaptive:0.123456789012345678 --bins 30,7 "                             \
    "--bounds global,mass-layer,neuron --runs 6 --split-seed 0 --bad-fit restart --bad-epoch 9 "                       \
    "--bad-accuracy 0.5500000000000001 --seed 18446744073709551615 --out somewhere"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Written, read, and written again: the same. */
static void assert_round_trip(const char *words, settings *found)
{
    char line[512];
    settings asked;
    snprintf(line, sizeof line, "%s", words);
    assert_int_equal(parse(&asked, line), OPTIONS_FINE);
    char *text = write_text(&asked);
    assert_int_equal(read_text(found, text), 0);
    char *again = write_text(found);
    assert_string_equal(again, text);
    free(again);
    free(text);
}

static void settings_come_back(void **state)
{
    (void)state;
    settings found;
    assert_round_trip("--out somewhere", &found);
    assert_int_equal(found.own_split, 0);
    assert_int_equal(ways_count(&found, IB_MEASURE_BINNED), 0);
    assert_null(found.out);
    settings_clear(&found);
    assert_round_trip(EVERYTHING, &found);
    assert_int_equal(found.preset, IB_PRESET_OFFICIAL_V1);
    assert_int_equal(found.activation, IB_ACTIVATION_RELU);
    assert_int_equal(found.batch, 31);
    assert_int_equal(found.optimiser, OPTIMISER_SGD);
    assert_true(found.rate == 0.1 && found.momentum == 0.9 && found.bad_accuracy == 0.5500000000000001);
    assert_int_equal(found.prefit, 5);
    assert_int_equal(found.prefit_reset, 3);
    assert_int_equal(found.own_split, 1);
    assert_true(found.seed == UINT64_MAX);
    assert_int_equal(settings_restart_from(&found), 9);
    settings_clear(&found);
}

static void bins_times_bounds(void **state)
{
    (void)state;
    static const char *const names[] = {"",         "30-global",    "30-mass-layer", "30-neuron",
                                        "7-global", "7-mass-layer", "7-neuron"};
    settings found;
    assert_round_trip(EVERYTHING, &found);
    assert_int_equal(ways_count(&found, IB_MEASURE_BINNED), 6);
    for (uint32_t e = 0; e <= 6; e++) {
        char name[32];
        ways_number(&found, IB_MEASURE_BINNED, e, name, sizeof name);
        assert_string_equal(name, names[e]);
    }
    ib_binning_options options;
    ways_binning(&found, 5, &options);
    assert_int_equal(options.bins, 7);
    assert_int_equal(options.kind, IB_BINS_EQUAL_MASS);
    assert_int_equal(options.bounds, IB_BOUNDS_LAYER);
    assert_int_equal(options.clamp, 1);
    ways_binning(&found, 1, &options);
    assert_int_equal(options.bins, 30);
    assert_int_equal(options.kind, IB_BINS_UNIFORM);
    assert_int_equal(options.bounds, IB_BOUNDS_GLOBAL);
    settings_clear(&found);
}

#define MEASURED                                                                                                       \
    "--out o --bits 32 --bins 30 --post-bits 16,1,8 --post-weights 7 --estimators renyi,kde-lower,ksg2,edge "          \
    "--kde-variance 0.25 --neighbours 5 --renyi-alpha 2"

static void what_else_is_measured(void **state)
{
    (void)state;
    static const uint32_t bits[] = {16, 1, 8};
    static const uint32_t kinds[] = {ESTIMATOR_RENYI, ESTIMATOR_KDE_LOWER, ESTIMATOR_KSG2, ESTIMATOR_EDGE};
    settings found;
    assert_round_trip(MEASURED, &found);
    assert_int_equal(found.n_post_bits, 3);
    assert_memory_equal(found.post_bits, bits, sizeof bits);
    assert_true(found.own_post_weights && found.post_weights == 7);
    assert_int_equal(found.n_estimators, 4);
    assert_memory_equal(found.estimators, kinds, sizeof kinds);
    assert_true(found.own_kde_variance && found.kde_variance == 0.25);
    assert_true(found.own_neighbours && found.neighbours == 5);
    assert_true(found.own_renyi_alpha && found.renyi_alpha == 2);
    settings_clear(&found);
    assert_round_trip("--out o --estimators kde-upper", &found); /* studies before there were parameters had no lines */
    assert_true(!found.own_kde_variance && !found.own_neighbours && !found.own_renyi_alpha && !found.own_post_weights);
    assert_int_equal(found.n_post_bits, 0);
    settings_clear(&found);
    assert_round_trip("--out o --bits 32 --post-bits 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", &found);
    assert_int_equal(found.n_post_bits, MOST_POST_BITS);
    settings_clear(&found);
    assert_round_trip("--out o --estimators kde-upper,kde-lower,ksg1,ksg2,edge,renyi", &found);
    assert_int_equal(found.n_estimators, ESTIMATOR_COUNT);
    for (uint32_t i = 0; i < ESTIMATOR_COUNT; i++)
        assert_int_equal(found.estimators[i], i);
    settings_clear(&found);
}

/* What was asked for makes the estimators that the library knows, each of its own setting. */
static void estimators_are_made(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    uint64_t usual[ESTIMATOR_COUNT];
    for (int own = 0; own < 2; own++) {
        settings asked = {.kde_variance = 7, .neighbours = 9, .renyi_alpha = 2};
        asked.own_kde_variance = asked.own_neighbours = asked.own_renyi_alpha = own;
        for (uint32_t which = 0; which < ESTIMATOR_COUNT; which++) {
            estimating options;
            ib_estimator made;
            assert_ok(context, estimating_make(&asked, which, context, &options, &made));
            assert_string_equal(made.name, estimating_name(which));
            assert_ptr_equal(made.user_data, &options);
            if (!own)
                usual[which] = made.setting;
            else /* the edge estimator has no parameter here, and the order is as usual */
                assert_int_equal(made.setting != usual[which], which <= ESTIMATOR_KSG2);
        }
    }
    ib_context_destroy(context);
}

static void schedules(void **state)
{
    (void)state;
    ib_schedule_options schedule;
    settings found;
    assert_round_trip("--out o --schedule every:7", &found);
    settings_schedule(&found, &schedule);
    assert_int_equal(schedule.kind, IB_SCHEDULE_EVERY);
    assert_int_equal(schedule.every, 7);
    settings_clear(&found);
    assert_round_trip("--out o --schedule log:4", &found);
    settings_schedule(&found, &schedule);
    assert_int_equal(schedule.kind, IB_SCHEDULE_LOGARITHMIC);
    assert_int_equal(schedule.per_octave, 4);
    settings_clear(&found);
    assert_round_trip(EVERYTHING, &found);
    settings_schedule(&found, &schedule);
    assert_int_equal(schedule.kind, IB_SCHEDULE_ADAPTIVE);
    assert_true(schedule.distance == 0.123456789012345678);
    assert_int_equal(schedule.every, 0);
    settings_clear(&found);
}

static void presets_say_the_rest(void **state)
{
    (void)state;
    ib_schedule_options schedule;
    settings found;
    assert_round_trip("--out o --preset official-iclr", &found);
    settings_schedule(&found, &schedule);
    assert_int_equal(schedule.every, 5);
    assert_int_equal(settings_restart_from(&found), 1001);
    found.bad_fit = BAD_FIT_KEEP;
    assert_int_equal(settings_restart_from(&found), 0);
    settings_clear(&found);
    assert_round_trip("--out o", &found);
    settings_schedule(&found, &schedule);
    assert_int_equal(schedule.every, 1);
    assert_int_equal(settings_restart_from(&found), 0);
    settings_clear(&found);
}

/* Options that are refused, or refused together. */
static const char *const refused[] = {
    "",
    "--out o --resume o",
    "--resume o --bits 8",
    "--resume o --split-seed 1",
    "--out o --bounds layer",
    "--out o --bins 30 --bounds layer,layer",
    "--out o --bins 30 --bounds layer,",
    "--out o --bins 30 --bounds ,layer",
    "--out o --bins 30 --bounds mass",
    "--out o --bins 30 --bounds fixed --activation relu",
    "--out o --post-bits 8",
    "--out o --bits 32 --post-bits 0",
    "--out o --bits 32 --post-bits 17",
    "--out o --bits 32 --post-bits 8,8",
    "--out o --bits 32 --post-bits 8,",
    "--out o --bits 32 --post-weights 8",
    "--out o --bits 32 --post-bits 8 --post-weights 17",
    "--out o --estimators ,",
    "--out o --estimators edge,edge",
    "--out o --estimators kde",
    "--out o --estimators edge --kde-variance 1",
    "--out o --estimators kde-upper --kde-variance 0",
    "--out o --estimators ksg1 --neighbours 0",
    "--out o --estimators kde-upper --neighbours 1",
    "--out o --estimators edge --renyi-alpha 2",
    "--out o --estimators renyi --renyi-alpha 1",
    "--out o --estimators renyi --renyi-alpha 0",
    "--out o --momentum 0.5",
    "--out o --prefit-reset both",
    "--out o --bad-epoch 3",
    "--out o --schedule every",
    "--out o --schedule every:",
    "--out o --schedule every:0",
    "--out o --schedule log:1.5",
    "--out o --schedule adaptive:0",
    "--out o --schedule adaptive:x",
    "--out o --schedule never:1",
    "--out o --data X",
    "--out o --labels y",
    "--out o --label-column 1",
    "--out o --data X --labels y --label-column 1",
    "--out o --data - --labels y",
    "--out o --data X --labels -",
    "--out o --data X --labels y --data-sha256 12",
    ("--out o --data X --label-column 1 --labels-sha256 " DIGEST),
    ("--out o --data-sha256 " DIGEST),
    "--out o --test-share 0.5",
    "--out o --data X --labels y --test-share 1",
    "--out o --widths 12",
    "--out o --widths 12,0,2",
    "--out o --widths 12,,2",
    "--out o --widths 12,3,",
    "--out o --widths 12,1000001,2",
    "--out o --bins 30 --bounds fixed --activation linear",
    "--resume o --widths 12,2",
    "--resume o --test-share 0.5",
    "--resume o --data -",
};

static void what_does_not_go_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_int_equal(outcome_of(refused[i]), OPTIONS_WRONG);
    assert_int_equal(outcome_of("--resume o --threads 2 --checkpoint 0.05 --no-figures --quiet"), OPTIONS_FINE);
    assert_int_equal(outcome_of("--out o --bins 30 --bounds fixed,largest"), OPTIONS_FINE);
    assert_int_equal(outcome_of("--out o --bins 30 --bounds fixed --activation sigmoid"), OPTIONS_FINE);
    assert_int_equal(outcome_of("--resume o --data X"), OPTIONS_FINE);
    assert_int_equal(outcome_of("--out o --split-seed 1 --test-share 0"), OPTIONS_FINE);
    assert_int_equal(outcome_of(EVERYTHING), OPTIONS_FINE);
    assert_int_equal(outcome_of(MEASURED), OPTIONS_FINE);
    assert_int_equal(outcome_of("--out o --estimators renyi --renyi-alpha 1.01"),
                     eigenvalues_function() ? OPTIONS_FINE : OPTIONS_WRONG);
}

/* What is not said of one's own data is written down; what is said stays. */
static void own_data(void **state)
{
    (void)state;
    settings found;
    assert_round_trip("--out o --data X --labels y", &found);
    assert_string_equal(found.data, "X");
    assert_string_equal(found.labels, "y");
    assert_int_equal(found.own_split, 1);
    assert_int_equal(found.split_seed, 1);
    assert_int_equal(found.own_share, 1);
    assert_true(found.test_share == 0.2);
    assert_int_equal(found.n_widths, 0);
    assert_null(found.data_sha256);
    settings_clear(&found);
    assert_round_trip("--out o --data X --label-column 3 --split-seed 0 --test-share 0.1 --data-sha256 " DIGEST
                      " --widths 7,5,2 --lr 0.25 --activation linear",
                      &found);
    assert_int_equal(found.label_column, 3);
    assert_int_equal(found.split_seed, 0);
    assert_true(found.test_share == 0.1 && found.rate == 0.25);
    assert_string_equal(found.data_sha256, DIGEST);
    assert_int_equal(found.n_widths, 3);
    assert_true(found.widths[0] == 7 && found.widths[1] == 5 && found.widths[2] == 2);
    settings_clear(&found);
}

static void most_widths(void **state)
{
    (void)state;
    settings found;
    char line[512] = "--out o --widths 1", one[512];
    for (int i = 1; i < MOST_WIDTHS; i++)
        strcat(line, ",1");
    assert_round_trip(line, &found);
    assert_int_equal(found.n_widths, MOST_WIDTHS);
    settings_clear(&found);
    snprintf(one, sizeof one, "%s,1", line);
    assert_int_equal(outcome_of(one), OPTIONS_WRONG);
}

static void assert_subject(const char *words, const char *expected)
{
    char text[SETTINGS_SUBJECT_SIZE];
    settings found;
    assert_round_trip(words, &found);
    settings_subject(&found, text);
    assert_string_equal(text, expected);
    settings_clear(&found);
}

static void subjects(void **state)
{
    (void)state;
    assert_subject("--out o", "preset paper, tanh, 8 bits");
    assert_subject("--out o --bits 1 --widths 12,2", "preset paper, 12-2, tanh, 1 bit");
    assert_subject("--out o --data a/b/X.npy --labels y --bits 32 --activation relu --widths 9,8,7,6,5,4,3,2,1",
                   "X.npy, preset paper, 9-8-7-6-5-4-3-2-1, relu, float32");
    assert_subject("--out o --preset official-v1 --widths 1000000,9,8,7,6,5,4,3,2,1000000",
                   "preset official-v1, 1000000-...-1000000 with 9 layers, tanh, 8 bits");
    assert_subject("--out o --data /a-name-that-is-longer-than-there-is-room-for.npy --labels y",
                   "a-name-that-is-longer-than-there-is-room, preset paper, tanh, 8 bits");
}

static void splits(void **state)
{
    (void)state;
    static const struct {
        const char *words, *expected;
    } cases[] = {{"--out o", "that of the study"},
                 {"--out o --split-seed 5", "stratified 80/20 by seed 5"},
                 {"--out o --data X --labels y --test-share 0.125", "stratified 87.5/12.5 by seed 1"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[SETTINGS_SUBJECT_SIZE];
        settings found;
        assert_round_trip(cases[i].words, &found);
        settings_split(&found, text);
        assert_string_equal(text, cases[i].expected);
        settings_clear(&found);
    }
}

/* A file that was cut short is refused wherever it was cut. */
static void truncated_text_is_refused(void **state)
{
    (void)state;
    char line[512];
    settings asked, found;
    snprintf(line, sizeof line, "%s", EVERYTHING);
    assert_int_equal(parse(&asked, line), OPTIONS_FINE);
    char *text = write_text(&asked);
    for (size_t n = 0; n < strlen(text); n++) {
        assert_int_equal(read_bytes(&found, text, n), -1);
        assert_null(found.text);
    }
    free(text);
}

/* `text` with one more line in front. */
static int read_with(const char *more, const char *text)
{
    char all[2048];
    settings found;
    snprintf(all, sizeof all, "%s\n%s", more, text);
    const int failed = read_text(&found, all);
    settings_clear(&found);
    return failed;
}

static void other_lines_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",           "bits=8",      "--bits",   "--bits 8",    "--bits=0",
                                        "--help",     "-h",          "--help=1", "--quiet",     "--out=x",
                                        "--resume=x", "--threads=2", "--bits=",  "--unknown=1", " --bits=8",
                                        "--rate=nan", "# --bits=8"};
    char line[512];
    settings asked, found;
    snprintf(line, sizeof line, "%s", EVERYTHING);
    assert_int_equal(parse(&asked, line), OPTIONS_FINE);
    char *text = write_text(&asked);
    assert_int_equal(read_with("--bits=8", text), 0); /* the last of equal options counts */
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(read_with(wrong[i], text), -1);
    assert_int_equal(read_bytes(&found, "--bits=8\0\n", 10), -1);
    free(text);
    text = calloc(1, 1 << 20);
    assert_non_null(text);
    memset(text, '-', (1 << 20) - 1);
    assert_int_equal(read_text(&found, text), -1);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_come_back),
        cmocka_unit_test(bins_times_bounds),
        cmocka_unit_test(what_else_is_measured),
        cmocka_unit_test(estimators_are_made),
        cmocka_unit_test(schedules),
        cmocka_unit_test(presets_say_the_rest),
        cmocka_unit_test(what_does_not_go_together),
        cmocka_unit_test(own_data),
        cmocka_unit_test(most_widths),
        cmocka_unit_test(subjects),
        cmocka_unit_test(splits),
        cmocka_unit_test(truncated_text_is_refused),
        cmocka_unit_test(other_lines_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
