/* tanh, exp and log of a vector. The coefficients are minimax fits; the error bounds are measured by
 * tests/unit/test_kernels.c over the floats of the range that each is used on, and stated in docs/determinism.md. */
#ifndef LIBIB_KERNELS_VMATH_H
#define LIBIB_KERNELS_VMATH_H

#include "kernels/vec.h"

/* exp(r) = 1 + r + r^2 (E2 + E3 r + ...) for |r| <= ln(2) / 2 */
#define E2 0x1.fffffcp-2f
#define E3 0x1.55548ap-3f
#define E4 0x1.555918p-5f
#define E5 0x1.123fd4p-7f
#define E6 0x1.6a1a0ap-10f

#define LOG2_E 0x1.715476p+0f
/* ln 2 in two pieces: a product of the first with a small integer is exact. */
#define LN2_HIGH 0x1.62e400p-1f
#define LN2_LOW 0x1.7f7d1cp-20f

/* From here on tanh rounds to 1. */
#define TANH_CLAMP 9.02f

/* tanh |x| = E / (E + 2) with E = expm1(2 |x|); then the sign of x. NaN stays NaN. Adding `magic` rounds 2x / ln 2 to
 * the nearest integer n and leaves n + 127 in the low bits, which shifted are the float 2^n. */
INLINE vf v_tanh(vf x)
{
    const vf magic = v_set(0x1.8p23f + 127.0f);
    const vi sign = (vi)x & INT32_MIN;
    const vf u = v_min(v_set(TANH_CLAMP), (vf)((vi)x & INT32_MAX));
    const vf t = v_fma(u, v_set(2.0f * LOG2_E), magic);
    const vf power = (vf)((vi)t << 23);
    const vf r = v_fnma(t - magic, v_set(0x1.62e430p-2f), u); /* u - n ln(2) / 2: half the argument of exp */
    vf p = v_set(64.0f * E6);
    p = v_fma(p, r, v_set(32.0f * E5));
    p = v_fma(p, r, v_set(16.0f * E4));
    p = v_fma(p, r, v_set(8.0f * E3));
    p = v_fma(p, r, v_set(4.0f * E2));
    p = v_fma(p, r * r, r + r);
    const vf e = v_fma(power, p, power - 1.0f);
    return (vf)((vi)(e / (e + 2.0f)) | sign);
}

/* exp x, saturating at |x| = 87 so that neither overflow nor underflow occurs. NaN stays NaN. */
INLINE vf v_exp(vf x)
{
    const vf magic = v_set(0x1.8p23f);
    x = v_max(v_set(-87.0f), v_min(v_set(87.0f), x));
    const vf t = v_fma(x, v_set(LOG2_E), magic);
    const vf n = t - magic;
    vf r = v_fnma(n, v_set(LN2_HIGH), x);
    r = v_fnma(n, v_set(LN2_LOW), r);
    vf p = v_set(E6);
    p = v_fma(p, r, v_set(E5));
    p = v_fma(p, r, v_set(E4));
    p = v_fma(p, r, v_set(E3));
    p = v_fma(p, r, v_set(E2));
    p = v_fma(p, r * r, r) + 1.0f;
    return (vf)((vi)p + ((vi)t << 23));
}

/* 1 / (1 + exp(-x)) */
INLINE vf v_sigmoid(vf x)
{
    return 1.0f / (1.0f + v_exp(-x));
}

/* log x of a normal positive x. With x = 2^e (1 + f), 1 + f in [sqrt(1/2), sqrt(2)):
 * log x = e ln 2 + f - f^2 / 2 + f^3 (polynomial in f). */
INLINE vf v_log(vf x)
{
    static const float c[8] = {0x1.55554ap-2f, -0x1.00022p-2f,  0x1.99a596p-3f, -0x1.547888p-3f,
                               0x1.226e5ep-3f, -0x1.0ce0acp-3f, 0x1.07d06ap-3f, -0x1.41ebbep-4f};
    const vi bits = (vi)x;
    const vi e = (bits - 0x3f3504f3) >> 23; /* relative to sqrt(1/2) */
    const vf f = (vf)(bits - (e << 23)) - 1.0f;
    const vf n = v_from_int(e);
    vf p = v_set(c[7]);
    UNROLL for (int i = 6; i >= 0; i--) p = v_fma(p, f, v_set(c[i]));
    const vf f2 = f * f;
    p = p * f * f2;
    p = v_fma(n, v_set(LN2_LOW), p);
    p = v_fnma(v_set(0.5f), f2, p);
    return v_fma(n, v_set(LN2_HIGH), p + f);
}

/* Gradients of activation functions in terms of their values y */
INLINE vf linear_gradient(vf y, vf dy)
{
    (void)y;
    return dy;
}

INLINE vf tanh_gradient(vf y, vf dy)
{
    return dy * v_fnma(y, y, v_set(1.0f));
}

INLINE vf relu_gradient(vf y, vf dy)
{
    return v_select(y > 0.0f, dy, v_set(0.0f));
}

INLINE vf sigmoid_gradient(vf y, vf dy)
{
    return dy * (y * (1.0f - y));
}

#endif
