/** @file dataset.h
 *  @brief Inputs and labels.
 */
#ifndef LIBIB_DATASET_H
#define LIBIB_DATASET_H

#include <libib/context.h>
#include <libib/tensor.h>

/** @defgroup dataset Data set
 *  @brief N rows of D inputs with one label each; does not change once made.
 *  @{
 */

/** Inputs and labels; opaque. */
typedef struct ib_dataset ib_dataset;

/** Says the label of a bit pattern.
 *
 *  @param pattern    the pattern as a number, the first input its most significant bit
 *  @param bits       number of bits
 *  @param[out] label receives the label, 0 <= label < classes
 *  @param user_data  as given
 *  @return 0 to go on, positive to stop, negative to fail; either ends the making of the data set
 */
typedef int32_t (*ib_label_fn)(uint32_t pattern, uint32_t bits, uint32_t *label, void *user_data);

IB_BEGIN_DECLS

/** Creates a data set from arrays of the caller, which are copied.
 *
 *  @param context   the context
 *  @param inputs    `inputs[N][D]`, N >= 1, D >= 1, all finite
 *  @param labels    `labels[N]`, each < classes
 *  @param classes   number of classes K >= 1
 *  @param[out] out  receives the data set, to be freed with ib_dataset_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NOMEM
 *  @retval IB_ERR_RANGE a label is not below classes
 *  @retval IB_ERR_NONFINITE an input is NaN or infinite
 *  @retval IB_ERR_OVERFLOW 2^32 rows or more
 *  @since 0.1
 */
IB_API ib_status ib_dataset_create(ib_context *context, const ib_tensor *inputs, const uint32_t *labels,
                                   uint32_t classes, ib_dataset **out);

/** Creates the 12-bit data set of the information-bottleneck literature: N = 4096, D = 12, K = 2.
 *
 *  Row i is the number i in binary, most significant bit first. The 12 bits sit on the vertices of an
 *  icosahedron. With k active bits, e active pairs joined by an edge and d active antipodal pairs,
 *
 *      y = 1  if and only if  7 e - 4 d + 31 k - 3 k^2 >= 119
 *
 *  There are 2118 ones, so H(Y) = 0.9991571208502711 bits. See docs/dataset.md.
 *
 *  Source: R. Shwartz-Ziv, N. Tishby: Opening the black box of deep neural networks via information (2017),
 *  which published it as a table.
 *
 *  @param context   the context
 *  @param[out] out  receives the data set, to be freed with ib_dataset_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @since 0.1
 */
IB_API ib_status ib_dataset_create_icosahedron(ib_context *context, ib_dataset **out);

/** Creates a data set of all 2^bits bit patterns, labelled by a callback: row i is the number i in binary.
 *
 *  @param context    the context
 *  @param bits       D, 1 to 24
 *  @param classes    number of classes K >= 1
 *  @param label      called once for each pattern, in ascending order
 *  @param user_data  passed to label
 *  @param[out] out   receives the data set, to be freed with ib_dataset_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_STOPPED label asked to stop; no data set is made
 *  @retval IB_ERR_CALLBACK label failed; its value is ib_context_callback_value()
 *  @retval IB_ERR_RANGE a label is not below classes
 *  @since 0.1
 */
IB_API ib_status ib_dataset_create_patterns(ib_context *context, uint32_t bits, uint32_t classes, ib_label_fn label,
                                            void *user_data, ib_dataset **out);

/** Frees a data set.
 *
 *  @param dataset  may be NULL
 *  @since 0.1
 */
IB_API void ib_dataset_destroy(ib_dataset *dataset);

/** Number of rows.
 *
 *  @param dataset  the data set
 *  @return N; 0 if dataset is NULL
 *  @since 0.1
 */
IB_API size_t ib_dataset_rows(const ib_dataset *dataset);

/** Number of inputs of a row.
 *
 *  @param dataset  the data set
 *  @return D; 0 if dataset is NULL
 *  @since 0.1
 */
IB_API size_t ib_dataset_features(const ib_dataset *dataset);

/** Number of classes.
 *
 *  @param dataset  the data set
 *  @return K; 0 if dataset is NULL
 *  @since 0.1
 */
IB_API uint32_t ib_dataset_classes(const ib_dataset *dataset);

/** The inputs.
 *
 *  @param dataset  the data set
 *  @return `[N][D]`; borrowed; NULL if dataset is NULL
 *  @since 0.1
 */
IB_API const ib_tensor *ib_dataset_inputs(const ib_dataset *dataset);

/** The labels.
 *
 *  @param dataset  the data set
 *  @return `[N]`, each below ib_dataset_classes(); borrowed; NULL if dataset is NULL
 *  @since 0.1
 */
IB_API const uint32_t *ib_dataset_labels(const ib_dataset *dataset);

/** @} */

IB_END_DECLS

#endif
