#include "options.h"

#include "say.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Column of the option's help, and room for a line of it. */
#define HELP_COLUMN 24
#define LINE_LENGTH 100
#define EXPECTED_LENGTH 200
/* Room for a real number; how many digits it always keeps, and how many tell any two of them apart. */
#define REAL_LENGTH 32
#define KEPT_DIGITS 15
#define MOST_DIGITS 17

static void describe_choices(const option *choice, char *text, size_t size)
{
    size_t used = 0;
    for (uint64_t i = choice->min; i <= choice->max && used < size; i++) {
        const char *separator = i == choice->min ? "" : i == choice->max ? " or " : ", ";
        used += (size_t)snprintf(text + used, size - used, "%s%s", separator, choice->choice_name((uint32_t)i));
    }
}

/* "above 0 to 1", "0 to below 1". */
static void describe_reals(const option *real, char *text, size_t size)
{
    snprintf(text, size, "%s%g to %s%g", real->above ? "above " : "", real->low, real->below ? "below " : "",
             real->high);
}

/* What an option accepts, in words: "1 to 16 or 32". */
static void describe(const option *expected, char *text, size_t size)
{
    if (expected->kind == OPTION_CHOICE)
        describe_choices(expected, text, size);
    else if (expected->kind == OPTION_REAL)
        describe_reals(expected, text, size);
    else if (expected->kind == OPTION_TEXT || expected->kind == OPTION_OPERAND)
        snprintf(text, size, "%s", expected->value);
    else if (expected->kind == OPTION_PLACE)
        snprintf(text, size, "1 to %" PRIu64 ", or from -1 backwards", expected->max);
    else if (expected->also)
        snprintf(text, size, "%" PRIu64 " to %" PRIu64 " or %" PRIu64, expected->min, expected->max, expected->also);
    else
        snprintf(text, size, "%" PRIu64 " to %" PRIu64, expected->min, expected->max);
}

/* What stands before the name of an option. */
static const char *dashes(const option *one)
{
    return one->kind == OPTION_OPERAND ? "" : "--";
}

void options_complain(const option *expected, const char *got)
{
    char words[EXPECTED_LENGTH];
    describe(expected, words, sizeof words);
    say("%s%s: expected %s, got %s", dashes(expected), expected->name, words, *got ? got : "nothing");
}

/* strtoull() alone would take blanks, signs and other bases. */
static int parse_digits(const char *text, uint64_t *value)
{
    for (const char *c = text; *c; c++)
        if (!isdigit((unsigned char)*c))
            return -1;
    errno = 0;
    *value = strtoull(text, NULL, 10);
    return *text && errno == 0 ? 0 : -1;
}

static int allows_number(const option *wanted, uint64_t value)
{
    return (value >= wanted->min && value <= wanted->max) || (wanted->also && value == wanted->also);
}

static int set_number(const option *wanted, const char *text)
{
    uint64_t value;
    if (parse_digits(text, &value) || !allows_number(wanted, value))
        return -1;
    *(uint64_t *)wanted->target = value;
    return 0;
}

static int set_place(const option *wanted, const char *text)
{
    const int is_backwards = *text == '-';
    uint64_t value;
    if (parse_digits(text + is_backwards, &value) || value < 1 || value > wanted->max)
        return -1;
    *(int64_t *)wanted->target = is_backwards ? -(int64_t)value : (int64_t)value;
    return 0;
}

/* strtod() alone would take blanks, infinity, NaN and hexadecimal digits. The program never leaves the C locale. */
static int parse_real(const char *text, double *value)
{
    char *end;
    errno = 0;
    *value = strtod(text, &end);
    return *text && text[strspn(text, "0123456789.eE+-")] == '\0' && *end == '\0' && errno == 0 ? 0 : -1;
}

static int allows_real(const option *wanted, double value)
{
    return isfinite(value) && (wanted->above ? value > wanted->low : value >= wanted->low) &&
           (wanted->below ? value < wanted->high : value <= wanted->high);
}

static int set_real(const option *wanted, const char *text)
{
    double value;
    if (parse_real(text, &value) || !allows_real(wanted, value))
        return -1;
    *(double *)wanted->target = value;
    return 0;
}

static int set_choice(const option *wanted, const char *text)
{
    for (uint64_t i = wanted->min; i <= wanted->max; i++)
        if (strcmp(text, wanted->choice_name((uint32_t)i)) == 0) {
            *(uint32_t *)wanted->target = (uint32_t)i;
            return 0;
        }
    return -1;
}

static int set_text(const option *wanted, const char *text)
{
    if (!*text)
        return -1;
    *(const char **)wanted->target = text;
    return 0;
}

int options_set(const option *wanted, const char *text)
{
    switch (wanted->kind) {
    case OPTION_NUMBER:
        return set_number(wanted, text);
    case OPTION_PLACE:
        return set_place(wanted, text);
    case OPTION_REAL:
        return set_real(wanted, text);
    case OPTION_CHOICE:
        return set_choice(wanted, text);
    case OPTION_TEXT:
    case OPTION_OPERAND:
        return set_text(wanted, text);
    case OPTION_FLAG:
        *(int *)wanted->target = 1;
        return 0;
    }
    return -1;
}

/* The next operand that has not been given yet. */
static const option *find_operand(const option *options, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (options[i].kind == OPTION_OPERAND && !options_holds(&options[i]))
            return &options[i];
    return NULL;
}

static int is_called(const char *name, const char *text, size_t length)
{
    return name && strlen(name) == length && memcmp(name, text, length) == 0;
}

/* The option that `argument`, "--name" or "--name=value", names; or the operand that it is. */
static const option *find(const option *options, size_t n, const char *argument)
{
    if (argument[0] != '-' || argument[1] == '\0') /* a dash alone is the standard input */
        return find_operand(options, n);
    if (argument[1] != '-')
        return NULL;
    const char *name = &argument[2];
    size_t length = strcspn(name, "=");
    for (size_t i = 0; i < n; i++)
        if (options[i].kind != OPTION_OPERAND &&
            (is_called(options[i].name, name, length) || is_called(options[i].alias, name, length)))
            return &options[i];
    return NULL;
}

/* Sets an option; `words` is how many words it takes. Returns that, or 0 after saying what is wrong. */
static int take(const option *wanted, const char *text, int words)
{
    if (!text || options_set(wanted, text)) {
        options_complain(wanted, text ? text : "");
        return 0;
    }
    if (wanted->given)
        *wanted->given = 1;
    return words;
}

/* Parses the option at `argument`; `next` is the word after it, or NULL. Returns how many words it took, 0 if wrong. */
static int parse_one(const option *options, size_t n, const char *argument, const char *next)
{
    const option *wanted = find(options, n, argument);
    const char *equals = strchr(argument, '=');
    if (!wanted) {
        say("%s: unknown %s, see --help", argument, *argument == '-' ? "option" : "argument");
        return 0;
    }
    if (wanted->kind == OPTION_FLAG && equals) {
        say("--%s: takes no value", wanted->name);
        return 0;
    }
    if (wanted->kind == OPTION_OPERAND)
        return take(wanted, argument, 1);
    if (equals || wanted->kind == OPTION_FLAG)
        return take(wanted, equals ? equals + 1 : "", 1);
    return take(wanted, next, 2);
}

options_outcome options_parse(const option *options, size_t n, int argc, char **argv)
{
    for (int i = 1; i < argc;) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return OPTIONS_HELP;
        int words = parse_one(options, n, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
        if (!words)
            return OPTIONS_WRONG;
        i += words;
    }
    return OPTIONS_FINE;
}

int options_holds(const option *one)
{
    if (one->given)
        return *one->given;
    switch (one->kind) {
    case OPTION_NUMBER:
        return allows_number(one, *(uint64_t *)one->target);
    case OPTION_PLACE:
        return *(int64_t *)one->target != 0;
    case OPTION_REAL:
        return allows_real(one, *(double *)one->target);
    case OPTION_TEXT:
    case OPTION_OPERAND:
        return *(const char **)one->target != NULL;
    case OPTION_CHOICE:
        return 1;
    case OPTION_FLAG:
        break;
    }
    return 0;
}

/* With as few digits as bring it back. */
static void print_real(double value, FILE *stream)
{
    char text[REAL_LENGTH];
    int digits = KEPT_DIGITS;
    do
        snprintf(text, sizeof text, "%.*g", digits, value);
    while (strtod(text, NULL) != value && digits++ < MOST_DIGITS);
    fputs(text, stream);
}

static void print_value(const option *shown, FILE *stream)
{
    switch (shown->kind) {
    case OPTION_NUMBER:
        fprintf(stream, "%" PRIu64, *(uint64_t *)shown->target);
        break;
    case OPTION_PLACE:
        fprintf(stream, "%" PRId64, *(int64_t *)shown->target);
        break;
    case OPTION_REAL:
        print_real(*(double *)shown->target, stream);
        break;
    case OPTION_CHOICE:
        fputs(shown->choice_name(*(uint32_t *)shown->target), stream);
        break;
    case OPTION_TEXT:
    case OPTION_OPERAND:
        fputs(*(const char **)shown->target, stream);
        break;
    case OPTION_FLAG:
        break;
    }
}

void options_write(const option *options, size_t n, FILE *stream)
{
    for (size_t i = 0; i < n; i++) {
        if (!options_holds(&options[i]))
            continue;
        fprintf(stream, "--%s=", options[i].name);
        print_value(&options[i], stream);
        fputc('\n', stream);
    }
}

static void print_default(const option *shown, FILE *stream)
{
    if (shown->given || !options_holds(shown))
        return;
    fputs(" [", stream);
    print_value(shown, stream);
    fputc(']', stream);
}

static void print_group(const option *options, size_t i, FILE *stream)
{
    const char *group = options[i].group;
    if (group && (i == 0 || group != options[i - 1].group))
        fprintf(stream, "%s%s:\n", i ? "\n" : "", group);
}

/* Whether help says what is allowed: not where that is as good as everything. */
static int is_bounded(const option *shown)
{
    return shown->kind == OPTION_CHOICE || (shown->kind == OPTION_REAL && shown->high < (double)FLT_MAX) ||
           (shown->kind == OPTION_NUMBER && shown->max < UINT32_MAX);
}

void options_print(const option *options, size_t n, FILE *stream)
{
    for (size_t i = 0; i < n; i++) {
        char head[LINE_LENGTH];
        char words[EXPECTED_LENGTH] = "";
        const option *shown = &options[i];
        print_group(options, i, stream);
        snprintf(head, sizeof head, "  %s%s %s", dashes(shown), shown->name,
                 shown->value && shown->kind != OPTION_OPERAND ? shown->value : "");
        if (is_bounded(shown))
            describe(shown, words, sizeof words);
        fprintf(stream, "%-*s%s%s%s", HELP_COLUMN, head, shown->help, *words ? ": " : "", words);
        print_default(shown, stream);
        fputc('\n', stream);
    }
}
