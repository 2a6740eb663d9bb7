/* What the library does with records that others do not. */
#ifndef LIBIB_STUDY_RECORD_H
#define LIBIB_STUDY_RECORD_H

#include <libib/record.h>

/* Reads what was saved of any run of the same seed and setting: the record becomes one of that run. */
ib_status ib_i_record_read_any(ib_record *record, ib_read_fn read, void *user_data);

#endif
