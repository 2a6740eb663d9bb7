#include "estimating.h"

#include "eigenvalues.h"

const char *estimating_name(uint32_t which)
{
    static const char *const names[ESTIMATOR_COUNT] = {"kde-upper", "kde-lower", "ksg1", "ksg2", "edge", "renyi"};
    return names[which];
}

static ib_status make_kde(const settings *asked, uint32_t bound, ib_context *context, ib_kde_options *options,
                          ib_estimator *made)
{
    ib_kde_options_init(options);
    options->bound = bound;
    options->variance = asked->own_kde_variance ? asked->kde_variance : 0;
    return ib_kde_estimator(context, options, made);
}

static ib_status make_knn(const settings *asked, uint32_t algorithm, ib_context *context, ib_knn_options *options,
                          ib_estimator *made)
{
    ib_knn_options_init(options);
    options->algorithm = algorithm;
    options->neighbours = asked->own_neighbours ? (uint32_t)asked->neighbours : 0;
    return ib_knn_estimator(context, options, made);
}

static ib_status make_edge(ib_context *context, ib_edge_options *options, ib_estimator *made)
{
    ib_edge_options_init(options);
    return ib_edge_estimator(context, options, made);
}

static ib_status make_renyi(const settings *asked, ib_context *context, ib_renyi_options *options, ib_estimator *made)
{
    ib_renyi_options_init(options);
    options->alpha = asked->own_renyi_alpha ? asked->renyi_alpha : 0;
    options->eigenvalues = eigenvalues_function();
    return ib_renyi_estimator(context, options, made);
}

ib_status estimating_make(const settings *asked, uint32_t which, ib_context *context, estimating *options,
                          ib_estimator *made)
{
    switch (which) {
    case ESTIMATOR_KDE_UPPER:
        return make_kde(asked, IB_KDE_UPPER, context, &options->kde, made);
    case ESTIMATOR_KDE_LOWER:
        return make_kde(asked, IB_KDE_LOWER, context, &options->kde, made);
    case ESTIMATOR_KSG1:
        return make_knn(asked, IB_KNN_KSG1, context, &options->knn, made);
    case ESTIMATOR_KSG2:
        return make_knn(asked, IB_KNN_KSG2, context, &options->knn, made);
    case ESTIMATOR_EDGE:
        return make_edge(context, &options->edge, made);
    default:
        return make_renyi(asked, context, &options->renyi, made);
    }
}
