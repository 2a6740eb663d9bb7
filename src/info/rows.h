/* Rows of codes as keys: the codes of a row back to back in 64-bit words, zero behind the last. */
#ifndef LIBIB_INFO_ROWS_H
#define LIBIB_INFO_ROWS_H

#include "base/context.h"

#include <libib/counter.h>

/* Rows packed at a time: small enough to stay in the first cache, long enough for vectors. */
#define IB_I_BLOCK ((size_t)64)

/* How many rows of so many words are packed at a time: 1 to IB_I_BLOCK. */
size_t ib_i_rows_block(size_t words);

/* Bytes of a code; 0 if there is no such type. */
size_t ib_i_code_size(uint32_t type);

/* Reads what the caller says about a matrix, with strides filled in. Fails unless every element has an address. */
ib_status ib_i_codes_read(ib_context *context, const ib_codes *given, ib_codes *codes);

/* Writes keys[n][words] of rows first, ..., first + n - 1; n <= IB_I_BLOCK. */
void ib_i_rows_pack(const ib_codes *codes, size_t first, size_t n, size_t words, uint64_t *keys);

#endif
