/* Pictures of means, by gnuplot: a figure is a row or a table of panels. It leaves its data (NAME.dat), a script that
 * draws them and can be changed and run again (NAME.gp), and its pictures (NAME.pdf, NAME.svg, NAME.png). */
#ifndef IB_CLI_FIGURE_H
#define IB_CLI_FIGURE_H

#include "means.h"

#include <stddef.h>
#include <stdint.h>

/* Formats of pictures; sums of them. */
enum { FIGURE_PDF = 1, FIGURE_SVG = 2, FIGURE_PNG = 4, FIGURE_ALL = 7 };

/* What a panel shows of the runs. */
typedef enum panel_kind {
    PANEL_PLANE,    /* the information plane, all of it */
    PANEL_CORNER,   /* that part of it where the hidden layers are */
    PANEL_I_XT,     /* I(X;T) of each layer against the epoch */
    PANEL_I_TY,     /* I(T;Y) of each layer against the epoch */
    PANEL_ACCURACY, /* of training and test rows against the epoch */
    PANEL_TRAINING, /* of training rows alone, where there are no others */
    PANEL_RANGE     /* smallest and largest output of one layer against the epoch */
} panel_kind;

/* One panel. A single run is shown as the means of one run. */
typedef struct panel {
    panel_kind kind;
    const char *title; /* above it; NULL: none */
    const means *from;
    mean_plane plane; /* how layers are counted: of planes, I_XT and I_TY */
    uint32_t layer;   /* of PANEL_RANGE */
} panel;

/* A figure. */
typedef struct figure {
    const char *name;    /* of its files, without an ending */
    const char *heading; /* above all panels; may have two lines */
    const panel *panels; /* row by row */
    size_t n_panels;
    size_t columns;
} figure;

/* Where figures go. Set the first three, the rest to zero. */
typedef struct easel {
    const char *folder; /* made if it is absent, its parent must exist */
    uint32_t formats;   /* a sum of FIGURE_*; 0: data and scripts are written, and nothing is drawn */
    int quiet;
    size_t drawn;   /* how many figures have their pictures */
    int no_gnuplot; /* there is none on this machine: nothing more is drawn */
    int failed;     /* something has failed and was said: nothing more is drawn */
} easel;

/* Reads a list of formats, such as "pdf,png". 0, or -1 if it is none; nothing is said. */
int figure_formats(const char *list, uint32_t *formats);

/* Writes data and script of a figure, and draws it. 0, or -1 after saying why. Others may follow in both cases. */
int figure_make(easel *e, const figure *which);

/* After the last figure: says in one line what has become of them. 0, or -1 if any has failed. */
int figure_end(const easel *e);

#endif
