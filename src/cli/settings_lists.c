#include "settings_lists.h"

#include "options.h"
#include "say.h"

#include <stdlib.h>
#include <string.h>

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

/* 0, or -1 if it is no list of different numbers of bins. */
static int read_bins(settings *wanted)
{
    const char *text = wanted->bins_asked;
    wanted->n_bins = 0;
    for (char *end; text; text = *end ? end + 1 : NULL) {
        if (*text < '0' || *text > '9' || wanted->n_bins == MOST_BINS)
            return -1;
        const unsigned long long bins = strtoull(text, &end, 10);
        if (bins < 1 || bins > IB_BINS_MOST || (*end && *end != ',') || has(wanted->bins, wanted->n_bins, bins))
            return -1;
        wanted->bins[wanted->n_bins++] = (uint32_t)bins;
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

/* The kind of bounds with this name; BOUNDS_COUNT if there is none. */
static uint32_t find_bounds(const char *name, size_t length)
{
    uint32_t kind = 0;
    while (kind < BOUNDS_COUNT &&
           (strlen(settings_bounds_name(kind)) != length || memcmp(settings_bounds_name(kind), name, length) != 0))
        kind++;
    return kind;
}

/* 0, or -1 if it is no list of different kinds. */
static int read_bounds(settings *wanted)
{
    const char *text = wanted->bounds_asked;
    wanted->n_bounds = 0;
    for (size_t length; text; text = text[length] ? text + length + 1 : NULL) {
        length = strcspn(text, ",");
        const uint32_t kind = find_bounds(text, length);
        if (kind == BOUNDS_COUNT || wanted->n_bounds == MOST_BOUNDS || has(wanted->bounds, wanted->n_bounds, kind))
            return -1;
        wanted->bounds[wanted->n_bounds++] = kind;
    }
    if (!wanted->n_bounds)
        wanted->bounds[wanted->n_bounds++] = IB_BOUNDS_LAYER;
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

static void complain_of_bounds(const char *got)
{
    char names[160];
    size_t used = 0;
    for (uint32_t kind = 0; kind < BOUNDS_COUNT && used < sizeof names; kind++) {
        const char *separator = kind == 0 ? "" : kind == BOUNDS_COUNT - 1 ? " or " : ", ";
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", separator, settings_bounds_name(kind));
    }
    say("--bounds: expected %s, or different ones of them with commas between, got %s", names, got);
}

int settings_read_lists(settings *wanted)
{
    if (read_widths(wanted)) {
        say("--widths: expected 2 to %d numbers from 1 to %d with commas between them, inputs first and classes last, "
            "got %s",
            MOST_WIDTHS, MOST_WIDTH, wanted->widths_asked);
        return -1;
    }
    if (read_bins(wanted)) {
        say("--bins: expected up to %d different numbers from 1 to %d with commas between them, got %s", MOST_BINS,
            IB_BINS_MOST, wanted->bins_asked);
        return -1;
    }
    if (read_bounds(wanted)) {
        complain_of_bounds(wanted->bounds_asked);
        return -1;
    }
    if (wanted->schedule_asked && read_schedule(wanted)) {
        say("--schedule: expected every:K, log:N or adaptive:BITS, got %s", wanted->schedule_asked);
        return -1;
    }
    return 0;
}
