/* Panels of a figure: the data of each, and the lines of the script that draw it. */
#ifndef IB_CLI_PANEL_H
#define IB_CLI_PANEL_H

#include "figure.h"
#include "series.h"

#include <stddef.h>
#include <stdio.h>

/* Where the points of a panel are. */
typedef struct box {
    double low[2]; /* of both quantities */
    double high[2];
} box;

/* A panel with its data. All zero: none. */
typedef struct view {
    const panel *what;
    series *lines; /* one for each layer, or a single one */
    size_t n_lines;
    size_t block; /* which block of the data file is its first; blocks are counted from 0 */
} view;

/* Gets the data of a panel. 0, or -1 after saying why. */
int view_load(view *v, const panel *what);

/* Whether two panels show the same data, which then are in the file once. */
int view_shares(const view *a, const view *b);

/* How many blocks of the data file a panel has. */
size_t view_blocks(const view *v);

/* Largest epoch of a panel. */
uint32_t view_epochs(const view *v);

/* Whether the panel shows epochs by colours. */
int view_is_plane(const view *v);

/* Widens a box, which may be empty (low > high), by what a panel shows. */
void view_extend(const view *v, box *b);

/* Writes the blocks of a panel, each with a comment before it. */
void view_write_data(const view *v, FILE *stream);

/* Writes the part of the script that draws a panel. `whole` is where the points of all panels are that show a whole
 * plane; `columns` is how many panels are side by side. */
void view_write_script(const view *v, const box *whole, size_t columns, FILE *stream);

/* Writes a text as gnuplot has it, between quotes. */
void script_quote(const char *text, FILE *stream);

/* Frees what it holds. */
void view_clear(view *v);

#endif
