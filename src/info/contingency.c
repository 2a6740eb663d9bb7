#include "info/contingency.h"

#include "base/memory.h"

#include <libib/variable.h>

typedef ib_i_contingency contingency;
typedef ib_i_ids numbers;

static int is_missing(const numbers *x, const numbers *y, size_t row)
{
    return x->of[row] == IB_NO_ID || y->of[row] == IB_NO_ID;
}

static void count_each(contingency *c, const numbers *x, const numbers *y, size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        if (is_missing(x, y, i))
            continue;
        c->x_counts[x->of[i]]++;
        c->y_counts[y->of[i]]++;
        c->rows++;
    }
}

static ib_status allocate_rows(contingency *c)
{
    c->cells_end = ib_i_alloc(c->context, c->nx, sizeof *c->cells_end);
    c->cell_y = ib_i_alloc(c->context, c->rows, sizeof *c->cell_y);
    c->cell_counts = ib_i_alloc(c->context, c->rows, sizeof *c->cell_counts);
    c->cell_of = ib_i_alloc(c->context, c->rows, sizeof *c->cell_of);
    return c->cells_end && c->cell_y && c->cell_counts && c->cell_of ? IB_OK : ib_i_fail_memory(c->context);
}

/* Puts the y of the rows where their cells are to be, in ascending order of x; the rows of x then end at
 * cells_end[x]. */
static void sort_rows(contingency *c, const numbers *x, const numbers *y, size_t rows)
{
    size_t begin = 0;
    for (uint32_t i = 0; i < c->nx; begin += c->x_counts[i], i++)
        c->cells_end[i] = begin;
    for (size_t i = 0; i < rows; i++)
        if (!is_missing(x, y, i))
            c->cell_of[c->cells_end[x->of[i]]++] = y->of[i];
}

/* last[y] is one more than the last cell of y. */
static void number_cells(contingency *c, uint32_t *last)
{
    size_t row = 0;
    for (uint32_t x = 0; x < c->nx; x++) {
        const size_t first = c->cells, end = c->cells_end[x];
        for (; row < end; row++) {
            const uint32_t y = c->cell_of[row];
            if (last[y] <= first) {
                c->cell_y[c->cells++] = y;
                last[y] = (uint32_t)c->cells;
            }
            c->cell_of[row] = last[y] - 1;
            c->cell_counts[last[y] - 1]++;
        }
        c->cells_end[x] = c->cells;
    }
}

static ib_i_wide sum_of(const uint32_t *counts, size_t n)
{
    ib_i_wide sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += counts[i] > 1 ? ib_i_term(counts[i]) : 0;
    return sum;
}

static ib_status count(contingency *c, const numbers *x, const numbers *y, size_t rows)
{
    c->x_counts = ib_i_alloc(c->context, c->nx, sizeof *c->x_counts);
    c->y_counts = ib_i_alloc(c->context, c->ny, sizeof *c->y_counts);
    if (!c->x_counts || !c->y_counts)
        return ib_i_fail_memory(c->context);
    count_each(c, x, y, rows);
    IB_TRY(allocate_rows(c));
    sort_rows(c, x, y, rows);
    uint32_t *last = ib_i_alloc(c->context, c->ny, sizeof *last);
    if (!last)
        return ib_i_fail_memory(c->context);
    number_cells(c, last);
    ib_i_free(c->context, last);
    c->sums = (ib_i_sums){.all = ib_i_term(c->rows),
                          .rows = sum_of(c->x_counts, c->nx),
                          .labels = sum_of(c->y_counts, c->ny),
                          .joint = sum_of(c->cell_counts, c->cells)};
    ib_i_sums_settle(&c->sums);
    return IB_OK;
}

ib_status ib_i_contingency_count(ib_context *context, const numbers *x, const numbers *y, size_t rows, contingency *out)
{
    if (rows > UINT32_MAX)
        return ib_i_fail(context, IB_ERR_OVERFLOW, "rows: expected fewer than 2^32, got %zu", rows);
    contingency made = {.context = context, .nx = x->distinct, .ny = y->distinct};
    const ib_status status = count(&made, x, y, rows);
    if (status == IB_OK)
        *out = made;
    else
        ib_i_contingency_free(&made);
    return status;
}

void ib_i_contingency_free(contingency *c)
{
    ib_i_free(c->context, c->x_counts);
    ib_i_free(c->context, c->y_counts);
    ib_i_free(c->context, c->cells_end);
    ib_i_free(c->context, c->cell_y);
    ib_i_free(c->context, c->cell_counts);
    ib_i_free(c->context, c->cell_of);
}
