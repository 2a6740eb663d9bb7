/* The three products of a dense layer, in register tiles. Part of kernels.c.
 *
 * Sums over inputs start from the bias and go up by one fused multiply-add each. Sums over samples are kept in 16 lanes
 * (sample b in lane b mod 16) and added as a tree, +8 +4 +2 +1. Neither depends on the tiles or on the width of a
 * vector. */
#include "kernels/vec.h"

#define PANEL 64
#define LANES 16

/* Outputs and vectors of a forward tile; outputs and inputs of a weight tile: as many sums as registers hold. */
#define TILE_VECTORS 4
#if VW == 16
#define TILE_OUTPUTS 6
#define TILE_INPUTS 6
#else
#define TILE_OUTPUTS 3
#define TILE_INPUTS 3
#endif
#define TILE_ROWS 4

/* A matrix of weights, read along or across: element (output, input) is w[output * out + input * in]. */
typedef struct weights {
    const float *w;
    size_t out, in;
    const float *bias; /* NULL: 0 */
} weights;

/* `outputs` outputs of TILE_VECTORS vectors of samples. */
INLINE void product_tile(const int outputs, size_t inputs, weights a, const float *x, float *z)
{
    vf sum[TILE_OUTPUTS][TILE_VECTORS];
    UNROLL for (int u = 0; u < outputs; u++)
    {
        const vf start = v_set(a.bias ? a.bias[u] : 0.0f);
        UNROLL for (int v = 0; v < TILE_VECTORS; v++) sum[u][v] = start;
    }
    NO_UNROLL for (size_t d = 0; d < inputs; d++)
    {
        vf value[TILE_VECTORS];
        UNROLL for (int v = 0; v < TILE_VECTORS; v++) value[v] = v_load(x + d * PANEL + v * VW);
        UNROLL for (int u = 0; u < outputs; u++)
        {
            const vf weight = v_set(a.w[(size_t)u * a.out + d * a.in]);
            UNROLL for (int v = 0; v < TILE_VECTORS; v++) sum[u][v] = v_fma(weight, value[v], sum[u][v]);
        }
    }
    UNROLL for (int u = 0; u < outputs; u++)
    {
        UNROLL for (int v = 0; v < TILE_VECTORS; v++) v_store(z + u * PANEL + v * VW, sum[u][v]);
    }
}

/* All outputs of all panels; outputs are shared out evenly, 10 as 5 + 5 rather than 6 + 4. */
INLINE void product(size_t panels, size_t inputs, size_t outputs, weights a, const float *x, float *z)
{
    const size_t tiles = (outputs + TILE_OUTPUTS - 1) / TILE_OUTPUTS;
    for (size_t p = 0; p < panels; p++, x += inputs * PANEL, z += outputs * PANEL) {
        for (size_t lane = 0; lane < PANEL; lane += TILE_VECTORS * VW) {
            for (size_t tile = 0, u = 0; tile < tiles; tile++) {
                const size_t n = (outputs - u + (tiles - tile) - 1) / (tiles - tile);
                const weights part = {a.w + u * a.out, a.out, a.in, a.bias ? a.bias + u : NULL};
                float *to = z + u * PANEL + lane;
                switch (n) {
                case 1:
                    product_tile(1, inputs, part, x + lane, to);
                    break;
                case 2:
                    product_tile(2, inputs, part, x + lane, to);
                    break;
                case 3:
                    product_tile(3, inputs, part, x + lane, to);
                    break;
#if TILE_OUTPUTS > 3
                case 4:
                    product_tile(4, inputs, part, x + lane, to);
                    break;
                case 5:
                    product_tile(5, inputs, part, x + lane, to);
                    break;
                default:
                    product_tile(6, inputs, part, x + lane, to);
#endif
                }
                u += n;
            }
        }
    }
}

static void dense_forward(size_t panels, size_t inputs, size_t outputs, const float *w, const float *b, const float *x,
                          float *z)
{
    product(panels, inputs, outputs, (weights){w, inputs, 1, b}, x, z);
}

static void dense_backward_inputs(size_t panels, size_t inputs, size_t outputs, const float *w, const float *dz,
                                  float *dx)
{
    product(panels, outputs, inputs, (weights){w, 1, inputs, NULL}, dz, dx);
}

typedef float eight __attribute__((vector_size(32)));

/* Eight rows of 16 lanes at once: each step adds what is half as far apart as in the step before, and puts two rows
 * into one vector. out[8] */
INLINE void add_lanes_of_eight(const float (*lanes)[LANES], float *out)
{
    eight row[8], four[4], two[2];
    UNROLL for (int i = 0; i < 8; i++)
    {
        eight upper;
        memcpy(&row[i], lanes[i], sizeof row[i]);
        memcpy(&upper, lanes[i] + 8, sizeof upper);
        row[i] += upper;
    }
    UNROLL for (int i = 0; i < 4; i++) four[i] =
        __builtin_shufflevector(row[2 * i], row[2 * i + 1], 0, 1, 2, 3, 8, 9, 10, 11) +
        __builtin_shufflevector(row[2 * i], row[2 * i + 1], 4, 5, 6, 7, 12, 13, 14, 15);
    UNROLL for (int i = 0; i < 2; i++) two[i] =
        __builtin_shufflevector(four[2 * i], four[2 * i + 1], 0, 1, 4, 5, 8, 9, 12, 13) +
        __builtin_shufflevector(four[2 * i], four[2 * i + 1], 2, 3, 6, 7, 10, 11, 14, 15);
    const eight one = __builtin_shufflevector(two[0], two[1], 0, 2, 4, 6, 8, 10, 12, 14) +
                      __builtin_shufflevector(two[0], two[1], 1, 3, 5, 7, 9, 11, 13, 15);
    memcpy(out, &one, sizeof one);
}

/* out[n] = the sum of the lanes of each of n rows; lanes has room for a multiple of eight rows. */
INLINE void add_lanes(size_t n, float (*lanes)[LANES], float *out)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        add_lanes_of_eight((const float(*)[LANES])lanes + i, out + i);
    if (i < n) {
        float rest[8];
        memset(lanes[n], 0, (i + 8 - n) * sizeof lanes[n]);
        add_lanes_of_eight((const float(*)[LANES])lanes + i, rest);
        memcpy(out + i, rest, (n - i) * sizeof *out);
    }
}

/* Lanes of dw of `outputs` x `inputs` weights; ldx and ldz are the floats of one panel of x and dz, row the weights
 * from one output to the next. */
INLINE void weights_tile(const int outputs, const int inputs, size_t panels, size_t ldx, size_t ldz, const float *x,
                         const float *dz, float (*lanes)[LANES], size_t row)
{
    for (size_t part = 0; part < LANES; part += VW) {
        vf sum[TILE_ROWS][TILE_INPUTS];
        UNROLL for (int u = 0; u < outputs; u++)
        {
            UNROLL for (int d = 0; d < inputs; d++) sum[u][d] = v_set(0.0f);
        }
        NO_UNROLL for (size_t p = 0; p < panels; p++)
        {
            NO_UNROLL for (size_t s = part; s < PANEL; s += LANES)
            {
                vf value[TILE_INPUTS];
                UNROLL for (int d = 0; d < inputs; d++) value[d] = v_load(x + p * ldx + d * PANEL + s);
                UNROLL for (int u = 0; u < outputs; u++)
                {
                    const vf delta = v_load(dz + p * ldz + u * PANEL + s);
                    UNROLL for (int d = 0; d < inputs; d++) sum[u][d] = v_fma(delta, value[d], sum[u][d]);
                }
            }
        }
        UNROLL for (int u = 0; u < outputs; u++)
        {
            UNROLL for (int d = 0; d < inputs; d++) v_store(lanes[(size_t)u * row + (size_t)d] + part, sum[u][d]);
        }
    }
}

/* One tile of a size known only at run time. */
static void weights_tile_of(size_t outputs, size_t inputs, size_t panels, size_t ldx, size_t ldz, const float *x,
                            const float *dz, float (*lanes)[LANES], size_t row)
{
#define TILE(u, d)                                                                                                     \
    case (u)*8 + (d):                                                                                                  \
        weights_tile(u, d, panels, ldx, ldz, x, dz, lanes, row);                                                       \
        break;
#if TILE_INPUTS > 3
#define TILES(u) TILE(u, 1) TILE(u, 2) TILE(u, 3) TILE(u, 4) TILE(u, 5) TILE(u, 6)
#else
#define TILES(u) TILE(u, 1) TILE(u, 2) TILE(u, 3)
#endif
    switch (outputs * 8 + inputs) {
        TILES(1)
        TILES(2)
        TILES(3)
        TILES(4)
    }
#undef TILES
#undef TILE
}

/* Inputs whose lanes are kept before they are added. */
#define STRIP 32

/* dw of up to TILE_ROWS outputs and STRIP inputs: tile by tile, then the lanes of all tiles at once. `row` is the
 * length of a row of dw. */
static void weights_strip(size_t outputs, size_t inputs, size_t panels, size_t ldx, size_t ldz, const float *x,
                          const float *dz, float *dw, size_t row)
{
    float lanes[TILE_ROWS * STRIP + 7][LANES];
    const size_t tiles = (inputs + TILE_INPUTS - 1) / TILE_INPUTS;
    for (size_t tile = 0, d = 0; tile < tiles; tile++) {
        const size_t n = (inputs - d + (tiles - tile) - 1) / (tiles - tile);
        weights_tile_of(outputs, n, panels, ldx, ldz, x + d * PANEL, dz, lanes + d, inputs);
        d += n;
    }
    if (inputs == row) {
        add_lanes(outputs * inputs, lanes, dw);
        return;
    }
    for (size_t u = outputs; u-- > 0;) /* from the last, since what is behind a row gets lost */
        add_lanes(inputs, lanes + u * inputs, dw + u * row);
}

/* db of `outputs` biases: the deltas alone, in the same lanes */
INLINE void bias_tile(const size_t outputs, size_t panels, size_t ldz, const float *dz, float *db)
{
    float lanes[8][LANES], total[8];
    for (size_t part = 0; part < LANES; part += VW) {
        vf sum[8];
        UNROLL for (size_t u = 0; u < outputs; u++) sum[u] = v_set(0.0f);
        for (size_t p = 0; p < panels; p++) {
            for (size_t s = part; s < PANEL; s += LANES) {
                UNROLL for (size_t u = 0; u < outputs; u++) sum[u] += v_load(dz + p * ldz + u * PANEL + s);
            }
        }
        UNROLL for (size_t u = 0; u < outputs; u++) v_store(lanes[u] + part, sum[u]);
    }
    add_lanes(outputs, lanes, total);
    UNROLL for (size_t u = 0; u < outputs; u++) db[u] = total[u];
}

static void bias_gradient(size_t panels, size_t outputs, const float *dz, float *db)
{
    size_t u = 0;
    for (; u + 4 <= outputs; u += 4)
        bias_tile(4, panels, outputs * PANEL, dz + u * PANEL, db + u);
    for (; u < outputs; u++)
        bias_tile(1, panels, outputs * PANEL, dz + u * PANEL, db + u);
}

static void dense_backward_weights(size_t panels, size_t inputs, size_t outputs, const float *x, const float *dz,
                                   float *dw, float *db)
{
    const size_t down = (outputs + TILE_ROWS - 1) / TILE_ROWS;
    for (size_t d = 0; d < inputs; d += STRIP) {
        const size_t nd = inputs - d < STRIP ? inputs - d : STRIP;
        for (size_t j = 0, u = 0; j < down; j++) {
            const size_t nu = (outputs - u + (down - j) - 1) / (down - j);
            weights_strip(nu, nd, panels, inputs * PANEL, outputs * PANEL, x + d * PANEL, dz + u * PANEL,
                          dw + u * inputs + d, inputs);
            u += nu;
        }
    }
    bias_gradient(panels, outputs, dz, db);
}
