#include "paper.h"

#include "ways.h"

#include <stdio.h>
#include <string.h>

/* Repeats in the study: of its main part, and of its appendices. */
#define RUNS 50
#define RUNS_OF_APPENDIX 30

enum { TANH_4, TANH_8, TANH_32, RELU_4, RELU_8, RELU_32 };

static const paper_study studies[PAPER_STUDIES] = {
    [TANH_4] = {IB_ACTIVATION_TANH, 4},           [TANH_8] = {IB_ACTIVATION_TANH, 8},
    [TANH_32] = {IB_ACTIVATION_TANH, FLOAT_BITS}, [RELU_4] = {IB_ACTIVATION_RELU, 4},
    [RELU_8] = {IB_ACTIVATION_RELU, 8},           [RELU_32] = {IB_ACTIVATION_RELU, FLOAT_BITS},
};

static const paper_figure figures[] = {
    {"2",
     "tanh, outputs put into bins",
     RUNS,
     3,
     3,
     {{PANEL_PLANE, TANH_32, 30, PAPER_BOUNDS_USUAL},
      {PANEL_PLANE, TANH_32, 100, PAPER_BOUNDS_USUAL},
      {PANEL_PLANE, TANH_32, 256, PAPER_BOUNDS_USUAL}}},
    {"3",
     "ReLU, outputs put into bins",
     RUNS,
     2,
     4,
     {{PANEL_PLANE, RELU_32, 30, PAPER_BOUNDS_USUAL},
      {PANEL_PLANE, RELU_32, 100, PAPER_BOUNDS_USUAL},
      {PANEL_PLANE, RELU_32, 256, PAPER_BOUNDS_USUAL},
      {PANEL_PLANE, RELU_32, 30, PAPER_BOUNDS_ANOTHER}}},
    {"4",
     "Accuracy of float networks (left) and of 8 bits (right)",
     RUNS,
     2,
     4,
     {{.kind = PANEL_ACCURACY, .study = TANH_32},
      {.kind = PANEL_ACCURACY, .study = TANH_8},
      {.kind = PANEL_ACCURACY, .study = RELU_32},
      {.kind = PANEL_ACCURACY, .study = RELU_8}}},
    {"5",
     "tanh, 8 bits, counted exactly",
     RUNS,
     2,
     2,
     {{.kind = PANEL_PLANE, .study = TANH_8}, {.kind = PANEL_CORNER, .study = TANH_8}}},
    {"6",
     "ReLU, 8 bits, counted exactly",
     RUNS,
     2,
     2,
     {{.kind = PANEL_PLANE, .study = RELU_8}, {.kind = PANEL_CORNER, .study = RELU_8}}},
    {"A.7",
     "Float networks (32 bits), counted exactly",
     RUNS_OF_APPENDIX,
     2,
     2,
     {{.kind = PANEL_PLANE, .study = TANH_32}, {.kind = PANEL_PLANE, .study = RELU_32}}},
    {"A.8",
     "Accuracy of float networks (32 bits)",
     RUNS_OF_APPENDIX,
     2,
     2,
     {{.kind = PANEL_ACCURACY, .study = TANH_32}, {.kind = PANEL_ACCURACY, .study = RELU_32}}},
    {"B.9",
     "4 bits, counted exactly",
     RUNS_OF_APPENDIX,
     2,
     2,
     {{.kind = PANEL_PLANE, .study = TANH_4}, {.kind = PANEL_PLANE, .study = RELU_4}}},
    {"B.10",
     "Accuracy of networks of 4 bits",
     RUNS_OF_APPENDIX,
     2,
     2,
     {{.kind = PANEL_ACCURACY, .study = TANH_4}, {.kind = PANEL_ACCURACY, .study = RELU_4}}},
};

paper_study paper_study_of(size_t index)
{
    return studies[index];
}

void paper_study_name(size_t index, char *text, size_t size)
{
    const paper_study *s = &studies[index];
    const char *name = s->activation == IB_ACTIVATION_RELU ? "ReLU" : ib_activation_name(s->activation);
    snprintf(text, size, "%s, %u bits", name, (unsigned)s->bits);
}

void paper_study_folder(size_t index, char *text, size_t size)
{
    snprintf(text, size, "%s-%u", ib_activation_name(studies[index].activation), (unsigned)studies[index].bits);
}

size_t paper_study_index(uint32_t activation, uint32_t bits)
{
    size_t i = 0;
    while (i < PAPER_STUDIES && (studies[i].activation != activation || studies[i].bits != bits))
        i++;
    return i;
}

const paper_figure *paper_figures(size_t *count)
{
    *count = sizeof figures / sizeof figures[0];
    return figures;
}

int paper_needs(const paper_figure *of, size_t study)
{
    for (size_t i = 0; i < of->n_panels; i++)
        if (of->panels[i].study == study)
            return 1;
    return 0;
}

const char *paper_bins(size_t study)
{
    return studies[study].bits == FLOAT_BITS ? "30,100,256" : NULL;
}

/* The text of the study has the bounds of its predecessors: those of tanh, and for ReLU the largest output of the run.
 * Its program has one pair for all layers and epochs. */
static const char *usual_bounds(uint32_t preset, size_t study)
{
    if (preset != IB_PRESET_PAPER)
        return "global";
    return studies[study].activation == IB_ACTIVATION_TANH ? "fixed" : "largest";
}

const char *paper_bounds_list(uint32_t preset, size_t study)
{
    if (!paper_bins(study))
        return NULL;
    return studies[study].activation == IB_ACTIVATION_RELU ? "largest,global" : usual_bounds(preset, study);
}

const char *paper_bounds_name(uint32_t preset, const paper_panel *p)
{
    if (p->bounds == PAPER_BOUNDS_ANOTHER)
        return preset == IB_PRESET_PAPER ? "global" : "largest";
    return usual_bounds(preset, p->study);
}

mean_plane paper_plane(uint32_t preset, const paper_panel *p, const settings *asked)
{
    char wanted[SETTINGS_NAME_SIZE], name[SETTINGS_NAME_SIZE];
    snprintf(wanted, sizeof wanted, "%u-%s", (unsigned)p->bins, paper_bounds_name(preset, p));
    for (uint32_t estimator = 1; estimator <= ways_count(asked, IB_MEASURE_BINNED); estimator++) {
        ways_number(asked, IB_MEASURE_BINNED, estimator, name, sizeof name);
        if (strcmp(name, wanted) == 0)
            return (mean_plane){IB_MEASURE_BINNED, estimator};
    }
    return (mean_plane){IB_MEASURE_STATE, 0};
}
