/* Temporary files of a spool: what does not fit in memory. */
#ifndef IB_CLI_PARTITIONS_H
#define IB_CLI_PARTITIONS_H

#include <libib/libib.h>

#include <stdio.h>

#define PARTITIONS 64

/* All zero: none yet. */
typedef struct partitions {
    FILE *files[PARTITIONS]; /* made when they are first written to */
    int is_reading[PARTITIONS];
} partitions;

/* Callbacks of a spool; user_data is a partitions. They say why they fail. */
int32_t partitions_write(uint32_t partition, const void *data, size_t size, void *user_data);
int32_t partitions_read(uint32_t partition, uint64_t offset, void *data, size_t size, size_t *count, void *user_data);

void partitions_close(partitions *p);

#endif
