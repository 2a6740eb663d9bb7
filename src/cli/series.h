/* What is drawn against the epoch: two quantities, each as the mean of runs with half of its 95% interval. */
#ifndef IB_CLI_SERIES_H
#define IB_CLI_SERIES_H

#include "means.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct row {
    uint32_t epoch;
    int marked; /* a line has a marker here */
    double mean[2];
    double half[2]; /* NaN of one run */
} row;

/* Rows in ascending order of epochs. All zero: none. */
typedef struct series {
    row *rows;
    size_t n;
} series;

/* I(X;T) and I(T;Y) of a layer, at the epochs at which all runs were measured. 0, or -1 after saying
 * why. */
int series_of_layer(series *s, const means *m, mean_plane plane, uint32_t layer);

/* Accuracies of the training and of the test rows. 0, or -1 after saying why. */
int series_of_accuracy(series *s, const means *m);

/* Smallest and largest output of a layer. 0, or -1 after saying why. */
int series_of_outputs(series *s, const means *m, uint32_t layer);

/* Keeps what is drawn of points: up to 24 in a factor of ten, which is as close as markers may be, and the last. */
void series_thin_points(series *s);

/* Keeps what can be seen of lines and bands on a logarithmic axis. A factor of ten has 150 columns, each narrower than
 * the lines; of a column there stay the first and the last epoch, and those where an edge of a band is highest or
 * lowest: what is left out lies between. Sets markers, and not all layers have them at the same epochs, so that lines
 * that lie one on the other can be told apart. */
void series_thin_lines(series *s, uint32_t layer);

/* Whether a row begins another step of the logarithmic axis, of which a factor of ten has `density`. */
int series_begins(const series *s, size_t i, double density);

/* An edge of the band of a quantity: side -1 is the lower, 1 the upper one; of one run, the mean itself. */
double series_edge(const row *r, int quantity, int side);

/* Writes the rows: epoch, mean and half of the one and of the other, 1 where there is a marker. */
void series_write(const series *s, FILE *stream);

/* Frees what it holds. */
void series_clear(series *s);

#endif
