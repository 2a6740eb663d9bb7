/* The three products of a dense layer, in register tiles. Part of kernels.c.
 *
 * Sums over inputs start from the bias and go up by one fused multiply-add each. Sums over samples are kept in 16 lanes
 * (sample b in lane b mod 16) and added as a tree, +8 +4 +2 +1. Neither depends on the tiles or on the width of a
 * vector. */
#include "kernels/vmath.h"

#include <libib/activation.h>

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
    int resume;        /* instead go on from the sums that lie in z */
} weights;

/* What a sum is multiplied by when it is complete: the gradient of an activation function whose values are y. */
typedef struct gradient {
    uint32_t activation;
    const float *y; /* laid out as the sums; NULL: nothing */
} gradient;

/* `outputs` outputs of TILE_VECTORS vectors of samples. */
INLINE void product_tile(const int outputs, size_t inputs, weights a, gradient g, const float *x, float *z)
{
    vf sum[TILE_OUTPUTS][TILE_VECTORS];
    UNROLL for (int u = 0; u < outputs; u++)
    {
        const vf start = v_set(a.bias ? a.bias[u] : 0.0f);
        UNROLL for (int v = 0; v < TILE_VECTORS; v++) sum[u][v] = a.resume ? v_load(z + u * PANEL + v * VW) : start;
    }
    NO_UNROLL for (size_t d = 0; d < inputs; d++)
    {
        vf weight[TILE_OUTPUTS];
        UNROLL for (int u = 0; u < outputs; u++) weight[u] = v_set(a.w[(size_t)u * a.out + d * a.in]);
        UNROLL for (int v = 0; v < TILE_VECTORS; v++)
        {
            const vf value = v_keep(v_load(x + d * PANEL + v * VW));
            UNROLL for (int u = 0; u < outputs; u++) sum[u][v] = v_fma(weight[u], value, sum[u][v]);
        }
    }
#define STORE_SUMS(sum_of)                                                                                             \
    UNROLL for (int u = 0; u < outputs; u++)                                                                           \
    {                                                                                                                  \
        UNROLL for (int v = 0; v < TILE_VECTORS; v++) v_store(z + u * PANEL + v * VW, sum_of);                         \
    }
#define Y v_load(g.y + u * PANEL + v * VW)
    if (!g.y || g.activation == IB_ACTIVATION_LINEAR) {
        STORE_SUMS(sum[u][v])
    } else if (g.activation == IB_ACTIVATION_TANH) {
        STORE_SUMS(tanh_gradient(Y, sum[u][v]))
    } else if (g.activation == IB_ACTIVATION_RELU) {
        STORE_SUMS(relu_gradient(Y, sum[u][v]))
    } else {
        STORE_SUMS(sigmoid_gradient(Y, sum[u][v]))
    }
#undef Y
#undef STORE_SUMS
}

/* One tile of a size known only at run time. */
INLINE void product_tile_of(size_t outputs, size_t inputs, weights a, gradient g, const float *x, float *z)
{
    switch (outputs) {
    case 1:
        product_tile(1, inputs, a, g, x, z);
        break;
    case 2:
        product_tile(2, inputs, a, g, x, z);
        break;
    case 3:
        product_tile(3, inputs, a, g, x, z);
        break;
#if TILE_OUTPUTS > 3
    case 4:
        product_tile(4, inputs, a, g, x, z);
        break;
    case 5:
        product_tile(5, inputs, a, g, x, z);
        break;
    default:
        product_tile(6, inputs, a, g, x, z);
#endif
    }
}

INLINE gradient gradient_at(gradient g, size_t at)
{
    return (gradient){g.activation, g.y ? g.y + at : NULL};
}

/* All outputs of all panels; outputs are shared out evenly, 10 as 5 + 5 rather than 6 + 4. */
INLINE void product(size_t panels, size_t inputs, size_t outputs, weights a, gradient g, const float *x, float *z)
{
    const size_t tiles = (outputs + TILE_OUTPUTS - 1) / TILE_OUTPUTS;
    for (size_t p = 0; p < panels; p++) {
        for (size_t lane = 0; lane < PANEL; lane += TILE_VECTORS * VW) {
            for (size_t tile = 0, u = 0; tile < tiles; tile++) {
                const size_t n = (outputs - u + (tiles - tile) - 1) / (tiles - tile);
                const size_t at = (p * outputs + u) * PANEL + lane;
                const weights part = {a.w + u * a.out, a.out, a.in, a.bias ? a.bias + u : NULL, 0};
                product_tile_of(n, inputs, part, gradient_at(g, at), x + p * inputs * PANEL + lane, z + at);
                u += n;
            }
        }
    }
}

static void dense_forward(size_t panels, size_t inputs, size_t outputs, const float *w, const float *b, const float *x,
                          float *z)
{
    product(panels, inputs, outputs, (weights){w, inputs, 1, b, 0}, (gradient){0}, x, z);
}

/* From so many weights on, reading them across would miss the caches at every step. */
#define MANY_WEIGHTS ((size_t)1 << 16)
/* Rows of a matrix that are copied before it is read across. */
#define DEPTH ((size_t)256)

/* to[depth][TILE_OUTPUTS] = n columns of a matrix with rows of `row` */
INLINE void copy_columns(size_t n, size_t depth, const float *w, size_t row, float *to)
{
    for (size_t k = 0; k < depth; k++) {
        if (n == TILE_OUTPUTS)
            memcpy(to + k * TILE_OUTPUTS, w + k * row, TILE_OUTPUTS * sizeof *w);
        else
            memcpy(to + k * TILE_OUTPUTS, w + k * row, n * sizeof *w);
    }
}

/* The same product in pieces of DEPTH rows; each goes on from the sums of those before. */
static void backward_inputs_of_many(size_t panels, size_t inputs, size_t outputs, const float *w, const float *dz,
                                    gradient g, float *dx)
{
    float columns[DEPTH * TILE_OUTPUTS];
    for (size_t u = 0; u < outputs; u += DEPTH) {
        const size_t depth = outputs - u < DEPTH ? outputs - u : DEPTH;
        const weights part = {columns, 1, TILE_OUTPUTS, NULL, u > 0};
        const gradient at_end = u + depth == outputs ? g : (gradient){0};
        for (size_t d = 0; d < inputs; d += TILE_OUTPUTS) {
            const size_t n = inputs - d < TILE_OUTPUTS ? inputs - d : TILE_OUTPUTS;
            copy_columns(n, depth, w + u * inputs + d, inputs, columns);
            for (size_t lane = 0; lane < panels * PANEL; lane += TILE_VECTORS * VW) {
                const size_t p = lane / PANEL, at = (p * inputs + d) * PANEL + lane % PANEL;
                product_tile_of(n, depth, part, gradient_at(at_end, at), dz + (p * outputs + u) * PANEL + lane % PANEL,
                                dx + at);
            }
        }
    }
}

static void dense_backward_inputs(size_t panels, size_t inputs, size_t outputs, const float *w, const float *dz,
                                  uint32_t activation, const float *y, float *dx)
{
    const gradient g = {activation, y};
    if (inputs * outputs > MANY_WEIGHTS)
        backward_inputs_of_many(panels, inputs, outputs, w, dz, g, dx);
    else
        product(panels, outputs, inputs, (weights){w, 1, inputs, NULL, 0}, g, dz, dx);
}

/* Lane i of FOLD(h, a, b) is the sum of lanes i and i ^ h: of a where bit h of i is clear, of b where it is set. */
#define KEPT(h, i) ((i) & (h) ? VW + (i) : (i))
#define MOVED(h, i) (((i) & (h) ? VW : 0) + ((i) ^ (h)))
#define FOLD(h, a, b)                                                                                                  \
    (__builtin_shufflevector(a, b, LANES_OF(KEPT, h)) + __builtin_shufflevector(a, b, LANES_OF(MOVED, h)))

/* The 16 lanes of a row in one vector: l with l + 8, and if need be with l + 4. */
INLINE vf load_lanes(const float *lanes)
{
#if VW == 16
    return v_load(lanes);
#elif VW == 8
    return v_load(lanes) + v_load(lanes + 8);
#else
    return (v_load(lanes) + v_load(lanes + 8)) + (v_load(lanes + 4) + v_load(lanes + 12));
#endif
}

/* The sums of VW rows in one vector. Each step adds what is half as far apart as in the step before, and puts two rows
 * into one vector. */
INLINE vf add_lanes_of_rows(const float (*lanes)[LANES])
{
    vf row[VW];
    UNROLL for (int i = 0; i < VW; i++) row[i] = load_lanes(lanes[i]);
#if VW > 8
    UNROLL for (int i = 0; i < 8; i++) row[i] = FOLD(8, row[i], row[i + 8]);
#endif
#if VW > 4
    UNROLL for (int i = 0; i < 4; i++) row[i] = FOLD(4, row[i], row[i + 4]);
#endif
    UNROLL for (int i = 0; i < 2; i++) row[i] = FOLD(2, row[i], row[i + 2]);
    return FOLD(1, row[0], row[1]);
}

/* out[n] = the sum of the lanes of each of n rows; lanes has room for a multiple of VW rows. */
INLINE void add_lanes(size_t n, float (*lanes)[LANES], float *out)
{
    size_t i = 0;
    for (; i + VW <= n; i += VW)
        v_store(out + i, add_lanes_of_rows((const float(*)[LANES])lanes + i));
    if (i < n) {
        memset(lanes[n], 0, (i + VW - n) * sizeof lanes[n]);
        v_store_part(out + i, n - i, add_lanes_of_rows((const float(*)[LANES])lanes + i));
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
                    const vf delta = v_keep(v_load(dz + p * ldz + u * PANEL + s));
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
    _Alignas(64) float lanes[TILE_ROWS * STRIP + VW - 1][LANES];
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

/* Lanes of db of `outputs` biases: the deltas alone */
INLINE void bias_tile(const size_t outputs, size_t panels, size_t ldz, const float *dz, float (*lanes)[LANES])
{
    for (size_t part = 0; part < LANES; part += VW) {
        vf sum[4];
        UNROLL for (size_t u = 0; u < outputs; u++) sum[u] = v_set(0.0f);
        for (size_t p = 0; p < panels; p++) {
            for (size_t s = part; s < PANEL; s += LANES) {
                UNROLL for (size_t u = 0; u < outputs; u++) sum[u] += v_load(dz + p * ldz + u * PANEL + s);
            }
        }
        UNROLL for (size_t u = 0; u < outputs; u++) v_store(lanes[u] + part, sum[u]);
    }
}

static void bias_gradient(size_t panels, size_t outputs, const float *dz, float *db)
{
    _Alignas(64) float lanes[VW][LANES];
    for (size_t start = 0; start < outputs; start += VW) {
        const size_t n = outputs - start < VW ? outputs - start : VW;
        const float *from = dz + start * PANEL;
        size_t u = 0;
        for (; u + 4 <= n; u += 4)
            bias_tile(4, panels, outputs * PANEL, from + u * PANEL, lanes + u);
        for (; u < n; u++)
            bias_tile(1, panels, outputs * PANEL, from + u * PANEL, lanes + u);
        add_lanes(n, lanes, db + start);
    }
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
