/* Variables of labels, and a permutation test of two of them. */
#ifndef LIBIB_TESTS_PERMUTE_H
#define LIBIB_TESTS_PERMUTE_H

#include "support.h"

#include <stdlib.h>

static ib_variable *variable_of(ib_context *context, const uint32_t *labels, size_t rows)
{
    ib_variable *variable = NULL;
    assert_ok(context, ib_variable_create(context, &variable));
    assert_ok(context, ib_variable_set_labels(variable, labels, rows));
    return variable;
}

static ib_significance_options options_of(uint64_t resamples, uint64_t seed, uint32_t threads)
{
    ib_significance_options options;
    ib_significance_options_init(&options);
    options.resamples = resamples;
    options.seed = seed;
    options.threads = threads;
    return options;
}

static inline ib_permutation_result permute(const uint32_t *x, const uint32_t *y, size_t rows, uint64_t resamples,
                                            uint64_t seed, uint32_t threads)
{
    ib_context *context = test_context(NULL);
    ib_variable *of_x = variable_of(context, x, rows), *of_y = variable_of(context, y, rows);
    const ib_significance_options options = options_of(resamples, seed, threads);
    ib_permutation_result result = {.struct_size = sizeof result};
    assert_ok(context, ib_significance_permute(context, of_x, of_y, &options, &result));
    assert_int_equal(result.permutations, resamples);
    assert_true(result.p == (double)(result.at_least + 1) / (double)(resamples + 1));
    ib_variable_destroy(of_x);
    ib_variable_destroy(of_y);
    ib_context_destroy(context);
    return result;
}

/* How often, where not all is wanted. */
static inline uint64_t quick(uint64_t many, uint64_t few)
{
    return getenv("LIBIB_TEST_QUICK") ? few : many;
}

#endif
