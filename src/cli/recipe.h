/* From what was asked to objects of the library: a data set, a split, a network, and the study of them. */
#ifndef IB_CLI_RECIPE_H
#define IB_CLI_RECIPE_H

#include "estimating.h"
#include "settings.h"
#include "source.h"

#include <libib/libib.h>

/* Room for a list of widths. */
#define RECIPE_WIDTHS_SIZE (8 * MOST_WIDTHS)

/* The study points to what its estimators go by, which is here: a recipe is not to be moved. */
typedef struct recipe {
    source from;
    uint32_t widths[MOST_WIDTHS]; /* inputs, layers, classes */
    uint32_t n_widths;
    char widths_text[RECIPE_WIDTHS_SIZE]; /* the same as --widths has them */
    ib_split *split;
    ib_network *network;
    ib_study *study;
    estimating estimators[ESTIMATOR_COUNT];
} recipe;

/* Makes all of it. `hears` has the callbacks of the study; NULL: none. 0, or -1 after saying why. */
int recipe_create(recipe *r, ib_context *context, const settings *asked, const ib_study_options *hears);

/* Completes what was asked by what the data have said: hashes and widths. They are borrowed from the recipe. */
void recipe_complete(const recipe *r, settings *asked);

/* Frees all of it. */
void recipe_destroy(recipe *r);

#endif
