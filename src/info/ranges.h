/* The inside of ranges. */
#ifndef LIBIB_INFO_RANGES_H
#define LIBIB_INFO_RANGES_H

#include "base/context.h"

#include <libib/ranges.h>

/* Nothing seen: min > max, so that the first value widens it both ways. */
typedef struct ib_i_span {
    float min, max;
} ib_i_span;

struct ib_ranges {
    ib_context *context;
    size_t layers;
    ib_i_span *spans; /* [layers] */
    ib_i_span *fresh; /* [layers]: of the pass that is being added */
};

static inline int ib_i_span_seen(ib_i_span span)
{
    return span.min <= span.max;
}

/* The span of all layers; nothing seen unless each has. */
ib_i_span ib_i_spans_join(const ib_i_span *spans, size_t layers);

#endif
