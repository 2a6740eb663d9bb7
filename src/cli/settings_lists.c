#include "settings_lists.h"

#include "estimating.h"
#include "options.h"
#include "say.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(MOST_BOUNDS >= BOUNDS_COUNT, "settings.h: room for all bounds");

/* Longest distance of a schedule, in bits: farther apart than any two points of the data set. */
#define MOST_DISTANCE 100

const char *settings_bounds_name(uint32_t kind)
{
    switch (kind) {
    case BOUNDS_MASS_LAYER:
        return "mass-layer";
    case BOUNDS_MASS_NEURON:
        return "mass-neuron";
    default:
        return ib_binning_bounds_name(kind);
    }
}

static int has(const uint32_t *values, uint32_t n, unsigned long long value)
{
    for (uint32_t i = 0; i < n; i++)
        if (values[i] == value)
            return 1;
    return 0;
}

/* Different numbers with commas between them; none if there is no text. 0, or -1 if it is no such list. */
static int read_numbers(const char *text, uint32_t largest, uint32_t *values, uint32_t most, uint32_t *n)
{
    *n = 0;
    for (char *end; text; text = *end ? end + 1 : NULL) {
        if (*text < '0' || *text > '9' || *n == most)
            return -1;
        const unsigned long long value = strtoull(text, &end, 10);
        if (value < 1 || value > largest || (*end && *end != ',') || has(values, *n, value))
            return -1;
        values[(*n)++] = (uint32_t)value;
    }
    return 0;
}

/* 0, or -1 if it is no list of widths: the input and a layer at least. */
static int read_widths(settings *wanted)
{
    const char *text = wanted->widths_asked;
    wanted->n_widths = 0;
    for (char *end; text; text = *end ? end + 1 : NULL) {
        if (*text < '0' || *text > '9' || wanted->n_widths == MOST_WIDTHS)
            return -1;
        const unsigned long long width = strtoull(text, &end, 10);
        if (width < 1 || width > MOST_WIDTH || (*end && *end != ','))
            return -1;
        wanted->widths[wanted->n_widths++] = (uint32_t)width;
    }
    return wanted->widths_asked && wanted->n_widths < 2 ? -1 : 0;
}

/* What has names. */
typedef struct vocabulary {
    const char *option;
    const char *(*name)(uint32_t);
    uint32_t count; /* of 0, 1, ... */
} vocabulary;

static const vocabulary bounds_names = {"bounds", settings_bounds_name, BOUNDS_COUNT};
static const vocabulary estimator_names = {"estimators", estimating_name, ESTIMATOR_COUNT};

/* Which one has this name; the count if none has. */
static uint32_t find_name(const vocabulary *of, const char *name, size_t length)
{
    uint32_t which = 0;
    while (which < of->count && (strlen(of->name(which)) != length || memcmp(of->name(which), name, length) != 0))
        which++;
    return which;
}

static void complain_of_names(const vocabulary *of, const char *got)
{
    char names[160];
    size_t used = 0;
    for (uint32_t which = 0; which < of->count && used < sizeof names; which++) {
        const char *separator = which == 0 ? "" : which == of->count - 1 ? " or " : ", ";
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", separator, of->name(which));
    }
    say("--%s: expected %s, or different ones of them with commas between, got %s", of->option, names, got);
}

/* Different names with commas between them; none if there is no text. `values` has room for all. 0, or -1 after saying
 * that it is no such list. */
static int read_names(const vocabulary *of, const char *asked, uint32_t *values, uint32_t *n)
{
    const char *text = asked;
    *n = 0;
    for (size_t length; text; text = text[length] ? text + length + 1 : NULL) {
        length = strcspn(text, ",");
        const uint32_t which = find_name(of, text, length);
        if (which == of->count || has(values, *n, which)) {
            complain_of_names(of, asked);
            return -1;
        }
        values[(*n)++] = which;
    }
    return 0;
}

/* 0, or -1 if it says nothing about when to measure. */
static int read_schedule(settings *wanted)
{
    uint64_t number = 0;
    ib_schedule_options *schedule = &wanted->schedule;
    ib_schedule_options_init(schedule);
    const option kinds[] = {
        [IB_SCHEDULE_EVERY] = {OPTION_NUMBER, .name = "every:", .target = &number, .min = 1, .max = UINT32_MAX},
        [IB_SCHEDULE_LOGARITHMIC] = {OPTION_NUMBER, .name = "log:", .target = &number, .min = 1, .max = UINT32_MAX},
        [IB_SCHEDULE_ADAPTIVE] = {OPTION_REAL, .name = "adaptive:", .target = &schedule->distance,
                                  .high = MOST_DISTANCE, .above = 1},
    };
    for (uint32_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        const size_t length = strlen(kinds[kind].name);
        if (strncmp(wanted->schedule_asked, kinds[kind].name, length) != 0)
            continue;
        if (options_set(&kinds[kind], wanted->schedule_asked + length))
            return -1;
        schedule->kind = kind;
        schedule->every = kind == IB_SCHEDULE_EVERY ? (uint32_t)number : 0;
        schedule->per_octave = kind == IB_SCHEDULE_LOGARITHMIC ? (uint32_t)number : 0;
        return 0;
    }
    return -1;
}

/* A list of numbers, as of the option `name`. 0, or -1 after saying why not. */
static int take_numbers(const char *name, const char *text, uint32_t largest, uint32_t *values, uint32_t most,
                        uint32_t *n)
{
    if (!read_numbers(text, largest, values, most, n))
        return 0;
    say("--%s: expected up to %u different numbers from 1 to %u with commas between them, got %s", name, (unsigned)most,
        (unsigned)largest, text);
    return -1;
}

int settings_read_lists(settings *wanted)
{
    if (read_widths(wanted)) {
        say("--widths: expected 2 to %d numbers from 1 to %d with commas between them, inputs first and classes last, "
            "got %s",
            MOST_WIDTHS, MOST_WIDTH, wanted->widths_asked);
        return -1;
    }
    if (take_numbers("bins", wanted->bins_asked, IB_BINS_MOST, wanted->bins, MOST_BINS, &wanted->n_bins) ||
        read_names(&bounds_names, wanted->bounds_asked, wanted->bounds, &wanted->n_bounds) ||
        take_numbers("post-bits", wanted->post_asked, MOST_POST_BITS, wanted->post_bits, MOST_POST_BITS,
                     &wanted->n_post_bits) ||
        read_names(&estimator_names, wanted->estimators_asked, wanted->estimators, &wanted->n_estimators))
        return -1;
    if (!wanted->n_bounds)
        wanted->bounds[wanted->n_bounds++] = IB_BOUNDS_LAYER;
    if (wanted->schedule_asked && read_schedule(wanted)) {
        say("--schedule: expected every:K, log:N or adaptive:BITS, got %s", wanted->schedule_asked);
        return -1;
    }
    return 0;
}
