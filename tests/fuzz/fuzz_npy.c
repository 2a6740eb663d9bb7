/* NPY files: input is what comes behind the magic number. */
#include "fuzz_matrix.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    uint8_t *file = malloc(sizeof magic + size);
    fuzz_expect(file != NULL, "memory");
    memcpy(file, magic, sizeof magic);
    if (size)
        memcpy(file + sizeof magic, data, size);
    fuzz_matrix("it.npy", file, sizeof magic + size);
    free(file);
    return 0;
}
