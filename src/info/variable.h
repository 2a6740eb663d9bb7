/* The inside of a variable. */
#ifndef LIBIB_INFO_VARIABLE_H
#define LIBIB_INFO_VARIABLE_H

#include "info/join.h"

#include <libib/variable.h>

/* Rows of 1, 2, up to 4 and up to 8 bytes; of 2, 3, 4, 5 and of more words. Each kind that a variable meets has a table
 * of its own, so that layers of different widths can take turns in one variable. */
#define IB_I_ROW_KINDS 9

struct ib_variable {
    ib_context *context;
    size_t rows;
    size_t missing; /* of the rows */
    uint32_t distinct;
    uint32_t *ids;                     /* [rows] */
    uint32_t *next;                    /* where ids are made, so that a call that fails changes nothing */
    size_t capacity;                   /* rows that there is memory for in both */
    ib_i_table tables[IB_I_ROW_KINDS]; /* they number only: keys have no counts */
    ib_i_room keys;                    /* of a block of rows */
    ib_i_join join;
};

/* For tests: from now on only these bits of a tag count, so that different rows collide. */
void ib_i_variable_tag_mask(ib_variable *variable, uint32_t mask);

/* For tests: fails as if there were no more numbers than this. */
void ib_i_variable_limit(ib_variable *variable, size_t limit);

#endif
