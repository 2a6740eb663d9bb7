/* Subnormal numbers count as 0 within the library's calls: they change no result that matters and cost a hundred times
 * an ordinary operation. The caller's mode is restored on return, and before each callback. */
#ifndef LIBIB_BASE_FLUSH_H
#define LIBIB_BASE_FLUSH_H

#if defined(__x86_64__)
#include <xmmintrin.h>

typedef unsigned int ib_i_flush;

static inline ib_i_flush ib_i_flush_begin(void)
{
    const unsigned int before = _mm_getcsr();
    _mm_setcsr(before | 0x8040u); /* flush to zero, denormals are zero */
    return before;
}

static inline void ib_i_flush_end(ib_i_flush before)
{
    _mm_setcsr(before);
}
#elif defined(__aarch64__)
#include <stdint.h>

typedef uint64_t ib_i_flush;

static inline ib_i_flush ib_i_flush_begin(void)
{
    uint64_t before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" : : "r"(before | UINT64_C(1) << 24) : "memory"); /* FZ: operands and results */
    return before;
}

static inline void ib_i_flush_end(ib_i_flush before)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(before) : "memory");
}
#else
typedef int ib_i_flush;

static inline ib_i_flush ib_i_flush_begin(void)
{
    return 0;
}

static inline void ib_i_flush_end(ib_i_flush before)
{
    (void)before;
}
#endif

#endif
