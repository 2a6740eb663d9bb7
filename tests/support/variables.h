/* Variables in one line, for tests. */
#ifndef LIBIB_TESTS_VARIABLES_H
#define LIBIB_TESTS_VARIABLES_H

#include "support.h"

#include <math.h>
#include <string.h>

/* An empty variable. */
static inline ib_variable *variable_empty(ib_context *context)
{
    ib_variable *variable = NULL;
    assert_ok(context, ib_variable_create(context, &variable));
    return variable;
}

/* Of labels[rows]. */
static inline ib_variable *variable_of(ib_context *context, const uint32_t *labels, size_t rows)
{
    ib_variable *variable = variable_empty(context);
    assert_ok(context, ib_variable_set_labels(variable, labels, rows));
    return variable;
}

/* Of codes[rows][columns]. */
static inline ib_variable *variable_of_codes(ib_context *context, uint32_t type, const void *data, size_t rows,
                                             size_t columns)
{
    ib_variable *variable = variable_empty(context);
    ib_codes codes;
    ib_codes_init(&codes, type, data, rows, columns);
    assert_ok(context, ib_variable_set_codes(variable, &codes));
    return variable;
}

/* Of several variables together. */
static inline ib_variable *variable_joint(ib_context *context, const ib_variable *const *parts, size_t count)
{
    ib_variable *variable = variable_empty(context);
    assert_ok(context, ib_variable_set_joint(variable, parts, count));
    return variable;
}

static inline ib_information *information_empty(ib_context *context)
{
    ib_information *information = NULL;
    assert_ok(context, ib_information_create(context, &information));
    return information;
}

/* Pointers to variables, as calls take them. */
#define LIST(...)                                                                                                      \
    (const ib_variable *const[])                                                                                       \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }

static inline double entropy(ib_information *i, const ib_variable *const *variables, size_t count)
{
    double bits = NAN;
    assert_int_equal(ib_information_entropy(i, variables, count, &bits), IB_OK);
    return bits;
}

static inline double entropy_given(ib_information *i, const ib_variable *x, const ib_variable *z)
{
    double bits = NAN;
    assert_int_equal(ib_information_entropy_given(i, x, z, &bits), IB_OK);
    return bits;
}

static inline double mutual(ib_information *i, const ib_variable *x, const ib_variable *y)
{
    double bits = NAN;
    assert_int_equal(ib_information_mutual(i, x, y, &bits), IB_OK);
    return bits;
}

static inline double mutual_given(ib_information *i, const ib_variable *x, const ib_variable *y, const ib_variable *z)
{
    double bits = NAN;
    assert_int_equal(ib_information_mutual_given(i, x, y, z, &bits), IB_OK);
    return bits;
}

static inline double normalised(ib_information *i, const ib_variable *x, const ib_variable *y, uint32_t by)
{
    double value = NAN;
    assert_int_equal(ib_information_normalised(i, x, y, by, &value), IB_OK);
    return value;
}

static inline double total_correlation(ib_information *i, const ib_variable *const *variables, size_t count)
{
    double bits = NAN;
    assert_int_equal(ib_information_total_correlation(i, variables, count, &bits), IB_OK);
    return bits;
}

static inline double interaction(ib_information *i, const ib_variable *const *variables, size_t count)
{
    double bits = NAN;
    assert_int_equal(ib_information_interaction(i, variables, count, &bits), IB_OK);
    return bits;
}

static inline void assert_same_bits(double a, double b)
{
    if (memcmp(&a, &b, sizeof a) != 0)
        print_error("%.17g and %.17g\n", a, b);
    assert_memory_equal(&a, &b, sizeof a);
}

#endif
