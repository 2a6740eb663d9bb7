/* Measures of any number of variables. */
#include "info/information.h"

__extension__ typedef __int128 signed_wide;

/* A sum of sums, which may have more bits than one of them: high 2^64 + low. */
typedef struct tally {
    signed_wide high, low;
} tally;

static void add(tally *t, ib_i_wide sum, int sign)
{
    t->high += sign * (signed_wide)(sum >> 64);
    t->low += sign * (signed_wide)(uint64_t)sum;
}

/* The same number with low from 0 to 2^64 - 1. */
static tally settled(tally t)
{
    const signed_wide low = (uint64_t)t.low;
    return (tally){t.high + (t.low - low) / ((signed_wide)1 << 64), low};
}

static int is_negative(tally t)
{
    return settled(t).high < 0;
}

/* t / n in bits, as ib_i_term_bits() has it, but for more bits, and signed. */
static double bits_of(tally t, uint64_t n)
{
    const int negative = is_negative(t);
    t = settled(negative ? (tally){-t.high, -t.low} : t);
    const ib_i_wide high = (ib_i_wide)t.high, rest = high % n << 64 | (ib_i_wide)t.low;
    const double value = (double)(uint64_t)(high / n) * 0x1p12 + ib_i_term_bits(rest, n);
    return negative ? -value : value;
}

/* What all variables have to say together and one by one. */
typedef struct sums {
    uint64_t n; /* 0: nothing */
    ib_i_wide all, joint;
    tally correlation; /* n times the total correlation */
} sums;

/* In theory the joint is no less certain than any of the variables, and than all of them were they independent. */
static void settle(sums *s, ib_i_wide least_of_one)
{
    s->joint = ib_i_least(s->joint, least_of_one);
    add(&s->correlation, s->joint, 1);
    if (!is_negative(s->correlation))
        return;
    const tally missing = settled((tally){-s->correlation.high, -s->correlation.low});
    s->joint += (ib_i_wide)missing.high << 64 | (ib_i_wide)missing.low;
    s->correlation = (tally){0};
}

/* Adds what the variables have to say one by one; receives the least sum of one. */
static ib_status sum_each(ib_information *information, const ib_variable *const *variables, size_t count,
                          const ib_i_cases *cases, sums *s, ib_i_wide *least_of_one)
{
    *least_of_one = s->all;
    for (size_t v = 0; v < count; v++) {
        ib_i_ids ids;
        ib_i_wide one;
        IB_TRY(ib_i_information_column(information, 0, variables[v], cases, &ids));
        IB_TRY(ib_i_cells_sum(information->context, &information->cells, ids, cases, &one));
        one = ib_i_least(one, s->all);
        *least_of_one = ib_i_least(*least_of_one, one);
        add(&s->correlation, one, -1);
        if (v > 0)
            add(&s->correlation, s->all, 1);
    }
    return IB_OK;
}

static ib_status sum_up(ib_information *information, const ib_variable *const *variables, size_t count, sums *s)
{
    ib_i_cases cases;
    ib_i_ids joint;
    ib_i_wide least_of_one;
    *s = (sums){0};
    IB_TRY(ib_i_information_check(information, variables, count));
    IB_TRY(ib_i_information_choose(information, variables, count, &cases));
    if (cases.total == 0)
        return IB_OK;
    s->n = cases.total;
    s->all = ib_i_term(cases.total);
    IB_TRY(sum_each(information, variables, count, &cases, s, &least_of_one));
    IB_TRY(ib_i_information_join_all(information, variables, count, &cases, &joint));
    IB_TRY(ib_i_cells_sum(information->context, &information->cells, joint, &cases, &s->joint));
    settle(s, least_of_one);
    return IB_OK;
}

ib_status ib_information_entropy(ib_information *information, const ib_variable *const *variables, size_t count,
                                 double *bits)
{
    if (!information)
        return IB_ERR_ARG;
    if (!bits)
        return ib_i_fail_null(information->context, "bits");
    sums s;
    IB_TRY(sum_up(information, variables, count, &s));
    *bits = s.n ? ib_i_term_bits(s.all - s.joint, s.n) : 0;
    return ib_i_ok(information->context);
}

ib_status ib_information_total_correlation(ib_information *information, const ib_variable *const *variables,
                                           size_t count, double *bits)
{
    if (!information)
        return IB_ERR_ARG;
    if (!bits)
        return ib_i_fail_null(information->context, "bits");
    sums s;
    IB_TRY(sum_up(information, variables, count, &s));
    *bits = s.n ? bits_of(s.correlation, s.n) : 0;
    return ib_i_ok(information->context);
}

/* A walk over all sets of variables, each a step from one that was there before: it has one variable more. */
typedef struct walk {
    size_t next[IB_I_INTERACTION]; /* by size of the set at hand: the variable that it is tried with next */
    ib_i_ids joint[IB_I_INTERACTION];
    ib_i_ids variables[IB_I_INTERACTION];
} walk;

/* Adds the sum of the set of the first `size` and its next variable, with its sign. */
static ib_status add_set(ib_information *information, const ib_i_cases *cases, walk *w, size_t size, tally *t)
{
    const ib_i_ids ids = w->variables[w->next[size]++];
    ib_i_wide sum;
    if (size == 0)
        w->joint[0] = ids;
    else
        IB_TRY(ib_i_information_join(information, IB_I_INTERACTION + size, w->joint[size - 1], ids, cases,
                                     &w->joint[size]));
    IB_TRY(ib_i_cells_sum(information->context, &information->cells, w->joint[size], cases, &sum));
    add(t, sum, size % 2 ? 1 : -1);
    return IB_OK;
}

static ib_status add_sets(ib_information *information, const ib_i_cases *cases, walk *w, size_t count, tally *t)
{
    size_t size = 0;
    for (;;) {
        if (w->next[size] < count) {
            IB_TRY(add_set(information, cases, w, size, t));
            if (w->next[size] < count) {
                w->next[size + 1] = w->next[size];
                size++;
            }
        } else if (size-- == 0) {
            return IB_OK;
        }
    }
}

/* With H(S) = (all - sum of S) / n: of all sets but the empty one, those of an odd size are one more. */
static ib_status interact(ib_information *information, const ib_variable *const *variables, size_t count, double *bits)
{
    ib_i_cases cases;
    IB_TRY(ib_i_information_choose(information, variables, count, &cases));
    *bits = 0;
    if (cases.total == 0)
        return IB_OK;
    walk w = {0};
    tally t = {0};
    for (size_t v = 0; v < count; v++)
        IB_TRY(ib_i_information_column(information, v, variables[v], &cases, &w.variables[v]));
    add(&t, ib_i_term(cases.total), 1);
    IB_TRY(add_sets(information, &cases, &w, count, &t));
    *bits = bits_of(t, cases.total);
    return IB_OK;
}

ib_status ib_information_interaction(ib_information *information, const ib_variable *const *variables, size_t count,
                                     double *bits)
{
    if (!information)
        return IB_ERR_ARG;
    if (!bits)
        return ib_i_fail_null(information->context, "bits");
    IB_TRY(ib_i_information_check(information, variables, count));
    if (count > IB_I_INTERACTION)
        return ib_i_fail(information->context, IB_ERR_ARG, "variables: expected at most %d, got %zu", IB_I_INTERACTION,
                         count);
    if (count == 1)
        return ib_information_entropy(information, variables, count, bits);
    if (count == 2)
        return ib_information_mutual(information, variables[0], variables[1], bits);
    double value;
    IB_TRY(interact(information, variables, count, &value));
    *bits = value;
    return ib_i_ok(information->context);
}
