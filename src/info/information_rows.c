/* What single rows have to say, and what is counted of them. */
#include "info/information.h"

#include "base/logarithm.h"
#include "info/profile.h"

#include <math.h>

/* Of each row: the masses of its x, its y and its pair. */
typedef struct masses {
    ib_i_ids ids[3];
    const uint64_t *of[3];
} masses;

static ib_status find_masses(ib_information *information, const ib_variable *x, const ib_variable *y,
                             const ib_i_cases *cases, masses *m)
{
    IB_TRY(ib_i_information_column(information, 0, x, cases, &m->ids[0]));
    IB_TRY(ib_i_information_column(information, 1, y, cases, &m->ids[1]));
    IB_TRY(ib_i_information_join(information, 2, m->ids[0], m->ids[1], cases, &m->ids[2]));
    for (size_t which = 0; which < 3; which++) {
        m->of[which] = ib_i_cells_masses(information->context, &information->cells, which, m->ids[which], cases);
        if (!m->of[which])
            return IB_ERR_NOMEM;
    }
    return IB_OK;
}

/* Both products are exact; what is rounded is each of them, once, their quotient, and its logarithm. */
static double pointwise(const masses *m, size_t i, uint64_t total)
{
    const ib_i_wide x = m->of[0][m->ids[0].of[i]], y = m->of[1][m->ids[1].of[i]], both = m->of[2][m->ids[2].of[i]];
    return ib_i_log2((double)(both * total) / (double)(x * y));
}

static void forget(double *bits, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bits[i] = NAN;
}

ib_status ib_information_pointwise(ib_information *information, const ib_variable *x, const ib_variable *y,
                                   double *bits)
{
    if (!information)
        return IB_ERR_ARG;
    ib_i_cases cases;
    masses m;
    IB_TRY(ib_i_information_choose(information, (const ib_variable *const[]){x, y}, 2, &cases));
    if (x->rows == 0)
        return ib_i_ok(information->context);
    if (!bits)
        return ib_i_fail_null(information->context, "bits");
    if (cases.total == 0) {
        forget(bits, x->rows);
        return ib_i_ok(information->context);
    }
    IB_TRY(find_masses(information, x, y, &cases, &m));
    if (cases.rows)
        forget(bits, x->rows);
    for (size_t i = 0; i < cases.n; i++)
        bits[cases.rows ? cases.rows[i] : i] = pointwise(&m, i, cases.total);
    return ib_i_ok(information->context);
}

ib_status ib_information_profile(ib_information *information, const ib_variable *const *variables, size_t count,
                                 ib_profile *profile)
{
    if (!information)
        return IB_ERR_ARG;
    ib_context *context = information->context;
    if (!profile)
        return ib_i_fail_null(context, "profile");
    if (information->weighted)
        return ib_i_fail(context, IB_ERR_STATE, "a profile is of counts: expected no weights to be set");
    ib_i_cases cases;
    ib_i_ids joint = {0};
    IB_TRY(ib_i_information_check(information, variables, count));
    IB_TRY(ib_i_information_choose(information, variables, count, &cases));
    if (cases.n > 0) {
        IB_TRY(ib_i_information_join_all(information, variables, count, &cases, &joint));
        const uint64_t *counts = ib_i_cells_masses(context, &information->cells, 0, joint, &cases);
        if (!counts)
            return IB_ERR_NOMEM;
        IB_TRY(ib_i_profile_add_counts(profile, counts, joint.distinct, cases.total));
    }
    return ib_i_ok(context);
}
