#include "recipe.h"

#include "say.h"
#include "ways.h"

/* Share of the rows that a split of the user's own keeps for the test, as the study's split does. */
#define TEST_SHARE 0.2

static ib_status create_split(recipe *r, ib_context *context, const settings *asked)
{
    if (asked->own_split)
        return ib_split_create_random(r->dataset, TEST_SHARE, 1, asked->split_seed, &r->split);
    return ib_split_create_study(context, &r->split);
}

static ib_status add_bins(const recipe *r, const settings *asked)
{
    ib_status status = IB_OK;
    for (uint32_t number = 1; number <= ways_count(asked, IB_MEASURE_BINNED) && !status; number++) {
        ib_binning_options options;
        ways_binning(asked, number, &options);
        status = ib_study_add_binning(r->study, &options, NULL);
    }
    return status;
}

static ib_status add_estimators(recipe *r, ib_context *context, const settings *asked)
{
    ib_status status = IB_OK;
    for (uint32_t i = 0; i < asked->n_estimators && !status; i++) {
        ib_estimator estimator;
        status = estimating_make(asked, asked->estimators[i], context, &r->estimators[i], &estimator);
        if (!status)
            status = ib_study_add_estimator(r->study, &estimator, NULL);
    }
    return status;
}

static ib_status add_quantised(const recipe *r, const settings *asked)
{
    const uint32_t weight_bits = asked->own_post_weights ? (uint32_t)asked->post_weights : 0;
    ib_status status = IB_OK;
    for (uint32_t i = 0; i < asked->n_post_bits && !status; i++)
        status = ib_study_add_quantised(r->study, asked->post_bits[i], weight_bits, NULL);
    return status;
}

/* All ways of counting that have a number, each in the order in which it was asked for. */
static ib_status add_ways(recipe *r, ib_context *context, const settings *asked)
{
    ib_status status = add_bins(r, asked);
    if (!status)
        status = add_estimators(r, context, asked);
    if (!status)
        status = add_quantised(r, asked);
    return status;
}

static ib_status create_study(recipe *r, ib_context *context, const settings *asked, const ib_study_options *hears)
{
    ib_adam_options adam;
    ib_sgd_options sgd;
    ib_train_options train;
    ib_schedule_options schedule;
    ib_study_options options;
    ib_adam_options_init(&adam);
    ib_sgd_options_init(&sgd);
    ib_train_options_init(&train);
    ib_study_options_init(&options);
    settings_schedule(asked, &schedule);
    adam.rate = sgd.rate = asked->rate;
    sgd.momentum = asked->momentum;
    train.epochs = (uint32_t)asked->epochs;
    train.batch = (uint32_t)asked->batch;
    train.seed = asked->seed;
    train.adam = asked->optimiser == OPTIMISER_ADAM ? &adam : NULL;
    train.sgd = asked->optimiser == OPTIMISER_SGD ? &sgd : NULL;
    train.prefit_epochs = (uint32_t)asked->prefit;
    train.prefit_reset = asked->prefit_reset;
    if (hears)
        options = *hears;
    options.threads = asked->own_threads ? (uint32_t)asked->threads : 0;
    options.runs = asked->runs;
    options.train = &train;
    options.schedule = &schedule;
    options.bad_accuracy = asked->bad_accuracy;
    options.restart_from = settings_restart_from(asked);
    const ib_status status = ib_study_create(r->network, r->dataset, r->split, &options, &r->study);
    return status ? status : add_ways(r, context, asked);
}

static ib_status create_all(recipe *r, ib_context *context, const settings *asked, const ib_study_options *hears)
{
    const uint32_t bits = (uint32_t)asked->bits;
    ib_status status = ib_dataset_create_icosahedron(context, &r->dataset);
    if (!status)
        status = create_split(r, context, asked);
    if (!status)
        status = ib_preset_create(context, asked->preset, asked->activation, bits, &r->network);
    if (!status)
        status = create_study(r, context, asked, hears);
    return status;
}

int recipe_create(recipe *r, ib_context *context, const settings *asked, const ib_study_options *hears)
{
    *r = (recipe){0};
    if (!create_all(r, context, asked, hears))
        return 0;
    say("%s", ib_context_message(context));
    recipe_destroy(r);
    return -1;
}

void recipe_destroy(recipe *r)
{
    ib_study_destroy(r->study);
    ib_network_destroy(r->network);
    ib_split_destroy(r->split);
    ib_dataset_destroy(r->dataset);
    *r = (recipe){0};
}
