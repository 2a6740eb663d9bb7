#include "reference.h"

#include <math.h>
#include <stdlib.h>

reference_grid reference_grid_of(uint32_t kind, uint32_t bits, float min, float max)
{
    reference_grid grid = {.kind = kind, .levels = (float)((1u << bits) - 1), .min = min, .max = max};
    grid.low = min;
    grid.high = max;
    if (min == max)
        return grid;
    grid.step = (max - min) / grid.levels;
    if (kind == IB_GRID_UNIFORM)
        return grid;
    float zero = floorf(-min / grid.step + 0.5f);
    grid.zero = zero < 0 ? 0 : zero > grid.levels ? grid.levels : zero;
    grid.low = -grid.zero * grid.step;
    grid.high = (grid.levels - grid.zero) * grid.step;
    return grid;
}

float reference_quantise(const reference_grid *grid, float x, uint16_t *code)
{
    *code = 0;
    if (grid->min == grid->max)
        return grid->min;
    float clipped = x < grid->low ? grid->low : x > grid->high ? grid->high : x;
    if (grid->kind == IB_GRID_UNIFORM) {
        float level = floorf((clipped - grid->min) / grid->step + 0.5f);
        *code = (uint16_t)level;
        return level * grid->step + grid->min;
    }
    float level = floorf((clipped - grid->low) / grid->step - grid->zero + 0.5f);
    *code = (uint16_t)(level + grid->zero);
    return level * grid->step;
}

int reference_passes(const reference_grid *grid, float x)
{
    return grid->min == grid->max || (x >= grid->low && x <= grid->high);
}

void reference_quant_init(reference_quant *quant, const ib_quant_options *options, size_t channels)
{
    *quant = (reference_quant){.options = *options, .channels = options->per_channel ? channels : 1};
    quant->min = test_zeros(quant->channels, sizeof *quant->min);
    quant->max = test_zeros(quant->channels, sizeof *quant->max);
    int has_initial = options->range == IB_RANGE_MOVING || options->range == IB_RANGE_FIXED;
    int standard = options->range == IB_RANGE_MOVING && options->initial_min == 0 && options->initial_max == 0;
    quant->seen = has_initial;
    for (size_t c = 0; c < quant->channels && has_initial; c++) {
        quant->min[c] = standard ? -6 : options->initial_min;
        quant->max[c] = standard ? 6 : options->initial_max;
    }
}

void reference_quant_free(reference_quant *quant)
{
    free(quant->min);
    free(quant->max);
}

void reference_quant_begin_epoch(reference_quant *quant)
{
    if (quant->options.range == IB_RANGE_EPOCH)
        quant->seen = 0;
}

/* Smallest and largest value of one channel. */
static void bounds_of(const reference_quant *quant, size_t channel, size_t n, const float *x, float *min, float *max)
{
    *min = INFINITY;
    *max = -INFINITY;
    for (size_t i = channel; i < n; i += quant->channels) {
        *min = x[i] < *min ? x[i] : *min;
        *max = x[i] > *max ? x[i] : *max;
    }
    uint32_t range = quant->options.range;
    if (range == IB_RANGE_MOVING || range == IB_RANGE_LAST || range == IB_RANGE_ALL) {
        *min = *min < 0 ? *min : 0;
        *max = *max > 0 ? *max : 0;
    }
}

static void move(reference_quant *quant, size_t c, float min, float max)
{
    float rate = (float)(1 - (quant->options.decay != 0 ? quant->options.decay : 0.999));
    switch (quant->options.range) {
    case IB_RANGE_FIXED:
        return;
    case IB_RANGE_MOVING:
        quant->min[c] -= (quant->min[c] - min) * rate;
        quant->max[c] -= (quant->max[c] - max) * rate;
        return;
    case IB_RANGE_EPOCH:
    case IB_RANGE_ALL:
        quant->min[c] = quant->seen && quant->min[c] < min ? quant->min[c] : min;
        quant->max[c] = quant->seen && quant->max[c] > max ? quant->max[c] : max;
        return;
    default:
        quant->min[c] = min;
        quant->max[c] = max;
    }
}

void reference_quant_run(reference_quant *quant, int training, size_t n, const float *x, float *values, uint16_t *codes)
{
    const ib_quant_options *options = &quant->options;
    int own = !training && (!quant->seen || options->range == IB_RANGE_TENSOR);
    for (size_t c = 0; c < quant->channels; c++) {
        float min, max;
        bounds_of(quant, c, n, x, &min, &max);
        if (training)
            move(quant, c, min, max);
        if (!own) {
            min = quant->min[c];
            max = quant->max[c];
        }
        reference_grid grid = reference_grid_of(options->grid, options->bits, min, max);
        for (size_t i = c; i < n; i += quant->channels) {
            uint16_t code;
            values[i] = reference_quantise(&grid, x[i], &code);
            if (codes)
                codes[i] = code;
        }
    }
    quant->seen = quant->seen || training;
}

/* Adds the gradient of one end of the range, shared equally by the elements that attain it. */
static void share(const reference_quant *quant, size_t c, size_t n, const double *x, double end, double sum, double *dx)
{
    size_t count = 0;
    for (size_t i = c; i < n; i += quant->channels)
        count += x[i] == end;
    for (size_t i = c; i < n; i += quant->channels)
        if (x[i] == end)
            dx[i] += sum / (double)count;
}

void reference_quant_backward(const reference_quant *quant, size_t n, const double *x, const double *dy, double *dx)
{
    const ib_quant_options *options = &quant->options;
    for (size_t c = 0; c < quant->channels; c++) {
        reference_grid grid = reference_grid_of(options->grid, options->bits, quant->min[c], quant->max[c]);
        double below = 0, above = 0;
        for (size_t i = c; i < n; i += quant->channels) {
            int passes = reference_passes(&grid, (float)x[i]);
            if (!passes && (float)x[i] < grid.low)
                below += dy[i];
            else if (!passes)
                above += dy[i];
            dx[i] = passes ? dy[i] : 0;
        }
        if (options->range_gradient && below != 0)
            share(quant, c, n, x, (double)grid.min, below, dx);
        if (options->range_gradient && above != 0)
            share(quant, c, n, x, (double)grid.max, above, dx);
    }
}
