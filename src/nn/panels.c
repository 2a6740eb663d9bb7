#include "nn/panels.h"

#include <string.h>

void ib_i_panels_load(const float *x, size_t width, const uint32_t *rows, size_t n, float *panels)
{
    const size_t lanes = ib_i_panels(n) * IB_I_PANEL;
    for (size_t i = 0; i < lanes; i++) {
        const size_t from = i < n ? i : 0, row = rows ? rows[from] : from;
        const float *values = x + row * width;
        float *lane = panels + ib_i_panel_at(i, width, 0);
        for (size_t u = 0; u < width; u++)
            lane[u * IB_I_PANEL] = values[u];
    }
}

void ib_i_panels_store(const float *panels, size_t width, const uint32_t *rows, size_t n, float *x)
{
    for (size_t i = 0; i < n; i++) {
        const float *lane = panels + ib_i_panel_at(rows ? rows[i] : i, width, 0);
        for (size_t u = 0; u < width; u++)
            x[i * width + u] = lane[u * IB_I_PANEL];
    }
}

void ib_i_panels_labels(const uint32_t *labels, const uint32_t *rows, size_t n, uint32_t *panels)
{
    const size_t lanes = ib_i_panels(n) * IB_I_PANEL;
    for (size_t i = 0; i < n; i++)
        panels[i] = labels[rows ? rows[i] : i];
    for (size_t i = n; i < lanes; i++)
        panels[i] = IB_I_NO_LABEL;
}

int ib_i_panels_bits(const float *x, size_t width, size_t n, uint32_t *bits)
{
    const float one = 1.0f;
    uint32_t one_bits, value;
    memcpy(&one_bits, &one, sizeof one_bits);
    for (size_t i = 0; width <= 32 && i < n; i++) {
        bits[i] = 0;
        for (size_t d = 0; d < width; d++) {
            memcpy(&value, x + i * width + d, sizeof value);
            if (value != 0 && value != one_bits) /* -0 is no bit */
                return 0;
            bits[i] |= (uint32_t)(value == one_bits) << d;
        }
    }
    return width <= 32;
}

void ib_i_panels_pick(const uint32_t *bits, const uint32_t *rows, size_t n, uint32_t *panels)
{
    const size_t lanes = ib_i_panels(n) * IB_I_PANEL;
    for (size_t i = 0; i < n; i++)
        panels[i] = bits[rows[i]];
    for (size_t i = n; i < lanes; i++)
        panels[i] = panels[0];
}

void ib_i_transpose(const float *from, size_t rows, size_t columns, float *to)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++)
            to[c * rows + r] = from[r * columns + c];
}
