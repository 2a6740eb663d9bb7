/* Options as a table: what is taken, what is refused, and what the help makes of it. */
#include "options.h"
#include "say.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *colour(uint32_t value)
{
    static const char *const names[] = {"red", "green", "blue"};
    return names[value];
}

#define OPTION_COUNT 7

/* Options of each kind, with their targets. */
typedef struct fixture {
    int loud;
    int given;
    uint64_t number;
    uint64_t any;
    uint32_t colour;
    const char *text;
    double share;
    double rate;
    option options[OPTION_COUNT];
} fixture;

static void prepare(fixture *f)
{
    *f = (fixture){.number = 8, .colour = 2, .share = 0.5};
    f->options[0] = (option){.kind = OPTION_FLAG, .name = "loud", .help = "be loud", .target = &f->loud};
    f->options[1] = (option){.kind = OPTION_NUMBER,
                             .name = "number",
                             .value = "N",
                             .help = "how many",
                             .target = &f->number,
                             .min = 2,
                             .max = 16,
                             .also = 32};
    f->options[2] = (option){.kind = OPTION_NUMBER,
                             .name = "any",
                             .value = "S",
                             .help = "any [none]",
                             .target = &f->any,
                             .max = UINT64_MAX,
                             .given = &f->given};
    f->options[3] = (option){.kind = OPTION_CHOICE,
                             .name = "colour",
                             .value = "NAME",
                             .help = "which",
                             .target = &f->colour,
                             .min = 1,
                             .max = 2,
                             .choice_name = colour};
    f->options[4] = (option){.kind = OPTION_TEXT, .name = "text", .value = "T", .help = "words", .target = &f->text};
    f->options[5] = (option){.kind = OPTION_REAL,
                             .group = "numbers",
                             .name = "share",
                             .value = "A",
                             .help = "part",
                             .target = &f->share,
                             .low = -1,
                             .high = 1,
                             .below = 1};
    f->options[6] = (option){.kind = OPTION_REAL,
                             .group = "numbers",
                             .name = "rate",
                             .value = "R",
                             .help = "speed [mine]",
                             .target = &f->rate,
                             .high = 1000,
                             .above = 1};
}

/* Parses a command line written as one string, for a fixture that is prepared. */
static options_outcome parse_prepared(fixture *f, const char *line)
{
    static char copy[256];
    char *argv[16] = {"command"};
    int argc = 1;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    return options_parse(f->options, OPTION_COUNT, argc, argv);
}

static options_outcome parse(fixture *f, const char *line)
{
    prepare(f);
    return parse_prepared(f, line);
}

/* The same, with an operand in place of the option that is a text. */
static options_outcome parse_with_operand(fixture *f, const char *line)
{
    prepare(f);
    f->options[4].kind = OPTION_OPERAND;
    return parse_prepared(f, line);
}

static void values_are_taken(void **state)
{
    (void)state;
    fixture f;
    assert_int_equal(parse(&f, ""), OPTIONS_FINE);
    assert_int_equal(f.number, 8);
    assert_int_equal(f.colour, 2);
    assert_int_equal(f.loud + f.given, 0);
    assert_null(f.text);
    assert_int_equal(parse(&f, "--loud --number 2 --any=0 --colour green --text a=b"), OPTIONS_FINE);
    assert_int_equal(f.loud, 1);
    assert_int_equal(f.number, 2);
    assert_int_equal(f.given, 1);
    assert_int_equal(f.colour, 1);
    assert_string_equal(f.text, "a=b");
    assert_int_equal(parse(&f, "--text=a=b --number 3 --number=16"), OPTIONS_FINE);
    assert_string_equal(f.text, "a=b");
    assert_int_equal(f.number, 16);
    assert_int_equal(parse(&f, "--text --loud"), OPTIONS_FINE); /* a value is taken as it is */
    assert_string_equal(f.text, "--loud");
    assert_int_equal(f.loud, 0);
}

static void bounds_of_numbers(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "1",
        "17",
        "31",
        "33",
        "0",
        "",
        "-2",
        "+2",
        "2.0",
        "0x2",
        "2x",
        "x",
        "18446744073709551618",
        "99999999999999999999",
    };
    char line[64];
    fixture f;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(line, sizeof line, "--number=%s", wrong[i]);
        assert_int_equal(parse(&f, line), OPTIONS_WRONG);
        assert_int_equal(f.number, 8);
    }
    assert_int_equal(parse(&f, "--number 32"), OPTIONS_FINE);
    assert_int_equal(f.number, 32);
    assert_int_equal(parse(&f, "--number 016"), OPTIONS_FINE); /* decimal, whatever it begins with */
    assert_int_equal(f.number, 16);
    assert_int_equal(parse(&f, "--any 18446744073709551615"), OPTIONS_FINE);
    assert_true(f.any == UINT64_MAX);
    assert_int_equal(parse(&f, "--any 18446744073709551616"), OPTIONS_WRONG);
    assert_int_equal(f.given, 0);
}

static void bounds_of_real_numbers(void **state)
{
    (void)state;
    static const char *const wrong[] = {"1",      "-1.1", "nan", "inf", "-inf", "0x1p-1", "0.5x", "1e999",
                                        "1e-999", "",     "e",   ".",   "0,5",  "--1",    "0.5e", "infinity"};
    char line[64];
    fixture f;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(line, sizeof line, "--share=%s", wrong[i]);
        assert_int_equal(parse(&f, line), OPTIONS_WRONG);
        assert_true(f.share == 0.5);
    }
    assert_int_equal(parse(&f, "--share -1 --rate 1000"), OPTIONS_FINE);
    assert_true(f.share == -1 && f.rate == 1000);
    assert_int_equal(parse(&f, "--share=0.1 --rate=1e-3"), OPTIONS_FINE);
    assert_true(f.share == 0.1 && f.rate == 1e-3);
    assert_int_equal(parse(&f, "--rate 0"), OPTIONS_WRONG);
    assert_int_equal(parse(&f, "--rate 1000.5"), OPTIONS_WRONG);
}

/* What options_write() makes of a fixture, until the next call. */
static const char *write_all(const fixture *f)
{
    static char text[512];
    FILE *stream = fmemopen(text, sizeof text, "w");
    assert_non_null(stream);
    options_write(f->options, OPTION_COUNT, stream);
    fclose(stream);
    return text;
}

static void options_are_written(void **state)
{
    (void)state;
    fixture f;
    prepare(&f);
    assert_string_equal(write_all(&f), "--number=8\n--colour=blue\n--share=0.5\n");
    assert_int_equal(parse(&f, "--loud --any 3 --text=a=b --rate 0.3"), OPTIONS_FINE);
    assert_string_equal(write_all(&f), "--number=8\n--any=3\n--colour=blue\n--text=a=b\n--share=0.5\n--rate=0.3\n");
}

static void assert_comes_back(double rate)
{
    fixture f;
    prepare(&f);
    f.rate = rate;
    char line[64] = "";
    assert_int_equal(sscanf(strstr(write_all(&f), "--rate="), "%63s", line), 1);
    assert_int_equal(parse(&f, line), OPTIONS_FINE);
    assert_true(f.rate == rate);
}

/* To the last bit. */
static void real_numbers_come_back(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_comes_back(ldexp(1 + test_random_uniform(), -(int)test_random_below(100)));
}

static void what_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "--colour red", "--colour blu", "--colour blues", "--colour=", "--text=",  "--text", "--number", "--loud=",
        "--loud=1",     "--numbe 8",    "--numbers 8",    "-number 8", "number 8", "--",     "-",        "--=8",
    };
    fixture f;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(parse(&f, wrong[i]), OPTIONS_WRONG);
}

static void help_is_asked_for(void **state)
{
    (void)state;
    fixture f;
    assert_int_equal(parse(&f, "--help"), OPTIONS_HELP);
    assert_int_equal(parse(&f, "--loud -h --nonsense"), OPTIONS_HELP);
    assert_int_equal(parse(&f, "--nonsense --help"), OPTIONS_WRONG);
    assert_int_equal(parse(&f, "--text --help"), OPTIONS_FINE);
}

/* Words without dashes, which stand anywhere among the options. */
static void operands_are_taken(void **state)
{
    (void)state;
    static const char *const lines[] = {"here --number 3", "--number 3 here", "--number=3 here", "a=b --number 3"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        fixture f;
        assert_int_equal(parse_with_operand(&f, lines[i]), OPTIONS_FINE);
        assert_string_equal(f.text, i < 3 ? "here" : "a=b");
        assert_int_equal(f.number, 3);
    }
    fixture f;
    assert_int_equal(parse_with_operand(&f, "--number 3"), OPTIONS_FINE);
    assert_null(f.text);
    assert_int_equal(parse_with_operand(&f, "here there"), OPTIONS_WRONG); /* there is one only */
    assert_int_equal(parse_with_operand(&f, "--text here"), OPTIONS_WRONG);
}

static void help_is_printed(void **state)
{
    (void)state;
    fixture f;
    char *text = NULL;
    size_t size = 0;
    prepare(&f);
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    options_print(f.options, OPTION_COUNT, stream);
    fclose(stream);
    assert_string_equal(text, "  --loud                be loud\n"
                              "  --number N            how many: 2 to 16 or 32 [8]\n"
                              "  --any S               any [none]\n"
                              "  --colour NAME         which: green or blue [blue]\n"
                              "  --text T              words\n"
                              "\nnumbers:\n"
                              "  --share A             part: -1 to below 1 [0.5]\n"
                              "  --rate R              speed [mine]: above 0 to 1000\n");
    free(text);
    f.options[4].kind = OPTION_OPERAND;
    f.options[4].name = "T";
    stream = open_memstream(&text, &size);
    assert_non_null(stream);
    options_print(&f.options[4], 1, stream);
    fclose(stream);
    assert_string_equal(text, "  T                     words\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_taken),    cmocka_unit_test(bounds_of_numbers),
        cmocka_unit_test(what_is_refused),     cmocka_unit_test(help_is_asked_for),
        cmocka_unit_test(help_is_printed),     cmocka_unit_test(bounds_of_real_numbers),
        cmocka_unit_test(options_are_written), cmocka_unit_test(real_numbers_come_back),
        cmocka_unit_test(operands_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
