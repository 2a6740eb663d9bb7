/* The machine, as far as threads are concerned. */
#ifndef LIBIB_BASE_CORES_H
#define LIBIB_BASE_CORES_H

/* Number of cores that this process may use; at least 1. */
unsigned ib_i_cores(void);

/* The same by a quota of time, "QUOTA PERIOD" in microseconds, rounded up; UINT_MAX if the text sets no bound. */
unsigned ib_i_cores_of_quota(const char *text);

#endif
