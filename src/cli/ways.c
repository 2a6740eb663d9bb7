#include "ways.h"

#include "estimating.h"
#include "settings_lists.h"

#include <math.h>
#include <string.h>

/* A measure. */
typedef struct kind {
    const char *heading;
    uint32_t (*count)(const settings *asked); /* NULL: taken in one way */
    void (*describe)(const settings *asked, uint32_t number, char *text, size_t size);
    int exact, of_state, counted;
} kind;

static uint32_t count_bins(const settings *asked)
{
    return asked->n_bins * asked->n_bounds;
}

/* How many bins, and where they begin and end. */
static uint32_t bins_of(const settings *asked, uint32_t number)
{
    return asked->bins[(number - 1) / asked->n_bounds];
}

static uint32_t bounds_of(const settings *asked, uint32_t number)
{
    return asked->bounds[(number - 1) % asked->n_bounds];
}

static void describe_bins(const settings *asked, uint32_t number, char *text, size_t size)
{
    snprintf(text, size, "%u-%s", (unsigned)bins_of(asked, number), settings_bounds_name(bounds_of(asked, number)));
}

static uint32_t count_estimators(const settings *asked)
{
    return asked->n_estimators;
}

static void describe_estimator(const settings *asked, uint32_t number, char *text, size_t size)
{
    snprintf(text, size, "%s", estimating_name(asked->estimators[number - 1]));
}

static uint32_t count_quantised(const settings *asked)
{
    return asked->n_post_bits;
}

static void describe_quantised(const settings *asked, uint32_t number, char *text, size_t size)
{
    const int used = snprintf(text, size, "post-%u", (unsigned)asked->post_bits[number - 1]);
    if (asked->own_post_weights)
        snprintf(text + used, size - (size_t)used, "-w%u", (unsigned)asked->post_weights);
}

static const kind kinds[IB_MEASURE_COUNT] = {
    [IB_MEASURE_STATE] = {.heading = "", .exact = 1, .of_state = 1, .counted = 1},
    [IB_MEASURE_OUTPUT] = {.heading = "", .exact = 1, .of_state = 1, .counted = 1},
    [IB_MEASURE_REBINNED] = {.heading = "", .of_state = 1, .counted = 1},
    [IB_MEASURE_BINNED] = {"bins: ", count_bins, describe_bins, .of_state = 1, .counted = 1},
    [IB_MEASURE_ESTIMATED] = {"estimated: ", count_estimators, describe_estimator, .exact = 0},
    [IB_MEASURE_QUANTISED] = {"quantised after training: ", count_quantised, describe_quantised, .exact = 1,
                              .counted = 1},
};

uint32_t ways_count(const settings *asked, uint32_t measure)
{
    return kinds[measure].count ? kinds[measure].count(asked) : 0;
}

int ways_has(const settings *asked, const ib_point *point)
{
    if (point->measure >= IB_MEASURE_COUNT)
        return 0;
    if (!kinds[point->measure].count)
        return point->estimator == 0;
    return point->estimator >= 1 && point->estimator <= ways_count(asked, point->measure);
}

void ways_number(const settings *asked, uint32_t measure, uint32_t number, char *text, size_t size)
{
    snprintf(text, size, "%s", "");
    if (number)
        kinds[measure].describe(asked, number, text, size);
}

void ways_name(const settings *asked, uint32_t measure, uint32_t number, char *text, size_t size)
{
    ways_number(asked, measure, number, text, size);
    if (!number)
        snprintf(text, size, "%s", ib_measure_name(measure));
}

const char *ways_heading(uint32_t measure)
{
    return kinds[measure].heading;
}

int ways_are_exact(uint32_t measure)
{
    return kinds[measure].exact;
}

int ways_are_of_state(uint32_t measure)
{
    return kinds[measure].of_state;
}

int ways_count_states(uint32_t measure)
{
    return kinds[measure].counted;
}

void ways_binning(const settings *asked, uint32_t number, ib_binning_options *options)
{
    const uint32_t bounds = bounds_of(asked, number);
    ib_binning_options_init(options);
    options->bins = bins_of(asked, number);
    options->clamp = 1; /* a quantised output may be a fraction of a step above the bound of its function */
    options->bounds = bounds;
    if (bounds >= IB_BOUNDS_COUNT) {
        options->kind = IB_BINS_EQUAL_MASS;
        options->bounds = bounds == BOUNDS_MASS_NEURON ? IB_BOUNDS_NEURON : IB_BOUNDS_LAYER;
    }
}

int ways_is_tested(const ib_epoch *epoch)
{
    return epoch->test_loss != 0.0 || epoch->test_accuracy != 0.0;
}
