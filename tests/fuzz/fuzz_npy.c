/* NPY files: input is what comes behind the magic number. */
#include "fuzz_matrix.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *file = malloc(6 + size);
    fuzz_expect(file != NULL, "memory");
    memcpy(file, "\x93NUMPY", 6);
    if (size)
        memcpy(file + 6, data, size);
    fuzz_matrix("it.npy", file, 6 + size);
    free(file);
    return 0;
}
