#include "partitions.h"

#include "say.h"
#include "temporary.h"

#include <errno.h>
#include <string.h>

static int complain(void)
{
    say("temporary file: %s", strerror(errno ? errno : EIO));
    return -1;
}

int32_t partitions_write(uint32_t partition, const void *data, size_t size, void *user_data)
{
    partitions *p = user_data;
    FILE **file = &p->files[partition];
    if (!*file && !(*file = temporary_create()))
        return -1;
    errno = 0;
    if (p->is_reading[partition] && fseeko(*file, 0, SEEK_END))
        return complain();
    p->is_reading[partition] = 0;
    return fwrite(data, 1, size, *file) == size ? 0 : complain();
}

int32_t partitions_read(uint32_t partition, uint64_t offset, void *data, size_t size, size_t *count, void *user_data)
{
    partitions *p = user_data;
    FILE *file = p->files[partition];
    errno = 0;
    if ((!p->is_reading[partition] || offset == 0) && fseeko(file, (off_t)offset, SEEK_SET))
        return complain();
    p->is_reading[partition] = 1;
    *count = fread(data, 1, size, file);
    return ferror(file) ? complain() : 0;
}

void partitions_close(partitions *p)
{
    for (size_t i = 0; i < PARTITIONS; i++)
        if (p->files[i])
            fclose(p->files[i]);
    *p = (partitions){0};
}
