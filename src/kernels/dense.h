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

/* out[n] = the sum of the lanes of each of n rows */
INLINE void add_lanes(size_t n, const float (*lanes)[LANES], float *out)
{
    for (size_t i = 0; i < n; i++) {
        float eight[8], four[4];
        UNROLL for (int l = 0; l < 8; l++) eight[l] = lanes[i][l] + lanes[i][l + 8];
        UNROLL for (int l = 0; l < 4; l++) four[l] = eight[l] + eight[l + 4];
        out[i] = (four[0] + four[2]) + (four[1] + four[3]);
    }
}

/* dw of `outputs` x `inputs` weights; ldx and ldz are the floats of one panel of x and dz. */
INLINE void weights_tile(const int outputs, const int inputs, size_t panels, size_t ldx, size_t ldz, const float *x,
                         const float *dz, float *dw, size_t row)
{
    float lanes[TILE_ROWS * TILE_INPUTS][LANES];
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
            UNROLL for (int d = 0; d < inputs; d++) v_store(lanes[u * inputs + d] + part, sum[u][d]);
        }
    }
    float total[TILE_ROWS * TILE_INPUTS];
    add_lanes((size_t)(outputs * inputs), (const float(*)[LANES])lanes, total);
    UNROLL for (int u = 0; u < outputs; u++)
    {
        UNROLL for (int d = 0; d < inputs; d++) dw[(size_t)u * row + (size_t)d] = total[u * inputs + d];
    }
}

/* One tile of a size known only at run time. */
static void weights_tile_of(size_t outputs, size_t inputs, size_t panels, size_t ldx, size_t ldz, const float *x,
                            const float *dz, float *dw, size_t row)
{
#define TILE(u, d)                                                                                                     \
    case (u)*8 + (d):                                                                                                  \
        weights_tile(u, d, panels, ldx, ldz, x, dz, dw, row);                                                          \
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

/* db[U]: the deltas alone, in the same lanes */
static void bias_gradient(size_t panels, size_t outputs, const float *dz, float *db)
{
    for (size_t u = 0; u < outputs; u++) {
        float lanes[1][LANES];
        for (size_t part = 0; part < LANES; part += VW) {
            vf sum = v_set(0.0f);
            for (size_t p = 0; p < panels; p++) {
                UNROLL for (size_t s = 0; s < PANEL; s += LANES) sum +=
                    v_load(dz + (p * outputs + u) * PANEL + s + part);
            }
            v_store(lanes[0] + part, sum);
        }
        add_lanes(1, (const float(*)[LANES])lanes, db + u);
    }
}

static void dense_backward_weights(size_t panels, size_t inputs, size_t outputs, const float *x, const float *dz,
                                   float *dw, float *db)
{
    const size_t across = (inputs + TILE_INPUTS - 1) / TILE_INPUTS, down = (outputs + TILE_ROWS - 1) / TILE_ROWS;
    for (size_t i = 0, d = 0; i < across; i++) {
        const size_t nd = (inputs - d + (across - i) - 1) / (across - i);
        for (size_t j = 0, u = 0; j < down; j++) {
            const size_t nu = (outputs - u + (down - j) - 1) / (down - j);
            weights_tile_of(nu, nd, panels, inputs * PANEL, outputs * PANEL, x + d * PANEL, dz + u * PANEL,
                            dw + u * inputs + d, inputs);
            u += nu;
        }
        d += nd;
    }
    bias_gradient(panels, outputs, dz, db);
}
