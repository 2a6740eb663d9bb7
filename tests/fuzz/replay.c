/* A target without libFuzzer: takes the files of the folders that are its arguments. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int replay(const char *path)
{
    static uint8_t data[1 << 20];
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return -1;
    const size_t size = fread(data, 1, sizeof data, stream);
    fclose(stream);
    /* In a block of its own, so that reading beyond it is noticed. */
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        return -1;
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    return 0;
}

static int replay_all(const char *folder, size_t *count)
{
    DIR *entries = opendir(folder);
    int failed = !entries;
    for (const struct dirent *entry = NULL; !failed && (entry = readdir(entries)) != NULL;) {
        char path[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        failed = replay(path);
        ++*count;
    }
    if (entries)
        closedir(entries);
    return failed;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    for (int i = 1; i < argc; i++)
        if (replay_all(argv[i], &count)) {
            fprintf(stderr, "%s: cannot be read\n", argv[i]);
            return 1;
        }
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    printf("%zu inputs\n", count);
    return count > 0 ? 0 : 1;
}
