/* Loops over plain arrays: activations, quantisers, ranges, sums, Adam. Part of kernels.c. */
#include "kernels/vmath.h"

#include <libib/activation.h>

#include <float.h>

/* body for the vectors from `i` on, each with `here` values: a constant in all but the last, so that only that one
 * pays for being partial. */
#define FOR_VECTORS(n, body)                                                                                           \
    do {                                                                                                               \
        size_t i = 0;                                                                                                  \
        for (; i + VW <= (n); i += VW) {                                                                               \
            const size_t here = VW;                                                                                    \
            body;                                                                                                      \
        }                                                                                                              \
        if (i < (n)) {                                                                                                 \
            const size_t here = (n)-i;                                                                                 \
            body;                                                                                                      \
        }                                                                                                              \
    } while (0)

INLINE vf load(const float *x, size_t here)
{
    return here == VW ? v_load(x) : v_load_part(x, here, 0.0f);
}

INLINE void store(float *x, size_t here, vf value)
{
    if (here == VW)
        v_store(x, value);
    else
        v_store_part(x, here, value);
}

/* y[n] = f(x[n]) and z[n] = f(x[n], y[n]) */
INLINE void map1(size_t n, const float *x, float *y, vf (*f)(vf))
{
    FOR_VECTORS(n, store(y + i, here, f(load(x + i, here))));
}

INLINE void map2(size_t n, const float *x, const float *y, float *z, vf (*f)(vf, vf))
{
    FOR_VECTORS(n, store(z + i, here, f(load(x + i, here), load(y + i, here))));
}

INLINE vf linear(vf z)
{
    return z;
}

/* NaN stays NaN; -0 becomes 0. */
INLINE vf relu(vf z)
{
    return v_select(z <= 0.0f, v_set(0.0f), z);
}

static void activation_forward(uint32_t activation, size_t n, const float *z, float *y)
{
    switch (activation) {
    case IB_ACTIVATION_TANH:
        map1(n, z, y, v_tanh);
        break;
    case IB_ACTIVATION_RELU:
        map1(n, z, y, relu);
        break;
    case IB_ACTIVATION_SIGMOID:
        map1(n, z, y, v_sigmoid);
        break;
    default:
        if (y != z)
            map1(n, z, y, linear);
    }
}

static void activation_backward(uint32_t activation, size_t n, const float *y, const float *dy, float *dz)
{
    switch (activation) {
    case IB_ACTIVATION_TANH:
        map2(n, y, dy, dz, tanh_gradient);
        break;
    case IB_ACTIVATION_RELU:
        map2(n, y, dy, dz, relu_gradient);
        break;
    case IB_ACTIVATION_SIGMOID:
        map2(n, y, dy, dz, sigmoid_gradient);
        break;
    default:
        if (dz != dy)
            map2(n, y, dy, dz, linear_gradient);
    }
}

static int range(size_t n, const float *x, float *min, float *max)
{
    enum { CHAINS = 4 };
    vf low[CHAINS], high[CHAINS], sick = v_set(0.0f);
    UNROLL for (int c = 0; c < CHAINS; c++) low[c] = high[c] = v_set(x[0]);
    size_t i = 0;
    for (; i + CHAINS * VW <= n; i += CHAINS * VW) {
        UNROLL for (int c = 0; c < CHAINS; c++)
        {
            const vf value = v_load(x + i + (size_t)c * VW);
            low[c] = v_min(low[c], value);
            high[c] = v_max(high[c], value);
            sick = v_poison(sick, value);
        }
    }
    for (; i < n; i += VW) {
        const vf value = i + VW <= n ? v_load(x + i) : v_load_part(x + i, n - i, x[0]);
        low[0] = v_min(low[0], value);
        high[0] = v_max(high[0], value);
        sick = v_poison(sick, value);
    }
    *min = v_over(v_min, v_min(v_min(low[0], low[1]), v_min(low[2], low[3])));
    *max = v_over(v_max, v_max(v_max(high[0], high[1]), v_max(high[2], high[3])));
    return !v_is_sick(sick);
}

/* The divisor of a quantiser. A bare product with 1 / step errs at half-way points, and a division takes as long as ten
 * other operations; but with fused operations the product can be corrected until it is the rounded quotient. */
typedef struct divisor {
    float step, inverse;
    int corrected; /* else divide: without fused operations, or where a remainder could be subnormal */
} divisor;

static divisor divisor_of(float step)
{
    return (divisor){step, 1.0f / step, FUSED && step > 0x1p-90f && step < 0x1p90f};
}

/* a / step, rounded to nearest. The first correction leaves an error below one ulp; then, since `inverse` is the
 * rounded 1 / step and the remainder is exact, the second rounds as the division does (P. Markstein: Computation of
 * elementary functions on the IBM RISC System/6000 processor, 1990, theorem 8). */
INLINE vf quotient(vf a, divisor by, const int corrected)
{
    if (!corrected)
        return a / by.step;
    const vf step = v_set(by.step), inverse = v_set(by.inverse);
    vf q = a * inverse;
    q = v_fma(v_fnma(q, step, a), inverse, q);
    return v_fma(v_fnma(q, step, a), inverse, q);
}

/* Levels of one vector of values between low and high. */
INLINE vf level(const ib_i_grid *grid, divisor by, const int corrected, vf x)
{
    return v_floor(quotient(x - grid->low, by, corrected) - grid->zero + 0.5f);
}

INLINE vf value_of(const ib_i_grid *grid, vf level_of)
{
    return level_of * grid->step + grid->offset;
}

/* Codes of 1 or 2 bytes */
INLINE void store_codes(unsigned char *codes, const size_t code_size, size_t n, vi code)
{
    if (code_size == 1) {
        const __typeof__(v_bytes(code)) narrow = v_bytes(code);
        memcpy(codes, &narrow, n);
    } else {
        const __typeof__(v_halves(code)) narrow = v_halves(code);
        memcpy(codes, &narrow, 2 * n);
    }
}

/* One vector; returns the values, which are NaN where x is. */
INLINE vf quantise_vector(const ib_i_grid *grid, divisor by, const int corrected, const float *x, float *values,
                          unsigned char *codes, const size_t code_size, size_t here)
{
    const vf value = load(x, here);
    const vf t = level(grid, by, corrected, v_min(v_set(grid->high), v_max(v_set(grid->low), value)));
    if (code_size)
        store_codes(codes, code_size, here, v_to_int(t + grid->zero));
    const vf quantised = value_of(grid, t);
    store(values, here, quantised);
    return quantised;
}

INLINE int quantise_as(const ib_i_grid *grid, divisor by, const int corrected, size_t n, const float *x, float *values,
                       unsigned char *codes, const size_t code_size)
{
    const ib_i_grid g = *grid; /* a copy, which no store changes */
    vf sick = v_set(0.0f);
    FOR_VECTORS(n, sick = v_poison(sick, quantise_vector(&g, by, corrected, x + i, values + i,
                                                         codes ? codes + i * code_size : NULL, code_size, here)));
    return !v_is_sick(sick);
}

static void quantise_inside(const ib_i_grid *grid, size_t n, const float *x, float *values)
{
    const ib_i_grid g = *grid; /* a copy, as above */
    const divisor by = divisor_of(g.step);
    if (by.corrected)
        FOR_VECTORS(n, store(values + i, here, value_of(&g, level(&g, by, 1, load(x + i, here)))));
    else
        FOR_VECTORS(n, store(values + i, here, value_of(&g, level(&g, by, 0, load(x + i, here)))));
}

/* The same with all that decides the shape of the loop a constant. */
static int quantise(const ib_i_grid *grid, size_t n, const float *x, float *values, void *codes, size_t code_size)
{
    const divisor by = divisor_of(grid->step);
    if (!by.corrected)
        return quantise_as(grid, by, 0, n, x, values, codes, codes ? code_size : 0);
    if (!codes)
        return quantise_as(grid, by, 1, n, x, values, NULL, 0);
    if (code_size == 1)
        return quantise_as(grid, by, 1, n, x, values, codes, 1);
    return quantise_as(grid, by, 1, n, x, values, codes, 2);
}

/* For x >= 0; from 2^23 on every float is an integer. */
INLINE vf round_even(vf x)
{
    const vf unit = v_set(0x1p23f);
    return v_select(x < unit, (x + unit) - unit, x);
}

static void bin(float min, float levels, float width, size_t n, const float *x, float *bins)
{
    FOR_VECTORS(n, store(bins + i, here, round_even((load(x + i, here) - min) * levels / width)));
}

INLINE vf straight_through(const ib_i_grid *grid, vf x, vf dy)
{
    return (vf)((x >= grid->low) & (x <= grid->high) & (vi)dy);
}

static void quantise_backward(const ib_i_grid *grid, size_t n, const float *x, const float *dy, float *dx)
{
    FOR_VECTORS(n, store(dx + i, here, straight_through(grid, load(x + i, here), load(dy + i, here))));
}

INLINE vf where(vi mask, vf x)
{
    return (vf)(mask & (vi)x);
}

INLINE void add_to(float *lanes, vf x)
{
    v_store(lanes, v_load(lanes) + x);
}

static void range_sums(const ib_i_grid *grid, float min, float max, size_t n, const float *x, const float *dy,
                       ib_i_range_sums *sums)
{
    vi at_min = v_set_int(0), at_max = v_set_int(0);
    for (size_t i = 0; i < n; i += VW) {
        const size_t here = n - i < VW ? n - i : VW;
        const vf value = here == VW ? v_load(x + i)
                                    : v_load_part(x + i, here, __builtin_nanf("")); /* neither clipped nor at an end */
        const vf delta = here == VW ? v_load(dy + i) : load(dy + i, here);
        add_to(sums->below + i % LANES, where(value < grid->low, delta));
        add_to(sums->above + i % LANES, where(value > grid->high, delta));
        at_min -= value == min;
        at_max -= value == max;
    }
    for (int l = 0; l < VW; l++) {
        sums->at_min += (size_t)at_min[l];
        sums->at_max += (size_t)at_max[l];
    }
}

INLINE vf add_shares(vf x, vf dx, float min, float max, float share_min, float share_max)
{
    return dx + where(x == min, v_set(share_min)) + where(x == max, v_set(share_max));
}

static void range_shares(float min, float max, float share_min, float share_max, size_t n, const float *x, float *dx)
{
    FOR_VECTORS(n,
                store(dx + i, here, add_shares(load(x + i, here), load(dx + i, here), min, max, share_min, share_max)));
}

static void expand_bits(size_t panels, size_t inputs, const uint32_t *bits, float *x)
{
    for (size_t p = 0; p < panels; p++) {
        for (size_t s = 0; s < PANEL; s += VW) {
            vi code;
            memcpy(&code, bits + p * PANEL + s, sizeof code);
            for (size_t d = 0; d < inputs; d++)
                v_store(x + (p * inputs + d) * PANEL + s, where((code & (int32_t)(1u << d)) != 0, v_set(1.0f)));
        }
    }
}

static double sum(size_t n, const float *x)
{
    double lanes[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (size_t l = 0; l < LANES; l++)
            lanes[l] += (double)x[i + l];
    }
    for (size_t l = 0; i + l < n; l++)
        lanes[l] += (double)x[i + l];
    for (size_t half = LANES / 2; half; half /= 2) {
        for (size_t l = 0; l < half; l++)
            lanes[l] += lanes[l + half];
    }
    return lanes[0];
}

INLINE void adam_vector(const ib_i_adam_step *step, const float *g, float *m, float *v, float *w, size_t here)
{
    const vf slope = load(g, here), m_before = load(m, here), v_before = load(v, here);
    const vf first = v_fma(slope - m_before, v_set(step->gain1), m_before);
    const vf second = v_fma(v_fma(slope, slope, -v_before), v_set(step->gain2), v_before);
    const vf move = step->rate * first / (v_sqrt(second * step->root_scale) + step->epsilon);
    store(m, here, first);
    store(v, here, second);
    store(w, here, load(w, here) - move);
}

static void adam(const ib_i_adam_step *step, size_t n, const float *g, float *m, float *v, float *w)
{
    FOR_VECTORS(n, adam_vector(step, g + i, m + i, v + i, w + i, here));
}
