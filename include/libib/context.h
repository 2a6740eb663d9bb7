/** @file context.h
 *  @brief The root object: allocator, log, last message, choice of kernels.
 */
#ifndef LIBIB_CONTEXT_H
#define LIBIB_CONTEXT_H

#include <libib/export.h>
#include <libib/status.h>
#include <stddef.h>
#include <stdint.h>

/** @defgroup context Context
 *  @brief Owns what all objects made from it share; there is no other state in the library.
 *
 *  **Rules that hold for the whole library**
 *
 *  - A context, and every object made from it, belongs to one thread at a time. Different contexts are
 *    independent: threads that work side by side use one context each, best a child of the same parent
 *    (ib_context_create_child(), ib_tasks_run()).
 *  - Pointers may not be NULL unless their description says so; NULL gives #IB_ERR_ARG.
 *  - What an argument points to needs to live only until the call returns, unless its description says so.
 *  - Every `ib_<noun>_destroy()` takes NULL, returns nothing and fits as a finaliser. Objects may be
 *    destroyed in any order: each keeps its context alive.
 *  - Pointers handed out by getters are borrowed: valid until the object changes or is destroyed.
 *  - Option structs start with `struct_size`. Their init function writes it and zeroes the rest; zero
 *    always means the default. A member counts only if it lies wholly within `struct_size`, and non-zero
 *    bytes beyond what this version knows are refused with #IB_ERR_UNSUPPORTED. A `struct_size` that no
 *    version has had (below the first, above 4096) gives #IB_ERR_ARG.
 *  - Callbacks return 0 to go on, a positive number to stop politely (the call then returns
 *    #IB_STOPPED) and a negative number to fail (#IB_ERR_CALLBACK).
 *  @{
 */

/** The root object; opaque. */
typedef struct ib_context ib_context;

/** Allocates memory.
 *
 *  @param size       bytes wanted; > 0
 *  @param user_data  as given in ib_context_options
 *  @return memory aligned as malloc() aligns it, or NULL when there is none
 */
typedef void *(*ib_alloc_fn)(size_t size, void *user_data);

/** Frees what the matching #ib_alloc_fn returned.
 *
 *  @param memory     never NULL
 *  @param user_data  as given in ib_context_options
 */
typedef void (*ib_free_fn)(void *memory, void *user_data);

/** Receives one line of text, without a newline.
 *
 *  @param level      one of the `IB_LOG_*` values
 *  @param message    the line; valid during the call
 *  @param user_data  as given in ib_context_options
 */
typedef void (*ib_log_fn)(int32_t level, const char *message, void *user_data);

/** Levels of the log. */
enum {
    IB_LOG_ERROR = 1,   /**< a call failed; the same line as ib_context_message() */
    IB_LOG_WARNING = 2, /**< done, but probably not what was meant */
    IB_LOG_INFO = 3     /**< worth knowing, such as the kernels chosen */
};

/** Sets of kernels. All sets with fused multiply-add give the same bits; see docs/determinism.md. */
enum {
    IB_KERNELS_AUTO = 0, /**< the fastest that this CPU runs, or what the environment variable LIBIB_KERNELS names */
    IB_KERNELS_PORTABLE = 1, /**< any CPU: NEON on aarch64; on plain x86-64 without fused multiply-add, which is a
                                  class of results of its own */
    IB_KERNELS_AVX2 = 2,     /**< x86-64-v3: AVX2 and FMA */
    IB_KERNELS_AVX512 = 3    /**< AVX-512 F, DQ, BW and VL */
};

/** How to make a context. */
typedef struct ib_context_options {
    uint32_t struct_size; /**< bytes of this struct as the caller knows it */
    uint32_t kernels;     /**< one of the `IB_KERNELS_*` values; 0: #IB_KERNELS_AUTO */
    ib_alloc_fn alloc;    /**< set together with `free`, or NULL for malloc(); thread-safe if contexts share it */
    ib_free_fn free;      /**< set together with `alloc`, or NULL for free() */
    void *alloc_data;     /**< passed to `alloc` and `free` */
    ib_log_fn log;        /**< receives log lines, or NULL: nothing is ever printed */
    void *log_data;       /**< passed to `log` */
} ib_context_options;

IB_BEGIN_DECLS

/** Fills options with the defaults.
 *
 *  @param[out] options  written
 *  @since 0.1
 */
IB_API void ib_context_options_init(ib_context_options *options);

/** Creates a context.
 *
 *  @param options   how, or NULL for the defaults
 *  @param[out] out  receives the context, to be freed with ib_context_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_UNSUPPORTED this CPU or build does not have the kernels asked for
 *  @since 0.1
 */
IB_API ib_status ib_context_create(const ib_context_options *options, ib_context **out);

/** Creates a context for another thread.
 *
 *  It has the allocator, the log and the kernels of its parent, but a message and a callback value of its own.
 *  Threads: call this on the thread of the parent, then hand the child over. From then on both are contexts like any
 *  others, each of a thread of its own, and are destroyed in any order. All that come from one context take turns to
 *  log, so the log is called by many threads but gets one line at a time.
 *
 *  The allocator must be thread-safe. It and the log must last until the last of them all is destroyed.
 *
 *  @param parent    a context, itself a child or not
 *  @param[out] out  receives the child, to be freed with ib_context_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_context_create_child(ib_context *parent, ib_context **out);

/** Gives a context back. It goes when the last object made from it goes.
 *
 *  @param context  may be NULL
 *  @since 0.1
 */
IB_API void ib_context_destroy(ib_context *context);

/** One line about the last failure of a call on this context or on an object made from it.
 *
 *  Says what was expected and what was found. A call that succeeds empties it.
 *
 *  @param context  may be NULL, then the line says so
 *  @return never NULL; borrowed until the next call
 *  @since 0.1
 */
IB_API const char *ib_context_message(const ib_context *context);

/** What the last callback that ended a call returned, for a binding to raise again.
 *
 *  @param context  the context
 *  @return the value, 0 if no callback has ended a call or if context is NULL
 *  @since 0.1
 */
IB_API int32_t ib_context_callback_value(const ib_context *context);

/** Name of the kernels in use.
 *
 *  @param context  the context
 *  @return "portable", "avx2" or "avx512"; "" if context is NULL; static
 *  @since 0.1
 */
IB_API const char *ib_context_kernels(const ib_context *context);

/** Class of results of the kernels in use: kernels of one class give the same bits (docs/determinism.md).
 *
 *  @param context  the context
 *  @return 1: with fused multiply-add; 0: without, and if context is NULL
 *  @since 0.1
 */
IB_API uint32_t ib_context_fused(const ib_context *context);

/** @} */

IB_END_DECLS

#endif
