/* What the library does with planes that others do not. */
#ifndef LIBIB_STUDY_PLANE_H
#define LIBIB_STUDY_PLANE_H

#include "base/context.h"

#include <libib/plane.h>

ib_context *ib_i_plane_context(const ib_plane *plane);

/* Each gets the points of the other; both are of one context. */
void ib_i_plane_swap(ib_plane *a, ib_plane *b);

#endif
