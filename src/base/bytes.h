/* Objects as bytes: little-endian fields between a magic number and a checksum. docs/format.md defines them.
 *
 * The fields of an object are listed by one function for both directions: each call below puts a value when the object
 * is saved, and replaces it by what was saved when it is read. So writing and reading cannot come apart. */
#ifndef LIBIB_BASE_BYTES_H
#define LIBIB_BASE_BYTES_H

#include "base/context.h"

#include <libib/bytes.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { IB_I_BYTES_BUFFER = 1024 };

typedef struct ib_i_bytes {
    ib_context *context;
    ib_write_fn write; /* when saving */
    ib_read_fn read;   /* when reading; neither: fields are counted and hashed */
    void *user_data;
    ib_status status;                /* of a failure to write or read; no byte moves after it */
    ib_status refused;               /* of a field that does not agree; the rest is skipped */
    uint64_t count;                  /* bytes of fields so far */
    uint64_t left;                   /* reading: bytes that have not been fetched yet */
    size_t at, end;                  /* in the buffer: the next byte; reading: behind the last */
    const char *part;                /* what fields belong to, for messages; or NULL */
    size_t number;                   /* of the part */
    char message[IB_I_MESSAGE_SIZE]; /* of the refusal */
    unsigned char buffer[IB_I_BYTES_BUFFER];
    XXH3_state_t hash;
} ib_i_bytes;

/* Lists the fields of an object. */
typedef void (*ib_i_fields_fn)(ib_i_bytes *bytes, void *object);

/* A kind of object. */
typedef struct ib_i_format {
    const char *what; /* "trainer" */
    unsigned char magic[8];
    uint32_t version;
} ib_i_format;

ib_status ib_i_bytes_save(ib_context *context, const ib_i_format *format, ib_i_fields_fn fields, void *object,
                          ib_write_fn write, void *user_data);
/* IB_OK: all fields agree, and the checksum too. Else `fields` may have read some, or have been left early. */
ib_status ib_i_bytes_load(ib_context *context, const ib_i_format *format, ib_i_fields_fn fields, void *object,
                          ib_read_fn read, void *user_data);

/* Whether nothing has failed and nothing was refused: else values that were read mean nothing. */
int ib_i_bytes_good(const ib_i_bytes *bytes);
/* Reading: bytes of fields that are still to come. */
uint64_t ib_i_bytes_unread(const ib_i_bytes *bytes);
/* Ends reading or writing with a status whose message stands. */
void ib_i_bytes_fail(ib_i_bytes *bytes, ib_status status);
/* Refuses what was saved, if it turns out to be whole. */
void ib_i_bytes_refuse(ib_i_bytes *bytes, ib_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void ib_i_bytes_u32(ib_i_bytes *bytes, uint32_t *value);
void ib_i_bytes_u64(ib_i_bytes *bytes, uint64_t *value);
void ib_i_bytes_f64(ib_i_bytes *bytes, double *value);
void ib_i_bytes_f32s(ib_i_bytes *bytes, float *values, size_t n);
/* values[n] of unsigned integers of 1, 2, 4 or 8 bytes; of anything else that has as many bytes, its bits. */
void ib_i_bytes_array(ib_i_bytes *bytes, void *values, size_t n, size_t size);
/* A number that is small as a rule: 7 bits a byte, the lowest first, the highest bit set in all but the last. Longer
 * than necessary is refused, so that equal numbers are equal bytes. */
void ib_i_bytes_count(ib_i_bytes *bytes, uint64_t *value);

/* A field that must be as it was when saved: refuses with the status if it is not. */
void ib_i_bytes_agree(ib_i_bytes *bytes, ib_status status, const char *what, uint64_t value);
/* The same of a hash, which messages have in hexadecimal digits. */
void ib_i_bytes_agree_hash(ib_i_bytes *bytes, const char *what, uint64_t value);
void ib_i_bytes_agree_real(ib_i_bytes *bytes, const char *what, double value);

/* For hashes of data that is not saved. */
void ib_i_bytes_hash_begin(ib_i_bytes *bytes, ib_context *context);
void ib_i_bytes_hash_u32s(ib_i_bytes *bytes, const uint32_t *values, size_t n);
void ib_i_bytes_hash_f32s(ib_i_bytes *bytes, const float *values, size_t n);
uint64_t ib_i_bytes_hash_end(ib_i_bytes *bytes);

#endif
