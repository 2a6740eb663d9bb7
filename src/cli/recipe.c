#include "recipe.h"

#include "say.h"
#include "ways.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int complain(const ib_context *context)
{
    say("%s", ib_context_message(context));
    return -1;
}

/* --- widths --------------------------------------------------------------------------------------------------------*/

/* The widths that are asked for must go with the data. 0, or -1 after saying why. */
static int check_widths(const recipe *r, const settings *asked)
{
    const char *name = asked->data ? asked->data : "the 12-bit data set";
    const size_t features = ib_dataset_features(r->from.dataset);
    const uint32_t last = asked->widths[asked->n_widths - 1], classes = ib_dataset_classes(r->from.dataset);
    if (asked->widths[0] != features)
        say("--widths: expected %zu first, the inputs of %s, got %u", features, name, (unsigned)asked->widths[0]);
    else if (last < classes)
        say("--widths: expected %u last, the classes of %s, or more, got %u", (unsigned)classes, name, (unsigned)last);
    else
        return 0;
    return -1;
}

/* Those that are asked for, or the hidden layers of the preset between inputs and classes of the data. */
static void choose_widths(recipe *r, const settings *asked)
{
    size_t layers, used = 0;
    const uint32_t *usual = ib_preset_widths(&layers);
    r->n_widths = asked->n_widths ? asked->n_widths : (uint32_t)layers + 1;
    memcpy(r->widths, asked->n_widths ? asked->widths : usual, r->n_widths * sizeof *r->widths);
    if (!asked->n_widths) {
        r->widths[0] = (uint32_t)ib_dataset_features(r->from.dataset);
        r->widths[layers] = ib_dataset_classes(r->from.dataset);
    }
    for (uint32_t i = 0; i < r->n_widths; i++)
        used += (size_t)snprintf(r->widths_text + used, sizeof r->widths_text - used, "%s%u", i ? "," : "",
                                 (unsigned)r->widths[i]);
}

/* 0, or -1 after saying why. */
static int create_network(recipe *r, ib_context *context, const settings *asked)
{
    if (asked->n_widths && check_widths(r, asked))
        return -1;
    choose_widths(r, asked);
    const uint32_t last = r->widths[r->n_widths - 1];
    if (last > ib_dataset_classes(r->from.dataset) && source_widen(&r->from, context, last))
        return -1;
    return ib_preset_create_with(context, asked->preset, asked->activation, (uint32_t)asked->bits, r->widths,
                                 r->n_widths - 1, &r->network)
               ? complain(context)
               : 0;
}

/* --- split ---------------------------------------------------------------------------------------------------------*/

/* Each class that there is must be trained on. 0, or -1 after saying why. */
static int check_split(const recipe *r, const settings *asked)
{
    const uint32_t *labels = ib_dataset_labels(r->from.dataset);
    const uint32_t *train = ib_split_train_rows(r->split), *test = ib_split_test_rows(r->split);
    char *trained = calloc(ib_dataset_classes(r->from.dataset), 1);
    int failed = !trained;
    if (failed)
        say("out of memory");
    for (size_t i = 0; i < ib_split_train_count(r->split) && !failed; i++)
        trained[labels[train[i]]] = 1;
    for (size_t i = 0; i < ib_split_test_count(r->split) && !failed; i++)
        if (!trained[labels[test[i]]]) {
            say("--test-share: expected to leave a row of each class for training, got %g, which leaves none like row "
                "%u",
                asked->test_share, (unsigned)test[i] + 1);
            failed = 1;
        }
    free(trained);
    return failed ? -1 : 0;
}

static int create_split(recipe *r, ib_context *context, const settings *asked)
{
    const ib_status status =
        asked->own_split ? ib_split_create_random(r->from.dataset, asked->test_share, 1, asked->split_seed, &r->split)
                         : ib_split_create_study(context, &r->split);
    return status ? complain(context) : check_split(r, asked);
}

/* --- study ---------------------------------------------------------------------------------------------------------*/

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
    const ib_status status = ib_study_create(r->network, r->from.dataset, r->split, &options, &r->study);
    return status ? status : add_ways(r, context, asked);
}

int recipe_create(recipe *r, ib_context *context, const settings *asked, const ib_study_options *hears)
{
    *r = (recipe){0};
    int failed =
        source_create(&r->from, context, asked) || create_network(r, context, asked) || create_split(r, context, asked);
    if (!failed && create_study(r, context, asked, hears))
        failed = complain(context);
    if (failed)
        recipe_destroy(r);
    return failed ? -1 : 0;
}

void recipe_complete(const recipe *r, settings *asked)
{
    if (*r->from.data_sha256)
        asked->data_sha256 = r->from.data_sha256;
    if (*r->from.labels_sha256)
        asked->labels_sha256 = r->from.labels_sha256;
    if (!asked->data || asked->n_widths)
        return;
    asked->widths_asked = r->widths_text;
    asked->n_widths = r->n_widths;
    memcpy(asked->widths, r->widths, sizeof asked->widths);
}

void recipe_destroy(recipe *r)
{
    ib_study_destroy(r->study);
    ib_network_destroy(r->network);
    ib_split_destroy(r->split);
    source_destroy(&r->from);
    *r = (recipe){0};
}
