/* The permutation test: nanoseconds for each row and permutation, and the same as a program writes it that shuffles all
 * labels and counts pairs in a table.
 *
 * Rows come uniformly from a pool, each with a label of its own that is kept in 8 of 10 rows, as for counting. */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct data {
    ib_context *context;
    size_t rows;
    uint32_t pool, classes;
    uint64_t permutations;
    uint32_t *things, *labels; /* [rows] */
    ib_variable *x, *y;
    ib_permutation_result result;
    uint32_t *counts, *shuffled; /* [pool][classes], [rows]: for the plain way */
    double *terms;               /* [rows + 1] */
    double plain_sums;           /* mean of the sums over pairs */
} data;

/* --- data -------------------------------------------------------------------------------------------------------- */

static void draw(data *d)
{
    ib_rng *rng;
    bench_require(ib_rng_create(d->context, 1, 0, &rng), d->context);
    uint32_t *label = bench_allocate(d->pool, sizeof label[0]);
    for (size_t i = 0; i < d->pool; i++)
        label[i] = ib_rng_get_below(rng, d->classes);
    for (size_t i = 0; i < d->rows; i++) {
        d->things[i] = ib_rng_get_below(rng, d->pool);
        const int kept = ib_rng_get_below(rng, 10) < 8;
        d->labels[i] = kept ? label[d->things[i]] : ib_rng_get_below(rng, d->classes);
    }
    free(label);
    ib_rng_destroy(rng);
}

static void prepare(data *d)
{
    d->things = bench_allocate(d->rows, sizeof d->things[0]);
    d->labels = bench_allocate(d->rows, sizeof d->labels[0]);
    d->shuffled = bench_allocate(d->rows, sizeof d->shuffled[0]);
    d->counts = bench_allocate((size_t)d->pool * d->classes, sizeof d->counts[0]);
    d->terms = bench_allocate(d->rows + 1, sizeof d->terms[0]);
    for (size_t k = 1; k <= d->rows; k++)
        d->terms[k] = (double)k * log2((double)k);
    draw(d);
    bench_require(ib_variable_create(d->context, &d->x), d->context);
    bench_require(ib_variable_create(d->context, &d->y), d->context);
    bench_require(ib_variable_set_labels(d->x, d->things, d->rows), d->context);
    bench_require(ib_variable_set_labels(d->y, d->labels, d->rows), d->context);
}

static void release(data *d)
{
    ib_variable_destroy(d->x);
    ib_variable_destroy(d->y);
    free(d->things);
    free(d->labels);
    free(d->shuffled);
    free(d->counts);
    free(d->terms);
    ib_context_destroy(d->context);
}

/* --- ways -------------------------------------------------------------------------------------------------------- */

static void permute(void *user_data)
{
    data *d = user_data;
    ib_significance_options options;
    ib_significance_options_init(&options);
    options.threads = 1;
    options.resamples = d->permutations;
    d->result = (ib_permutation_result){.struct_size = sizeof d->result};
    bench_require(ib_significance_permute(d->context, d->x, d->y, &options, &d->result), d->context);
}

static uint64_t plain_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Sum of c log2 c over pairs, kept up to date while they are counted. */
static double plain_sum(data *d)
{
    double sum = 0.0;
    for (size_t i = 0; i < d->rows; i++) {
        uint32_t *count = &d->counts[(size_t)d->things[i] * d->classes + d->shuffled[i]];
        sum += d->terms[*count + 1] - d->terms[*count];
        (*count)++;
    }
    return sum;
}

static void permute_plainly(void *user_data)
{
    data *d = user_data;
    uint64_t state = 1;
    double sum = 0.0;
    memcpy(d->shuffled, d->labels, d->rows * sizeof d->labels[0]);
    for (uint64_t r = 0; r < d->permutations; r++) {
        for (size_t left = d->rows; left > 1; left--) {
            const size_t other = (size_t)((plain_random(&state) >> 32) * left >> 32);
            const uint32_t label = d->shuffled[left - 1];
            d->shuffled[left - 1] = d->shuffled[other];
            d->shuffled[other] = label;
        }
        memset(d->counts, 0, (size_t)d->pool * d->classes * sizeof d->counts[0]);
        sum += plain_sum(d);
    }
    d->plain_sums = sum / (double)d->permutations;
}

/* Mean of I(X;Y), from that of the sums over pairs. */
static double plain_mean(const data *d)
{
    uint32_t *things = bench_allocate(d->pool, sizeof things[0]),
             *labels = bench_allocate(d->classes, sizeof labels[0]);
    double sum = d->plain_sums + d->terms[d->rows];
    for (size_t i = 0; i < d->rows; i++) {
        things[d->things[i]]++;
        labels[d->labels[i]]++;
    }
    for (size_t i = 0; i < d->pool; i++)
        sum -= d->terms[things[i]];
    for (size_t i = 0; i < d->classes; i++)
        sum -= d->terms[labels[i]];
    free(things);
    free(labels);
    return sum / (double)d->rows;
}

int main(int argc, char **argv)
{
    data d = {0};
    if (argc != 5)
        bench_usage("bench_permutation N POOL CLASSES PERMUTATIONS");
    bench_require(ib_context_create(NULL, &d.context), NULL);
    d.rows = bench_number(argv[1]);
    d.pool = (uint32_t)bench_number(argv[2]);
    d.classes = (uint32_t)bench_number(argv[3]);
    d.permutations = bench_number(argv[4]);
    prepare(&d);
    const double each = (double)d.rows * (double)d.permutations * 1e-9;
    bench_print("permute_ns", bench_time(permute, &d) / each);
    bench_print("plain_ns", bench_time(permute_plainly, &d) / each);
    bench_print("distinct", ib_variable_distinct(d.x));
    bench_print("observed", d.result.observed);
    bench_print("null_mean", d.result.null_mean);
    bench_print("plain_mean", plain_mean(&d));
    bench_print("p", d.result.p);
    release(&d);
    return EXIT_SUCCESS;
}
