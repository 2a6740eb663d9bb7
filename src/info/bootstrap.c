#include "info/resample.h"

#include "base/memory.h"
#include "base/sort.h"

#include <math.h>
#include <string.h>

/* What all resamples share. */
typedef struct bootstrap {
    ib_i_contingency counted;
    uint64_t terms[IB_I_TERMS];
    ib_i_spread spread;
    double *values; /* [resamples] bits */
} bootstrap;

static ib_i_wide term_of(const bootstrap *b, uint32_t k)
{
    return k < IB_I_TERMS ? b->terms[k] : ib_i_term(k);
}

/* counts[cells] and labels[ny] are 0, before and after. */
static void draw_cells(const ib_i_contingency *c, ib_rng *source, uint32_t *restrict counts)
{
    ib_rng rng = *source;
    for (uint32_t i = 0; i < c->rows; i++)
        counts[c->cell_of[ib_i_rng_below(&rng, c->rows)]]++;
    *source = rng;
}

static ib_i_sums sums_of_cells(const bootstrap *b, uint32_t *restrict counts, uint32_t *restrict labels)
{
    const ib_i_contingency *c = &b->counted;
    ib_i_sums sums = {.all = c->sums.all};
    size_t cell = 0;
    for (uint32_t x = 0; x < c->nx; x++) {
        uint32_t k = 0;
        for (; cell < c->cells_end[x]; cell++) {
            const uint32_t count = counts[cell];
            k += count;
            labels[c->cell_y[cell]] += count;
            sums.joint += term_of(b, count);
            counts[cell] = 0;
        }
        sums.rows += term_of(b, k);
    }
    for (uint32_t y = 0; y < c->ny; y++) {
        sums.labels += term_of(b, labels[y]);
        labels[y] = 0;
    }
    return sums;
}

static ib_i_wide measure(const void *user_data, void *scratch, ib_rng *rng)
{
    const bootstrap *b = user_data;
    uint32_t *counts = scratch;
    draw_cells(&b->counted, rng, counts);
    ib_i_sums sums = sums_of_cells(b, counts, counts + b->counted.cells);
    ib_i_sums_settle(&sums);
    return ib_i_sums_mutual(&sums);
}

static void take(void *user_data, uint64_t number, ib_i_wide value)
{
    bootstrap *b = user_data;
    b->values[number] = ib_i_mutual_bits(value, b->counted.rows);
    ib_i_spread_add(&b->spread, value, b->values[number]);
}

/* Of sorted values: a straight line from each to the next, the smallest at 0 and the largest at 1. */
static double quantile(const double *values, uint64_t n, double share)
{
    const double place = share * (double)(n - 1), below = floor(place);
    const size_t at = (size_t)below;
    return at + 1 < n ? values[at] + (place - below) * (values[at + 1] - values[at]) : values[n - 1];
}

static ib_status resample(ib_context *context, bootstrap *b, const ib_significance_options *options,
                          ib_bootstrap_result *full)
{
    const ib_i_resampling resampling = {
        .rows = b->counted.rows,
        .purpose = IB_STREAM_BOOTSTRAP,
        .scratch = (b->counted.cells + b->counted.ny) * sizeof(uint32_t),
        .measure = measure,
        .plan = b,
        .take = take,
        .taker = b,
    };
    IB_TRY(ib_i_resample(context, options, &resampling));
    const uint64_t n = b->counted.rows, m = options->resamples;
    ib_i_sort_doubles(b->values, (size_t)m);
    full->rows = n;
    full->resamples = m;
    full->observed = ib_i_mutual_bits(ib_i_sums_mutual(&b->counted.sums), n);
    full->low = quantile(b->values, m, (1 - options->level) / 2);
    full->high = quantile(b->values, m, (1 + options->level) / 2);
    full->mean = ib_i_mutual_bits(b->spread.sum, n * m);
    full->bias = full->mean - full->observed;
    full->sd = ib_i_spread_deviation(&b->spread);
    return IB_OK;
}

ib_status ib_i_bootstrap(ib_context *context, const ib_i_ids *x, const ib_i_ids *y, size_t rows,
                         const ib_significance_options *options, ib_bootstrap_result *result)
{
    if (!result || result->struct_size < sizeof result->struct_size)
        return ib_i_fail(context, IB_ERR_ARG, "result: expected a struct with its struct_size");
    ib_significance_options resolved;
    IB_TRY(ib_i_significance_options_read(context, options, &resolved));
    ib_bootstrap_result full = {.struct_size = result->struct_size};
    bootstrap b = {0};
    IB_TRY(ib_i_contingency_count(context, x, y, rows, &b.counted));
    ib_i_hold(context); /* progress may destroy it */
    ib_i_terms(b.terms);
    b.values = ib_i_alloc(context, (size_t)resolved.resamples, sizeof *b.values);
    ib_status status = b.values ? resample(context, &b, &resolved, &full) : ib_i_fail_memory(context);
    ib_i_contingency_free(&b.counted);
    ib_i_free(context, b.values);
    if (status == IB_OK) {
        memcpy(result, &full, full.struct_size < sizeof full ? full.struct_size : sizeof full);
        ib_i_ok(context);
    }
    ib_context_destroy(context);
    return status;
}
