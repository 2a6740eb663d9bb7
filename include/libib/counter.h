/** @file counter.h
 *  @brief Exact counts of rows of codes.
 */
#ifndef LIBIB_COUNTER_H
#define LIBIB_COUNTER_H

#include <libib/bytes.h>
#include <libib/context.h>

/** @defgroup counter Counter
 *  @brief How often each distinct row of codes occurs, and with which labels.
 *
 *  A hash table with open addressing: the hash finds the slot, the full row decides, so two rows are counted as
 *  one if and only if all their codes are equal. Counts have 64 bits. Cost grows with the rows, not with what they
 *  could have been: only rows of one or two bytes, if there are many, get a table with a place for each possible row.
 *
 *  How rows are looked up follows from their width and number: rows of up to four bytes are their own hash, rows of up
 *  to 40 bytes are compared in registers. A distinct row takes its codes, rounded up to 8 bytes, 16 to 32 bytes, and a
 *  byte for each label as long as no count is above 255; while a counter grows, up to half as much again.
 *
 *  Distinct rows get the identifiers 0, 1, 2, ... in the order in which they first occur.
 *  @{
 */

/** Counts of rows; opaque. */
typedef struct ib_counter ib_counter;

/** Types of codes. */
enum {
    IB_CODE_UINT8 = 1,   /**< uint8_t */
    IB_CODE_UINT16 = 2,  /**< uint16_t */
    IB_CODE_INT32 = 3,   /**< int32_t */
    IB_CODE_INT64 = 4,   /**< int64_t */
    IB_CODE_FLOAT32 = 5, /**< float, by its bits: -0 counts as +0, each NaN pattern is a value of its own */
    IB_CODE_UINT32 = 6,  /**< uint32_t */
    IB_CODE_FLOAT64 = 7  /**< double, by its bits, like #IB_CODE_FLOAT32 */
};

/** What becomes of rows that have a missing code: a code that stands for one, in any column. */
enum {
    IB_MISSING_NONE = 0,  /**< no code stands for a missing one */
    IB_MISSING_DROP = 1,  /**< they are left out, and so are rows without a label: see ib_counter_add() */
    IB_MISSING_REFUSE = 2 /**< they are an error (#IB_ERR_RANGE), which names row and column */
};

/** The identifier of a row that was left out. */
#define IB_NO_ROW UINT64_MAX

/** The label of a row that has none; with #IB_MISSING_DROP the row is left out. */
#define IB_NO_LABEL UINT32_MAX

/** A matrix of codes in the memory of the caller; element (i, j) is `data[i * row_stride + j * column_stride]`. */
typedef struct ib_codes {
    uint32_t struct_size; /**< bytes of this struct as the caller knows it */
    uint32_t type;        /**< one of the `IB_CODE_*` values */
    const void *data;     /**< element (0, 0); may be NULL if rows = 0 */
    size_t rows;          /**< N */
    size_t columns;       /**< D; >= 1 */
    size_t row_stride;    /**< elements from one row to the next; 0: `columns`, which is row-major without gaps */
    size_t column_stride; /**< elements from one column to the next; 0: 1 */
    uint32_t missing;     /**< one of the `IB_MISSING_*` values; with NONE the code and value below mean nothing */
    uint32_t reserved;    /**< 0 */
    int64_t missing_code; /**< of integer types: the code that stands for a missing one; one that the type can have */
    double missing_value; /**< of floating types: likewise; NaN is any NaN, 0 both zeros; of float the nearest */
} ib_codes;

IB_BEGIN_DECLS

/** Describes a row-major matrix without gaps; strides may be changed afterwards.
 *
 *  @param[out] codes  written
 *  @param type        one of the `IB_CODE_*` values
 *  @param data        `data[rows][columns]`; borrowed
 *  @param rows        N
 *  @param columns     D
 *  @since 0.1
 */
IB_API void ib_codes_init(ib_codes *codes, uint32_t type, const void *data, size_t rows, size_t columns);

/** Creates an empty counter.
 *
 *  @param context   the context
 *  @param type      type of the codes, one of the `IB_CODE_*` values
 *  @param columns   width of a row, D >= 1
 *  @param classes   number of labels K; 0 and 1 both mean that rows have no labels
 *  @param[out] out  receives the counter, to be freed with ib_counter_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_OVERFLOW
 *  @since 0.1
 */
IB_API ib_status ib_counter_create(ib_context *context, uint32_t type, size_t columns, uint32_t classes,
                                   ib_counter **out);

/** Frees a counter.
 *
 *  @param counter  may be NULL
 *  @since 0.1
 */
IB_API void ib_counter_destroy(ib_counter *counter);

/** Empties a counter and keeps its memory for the next use.
 *
 *  @param counter  the counter; NULL has no effect
 *  @since 0.1
 */
IB_API void ib_counter_reset(ib_counter *counter);

/** Counts rows.
 *
 *  With #IB_MISSING_DROP rows that have a missing code, and rows whose label is #IB_NO_LABEL, are not counted: neither
 *  under the rows, nor the labels, nor in all. So all entropies of a counter are of the same rows. Other labels are
 *  checked in such rows, too.
 *
 *  Cost: one look-up a row. On failure the counter is as it was before the call.
 *
 *  @param counter      the counter
 *  @param codes        rows of the counter's type and width
 *  @param labels       `labels[N]`, each < classes, or #IB_NO_LABEL with #IB_MISSING_DROP; NULL if and only if the
 *                      counter has no labels
 *  @param[out] ids     `ids[N]` receives the identifier of each row, or #IB_NO_ROW if it was left out; may be NULL
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_SHAPE another type or width than the counter's
 *  @retval IB_ERR_RANGE a label is not below classes; with #IB_MISSING_REFUSE a code is missing; the missing code is
 *          none that the type can have
 *  @retval IB_ERR_OVERFLOW strides that lead out of the address space; 2^64 rows in all; or 2^32 - 64 distinct rows (or
 *          pairs of a row and a label) and more to come
 *  @since 0.1
 */
IB_API ib_status ib_counter_add(ib_counter *counter, const ib_codes *codes, const uint32_t *labels, uint64_t *ids);

/** Adds the counts of another counter of the same type, width and classes.
 *
 *  The result is as if all rows had been counted by `counter`, after its own, in the order in which `other` first met
 *  them. On failure `counter` is as it was.
 *
 *  @param counter  receives; not the same object as other
 *  @param other    is not changed
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_SHAPE another type, width or number of classes
 *  @retval IB_ERR_OVERFLOW 2^64 rows in all; or 2^32 - 64 distinct rows (or pairs of a row and a label) and more to
 *          come
 *  @since 0.1
 */
IB_API ib_status ib_counter_merge(ib_counter *counter, const ib_counter *other);

/** Counts rows that occurred several times each: as ib_counter_add() of `times[i]` copies of row i.
 *
 *  Codes and labels of rows that occurred 0 times are checked like others; such rows get no identifier.
 *
 *  Cost: one look-up a row, whatever its number of times. On failure the counter is as it was before the call.
 *
 *  @param counter  the counter
 *  @param codes    as for ib_counter_add()
 *  @param labels   as for ib_counter_add()
 *  @param times    `times[N]`; rows of 0 are left out; may be NULL if N = 0
 *  @return as ib_counter_add()
 *  @since 0.1
 */
IB_API ib_status ib_counter_add_times(ib_counter *counter, const ib_codes *codes, const uint32_t *labels,
                                      const uint64_t *times);

/** Saves a counter, as docs/format.md defines it. Allocates nothing.
 *
 *  The same counter gives the same bytes on any machine. A distinct row takes its codes and a byte for each label, as
 *  long as no count is above 127; with more than 16 labels, a few bytes for each pair of a row and a label.
 *
 *  Counters of parts, written by threads, processes or machines, are read and merged to the counter of the whole.
 *
 *  @param counter    the counter
 *  @param write      takes the bytes
 *  @param user_data  passed to write
 *  @return #IB_OK, #IB_ERR_ARG
 *  @retval IB_STOPPED write asked to stop; what it was given is not whole
 *  @retval IB_ERR_CALLBACK write failed; its value is ib_context_callback_value()
 *  @since 0.1
 */
IB_API ib_status ib_counter_write(const ib_counter *counter, ib_write_fn write, void *user_data);

/** Makes the counter that was saved: its type, width, classes, identifiers and counts.
 *
 *  Bytes that say what no counter can be are refused, even if their checksum holds: a row or pair that is there twice,
 *  a count of 0, a label that is none, sums that do not agree.
 *
 *  Takes no more memory than a counter of the rows that are there, whatever the bytes claim; as any counter it has room
 *  for 64 of them at least. Reads no byte beyond the end of the saved counter.
 *
 *  @param context    the context
 *  @param read       gives the bytes
 *  @param user_data  passed to read
 *  @param[out] out   receives the counter, to be freed with ib_counter_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_STOPPED read asked to stop
 *  @retval IB_ERR_IO the bytes end early, are damaged, or are no saved counter
 *  @retval IB_ERR_UNSUPPORTED saved by a version of the library with another format
 *  @retval IB_ERR_RANGE read gave more bytes than were wanted
 *  @retval IB_ERR_CALLBACK read failed; its value is ib_context_callback_value()
 *  @since 0.1
 */
IB_API ib_status ib_counter_read(ib_context *context, ib_read_fn read, void *user_data, ib_counter **out);

/** Number of rows counted.
 *
 *  @param counter  the counter
 *  @return N; 0 if counter is NULL
 *  @since 0.1
 */
IB_API uint64_t ib_counter_rows(const ib_counter *counter);

/** Number of distinct rows.
 *
 *  @param counter  the counter
 *  @return the number; 0 if counter is NULL
 *  @since 0.1
 */
IB_API uint64_t ib_counter_distinct(const ib_counter *counter);

/** Number of labels.
 *
 *  @param counter  the counter
 *  @return K; 1 for a counter without labels; 0 if counter is NULL
 *  @since 0.1
 */
IB_API uint32_t ib_counter_classes(const ib_counter *counter);

/** How often one row occurred.
 *
 *  @param counter  the counter
 *  @param id       an identifier below ib_counter_distinct()
 *  @return >= 1; 0 if id is not in use or counter is NULL
 *  @since 0.1
 */
IB_API uint64_t ib_counter_get(const ib_counter *counter, uint64_t id);

/** How often one row occurred with one label.
 *
 *  @param counter  the counter
 *  @param id       an identifier below ib_counter_distinct()
 *  @param label    a label below ib_counter_classes(); 0 for a counter without labels
 *  @return the count; 0 if id or label is out of bounds or counter is NULL
 *  @since 0.1
 */
IB_API uint64_t ib_counter_get_labelled(const ib_counter *counter, uint64_t id, uint32_t label);

/** How often one label occurred.
 *
 *  @param counter  the counter
 *  @param label    a label below ib_counter_classes()
 *  @return the count; 0 if label is out of bounds or counter is NULL
 *  @since 0.1
 */
IB_API uint64_t ib_counter_get_label(const ib_counter *counter, uint32_t label);

/** Reads the codes of one distinct row back.
 *
 *  @param counter     the counter
 *  @param id          an identifier below ib_counter_distinct()
 *  @param[out] codes  `codes[D]` of the counter's type
 *  @return #IB_OK, #IB_ERR_ARG
 *  @retval IB_ERR_RANGE the identifier is not in use
 *  @since 0.1
 */
IB_API ib_status ib_counter_get_codes(const ib_counter *counter, uint64_t id, void *codes);

/** @} */

IB_END_DECLS

#endif
