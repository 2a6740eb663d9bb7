/* The attributes of results.nc: what was asked, and by what it was done. */
#ifndef IB_CLI_ATTRIBUTES_H
#define IB_CLI_ATTRIBUTES_H

#include "folder.h"

/* Writes them into a new file. Returns what NetCDF says: NC_NOERR or an error. */
int attributes_write(int id, const folder *f);

#endif
