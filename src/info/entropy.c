#include <libib/entropy.h>

#include "base/logarithm.h"
#include "info/counter.h"
#include "info/terms.h"

typedef ib_i_wide wide;
typedef ib_i_sums sums;

/* Sums over the rows, and over the counts for each label in them. Few things occur often, and of the others the
 * terms are known. Called with constants. */
static inline void sum_rows_of(const ib_i_table *table, size_t width, int is_wide, const uint64_t *terms, sums *s)
{
    for (size_t id = 0; id < table->distinct; id++) {
        const uint8_t *counts = is_wide ? NULL : table->counts + id * width;
        const uint32_t *wide_counts = is_wide ? table->wide + id * width : NULL;
        uint64_t k = 0;
        for (size_t c = 0; c < width; c++)
            k += is_wide ? wide_counts[c] : counts[c];
        if (k == 1)
            continue;
        s->rows += k < IB_I_TERMS ? terms[k] : ib_i_term(k);
        for (size_t c = 0; c < width; c++)
            s->joint += k < IB_I_TERMS ? terms[is_wide ? wide_counts[c] : counts[c]]
                                       : ib_i_term(is_wide ? wide_counts[c] : counts[c]);
    }
}

/* The same for counts that carry. */
static void sum_carried_rows(const ib_i_table *table, sums *s)
{
    for (size_t id = 0; id < table->distinct; id++) {
        s->rows += ib_i_term(ib_i_table_get_all(table, id));
        for (size_t c = 0; c < table->width; c++)
            s->joint += ib_i_term(ib_i_table_get(table, id, c));
    }
}

static void sum_rows(const ib_counter *counter, sums *s)
{
    const ib_i_table *table = &counter->rows;
    const uint64_t *terms = counter->terms;
    if (table->carried)
        sum_carried_rows(table, s);
    else if (table->is_wide && table->width == 2)
        sum_rows_of(table, 2, 1, terms, s);
    else if (table->is_wide)
        sum_rows_of(table, table->width, 1, terms, s);
    else if (table->width == 2)
        sum_rows_of(table, 2, 0, terms, s);
    else
        sum_rows_of(table, table->width, 0, terms, s);
    if (!ib_i_counter_sparse(counter))
        return;
    s->joint = 0; /* rows have no labels here, pairs have */
    for (size_t pair = 0; pair < counter->pairs.distinct; pair++)
        s->joint += ib_i_term(ib_i_table_get(&counter->pairs, pair, 0));
}

void ib_i_counter_add_sums(const ib_counter *counter, ib_i_sums *all)
{
    sums s = {0};
    sum_rows(counter, &s);
    all->rows += s.rows;
    all->joint += s.joint;
}

static wide sum_labels(const ib_counter *counter)
{
    wide sum = 0;
    for (uint32_t label = 0; label < counter->classes; label++)
        sum += ib_i_term(ib_counter_get_label(counter, label));
    return sum;
}

static sums sums_of(const ib_counter *counter)
{
    sums s = {.all = ib_i_term(counter->total), .labels = sum_labels(counter)};
    sum_rows(counter, &s);
    return s;
}

void ib_entropy_measure(const ib_counter *counter, ib_entropies *entropies)
{
    if (!entropies)
        return;
    *entropies = (ib_entropies){0};
    if (counter && counter->total)
        *entropies = ib_i_sums_entropies(sums_of(counter), counter->total);
}

static ib_entropies measure(const ib_counter *counter)
{
    ib_entropies all;
    ib_entropy_measure(counter, &all);
    return all;
}

double ib_entropy_rows(const ib_counter *counter)
{
    return measure(counter).rows;
}

double ib_entropy_labels(const ib_counter *counter)
{
    return measure(counter).labels;
}

double ib_entropy_joint(const ib_counter *counter)
{
    return measure(counter).joint;
}

double ib_entropy_rows_given_labels(const ib_counter *counter)
{
    return measure(counter).rows_given_labels;
}

double ib_entropy_labels_given_rows(const ib_counter *counter)
{
    return measure(counter).labels_given_rows;
}

double ib_entropy_mutual(const ib_counter *counter)
{
    return measure(counter).mutual;
}

double ib_entropy_log2(double x)
{
    return ib_i_log2(x);
}
