/* What ib measure found, as a table. */
#include "measure.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Width of a name, and of a value with its digits behind the point. */
#define NAMES 16
#define CELLS 18
#define DIGITS 12

static void print_sample(const measured *m)
{
    printf("%s: %" PRIu64 " rows of %zu column%s, %" PRIu64 " different, %" PRIu64 " of them once\n", m->name,
           m->rows.n, m->columns, m->columns == 1 ? "" : "s", m->rows.distinct, m->rows.singletons);
    printf("%.6g rows for each different one; coverage %.6g", m->rows.per_distinct, m->rows.coverage);
    if (m->has_labels)
        printf("; %" PRIu64 " different labels", m->labels.distinct);
    if (m->dropped)
        printf("; %" PRIu64 " rows with missing values left out", m->dropped);
    printf("\n\n");
}

static void print_value(const char *name, double bits)
{
    printf("%-*s%*.*f\n", NAMES, name, CELLS, DIGITS, bits);
}

static void print_exact(const measure_asked *a, const measured *m)
{
    printf("%-*s%*s\n", NAMES, "", CELLS, "bits");
    print_value("H(T)", m->exact.rows);
    if (!m->has_labels)
        return;
    print_value("H(Y)", m->exact.labels);
    print_value("H(T,Y)", m->exact.joint);
    print_value("H(T|Y)", m->exact.rows_given_labels);
    print_value("H(Y|T)", m->exact.labels_given_rows);
    print_value("I(T;Y)", m->exact.mutual);
    if (a->given)
        print_value("I(T;Y|Z)", m->given);
}

/* A value, or nothing if there is none. */
static void print_cell(double bits)
{
    if (isnan(bits))
        printf("%*s", CELLS, "");
    else
        printf("%*.*f", CELLS, DIGITS, bits);
}

static void print_head(const char *const names[], size_t n)
{
    printf("\n%-*s", NAMES, "estimate");
    for (size_t i = 0; i < n; i++)
        printf("%*s", CELLS, names[i]);
    putchar('\n');
}

static void print_corrections(const measure_asked *a, const measured *m)
{
    static const char *const names[] = {"H(T)", "H(Y)", "H(T,Y)", "I(T;Y)"};
    print_head(names, m->has_labels ? 4 : 1);
    for (size_t i = 0; i < a->n_estimators; i++) {
        const measure_estimate *e = &m->estimates[i];
        const double values[] = {e->h_t, e->h_y, e->h_ty, e->i_ty};
        if (a->list[i].kind >= IB_ENTROPY_COUNT)
            continue;
        printf("%-*s", NAMES, a->list[i].text);
        for (size_t v = 0; v < (m->has_labels ? 4 : 1); v++)
            print_cell(values[v]);
        putchar('\n');
    }
}

static void print_estimates(const measure_asked *a, const measured *m)
{
    static const char *const names[] = {"I(X;T)", "I(T;Y)"};
    print_head(names, 2);
    for (size_t i = 0; i < a->n_estimators; i++) {
        if (a->list[i].kind < IB_ENTROPY_COUNT)
            continue;
        printf("%-*s", NAMES, a->list[i].text);
        print_cell(m->estimates[i].i_xt);
        print_cell(m->estimates[i].i_ty);
        putchar('\n');
    }
}

static void print_resampled(const measure_asked *a, const measured *m)
{
    const ib_permutation_result *p = &m->permutation;
    const ib_bootstrap_result *b = &m->bootstrap;
    if (a->permutations)
        printf("\nI(T;Y) by chance: %.*f on average, standard deviation %.*f, at most %.*f\n"
               "p = %.6g: %" PRIu64 " of %" PRIu64 " orders of the labels came to as much as was measured\n",
               DIGITS, p->null_mean, DIGITS, p->null_sd, DIGITS, p->null_max, p->p, p->at_least, p->permutations);
    if (a->bootstrap)
        printf("\nI(T;Y) in %" PRIu64 " resamples: 95%% from %.*f to %.*f\n"
               "mean %.*f, standard deviation %.*f, bias %.*f\n",
               b->resamples, DIGITS, b->low, DIGITS, b->high, DIGITS, b->mean, DIGITS, b->sd, DIGITS, b->bias);
}

void measure_print(const measure_asked *asked, const measured *found)
{
    print_sample(found);
    print_exact(asked, found);
    if (asked->n_corrections)
        print_corrections(asked, found);
    if (asked->n_estimators > asked->n_corrections)
        print_estimates(asked, found);
    print_resampled(asked, found);
}
