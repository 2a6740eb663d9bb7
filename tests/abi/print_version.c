/* Prints the version of the shared library, for version.sh. Fails if its number says another one. */
#include <libib/version.h>

#include <stdio.h>

int main(void)
{
    puts(ib_version_get());
    return ib_version_number() != IB_VERSION_MAJOR * 1000000 + IB_VERSION_MINOR * 1000 + IB_VERSION_PATCH;
}
