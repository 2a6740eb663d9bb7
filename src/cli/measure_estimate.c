/* ib measure: estimates beside exact values. */
#include "measure_rows.h"
#include "say.h"

#include <math.h>

int measure_correct(const measure_asked *asked, ib_context *context, const ib_profile *rows, const ib_profile *labels,
                    const ib_profile *joint, measured *found)
{
    for (size_t i = 0; i < asked->n_estimators; i++) {
        const uint32_t kind = asked->list[i].kind;
        measure_estimate *e = &found->estimates[i];
        if (kind >= IB_ENTROPY_COUNT)
            continue;
        if (ib_profile_entropy(rows, kind, 0, &e->h_t) || ib_profile_entropy(labels, kind, 0, &e->h_y) ||
            ib_profile_entropy(joint, kind, 0, &e->h_ty))
            return measure_complain(context, found->name);
        e->i_ty = e->h_t + e->h_y - e->h_ty;
    }
    return 0;
}

static int take_kde(const measure_all *all, ib_context *context, const measure_estimator *one, measure_estimate *said)
{
    ib_kde_options options;
    ib_estimate estimate = {.struct_size = sizeof estimate};
    ib_kde_options_init(&options);
    options.bound = one->kind == MEASURE_KDE_LOWER ? IB_KDE_LOWER : IB_KDE_UPPER;
    options.variance = one->parameter;
    if (ib_kde_measure(context, all->values, all->classes ? all->labels : NULL, all->classes, &options, &estimate))
        return -1;
    said->i_xt = estimate.i_xt;
    said->i_ty = estimate.i_ty;
    return 0;
}

static int take_neighbours(const measure_all *all, ib_context *context, const measure_estimator *one,
                           measure_estimate *said)
{
    ib_knn_options options;
    ib_knn_options_init(&options);
    options.algorithm = one->kind == MEASURE_KSG2 ? IB_KNN_KSG2 : IB_KNN_KSG1;
    options.neighbours = (uint32_t)one->parameter;
    return one->kind == MEASURE_ROSS
               ? ib_knn_mutual_labels(context, all->values, all->labels, all->classes, &options, &said->i_ty)
               : ib_knn_mutual(context, all->inputs, all->values, &options, &said->i_xt);
}

static int take_edge(const measure_all *all, ib_context *context, const measure_estimator *one, measure_estimate *said)
{
    ib_edge_options options;
    ib_edge_options_init(&options);
    options.width = one->parameter;
    options.seed = all->asked->seed;
    return (all->inputs && ib_edge_mutual(context, all->inputs, all->values, &options, &said->i_xt)) ||
           (all->classes &&
            ib_edge_mutual_labels(context, all->values, all->labels, all->classes, &options, &said->i_ty));
}

static int take_renyi(const measure_all *all, ib_context *context, const measure_estimator *one, measure_estimate *said)
{
    ib_renyi_options options;
    ib_renyi_options_init(&options);
    options.width = one->parameter;
    return (all->inputs && ib_renyi_mutual(context, all->inputs, all->values, &options, &said->i_xt)) ||
           (all->classes &&
            ib_renyi_mutual_labels(context, all->values, all->labels, all->classes, &options, &said->i_ty));
}

static int take(const measure_all *all, ib_context *context, const measure_estimator *one, measure_estimate *said)
{
    switch (one->kind) {
    case MEASURE_KDE_UPPER:
    case MEASURE_KDE_LOWER:
        return take_kde(all, context, one, said);
    case MEASURE_EDGE:
        return take_edge(all, context, one, said);
    case MEASURE_RENYI:
        return take_renyi(all, context, one, said);
    default:
        return take_neighbours(all, context, one, said);
    }
}

int measure_estimate_all(const measure_all *all, ib_context *context, measured *found)
{
    for (size_t i = 0; i < all->asked->n_estimators; i++) {
        const measure_estimator *one = &all->asked->list[i];
        measure_estimate *said = &found->estimates[i];
        if (one->kind < IB_ENTROPY_COUNT)
            continue;
        said->i_xt = said->i_ty = (double)NAN;
        if (take(all, context, one, said)) {
            say("%s: %s: %s", found->name, one->text, ib_context_message(context));
            return -1;
        }
    }
    return 0;
}
