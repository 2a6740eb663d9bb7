/* A context and its children, which live on other threads: what they share, and take turns at. */
#ifndef LIBIB_BASE_FAMILY_H
#define LIBIB_BASE_FAMILY_H

#include <libib/context.h>

typedef struct ib_i_family ib_i_family;

/* Makes a context the first of a family. */
ib_status ib_i_family_create(ib_context *first);

/* One member more. Takes NULL, as all below: a context without a family. */
void ib_i_family_join(ib_i_family *family);

/* One member fewer: a context, without which the family can be. The last one frees it. */
void ib_i_family_leave(ib_context *member);

/* Between these two no other thread of the family is. A thread that has its turn may begin another, so that a log which
 * calls something that logs does not wait for itself. */
void ib_i_family_begin_turn(ib_i_family *family);
void ib_i_family_end_turn(ib_i_family *family);

#endif
