/* The information plane as a picture: mean.dat holds its curves, a gnuplot script draws them. */
#ifndef IB_CLI_FIGURE_H
#define IB_CLI_FIGURE_H

#include "settings.h"
#include "summary.h"

/* Which plane: by one measure, and of bins by one estimator. */
typedef struct figure {
    const char *name;
    uint32_t measure;
    uint32_t estimator;
} figure;

/* Writes folder/NAME.dat and folder/NAME.gp. 0, or -1 after saying why. */
int figure_write(const char *folder, const figure *which, const summary *mean, const settings *asked);

typedef enum figure_outcome {
    FIGURE_DRAWN,
    FIGURE_NO_GNUPLOT, /* there is no gnuplot on this machine; nothing has been said */
    FIGURE_FAILED      /* one line has been said */
} figure_outcome;

/* Runs gnuplot on NAME.gp in the folder, which makes NAME.png and NAME.svg. */
figure_outcome figure_draw(const char *folder, const char *name);

#endif
