#include "base/bytes.h"
#include "base/memory.h"
#include "info/counter.h"
#include "info/rows.h"

#include <string.h>

static const ib_i_format format = {"counter", {0x89, 'i', 'b', 'c', 0x0d, 0x0a, 0x1a, 0x0a}, 1};

/* Up to so many labels each row has a count for each of them. What is saved says so, too. */
_Static_assert(IB_I_DENSE_CLASSES == 16, "another number makes another version of the format");

/* Elements that an array has room for before any has come. */
enum { FIRST = 128 };

/* What a saved counter begins with. */
typedef struct head {
    uint64_t type, columns, classes, total, distinct;
} head;

static void head_fields(ib_i_bytes *bytes, head *h)
{
    ib_i_bytes_u64(bytes, &h->type);
    ib_i_bytes_u64(bytes, &h->columns);
    ib_i_bytes_u64(bytes, &h->classes);
    ib_i_bytes_u64(bytes, &h->total);
    ib_i_bytes_u64(bytes, &h->distinct);
}

static void count_fields(ib_i_bytes *bytes, uint64_t *counts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ib_i_bytes_count(bytes, counts + i);
}

/* How often a row occurs with a label. */
typedef struct pair {
    uint64_t row, label, count;
} pair;

static void pair_fields(ib_i_bytes *bytes, pair *p)
{
    ib_i_bytes_count(bytes, &p->row);
    ib_i_bytes_count(bytes, &p->label);
    ib_i_bytes_count(bytes, &p->count);
}

static void write_rows(ib_i_bytes *bytes, const ib_counter *counter)
{
    const ib_i_table *table = &counter->rows;
    uint64_t counts[IB_I_DENSE_CLASSES];
    for (size_t id = 0; id < table->distinct; id++) {
        ib_i_bytes_array(bytes, table->keys + id * table->words, counter->columns, ib_i_code_size(counter->type));
        for (size_t c = 0; c < table->width; c++)
            counts[c] = ib_i_table_get(table, id, c);
        count_fields(bytes, counts, table->width);
    }
}

static void write_pairs(ib_i_bytes *bytes, const ib_i_table *table)
{
    uint64_t n = table->distinct;
    ib_i_bytes_u64(bytes, &n);
    for (size_t i = 0; i < n; i++) {
        pair p = {table->keys[i] >> 32, (uint32_t)table->keys[i], ib_i_table_get(table, i, 0)};
        pair_fields(bytes, &p);
    }
}

static void write_fields(ib_i_bytes *bytes, void *object)
{
    const ib_counter *counter = *(const ib_counter **)object;
    head h = {counter->type, counter->columns, counter->classes, counter->total, counter->rows.distinct};
    head_fields(bytes, &h);
    if (counter->classes > 1)
        count_fields(bytes, counter->label_counts, counter->classes);
    write_rows(bytes, counter);
    if (ib_i_counter_sparse(counter))
        write_pairs(bytes, &counter->pairs);
}

ib_status ib_counter_write(const ib_counter *counter, ib_write_fn write, void *user_data)
{
    if (!counter)
        return IB_ERR_ARG;
    if (!write)
        return ib_i_fail_null(counter->context, "write");
    IB_TRY(ib_i_bytes_save(counter->context, &format, write_fields, &counter, write, user_data));
    return ib_i_ok(counter->context);
}

/* A counter on its way back. Arrays grow with the bytes that come, not with what is said to come. */
typedef struct reading {
    ib_context *context;
    head head;
    size_t words;        /* of a key */
    uint64_t *key;       /* [words] of the row at hand, zero behind its codes */
    uint64_t *labels;    /* [classes]: how often each occurs, by what is saved */
    uint64_t *left;      /* [distinct]: of each row, what no pair has told the label of yet */
    uint64_t total_left; /* what no row, or then no pair, has told of yet */
    ib_counter *counter;
} reading;

static void refuse(ib_i_bytes *bytes, const char *what)
{
    if (ib_i_bytes_good(bytes))
        ib_i_bytes_refuse(bytes, IB_ERR_IO, "saved counter: %s", what);
}

static void check_head(ib_i_bytes *bytes, const head *h)
{
    const size_t size = h->type <= UINT32_MAX ? ib_i_code_size((uint32_t)h->type) : 0;
    if (size == 0)
        refuse(bytes, "its codes are of no known type");
    else if (h->columns == 0 || h->columns > (size_t)PTRDIFF_MAX / size)
        refuse(bytes, "no row can be as wide");
    else if (h->classes == 0 || h->classes > UINT32_MAX)
        refuse(bytes, "there cannot be as many labels");
    else if (h->distinct > h->total || !h->distinct != !h->total || h->distinct > UINT32_MAX)
        refuse(bytes, "there cannot be as many distinct rows");
}

/* Makes room for n elements and at most `all`, where `used` are there. */
static uint64_t *grow(ib_i_bytes *bytes, uint64_t *old, size_t *room, size_t used, size_t all)
{
    if (used < *room || !ib_i_bytes_good(bytes))
        return old;
    const size_t wanted = used < FIRST ? FIRST : used > all / 2 ? all : 2 * used, n = wanted < all ? wanted : all;
    uint64_t *grown = ib_i_grow(bytes->context, old, used, n, sizeof *grown);
    if (!grown) {
        ib_i_bytes_fail(bytes, ib_i_fail_memory(bytes->context));
        return old;
    }
    *room = n;
    return grown;
}

static void read_labels(ib_i_bytes *bytes, reading *r)
{
    uint64_t left = r->head.total;
    size_t room = 0;
    for (size_t label = 0; label < r->head.classes && ib_i_bytes_good(bytes); label++) {
        r->labels = grow(bytes, r->labels, &room, label, (size_t)r->head.classes);
        if (!ib_i_bytes_good(bytes))
            return;
        ib_i_bytes_count(bytes, r->labels + label);
        if (r->labels[label] > left)
            refuse(bytes, "labels are more than rows");
        left -= r->labels[label];
    }
    if (left)
        refuse(bytes, "labels are fewer than rows");
}

/* The codes of the first row come word by word: then there are as many as is said. */
static void read_first(ib_i_bytes *bytes, reading *r)
{
    const size_t size = ib_i_code_size((uint32_t)r->head.type), per_word = sizeof *r->key / size;
    size_t room = 0, codes = (size_t)r->head.columns;
    for (size_t word = 0; word < r->words && ib_i_bytes_good(bytes); word++) {
        const size_t n = codes < per_word ? codes : per_word;
        r->key = grow(bytes, r->key, &room, word, r->words);
        if (!ib_i_bytes_good(bytes))
            return;
        ib_i_bytes_array(bytes, r->key + word, n, size);
        codes -= n;
    }
}

/* A code that no counter has, because it counts as +0. */
static int has_negative_zero(const reading *r)
{
    const uint32_t zero32 = 0x80000000u;
    const uint64_t zero64 = 0x8000000000000000u;
    const int is_float32 = r->head.type == IB_CODE_FLOAT32;
    const size_t size = is_float32 ? sizeof zero32 : sizeof zero64;
    if (!is_float32 && r->head.type != IB_CODE_FLOAT64)
        return 0;
    for (size_t i = 0; i < r->head.columns; i++)
        if (!memcmp((unsigned char *)r->key + i * size, is_float32 ? (const void *)&zero32 : &zero64, size))
            return 1;
    return 0;
}

/* Adds counts to what the counter holds; each time there must be as much left. */
static void add_counts(ib_i_bytes *bytes, reading *r, ib_i_table *table, size_t first_cell, const uint64_t *counts,
                       size_t n)
{
    size_t cells[IB_I_DENSE_CLASSES];
    for (size_t i = 0; i < n; i++) {
        if (counts[i] > r->total_left)
            refuse(bytes, "counts are more than rows");
        cells[i] = first_cell + i;
        r->total_left -= counts[i];
    }
    if (ib_i_bytes_good(bytes) && ib_i_table_add_up(r->context, table, cells, counts, n) != IB_OK)
        ib_i_bytes_fail(bytes, IB_ERR_NOMEM);
}

/* The key of a row that is new, and its counts. */
static void add_row(ib_i_bytes *bytes, reading *r)
{
    ib_i_table *table = &r->counter->rows;
    uint64_t counts[IB_I_DENSE_CLASSES] = {0}, all = 0;
    const size_t expected = table->distinct;
    uint32_t id;
    count_fields(bytes, counts, table->width);
    if (has_negative_zero(r))
        refuse(bytes, "a code is -0");
    if (!ib_i_bytes_good(bytes))
        return;
    const ib_status status = ib_i_table_reserve(r->context, table, 1);
    if (status != IB_OK) {
        ib_i_bytes_fail(bytes, status);
        return;
    }
    ib_i_table_number(table, r->key, 1, &id);
    if (id != expected)
        refuse(bytes, "a row is there twice");
    add_counts(bytes, r, table, id * table->width, counts, table->width);
    for (size_t c = 0; c < table->width; c++) {
        all += counts[c];
        if (table->width > 1)
            r->counter->label_counts[c] += counts[c];
    }
    if (all == 0)
        refuse(bytes, "a row occurs never");
}

static void read_rows(ib_i_bytes *bytes, reading *r)
{
    const size_t size = ib_i_code_size((uint32_t)r->head.type);
    for (uint64_t i = 0; i < r->head.distinct && ib_i_bytes_good(bytes); i++) {
        if (i > 0)
            ib_i_bytes_array(bytes, r->key, (size_t)r->head.columns, size);
        add_row(bytes, r);
    }
    if (r->total_left)
        refuse(bytes, "counts are fewer than rows");
    r->counter->total = r->head.total;
}

static void add_pair(ib_i_bytes *bytes, reading *r, const pair *p)
{
    ib_i_table *table = &r->counter->pairs;
    const size_t expected = table->distinct;
    uint32_t id;
    if (p->row >= r->head.distinct || p->label >= r->head.classes) {
        refuse(bytes, "a pair is of a row or a label that is not there");
        return;
    }
    if (p->count == 0 || p->count > r->left[p->row]) {
        refuse(bytes, "a pair occurs never, or more often than its row");
        return;
    }
    const uint64_t key = ib_i_pair_key(p->row, (uint32_t)p->label);
    const ib_status status = ib_i_table_reserve(r->context, table, 1);
    if (status != IB_OK) {
        ib_i_bytes_fail(bytes, status);
        return;
    }
    ib_i_table_number(table, &key, 1, &id);
    if (id != expected)
        refuse(bytes, "a pair is there twice");
    add_counts(bytes, r, table, id, &p->count, 1);
    r->left[p->row] -= p->count;
    r->counter->label_counts[p->label] += p->count;
}

static void read_pairs(ib_i_bytes *bytes, reading *r)
{
    const size_t distinct = (size_t)r->head.distinct;
    uint64_t n = 0;
    ib_i_bytes_u64(bytes, &n);
    if (!ib_i_bytes_good(bytes))
        return;
    r->left = ib_i_alloc(r->context, distinct, sizeof *r->left);
    if (!r->left) {
        ib_i_bytes_fail(bytes, ib_i_fail_memory(r->context));
        return;
    }
    for (size_t id = 0; id < distinct; id++)
        r->left[id] = ib_i_table_get(&r->counter->rows, id, 0);
    r->total_left = r->head.total;
    for (uint64_t i = 0; i < n && ib_i_bytes_good(bytes); i++) {
        pair p = {0};
        pair_fields(bytes, &p);
        if (ib_i_bytes_good(bytes))
            add_pair(bytes, r, &p);
    }
    if (r->total_left) /* if none is left in all, none is left of any row */
        refuse(bytes, "pairs are fewer than rows");
}

static void read_fields(ib_i_bytes *bytes, void *object)
{
    reading *r = object;
    head_fields(bytes, &r->head);
    if (ib_i_bytes_good(bytes))
        check_head(bytes, &r->head);
    if (!ib_i_bytes_good(bytes))
        return;
    const size_t size = ib_i_code_size((uint32_t)r->head.type), columns = (size_t)r->head.columns;
    const uint32_t classes = (uint32_t)r->head.classes;
    r->words = (columns * size - 1) / sizeof *r->key + 1;
    r->total_left = r->head.total;
    if (classes > 1)
        read_labels(bytes, r);
    if (r->head.distinct > 0)
        read_first(bytes, r);
    if (!ib_i_bytes_good(bytes))
        return;
    const ib_status status = ib_counter_create(r->context, (uint32_t)r->head.type, columns, classes, &r->counter);
    if (status != IB_OK) {
        ib_i_bytes_fail(bytes, status);
        return;
    }
    read_rows(bytes, r);
    if (ib_i_bytes_good(bytes) && ib_i_counter_sparse(r->counter))
        read_pairs(bytes, r);
    if (classes > 1 && ib_i_bytes_good(bytes) &&
        memcmp(r->labels, r->counter->label_counts, classes * sizeof *r->labels) != 0)
        refuse(bytes, "labels of rows do not add up to those of all");
}

ib_status ib_counter_read(ib_context *context, ib_read_fn read, void *user_data, ib_counter **out)
{
    if (out)
        *out = NULL;
    if (!context)
        return IB_ERR_ARG;
    if (!read)
        return ib_i_fail_null(context, "read");
    if (!out)
        return ib_i_fail_null(context, "out");
    reading r = {.context = context};
    const ib_status status = ib_i_bytes_load(context, &format, read_fields, &r, read, user_data);
    ib_i_free(context, r.key);
    ib_i_free(context, r.labels);
    ib_i_free(context, r.left);
    if (status != IB_OK) {
        ib_counter_destroy(r.counter);
        return status;
    }
    *out = r.counter;
    return ib_i_ok(context);
}
