/** @file split.h
 *  @brief Which rows are trained on, and in which order.
 */
#ifndef LIBIB_SPLIT_H
#define LIBIB_SPLIT_H

#include <libib/dataset.h>
#include <libib/rng.h>

/** @defgroup split Split
 *  @brief Division of the rows of a data set into training and test rows.
 *  @{
 */

/** A division into training and test rows; opaque. */
typedef struct ib_split ib_split;

IB_BEGIN_DECLS

/** Creates a split from a list of test rows; all other rows are for training.
 *
 *  @param context    the context
 *  @param rows       number of rows of the data set; >= 1
 *  @param test_rows  `test_rows[n_test]`, each < rows, none twice; may be NULL if n_test = 0
 *  @param n_test     number of test rows; < rows
 *  @param[out] out   receives the split, to be freed with ib_split_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_RANGE a row is out of bounds or listed twice, or no row is left for training
 *  @retval IB_ERR_OVERFLOW 2^32 rows or more
 *  @since 0.1
 */
IB_API ib_status ib_split_create(ib_context *context, size_t rows, const uint32_t *test_rows, size_t n_test,
                                 ib_split **out);

/** Creates the split of the study's own program for the 12-bit data set: 3276 training and 820 test rows (424 ones).
 *
 *  Stratified; the same for all runs. See ib_dataset_create_icosahedron().
 *
 *  @param context   the context
 *  @param[out] out  receives the split, to be freed with ib_split_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_split_create_study(ib_context *context, ib_split **out);

/** Creates a random split.
 *
 *  The number of test rows is test_fraction * N, rounded to the nearest, halves up. A stratified split does
 *  that with each class by itself, so that classes keep their shares.
 *
 *  The ascending rows (of each class in turn) are shuffled by ib_rng_shuffle() with the generator of the seed
 *  and the stream ib_rng_stream(0, 0, #IB_STREAM_SPLIT); the first ones become the test rows.
 *
 *  @param dataset        its rows are divided; its context is used
 *  @param test_fraction  0 <= test_fraction < 1
 *  @param stratified     0: all rows alike; 1: within each class
 *  @param seed           a split's own seed, independent of the seeds of runs
 *  @param[out] out       receives the split, to be freed with ib_split_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_RANGE the fraction is out of bounds or leaves no row for training
 *  @since 0.1
 */
IB_API ib_status ib_split_create_random(const ib_dataset *dataset, double test_fraction, uint32_t stratified,
                                        uint64_t seed, ib_split **out);

/** Frees a split.
 *
 *  @param split  may be NULL
 *  @since 0.1
 */
IB_API void ib_split_destroy(ib_split *split);

/** Number of training rows.
 *
 *  @param split  the split
 *  @return >= 1; 0 if split is NULL
 *  @since 0.1
 */
IB_API size_t ib_split_train_count(const ib_split *split);

/** Number of test rows.
 *
 *  @param split  the split
 *  @return the number; 0 if split is NULL
 *  @since 0.1
 */
IB_API size_t ib_split_test_count(const ib_split *split);

/** Training rows in ascending order.
 *
 *  @param split  the split
 *  @return `[ib_split_train_count()]`; borrowed; NULL if split is NULL
 *  @since 0.1
 */
IB_API const uint32_t *ib_split_train_rows(const ib_split *split);

/** Test rows in ascending order.
 *
 *  @param split  the split
 *  @return `[ib_split_test_count()]`; borrowed; NULL if split is NULL; may be NULL if there are none
 *  @since 0.1
 */
IB_API const uint32_t *ib_split_test_rows(const ib_split *split);

/** Draws the order of the training rows for one epoch. Batches are consecutive pieces of it.
 *
 *  The ascending training rows are shuffled by ib_rng_shuffle(): the order depends on the position of the
 *  generator and on nothing else.
 *
 *  @param split       the split
 *  @param rng         the generator, moved on
 *  @param[out] order  `order[ib_split_train_count()]`
 *  @return #IB_OK, #IB_ERR_ARG
 *  @since 0.1
 */
IB_API ib_status ib_split_order(const ib_split *split, ib_rng *rng, uint32_t *order);

/** @} */

IB_END_DECLS

#endif
