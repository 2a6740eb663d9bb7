/* Numbers as text. */
#include "fuzz_matrix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_matrix("it.csv", data, size);
    fuzz_matrix("it.tsv", data, size);
    return 0;
}
