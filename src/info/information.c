#include "info/information.h"

#include "info/weights.h"

#include <math.h>
#include <string.h>

ib_status ib_information_create(ib_context *context, ib_information **out)
{
    if (out)
        *out = NULL;
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    ib_information *made = ib_i_object_create(context, sizeof *made);
    if (!made)
        return IB_ERR_NOMEM;
    made->context = context;
    ib_i_cells_init(&made->cells);
    *out = made;
    return ib_i_ok(context);
}

void ib_information_destroy(ib_information *information)
{
    if (!information)
        return;
    ib_context *context = information->context;
    for (size_t column = 0; column < IB_I_COLUMNS; column++)
        ib_i_room_free(context, &information->columns[column]);
    ib_i_room_free(context, &information->rows);
    ib_i_room_free(context, &information->picked);
    ib_i_cells_free(context, &information->cells);
    ib_i_free(context, information->masses);
    ib_i_object_destroy(context, information);
}

ib_status ib_information_set_weights(ib_information *information, const double *weights, size_t rows)
{
    if (!information)
        return IB_ERR_ARG;
    ib_context *context = information->context;
    if (!weights) {
        information->weighted = 0;
        return ib_i_ok(context);
    }
    IB_TRY(ib_i_weights_check(context, weights, rows));
    if (rows > information->weight_capacity || !information->masses) {
        uint64_t *masses = ib_i_alloc(context, rows, sizeof *masses);
        if (!masses)
            return ib_i_fail_memory(context);
        ib_i_free(context, information->masses);
        information->masses = masses;
        information->weight_capacity = rows;
    }
    information->weighted = 1;
    information->weight_rows = rows;
    information->total = ib_i_weights_masses(weights, rows, information->masses);
    information->weightless = 0;
    for (size_t i = 0; i < rows; i++)
        information->weightless += information->masses[i] == 0;
    return ib_i_ok(context);
}

static ib_status check_variables(const ib_information *information, const ib_variable *const *variables, size_t count)
{
    ib_context *context = information->context;
    for (size_t v = 0; v < count; v++)
        if (!variables[v])
            return ib_i_fail(context, IB_ERR_ARG, "variable %zu of %zu is NULL", v + 1, count);
    const size_t rows = variables[0]->rows;
    for (size_t v = 1; v < count; v++)
        if (variables[v]->rows != rows)
            return ib_i_fail(context, IB_ERR_SHAPE, "variable %zu of %zu: expected %zu rows, got %zu", v + 1, count,
                             rows, variables[v]->rows);
    if (information->weighted && information->weight_rows != rows)
        return ib_i_fail(context, IB_ERR_SHAPE, "rows: expected %zu, one for each weight, got %zu",
                         information->weight_rows, rows);
    return IB_OK;
}

ib_status ib_i_information_check(const ib_information *information, const ib_variable *const *variables, size_t count)
{
    if (!variables)
        return ib_i_fail_null(information->context, "variables");
    if (count == 0)
        return ib_i_fail(information->context, IB_ERR_ARG, "variables: expected at least one, got 0");
    return IB_OK;
}

static int takes_part(const ib_information *information, const ib_variable *const *variables, size_t count, size_t row)
{
    int part = !information->weighted || information->masses[row] > 0;
    for (size_t v = 0; v < count; v++)
        part &= variables[v]->ids[row] != IB_NO_ID;
    return part;
}

static ib_status pick(ib_information *information, const ib_variable *const *variables, size_t count, ib_i_cases *cases)
{
    const size_t n = variables[0]->rows;
    size_t *rows = ib_i_room_reserve(information->context, &information->rows, n, sizeof *rows), picked = 0;
    if (!rows)
        return IB_ERR_NOMEM;
    for (size_t row = 0; row < n; row++) {
        rows[picked] = row;
        picked += (size_t)takes_part(information, variables, count, row);
    }
    *cases = (ib_i_cases){.n = picked, .total = picked, .rows = rows};
    if (!information->weighted)
        return IB_OK;
    uint64_t *masses = ib_i_room_reserve(information->context, &information->picked, n, sizeof *masses);
    if (!masses)
        return IB_ERR_NOMEM;
    cases->masses = masses;
    cases->total = 0;
    for (size_t i = 0; i < picked; i++)
        cases->total += masses[i] = information->masses[rows[i]];
    return IB_OK;
}

ib_status ib_i_information_choose(ib_information *information, const ib_variable *const *variables, size_t count,
                                  ib_i_cases *cases)
{
    IB_TRY(check_variables(information, variables, count));
    size_t missing = information->weighted ? information->weightless : 0;
    for (size_t v = 0; v < count; v++)
        missing |= variables[v]->missing;
    if (missing)
        return pick(information, variables, count, cases);
    const size_t n = variables[0]->rows;
    *cases = (ib_i_cases){.n = n, .total = n};
    if (information->weighted) {
        cases->masses = information->masses;
        cases->total = information->total;
    }
    return IB_OK;
}

ib_status ib_i_information_column(ib_information *information, size_t column, const ib_variable *variable,
                                  const ib_i_cases *cases, ib_i_ids *ids)
{
    *ids = (ib_i_ids){variable->ids, variable->distinct};
    if (!cases->rows)
        return IB_OK;
    uint32_t *picked = ib_i_room_reserve(information->context, &information->columns[column], cases->n, sizeof *picked);
    if (!picked)
        return IB_ERR_NOMEM;
    for (size_t i = 0; i < cases->n; i++)
        picked[i] = variable->ids[cases->rows[i]];
    ids->of = picked;
    return IB_OK;
}

ib_status ib_i_information_join(ib_information *information, size_t column, ib_i_ids a, ib_i_ids b,
                                const ib_i_cases *cases, ib_i_ids *joint)
{
    uint32_t *ids = ib_i_room_reserve(information->context, &information->columns[column], cases->n, sizeof *ids);
    if (!ids)
        return IB_ERR_NOMEM;
    joint->of = ids;
    return ib_i_join_number(information->context, &information->cells.join, a, b, cases->n, ids, &joint->distinct);
}

ib_status ib_i_information_join_all(ib_information *information, const ib_variable *const *variables, size_t count,
                                    const ib_i_cases *cases, ib_i_ids *joint)
{
    ib_i_ids one;
    IB_TRY(ib_i_information_column(information, 0, variables[0], cases, joint));
    for (size_t v = 1; v < count; v++) {
        IB_TRY(ib_i_information_column(information, 1, variables[v], cases, &one));
        IB_TRY(ib_i_information_join(information, 2, *joint, one, cases, joint));
    }
    return IB_OK;
}

static ib_status measure(ib_information *information, const ib_variable *x, const ib_variable *y,
                         ib_entropies *entropies)
{
    ib_i_cases cases;
    ib_i_ids of_x, of_y;
    ib_i_sums sums;
    IB_TRY(ib_i_information_choose(information, (const ib_variable *const[]){x, y}, 2, &cases));
    *entropies = (ib_entropies){0};
    if (cases.total == 0)
        return IB_OK;
    IB_TRY(ib_i_information_column(information, 0, x, &cases, &of_x));
    IB_TRY(ib_i_information_column(information, 1, y, &cases, &of_y));
    IB_TRY(ib_i_cells_sums(information->context, &information->cells, of_x, of_y, &cases, &sums));
    *entropies = ib_i_sums_entropies(sums, cases.total);
    return IB_OK;
}

ib_status ib_information_measure(ib_information *information, const ib_variable *x, const ib_variable *y,
                                 ib_entropies *entropies)
{
    if (!information)
        return IB_ERR_ARG;
    if (!entropies)
        return ib_i_fail_null(information->context, "entropies");
    ib_entropies all;
    IB_TRY(measure(information, x, y, &all));
    *entropies = all;
    return ib_i_ok(information->context);
}

ib_status ib_information_entropy_given(ib_information *information, const ib_variable *x, const ib_variable *z,
                                       double *bits)
{
    if (!information)
        return IB_ERR_ARG;
    if (!bits)
        return ib_i_fail_null(information->context, "bits");
    ib_entropies all;
    IB_TRY(measure(information, x, z, &all));
    *bits = all.rows_given_labels;
    return ib_i_ok(information->context);
}

ib_status ib_information_mutual(ib_information *information, const ib_variable *x, const ib_variable *y, double *bits)
{
    if (!information)
        return IB_ERR_ARG;
    if (!bits)
        return ib_i_fail_null(information->context, "bits");
    ib_entropies all;
    IB_TRY(measure(information, x, y, &all));
    *bits = all.mutual;
    return ib_i_ok(information->context);
}

/* Settles the sums of a variable and z, as the function for H(X|Z) does: by how much the joint one has risen. */
static ib_i_wide settle(ib_i_sums *sums)
{
    const ib_i_wide before = sums->joint;
    ib_i_sums_settle(sums);
    return sums->joint > before ? sums->joint - before : 0;
}

/* What is given makes as many small data sets of one. Of the terms of each, sum n log2 n stands where that of all rows
 * was, so that the same inequalities hold and the same difference is the information. All terms rise together, so that
 * X says as much of itself as H(X|Z). */
static ib_status sums_given(ib_information *information, ib_i_ids x, ib_i_ids y, ib_i_ids z, const ib_i_cases *cases,
                            ib_i_sums *given)
{
    ib_context *context = information->context;
    ib_i_cells *cells = &information->cells;
    ib_i_ids xz;
    ib_i_sums of_x, of_y, of_xy;
    IB_TRY(ib_i_cells_sums(context, cells, y, z, cases, &of_y));
    of_x = of_y;
    IB_TRY(ib_i_cells_sum(context, cells, x, cases, &of_x.rows));
    IB_TRY(ib_i_information_join(information, 3, x, z, cases, &xz));
    IB_TRY(ib_i_cells_sums(context, cells, xz, y, cases, &of_xy));
    of_x.joint = of_xy.rows;
    const ib_i_wide x_rise = settle(&of_x), y_rise = settle(&of_y);
    *given = (ib_i_sums){.all = of_y.labels,
                         .rows = of_x.joint,
                         .labels = of_y.joint,
                         .joint = of_xy.joint + (x_rise > y_rise ? x_rise : y_rise)};
    return IB_OK;
}

ib_status ib_information_mutual_given(ib_information *information, const ib_variable *x, const ib_variable *y,
                                      const ib_variable *z, double *bits)
{
    if (!information)
        return IB_ERR_ARG;
    if (!bits)
        return ib_i_fail_null(information->context, "bits");
    const ib_variable *const variables[] = {x, y, z};
    ib_i_cases cases;
    ib_i_ids ids[3];
    IB_TRY(ib_i_information_choose(information, variables, 3, &cases));
    double value = 0;
    if (cases.total > 0) {
        ib_i_sums given;
        for (size_t v = 0; v < 3; v++)
            IB_TRY(ib_i_information_column(information, v, variables[v], &cases, &ids[v]));
        const size_t few = ids[0].distinct > ids[1].distinct; /* x and y may change places: fewer pairs join sooner */
        IB_TRY(sums_given(information, ids[few], ids[1 - few], ids[2], &cases, &given));
        value = ib_i_sums_entropies(given, cases.total).mutual;
    }
    *bits = value;
    return ib_i_ok(information->context);
}

static double denominator(const ib_entropies *e, uint32_t by)
{
    switch (by) {
    case IB_NORMALISED_MIN:
        return e->rows < e->labels ? e->rows : e->labels;
    case IB_NORMALISED_MAX:
        return e->rows > e->labels ? e->rows : e->labels;
    case IB_NORMALISED_MEAN:
        return (e->rows + e->labels) / 2;
    case IB_NORMALISED_GEOMETRIC:
        return sqrt(e->rows * e->labels);
    case IB_NORMALISED_JOINT:
        return e->joint;
    case IB_NORMALISED_FIRST:
        return e->rows;
    default:
        return e->labels;
    }
}

ib_status ib_information_normalised(ib_information *information, const ib_variable *x, const ib_variable *y,
                                    uint32_t by, double *value)
{
    if (!information)
        return IB_ERR_ARG;
    if (!value)
        return ib_i_fail_null(information->context, "value");
    if (by > IB_NORMALISED_SECOND)
        return ib_i_fail(information->context, IB_ERR_ARG, "by: expected 0 to 6, got %u", (unsigned)by);
    ib_entropies all;
    IB_TRY(measure(information, x, y, &all));
    const double below = denominator(&all, by), ratio = below > 0 ? all.mutual / below : 0;
    *value = ratio < 1 ? ratio : 1;
    return ib_i_ok(information->context);
}
