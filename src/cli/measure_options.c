/* The command line of ib measure. */
#include "command.h"
#include "eigenvalues.h"
#include "measure.h"
#include "say.h"
#include "settings_lists.h"

#include <float.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define OPTION_COUNT 21
/* The least memory, which is that of a spool. */
#define LEAST_MEMORY ((uint64_t)1 << 20)
#define MOST_THREADS 1024

const char *measure_estimator_name(uint32_t kind)
{
    static const char *const names[] = {"kde-upper", "kde-lower", "ksg1", "ksg2", "ross", "edge", "renyi"};
    return kind < IB_ENTROPY_COUNT ? ib_profile_entropy_name(kind) : names[kind - IB_ENTROPY_COUNT];
}

const char *measure_parameter_name(uint32_t kind)
{
    static const char *const names[] = {"VARIANCE", "VARIANCE", "K", "K", "K", "WIDTH", "ALPHA"};
    return kind < IB_ENTROPY_COUNT ? NULL : names[kind - IB_ENTROPY_COUNT];
}

/* Bounds that need no run; those of equal mass among them. */
static const uint32_t bounds[] = {IB_BOUNDS_LAYER, IB_BOUNDS_NEURON, IB_BOUNDS_FIXED, BOUNDS_MASS_LAYER,
                                  BOUNDS_MASS_NEURON};

static const char *bounds_name(uint32_t place)
{
    return settings_bounds_name(bounds[place]);
}

static option text_of(const char *group, const char *name, const char *value, const char *help, const char **target)
{
    return (option){OPTION_TEXT, .group = group, .name = name, .value = value, .help = help, .target = target};
}

static option flag_of(const char *group, const char *name, const char *help, int *target)
{
    return (option){OPTION_FLAG, .group = group, .name = name, .help = help, .target = target};
}

static option count_of(const char *group, const char *name, const char *value, const char *help, uint64_t *target)
{
    return (option){OPTION_NUMBER, .group = group,   .name = name, .value = value,
                    .help = help,  .target = target, .min = 1,     .max = UINT64_MAX - 1};
}

static option real_of(const char *group, const char *name, const char *help, double *target, int *given)
{
    return (option){OPTION_REAL,
                    .group = group,
                    .name = name,
                    .value = "X",
                    .help = help,
                    .target = target,
                    .low = -(double)FLT_MAX,
                    .high = (double)FLT_MAX,
                    .given = given};
}

static void describe_options(measure_asked *a, option o[OPTION_COUNT])
{
    static const char rows[] = "rows", real_numbers[] = "real numbers", trust[] = "trust", program[] = "program";
    size_t n = 0;
    o[n++] = (option){OPTION_OPERAND, .name = "FILE", .value = "a file of rows, or - for standard input",
                      .help = "rows T as NPY, CSV or TSV; - is standard input", .target = &a->file};
    o[n++] = text_of(rows, "labels", "FILE", "labels Y, numbers or text, one for each row", &a->labels);
    o[n++] = text_of(rows, "label-column", "N", "labels are column N of FILE; -1 is the last", &a->label_column);
    o[n++] = text_of(rows, "columns", "LIST", "count only these columns of FILE, such as 1-3,5", &a->columns);
    o[n++] = text_of(rows, "given", "FILE", "rows Z: also I(T;Y|Z)", &a->given);
    o[n++] = text_of(rows, "weights", "FILE", "a weight for each row, at least 0", &a->weights);
    o[n++] = text_of(rows, "missing", "VALUE", "leave out rows with this value; nan: or none", &a->missing);
    o[n++] = count_of(real_numbers, "bins", "M", "put values into M bins first [values as they are]", &a->bins);
    o[n - 1].max = IB_BINS_MOST;
    o[n - 1].given = &a->has_bins;
    o[n++] = (option){OPTION_CHOICE,
                      .group = real_numbers,
                      .name = "bounds",
                      .value = "NAME",
                      .help = "bounds of bins [layer]",
                      .target = &a->bounds,
                      .max = sizeof bounds / sizeof bounds[0] - 1,
                      .choice_name = bounds_name,
                      .given = &a->has_bounds};
    o[n++] = real_of(real_numbers, "low", "fixed: where the first bin begins", &a->low, &a->has_low);
    o[n++] = real_of(real_numbers, "high", "fixed: where the last bin ends", &a->high, &a->has_high);
    o[n++] = text_of(real_numbers, "inputs", "FILE", "inputs X, for estimates of I(X;T)", &a->inputs);
    o[n++] = text_of(trust, "estimator", "LIST", "also these estimates, see below", &a->estimators);
    o[n - 1].alias = "estimators"; /* as ib run calls them */
    o[n++] = count_of(trust, "permutations", "M", "could I(T;Y) be chance? M orders of the labels", &a->permutations);
    o[n - 1].max = UINT32_MAX;
    o[n++] = count_of(trust, "bootstrap", "M", "interval of I(T;Y) from M resamples", &a->bootstrap);
    o[n - 1].max = UINT32_MAX;
    o[n++] = count_of(trust, "seed", "S", "determines what is drawn", &a->seed);
    o[n - 1].min = 0;
    o[n - 1].max = UINT64_MAX;
    o[n++] = count_of(program, "threads", "N", "work on N cores [all]", &a->threads);
    o[n - 1].max = MOST_THREADS;
    o[n++] =
        text_of(program, "memory", "SIZE", "for counts: beyond it they go to files, such as 2G [256M]", &a->memory);
    o[n++] = text_of(program, "temp", "DIR", "folder for temporary files [$TMPDIR or /tmp]", &a->temp);
    o[n++] = flag_of(program, "json", "print JSON, with all digits", &a->json);
    o[n] = flag_of(program, "quiet", "no bar and no notes", &a->quiet);
}

static void print_estimators(void)
{
    fputs("estimates, with commas between them:\n", stdout);
    fputs("  of entropies and I(T;Y), where rows are a sample of more:\n   ", stdout);
    for (uint32_t kind = IB_ENTROPY_PLUG_IN + 1; kind < IB_ENTROPY_COUNT; kind++)
        printf(" %s", measure_estimator_name(kind));
    fputs("\n  of information, where rows are real numbers; N^2 steps for N rows:\n   ", stdout);
    for (uint32_t kind = IB_ENTROPY_COUNT; kind < MEASURE_ESTIMATORS; kind++)
        printf(" %s[:%s]", measure_estimator_name(kind), measure_parameter_name(kind));
    fputs("\n\n", stdout);
}

static void print_help(void)
{
    measure_asked defaults = {.seed = 1};
    option options[OPTION_COUNT];
    describe_options(&defaults, options);
    fputs(
        "usage: ib measure FILE [options]\n\n"
        "Counts the rows T of a file, of any origin, and says their entropy H(T) in bits, exactly; with labels Y also\n"
        "H(Y), H(T,Y), H(T|Y), H(Y|T) and I(T;Y). If T is a function of the inputs X, H(T) is I(X;T).\n\n"
        "FILE is an NPY file of one or two dimensions, or numbers as text with commas, tabs, semicolons or blanks\n"
        "between them, with a header or without. It is read a piece at a time, and may be larger than memory. Labels,\n"
        "and columns that are not counted, may be text.\n\n",
        stdout);
    options_print(options, OPTION_COUNT, stdout);
    fputs("  --help                this text\n\n", stdout);
    print_estimators();
    fputs("examples:\n"
          "  ib measure codes.npy --labels labels.npy\n"
          "  ib measure table.csv --label-column -1 --columns 1-3 --missing nan\n"
          "  ib measure layer.npy --labels labels.npy --bins 30\n"
          "  ib measure layer.npy --labels labels.npy --estimator kde-upper,ksg1:5,ross --inputs x.npy\n"
          "  ib measure sample.csv --label-column 1 --estimator grassberger --permutations 1000 --bootstrap 1000\n"
          "  gzip -dc huge.csv.gz | ib measure - --label-column 1 --memory 4G --json\n\n"
          "exit status:\n"
          "  0    all is well\n"
          "  1    a file cannot be read, or not be measured as asked\n"
          "  2    the command line is wrong\n",
          stdout);
}

/* "512M" and the like. 0, or -1 if it is none. */
static int read_size(const char *text, uint64_t *bytes)
{
    static const char units[] = "KMGT";
    char *end;
    if (*text < '0' || *text > '9' || strlen(text) > 15)
        return -1;
    *bytes = strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;
    if (*end && (!unit || end[1]))
        return -1;
    const unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    if (*bytes > UINT64_MAX >> (shift + 1))
        return -1;
    *bytes <<= shift;
    return *bytes >= LEAST_MEMORY ? 0 : -1;
}

static int read_label_column(const char *text, int64_t *column)
{
    number value;
    if (number_read(text, strlen(text), &value) != NUMBER_INTEGER || value.whole == 0)
        return -1;
    *column = value.whole;
    return 0;
}

static int read_missing(measure_missing *gap, const char *text)
{
    const number_kind kind = number_read(text, strlen(text), &gap->value);
    gap->is_given = 1;
    gap->is_nan = kind == NUMBER_NONE && *text;
    gap->is_whole = kind == NUMBER_INTEGER;
    if (gap->is_whole)
        gap->value.real = (double)gap->value.whole;
    return gap->is_nan || gap->is_whole || kind == NUMBER_REAL ? 0 : -1;
}

/* One of a list: its name, and a parameter behind a colon. 0, or -1 if there is none that is called so. */
static int read_estimator(measure_estimator *one, const char *begin, size_t length)
{
    if (length == 0 || length >= sizeof one->text)
        return -1;
    memcpy(one->text, begin, length);
    one->text[length] = '\0';
    const size_t name = strcspn(one->text, ":");
    for (one->kind = IB_ENTROPY_PLUG_IN + 1; one->kind < MEASURE_ESTIMATORS; one->kind++)
        if (strlen(measure_estimator_name(one->kind)) == name &&
            memcmp(measure_estimator_name(one->kind), one->text, name) == 0)
            break;
    if (one->kind == MEASURE_ESTIMATORS || one->text[name] == '\0')
        return one->kind == MEASURE_ESTIMATORS ? -1 : 0;
    const option parameter = {OPTION_REAL, .name = one->text, .target = &one->parameter, .high = 1e6, .above = 1};
    const int is_count = one->kind >= MEASURE_KSG1 && one->kind <= MEASURE_ROSS;
    if (!measure_parameter_name(one->kind) || options_set(&parameter, one->text + name + 1))
        return -1;
    return is_count && (double)(uint32_t)one->parameter != one->parameter ? -1 : 0;
}

static int read_estimators(measure_asked *a)
{
    const char *text = a->estimators;
    for (size_t length; text; text = text[length] ? text + length + 1 : NULL) {
        length = strcspn(text, ",");
        if (a->n_estimators == MEASURE_MOST || read_estimator(&a->list[a->n_estimators], text, length))
            return -1;
        a->n_corrections += a->list[a->n_estimators++].kind < IB_ENTROPY_COUNT;
    }
    return 0;
}

/* Values that are more than one word of the table of options. 0, or -1 after saying what is wrong. */
static int read_values(measure_asked *a)
{
    if (a->label_column && read_label_column(a->label_column, &a->label_number))
        say("--label-column: expected the number of a column, from 1, or from -1 backwards, got %s", a->label_column);
    else if (a->missing && read_missing(&a->gap, a->missing))
        say("--missing: expected a number or nan, got %s", a->missing);
    else if (a->memory && read_size(a->memory, &a->bytes))
        say("--memory: expected at least 1M, as a number of bytes or with K, M, G or T, got %s", a->memory);
    else if (read_estimators(a))
        say("--estimator: expected up to %d estimates as --help lists them, with commas between, got %s", MEASURE_MOST,
            a->estimators);
    else
        return 0;
    return -1;
}

static int asks_for(const measure_asked *a, uint32_t first, uint32_t last)
{
    for (size_t i = 0; i < a->n_estimators; i++)
        if (a->list[i].kind >= first && a->list[i].kind <= last)
            return 1;
    return 0;
}

/* Whether it is to be Renyi's information of this order; 0: of one that takes eigenvalues. */
static int asks_for_order(const measure_asked *a, double order)
{
    for (size_t i = 0; i < a->n_estimators; i++) {
        const double asked = a->list[i].parameter;
        if (a->list[i].kind == MEASURE_RENYI && (order > 0 ? asked == order : asked != 0 && asked != 2))
            return 1;
    }
    return 0;
}

/* What one option wants of another. 0, or -1 after saying what is missing. */
static int check_labels(const measure_asked *a)
{
    const struct {
        int is_given;
        const char *name;
    } wanting[] = {{a->given != NULL, "given"},
                   {a->permutations > 0, "permutations"},
                   {a->bootstrap > 0, "bootstrap"},
                   {asks_for(a, MEASURE_ROSS, MEASURE_ROSS), "estimator ross"},
                   {asks_for(a, MEASURE_EDGE, MEASURE_EDGE) && !a->inputs, "estimator edge"},
                   {asks_for(a, MEASURE_RENYI, MEASURE_RENYI) && !a->inputs, "estimator renyi"}};
    if (a->labels && a->label_number) {
        say("--label-column: expected one of --labels and --label-column");
        return -1;
    }
    for (size_t i = 0; i < sizeof wanting / sizeof wanting[0] && !a->labels && !a->label_number; i++)
        if (wanting[i].is_given) {
            say("--%s: expected --labels or --label-column, too", wanting[i].name);
            return -1;
        }
    return 0;
}

static int check_bins(const measure_asked *a)
{
    const int is_fixed = a->has_bounds && bounds[a->bounds] == IB_BOUNDS_FIXED;
    if (a->has_bounds && !a->has_bins)
        say("--bounds: expected only with --bins");
    else if ((a->has_low || a->has_high) && !is_fixed)
        say("--%s: expected only with --bounds fixed", a->has_low ? "low" : "high");
    else if (is_fixed && !(a->has_low && a->has_high))
        say("--bounds: expected --low and --high with fixed");
    else if (is_fixed && !(a->low < a->high))
        say("--high: expected more than --low, which is %g, got %g", a->low, a->high);
    else
        return 0;
    return -1;
}

static int check_rest(const measure_asked *a)
{
    const char *const files[] = {a->file, a->labels, a->given, a->inputs, a->weights};
    size_t pipes = 0;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        pipes += files[i] && strcmp(files[i], "-") == 0;
    if (pipes > 1)
        say("-: expected one file from standard input");
    else if (asks_for(a, MEASURE_KSG1, MEASURE_KSG2) && !a->inputs)
        say("--estimator: expected --inputs with ksg1 and ksg2");
    else if (a->inputs && !asks_for(a, MEASURE_KSG1, MEASURE_KSG2) && !asks_for(a, MEASURE_EDGE, MEASURE_RENYI))
        say("--inputs: expected only with ksg1, ksg2, edge or renyi as --estimator");
    else if (asks_for_order(a, 1))
        say("--estimator: expected renyi of another order than 1, got renyi:1");
    else if (asks_for_order(a, 0) && !eigenvalues_function())
        say("--estimator: expected renyi of order 2, since this program was built without LAPACK");
    else if (a->weights && (a->permutations || a->bootstrap || a->n_estimators))
        say("--weights: expected without --estimator, --permutations and --bootstrap");
    else if (a->json && !measure_has_json())
        say("--json: expected a program that is built with jansson, but this one is not");
    else
        return 0;
    return -1;
}

int measure_read(measure_asked *asked, int argc, char **argv)
{
    option options[OPTION_COUNT];
    *asked = (measure_asked){.seed = 1};
    describe_options(asked, options);
    const options_outcome outcome = options_parse(options, OPTION_COUNT, argc, argv);
    if (outcome == OPTIONS_HELP)
        print_help();
    if (outcome != OPTIONS_FINE)
        return command_end(outcome);
    if (!options_holds(&options[0])) {
        options_complain(&options[0], "");
        return EXIT_USAGE;
    }
    if (read_values(asked) || check_labels(asked) || check_bins(asked) || check_rest(asked))
        return EXIT_USAGE;
    asked->bounds = bounds[asked->has_bounds ? asked->bounds : 0];
    return -1;
}
