#include "figures.h"

#include "file.h"
#include "say.h"
#include "ways.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE 64
#define TITLE_SIZE 96
#define HEADING_SIZE 400
#define LONG_SUBJECT 44 /* letters, that leave no room beside a title, or beside the number of runs under it */
#define SHOWN_RUNS 3

/* A study whose figures are made. */
typedef struct gallery {
    const folder *of;
    const means *m;
    easel place;
} gallery;

static const mean_plane states = {IB_MEASURE_STATE, 0};

/* A title, and after `separator` the study in words: "preset paper, tanh, 8 bits, mean of 50 runs". */
static void head(const gallery *g, const char *title, const char *separator, char *text, size_t size)
{
    const size_t n = g->m->n_runs;
    const int is_under = strcmp(separator, "\n") == 0;
    char words[SETTINGS_SUBJECT_SIZE];
    settings_subject(&g->of->asked, words);
    const int is_long = strlen(words) > LONG_SUBJECT;
    snprintf(text, size, "%s%s%s,%s%s%zu run%s", title, is_long ? "\n" : separator, words,
             is_long && is_under ? "\n" : " ", n == 1 ? "" : "mean of ", n, n == 1 ? "" : "s");
}

/* A figure of two panels for a way of counting, which its name and its heading tell unless it is that of states. */
static int make_two(gallery *g, const char *kind, const char *title, const panel panels[2])
{
    const mean_plane plane = panels[0].plane;
    char counted[SETTINGS_NAME_SIZE], name[NAME_SIZE], full[TITLE_SIZE], heading[HEADING_SIZE];
    ways_name(&g->of->asked, plane.measure, plane.estimator, counted, sizeof counted);
    const int is_state = plane.measure == IB_MEASURE_STATE;
    snprintf(name, sizeof name, "%s%s%s", kind, is_state ? "" : "-", is_state ? "" : counted);
    if (is_state)
        snprintf(full, sizeof full, "%s", title);
    else
        snprintf(full, sizeof full, "%s (%s%s)", title, ways_heading(plane.measure), counted);
    head(g, full, ": ", heading, sizeof heading);
    return figure_make(&g->place, &(figure){name, heading, panels, 2, 2});
}

/* All but the last layer, if there are others. */
static const char *title_of_corner(const gallery *g)
{
    return ib_curve_layers(g->m->curve) > 1 ? "hidden layers, enlarged" : "the only layer, enlarged";
}

static int make_plane(gallery *g, mean_plane plane)
{
    const panel panels[] = {{PANEL_PLANE, "all layers", g->m, plane, 0},
                            {PANEL_CORNER, title_of_corner(g), g->m, plane, 0}};
    return make_two(g, "plane", "Information plane", panels);
}

static int make_mi(gallery *g, mean_plane plane)
{
    const panel panels[] = {{PANEL_I_XT, "what layers know about the input", g->m, plane, 0},
                            {PANEL_I_TY, "what they know about the label", g->m, plane, 0}};
    return make_two(g, "mi", "Mutual information", panels);
}

static int make_accuracy(gallery *g)
{
    char heading[HEADING_SIZE];
    const int has_test = g->m->epochs[g->m->n_epochs - 1].test_accuracy.count > 0;
    const panel only = {.kind = has_test ? PANEL_ACCURACY : PANEL_TRAINING, .from = g->m};
    head(g, "Accuracy", "\n", heading, sizeof heading);
    return figure_make(&g->place, &(figure){"accuracy", heading, &only, 1, 1});
}

static int make_ranges(gallery *g)
{
    const uint32_t layers = ib_curve_layers(g->m->curve);
    char heading[HEADING_SIZE];
    panel *panels = calloc(layers, sizeof *panels);
    char(*titles)[TITLE_SIZE] = calloc(layers, sizeof *titles);
    int failed = !panels || !titles;
    if (failed)
        say("out of memory");
    for (uint32_t l = 0; l < layers && !failed; l++) {
        snprintf(titles[l], sizeof titles[l], "T%u", (unsigned)l + 1);
        panels[l] = (panel){PANEL_RANGE, titles[l], g->m, states, l + 1};
    }
    head(g, "Outputs of each layer", ": ", heading, sizeof heading);
    if (!failed)
        failed = figure_make(&g->place, &(figure){"ranges", heading, panels, layers, layers < 3 ? layers : 3});
    free(panels);
    free(titles);
    return failed ? -1 : 0;
}

/* The means of one run. 0, or -1 after saying why. */
static int get_run(const gallery *g, uint64_t run, means *one)
{
    ib_record *record;
    if (folder_read(g->of, g->m->context, run, 1, &record))
        return -1;
    const int failed = means_create(one, g->m->context) || means_add(one, run, record);
    ib_record_destroy(record);
    return failed ? -1 : 0;
}

/* The plane of one run by its number. */
static int make_run(gallery *g, uint64_t run)
{
    means one = {0};
    gallery single = {.of = g->of, .m = &one, .place = g->place};
    char name[NAME_SIZE], title[TITLE_SIZE], heading[HEADING_SIZE];
    const panel panels[] = {{PANEL_PLANE, "all layers", &one, states, 0},
                            {PANEL_CORNER, title_of_corner(g), &one, states, 0}};
    int failed = get_run(g, run, &one);
    if (!failed) {
        snprintf(name, sizeof name, "run-%" PRIu64, run);
        snprintf(title, sizeof title, "Information plane of run %" PRIu64, run);
        head(&single, title, ": ", heading, sizeof heading);
        failed = figure_make(&g->place, &(figure){name, heading, panels, 2, 2});
    }
    means_clear(&one);
    return failed;
}

/* Runs from the nearest to the mean to the farthest; each is read, in `single`, for as long as it is drawn. */
static int make_ranked(gallery *g, const ib_rank *ranks, means *single)
{
    static const char *const words[] = {"nearest", "middle", "farthest"};
    const size_t places[] = {0, (g->m->n_runs - 1) / 2, g->m->n_runs - 1};
    char titles[SHOWN_RUNS][TITLE_SIZE], title[TITLE_SIZE], heading[HEADING_SIZE],
        words_of_study[SETTINGS_SUBJECT_SIZE];
    panel panels[SHOWN_RUNS];
    for (size_t i = 0; i < SHOWN_RUNS; i++) {
        const ib_rank *rank = &ranks[places[i]];
        const uint64_t run = g->m->runs[rank->run];
        if (get_run(g, run, &single[i]))
            return -1;
        snprintf(titles[i], sizeof titles[i], "%s: run %" PRIu64 ", %.2f bits", words[i], run, rank->distance);
        panels[i] = (panel){PANEL_PLANE, titles[i], &single[i], states, 0};
    }
    settings_subject(&g->of->asked, words_of_study);
    snprintf(title, sizeof title, "Single runs, and how far they are from the mean of %zu", g->m->n_runs);
    snprintf(heading, sizeof heading, "%s%s%s", title, strlen(words_of_study) > LONG_SUBJECT ? "\n" : ": ",
             words_of_study);
    return figure_make(&g->place, &(figure){"runs", heading, panels, SHOWN_RUNS, SHOWN_RUNS});
}

static int make_runs(gallery *g)
{
    means single[SHOWN_RUNS] = {{0}};
    int failed = -1;
    ib_rank *ranks = calloc(g->m->n_runs, sizeof *ranks);
    if (!ranks)
        say("out of memory");
    else if (ib_curve_rank(g->m->curve, states.measure, states.estimator, ranks) != IB_OK)
        say("%s", ib_context_message(g->m->context));
    else
        failed = make_ranked(g, ranks, single);
    for (size_t i = 0; i < SHOWN_RUNS; i++)
        means_clear(&single[i]);
    free(ranks);
    return failed;
}

/* Goes on after a failure, since data and scripts of the others may still be written. */
static void make_all(gallery *g, const uint64_t *run)
{
    for (size_t i = 0; i < g->m->n_planes; i++) {
        make_plane(g, g->m->planes[i]);
        make_mi(g, g->m->planes[i]);
    }
    if (g->m->n_epochs)
        make_accuracy(g);
    if (g->m->n_extents)
        make_ranges(g);
    if (g->m->n_runs >= SHOWN_RUNS)
        make_runs(g);
    if (run)
        make_run(g, *run);
}

int figures_make(const folder *of, const means *m, const uint64_t *run, uint32_t formats, int quiet)
{
    char *path = path_join(of->path, FIGURES_NAME);
    if (!path)
        return -1;
    gallery g = {.of = of, .m = m, .place = {.folder = path, .formats = formats, .quiet = quiet}};
    make_all(&g, run);
    const int failed = figure_end(&g.place);
    free(path);
    return failed;
}
