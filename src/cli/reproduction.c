#include "reproduction.h"

#include "claims.h"
#include "file.h"
#include "folder.h"
#include "say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_SIZE 160
#define NETWORK_SIZE 32
#define HEADING_SIZE 200
/* Each panel once for the states, and once as the program of the study counts. */
#define MOST_PANELS (2 * PAPER_MOST_PANELS)

/* --- what is needed ------------------------------------------------------------------------------------------------*/

int reproduction_wants(const reproduction *r, const paper_figure *of)
{
    return strcmp(r->figure, "all") == 0 || strcmp(r->figure, of->name) == 0;
}

/* How many runs a figure shows. */
static uint64_t runs_of(const reproduction *r, const paper_figure *of)
{
    return r->own_runs ? r->runs : of->runs;
}

uint64_t reproduction_runs(const reproduction *r, size_t study)
{
    size_t count;
    uint64_t most = 0;
    const paper_figure *figures = paper_figures(&count);
    for (size_t i = 0; i < count; i++)
        if (reproduction_wants(r, &figures[i]) && paper_needs(&figures[i], study) && runs_of(r, &figures[i]) > most)
            most = runs_of(r, &figures[i]);
    return most;
}

char *reproduction_path(const reproduction *r, uint32_t preset, size_t study)
{
    char name[TEXT_SIZE], network[NETWORK_SIZE];
    paper_study_folder(study, network, sizeof network);
    snprintf(name, sizeof name, "%s-%s", ib_preset_name(preset), network);
    return path_join(r->out, name);
}

/* --- means ---------------------------------------------------------------------------------------------------------*/

/* The means of the first runs of a study. 0, or -1 after saying why. */
static int load(reproduction *r, uint32_t preset, size_t study, uint64_t most)
{
    means *m = &r->loaded[study];
    if (m->n_runs == most)
        return 0;
    means_clear(m);
    settings_clear(&r->asked[study]);
    folder there;
    char *path = reproduction_path(r, preset, study);
    int failed = !path || folder_open(&there, path);
    if (!failed) {
        failed = means_read(m, &there, r->context, most);
        r->asked[study] = there.asked;
        there.asked = (settings){0}; /* ours now */
        folder_close(&there);
    }
    free(path);
    return failed ? -1 : 0;
}

static int load_for(reproduction *r, uint32_t preset, const paper_figure *of)
{
    for (size_t study = 0; study < PAPER_STUDIES; study++)
        if (paper_needs(of, study) && load(r, preset, study, runs_of(r, of)))
            return -1;
    return 0;
}

void reproduction_unload(reproduction *r)
{
    for (size_t study = 0; study < PAPER_STUDIES; study++) {
        means_clear(&r->loaded[study]);
        settings_clear(&r->asked[study]);
    }
}

/* --- figures -------------------------------------------------------------------------------------------------------*/

/* How the layers of a panel are counted: in its bins, or else by a measure. */
static mean_plane plane_of(const reproduction *r, uint32_t preset, const paper_panel *p, uint32_t measure)
{
    return p->bins ? paper_plane(preset, p, &r->asked[p->study]) : (mean_plane){measure, 0};
}

/* Planes of counted states come a second time by the measure of the program, where that differs. */
static int comes_twice(const reproduction *r, const paper_figure *of)
{
    const paper_panel *first = &of->panels[0];
    return first->kind != PANEL_ACCURACY && !first->bins &&
           means_has(&r->loaded[first->study], (mean_plane){IB_MEASURE_REBINNED, 0});
}

static void title_of(const paper_panel *p, const char *bounds, uint32_t measure, char *text, size_t size)
{
    char network[NETWORK_SIZE];
    paper_study_name(p->study, network, sizeof network);
    if (p->bins)
        snprintf(text, size, "%u bins, bounds %s", (unsigned)p->bins, bounds);
    else if (p->kind == PANEL_CORNER)
        snprintf(text, size, "hidden layers enlarged");
    else
        snprintf(text, size, "%s%s", network, measure == IB_MEASURE_REBINNED ? ", outputs rebinned" : "");
}

/* All panels; `titles` has room for each. Returns how many. The corner has nothing that is rebinned. */
static size_t fill(const reproduction *r, uint32_t preset, const paper_figure *of, panel *panels,
                   char titles[MOST_PANELS][TEXT_SIZE])
{
    size_t n = 0;
    for (int again = 0; again <= comes_twice(r, of); again++)
        for (size_t i = 0; i < of->n_panels; i++) {
            const paper_panel *p = &of->panels[i];
            const uint32_t measure = again ? IB_MEASURE_REBINNED : IB_MEASURE_STATE;
            if (again && p->kind == PANEL_CORNER)
                continue;
            title_of(p, p->bins ? paper_bounds_name(preset, p) : "", measure, titles[n], TEXT_SIZE);
            panels[n] = (panel){.kind = p->kind,
                                .title = titles[n],
                                .from = &r->loaded[p->study],
                                .plane = plane_of(r, preset, p, measure)};
            n++;
        }
    return n;
}

static int draw(const reproduction *r, uint32_t preset, const paper_figure *of, easel *place)
{
    char name[TEXT_SIZE], heading[HEADING_SIZE], titles[MOST_PANELS][TEXT_SIZE];
    panel panels[MOST_PANELS];
    const size_t runs = r->loaded[of->panels[0].study].n_runs;
    const size_t n = fill(r, preset, of, panels, titles);
    snprintf(name, sizeof name, "figure-%s-%s", of->name, ib_preset_name(preset));
    snprintf(heading, sizeof heading, "Figure %s of the study, preset %s: %s, %zu run%s", of->name,
             ib_preset_name(preset), of->title, runs, runs == 1 ? "" : "s");
    const size_t columns = n == 3 ? 3 : of->columns; /* three make a row, also where the third is a rebinned one */
    return figure_make(place, &(figure){name, heading, panels, n, columns});
}

int reproduction_draw(reproduction *r, uint32_t preset, easel *place)
{
    size_t count;
    int failed = 0;
    const paper_figure *figures = paper_figures(&count);
    for (size_t i = 0; i < count && !failed; i++)
        if (reproduction_wants(r, &figures[i]))
            failed = load_for(r, preset, &figures[i]) || draw(r, preset, &figures[i], place);
    return failed ? -1 : 0;
}

int reproduction_claim(reproduction *r, uint32_t preset)
{
    char name[TEXT_SIZE];
    file out;
    if (strcmp(r->figure, "all") != 0)
        return 0;
    for (size_t study = 0; study < PAPER_STUDIES; study++)
        if (load(r, preset, study, reproduction_runs(r, study)))
            return -1;
    snprintf(name, sizeof name, "claims-%s.md", ib_preset_name(preset));
    if (file_create(&out, r->out, name))
        return -1;
    const int failed = claims_write(preset, r->loaded, r->asked, out.stream);
    if (failed)
        file_drop(&out);
    return failed || file_close(&out) ? -1 : 0;
}
