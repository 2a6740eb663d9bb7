/* Trains the 8-bit settings of the study and lays their mean curves beside those of an independent program
 * (curves.json), as tables for docs/agreement.md. Exit status 1 if a mean differs beyond the rule that is printed.
 *
 * usage: reproduce CURVES.json [RUNS [SEED]] */
#include <libib/libib.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_EPOCHS = 64, MOST_LAYERS = 6, LAST_EPOCH = 8000 };

typedef struct sample {
    ib_moments h, i;
} sample;

/* One setting: its name, where it is compared, and our runs. */
typedef struct setting {
    const char *name;
    uint32_t preset, activation;
    const json_t *reference; /* NULL: there is none */
    uint32_t epochs[MOST_EPOCHS];
    size_t n_epochs;
    size_t runs, bad_fits;
    sample points[IB_MEASURE_COUNT][MOST_EPOCHS][MOST_LAYERS + 1];
    ib_moments train[MOST_EPOCHS], test[MOST_EPOCHS];
    size_t compared, off;
} setting;

typedef struct watcher {
    setting *of;
    ib_observer *observer;
    ib_plane *plane;
    double last_running_accuracy;
} watcher;

static size_t epoch_index(const setting *s, uint32_t epoch)
{
    size_t e = 0;
    while (e < s->n_epochs && s->epochs[e] != epoch)
        e++;
    return e;
}

static int32_t watch(const ib_epoch *epoch, ib_network *network, void *user_data)
{
    watcher *w = user_data;
    const size_t e = epoch_index(w->of, epoch->epoch);
    w->last_running_accuracy = epoch->running_accuracy;
    if (e == w->of->n_epochs)
        return 0;
    ib_plane_reset(w->plane);
    if (ib_observer_measure(w->observer, network, epoch->epoch, w->plane) != IB_OK)
        return -1;
    const ib_point *points = ib_plane_points(w->plane);
    for (size_t i = 0; i < ib_plane_count(w->plane); i++) {
        sample *to = &w->of->points[points[i].measure][e][points[i].layer];
        ib_moments_add(&to->h, points[i].i_xt);
        ib_moments_add(&to->i, points[i].i_ty);
    }
    ib_moments_add(&w->of->train[e], epoch->train_accuracy);
    ib_moments_add(&w->of->test[e], epoch->test_accuracy);
    return 0;
}

/* Ends the program: nothing can be compared without the runs. */
static void require(ib_status status, const ib_context *context)
{
    if (status == IB_OK)
        return;
    fprintf(stderr, "reproduce: %s: %s\n", ib_status_name(status), ib_context_message(context));
    exit(EXIT_FAILURE);
}

static void run_all(setting *s, size_t runs, uint64_t seed)
{
    ib_context *context = NULL;
    ib_dataset *dataset = NULL;
    ib_split *split = NULL;
    ib_network *network = NULL;
    watcher w = {.of = s};
    require(ib_context_create(NULL, &context), NULL);
    require(ib_dataset_create_icosahedron(context, &dataset), context);
    require(ib_split_create_study(context, &split), context);
    require(ib_preset_create(context, s->preset, s->activation, 8, &network), context);
    require(ib_observer_create(dataset, &w.observer), context);
    require(ib_plane_create(context, &w.plane), context);
    for (uint64_t run = 0; run < runs; run++) {
        ib_train_options options;
        ib_train_options_init(&options);
        options.epochs = LAST_EPOCH;
        options.seed = seed;
        options.run = run;
        options.callback = watch;
        options.user_data = &w;
        require(ib_train_run(network, dataset, split, &options), context);
        s->runs++;
        s->bad_fits += w.last_running_accuracy < 0.55;
        fprintf(stderr, "reproduce: %s: run %zu of %zu\n", s->name, s->runs, runs);
    }
    ib_plane_destroy(w.plane);
    ib_observer_destroy(w.observer);
    ib_network_destroy(network);
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
    ib_context_destroy(context);
}

/* The rule: two means of n_a and n_b runs agree within 3.3 standard errors and a little more. */
static int agrees(setting *s, double a, double error_a, double b, double error_b, double slack)
{
    const int fits = fabs(a - b) <= 3.3 * sqrt(error_a * error_a + error_b * error_b) + slack;
    s->compared++;
    s->off += !fits;
    return fits;
}

static int in_table(uint32_t epoch)
{
    static const uint32_t shown[] = {0, 1, 20, 60, 100, 200, 500, 1000, 2000, 4000, 8000};
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        if (shown[i] == epoch)
            return 1;
    return 0;
}

static const json_t *reference_point(const setting *s, uint32_t measure, uint32_t epoch, size_t layer)
{
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(s->reference, "points"), i, row)
    {
        if (strcmp(json_string_value(json_array_get(row, 0)), ib_measure_name(measure)) == 0 &&
            json_integer_value(json_array_get(row, 1)) == (json_int_t)epoch &&
            json_integer_value(json_array_get(row, 2)) == (json_int_t)layer)
            return row;
    }
    return NULL;
}

static double number(const json_t *row, size_t i)
{
    return json_number_value(json_array_get(row, i));
}

/* One epoch of a layer, compared; printed if it is of interest, or differs. */
static void print_point(setting *s, uint32_t measure, size_t e, size_t layer, int of_interest)
{
    const sample *ours = &s->points[measure][e][layer];
    const json_t *theirs = reference_point(s, measure, s->epochs[e], layer);
    const double root = sqrt((double)s->runs), h = ours->h.mean, h_sd = ib_moments_deviation(&ours->h);
    const double i = ours->i.mean, i_sd = ib_moments_deviation(&ours->i);
    const char *verdict = "";
    if (theirs) {
        const double root_b = sqrt((double)json_integer_value(json_object_get(s->reference, "runs")));
        const int h_fits = agrees(s, h, h_sd / root, number(theirs, 3), number(theirs, 4) / root_b, 0.02);
        const int i_fits = agrees(s, i, i_sd / root, number(theirs, 5), number(theirs, 6) / root_b, 0.003);
        verdict = h_fits && i_fits ? "yes" : "**no**";
    }
    if (!of_interest && strcmp(verdict, "**no**") != 0)
        return;
    printf("| T%zu %s | %u | %.2f ± %.2f | %.3f ± %.3f |", layer, ib_measure_name(measure), s->epochs[e], h, h_sd, i,
           i_sd);
    if (theirs)
        printf(" %.2f ± %.2f | %.3f ± %.3f | %s |", number(theirs, 3), number(theirs, 4), number(theirs, 5),
               number(theirs, 6), verdict);
    putchar('\n');
}

/* Whether the layer ever tells less than everything; those that do not are compared but not printed. */
static int is_dull(const setting *s, uint32_t measure, size_t layer)
{
    for (size_t e = 0; e < s->n_epochs; e++)
        if (s->points[measure][e][layer].h.mean < 11.995)
            return 0;
    return 1;
}

static void print_points(setting *s)
{
    printf("| layer, measure | epoch | H(T) ours | I(T;Y) ours |%s\n",
           s->reference ? " H(T) reference | I(T;Y) reference | agree |" : "");
    printf("|---|---|---|---|%s\n", s->reference ? "---|---|---|" : "");
    for (uint32_t measure = 0; measure < IB_MEASURE_COUNT; measure++) {
        for (size_t layer = 1; layer <= MOST_LAYERS; layer++) {
            if (s->points[measure][0][layer].h.count == 0)
                continue; /* not a measure of its own in this layer */
            const int dull = is_dull(s, measure, layer);
            for (size_t e = 0; e < s->n_epochs; e++)
                print_point(s, measure, e, layer, !dull && in_table(s->epochs[e]));
        }
    }
}

/* The reference gives half intervals of 1.96 standard errors, so ours are given so, too. */
#define NORMAL 1.96

static double standard_error(const ib_moments *m)
{
    return ib_moments_deviation(m) / sqrt((double)m->count);
}

/* Accuracies in inference mode. */
static void print_accuracies(setting *s, const json_t *epochs)
{
    size_t row_number;
    const json_t *row;
    printf("\n| epoch | train ours | test ours |%s\n|---|---|---|%s\n",
           s->reference ? " train reference | test reference | agree |" : "", s->reference ? "---|---|---|" : "");
    json_array_foreach(epochs, row_number, row)
    {
        const size_t e = epoch_index(s, (uint32_t)number(row, 0));
        const ib_moments *train = &s->train[e], *test = &s->test[e];
        const double train_error = standard_error(train), test_error = standard_error(test);
        printf("| %u | %.4f ± %.4f | %.4f ± %.4f |", s->epochs[e], train->mean, NORMAL * train_error, test->mean,
               NORMAL * test_error);
        if (s->reference) {
            const int fits = agrees(s, train->mean, train_error, number(row, 1), number(row, 2) / NORMAL, 0.002) &
                             agrees(s, test->mean, test_error, number(row, 3), number(row, 4) / NORMAL, 0.002);
            printf(" %.4f ± %.4f | %.4f ± %.4f | %s |", number(row, 1), number(row, 2), number(row, 3), number(row, 4),
                   fits ? "yes" : "**no**");
        }
        putchar('\n');
    }
}

/* The epochs of a curve, in order. */
static void read_epochs(setting *s, const json_t *curve)
{
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(curve, "points"), i, row)
    {
        const uint32_t epoch = (uint32_t)number(row, 1);
        if (epoch_index(s, epoch) == s->n_epochs && s->n_epochs < MOST_EPOCHS)
            s->epochs[s->n_epochs++] = epoch;
    }
}

static void report(setting *s, const json_t *curve)
{
    printf("\n### %s\n\n%zu runs, %zu bad fits.\n\n", s->name, s->runs, s->bad_fits);
    print_points(s);
    print_accuracies(s, json_object_get(curve, "accuracy"));
    if (s->reference)
        printf("\n%zu of %zu compared means agree.\n", s->compared - s->off, s->compared);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static setting settings[] = {
        {.name = "paper, tanh, 8 bits", .preset = IB_PRESET_PAPER, .activation = IB_ACTIVATION_TANH},
        {.name = "paper, ReLU, 8 bits", .preset = IB_PRESET_PAPER, .activation = IB_ACTIVATION_RELU},
        {.name = "official-v1, tanh, 8 bits", .preset = IB_PRESET_OFFICIAL_V1, .activation = IB_ACTIVATION_TANH},
        {.name = "official-v1, ReLU, 8 bits", .preset = IB_PRESET_OFFICIAL_V1, .activation = IB_ACTIVATION_RELU},
    };
    const size_t runs = argc > 2 ? strtoul(argv[2], NULL, 10) : 20;
    const uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    json_error_t error;
    json_t *curves = argc > 1 ? json_load_file(argv[1], 0, &error) : NULL;
    if (!curves || runs < 6) {
        fprintf(stderr, "usage: reproduce CURVES.json [RUNS [SEED]], RUNS at least 6%s%s\n", argc > 1 ? ": " : "",
                argc > 1 && !curves ? error.text : "");
        return 2;
    }
    size_t off = 0;
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        setting *s = &settings[i];
        char key[64];
        snprintf(key, sizeof key, "%s_%s_8", ib_preset_name(s->preset), ib_activation_name(s->activation));
        s->reference = json_object_get(curves, key);
        const json_t *curve = s->reference ? s->reference : json_object_get(curves, "paper_relu_8");
        read_epochs(s, curve);
        run_all(s, runs, seed);
        report(s, curve);
        off += s->off;
    }
    json_decref(curves);
    return off ? EXIT_FAILURE : EXIT_SUCCESS;
}
