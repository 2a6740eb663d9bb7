#include <libib/status.h>

const char *ib_status_name(ib_status status)
{
#define NAME(value)                                                                                                    \
    case value:                                                                                                        \
        return #value
    switch (status) {
        NAME(IB_OK);
        NAME(IB_STOPPED);
        NAME(IB_ERR_ARG);
        NAME(IB_ERR_SHAPE);
        NAME(IB_ERR_STATE);
        NAME(IB_ERR_NOMEM);
        NAME(IB_ERR_OVERFLOW);
        NAME(IB_ERR_RANGE);
        NAME(IB_ERR_NONFINITE);
        NAME(IB_ERR_CALLBACK);
        NAME(IB_ERR_IO);
        NAME(IB_ERR_UNSUPPORTED);
        NAME(IB_ERR_INTERNAL);
    default:
        return "unknown status";
    }
#undef NAME
}
