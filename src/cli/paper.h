/* The figures of the study: which networks each is of, and how they are counted. */
#ifndef IB_CLI_PAPER_H
#define IB_CLI_PAPER_H

#include "figure.h"
#include "settings.h"

#include <libib/libib.h>

#include <stddef.h>
#include <stdint.h>

/* The networks of the study, by activation and bits: one study each, for each preset. */
enum { PAPER_STUDIES = 6 };

typedef struct paper_study {
    uint32_t activation;
    uint32_t bits;
} paper_study;

/* The bounds that bins of a figure have, as names of --bounds. */
typedef enum paper_bounds {
    PAPER_BOUNDS_NONE,   /* not binned */
    PAPER_BOUNDS_USUAL,  /* those that the preset stands for */
    PAPER_BOUNDS_ANOTHER /* for comparison: those of the other presets */
} paper_bounds;

typedef struct paper_panel {
    panel_kind kind;
    size_t study; /* index of paper_study_of() */
    uint32_t bins;
    paper_bounds bounds;
} paper_panel;

#define PAPER_MOST_PANELS 4

typedef struct paper_figure {
    const char *name;  /* as the study numbers it: "2", "A.7" */
    const char *title; /* what it shows */
    uint64_t runs;     /* repeats in the study */
    size_t columns;
    size_t n_panels;
    paper_panel panels[PAPER_MOST_PANELS];
} paper_figure;

/* A study by its index; "ReLU, 8 bits" and "relu-8" are its names for people and for folders. */
paper_study paper_study_of(size_t index);
void paper_study_name(size_t index, char *text, size_t size);
void paper_study_folder(size_t index, char *text, size_t size);
size_t paper_study_index(uint32_t activation, uint32_t bits);

/* All figures, in the order of the study. */
const paper_figure *paper_figures(size_t *count);

/* Whether a figure has a panel of a study. */
int paper_needs(const paper_figure *of, size_t study);

/* The bins that a study has in a preset, as values of --bins and --bounds; NULL: none. */
const char *paper_bins(size_t study);
const char *paper_bounds_list(uint32_t preset, size_t study);

/* The name of the bounds of a panel: one of that list. */
const char *paper_bounds_name(uint32_t preset, const paper_panel *p);

/* How the layers of a panel with bins are counted in a study; by their states if it has no such bins. */
mean_plane paper_plane(uint32_t preset, const paper_panel *p, const settings *asked);

#endif
