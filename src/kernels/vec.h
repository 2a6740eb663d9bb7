/* One machine vector of floats: 16 lanes with AVX-512, 8 with AVX2, else 4 (SSE2, NEON). Arithmetic and comparisons are
 * the compiler's vector extensions; only what they cannot say is an intrinsic. Every operation has the same result on
 * each width. */
#ifndef LIBIB_KERNELS_VEC_H
#define LIBIB_KERNELS_VEC_H

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define VW 16
#elif defined(__AVX2__)
#define VW 8
#else
#define VW 4
#endif

#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#define NO_UNROLL _Pragma("clang loop unroll(disable)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#define NO_UNROLL _Pragma("GCC unroll 1")
#endif

typedef float vf __attribute__((vector_size(4 * VW)));
typedef int32_t vi __attribute__((vector_size(4 * VW)));
typedef uint32_t vu __attribute__((vector_size(4 * VW)));

INLINE vf v_set(float x)
{
    return x - (vf){0};
}

INLINE vi v_set_int(int32_t x)
{
    return x - (vi){0};
}

INLINE vf v_load(const float *p)
{
    vf v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void v_store(float *p, vf v)
{
    memcpy(p, &v, sizeof v);
}

/* The first n < VW values, and `fill` in the lanes above. */
INLINE vf v_load_part(const float *p, size_t n, float fill)
{
#if VW == 16
    return _mm512_mask_loadu_ps(v_set(fill), (__mmask16)((1u << n) - 1u), p);
#else
    vf v = v_set(fill);
    memcpy(&v, p, n * sizeof *p);
    return v;
#endif
}

INLINE void v_store_part(float *p, size_t n, vf v)
{
#if VW == 16
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1u), v);
#else
    memcpy(p, &v, n * sizeof *p);
#endif
}

/* x in a register: gcc would load it anew for every operation that can have an operand in memory, until loading takes
 * longer than multiplying. */
INLINE vf v_keep(vf x)
{
#if defined(__x86_64__)
    __asm__("" : "+v"(x));
#endif
    return x;
}

/* mask ? a : b, the mask from a comparison. */
INLINE vf v_select(vi mask, vf a, vf b)
{
    return (vf)((mask & (vi)a) | (~mask & (vi)b));
}

INLINE vf v_add(vf a, vf b)
{
    return a + b;
}

INLINE vi v_to_int(vf x)
{
    return __builtin_convertvector(x, vi);
}

INLINE vf v_from_int(vi x)
{
    return __builtin_convertvector(x, vf);
}

/* a * b + c, rounded once where the machine can. min and max return b if one operand is NaN. */
#if VW == 16
INLINE vf v_fma(vf a, vf b, vf c)
{
    return _mm512_fmadd_ps(a, b, c);
}
INLINE vf v_min(vf a, vf b)
{
    return _mm512_min_ps(a, b);
}
INLINE vf v_max(vf a, vf b)
{
    return _mm512_max_ps(a, b);
}
INLINE vf v_sqrt(vf a)
{
    return _mm512_sqrt_ps(a);
}
INLINE vf v_floor(vf a)
{
    return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}
#elif VW == 8
INLINE vf v_fma(vf a, vf b, vf c)
{
    return _mm256_fmadd_ps(a, b, c);
}
INLINE vf v_min(vf a, vf b)
{
    return _mm256_min_ps(a, b);
}
INLINE vf v_max(vf a, vf b)
{
    return _mm256_max_ps(a, b);
}
INLINE vf v_sqrt(vf a)
{
    return _mm256_sqrt_ps(a);
}
INLINE vf v_floor(vf a)
{
    return _mm256_floor_ps(a);
}
#else
INLINE vf v_fma(vf a, vf b, vf c)
{
#if defined(__aarch64__)
    return vfmaq_f32(c, a, b);
#elif defined(__FP_FAST_FMAF)
    UNROLL for (int i = 0; i < VW; i++) c[i] = __builtin_fmaf(a[i], b[i], c[i]);
    return c;
#else
    return a * b + c;
#endif
}
#if defined(__x86_64__)
INLINE vf v_min(vf a, vf b)
{
    return _mm_min_ps(a, b);
}
INLINE vf v_max(vf a, vf b)
{
    return _mm_max_ps(a, b);
}
#else
/* As x86 has it. NEON's instructions would return NaN, and take -0 for less than +0. */
INLINE vf v_min(vf a, vf b)
{
    return v_select(a < b, a, b);
}
INLINE vf v_max(vf a, vf b)
{
    return v_select(a > b, a, b);
}
#endif
INLINE vf v_sqrt(vf a)
{
#if defined(__x86_64__)
    return _mm_sqrt_ps(a);
#elif defined(__aarch64__)
    return vsqrtq_f32(a);
#else
    UNROLL for (int i = 0; i < VW; i++) a[i] = __builtin_sqrtf(a[i]);
    return a;
#endif
}
/* For |a| < 2^31, which quantisers keep to. */
INLINE vf v_floor(vf a)
{
#if defined(__aarch64__)
    return vrndmq_f32(a);
#else
    const vf t = v_from_int(v_to_int(a));
    return t - v_select(t > a, v_set(1.0f), v_set(0.0f));
#endif
}
#endif

/* Numbers below 2^16, or 2^8, in as many bits, from the first lane on; compilers would convert lane by lane. */
#if VW == 8
INLINE __m128i v_halves(vi x)
{
    return _mm_packus_epi32(_mm256_castsi256_si128((__m256i)x), _mm256_extracti128_si256((__m256i)x, 1));
}
INLINE __m128i v_bytes(vi x)
{
    return _mm_packus_epi16(v_halves(x), v_halves(x));
}
#elif VW == 4 && defined(__x86_64__)
INLINE __m128i v_halves(vi x)
{
    const __m128i halves = (__m128i)(x << 16 >> 16); /* SSE2 packs signed numbers only */
    return _mm_packs_epi32(halves, halves);
}
INLINE __m128i v_bytes(vi x)
{
    return _mm_packus_epi16(v_halves(x), v_halves(x));
}
#elif defined(__aarch64__)
INLINE uint16x4_t v_halves(vi x)
{
    return vmovn_u32((uint32x4_t)x);
}
INLINE uint8x8_t v_bytes(vi x)
{
    return vmovn_u16(vcombine_u16(v_halves(x), v_halves(x)));
}
#else
typedef uint16_t halves __attribute__((vector_size(2 * VW)));
typedef uint8_t bytes __attribute__((vector_size(VW)));
INLINE halves v_halves(vi x)
{
    return __builtin_convertvector(x, halves);
}
INLINE bytes v_bytes(vi x)
{
    return __builtin_convertvector(x, bytes);
}
#endif

/* of(h, i) for each lane i: the lanes of a shuffle */
#define FOUR_OF(of, h, i) of(h, (i)), of(h, (i) + 1), of(h, (i) + 2), of(h, (i) + 3)
#if VW == 16
#define LANES_OF(of, h) FOUR_OF(of, h, 0), FOUR_OF(of, h, 4), FOUR_OF(of, h, 8), FOUR_OF(of, h, 12)
#elif VW == 8
#define LANES_OF(of, h) FOUR_OF(of, h, 0), FOUR_OF(of, h, 4)
#else
#define LANES_OF(of, h) FOUR_OF(of, h, 0)
#endif
#define EXCHANGED(h, i) ((i) ^ (h))
#define EXCHANGE(h, x) __builtin_shufflevector(x, x, LANES_OF(EXCHANGED, h))

/* f over all lanes: of lanes 8 apart, then 4, 2, 1 */
INLINE float v_over(vf (*f)(vf, vf), vf x)
{
#if VW > 8
    x = f(x, EXCHANGE(8, x));
#endif
#if VW > 4
    x = f(x, EXCHANGE(4, x));
#endif
    x = f(x, EXCHANGE(2, x));
    return f(x, EXCHANGE(1, x))[0];
}

/* x * 0 is 0 for finite x only, and what is added to `sick` stays. */
INLINE vf v_poison(vf sick, vf x)
{
    return v_fma(x, v_set(0.0f), sick);
}

INLINE int v_is_sick(vf sick)
{
    return v_over(v_add, sick) != 0.0f;
}

/* Whether v_fma rounds once. */
#if VW > 4 || defined(__aarch64__) || defined(__FP_FAST_FMAF)
#define FUSED 1
#else
#define FUSED 0
#endif

/* c - a * b */
INLINE vf v_fnma(vf a, vf b, vf c)
{
    return v_fma(-a, b, c);
}

#endif
