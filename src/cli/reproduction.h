/* The figures of the study as they are asked for: which studies they take, and how they are drawn from them. */
#ifndef IB_CLI_REPRODUCTION_H
#define IB_CLI_REPRODUCTION_H

#include "figure.h"
#include "means.h"
#include "paper.h"
#include "settings.h"

#include <libib/libib.h>

#include <stdint.h>

/* Beyond the presets: each of them. */
#define ALL_PRESETS IB_PRESET_COUNT

typedef struct reproduction {
    const char *figure;
    uint32_t preset; /* or ALL_PRESETS */
    uint64_t runs;   /* 0: as many as the study */
    uint64_t epochs;
    uint64_t seed;
    uint64_t threads; /* 0: one for each core */
    const char *out;
    int own_runs;
    int own_threads;
    int no_figures;
    int quiet;
    ib_context *context;
    means loaded[PAPER_STUDIES]; /* of the preset at hand */
    settings asked[PAPER_STUDIES];
} reproduction;

/* Whether a figure is asked for. */
int reproduction_wants(const reproduction *r, const paper_figure *of);

/* How many runs the figures that are asked for need of a study; 0: none needs it. */
uint64_t reproduction_runs(const reproduction *r, size_t study);

/* DIR/paper-tanh-8: the folder of a study, in memory to be freed. NULL after saying that there is none. */
char *reproduction_path(const reproduction *r, uint32_t preset, size_t study);

/* Draws all figures that are asked for of a preset, whose studies are made. 0, or -1 after saying why. */
int reproduction_draw(reproduction *r, uint32_t preset, easel *place);

/* Writes what the study claims beside what was measured, if all figures are asked for. 0, or -1 after saying why. */
int reproduction_claim(reproduction *r, uint32_t preset);

/* Forgets what was loaded of a preset. */
void reproduction_unload(reproduction *r);

#endif
