/* Two words that all who write NetCDF need. */
#ifndef IB_CLI_NC_H
#define IB_CLI_NC_H

#include <netcdf.h>

#include <string.h>

/* Returns from a function what NetCDF says, if that is an error. */
#define NC_TRY(call)                                                                                                   \
    do {                                                                                                               \
        int status_ = (call);                                                                                          \
        if (status_)                                                                                                   \
            return status_;                                                                                            \
    } while (0)

/* An attribute of a variable, or with NC_GLOBAL of the file. */
static inline int nc_put_words(int id, int where, const char *name, const char *text)
{
    return nc_put_att_text(id, where, name, strlen(text), text);
}

#endif
