/* What all targets share. A target takes any bytes, and neither crashes nor hangs nor leaks; it aborts if what was read
 * is not what it should be. */
#ifndef LIBIB_TESTS_FUZZ_H
#define LIBIB_TESTS_FUZZ_H

#include "stream.h"

#include <stddef.h>
#include <stdint.h>

/* The target, as libFuzzer calls it. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program if something does not hold. */
void fuzz_expect(int holds, const char *what);

/* Saved bytes from input, beyond what random bytes would ever come to.
 *
 * The first byte of input says how. 1: the rest are changes of `saved`, 4 bytes each: where (16 bits), what, and how
 * (set, add, cut off, repeat what is before), else the rest are the bytes. 2: checksums are made good, so that what
 * they protect is looked at. */
test_stream fuzz_saved(const test_stream *saved, const uint8_t *data, size_t size);

#endif
