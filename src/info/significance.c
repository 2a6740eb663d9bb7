#include "info/resample.h"

#include <string.h>

void ib_significance_options_init(ib_significance_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

static ib_status numbers_of(ib_context *context, const ib_variable *x, const ib_variable *y, ib_i_ids *of_x,
                            ib_i_ids *of_y)
{
    if (!x || !y)
        return ib_i_fail_null(context, x ? "y" : "x");
    if (ib_variable_rows(x) != ib_variable_rows(y))
        return ib_i_fail(context, IB_ERR_SHAPE, "rows: expected as many of y as of x, %zu, got %zu",
                         ib_variable_rows(x), ib_variable_rows(y));
    *of_x = (ib_i_ids){ib_variable_ids(x), ib_variable_distinct(x)};
    *of_y = (ib_i_ids){ib_variable_ids(y), ib_variable_distinct(y)};
    return IB_OK;
}

ib_status ib_significance_permute(ib_context *context, const ib_variable *x, const ib_variable *y,
                                  const ib_significance_options *options, ib_permutation_result *result)
{
    if (!context)
        return IB_ERR_ARG;
    ib_i_ids of_x, of_y;
    IB_TRY(numbers_of(context, x, y, &of_x, &of_y));
    return ib_i_permute(context, &of_x, &of_y, ib_variable_rows(x), options, result);
}

ib_status ib_significance_bootstrap(ib_context *context, const ib_variable *x, const ib_variable *y,
                                    const ib_significance_options *options, ib_bootstrap_result *result)
{
    if (!context)
        return IB_ERR_ARG;
    ib_i_ids of_x, of_y;
    IB_TRY(numbers_of(context, x, y, &of_x, &of_y));
    return ib_i_bootstrap(context, &of_x, &of_y, ib_variable_rows(x), options, result);
}
