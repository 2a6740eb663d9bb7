#include <libib/version.h>

const char *ib_version_get(void)
{
    return IB_VERSION;
}

uint32_t ib_version_number(void)
{
    return IB_VERSION_MAJOR * 1000000u + IB_VERSION_MINOR * 1000u + IB_VERSION_PATCH;
}
