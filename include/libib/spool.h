/** @file spool.h
 *  @brief Counting more rows than memory holds.
 */
#ifndef LIBIB_SPOOL_H
#define LIBIB_SPOOL_H

#include <libib/counter.h>
#include <libib/entropy.h>
#include <libib/profile.h>

/** @defgroup spool Spool
 *  @brief A counter with a bound on its memory: what does not fit is put away, in parts, and counted part by part.
 *
 *  While all distinct rows fit, a spool is a counter. When they do not, what was counted goes to **partitions** of the
 *  caller's (files, as a rule): each distinct row to the one that its hash names, so that no row is in two of them. At
 *  the end the partitions are counted one after the other. With m_k distinct rows that occur k times,
 *
 *      sum over k of m_k k log2 k = sum over partitions of the same sum over their rows
 *
 *  and both sides are integers (see @ref entropy), so all values are the bits that one counter of all rows would give,
 *  whatever the memory, the number of partitions, and the order of rows and calls.
 *
 *  A partition that does not fit by itself is read several times, each time for a share of its rows: memory is bounded,
 *  time is what it costs. With a memory of M bytes, distinct rows of B bytes in all (see @ref counter) and P
 *  partitions, everything is read about B / (M P) times, at least once.
 *
 *  **Memory.** All tables, while they grow, too, all buffers and what is kept of each partition take no more than
 *  ib_spool_options::memory from the allocator, and the spool itself no more than 1 KiB besides. Profiles have memory
 *  of their own: 16 bytes for each different count, of which n rows have no more than sqrt(2 n).
 *
 *  **Damage.** What is written to a partition has checksums, and the spool remembers a hash of all of it. Bytes that
 *  come back changed, in another order, from another time, too few or not at all are an error (#IB_ERR_IO), never
 *  another value. What partitions hold is known to the spool that wrote them only; they can be thrown away when it is
 *  destroyed.
 *
 *  Source of the partitions by hash: M. Kitsuregawa, H. Tanaka, T. Moto-oka: Application of hash to data base machine
 *  and its architecture (1983).
 *  @{
 */

/** A counter with a bound on its memory; opaque. */
typedef struct ib_spool ib_spool;

/** Appends bytes to a partition.
 *
 *  Bytes come in small pieces, of one partition after the other: a buffered stream is a good place for them. It must
 *  not call functions of the same spool.
 *
 *  @param partition  its number, below ib_spool_options::partitions
 *  @param data       `data[size]`, valid during the call
 *  @param size       > 0
 *  @param user_data  as given
 *  @return 0 to go on, positive to stop, negative to fail
 */
typedef int32_t (*ib_spool_write_fn)(uint32_t partition, const void *data, size_t size, void *user_data);

/** Gives bytes of a partition back. It must not call functions of the same spool.
 *
 *  @param partition   its number; only of those that were written to
 *  @param offset      from which byte on; 0 begins a reading, others follow the last
 *  @param[out] data   `data[size]`, to be filled from its beginning
 *  @param size        how many are wanted; > 0
 *  @param[out] count  receives how many were given, at most size; fewer are asked for again; 0: there are no more
 *  @param user_data   as given
 *  @return 0 to go on, positive to stop, negative to fail
 */
typedef int32_t (*ib_spool_read_fn)(uint32_t partition, uint64_t offset, void *data, size_t size, size_t *count,
                                    void *user_data);

/** Where a spool puts what does not fit. */
typedef struct ib_spool_options {
    uint32_t struct_size;    /**< bytes of this struct as the caller knows it */
    uint32_t partitions;     /**< how many, P; 0: 64. Each takes 32 bytes of the memory */
    uint64_t memory;         /**< most bytes that counting takes; 0: 256 MiB. At least 1 MiB */
    ib_spool_write_fn write; /**< not NULL */
    ib_spool_read_fn read;   /**< not NULL */
    void *user_data;         /**< passed to both; may be NULL */
} ib_spool_options;

/** What there is to know of all rows. */
typedef struct ib_spool_result {
    uint32_t struct_size;   /**< bytes of this struct as the caller knows it; set before the call */
    uint32_t spilled;       /**< 1 if partitions were needed, else 0 */
    uint64_t rows;          /**< N; without those that were left out */
    uint64_t distinct;      /**< distinct rows */
    ib_entropies entropies; /**< as ib_entropy_measure(), in bits; all 0 for N = 0 */
} ib_spool_result;

IB_BEGIN_DECLS

/** Fills options with the defaults: all zero. The two callbacks have none, and must be set.
 *
 *  @param[out] options  written; NULL has no effect
 *  @since 0.1
 */
IB_API void ib_spool_options_init(ib_spool_options *options);

/** Creates an empty spool.
 *
 *  @param context   the context
 *  @param type      type of the codes, one of the `IB_CODE_*` values
 *  @param columns   width of a row, D >= 1
 *  @param classes   number of labels K; 0 and 1 both mean that rows have no labels
 *  @param options   copied; not NULL, because there are callbacks in it
 *  @param[out] out  receives the spool, to be freed with ib_spool_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_OVERFLOW, #IB_ERR_UNSUPPORTED
 *  @retval IB_ERR_RANGE the memory is less than 1 MiB, or too little for so many partitions and labels and a block of
 *          64 rows of this width
 *  @since 0.1
 */
IB_API ib_status ib_spool_create(ib_context *context, uint32_t type, size_t columns, uint32_t classes,
                                 const ib_spool_options *options, ib_spool **out);

/** Frees a spool. Partitions are the caller's, who may throw them away then.
 *
 *  @param spool  may be NULL
 *  @since 0.1
 */
IB_API void ib_spool_destroy(ib_spool *spool);

/** Counts rows, as ib_counter_add() does, missing codes and labels included.
 *
 *  Cost: that of a counter; when memory is full also that of writing each distinct row that is in it, with its counts.
 *  Many rows in one call cost less than many calls.
 *
 *  If the call fails before anything was put away, the spool is as it was. If it fails later, because write() asked to
 *  stop or failed or there is less memory than the options promise, rows of the call are in partitions and cannot be
 *  taken back: all further calls but ib_spool_destroy() are refused with #IB_ERR_STATE.
 *
 *  @param spool   the spool
 *  @param codes   rows of the spool's type and width
 *  @param labels  `labels[N]`, as for ib_counter_add()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_SHAPE, #IB_ERR_RANGE
 *  @retval IB_STOPPED write() asked to stop
 *  @retval IB_ERR_CALLBACK write() failed; its value is ib_context_callback_value()
 *  @retval IB_ERR_OVERFLOW strides that lead out of the address space, or 2^64 rows in all
 *  @retval IB_ERR_STATE called from within a callback of this spool, or after a call that could not be taken back
 *  @since 0.1
 */
IB_API ib_status ib_spool_add(ib_spool *spool, const ib_codes *codes, const uint32_t *labels);

/** Counts what was put away, and measures all rows. May be called more than once, with rows added between.
 *
 *  Cost: if nothing was put away, one pass over the counts. Else what is in memory is put away too, and every partition
 *  is read once, or for each of its shares.
 *
 *  On failure the result is untouched and the profiles are empty. If reading failed, the call may be repeated; if
 *  writing failed, the spool is lost as by ib_spool_add().
 *
 *  @param spool           the spool
 *  @param[in,out] result  filled as far as its struct_size reaches
 *  @param[out] rows       profile of the distinct rows T (see @ref profile): reset, then filled; may be NULL
 *  @param[out] labels     the same of the labels Y; may be NULL
 *  @param[out] joint      the same of the pairs (T,Y); may be NULL
 *  @return #IB_OK, #IB_ERR_NOMEM
 *  @retval IB_ERR_ARG also if a profile is given twice
 *  @retval IB_ERR_IO a partition is not what was written to it
 *  @retval IB_STOPPED a callback asked to stop
 *  @retval IB_ERR_RANGE read() gave more bytes than were wanted
 *  @retval IB_ERR_CALLBACK a callback failed; its value is ib_context_callback_value()
 *  @retval IB_ERR_STATE called from within a callback of this spool, or after a call that could not be taken back
 *  @since 0.1
 */
IB_API ib_status ib_spool_measure(ib_spool *spool, ib_spool_result *result, ib_profile *rows, ib_profile *labels,
                                  ib_profile *joint);

/** @} */

IB_END_DECLS

#endif
