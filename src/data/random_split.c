#include "base/memory.h"
#include "data/dataset.h"
#include "data/split.h"

#include <string.h>

/* Orders ascending rows by label, rows of one label staying ascending: a radix sort, one byte of the label at a time,
 * since there may be far more classes than memory for a counter of each. Leaves the result in `rows`. */
static void sort_by_label(uint32_t *rows, uint32_t *spare, const uint32_t *labels, size_t n)
{
    for (int shift = 0; shift < 32; shift += 8) {
        size_t start[257] = {0};
        for (size_t i = 0; i < n; i++)
            start[(labels[rows[i]] >> shift & 255) + 1]++;
        for (int byte = 0; byte < 256; byte++)
            start[byte + 1] += start[byte];
        for (size_t i = 0; i < n; i++)
            spare[start[labels[rows[i]] >> shift & 255]++] = rows[i];
        memcpy(rows, spare, n * sizeof *rows);
    }
}

/* fraction * n to the nearest integer, halves up. */
static size_t share(double fraction, size_t n)
{
    double exact = fraction * (double)n;
    size_t whole = (size_t)exact;
    return exact - (double)whole >= 0.5 ? whole + 1 : whole;
}

/* Number of rows, from the first on, that are drawn from together. */
static size_t group_size(const uint32_t *rows, size_t n, const uint32_t *labels, uint32_t stratified)
{
    if (!stratified)
        return n;
    size_t size = 1;
    while (size < n && labels[rows[size]] == labels[rows[0]])
        size++;
    return size;
}

/* Shuffles each group; its first rows become test rows. */
static ib_status mark(const ib_dataset *dataset, double fraction, uint32_t stratified, ib_rng *rng, uint32_t *rows,
                      unsigned char *is_test)
{
    size_t n = ib_dataset_rows(dataset);
    for (size_t first = 0; first < n;) {
        uint32_t *group = rows + first;
        size_t size = group_size(group, n - first, dataset->labels, stratified);
        IB_TRY(ib_rng_shuffle(rng, group, size));
        for (size_t i = 0; i < share(fraction, size); i++)
            is_test[group[i] / 8] |= (unsigned char)(1u << (group[i] % 8));
        first += size;
    }
    return IB_OK;
}

/* `rows` and `spare` have room for all rows, `is_test` is a bitmap of zeros. */
static ib_status draw(const ib_dataset *dataset, double fraction, uint32_t stratified, uint64_t seed, uint32_t *rows,
                      uint32_t *spare, unsigned char *is_test)
{
    size_t n = ib_dataset_rows(dataset);
    for (size_t row = 0; row < n; row++)
        rows[row] = (uint32_t)row;
    if (stratified)
        sort_by_label(rows, spare, dataset->labels, n);
    ib_rng *rng;
    IB_TRY(ib_rng_create(dataset->context, seed, ib_rng_stream(0, 0, IB_STREAM_SPLIT), &rng));
    ib_status status = mark(dataset, fraction, stratified, rng, rows, is_test);
    ib_rng_destroy(rng);
    return status;
}

ib_status ib_split_create_random(const ib_dataset *dataset, double test_fraction, uint32_t stratified, uint64_t seed,
                                 ib_split **out)
{
    if (out)
        *out = NULL;
    if (!dataset)
        return IB_ERR_ARG;
    ib_context *context = dataset->context;
    if (!out)
        return ib_i_fail_null(context, "out");
    if (stratified > 1)
        return ib_i_fail(context, IB_ERR_ARG, "stratified: expected 0 or 1, got %u", (unsigned)stratified);
    if (!(test_fraction >= 0 && test_fraction < 1))
        return ib_i_fail(context, IB_ERR_RANGE, "test_fraction: expected 0 <= fraction < 1, got %g", test_fraction);
    size_t n = ib_dataset_rows(dataset);
    uint32_t *rows = ib_i_alloc(context, n, sizeof *rows);
    uint32_t *spare = ib_i_alloc(context, n, sizeof *spare);
    unsigned char *is_test = ib_i_alloc(context, n / 8 + 1, 1);
    ib_status status = rows && spare && is_test ? IB_OK : ib_i_fail_memory(context);
    if (status == IB_OK)
        status = draw(dataset, test_fraction, stratified, seed, rows, spare, is_test);
    if (status == IB_OK)
        status = ib_i_split_create(context, n, is_test, out);
    ib_i_free(context, is_test);
    ib_i_free(context, spare);
    ib_i_free(context, rows);
    return status;
}
