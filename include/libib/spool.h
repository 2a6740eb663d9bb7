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
 *  the end the partitions are counted one after the other. Sums over them add up as integers, so all values are the bits
 *  that one counter of all rows would give.
 *
 *  A partition that does not fit by itself is read several times, each time for a share of its rows: memory is bounded,
 *  time is what it costs.
 *  @{
 */

/** A counter with a bound on its memory; opaque. */
typedef struct ib_spool ib_spool;

/** Appends bytes to a partition.
 *
 *  @param partition  its number, below ib_spool_options::partitions
 *  @param data       `data[size]`, valid during the call
 *  @param size       > 0
 *  @param user_data  as given
 *  @return 0 to go on, positive to stop, negative to fail
 */
typedef int32_t (*ib_spool_write_fn)(uint32_t partition, const void *data, size_t size, void *user_data);

/** Gives bytes of a partition back.
 *
 *  @param partition   its number
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
    uint32_t partitions;     /**< how many; 0: 64 */
    uint64_t memory;         /**< most bytes that counters take; 0: 256 MiB. At least 1 MiB */
    ib_spool_write_fn write; /**< not NULL */
    ib_spool_read_fn read;   /**< not NULL */
    void *user_data;         /**< passed to both */
} ib_spool_options;

/** What there is to know of all rows. */
typedef struct ib_spool_result {
    uint32_t struct_size;   /**< bytes of this struct as the caller knows it */
    uint32_t spilled;       /**< 1 if partitions were needed, else 0 */
    uint64_t rows;          /**< N */
    uint64_t distinct;      /**< distinct rows */
    ib_entropies entropies; /**< as ib_entropy_measure() */
} ib_spool_result;

IB_BEGIN_DECLS

IB_API void ib_spool_options_init(ib_spool_options *options);
IB_API ib_status ib_spool_create(ib_context *context, uint32_t type, size_t columns, uint32_t classes,
                                 const ib_spool_options *options, ib_spool **out);
IB_API void ib_spool_destroy(ib_spool *spool);
IB_API ib_status ib_spool_add(ib_spool *spool, const ib_codes *codes, const uint32_t *labels);

/** Counts what was put away. rows, labels, joint: profiles (see @ref profile), each reset first; may be NULL. May be
 *  called more than once, with rows added between. */
IB_API ib_status ib_spool_measure(ib_spool *spool, ib_spool_result *result, ib_profile *rows, ib_profile *labels,
                                  ib_profile *joint);

/** @} */

IB_END_DECLS

#endif
