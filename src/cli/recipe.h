/* From what was asked to objects of the library: a data set, a split, a network, and the study of them. */
#ifndef IB_CLI_RECIPE_H
#define IB_CLI_RECIPE_H

#include "estimating.h"
#include "settings.h"

#include <libib/libib.h>

/* The study points to what its estimators go by, which is here: a recipe is not to be moved. */
typedef struct recipe {
    ib_dataset *dataset;
    ib_split *split;
    ib_network *network;
    ib_study *study;
    estimating estimators[ESTIMATOR_COUNT];
} recipe;

/* Makes all of it. `hears` has the callbacks of the study; NULL: none. 0, or -1 after saying why. */
int recipe_create(recipe *r, ib_context *context, const settings *asked, const ib_study_options *hears);

/* Frees all of it. */
void recipe_destroy(recipe *r);

#endif
