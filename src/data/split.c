#include "data/split.h"

#include "base/memory.h"

#include <string.h>

static int has_bit(const unsigned char *bitmap, size_t i)
{
    return bitmap[i / 8] >> (i % 8) & 1;
}

static ib_status no_training_row(ib_context *context, size_t rows)
{
    return ib_i_fail(context, IB_ERR_RANGE, "split: expected fewer than %zu test rows, got all", rows);
}

ib_status ib_i_split_create(ib_context *context, size_t rows, const unsigned char *is_test, ib_split **out)
{
    size_t test_count = 0;
    for (size_t row = 0; row < rows; row++)
        test_count += (size_t)has_bit(is_test, row);
    if (test_count == rows)
        return no_training_row(context, rows);
    ib_split *made = ib_i_object_create(context, sizeof *made);
    if (!made)
        return IB_ERR_NOMEM;
    made->context = context;
    made->train_count = rows - test_count;
    made->test_count = test_count;
    made->rows = ib_i_alloc(context, rows, sizeof *made->rows);
    if (!made->rows) {
        ib_split_destroy(made);
        return ib_i_fail_memory(context);
    }
    uint32_t *train = made->rows, *test = made->rows + made->train_count;
    for (size_t row = 0; row < rows; row++)
        *(has_bit(is_test, row) ? test++ : train++) = (uint32_t)row;
    *out = made;
    return ib_i_ok(context);
}

ib_status ib_i_split_share(const ib_split *split, ib_context *context, ib_split **out)
{
    ib_split *made = ib_i_object_create(context, sizeof *made);
    if (!made)
        return IB_ERR_NOMEM;
    *made = *split;
    made->context = context;
    made->shared = 1;
    *out = made;
    return IB_OK;
}

static ib_status mark(ib_context *context, size_t rows, const uint32_t *test_rows, size_t n_test,
                      unsigned char *is_test)
{
    for (size_t i = 0; i < n_test; i++) {
        uint32_t row = test_rows[i];
        if (row >= rows)
            return ib_i_fail(context, IB_ERR_RANGE, "test_rows: expected below %zu, got %u", rows, (unsigned)row);
        if (has_bit(is_test, row))
            return ib_i_fail(context, IB_ERR_RANGE, "test_rows: expected each row once, got %u again", (unsigned)row);
        is_test[row / 8] |= (unsigned char)(1u << (row % 8));
    }
    return IB_OK;
}

ib_status ib_split_create(ib_context *context, size_t rows, const uint32_t *test_rows, size_t n_test, ib_split **out)
{
    if (out)
        *out = NULL;
    if (!context)
        return IB_ERR_ARG;
    if (!out || (!test_rows && n_test > 0))
        return ib_i_fail_null(context, !out ? "out" : "test_rows");
    if (rows < 1)
        return ib_i_fail(context, IB_ERR_ARG, "rows: expected at least 1, got 0");
    if (rows > UINT32_MAX)
        return ib_i_fail(context, IB_ERR_OVERFLOW, "rows: expected fewer than 2^32, got %zu", rows);
    unsigned char *is_test = ib_i_alloc(context, rows / 8 + 1, 1);
    if (!is_test)
        return ib_i_fail_memory(context);
    ib_status status = mark(context, rows, test_rows, n_test, is_test);
    if (status == IB_OK)
        status = ib_i_split_create(context, rows, is_test, out);
    ib_i_free(context, is_test);
    return status;
}

void ib_split_destroy(ib_split *split)
{
    if (!split)
        return;
    if (!split->shared)
        ib_i_free(split->context, split->rows);
    ib_i_object_destroy(split->context, split);
}

size_t ib_split_train_count(const ib_split *split)
{
    return split ? split->train_count : 0;
}

size_t ib_split_test_count(const ib_split *split)
{
    return split ? split->test_count : 0;
}

const uint32_t *ib_split_train_rows(const ib_split *split)
{
    return split ? split->rows : NULL;
}

const uint32_t *ib_split_test_rows(const ib_split *split)
{
    return split ? split->rows + split->train_count : NULL;
}

ib_status ib_split_order(const ib_split *split, ib_rng *rng, uint32_t *order)
{
    if (!split)
        return IB_ERR_ARG;
    if (!rng || !order)
        return ib_i_fail_null(split->context, !rng ? "rng" : "order");
    memcpy(order, split->rows, split->train_count * sizeof *order);
    IB_TRY(ib_rng_shuffle(rng, order, split->train_count));
    return ib_i_ok(split->context);
}
