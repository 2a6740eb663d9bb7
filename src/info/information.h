/* The inside of what measures variables. */
#ifndef LIBIB_INFO_INFORMATION_H
#define LIBIB_INFO_INFORMATION_H

#include "info/cells.h"
#include "info/variable.h"

#include <libib/information.h>

/* Most variables of an interaction. */
#define IB_I_INTERACTION 16

/* Numbers of the rows at hand that are kept: of as many variables, and of as many joints of them. */
#define IB_I_COLUMNS (2 * IB_I_INTERACTION)

struct ib_information {
    ib_context *context;
    int weighted;
    uint64_t *masses;       /* [weight_rows] */
    size_t weight_capacity; /* masses that there is memory for */
    size_t weight_rows;
    uint64_t total;    /* of the masses */
    size_t weightless; /* how many masses are 0 */
    ib_i_room rows;    /* which rows take part, */
    ib_i_room picked;  /* and their masses, where not all do */
    ib_i_room columns[IB_I_COLUMNS];
    ib_i_cells cells;
};

/* Whether there is a list of variables, with one at least. */
ib_status ib_i_information_check(const ib_information *information, const ib_variable *const *variables, size_t count);

/* The rows of which no variable is missing and whose mass is not 0. Fails unless all variables are there and have as
 * many rows, and as many as there are weights. */
ib_status ib_i_information_choose(ib_information *information, const ib_variable *const *variables, size_t count,
                                  ib_i_cases *cases);

/* Numbers of the rows chosen; they last until the column is used again. */
ib_status ib_i_information_column(ib_information *information, size_t column, const ib_variable *variable,
                                  const ib_i_cases *cases, ib_i_ids *ids);

/* Numbers of pairs, in a column. */
ib_status ib_i_information_join(ib_information *information, size_t column, ib_i_ids a, ib_i_ids b,
                                const ib_i_cases *cases, ib_i_ids *joint);

/* Numbers of all variables together; takes the first three columns. */
ib_status ib_i_information_join_all(ib_information *information, const ib_variable *const *variables, size_t count,
                                    const ib_i_cases *cases, ib_i_ids *joint);

#endif
