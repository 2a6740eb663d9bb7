#include <libib/entropy.h>

#include "base/logarithm.h"
#include "info/counter.h"

/* H = (n log2 n - sum of k log2 k) / n over the numbers of times k that things occur. Both terms of the difference are
 * formed exactly, as integers, from logarithms with 52 bits behind the point: they depend on no order, cancel without
 * loss, and a difference that is 0 in theory is 0. */
__extension__ typedef unsigned __int128 wide; /* n < 2^64 and log2 n < 2^6: products are below 2^122 */

#define POINT 0x1p52

/* log2 k for k >= 1: it is 0 or at least 1, so that 52 bits behind the point are all that its double has. */
static uint64_t log2_fixed(uint64_t k)
{
    return (uint64_t)(ib_i_log2((double)k) * POINT);
}

/* How many things occur k times, for small k; few can occur more often. */
#define SMALL 256

typedef struct tally {
    uint64_t times[SMALL];
    wide others; /* sum of k log2 k */
} tally;

static void tally_add(tally *t, uint64_t k)
{
    if (k <= 1) /* 0 in the sum, and by far the most frequent where rows are many and wide */
        return;
    if (k < SMALL)
        t->times[k]++;
    else
        t->others += (wide)k * log2_fixed(k);
}

static wide tally_sum(const tally *t)
{
    wide sum = t->others;
    for (uint64_t k = 2; k < SMALL; k++)
        if (t->times[k])
            sum += (wide)(t->times[k] * k) * log2_fixed(k);
    return sum;
}

/* Sum of k log2 k over the rows, the labels, and the rows with their labels. */
static inline wide sum_rows_of(const ib_i_table *table, size_t width)
{
    tally t = {{0}, 0};
    for (size_t id = 0; id < table->distinct; id++) {
        uint64_t k = 0;
        for (size_t c = 0; c < width; c++)
            k += table->counts[id * width + c];
        tally_add(&t, k);
    }
    return tally_sum(&t);
}

static wide sum_rows(const ib_counter *counter)
{
    const ib_i_table *table = &counter->rows;
    switch (table->width) { /* constants, so that the inner loop is unrolled */
    case 1:
        return sum_rows_of(table, 1);
    case 2:
        return sum_rows_of(table, 2);
    default:
        return sum_rows_of(table, table->width);
    }
}

static wide sum_labels(const ib_counter *counter)
{
    tally t = {{0}, 0};
    for (uint32_t label = 0; label < counter->classes; label++)
        tally_add(&t, ib_counter_get_label(counter, label));
    return tally_sum(&t);
}

static wide sum_joint(const ib_counter *counter)
{
    const ib_i_table *table = ib_i_counter_sparse(counter) ? &counter->pairs : &counter->rows;
    tally t = {{0}, 0};
    for (size_t cell = 0; cell < table->distinct * table->width; cell++)
        tally_add(&t, table->counts[cell]);
    return tally_sum(&t);
}

/* Sums of k log2 k; the entropies are their differences. */
typedef struct sums {
    wide all; /* n log2 n */
    wide rows;
    wide labels;
    wide joint;
} sums;

static wide least(wide a, wide b)
{
    return a < b ? a : b;
}

static wide sum_all(const ib_counter *counter)
{
    return (wide)counter->total * log2_fixed(counter->total);
}

/* In theory rows + labels - all <= joint <= rows, labels <= all. Where rounded logarithms say otherwise, theory is
 * right, and with it every inequality between the entropies. */
static sums sums_of(const ib_counter *counter)
{
    sums s = {.all = sum_all(counter)};
    s.rows = least(sum_rows(counter), s.all);
    s.labels = least(sum_labels(counter), s.all);
    s.joint = least(sum_joint(counter), least(s.rows, s.labels));
    if (s.joint + s.all < s.rows + s.labels)
        s.joint = s.rows + s.labels - s.all;
    return s;
}

/* sum / n in bits */
static double bits(wide sum, const ib_counter *counter)
{
    const uint64_t n = counter->total;
    return ((double)(uint64_t)(sum / n) + (double)(uint64_t)(sum % n) / (double)n) / POINT;
}

static int empty(const ib_counter *counter)
{
    return !counter || counter->total == 0;
}

double ib_entropy_rows(const ib_counter *counter)
{
    if (empty(counter))
        return 0;
    const wide all = sum_all(counter);
    return bits(all - least(sum_rows(counter), all), counter);
}

double ib_entropy_labels(const ib_counter *counter)
{
    if (empty(counter))
        return 0;
    const wide all = sum_all(counter);
    return bits(all - least(sum_labels(counter), all), counter);
}

double ib_entropy_joint(const ib_counter *counter)
{
    if (empty(counter))
        return 0;
    const sums s = sums_of(counter);
    return bits(s.all - s.joint, counter);
}

double ib_entropy_rows_given_labels(const ib_counter *counter)
{
    if (empty(counter))
        return 0;
    const sums s = sums_of(counter);
    return bits(s.labels - s.joint, counter);
}

double ib_entropy_labels_given_rows(const ib_counter *counter)
{
    if (empty(counter))
        return 0;
    const sums s = sums_of(counter);
    return bits(s.rows - s.joint, counter);
}

double ib_entropy_mutual(const ib_counter *counter)
{
    if (empty(counter))
        return 0;
    const sums s = sums_of(counter);
    return bits(s.all + s.joint - s.rows - s.labels, counter);
}

void ib_i_entropy_point(const ib_counter *counter, double *rows, double *mutual)
{
    *rows = *mutual = 0;
    if (empty(counter))
        return;
    const sums s = sums_of(counter);
    *rows = bits(s.all - s.rows, counter);
    *mutual = bits(s.all + s.joint - s.rows - s.labels, counter);
}

double ib_entropy_log2(double x)
{
    return ib_i_log2(x);
}
