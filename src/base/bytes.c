#include "base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Magic number, version, and how many bytes the fields have. */
#define HEADER 20
#define CHECKSUM 8

static void begin(ib_i_bytes *bytes, ib_context *context)
{
    bytes->context = context;
    bytes->write = NULL;
    bytes->read = NULL;
    bytes->user_data = NULL;
    bytes->status = bytes->refused = IB_OK;
    bytes->count = bytes->left = 0;
    bytes->at = bytes->end = 0;
    bytes->part = NULL;
    bytes->number = 0;
    XXH3_64bits_reset(&bytes->hash);
}

int ib_i_bytes_good(const ib_i_bytes *bytes)
{
    return bytes->status == IB_OK && bytes->refused == IB_OK;
}

uint64_t ib_i_bytes_unread(const ib_i_bytes *bytes)
{
    return bytes->left + (bytes->end - bytes->at);
}

void ib_i_bytes_fail(ib_i_bytes *bytes, ib_status status)
{
    bytes->status = status;
}

void ib_i_bytes_refuse(ib_i_bytes *bytes, ib_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(bytes->message, sizeof bytes->message, format, arguments);
    va_end(arguments);
    bytes->refused = status;
}

/* Hands on what has gathered. */
static void flush(ib_i_bytes *bytes)
{
    if (bytes->at == 0 || bytes->status != IB_OK)
        return;
    XXH3_64bits_update(&bytes->hash, bytes->buffer, bytes->at);
    if (bytes->write)
        bytes->status =
            ib_i_callback(bytes->context, "write", bytes->write(bytes->buffer, bytes->at, bytes->user_data));
    bytes->at = 0;
}

static void put(ib_i_bytes *bytes, const unsigned char *raw, size_t n)
{
    if (bytes->at + n > sizeof bytes->buffer)
        flush(bytes);
    if (bytes->status != IB_OK)
        return;
    memcpy(bytes->buffer + bytes->at, raw, n);
    bytes->at += n;
}

/* Asks until all have come. */
static ib_status fetch(ib_i_bytes *bytes, unsigned char *raw, size_t n)
{
    while (n) {
        size_t got = 0;
        IB_TRY(ib_i_callback(bytes->context, "read", bytes->read(raw, n, &got, bytes->user_data)));
        if (got > n)
            return ib_i_fail(bytes->context, IB_ERR_RANGE, "read callback: expected at most %zu bytes, got %zu", n,
                             got);
        if (got == 0)
            return ib_i_fail(bytes->context, IB_ERR_IO, "saved bytes: expected %zu more, they end early", n);
        raw += got;
        n -= got;
    }
    return IB_OK;
}

/* What is left of the buffer goes to its beginning, and as much as there is behind it. */
static void refill(ib_i_bytes *bytes)
{
    const size_t rest = bytes->end - bytes->at, room = sizeof bytes->buffer - rest;
    const size_t n = bytes->left < room ? (size_t)bytes->left : room;
    memmove(bytes->buffer, bytes->buffer + bytes->at, rest);
    bytes->at = 0;
    bytes->end = rest + n;
    bytes->left -= n;
    bytes->status = fetch(bytes, bytes->buffer + rest, n);
    if (bytes->status == IB_OK)
        XXH3_64bits_update(&bytes->hash, bytes->buffer + rest, n);
}

static void get(ib_i_bytes *bytes, unsigned char *raw, size_t n)
{
    memset(raw, 0, n);
    if (!ib_i_bytes_good(bytes))
        return;
    if (bytes->at + n > bytes->end)
        refill(bytes);
    if (bytes->status != IB_OK)
        return;
    if (bytes->at + n > bytes->end) {
        ib_i_bytes_refuse(bytes, IB_ERR_IO, "saved bytes: expected more fields than there are");
        return;
    }
    memcpy(raw, bytes->buffer + bytes->at, n);
    bytes->at += n;
}

/* A number of up to 8 bytes, the lowest first. */
static uint64_t number(ib_i_bytes *bytes, uint64_t value, size_t n)
{
    unsigned char raw[8];
    bytes->count += n;
    if (!bytes->read) {
        for (size_t i = 0; i < n; i++)
            raw[i] = (unsigned char)(value >> 8 * i);
        put(bytes, raw, n);
        return value;
    }
    get(bytes, raw, n);
    value = 0;
    for (size_t i = 0; i < n; i++)
        value |= (uint64_t)raw[i] << 8 * i;
    return value;
}

void ib_i_bytes_u32(ib_i_bytes *bytes, uint32_t *value)
{
    *value = (uint32_t)number(bytes, *value, sizeof *value);
}

void ib_i_bytes_u64(ib_i_bytes *bytes, uint64_t *value)
{
    *value = number(bytes, *value, sizeof *value);
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

void ib_i_bytes_f64(ib_i_bytes *bytes, double *value)
{
    const uint64_t bits = number(bytes, bits_of(*value), sizeof bits);
    memcpy(value, &bits, sizeof bits);
}

void ib_i_bytes_f32s(ib_i_bytes *bytes, float *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        ib_i_bytes_u32(bytes, &bits);
        memcpy(values + i, &bits, sizeof bits);
    }
}

/* As an integer of this machine; sizes are 1, 2, 4 or 8. */
static uint64_t load(const unsigned char *at, size_t size)
{
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (size) {
    case sizeof two:
        memcpy(&two, at, size);
        return two;
    case sizeof four:
        memcpy(&four, at, size);
        return four;
    case sizeof eight:
        memcpy(&eight, at, size);
        return eight;
    default:
        return *at;
    }
}

static void store(unsigned char *at, size_t size, uint64_t value)
{
    switch (size) {
    case sizeof(uint16_t):
        memcpy(at, &(uint16_t){(uint16_t)value}, size);
        break;
    case sizeof(uint32_t):
        memcpy(at, &(uint32_t){(uint32_t)value}, size);
        break;
    case sizeof(uint64_t):
        memcpy(at, &value, size);
        break;
    default:
        *at = (unsigned char)value;
    }
}

/* Lowest bytes first, from or to n integers of this machine. */
static void encode(unsigned char *raw, const unsigned char *values, size_t n, size_t size)
{
    for (size_t i = 0; i < n; i++) {
        const uint64_t value = load(values + i * size, size);
        for (size_t b = 0; b < size; b++)
            raw[i * size + b] = (unsigned char)(value >> 8 * b);
    }
}

static void decode(unsigned char *values, const unsigned char *raw, size_t n, size_t size)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t value = 0;
        for (size_t b = 0; b < size; b++)
            value |= (uint64_t)raw[i * size + b] << 8 * b;
        store(values + i * size, size, value);
    }
}

/* Some at a time: it is what most bytes of some objects are. */
void ib_i_bytes_array(ib_i_bytes *bytes, void *values, size_t n, size_t size)
{
    unsigned char raw[IB_I_BYTES_BUFFER / 2], *at = values;
    for (size_t left = n, some; left > 0; left -= some, at += some * size) {
        some = left < sizeof raw / size ? left : sizeof raw / size;
        bytes->count += some * size;
        if (bytes->read) {
            get(bytes, raw, some * size);
            decode(at, raw, some, size);
        } else {
            encode(raw, at, some, size);
            put(bytes, raw, some * size);
        }
    }
}

static void put_count(ib_i_bytes *bytes, uint64_t value)
{
    for (; value >> 7; value >>= 7)
        number(bytes, (value & 127) | 128, 1);
    number(bytes, value, 1);
}

static uint64_t get_count(ib_i_bytes *bytes)
{
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        const uint64_t byte = number(bytes, 0, 1);
        if (!ib_i_bytes_good(bytes))
            return 0;
        if ((shift == 63 && byte > 1) || (shift && byte == 0)) {
            ib_i_bytes_refuse(bytes, IB_ERR_IO, "saved bytes: expected a number of 64 bits in its shortest form");
            return 0;
        }
        value |= (byte & 127) << shift;
        if (byte < 128)
            return value;
    }
}

void ib_i_bytes_count(ib_i_bytes *bytes, uint64_t *value)
{
    if (bytes->read)
        *value = get_count(bytes);
    else
        put_count(bytes, *value);
}

/* Room for "layer 12 ". */
enum { PART = 40 };

static const char *part_of(const ib_i_bytes *bytes, char text[PART])
{
    text[0] = '\0';
    if (bytes->part)
        snprintf(text, PART, "%s %zu ", bytes->part, bytes->number);
    return text;
}

void ib_i_bytes_agree(ib_i_bytes *bytes, ib_status status, const char *what, uint64_t value)
{
    char part[PART];
    const uint64_t saved = number(bytes, value, sizeof value);
    if (ib_i_bytes_good(bytes) && saved != value)
        ib_i_bytes_refuse(bytes, status, "%s%s: expected %llu, got %llu", part_of(bytes, part), what,
                          (unsigned long long)value, (unsigned long long)saved);
}

void ib_i_bytes_agree_hash(ib_i_bytes *bytes, const char *what, uint64_t value)
{
    char part[PART];
    const uint64_t saved = number(bytes, value, sizeof value);
    if (ib_i_bytes_good(bytes) && saved != value)
        ib_i_bytes_refuse(bytes, IB_ERR_STATE, "%s%s: expected %016llx, got %016llx", part_of(bytes, part), what,
                          (unsigned long long)value, (unsigned long long)saved);
}

void ib_i_bytes_agree_real(ib_i_bytes *bytes, const char *what, double value)
{
    char part[PART];
    double saved = value;
    ib_i_bytes_f64(bytes, &saved);
    if (ib_i_bytes_good(bytes) && bits_of(saved) != bits_of(value))
        ib_i_bytes_refuse(bytes, IB_ERR_STATE, "%s%s: expected %.17g, got %.17g", part_of(bytes, part), what, value,
                          saved);
}

void ib_i_bytes_hash_begin(ib_i_bytes *bytes, ib_context *context)
{
    begin(bytes, context);
}

void ib_i_bytes_hash_u32s(ib_i_bytes *bytes, const uint32_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        number(bytes, values[i], sizeof values[i]);
}

void ib_i_bytes_hash_f32s(ib_i_bytes *bytes, const float *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        number(bytes, bits, sizeof bits);
    }
}

uint64_t ib_i_bytes_hash_end(ib_i_bytes *bytes)
{
    flush(bytes);
    return XXH3_64bits_digest(&bytes->hash);
}

ib_status ib_i_bytes_save(ib_context *context, const ib_i_format *format, ib_i_fields_fn fields, void *object,
                          ib_write_fn write, void *user_data)
{
    ib_i_bytes bytes;
    begin(&bytes, context);
    fields(&bytes, object); /* only counts */
    const uint64_t size = bytes.count;
    begin(&bytes, context);
    bytes.write = write;
    bytes.user_data = user_data;
    put(&bytes, format->magic, sizeof format->magic);
    number(&bytes, format->version, sizeof format->version);
    number(&bytes, size, sizeof size);
    fields(&bytes, object);
    flush(&bytes);
    number(&bytes, XXH3_64bits_digest(&bytes.hash), CHECKSUM);
    flush(&bytes);
    return bytes.status;
}

/* Fetches what no field has asked for, and compares the checksum. */
static ib_status check_whole(ib_i_bytes *bytes)
{
    unsigned char raw[CHECKSUM];
    uint64_t saved = 0;
    IB_TRY(bytes->status);
    while (bytes->left) {
        bytes->at = bytes->end;
        refill(bytes);
        IB_TRY(bytes->status);
    }
    IB_TRY(fetch(bytes, raw, CHECKSUM));
    for (size_t i = 0; i < CHECKSUM; i++)
        saved |= (uint64_t)raw[i] << 8 * i;
    if (saved != XXH3_64bits_digest(&bytes->hash))
        return ib_i_fail(bytes->context, IB_ERR_IO, "saved bytes: damaged, their checksum does not hold");
    return IB_OK;
}

ib_status ib_i_bytes_load(ib_context *context, const ib_i_format *format, ib_i_fields_fn fields, void *object,
                          ib_read_fn read, void *user_data)
{
    ib_i_bytes bytes;
    unsigned char magic[sizeof format->magic];
    begin(&bytes, context);
    bytes.read = read;
    bytes.user_data = user_data;
    bytes.left = HEADER;
    get(&bytes, magic, sizeof magic);
    const uint32_t version = (uint32_t)number(&bytes, 0, sizeof version);
    bytes.left = number(&bytes, 0, sizeof bytes.left);
    IB_TRY(bytes.status);
    if (memcmp(magic, format->magic, sizeof magic) != 0)
        return ib_i_fail(context, IB_ERR_IO, "saved bytes: expected a %s of libib, got something else", format->what);
    if (version != format->version)
        ib_i_bytes_refuse(&bytes, IB_ERR_UNSUPPORTED, "format of a saved %s: expected version %u, got %u", format->what,
                          format->version, version);
    fields(&bytes, object);
    const uint64_t unread = ib_i_bytes_unread(&bytes);
    if (ib_i_bytes_good(&bytes) && unread)
        ib_i_bytes_refuse(&bytes, IB_ERR_IO, "saved bytes: expected no field more, got %llu bytes",
                          (unsigned long long)unread);
    IB_TRY(check_whole(&bytes));
    return bytes.refused == IB_OK ? IB_OK : ib_i_fail(context, bytes.refused, "%s", bytes.message);
}
